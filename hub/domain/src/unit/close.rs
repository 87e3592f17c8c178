//! Closing a unit and reopening it. Invariant: no open unit stands below a closed one; see
//! `mod.rs` for who has the last word on that. People stay where they are: those of a closed
//! hall can still be found, and sign in; only new accounts are refused there.

use super::{Unit, UnitFacts, conflict, in_use};
use crate::{Context, Decision};
use protocol::{
    ErrorBody,
    unit::{UnitClosed, UnitEvent, UnitReopened},
};

pub(super) fn close(
    unit: &Unit,
    facts: &UnitFacts,
    context: &Context<'_>,
) -> Result<Decision<UnitEvent>, ErrorBody> {
    unit.existing()?;
    unit.parent_for(context.who)?;
    if unit.closed {
        return Ok(Decision::nothing());
    }
    if facts.open_below {
        return Err(conflict("unit.has_open_units", "close the units below it first"));
    }
    Ok(Decision::event(UnitClosed {}))
}

pub(super) fn reopen(
    unit: &Unit,
    facts: &UnitFacts,
    context: &Context<'_>,
) -> Result<Decision<UnitEvent>, ErrorBody> {
    unit.existing()?;
    unit.parent_for(context.who)?;
    if !unit.closed {
        return Ok(Decision::nothing());
    }
    in_use(facts.parent.as_ref().ok_or_else(ErrorBody::internal)?)?;
    Ok(Decision::event(UnitReopened {}))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        UnitPlace,
        testing::{place, who},
        unit::create::tests::{below, department},
    };
    use protocol::{
        Role,
        unit::{CloseUnit, ReopenUnit, UnitKind},
    };

    #[test]
    fn a_unit_closes_once_all_below_it_is_closed() {
        let admin = who(1, &[(Role::RegionAdmin, 2)]);
        let mut bench = department();
        let busy = UnitFacts { open_below: true, ..UnitFacts::default() };
        let refused = bench.run(&admin, CloseUnit {}, busy).unwrap_err();
        assert_eq!(refused.code, "unit.has_open_units");
        bench.run(&admin, CloseUnit {}, UnitFacts::default()).unwrap();
        assert!(bench.state.is_closed());
        let again = bench.run(&admin, CloseUnit {}, UnitFacts::default()).unwrap();
        assert_eq!(again, Decision::nothing());
    }

    #[test]
    fn it_reopens_below_an_open_unit_only() {
        let admin = who(1, &[(Role::RegionAdmin, 1)]);
        let mut bench = department();
        let hall = || place(UnitKind::Hall, &[1, 2]);
        let idle = bench.run(&admin, ReopenUnit {}, below(hall())).unwrap();
        assert_eq!(idle, Decision::nothing());
        bench.run(&admin, CloseUnit {}, UnitFacts::default()).unwrap();
        let closed = UnitPlace { closed: true, ..hall() };
        let refused = bench.run(&admin, ReopenUnit {}, below(closed)).unwrap_err();
        assert_eq!(refused.code, "unit.parent_closed");
        bench.run(&admin, ReopenUnit {}, below(hall())).unwrap();
        assert!(!bench.state.is_closed());
    }

    /// Whoever manages the unit alone may not take it out of the tree above it.
    #[test]
    fn closing_is_for_who_manages_the_unit_above() {
        for role in [(Role::RegionAdmin, 3), (Role::RegionAdmin, 5), (Role::HallManager, 2)] {
            let refused = department().run(&who(1, &[role]), CloseUnit {}, UnitFacts::default());
            assert_eq!(refused.unwrap_err().code, "unit.not_allowed");
        }
    }
}
