//! The one entity actor: loads its state, decides the next command before the last one is
//! committed, holds every reply until its events are durable, and dies with its guess when
//! a commit is refused. Absent on purpose: anything about a particular area (see `Shell`).

mod append;
mod load;
mod outcome;

pub(crate) use outcome::retry_now;

use crate::{cursors::MoveCursor, env::Env, shell::Shell};
use domain::{Context, Decision, Order, Who};
use kernel::{
    Actor, Scope,
    journal::{CommandRecord, Cursor, FirstOutcome, Head},
};
use outcome::{id_reused, receipt};
use protocol::{CommandId, ErrorBody, ErrorKind, Millis, Seq, StreamId, TraceId, http::Receipt};
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
    Hub(Box<Order>),
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
    Watch {
        who: Box<Who>,
        reply: oneshot::Sender<Result<Seq, ErrorBody>>,
    },
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
        let record =
            CommandRecord { id: job.id, fingerprint: 0, result: decision.result, last_seq: 0 };
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
                } else if self.state.may_watch(&who)
                    || who.account.map(StreamId::from) == Some(self.stream)
                {
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
