//! Creating a unit below one that takes its kind. Roots are made by the hub alone, when it is
//! set up.

use super::{Unit, UnitFacts, admitting, conflict, kinds, not_allowed};
use crate::{Context, Decision, text};
use protocol::{
    ErrorBody, UnitId, UnitPath,
    unit::{CreateUnit, UnitCreated, UnitEvent},
};

pub(super) fn decide(
    unit: &Unit,
    command: &CreateUnit,
    facts: &UnitFacts,
    context: &Context<'_>,
) -> Result<Decision<UnitEvent>, ErrorBody> {
    if unit.exists() {
        return Err(conflict("unit.exists", "a unit with this id exists"));
    }
    let mut path = match command.parent {
        None if !context.who.is_hub() => return Err(not_allowed()),
        None if !kinds::may_be_root(command.kind) => {
            return Err(kinds::refused(command.kind, None));
        }
        None => UnitPath::default(),
        Some(parent) => admitting(facts, parent, command.kind, context.who)?.path.clone(),
    };
    path.0.push(UnitId(context.stream.id));
    let names = text::names(&command.names)?;
    Ok(Decision::event(UnitCreated { kind: command.kind, names, path, rank: command.rank }))
}

pub(super) fn apply(unit: &mut Unit, created: &UnitCreated) {
    unit.kind = Some(created.kind);
    unit.names = created.names.clone();
    unit.parent = created.path.0.iter().rev().nth(1).copied();
    unit.rank = created.rank;
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::{
        UnitPlace, Who,
        testing::{Bench, place, unit, who},
    };
    use protocol::{Role, account::Names, unit::UnitKind};

    pub(crate) fn names(zh: &str) -> Names {
        Names { zh: zh.into(), ..Names::default() }
    }

    pub(crate) fn below(parent: UnitPlace) -> UnitFacts {
        UnitFacts { parent: Some(parent), open_below: false }
    }

    fn create(kind: UnitKind, parent: Option<u128>) -> CreateUnit {
        CreateUnit { kind, names: names("大厅"), parent: parent.map(unit), rank: 3 }
    }

    /// The department 3 of the hall 2 in the region 1, as `testing::tree` has it.
    pub(crate) fn department() -> Bench<Unit> {
        let mut bench = Bench::new(unit(3).0);
        let facts = below(place(UnitKind::Hall, &[1, 2]));
        bench.run(&Who::hub(), create(UnitKind::Department, Some(2)), facts).unwrap();
        bench
    }

    #[test]
    fn only_the_hub_makes_a_root() {
        let admin = who(1, &[(Role::RegionAdmin, 1)]);
        let mut bench = Bench::<Unit>::new(unit(9).0);
        let root = || create(UnitKind::Region, None);
        let refused = bench.run(&admin, root(), UnitFacts::default()).unwrap_err();
        assert_eq!(refused.code, "unit.not_allowed");
        let counter = create(UnitKind::Counter, None);
        let refused = bench.run(&Who::hub(), counter, UnitFacts::default()).unwrap_err();
        assert_eq!(refused.code, "unit.kind_not_allowed");
        bench.run(&Who::hub(), root(), UnitFacts::default()).unwrap();
        assert_eq!((bench.state.parent(), bench.state.kind()), (None, Some(UnitKind::Region)));
        let again = bench.run(&Who::hub(), root(), UnitFacts::default()).unwrap_err();
        assert_eq!(again.code, "unit.exists");
    }

    #[test]
    fn children() {
        let admin = who(1, &[(Role::RegionAdmin, 1)]);
        let hall = || place(UnitKind::Hall, &[1, 2]);
        let closed = UnitPlace { closed: true, ..hall() };
        let other = place(UnitKind::Hall, &[6, 7]);
        let department = UnitKind::Department;
        for (who, kind, facts, expected) in [
            (&admin, department, below(hall()), None),
            (&admin, UnitKind::Hall, below(hall()), Some("unit.kind_not_allowed")),
            (&admin, UnitKind::County, below(hall()), Some("unit.kind_not_allowed")),
            (&admin, department, below(closed), Some("unit.parent_closed")),
            (&admin, department, below(other), Some("unit.parent_not_found")),
            (&admin, department, UnitFacts::default(), Some("unit.parent_not_found")),
            (
                &who(1, &[(Role::HallManager, 2)]),
                department,
                below(hall()),
                Some("unit.not_allowed"),
            ),
            (
                &who(1, &[(Role::RegionAdmin, 6)]),
                department,
                below(hall()),
                Some("unit.not_allowed"),
            ),
        ] {
            let mut bench = Bench::<Unit>::new(unit(9).0);
            let outcome = bench.run(who, create(kind, Some(2)), facts);
            assert_eq!(outcome.err().map(|e| e.code.into_owned()).as_deref(), expected);
            let parent = expected.is_none().then(|| unit(2));
            assert_eq!(bench.state.parent(), parent);
        }
    }
}
