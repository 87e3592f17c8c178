//! Telling one device of one event: what is known of it now, what is said, what came of it.

use super::{Pushed, Pusher};
use crate::{areas, env::Env};
use domain::{
    Order,
    push::{Matter, News, Note, note},
};
use kernel::{
    Viewer,
    journal::{StoreError, StoredEvent},
};
use persistence::{PushFacts, PushMatter, PushRow};
use protocol::{
    AnyEvent, CommandId, Millis,
    account::Names,
    me::{Language, PushLogLine},
    room::{MessageSent, RoomEvent},
};
use std::sync::Arc;

/// Tried for about five hours: 30 seconds, 1, 2, 4 … minutes apart.
const TRIES_MAX: u32 = 10;
const FIRST_PAUSE_MS: Millis = 30 * 1000;

/// What becomes of a row of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The device was told, or never will be.
    Settled,
    Later(Millis),
}

/// What a device is about to be told.
pub(super) struct Ready {
    facts: PushFacts,
    note: Note,
}

/// `None`: nothing is told, now or later.
pub(super) async fn prepare(env: &Env, push: &PushRow) -> Result<Option<Ready>, StoreError> {
    let now = env.clock.now();
    if push.is_stale(now) {
        return Ok(None);
    }
    let Some(facts) = env.queries.push_facts(push, now).await? else { return Ok(None) };
    match said(push, &facts, now) {
        Ok(note) => Ok(Some(Ready { facts, note })),
        Err(why) => {
            tracing::debug!(stream = %push.stream, seq = push.seq, why, "nothing pushed");
            Ok(None)
        }
    }
}

pub(super) async fn tell(
    env: &Arc<Env>,
    pusher: &Arc<dyn Pusher>,
    push: &PushRow,
    ready: &Ready,
) -> End {
    let Ready { facts, note } = ready;
    let pushed = pusher.push(&facts.target, note).await;
    let now = env.clock.now();
    env.push_log.note(line(now, push, facts, note, &pushed));
    match pushed {
        Pushed::Later(_, wait) if push.tries + 1 < TRIES_MAX => {
            let pause = wait.unwrap_or(0).max(FIRST_PAUSE_MS << push.tries);
            End::Later(now + pause)
        }
        Pushed::Gone => forget(env, push, now).await,
        _ => End::Settled,
    }
}

/// The device leaves its account.
async fn forget(env: &Arc<Env>, push: &PushRow, now: Millis) -> End {
    let (id, order) = (CommandId(env.ids.next()), Order::PushGone { device: push.device });
    match areas::order(env, push.account.into(), id, order).await {
        Ok(_) => End::Settled,
        // The row stays: the service says so again.
        Err(error) => {
            tracing::warn!(%error, "a device that is gone was not removed; tried again");
            End::Later(now + FIRST_PAUSE_MS)
        }
    }
}

/// What the device is told, or why nothing. Who may see an event the one rule decides.
fn said(push: &PushRow, facts: &PushFacts, now: Millis) -> Result<Note, &'static str> {
    let sees = |event: &StoredEvent| Viewer::from(push.account).sees(event);
    let message: MessageSent;
    let matter = match &facts.matter {
        PushMatter::Message { event, room, hidden } => match message_of(event) {
            Some(sent) if sees(event) && !hidden => {
                message = sent;
                Matter::Message {
                    message: &message,
                    seq: event.seq,
                    whisper: event.audience.is_some(),
                    room,
                    again: push.repeats.is_some(),
                }
            }
            _ => Matter::Hidden,
        },
        PushMatter::Notice { kind, title, reminder } => {
            Matter::Notice { kind: *kind, title, reminder: *reminder }
        }
        PushMatter::Task { event, title } if sees(event) => Matter::Task { title },
        PushMatter::Task { .. } => Matter::Hidden,
    };
    let news = News {
        account: push.account,
        stream: push.stream,
        by: facts.by,
        author: name(&facts.author, facts.preferences.language.unwrap_or_default()),
        muted: facts.muted,
        seen: facts.seen,
        unread: facts.unread,
        matter,
    };
    note(&news, &facts.preferences, now)
}

fn message_of(event: &StoredEvent) -> Option<MessageSent> {
    match AnyEvent::decode(&event.type_name, event.body.as_deref()?) {
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
    PushLogLine {
        at,
        account: push.account,
        name: facts.own_name.clone(),
        provider: facts.target.provider(),
        text: note.shows_text,
        outcome: outcome.to_owned(),
        why,
    }
}
