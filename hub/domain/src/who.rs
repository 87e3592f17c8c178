//! Who asks, and what their roles allow where: role → permission → record scope.

use protocol::{AccountId, Grant, Permission, Role, SessionId, UnitPath};

/// The sender of a command. Without an account it is the hub itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Who {
    pub account: Option<AccountId>,
    pub session: Option<SessionId>,
    pub grants: Vec<Grant>,
    /// The unit the sender works in, with its ancestors.
    pub home: UnitPath,
}

impl Who {
    pub fn hub() -> Self {
        Self::default()
    }

    /// An operator at the machine itself: `hub user add`, demonstration data.
    pub fn is_hub(&self) -> bool {
        self.account.is_none()
    }

    /// Whether some grant holds `permission` for the record's unit. The hub may do anything.
    pub fn may(&self, permission: Permission, scope: &UnitPath) -> bool {
        self.is_hub()
            || self.grants.iter().any(|grant| {
                scope.is_within(grant.unit) && permissions_of(grant.role).contains(&permission)
            })
    }

    /// Whether any grant holds `permission`, wherever.
    pub fn may_somewhere(&self, permission: Permission) -> bool {
        self.is_hub() || self.grants.iter().any(|g| permissions_of(g.role).contains(&permission))
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
        Role::DepartmentHead => &[P::AccountRead, P::RoomCreate],
        Role::HallManager => &[P::AccountRead, P::RoomCreate, P::AccountManage],
        Role::RegionAdmin => &[P::AccountRead, P::RoomCreate, P::AccountManage, P::UnitManage],
        Role::Operator => &[P::AccountRead, P::RoomCreate, P::SystemOperate],
        Role::Auditor => &[P::AccountRead, P::AuditRead],
    }
}
