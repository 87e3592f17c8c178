//! Feeding the search: nudged after commits, it lets a moment's events gather, has them taken
//! into the index, and goes on while there are more. The work is done on blocking threads; this
//! actor only says when.
//! Invariants: one round at a time; what a nudge told of is looked for, however nudges and
//! rounds meet; a failure is said, counted as lag, and tried again.

use crate::env::Env;
use kernel::{Actor, Scope, journal::StoreError};
use persistence::Fed;
use std::{sync::Arc, time::Duration};

/// Events gather so long, so that many share a commit of the index. With the commit itself
/// (some tens of milliseconds) what is durable is found well within a second.
const GATHER: Duration = Duration::from_millis(250);
/// While events keep coming: each commit of the index syncs several files, on the disk that
/// commits of the journal wait for.
const GATHER_BUSY: Duration = Duration::from_millis(600);
/// Commits that nobody nudged for (another process), failures, and sweeps: looked at so often.
const LOOK_AGAIN: Duration = Duration::from_secs(15);

pub(crate) struct Nudge;

pub(crate) struct Indexer {
    env: Arc<Env>,
    /// A round runs or its events gather.
    busy: bool,
    nudged: bool,
    sweeping: bool,
    /// How far behind the index is was said once: the first round of a new one is long.
    told: bool,
}

impl Indexer {
    pub fn new(env: Arc<Env>) -> Self {
        Self { env, busy: false, nudged: false, sweeping: false, told: false }
    }

    fn feed(&mut self, pause: Duration, scope: &mut Scope<'_, Self>) {
        if self.busy {
            self.nudged = true;
            return;
        }
        self.busy = true;
        let env = self.env.clone();
        let first = !std::mem::replace(&mut self.told, true);
        let round = async move {
            tokio::time::sleep(pause).await;
            if first {
                let behind = env.queries.search_behind().await?;
                env.metrics.search_lag.set(i64::try_from(behind).unwrap_or(i64::MAX));
            }
            env.queries.feed_search().await
        };
        scope.spawn(round, |indexer, fed, scope| indexer.fed(fed, scope));
    }

    fn fed(&mut self, fed: Result<Fed, StoreError>, scope: &mut Scope<'_, Self>) {
        let lag = &self.env.metrics.search_lag;
        self.busy = false;
        let nudged = std::mem::take(&mut self.nudged);
        match fed {
            Ok(fed) => {
                lag.set(i64::try_from(fed.behind).unwrap_or(i64::MAX));
                if fed.behind > 0 {
                    self.feed(Duration::ZERO, scope);
                } else if nudged {
                    self.feed(GATHER_BUSY, scope);
                }
            }
            // Tried again when looked at next: a full disk refuses every round.
            Err(error) => {
                lag.set(lag.get().max(1));
                tracing::warn!(%error, "the search index was not fed; tried again");
            }
        }
    }

    /// Takes the bytes of forgotten texts out of the files, whoever left them there.
    fn sweep(&mut self, scope: &mut Scope<'_, Self>) {
        if self.sweeping {
            return;
        }
        self.sweeping = true;
        let env = self.env.clone();
        scope.spawn(async move { env.queries.sweep_search().await }, |indexer, swept, _| {
            indexer.sweeping = false;
            if let Err(error) = swept {
                tracing::warn!(%error, "the search index was not swept; tried again");
            }
        });
    }
}

impl Actor for Indexer {
    type Message = Nudge;

    fn started(&mut self, scope: &mut Scope<'_, Self>) {
        self.feed(GATHER, scope);
        scope.wake_after(LOOK_AGAIN);
    }

    fn handle(&mut self, _: Nudge, scope: &mut Scope<'_, Self>) {
        self.feed(GATHER, scope);
    }

    fn woken(&mut self, scope: &mut Scope<'_, Self>) {
        self.feed(GATHER, scope);
        self.sweep(scope);
        scope.wake_after(LOOK_AGAIN);
    }
}
