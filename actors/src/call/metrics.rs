//! What operators see of calls: how many go on, who is inside, and what each media shard has done.
//! Read from the shards twice a second; nothing is counted on their way.

use super::Desk;
use media::shard::Counts;
use prometheus::{IntGauge, IntGaugeVec, Opts, Registry};

pub(crate) struct CallMetrics {
    live: IntGauge,
    inside: IntGauge,
    media: IntGaugeVec,
}

impl CallMetrics {
    pub(crate) fn new(registry: &Registry) -> Self {
        let gauge = |name, about| {
            IntGauge::new(name, about).expect("the name is a constant of the right form")
        };
        let live = gauge("hub_calls_live", "Calls that go on");
        let inside = gauge("hub_calls_inside", "Devices inside calls");
        let about = "Datagrams and packets of each media shard since its start; what it holds now";
        let media = IntGaugeVec::new(Opts::new("hub_media", about), &["shard", "what"])
            .expect("name and labels are constants of the right form");
        for collector in [
            Box::new(live.clone()) as Box<dyn prometheus::core::Collector>,
            Box::new(inside.clone()),
            Box::new(media.clone()),
        ] {
            registry.register(collector).expect("each name is registered once");
        }
        Self { live, inside, media }
    }

    pub(super) fn read(&self, desk: &Desk) {
        let (live, inside) = desk.counts();
        self.live.set(i64::try_from(live).unwrap_or(i64::MAX));
        self.inside.set(i64::try_from(inside).unwrap_or(i64::MAX));
        for (shard, counts) in desk.shard_counts().enumerate() {
            let shard = shard.to_string();
            for (what, count) in named(&counts) {
                let count = i64::try_from(count).unwrap_or(i64::MAX);
                self.media.with_label_values(&[shard.as_str(), what]).set(count);
            }
        }
    }
}

fn named(counts: &Counts) -> [(&'static str, u64); 10] {
    [
        ("datagrams_received", counts.received),
        ("datagrams_unknown", counts.unknown),
        ("datagrams_refused", counts.refused),
        ("packets_taken", counts.taken),
        ("packets_forwarded", counts.forwarded),
        ("bytes_forwarded", counts.forwarded_bytes),
        ("datagrams_unsent", counts.unsent),
        ("offers_refused", counts.offers_refused),
        ("connections", counts.connections),
        ("rooms", counts.rooms),
    ]
}
