//! Who speaks, from the audio levels that publishers put in their packets (RFC 6464). A cough
//! changes nothing, a pause for breath neither; whoever spoke last is shown until somebody
//! else speaks.

use super::{Micros, SourceId};
use std::collections::HashMap;

/// Quieter than this is the room, not a voice: −dBov as in the header extension.
const QUIET: u8 = 55;
/// How fast a voice counts and is forgotten.
const RISE: f32 = 250_000.0;
const FALL: f32 = 600_000.0;
/// Levels come with packets; after a gap as long as this nobody was speaking.
const GAP_MAX: Micros = 100_000;
/// A voice that has lasted this far counts as speaking.
const SPEAKS: f32 = 0.5;
/// How much more of a voice it takes to be shown in place of whoever is.
const AHEAD: f32 = 0.2;
/// Nobody is shown for a shorter time than this.
const HOLD: Micros = 1_500_000;

#[derive(Clone, Copy, Debug)]
struct Voice {
    /// From 0, silent, to 1, has spoken for a while.
    score: f32,
    at: Micros,
}

impl Voice {
    fn now(self, now: Micros) -> f32 {
        self.score * falling(now.saturating_sub(self.at), FALL)
    }
}

/// What is left of something after a while.
#[expect(clippy::cast_precision_loss, reason = "a few seconds, not exactly")]
fn falling(passed: Micros, slowness: f32) -> f32 {
    (-(passed as f32) / slowness).exp()
}

/// The voices of one room.
#[derive(Clone, Debug, Default)]
pub struct Speakers {
    voices: HashMap<SourceId, Voice>,
    shown: Option<(SourceId, Micros)>,
}

impl Speakers {
    /// A packet with a level: 0 is the loudest, 127 is digital silence.
    pub fn heard(&mut self, source: SourceId, level: u8, now: Micros) {
        let voice = self.voices.entry(source).or_insert(Voice { score: 0.0, at: now });
        let passed = now.saturating_sub(voice.at).min(GAP_MAX);
        let speaking = level & 0x7f < QUIET;
        voice.score = if speaking {
            1.0 - (1.0 - voice.score) * falling(passed, RISE)
        } else {
            voice.now(now)
        };
        voice.at = now;
    }

    pub fn left(&mut self, source: SourceId) {
        self.voices.remove(&source);
        self.shown = self.shown.filter(|(shown, _)| *shown != source);
    }

    /// Who is to be shown large.
    pub fn speaker(&mut self, now: Micros) -> Option<SourceId> {
        let loudest = self.ranked(now).into_iter().next();
        if let Some((source, score)) = loudest.filter(|(_, score)| *score >= SPEAKS) {
            let takes_over = match self.shown {
                None => true,
                Some((shown, since)) => {
                    let theirs = self.voices.get(&shown).map_or(0.0, |voice| voice.now(now));
                    source != shown && now.saturating_sub(since) >= HOLD && score >= theirs + AHEAD
                }
            };
            if takes_over {
                self.shown = Some((source, now));
            }
        }
        self.shown.map(|(shown, _)| shown)
    }

    /// Who has spoken, the most of a voice first: whom a viewer with few audio slots hears.
    pub fn order(&self, now: Micros) -> Vec<SourceId> {
        self.ranked(now).into_iter().map(|(source, _)| source).collect()
    }

    fn ranked(&self, now: Micros) -> Vec<(SourceId, f32)> {
        let mut all: Vec<_> = self.voices.iter().map(|(id, voice)| (*id, voice.now(now))).collect();
        // The id decides between equals, so that nobody flickers.
        all.sort_by(|(a, x), (b, y)| y.total_cmp(x).then(a.cmp(b)));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const A: SourceId = SourceId(1);
    const B: SourceId = SourceId(2);
    const LOUD: u8 = 20;
    const SILENT: u8 = 127;
    const PACKET: Micros = 20_000;

    struct Talk {
        speakers: Speakers,
        now: Micros,
    }

    impl Talk {
        fn new() -> Self {
            Self { speakers: Speakers::default(), now: 0 }
        }

        /// Both send for a while; whoever is named speaks.
        fn on(&mut self, ms: u64, who: &[SourceId]) -> Option<SourceId> {
            for _ in 0..ms * 1_000 / PACKET {
                self.now += PACKET;
                for source in [A, B] {
                    let level = if who.contains(&source) { LOUD } else { SILENT };
                    self.speakers.heard(source, level, self.now);
                }
                self.speakers.speaker(self.now);
            }
            self.speakers.speaker(self.now)
        }
    }

    #[test]
    fn whoever_speaks_is_shown_and_stays_so_through_silence() {
        let mut talk = Talk::new();
        assert_eq!(talk.on(500, &[]), None);
        assert_eq!(talk.on(400, &[A]), Some(A));
        assert_eq!(talk.on(10_000, &[]), Some(A));
        assert_eq!(talk.on(400, &[B]), Some(B));
        assert_eq!(talk.speakers.order(talk.now), [B, A]);
    }

    #[test]
    fn a_cough_changes_nothing_and_a_breath_neither() {
        let mut talk = Talk::new();
        talk.on(3_000, &[A]);
        assert_eq!(talk.on(100, &[A, B]), Some(A), "a cough");
        talk.on(1_000, &[A]);
        assert_eq!(talk.on(300, &[]), Some(A), "a breath");
        assert_eq!(talk.on(3_000, &[A, B]), Some(A), "who speaks is not talked down");
    }

    #[test]
    fn whoever_leaves_is_shown_no_more() {
        let mut talk = Talk::new();
        talk.on(1_000, &[A]);
        talk.speakers.left(A);
        assert_eq!(talk.speakers.speaker(talk.now), None);
        assert_eq!(talk.speakers.order(talk.now), [B]);
    }

    proptest! {
        #[test]
        fn nobody_is_shown_for_less_than_the_hold(
            talks in prop::collection::vec((50..2_000_u64, 0..4_u8), 1..30),
        ) {
            let mut talk = Talk::new();
            let mut shown: Option<(SourceId, Micros)> = None;
            for (ms, who) in talks {
                let who: Vec<_> = [A, B].into_iter().filter(|one| u32::from(who) & one.0 != 0).collect();
                let mut left = ms;
                while left > 0 {
                    left = left.saturating_sub(20);
                    let Some(now) = talk.on(20, &who) else { continue };
                    match shown {
                        Some((before, since)) if before != now => {
                            prop_assert!(talk.now - since >= HOLD);
                            shown = Some((now, talk.now));
                        }
                        None => shown = Some((now, talk.now)),
                        Some(_) => (),
                    }
                }
            }
        }
    }
}
