//! What the rules' own tests share: people by number, and a bench that keeps one entity
//! alive the way its actor does (decide, then apply). Nothing here decides anything.

use crate::{Context, Decision, Entity, Order, Policy, Who};
use protocol::{
    AccountId, ErrorBody, Grant, Millis, Role, Seq, SessionId, StreamId, UnitId, UnitPath,
};
use uuid::Uuid;

pub(crate) fn account(n: u128) -> AccountId {
    AccountId(Uuid::from_u128(n))
}

pub(crate) fn session(n: u128) -> SessionId {
    SessionId(Uuid::from_u128(n))
}

pub(crate) fn unit(n: u128) -> UnitId {
    UnitId(Uuid::from_u128(n))
}

pub(crate) fn path(units: &[u128]) -> UnitPath {
    UnitPath(units.iter().map(|n| unit(*n)).collect())
}

/// Somebody with roles, each for a unit.
pub(crate) fn who(n: u128, roles: &[(Role, u128)]) -> Who {
    Who {
        account: Some(account(n)),
        session: Some(session(n)),
        grants: roles.iter().map(|(role, at)| Grant { role: *role, unit: unit(*at) }).collect(),
        home: UnitPath::default(),
    }
}

pub(crate) struct Bench<E: Entity> {
    pub state: E,
    pub stream: StreamId,
    pub policy: Policy,
    pub now: Millis,
    pub head: Seq,
}

impl<E: Entity> Bench<E> {
    pub(crate) fn new(id: Uuid) -> Self {
        Self {
            state: E::default(),
            stream: StreamId::new(E::KIND, id),
            policy: Policy::default(),
            now: 1_000_000,
            head: 0,
        }
    }

    pub(crate) fn run(
        &mut self,
        who: &Who,
        command: impl Into<E::Command>,
        facts: E::Facts,
    ) -> Result<Decision<E::Event>, ErrorBody> {
        let context = self.context(who);
        let decision = self.state.decide(&command.into(), &facts, &context)?;
        Ok(self.apply(who, decision))
    }

    pub(crate) fn settle(&mut self, order: Order) -> Result<Decision<E::Event>, ErrorBody> {
        let who = Who::hub();
        let decision = self.state.settle(&order, &self.context(&who))?;
        Ok(self.apply(&who, decision))
    }

    fn context<'a>(&'a self, who: &'a Who) -> Context<'a> {
        let (policy, head) = (&self.policy, self.head);
        Context { stream: self.stream, who, now: self.now, policy, head }
    }

    fn apply(&mut self, who: &Who, decision: Decision<E::Event>) -> Decision<E::Event> {
        for event in &decision.events {
            self.head += 1;
            self.state.apply(self.head, self.now, who.account, event);
        }
        decision
    }
}
