//! The thread of a shard: takes what arrives, in turn, and keeps the connections' own time.

use super::{
    Line, MediaError, News, Order, PLACES_MAX, ShardConfig, Side,
    connection::{Common, Connection, OFFER_BYTES_MAX},
    counters::Counters,
    demux::Demux,
    forward::Hall,
    ports::{Ports, Sockets},
};
use crate::sfu::{Micros, meeting::PeerId};
use rtc::peer_connection::{
    certificate::{CertificateParams, RTCCertificate},
    event::RTCPeerConnectionEvent,
    state::RTCPeerConnectionState,
};
use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;
use rtc::sansio::Protocol;
use rtc::shared::{TaggedBytesMut, TransportContext, TransportProtocol};
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use uuid::Uuid;

/// How exactly the connections' time is kept.
const TICK: Duration = Duration::from_millis(10);
/// Datagrams taken before anything else has its turn.
const TURN: usize = 64;
/// No datagram of media is longer.
const DATAGRAM_MAX: usize = 2_048;

/// A connection: whose, and which of theirs.
pub(super) type Key = (PeerId, Side);

pub(super) struct Peer {
    pub(super) room: Uuid,
    pub(super) lines: Vec<Line>,
}

/// Everything the thread owns.
pub(super) struct State {
    sockets: Sockets,
    pub(super) counters: Arc<Counters>,
    common: Common,
    began: Instant,
    demux: Demux<Key>,
    pub(super) connections: HashMap<Key, Connection>,
    pub(super) peers: HashMap<PeerId, Peer>,
    pub(super) halls: HashMap<Uuid, Hall>,
    pub(super) sources: u32,
    /// Whose places and which rooms are still to be told about.
    pub(super) places: BTreeSet<PeerId>,
    pub(super) rooms: BTreeSet<Uuid>,
    connected: VecDeque<(Key, bool)>,
    news: mpsc::Sender<News>,
}

pub(super) fn run(
    config: &ShardConfig,
    ports: Ports,
    counters: &Arc<Counters>,
    orders: mpsc::Receiver<Order>,
    news: mpsc::Sender<News>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "a media shard cannot begin");
            return;
        }
    };
    runtime.block_on(async {
        match State::new(config, ports, counters.clone(), news) {
            Ok(mut state) => state.run(orders).await,
            Err(error) => tracing::error!(%error, "a media shard cannot begin"),
        }
    });
}

fn certificate() -> Result<RTCCertificate, MediaError> {
    let start = |error: &dyn std::fmt::Display| MediaError::Start(error.to_string());
    let provider = rtc::crypto::default_provider().map_err(|error| start(&error))?;
    let parameters =
        CertificateParams::new(vec!["hub".to_owned()]).map_err(|error| start(&error))?;
    let scheme = rtc::crypto::SignatureScheme::EcdsaP256Sha256;
    RTCCertificate::generate(provider.crypto(), scheme, parameters).map_err(|error| start(&error))
}

impl State {
    fn new(
        config: &ShardConfig,
        ports: Ports,
        counters: Arc<Counters>,
        news: mpsc::Sender<News>,
    ) -> Result<Self, MediaError> {
        let start = |error: std::io::Error| MediaError::Start(error.to_string());
        let sockets = ports.serve().map_err(start)?;
        // An address of a family without a port is nobody's to come to.
        let announce = config.announce.iter().filter_map(|ip| {
            let port = sockets.local(SocketAddr::new(*ip, 0))?.port();
            Some(SocketAddr::new(*ip, port))
        });
        let common = Common { addresses: announce.collect(), certificate: certificate()? };
        Ok(Self {
            sockets,
            counters,
            common,
            began: Instant::now(),
            demux: Demux::default(),
            connections: HashMap::new(),
            peers: HashMap::new(),
            halls: HashMap::new(),
            sources: 0,
            places: BTreeSet::new(),
            rooms: BTreeSet::new(),
            connected: VecDeque::new(),
            news,
        })
    }

