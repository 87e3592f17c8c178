//! What is forwarded to whom in one room. Owns the legs and the wishes for key frames.
//! Invariants: a leg gets packets of one source at a time; a source that ends leaves no leg
//! behind that shows it; a key frame is asked for exactly while a leg waits for one.

use super::{
    Micros, SourceId,
    frame::Codec,
    keyframes::Keyframes,
    leg::{Arrived, Leg, Outgoing},
};
use std::collections::HashMap;

/// One stream to a viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LegId(pub u32);

/// A packet as the shell took it off the wire.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'a> {
    pub source: SourceId,
    pub seq: u16,
    pub timestamp: u32,
    pub payload: &'a [u8],
    pub at: Micros,
}

#[derive(Clone, Debug)]
struct Source {
    codec: Codec,
    /// Who shows it or waits for it.
    legs: Vec<LegId>,
}

/// The forwarding of one room.
#[derive(Clone, Debug, Default)]
pub struct Room {
    sources: HashMap<SourceId, Source>,
    legs: HashMap<LegId, Leg>,
    keyframes: Keyframes,
}

impl Room {
    pub fn add_source(&mut self, id: SourceId, codec: Codec) {
        self.sources.entry(id).or_insert(Source { codec, legs: Vec::new() });
    }

    /// Its publisher has left or sends it no longer.
    pub fn end_source(&mut self, id: SourceId) {
        let Some(source) = self.sources.remove(&id) else { return };
        self.keyframes.forget(id);
        for leg in source.legs {
            let Some(of) = self.legs.get_mut(&leg) else { continue };
            if of.wanted() == Some(id) {
                // Nothing is left to wait for, nor to go on showing meanwhile.
                let shown = of.shown();
                of.want(None);
                if let Some(shown) = shown {
                    self.leave(leg, shown);
                }
            } else {
                of.stop(id);
            }
        }
    }

    pub fn add_leg(&mut self, id: LegId, leg: Leg) {
        self.legs.entry(id).or_insert(leg);
    }

    pub fn end_leg(&mut self, id: LegId) {
        let Some(leg) = self.legs.remove(&id) else { return };
        for source in [leg.wanted(), leg.shown()].into_iter().flatten() {
            self.leave(id, source);
        }
    }

    /// What a leg is to show from now on. A source that does not exist is nothing.
    pub fn want(&mut self, id: LegId, source: Option<SourceId>) {
        let source = source.filter(|source| self.sources.contains_key(source));
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let (wanted, shown) = (leg.wanted(), leg.shown());
        leg.want(source);
        let waits = leg.waits_for();
        let kept = [leg.wanted(), leg.shown()];
        for gone in [wanted, shown].into_iter().flatten() {
            if !kept.contains(&Some(gone)) {
                self.leave(id, gone);
            }
        }
        if let Some(source) = source
            && let Some(of) = self.sources.get_mut(&source)
            && !of.legs.contains(&id)
        {
            of.legs.push(id);
        }
        if let Some(waits) = waits {
            self.keyframes.want(waits);
        }
    }

    pub fn shown(&self, leg: LegId) -> Option<SourceId> {
        self.legs.get(&leg).and_then(Leg::shown)
    }

    pub fn wanted(&self, leg: LegId) -> Option<SourceId> {
        self.legs.get(&leg).and_then(Leg::wanted)
    }

    /// A viewer has lost what it needs to go on.
    pub fn lost(&mut self, id: LegId) {
        if let Some(leg) = self.legs.get(&id)
            && let Some(source) = leg.waits_for().or(leg.shown())
        {
            self.keyframes.want(source);
        }
    }

    /// Publishers to ask for a key frame now.
    pub fn requests(&mut self, now: Micros) -> Vec<SourceId> {
        self.keyframes.due(now)
    }

    pub fn next_request(&self) -> Option<Micros> {
        self.keyframes.next()
    }

    /// Says of each leg that gets this packet under which numbers.
    pub fn forward(&mut self, packet: Packet, mut to: impl FnMut(LegId, Outgoing)) {
        let Some(source) = self.sources.get(&packet.source) else { return };
        let keyframe = source.codec.begins_keyframe(packet.payload);
        if keyframe {
            self.keyframes.came(packet.source);
        }
        let arrived = Arrived {
            source: packet.source,
            seq: packet.seq,
            timestamp: packet.timestamp,
            keyframe,
            at: packet.at,
        };
        let mut left = Vec::new();
        for id in &source.legs {
            let Some(leg) = self.legs.get_mut(id) else { continue };
            let before = leg.shown();
            let Some(out) = leg.pass(arrived) else { continue };
            if let Some(before) = before.filter(|_| out.switched) {
                left.push((*id, before));
            }
            to(*id, out);
        }
        for (id, before) in left {
            self.leave(id, before);
        }
    }

