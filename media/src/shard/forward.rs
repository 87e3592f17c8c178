//! From one connection to others: what a participant sends is matched with what the rules know,
//! and goes on under the numbers and names of each viewer's connection.

use super::{
    Line, News, PlaceShown, Publication, Side,
    connection::Place,
    feedback::asks_for_keyframe,
    run::{Key, State},
};
use crate::sfu::{
    Class, SourceId,
    frame::Codec,
    leg::Outgoing,
    meeting::{Meeting, PeerId, PublicationId},
    room::{LegId, Packet},
};
use rtc::peer_connection::message::{RTCMessage, TaggedRTCMessage};
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtp::{Header, Packet as RtpPacket};
use rtc::rtp_transceiver::{RTCRtpReceiverId, rtp_sender::RtpCodecKind};
use rtc::sansio::Protocol;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Instant;
use uuid::Uuid;

/// Streams of one publisher: four lines of three layers.
const STREAMS_MAX: usize = 12;

/// A stream that is being sent.
#[derive(Clone, Copy, Debug)]
struct Stream {
    publication: PublicationId,
    source: SourceId,
    codec: Codec,
    level: Option<u8>,
    receiver: RTCRtpReceiverId,
}

/// A room, and where on the shard its legs and sources are.
#[derive(Default)]
pub(super) struct Hall {
    pub(super) meeting: Meeting,
    streams: HashMap<(PeerId, u32), Stream>,
    /// Whose leg it is, and which of their places it fills.
    legs: HashMap<LegId, (PeerId, usize)>,
    /// What is in the places, by leg.
    shown: BTreeMap<LegId, (Option<PublicationId>, Option<PeerId>)>,
    publications: BTreeMap<PublicationId, Publication>,
    speaker: Option<PeerId>,
    /// Kept, so that a packet costs no memory.
    outgoing: Vec<(LegId, Outgoing)>,
}

impl State {
    /// Takes what a participant has sent.
    pub(super) fn read(&mut self, key: Key) {
        let mut taken = Vec::new();
        if let Some(connection) = self.connections.get_mut(&key) {
            while let Some(TaggedRTCMessage { message, .. }) = connection.pc.poll_read() {
                taken.push(message);
            }
        }
        for message in taken {
            match (message, key.1) {
                (RTCMessage::RtpPacket(track, packet), Side::Publish) => {
                    self.forward(key.0, &track, &packet);
                }
                (RTCMessage::RtcpPacket(track, parts), Side::Subscribe)
                    if parts.iter().any(|part| asks_for_keyframe(part.as_ref())) =>
                {
                    self.lost(key.0, &track);
                }
                _ => (),
            }
        }
    }

    fn forward(&mut self, peer: PeerId, track: &str, packet: &RtpPacket) {
        let now = Instant::now();
        let at = self.micros(now);
        let Some(room) = self.peers.get(&peer).map(|one| one.room) else { return };
        let Some(stream) = self.stream(room, peer, track, packet) else { return };
        self.counters.take();
        let Some(hall) = self.halls.get_mut(&room) else { return };
        if let Some(level) = stream.level.and_then(|id| packet.header.get_extension(id)) {
            hall.meeting.heard(stream.source, level.first().map_or(127, |byte| byte & 0x7f), at);
        }
        let arrived = Packet {
            source: stream.source,
            seq: packet.header.sequence_number,
            timestamp: packet.header.timestamp,
            payload: &packet.payload,
            at,
        };
        let mut outgoing = std::mem::take(&mut hall.outgoing);
        hall.meeting.forward(stream.publication, arrived, |leg, out| outgoing.push((leg, out)));
        for (leg, out) in &outgoing {
            self.pass_on(room, *leg, *out, stream.codec, packet, now);
        }
        outgoing.clear();
        if let Some(hall) = self.halls.get_mut(&room) {
            hall.outgoing = outgoing;
        }
    }

    fn pass_on(
        &mut self,
        room: Uuid,
        leg: LegId,
        out: Outgoing,
        codec: Codec,
        packet: &RtpPacket,
        now: Instant,
    ) {
        let leg = self.halls.get(&room).and_then(|hall| hall.legs.get(&leg));
        let Some((viewer, place)) = leg.copied() else { return };
        let key = (viewer, Side::Subscribe);
        let Some(connection) = self.connections.get_mut(&key) else { return };
        let Some(place) = connection.places.get(place) else { return };
        // A browser that does not know the codec gets nothing, and says so by what it offered.
        let Some((_, payload_type)) = place.payload_types.iter().find(|(of, _)| *of == codec)
        else {
            return;
        };
        let header = Header {
            version: 2,
            marker: packet.header.marker,
            payload_type: *payload_type,
            sequence_number: out.seq,
            timestamp: out.timestamp,
            ssrc: place.ssrc,
            ..Header::default()
        };
        self.counters.forward(packet.payload.len());
        let packet = RtpPacket { header, payload: packet.payload.clone() };
        if let Some(mut sender) = connection.pc.rtp_sender(place.sender)
            && let Err(error) = sender.write_rtp(now, packet)
        {
            tracing::debug!(%error, "a packet could not be passed on");
        }
        self.send(key);
    }

