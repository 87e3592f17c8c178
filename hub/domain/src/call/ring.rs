//! Beginning a call and ringing people: whom it reaches, who does not come, who does not answer.

use super::{Call, CallFacts, Live, conflict, ending, forbidden, member};
use crate::{Context, Decision, Order, TimerChange, reach::all_open};
use protocol::{
    AccountId, EntityKind, ErrorBody, ErrorKind, Seq, StreamId,
    call::{
        CallDeclined, CallEvent, CallStand, CallStarted, CallUnanswered, DeclineCall, PeopleRung,
        RingPeople, StartCall,
    },
    limits::MEMBERS_PER_COMMAND_MAX,
};

const TIMER: &str = "ring:";

pub(super) fn start(
    call: &Call,
    command: &StartCall,
    facts: &CallFacts,
    context: &Context<'_>,
) -> Result<Decision<CallEvent>, ErrorBody> {
    let me = member(facts, context)?;
    if facts.closed {
        return Err(conflict("room.dissolved", "the room is over"));
    }
    if call.is_live() {
        return Err(conflict("call.is_live", "there is a call already: join it"));
    }
    let ring = match facts.peer {
        Some(peer) => vec![peer],
        None => checked(&command.ring, facts)?,
    };
    all_open(&facts.reach, |account| ring.contains(&account), "ring", context.now)?;
    let ring: Vec<AccountId> = ring.into_iter().filter(|account| *account != me).collect();
    if facts.peer.is_some() && ring.is_empty() {
        return Err(ErrorBody::invalid("ring", "nobody calls themself"));
    }
    let seq = context.head + 1;
    let timers = if ring.is_empty() { Vec::new() } else { vec![set(seq, context)] };
    let started =
        CallStarted { mode: command.mode, direct: facts.peer.is_some(), ring, leg: command.leg };
    let told = Order::CallStarted { call: seq, mode: command.mode, by: me };
    let mut decision = Decision::event(started).tell(in_room(context), told);
    decision.timers = timers;
    Ok(decision)
}

pub(super) fn in_room(context: &Context<'_>) -> StreamId {
    StreamId::new(EntityKind::Room, context.stream.room_of_calls().0)
}

/// Rings for so long, under a timer of its own: whoever is rung later rings as long.
fn set(seq: Seq, context: &Context<'_>) -> TimerChange {
    TimerChange::Set {
        name: format!("{TIMER}{seq}"),
        at: context.now + context.policy.call_ring_ms,
    }
}

fn checked(named: &[AccountId], facts: &CallFacts) -> Result<Vec<AccountId>, ErrorBody> {
    if named.len() > MEMBERS_PER_COMMAND_MAX {
        let message = format!("at most {MEMBERS_PER_COMMAND_MAX} at once");
        return Err(ErrorBody::invalid("ring", message));
    }
    if named.iter().any(|account| !facts.members.contains(account)) {
        let message = "not a member of this room";
        return Err(
            ErrorBody::new(ErrorKind::NotFound, "room.member_not_found", message).field("ring")
        );
    }
    let mut ring = named.to_vec();
    ring.sort_unstable();
    ring.dedup();
    Ok(ring)
}

pub(super) fn more(
    call: &Call,
    command: &RingPeople,
    facts: &CallFacts,
    context: &Context<'_>,
) -> Result<Decision<CallEvent>, ErrorBody> {
    let (live, me) = call.caller(context)?;
    let named = checked(&command.accounts, facts)?;
    all_open(&facts.reach, |account| named.contains(&account), "accounts", context.now)?;
    let lets_in = live.is_host(me);
    if live.locked && !lets_in {
        return Err(forbidden("call.locked", "nobody is let in any more"));
    }
    let mut accounts = Vec::new();
    for account in named {
        match live.stand(account) {
            Some(CallStand::Inside | CallStand::Waiting | CallStand::Ringing) => {}
            Some(CallStand::Removed) if !lets_in => {
                return Err(forbidden("call.removed", "a host has sent them out"));
            }
            _ => accounts.push(account),
        }
    }
    if accounts.is_empty() {
        return Ok(Decision::nothing());
    }
    let mut decision = Decision::event(PeopleRung { accounts });
    decision.timers.push(set(context.head + 1, context));
    Ok(decision)
}

pub(super) fn decline(
    call: &Call,
    command: &DeclineCall,
    context: &Context<'_>,
) -> Result<Decision<CallEvent>, ErrorBody> {
    let live = call.live()?;
    let me = context.who.account.filter(|me| live.stand(*me) == Some(CallStand::Ringing));
    if me.is_none() {
        // Answered or declined on another device already.
        return Ok(Decision::nothing());
    }
    Ok(ending::after(call, context, [CallDeclined { busy: command.busy }.into()]))
}

/// Whoever the event of this timer has rung and who still rings, has not answered.
pub(super) fn fired(call: &Call, name: &str, context: &Context<'_>) -> Decision<CallEvent> {
    let seq = name.strip_prefix(TIMER).and_then(|seq| seq.parse::<Seq>().ok());
    let (Some(live), Some(seq)) = (&call.live, seq) else { return Decision::nothing() };
    let accounts = unanswered(live, seq);
    if accounts.is_empty() {
        return Decision::nothing();
    }
    ending::after(call, context, [CallUnanswered { accounts }.into()])
}

fn unanswered(live: &Live, rung: Seq) -> Vec<AccountId> {
    let still = live.people.iter();
    let still = still.filter(|(_, one)| one.stand == CallStand::Ringing && one.rung == rung);
    still.map(|(account, _)| *account).collect()
}
