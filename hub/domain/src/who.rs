//! Who asks, and what their roles allow where: role → permission → record scope.
//! Invariant: a permission held for a unit reaches that unit and everything that stands below
//! it now; where things stand comes with the sender, as committed when it asked.

use crate::UnitTree;
use protocol::{AccountId, Grant, Permission, Role, SessionId, StreamId, UnitId, app::Scope};
use std::sync::Arc;

/// The sender of a command. Without an account it is the hub itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Who {
    pub account: Option<AccountId>,
    pub session: Option<SessionId>,
    pub grants: Vec<Grant>,
    /// Until it has chosen a password of its own it may do nothing else.
    pub must_change_password: bool,
    /// The organisation when it asked.
    pub tree: Arc<UnitTree>,
    /// Set where a program asks: it may do what its account may, within its scopes.
    pub app: Option<Arc<AppPower>>,
}

/// The token that a program showed.
#[derive(Clone, Debug, PartialEq)]
pub struct AppPower {
    pub app: StreamId,
    pub token: uuid::Uuid,
    pub scopes: Vec<Scope>,
}

impl Who {
    pub fn hub() -> Self {
        Self::default()
    }

    /// An operator at the machine itself: `hub user add`, demonstration data.
    pub fn is_hub(&self) -> bool {
        self.account.is_none()
    }

    /// Whether the scopes hold this one; people have no scopes and need none.
    pub fn holds(&self, scope: Scope) -> bool {
        self.app.as_ref().is_none_or(|app| app.scopes.contains(&scope))
    }

    /// Whether some grant holds `permission` for a record of `unit`. The hub may do anything.
    pub fn may(&self, permission: Permission, unit: UnitId) -> bool {
        self.is_hub() || self.held(permission).any(|grant| self.tree.is_within(unit, grant.unit))
    }

    /// Whether any grant holds `permission`, wherever.
    pub fn may_somewhere(&self, permission: Permission) -> bool {
        self.is_hub() || self.held(permission).next().is_some()
    }

    /// Whether a grant holds `permission` for the whole organisation: what records need that
    /// belong to no unit.
    pub fn may_everywhere(&self, permission: Permission) -> bool {
        self.is_hub() || self.held(permission).any(|grant| self.tree.is_root(grant.unit))
    }

    fn held(&self, permission: Permission) -> impl Iterator<Item = &Grant> {
        let holds = move |grant: &&Grant| permissions_of(grant.role).contains(&permission);
        self.grants.iter().filter(holds)
    }
}

/// The table of roles. Administrators may not read the audit log and auditors may change
/// nothing: 等保三级 asks for separated duties.
pub fn permissions_of(role: Role) -> &'static [Permission] {
    use Permission as P;
    match role {
        Role::CounterStaff | Role::DepartmentStaff | Role::SignInterpreter | Role::Leader => {
            &[P::AccountRead, P::RoomCreate]
        }
        Role::DepartmentHead => &[P::AccountRead, P::RoomCreate, P::NoticeSend, P::PlanReview],
        Role::HallManager => {
            &[P::AccountRead, P::RoomCreate, P::AccountManage, P::NoticeSend, P::PlanReview]
        }
        Role::RegionAdmin => &[
            P::AccountRead,
            P::RoomCreate,
            P::AccountManage,
            P::UnitManage,
            P::NoticeSend,
            P::PlanReview,
        ],
        Role::Operator => &[P::AccountRead, P::RoomCreate, P::SystemOperate],
        Role::Auditor => &[P::AccountRead, P::AuditRead],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{unit, who};

    #[test]
    fn a_grant_reaches_its_unit_and_below_and_no_further() {
        // 1 holds 2 and 5, 2 holds 3.
        let manager = who(9, &[(Role::HallManager, 2), (Role::Leader, 1)]);
        for (permission, at, may) in [
            (Permission::AccountManage, 2, true),
            (Permission::AccountManage, 3, true),
            (Permission::AccountManage, 1, false),
            (Permission::AccountManage, 5, false),
            (Permission::AccountManage, 99, false),
            (Permission::UnitManage, 2, false),
            (Permission::AccountRead, 5, true),
        ] {
            assert_eq!(manager.may(permission, unit(at)), may, "{permission:?} at {at}");
        }
        assert!(manager.may_everywhere(Permission::AccountRead));
        assert!(!manager.may_everywhere(Permission::AccountManage));
        assert!(manager.may_somewhere(Permission::AccountManage));
        assert!(Who::hub().may(Permission::AuditRead, unit(99)));
    }
}
