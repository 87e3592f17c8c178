//! The organisation tree.

use super::{Queries, names, path_of_text};
use crate::{
    project::of_word,
    sqlite::{errors::store_error, read},
};
use kernel::journal::StoreError;
use protocol::{UnitId, UnitPath, http::UnitNode};
use sqlx::{Row, sqlite::SqliteRow};
use std::collections::HashMap;
use uuid::Uuid;

impl Queries {
    /// The whole tree: parents before children, siblings by rank, each subtree together.
    pub async fn units(&self) -> Result<Vec<UnitNode>, StoreError> {
        let rows = sqlx::query(
            "SELECT u.unit_id, u.parent_id, u.kind, u.name_zh, u.name_ug, u.name_en, \
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

    /// The unit and its ancestors, root first.
    pub async fn unit_path(&self, unit: UnitId) -> Result<Option<UnitPath>, StoreError> {
        let path: Option<String> =
            sqlx::query_scalar("SELECT path FROM account_units WHERE unit_id = ?")
                .bind(unit.0)
                .fetch_optional(&self.readers)
                .await
                .map_err(store_error)?;
        path.as_deref().map(path_of_text).transpose().map_err(store_error)
    }
}

fn node(row: &SqliteRow) -> Result<UnitNode, sqlx::Error> {
    let people = read::unsigned(row, "people")?;
    Ok(UnitNode {
        unit: UnitId(row.try_get("unit_id")?),
        parent: row.try_get::<Option<Uuid>, _>("parent_id")?.map(UnitId),
        kind: of_word(row.try_get("kind")?)?,
        names: names(row, "name_zh", "name_ug", "name_en")?,
        people: u32::try_from(people).unwrap_or(u32::MAX),
    })
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
