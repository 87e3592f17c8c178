//! Who sees and hears whom in one room. Owns what is published and what is in everybody's
//! places; `room` forwards accordingly. Invariants: nobody is shown to themselves; who speaks
//! has a place with everybody who has one for it; a person who leaves takes along all that
//! they published and nothing of anybody else's.

use super::{
    Class, Micros, SourceId,
    allocate::{Rate, Want, allocate},
    frame::Codec,
    leg::Leg,
    room::{LegId, Packet, Room},
    slots::Slots,
    speakers::Speakers,
};
use std::collections::BTreeMap;

/// A participant, numbered by the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId(pub u64);

/// A microphone, a camera, a screen: all its layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicationId(pub u32);

#[derive(Clone, Debug)]
struct Layer {
    source: SourceId,
    /// As measured over the last second.
    rate: Rate,
    bytes: u64,
}

#[derive(Clone, Debug)]
struct Publication {
    by: PeerId,
    class: Class,
    layers: Vec<Layer>,
    /// Turned off by who publishes it: it takes nobody's place.
    off: bool,
}

impl Publication {
    fn is_there(&self) -> bool {
        !self.off && !self.layers.is_empty()
    }
}

#[derive(Clone, Debug)]
struct Person {
    audio: Slots<PublicationId>,
    video: Slots<PublicationId>,
    audio_legs: Vec<LegId>,
    video_legs: Vec<LegId>,
    /// What they asked to see, the most important first, each with the best layer that is worth
    /// anything at its size. Who has not asked sees everybody.
    asked: Option<Vec<(PublicationId, usize)>>,
    budget: Rate,
    /// The budget of the last arrangement.
    arranged: Rate,
}

/// What is in one of a person's places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    pub leg: LegId,
    pub publication: Option<PublicationId>,
    pub by: Option<PeerId>,
}

/// Until a viewer's bandwidth is known.
const BUDGET: Rate = 8_000_000;
/// The best there is.
const BEST: usize = usize::MAX;

/// One room.
#[derive(Clone, Debug, Default)]
pub struct Meeting {
    room: Room,
    speakers: Speakers,
    people: BTreeMap<PeerId, Person>,
    publications: BTreeMap<PublicationId, Publication>,
    numbers: u32,
    measured_at: Micros,
}

impl Meeting {
    /// Somebody sees and hears from now on, in so many places. Says which legs feed them.
    pub fn join(&mut self, peer: PeerId, audio: usize, video: usize) -> (Vec<LegId>, Vec<LegId>) {
        self.unsee(peer);
        let mut legs = |count, leg: fn() -> Leg| -> Vec<LegId> {
            (0..count)
                .map(|_| {
                    self.numbers += 1;
                    let id = LegId(self.numbers);
                    self.room.add_leg(id, leg());
                    id
                })
                .collect()
        };
        let (audio_legs, video_legs) = (legs(audio, Leg::audio), legs(video, Leg::video));
        let person = Person {
            audio: Slots::new(audio),
            video: Slots::new(video),
            audio_legs: audio_legs.clone(),
            video_legs: video_legs.clone(),
            asked: None,
            budget: BUDGET,
            arranged: BUDGET,
        };
        self.people.insert(peer, person);
        (audio_legs, video_legs)
    }

    fn unsee(&mut self, peer: PeerId) {
        let Some(person) = self.people.remove(&peer) else { return };
        for leg in person.audio_legs.into_iter().chain(person.video_legs) {
            self.room.end_leg(leg);
        }
    }

