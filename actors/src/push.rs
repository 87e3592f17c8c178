//! Telling devices of news: the port that the services of phones and browsers are behind, and
//! the actor that works the queue off.
//! Invariants: a message waits [`PAUSE_MS`] before a device is told, so that whoever reads it
//! meanwhile on an open page is not; a device that is no longer there leaves its account, by an
//! order under an id of its own; what does not get through is tried ever further apart, and
//! given up when it is no news any more. A hub that ends between a service's yes and the
//! removal of the row tells the device again: twice is better than never, and the second takes
//! the place of the first on the screen. Absent on purpose: what is told (`domain::push`) and
//! how (`hub/server/src/push`).

use crate::{areas, env::Env};
use async_trait::async_trait;
use domain::{
    Order,
    push::{News, Note, note},
};
use futures_util::future::join_all;
use kernel::{Actor, Scope, Viewer, journal::StoreError};
use persistence::{PushFacts, PushRow};
use protocol::{
    AccountId, AnyEvent, CommandId, Millis,
    account::Names,
    me::{Language, PushLogLine, PushProvider, PushTarget},
    room::{MessageSent, RoomEvent},
};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// A page marks what it shows as read within half a second.
const PAUSE_MS: Millis = 2_000;
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// Devices told side by side.
const AT_ONCE: usize = 16;
/// Tried for about five hours: 30 seconds, 1, 2, 4 … minutes apart.
const TRIES_MAX: u32 = 10;
const FIRST_PAUSE_MS: Millis = 30 * 1000;
/// Lines that operators can look at.
const LOG_MAX: usize = 200;

/// What came of telling a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pushed {
    Sent,
    /// It is no longer there.
    Gone,
    /// Its service does not take it now; when it said when, in milliseconds.
    Later(String, Option<Millis>),
    /// Its service never will.
    Refused(String),
    /// This hub does not know the service.
    NoProvider,
}

/// Where notes go. An implementation gives up by itself: a service that is silent must not hold
/// the others up. Neither addresses nor keys are in what it says.
#[async_trait]
pub trait Pusher: Send + Sync + 'static {
    async fn push(&self, target: &PushTarget, note: &Note) -> Pushed;

    /// The key that browsers subscribe with, base64url.
    fn vapid(&self) -> Option<String>;
}

/// What was told lately, without what it said.
#[derive(Default)]
pub(crate) struct PushLog(Mutex<VecDeque<PushLogLine>>);

impl PushLog {
    fn note(&self, line: PushLogLine) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.truncate(LOG_MAX - 1);
        lines.push_front(line);
    }

    /// The latest first.
    pub fn lines(&self) -> Vec<PushLogLine> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

pub(crate) struct Nudge;

pub(crate) struct Pushes {
    env: Arc<Env>,
    running: bool,
}

impl Pushes {
    pub fn new(env: Arc<Env>) -> Self {
        Self { env, running: false }
    }

    fn run(&mut self, scope: &mut Scope<'_, Self>) {
        if self.running || self.env.pusher.is_none() {
            return;
        }
        self.running = true;
        let env = self.env.clone();
        scope.spawn(async move { round(&env).await }, |pushes, done, scope| {
            pushes.running = false;
            match done {
                Ok(true) => pushes.run(scope),
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "the queue of pushes was not read"),
            }
        });
    }
}

impl Actor for Pushes {
    type Message = Nudge;

    fn started(&mut self, scope: &mut Scope<'_, Self>) {
        scope.wake_after(LOOK_AGAIN);
    }

