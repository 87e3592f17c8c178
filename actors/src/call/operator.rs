//! Listens to the media shards, tells those inside what has changed, and lets a device go that is
//! lost: one whose connections are both down for [`LOST_MS`], or that never had one for
//! [`NEVER_MS`]. Invariant: after a start every device that the store knows inside has a place
//! again, and the time of one that never had a connection.

use crate::{areas, env::Env};
use domain::Order;
use kernel::{Actor, Scope};
use media::shard::News;
use protocol::{CommandId, Millis, RoomId, StreamId};
use std::{sync::Arc, time::Duration};
use tokio::sync::{Mutex, mpsc};

const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// Comes on top of the three seconds after which a connection counts as down.
const LOST_MS: Millis = 1_500;
/// People are asked for their microphone meanwhile.
const NEVER_MS: Millis = 60_000;
/// News taken in one go.
const NEWS_MAX: usize = 256;

/// The shards' news. Kept outside, so that an operator that is built anew listens on.
pub(crate) type Wires = Arc<Vec<Mutex<mpsc::Receiver<News>>>>;

pub(crate) struct Operator {
    env: Arc<Env>,
    wires: Wires,
    /// What the store knows inside has its places.
    ready: bool,
}

impl Operator {
    pub(crate) fn new(env: Arc<Env>, wires: Wires) -> Self {
        Self { env, wires, ready: false }
    }

    fn listen(&self, at: usize, scope: &mut Scope<'_, Self>) {
        let wires = self.wires.clone();
        let taking = async move {
            let mut news = Vec::new();
            if let Some(wire) = wires.get(at) {
                wire.lock().await.recv_many(&mut news, NEWS_MAX).await;
            }
            news
        };
        scope.spawn(taking, move |operator, news, scope| {
            if news.is_empty() {
                tracing::error!("a media shard has ended: its calls have no sound or pictures");
                return;
            }
            news.into_iter().for_each(|one| operator.hear(one));
            operator.listen(at, scope);
        });
    }

    fn hear(&self, news: News) {
        let env = &self.env;
        match news {
            News::Room { room, publications, speaker } => {
                env.calls.published(env, RoomId(room), &publications, speaker);
            }
            News::Places { room, peer, places } => {
                env.calls.placed(env, RoomId(room), peer, places);
            }
            News::Connection { peer, side, up } => env.calls.linked(env, peer, side, up),
        }
    }

    fn seat_all(&self, scope: &mut Scope<'_, Self>) {
        let env = self.env.clone();
        let seating = async move { seats(&env).await };
        scope.spawn(seating, |operator, seated, _| match seated {
            Ok(()) => operator.ready = true,
            Err(error) => tracing::warn!(%error, "who is inside calls was not read; again soon"),
        });
    }
}

async fn seats(env: &Env) -> Result<(), kernel::journal::StoreError> {
    for inside in env.queries.legs_inside().await? {
        env.calls.enter(inside.room, Some(inside.account), inside.leg);
        if let Some(call) = env.queries.live_call(inside.room).await? {
            env.calls.remember(inside.room, call.people.iter().map(|one| one.account));
        }
    }
    Ok(())
}

impl Actor for Operator {
    type Message = ();

    fn started(&mut self, scope: &mut Scope<'_, Self>) {
        for at in 0..self.wires.len() {
            self.listen(at, scope);
        }
        scope.wake_after(LOOK_AGAIN);
    }

    fn handle(&mut self, (): (), _: &mut Scope<'_, Self>) {}

    fn woken(&mut self, scope: &mut Scope<'_, Self>) {
        scope.wake_after(LOOK_AGAIN);
        self.env.metrics.calls.read(&self.env.calls);
        if !self.ready {
            return self.seat_all(scope);
        }
        let now = self.env.clock.now();
        for (leg, seat) in self.env.calls.alone(now) {
            let patience = if seat.connected { LOST_MS } else { NEVER_MS };
            if now - seat.alone_since < patience {
                continue;
            }
            let (env, account) = (self.env.clone(), seat.account);
            let lost = async move {
                let id = CommandId(env.ids.next());
                let order = Order::LegLost { account, leg };
                areas::order(&env, StreamId::of_calls(seat.room), id, order).await
            };
            // One that is not let go now is found again at the next look. One that the call did
            // not know inside any more must not be.
            scope.spawn(lost, move |operator, lost, _| match lost {
                Ok(_) => operator.env.calls.forget(leg),
                Err(error) => tracing::warn!(code = %error.code, "a lost device is still inside"),
            });
        }
    }
}
