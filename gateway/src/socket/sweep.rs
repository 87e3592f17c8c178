//! Owns the end of connections that no longer live: one task per worker walks its sessions
//! every second. It stands outside the sessions because one whose socket is blocked is not
//! polled and so cannot watch over itself. No timer per session exists.

use super::Session;
use crate::Edge;
use protocol::{CloseCode, Millis};
use std::{
    cell::RefCell,
    rc::{Rc, Weak},
    sync::Arc,
    time::Duration,
};

const PING_AFTER_MS: Millis = 25_000;
const IDLE_AFTER_MS: Millis = 60_000;
const STUCK_AFTER_MS: Millis = 20_000;
/// A session that was asked to close and did not.
const KILL_AFTER_MS: Millis = 65_000;

/// Every so many seconds tokens are looked up again and the limits forget keys at rest.
const TIDY_EVERY: u32 = 60;

/// The sessions of one worker.
#[derive(Default)]
pub(crate) struct Sweeper {
    sessions: RefCell<Vec<Weak<Session>>>,
}

/// What a look at one session comes to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Sweep {
    Leave,
    Ping,
    Close(CloseCode),
    Kill,
}

impl Sweeper {
    /// Starts the worker's task; it ends with the worker.
    pub(crate) fn start(edge: Arc<Edge>) -> Rc<Self> {
        let sweeper = Rc::new(Self::default());
        let held = Rc::downgrade(&sweeper);
        tokio::task::spawn_local(async move {
            let mut every = tokio::time::interval(Duration::from_secs(1));
            every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            for tick in (1..=TIDY_EVERY).cycle() {
                every.tick().await;
                let Some(sweeper) = held.upgrade() else { break };
                sweeper.sweep();
                edge.hub.fanout().tell_departures(edge.hub.clock().now());
                if tick == TIDY_EVERY {
                    edge.limits.forget();
                    tokio::task::spawn_local(check_tokens(sweeper.sessions.borrow().clone()));
                }
            }
        });
        sweeper
    }

    pub(crate) fn add(&self, session: &Rc<Session>) {
        self.sessions.borrow_mut().push(Rc::downgrade(session));
    }

    fn sweep(&self) {
        self.sessions.borrow_mut().retain(|session| match session.upgrade() {
            Some(session) if !session.ended.get() => {
                session.look_after();
                true
            }
            _ => false,
        });
    }
}

/// One after the other: a token's time ends to the minute, and the store is not stormed.
async fn check_tokens(sessions: Vec<Weak<Session>>) {
    for session in sessions {
        if let Some(session) = session.upgrade().filter(|session| !session.ended.get()) {
            session.check_token().await;
        }
    }
}

impl Session {
    fn look_after(&self) {
        let now = self.edge.hub.clock().now();
        let silent = now - self.heard.get();
        let stuck = self.outbox.stuck_since(now, self.blocked.get()).map_or(0, |since| now - since);
        match judge(silent, stuck, self.pinged.get()) {
            Sweep::Leave => {}
            Sweep::Ping => {
                self.pinged.set(true);
                self.ping_due.set(true);
                self.outbox.wake();
            }
            Sweep::Close(code) => self.outbox.close(code),
            Sweep::Kill => self.kill(),
        }
    }

    /// The link drops the connection when it is woken, whatever its socket does.
    fn kill(&self) {
        self.edge.metrics.killed.inc();
        tracing::info!(account = %self.account, "a connection that nobody reads is shut down");
        self.killed.set(true);
        self.outbox.wake();
    }
}

fn judge(silent: Millis, stuck: Millis, pinged: bool) -> Sweep {
    if stuck > STUCK_AFTER_MS || silent > KILL_AFTER_MS {
        Sweep::Kill
    } else if silent > IDLE_AFTER_MS {
        Sweep::Close(CloseCode::IdleTimeout)
    } else if silent > PING_AFTER_MS && !pinged {
        Sweep::Ping
    } else {
        Sweep::Leave
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_pinged_once_then_closed_then_killed() {
        assert_eq!(judge(25_000, 0, false), Sweep::Leave);
        assert_eq!(judge(25_001, 0, false), Sweep::Ping);
        assert_eq!(judge(40_000, 0, true), Sweep::Leave);
        assert_eq!(judge(60_001, 0, true), Sweep::Close(CloseCode::IdleTimeout));
        assert_eq!(judge(65_001, 0, true), Sweep::Kill);
    }

    #[test]
    fn a_reader_that_is_stuck_is_killed_however_chatty_it_is() {
        assert_eq!(judge(0, 20_000, false), Sweep::Leave);
        assert_eq!(judge(0, 20_001, false), Sweep::Kill);
    }
}
