//! Area `account`, organisation: autonomous region → prefecture → county → hall →
//! department → counter.

use crate::{
    Role, UnitId, UnitPath,
    account::Names,
    words::{commands, events},
};
use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
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

/// Who sees a unit, what stands below it and who works there. Whoever manages it always does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "to", rename_all = "snake_case", deny_unknown_fields)]
pub enum Visibility {
    All {},
    /// Who works in it or below it.
    OwnTree {},
    /// Those, and who works in one of these units or below, and who holds one of these roles.
    Named {
        units: Vec<UnitId>,
        roles: Vec<Role>,
    },
    /// Nobody else.
    Managers {},
}

impl Default for Visibility {
    fn default() -> Self {
        Self::All {}
    }
}

commands! {
    /// What may be asked of a unit.
    UnitCommand {
        /// Creates a unit under an id that the client made.
        CreateUnit = "unit.create" {
            kind: UnitKind,
            names: Names,
            /// Absent only for the root.
            #[serde(skip_serializing_if = "Option::is_none")]
            parent: Option<UnitId>,
            /// Place among its siblings, smallest first.
            #[serde(default)]
            rank: u32,
        }

        /// Replaces the names in all three languages.
        RenameUnit = "unit.rename" { names: Names }

        /// Puts a unit, with everything below it, under another parent or elsewhere among its siblings.
        MoveUnit = "unit.move" {
            parent: UnitId,
            /// Absent: the place among its siblings stays.
            #[serde(skip_serializing_if = "Option::is_none")]
            rank: Option<u32>,
        }

        /// Says who sees it.
        SetVisibility = "unit.set_visibility" { visible: Visibility }

        /// Takes a unit out of use; refused while units below it are open.
        CloseUnit = "unit.close" {}

        /// Takes a closed unit into use again.
        ReopenUnit = "unit.reopen" {}
    }
}

events! {
    /// What happened to a unit.
    UnitEvent {
        UnitCreated = "unit.created" {
            kind: UnitKind,
            names: Names,
            /// Itself and its ancestors, root first, as they were then: units move.
            path: UnitPath,
            rank: u32,
        }

        UnitRenamed = "unit.renamed" { names: Names }

        UnitMoved = "unit.moved" { parent: UnitId, rank: u32 }

        VisibilitySet = "unit.visibility_set" { visible: Visibility }

        UnitClosed = "unit.closed" {}

        UnitReopened = "unit.reopened" {}
    }
}
