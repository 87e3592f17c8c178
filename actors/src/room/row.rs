//! The row before a desk, told live to those who wait in it: at most once a second a desk,
//! however fast threads come and go. Invariant: what it costs is one read of the row of a desk
//! in which something happened, and nothing for who is not connected: they read their place when
//! they come (`GET /v1/rooms/{thread}/waiting`).

use crate::env::Env;
use bytestring::ByteString;
use kernel::{Actor, Scope};
use protocol::{
    AccountId, AnySignal, EntityKind, RoomId, ServerFrame, StreamId,
    room::{RoomSignal, WaitingMoved},
};
use std::{collections::HashSet, sync::Arc, time::Duration};

const EVERY: Duration = Duration::from_secs(1);
/// Told of those that wait longest; who stands further back asks.
const TOLD_MAX: usize = 1_000;

/// Something has happened in the row of this desk.
pub(crate) struct RowMoved(pub(crate) RoomId);

pub(crate) struct Rows {
    env: Arc<Env>,
    moved: HashSet<RoomId>,
    /// A second has not passed since the last places, or they are being read.
    resting: bool,
}

impl Rows {
    pub(crate) fn new(env: Arc<Env>) -> Self {
        Self { env, moved: HashSet::new(), resting: false }
    }

    fn tell_all(&mut self, scope: &mut Scope<'_, Self>) {
        if self.moved.is_empty() {
            return;
        }
        self.resting = true;
        let moved: Vec<RoomId> = self.moved.drain().collect();
        let env = self.env.clone();
        let telling = async move {
            for desk in moved {
                tell(&env, desk).await;
            }
        };
        scope.spawn(telling, |_, (), scope| scope.wake_after(EVERY));
    }
}

impl Actor for Rows {
    type Message = RowMoved;

    fn handle(&mut self, RowMoved(desk): RowMoved, scope: &mut Scope<'_, Self>) {
        self.moved.insert(desk);
        if !self.resting {
            self.tell_all(scope);
        }
    }

    fn woken(&mut self, scope: &mut Scope<'_, Self>) {
        self.resting = false;
        self.tell_all(scope);
    }
}

async fn tell(env: &Env, desk: RoomId) {
    let row = match env.queries.waiting_row(desk, TOLD_MAX).await {
        Ok(row) => row,
        Err(error) => return tracing::warn!(%error, "row not read; places come later"),
    };
    for ((thread, asker), position) in row.into_iter().zip(1..) {
        if !env.fanout.is_online(asker) {
            continue;
        }
        let signal = AnySignal::Room(RoomSignal::WaitingMoved(WaitingMoved { position }));
        let stream = StreamId::new(EntityKind::Room, thread.0);
        let frame = ServerFrame::Signal { stream, by: AccountId(desk.0), signal };
        env.fanout.tell_account(asker, ByteString::from(frame.to_json()));
    }
}
