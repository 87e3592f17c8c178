//! What a viewer's connection can carry, from their reports of what arrived and when.
//! A growing queue or loss says that the last moments' delivery is all there is: the estimate
//! falls to below it at once. Without either it grows, but never far beyond what was really
//! delivered, since nothing else has been proved.
//! The library's estimator is not used for this: it grows without end while little is sent, and
//! needs many seconds to come down from there (docs/media.md).

use super::{Micros, allocate::Rate};
use std::collections::VecDeque;

/// A packet whose fate the viewer has told.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    /// By our clock.
    pub sent: Micros,
    /// By theirs; only differences of it mean anything.
    pub arrived: Option<Micros>,
    pub bytes: u32,
}

/// Until anything is reported.
const INITIAL: Rate = 1_200_000;
/// Voices, and an interpreter at their smallest.
pub const FLOOR: Rate = 250_000;
pub const CEILING: Rate = 20_000_000;
/// What counts as the last moments.
const WINDOW: Micros = 500_000;
/// Packets within it are bounded however many are sent.
const REPORTS_MAX: usize = 4_096;
/// A queue of this length is no jitter.
const QUEUE: Micros = 70_000;
/// Jitter is the least of so many packets' delays.
const CALM: usize = 8;
/// In hundredths of what was sent in the window.
const LOSS: usize = 20;
/// Of what was delivered, what is left when there was too much.
const BACK: u64 = 85;
/// The least delay is forgotten after twice this: ways change.
const BASE: Micros = 10_000_000;
/// What the queue needs to empty before it is believed again.
const REST: Micros = 400_000;
/// How long an estimate that has just fallen waits before it grows.
const HOLD: Micros = 2_000_000;
/// What did not fit is tried again after this, and after twice as long each time it fails again.
const PAUSE: Micros = 8_000_000;
const PAUSE_MAX: Micros = 64_000_000;
/// In hundredths a second.
const GROWTH: u64 = 20;

/// What the way delivered when there was too much.
#[derive(Clone, Copy, Debug)]
struct Limit {
    rate: u64,
    until: Micros,
    pause: Micros,
}

#[derive(Clone, Debug)]
pub struct Estimator {
    rate: Rate,
    window: VecDeque<Report>,
    /// The least delay of this stretch of time and of the one before.
    least: (Option<i64>, Option<i64>),
    stretch: Micros,
    fell_at: Option<Micros>,
    grew_at: Micros,
    limit: Option<Limit>,
}

impl Default for Estimator {
    fn default() -> Self {
        Self {
            rate: INITIAL,
            window: VecDeque::new(),
            least: (None, None),
            stretch: 0,
            fell_at: None,
            grew_at: 0,
            limit: None,
        }
    }
}

impl Estimator {
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// What the viewer has told by now.
    pub fn reported(&mut self, now: Micros, reports: &[Report]) {
        if reports.is_empty() {
            return;
        }
        self.remember(now, reports);
        let delivered = self.delivered();
        let since_fall = self.fell_at.map(|at| now.saturating_sub(at));
        if (self.queues() || self.loses()) && since_fall.is_none_or(|since| since >= REST) {
            let below = Rate::try_from(delivered * BACK / 100).unwrap_or(CEILING);
            self.rate = below.clamp(FLOOR, self.rate.max(FLOOR));
            self.fell_at = Some(now);
            self.grew_at = now;
            self.limit = Some(self.limit_at(delivered, now));
        } else if since_fall.is_none_or(|since| since >= HOLD) {
            let passed = now.saturating_sub(self.grew_at).min(1_000_000);
            self.grew_at = now;
            let grown = u64::from(self.rate) * (100_000_000 + GROWTH * passed) / 100_000_000;
            // The next layer of a simulcast costs about three times the one below.
            let proved = delivered * 7 / 2 + 300_000;
            let tried = self.limit.filter(|limit| now < limit.until).map(|limit| limit.rate);
            let bound = proved.min(tried.unwrap_or(u64::MAX)).min(u64::from(CEILING));
            let bound = bound.max(u64::from(self.rate.min(INITIAL)));
            self.rate = Rate::try_from(grown.min(bound)).unwrap_or(CEILING).max(FLOOR);
        }
    }

