//! What those who lead a call do. A microphone is turned off by asking its owner's device: what
//! somebody says is theirs to begin again.

use super::{Call, conflict, ending, forbidden};
use crate::{Context, Decision};
use protocol::{
    ErrorBody,
    call::{
        CallEnd, CallEvent, CallLeave, CallStand, CallerAdmitted, CallerMuted, HandRaised, HostSet,
        MuteCaller, RaiseHand, RemoveCaller, SetHost,
    },
};

pub(super) fn raise_hand(
    call: &Call,
    command: &RaiseHand,
    context: &Context<'_>,
) -> Result<Decision<CallEvent>, ErrorBody> {
    let (live, me) = call.caller(context)?;
    let (account, on) = (command.account.unwrap_or(me), command.on);
    if account != me && (on || !live.is_host(me)) {
        return Err(forbidden("call.not_host", "a host may lower a hand, nobody raises another's"));
    }
    let raised = live.people.get(&account).is_some_and(|one| one.hand);
    if raised == on || !live.is_inside(account) {
        return Ok(Decision::nothing());
    }
    Ok(Decision::event(HandRaised { account, on }))
}

pub(super) fn mute(
    call: &Call,
    command: &MuteCaller,
    context: &Context<'_>,
) -> Result<Decision<CallEvent>, ErrorBody> {
    let (live, _) = call.led(context)?;
    if !live.is_inside(command.account) {
        return Ok(Decision::nothing());
    }
    Ok(Decision::event(CallerMuted { account: command.account }))
}

pub(super) fn remove(
    call: &Call,
    command: &RemoveCaller,
    context: &Context<'_>,
) -> Result<Decision<CallEvent>, ErrorBody> {
    let (live, me) = call.led(context)?;
    let account = command.account;
    if account == me {
        return Err(ErrorBody::invalid("account", "oneself leaves"));
    }
    match live.stand(account) {
        Some(CallStand::Inside | CallStand::Ringing) => {
            Ok(ending::out(call, context, account, CallLeave::Removed))
        }
        Some(CallStand::Waiting) => {
            Ok(Decision::event(CallerAdmitted { account, yes: false, leg: None }))
        }
        _ => Ok(Decision::nothing()),
    }
}

pub(super) fn set_host(
    call: &Call,
    command: &SetHost,
    context: &Context<'_>,
) -> Result<Decision<CallEvent>, ErrorBody> {
    let (live, _) = call.led(context)?;
    let SetHost { account, on } = *command;
    if !live.is_inside(account) {
        return Err(conflict("call.not_inside", "not inside"));
    }
    if live.is_host(account) == on {
        return Ok(Decision::nothing());
    }
    let hosts = live.with(CallStand::Inside).filter(|one| live.is_host(*one)).count();
    if !on && hosts == 1 {
        return Err(conflict("call.host_needed", "make somebody else a host first"));
    }
    Ok(Decision::event(HostSet { account, on }))
}

pub(super) fn end(call: &Call, context: &Context<'_>) -> Result<Decision<CallEvent>, ErrorBody> {
    let Some(live) = &call.live else { return Ok(Decision::nothing()) };
    if live.direct {
        call.caller(context)?;
        let why = if live.talk_began.is_some() { CallEnd::Over } else { CallEnd::Cancelled };
        return Ok(ending::end(call, context, why));
    }
    call.led(context)?;
    Ok(ending::end(call, context, CallEnd::Ended))
}
