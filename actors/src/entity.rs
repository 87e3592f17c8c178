//! The one entity actor: loads its state, decides the next command before the last one is
//! committed, holds every reply until its events are durable, and dies with its guess when
//! a commit is refused. Absent on purpose: anything about a particular area (see `Shell`).

use crate::{
    cursors::MoveCursor, env::Env, journal::Commit, relay::Nudge, relay::order_json, shell::Shell,
};
use bytestring::ByteString;
use domain::{Context, Decision, Order, TimerChange, Who};
use kernel::{
    Actor, Published, Scope,
    journal::{
        Append, CommandRecord, Cursor, FirstOutcome, Head, Loaded, OutboxRow, Snapshot, StoreError,
        StoredEvent, TimerRow, TimerWrite,
    },
};
use protocol::{
    CommandId, ErrorBody, ErrorKind, Millis, Seq, StreamId, TraceId, http::Receipt,
};
use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};
use tokio::sync::oneshot;

/// Command ids remembered by a live entity; older ones are looked up in the journal.
const RECENT_MAX: usize = 1_024;
/// Events replayed at the most when an entity is loaded.
const SNAPSHOT_EVERY: Seq = 1_024;
/// An entity that nobody asked for this long goes to sleep.
const IDLE: Duration = Duration::from_secs(300);

pub(crate) type Reply = oneshot::Sender<Result<Receipt, ErrorBody>>;

pub(crate) enum Ask<C, F> {
    Client { command: C, facts: F, fingerprint: u64 },
    Hub(Order),
}

pub(crate) struct Job<E: Shell> {
    pub who: Who,
    pub id: CommandId,
    pub trace: Option<TraceId>,
    pub ask: Ask<E::Command, E::Facts>,
    pub reply: Reply,
}

pub(crate) enum EntityMessage<E: Shell> {
    Decide(Box<Job<E>>),
    /// Entitled to watch? Answers the durable head.
    Watch { who: Box<Who>, reply: oneshot::Sender<Result<Seq, ErrorBody>> },
}

pub(crate) struct EntityActor<E: Shell> {
    env: Arc<Env>,
    stream: StreamId,
    incarnation: u64,
    state: E,
    head: Head,
    durable: Seq,
    snapshot_seq: Seq,
    /// Ids made before this may have been committed by an earlier activation.
    active_since: Millis,
    recent: HashMap<CommandId, FirstOutcome>,
    recent_order: VecDeque<CommandId>,
    held: VecDeque<Held>,
    broken: Option<ErrorBody>,
    used: bool,
}

/// A reply that waits for the events it rests on.
struct Held {
    until: Seq,
    reply: Reply,
    outcome: Result<Receipt, ErrorBody>,
}

impl<E: Shell> EntityActor<E> {
    pub fn new(env: Arc<Env>, stream: StreamId, incarnation: u64) -> Self {
        Self {
            env,
            stream,
            incarnation,
            state: E::default(),
            head: Head::default(),
            durable: 0,
            snapshot_seq: 0,
            active_since: 0,
            recent: HashMap::new(),
            recent_order: VecDeque::new(),
            held: VecDeque::new(),
            broken: None,
            used: false,
        }
    }

    fn loaded(&mut self, loaded: Result<Loaded, StoreError>, scope: &mut Scope<'_, Self>) {
        let outcome = loaded.map_err(|error| error.to_string()).and_then(|l| self.replay(l));
        if let Err(why) = outcome {
            tracing::error!(stream = %self.stream, %why, "entity not loaded");
            self.die(ErrorBody::unavailable(), scope);
        }
    }

    fn replay(&mut self, loaded: Loaded) -> Result<(), String> {
        if let Some(snapshot) = loaded.snapshot {
            self.state = serde_json::from_str(&snapshot.state).map_err(|e| e.to_string())?;
            self.head = snapshot.head;
            self.snapshot_seq = snapshot.head.seq;
        }
        for stored in loaded.events {
            if let Some(body) = &stored.body {
                let event = E::decode(&stored.type_name, body).map_err(|e| e.to_string())?;
                self.state.apply(stored.seq, stored.at, stored.by, &event);
            }
            self.head = Head { seq: stored.seq, tally: stored.tally, hash: stored.hash };
            if let Some(record) = stored.command {
                self.remember(FirstOutcome { stream: self.stream, by: stored.by, record });
            }
        }
        self.durable = self.head.seq;
        Ok(())
    }

