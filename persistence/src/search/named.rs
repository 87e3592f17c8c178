//! What is found by its name and stands in a table, not in the index: tasks that one has a part
//! in, what lies in one's spaces of the drive, applications that are for one. Invariants: only
//! rows that the asker has a part in are read; what lies in a folder that was binned is found by
//! nobody. Bounded: the latest [`TASKS_READ`] tasks and [`NODES_READ`] files are looked through.

use super::{apart, asked::Asked, document::readings};
use crate::{
    Queries,
    sqlite::{errors::store_error, read},
};
use kernel::journal::StoreError;
use protocol::{
    AccountId, EntityKind, Millis, StreamId,
    search::{FoundApp, FoundFile, FoundStep, FoundTask},
};
use sqlx::{Row, sqlite::SqliteRow};
use std::sync::Arc;

const TASKS_READ: i64 = 5_000;
const NODES_READ: i64 = 5_000;

const TASKS: &str = "SELECT t.task_id, t.title, t.note, t.starts_at, t.ends_at, t.done \
     FROM task_people p JOIN task_tasks t ON t.task_id = p.task_id \
     WHERE p.account_id = ?1 AND t.starts_at >= ?2 AND t.starts_at < ?3 \
     ORDER BY t.starts_at DESC, t.task_id LIMIT ?4";

const NODES: &str = "SELECT n.space_id, n.node, n.parent, n.folder, n.name, n.changed_at, \
     s.kind AS space_kind, s.name AS space_name FROM drive_members m \
     JOIN drive_spaces s ON s.space_id = m.space_id \
     JOIN drive_nodes n ON n.space_id = m.space_id AND n.binned_at IS NULL \
     WHERE m.account_id = ?1 AND n.changed_at >= ?2 AND n.changed_at < ?3 \
     ORDER BY n.changed_at DESC, n.node DESC LIMIT ?4";

/// Who asks, and from when to when.
pub(super) struct Window {
    pub(super) asker: AccountId,
    pub(super) from: Millis,
    pub(super) to: Millis,
    /// Of each kind.
    pub(super) limit: usize,
}

/// Whether a name, or another text beside it, has every piece of the question.
fn fits(asked: &Asked, name: &str, beside: &str) -> bool {
    let plain = [name.to_owned(), beside.to_owned()];
    if asked.finds(&plain) {
        return true;
    }
    // From any of its characters on, as in the index.
    let mut spelt = String::new();
    readings(name, &mut spelt);
    let [name, beside] = plain;
    asked.finds(&[name, beside, spelt])
}

impl Queries {
    /// The latest first.
    pub(super) async fn found_tasks(
        &self,
        asked: &Arc<Asked>,
        window: &Window,
    ) -> Result<Vec<FoundTask>, StoreError> {
        let read = |row: &SqliteRow| {
            let task = FoundTask {
                task: StreamId::new(EntityKind::Task, row.try_get("task_id")?),
                title: row.try_get("title")?,
                starts_at: row.try_get("starts_at")?,
                ends_at: row.try_get("ends_at")?,
                done: row.try_get("done")?,
            };
            Ok((task, row.try_get::<String, _>("note")?))
        };
        let tasks = self.rows_of(TASKS, window, TASKS_READ, read).await?;
        let (asked, limit) = (asked.clone(), window.limit);
        apart(&self.search, move |_| {
            let fitting = tasks.into_iter().filter(|(task, note)| fits(&asked, &task.title, note));
            Ok(fitting.map(|(task, _)| task).take(limit).collect())
        })
        .await
    }

    /// The latest changed first.
    pub(super) async fn found_files(
        &self,
        asked: &Arc<Asked>,
        window: &Window,
    ) -> Result<Vec<FoundFile>, StoreError> {
        let read = |row: &SqliteRow| {
            let personal = row.try_get::<String, _>("space_kind")? == "personal";
            Ok(FoundFile {
                space: StreamId::new(EntityKind::Space, row.try_get("space_id")?),
                node: read::unsigned(row, "node")?,
                folder: row.try_get("folder")?,
                name: row.try_get("name")?,
                place: if personal { String::new() } else { row.try_get("space_name")? },
                path: Vec::new(),
                changed_at: row.try_get("changed_at")?,
            })
        };
        let nodes = self.rows_of(NODES, window, NODES_READ, read).await?;
        let asked = asked.clone();
        let fitting: Vec<FoundFile> = apart(&self.search, move |_| {
            Ok(nodes.into_iter().filter(|node| fits(&asked, &node.name, "")).collect())
        })
        .await?;
        let mut found = Vec::new();
        for mut node in fitting {
            let mut path = self.drive_path(node.space.id, node.node).await?;
            // What was removed with the folder it lies in has no mark of its own.
            if path.iter().any(|step| step.binned_at.is_some()) {
                continue;
            }
            path.pop();
            node.path = path
                .into_iter()
                .map(|step| FoundStep { node: step.node, name: step.name })
                .collect();
            found.push(node);
            if found.len() == window.limit {
                break;
            }
        }
        Ok(found)
    }

    /// In the operators' order.
    pub(super) async fn found_apps(
        &self,
        asked: &Arc<Asked>,
        window: &Window,
    ) -> Result<Vec<FoundApp>, StoreError> {
        let square = self.square(window.asker).await?;
        let fitting = square.into_iter().filter(|app| fits(asked, &app.name, &app.summary));
        let found = fitting.map(|app| FoundApp { app: app.app, name: app.name });
        Ok(found.take(window.limit).collect())
    }

    async fn rows_of<T>(
        &self,
        statement: &'static str,
        window: &Window,
        limit: i64,
        read: impl Fn(&SqliteRow) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = sqlx::query(statement)
            .bind(window.asker.0)
            .bind(window.from)
            .bind(window.to)
            .bind(limit)
            .fetch_all(&self.readers)
            .await
            .map_err(store_error)?;
        rows.iter().map(read).collect::<Result<_, _>>().map_err(store_error)
    }
}
