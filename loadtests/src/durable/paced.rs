//! The open loop of [`super`]: each person's messages fall due at fixed times.

use super::{Sender, body, counts, ms_at, sum};
use crate::{
    Failure,
    bench::Bench,
    busy::Meter,
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

/// The hub takes so many commands of one connection at once; what falls due beyond that
/// waits here, and its latency grows.
const IN_FLIGHT_MAX: usize = 60;
/// An acknowledgement that has not come so long after the last message was due is missing.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) async fn run(
    bench: &Bench,
    senders: Vec<Sender>,
    rate: u64,
    seconds: u64,
    report: &mut Report,
) -> Result<(), Failure> {
    let meter = Meter::start()?;
    // A moment for all tasks to be there before the first message is due.
    let begin = Instant::now() + Duration::from_millis(50);
    let people = senders.len();
    let local = LocalSet::new();
    let tasks: Vec<_> = senders
        .into_iter()
        .enumerate()
        .map(|(place, sender)| {
            let plan = Plan { begin, rate, people, place, all: rate * seconds };
            local.spawn_local(keep_pace(sender, plan))
        })
        .collect();
    let latency = local
        .run_until(tokio::time::timeout(Duration::from_secs(seconds) + PATIENCE, sum(tasks)))
        .await
        .map_err(|_| "acknowledgements are missing")??;
    let busy = meter.read()?;
    let elapsed = begin.elapsed().as_secs_f64();
    let figure =
        |name: String, value, unit| Figure::new("durable", name, value, unit).taken_by(busy);
    let named = |what: &str| format!("latency {what} from due, {rate}/s");
    report.add(
        bench,
        &figure(format!("taken at {rate}/s due"), latency.len() as f64 / elapsed, "/s"),
    );
    report.add(bench, &figure(named("p50"), ms_at(&latency, 0.5), "ms"));
    report.add(bench, &figure(named("p99"), ms_at(&latency, 0.99), "ms").at_most(50.0));
    report.add(bench, &figure(named("max"), ms_at(&latency, 1.0), "ms"));
    report.raw("durable-paced", &json!({ "rate": rate, "latency_us": counts(&latency) }))
}

/// Which messages of all are this person's, and when they are due.
#[derive(Clone, Copy)]
struct Plan {
    begin: Instant,
    rate: u64,
    people: usize,
    place: usize,
    all: u64,
}

impl Plan {
    /// When this person's nth message is due; `None` when there are no more.
    fn due(&self, n: u64) -> Option<Instant> {
        let number = self.place as u64 + n * self.people as u64;
        let after = Duration::from_secs_f64(number as f64 / self.rate as f64);
        (number < self.all).then(|| self.begin + after)
    }
}

async fn keep_pace(sender: Sender, plan: Plan) -> Result<Histogram<u64>, Failure> {
    let Sender { socket: Socket { mut writer, mut reader }, room } = sender;
    let mut latency = Histogram::new(3)?;
    let mut sent: HashMap<String, Instant> = HashMap::new();
    let body = body();
    let mut n = 0;
    loop {
        let mut next = plan.due(n);
        while let Some(due) = next.filter(|due| *due <= Instant::now()) {
            if sent.len() >= IN_FLIGHT_MAX {
                break;
            }
            let id = socket::id();
            writer.queue(&socket::command(&id, Some(&room), "room.send_message", &body));
            sent.insert(id, due);
            n += 1;
            next = plan.due(n);
        }
        writer.flush().await?;
        if sent.is_empty() && next.is_none() {
            return Ok(latency);
        }
        let may_send = sent.len() < IN_FLIGHT_MAX;
        tokio::select! {
            frame = reader.until("ack") => {
                if let Some(due) = socket::field(&frame?, "id").and_then(|id| sent.remove(id)) {
                    latency.record(u64::try_from(due.elapsed().as_micros())?)?;
                }
            }
            () = wait_for(next), if may_send && next.is_some() => {}
        }
    }
}

async fn wait_for(due: Option<Instant>) {
    if let Some(due) = due {
        tokio::time::sleep_until(due.into()).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_due_at_the_rate_and_dealt_in_turn() {
        let begin = Instant::now();
        let plan = |place| Plan { begin, rate: 10, people: 4, place, all: 10 };
        let due = |place, n| plan(place).due(n).map(|at| (at - begin).as_millis());
        assert_eq!([due(0, 0), due(0, 1), due(3, 0)], [Some(0), Some(400), Some(300)]);
        assert_eq!([due(1, 2), due(2, 2)], [Some(900), None], "ten in all");
    }
}
