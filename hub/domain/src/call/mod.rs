//! The calls of one room, one after the other. Invariants: at most one is live; who is inside is
//! inside with one device; a live call has somebody inside, and one of those inside leads it; a
//! call that is over is told to its room, with who was there. Absent on purpose: sound and
//! pictures (crate `media`), and who belongs to the room (area `room` knows, and is asked).

mod door;
mod ending;
mod host;
mod ring;

use crate::{Context, Decision, Entity, Order, Reach, Who};
use protocol::{
    AccountId, EntityKind, ErrorBody, ErrorKind, LegId, Millis, Seq,
    call::{CallCommand, CallEvent, CallLeave, CallMode, CallStand, CallStarted},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is looked up before a command is decided.
#[derive(Clone, Debug, Default)]
pub struct CallFacts {
    /// Whether the sender is a member of the room.
    pub member: bool,
    /// The room is of two people, and this is the other one.
    pub peer: Option<AccountId>,
    /// The room is over.
    pub closed: bool,
    /// Of those that the command names: members of the room.
    pub members: Vec<AccountId>,
    /// How the sender may reach those who would be rung.
    pub reach: Vec<Reach>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Person {
    stand: CallStand,
    /// The device inside or at the door.
    leg: Option<LegId>,
    host: bool,
    hand: bool,
    /// The event that rang last; 0: none.
    rung: Seq,
    /// Was inside at some time.
    came: bool,
    /// Counts up with every coming inside: the smaller, the longer there.
    order: u64,
}

impl Person {
    fn new(stand: CallStand, rung: Seq) -> Self {
        Self { stand, leg: None, host: false, hand: false, rung, came: false, order: 0 }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Live {
    /// The event that began it.
    call: Seq,
    mode: CallMode,
    by: AccountId,
    direct: bool,
    locked: bool,
    waiting_room: bool,
    people: BTreeMap<AccountId, Person>,
    came: u64,
    /// Since when two have been inside at once for the first time.
    talk_began: Option<Millis>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Call {
    live: Option<Live>,
}

impl Live {
    fn with(&self, stand: CallStand) -> impl Iterator<Item = AccountId> + '_ {
        self.people.iter().filter(move |(_, one)| one.stand == stand).map(|(account, _)| *account)
    }

    fn inside(&self) -> usize {
        self.with(CallStand::Inside).count()
    }

    fn is_inside(&self, account: AccountId) -> bool {
        self.stand(account) == Some(CallStand::Inside)
    }

    fn stand(&self, account: AccountId) -> Option<CallStand> {
        self.people.get(&account).map(|one| one.stand)
    }

    fn is_host(&self, account: AccountId) -> bool {
        self.people.get(&account).is_some_and(|one| one.host && one.stand == CallStand::Inside)
    }

    fn person(&mut self, account: AccountId) -> &mut Person {
        self.people.entry(account).or_insert_with(|| Person::new(CallStand::Left, 0))
    }

    fn comes(&mut self, account: AccountId, leg: Option<LegId>, at: Millis) {
        self.came += 1;
        let order = self.came;
        let person = self.person(account);
        // Another device that takes the place over is no later guest.
        if person.stand != CallStand::Inside {
            person.order = order;
        }
        person.stand = CallStand::Inside;
        person.came = true;
        if leg.is_some() {
            person.leg = leg;
        }
        if self.inside() > 1 && self.talk_began.is_none() {
            self.talk_began = Some(at);
        }
    }

    fn goes(&mut self, account: AccountId, stand: CallStand) {
        let person = self.person(account);
        *person = Person { stand, leg: None, host: false, hand: false, ..person.clone() };
    }
}

impl Call {
    pub fn is_live(&self) -> bool {
        self.live.is_some()
    }

    fn live(&self) -> Result<&Live, ErrorBody> {
        self.live.as_ref().ok_or_else(|| {
            ErrorBody::new(ErrorKind::NotFound, "call.not_live", "there is no call, or it is over")
        })
    }

    /// The call and its sender, who must be inside.
    fn caller(&self, context: &Context<'_>) -> Result<(&Live, AccountId), ErrorBody> {
        let live = self.live()?;
        let me = context.who.account.filter(|account| live.is_inside(*account));
        let me = me.ok_or_else(|| forbidden("call.not_inside", "those who are inside may"))?;
        Ok((live, me))
    }

    fn led(&self, context: &Context<'_>) -> Result<(&Live, AccountId), ErrorBody> {
        let (live, me) = self.caller(context)?;
        if live.is_host(me) {
            return Ok((live, me));
        }
        Err(forbidden("call.not_host", "a host of the call may"))
    }
}

fn member(facts: &CallFacts, context: &Context<'_>) -> Result<AccountId, ErrorBody> {
    let me = context.who.account.filter(|_| facts.member);
    me.ok_or_else(|| forbidden("room.not_member", "only members may"))
}

fn forbidden(code: &'static str, message: &'static str) -> ErrorBody {
    ErrorBody::new(ErrorKind::Forbidden, code, message)
}

fn conflict(code: &'static str, message: &'static str) -> ErrorBody {
    ErrorBody::new(ErrorKind::Conflict, code, message)
}

impl Entity for Call {
    const KIND: EntityKind = EntityKind::Call;
    const SNAPSHOT_VERSION: u32 = 1;
    type Command = CallCommand;
    type Event = CallEvent;
    type Facts = CallFacts;

    fn decide(
        &self,
        command: &CallCommand,
        facts: &CallFacts,
        context: &Context<'_>,
    ) -> Result<Decision<CallEvent>, ErrorBody> {
        use CallCommand as C;
        match command {
            C::StartCall(command) => ring::start(self, command, facts, context),
            C::RingPeople(command) => ring::more(self, command, facts, context),
            C::DeclineCall(command) => ring::decline(self, command, context),
            C::JoinCall(command) => door::join(self, command, facts, context),
            C::AdmitCaller(command) => door::admit(self, command, context),
            C::LeaveCall(command) => door::leave(self, command, context),
            C::LockCall(command) => door::lock(self, command, context),
            C::SetWaitingRoom(command) => door::waiting_room(self, command, context),
            C::RaiseHand(command) => host::raise_hand(self, command, context),
            C::MuteCaller(command) => host::mute(self, command, context),
            C::RemoveCaller(command) => host::remove(self, command, context),
            C::SetHost(command) => host::set_host(self, command, context),
            C::EndCall(_) => host::end(self, context),
        }
    }

    /// An order that went astray must not be retried for ever.
    fn settle(
        &self,
        order: &Order,
        context: &Context<'_>,
    ) -> Result<Decision<CallEvent>, ErrorBody> {
        Ok(match order {
            Order::TimerFired { name } => ring::fired(self, name, context),
            Order::LegLost { account, leg } => door::lost(self, *account, *leg, context),
            Order::ShutOut { account } => door::shut_out(self, *account, context),
            Order::RoomClosed {} => door::closed(self, context),
            _ => Decision::nothing(),
        })
    }

    fn apply(&mut self, seq: Seq, at: Millis, by: Option<AccountId>, event: &CallEvent) {
        use CallEvent as E;
        if let (E::CallStarted(started), Some(by)) = (event, by) {
            return self.begins(seq, at, by, started);
        }
        if matches!(event, E::CallEnded(_)) {
            self.live = None;
            return;
        }
        let Some(live) = &mut self.live else { return };
        match event {
            E::PeopleRung(rung) => rung.accounts.iter().for_each(|account| {
                let person = live.person(*account);
                (person.stand, person.rung) = (CallStand::Ringing, seq);
            }),
            E::CallJoined(joined) => {
                if let Some(by) = by {
                    live.comes(by, Some(joined.leg), at);
                }
            }
            E::CallerWaits(waits) => {
                if let Some(by) = by {
                    let person = live.person(by);
                    (person.stand, person.leg) = (CallStand::Waiting, Some(waits.leg));
                }
            }
            E::CallerAdmitted(admitted) if admitted.yes => live.comes(admitted.account, None, at),
            E::CallerAdmitted(sent) => live.goes(sent.account, CallStand::Removed),
            E::CallDeclined(declined) => {
                let stand = if declined.busy { CallStand::Busy } else { CallStand::Declined };
                if let Some(by) = by {
                    live.goes(by, stand);
                }
            }
            E::CallUnanswered(unanswered) => {
                unanswered.accounts.iter().for_each(|one| live.goes(*one, CallStand::Unanswered));
            }
            E::CallLeft(left) => {
                let stand = match left.why {
                    CallLeave::Left | CallLeave::Lost => CallStand::Left,
                    CallLeave::Removed | CallLeave::ShutOut => CallStand::Removed,
                };
                live.goes(left.account, stand);
            }
            E::HandRaised(hand) => live.person(hand.account).hand = hand.on,
            E::CallLocked(locked) => live.locked = locked.on,
            E::WaitingRoomSet(set) => live.waiting_room = set.on,
            E::HostSet(set) => live.person(set.account).host = set.on,
            E::CallerMuted(_) | E::CallStarted(_) | E::CallEnded(_) => {}
        }
    }

    /// Whoever may watch the room may watch its calls: the hub asks the room.
    fn may_watch(&self, who: &Who) -> bool {
        who.account.is_none()
    }

    /// What is missed counts in the room.
    fn counts(_: &CallEvent) -> bool {
        false
    }

    fn revokes(event: &CallEvent) -> Option<AccountId> {
        match event {
            CallEvent::CallLeft(left) if left.why == CallLeave::ShutOut => Some(left.account),
            _ => None,
        }
    }
}

impl Call {
    fn begins(&mut self, seq: Seq, at: Millis, by: AccountId, started: &CallStarted) {
        let ringing = started.ring.iter().map(|one| (*one, Person::new(CallStand::Ringing, seq)));
        let mut live = Live {
            call: seq,
            mode: started.mode,
            by,
            direct: started.direct,
            locked: false,
            waiting_room: false,
            people: ringing.collect(),
            came: 0,
            talk_began: None,
        };
        live.comes(by, Some(started.leg), at);
        live.person(by).host = true;
        self.live = Some(live);
    }
}

#[cfg(test)]
mod tests;
