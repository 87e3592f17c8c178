//! Telling devices of news: the port that the services of phones and browsers are behind, and
//! the actor that works the queue off.
//! Invariants: news waits [`PAUSE_MS`] before a device is told, so that whoever reads it
//! meanwhile on an open page is not; a device that is no longer there leaves its account, by an
//! order under an id of its own; what does not get through is tried ever further apart, and
//! given up when it is no news any more; a service that is silent holds up nobody but its own
//! devices. A hub that ends between a service's yes and the removal of the row tells the device
//! again: twice is better than never, and the second takes the place of the first on the screen.
//! Absent on purpose: what is told (`domain::push`) and how (`hub/server/src/push`).

mod flight;
mod tell;

use crate::env::Env;
use async_trait::async_trait;
use domain::push::Note;
use flight::{AT_ONCE, Flight};
use kernel::{Actor, Scope, journal::StoreError};
use persistence::{PushRow, PushesBusy};
use protocol::{
    Millis,
    me::{PushLogLine, PushTarget},
};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tell::{End, Ready};

/// A page marks what it shows as read within half a second.
const PAUSE_MS: Millis = 2_000;
const LOOK_AGAIN: Duration = Duration::from_millis(500);
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

/// A row, and what is told; `None`: nothing.
type Due = (PushRow, Option<Ready>);

pub(crate) struct Nudge;

pub(crate) struct Pushes {
    env: Arc<Env>,
    flight: Flight,
    looking: bool,
    /// The last look found something: there may be more.
    more: bool,
    writing: bool,
}

impl Pushes {
    pub fn new(env: Arc<Env>) -> Self {
        Self { env, flight: Flight::default(), looking: false, more: false, writing: false }
    }

    fn look(&mut self, scope: &mut Scope<'_, Self>) {
        let Some(pusher) = self.env.pusher.clone() else { return };
        if self.looking || self.flight.is_full() {
            return;
        }
        self.looking = true;
        let (env, busy) = (self.env.clone(), self.flight.busy());
        scope.spawn(async move { look(&env, &busy).await }, move |pushes, found, scope| {
            pushes.looking = false;
            match found {
                Ok((more, due)) => {
                    pushes.more = more || !due.is_empty();
                    for (push, ready) in due {
                        pushes.flight.begin(&push);
                        match ready {
                            Some(ready) => pushes.tell(&pusher, push, ready, scope),
                            None => pushes.flight.end(push.id, End::Settled),
                        }
                    }
                    pushes.write(scope);
                    if more {
                        pushes.look(scope);
                    }
                }
                Err(error) => {
                    pushes.more = false;
                    tracing::warn!(%error, "the queue of pushes was not read");
                }
            }
        });
    }

    /// Each device by itself: none waits for another.
    fn tell(
        &mut self,
        pusher: &Arc<dyn Pusher>,
        push: PushRow,
        ready: Ready,
        scope: &mut Scope<'_, Self>,
    ) {
        let (env, pusher) = (self.env.clone(), pusher.clone());
        let told = async move {
            let end = tell::tell(&env, &pusher, &push, &ready).await;
            (push.id, end)
        };
        scope.spawn(told, |pushes, (id, end), scope| {
            pushes.flight.end(id, end);
            pushes.write(scope);
        });
    }

    /// Writes down what has ended; what ends meanwhile is written down together after it.
    fn write(&mut self, scope: &mut Scope<'_, Self>) {
        if self.writing {
            return;
        }
        let Some(ends) = self.flight.ended() else { return };
        self.writing = true;
        let env = self.env.clone();
        let written = async move {
            let done = env.queries.end_pushes(&ends).await;
            (ends, done)
        };
        scope.spawn(written, |pushes, (ends, done), scope| {
            pushes.writing = false;
            match done {
                Ok(given_up) => {
                    if given_up > 0 {
                        tracing::warn!(given_up, "too many pushes wait for another try");
                    }
                    pushes.flight.forget(&ends);
                    pushes.write(scope);
                    if pushes.more {
                        pushes.look(scope);
                    }
                }
                // With the next look; until then nobody is told again.
                Err(error) => {
                    tracing::warn!(%error, "what came of pushes was not written down");
                    pushes.flight.keep(ends);
                }
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
        self.write(scope);
        self.look(scope);
        scope.wake_after(LOOK_AGAIN);
    }
}

/// Queues what is news, and answers what is due and what is to be told of it; true when more may
/// be queued. One row is looked up after the other: devices that wait must not take every reader
/// of the store from people who wait for a page.
async fn look(env: &Env, busy: &PushesBusy) -> Result<(bool, Vec<Due>), StoreError> {
    let now = env.clock.now();
    let fed = env.queries.feed_push(now, PAUSE_MS).await?;
    let spread = env.queries.spread_push(now, PAUSE_MS).await?;
    let mut found = Vec::new();
    for push in env.queries.due_pushes(now, AT_ONCE, busy).await? {
        let ready = tell::prepare(env, &push).await?;
        found.push((push, ready));
    }
    Ok((fed || spread, found))
}
