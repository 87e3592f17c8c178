//! The highest deliveries a second at which p99 stays within 500 ms and nothing is missing,
//! for the bare server and for the hub in one run. What broke the first rate that did not
//! hold decides what the figure says: where it was the generator, it is no limit of a server.

use super::Args;
use crate::{
    Failure,
    bench::Bench,
    busy::Busy,
    crowd::{Place, Trial},
    report::{Figure, Report},
};
use serde_json::json;

const P99_MAX_MS: f64 = 500.0;
/// A rate fails when it fails so often: other people's noise breaks one trial, rarely two.
const TRIES: usize = 2;

pub(super) async fn run(
    bench: &Bench,
    bare: &Place<'_>,
    ours: &Place<'_>,
    args: &Args,
    report: &mut Report,
) -> Result<(), Failure> {
    let bare = climb(bare, args).await?;
    let ours = climb(ours, args).await?;
    for (who, peak) in [("limit", &bare), ("hub", &ours)] {
        let what = format!("{who}: highest deliveries with p99 ≤ 500 ms");
        let figure = Figure::new("saturate", what, peak.deliveries_per_second(), "/s");
        report.add(bench, &figure.taken_by(peak.broke_at));
        let figure =
            Figure::new("saturate", format!("{who}: latency p99 there"), peak.p99_ms(), "ms");
        report.add(bench, &figure.taken_by(peak.broke_at));
    }
    report.raw("fanout-saturate", &json!({ "limit": bare.trials, "hub": ours.trials }))?;
    let share = 100.0 * ours.deliveries_per_second() / bare.deliveries_per_second();
    let busy = bare.broke_at.worse(ours.broke_at);
    let figure = Figure::new("saturate", "hub ÷ limit, deliveries", share, "%").taken_by(busy);
    // Where the generator was what broke the bare server, the share is too good; where it
    // broke the hub, it can only be better.
    let flattered = bare.broke_at.is_full();
    let figure = if flattered { figure.can_be_flattered() } else { figure };
    report.add(bench, &figure.at_least(80.0));
    Ok(())
}

#[derive(Default)]
struct Peak {
    trials: Vec<Trial>,
    held: Option<Trial>,
    /// How busy the generator was at the lowest rate that did not hold, at its worst.
    broke_at: Busy,
}

impl Peak {
    fn deliveries_per_second(&self) -> f64 {
        self.held.map_or(0.0, |trial| trial.deliveries_per_second)
    }

    fn p99_ms(&self) -> f64 {
        self.held.map_or(0.0, |trial| trial.p99_ms)
    }
}

async fn climb(place: &Place<'_>, args: &Args) -> Result<Peak, Failure> {
    let mut search = Search::from(args.rate);
    let mut peak = Peak::default();
    while let Some(rate) = search.next() {
        let mut held = None;
        let mut busy = Busy::default();
        for _ in 0..TRIES {
            // Anew each time: who fell behind in the last trial is no watcher any more.
            let crowd = place.gather(args.watchers).await?;
            let trial = place.trial(crowd, rate, args.seconds).await?;
            peak.trials.push(trial);
            busy = busy.worse(trial.generator);
            held = Some(trial).filter(holds);
            if held.is_some() {
                break;
            }
        }
        search.tell(rate, held.is_some());
        match held {
            Some(trial) => peak.held = Some(trial),
            None => peak.broke_at = busy,
        }
    }
    Ok(peak)
}

fn holds(trial: &Trial) -> bool {
    trial.deliveries == trial.expected && trial.p99_ms <= P99_MAX_MS
}

/// Up by a third until a rate breaks, then halves what lies between.
struct Search {
    first: u64,
    held: u64,
    broke: Option<u64>,
}

impl Search {
    fn from(first: u64) -> Self {
        Self { first: first.max(1), held: 0, broke: None }
    }

    /// The next rate to try; `None` once it is known to a twentieth.
    fn next(&self) -> Option<u64> {
        match self.broke {
            None if self.held == 0 => Some(self.first),
            None => Some(self.held + (self.held / 3).max(1)),
            Some(broke) if broke - self.held <= (self.held / 20).max(1) => None,
            Some(broke) => Some(self.held.midpoint(broke)),
        }
    }

    fn tell(&mut self, rate: u64, held: bool) {
        if held {
            self.held = self.held.max(rate);
        } else {
            self.broke = Some(rate);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Search;

    fn search(first: u64, highest: u64) -> (u64, usize) {
        let mut search = Search::from(first);
        let mut tries = 0;
        while let Some(rate) = search.next() {
            search.tell(rate, rate <= highest);
            tries += 1;
        }
        (search.held, tries)
    }

    #[test]
    fn the_highest_rate_is_found_to_a_twentieth() {
        for highest in [7, 49, 50, 211, 990] {
            let (found, tries) = search(50, highest);
            assert!(found <= highest && found + (found / 20).max(1) >= highest, "{found}");
            assert!(tries < 20, "{highest}: {tries} trials");
        }
    }

    #[test]
    fn a_server_that_takes_nothing_is_found_out() {
        assert_eq!(search(50, 0).0, 0);
    }
}