    fn leave(&mut self, leg: LegId, source: SourceId) {
        let Some(of) = self.sources.get_mut(&source) else { return };
        of.legs.retain(|one| *one != leg);
        let waited = of
            .legs
            .iter()
            .any(|one| self.legs.get(one).is_some_and(|leg| leg.waits_for() == Some(source)));
        if !waited {
            self.keyframes.came(source);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    const KEY: &[u8] = &[0x65];
    const DELTA: &[u8] = &[0x41];

    fn packet(source: u32, seq: u16, payload: &[u8], at: Micros) -> Packet<'_> {
        Packet { source: SourceId(source), seq, timestamp: u32::from(seq) * 3_000, payload, at }
    }

    fn got(room: &mut Room, packet: Packet) -> Vec<u32> {
        let mut legs = Vec::new();
        room.forward(packet, |leg, _| legs.push(leg.0));
        legs.sort_unstable();
        legs
    }

    fn room() -> Room {
        let mut room = Room::default();
        for source in 1..=2 {
            room.add_source(SourceId(source), Codec::H264);
        }
        for leg in 1..=3 {
            room.add_leg(LegId(leg), Leg::video());
        }
        room
    }

    #[test]
    fn one_key_frame_serves_everybody_who_waits() {
        let mut room = room();
        for leg in 1..=3 {
            room.want(LegId(leg), Some(SourceId(1)));
        }
        assert_eq!(room.requests(0), [SourceId(1)]);
        assert!(got(&mut room, packet(1, 1, DELTA, 0)).is_empty());
        assert_eq!(got(&mut room, packet(1, 2, KEY, 0)), [1, 2, 3]);
        assert_eq!(room.next_request(), None);
        room.lost(LegId(2));
        assert_eq!(room.requests(400_000), [SourceId(1)]);
    }

    #[test]
    fn a_source_that_ends_is_shown_by_nobody() {
        let mut room = room();
        room.want(LegId(1), Some(SourceId(1)));
        got(&mut room, packet(1, 1, KEY, 0));
        room.want(LegId(1), Some(SourceId(2)));
        room.end_source(SourceId(2));
        assert!(got(&mut room, packet(1, 2, DELTA, 0)).is_empty(), "it wanted another");
        assert_eq!(room.next_request(), None);
        room.want(LegId(1), Some(SourceId(2)));
        assert_eq!(room.next_request(), None, "there is no such source");
    }

    #[derive(Clone, Debug)]
    enum Step {
        Want(u32, Option<u32>),
        Packet(u32, bool),
        Lost(u32),
        EndLeg(u32),
        EndSource(u32),
        AddSource(u32),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => (1..5_u32, prop::option::weighted(0.8, 1..4_u32)).prop_map(|(leg, of)| Step::Want(leg, of)),
            8 => (1..4_u32, any::<bool>()).prop_map(|(of, key)| Step::Packet(of, key)),
            1 => (1..5_u32).prop_map(Step::Lost),
            1 => (1..5_u32).prop_map(Step::EndLeg),
            1 => (1..4_u32).prop_map(Step::EndSource),
            1 => (1..4_u32).prop_map(Step::AddSource),
        ]
    }

    proptest! {
        #[test]
        fn the_lists_say_what_the_legs_say(steps in prop::collection::vec(step(), 1..200)) {
            let mut room = room();
            let mut seq = 0;
            for step in steps {
                seq += 1;
                match step {
                    Step::Want(leg, of) => room.want(LegId(leg), of.map(SourceId)),
                    Step::Packet(of, key) => {
                        let legs = got(&mut room, packet(of, seq, if key { KEY } else { DELTA }, 0));
                        for leg in &legs {
                            prop_assert_eq!(room.legs[&LegId(*leg)].shown(), Some(SourceId(of)));
                        }
                        let unlike: HashSet<_> = legs.iter().collect();
                        prop_assert_eq!(unlike.len(), legs.len(), "twice to one leg");
                    }
                    Step::Lost(leg) => room.lost(LegId(leg)),
                    Step::EndLeg(leg) => room.end_leg(LegId(leg)),
                    Step::EndSource(of) => room.end_source(SourceId(of)),
                    Step::AddSource(of) => room.add_source(SourceId(of), Codec::H264),
                }
                let mut waited = HashSet::new();
                for (id, leg) in &room.legs {
                    for source in [leg.wanted(), leg.shown()].into_iter().flatten() {
                        let of = room.sources.get(&source);
                        prop_assert!(of.is_some_and(|of| of.legs.contains(id)), "{id:?} {source:?}");
                    }
                    waited.extend(leg.waits_for());
                }
                for (id, source) in &room.sources {
                    for leg in &source.legs {
                        let leg = room.legs.get(leg);
                        let kept = [leg.and_then(Leg::wanted), leg.and_then(Leg::shown)];
                        prop_assert!(kept.contains(&Some(*id)));
                    }
                }
                // Whoever waits has asked.
                for source in waited {
                    prop_assert!(room.keyframes.wants(source));
                }
            }
        }
    }
}
