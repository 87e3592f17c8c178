//! Searching a store of many messages: how long typical questions take, how big the index is,
//! how soon a durable message is found. The messages are real: written by people over sockets,
//! committed, and fed to the index by the hub itself, as in life.

mod history;
mod questions;
mod words;

use crate::{
    Failure,
    bench::{Bench, Cores},
    busy::{Busy, Meter},
    hub::{Hub, Person, Store},
    report::{Figure, Report},
    socket::{self, Socket},
    stats::{longest, median, quantile},
};
use client::{Door, Search};
use history::Note;
use protocol::RoomId;
use serde_json::json;
use std::{
    path::{Path, PathBuf},
    time::Instant,
};

#[derive(clap::Args, Clone)]
pub(crate) struct Args {
    /// Messages of a store that is made now.
    #[arg(long, default_value_t = 10_000_000)]
    messages: u64,
    /// Questions of each class.
    #[arg(long, default_value_t = 200)]
    questions: usize,
    /// Messages sent one by one, each searched for until it is found.
    #[arg(long, default_value_t = 50)]
    fresh: usize,
    /// Keep the store in this folder, and take the one that is there.
    #[arg(long, value_name = "FOLDER")]
    store: Option<PathBuf>,
    /// One step alone, of a store that is kept: `make` writes it, `ask` asks what is there.
    #[arg(long, requires = "store")]
    only: Option<Step>,
}

#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq)]
enum Step {
    Make,
    Ask,
}

/// The goals of the issue.
const P95_MS: f64 = 100.0;
const FOUND_MS: f64 = 1_000.0;
const RESIDENT_MB: f64 = 80.0;

pub(crate) async fn run(bench: &Bench, args: Args, report: &mut Report) -> Result<(), Failure> {
    let bench = bench.seated(Cores::Shared)?;
    let store = match &args.store {
        Some(folder) => Store::kept(folder)?,
        None => Store::fresh(&bench)?,
    };
    let (store, note) = match Note::of(&store)? {
        Some(note) => (store, note),
        None if args.only == Some(Step::Ask) => return Err("no finished store to ask".into()),
        None => history::make(&bench, store, args.messages).await?,
    };
    report.add(&bench, &figure("messages in the store", note.messages as f64, ""));
    report.add(&bench, &figure("written", note.written_per_second, "/s"));
    let indexed = note.indexed_after_seconds;
    report.add(&bench, &figure("from the last commit until all are indexed", indexed, "s"));
    match args.only {
        Some(Step::Make) => Ok(()),
        _ => ask(&bench, &args, store, &note, report).await,
    }
}

async fn ask(
    bench: &Bench,
    args: &Args,
    store: Store,
    note: &Note,
    report: &mut Report,
) -> Result<(), Failure> {
    let (hub, seconds) = history::open(bench, store).await?;
    let mut add = |figure: Figure| report.add(bench, &figure);
    add(figure("from the start until the index lacks nothing", seconds, "s"));
    add(figure("resident before the first question", hub.process.resident_bytes()? / 1e6, "MB")
        .at_most(RESIDENT_MB));
    let asker = hub.people.first().ok_or("no people")?.clone();
    let door = Door::new(&hub.url())?.with_token(asker.secret());
    let mut raw = Vec::new();
    let mut wrong = Vec::new();
    for class in questions::classes(args.questions, &note.rooms) {
        let meter = Meter::start()?;
        let (times, found) = ask_all(&door, &class.questions).await?;
        let busy = meter.read()?;
        tell(class.name, &times, found, busy, &mut add);
        raw.push(json!({ "questions": class.name, "ms": times, "found": found }));
        if class.is_wrong(found) {
            wrong.push(format!("{}: {found} of {} found something", class.name, times.len()));
        }
    }
    let times = found_after(&hub, &asker, &note.rooms[0], args.fresh).await?;
    add(figure("durable to findable, p50", median(&times), "ms"));
    add(figure("durable to findable, longest", longest(&times), "ms").at_most(FOUND_MS));
    add(figure("resident after the questions", hub.process.resident_bytes()? / 1e6, "MB"));
    let own = hub.process.anonymous_bytes()? / 1e6;
    add(figure("of it without the pages of mapped files", own, "MB"));
    add(figure("size of the index", size(&hub.store.data().join("hub.search"))? / 1e6, "MB"));
    add(figure("size of the database", size(&hub.store.data().join("hub.db"))? / 1e6, "MB"));
    report.raw("search", &json!({ "questions": raw, "findable_ms": times }))?;
    hub.end()?;
    // A class that finds nothing measures nothing.
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ").into()) }
}

/// Milliseconds of each, and how many found something.
async fn ask_all(door: &Door, questions: &[Search]) -> Result<(Vec<f64>, usize), Failure> {
    let (mut times, mut found) = (Vec::with_capacity(questions.len()), 0);
    for question in questions {
        let began = Instant::now();
        let answer = door.search(question).await?;
        times.push(ms(began));
        let any = [answer.hits.len(), answer.people.len(), answer.rooms.len(), answer.files.len()];
        found += usize::from(any.iter().any(|some| *some > 0));
    }
    Ok((times, found))
}

fn tell(name: &str, times: &[f64], found: usize, busy: Busy, add: &mut impl FnMut(Figure)) {
    let of = |what: &str, value: f64| figure(format!("{name}, {what}"), value, "ms").taken_by(busy);
    add(of("p50", median(times)));
    add(of("p95", quantile(times, 0.95)).at_most(P95_MS));
    add(of("p99", quantile(times, 0.99)));
    let share = 100.0 * found as f64 / times.len().max(1) as f64;
    add(figure(format!("{name}, found something"), share, "%"));
}

/// From the acknowledgement of a message until a search has it.
async fn found_after(
    hub: &Hub,
    asker: &Person,
    room: &RoomId,
    times: usize,
) -> Result<Vec<f64>, Failure> {
    let Socket { mut writer, mut reader } = socket::connect(hub.address(), &asker.token).await?;
    reader.until("welcome").await?;
    let door = Door::new(&hub.url())?.with_token(asker.secret());
    let mut took = Vec::with_capacity(times);
    for n in 0..times {
        // Nobody else has written it, in this run or in an earlier one on the same store.
        let word = format!("fresh{}x{n}", std::process::id());
        let body = json!({ "text": format!("请查收 {word}") }).to_string();
        let stream = format!("room:{room}");
        let id = socket::id();
        writer.send(&socket::command(&id, Some(&stream), "room.send_message", &body)).await?;
        reader.until("ack").await?;
        let durable = Instant::now();
        while door.search(&Search::of(&word)).await?.hits.is_empty() {}
        took.push(ms(durable));
    }
    Ok(took)
}

/// Bytes of a file, or of all files of a folder.
fn size(path: &Path) -> Result<f64, Failure> {
    if path.is_file() {
        return Ok(std::fs::metadata(path)?.len() as f64);
    }
    let mut bytes = 0.0;
    for entry in std::fs::read_dir(path)? {
        bytes += entry?.metadata()?.len() as f64;
    }
    Ok(bytes)
}

fn figure(name: impl Into<String>, value: f64, unit: &'static str) -> Figure {
    Figure::new("search", name, value, unit)
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}
