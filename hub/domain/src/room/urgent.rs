//! Urgent messages: each stays before its readers until they acknowledge it. Whoever has not
//! is shown it again, then gets a mail as well, until the last time.
//! Invariants: the timer is a row, so that a restart forgets nobody; who left, was recalled
//! to, or has acknowledged hears no more. A redacted message leaves nothing behind: a state
//! loaded without it is the same.

use super::{Room, conflict};
use crate::{Context, Decision, Order, TimerChange};
use protocol::{
    AccountId, ErrorBody, ErrorKind, Millis, Seq,
    limits::URGENT_MAX,
    room::{AcknowledgeMessage, MessageAcknowledged, RoomEvent, UrgentRepeated},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

const TIMER: &str = "urgent:";

/// An urgent message that somebody has not acknowledged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Urgent {
    by: Option<AccountId>,
    times: u32,
    acknowledged: BTreeSet<AccountId>,
}

pub(super) type Open = BTreeMap<Seq, Urgent>;

/// Makes a message that was decided an urgent one: its number is the next.
pub(super) fn raise(
    room: &Room,
    decision: &mut Decision<RoomEvent>,
    context: &Context<'_>,
) -> Result<(), ErrorBody> {
    if room.members.len() > context.policy.room_members_max {
        let message = "urgent messages are for rooms of ordinary size";
        return Err(
            ErrorBody::new(ErrorKind::Invalid, "room.urgent_too_many", message).field("urgent")
        );
    }
    if room.group.urgent.len() >= URGENT_MAX {
        return Err(conflict("room.too_many_urgent", "others wait to be acknowledged"));
    }
    decision.timers.push(again(context.head + 1, context));
    Ok(())
}

fn again(seq: Seq, context: &Context<'_>) -> TimerChange {
    let at = context.now + context.policy.urgent_repeat_ms;
    TimerChange::Set { name: format!("{TIMER}{seq}"), at }
}

pub(super) fn acknowledge(
    room: &Room,
    command: &AcknowledgeMessage,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    let (me, _) = room.sender(context.who)?;
    let seq = command.seq;
    if !(1..=context.head).contains(&seq) {
        let message = "no message has this number";
        return Err(
            ErrorBody::new(ErrorKind::NotFound, "room.message_not_found", message).field("seq")
        );
    }
    let Some(urgent) = room.group.urgent.get(&seq) else { return Ok(Decision::nothing()) };
    if urgent.by == Some(me) || urgent.acknowledged.contains(&me) {
        return Ok(Decision::nothing());
    }
    let mut decision = Decision::event(MessageAcknowledged { seq });
    if waiting(room, urgent).all(|account| account == me) {
        decision.timers.push(TimerChange::Cancel { name: format!("{TIMER}{seq}") });
    }
    Ok(decision)
}

fn waiting<'a>(room: &'a Room, urgent: &'a Urgent) -> impl Iterator<Item = AccountId> + 'a {
    let all = room.members.keys().copied();
    all.filter(|account| urgent.by != Some(*account) && !urgent.acknowledged.contains(account))
}

/// Whether a timer of this name is one of these; then what it comes to.
pub(super) fn fired(room: &Room, name: &str, context: &Context<'_>) -> Option<Decision<RoomEvent>> {
    let seq: Seq = name.strip_prefix(TIMER)?.parse().ok()?;
    let Some(urgent) = room.group.urgent.get(&seq) else { return Some(Decision::nothing()) };
    let waiting: Vec<AccountId> = waiting(room, urgent).collect();
    let times = urgent.times + 1;
    if waiting.is_empty() {
        // The last of them have left.
        return Some(Decision::event(UrgentRepeated { seq, times, waiting, last: true }));
    }
    let mut decision = Decision::nothing();
    if times == context.policy.urgent_mail_after {
        let room = protocol::RoomId(context.stream.id);
        for account in &waiting {
            decision = decision.tell((*account).into(), Order::Notify { room, seq });
        }
    }
    let last = times >= context.policy.urgent_times_max;
    if !last {
        decision.timers.push(again(seq, context));
    }
    Some(decision.and(UrgentRepeated { seq, times, waiting, last }))
}

pub(super) fn apply_sent(room: &mut Room, seq: Seq, by: Option<AccountId>) {
    let urgent = Urgent { by, times: 0, acknowledged: BTreeSet::new() };
    room.group.urgent.insert(seq, urgent);
}

/// The message is gone, or everybody has had their last chance.
pub(super) fn apply_gone(room: &mut Room, seq: Seq) {
    room.group.urgent.remove(&seq);
}

pub(super) fn apply_acknowledged(room: &mut Room, seq: Seq, by: Option<AccountId>) {
    if let (Some(urgent), Some(by)) = (room.group.urgent.get_mut(&seq), by) {
        urgent.acknowledged.insert(by);
    }
    let done = |urgent: &Urgent| waiting(room, urgent).next().is_none();
    if room.group.urgent.get(&seq).is_some_and(done) {
        apply_gone(room, seq);
    }
}

