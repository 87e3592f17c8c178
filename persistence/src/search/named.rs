//! What is found by its name or its text and shown from a table: tasks, places of the drive,
//! notices, applications. The index proposes those that have every piece of the question among
//! the streams that the asker has a part in; each is then read from its table as it is now, with
//! the asker's part in it. Invariants: a row is shown only if the statement that read it has
//! found the asker's part; what lies in a folder that was binned is found by nobody.
//! Notes on tasks that only their writer sees are in no index: they are read from the writer's
//! own rows. Applications are some hundreds, and looked through.

use super::{
    answer::{NAMED_MAX, SearchRequest},
    apart,
    asked::Asked,
    document::readings,
    find::Wanted,
    index::named_bit,
    scope::Streams,
    things::Named,
};
use crate::{
    Queries,
    project::of_word,
    sqlite::{errors::store_error, read},
};
use kernel::journal::StoreError;
use protocol::{
    AccountId, EntityKind, Millis, StreamId,
    search::{FoundApp, FoundFile, FoundNotice, FoundStep, FoundTask, SearchAnswer, SearchKind},
};
use sqlx::{Row, sqlite::SqliteRow};
use std::{
    cmp::Reverse,
    collections::{HashSet, VecDeque},
    sync::Arc,
};
use uuid::Uuid;

/// Taken from the index at a time, and looks for one answer: further ones make up for what the
/// table refuses, which are things in binned folders and what the index has not forgotten yet.
const PROPOSED: usize = 64;
const LOOKS_MAX: usize = 16;
/// Notes of one person that are looked through, those on the latest tasks.
const NOTES_READ: i64 = 5_000;

/// The streams in which the asker has a part.
fn streams_of(named: Named) -> &'static str {
    match named {
        Named::Task => "SELECT task_id FROM task_people WHERE account_id = ?1",
        Named::Node => "SELECT space_id FROM drive_members WHERE account_id = ?1",
        Named::Notice => {
            "SELECT notice_id FROM notice_recipients WHERE account_id = ?1 \
             UNION SELECT notice_id FROM notice_notices WHERE by_account = ?1"
        }
    }
}

/// What the event at position ?2 has made, with the part that ?1 has in it; none, no row.
fn row_of(named: Named) -> &'static str {
    match named {
        Named::Task => {
            "SELECT t.task_id, t.title, t.note, t.starts_at, t.ends_at, t.done FROM events e \
             JOIN task_people p ON p.task_id = e.stream_id AND p.account_id = ?1 \
             JOIN task_tasks t ON t.task_id = p.task_id WHERE e.position = ?2"
        }
        Named::Node => {
            "SELECT n.space_id, n.node, n.folder, n.name, n.changed_at, s.kind AS space_kind, \
             s.name AS space_name FROM events e \
             JOIN drive_members m ON m.space_id = e.stream_id AND m.account_id = ?1 \
             JOIN drive_spaces s ON s.space_id = m.space_id \
             JOIN drive_nodes n ON n.space_id = s.space_id AND n.node = e.seq \
             WHERE e.position = ?2 AND n.binned_at IS NULL"
        }
        Named::Notice => {
            "SELECT n.notice_id, n.kind, n.title, n.text, n.sent_at, \
             r.account_id IS NOT NULL AS received, r.done_at IS NOT NULL AS done FROM events e \
             JOIN notice_notices n ON n.notice_id = e.stream_id AND n.withdrawn = 0 \
             LEFT JOIN notice_recipients r ON r.notice_id = n.notice_id AND r.account_id = ?1 \
             WHERE e.position = ?2 AND (r.account_id = ?1 OR n.by_account = ?1)"
        }
    }
}

const NOTED: &str = "SELECT t.task_id, t.title, t.note, t.starts_at, t.ends_at, t.done, \
     o.text AS own FROM calendar_notes o \
     JOIN task_people p ON p.task_id = o.task_id AND p.account_id = o.account_id \
     JOIN task_tasks t ON t.task_id = o.task_id \
     WHERE o.account_id = ?1 AND t.starts_at >= ?2 AND t.starts_at < ?3 \
     ORDER BY t.starts_at DESC, t.task_id LIMIT ?4";

/// Who asks what, and from when to when.
struct Question {
    asked: Arc<Asked>,
    asker: AccountId,
    from: Millis,
    to: Millis,
}

