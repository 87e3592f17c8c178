//! What a viewer's connection can carry, as the viewer's reports of what arrived when have it.
//! The estimating itself is the library's (Google congestion control); here it is only watched.

use rtc::interceptor::{BandwidthEstimator, EstimatorStats, Gcc, PacketReport};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use std::time::Instant;

/// A picture of middle size and voices, until the reports say more or less.
const INITIAL: f64 = 2_000_000.0;
/// Below this there is no picture at all: voices, and the interpreter at their smallest.
const MIN: f64 = 150_000.0;
/// More than anybody's places can use.
const MAX: f64 = 20_000_000.0;

/// Bits in a second, read where the estimator itself cannot be reached.
#[derive(Clone, Debug)]
pub(super) struct Estimate(Arc<AtomicU32>);

impl Estimate {
    pub(super) fn read(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}

pub(super) struct Watched {
    gcc: Gcc,
    told: Arc<AtomicU32>,
}

pub(super) fn estimator() -> (Watched, Estimate) {
    let watched = Watched { gcc: Gcc::new(INITIAL, MIN, MAX), told: Arc::default() };
    watched.tell();
    let estimate = Estimate(watched.told.clone());
    (watched, estimate)
}

impl Watched {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "held between MIN and MAX by the estimator"
    )]
    fn tell(&self) {
        self.told.store(self.gcc.target_bitrate() as u32, Ordering::Relaxed);
    }
}

impl BandwidthEstimator for Watched {
    fn on_reports(&mut self, now: Instant, reports: &[PacketReport]) {
        self.gcc.on_reports(now, reports);
        self.tell();
    }

    fn target_bitrate(&self) -> f64 {
        self.gcc.target_bitrate()
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.gcc.handle_timeout(now);
        self.tell();
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.gcc.poll_timeout()
    }

    fn stats(&self) -> EstimatorStats {
        self.gcc.stats()
    }
}