    /// The same limit again is left alone for longer.
    fn limit_at(&self, delivered: u64, now: Micros) -> Limit {
        let again = self.limit.filter(|last| {
            delivered * 2 > last.rate && delivered < last.rate * 2 && now >= last.until
        });
        let pause = match (again, self.limit) {
            (Some(last), _) => (last.pause * 2).min(PAUSE_MAX),
            // Still the same trouble, not another try.
            (None, Some(last)) if now < last.until => last.pause,
            _ => PAUSE,
        };
        Limit { rate: delivered, until: now + pause, pause }
    }

    fn remember(&mut self, now: Micros, reports: &[Report]) {
        if now.saturating_sub(self.stretch) >= BASE {
            self.stretch = now;
            self.least = (None, self.least.0);
        }
        for report in reports {
            if let Some(delay) = delay(report) {
                self.least.0 = Some(self.least.0.map_or(delay, |least| least.min(delay)));
            }
            self.window.push_back(*report);
        }
        let newest = self.window.back().map_or(0, |report| report.sent);
        while self.window.len() > REPORTS_MAX
            || self.window.front().is_some_and(|one| one.sent + WINDOW < newest)
        {
            self.window.pop_front();
        }
    }

    /// Bits in a second that arrived in the last moments.
    fn delivered(&self) -> u64 {
        let arrived = || self.window.iter().filter_map(|one| Some((one.arrived?, one.bytes)));
        let (Some(first), Some(last)) =
            (arrived().map(|(at, _)| at).min(), arrived().map(|(at, _)| at).max())
        else {
            return 0;
        };
        let bits: u64 = arrived().map(|(_, bytes)| u64::from(bytes) * 8).sum();
        // A few packets at one instant are no rate.
        bits * 1_000_000 / last.saturating_sub(first).max(WINDOW / 2)
    }

    fn queues(&self) -> bool {
        let base = match self.least {
            (Some(now), Some(before)) => now.min(before),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => return false,
        };
        let newest = self.window.iter().rev().filter_map(delay).take(CALM);
        let calm = newest.min();
        calm.is_some_and(|calm| calm - base > QUEUE as i64)
    }

    fn loses(&self) -> bool {
        let lost = self.window.iter().filter(|one| one.arrived.is_none()).count();
        self.window.len() >= 30 && lost * 100 > self.window.len() * LOSS
    }
}

