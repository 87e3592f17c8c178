//! When a call is over, and who leads it when its host has gone. Looked at after every event by
//! which somebody goes.

use super::{Call, Live, ring::in_room};
use crate::{Context, Decision, Entity, Order};
use protocol::{
    AccountId,
    call::{CallEnd, CallEnded, CallEvent, CallLeave, CallLeft, CallStand, HostSet},
};

/// Somebody goes, and what follows from it.
pub(super) fn out(
    call: &Call,
    context: &Context<'_>,
    account: AccountId,
    why: CallLeave,
) -> Decision<CallEvent> {
    after(call, context, [CallLeft { account, why }.into()])
}

/// What these events come to.
pub(super) fn after(
    call: &Call,
    context: &Context<'_>,
    events: impl IntoIterator<Item = CallEvent>,
) -> Decision<CallEvent> {
    let mut left = call.clone();
    let mut decision = Decision::nothing();
    for (seq, event) in (context.head + 1..).zip(events) {
        left.apply(seq, context.now, context.who.account, &event);
        decision.events.push(event);
    }
    let Some(live) = &left.live else { return decision };
    if let Some(why) = over(live) {
        return close(live, context, why, decision);
    }
    if !live.with(CallStand::Inside).any(|one| live.is_host(one))
        && let Some(heir) = heir(live)
    {
        decision = decision.and(HostSet { account: heir, on: true });
    }
    decision
}

/// Over for everybody, whoever is inside.
pub(super) fn end(call: &Call, context: &Context<'_>, why: CallEnd) -> Decision<CallEvent> {
    match &call.live {
        Some(live) => close(live, context, why, Decision::nothing()),
        None => Decision::nothing(),
    }
}

fn close(
    live: &Live,
    context: &Context<'_>,
    why: CallEnd,
    decision: Decision<CallEvent>,
) -> Decision<CallEvent> {
    let talked_ms = live.talk_began.map_or(0, |began| (context.now - began).max(0));
    let came = live.people.iter().filter(|(_, one)| one.came);
    let people: Vec<AccountId> = came.map(|(account, _)| *account).collect();
    let (call, mode, by) = (live.call, live.mode, live.by);
    decision
        .and(CallEnded { call, why, talked_ms, people })
        .tell(in_room(context), Order::CallEnded { call, mode, by, why, talked_ms })
}

/// The longest there.
fn heir(live: &Live) -> Option<AccountId> {
    let inside = live.people.iter().filter(|(_, one)| one.stand == CallStand::Inside);
    inside.min_by_key(|(_, one)| one.order).map(|(account, _)| *account)
}

fn over(live: &Live) -> Option<CallEnd> {
    let inside = live.inside();
    let ringing = live.with(CallStand::Ringing).next().is_some();
    let talked = live.talk_began.is_some();
    if inside == 0 {
        return Some(if talked { CallEnd::Over } else { unheard(live, CallEnd::Cancelled) });
    }
    if live.direct && talked && inside < 2 {
        return Some(CallEnd::Over);
    }
    // Somebody waits alone for people who will not come.
    let awaited = live.people.values().any(|one| one.rung > 0);
    let nobody_came = !talked && inside == 1 && awaited;
    let waiting = live.with(CallStand::Waiting).next().is_some();
    (nobody_came && !ringing && !waiting).then(|| unheard(live, CallEnd::Unanswered))
}

/// Why nobody came. Who said no has said more than who said nothing.
fn unheard(live: &Live, otherwise: CallEnd) -> CallEnd {
    let any = |stand| live.with(stand).next().is_some();
    if any(CallStand::Ringing) {
        otherwise
    } else if any(CallStand::Declined) {
        CallEnd::Declined
    } else if any(CallStand::Busy) {
        CallEnd::Busy
    } else if any(CallStand::Unanswered) {
        CallEnd::Unanswered
    } else {
        otherwise
    }
}
