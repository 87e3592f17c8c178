//! A unit of the organisation tree: region, prefecture, county, hall, department, counter.
//! Invariant: a unit's path ends in itself and never changes. Moving a unit is absent on
//! purpose: accounts and grants carry the path, and would all have to move with it.

use crate::{Context, Decision, Entity, Order, Who, text};
use protocol::{
    AccountId, EntityKind, ErrorBody, ErrorKind, Millis, Permission, Seq, UnitId, UnitPath,
    account::Names,
    unit::{CreateUnit, RenameUnit, UnitCommand, UnitCreated, UnitEvent, UnitKind, UnitRenamed},
};
use serde::{Deserialize, Serialize};

/// Deeper than any organisation; keeps paths, and so every event of an account, short.
const DEPTH_MAX: usize = 12;

#[derive(Default)]
pub struct UnitFacts {
    /// The path of the named parent, if that exists.
    pub parent: Option<UnitPath>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Unit {
    kind: Option<UnitKind>,
    names: Names,
    path: UnitPath,
    rank: u32,
}

impl Unit {
    pub fn exists(&self) -> bool {
        self.kind.is_some()
    }

    /// Itself and its ancestors, root first.
    pub fn path(&self) -> &UnitPath {
        &self.path
    }

    pub fn names(&self) -> &Names {
        &self.names
    }

    fn create(
        &self,
        command: &CreateUnit,
        facts: &UnitFacts,
        context: &Context<'_>,
    ) -> Result<Decision<UnitEvent>, ErrorBody> {
        if self.exists() {
            let message = "a unit with this id exists";
            return Err(ErrorBody::new(ErrorKind::Conflict, "unit.exists", message));
        }
        let id = UnitId(context.stream.id);
        let mut path = match command.parent {
            // The root is made once, when the hub is set up.
            None if context.who.is_hub() => UnitPath::default(),
            None => return Err(not_allowed()),
            Some(_) => facts.parent.clone().ok_or_else(|| {
                let message = "no such parent unit";
                ErrorBody::new(ErrorKind::NotFound, "unit.parent_not_found", message)
                    .field("parent")
            })?,
        };
        if command.parent.is_some() && !context.who.may(Permission::UnitManage, &path) {
            return Err(not_allowed());
        }
        if path.is_within(id) || path.0.len() >= DEPTH_MAX {
            let message = format!("a unit has at most {DEPTH_MAX} levels, itself once");
            return Err(
                ErrorBody::new(ErrorKind::Conflict, "unit.too_deep", message).field("parent")
            );
        }
        path.0.push(id);
        let names = text::names(&command.names)?;
        Ok(Decision::event(UnitCreated { kind: command.kind, names, path, rank: command.rank }))
    }

    fn rename(
        &self,
        command: &RenameUnit,
        context: &Context<'_>,
    ) -> Result<Decision<UnitEvent>, ErrorBody> {
        if !self.exists() {
            return Err(ErrorBody::new(ErrorKind::NotFound, "unit.not_found", "no such unit"));
        }
        if !context.who.may(Permission::UnitManage, &self.path) {
            return Err(not_allowed());
        }
        let names = text::names(&command.names)?;
        if names == self.names {
            return Ok(Decision::nothing());
        }
        Ok(Decision::event(UnitRenamed { names }))
    }
}

fn not_allowed() -> ErrorBody {
    let message = "needs unit.manage for the unit above";
    ErrorBody::new(ErrorKind::Forbidden, "unit.not_allowed", message)
}

impl Entity for Unit {
    const KIND: EntityKind = EntityKind::Unit;
    const SNAPSHOT_VERSION: u32 = 1;
    type Command = UnitCommand;
    type Event = UnitEvent;
    type Facts = UnitFacts;

    fn decide(
        &self,
        command: &UnitCommand,
        facts: &UnitFacts,
        context: &Context<'_>,
    ) -> Result<Decision<UnitEvent>, ErrorBody> {
        match command {
            UnitCommand::CreateUnit(command) => self.create(command, facts, context),
            UnitCommand::RenameUnit(command) => self.rename(command, context),
        }
    }

