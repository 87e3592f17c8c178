//! Where a viewer's reports come out of the connection and the estimate is read by the shard.

use crate::sfu::{
    Micros,
    estimate::{Estimator, Report},
};
use rtc::interceptor::{BandwidthEstimator, PacketReport};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use std::time::Instant;

/// Bits in a second, read where the estimator itself cannot be reached.
#[derive(Clone, Debug)]
pub(super) struct Estimate(Arc<AtomicU32>);

impl Estimate {
    pub(super) fn read(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}

pub(super) struct Watched {
    estimator: Estimator,
    began: Instant,
    told: Arc<AtomicU32>,
}

pub(super) fn estimator(now: Instant) -> (Watched, Estimate) {
    let estimator = Estimator::default();
    let told = Arc::new(AtomicU32::new(estimator.rate()));
    (Watched { estimator, began: now, told: told.clone() }, Estimate(told))
}

impl Watched {
    fn micros(&self, at: Instant) -> Micros {
        let passed = at.saturating_duration_since(self.began).as_micros();
        Micros::try_from(passed).unwrap_or(Micros::MAX)
    }
}

impl BandwidthEstimator for Watched {
    fn on_reports(&mut self, now: Instant, reports: &[PacketReport]) {
        let reports: Vec<_> = reports
            .iter()
            .map(|report| Report {
                sent: self.micros(report.departure),
                arrived: report
                    .arrival
                    .filter(|_| report.arrived)
                    .map(|at| Micros::try_from(at.as_micros()).unwrap_or(Micros::MAX)),
                bytes: u32::try_from(report.size).unwrap_or(u32::MAX),
            })
            .collect();
        self.estimator.reported(self.micros(now), &reports);
        self.told.store(self.estimator.rate(), Ordering::Relaxed);
    }

    fn target_bitrate(&self) -> f64 {
        f64::from(self.estimator.rate())
    }
}
