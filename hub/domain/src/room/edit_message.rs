//! Giving a message another text.
//! Invariants: only its author edits it, for a while and so often; the earlier texts stay in
//! the stream as its history, and all of them go when the message is recalled.

use super::{
    Room, RoomFacts, conflict, facts, forbidden, messages::oldest_remembered, send_message,
};
use crate::{Context, Decision, reach::all_open};
use protocol::{
    ErrorBody,
    room::{EditMessage, MessageEdited, RoomEvent},
};

/// Recalling a message removes each of its edits, in one transaction.
const EDITS_MAX: usize = 20;

pub(super) fn decide(
    room: &Room,
    command: &EditMessage,
    facts: &RoomFacts,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    let (me, role) = room.sender(context.who)?;
    room.may_write(me, role, context.now)?;
    all_open(&facts.reach, |_| true, "", context.now)?;
    let EditMessage { seq, text } = command;
    send_message::check_text(text)?;
    if *seq > 0 && *seq < oldest_remembered(context.head) {
        return Err(conflict("room.edit_too_late", "too much was said since"));
    }
    let sent = room.messages.find(*seq, me).ok_or_else(|| facts::not_found("seq"))?;
    if sent.by != Some(me) {
        return Err(forbidden("room.edit_not_yours", "somebody else's message"));
    }
    if context.now.saturating_sub(sent.at) > context.policy.edit_within_ms {
        return Err(conflict("room.edit_too_late", "sent too long ago"));
    }
    if room.messages.burning(*seq).is_some() {
        return Err(conflict("room.edit_burning", "it burns as it was sent"));
    }
    if room.messages.edits(*seq).len() >= EDITS_MAX {
        return Err(conflict("room.edited_too_often", "write a new message instead"));
    }
    let mut decision = Decision::event(MessageEdited { seq: *seq, text: text.clone() });
    decision.audience = room.messages.audience(*seq);
    Ok(decision)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::{create::tests::group, send_message::tests::say};
    use crate::testing::{Bench, account, who};
    use protocol::room::{RecallMessage, SendMessage};

    fn edit(bench: &mut Bench<Room>, n: u128, seq: u64, text: &str) -> Result<(), String> {
        let edit = EditMessage { seq, text: text.into() };
        let outcome = bench.run(&who(n, &[]), edit, RoomFacts::default());
        outcome.map(|_| ()).map_err(|error| error.code.into_owned())
    }

    #[test]
    fn who_may_edit_when() {
        let within = crate::Policy::default().edit_within_ms;
        for (n, later, seq, text, expected) in [
            (2, within, 2, "新", Ok(())),
            (2, within + 1, 2, "新", Err("room.edit_too_late")),
            (1, 0, 2, "新", Err("room.edit_not_yours")),
            (9, 0, 2, "新", Err("room.not_member")),
            (2, 0, 1, "新", Err("room.message_not_found")),
            (2, 0, 7, "新", Err("room.message_not_found")),
            (2, 0, 2, " ", Err("room.message_blank")),
        ] {
            let mut bench = group(&[1, 2, 3]);
            bench.run(&who(2, &[]), say("旧"), RoomFacts::default()).unwrap();
            bench.now += later;
            let outcome = edit(&mut bench, n, seq, text);
            assert_eq!(outcome, expected.map_err(str::to_owned), "{n} {later} {seq}");
        }
    }

    #[test]
    fn edits_are_counted_and_go_with_their_message() {
        let mut bench = group(&[1, 2]);
        bench.run(&who(2, &[]), say("旧"), RoomFacts::default()).unwrap();
        for _ in 0..EDITS_MAX {
            edit(&mut bench, 2, 2, "新").unwrap();
        }
        assert_eq!(edit(&mut bench, 2, 2, "新"), Err("room.edited_too_often".into()));
        let recall = RecallMessage { seq: 2 };
        let recalled = bench.run(&who(2, &[]), recall, RoomFacts::default()).unwrap();
        assert_eq!(recalled.redactions, (2..=2 + EDITS_MAX as u64).collect::<Vec<_>>());
    }

    #[test]
    fn a_whisper_is_edited_and_recalled_among_its_people() {
        let mut bench = group(&[1, 2, 3]);
        let whisper = SendMessage { visible_to: vec![account(3)], ..say("悄悄") };
        bench.run(&who(2, &[]), whisper, RoomFacts::default()).unwrap();
        let people: Option<Box<[_]>> = Some([account(3), account(2)].into());
        let edited = EditMessage { seq: 2, text: "更轻".into() };
        let edited = bench.run(&who(2, &[]), edited, RoomFacts::default()).unwrap();
        assert_eq!(edited.audience, people);
        let recall = || RecallMessage { seq: 2 };
        let owner = bench.run(&who(1, &[]), recall(), RoomFacts::default()).unwrap_err();
        assert_eq!(owner.code, "room.message_not_found", "the owner knows nothing of it");
        let recalled = bench.run(&who(2, &[]), recall(), RoomFacts::default()).unwrap();
        assert_eq!(recalled.audience, people);
    }
}
