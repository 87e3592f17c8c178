//! Pushes to devices: browsers' subscriptions at a push service of this program's own, which
//! counts what arrives. A notice to everybody with one device each; messages into a small room
//! while nothing else happens; and the same messages while a notice to everybody goes out, which
//! must not wait behind it. Each push is sealed and signed as for a real service, so all that the
//! service sees is which device it is for. Invariant: every device is told of everything exactly
//! once, or the scenario fails.

mod provider;

use crate::{
    Failure,
    bench::{Bench, Cores},
    busy::{Busy, Meter},
    hub::{Hub, Person, Store},
    report::{Figure, Report},
    socket::{self, Socket},
    stats::{longest, median, quantile},
};
use protocol::limits::MEMBERS_PER_COMMAND_MAX;
use provider::Provider;
use serde_json::json;
use std::{
    ops::Range,
    time::{Duration, Instant},
};

#[derive(clap::Args, Clone)]
pub(crate) struct Args {
    /// Whom the notices reach, with one device each.
    #[arg(long, default_value_t = 10_000)]
    people: usize,
    /// Messages into the small room, each time.
    #[arg(long, default_value_t = 20)]
    messages: usize,
}

impl Default for Args {
    fn default() -> Self {
        Self { people: 10_000, messages: 20 }
    }
}

/// The small room's members, none of whom the notices reach.
const ROOM: usize = 50;
const EVERY: Duration = Duration::from_millis(250);
/// The longest wait for any push: what is not there by then was lost.
const PATIENCE: Duration = Duration::from_secs(300);
/// A second push of the same would come at once.
const QUIET: Duration = Duration::from_secs(4);

/// A point of P-256 and a secret, as browsers make them: the receiver's of RFC 8291's example.
const P256DH: &str =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

pub(crate) async fn run(bench: &Bench, args: Args, report: &mut Report) -> Result<(), Failure> {
    tokio::task::LocalSet::new().run_until(measure(bench, args, report)).await
}

async fn measure(bench: &Bench, args: Args, report: &mut Report) -> Result<(), Failure> {
    let bench = bench.seated(Cores::Shared)?;
    let provider = Provider::start().await?;
    // The service is on this machine: without leave the hub reaches the public internet only.
    let set = ["outbound.allow=127.0.0.0/8"];
    let people = 1 + args.people + ROOM;
    let hub = Hub::demo_set(&bench, people, Store::fresh(&bench)?, &set)?;
    let (sender, others) = hub.people.split_first().ok_or("no people")?;
    let (crowd, few) = others.split_at(args.people);
    let mut socket = socket::connect(hub.address(), &sender.token).await?;
    socket.reader.until("welcome").await?;
    let everybody = room(&mut socket, "room.create_announcement", crowd).await?;
    let small = room(&mut socket, "room.create", few).await?;
    for (number, person) in others.iter().enumerate() {
        add_device(&hub, person, &provider, number).await?;
    }
    let (all, some) = (0..args.people, args.people..args.people + ROOM);

    let meter = Meter::start()?;
    let sent = notice(&mut socket, &everybody).await?;
    let told = provider.until(all.clone(), 1, PATIENCE).await?;
    let spread = Spread::of(&told, &[sent]);
    spread.add("notice", meter.read()?, true, &bench, report);

    let meter = Meter::start()?;
    let said = messages(&mut socket, &small, args.messages).await?;
    let told = provider.until(some.clone(), args.messages, PATIENCE).await?;
    Spread::of(&told, &said).add("message", meter.read()?, false, &bench, report);

    let meter = Meter::start()?;
    notice(&mut socket, &everybody).await?;
    let said = messages(&mut socket, &small, args.messages).await?;
    let told = provider.until(some.clone(), 2 * args.messages, PATIENCE).await?;
    let told: Vec<Vec<Instant>> =
        told.into_iter().map(|one| one[args.messages..].to_vec()).collect();
    Spread::of(&told, &said).add("message beside a notice", meter.read()?, false, &bench, report);
    provider.until(all.clone(), 2, PATIENCE).await?;
    once(&provider, all, 2).await?;
    once(&provider, some, 2 * args.messages).await
}

