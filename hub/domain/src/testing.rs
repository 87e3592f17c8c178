//! What the rules' own tests share: people by number, and a bench that keeps one entity
//! alive the way its actor does (decide, then apply). Nothing here decides anything.

use crate::{Context, Decision, Entity, Order, Policy, UnitPlace, UnitTree, Who};
use protocol::{
    AccountId, ErrorBody, Grant, Millis, Role, Seq, SessionId, StreamId, UnitId, UnitPath,
    unit::UnitKind,
};
use std::sync::Arc;
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

/// The unit at the end of a path, open.
pub(crate) fn place(kind: UnitKind, units: &[u128]) -> UnitPlace {
    UnitPlace { path: path(units), kind, closed: false }
}

/// The organisation of these tests: two regions; the halls 2 and 5 in the first, the
/// department 3 in the hall 2; the hall 7 in the second, 6.
pub(crate) fn tree() -> Arc<UnitTree> {
    let edges = [(1, None), (2, Some(1)), (3, Some(2)), (5, Some(1)), (6, None), (7, Some(6))];
    Arc::new(edges.into_iter().map(|(one, above)| (unit(one), above.map(unit))).collect())
}

/// Somebody with roles, each for a unit of [`tree`].
pub(crate) fn who(n: u128, roles: &[(Role, u128)]) -> Who {
    Who {
        account: Some(account(n)),
        session: Some(session(n)),
        grants: roles.iter().map(|(role, at)| Grant { role: *role, unit: unit(*at) }).collect(),
        must_change_password: false,
        tree: tree(),
        app: None,
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
