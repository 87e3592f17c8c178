//! The list of conversations of somebody who is in thousands of them: the first page, as a
//! client opens with it, and all pages to the end.

use crate::{
    Failure,
    bench::{Bench, Cores},
    busy::Meter,
    hub::{Hub, Store},
    report::{Figure, Report},
    socket,
    stats::{median, quantile},
};
use client::Door;
use protocol::http::{Conversation, Page};
use serde_json::json;
use std::time::Instant;

#[derive(clap::Args, Clone)]
pub(crate) struct Args {
    #[arg(long, default_value_t = 2_000)]
    rooms: usize,
    /// First pages asked for.
    #[arg(long, default_value_t = 100)]
    asks: usize,
}

impl Default for Args {
    fn default() -> Self {
        Self { rooms: 2_000, asks: 100 }
    }
}

/// Members of each room besides: the list counts and previews them all.
const OTHERS: usize = 20;
/// Every so manieth room is pinned.
const PINNED_EVERY: usize = 100;
/// What the issue asks for.
const LIST_MS: f64 = 100.0;

pub(crate) async fn run(bench: &Bench, args: Args, report: &mut Report) -> Result<(), Failure> {
    let bench = bench.seated(Cores::Shared)?;
    let hub = Hub::demo(&bench, OTHERS + 1, Store::fresh(&bench)?)?;
    let (me, others) = hub.people.split_first().ok_or("no people")?;
    let mut socket = socket::connect(hub.address(), &me.token).await?;
    socket.reader.until("welcome").await?;
    let members: Vec<&str> = others.iter().map(|one| one.account.as_str()).collect();
    let own = format!("account:{}", me.account);
    for n in 0..args.rooms {
        let id = socket::id();
        let room = format!("room:{id}");
        let create = json!({ "name": format!("会话 {n}"), "members": members }).to_string();
        let say = json!({ "text": format!("第 {n} 条") }).to_string();
        let mut asked = vec![(&room, "room.create", create), (&room, "room.send_message", say)];
        if n.is_multiple_of(PINNED_EVERY) {
            let pin = json!({ "room": id, "pinned": true }).to_string();
            asked.push((&own, "account.set_conversation", pin));
        }
        for (stream, kind, body) in asked {
            // An account hears of a new room a moment after its maker.
            loop {
                let command = socket::command(&socket::id(), Some(stream), kind, &body);
                socket.writer.send(&command).await?;
                match socket.reader.until("ack").await {
                    Ok(_) => break,
                    Err(refused) if refused.to_string().contains("room.not_member") => {}
                    Err(other) => return Err(other),
                }
            }
        }
    }
    let door = Door::new(&hub.url())?.with_token(me.secret());
    let meter = Meter::start()?;
    let mut first = Vec::with_capacity(args.asks);
    for _ in 0..args.asks {
        let began = Instant::now();
        let page: Page<Conversation> = door.get("/v1/rooms").await?;
        first.push(began.elapsed().as_secs_f64() * 1e3);
        if !page.items.first().is_some_and(|line| line.pinned) {
            return Err("pinned conversations come first".into());
        }
    }
    let busy = meter.read()?;
    let began = Instant::now();
    let listed = all(&door).await?;
    let whole = began.elapsed().as_secs_f64() * 1e3;
    if listed < args.rooms {
        return Err(format!("{listed} of {} conversations are listed", args.rooms).into());
    }
    let mut add = |name: &str, value| {
        let figure = Figure::new("lists", name, value, "ms").at_most(LIST_MS).taken_by(busy);
        report.add(&bench, &figure);
    };
    add("first page, p50", median(&first));
    add("first page, p99", quantile(&first, 0.99));
    let figure = Figure::new("lists", "all pages of 200", whole, "ms").taken_by(busy);
    report.add(&bench, &figure);
    Ok(())
}

async fn all(door: &Door) -> Result<usize, Failure> {
    let (mut listed, mut after) = (0, String::new());
    loop {
        let page: Page<Conversation> = door.get(&format!("/v1/rooms?limit=200{after}")).await?;
        listed += page.items.len();
        match page.next {
            Some(next) => after = format!("&after={next}"),
            None => return Ok(listed),
        }
    }
}
