//! A room as large as rooms get: an announcement room, half of whose members have read. The
//! list of readers is asked for by its author, of a new message and of one that a thousand
//! others have followed: age must not matter. And a message posted there, until the last of
//! those who are connected has it.

use crate::{
    Failure,
    bench::{Bench, Cores},
    busy::{Busy, Meter},
    crowd::Place,
    hub::{Hub, Person, Store},
    report::{Figure, Report},
    socket::{self, Socket},
    stats::{median, quantile},
};
use client::Door;
use protocol::{http::Readers, limits::MEMBERS_PER_COMMAND_MAX};
use serde_json::json;
use std::time::Instant;

#[derive(clap::Args, Clone)]
pub(crate) struct Args {
    #[arg(long, default_value_t = 100_000)]
    members: usize,
    /// Lists asked for, of either message.
    #[arg(long, default_value_t = 50)]
    asks: usize,
    /// Messages after the old one.
    #[arg(long, default_value_t = 1_000)]
    messages: usize,
    /// Members who are connected while messages are posted.
    #[arg(long, default_value_t = 9_900)]
    online: usize,
}

impl Default for Args {
    fn default() -> Self {
        Self { members: 100_000, asks: 50, messages: 1_000, online: 9_900 }
    }
}

/// What the issue asks for.
const LIST_MS: f64 = 300.0;
const LAST_MS: f64 = 1_000.0;
/// Messages posted while people are connected: one a second.
const POSTED: u64 = 20;

pub(crate) async fn run(bench: &Bench, args: Args, report: &mut Report) -> Result<(), Failure> {
    let bench = bench.seated(Cores::Shared)?;
    let hub = Hub::demo(&bench, args.members, Store::fresh(&bench)?)?;
    let author = hub.people.first().ok_or("no people")?;
    let mut socket = socket::connect(hub.address(), &author.token).await?;
    socket.reader.until("welcome").await?;
    let (room, added) = announce(&mut socket, &hub.people[1..]).await?;
    let old = say(&mut socket, &room).await?;
    let mut said = Vec::with_capacity(args.messages);
    for _ in 0..args.messages {
        let began = Instant::now();
        say(&mut socket, &room).await?;
        said.push(ms(began));
    }
    let new = say(&mut socket, &room).await?;
    let half = &hub.people[1..=args.members / 2];
    for reader in half {
        read(&hub, reader, &room, new).await?;
    }
    let door = Door::new(&hub.url())?.with_token(author.secret());
    let mut figure = |name: &str, values: &[f64], busy: Busy| {
        let p50 = Figure::new("readers", format!("{name}, p50"), median(values), "ms");
        report.add(&bench, &p50);
        let p99 = Figure::new("readers", format!("{name}, p99"), quantile(values, 0.99), "ms");
        report.add(&bench, &p99.at_most(LIST_MS).taken_by(busy));
    };
    figure("500 members added", &added, Busy::default());
    figure("a message posted", &said, Busy::default());
    for (what, seq) in [("list of a new message", new), ("list of an old message", old)] {
        let meter = Meter::start()?;
        let mut took = Vec::with_capacity(args.asks);
        for _ in 0..args.asks {
            let id = room.trim_start_matches("room:");
            let began = Instant::now();
            let readers: Readers =
                door.get(&format!("/v1/rooms/{id}/messages/{seq}/readers")).await?;
            took.push(ms(began));
            let (read, unread) = (readers.read_count as usize, readers.unread_count as usize);
            if (read, read + unread) != (half.len(), args.members - 1) {
                return Err(format!("{read} have read and {unread} not").into());
            }
        }
        figure(what, &took, meter.read()?);
    }
    deliver(&bench, &hub, &args, room, report).await
}

/// Messages posted to those who are connected, one a second.
async fn deliver(
    bench: &Bench,
    hub: &Hub,
    args: &Args,
    room: String,
    report: &mut Report,
) -> Result<(), Failure> {
    let place = Place::in_room(hub, room);
    let crowd = place.gather(args.online.min(args.members)).await?;
    let trial = place.trial(crowd, 1, POSTED).await?;
    if trial.deliveries < trial.expected {
        return Err(format!("{} of {} deliveries came", trial.deliveries, trial.expected).into());
    }
    let figure = |name: &str, value: f64| {
        Figure::new("readers", format!("post to {} online, {name}", args.online), value, "ms")
            .taken_by(trial.generator)
    };
    report.add(bench, &figure("p99", trial.p99_ms));
    report.add(bench, &figure("the last of any message", trial.longest_ms).at_most(LAST_MS));
    Ok(())
}

/// The room, and how long each step of adding people took.
async fn announce(socket: &mut Socket, people: &[Person]) -> Result<(String, Vec<f64>), Failure> {
    let room = format!("room:{}", socket::id());
    let empty = r#"{"name":"全区通知","members":[]}"#;
    ask(socket, &room, "room.create_announcement", empty).await?;
    let mut took = Vec::new();
    for some in people.chunks(MEMBERS_PER_COMMAND_MAX) {
        let accounts: Vec<&str> = some.iter().map(|one| one.account.as_str()).collect();
        let body = json!({ "accounts": accounts }).to_string();
        let began = Instant::now();
        ask(socket, &room, "room.add_members", &body).await?;
        took.push(ms(began));
    }
    Ok((room, took))
}

async fn say(socket: &mut Socket, room: &str) -> Result<u64, Failure> {
    ask(socket, room, "room.send_message", r#"{"text":"各单位请于周五前上报。"}"#).await
}

/// The number of the last event that the command made.
async fn ask(socket: &mut Socket, room: &str, kind: &str, body: &str) -> Result<u64, Failure> {
    let command = socket::command(&socket::id(), Some(room), kind, body);
    socket.writer.send(&command).await?;
    let ack = socket.reader.until("ack").await?;
    socket::count(&ack, "seq").ok_or_else(|| "an ack without a number".into())
}

async fn read(hub: &Hub, reader: &Person, room: &str, seq: u64) -> Result<(), Failure> {
    let mut socket = socket::connect(hub.address(), &reader.token).await?;
    socket.reader.until("welcome").await?;
    ask(&mut socket, room, "room.mark_read", &json!({ "seq": seq }).to_string()).await?;
    Ok(())
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}
