//! One room and all who watch it, on the hub or on the bare server of [`crate::limit`]: the
//! same people, the same senders, the same frames in. A trial speaks into it at a fixed rate
//! and counts every delivery from when its message was due.

use crate::{
    Failure,
    busy::{Busy, Meter},
    hub::{Hub, Person},
    process::Process,
    socket::{self, Reader, Socket, Writer},
};
use hdrhistogram::Histogram;
use serde::Serialize;
use std::{
    cell::{Cell, RefCell},
    fmt,
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::{sync::Notify, task::LocalSet};

/// So many of the watchers speak in turn: one connection alone may not have enough commands
/// in flight to fill the room.
const SPEAKERS: usize = 8;
/// A delivery that has not come so long after the last message was due is lost.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long the server is looked at to see whether it rests, and how often.
const QUIET_LOOK: Duration = Duration::from_millis(200);
const QUIET_LOOKS_MAX: usize = 100;
/// A number past every head: the watch starts at the head.
const HEAD: u64 = (1 << 53) - 1;

/// Where a crowd gathers.
pub(crate) struct Place<'a> {
    pub(crate) server: &'a Process,
    /// Nobody in particular on the bare server.
    people: Option<&'a [Person]>,
    room: String,
    /// So many of the crowd speak, in turn.
    speakers: usize,
    /// So far.
    trials: Cell<u64>,
}

impl<'a> Place<'a> {
    /// A new room of everybody on this hub.
    pub(crate) async fn on_hub(hub: &'a Hub) -> Result<Self, Failure> {
        let (first, others) = hub.people.split_first().ok_or("no people")?;
        let Socket { mut writer, mut reader } =
            socket::connect(hub.address(), &first.token).await?;
        reader.until("welcome").await?;
        let room = format!("room:{}", socket::id());
        let empty = "{\"name\":\"load\",\"members\":[]}";
        writer.send(&socket::command(&socket::id(), Some(&room), "room.create", empty)).await?;
        reader.until("ack").await?;
        for some in others.chunks(protocol::limits::MEMBERS_PER_COMMAND_MAX) {
            let accounts: Vec<&str> = some.iter().map(|one| one.account.as_str()).collect();
            let body = serde_json::json!({ "accounts": accounts }).to_string();
            let add = socket::command(&socket::id(), Some(&room), "room.add_members", &body);
            writer.send(&add).await?;
            reader.until("ack").await?;
        }
        Ok(Self { speakers: SPEAKERS, ..Self::in_room(hub, room) })
    }

    /// A room of this hub in which the first of its people alone may speak.
    pub(crate) fn in_room(hub: &'a Hub, room: String) -> Self {
        let (server, people, trials) = (&hub.process, Some(hub.people.as_slice()), Cell::new(0));
        Self { server, people, room, speakers: 1, trials }
    }

    pub(crate) fn on_bare(server: &'a Process) -> Self {
        let (room, trials) = (String::new(), Cell::new(0));
        Self { server, people: None, room, speakers: SPEAKERS, trials }
    }

    /// Connects everybody anew; each watches from now on.
    pub(crate) async fn gather(&self, watchers: usize) -> Result<Vec<Socket>, Failure> {
        let mut crowd = Vec::with_capacity(watchers);
        for n in 0..watchers {
            let person = self.people.map(|people| &people[n % people.len()]);
            let token = person.map_or("nobody", |person| &person.token);
            let mut socket = socket::connect(&self.server.address, token).await?;
            socket.reader.until("welcome").await?;
            if person.is_some() {
                socket.writer.send(&socket::watch(&self.room, HEAD)).await?;
                socket.reader.until("watching").await?;
            }
            crowd.push(socket);
        }
        Ok(crowd)
    }

    /// Speaks into the room at so many messages a second.
    pub(crate) async fn trial(
        &self,
        crowd: Vec<Socket>,
        rate: u64,
        seconds: u64,
    ) -> Result<Trial, Failure> {
        let expected = rate * seconds * crowd.len() as u64;
        self.trials.set(self.trials.get() + 1);
        let heard = Rc::new(Heard::new(self.trials.get(), expected)?);
        let local = LocalSet::new();
        // A writer dropped closes its connection: all stay here until the end.
        let mut writers = Vec::with_capacity(crowd.len());
        for Socket { writer, reader } in crowd {
            writers.push(writer);
            local.spawn_local(listen(reader, heard.clone()));
        }
        let speakers = writers.len().min(self.speakers);
        local.run_until(self.quiet()).await?;
        let (meter, cpu) = (Meter::start()?, self.server.cpu_seconds()?);
        heard.began.set(Instant::now());
        // Measured while messages fall due: waiting for what is lost is no rest.
        let busy = Cell::new(None);
        let course = async {
            self.speak(&mut writers[..speakers], rate, seconds, &heard).await?;
            busy.set(Some(meter.read()?));
            heard.all.notified().await;
            Ok::<(), Failure>(())
        };
        let within = Duration::from_secs(seconds) + PATIENCE;
        if let Ok(broken) = local.run_until(tokio::time::timeout(within, course)).await {
            broken?;
        }
        // Too late: who has not heard all by now will not count. An outcome, no failure.
        let cpu = self.server.cpu_seconds()? - cpu;
        let latency = heard.latency.borrow();
        let deliveries = latency.len();
        let last = heard.last.get().duration_since(heard.began.get()).as_secs_f64();
        Ok(Trial {
            rate,
            expected,
            deliveries,
            deliveries_per_second: deliveries as f64 / last.max(0.001),
            p99_ms: latency.value_at_quantile(0.99) as f64 / 1e3,
            longest_ms: latency.max() as f64 / 1e3,
            cpu_per_million: cpu / deliveries.max(1) as f64 * 1e6,
            generator: busy.get().map_or_else(|| meter.read(), Ok)?,
        })
    }

