//! Read positions: one row a member, coalesced, durable before they are acknowledged.
//! A sender's own message moves its cursor too, without anybody waiting for it.

use crate::{env::Env, room::Moved};
use bytestring::ByteString;
use kernel::{Actor, Scope, journal::Cursor};
use protocol::{AccountId, ErrorBody, ServerFrame, StreamId};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::sync::oneshot;

/// How long own-message cursors gather; nobody waits for them.
const GATHER: Duration = Duration::from_millis(250);

pub(crate) struct MoveCursor {
    pub cursor: Cursor,
    pub reply: Option<oneshot::Sender<Result<(), ErrorBody>>>,
}

pub(crate) struct CursorKeeper {
    env: Arc<Env>,
    waiting: HashMap<(AccountId, StreamId), Cursor>,
    replies: Vec<oneshot::Sender<Result<(), ErrorBody>>>,
    saving: bool,
    woken_later: bool,
}

impl CursorKeeper {
    pub fn new(env: Arc<Env>) -> Self {
        Self {
            env,
            waiting: HashMap::new(),
            replies: Vec::new(),
            saving: false,
            woken_later: false,
        }
    }

    fn save(&mut self, scope: &mut Scope<'_, Self>) {
        if self.saving || self.waiting.is_empty() {
            return;
        }
        self.saving = true;
        let cursors: Vec<Cursor> = self.waiting.drain().map(|(_, cursor)| cursor).collect();
        let replies = std::mem::take(&mut self.replies);
        let env = self.env.clone();
        let saving = async move {
            let moved = env.journal.move_cursors(cursors).await;
            if let Ok(moved) = &moved {
                tell_devices(&env, moved).await;
                let streams = moved.iter().map(|cursor| cursor.stream).collect();
                // A full mailbox means that counts are about to be read anyway.
                let _ = env.readers.get().map(|readers| readers.tell(Moved(streams)));
            }
            moved
        };
        scope.spawn(saving, move |keeper, moved, scope| {
            for reply in replies {
                let outcome = moved.as_ref().map(|_| ()).map_err(|_| ErrorBody::unavailable());
                drop(reply.send(outcome));
            }
            keeper.saving = false;
            if !keeper.replies.is_empty() {
                keeper.save(scope);
            }
        });
    }
}

/// The account's other devices show the same badge.
async fn tell_devices(env: &Env, moved: &[Cursor]) {
    for cursor in moved.iter().filter(|cursor| env.fanout.is_online(cursor.account)) {
        match env.queries.unread(cursor.account, cursor.stream).await {
            Ok(unread) => {
                let frame = ServerFrame::Cursor { stream: cursor.stream, seq: cursor.seq, unread };
                env.fanout.tell_account(cursor.account, ByteString::from(frame.to_json()));
            }
            Err(error) => {
                tracing::warn!(%error, "unread count not read; the badge catches up later")
            }
        }
    }
}

impl Actor for CursorKeeper {
    type Message = MoveCursor;

    fn handle(&mut self, message: MoveCursor, scope: &mut Scope<'_, Self>) {
        let cursor = message.cursor;
        let key = (cursor.account, cursor.stream);
        let kept = self.waiting.entry(key).or_insert(cursor);
        if cursor.seq > kept.seq {
            *kept = cursor;
        }
        match message.reply {
            Some(reply) => {
                self.replies.push(reply);
                self.save(scope);
            }
            None if !self.woken_later => {
                self.woken_later = true;
                scope.wake_after(GATHER);
            }
            None => {}
        }
    }

    fn woken(&mut self, scope: &mut Scope<'_, Self>) {
        self.woken_later = false;
        self.save(scope);
    }
}
