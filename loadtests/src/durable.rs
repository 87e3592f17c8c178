//! Durable acknowledged messages: many people in rooms of two, each with several commands
//! in flight; every acknowledgement counted here means its event is on the disk.

use crate::{
    hub::Server,
    report::Report,
    socket::{self, Reader, Writer},
};
use hdrhistogram::Histogram;
use std::{
    collections::HashMap,
    path::Path,
    time::{Duration, Instant},
};

type Failure = Box<dyn std::error::Error>;

#[derive(clap::Args, Clone)]
pub(crate) struct Args {
    /// People sending; they sit in rooms of two.
    #[arg(long, default_value_t = 200)]
    people: usize,
    /// Commands each has in flight.
    #[arg(long, default_value_t = 16)]
    in_flight: usize,
    #[arg(long, default_value_t = 10)]
    seconds: u64,
}

impl Default for Args {
    fn default() -> Self {
        Self { people: 200, in_flight: 16, seconds: 10 }
    }
}

pub(crate) async fn run(program: &Path, args: Args, report: &mut Report) -> Result<(), Failure> {
    let server = Server::start(program, args.people, None)?;
    let mut senders = Vec::new();
    for pair in server.people.chunks(2) {
        let mut room = None;
        for (n, (_, token)) in pair.iter().enumerate() {
            let (mut writer, mut reader) = socket::connect(&server.address, token).await?;
            reader.until("welcome").await?;
            let peer = &pair[(n + 1) % pair.len()].0;
            let body = format!("{{\"peer\":\"{peer}\"}}");
            writer.send(socket::command(&socket::id(), None, "room.open_direct", &body)).await?;
            let ack = reader.until("ack").await?;
            room = socket::field(&ack, "stream").map(str::to_owned).or(room);
            senders.push((writer, reader, room.clone().ok_or("no room")?));
        }
    }
    let cpu = server.cpu_seconds()?;
    let started = Instant::now();
    let until = started + Duration::from_secs(args.seconds);
    let local = tokio::task::LocalSet::new();
    let tasks: Vec<_> = senders
        .into_iter()
        .map(|(writer, reader, room)| {
            local.spawn_local(sender(writer, reader, room, args.in_flight, until))
        })
        .collect();
    let mut latency = Histogram::<u64>::new(3)?;
    local
        .run_until(async {
            for task in tasks {
                let one = task.await?.map_err(|error| error.to_string())?;
                latency.add(one)?;
            }
            Ok::<(), Failure>(())
        })
        .await?;
    let elapsed = started.elapsed().as_secs_f64();
    let acked = latency.len() as f64;
    let spent = server.cpu_seconds()? - cpu;
    report.figure("durable", "acknowledged messages", acked / elapsed, "/s");
    report.figure("durable", "latency p50", latency.value_at_quantile(0.5) as f64 / 1e3, "ms");
    report.figure("durable", "latency p99", latency.value_at_quantile(0.99) as f64 / 1e3, "ms");
    report.figure("durable", "server CPU per message", spent / acked * 1e6, "µs");
    Ok(())
}

async fn sender(
    mut writer: Writer,
    mut reader: Reader,
    room: String,
    in_flight: usize,
    until: Instant,
) -> Result<Histogram<u64>, Failure> {
    let mut latency = Histogram::<u64>::new(3)?;
    let mut sent: HashMap<String, Instant> = HashMap::new();
    let body = format!("{{\"text\":\"{}\"}}", "办件进度请查收。".repeat(8));
    loop {
        while sent.len() < in_flight && Instant::now() < until {
            let id = socket::id();
            writer.send(socket::command(&id, Some(&room), "room.send_message", &body)).await?;
            sent.insert(id, Instant::now());
        }
        if sent.is_empty() {
            return Ok(latency);
        }
        let ack = reader.until("ack").await?;
        if let Some(at) = socket::field(&ack, "id").and_then(|id| sent.remove(id)) {
            latency.record(u64::try_from(at.elapsed().as_micros())?)?;
        }
    }
}