    fn remember(&mut self, outcome: FirstOutcome) {
        let id = outcome.record.id;
        if self.recent.insert(id, outcome).is_none() {
            self.recent_order.push_back(id);
        }
        while self.recent_order.len() > RECENT_MAX {
            if let Some(oldest) = self.recent_order.pop_front() {
                self.recent.remove(&oldest);
            }
        }
    }

    fn decide(&mut self, job: Box<Job<E>>, scope: &mut Scope<'_, Self>) {
        if let Some(first) = self.recent.get(&job.id).cloned() {
            return self.repeat(*job, &first);
        }
        let fresh = job.id.made_at().is_some_and(|at| at > self.active_since);
        if fresh {
            return self.decide_new(*job, scope);
        }
        // Made before this activation: an earlier one may have committed it. The mailbox
        // waits, so that the sender's next command cannot overtake this one.
        let journal = self.env.journal.clone();
        let id = job.id;
        scope.wait(async move { journal.find_command(id).await }, move |actor, found, scope| {
            match found {
                Ok(Some(first)) => actor.repeat(*job, &first),
                Ok(None) => actor.decide_new(*job, scope),
                Err(_) => drop(job.reply.send(Err(ErrorBody::unavailable()))),
            }
        });
    }

    /// The same id again: the first outcome, or a conflict when it is not the same command.
    fn repeat(&mut self, job: Job<E>, first: &FirstOutcome) {
        let same = match &job.ask {
            Ask::Hub(_) => first.stream == self.stream,
            Ask::Client { fingerprint, .. } => {
                first.stream == self.stream
                    && first.by == job.who.account
                    && first.record.fingerprint == *fingerprint
            }
        };
        let outcome = if same { Ok(receipt(self.stream, &first.record)) } else { Err(id_reused()) };
        let until = if same { first.record.last_seq } else { 0 };
        self.hold(until, job.reply, outcome);
    }

    fn decide_new(&mut self, job: Job<E>, scope: &mut Scope<'_, Self>) {
        let context = Context {
            stream: self.stream,
            who: &job.who,
            now: self.env.clock.now(),
            policy: &self.env.policy,
            head: self.head.seq,
        };
        let decided = match &job.ask {
            Ask::Client { command, facts, .. } => self.state.decide(command, facts, &context),
            Ask::Hub(order) => self.state.settle(order, &context),
        };
        let now = context.now;
        match decided {
            // A refusal may rest on an event that is not durable yet, so it waits as well.
            Err(error) => self.hold(self.head.seq, job.reply, Err(error)),
            Ok(decision) if decision.events.is_empty() => self.nothing(job, decision, now, scope),
            Ok(decision) => self.append(job, decision, now, scope),
        }
    }

    fn nothing(
        &mut self,
        job: Job<E>,
        decision: Decision<E::Event>,
        now: Millis,
        scope: &mut Scope<'_, Self>,
    ) {
        let record = CommandRecord {
            id: job.id,
            fingerprint: 0,
            result: decision.result,
            last_seq: 0,
        };
        let receipt = receipt(self.stream, &record);
        match &job.ask {
            Ask::Client { command, .. } => {
                if let (Some(seq), Some(account)) = (E::cursor(command), job.who.account) {
                    let cursor = self.cursor_at(account, seq, now);
                    return self.move_cursor(cursor, job.reply, receipt, scope);
                }
            }
            Ask::Hub(_) => {
                let (journal, id) = (self.env.journal.clone(), job.id);
                scope.spawn(async move { journal.settle(id).await }, |_, settled, _| {
                    if let Err(error) = settled {
                        tracing::warn!(%error, "settled order not removed; it is tried again");
                    }
                });
            }
        }
        self.hold(self.head.seq, job.reply, Ok(receipt));
    }

