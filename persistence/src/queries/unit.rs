//! The organisation tree.

use super::{Queries, me::of_json, names, path_of_text};
use crate::{
    project::of_word,
    sqlite::{
        errors::{corrupt, store_error},
        read,
    },
};
use domain::{UnitPlace, UnitTree};
use kernel::journal::StoreError;
use protocol::{UnitId, http::UnitNode, unit::Visibility};
use sqlx::{Row, sqlite::SqliteRow};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

pub(crate) const OPEN_BELOW: &str =
    "SELECT EXISTS (SELECT 1 FROM account_units WHERE parent_id = ? AND closed = 0)";

impl Queries {
    /// The whole tree: parents before children, siblings by rank, each subtree together.
    pub async fn units(&self) -> Result<Vec<UnitNode>, StoreError> {
        let rows = sqlx::query(
            "SELECT u.unit_id, u.parent_id, u.kind, u.name_zh, u.name_ug, u.name_en, u.closed, u.visible, \
             (SELECT COUNT(*) FROM account_accounts a WHERE a.unit_id = u.unit_id \
              AND a.disabled = 0) AS people \
             FROM account_units u ORDER BY u.rank, u.name_zh, u.unit_id",
        )
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let nodes = rows.iter().map(node).collect::<Result<Vec<_>, _>>().map_err(store_error)?;
        Ok(in_order(nodes))
    }

    /// Which unit stands under which, for scopes.
    pub async fn unit_tree(&self) -> Result<UnitTree, StoreError> {
        let rows: Vec<(Uuid, Option<Uuid>, Option<String>)> =
            sqlx::query_as("SELECT unit_id, parent_id, visible FROM account_units")
                .fetch_all(&self.readers)
                .await
                .map_err(store_error)?;
        let mut limits = Vec::new();
        for (unit, _, visible) in &rows {
            if let Some(text) = visible {
                limits.push((UnitId(*unit), of_json(text)?));
            }
        }
        let tree = rows.into_iter().map(|(unit, parent, _)| (UnitId(unit), parent.map(UnitId)));
        Ok(tree.collect::<UnitTree>().with_limits(limits))
    }

    /// Where the unit stands now, of what kind it is and whether it is in use.
    pub async fn unit_place(&self, unit: UnitId) -> Result<Option<UnitPlace>, StoreError> {
        let row = sqlx::query("SELECT path, kind, closed FROM account_units WHERE unit_id = ?")
            .bind(unit.0)
            .fetch_optional(&self.readers)
            .await
            .map_err(store_error)?;
        row.as_ref().map(place).transpose().map_err(store_error)
    }

    /// The same of the unit above, unless it is a root.
    pub async fn unit_above(&self, unit: UnitId) -> Result<Option<UnitPlace>, StoreError> {
        let row = sqlx::query(
            "SELECT above.path, above.kind, above.closed FROM account_units u \
             JOIN account_units above ON above.unit_id = u.parent_id WHERE u.unit_id = ?",
        )
        .bind(unit.0)
        .fetch_optional(&self.readers)
        .await
        .map_err(store_error)?;
        row.as_ref().map(place).transpose().map_err(store_error)
    }

    /// Whether an open unit stands directly below.
    pub async fn has_open_units(&self, unit: UnitId) -> Result<bool, StoreError> {
        sqlx::query_scalar(OPEN_BELOW)
            .bind(unit.0)
            .fetch_one(&self.readers)
            .await
            .map_err(store_error)
    }

    /// The unit and everything below it; nothing when there is no such unit.
    pub(crate) async fn units_within(&self, unit: UnitId) -> Result<HashSet<Uuid>, StoreError> {
        let units: Vec<Uuid> = sqlx::query_scalar(
            "SELECT u.unit_id FROM account_units top JOIN account_units u \
             ON u.path >= top.path AND u.path < rtrim(top.path, '/') || '0' \
             WHERE top.unit_id = ?",
        )
        .bind(unit.0)
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        Ok(units.into_iter().collect())
    }
}

fn place(row: &SqliteRow) -> Result<UnitPlace, sqlx::Error> {
    Ok(UnitPlace {
        path: path_of_text(row.try_get("path")?)?,
        kind: of_word(row.try_get("kind")?)?,
        closed: row.try_get("closed")?,
    })
}

fn node(row: &SqliteRow) -> Result<UnitNode, sqlx::Error> {
    let people = read::unsigned(row, "people")?;
    Ok(UnitNode {
        unit: UnitId(row.try_get("unit_id")?),
        parent: row.try_get::<Option<Uuid>, _>("parent_id")?.map(UnitId),
        kind: of_word(row.try_get("kind")?)?,
        names: names(row, "name_zh", "name_ug", "name_en")?,
        people: u32::try_from(people).unwrap_or(u32::MAX),
        closed: row.try_get("closed")?,
        visible: visible(row)?,
    })
}

fn visible(row: &SqliteRow) -> Result<Option<Visibility>, sqlx::Error> {
    let text: Option<String> = row.try_get("visible")?;
    let read = text.map(|text| serde_json::from_str(&text));
    read.transpose().map_err(|error| corrupt(format!("stored visibility: {error}")))
}

/// Depth first. `nodes` are in the order of siblings.
fn in_order(nodes: Vec<UnitNode>) -> Vec<UnitNode> {
    let mut children: HashMap<Option<UnitId>, Vec<UnitNode>> = HashMap::new();
    for node in nodes.into_iter().rev() {
        children.entry(node.parent).or_default().push(node);
    }
    let mut ordered = Vec::new();
    let mut open = children.remove(&None).unwrap_or_default();
    // Every list is last sibling first, so that popping gives the first.
    while let Some(node) = open.pop() {
        open.extend(children.remove(&Some(node.unit)).unwrap_or_default());
        ordered.push(node);
    }
    ordered
}