impl Question {
    /// Whether a name, or a text beside it, has every piece; a name by its readings, too, from
    /// any of its characters on as in the index.
    fn fits(&self, name: &str, beside: &str) -> bool {
        let plain = [name.to_owned(), beside.to_owned()];
        if self.asked.finds(&plain) {
            return true;
        }
        let mut spelt = String::new();
        readings(name, &mut spelt);
        let [name, beside] = plain;
        self.asked.finds(&[name, beside, spelt])
    }
}

/// Rows of one sort that the index proposes, a page at a time.
struct Proposals<'a> {
    queries: &'a Queries,
    named: Named,
    asker: AccountId,
    /// `None`: nothing can be found.
    wanted: Option<Arc<Wanted>>,
    before: u64,
    looks: usize,
    positions: VecDeque<u64>,
}

impl Proposals<'_> {
    async fn next(&mut self) -> Result<Option<SqliteRow>, StoreError> {
        loop {
            let Some(position) = self.positions.pop_front() else {
                if !self.look().await? {
                    return Ok(None);
                }
                continue;
            };
            let row = sqlx::query(row_of(self.named))
                .bind(self.asker.0)
                .bind(position.cast_signed())
                .fetch_optional(&self.queries.readers)
                .await
                .map_err(store_error)?;
            if row.is_some() {
                return Ok(row);
            }
        }
    }

    /// Whether there is another page.
    async fn look(&mut self) -> Result<bool, StoreError> {
        let Some(wanted) = self.wanted.clone().filter(|_| self.looks < LOOKS_MAX) else {
            return Ok(false);
        };
        self.looks += 1;
        let page = self.queries.propose(&wanted, self.before, PROPOSED).await?;
        if page.len() < PROPOSED {
            self.wanted = None;
        }
        self.before = page.last().copied().unwrap_or_default();
        self.positions = page.into();
        Ok(!self.positions.is_empty())
    }
}

impl Queries {
    /// What stands beside the hits of a first page, each up to [`NAMED_MAX`].
    pub(super) async fn find_things(
        &self,
        asked: &Arc<Asked>,
        request: &SearchRequest,
        answer: &mut SearchAnswer,
    ) -> Result<(), StoreError> {
        let question = Question {
            asked: asked.clone(),
            asker: request.asker,
            from: request.from.unwrap_or(Millis::MIN),
            to: request.to.unwrap_or(Millis::MAX),
        };
        if request.kinds.contains(&SearchKind::Task) {
            answer.tasks = self.found_tasks(&question).await?;
        }
        if request.kinds.contains(&SearchKind::File) {
            answer.files = self.found_files(&question).await?;
        }
        if request.kinds.contains(&SearchKind::Notice) {
            answer.notices = self.found_notices(&question).await?;
        }
        if request.kinds.contains(&SearchKind::App) {
            answer.apps = self.found_apps(&question).await?;
        }
        Ok(())
    }