    async fn run(&mut self, mut orders: mpsc::Receiver<Order>) {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut buffer = vec![0; DATAGRAM_MAX];
        loop {
            tokio::select! {
                order = orders.recv() => match order {
                    Some(order) => self.obey(order),
                    None => return,
                },
                ready = self.sockets.readable() => match ready {
                    Ok(v4) => self.take(v4, &mut buffer),
                    Err(error) => tracing::warn!(%error, "the media port cannot be read"),
                },
                _ = tick.tick() => self.tick(),
            }
            self.tell();
        }
    }

    pub(super) fn micros(&self, now: Instant) -> Micros {
        let passed = now.saturating_duration_since(self.began).as_micros();
        Micros::try_from(passed).unwrap_or(Micros::MAX)
    }

    fn take(&mut self, v4: bool, buffer: &mut [u8]) {
        for _ in 0..TURN {
            let Some((length, from)) = self.sockets.try_recv(v4, buffer) else { return };
            self.counters.receive();
            let Some(key) = self.demux.route(from, &buffer[..length]) else {
                self.counters.unknown();
                continue;
            };
            let Some(connection) = self.connections.get_mut(&key) else { continue };
            let announced =
                self.common.addresses.iter().find(|one| one.is_ipv4() == from.is_ipv4());
            let Some(local_addr) = announced.copied().or(self.sockets.local(from)) else { return };
            let transport = TransportContext {
                local_addr,
                peer_addr: from,
                transport_protocol: TransportProtocol::UDP,
                ecn: None,
            };
            let message = buffer[..length].into();
            let datagram = TaggedBytesMut { now: Instant::now(), transport, message };
            if let Err(error) = connection.pc.handle_read(datagram) {
                self.counters.refuse();
                tracing::debug!(%error, "a packet was not understood");
            }
            self.drain(key);
        }
    }

    /// What a connection has come to.
    fn drain(&mut self, key: Key) {
        self.send(key);
        let Some(connection) = self.connections.get_mut(&key) else { return };
        let mut up = None;
        while let Some(event) = connection.pc.poll_event() {
            if let RTCPeerConnectionEvent::OnConnectionStateChangeEvent(state) = event {
                match state {
                    RTCPeerConnectionState::Connected => up = Some(true),
                    RTCPeerConnectionState::Disconnected | RTCPeerConnectionState::Failed => {
                        up = Some(false);
                    }
                    _ => (),
                }
            }
        }
        self.connected.extend(up.map(|up| (key, up)));
        self.read(key);
        if up == Some(true) && key.1 == Side::Subscribe {
            self.see(key.0);
        }
    }

    /// Puts on the wire what a connection has to send.
    pub(super) fn send(&mut self, key: Key) {
        let Some(connection) = self.connections.get_mut(&key) else { return };
        while let Some(datagram) = connection.pc.poll_write() {
            // A full buffer loses a packet as the network does, and it is asked for again.
            let to = datagram.transport.peer_addr;
            if let Err(error) = self.sockets.try_send(&datagram.message, to) {
                self.counters.unsent();
                tracing::trace!(%error, "a packet was not sent");
            }
        }
    }

