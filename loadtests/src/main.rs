//! The figures of the hub, measured from outside over real sockets: each scenario starts a
//! hub of its own on a fresh database, drives it, and prints a table and JSON.
//! Absent on purpose: thresholds. A figure is a benchmark, not a test.

mod durable;
mod fanout;
mod hub;
mod idle;
mod limit;
mod report;
mod socket;

use clap::{Parser, Subcommand};
use std::path::PathBuf;

#[derive(Parser)]
struct Cli {
    /// The program to measure.
    #[arg(long, global = true, default_value = "target/release/hub")]
    hub: PathBuf,
    /// Where results are kept.
    #[arg(long, global = true, default_value = "loadtests/results")]
    results: PathBuf,
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
    /// The bare server that the others are compared with: serves until killed.
    Limit {
        #[arg(long, default_value = "127.0.0.1:0")]
        listen: String,
    },
    /// Every scenario with its defaults.
    All,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(run(cli))
}

async fn run(cli: Cli) -> Result<(), Box<dyn std::error::Error>> {
    let mut report = report::Report::new(&cli.results)?;
    match cli.scenario {
        Scenario::Durable(args) => durable::run(&cli.hub, args, &mut report).await?,
        Scenario::Fanout(args) => fanout::run(&cli.hub, args, &mut report).await?,
        Scenario::Idle(args) => idle::run(&cli.hub, args, &mut report).await?,
        Scenario::Limit { listen } => return limit::serve(&listen).await,
        Scenario::All => {
            durable::run(&cli.hub, durable::Args::default(), &mut report).await?;
            fanout::run(&cli.hub, fanout::Args::default(), &mut report).await?;
            idle::run(&cli.hub, idle::Args::default(), &mut report).await?;
        }
    }
    report.finish()
}
