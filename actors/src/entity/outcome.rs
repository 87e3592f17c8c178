//! What follows a commit or its refusal: replies leave, or the guess dies with its actor.

use super::{EntityActor, Held, Reply};
use crate::{cursors::MoveCursor, relay::Nudge, shell::Shell};
use kernel::{
    Scope,
    journal::{CommandRecord, StoreError, StoredEvent},
};
use protocol::{ErrorBody, ErrorKind, Seq, StreamId, http::Receipt};
use std::time::Duration;

impl<E: Shell> EntityActor<E> {
    pub(super) fn committed(
        &mut self,
        record: &CommandRecord,
        events: &[StoredEvent],
        own: Option<protocol::AccountId>,
        nudge: bool,
        scope: &mut Scope<'_, Self>,
    ) {
        self.durable = self.durable.max(record.last_seq);
        tracing::debug!(
            stream = %self.stream, seq = record.last_seq, command = %record.id,
            trace = ?events.first().and_then(|event| event.trace), "committed"
        );
        E::committed(&self.env, self.stream, events);
        while self.held.front().is_some_and(|held| held.until <= self.durable) {
            if let Some(held) = self.held.pop_front() {
                drop(held.reply.send(held.outcome));
            }
        }
        if let (Some(account), Some(last)) = (own, events.last()) {
            let cursor = self.cursor_at(account, last.seq, last.at);
            // Only saves the sender a badge of its own message; the next one does it too.
            let message = MoveCursor { cursor, reply: None };
            let _ = self.env.cursors.get().map(|keeper| keeper.tell(message));
        }
        if nudge {
            // A full mailbox means the relay is about to look anyway.
            let _ = self.env.relay.get().map(|relay| relay.tell(Nudge));
        }
        self.snapshot(scope);
    }

    /// The guess dies with its actor; a fresh one loads what is true.
    pub(super) fn refused(
        &mut self,
        error: StoreError,
        record: &CommandRecord,
        scope: &mut Scope<'_, Self>,
    ) {
        let unavailable = matches!(error, StoreError::Unavailable(_));
        let answer = match error {
            StoreError::Duplicate(first) if first.record.fingerprint == record.fingerprint => {
                Ok(receipt(first.stream, &first.record))
            }
            StoreError::Duplicate(_) => Err(id_reused()),
            StoreError::Constraint(code) => Err(constraint(code)),
            StoreError::Unavailable(_) => Err(ErrorBody::unavailable()),
            StoreError::Conflict | StoreError::Corrupt(_) => Err(retry_now()),
        };
        if let Some(at) = self.held.iter().position(|held| held.until == record.last_seq)
            && let Some(held) = self.held.remove(at)
        {
            drop(held.reply.send(answer));
        }
        if unavailable {
            // The others rest on what could not be stored: tried again at once they would meet
            // the same disk.
            for held in self.held.drain(..) {
                drop(held.reply.send(Err(ErrorBody::unavailable())));
            }
        }
        self.die(retry_now(), scope);
    }

    pub(super) fn die(&mut self, why: ErrorBody, scope: &mut Scope<'_, Self>) {
        E::registry(&self.env).remove(self.stream, self.incarnation);
        for held in self.held.drain(..) {
            drop(held.reply.send(Err(why.clone())));
        }
        self.broken = Some(why);
        // What is in the mailbox already is still answered; nothing new comes.
        scope.wake_after(Duration::from_millis(250));
    }

    pub(super) fn hold(&mut self, until: Seq, reply: Reply, outcome: Result<Receipt, ErrorBody>) {
        if until <= self.durable {
            return drop(reply.send(outcome));
        }
        self.held.push_back(Held { until, reply, outcome });
    }
}

pub(super) fn receipt(stream: StreamId, record: &CommandRecord) -> Receipt {
    let result = record.result.as_deref().and_then(|text| serde_json::from_str(text).ok());
    Receipt { id: record.id, stream, seq: record.last_seq, result }
}

pub(super) fn id_reused() -> ErrorBody {
    ErrorBody::new(
        ErrorKind::Conflict,
        "hub.command_id_reused",
        "this command id was used for another command",
    )
    .field("id")
}

/// Another activation was first: the facade tries again at once, the caller never sees it.
pub(crate) fn retry_now() -> ErrorBody {
    ErrorBody::new(ErrorKind::Busy, "hub.retry", "the entity was reloaded; try again")
        .retry_after(10)
}

fn constraint(code: String) -> ErrorBody {
    // `account.username_taken` names its field; other rules concern no single one.
    let reason = code.split_once('.').map(|(_, reason)| reason);
    let field = reason.and_then(|reason| reason.strip_suffix("_taken")).map(str::to_owned);
    let mut error =
        ErrorBody::new(ErrorKind::Conflict, "hub.constraint", format!("refused: {code}"));
    error.code = code.into();
    error.field = field;
    error
}
