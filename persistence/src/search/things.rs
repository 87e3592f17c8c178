//! What is found and stands in a table: tasks, places of the drive, notices. Each is one document
//! of the index, told by its stream and the number of the event that made it, and fed again from
//! its row whenever an event has changed it.
//! Invariant: what is fed is what the row says now, which may be later than the event: a later
//! event feeds it again, and a row that is gone leaves no document.
//! Absent on purpose: who sees it. Parts, members and recipients change without the thing, so
//! they are asked of the tables with every question (`named`).

use super::{
    document::Document,
    index::{Entry, named_bit},
};
use crate::{
    Queries,
    sqlite::{errors::store_error, read},
};
use kernel::journal::{StoreError, StoredEvent};
use protocol::Seq;
use sqlx::{Row, sqlite::SqliteRow};
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Named {
    Task,
    /// A folder or a file of the drive.
    Node,
    /// A to-do or an announcement.
    Notice,
}

/// How an event tells which thing it is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    /// It has made it.
    Itself,
    /// The one that the stream begins with.
    First,
    /// By the field `node`.
    Node,
}

/// Events after which a thing reads differently, or is not to be found any more. What is erased
/// or withdrawn loses the body of the event that made it, which the index follows by itself.
const CHANGES: &[(&str, Named, About)] = &[
    ("task.created", Named::Task, About::Itself),
    ("task.changed", Named::Task, About::First),
    ("task.moved", Named::Task, About::First),
    ("task.removed", Named::Task, About::First),
    ("drive.folder_created", Named::Node, About::Itself),
    ("drive.file_added", Named::Node, About::Itself),
    ("drive.version_added", Named::Node, About::Node),
    ("drive.renamed", Named::Node, About::Node),
    ("drive.removed", Named::Node, About::Node),
    ("drive.restored", Named::Node, About::Node),
    ("notice.written", Named::Notice, About::Itself),
];

/// `position` of the event that made it, `name`, `text`, `at`. ?1 the stream, ?2 the number.
fn row_of(named: Named) -> &'static str {
    match named {
        Named::Task => {
            "SELECT e.position, t.title AS name, t.note AS text, t.starts_at AS at \
             FROM task_tasks t JOIN events e ON e.stream_id = t.task_id AND e.seq = ?2 \
             WHERE t.task_id = ?1"
        }
        Named::Node => {
            "SELECT e.position, n.name, '' AS text, n.changed_at AS at \
             FROM drive_nodes n JOIN events e ON e.stream_id = n.space_id AND e.seq = n.node \
             WHERE n.space_id = ?1 AND n.node = ?2 AND n.binned_at IS NULL"
        }
        Named::Notice => {
            "SELECT e.position, n.title AS name, n.text, n.sent_at AS at \
             FROM notice_notices n JOIN events e ON e.stream_id = n.notice_id AND e.seq = ?2 \
             WHERE n.notice_id = ?1 AND n.withdrawn = 0"
        }
    }
}

/// Things that some events have made or changed, each once, and whether one of them made it.
pub(super) type Touched = BTreeMap<(Named, Uuid, Seq), bool>;

pub(super) fn touched<'a>(events: impl Iterator<Item = &'a StoredEvent>) -> Touched {
    let mut touched = Touched::new();
    for event in events {
        let change = CHANGES.iter().find(|(name, _, _)| *name == event.type_name);
        let Some((_, named, about)) = change else { continue };
        let seq = match about {
            About::Itself => Some(event.seq),
            About::First => Some(1),
            About::Node => event.body.as_deref().and_then(node),
        };
        if let Some(seq) = seq {
            let made = touched.entry((*named, event.stream.id, seq)).or_default();
            *made |= *about == About::Itself;
        }
    }
    touched
}

fn node(body: &str) -> Option<Seq> {
    #[derive(serde::Deserialize)]
    struct About {
        node: Seq,
    }
    serde_json::from_str::<About>(body).ok().map(|about| about.node)
}

/// A thing as it is now; without an entry it is not to be found.
pub(super) struct Thing {
    pub(super) stream: Uuid,
    pub(super) seq: Seq,
    pub(super) is_new: bool,
    pub(super) entry: Option<Entry>,
}

impl Queries {
    pub(super) async fn things(&self, touched: Touched) -> Result<Vec<Thing>, StoreError> {
        let mut things = Vec::with_capacity(touched.len());
        for ((named, stream, seq), is_new) in touched {
            let row = sqlx::query(row_of(named))
                .bind(stream)
                .bind(read::number(seq))
                .fetch_optional(&self.readers)
                .await
                .map_err(store_error)?;
            let entry = row.map(|row| entry(&row, named, stream, seq));
            let entry = entry.transpose().map_err(store_error)?;
            things.push(Thing { stream, seq, is_new, entry });
        }
        Ok(things)
    }
}

fn entry(row: &SqliteRow, named: Named, stream: Uuid, seq: Seq) -> Result<Entry, sqlx::Error> {
    let document = Document::named(row.try_get("name")?, row.try_get("text")?);
    Ok(Entry {
        stream,
        seq,
        position: row.try_get("position")?,
        at: row.try_get("at")?,
        kinds: named_bit(named),
        audience: None,
        desk: None,
        named: Some(named),
        text: document.searched().join("\n"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_is_of_a_type_that_exists() {
        for (name, _, _) in CHANGES {
            assert!(protocol::AnyEvent::types().any(|known| known == *name), "{name}");
        }
    }
}
