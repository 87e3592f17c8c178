//! How one person sees their conversations: pinned, muted, hidden, and what they have begun to
//! write. Invariants: only the owner asks; there is one draft a conversation, and the text of
//! the one before it is removed from the store; a conversation that was left leaves nothing.
//! Absent on purpose: what is hidden. It comes back by itself, with the next event in it, and
//! only the list of conversations knows when that was.

use super::{Account, forbidden};
use crate::{Context, Decision};
use protocol::{
    EntityKind, ErrorBody, ErrorKind, RoomId, Seq, StreamId,
    account::{AccountEvent, ConversationSet, DraftCleared, DraftSet, SetConversation, SetDraft},
    limits::{CONVERSATION_PINS_MAX, MESSAGE_CHARS_MAX},
    notice::NoticeKind,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Conversations {
    pinned: BTreeSet<RoomId>,
    muted: BTreeSet<RoomId>,
    /// By the number of the event that holds the text.
    drafts: BTreeMap<RoomId, Seq>,
}

pub(super) fn set(
    account: &Account,
    command: &SetConversation,
    context: &Context<'_>,
) -> Result<Decision<AccountEvent>, ErrorBody> {
    account.by_owner(context)?;
    let SetConversation { room, pinned, muted, hidden } = *command;
    // To-dos and announcements are rows of everybody's list, and nobody joins them.
    if !NoticeKind::ALL.iter().any(|kind| kind.row() == room) {
        joined(account, room)?;
    }
    let kept = &account.conversations;
    let (was_pinned, was_muted) = (kept.pinned.contains(&room), kept.muted.contains(&room));
    let (pinned, muted) = (pinned.unwrap_or(was_pinned), muted.unwrap_or(was_muted));
    if pinned && !was_pinned && kept.pinned.len() >= CONVERSATION_PINS_MAX {
        let message = format!("at most {CONVERSATION_PINS_MAX} conversations");
        return Err(ErrorBody::new(ErrorKind::Conflict, "account.too_many_pins", message));
    }
    if hidden.is_none() && (pinned, muted) == (was_pinned, was_muted) {
        return Ok(Decision::nothing());
    }
    let hidden = hidden.unwrap_or(false);
    Ok(Decision::event(ConversationSet { room, pinned, muted, hidden }))
}

pub(super) fn draft(
    account: &Account,
    command: &SetDraft,
    context: &Context<'_>,
) -> Result<Decision<AccountEvent>, ErrorBody> {
    account.by_owner(context)?;
    let SetDraft { room, text } = command;
    joined(account, *room)?;
    if text.len() > MESSAGE_CHARS_MAX && text.chars().count() > MESSAGE_CHARS_MAX {
        let message = format!("at most {MESSAGE_CHARS_MAX} characters");
        return Err(
            ErrorBody::new(ErrorKind::TooLarge, "room.message_too_long", message).field("text")
        );
    }
    let before = account.conversations.drafts.get(room).copied();
    let mut decision = match (text.trim().is_empty(), before) {
        (true, None) => return Ok(Decision::nothing()),
        (true, Some(_)) => Decision::event(DraftCleared { room: *room }),
        (false, _) => Decision::event(DraftSet { room: *room, text: text.clone() }),
    };
    decision.redactions.extend(before);
    Ok(decision)
}

pub(super) fn joined(account: &Account, room: RoomId) -> Result<(), ErrorBody> {
    if account.streams.contains(&StreamId::new(EntityKind::Room, room.0)) {
        return Ok(());
    }
    Err(forbidden("room.not_member", "only of conversations one is in").field("room"))
}

/// What has to go with a conversation that was left: the text of its draft.
pub(super) fn redacted_on_leaving(account: &Account, stream: StreamId) -> Option<Seq> {
    account.conversations.drafts.get(&RoomId(stream.id)).copied()
}

pub(super) fn apply_set(account: &mut Account, set: &ConversationSet) {
    let put = |rooms: &mut BTreeSet<RoomId>, on| {
        if on { rooms.insert(set.room) } else { rooms.remove(&set.room) }
    };
    put(&mut account.conversations.pinned, set.pinned);
    put(&mut account.conversations.muted, set.muted);
}

pub(super) fn apply_draft(account: &mut Account, seq: Seq, room: RoomId) {
    account.conversations.drafts.insert(room, seq);
}

pub(super) fn apply_cleared(account: &mut Account, room: RoomId) {
    account.conversations.drafts.remove(&room);
}

pub(super) fn apply_left(account: &mut Account, stream: StreamId) {
    let room = RoomId(stream.id);
    let kept = &mut account.conversations;
    kept.pinned.remove(&room);
    kept.muted.remove(&room);
    kept.drafts.remove(&room);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{AccountFacts, create::tests::made};
    use crate::testing::{Bench, who};
    use crate::{Entity, Order};
    use protocol::account::AccountCommand;
    use uuid::Uuid;

    fn room(n: u128) -> RoomId {
        RoomId(Uuid::from_u128(n))
    }

    fn stream(n: u128) -> StreamId {
        StreamId::new(EntityKind::Room, room(n).0)
    }

    fn run(
        bench: &mut Bench<Account>,
        n: u128,
        command: impl Into<AccountCommand>,
    ) -> Result<Decision<AccountEvent>, String> {
        let outcome = bench.run(&who(n, &[]), command.into(), AccountFacts::default());
        outcome.map_err(|error| error.code.into_owned())
    }

    /// The account 7 in the rooms 1 and 2.
    fn two() -> Bench<Account> {
        let mut bench = made(&[]);
        for n in [1, 2] {
            bench.settle(Order::JoinStream { stream: stream(n) }).unwrap();
        }
        bench
    }

    fn ask(n: u128) -> SetConversation {
        SetConversation { room: room(n), pinned: None, muted: None, hidden: None }
    }

    fn draft(n: u128, text: &str) -> SetDraft {
        SetDraft { room: room(n), text: text.into() }
    }

    #[test]
    fn settings_are_the_owners_and_whole_in_each_event() {
        let mut bench = two();
        let pin = SetConversation { pinned: Some(true), ..ask(1) };
        let mute = SetConversation { muted: Some(true), ..ask(1) };
        let hide = SetConversation { hidden: Some(true), ..ask(1) };
        assert_eq!(run(&mut bench, 8, pin.clone()), Err("account.not_owner".into()));
        let elsewhere = SetConversation { pinned: Some(true), ..ask(3) };
        assert_eq!(run(&mut bench, 7, elsewhere), Err("room.not_member".into()));
        run(&mut bench, 7, pin.clone()).unwrap();
        assert_eq!(run(&mut bench, 7, pin).unwrap(), Decision::nothing());
        assert_eq!(run(&mut bench, 7, ask(1)).unwrap(), Decision::nothing());
        let set = |muted, hidden| ConversationSet { room: room(1), pinned: true, muted, hidden };
        assert_eq!(run(&mut bench, 7, mute).unwrap(), Decision::event(set(true, false)));
        for _ in 0..2 {
            let hidden = run(&mut bench, 7, hide.clone()).unwrap();
            assert_eq!(hidden, Decision::event(set(true, true)), "it may have come back");
        }
    }

    #[test]
    fn a_draft_takes_the_text_of_the_one_before_with_it() {
        let mut bench = two();
        assert_eq!(run(&mut bench, 7, draft(1, " ")).unwrap(), Decision::nothing());
        assert!(run(&mut bench, 7, draft(1, "请各")).unwrap().redactions.is_empty());
        let first = bench.head;
        let second = run(&mut bench, 7, draft(1, "请各位")).unwrap();
        assert_eq!(second.redactions, [first]);
        assert!(run(&mut bench, 7, draft(2, "好")).unwrap().redactions.is_empty());
        let cleared = run(&mut bench, 7, draft(1, "")).unwrap();
        assert_eq!(cleared.redactions, [first + 1]);
        let long = "字".repeat(MESSAGE_CHARS_MAX + 1);
        assert_eq!(run(&mut bench, 7, draft(1, &long)), Err("room.message_too_long".into()));
        let left = bench.settle(Order::LeaveStream { stream: stream(2) }).unwrap();
        assert_eq!(left.redactions, [first + 2], "nothing stays of a room that was left");
        assert_eq!(bench.state.conversations, Conversations::default());
    }

    #[test]
    fn the_rows_of_notices_are_set_without_being_joined() {
        let mut bench = two();
        for kind in NoticeKind::ALL {
            let set = SetConversation { room: kind.row(), pinned: Some(true), ..ask(1) };
            let pinned =
                ConversationSet { room: kind.row(), pinned: true, muted: false, hidden: false };
            assert_eq!(run(&mut bench, 7, set).unwrap(), Decision::event(pinned));
            let draft = SetDraft { room: kind.row(), text: "字".into() };
            assert_eq!(run(&mut bench, 7, draft), Err("room.not_member".into()));
        }
    }

    #[test]
    fn pins_are_bounded() {
        let mut bench = made(&[]);
        for n in 0..=CONVERSATION_PINS_MAX as u128 {
            let seq = bench.head + 1;
            let joined = protocol::account::StreamJoined { stream: stream(n) };
            bench.state.apply(seq, bench.now, None, &joined.into());
            let pin = SetConversation { pinned: Some(true), ..ask(n) };
            let outcome = run(&mut bench, 7, pin).map(drop);
            let expected = if n < CONVERSATION_PINS_MAX as u128 {
                Ok(())
            } else {
                Err("account.too_many_pins")
            };
            assert_eq!(outcome, expected.map_err(str::to_owned));
        }
    }
}