    fn tick(&mut self) {
        let now = Instant::now();
        let due: Vec<Key> = self
            .connections
            .iter_mut()
            .filter_map(|(key, one)| (one.pc.poll_timeout()? <= now).then_some(*key))
            .collect();
        for key in due {
            if let Some(connection) = self.connections.get_mut(&key)
                && let Err(error) = connection.pc.handle_timeout(now)
            {
                tracing::debug!(%error, "a connection's time");
            }
            self.drain(key);
        }
        self.counters.now(self.connections.len(), self.halls.len());
        let short = self.spend();
        let rooms: Vec<Uuid> = self.halls.keys().copied().collect();
        for room in rooms {
            self.measure(room, short.contains(&room), now);
        }
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Publish { room, peer, offer, lines, reply } => {
                let answer = self.publish(room, peer, &offer, lines);
                self.count(&answer);
                // Whoever asked may have gone.
                let _ = reply.send(answer);
            }
            Order::Subscribe { room, peer, offer, reply } => {
                let answer = self.subscribe(room, peer, &offer);
                self.count(&answer);
                let _ = reply.send(answer);
            }
            Order::Turn { peer, lines } => self.turn(peer, lines),
            Order::Ask { peer, asked } => {
                let room = self.peers.get(&peer).map(|one| one.room);
                if let Some((room, hall)) = room.and_then(|id| Some((id, self.halls.get_mut(&id)?)))
                {
                    hall.meeting.ask(peer, asked);
                    self.arrange(room);
                }
            }
            Order::Leave { peer } => self.leave(peer),
        }
    }

    fn count(&self, answer: &Result<String, MediaError>) {
        if answer.is_err() {
            self.counters.refuse_offer();
        }
    }

    /// Of one room at a time: who goes to another leaves this one.
    fn enter(&mut self, room: Uuid, peer: PeerId) {
        if self.peers.get(&peer).is_some_and(|one| one.room != room) {
            self.leave(peer);
        }
        self.peers.entry(peer).or_insert(Peer { room, lines: Vec::new() });
        self.halls.entry(room).or_default();
    }

    fn connect(
        &mut self,
        key: Key,
        offer: &str,
        places: &[RtpCodecKind],
    ) -> Result<String, MediaError> {
        let wrong = |error: rtc::shared::error::Error| MediaError::Offer(error.to_string());
        self.end(key);
        let now = Instant::now();
        let mut connection = Connection::new(key.1, &self.common, now).map_err(wrong)?;
        for kind in places {
            connection.add_place(*kind).map_err(wrong)?;
        }
        let answer = connection.answer(offer, &self.common, now).map_err(wrong)?;
        self.demux.add(connection.name.clone(), key);
        self.connections.insert(key, connection);
        self.drain(key);
        Ok(answer)
    }

    fn publish(
        &mut self,
        room: Uuid,
        peer: PeerId,
        offer: &str,
        lines: Vec<Line>,
    ) -> Result<String, MediaError> {
        checked(offer, super::LINES_MAX)?;
        self.enter(room, peer);
        self.unpublish(peer);
        if let Some(one) = self.peers.get_mut(&peer) {
            one.lines = lines;
        }
        self.connect((peer, Side::Publish), offer, &[])
    }

    fn subscribe(&mut self, room: Uuid, peer: PeerId, offer: &str) -> Result<String, MediaError> {
        let places = checked(offer, PLACES_MAX)?;
        self.enter(room, peer);
        self.connect((peer, Side::Subscribe), offer, &places)
    }

    pub(super) fn end(&mut self, key: Key) {
        self.demux.forget(key);
        if let Some(mut connection) = self.connections.remove(&key)
            && let Err(error) = connection.pc.close()
        {
            tracing::debug!(%error, "a connection did not close cleanly");
        }
    }

    fn leave(&mut self, peer: PeerId) {
        let Some(left) = self.peers.remove(&peer) else { return };
        self.end((peer, Side::Publish));
        self.end((peer, Side::Subscribe));
        self.places.remove(&peer);
        self.forget(left.room, peer);
    }

    /// Tells what is to be told, as far as there is room. The rest is told at the next turn, as
    /// it stands then.
    fn tell(&mut self) {
        while let Some(((peer, side), up)) = self.connected.front().copied() {
            if self.news.try_send(News::Connection { peer, side, up }).is_err() {
                return;
            }
            self.connected.pop_front();
        }
        while let Some(room) = self.rooms.first().copied() {
            let told = self.of_room(room);
            if self.news.try_send(told).is_err() {
                return;
            }
            self.rooms.pop_first();
        }
        while let Some(peer) = self.places.first().copied() {
            if let Some(told) = self.of_places(peer)
                && self.news.try_send(told).is_err()
            {
                return;
            }
            self.places.pop_first();
        }
    }
}

/// The kinds of an offer's lines, in their order, if it is one that can be answered.
fn checked(offer: &str, lines_max: usize) -> Result<Vec<RtpCodecKind>, MediaError> {
    if offer.len() > OFFER_BYTES_MAX {
        return Err(MediaError::Offer("too long".to_owned()));
    }
    let kinds: Vec<_> = offer
        .lines()
        .filter_map(|line| match line.strip_prefix("m=")?.split(' ').next()? {
            "audio" => Some(RtpCodecKind::Audio),
            "video" => Some(RtpCodecKind::Video),
            _ => None,
        })
        .collect();
    if kinds.is_empty() || kinds.len() > lines_max {
        return Err(MediaError::Offer(format!("between 1 and {lines_max} lines")));
    }
    Ok(kinds)
}
