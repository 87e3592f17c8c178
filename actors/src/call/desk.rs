//! Which devices have a place where sound and pictures are forwarded, and what is forwarded at
//! the moment. Invariants: a device has a place from the event that let it in to the one that
//! let it go; what is kept here is gone with the process, and the store says who is still inside.

use crate::env::Env;
use bytestring::ByteString;
use dashmap::DashMap;
use domain::Who;
use media::{
    sfu::{
        Class,
        meeting::{PeerId, PublicationId},
    },
    shard::{Counts, Line, MediaError, PlaceShown, Publication, Shard, Side},
};
use protocol::{
    AccountId, AnySignal, ErrorBody, ErrorKind, LegId, Millis, RoomId, ServerFrame, StreamId,
    call::{
        CallEvent, CallLine, CallLink, CallMedia, CallNews, CallPlace, CallPlaces, CallPublication,
        CallSignal, CallWish, MediaClass,
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

/// A device that is inside.
#[derive(Clone, Debug)]
pub(super) struct Seat {
    pub(super) room: RoomId,
    pub(super) account: AccountId,
    pub(super) peer: PeerId,
    sending: bool,
    receiving: bool,
    /// Since when neither of its connections is up.
    pub(super) alone_since: Millis,
    /// Whether one of them ever was.
    pub(super) connected: bool,
}

impl Seat {
    pub(super) fn is_up(&self) -> bool {
        self.sending || self.receiving
    }
}

/// A room whose call goes on.
#[derive(Clone, Debug, Default)]
struct Now {
    inside: BTreeMap<AccountId, LegId>,
    /// Everybody whose devices rang or who was inside: they are told of what happens.
    told: BTreeSet<AccountId>,
    publications: Vec<CallPublication>,
    speaker: Option<AccountId>,
}

#[derive(Default)]
pub(crate) struct Desk {
    /// Rooms are spread over them by their ids. Empty or not set: no media port here.
    shards: OnceLock<Vec<Shard>>,
    seats: DashMap<LegId, Seat>,
    peers: DashMap<u64, LegId>,
    rooms: DashMap<RoomId, Now>,
    numbers: AtomicU64,
}

impl Desk {
    pub(crate) fn open(&self, shards: Vec<Shard>) {
        // Set once, where the node is put together.
        let _ = self.shards.set(shards);
    }

    fn shard(&self, room: RoomId) -> Option<&Shard> {
        let shards = self.shards.get().filter(|shards| !shards.is_empty())?;
        let at = room.0.as_u64_pair().1 % shards.len() as u64;
        shards.get(usize::try_from(at).unwrap_or(0))
    }

    /// The place of a device of the sender's, and where it is forwarded.
    pub(super) fn seat(
        &self,
        who: &Who,
        room: RoomId,
        leg: LegId,
    ) -> Result<(Shard, PeerId), ErrorBody> {
        let seat = self.seats.get(&leg).map(|seat| seat.clone());
        let seat = seat.filter(|seat| seat.room == room && Some(seat.account) == who.account);
        let seat = seat.ok_or_else(super::not_inside)?;
        let shard = self.shard(room).ok_or_else(|| {
            let message = "this hub has no media port: media.listen is not set";
            ErrorBody::new(ErrorKind::Unavailable, "call.no_media", message)
        })?;
        Ok((shard.clone(), seat.peer))
    }

    /// Takes note of who comes and goes. Says whom it concerns.
    pub(super) fn follow(
        &self,
        room: RoomId,
        by: Option<AccountId>,
        event: &CallEvent,
    ) -> Vec<AccountId> {
        use CallEvent as E;
        let by_sender = || by.into_iter().collect::<Vec<_>>();
        let concerned = match event {
            E::CallStarted(started) => {
                self.rooms.insert(room, Now::default());
                self.enter(room, by, started.leg);
                started.ring.iter().copied().chain(by).collect()
            }
            E::PeopleRung(rung) => rung.accounts.clone(),
            E::CallJoined(joined) => {
                self.enter(room, by, joined.leg);
                by_sender()
            }
            E::CallerAdmitted(admitted) => {
                if let Some(leg) = admitted.leg {
                    self.enter(room, Some(admitted.account), leg);
                }
                vec![admitted.account]
            }
            E::CallerWaits(_) => {
                let hosts_and_sender = self
                    .rooms
                    .get(&room)
                    .map(|now| now.inside.keys().copied().chain(by).collect::<Vec<_>>());
                hosts_and_sender.unwrap_or_else(by_sender)
            }
            E::CallDeclined(_) => by_sender(),
            E::CallUnanswered(unanswered) => unanswered.accounts.clone(),
            E::CallLeft(left) => {
                self.exit(room, left.account);
                vec![left.account]
            }
            E::CallEnded(_) => return self.end(room),
            E::HandRaised(_)
            | E::CallerMuted(_)
            | E::CallLocked(_)
            | E::WaitingRoomSet(_)
            | E::HostSet(_) => Vec::new(),
        };
        if let Some(mut now) = self.rooms.get_mut(&room) {
            now.told.extend(&concerned);
        }
        concerned
    }

    /// Somebody rings or has rung in a call that the store knows.
    pub(super) fn remember(&self, room: RoomId, accounts: impl Iterator<Item = AccountId>) {
        self.rooms.entry(room).or_default().told.extend(accounts);
    }

    pub(super) fn enter(&self, room: RoomId, account: Option<AccountId>, leg: LegId) {
        let Some(account) = account else { return };
        if self.seats.get(&leg).is_some_and(|seat| seat.account == account && seat.room == room) {
            return;
        }
        // Another device of theirs had the place.
        self.exit(room, account);
        let peer = PeerId(self.numbers.fetch_add(1, Ordering::Relaxed) + 1);
        let seat = Seat {
            room,
            account,
            peer,
            sending: false,
            receiving: false,
            alone_since: 0,
            connected: false,
        };
        self.peers.insert(peer.0, leg);
        self.seats.insert(leg, seat);
        self.rooms.entry(room).or_default().inside.insert(account, leg);
    }

    fn exit(&self, room: RoomId, account: AccountId) {
        let left = self.rooms.get_mut(&room).and_then(|mut now| now.inside.remove(&account));
        if let Some((_, seat)) = left.and_then(|leg| self.seats.remove(&leg)) {
            self.peers.remove(&seat.peer.0);
            self.let_go(&seat);
        }
    }

    /// A device that the store does not know inside, or no longer.
    pub(super) fn forget(&self, leg: LegId) {
        let seat = self.seats.get(&leg).map(|seat| (seat.room, seat.account));
        if let Some((room, account)) = seat {
            self.exit(room, account);
        }
    }

    fn let_go(&self, seat: &Seat) {
        if let Some(shard) = self.shard(seat.room)
            && let Err(error) = shard.leave(seat.peer)
        {
            // What it sent ends with its connections, some seconds later.
            tracing::warn!(%error, "a device that has left is still forwarded");
        }
    }

    fn end(&self, room: RoomId) -> Vec<AccountId> {
        let Some((_, now)) = self.rooms.remove(&room) else { return Vec::new() };
        for leg in now.inside.values() {
            if let Some((_, seat)) = self.seats.remove(leg) {
                self.peers.remove(&seat.peer.0);
                self.let_go(&seat);
            }
        }
        now.told.into_iter().collect()
    }

    pub(super) fn media_of(&self, room: RoomId) -> (Vec<CallPublication>, Option<AccountId>) {
        let now = self.rooms.get(&room);
        now.map(|now| (now.publications.clone(), now.speaker)).unwrap_or_default()
    }

    fn account_of(&self, peer: PeerId) -> Option<AccountId> {
        let leg = *self.peers.get(&peer.0)?;
        self.seats.get(&leg).map(|seat| seat.account)
    }

    /// What is sent in a room from here on: for everybody inside.
    pub(super) fn published(
        &self,
        env: &Env,
        room: RoomId,
        publications: &[Publication],
        speaker: Option<PeerId>,
    ) {
        let of = |one: &Publication| {
            Some(CallPublication {
                id: one.id.0,
                by: self.account_of(one.by)?,
                class: class_word(one.class),
                on: one.on,
            })
        };
        let publications: Vec<_> = publications.iter().filter_map(of).collect();
        let speaker = speaker.and_then(|peer| self.account_of(peer));
        let Some(mut now) = self.rooms.get_mut(&room) else { return };
        now.publications.clone_from(&publications);
        now.speaker = speaker;
        let inside: Vec<AccountId> = now.inside.keys().copied().collect();
        drop(now);
        tell(env, room, &inside, CallMedia { publications, speaker }.into());
    }

    /// What is in a device's places from here on.
    pub(super) fn placed(&self, env: &Env, room: RoomId, peer: PeerId, places: Vec<PlaceShown>) {
        let Some(leg) = self.peers.get(&peer.0).map(|leg| *leg) else { return };
        let Some(account) = self.account_of(peer) else { return };
        let place = |one: PlaceShown| CallPlace {
            mid: one.mid,
            publication: one.publication.map(|id| id.0),
            by: one.by.and_then(|by| self.account_of(by)),
        };
        let places = places.into_iter().map(place).collect();
        tell(env, room, &[account], CallPlaces { leg, places }.into());
    }

    pub(super) fn linked(&self, env: &Env, peer: PeerId, side: Side, up: bool) {
        let Some(leg) = self.peers.get(&peer.0).map(|leg| *leg) else { return };
        let Some(mut seat) = self.seats.get_mut(&leg) else { return };
        match side {
            Side::Publish => seat.sending = up,
            Side::Subscribe => seat.receiving = up,
        }
        seat.connected |= up;
        if !seat.is_up() {
            seat.alone_since = env.clock.now();
        }
        let (room, account, sending, receiving) =
            (seat.room, seat.account, seat.sending, seat.receiving);
        drop(seat);
        tell(env, room, &[account], CallLink { leg, sending, receiving }.into());
    }

    /// Calls that go on, and devices inside.
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.rooms.len(), self.seats.len())
    }

    pub(super) fn shard_counts(&self) -> impl Iterator<Item = Counts> + '_ {
        self.shards.get().into_iter().flatten().map(Shard::counts)
    }

    /// Devices without a connection, and those that the clock is to begin for.
    pub(super) fn alone(&self, now: Millis) -> Vec<(LegId, Seat)> {
        let mut alone = Vec::new();
        for mut seat in self.seats.iter_mut().filter(|seat| !seat.is_up()) {
            if seat.alone_since == 0 {
                seat.alone_since = now;
            }
            alone.push((*seat.key(), seat.clone()));
        }
        alone
    }
}