    /// The stream of a packet; a new one is entered in the rules.
    fn stream(
        &mut self,
        room: Uuid,
        peer: PeerId,
        track: &str,
        packet: &RtpPacket,
    ) -> Option<Stream> {
        let ssrc = packet.header.ssrc;
        let hall = self.halls.get(&room)?;
        if let Some(stream) = hall.streams.get(&(peer, ssrc)) {
            return Some(*stream);
        }
        let theirs = hall.streams.keys().filter(|(of, _)| *of == peer).count();
        if theirs >= STREAMS_MAX {
            return None;
        }
        let connection = self.connections.get_mut(&(peer, Side::Publish))?;
        let begun = connection.describe(track, ssrc, packet.header.payload_type)?;
        let line = self.peers.get(&peer)?.lines.iter().find(|line| line.mid == begun.mid).cloned();
        let class = match (begun.codec, line.as_ref().map(|line| line.class)) {
            (Codec::Opus, _) => Class::Audio,
            (_, Some(class)) if class != Class::Audio => class,
            _ => Class::Camera,
        };
        let hall = self.halls.get_mut(&room)?;
        let of_line = |one: &&Publication| one.by == peer && one.mid == begun.mid;
        let publication = match hall.publications.values().find(of_line) {
            Some(publication) => publication.id,
            None => {
                let id = hall.meeting.publish(peer, class);
                let on = line.is_none_or(|line| line.on);
                hall.meeting.turn(id, on);
                let publication = Publication { id, by: peer, class, mid: begun.mid, on };
                hall.publications.insert(id, publication);
                self.rooms.insert(room);
                id
            }
        };
        self.sources += 1;
        let source = SourceId(self.sources);
        hall.meeting.add_layer(publication, source, begun.codec);
        let stream = Stream {
            publication,
            source,
            codec: begun.codec,
            level: begun.level,
            receiver: begun.receiver,
        };
        hall.streams.insert((peer, ssrc), stream);
        tracing::debug!(rid = begun.rid, ?class, "a stream begins");
        self.arrange(room);
        Some(stream)
    }

    /// A viewer's connection is up: from now on there is somebody to ask key frames for.
    pub(super) fn see(&mut self, peer: PeerId) {
        let Some(room) = self.peers.get(&peer).map(|one| one.room) else { return };
        let Some(connection) = self.connections.get(&(peer, Side::Subscribe)) else { return };
        let of = |kind: RtpCodecKind| -> Vec<usize> {
            let places = connection.places.iter().enumerate();
            places.filter(|(_, place)| place.kind == kind).map(|(at, _)| at).collect()
        };
        let (audio, video) = (of(RtpCodecKind::Audio), of(RtpCodecKind::Video));
        let hall = self.halls.entry(room).or_default();
        hall.forget_legs(peer);
        let (audio_legs, video_legs) = hall.meeting.join(peer, audio.len(), video.len());
        for (leg, place) in
            audio_legs.into_iter().zip(audio).chain(video_legs.into_iter().zip(video))
        {
            hall.legs.insert(leg, (peer, place));
            hall.shown.insert(leg, (None, None));
        }
        self.places.insert(peer);
        self.arrange(room);
    }

    fn lost(&mut self, viewer: PeerId, track: &str) {
        let Some(room) = self.peers.get(&viewer).map(|one| one.room) else { return };
        let Some(connection) = self.connections.get(&(viewer, Side::Subscribe)) else { return };
        let place = connection.places.iter().position(|one| Place::track_id(one.ssrc) == track);
        let Some(hall) = self.halls.get_mut(&room) else { return };
        let leg = hall.legs.iter().find(|(_, of)| Some(of.1) == place && of.0 == viewer);
        if let Some((leg, _)) = leg {
            hall.meeting.lost(*leg);
            self.request(room);
        }
    }

    /// Gives each viewer the budget that their connection can carry. Says which rooms cannot
    /// wait for the next second, because somebody's connection carries much less than before.
    pub(super) fn spend(&mut self) -> BTreeSet<Uuid> {
        let mut short = BTreeSet::new();
        for ((peer, _), connection) in &self.connections {
            let Some(estimate) = &connection.estimate else { continue };
            let Some(room) = self.peers.get(peer).map(|one| one.room) else { continue };
            let Some(hall) = self.halls.get_mut(&room) else { continue };
            if hall.meeting.set_budget(*peer, estimate.read()) {
                short.insert(room);
            }
        }
        short
    }

    pub(super) fn measure(&mut self, room: Uuid, short: bool, now: Instant) {
        let at = self.micros(now);
        let Some(hall) = self.halls.get_mut(&room) else { return };
        let speaker = hall.meeting.speaker(at);
        let another = speaker != hall.speaker;
        hall.speaker = speaker;
        if another {
            self.rooms.insert(room);
        }
        if hall.meeting.measure(at) || another || short {
            self.arrange(room);
        } else {
            self.request(room);
        }
    }

