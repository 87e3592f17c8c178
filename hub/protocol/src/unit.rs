//! Area `account`, organisation: autonomous region → prefecture → county → hall →
//! department → counter.

use crate::{UnitId, UnitPath, account::Names, area::words};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// 自治区
    Region,
    /// 地州市
    Prefecture,
    /// 县市区
    County,
    /// 政务服务大厅
    Hall,
    /// 部门
    Department,
    /// 窗口
    Counter,
}

words! {
    /// What may be asked of a unit.
    UnitCommand {
        CreateUnit = "unit.create",
        RenameUnit = "unit.rename",
    }
}

words! {
    /// What happened to a unit.
    UnitEvent {
        UnitCreated = "unit.created",
        UnitRenamed = "unit.renamed",
    }
}

/// Creates a unit under an id that the client made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateUnit {
    pub kind: UnitKind,
    pub names: Names,
    /// Absent only for the root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub parent: Option<UnitId>,
    /// Place among its siblings, smallest first.
    #[serde(default)]
    pub rank: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenameUnit {
    pub names: Names,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct UnitCreated {
    pub kind: UnitKind,
    pub names: Names,
    /// Itself and its ancestors, root first.
    pub path: UnitPath,
    pub rank: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct UnitRenamed {
    pub names: Names,
}