    fn cursor_at(&self, account: protocol::AccountId, seq: Seq, at: Millis) -> Cursor {
        Cursor { account, stream: self.stream, seq: seq.min(self.durable), tally: 0, at }
    }

    fn move_cursor(
        &mut self,
        cursor: Cursor,
        reply: Reply,
        receipt: Receipt,
        scope: &mut Scope<'_, Self>,
    ) {
        let (moved, durable) = oneshot::channel();
        let message = MoveCursor { cursor, reply: Some(moved) };
        let told = self.env.cursors.get().is_some_and(|keeper| keeper.tell(message).is_ok());
        if !told {
            return drop(reply.send(Err(ErrorBody::busy())));
        }
        scope.spawn(durable, move |_, outcome, _| {
            let outcome = outcome.unwrap_or_else(|_| Err(ErrorBody::unavailable()));
            drop(reply.send(outcome.map(|()| receipt)));
        });
    }

    fn append(
        &mut self,
        job: Job<E>,
        decision: Decision<E::Event>,
        now: Millis,
        scope: &mut Scope<'_, Self>,
    ) {
        // Reserved before anything is applied: a full pipe refuses, it does not lose.
        let Ok(permit) = self.env.commits.clone().try_acquire_owned() else {
            return drop(job.reply.send(Err(ErrorBody::busy())));
        };
        let (by, fingerprint, consumed) = match &job.ask {
            Ask::Client { fingerprint, .. } => (job.who.account, *fingerprint, None),
            Ask::Hub(Order::SignIn { .. }) => (Some(protocol::AccountId(self.stream.id)), 0, None),
            Ask::Hub(_) => (None, 0, Some(job.id)),
        };
        let record = CommandRecord {
            id: job.id,
            fingerprint,
            result: decision.result.clone(),
            last_seq: self.head.seq + decision.events.len() as Seq,
        };
        let author = Author { by, session: job.who.session, trace: job.trace, now };
        let (events, publish, counted) = self.seal(&decision.events, &author, &record);
        let append = Append {
            stream: self.stream,
            events,
            redactions: decision.redactions,
            outbox: self.outbox_rows(decision.effects, now),
            timers: self.timer_rows(decision.timers),
            consumed,
            private: decision.private,
        };
        self.remember(FirstOutcome { stream: self.stream, by, record: record.clone() });
        let receipt = receipt(self.stream, &record);
        self.held.push_back(Held { until: record.last_seq, reply: job.reply, outcome: Ok(receipt) });
        let hook = append.events.clone();
        let nudge = !append.outbox.is_empty();
        let (reply, outcome) = oneshot::channel();
        let commit = Commit { append, publish, reply, permit };
        if self.env.shard.get().is_none_or(|shard| shard.tell(commit).is_err()) {
            return self.die(ErrorBody::busy(), scope);
        }
        let own = by.filter(|_| counted);
        scope.spawn(outcome, move |actor, outcome, scope| {
            let outcome = outcome.unwrap_or_else(|_| Err(StoreError::Unavailable("gone".into())));
            match outcome {
                Ok(()) => actor.committed(&record, &hook, own, nudge, scope),
                Err(error) => actor.refused(error, &record, scope),
            }
        });
    }

    fn seal(
        &mut self,
        events: &[E::Event],
        author: &Author,
        record: &CommandRecord,
    ) -> (Vec<StoredEvent>, Vec<Published>, bool) {
        let mut counted = false;
        let mut sealed = Vec::with_capacity(events.len());
        let mut publish = Vec::with_capacity(events.len());
        for (n, event) in events.iter().enumerate() {
            let (type_name, body) = E::encode(event);
            let counts = E::counts(event);
            counted |= counts;
            let mut stored = StoredEvent {
                stream: self.stream,
                seq: self.head.seq + 1,
                at: author.now,
                by: author.by,
                session: author.session,
                trace: author.trace,
                command: (n == 0).then(|| record.clone()),
                type_name: type_name.to_owned(),
                body: Some(body),
                body_hash: None,
                tally: self.head.tally + u64::from(counts),
                hash: [0; 32],
            };
            stored.hash = stored.chain(&self.head.hash);
            self.state.apply(stored.seq, stored.at, stored.by, event);
            self.head = Head { seq: stored.seq, tally: stored.tally, hash: stored.hash };
            publish.push(Published {
                stream: self.stream,
                seq: stored.seq,
                frame: ByteString::from(persistence::event_frame_json(&stored)),
                revokes: E::revokes(event),
            });
            sealed.push(stored);
        }
        (sealed, publish, counted)
    }