/// After the last time the message is urgent no more.
pub(super) fn apply_repeated(room: &mut Room, repeated: &UrgentRepeated) {
    match room.group.urgent.get_mut(&repeated.seq) {
        Some(urgent) if !repeated.last => urgent.times = repeated.times,
        _ => apply_gone(room, repeated.seq),
    }
}

/// How long after it was sent, or shown again, an urgent message is shown again.
pub(crate) const REPEAT_MS: Millis = 5 * 60 * 1000;
/// The time at which a mail goes out as well.
pub(crate) const MAIL_AFTER: u32 = 2;
/// Half an hour of it; whoever has not looked by then is not reached this way.
pub(crate) const TIMES_MAX: u32 = 6;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::{RoomFacts, create::tests::group, send_message::tests::say};
    use crate::testing::{Bench, account, who};
    use protocol::room::{LeaveRoom, RecallMessage, SendMessage};

    fn urgent(bench: &mut Bench<Room>) -> Decision<RoomEvent> {
        let say = SendMessage { urgent: true, ..say("停电，请疏散群众") };
        bench.run(&who(1, &[]), say, RoomFacts::default()).unwrap()
    }

    fn acknowledge(bench: &mut Bench<Room>, n: u128) -> Decision<RoomEvent> {
        let seq = 2;
        bench.run(&who(n, &[]), AcknowledgeMessage { seq }, RoomFacts::default()).unwrap()
    }

    fn fire(bench: &mut Bench<Room>) -> Decision<RoomEvent> {
        bench.settle(Order::TimerFired { name: "urgent:2".into() }).unwrap()
    }

    fn waiting(decision: &Decision<RoomEvent>) -> Vec<u128> {
        match &decision.events[..] {
            [RoomEvent::UrgentRepeated(again)] => {
                again.waiting.iter().map(|account| account.0.as_u128()).collect()
            }
            _ => vec![],
        }
    }

    #[test]
    fn it_comes_back_to_who_has_not_acknowledged_and_then_by_mail() {
        let mut bench = group(&[1, 2, 3, 4]);
        let sent = urgent(&mut bench);
        let at = bench.now + REPEAT_MS;
        assert_eq!(sent.timers, [TimerChange::Set { name: "urgent:2".into(), at }]);
        assert_eq!(acknowledge(&mut bench, 2).events.len(), 1);
        assert_eq!(acknowledge(&mut bench, 2), Decision::nothing());
        assert_eq!(acknowledge(&mut bench, 1), Decision::nothing(), "it is the author's own");
        let first = fire(&mut bench);
        assert_eq!((waiting(&first), first.effects.len()), (vec![3, 4], 0));
        bench.run(&who(4, &[]), LeaveRoom {}, RoomFacts::default()).unwrap();
        let second = fire(&mut bench);
        assert_eq!(waiting(&second), [3]);
        let order = Order::Notify { room: protocol::RoomId(bench.stream.id), seq: 2 };
        let told = Decision::<RoomEvent>::nothing().tell(account(3).into(), order);
        assert_eq!(second.effects, told.effects);
        let last = acknowledge(&mut bench, 3);
        assert_eq!(last.timers, [TimerChange::Cancel { name: "urgent:2".into() }]);
        assert!(bench.state.group.urgent.is_empty());
        assert_eq!(fire(&mut bench), Decision::nothing());
    }

    #[test]
    fn it_ends_with_its_last_time_and_with_its_recall() {
        let mut bench = group(&[1, 2]);
        urgent(&mut bench);
        for times in 1..=TIMES_MAX {
            let again = fire(&mut bench);
            assert_eq!(waiting(&again), [2]);
            assert_eq!(again.timers.len(), usize::from(times < TIMES_MAX), "{times}");
        }
        let mut bench = group(&[1, 2]);
        urgent(&mut bench);
        bench.run(&who(1, &[]), RecallMessage { seq: 2 }, RoomFacts::default()).unwrap();
        assert_eq!(fire(&mut bench), Decision::nothing());
        assert_eq!(acknowledge(&mut bench, 2), Decision::nothing());
    }

    #[test]
    fn what_is_refused() {
        let mut bench = group(&[1, 2]);
        bench.policy.room_members_max = 1;
        let say = SendMessage { urgent: true, ..say("好") };
        let refused = bench.run(&who(1, &[]), say.clone(), RoomFacts::default()).unwrap_err();
        assert_eq!(refused.code, "room.urgent_too_many");
        let mut bench = group(&[1, 2]);
        for _ in 0..URGENT_MAX {
            bench.run(&who(1, &[]), say.clone(), RoomFacts::default()).unwrap();
        }
        let refused = bench.run(&who(1, &[]), say, RoomFacts::default()).unwrap_err();
        assert_eq!(refused.code, "room.too_many_urgent");
        for (n, seq, code) in [(2, 99, "room.message_not_found"), (9, 2, "room.not_member")] {
            let refused = AcknowledgeMessage { seq };
            let refused = bench.run(&who(n, &[]), refused, RoomFacts::default()).unwrap_err();
            assert_eq!(refused.code, code);
        }
    }
}
