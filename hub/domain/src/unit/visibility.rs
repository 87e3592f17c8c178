//! Who sees a unit: said by whoever manages it.

use super::{Unit, not_allowed};
use crate::{Context, Decision};
use protocol::{
    ErrorBody, Permission, UnitId,
    unit::{SetVisibility, UnitEvent, Visibility, VisibilitySet},
};

/// Units or roles that one setting names.
const NAMED_MAX: usize = 100;

pub(super) fn decide(
    unit: &Unit,
    command: &SetVisibility,
    context: &Context<'_>,
) -> Result<Decision<UnitEvent>, ErrorBody> {
    unit.existing()?;
    if !context.who.may(Permission::UnitManage, UnitId(context.stream.id)) {
        return Err(not_allowed());
    }
    if let Visibility::Named { units, roles } = &command.visible {
        if units.len() > NAMED_MAX || roles.len() > NAMED_MAX {
            return Err(ErrorBody::invalid("visible", format!("at most {NAMED_MAX} of each")));
        }
        if units.iter().any(|named| !context.who.tree.contains(*named)) {
            return Err(ErrorBody::invalid("visible", "no such unit"));
        }
    }
    if command.visible == unit.visible {
        return Ok(Decision::nothing());
    }
    Ok(Decision::event(VisibilitySet { visible: command.visible.clone() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        testing::{unit, who},
        unit::{UnitFacts, create::tests::department},
    };
    use protocol::Role;

    #[test]
    fn managers_say_who_sees_a_unit() {
        let admin = who(1, &[(Role::RegionAdmin, 3)]);
        let named = |n| Visibility::Named { units: vec![unit(n)], roles: vec![] };
        let mut bench = department();
        for (sender, visible, expected) in [
            (&who(2, &[(Role::RegionAdmin, 5)]), Visibility::OwnTree {}, Err("unit.not_allowed")),
            (&admin, named(99), Err("hub.invalid")),
            (&admin, Visibility::All {}, Ok(0)),
            (&admin, named(5), Ok(1)),
            (&admin, named(5), Ok(0)),
            (&admin, Visibility::All {}, Ok(1)),
        ] {
            let set = SetVisibility { visible: visible.clone() };
            let done = bench.run(sender, set, UnitFacts::default()).map(|done| done.events.len());
            let done = done.map_err(|error| error.code.into_owned());
            assert_eq!(done, expected.map_err(str::to_owned), "{visible:?}");
        }
    }
}
