//! Coming in and going out: the device inside, the door, and whom the hub puts out.

use super::{Call, CallFacts, conflict, ending, forbidden, member};
use crate::{Context, Decision};
use protocol::{
    AccountId, ErrorBody, ErrorKind, LegId,
    call::{
        AdmitCaller, CallEnd, CallEvent, CallJoined, CallLeave, CallLeft, CallLocked, CallStand,
        CallerAdmitted, CallerWaits, JoinCall, LeaveCall, LockCall, SetWaitingRoom, WaitingRoomSet,
    },
};

pub(super) fn join(
    call: &Call,
    command: &JoinCall,
    facts: &CallFacts,
    context: &Context<'_>,
) -> Result<Decision<CallEvent>, ErrorBody> {
    let (live, leg) = (call.live()?, command.leg);
    let me = member(facts, context)?;
    let person = live.people.get(&me);
    let joined = || Ok(Decision::event(CallJoined { leg }));
    match person.map(|one| one.stand) {
        Some(CallStand::Inside) if person.and_then(|one| one.leg) == Some(leg) => {
            return Ok(Decision::nothing());
        }
        // The same person on another device.
        Some(CallStand::Inside) => return joined(),
        Some(CallStand::Removed) => {
            return Err(forbidden("call.removed", "a host has sent the sender out"));
        }
        // Rung by somebody inside: that opens the door, a lock included.
        Some(CallStand::Ringing) => {}
        _ if live.locked => return Err(forbidden("call.locked", "nobody is let in any more")),
        _ if live.waiting_room => return Ok(Decision::event(CallerWaits { leg })),
        _ => {}
    }
    if live.inside() >= context.policy.call_people_max {
        return Err(conflict("call.full", "as many as the hub has places for are inside"));
    }
    joined()
}

pub(super) fn admit(
    call: &Call,
    command: &AdmitCaller,
    context: &Context<'_>,
) -> Result<Decision<CallEvent>, ErrorBody> {
    let (live, _) = call.led(context)?;
    let AdmitCaller { account, yes } = *command;
    if live.stand(account) != Some(CallStand::Waiting) {
        // Gone again, or another host was faster.
        return Ok(Decision::nothing());
    }
    if yes && live.inside() >= context.policy.call_people_max {
        return Err(conflict("call.full", "as many as the hub has places for are inside"));
    }
    let leg = live.people.get(&account).and_then(|one| one.leg).filter(|_| yes);
    Ok(Decision::event(CallerAdmitted { account, yes, leg }))
}

pub(super) fn leave(
    call: &Call,
    command: &LeaveCall,
    context: &Context<'_>,
) -> Result<Decision<CallEvent>, ErrorBody> {
    let (Some(live), Some(me)) = (&call.live, context.who.account) else {
        // It is over: they have their wish.
        return Ok(Decision::nothing());
    };
    match live.people.get(&me) {
        Some(person) if person.leg == Some(command.leg) => {
            Ok(ending::out(call, context, me, CallLeave::Left))
        }
        _ => Ok(Decision::nothing()),
    }
}

pub(super) fn lock(
    call: &Call,
    command: &LockCall,
    context: &Context<'_>,
) -> Result<Decision<CallEvent>, ErrorBody> {
    let (live, _) = call.led(context)?;
    if live.locked == command.on {
        return Ok(Decision::nothing());
    }
    Ok(Decision::event(CallLocked { on: command.on }))
}

pub(super) fn waiting_room(
    call: &Call,
    command: &SetWaitingRoom,
    context: &Context<'_>,
) -> Result<Decision<CallEvent>, ErrorBody> {
    let (live, _) = call.led(context)?;
    if live.direct {
        return Err(ErrorBody::new(
            ErrorKind::Conflict,
            "call.direct",
            "a call of two has no door",
        ));
    }
    if live.waiting_room == command.on {
        return Ok(Decision::nothing());
    }
    Ok(Decision::event(WaitingRoomSet { on: command.on }))
}

/// A device has not come back. Another one may have taken its place.
pub(super) fn lost(
    call: &Call,
    account: AccountId,
    leg: LegId,
    context: &Context<'_>,
) -> Decision<CallEvent> {
    let person = call.live.as_ref().and_then(|live| live.people.get(&account));
    match person {
        Some(person) if person.leg == Some(leg) => {
            ending::out(call, context, account, CallLeave::Lost)
        }
        _ => Decision::nothing(),
    }
}

/// No longer of the room: neither inside nor watching.
pub(super) fn shut_out(
    call: &Call,
    account: AccountId,
    context: &Context<'_>,
) -> Decision<CallEvent> {
    if call.live.as_ref().is_some_and(|live| live.people.contains_key(&account)) {
        return ending::out(call, context, account, CallLeave::ShutOut);
    }
    Decision::event(CallLeft { account, why: CallLeave::ShutOut })
}

/// The room is over, and what goes on in it.
pub(super) fn closed(call: &Call, context: &Context<'_>) -> Decision<CallEvent> {
    match &call.live {
        Some(_) => ending::end(call, context, CallEnd::Ended),
        None => Decision::nothing(),
    }
}
