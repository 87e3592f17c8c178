//! How busy the generator was. A generator that never rested measures itself and not the
//! server, so figures are judged together with this. The generator is one thread: its time
//! on a core and its time waiting for one add up to when it could not keep pace.

use crate::Failure;
use serde::Serialize;
use std::time::Instant;

/// Above this share of the time it had no room left.
const FULL_ABOVE: f64 = 0.95;

/// Shares of the time measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Busy {
    /// On a core.
    pub(crate) running: f64,
    /// Ready to run, but others had the cores.
    pub(crate) waiting: f64,
}

impl Busy {
    pub(crate) fn share(self) -> f64 {
        self.running + self.waiting
    }

    pub(crate) fn is_full(self) -> bool {
        self.share() > FULL_ABOVE
    }

    pub(crate) fn worse(self, other: Self) -> Self {
        if other.share() > self.share() { other } else { self }
    }
}

pub(crate) struct Meter {
    began: Instant,
    before: (f64, f64),
}

impl Meter {
    pub(crate) fn start() -> Result<Self, Failure> {
        Ok(Self { began: Instant::now(), before: schedule()? })
    }

    pub(crate) fn read(&self) -> Result<Busy, Failure> {
        let seconds = self.began.elapsed().as_secs_f64();
        let (running, waiting) = schedule()?;
        Ok(Busy {
            running: (running - self.before.0) / seconds,
            waiting: (waiting - self.before.1) / seconds,
        })
    }
}

/// Seconds the main thread ran and waited so far.
fn schedule() -> Result<(f64, f64), Failure> {
    let text = std::fs::read_to_string("/proc/self/schedstat")?;
    let mut numbers = text.split_whitespace().map(str::parse::<f64>);
    let mut next = || -> Result<f64, Failure> {
        Ok(numbers.next().ok_or("unexpected /proc schedstat")?? / 1e9)
    };
    Ok((next()?, next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_for_a_core_counts_like_running() {
        let half = Busy { running: 0.5, waiting: 0.0 };
        let starved = Busy { running: 0.5, waiting: 0.48 };
        assert!(!half.is_full());
        assert!(starved.is_full());
        assert_eq!(half.worse(starved), starved);
    }
}
