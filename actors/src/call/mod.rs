//! Area `call`: what must be looked up before a call decides, who is told that it rings, and the
//! way of sound and pictures: which device has a place where they are forwarded.
//! Invariant: only a device that the store knows inside a call is connected to the media port.
//! Absent on purpose: who may call whom (`domain::call`), and forwarding (crate `media`).

mod desk;
mod metrics;
mod operator;

pub(crate) use desk::Desk;
pub(crate) use metrics::CallMetrics;
pub(crate) use operator::Operator;

use crate::{Hub, areas, env::Env, reach::reach, shell::Shell};
use domain::{
    Who,
    call::{Call, CallFacts},
};
use kernel::{SpawnOptions, journal::StoredEvent};
use media::shard::{News, Shard};
use protocol::{
    AccountId, AnyEvent, DecodeError, EntityKind, ErrorBody, ErrorKind, LegId, RoomId, Seq,
    StreamId,
    call::{CallCommand, CallEvent, CallLine, CallPublication, CallView, PublishOffer},
};
use std::sync::Arc;
use tokio::sync::{Mutex, mpsc};

impl Shell for Call {
    fn encode(event: &CallEvent) -> (&'static str, String) {
        (event.type_name(), event.body_json())
    }

    fn decode(type_name: &str, body: &str) -> Result<CallEvent, DecodeError> {
        CallEvent::decode(type_name, body)
    }

    async fn facts(
        env: &Env,
        who: &Who,
        stream: StreamId,
        command: &CallCommand,
    ) -> Result<CallFacts, ErrorBody> {
        let named: &[AccountId] = match command {
            CallCommand::StartCall(start) => &start.ring,
            CallCommand::RingPeople(ring) => &ring.accounts,
            CallCommand::JoinCall(_) => &[],
            // Of the rest the call itself knows who may.
            _ => return Ok(CallFacts::default()),
        };
        let Some(me) = who.account else { return Ok(CallFacts::default()) };
        let asked: Vec<AccountId> = named.iter().copied().chain([me]).collect();
        let room = env.queries.call_room(stream.room_of_calls(), &asked).await;
        let room = room
            .map_err(|_| ErrorBody::unavailable())?
            .ok_or_else(|| ErrorBody::new(ErrorKind::NotFound, "room.not_found", "no such room"))?;
        let peer = room.two.iter().copied().find(|account| *account != me);
        let rung: Vec<AccountId> = match peer {
            Some(peer) if matches!(command, CallCommand::StartCall(_)) => vec![peer],
            _ => named.to_vec(),
        };
        Ok(CallFacts {
            member: room.members.contains(&me),
            // A room with oneself has nobody to call.
            peer: peer.or_else(|| room.two.first().copied()),
            closed: room.closed,
            members: room.members,
            reach: reach(env, who, &rung).await?,
        })
    }

    /// Devices come and go with the events; whom it rings or no longer rings is told at once.
    fn committed(env: &Env, stream: StreamId, events: &[StoredEvent]) {
        let room = stream.room_of_calls();
        for stored in events {
            let Some(body) = &stored.body else { continue };
            if let Ok(AnyEvent::Call(event)) = AnyEvent::decode(&stored.type_name, body) {
                let concerned = env.calls.follow(room, stored.by, &event);
                desk::tell_news(env, stream, &concerned);
            }
        }
    }
}

/// Takes the media shards of a node that is put together, and listens to them.
pub(crate) fn open(
    env: &Arc<Env>,
    media: Vec<(Shard, mpsc::Receiver<News>)>,
    options: SpawnOptions,
) {
    let (shards, wires): (Vec<_>, Vec<_>) = media.into_iter().unzip();
    env.calls.open(shards);
    let wires = Arc::new(wires.into_iter().map(Mutex::new).collect::<Vec<_>>());
    let own = env.clone();
    let operator = move || Operator::new(own.clone(), wires.clone());
    let operator = env.arbiters.spawn(1, options, operator);
    assert!(env.operator.set(operator).is_ok(), "a new environment has no operator yet");
}

fn not_inside() -> ErrorBody {
    let message = "this device is not inside the call";
    ErrorBody::new(ErrorKind::Forbidden, "call.not_inside", message)
}

/// What the gateway asks of calls besides commands. Each is of a device inside.
impl Hub {
    /// Answers an offer to send.
    pub async fn call_publish(
        &self,
        who: &Who,
        room: RoomId,
        leg: LegId,
        offer: PublishOffer,
    ) -> Result<String, ErrorBody> {
        let calls = &self.env().calls;
        let (shard, peer) = calls.seat(who, room, leg)?;
        let lines = offer.lines.into_iter().map(desk::line).collect();
        let answer = shard.publish(room.0, peer, offer.offer, lines).await;
        answer.map_err(|error| desk::refused(&error))
    }

    /// Answers an offer to receive.
    pub async fn call_subscribe(
        &self,
        who: &Who,
        room: RoomId,
        leg: LegId,
        offer: String,
    ) -> Result<String, ErrorBody> {
        let (shard, peer) = self.env().calls.seat(who, room, leg)?;
        shard.subscribe(room.0, peer, offer).await.map_err(|error| desk::refused(&error))
    }

    /// Turns lines on and off.
    pub fn call_lines(
        &self,
        who: &Who,
        room: RoomId,
        leg: LegId,
        lines: Vec<CallLine>,
    ) -> Result<(), ErrorBody> {
        let (shard, peer) = self.env().calls.seat(who, room, leg)?;
        let lines = lines.into_iter().map(desk::line).collect();
        shard.turn(peer, lines).map_err(|error| desk::refused(&error))
    }

    /// What a device wants to see.
    pub fn call_view(
        &self,
        who: &Who,
        room: RoomId,
        leg: LegId,
        view: CallView,
    ) -> Result<(), ErrorBody> {
        let (shard, peer) = self.env().calls.seat(who, room, leg)?;
        let asked = view.wishes.map(|wishes| wishes.into_iter().map(desk::wish).collect());
        shard.ask(peer, asked).map_err(|error| desk::refused(&error))
    }

    /// What is sent in a room at the moment, and who speaks.
    pub fn call_media(&self, room: RoomId) -> (Vec<CallPublication>, Option<AccountId>) {
        self.env().calls.media_of(room)
    }
}

/// Whoever may watch a room may watch its calls; every other stream knows its own watchers.
pub(crate) async fn watch_head(
    env: &Arc<Env>,
    who: &Who,
    stream: StreamId,
) -> Result<Seq, ErrorBody> {
    if stream.kind != EntityKind::Call {
        return areas::watch_head(env, who, stream).await;
    }
    areas::watch_head(env, who, StreamId::new(EntityKind::Room, stream.room_of_calls().0)).await?;
    areas::watch_head(env, &Who::hub(), stream).await
}
