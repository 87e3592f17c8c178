//! Granting and revoking roles.
//! Invariant: nobody gives or takes a role that holds a permission he lacks in that scope, so
//! an administrator can make neither auditors nor operators: 等保三级 separates the duties.

use super::{Account, AccountFacts, forbidden, not_allowed};
use crate::{Context, Decision, UnitPlace, Who, permissions_of};
use protocol::{
    ErrorBody, ErrorKind, Grant, Permission, UnitId,
    account::{AccountEvent, GrantRole, RevokeRole, RoleGranted, RoleRevoked},
};

/// More than any person holds; keeps the account's state and `Who` small.
const GRANTS_MAX: usize = 32;

/// Whether the sender holds everything that the grant gives, where the grant gives it.
pub(super) fn covers(who: &Who, grant: &Grant) -> bool {
    permissions_of(grant.role).iter().all(|permission| who.may(*permission, grant.unit))
}

/// The unit that a command names, as it was looked up.
pub(super) fn named_unit(facts: &AccountFacts, unit: UnitId) -> Result<&UnitPlace, ErrorBody> {
    facts.unit.as_ref().filter(|place| place.path.unit() == Some(unit)).ok_or_else(|| {
        ErrorBody::new(ErrorKind::NotFound, "account.unit_not_found", "no such unit")
    })
}

pub(super) fn beyond_yours() -> ErrorBody {
    forbidden("account.role_beyond_yours", "the role holds permissions that you lack there")
}

pub(super) fn grant(
    account: &Account,
    command: &GrantRole,
    facts: &AccountFacts,
    context: &Context<'_>,
) -> Result<Decision<AccountEvent>, ErrorBody> {
    check(account, &command.grant, facts, context)?;
    if account.grants.contains(&command.grant) {
        return Ok(Decision::nothing());
    }
    if account.grants.len() >= GRANTS_MAX {
        let message = format!("at most {GRANTS_MAX} roles");
        return Err(ErrorBody::new(ErrorKind::Conflict, "account.too_many_roles", message));
    }
    Ok(Decision::event(RoleGranted { grant: command.grant }))
}

pub(super) fn revoke(
    account: &Account,
    command: &RevokeRole,
    facts: &AccountFacts,
    context: &Context<'_>,
) -> Result<Decision<AccountEvent>, ErrorBody> {
    check(account, &command.grant, facts, context)?;
    if !account.grants.contains(&command.grant) {
        return Ok(Decision::nothing());
    }
    Ok(Decision::event(RoleRevoked { grant: command.grant }))
}

fn check(
    account: &Account,
    grant: &Grant,
    facts: &AccountFacts,
    context: &Context<'_>,
) -> Result<(), ErrorBody> {
    account.must_exist()?;
    named_unit(facts, grant.unit).map_err(|error| error.field("grant.unit"))?;
    if !context.who.may(Permission::AccountManage, grant.unit) {
        return Err(not_allowed());
    }
    if covers(context.who, grant) { Ok(()) } else { Err(beyond_yours()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::create::tests::{admin, made};
    use crate::testing::{place, unit, who};
    use proptest::prelude::*;
    use protocol::{Role, unit::UnitKind};

    const ROLES: [Role; 9] = [
        Role::CounterStaff,
        Role::DepartmentStaff,
        Role::DepartmentHead,
        Role::HallManager,
        Role::RegionAdmin,
        Role::SignInterpreter,
        Role::Leader,
        Role::Operator,
        Role::Auditor,
    ];

    fn at(units: &[u128]) -> AccountFacts {
        AccountFacts { unit: Some(place(UnitKind::Hall, units)), ..AccountFacts::default() }
    }

    #[test]
    fn granting_and_revoking() {
        let hall = || who(9, &[(Role::HallManager, 2)]);
        for (who, role, units, expected) in [
            (admin(), Role::CounterStaff, &[1, 2][..], Ok(1)),
            (admin(), Role::RegionAdmin, &[1, 5], Ok(1)),
            (admin(), Role::Auditor, &[1, 2], Err("account.role_beyond_yours")),
            (admin(), Role::CounterStaff, &[6, 7], Err("account.not_allowed")),
            (hall(), Role::HallManager, &[1, 2], Ok(1)),
            (hall(), Role::RegionAdmin, &[1, 2], Err("account.role_beyond_yours")),
            (hall(), Role::CounterStaff, &[1], Err("account.not_allowed")),
            (who(9, &[(Role::Leader, 1)]), Role::Leader, &[1], Err("account.not_allowed")),
            (Who::hub(), Role::Auditor, &[1, 2], Ok(1)),
        ] {
            let mut bench = made(&[]);
            let grant = Grant { role, unit: unit(units[units.len() - 1]) };
            let outcome = bench.run(&who, GrantRole { grant }, at(units));
            let events = outcome.map(|done| done.events.len());
            assert_eq!(events.map_err(|e| e.code.into_owned()), expected.map_err(str::to_owned));
            if expected.is_ok() {
                let again = bench.run(&who, GrantRole { grant }, at(units)).unwrap();
                assert_eq!(again, Decision::nothing());
                bench.run(&who, RevokeRole { grant }, at(units)).unwrap();
                assert!(bench.state.grants().is_empty());
                let again = bench.run(&who, RevokeRole { grant }, at(units)).unwrap();
                assert_eq!(again, Decision::nothing());
            }
        }
        let grant = Grant { role: Role::Leader, unit: unit(2) };
        let lost = made(&[]).run(&admin(), GrantRole { grant }, AccountFacts::default());
        assert_eq!(lost.unwrap_err().code, "account.unit_not_found");
    }

    proptest! {
        /// Whatever is granted, the receiver may do there only what the giver may.
        #[test]
        fn no_grant_adds_power(mine in 0usize..9, place in 0usize..3, given in 0usize..9) {
            let units = [1, 2, 3];
            let giver = who(9, &[(ROLES[mine], units[place])]);
            let grant = Grant { role: ROLES[given], unit: unit(2) };
            if made(&[]).run(&giver, GrantRole { grant }, at(&[1, 2])).is_ok() {
                for permission in permissions_of(grant.role) {
                    prop_assert!(giver.may(*permission, unit(2)));
                }
                prop_assert!(giver.may(Permission::AccountManage, unit(2)));
            }
        }
    }
}