    /// No order concerns a unit; one that went astray must not be retried for ever.
    fn settle(&self, _: &Order, _: &Context<'_>) -> Result<Decision<UnitEvent>, ErrorBody> {
        Ok(Decision::nothing())
    }

    fn apply(&mut self, _: Seq, _: Millis, _: Option<AccountId>, event: &UnitEvent) {
        match event {
            UnitEvent::UnitCreated(created) => {
                self.kind = Some(created.kind);
                self.names = created.names.clone();
                self.path = created.path.clone();
                self.rank = created.rank;
            }
            UnitEvent::UnitRenamed(renamed) => self.names = renamed.names.clone(),
        }
    }

    /// The tree is known to everyone who may see people.
    fn may_watch(&self, who: &Who) -> bool {
        who.may_somewhere(Permission::AccountRead)
    }

    fn counts(_: &UnitEvent) -> bool {
        false
    }

    fn revokes(_: &UnitEvent) -> Option<AccountId> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Bench, path, unit, who};
    use protocol::Role;

    fn names(zh: &str) -> Names {
        Names { zh: zh.into(), ..Names::default() }
    }

    fn create(parent: Option<u128>) -> CreateUnit {
        CreateUnit {
            kind: UnitKind::Hall, names: names("大厅"), parent: parent.map(unit), rank: 0
        }
    }

    fn under(units: &[u128]) -> UnitFacts {
        UnitFacts { parent: Some(path(units)) }
    }

    #[test]
    fn only_the_hub_makes_a_root() {
        let admin = who(1, &[(Role::RegionAdmin, 9)]);
        let mut bench = Bench::<Unit>::new(unit(9).0);
        let refused = bench.run(&admin, create(None), UnitFacts::default()).unwrap_err();
        assert_eq!(refused.code, "unit.not_allowed");
        bench.run(&Who::hub(), create(None), UnitFacts::default()).unwrap();
        assert_eq!(bench.state.path(), &path(&[9]));
        let again = bench.run(&Who::hub(), create(None), UnitFacts::default()).unwrap_err();
        assert_eq!(again.code, "unit.exists");
    }

    #[test]
    fn children() {
        let admin = who(1, &[(Role::RegionAdmin, 2)]);
        let deep: Vec<u128> = (100..112).chain([2]).collect();
        for (who, facts, expected) in [
            (&admin, under(&[1, 2]), None),
            (&admin, under(&[1, 3]), Some("unit.not_allowed")),
            (&who(1, &[(Role::HallManager, 2)]), under(&[1, 2]), Some("unit.not_allowed")),
            (&admin, UnitFacts::default(), Some("unit.parent_not_found")),
            (&admin, under(&deep), Some("unit.too_deep")),
            (&admin, under(&[2, 9]), Some("unit.too_deep")),
        ] {
            let mut bench = Bench::<Unit>::new(unit(9).0);
            let outcome = bench.run(who, create(Some(2)), facts);
            assert_eq!(outcome.err().map(|e| e.code.into_owned()).as_deref(), expected);
            assert_eq!(bench.state.exists(), expected.is_none());
        }
    }

    #[test]
    fn renaming() {
        let admin = who(1, &[(Role::RegionAdmin, 1)]);
        let mut bench = Bench::<Unit>::new(unit(9).0);
        let rename = |zh: &str| RenameUnit { names: names(zh) };
        let none = bench.run(&admin, rename("甲"), UnitFacts::default()).unwrap_err();
        assert_eq!(none.code, "unit.not_found");
        bench.run(&admin, create(Some(1)), under(&[1])).unwrap();
        let stranger = who(2, &[(Role::RegionAdmin, 5)]);
        assert!(bench.run(&stranger, rename("甲"), UnitFacts::default()).is_err());
        let done = bench.run(&admin, rename(" 甲 "), UnitFacts::default()).unwrap();
        assert_eq!((done.events.len(), bench.state.names().zh.as_str()), (1, "甲"));
        let again = bench.run(&admin, rename("甲"), UnitFacts::default()).unwrap();
        assert!(again.events.is_empty());
    }
}
