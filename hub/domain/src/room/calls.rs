//! The calls of a room, as far as the room is concerned: it keeps a line of each, and tells them
//! who is no longer a member. Looked at after every decision, whichever verb it came from.

use super::Room;
use crate::{Context, Decision, Order};
use protocol::{
    RoomId, StreamId,
    room::{RoomCallEnded, RoomCallStarted, RoomEvent},
};

/// Nobody may stay in a call of a room that they have left, or that is over.
pub(super) fn put_out(
    room: &Room,
    decision: Decision<RoomEvent>,
    context: &Context<'_>,
) -> Decision<RoomEvent> {
    if !room.group.called {
        return decision;
    }
    let calls = StreamId::of_calls(RoomId(context.stream.id));
    let orders = decision.events.iter().filter_map(|event| match event {
        RoomEvent::MemberRemoved(removed) => Some(Order::ShutOut { account: removed.account }),
        RoomEvent::RoomDissolved(_) => Some(Order::RoomClosed {}),
        _ => None,
    });
    let orders: Vec<Order> = orders.collect();
    orders.into_iter().fold(decision, |decision, order| decision.tell(calls, order))
}

/// `None`: not about a call.
pub(super) fn settle(room: &Room, order: &Order) -> Option<Decision<RoomEvent>> {
    let event: RoomEvent = match *order {
        Order::CallStarted { call, mode, by } => RoomCallStarted { call, mode, by }.into(),
        Order::CallEnded { call, mode, by, why, talked_ms } => {
            RoomCallEnded { call, mode, by, why, talked_ms }.into()
        }
        _ => return None,
    };
    Some(if room.exists() { Decision::event(event) } else { Decision::nothing() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::{RoomFacts, create::tests::group};
    use crate::testing::{account, who};
    use crate::{Effect, Entity};
    use protocol::{
        call::{CallEnd, CallMode},
        room::{DissolveRoom, LeaveRoom},
    };

    #[test]
    fn who_leaves_the_room_leaves_its_calls() {
        let mut bench = group(&[1, 2, 3]);
        let quiet = bench.run(&who(3, &[]), LeaveRoom {}, RoomFacts::default()).unwrap();
        assert_eq!(quiet.effects.len(), 1, "a room without calls tells nobody but the account");
        let (call, mode, by) = (1, CallMode::Video, account(1));
        let begun = bench.settle(Order::CallStarted { call, mode, by }).unwrap();
        assert_eq!(begun.events, [RoomCallStarted { call, mode, by }.into()]);
        let told = |order| Effect { to: StreamId::of_calls(RoomId(bench.stream.id)), order };
        let (left, over) =
            (told(Order::ShutOut { account: account(2) }), told(Order::RoomClosed {}));
        let done = bench.run(&who(2, &[]), LeaveRoom {}, RoomFacts::default()).unwrap();
        assert!(done.effects.contains(&left), "{:?}", done.effects);
        let done = bench.run(&who(1, &[]), DissolveRoom {}, RoomFacts::default()).unwrap();
        assert_eq!(done.effects, [over]);
    }

    #[test]
    fn what_nobody_answered_is_unread() {
        let ended = |why| {
            let (call, mode, by, talked_ms) = (1, CallMode::Voice, account(1), 0);
            Room::counts(&RoomCallEnded { call, mode, by, why, talked_ms }.into())
        };
        for (why, counts) in [
            (CallEnd::Over, false),
            (CallEnd::Ended, false),
            (CallEnd::Declined, false),
            (CallEnd::Cancelled, true),
            (CallEnd::Busy, true),
            (CallEnd::Unanswered, true),
        ] {
            assert_eq!(ended(why), counts, "{why:?}");
        }
    }
}
