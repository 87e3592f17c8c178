//! Delivers effects and timers: rows of the journal, tried until their receiver has
//! committed them, deduplicated there by the row's id. A nudge after each commit makes it
//! prompt; the wheel makes it certain.

use crate::{areas, env::Env, mail};
use domain::Order;
use futures_util::future::join_all;
use kernel::{
    Actor, Scope,
    journal::{OutboxRow, TimerRow},
};
use protocol::{CommandId, ErrorKind, StreamId};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

/// Rows taken at a time; targets work side by side, rows of one target in order.
const ROWS: usize = 256;
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// Mails that the mail server is given side by side; further ones stay due.
const MAILS_AT_ONCE: usize = 16;

pub(crate) struct Nudge;

pub(crate) struct Relay {
    env: Arc<Env>,
    running: bool,
    nudged: bool,
    /// Mails under way, by the id of their timer: orders do not wait for a mail server.
    mails: HashSet<CommandId>,
}

impl Relay {
    pub fn new(env: Arc<Env>) -> Self {
        Self { env, running: false, nudged: false, mails: HashSet::new() }
    }

    fn run(&mut self, scope: &mut Scope<'_, Self>) {
        if self.running {
            self.nudged = true;
            return;
        }
        self.running = true;
        let env = self.env.clone();
        scope.spawn(async move { deliver_due(&env).await }, |relay, round, scope| {
            relay.running = false;
            relay.mail(round.mails, scope);
            if round.more || std::mem::take(&mut relay.nudged) {
                relay.run(scope);
            }
        });
    }
}

impl Relay {
    fn mail(&mut self, due: Vec<TimerRow>, scope: &mut Scope<'_, Self>) {
        for timer in due {
            let Some((room, seq)) = mail::asked(&timer) else { continue };
            let (id, env) = (timer.id, self.env.clone());
            if self.mails.len() < MAILS_AT_ONCE && self.mails.insert(id) {
                let carried = async move { mail::carry_out(&env, timer, room, seq).await };
                scope.spawn(carried, move |relay, (), _| {
                    relay.mails.remove(&id);
                });
            }
        }
    }
}

/// What a round has found besides what it delivered.
#[derive(Default)]
struct Round {
    /// A full page was delivered, so more may wait.
    more: bool,
    mails: Vec<TimerRow>,
}

impl Actor for Relay {
    type Message = Nudge;

    fn started(&mut self, scope: &mut Scope<'_, Self>) {
        self.run(scope);
        scope.wake_after(LOOK_AGAIN);
    }

    fn handle(&mut self, _: Nudge, scope: &mut Scope<'_, Self>) {
        self.run(scope);
    }

    fn woken(&mut self, scope: &mut Scope<'_, Self>) {
        self.run(scope);
        scope.wake_after(LOOK_AGAIN);
    }
}

async fn deliver_due(env: &Arc<Env>) -> Round {
    let now = env.clock.now();
    let (rows, mails) =
        match (env.journal.outbox(ROWS).await, env.journal.due_timers(now, ROWS).await) {
            (Ok(outbox), Ok(timers)) => {
                let (mails, timers): (Vec<_>, Vec<_>) =
                    timers.into_iter().partition(|timer| mail::asked(timer).is_some());
                let fired = timers.into_iter().map(|timer| OutboxRow {
                    id: timer.id,
                    to: timer.stream,
                    order: order_json(&Order::TimerFired { name: timer.name }),
                    at: timer.at,
                });
                (outbox.into_iter().chain(fired).collect::<Vec<_>>(), mails)
            }
            (Err(error), _) | (_, Err(error)) => {
                tracing::warn!(%error, "outbox not read; trying again");
                return Round::default();
            }
        };
    let full = rows.len() >= ROWS;
    let mut by_target: HashMap<StreamId, Vec<OutboxRow>> = HashMap::new();
    for row in rows {
        by_target.entry(row.to).or_default().push(row);
    }
    let delivered = join_all(by_target.into_values().map(|rows| deliver(env, rows))).await;
    Round { more: full && delivered.into_iter().all(|all| all), mails }
}

async fn deliver(env: &Arc<Env>, rows: Vec<OutboxRow>) -> bool {
    for row in rows {
        let order = match serde_json::from_str::<Order>(&row.order) {
            Ok(order) => order,
            Err(error) => {
                tracing::error!(id = %row.id, %error, "an order this build cannot read; kept");
                return false;
            }
        };
        match areas::order(env, row.to, row.id, order).await {
            Ok(_) => {}
            Err(error) if matches!(error.kind, ErrorKind::Busy | ErrorKind::Unavailable) => {
                return false;
            }
            Err(error) => {
                // The receiver's rules refuse it and always will; keeping it would block the rest.
                tracing::error!(id = %row.id, to = %row.to, %error, "order refused; dropped");
                if let Err(error) = env.journal.settle(row.id).await {
                    tracing::warn!(%error, "refused order not removed; trying again");
                    return false;
                }
            }
        }
    }
    true
}

pub(crate) fn order_json(order: &Order) -> String {
    serde_json::to_string(order).expect("orders have string keys and finite numbers")
}
