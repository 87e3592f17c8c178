//! Pinning a message where everybody in the room finds it. Invariants: what is pinned is for
//! everybody (no whisper) and stays (nothing that burns); a message that is recalled is taken
//! down with it. In a group it is for owner and admins, as the notice is; of two sides either may.

use super::{Room, RoomFacts, conflict, facts};
use crate::{Context, Decision};
use protocol::{
    ErrorBody, RoomId,
    limits::PINS_MAX,
    room::{MemberRole, MessagePinned, PinMessage, RoomEvent, RoomKind},
};

pub(super) fn decide(
    room: &Room,
    command: &PinMessage,
    facts: &RoomFacts,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    if matches!(room.kind, Some(RoomKind::Direct | RoomKind::Service)) {
        room.sender(context.who)?;
    } else {
        room.group_sender(context.who, MemberRole::Admin)?;
    }
    let PinMessage { seq, on } = *command;
    if room.messages.is_pinned(seq) == on {
        return Ok(Decision::nothing());
    }
    if on {
        let here = RoomId(context.stream.id);
        let readable = facts::readable(room, here, seq, facts, "seq")?;
        if readable.known.audience.is_some() || readable.message.burn_ms.is_some() {
            return Err(conflict(
                "room.pin_hidden",
                "a pinned message is for everybody, and stays",
            ));
        }
        if room.messages.pinned_count() >= PINS_MAX {
            return Err(conflict("room.too_many_pins", "take one down first"));
        }
    }
    Ok(Decision::event(MessagePinned { seq, on }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::create::tests::{ROOM, direct_room, group};
    use crate::room::facts::tests::known;
    use crate::room::send_message::tests::say;
    use crate::testing::{Bench, who};
    use protocol::room::RecallMessage;

    fn pin(bench: &mut Bench<Room>, n: u128, on: bool, facts: RoomFacts) -> Result<usize, String> {
        let outcome = bench.run(&who(n, &[]), PinMessage { seq: 2, on }, facts);
        outcome.map(|decision| decision.events.len()).map_err(|error| error.code.into_owned())
    }

    fn facts(known: facts::Known) -> RoomFacts {
        RoomFacts { known: vec![known], ..RoomFacts::default() }
    }

    #[test]
    fn admins_pin_what_everybody_may_see() {
        let mut bench = group(&[1, 2]);
        bench.run(&who(2, &[]), say("好"), RoomFacts::default()).unwrap();
        let open = || facts(known(ROOM, 2, None));
        assert_eq!(pin(&mut bench, 2, true, open()), Err("room.not_admin".into()));
        assert_eq!(
            pin(&mut bench, 1, true, RoomFacts::default()),
            Err("room.message_not_found".into())
        );
        let whisper = facts(known(ROOM, 2, Some(&[1, 2])));
        assert_eq!(pin(&mut bench, 1, true, whisper), Err("room.pin_hidden".into()));
        assert_eq!(pin(&mut bench, 1, true, open()), Ok(1));
        assert_eq!(pin(&mut bench, 1, true, open()), Ok(0));
        assert_eq!(pin(&mut bench, 1, false, RoomFacts::default()), Ok(1));
    }

    #[test]
    fn both_pin_in_a_direct_room_and_a_recall_takes_it_down() {
        let mut bench = direct_room();
        bench.run(&who(2, &[]), say("好"), RoomFacts::default()).unwrap();
        let here = bench.stream.id;
        assert_eq!(pin(&mut bench, 1, true, facts(known(here, 2, None))), Ok(1));
        bench.run(&who(2, &[]), RecallMessage { seq: 2 }, RoomFacts::default()).unwrap();
        assert!(!bench.state.messages.is_pinned(2));
        assert_eq!(
            pin(&mut bench, 1, true, facts(known(here, 2, None))),
            Err("room.message_not_found".into()),
            "what the store knew a moment ago is no longer true"
        );
    }
}
