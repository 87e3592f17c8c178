//! A store with one room of a million messages: how long the hub takes to be ready on it,
//! what it holds in memory when nobody asks, how fast that room opens.

mod history;
mod open;

use crate::{
    Failure,
    bench::{Bench, Cores},
    busy::{Busy, Meter},
    hub::{Hub, Store},
    report::{Figure, Report},
    stats::{longest, median, quantile},
};
use serde_json::json;
use std::{
    path::PathBuf,
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

#[derive(clap::Args, Clone)]
pub(crate) struct Args {
    #[arg(long, default_value_t = 1_000_000)]
    messages: u64,
    /// Starts measured with the database's files in the kernel's memory, and as many
    /// without; the room is opened after each.
    #[arg(long, default_value_t = 5)]
    starts: usize,
    /// Further opens, and pages from the middle of history, after the last start.
    #[arg(long, default_value_t = 200)]
    opens: usize,
    /// Keep the store in this folder, and take the one that is there.
    #[arg(long, value_name = "FOLDER")]
    store: Option<PathBuf>,
}

impl Default for Args {
    fn default() -> Self {
        Self { messages: 1_000_000, starts: 5, opens: 200, store: None }
    }
}

/// A hub that nobody asks has given back by then what starting took.
const IDLE: Duration = Duration::from_secs(10);

pub(crate) async fn run(bench: &Bench, args: Args, report: &mut Report) -> Result<(), Failure> {
    let bench = bench.seated(Cores::Shared)?;
    let store = match &args.store {
        Some(folder) => Store::kept(folder)?,
        None => Store::fresh(&bench)?,
    };
    let (store, room) = history::of(&bench, store, args.messages).await?;
    let process: Result<Vec<f64>, Failure> = (0..args.starts).map(|_| version(&bench)).collect();
    let process = median(&process?);
    let mut seen = Seen::default();
    let mut store = Some(store);
    let last = 2 * args.starts.max(1) - 1;
    for n in 0..=last {
        let kept = store.take().ok_or("the store is in use")?;
        // Every other start finds the database as after a reboot.
        let reboot = n % 2 == 0;
        if reboot {
            forget_files(&kept)?;
        }
        let hub = start(&bench, kept, &mut seen).await?;
        if n == 0 {
            seen.resident = hub.process.resident_bytes()?;
            tokio::time::sleep(IDLE).await;
            seen.resident_later = hub.process.resident_bytes()?;
        }
        let opened = open::first(&hub, &room).await?;
        if reboot { &mut seen.opens_from_disk } else { &mut seen.opens_from_cache }.push(opened);
        if n == last {
            let meter = Meter::start()?;
            seen.opens = open::again(&hub, &room, args.opens).await?;
            seen.pages = open::pages(&hub, &room, args.messages, args.opens).await?;
            seen.generator = meter.read()?;
        }
        store = Some(hub.end()?);
    }
    seen.tell(&bench, process, report)
}

/// Milliseconds, one a measurement.
#[derive(Default)]
struct Seen {
    listening: Vec<f64>,
    ready: Vec<f64>,
    resident: f64,
    resident_later: f64,
    opens_from_disk: Vec<f64>,
    opens_from_cache: Vec<f64>,
    opens: Vec<f64>,
    pages: Vec<f64>,
    generator: Busy,
}

impl Seen {
    fn tell(&self, bench: &Bench, process: f64, report: &mut Report) -> Result<(), Failure> {
        let mut add = |figure: Figure| report.add(bench, &figure);
        add(figure("start to ready, longest", longest(&self.ready), "ms").at_most(500.0));
        add(figure("start to ready, median", median(&self.ready), "ms"));
        add(figure("of it until it listens, median", median(&self.listening), "ms"));
        add(figure("of it the bare process (hub --version)", process, "ms"));
        add(figure("resident when ready", self.resident / 1e6, "MB").at_most(80.0));
        add(figure("resident after 10 s", self.resident_later / 1e6, "MB").at_most(80.0));
        let first = [("disk", &self.opens_from_disk), ("cache", &self.opens_from_cache)];
        for (from, values) in first {
            let name = |what: &str| format!("first open, from {from}, {what}");
            add(figure(name("longest"), longest(values), "ms").at_most(50.0));
            add(figure(name("median"), median(values), "ms"));
        }
        for (what, values) in [("later opens", &self.opens), ("a page of the middle", &self.pages)]
        {
            let taken = |name: String, value| figure(name, value, "ms").taken_by(self.generator);
            add(taken(format!("{what}, p50"), median(values)));
            add(taken(format!("{what}, p99"), quantile(values, 0.99)).at_most(50.0));
        }
        let raw = json!({
            "listening_ms": self.listening, "ready_ms": self.ready,
            "opens_from_disk_ms": self.opens_from_disk,
            "opens_from_cache_ms": self.opens_from_cache,
            "opens_ms": self.opens, "pages_ms": self.pages,
        });
        report.raw("start", &raw)
    }
}

/// Starts the hub and waits until it says that it is ready.
async fn start(bench: &Bench, store: Store, seen: &mut Seen) -> Result<Hub, Failure> {
    let began = Instant::now();
    let hub = Hub::serve(bench, store, "127.0.0.1:0")?;
    while !is_ready(hub.address()).await? {}
    seen.ready.push(ms(began));
    seen.listening.push(hub.process.listening_after.as_secs_f64() * 1e3);
    Ok(hub)
}

async fn is_ready(address: &str) -> Result<bool, Failure> {
    let mut stream = TcpStream::connect(address).await?;
    let ask = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(ask.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(answer.starts_with(b"HTTP/1.1 200"))
}

/// What starting any process of this program takes, before it does anything.
fn version(bench: &Bench) -> Result<f64, Failure> {
    let began = Instant::now();
    let ended = bench.bare().arg("--version").stdout(Stdio::null()).status()?;
    if ended.success() { Ok(ms(began)) } else { Err(format!("hub --version: {ended}").into()) }
}

/// The kernel forgets what it keeps of the database's files in memory, as after a reboot.
fn forget_files(store: &Store) -> Result<(), Failure> {
    for entry in std::fs::read_dir(store.data())? {
        let path = entry?.path();
        let mut input = std::ffi::OsString::from("if=");
        input.push(&path);
        let told = Command::new("dd")
            .arg(input)
            .args(["iflag=nocache", "count=0", "status=none"])
            .status()?;
        if !told.success() {
            return Err(format!("dd {}: {told}", path.display()).into());
        }
    }
    Ok(())
}

fn figure(name: impl Into<String>, value: f64, unit: &'static str) -> Figure {
    Figure::new("start", name, value, unit)
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}