/// Nothing comes a second time.
async fn once(provider: &Provider, devices: Range<usize>, times: usize) -> Result<(), Failure> {
    tokio::time::sleep(QUIET).await;
    match provider.more_than(devices, times) {
        0 => Ok(()),
        more => Err(format!("{more} devices were told more than once").into()),
    }
}

/// When devices were told, after what each is told of was acknowledged.
struct Spread {
    delays: Vec<f64>,
    /// From the first to the last.
    seconds: f64,
}

impl Spread {
    fn of(told: &[Vec<Instant>], said: &[Instant]) -> Self {
        let (mut delays, mut all) = (Vec::new(), Vec::<Instant>::new());
        for times in told {
            // A push that overtakes an acknowledgement is not late.
            let each = times.iter().zip(said);
            delays.extend(
                each.map(|(at, since)| at.saturating_duration_since(*since).as_secs_f64() * 1e3),
            );
            all.extend(times);
        }
        let (first, last) = (all.iter().min(), all.iter().max());
        let seconds = match (first, last) {
            (Some(first), Some(last)) => (*last - *first).as_secs_f64(),
            _ => 0.0,
        };
        Self { delays, seconds }
    }

    fn add(&self, what: &str, busy: Busy, rate: bool, bench: &Bench, report: &mut Report) {
        let count = self.delays.len() as f64;
        let mut figure = |name: String, value: f64, unit: &'static str| {
            report.add(bench, &Figure::new("push", name, value, unit).taken_by(busy));
        };
        figure(format!("{what}: devices told, each once"), count, "");
        if rate {
            figure(format!("{what}: a second"), count / self.seconds, "/s");
        }
        for (name, value) in [
            ("p50", median(&self.delays)),
            ("p99", quantile(&self.delays, 0.99)),
            ("longest", longest(&self.delays)),
        ] {
            figure(format!("{what}: from ack to the service, {name}"), value, "ms");
        }
    }
}

async fn room(socket: &mut Socket, kind: &str, people: &[Person]) -> Result<String, Failure> {
    let room = format!("room:{}", socket::id());
    ask(socket, &room, kind, r#"{"name":"全区通知","members":[]}"#).await?;
    for some in people.chunks(MEMBERS_PER_COMMAND_MAX) {
        let accounts: Vec<&str> = some.iter().map(|one| one.account.as_str()).collect();
        let body = json!({ "accounts": accounts }).to_string();
        ask(socket, &room, "room.add_members", &body).await?;
    }
    Ok(room)
}

async fn add_device(
    hub: &Hub,
    person: &Person,
    provider: &Provider,
    number: usize,
) -> Result<(), Failure> {
    let mut socket = socket::connect(hub.address(), &person.token).await?;
    socket.reader.until("welcome").await?;
    let endpoint = format!("{}/{number}", provider.url());
    let target = json!({ "provider": "web", "endpoint": endpoint, "p256dh": P256DH, "auth": AUTH });
    let body = json!({ "device": socket::id(), "name": "Chrome", "target": target }).to_string();
    let own = format!("account:{}", person.account);
    ask(&mut socket, &own, "account.add_push_device", &body).await.map(|_| ())
}

/// To the members of a room, whoever they are: who sends it is one of them.
async fn notice(socket: &mut Socket, room: &str) -> Result<Instant, Failure> {
    let id = room.trim_start_matches("room:");
    let target = json!({ "to": "rooms", "rooms": [id] });
    let body = json!({
        "kind": "announcement", "title": "停电通知", "text": "周五", "target": target,
        "confirm": false,
    });
    let notice = format!("notice:{}", socket::id());
    ask(socket, &notice, "notice.send", &body.to_string()).await
}

async fn messages(socket: &mut Socket, room: &str, count: usize) -> Result<Vec<Instant>, Failure> {
    let mut said = Vec::with_capacity(count);
    for _ in 0..count {
        said.push(ask(socket, room, "room.send_message", r#"{"text":"请到三号窗口。"}"#).await?);
        tokio::time::sleep(EVERY).await;
    }
    Ok(said)
}

/// When it was acknowledged.
async fn ask(
    socket: &mut Socket,
    stream: &str,
    kind: &str,
    body: &str,
) -> Result<Instant, Failure> {
    let command = socket::command(&socket::id(), Some(stream), kind, body);
    socket.writer.send(&command).await?;
    socket.reader.until("ack").await?;
    Ok(Instant::now())
}
