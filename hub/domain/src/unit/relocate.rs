//! Moving a unit, with everything below it, under another parent, or to another place among
//! its siblings. The sender must manage both ends: what it is taken from and what it joins.

use super::{Unit, UnitFacts, admitting, conflict};
use crate::{Context, Decision};
use protocol::{
    ErrorBody,
    unit::{MoveUnit, UnitEvent, UnitMoved},
};

pub(super) fn decide(
    unit: &Unit,
    command: &MoveUnit,
    facts: &UnitFacts,
    context: &Context<'_>,
) -> Result<Decision<UnitEvent>, ErrorBody> {
    let kind = unit.existing()?;
    let now = unit.parent_for(context.who)?;
    if unit.closed {
        return Err(conflict("unit.closed", "reopen the unit first"));
    }
    admitting(facts, command.parent, kind, context.who).map_err(|error| error.field("parent"))?;
    let moved = UnitMoved { parent: command.parent, rank: command.rank.unwrap_or(unit.rank) };
    if (moved.parent, moved.rank) == (now, unit.rank) {
        return Ok(Decision::nothing());
    }
    Ok(Decision::event(moved))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        UnitPlace, Who,
        testing::{Bench, place, unit, who},
        unit::create::tests::{below, department, names},
    };
    use protocol::{
        Role,
        unit::{CloseUnit, CreateUnit, UnitKind},
    };

    fn to(parent: u128, rank: Option<u32>) -> MoveUnit {
        MoveUnit { parent: unit(parent), rank }
    }

    #[test]
    fn a_unit_moves_and_keeps_its_rank_unless_told() {
        let admin = who(1, &[(Role::RegionAdmin, 1)]);
        let mut bench = department();
        let hall = || below(place(UnitKind::Hall, &[1, 5]));
        let done = bench.run(&admin, to(5, None), hall()).unwrap();
        let moved = UnitMoved { parent: unit(5), rank: 3 };
        assert_eq!(done.events, [UnitEvent::UnitMoved(moved)]);
        assert_eq!(bench.state.parent(), Some(unit(5)));
        assert_eq!(bench.run(&admin, to(5, Some(3)), hall()).unwrap(), Decision::nothing());
        assert_eq!(bench.run(&admin, to(5, Some(1)), hall()).unwrap().events.len(), 1);
    }

    #[test]
    fn moves_that_are_refused() {
        let region = who(1, &[(Role::RegionAdmin, 1)]);
        let both = who(1, &[(Role::RegionAdmin, 1), (Role::RegionAdmin, 6)]);
        let (from, into) = (who(1, &[(Role::RegionAdmin, 2)]), who(1, &[(Role::RegionAdmin, 5)]));
        let hall = || place(UnitKind::Hall, &[1, 5]);
        let closed = UnitPlace { closed: true, ..hall() };
        for (who, parent, facts, expected) in [
            (&both, 7, below(place(UnitKind::Hall, &[6, 7])), Ok(1)),
            (&region, 7, below(place(UnitKind::Hall, &[6, 7])), Err("unit.not_allowed")),
            (&from, 5, below(hall()), Err("unit.not_allowed")),
            (&into, 5, below(hall()), Err("unit.not_allowed")),
            (&region, 5, below(closed), Err("unit.parent_closed")),
            (&region, 5, UnitFacts::default(), Err("unit.parent_not_found")),
            (&region, 5, below(place(UnitKind::Counter, &[1, 5])), Err("unit.kind_not_allowed")),
            // Under itself: its own kind never takes it.
            (
                &region,
                3,
                below(place(UnitKind::Department, &[1, 2, 3])),
                Err("unit.kind_not_allowed"),
            ),
        ] {
            let outcome = department().run(who, to(parent, None), facts);
            let events = outcome.map(|done| done.events.len());
            assert_eq!(events.map_err(|e| e.code.into_owned()), expected.map_err(str::to_owned));
        }
        let mut bench = department();
        bench.run(&region, CloseUnit {}, UnitFacts::default()).unwrap();
        assert_eq!(bench.run(&region, to(5, None), below(hall())).unwrap_err().code, "unit.closed");
        let mut root = Bench::<Unit>::new(unit(1).0);
        let made =
            CreateUnit { kind: UnitKind::Region, names: names("区"), parent: None, rank: 0 };
        root.run(&Who::hub(), made, UnitFacts::default()).unwrap();
        let stuck = root.run(&both, to(6, None), below(place(UnitKind::Region, &[6])));
        assert_eq!(stuck.unwrap_err().code, "unit.is_root");
    }
}