    fn outbox_rows(&self, effects: Vec<domain::Effect>, at: Millis) -> Vec<OutboxRow> {
        let row = |effect: domain::Effect| OutboxRow {
            id: CommandId(self.env.ids.next()),
            to: effect.to,
            order: order_json(&effect.order),
            at,
        };
        effects.into_iter().map(row).collect()
    }

    fn timer_rows(&self, timers: Vec<TimerChange>) -> Vec<TimerWrite> {
        let stream = self.stream;
        let row = |change| match change {
            TimerChange::Set { name, at } => {
                TimerWrite::Set(TimerRow { stream, name, at, id: CommandId(self.env.ids.next()) })
            }
            TimerChange::Cancel { name } => TimerWrite::Cancel { stream, name },
        };
        timers.into_iter().map(row).collect()
    }

    fn committed(
        &mut self,
        record: &CommandRecord,
        events: &[StoredEvent],
        own: Option<protocol::AccountId>,
        nudge: bool,
        scope: &mut Scope<'_, Self>,
    ) {
        self.durable = self.durable.max(record.last_seq);
        tracing::debug!(
            stream = %self.stream, seq = record.last_seq, command = %record.id,
            trace = ?events.first().and_then(|event| event.trace), "committed"
        );
        E::committed(&self.env, self.stream, events);
        while self.held.front().is_some_and(|held| held.until <= self.durable) {
            if let Some(held) = self.held.pop_front() {
                drop(held.reply.send(held.outcome));
            }
        }
        if let (Some(account), Some(last)) = (own, events.last()) {
            let cursor = self.cursor_at(account, last.seq, last.at);
            // Only saves the sender a badge of its own message; the next one does it too.
            let message = MoveCursor { cursor, reply: None };
            drop(self.env.cursors.get().map(|keeper| keeper.tell(message)));
        }
        if nudge {
            // A full mailbox means the relay is about to look anyway.
            drop(self.env.relay.get().map(|relay| relay.tell(Nudge)));
        }
        self.snapshot(scope);
    }

    fn snapshot(&mut self, scope: &mut Scope<'_, Self>) {
        if self.durable != self.head.seq || self.durable < self.snapshot_seq + SNAPSHOT_EVERY {
            return;
        }
        let state = match serde_json::to_string(&self.state) {
            Ok(state) => state,
            Err(error) => {
                tracing::error!(stream = %self.stream, %error, "state not written as JSON");
                return;
            }
        };
        self.snapshot_seq = self.durable;
        let snapshot =
            Snapshot { stream: self.stream, head: self.head, version: E::SNAPSHOT_VERSION, state };
        let journal = self.env.journal.clone();
        scope.spawn(async move { journal.save_snapshot(snapshot).await }, |actor, saved, _| {
            if let Err(error) = saved {
                tracing::warn!(stream = %actor.stream, %error, "snapshot not saved; loading stays slower");
            }
        });
    }

    /// The guess dies with its actor; a fresh one loads what is true.
    fn refused(&mut self, error: StoreError, record: &CommandRecord, scope: &mut Scope<'_, Self>) {
        let answer = match error {
            StoreError::Duplicate(first) if first.record.fingerprint == record.fingerprint => {
                Ok(receipt(first.stream, &first.record))
            }
            StoreError::Duplicate(_) => Err(id_reused()),
            StoreError::Constraint(code) => Err(constraint(code)),
            StoreError::Unavailable(_) => Err(ErrorBody::unavailable()),
            StoreError::Conflict | StoreError::Corrupt(_) => Err(retry_now()),
        };
        if let Some(at) = self.held.iter().position(|held| held.until == record.last_seq)
            && let Some(held) = self.held.remove(at)
        {
            drop(held.reply.send(answer));
        }
        self.die(retry_now(), scope);
    }