    async fn proposals(
        &self,
        named: Named,
        question: &Question,
    ) -> Result<Proposals<'_>, StoreError> {
        let streams: Vec<Uuid> = sqlx::query_scalar(streams_of(named))
            .bind(question.asker.0)
            .fetch_all(&self.readers)
            .await
            .map_err(store_error)?;
        let wanted = (!streams.is_empty()).then(|| {
            let streams = streams.into_iter().map(|stream| (stream, 1));
            Arc::new(Wanted {
                asked: question.asked.clone(),
                streams: Arc::new(Streams::of(question.asker, streams)),
                stream: None,
                kinds: named_bit(named),
                named: Some(named),
                from: question.from,
                to: question.to,
            })
        });
        let (asker, before) = (question.asker, i64::MAX as u64);
        let positions = VecDeque::new();
        Ok(Proposals { queries: self, named, asker, wanted, before, looks: 0, positions })
    }

    /// Those that begin last first.
    async fn found_tasks(&self, question: &Question) -> Result<Vec<FoundTask>, StoreError> {
        let mut found = self.noted_tasks(question).await?;
        let known: HashSet<StreamId> = found.iter().map(|task| task.task).collect();
        let mut proposals = self.proposals(Named::Task, question).await?;
        while found.len() < NAMED_MAX {
            let Some(row) = proposals.next().await? else { break };
            let (task, note) = task(&row).map_err(store_error)?;
            if !known.contains(&task.task) && question.fits(&task.title, &note) {
                found.push(task);
            }
        }
        found.sort_by_key(|task| Reverse(task.starts_at));
        Ok(found)
    }

    /// Those on which the asker has noted what was asked for, the latest.
    async fn noted_tasks(&self, question: &Question) -> Result<Vec<FoundTask>, StoreError> {
        let rows = sqlx::query(NOTED)
            .bind(question.asker.0)
            .bind(question.from)
            .bind(question.to)
            .bind(NOTES_READ)
            .fetch_all(&self.readers)
            .await
            .map_err(store_error)?;
        let noted = |row: &SqliteRow| Ok((task(row)?, row.try_get::<String, _>("own")?));
        let noted: Result<Vec<_>, sqlx::Error> = rows.iter().map(noted).collect();
        let noted = noted.map_err(store_error)?;
        let asked = question.asked.clone();
        apart(&self.search, move |_| {
            let fits = noted.into_iter().filter_map(|((task, note), own)| {
                let texts = [task.title.clone(), note, own];
                asked.finds(&texts).then_some(task)
            });
            Ok(fits.take(NAMED_MAX).collect())
        })
        .await
    }

    /// The latest changed first.
    async fn found_files(&self, question: &Question) -> Result<Vec<FoundFile>, StoreError> {
        let mut found = Vec::new();
        let mut proposals = self.proposals(Named::Node, question).await?;
        while found.len() < NAMED_MAX {
            let Some(row) = proposals.next().await? else { break };
            let mut node = file(&row).map_err(store_error)?;
            if !question.fits(&node.name, "") {
                continue;
            }
            let mut path = self.drive_path(node.space.id, node.node).await?;
            // What was removed with the folder it lies in has no mark of its own.
            if path.iter().any(|step| step.binned_at.is_some()) {
                continue;
            }
            path.pop();
            let steps = path.into_iter().map(|step| FoundStep { node: step.node, name: step.name });
            node.path = steps.collect();
            found.push(node);
        }
        found.sort_by_key(|node| Reverse(node.changed_at));
        Ok(found)
    }

    /// The latest first.
    async fn found_notices(&self, question: &Question) -> Result<Vec<FoundNotice>, StoreError> {
        let mut found = Vec::new();
        let mut proposals = self.proposals(Named::Notice, question).await?;
        while found.len() < NAMED_MAX {
            let Some(row) = proposals.next().await? else { break };
            let (notice, text) = notice(&row).map_err(store_error)?;
            if question.fits(&notice.title, &text) {
                found.push(notice);
            }
        }
        found.sort_by_key(|notice| Reverse(notice.sent_at));
        Ok(found)
    }

    /// In the operators' order.
    async fn found_apps(&self, question: &Question) -> Result<Vec<FoundApp>, StoreError> {
        let square = self.square(question.asker).await?;
        let fitting = square.into_iter().filter(|app| question.fits(&app.name, &app.summary));
        let found = fitting.map(|app| FoundApp { app: app.app, name: app.name });
        Ok(found.take(NAMED_MAX).collect())
    }
}

/// A task and its note.
fn task(row: &SqliteRow) -> Result<(FoundTask, String), sqlx::Error> {
    let task = FoundTask {
        task: StreamId::new(EntityKind::Task, row.try_get("task_id")?),
        title: row.try_get("title")?,
        starts_at: row.try_get("starts_at")?,
        ends_at: row.try_get("ends_at")?,
        done: row.try_get("done")?,
    };
    Ok((task, row.try_get("note")?))
}

/// A place of the drive, without its path.
fn file(row: &SqliteRow) -> Result<FoundFile, sqlx::Error> {
    let personal = row.try_get::<&str, _>("space_kind")? == "personal";
    Ok(FoundFile {
        space: StreamId::new(EntityKind::Space, row.try_get("space_id")?),
        node: read::unsigned(row, "node")?,
        folder: row.try_get("folder")?,
        name: row.try_get("name")?,
        place: if personal { String::new() } else { row.try_get("space_name")? },
        path: Vec::new(),
        changed_at: row.try_get("changed_at")?,
    })
}

/// A notice and its text.
fn notice(row: &SqliteRow) -> Result<(FoundNotice, String), sqlx::Error> {
    let notice = FoundNotice {
        notice: StreamId::new(EntityKind::Notice, row.try_get("notice_id")?),
        kind: of_word(row.try_get("kind")?)?,
        title: row.try_get("title")?,
        sent_at: row.try_get("sent_at")?,
        received: row.try_get("received")?,
        done: row.try_get("done")?,
    };
    Ok((notice, row.try_get("text")?))
}
