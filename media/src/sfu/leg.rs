//! One stream to a viewer. Owns the numbers that the viewer sees: sequence numbers go on by one
//! and timestamps go forward across every change of source, as if one encoder had made it all.
//! Invariants: no two packets leave under one number; a video leg changes source only at the
//! start of a key frame; a hole in the source stays a hole of the same size, so that what the
//! viewer asks to have repeated exists.
//! Absent on purpose: repair and encryption, which are the shell's.

use super::{Micros, SourceId};

/// What of an RTP header the rules look at, and whether a key frame begins here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrived {
    pub source: SourceId,
    pub seq: u16,
    pub timestamp: u32,
    pub keyframe: bool,
    pub at: Micros,
}

/// The numbers under which a packet goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outgoing {
    pub seq: u16,
    pub timestamp: u32,
    /// The first packet of another source.
    pub switched: bool,
}

#[derive(Clone, Copy, Debug)]
struct Current {
    source: SourceId,
    /// Added to the source's numbers.
    seq_shift: u16,
    timestamp_shift: u32,
    /// What came before is of an earlier part of the leg, and must not reach back into it.
    first: u16,
    newest: u16,
    newest_timestamp: u32,
    newest_at: Micros,
    /// Everything that arrived since `first` is younger than half a turn of the numbers.
    turned: bool,
}

/// How a viewer's stream stands.
#[derive(Clone, Debug)]
pub struct Leg {
    clock_rate: u32,
    /// Audio begins anywhere, video at a key frame.
    needs_keyframe: bool,
    current: Option<Current>,
    wanted: Option<SourceId>,
    /// Where the numbers go on from when nothing is shown.
    rest: Option<Rest>,
}

#[derive(Clone, Copy, Debug)]
struct Rest {
    seq: u16,
    timestamp: u32,
    at: Micros,
}

impl Leg {
    pub fn audio() -> Self {
        Self::new(48_000, false)
    }

    pub fn video() -> Self {
        Self::new(90_000, true)
    }

    fn new(clock_rate: u32, needs_keyframe: bool) -> Self {
        Self { clock_rate, needs_keyframe, current: None, wanted: None, rest: None }
    }

    /// What is to be shown. The old source goes on until the new one can take over.
    pub fn want(&mut self, source: Option<SourceId>) {
        self.wanted = source;
        if source.is_none() {
            self.pause();
        }
    }

    /// Its source has ended.
    pub fn stop(&mut self, source: SourceId) {
        if self.shown() == Some(source) {
            self.pause();
        }
        if self.wanted == Some(source) {
            self.wanted = None;
        }
    }

    pub fn wanted(&self) -> Option<SourceId> {
        self.wanted
    }

    pub fn shown(&self) -> Option<SourceId> {
        self.current.map(|current| current.source)
    }

    /// The source of which a key frame is missing before it can be shown.
    pub fn waits_for(&self) -> Option<SourceId> {
        self.wanted.filter(|wanted| self.needs_keyframe && self.shown() != Some(*wanted))
    }

    /// Numbers for a packet, or nothing if this viewer does not get it.
    pub fn pass(&mut self, packet: Arrived) -> Option<Outgoing> {
        if self.shown() == Some(packet.source) {
            return self.current.as_mut()?.pass(packet);
        }
        let takes_over =
            self.wanted == Some(packet.source) && (packet.keyframe || !self.needs_keyframe);
        takes_over.then(|| self.switch(packet))
    }

    fn switch(&mut self, packet: Arrived) -> Outgoing {
        self.pause();
        let (seq, timestamp) = match self.rest {
            // The first packet ever keeps its own numbers.
            None => (packet.seq, packet.timestamp),
            Some(rest) => {
                let elapsed = packet.at.saturating_sub(rest.at);
                let ticks = u128::from(elapsed) * u128::from(self.clock_rate) / 1_000_000;
                // Two pictures of one instant would be taken for one.
                let ticks = u32::try_from(ticks.max(1)).unwrap_or(u32::MAX / 4);
                (rest.seq.wrapping_add(1), rest.timestamp.wrapping_add(ticks))
            }
        };
        self.current = Some(Current {
            source: packet.source,
            seq_shift: seq.wrapping_sub(packet.seq),
            timestamp_shift: timestamp.wrapping_sub(packet.timestamp),
            first: packet.seq,
            newest: packet.seq,
            newest_timestamp: packet.timestamp,
            newest_at: packet.at,
            turned: false,
        });
        Outgoing { seq, timestamp, switched: true }
    }