    pub(super) fn arrange(&mut self, room: Uuid) {
        let at = self.micros(Instant::now());
        let Some(hall) = self.halls.get_mut(&room) else { return };
        for (peer, shown) in hall.meeting.arrange(at) {
            for one in shown {
                hall.shown.insert(one.leg, (one.publication, one.by));
            }
            self.places.insert(peer);
        }
        self.request(room);
    }

    /// Asks publishers for the key frames that somebody waits for.
    fn request(&mut self, room: Uuid) {
        let now = Instant::now();
        let at = self.micros(now);
        let Some(hall) = self.halls.get_mut(&room) else { return };
        let mut asked = Vec::new();
        for source in hall.meeting.requests(at) {
            let of = hall.streams.iter().find(|(_, stream)| stream.source == source);
            let Some((&(peer, media_ssrc), stream)) = of else { continue };
            let key = (peer, Side::Publish);
            let Some(connection) = self.connections.get_mut(&key) else { continue };
            let wish = PictureLossIndication { sender_ssrc: 0, media_ssrc };
            if let Some(mut receiver) = connection.pc.rtp_receiver(stream.receiver)
                && let Err(error) = receiver.write_rtcp(now, vec![Box::new(wish)])
            {
                tracing::debug!(%error, "a key frame could not be asked for");
            }
            asked.push(key);
        }
        for key in asked {
            self.send(key);
        }
    }

    /// A participant turns lines on and off. What they are does not change.
    pub(super) fn turn(&mut self, peer: PeerId, lines: Vec<Line>) {
        let Some(one) = self.peers.get_mut(&peer) else { return };
        for line in &mut one.lines {
            if let Some(wanted) = lines.iter().find(|wanted| wanted.mid == line.mid) {
                line.on = wanted.on;
            }
        }
        let room = one.room;
        let Some(hall) = self.halls.get_mut(&room) else { return };
        for publication in hall.publications.values_mut().filter(|one| one.by == peer) {
            let Some(wanted) = lines.iter().find(|wanted| wanted.mid == publication.mid) else {
                continue;
            };
            publication.on = wanted.on;
            hall.meeting.turn(publication.id, wanted.on);
        }
        self.rooms.insert(room);
        self.arrange(room);
    }

    /// What a participant published is no more.
    pub(super) fn unpublish(&mut self, peer: PeerId) {
        let Some(room) = self.peers.get(&peer).map(|one| one.room) else { return };
        let Some(hall) = self.halls.get_mut(&room) else { return };
        hall.forget_streams(peer);
        self.rooms.insert(room);
        self.arrange(room);
    }

    /// A participant has left.
    pub(super) fn forget(&mut self, room: Uuid, peer: PeerId) {
        let Some(hall) = self.halls.get_mut(&room) else { return };
        hall.forget_streams(peer);
        hall.forget_legs(peer);
        hall.meeting.leave(peer);
        self.rooms.insert(room);
        self.arrange(room);
        if !self.peers.values().any(|one| one.room == room) {
            self.halls.remove(&room);
        }
    }

    pub(super) fn of_room(&self, room: Uuid) -> News {
        let hall = self.halls.get(&room);
        let publications = hall.map(|hall| hall.publications.values().cloned().collect());
        let speaker = hall.and_then(|hall| hall.speaker);
        News::Room { room, publications: publications.unwrap_or_default(), speaker }
    }

    pub(super) fn of_places(&self, peer: PeerId) -> Option<News> {
        let room = self.peers.get(&peer)?.room;
        let hall = self.halls.get(&room)?;
        let connection = self.connections.get(&(peer, Side::Subscribe))?;
        let theirs = hall.shown.iter().filter_map(|(leg, shown)| {
            let (of, place) = hall.legs.get(leg)?;
            (*of == peer).then_some((*place, shown))
        });
        let places = theirs.filter_map(|(place, (publication, by))| {
            let mid = connection.places.get(place)?.mid.clone();
            Some(PlaceShown { mid, publication: *publication, by: *by })
        });
        Some(News::Places { room, peer, places: places.collect() })
    }
}

impl Hall {
    fn forget_streams(&mut self, peer: PeerId) {
        self.streams.retain(|(of, _), _| *of != peer);
        let theirs: Vec<_> = self.publications.values().filter(|one| one.by == peer).collect();
        let theirs: Vec<_> = theirs.into_iter().map(|one| one.id).collect();
        for id in theirs {
            self.publications.remove(&id);
            self.meeting.unpublish(id);
        }
    }

    fn forget_legs(&mut self, peer: PeerId) {
        self.legs.retain(|_, (of, _)| *of != peer);
        self.shown.retain(|leg, _| self.legs.contains_key(leg));
    }
}
