//! Taking a message back.
//! Invariant: only a message that is remembered can be recalled, by its sender for a while,
//! by owner and admins at any time; the redaction is committed with the event that says so.

use super::{Room, burn, conflict, facts, forbidden, messages::oldest_remembered};
use crate::{Context, Decision, TimerChange};
use protocol::{
    ErrorBody,
    room::{MemberRole, MessageRecalled, RecallMessage, RoomEvent},
};

pub(super) fn decide(
    room: &Room,
    command: &RecallMessage,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    let (me, role) = room.sender(context.who)?;
    let seq = command.seq;
    if room.messages.is_gone(seq) {
        return Ok(Decision::nothing());
    }
    if seq > 0 && seq < oldest_remembered(context.head) {
        return Err(conflict("room.recall_too_old", "too much was said since"));
    }
    let sent = room.messages.find(seq, me).ok_or_else(|| facts::not_found("seq"))?;
    if role == MemberRole::Member {
        if sent.by != Some(me) {
            return Err(forbidden("room.recall_not_yours", "somebody else's message"));
        }
        if context.now.saturating_sub(sent.at) > context.policy.recall_within_ms {
            return Err(conflict("room.recall_too_late", "sent too long ago"));
        }
    }
    let mut decision = Decision::event(MessageRecalled { seq });
    decision.redactions.push(seq);
    decision.redactions.extend(room.messages.edits(seq));
    decision.audience = room.messages.audience(seq);
    if room.messages.burning(seq).is_some() {
        decision.timers.push(TimerChange::Cancel { name: burn::timer(seq) });
    }
    Ok(decision)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::{RoomFacts, create::tests::group, send_message::tests::say};
    use crate::testing::{Bench, account, who};
    use crate::{Entity, Who};
    use protocol::room::SetMemberRole;

    fn recall(bench: &mut Bench<Room>, who: &Who, seq: u64) -> Result<usize, String> {
        let outcome = bench.run(who, RecallMessage { seq }, RoomFacts::default());
        let decision = outcome.map_err(|error| error.code.into_owned())?;
        assert_eq!(decision.redactions.len(), decision.events.len());
        Ok(decision.events.len())
    }

    /// Owner 1, admin 2, members 3 and 4; message 3 by the member 3.
    fn talk() -> Bench<Room> {
        let mut bench = group(&[1, 2, 3, 4]);
        let admin = SetMemberRole { account: account(2), role: MemberRole::Admin };
        bench.run(&who(1, &[]), admin, RoomFacts::default()).unwrap();
        bench.run(&who(3, &[]), say("好"), RoomFacts::default()).unwrap();
        bench
    }

    #[test]
    fn who_may_recall_when() {
        let within = crate::Policy::default().recall_within_ms;
        for (n, later, seq, expected) in [
            (3, 0, 3, Ok(1)),
            (3, within, 3, Ok(1)),
            (3, within + 1, 3, Err("room.recall_too_late")),
            (4, 0, 3, Err("room.recall_not_yours")),
            (2, within * 9, 3, Ok(1)),
            (1, within * 9, 3, Ok(1)),
            (9, 0, 3, Err("room.not_member")),
            (1, 0, 0, Err("room.message_not_found")),
            (1, 0, 2, Err("room.message_not_found")),
            (1, 0, 4, Err("room.message_not_found")),
        ] {
            let mut bench = talk();
            bench.now += later;
            let outcome = recall(&mut bench, &who(n, &[]), seq);
            assert_eq!(outcome, expected.map_err(str::to_owned), "{n} {later} {seq}");
        }
    }

    #[test]
    fn recalling_twice_changes_nothing() {
        let mut bench = talk();
        assert_eq!(recall(&mut bench, &who(3, &[]), 3), Ok(1));
        assert_eq!(recall(&mut bench, &who(3, &[]), 3), Ok(0));
        assert_eq!(recall(&mut bench, &who(1, &[]), 3), Ok(0));
    }

    #[test]
    fn memory_is_bounded_and_the_same_without_redacted_events() {
        let mut live = group(&[1]);
        let mut events = vec![];
        for _ in 0..2_100 {
            events.push(live.run(&who(1, &[]), say("好"), RoomFacts::default()).unwrap());
        }
        assert_eq!(live.state.messages.remembered(), 2_000);
        let refused = recall(&mut live, &who(1, &[]), 101);
        assert_eq!(refused, Err("room.recall_too_old".into()));
        assert_eq!(recall(&mut live, &who(1, &[]), 2_000), Ok(1));

        // As loaded from the store: number 2,000 has lost its body and is skipped.
        let mut loaded = group(&[1]);
        for (index, decision) in events.iter().enumerate() {
            let seq = index as u64 + 2;
            if seq != 2_000 {
                loaded.state.apply(seq, live.now, Some(account(1)), &decision.events[0]);
            }
        }
        let recalled = MessageRecalled { seq: 2_000 }.into();
        loaded.state.apply(live.head, live.now, Some(account(1)), &recalled);
        assert_eq!(loaded.state, live.state);
    }
}
