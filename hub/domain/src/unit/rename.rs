//! Renaming a unit: whoever manages the unit itself.

use super::{Unit, not_allowed};
use crate::{Context, Decision, text};
use protocol::{
    ErrorBody, Permission, UnitId,
    unit::{RenameUnit, UnitEvent, UnitRenamed},
};

pub(super) fn decide(
    unit: &Unit,
    command: &RenameUnit,
    context: &Context<'_>,
) -> Result<Decision<UnitEvent>, ErrorBody> {
    unit.existing()?;
    if !context.who.may(Permission::UnitManage, UnitId(context.stream.id)) {
        return Err(not_allowed());
    }
    let names = text::names(&command.names)?;
    if names == unit.names {
        return Ok(Decision::nothing());
    }
    Ok(Decision::event(UnitRenamed { names }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        testing::{Bench, unit, who},
        unit::{
            UnitFacts,
            create::tests::{department, names},
        },
    };
    use protocol::Role;

    #[test]
    fn renaming() {
        let admin = who(1, &[(Role::RegionAdmin, 3)]);
        let rename = |zh: &str| RenameUnit { names: names(zh) };
        let mut nothing = Bench::<Unit>::new(unit(9).0);
        let none = nothing.run(&admin, rename("甲"), UnitFacts::default()).unwrap_err();
        assert_eq!(none.code, "unit.not_found");
        let mut bench = department();
        let stranger = who(2, &[(Role::RegionAdmin, 5)]);
        let refused = bench.run(&stranger, rename("甲"), UnitFacts::default()).unwrap_err();
        assert_eq!(refused.code, "unit.not_allowed");
        let done = bench.run(&admin, rename(" 甲 "), UnitFacts::default()).unwrap();
        assert_eq!((done.events.len(), bench.state.names().zh.as_str()), (1, "甲"));
        let again = bench.run(&admin, rename("甲"), UnitFacts::default()).unwrap();
        assert!(again.events.is_empty());
    }
}
