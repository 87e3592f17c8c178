//! Burning after reading: the reader opens the message, from then on its time runs, and at its
//! end the hub itself removes the text. Invariant: the end is a durable timer, so a hub that
//! was down then burns when it is back, before anybody can ask again.

use super::{Room, conflict, forbidden};
use crate::{Context, Decision, TimerChange};
use protocol::{
    ErrorBody, ErrorKind, Millis, Seq,
    limits::BURN_MS_MAX,
    room::{MessageBurnt, MessageOpened, OpenMessage, RoomEvent, RoomKind, SendMessage},
};

const TIMER: &str = "burn:";
/// A second: less cannot be read.
const BURN_MS_MIN: u64 = 1_000;
/// Messages of one room that wait to burn. Unopened ones wait for ever, and each is remembered.
const BURNING_MAX: usize = 1_000;

/// Whether such a message may be sent here.
pub(super) fn check(room: &Room, command: &SendMessage) -> Result<(), ErrorBody> {
    let Some(ms) = command.burn_ms else { return Ok(()) };
    if room.kind != Some(RoomKind::Direct) {
        return Err(conflict("room.not_direct", "burning is for rooms of two people"));
    }
    if command.urgent {
        let message = "what is urgent is repeated, and may go on to mail";
        return Err(ErrorBody::invalid("burn_ms", message));
    }
    if !(BURN_MS_MIN..=BURN_MS_MAX).contains(&ms) {
        let message = format!("{BURN_MS_MIN} to {BURN_MS_MAX} milliseconds");
        return Err(ErrorBody::invalid("burn_ms", message));
    }
    if room.messages.burning_count() >= BURNING_MAX {
        let message = "too many messages wait to be opened here";
        return Err(conflict("room.burning_full", message));
    }
    Ok(())
}

pub(super) fn open(
    room: &Room,
    command: &OpenMessage,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    let (me, _) = room.sender(context.who)?;
    let seq = command.seq;
    let Some(burning) = room.messages.burning(seq) else {
        let message = "no such message waits to be opened";
        return Err(ErrorBody::new(ErrorKind::NotFound, "room.not_burning", message).field("seq"));
    };
    if burning.by == Some(me) {
        return Err(forbidden("room.open_own", "it is for the other one to open"));
    }
    if burning.burns_at.is_some() {
        return Ok(Decision::nothing());
    }
    let burns_at = context.now.saturating_add(Millis::try_from(burning.ms).unwrap_or(Millis::MAX));
    let mut decision = Decision::event(MessageOpened { seq, burns_at });
    decision.timers.push(TimerChange::Set { name: timer(seq), at: burns_at });
    Ok(decision)
}

/// The message whose time a timer of this name ends.
pub(super) fn of_timer(name: &str) -> Option<Seq> {
    name.strip_prefix(TIMER)?.parse().ok()
}

pub(super) fn timer(seq: Seq) -> String {
    format!("{TIMER}{seq}")
}

/// The time is over. One that was recalled meanwhile is gone already.
pub(super) fn burn(room: &Room, seq: Seq) -> Decision<RoomEvent> {
    if room.messages.burning(seq).is_none() {
        return Decision::nothing();
    }
    let mut decision = Decision::event(MessageBurnt { seq });
    decision.redactions.push(seq);
    decision
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Order;
    use crate::room::{RoomFacts, create::tests::direct_room, send_message::tests::say};
    use crate::testing::{Bench, who};
    use protocol::room::{EditMessage, RecallMessage};

    /// Message 2 by the person 1, for a minute.
    fn burning() -> Bench<Room> {
        let mut bench = direct_room();
        let send = SendMessage { burn_ms: Some(60_000), ..say("只给你看") };
        bench.run(&who(1, &[]), send, RoomFacts::default()).unwrap();
        bench
    }

    fn open(bench: &mut Bench<Room>, n: u128, seq: Seq) -> Result<Decision<RoomEvent>, String> {
        let opened = bench.run(&who(n, &[]), OpenMessage { seq }, RoomFacts::default());
        opened.map_err(|error| error.code.into_owned())
    }

    #[test]
    fn the_time_runs_from_the_first_opening_by_the_other_one() {
        let mut bench = burning();
        assert_eq!(open(&mut bench, 1, 2), Err("room.open_own".into()));
        assert_eq!(open(&mut bench, 3, 2), Err("room.not_member".into()));
        assert_eq!(open(&mut bench, 2, 1), Err("room.not_burning".into()));
        let opened = open(&mut bench, 2, 2).unwrap();
        let burns_at = bench.now + 60_000;
        assert_eq!(opened.events, [MessageOpened { seq: 2, burns_at }.into()]);
        let set = TimerChange::Set { name: "burn:2".into(), at: burns_at };
        assert_eq!(opened.timers, [set]);
        bench.now += 30_000;
        assert_eq!(open(&mut bench, 2, 2), Ok(Decision::nothing()), "the end does not move");
    }

    #[test]
    fn the_timer_redacts_once() {
        let mut bench = burning();
        open(&mut bench, 2, 2).unwrap();
        let fired = || Order::TimerFired { name: "burn:2".into() };
        let burnt = bench.settle(fired()).unwrap();
        assert_eq!((burnt.redactions, burnt.events.len()), (vec![2], 1));
        assert_eq!(bench.settle(fired()).unwrap(), Decision::nothing(), "delivered twice");
        assert_eq!(open(&mut bench, 2, 2), Err("room.not_burning".into()));
    }

    #[test]
    fn recalled_before_its_time_it_does_not_burn() {
        let mut bench = burning();
        open(&mut bench, 2, 2).unwrap();
        let recall = RecallMessage { seq: 2 };
        let recalled = bench.run(&who(1, &[]), recall, RoomFacts::default()).unwrap();
        assert_eq!(recalled.timers, [TimerChange::Cancel { name: "burn:2".into() }]);
        let fired = Order::TimerFired { name: "burn:2".into() };
        assert_eq!(bench.settle(fired).unwrap(), Decision::nothing());
    }

    #[test]
    fn what_is_refused() {
        let mut bench = direct_room();
        for ms in [0, 999, BURN_MS_MAX + 1] {
            let send = SendMessage { burn_ms: Some(ms), ..say("好") };
            let refused = bench.run(&who(1, &[]), send, RoomFacts::default()).unwrap_err();
            assert_eq!(refused.field.as_deref(), Some("burn_ms"));
        }
        let send = SendMessage { burn_ms: Some(5_000), ..say("好") };
        let urgent = SendMessage { urgent: true, ..send.clone() };
        assert!(bench.run(&who(1, &[]), urgent, RoomFacts::default()).is_err());
        let mut group = crate::room::create::tests::group(&[1, 2]);
        let refused = group.run(&who(1, &[]), send.clone(), RoomFacts::default()).unwrap_err();
        assert_eq!(refused.code, "room.not_direct");
        for _ in 0..BURNING_MAX {
            bench.run(&who(1, &[]), send.clone(), RoomFacts::default()).unwrap();
        }
        let refused = bench.run(&who(1, &[]), send, RoomFacts::default()).unwrap_err();
        assert_eq!(refused.code, "room.burning_full");
        let edit = EditMessage { seq: 2, text: "别的".into() };
        let refused = bench.run(&who(1, &[]), edit, RoomFacts::default()).unwrap_err();
        assert_eq!(refused.code, "room.edit_burning");
    }
}