    fn die(&mut self, why: ErrorBody, scope: &mut Scope<'_, Self>) {
        E::registry(&self.env).remove(self.stream, self.incarnation);
        for held in self.held.drain(..) {
            drop(held.reply.send(Err(why.clone())));
        }
        self.broken = Some(why);
        // What is in the mailbox already is still answered; nothing new comes.
        scope.wake_after(Duration::from_millis(250));
    }

    fn hold(&mut self, until: Seq, reply: Reply, outcome: Result<Receipt, ErrorBody>) {
        if until <= self.durable {
            return drop(reply.send(outcome));
        }
        self.held.push_back(Held { until, reply, outcome });
    }
}

struct Author {
    by: Option<protocol::AccountId>,
    session: Option<protocol::SessionId>,
    trace: Option<TraceId>,
    now: Millis,
}

fn receipt(stream: StreamId, record: &CommandRecord) -> Receipt {
    let result = record.result.as_deref().and_then(|text| serde_json::from_str(text).ok());
    Receipt { id: record.id, stream, seq: record.last_seq, result }
}

fn id_reused() -> ErrorBody {
    ErrorBody::new(
        ErrorKind::Conflict,
        "hub.command_id_reused",
        "this command id was used for another command",
    )
    .field("id")
}

/// Another activation was first: the facade tries again at once, the caller never sees it.
pub(crate) fn retry_now() -> ErrorBody {
    ErrorBody::new(ErrorKind::Busy, "hub.retry", "the entity was reloaded; try again").retry_after(10)
}

fn constraint(code: String) -> ErrorBody {
    let field = code.split_once('.').map(|(_, reason)| reason.trim_end_matches("_taken").to_owned());
    let mut error = ErrorBody::new(ErrorKind::Conflict, "hub.constraint", format!("refused: {code}"));
    error.code = code.into();
    error.field = field;
    error
}

impl<E: Shell> Actor for EntityActor<E> {
    type Message = EntityMessage<E>;

    fn started(&mut self, scope: &mut Scope<'_, Self>) {
        self.active_since = self.env.clock.now();
        let (journal, stream) = (self.env.journal.clone(), self.stream);
        let load = async move { journal.load(stream, E::SNAPSHOT_VERSION).await };
        scope.wait(load, |actor, loaded, scope| actor.loaded(loaded, scope));
        scope.wake_after(IDLE);
    }

    fn handle(&mut self, message: EntityMessage<E>, scope: &mut Scope<'_, Self>) {
        self.used = true;
        match (message, &self.broken) {
            (EntityMessage::Decide(job), Some(why)) => drop(job.reply.send(Err(why.clone()))),
            (EntityMessage::Watch { reply, .. }, Some(why)) => drop(reply.send(Err(why.clone()))),
            (EntityMessage::Decide(job), None) => self.decide(job, scope),
            (EntityMessage::Watch { who, reply }, None) => {
                let answer = if self.head.seq == 0 {
                    Err(ErrorBody::new(ErrorKind::NotFound, "hub.no_such_stream", "no such stream"))
                } else if self.state.may_watch(&who) {
                    Ok(self.durable)
                } else {
                    Err(ErrorBody::new(
                        ErrorKind::Forbidden,
                        "hub.may_not_watch",
                        "this stream is not yours to watch",
                    ))
                };
                drop(reply.send(answer));
            }
        }
    }

    fn woken(&mut self, scope: &mut Scope<'_, Self>) {
        if self.broken.is_some() {
            scope.stop();
        } else if std::mem::take(&mut self.used) || !self.held.is_empty() {
            scope.wake_after(IDLE);
        } else {
            E::registry(&self.env).remove(self.stream, self.incarnation);
            scope.stop();
        }
    }
}
