//! Killed with -9 again and again while everybody writes: clients of the SDK in groups, each
//! sending one message after another. After every kill a new hub starts at once on the same
//! store and port, and the time counts from there until all have resumed: each is connected
//! again, and has seen on its watch a message of its own that the new hub decided.
//! The promises are in [`ledger`]; one that breaks ends the run as a failure.

mod ledger;
mod people;

use crate::{
    Failure,
    bench::{Bench, Cores},
    busy::Meter,
    hub::{self, Hub, Store},
    report::{Figure, Report},
    stats::{longest, median},
};
use people::People;
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::{sync::oneshot, task::LocalSet};

#[derive(clap::Args, Clone)]
pub(crate) struct Args {
    #[arg(long, default_value_t = 10)]
    kills: usize,
    #[arg(long, default_value_t = 500)]
    clients: usize,
    /// People in one room; each watches all that is said there.
    #[arg(long, default_value_t = 10)]
    group: usize,
    /// Milliseconds between an answer and the next message of each.
    #[arg(long, default_value_t = 100)]
    pause_ms: u64,
    /// Longest quiet time between all resumed and the next kill; the shortest is half of it.
    #[arg(long, default_value_t = 1_000)]
    calm_ms: u64,
}

impl Default for Args {
    fn default() -> Self {
        Self { kills: 10, clients: 500, group: 10, pause_ms: 100, calm_ms: 1_000 }
    }
}

pub(crate) async fn run(bench: &Bench, args: Args, report: &mut Report) -> Result<(), Failure> {
    let bench = bench.seated(Cores::Shared)?;
    let hub = Hub::demo(&bench, args.clients, Store::fresh(&bench)?)?;
    let local = LocalSet::new();
    local.run_until(rounds(&bench, hub, args, report)).await
}

async fn rounds(
    bench: &Bench,
    mut hub: Hub,
    args: Args,
    report: &mut Report,
) -> Result<(), Failure> {
    let people = People::gather(&hub, args.group, Duration::from_millis(args.pause_ms)).await?;
    people.all_resumed().await?;
    let meter = Meter::start()?;
    let (mut resumed, mut started, mut said) = (Vec::new(), Vec::new(), Vec::new());
    for n in 1..=args.kills {
        tokio::time::sleep(calm(args.calm_ms)).await;
        said.push(people.acknowledged());
        let (next, asked) = kill(hub, &people).await?;
        hub = next;
        people.all_resumed().await?;
        resumed.push(asked.elapsed().as_secs_f64());
        started.push(hub.process.listening_after.as_secs_f64());
        people.check()?;
        if n % 10 == 0 {
            eprintln!("{n} kills, {} messages acknowledged", people.acknowledged());
        }
    }
    let busy = meter.read()?;
    let messages = people.finish(&hub).await?;
    hub::verify(bench, &hub.end()?)?;

    let new = |name: &str, value, unit| Figure::new("kill", name, value, unit);
    let clients = args.clients;
    let longest =
        new(&format!("restart to all {clients} resumed, longest"), longest(&resumed), "s");
    report.add(bench, &new("kills", args.kills as f64, ""));
    report.add(bench, &new("messages, each there once, one order", messages as f64, ""));
    report.add(bench, &longest.at_most(3.0).taken_by(busy));
    let middle = new(&format!("restart to all {clients} resumed, p50"), median(&resumed), "s");
    report.add(bench, &middle.taken_by(busy));
    report.add(bench, &new("of it until the hub listens, p50", median(&started), "s"));
    report.raw("kill", &json!({ "resumed_s": resumed, "started_s": started, "acknowledged": said }))
}

/// Kills the hub and starts the next; the clients go on meanwhile. Answers when the new one
/// was asked for.
async fn kill(hub: Hub, people: &People) -> Result<(Hub, Instant), Failure> {
    let (told, asked) = oneshot::channel();
    let restart = move || {
        hub.killed_and_restarted(|| {
            // The receiver waits below.
            let _ = told.send((Instant::now(), now()));
        })
    };
    let working = tokio::task::spawn_blocking(restart);
    // Not heard of when the killing itself failed: then the reason comes below.
    let asked = asked.await.ok();
    if let Some((_, millis)) = asked {
        people.next_round(millis);
    }
    let hub = working.await??;
    let (at, _) = asked.ok_or("the next hub was never asked for")?;
    Ok((hub, at))
}

fn now() -> protocol::Millis {
    client::ids::command().made_at().unwrap_or_default()
}

fn calm(longest_ms: u64) -> Duration {
    let [.., last] = client::ids::next().into_bytes();
    Duration::from_millis(longest_ms).mul_f64(0.5 + f64::from(last) / 510.0)
}
