//! Resident memory of signed-in idle connections, each with one watched stream.

use crate::{
    Failure,
    bench::{Bench, Cores},
    hub::{Hub, Store},
    report::{Figure, Report},
    socket,
};
use std::time::Duration;

#[derive(clap::Args, Clone)]
pub(crate) struct Args {
    #[arg(long, default_value_t = 9_000)]
    connections: usize,
}

impl Default for Args {
    fn default() -> Self {
        Self { connections: 9_000 }
    }
}

/// Memory that a burst of sign-ins needed is given back within this.
const SETTLED: Duration = Duration::from_secs(3);

pub(crate) async fn run(bench: &Bench, args: Args, report: &mut Report) -> Result<(), Failure> {
    let bench = bench.seated(Cores::Shared)?;
    // Ten connections an account: what matters is the connection, not the argon2 of sign-in.
    let hub = Hub::demo(&bench, args.connections.div_ceil(10), Store::fresh(&bench)?)?;
    let before = hub.process.resident_bytes()?;
    let mut held = Vec::with_capacity(args.connections);
    for n in 0..args.connections {
        let person = &hub.people[n % hub.people.len()];
        let mut socket = socket::connect(hub.address(), &person.token).await?;
        socket.reader.until("welcome").await?;
        socket.writer.send(&socket::watch(&format!("account:{}", person.account), 0)).await?;
        socket.reader.until("watching").await?;
        held.push(socket);
    }
    tokio::time::sleep(SETTLED).await;
    let each = (hub.process.resident_bytes()? - before) / held.len() as f64;
    report.add(&bench, &Figure::new("idle", "resident before", before / 1e6, "MB"));
    report.add(&bench, &Figure::new("idle", "connections held", held.len() as f64, ""));
    let figure = Figure::new("idle", "resident per connection", each / 1e3, "KB");
    report.add(&bench, &figure.at_most(16.0));
    Ok(())
}
