//! Incoming webhooks of a room: another system writes here under a name that an admin gave it.
//! Invariants: the token is told once, to who made the hook; event and state hold its SHA-256
//! alone. A token that is good no more is told so and written down, and one that never was is
//! written down too, each once in a minute: whoever guesses fills no log.

use super::{Room, RoomFacts, conflict, invite::token_hash, send_message::check_text};
use crate::{Context, Decision, text};
use protocol::{
    ErrorBody, ErrorKind, Millis, RoomId, Seq,
    limits::HOOKS_MAX,
    room::{
        CreateHook, HookCreated, HookName, HookRefused, HookRevoked, MemberRole, MessageSent,
        RevokeHook, RoomEvent, RoomKind,
    },
};
use serde::{Deserialize, Serialize};

const REFUSED_EVERY_MS: Millis = 60 * 1000;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Hook {
    seq: Seq,
    label: String,
    token_hash: String,
    revoked: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Hooks {
    /// Oldest first.
    hooks: Vec<Hook>,
    refused_at: Option<Millis>,
}

/// Hooks that were revoked and are still told from guesses.
const REVOKED_MAX: usize = 50;

pub(super) fn create(
    room: &Room,
    command: &CreateHook,
    facts: &RoomFacts,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    room.group_sender(context.who, MemberRole::Admin)?;
    if room.kind == Some(RoomKind::Desk) {
        return Err(conflict("room.no_hooks", "askers and agents write here, nobody else"));
    }
    let label = text::name("label", &command.label)?;
    let hooks = &room.group.hooks.hooks;
    if hooks.iter().filter(|hook| !hook.revoked).count() >= HOOKS_MAX {
        return Err(conflict("room.too_many_hooks", "revoke one of the others first"));
    }
    let secret = facts.token.as_ref().ok_or_else(ErrorBody::internal)?;
    // The room is in the token, so that a wrong one is written down where its admins look.
    let token = format!("{}{secret}", context.stream.id.simple());
    let mut decision = Decision::event(HookCreated { label, token_hash: token_hash(&token) });
    decision.result = Some(serde_json::json!({ "hook": token }).to_string());
    Ok(decision)
}

/// The room that a token is for, whether it is good or not.
pub fn hook_room(token: &str) -> Option<RoomId> {
    let room = token.get(..32)?.parse().ok()?;
    (token.len() > 32).then_some(RoomId(room))
}

pub(super) fn revoke(
    room: &Room,
    command: &RevokeHook,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    room.group_sender(context.who, MemberRole::Admin)?;
    match room.group.hooks.hooks.iter().find(|hook| hook.seq == command.seq) {
        Some(hook) if hook.revoked => Ok(Decision::nothing()),
        Some(_) => Ok(Decision::event(HookRevoked { seq: command.seq })),
        None => Err(ErrorBody::new(ErrorKind::NotFound, "room.hook_not_found", "no such webhook")
            .field("seq")),
    }
}

/// A refusal is a result here: it may come with an event.
pub(super) fn message(
    room: &Room,
    token_hash: &str,
    text: &str,
    mention_all: bool,
    context: &Context<'_>,
) -> Decision<RoomEvent> {
    let hooks = &room.group.hooks;
    let hook = hooks.hooks.iter().find(|hook| hook.token_hash == token_hash);
    let error = match hook {
        Some(hook) if !hook.revoked => match checked(room, text) {
            Ok(()) => {
                let hook = Some(HookName { seq: hook.seq, label: hook.label.clone() });
                let text = text.to_owned();
                return Decision::event(MessageSent {
                    text,
                    mention_all,
                    hook,
                    ..Default::default()
                });
            }
            Err(error) => return refusal(Decision::nothing(), &error),
        },
        Some(_) => ErrorBody::new(ErrorKind::Forbidden, "room.hook_revoked", "it was revoked"),
        None => ErrorBody::new(ErrorKind::NotFound, "room.hook_not_found", "no such webhook"),
    };
    let lately = hooks.refused_at.is_some_and(|at| context.now - at < REFUSED_EVERY_MS);
    let decision = match room.exists() && !lately {
        true => Decision::event(HookRefused { seq: hook.map(|hook| hook.seq) }),
        false => Decision::nothing(),
    };
    refusal(decision, &error)
}

fn checked(room: &Room, text: &str) -> Result<(), ErrorBody> {
    if room.group.dissolved {
        return Err(super::mute::dissolved());
    }
    check_text(text)
}

fn refusal(mut decision: Decision<RoomEvent>, error: &ErrorBody) -> Decision<RoomEvent> {
    decision.result = Some(serde_json::json!({ "refused": error }).to_string());
    decision
}

pub(super) fn apply_created(room: &mut Room, seq: Seq, created: &HookCreated) {
    let HookCreated { label, token_hash } = created.clone();
    let hooks = &mut room.group.hooks.hooks;
    hooks.push(Hook { seq, label, token_hash, revoked: false });
    let revoked = hooks.iter().filter(|hook| hook.revoked).count();
    if revoked > REVOKED_MAX
        && let Some(oldest) = hooks.iter().position(|hook| hook.revoked)
    {
        hooks.remove(oldest);
    }
}

pub(super) fn apply_revoked(room: &mut Room, seq: Seq) {
    if let Some(hook) = room.group.hooks.hooks.iter_mut().find(|hook| hook.seq == seq) {
        hook.revoked = true;
    }
}

pub(super) fn apply_refused(room: &mut Room, at: Millis) {
    room.group.hooks.refused_at = Some(at);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Order;
    use crate::room::create::tests::{ROOM, group};
    use crate::testing::{Bench, who};

    fn with_hook() -> (Bench<Room>, String, Seq) {
        let mut bench = group(&[1, 2]);
        let facts = RoomFacts { token: Some("ab".repeat(24)), ..RoomFacts::default() };
        let create = CreateHook { label: " 值班告警 ".into() };
        let done = bench.run(&who(1, &[]), create, facts).unwrap();
        let result: serde_json::Value = serde_json::from_str(&done.result.unwrap()).unwrap();
        let token = result["hook"].as_str().unwrap().to_owned();
        assert!(!format!("{:?}", done.events).contains(&token));
        (bench, token, 2)
    }

    fn post(token: &str, text: &str) -> Order {
        let token_hash = token_hash(token);
        Order::HookMessage { token_hash, text: text.into(), mention_all: false }
    }

    fn code(decision: &Decision<RoomEvent>) -> Option<String> {
        let result: serde_json::Value = serde_json::from_str(decision.result.as_deref()?).unwrap();
        result["refused"]["code"].as_str().map(str::to_owned)
    }

    #[test]
    fn another_system_writes_under_its_name() {
        let (mut bench, token, seq) = with_hook();
        assert_eq!(hook_room(&token), Some(RoomId(ROOM)));
        let done = bench.settle(post(&token, "磁盘已满")).unwrap();
        let [RoomEvent::MessageSent(sent)] = &done.events[..] else { panic!("{done:?}") };
        assert_eq!(sent.hook, Some(HookName { seq, label: "值班告警".into() }));
        let blank = bench.settle(post(&token, " ")).unwrap();
        assert_eq!(code(&blank).as_deref(), Some("room.message_blank"));
    }

    #[test]
    fn a_bad_token_is_told_and_written_down_once_a_minute() {
        let (mut bench, token, seq) = with_hook();
        let member = bench.run(&who(2, &[]), RevokeHook { seq }, RoomFacts::default());
        assert_eq!(member.unwrap_err().code, "room.not_admin");
        for events in [1, 0] {
            let done = bench.run(&who(1, &[]), RevokeHook { seq }, RoomFacts::default()).unwrap();
            assert_eq!(done.events.len(), events);
        }
        for (later, token, expected, events) in [
            (0, token.as_str(), "room.hook_revoked", 1),
            (0, "guess", "room.hook_not_found", 0),
            (REFUSED_EVERY_MS, "guess", "room.hook_not_found", 1),
        ] {
            bench.now += later;
            let done = bench.settle(post(token, "x")).unwrap();
            assert_eq!((code(&done).as_deref(), done.events.len()), (Some(expected), events));
        }
        let nowhere = Bench::<Room>::new(uuid::Uuid::from_u128(3)).settle(post("x", "x")).unwrap();
        assert!(nowhere.events.is_empty());
    }

    #[test]
    fn admins_of_groups_make_them() {
        let make = || CreateHook { label: "a".into() };
        let facts = || RoomFacts { token: Some("ab".into()), ..RoomFacts::default() };
        let mut bench = group(&[1, 2]);
        assert_eq!(bench.run(&who(2, &[]), make(), facts()).unwrap_err().code, "room.not_admin");
        for _ in 0..HOOKS_MAX {
            bench.run(&who(1, &[]), make(), facts()).unwrap();
        }
        let full = bench.run(&who(1, &[]), make(), facts()).unwrap_err();
        assert_eq!(full.code, "room.too_many_hooks");
    }

    #[test]
    fn what_is_no_token_names_no_room() {
        for text in ["", "short", &"z".repeat(60), &"ab".repeat(16), "é".repeat(40).as_str()] {
            assert_eq!(hook_room(text), None, "{text}");
        }
    }
}