    /// What was said is due after the pause: looking again soon is early enough.
    fn handle(&mut self, _: Nudge, _: &mut Scope<'_, Self>) {}

    fn woken(&mut self, scope: &mut Scope<'_, Self>) {
        self.run(scope);
        scope.wake_after(LOOK_AGAIN);
    }
}

/// True when more waits.
async fn round(env: &Arc<Env>) -> Result<bool, StoreError> {
    let more = env.queries.feed_push(env.clock.now(), PAUSE_MS).await?;
    let due = env.queries.due_pushes(env.clock.now(), AT_ONCE).await?;
    let full = due.len() == AT_ONCE;
    let done = join_all(due.into_iter().map(|push| carry_out(env, push))).await;
    done.into_iter().collect::<Result<Vec<()>, _>>()?;
    Ok(more || full)
}

async fn carry_out(env: &Arc<Env>, push: PushRow) -> Result<(), StoreError> {
    let now = env.clock.now();
    let facts = env.queries.push_facts(&push, now).await?;
    let (Some(facts), Some(pusher)) = (facts, &env.pusher) else {
        return env.queries.settle_push(push.id).await;
    };
    let note = match of(&push, &facts, now) {
        Ok(note) => note,
        Err(why) => {
            tracing::debug!(stream = %push.stream(), seq = push.seq, why, "nothing pushed");
            return env.queries.settle_push(push.id).await;
        }
    };
    let pushed = pusher.push(&facts.target, &note).await;
    env.push_log.note(line(now, &push, &facts, &note, &pushed));
    match pushed {
        Pushed::Later(_, wait) if push.tries + 1 < TRIES_MAX => {
            let pause = wait.unwrap_or(0).max(FIRST_PAUSE_MS << push.tries);
            env.queries.delay_push(push.id, now + pause).await
        }
        Pushed::Gone => {
            let (id, order) = (CommandId(env.ids.next()), Order::PushGone { device: push.device });
            match areas::order(env, push.account.into(), id, order).await {
                Ok(_) => env.queries.settle_push(push.id).await,
                // The row stays: the service says so again.
                Err(error) => {
                    tracing::warn!(%error, "a device that is gone was not removed; tried again");
                    env.queries.delay_push(push.id, now + FIRST_PAUSE_MS).await
                }
            }
        }
        _ => env.queries.settle_push(push.id).await,
    }
}

/// What the device is told, or why nothing. Who may see a message the one rule decides.
fn of(push: &PushRow, facts: &PushFacts, now: Millis) -> Result<Note, &'static str> {
    let event = &facts.event;
    let sees = Viewer::from(push.account).sees(event) && !facts.hidden;
    let message = if sees { message_of(facts) } else { None };
    let news = News {
        account: push.account,
        stream: push.stream(),
        seq: push.seq,
        by: event.by,
        message: message.as_ref(),
        whisper: event.audience.is_some(),
        author: name(&facts.author, facts.preferences.language.unwrap_or_default()),
        room: &facts.room,
        muted: facts.muted,
        read: facts.read,
        unread: facts.unread,
    };
    note(&news, &facts.preferences, now)
}

fn message_of(facts: &PushFacts) -> Option<MessageSent> {
    let body = facts.event.body.as_deref()?;
    match AnyEvent::decode(&facts.event.type_name, body) {
        Ok(AnyEvent::Room(RoomEvent::MessageSent(sent))) => Some(sent),
        _ => None,
    }
}

fn name(names: &Names, language: Language) -> &str {
    let own = match language {
        Language::Zh => None,
        Language::Ug => names.ug.as_deref(),
        Language::En => names.en.as_deref(),
    };
    own.unwrap_or(&names.zh)
}

fn line(
    at: Millis,
    push: &PushRow,
    facts: &PushFacts,
    note: &Note,
    pushed: &Pushed,
) -> PushLogLine {
    let (outcome, why) = match pushed {
        Pushed::Sent => ("sent", String::new()),
        Pushed::Gone => ("gone", String::new()),
        Pushed::Later(why, _) => ("later", why.clone()),
        Pushed::Refused(why) => ("refused", why.clone()),
        Pushed::NoProvider => ("no_provider", String::new()),
    };
    let provider: PushProvider = facts.target.provider();
    let account: AccountId = push.account;
    let (name, text) = (facts.own_name.clone(), note.shows_text);
    PushLogLine { at, account, name, provider, text, outcome: outcome.to_owned(), why }
}
