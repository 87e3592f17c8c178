//! Durable acknowledged messages: many people in rooms of two; every acknowledgement counted
//! here means its event is on the disk. Closed loop: each keeps some commands in flight, for
//! the highest rate. Open loop (`--rate`): commands fall due at a fixed rate whatever the hub
//! does, and latency counts from when each was due, so that a hub that stalls cannot hide it.

mod paced;

use crate::{
    Failure,
    bench::{Bench, Cores},
    busy::Meter,
    hub::{Hub, Store},
    report::{Figure, Report},
    socket::{self, Socket},
};
use hdrhistogram::Histogram;
use serde_json::json;
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};
use tokio::task::LocalSet;

#[derive(clap::Args, Clone)]
pub(crate) struct Args {
    /// People sending; they sit in rooms of two.
    #[arg(long, default_value_t = 200)]
    people: usize,
    /// Commands each has in flight (closed loop).
    #[arg(long, default_value_t = 16, conflicts_with = "rate")]
    in_flight: usize,
    /// Messages a second that fall due, all people together; without a number, half of what
    /// the hub is to take.
    #[arg(long, num_args = 0..=1, default_missing_value = "10000", value_name = "PER_SECOND")]
    rate: Option<u64>,
    #[arg(long, default_value_t = 10)]
    seconds: u64,
}

impl Args {
    pub(crate) fn closed() -> Self {
        Self { people: 200, in_flight: 16, rate: None, seconds: 10 }
    }

    pub(crate) fn paced() -> Self {
        Self { rate: Some(10_000), ..Self::closed() }
    }
}

pub(crate) async fn run(bench: &Bench, args: Args, report: &mut Report) -> Result<(), Failure> {
    let bench = bench.seated(Cores::Shared)?;
    let hub = Hub::demo(&bench, args.people, Store::fresh(&bench)?)?;
    let senders = seat_in_pairs(&hub).await?;
    match args.rate {
        None => closed(&bench, &hub, senders, &args, report).await,
        Some(rate) => paced::run(&bench, senders, rate, args.seconds, report).await,
    }
}

/// Somebody connected, and the room to write into.
struct Sender {
    socket: Socket,
    room: String,
}

async fn seat_in_pairs(hub: &Hub) -> Result<Vec<Sender>, Failure> {
    let mut senders = Vec::new();
    for pair in hub.people.chunks(2) {
        let mut room = None;
        for (n, person) in pair.iter().enumerate() {
            let mut socket = socket::connect(hub.address(), &person.token).await?;
            socket.reader.until("welcome").await?;
            let body = format!("{{\"peer\":\"{}\"}}", pair[(n + 1) % pair.len()].account);
            let open = socket::command(&socket::id(), None, "room.open_direct", &body);
            socket.writer.send(&open).await?;
            let ack = socket.reader.until("ack").await?;
            room = socket::field(&ack, "stream").map(str::to_owned).or(room);
            senders.push(Sender { socket, room: room.clone().ok_or("no room")? });
        }
    }
    Ok(senders)
}

/// What people write: the length of a plain sentence.
fn body() -> String {
    format!("{{\"text\":\"{}\"}}", "办件进度请查收。".repeat(8))
}

async fn closed(
    bench: &Bench,
    hub: &Hub,
    senders: Vec<Sender>,
    args: &Args,
    report: &mut Report,
) -> Result<(), Failure> {
    let (meter, cpu, started) = (Meter::start()?, hub.process.cpu_seconds()?, Instant::now());
    let until = started + Duration::from_secs(args.seconds);
    let local = LocalSet::new();
    let tasks: Vec<_> = senders
        .into_iter()
        .map(|sender| local.spawn_local(keep_in_flight(sender, args.in_flight, until)))
        .collect();
    let latency = local.run_until(sum(tasks)).await?;
    let (elapsed, busy) = (started.elapsed().as_secs_f64(), meter.read()?);
    let acked = latency.len() as f64;
    let spent = hub.process.cpu_seconds()? - cpu;
    let figure = |name: &str, value, unit| Figure::new("durable", name, value, unit).taken_by(busy);
    let rate = figure("acknowledged messages", acked / elapsed, "/s");
    report.add(bench, &rate.at_least(20_000.0));
    report.add(bench, &figure("latency p50, closed loop", ms_at(&latency, 0.5), "ms"));
    report.add(bench, &figure("latency p99, closed loop", ms_at(&latency, 0.99), "ms"));
    report.add(bench, &figure("server CPU per message", spent / acked * 1e6, "µs"));
    report.raw("durable-closed", &json!({ "latency_us": counts(&latency) }))
}

async fn keep_in_flight(
    sender: Sender,
    in_flight: usize,
    until: Instant,
) -> Result<Histogram<u64>, Failure> {
    let Sender { socket: Socket { mut writer, mut reader }, room } = sender;
    let mut latency = Histogram::new(3)?;
    let mut sent: HashMap<String, Instant> = HashMap::new();
    let body = body();
    loop {
        while sent.len() < in_flight && Instant::now() < until {
            let id = socket::id();
            writer.queue(&socket::command(&id, Some(&room), "room.send_message", &body));
            sent.insert(id, Instant::now());
        }
        writer.flush().await?;
        if sent.is_empty() {
            return Ok(latency);
        }
        let ack = reader.until("ack").await?;
        if let Some(at) = socket::field(&ack, "id").and_then(|id| sent.remove(id)) {
            latency.record(u64::try_from(at.elapsed().as_micros())?)?;
        }
    }
}

type Measured = tokio::task::JoinHandle<Result<Histogram<u64>, Failure>>;

/// Everybody's latencies, in microseconds.
async fn sum(tasks: Vec<Measured>) -> Result<Histogram<u64>, Failure> {
    let mut all = Histogram::new(3)?;
    for task in tasks {
        all.add(task.await??)?;
    }
    Ok(all)
}

fn ms_at(latency: &Histogram<u64>, quantile: f64) -> f64 {
    latency.value_at_quantile(quantile) as f64 / 1e3
}

/// Each value with how often it came.
fn counts(latency: &Histogram<u64>) -> Vec<(u64, u64)> {
    let values = latency.iter_recorded();
    values.map(|value| (value.value_iterated_to(), value.count_at_value())).collect()
}