/// How long it was under way, by two clocks: only good to be compared.
fn delay(report: &Report) -> Option<i64> {
    let signed = |at: Micros| i64::try_from(at).unwrap_or(i64::MAX);
    Some(signed(report.arrived?) - signed(report.sent))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sfu::{
        Class,
        allocate::{Want, allocate},
    };
    use proptest::prelude::*;

    const LAYERS: [Rate; 3] = [150_000, 450_000, 1_400_000];
    const PACKET: u64 = 1_200;
    const STEP: Micros = 10_000;

    /// A way with a bottleneck that keeps a third of a second and loses the rest, an encoder
    /// with three layers, and reports every tenth of a second.
    struct Way {
        estimator: Estimator,
        now: Micros,
        free_at: Micros,
        owed: u64,
        showing: Option<usize>,
        told: Vec<Report>,
    }

    impl Way {
        fn new() -> Self {
            let (estimator, told) = (Estimator::default(), Vec::new());
            Self { estimator, now: 0, free_at: 0, owed: 0, showing: None, told }
        }

        /// One step at this capacity, with so many in a hundred lost on the way.
        fn step(&mut self, capacity: u64, loss: u64) {
            self.now += STEP;
            if self.now.is_multiple_of(200_000) {
                let want = Want {
                    class: Class::Camera,
                    layers: LAYERS.to_vec(),
                    top: 2,
                    showing: self.showing,
                };
                self.showing = allocate(self.estimator.rate(), &[want])[0];
            }
            self.owed +=
                self.showing.map_or(32_000, |layer| u64::from(LAYERS[layer])) * STEP / 1_000_000;
            while self.owed >= PACKET * 8 {
                self.owed -= PACKET * 8;
                self.free_at = self.free_at.max(self.now);
                let full = self.free_at - self.now > 330_000;
                // A number of no pattern, the same in every run.
                let unlucky = (self.now / STEP * 7_919 + self.owed) % 100 < loss;
                let arrived = (!full && !unlucky).then(|| {
                    self.free_at += PACKET * 8 * 1_000_000 / capacity;
                    self.free_at + 20_000
                });
                self.told.push(Report { sent: self.now, arrived, bytes: 1_200 });
            }
            if self.now.is_multiple_of(100_000) {
                let (ready, later) = std::mem::take(&mut self.told)
                    .into_iter()
                    .partition(|one| one.arrived.is_none_or(|at| at <= self.now));
                self.told = later;
                self.estimator.reported(self.now, &ready);
            }
        }

        /// Runs for so long; the most that was queued in the second half of it.
        fn on(&mut self, seconds: u64, capacity: u64, loss: u64) -> Micros {
            let mut queued = 0;
            for step in 0..seconds * 100 {
                self.step(capacity, loss);
                if step >= seconds * 50 {
                    queued = queued.max(self.free_at.saturating_sub(self.now));
                }
            }
            queued
        }
    }

    #[test]
    fn a_wide_way_shows_the_best_within_seconds() {
        let mut way = Way::new();
        way.on(8, 10_000_000, 0);
        assert_eq!(way.showing, Some(2));
    }

    #[test]
    fn a_way_that_narrows_is_obeyed_within_two_seconds_and_one_that_widens_within_thirty() {
        let mut way = Way::new();
        way.on(10, 5_000_000, 0);
        assert_eq!(way.showing, Some(2));
        way.on(2, 600_000, 0);
        assert!(way.showing < Some(2), "still {:?} at {}", way.showing, way.estimator.rate());
        let queued = way.on(4, 600_000, 0);
        assert!(queued < 200_000, "{queued} µs are queued");
        assert!(way.showing.is_some(), "a picture is left");
        way.on(30, 5_000_000, 0);
        assert_eq!(way.showing, Some(2), "at {}", way.estimator.rate());
    }

    #[test]
    fn what_does_not_fit_is_tried_ever_more_rarely() {
        let mut way = Way::new();
        way.on(10, 5_000_000, 0);
        let mut tries = [0; 2];
        for (half, tries) in tries.iter_mut().enumerate() {
            for _ in 0..60 {
                let before = way.showing;
                way.on(1, 900_000, 0);
                *tries += usize::from(before < Some(2) && way.showing == Some(2));
            }
            assert!(*tries <= 6 - 2 * half, "{tries:?} in minute {half}");
        }
    }

    #[test]
    fn a_little_loss_takes_nothing_away() {
        let mut way = Way::new();
        way.on(20, 5_000_000, 4);
        assert_eq!(way.showing, Some(2));
    }

    #[test]
    fn clocks_that_differ_and_reports_that_tell_nothing_do_no_harm() {
        let mut estimator = Estimator::default();
        estimator.reported(0, &[]);
        let far = Report { sent: 5, arrived: Some(u64::MAX / 2), bytes: 1_200 };
        estimator.reported(1_000, &[far, Report { arrived: None, ..far }]);
        assert!((FLOOR..=CEILING).contains(&estimator.rate()));
    }

    proptest! {
        #[test]
        fn it_stays_within_its_bounds_whatever_is_reported(
            batches in prop::collection::vec(
                prop::collection::vec((any::<u32>(), prop::option::of(any::<u32>()), 0..2_000_u32), 0..40),
                1..60,
            ),
        ) {
            let mut estimator = Estimator::default();
            for (turn, batch) in batches.into_iter().enumerate() {
                let reports: Vec<_> = batch
                    .into_iter()
                    .map(|(sent, arrived, bytes)| Report { sent: sent.into(), arrived: arrived.map(Into::into), bytes })
                    .collect();
                estimator.reported(turn as u64 * 100_000, &reports);
                prop_assert!((FLOOR..=CEILING).contains(&estimator.rate()));
            }
        }

        #[test]
        fn whatever_the_way_the_queue_does_not_stand(capacity in 250_000..8_000_000_u64) {
            let mut way = Way::new();
            way.on(10, 8_000_000, 0);
            way.on(10, capacity, 0);
            // Half of the time at least nothing waits longer than a glance.
            let mut long = 0;
            for _ in 0..1_000 {
                way.step(capacity, 0);
                long += usize::from(way.free_at.saturating_sub(way.now) > 150_000);
            }
            prop_assert!(long < 500, "{long} of 1000 steps at {}", way.estimator.rate());
        }
    }
}