    /// Gone, with everything they published.
    pub fn leave(&mut self, peer: PeerId) {
        self.unsee(peer);
        let theirs = self.publications.iter().filter(|(_, one)| one.by == peer);
        let theirs: Vec<_> = theirs.map(|(id, _)| *id).collect();
        for id in theirs {
            self.unpublish(id);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.people.is_empty() && self.publications.is_empty()
    }

    pub fn publish(&mut self, by: PeerId, class: Class) -> PublicationId {
        self.numbers += 1;
        let id = PublicationId(self.numbers);
        self.publications.insert(id, Publication { by, class, layers: Vec::new(), off: false });
        id
    }

    pub fn unpublish(&mut self, id: PublicationId) {
        let Some(publication) = self.publications.remove(&id) else { return };
        for layer in publication.layers {
            self.room.end_source(layer.source);
            self.speakers.left(layer.source);
        }
    }

    /// A layer of it has begun. The sources of all rooms of a shard have numbers of their own.
    pub fn add_layer(&mut self, id: PublicationId, source: SourceId, codec: Codec) {
        let Some(publication) = self.publications.get_mut(&id) else { return };
        self.room.add_source(source, codec);
        publication.layers.push(Layer { source, rate: 0, bytes: 0 });
    }

    pub fn ask(&mut self, peer: PeerId, asked: Option<Vec<(PublicationId, usize)>>) {
        if let Some(person) = self.people.get_mut(&peer) {
            person.asked = asked;
        }
    }

    /// Turned on or off by who publishes it.
    pub fn turn(&mut self, id: PublicationId, on: bool) {
        if let Some(publication) = self.publications.get_mut(&id) {
            publication.off = !on;
        }
    }

    /// What a viewer's connection can carry. Says whether what it carries now is too much.
    pub fn set_budget(&mut self, peer: PeerId, budget: Rate) -> bool {
        let Some(person) = self.people.get_mut(&peer) else { return false };
        person.budget = budget;
        let short = budget < person.arranged / 10 * 9;
        if short {
            person.arranged = budget;
        }
        short
    }

    pub fn lost(&mut self, leg: LegId) {
        self.room.lost(leg);
    }

    pub fn heard(&mut self, source: SourceId, level: u8, now: Micros) {
        self.speakers.heard(source, level, now);
    }

    /// Who is to be shown large.
    pub fn speaker(&mut self, now: Micros) -> Option<PeerId> {
        let source = self.speakers.speaker(now)?;
        self.publication_of(source).map(|(_, publication)| publication.by)
    }

    fn publication_of(&self, source: SourceId) -> Option<(PublicationId, &Publication)> {
        let of = |one: &Publication| one.layers.iter().any(|layer| layer.source == source);
        self.publications.iter().find(|(_, one)| of(one)).map(|(id, one)| (*id, one))
    }

    pub fn requests(&mut self, now: Micros) -> Vec<SourceId> {
        self.room.requests(now)
    }

    /// Hands a packet on: which legs get it, under which numbers.
    pub fn forward(
        &mut self,
        of: PublicationId,
        packet: Packet,
        to: impl FnMut(LegId, super::leg::Outgoing),
    ) {
        let layers = self.publications.get_mut(&of).map(|one| one.layers.iter_mut());
        if let Some(layer) = layers.into_iter().flatten().find(|one| one.source == packet.source) {
            layer.bytes += packet.payload.len() as u64;
        }
        self.room.forward(packet, to);
    }

    /// Measures, once a second. Says whether it did.
    pub fn measure(&mut self, now: Micros) -> bool {
        let passed = now.saturating_sub(self.measured_at);
        if passed < 1_000_000 {
            return false;
        }
        self.measured_at = now;
        for publication in self.publications.values_mut() {
            for layer in &mut publication.layers {
                let rate = layer.bytes * 8 * 1_000_000 / passed;
                layer.rate = Rate::try_from(rate).unwrap_or(Rate::MAX);
                layer.bytes = 0;
            }
            publication.layers.sort_by_key(|layer| layer.rate);
        }
        true
    }

    /// Fills everybody's places anew. Says whose changed, and how.
    pub fn arrange(&mut self, now: Micros) -> Vec<(PeerId, Vec<Shown>)> {
        let loud = self.speakers.order(now);
        let mut changes = Vec::new();
        let peers: Vec<_> = self.people.keys().copied().collect();
        for peer in peers {
            let (audio, video) = (self.audible(peer, &loud), self.visible(peer));
            let Some(person) = self.people.get_mut(&peer) else { continue };
            let mut shown = Vec::new();
            for (slots, legs, wanted) in [
                (&mut person.audio, &person.audio_legs, audio),
                (&mut person.video, &person.video_legs, video.iter().map(|(id, _)| *id).collect()),
            ] {
                for (place, publication) in slots.show(wanted) {
                    let by =
                        publication.and_then(|id| self.publications.get(&id)).map(|one| one.by);
                    shown.push(Shown { leg: legs[place], publication, by });
                }
            }
            person.arranged = person.budget;
            self.feed(peer, &video);
            if !shown.is_empty() {
                changes.push((peer, shown));
            }
        }
        changes
    }

    /// Whom somebody hears, who speaks first.
    fn audible(&self, peer: PeerId, loud: &[SourceId]) -> Vec<PublicationId> {
        let rank = |one: &Publication| {
            let of = |layer: &Layer| loud.iter().position(|source| *source == layer.source);
            one.layers.iter().find_map(of).unwrap_or(usize::MAX)
        };
        let others = self.publications.iter().filter(|(_, one)| one.by != peer);
        let mut all: Vec<_> = others
            .filter(|(_, one)| one.class == Class::Audio && one.is_there())
            .map(|(id, one)| (rank(one), *id))
            .collect();
        all.sort_unstable();
        all.into_iter().map(|(_, id)| id).collect()
    }

    fn visible(&self, peer: PeerId) -> Vec<(PublicationId, usize)> {
        let is = |id: &PublicationId| {
            let publication = self.publications.get(id);
            publication
                .is_some_and(|one| one.by != peer && one.class != Class::Audio && one.is_there())
        };
        match self.people.get(&peer).and_then(|person| person.asked.as_ref()) {
            Some(asked) => asked.iter().copied().filter(|(id, _)| is(id)).collect(),
            None => {
                let mut all: Vec<_> = self.publications.keys().copied().filter(is).collect();
                // Hands and screens before faces, then in the order in which they came.
                all.sort_by_key(|id| (self.publications[id].class, *id));
                all.into_iter().map(|id| (id, BEST)).collect()
            }
        }
    }

    /// Chooses a layer for each place and lets the legs show it.
    fn feed(&mut self, peer: PeerId, visible: &[(PublicationId, usize)]) {
        let Some(person) = self.people.get(&peer) else { return };
        let mut legs = Vec::new();
        let mut wants = Vec::new();
        for (slots, of) in
            [(&person.audio, &person.audio_legs), (&person.video, &person.video_legs)]
        {
            for (held, leg) in slots.held().iter().zip(of) {
                let publication = held.and_then(|id| self.publications.get(&id));
                let Some((id, publication)) = held.zip(publication) else {
                    legs.push((*leg, None));
                    continue;
                };
                let place = visible.iter().position(|(one, _)| *one == id);
                let now = self.room.shown(*leg);
                wants.push((
                    place,
                    *leg,
                    id,
                    Want {
                        class: publication.class,
                        layers: publication.layers.iter().map(|layer| layer.rate).collect(),
                        top: place.map_or(BEST, |place| visible[place].1),
                        showing: publication.layers.iter().position(|one| Some(one.source) == now),
                    },
                ));
            }
        }
        // The order of wishes is the order in which a shortage spares them.
        wants.sort_by_key(|(place, ..)| *place);
        let budget = person.budget;
        let only: Vec<Want> = wants.iter().map(|(.., want)| want.clone()).collect();
        for ((_, leg, id, _), layer) in wants.iter().zip(allocate(budget, &only)) {
            let layers = self.publications.get(id).map(|one| &one.layers);
            legs.push((*leg, layer.and_then(|layer| Some(layers?.get(layer)?.source))));
        }
        for (leg, source) in legs {
            self.room.want(leg, source);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANNA: PeerId = PeerId(1);
    const BEK: PeerId = PeerId(2);
    const CHEN: PeerId = PeerId(3);

    fn publish(meeting: &mut Meeting, by: PeerId, class: Class, sources: &[u32]) -> PublicationId {
        let id = meeting.publish(by, class);
        for source in sources {
            let codec = if class == Class::Audio { Codec::Opus } else { Codec::H264 };
            meeting.add_layer(id, SourceId(*source), codec);
        }
        id
    }

    /// Sends for a second, so that the layers have rates; says who got the last of it.
    fn second(
        meeting: &mut Meeting,
        id: PublicationId,
        rates: &[(u32, usize)],
        at: Micros,
    ) -> Vec<LegId> {
        let mut got = Vec::new();
        for (source, bytes) in rates {
            let mut payload = vec![0x65; *bytes];
            payload[0] = 0x65;
            let packet =
                Packet { source: SourceId(*source), seq: 1, timestamp: 1, payload: &payload, at };
            meeting.forward(id, packet, |leg, _| got.push(leg));
        }
        meeting.measure(at + 1_000_000);
        got
    }

    #[test]
    fn everybody_sees_the_others_and_not_themselves() {
        let mut meeting = Meeting::default();
        for peer in [ANNA, BEK, CHEN] {
            meeting.join(peer, 2, 4);
            publish(&mut meeting, peer, Class::Audio, &[u32::try_from(peer.0).expect("small")]);
            publish(
                &mut meeting,
                peer,
                Class::Camera,
                &[10 + u32::try_from(peer.0).expect("small")],
            );
        }
        let arranged = meeting.arrange(0);
        assert_eq!(arranged.len(), 3);
        for (peer, shown) in arranged {
            let by: Vec<_> = shown.iter().filter_map(|one| one.by).collect();
            assert_eq!((shown.len(), by.len()), (4, 4));
            assert!(!by.contains(&peer), "{peer:?} sees themselves");
        }
        assert!(meeting.arrange(0).is_empty(), "nothing has changed");
        meeting.leave(CHEN);
        for (peer, shown) in meeting.arrange(0) {
            assert!([ANNA, BEK].contains(&peer));
            assert_eq!(shown.iter().filter(|one| one.by.is_none()).count(), 2);
        }
    }

    #[test]
    fn who_speaks_is_heard_where_places_are_few() {
        let mut meeting = Meeting::default();
        meeting.join(ANNA, 1, 0);
        let bek = publish(&mut meeting, BEK, Class::Audio, &[2]);
        let chen = publish(&mut meeting, CHEN, Class::Audio, &[3]);
        let heard = |changes: Vec<(PeerId, Vec<Shown>)>| changes[0].1[0].publication;
        assert_eq!(heard(meeting.arrange(0)), Some(bek));
        for packet in 0..30 {
            meeting.heard(SourceId(3), 20, packet * 20_000);
            meeting.heard(SourceId(2), 127, packet * 20_000);
        }
        assert_eq!(heard(meeting.arrange(600_000)), Some(chen));
        assert_eq!(meeting.speaker(600_000), Some(CHEN));
    }

    #[test]
    fn a_viewer_gets_the_layer_that_fits_and_what_they_asked_for() {
        let mut meeting = Meeting::default();
        let (_, legs) = meeting.join(ANNA, 0, 2);
        let camera = publish(&mut meeting, BEK, Class::Camera, &[1, 2]);
        let sign = publish(&mut meeting, CHEN, Class::Sign, &[3]);
        meeting.arrange(0);
        second(&mut meeting, camera, &[(1, 20_000), (2, 100_000)], 0);
        second(&mut meeting, sign, &[(3, 50_000)], 0);
        meeting.arrange(1_000_000);
        let wants = |meeting: &Meeting| {
            legs.iter().map(|leg| meeting.room.wanted(*leg).map(|one| one.0)).collect::<Vec<_>>()
        };
        // The interpreter has the first place.
        assert_eq!(wants(&meeting), [Some(3), Some(2)]);
        assert!(meeting.set_budget(ANNA, 700_000), "too much is sent");
        meeting.arrange(1_100_000);
        assert!(!meeting.set_budget(ANNA, 650_000), "near enough");
        assert_eq!(wants(&meeting), [Some(3), Some(1)], "the face is smaller");
        meeting.ask(ANNA, Some(vec![(camera, 0)]));
        meeting.set_budget(ANNA, BUDGET);
        meeting.arrange(1_200_000);
        assert_eq!(wants(&meeting), [None, Some(1)], "shown small, and nobody else");
    }
}
