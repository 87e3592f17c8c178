//! One room, many watchers, for the hub and, in the same run, for the bare server of
//! [`crate::limit`]: CPU a million deliveries at a fixed rate or, with `--saturate`, the
//! highest rate that each takes.

mod saturate;

use crate::{
    Failure,
    bench::{Bench, Cores},
    busy::Busy,
    crowd::{Place, Trial},
    hub::{Hub, Store},
    process::Process,
    report::{Figure, Report},
    stats::median,
};
use serde_json::json;

#[derive(clap::Args, Clone)]
pub(crate) struct Args {
    #[arg(long, default_value_t = 1_000)]
    watchers: usize,
    /// Messages a second into the room; where `--saturate` begins.
    #[arg(long, default_value_t = 50)]
    rate: u64,
    /// Seconds of each measurement.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Find the highest deliveries a second with p99 within 500 ms instead.
    #[arg(long)]
    saturate: bool,
}

impl Args {
    pub(crate) fn fixed() -> Self {
        Self { watchers: 1_000, rate: 50, seconds: 5, saturate: false }
    }

    pub(crate) fn saturating() -> Self {
        Self { saturate: true, ..Self::fixed() }
    }
}

pub(crate) async fn run(bench: &Bench, args: Args, report: &mut Report) -> Result<(), Failure> {
    // As the baselines were taken.
    let bench = bench.seated(Cores::Apart)?;
    let limit = Process::start(bench.own("limit")?)?;
    let hub = Hub::demo(&bench, args.watchers, Store::fresh(&bench)?)?;
    let (bare, ours) = (Place::on_bare(&limit), Place::on_hub(&hub).await?);
    if args.saturate {
        return saturate::run(&bench, &bare, &ours, &args, report).await;
    }
    // Taken in turn, so that a neighbour's noise meets both; the first round warms up.
    let (mut bare_trials, mut our_trials) = (Vec::new(), Vec::new());
    for _ in 0..=ROUNDS {
        bare_trials.push(fixed(&bare, &args).await?);
        our_trials.push(fixed(&ours, &args).await?);
    }
    report.raw("fanout-fixed", &json!({ "limit": bare_trials, "hub": our_trials }))?;
    let (bare, ours) = (&bare_trials[1..], &our_trials[1..]);
    for (who, trials) in [("limit", bare), ("hub", ours)] {
        let figure = |what: &str, of: fn(&Trial) -> f64, unit| {
            Figure::new("fanout", format!("{who}: {what}"), middle(trials, of), unit)
                .taken_by(busiest(trials))
        };
        report.add(&bench, &figure("deliveries", |trial| trial.deliveries_per_second, "/s"));
        let cpu = figure("CPU per million deliveries", |trial| trial.cpu_per_million, "s");
        report.add(&bench, &cpu);
        report.add(&bench, &figure("latency p99", |trial| trial.p99_ms, "ms"));
    }
    // Round by round, since noise lasts longer than one.
    let rounds = bare.iter().zip(ours);
    let shares: Vec<f64> =
        rounds.map(|(bare, ours)| ours.cpu_per_million / bare.cpu_per_million).collect();
    let share = Figure::new("fanout", "hub ÷ limit, CPU", median(&shares), "×");
    let share = share.taken_by(busiest(bare).worse(busiest(ours))).can_be_flattered();
    report.add(&bench, &share.at_most(1.5));
    Ok(())
}

/// Rounds that count.
const ROUNDS: usize = 3;

async fn fixed(place: &Place<'_>, args: &Args) -> Result<Trial, Failure> {
    let crowd = place.gather(args.watchers).await?;
    let trial = place.trial(crowd, args.rate, args.seconds).await?;
    if trial.deliveries < trial.expected {
        let Trial { deliveries, expected, .. } = trial;
        return Err(format!("{deliveries} of {expected} deliveries came").into());
    }
    Ok(trial)
}

fn middle(trials: &[Trial], of: fn(&Trial) -> f64) -> f64 {
    median(&trials.iter().map(of).collect::<Vec<f64>>())
}

fn busiest(trials: &[Trial]) -> Busy {
    trials.iter().map(|trial| trial.generator).fold(Busy::default(), Busy::worse)
}
