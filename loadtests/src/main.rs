//! The figures of the hub, measured from outside over real sockets: each scenario starts a
//! hub of its own on a fresh store, drives it, and prints its figures beside their goals.
//! Invariant: a goal that is missed is said and no failure; a promise that is broken (a lost
//! message, a number twice) is a failure and no figure.

mod bench;
mod busy;
mod conversations;
mod crowd;
mod durable;
mod fanout;
mod hub;
mod idle;
mod kill;
mod limit;
mod process;
mod push;
mod readers;
mod report;
mod search;
mod socket;
mod start;
mod stats;
mod upload;

use bench::{Bench, Cores};
use clap::{Parser, Subcommand};
use report::Report;
use std::path::PathBuf;

pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

#[derive(Parser)]
struct Cli {
    /// The program to measure.
    #[arg(long, global = true, default_value = "target/release/hub")]
    hub: PathBuf,
    /// Where results are kept.
    #[arg(long, global = true, default_value = "loadtests/results")]
    results: PathBuf,
    /// Server and generator on cores of their own, or sharing all. Left out, each scenario
    /// takes what it is usually measured with: apart for `fanout`, shared for the others.
    #[arg(long, global = true)]
    cores: Option<Cores>,
    #[command(subcommand)]
    scenario: Scenario,
}

#[derive(Subcommand, Clone)]
enum Scenario {
    /// Durable acknowledged messages a second, many rooms.
    Durable(durable::Args),
    /// One room, many watchers.
    Fanout(fanout::Args),
    /// Resident memory of signed-in idle connections.
    Idle(idle::Args),
    /// Start, memory and opening a room, on a store with a room of a million messages.
    Start(start::Args),
    /// Killed with -9 again and again while everybody writes.
    Kill(kill::Args),
    /// A gigabyte through a hub that is killed in the middle: memory and speed.
    Upload(upload::Args),
    /// The list of conversations of somebody in thousands.
    Conversations(conversations::Args),
    /// Who has read a message, in a room of a hundred thousand.
    Readers(readers::Args),
    /// Pushes to devices: a notice to ten thousand people, messages beside it.
    Push(push::Args),
    /// Questions to a store of ten million messages, and how soon a new one is found.
    Search(search::Args),
    /// The bare server that the others are compared with: serves until killed.
    Limit {
        #[arg(long, default_value = "127.0.0.1:0")]
        listen: String,
    },
    /// Every scenario with its defaults.
    All,
}

fn main() -> Result<(), Failure> {
    let cli = Cli::parse();
    // One thread: how busy it is says whether the generator kept pace.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(run(cli))
}

async fn run(cli: Cli) -> Result<(), Failure> {
    if let Scenario::Limit { listen } = cli.scenario {
        return limit::serve(&listen).await;
    }
    let bench = Bench::new(cli.hub, cli.results, cli.cores)?;
    let mut report = Report::new(&bench);
    for scenario in list(cli.scenario) {
        let (name, outcome) = match scenario {
            Scenario::Durable(args) => ("durable", durable::run(&bench, args, &mut report).await),
            Scenario::Fanout(args) => ("fanout", fanout::run(&bench, args, &mut report).await),
            Scenario::Idle(args) => ("idle", idle::run(&bench, args, &mut report).await),
            Scenario::Start(args) => ("start", start::run(&bench, args, &mut report).await),
            Scenario::Kill(args) => ("kill", kill::run(&bench, args, &mut report).await),
            Scenario::Upload(args) => ("upload", upload::run(&bench, args, &mut report).await),
            Scenario::Conversations(args) => {
                ("conversations", conversations::run(&bench, args, &mut report).await)
            }
            Scenario::Readers(args) => ("readers", readers::run(&bench, args, &mut report).await),
            Scenario::Push(args) => ("push", push::run(&bench, args, &mut report).await),
            Scenario::Search(args) => ("search", search::run(&bench, args, &mut report).await),
            Scenario::Limit { .. } | Scenario::All => continue,
        };
        if let Err(failure) = outcome {
            report.failed(name, &failure);
        }
    }
    report.finish()
}

fn list(asked: Scenario) -> Vec<Scenario> {
    match asked {
        Scenario::All => vec![
            Scenario::Durable(durable::Args::closed()),
            Scenario::Durable(durable::Args::paced()),
            Scenario::Fanout(fanout::Args::fixed()),
            Scenario::Fanout(fanout::Args::saturating()),
            Scenario::Idle(idle::Args::default()),
            Scenario::Start(start::Args::default()),
            Scenario::Kill(kill::Args::default()),
            Scenario::Conversations(conversations::Args::default()),
            Scenario::Readers(readers::Args::default()),
            Scenario::Push(push::Args::default()),
            Scenario::Upload(upload::Args::default()),
        ],
        one => vec![one],
    }
}