fn class_word(class: Class) -> MediaClass {
    match class {
        Class::Audio => MediaClass::Audio,
        Class::Sign => MediaClass::Sign,
        Class::Screen => MediaClass::Screen,
        Class::Camera => MediaClass::Camera,
    }
}

pub(super) fn line(line: CallLine) -> Line {
    let class = match line.class {
        MediaClass::Audio => Class::Audio,
        MediaClass::Sign => Class::Sign,
        MediaClass::Screen => Class::Screen,
        MediaClass::Camera => Class::Camera,
    };
    Line { mid: line.mid, class, on: line.on }
}

pub(super) fn wish(wish: CallWish) -> (PublicationId, usize) {
    (PublicationId(wish.publication), usize::from(wish.layer))
}

pub(super) fn refused(error: &MediaError) -> ErrorBody {
    let (kind, code) = match error {
        MediaError::Offer(_) => return ErrorBody::invalid("offer", error.to_string()),
        MediaError::Busy => return ErrorBody::busy(),
        MediaError::NoPeer => (ErrorKind::NotFound, "call.not_inside"),
        MediaError::Ended | MediaError::Start(_) => (ErrorKind::Unavailable, "call.no_media"),
    };
    ErrorBody::new(kind, code, error.to_string())
}

/// They are told that their calls have changed; who is away asks when they come.
pub(super) fn tell_news(env: &Env, stream: StreamId, accounts: &[AccountId]) {
    tell(env, stream.room_of_calls(), accounts, CallNews {}.into());
}

fn tell(env: &Env, room: RoomId, accounts: &[AccountId], signal: CallSignal) {
    if accounts.is_empty() {
        return;
    }
    let stream = StreamId::of_calls(room);
    let signal = AnySignal::Call(signal);
    // In the name of the room: it is nobody's word.
    let frame = ServerFrame::Signal { stream, by: AccountId(room.0), signal };
    let frame = ByteString::from(frame.to_json());
    for account in accounts.iter().filter(|account| env.fanout.is_online(**account)) {
        env.fanout.tell_account(*account, frame.clone());
    }
}
