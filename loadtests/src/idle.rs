//! Resident memory of signed-in idle connections, each with one watched stream.

use crate::{hub::Server, report::Report, socket};
use std::{path::Path, time::Duration};

type Failure = Box<dyn std::error::Error>;

#[derive(clap::Args, Clone)]
pub(crate) struct Args {
    #[arg(long, default_value_t = 10_000)]
    connections: usize,
}

impl Default for Args {
    fn default() -> Self {
        Self { connections: 10_000 }
    }
}

pub(crate) async fn run(program: &Path, args: Args, report: &mut Report) -> Result<(), Failure> {
    // Ten connections an account: what matters is the connection, not the argon2 of sign-in.
    let hub = Server::start(program, args.connections.div_ceil(10), None)?;
    let before = hub.resident_kib()?;
    let mut held = Vec::with_capacity(args.connections);
    for n in 0..args.connections {
        let (account, token) = &hub.people[n % hub.people.len()];
        let (mut writer, mut reader) = socket::connect(&hub.address, token).await?;
        reader.until("welcome").await?;
        let watch = format!(
            "{{\"t\":\"watch\",\"streams\":[{{\"stream\":\"account:{account}\",\"from\":0}}]}}"
        );
        writer.send(watch).await?;
        reader.until("watching").await?;
        held.push((writer, reader));
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    let after = hub.resident_kib()?;
    report.figure("idle", "resident before", before / 1024.0, "MiB");
    report.figure("idle", "connections held", held.len() as f64, "");
    report.figure("idle", "resident per connection", (after - before) / held.len() as f64, "KiB");
    Ok(())
}
