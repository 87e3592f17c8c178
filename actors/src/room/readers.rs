//! How many have read, told live to who wrote: at most once a second a room, however many read
//! at the same time. Invariant: what it costs is one pass over the members of a room whose
//! cursors moved, and nothing for rooms whose authors are not connected.

use crate::env::Env;
use bytestring::ByteString;
use kernel::{Actor, Scope};
use persistence::{MessageOf, READ_COUNTS_MAX};
use protocol::{AccountId, EntityKind, ReadCount, RoomId, ServerFrame, StreamId};
use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
    time::Duration,
};

const EVERY: Duration = Duration::from_secs(1);
/// Messages whose author still looks at the count are among the last of the room.
const AMONG_LAST: u64 = 100;

/// Cursors of these streams have moved.
pub(crate) struct Moved(pub(crate) Vec<StreamId>);

pub(crate) struct ReadCounter {
    env: Arc<Env>,
    moved: HashSet<StreamId>,
    /// A second has not passed since the last counts, or they are being read.
    resting: bool,
}

impl ReadCounter {
    pub(crate) fn new(env: Arc<Env>) -> Self {
        Self { env, moved: HashSet::new(), resting: false }
    }

    fn count(&mut self, scope: &mut Scope<'_, Self>) {
        if self.moved.is_empty() {
            return;
        }
        self.resting = true;
        let moved: Vec<StreamId> = self.moved.drain().collect();
        let env = self.env.clone();
        let counting = async move {
            for stream in moved {
                tell(&env, stream).await;
            }
        };
        scope.spawn(counting, |_, (), scope| scope.wake_after(EVERY));
    }
}

impl Actor for ReadCounter {
    type Message = Moved;

    fn handle(&mut self, Moved(streams): Moved, scope: &mut Scope<'_, Self>) {
        self.moved.extend(streams.into_iter().filter(|stream| stream.kind == EntityKind::Room));
        if !self.resting {
            self.count(scope);
        }
    }

    fn woken(&mut self, scope: &mut Scope<'_, Self>) {
        self.resting = false;
        self.count(scope);
    }
}

async fn tell(env: &Env, stream: StreamId) {
    let last = match env.queries.last_messages(RoomId(stream.id), AMONG_LAST).await {
        Ok(last) => last,
        Err(error) => return tracing::warn!(%error, "messages not read; counts come later"),
    };
    let mut last: Vec<MessageOf> =
        last.into_iter().filter(|message| env.fanout.is_online(message.author)).collect();
    last.truncate(READ_COUNTS_MAX);
    let counts = match env.queries.read_counts(stream, &last).await {
        Ok(counts) => counts,
        Err(error) => return tracing::warn!(%error, "readers not counted; counts come later"),
    };
    let mut by_author: BTreeMap<AccountId, Vec<ReadCount>> = BTreeMap::new();
    for (message, read) in last.iter().zip(counts) {
        by_author.entry(message.author).or_default().push(ReadCount { seq: message.seq, read });
    }
    for (author, counts) in by_author {
        let frame = ServerFrame::Readers { stream, counts };
        env.fanout.tell_account(author, ByteString::from(frame.to_json()));
    }
}
