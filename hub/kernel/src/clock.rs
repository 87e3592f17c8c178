//! Time and ids as arguments, so that a history can be replayed exactly.

use protocol::Millis;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use uuid::Uuid;

pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Millis;
}

pub trait IdSource: Send + Sync + 'static {
    /// A fresh, time-ordered UUID (version 7).
    fn next(&self) -> Uuid;
}

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> Millis {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        // A clock before 1970 is a broken machine; `hub doctor` says so, and 0 orders first.
        since.map_or(0, |d| Millis::try_from(d.as_millis()).unwrap_or(Millis::MAX))
    }
}

/// Ids from the machine's clock and random source.
pub struct SystemIds;

impl IdSource for SystemIds {
    #[expect(clippy::disallowed_methods, reason = "the one place that makes random ids")]
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }
}

/// A clock that a test moves.
#[derive(Default)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    pub fn at(now: Millis) -> Self {
        Self(AtomicI64::new(now))
    }

    pub fn advance(&self, ms: Millis) {
        self.0.fetch_add(ms, Ordering::Relaxed);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Millis {
        self.0.load(Ordering::Relaxed)
    }
}

/// The same ids for the same seed.
pub struct SeededIds {
    seed: u64,
    next: AtomicU64,
}

impl SeededIds {
    pub fn new(seed: u64) -> Self {
        Self { seed, next: AtomicU64::new(0) }
    }
}

impl IdSource for SeededIds {
    fn next(&self) -> Uuid {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        uuid::Builder::from_unix_timestamp_millis(
            1_700_000_000_000 + n,
            &[&self.seed.to_be_bytes()[..], &[0, 0]].concat().try_into().unwrap_or([0; 10]),
        )
        .into_uuid()
    }
}