    /// Messages fall due at the rate, whatever the server does.
    async fn speak(
        &self,
        speakers: &mut [Writer],
        rate: u64,
        seconds: u64,
        heard: &Heard,
    ) -> Result<(), Failure> {
        let padding = "x".repeat(150);
        for n in 0..rate * seconds {
            let due = Duration::from_secs_f64(n as f64 / rate as f64);
            tokio::time::sleep_until((heard.began.get() + due).into()).await;
            let stamp = Stamp { trial: heard.trial, due_us: due.as_micros() as u64 };
            let body = format!("{{\"text\":\"{stamp}{padding}\"}}");
            let frame =
                socket::command(&socket::id(), Some(&self.room), "room.send_message", &body);
            let turn = n as usize % speakers.len();
            speakers[turn].send(&frame).await?;
        }
        Ok(())
    }

    /// Waits until the server has done with what an earlier trial left it.
    async fn quiet(&self) -> Result<(), Failure> {
        for _ in 0..QUIET_LOOKS_MAX {
            let before = self.server.cpu_seconds()?;
            tokio::time::sleep(QUIET_LOOK).await;
            if self.server.cpu_seconds()? - before <= QUIET_LOOK.as_secs_f64() / 10.0 {
                return Ok(());
            }
        }
        Err("the server does not come to rest".into())
    }
}

/// What came of one rate.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Trial {
    /// Messages a second into the room.
    pub(crate) rate: u64,
    pub(crate) expected: u64,
    pub(crate) deliveries: u64,
    pub(crate) deliveries_per_second: f64,
    pub(crate) p99_ms: f64,
    pub(crate) longest_ms: f64,
    /// Seconds of the server's CPU.
    pub(crate) cpu_per_million: f64,
    pub(crate) generator: Busy,
}

/// What the crowd has heard, together.
struct Heard {
    trial: u64,
    latency: RefCell<Histogram<u64>>,
    expected: u64,
    began: Cell<Instant>,
    last: Cell<Instant>,
    all: Notify,
}

impl Heard {
    fn new(trial: u64, expected: u64) -> Result<Self, Failure> {
        let now = Cell::new(Instant::now());
        let latency = RefCell::new(Histogram::new(3)?);
        Ok(Self { trial, latency, expected, began: now.clone(), last: now, all: Notify::new() })
    }

    fn hear(&self, stamp: Stamp) {
        if stamp.trial != self.trial {
            return;
        }
        let now = Instant::now();
        let since = now.duration_since(self.began.get()).as_micros() as u64;
        let mut latency = self.latency.borrow_mut();
        // It grows with its values, so that it takes every one.
        let _ = latency.record(since.saturating_sub(stamp.due_us));
        self.last.set(now);
        if latency.len() == self.expected {
            self.all.notify_one();
        }
    }
}

/// Listens until the connection ends.
async fn listen(mut reader: Reader, heard: Rc<Heard>) {
    // A watcher that falls behind is told so and hears no more: deliveries are then missing.
    while let Ok(Some(text)) = reader.next().await {
        if let Some(stamp) = Stamp::of(text) {
            heard.hear(stamp);
        }
    }
}

/// What a message carries: the trial it belongs to and the microsecond at which it was due.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stamp {
    trial: u64,
    due_us: u64,
}

impl Stamp {
    /// Found by the one `@` pair of a frame, without parsing it.
    fn of(frame: &str) -> Option<Self> {
        let (_, rest) = frame.split_once('@')?;
        let (trial, due_us) = rest.split_once('@')?.0.split_once('/')?;
        Some(Self { trial: trial.parse().ok()?, due_us: due_us.parse().ok()? })
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}/{}@", self.trial, self.due_us)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_says_when_it_was_due() {
        let stamp = Stamp { trial: 3, due_us: 1250 };
        let event = format!(r#"{{"t":"event","seq":7,"body":{{"text":"{stamp}xxx"}}}}"#);
        assert_eq!(Stamp::of(&event), Some(stamp));
        assert_eq!(Stamp::of(r#"{"t":"ack","seq":7}"#), None);
    }
}
