//! Who may do what: role → permission → record scope.
//! The tables of which role holds which permission are rules and live in `domain::account`.

use crate::ids::UnitId;
use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;
use utoipa::ToSchema;

/// What a person is in the organisation. A role is always granted for a unit and below.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 窗口人员: serves citizens at a counter.
    CounterStaff,
    /// 部门业务人员: handles matters in a department.
    DepartmentStaff,
    /// 部门负责人: answers for a department.
    DepartmentHead,
    /// 大厅管理员: runs a hall.
    HallManager,
    /// 区划管理员: manages accounts and units of a region and below.
    RegionAdmin,
    /// 手语翻译: interprets sign language in video visits.
    SignInterpreter,
    /// 领导: watches the cockpit and issues tasks.
    Leader,
    /// 运维人员: keeps the system running.
    Operator,
    /// 安全审计员: reads the audit log, changes nothing.
    Auditor,
}

/// One right, checked against the unit of the record it touches.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[cfg_attr(test, derive(TS))]
pub enum Permission {
    /// See people and units.
    #[serde(rename = "account.read")]
    AccountRead,
    /// Create and disable accounts, reset passwords, grant roles.
    #[serde(rename = "account.manage")]
    AccountManage,
    /// Create, rename and move units.
    #[serde(rename = "unit.manage")]
    UnitManage,
    /// Start conversations.
    #[serde(rename = "room.create")]
    RoomCreate,
    /// Send to-dos and announcements to everybody of a unit.
    #[serde(rename = "notice.send")]
    NoticeSend,
    /// Approve or return the week plans of a unit.
    #[serde(rename = "plan.review")]
    PlanReview,
    /// Read every stream in scope, for audit.
    #[serde(rename = "audit.read")]
    AuditRead,
    /// Read health, metrics and settings.
    #[serde(rename = "system.operate")]
    SystemOperate,
}

/// Ids of a unit and all its ancestors, root first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(transparent)]
pub struct UnitPath(pub Vec<UnitId>);

impl UnitPath {
    /// Whether `unit` is this unit or one above it.
    pub fn is_within(&self, unit: UnitId) -> bool {
        self.0.contains(&unit)
    }

    pub fn unit(&self) -> Option<UnitId> {
        self.0.last().copied()
    }
}

/// A role held for a unit and everything below it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[cfg_attr(test, derive(TS))]
pub struct Grant {
    pub role: Role,
    pub unit: UnitId,
}