    fn pause(&mut self) {
        if let Some(current) = self.current.take() {
            self.rest = Some(Rest {
                seq: current.newest.wrapping_add(current.seq_shift),
                timestamp: current.newest_timestamp.wrapping_add(current.timestamp_shift),
                at: current.newest_at,
            });
        }
    }
}

/// How far back a packet may come late: less than half a turn of the numbers, and less than any
/// viewer waits for one.
const LATE_MAX: u16 = 4_096;

impl Current {
    fn pass(&mut self, packet: Arrived) -> Option<Outgoing> {
        let ahead = packet.seq.wrapping_sub(self.newest);
        let newer = ahead != 0 && ahead < 1 << 15;
        if newer {
            if packet.seq.wrapping_sub(self.first) >= 1 << 15 {
                self.turned = true;
            }
            self.newest = packet.seq;
            self.newest_at = packet.at;
            // A repeated or reordered picture must not turn the time back.
            let forward = packet.timestamp.wrapping_sub(self.newest_timestamp);
            if forward < 1 << 31 {
                self.newest_timestamp = packet.timestamp;
            }
        } else {
            let behind = self.newest.wrapping_sub(packet.seq);
            let reaches_back = !self.turned && packet.seq.wrapping_sub(self.first) >= 1 << 15;
            if behind > LATE_MAX || reaches_back {
                return None;
            }
        }
        Some(Outgoing {
            seq: packet.seq.wrapping_add(self.seq_shift),
            timestamp: packet.timestamp.wrapping_add(self.timestamp_shift),
            switched: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    const A: SourceId = SourceId(1);
    const B: SourceId = SourceId(2);

    fn packet(source: SourceId, seq: u16, timestamp: u32, keyframe: bool, at: Micros) -> Arrived {
        Arrived { source, seq, timestamp, keyframe, at }
    }

    #[test]
    fn video_begins_with_a_key_frame_and_audio_anywhere() {
        let mut video = Leg::video();
        video.want(Some(A));
        assert_eq!(video.waits_for(), Some(A));
        assert_eq!(video.pass(packet(A, 7, 90, false, 0)), None);
        let first = video.pass(packet(A, 8, 3_090, true, 33_000)).expect("a key frame");
        assert_eq!((first.seq, first.timestamp, first.switched), (8, 3_090, true));
        assert_eq!(video.waits_for(), None);
        let mut audio = Leg::audio();
        audio.want(Some(A));
        assert_eq!(audio.waits_for(), None);
        assert!(audio.pass(packet(A, 7, 90, false, 0)).is_some());
    }

    #[test]
    fn another_source_takes_over_at_its_key_frame_and_the_first_goes_on_until_then() {
        let mut leg = Leg::video();
        leg.want(Some(A));
        leg.pass(packet(A, 100, 1_000, true, 0)).expect("begins");
        leg.want(Some(B));
        assert_eq!(leg.pass(packet(B, 5, 70_000, false, 10_000)), None);
        let on = leg.pass(packet(A, 101, 4_000, false, 33_000)).expect("still shown");
        assert_eq!((on.seq, on.timestamp, on.switched), (101, 4_000, false));
        let over = leg.pass(packet(B, 6, 73_000, true, 66_000)).expect("takes over");
        // 33 ms later at 90 kHz.
        assert_eq!((over.seq, over.timestamp, over.switched), (102, 4_000 + 2_970, true));
        assert_eq!(leg.pass(packet(A, 102, 7_000, false, 67_000)), None, "no longer shown");
        assert_eq!(leg.pass(packet(B, 5, 70_000, false, 68_000)), None, "before its key frame");
    }

    #[test]
    fn what_is_lost_stays_a_hole_and_what_comes_late_fills_it() {
        let mut leg = Leg::video();
        leg.want(Some(A));
        leg.pass(packet(A, u16::MAX, 0, true, 0)).expect("begins");
        let after = leg.pass(packet(A, 1, 6_000, false, 2)).expect("after a hole");
        let late = leg.pass(packet(A, 0, 3_000, false, 3)).expect("late");
        assert_eq!((after.seq, late.seq), (1, 0));
    }

    #[test]
    fn a_rest_is_as_long_for_the_viewer_as_it_was() {
        let mut leg = Leg::audio();
        leg.want(Some(A));
        leg.pass(packet(A, 1, 960, false, 0)).expect("begins");
        leg.want(None);
        assert_eq!((leg.shown(), leg.pass(packet(A, 2, 1_920, false, 20_000))), (None, None));
        leg.want(Some(A));
        let again = leg.pass(packet(A, 50, 48_000, false, 1_000_000)).expect("again");
        assert_eq!((again.seq, again.timestamp), (2, 960 + 48_000));
    }

    /// Two sources as two encoders make them, with holes, late ones and key frames now and then.
    #[derive(Clone, Debug)]
    enum Step {
        Sent { second: bool, skip: u16, frame: bool, keyframe: bool },
        Late { second: bool, back: u16 },
        Want(Option<bool>),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            8 => (any::<bool>(), 0..3_u16, any::<bool>(), prop::bool::weighted(0.2)).prop_map(
                |(second, skip, frame, keyframe)| Step::Sent { second, skip, frame, keyframe }
            ),
            2 => (any::<bool>(), 1..40_u16).prop_map(|(second, back)| Step::Late { second, back }),
            2 => prop::option::weighted(0.8, any::<bool>()).prop_map(Step::Want),
        ]
    }

    proptest! {
        #[test]
        fn no_number_is_used_twice_and_time_never_goes_back(
            steps in prop::collection::vec(step(), 1..400),
            seqs in any::<(u16, u16)>(),
            stamps in any::<(u32, u32)>(),
        ) {
            let mut leg = Leg::video();
            let mut next = [(seqs.0, stamps.0), (seqs.1, stamps.1)];
            let mut sent: [HashMap<u16, Arrived>; 2] = [HashMap::new(), HashMap::new()];
            let mut left: HashMap<u16, (SourceId, u16)> = HashMap::new();
            let mut newest: Option<Outgoing> = None;
            let mut now = 0;
            for step in steps {
                now += 11_000;
                let arrived = match step {
                    Step::Want(want) => {
                        leg.want(want.map(|second| if second { B } else { A }));
                        continue;
                    }
                    Step::Sent { second, skip, frame, keyframe } => {
                        let (seq, stamp) = &mut next[usize::from(second)];
                        *seq = seq.wrapping_add(1 + skip);
                        *stamp = stamp.wrapping_add(if frame { 3_000 } else { 0 });
                        let source = if second { B } else { A };
                        let arrived = packet(source, *seq, *stamp, keyframe && frame, now);
                        sent[usize::from(second)].insert(*seq, arrived);
                        arrived
                    }
                    Step::Late { second, back } => {
                        let seq = next[usize::from(second)].0.wrapping_sub(back);
                        let Some(again) = sent[usize::from(second)].get(&seq) else { continue };
                        Arrived { at: now, ..*again }
                    }
                };
                let Some(out) = leg.pass(arrived) else { continue };
                let of = (arrived.source, arrived.seq);
                let before = *left.entry(out.seq).or_insert(of);
                prop_assert_eq!(before, of, "one number for two packets");
                if let Some(newest) = newest {
                    let ahead = out.seq.wrapping_sub(newest.seq);
                    if out.switched {
                        prop_assert_eq!(ahead, 1, "a change of source leaves no hole");
                    }
                    if ahead != 0 && ahead < 1 << 15 {
                        let forward = out.timestamp.wrapping_sub(newest.timestamp);
                        prop_assert!(forward < 1 << 31, "time went back");
                    }
                }
                if newest.is_none_or(|newest| out.seq.wrapping_sub(newest.seq) < 1 << 15) {
                    newest = Some(out);
                }
            }
        }
    }
}
