//! Tasks of a person in a window of time, expanded to occurrences; calendars and feeds.
//! Invariant: what is private is read for its people only; what somebody noted is read for that
//! person only.

use super::Queries;
use crate::{
    project::{exception, of_word, rule},
    sqlite::{
        errors::{corrupt, store_error},
        read,
        statements::{SELECT_TASK_EXCEPTIONS, SELECT_TASK_FILES},
    },
};
use domain::task::{Exceptions, Occurrence, Schedule, Series};
use kernel::journal::StoreError;
use protocol::{
    AccountId, BlobId, Day, EntityKind, Millis, RoomId, StreamId, Zone,
    file::FileRef,
    task::{TaskException, TaskFile, TaskItem, TaskPart, TaskPerson},
};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Tasks of one window; more do not fit on a screen, and the window says so.
const TASKS_MAX: i64 = 2_000;

/// ?1 whose, ?2 and ?3 the window, ?4 who reads (others see no private ones and no notes).
const TASKS: &str = "SELECT t.*, n.text AS own_note FROM task_people p \
     JOIN task_tasks t ON t.task_id = p.task_id \
     LEFT JOIN calendar_notes n ON n.task_id = t.task_id AND n.account_id = ?4 \
     WHERE p.account_id = ?1 AND p.over_at >= ?2 AND t.begins_at < ?3 \
     AND (t.private = 0 OR ?1 = ?4) ORDER BY t.starts_at, t.task_id LIMIT ?5";

const FINISHED: &str = "SELECT f.task_id, f.day FROM task_people p \
     JOIN task_finished f ON f.task_id = p.task_id \
     WHERE p.account_id = ?1 AND p.over_at >= ?2 AND (f.day BETWEEN ?3 AND ?4 OR EXISTS \
     (SELECT 1 FROM task_exceptions e WHERE e.task_id = f.task_id AND e.day = f.day))";

const TASK: &str = "SELECT t.*, n.text AS own_note FROM task_tasks t \
     LEFT JOIN calendar_notes n ON n.task_id = t.task_id AND n.account_id = ?2 \
     WHERE t.task_id = ?1";

/// A task as its row has it.
struct Stored {
    id: Uuid,
    item: TaskItem,
}

impl Queries {
    /// The tasks in which `of` has a part and that take place in `from..to`, as `reader` may see
    /// them: each occurrence once, the earliest first. `None`: too many for one window.
    pub async fn tasks(
        &self,
        of: AccountId,
        reader: AccountId,
        from: Millis,
        to: Millis,
    ) -> Result<Option<Vec<TaskItem>>, StoreError> {
        let mut stored = self.stored_tasks(of, reader, from, to).await?;
        if of != reader {
            // Whoever is not in it cannot open them.
            stored.iter_mut().for_each(|task| task.item.files.clear());
        }
        if stored.len() as i64 > TASKS_MAX {
            return Ok(None);
        }
        let finished = self.finished(of, from, to).await?;
        let mut items = Vec::new();
        for task in stored {
            for item in occurrences(&task.item, from, to) {
                let is_done = |on| finished.contains(&(task.id, on));
                items.push(TaskItem { done: item.on.map_or(item.done, is_done), ..item });
            }
            if items.len() as i64 > TASKS_MAX {
                return Ok(None);
            }
        }
        items.sort_by_key(|item| (item.starts_at, item.task));
        Ok(Some(items))
    }

    /// As they are stored, rules and all, with what its owner sees: what a feed hands on.
    pub async fn feed_tasks(
        &self,
        of: AccountId,
        from: Millis,
    ) -> Result<Vec<TaskItem>, StoreError> {
        let stored = self.stored_tasks(of, of, from, Millis::MAX).await?;
        Ok(stored.into_iter().map(|task| task.item).collect())
    }

    async fn stored_tasks(
        &self,
        of: AccountId,
        reader: AccountId,
        from: Millis,
        to: Millis,
    ) -> Result<Vec<Stored>, StoreError> {
        let rows = sqlx::query(TASKS)
            .bind(of.0)
            .bind(from)
            .bind(to)
            .bind(reader.0)
            .bind(TASKS_MAX + 1)
            .fetch_all(&self.readers)
            .await
            .map_err(store_error)?;
        self.with_people(&rows).await
    }

    /// One task as its row has it, for somebody who may see it.
    pub async fn task(
        &self,
        task: StreamId,
        reader: AccountId,
    ) -> Result<Option<TaskItem>, StoreError> {
        let row = sqlx::query(TASK)
            .bind(task.id)
            .bind(reader.0)
            .fetch_optional(&self.readers)
            .await
            .map_err(store_error)?;
        let found = self.with_people(row.as_slice()).await?;
        Ok(found.into_iter().next().map(|stored| stored.item))
    }

    /// What part the account has in the task.
    pub async fn task_part(
        &self,
        task: StreamId,
        account: AccountId,
    ) -> Result<Option<TaskPart>, StoreError> {
        let part: Option<String> =
            sqlx::query_scalar("SELECT part FROM task_people WHERE task_id = ? AND account_id = ?")
                .bind(task.id)
                .bind(account.0)
                .fetch_optional(&self.readers)
                .await
                .map_err(store_error)?;
        part.map(of_word).transpose().map_err(store_error)
    }

    async fn with_people(&self, rows: &[SqliteRow]) -> Result<Vec<Stored>, StoreError> {
        let mut stored =
            rows.iter().map(task).collect::<Result<Vec<_>, _>>().map_err(store_error)?;
        let ids: Vec<Uuid> = stored.iter().map(|one| one.id).collect();
        let mut connection = self.readers.acquire().await.map_err(store_error)?;
        let people = crate::sqlite::statements::SELECT_TASK_PEOPLE
            .fetch(&mut connection, &ids, |query, id| query.bind(*id))
            .await
            .map_err(store_error)?;
        let mut by_task: HashMap<Uuid, Vec<TaskPerson>> = HashMap::new();
        for row in people {
            let person = person(&row).map_err(store_error)?;
            by_task.entry(row.try_get("task_id").map_err(store_error)?).or_default().push(person);
        }
        let mut more = self.occurrences_and_files(&mut connection, &ids).await?;
        for one in &mut stored {
            one.item.people = by_task.remove(&one.id).unwrap_or_default();
            if let Some((exceptions, files)) = more.remove(&one.id) {
                (one.item.exceptions, one.item.files) = (exceptions, files);
            }
            one.item.people.sort_by_key(|person| (std::cmp::Reverse(person.part), person.account));
        }
        Ok(stored)
    }

    async fn occurrences_and_files(
        &self,
        connection: &mut SqliteConnection,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Known>, StoreError> {
        let mut known: HashMap<Uuid, Known> = HashMap::new();
        let exceptions = SELECT_TASK_EXCEPTIONS.fetch(connection, ids, |query, id| query.bind(*id));
        for row in exceptions.await.map_err(store_error)? {
            let one = exception(&row).map_err(store_error)?;
            let task = row.try_get("task_id").map_err(store_error)?;
            known.entry(task).or_default().0.push(one);
        }
        let files = SELECT_TASK_FILES.fetch(connection, ids, |query, id| query.bind(*id));
        for row in files.await.map_err(store_error)? {
            let one = file(&row).map_err(store_error)?;
            let task = row.try_get("task_id").map_err(store_error)?;
            known.entry(task).or_default().1.push(one);
        }
        Ok(known)
    }

    /// Which occurrences that can reach into the window are done.
    async fn finished(
        &self,
        of: AccountId,
        from: Millis,
        to: Millis,
    ) -> Result<HashSet<(Uuid, Day)>, StoreError> {
        // Nothing lasts longer than a year; a day more on each side, whatever the zone.
        let first = Zone::default().day(from).0 - 367;
        let last = Zone::default().day(to).0 + 1;
        let rows: Result<Vec<(Uuid, i64)>, _> = sqlx::query_as(FINISHED)
            .bind(of.0)
            .bind(from)
            .bind(first)
            .bind(last)
            .fetch_all(&self.readers)
            .await;
        Ok(rows.map_err(store_error)?.into_iter().map(|(task, day)| (task, Day(day))).collect())
    }
}

/// What is known of a task's single occurrences, and its files.
type Known = (Vec<TaskException>, Vec<TaskFile>);

/// Each occurrence in the window as its people see it.
fn occurrences(item: &TaskItem, from: Millis, to: Millis) -> Vec<TaskItem> {
    let exceptions: Exceptions = item.exceptions.iter().map(|one| (one.on, one.clone())).collect();
    let (starts_at, ends_at, zone) = (item.starts_at, item.ends_at, item.zone);
    let schedule = Schedule { starts_at, ends_at, zone, repeat: item.repeat.as_ref() };
    let series = Series { schedule, exceptions: &exceptions };
    let plain = TaskItem { exceptions: Vec::new(), ..item.clone() };
    let repeats = item.repeat.is_some();
    let one = |one: Occurrence| {
        let exception = exceptions.get(&one.on);
        let other = |of: fn(&TaskException) -> Option<&String>| exception.and_then(of).cloned();
        TaskItem {
            starts_at: one.starts_at,
            ends_at: one.ends_at,
            on: repeats.then_some(one.on),
            altered: exception.is_some(),
            title: other(|one| one.title.as_ref()).unwrap_or_else(|| plain.title.clone()),
            note: other(|one| one.note.as_ref()).unwrap_or_else(|| plain.note.clone()),
            ..plain.clone()
        }
    };
    series.within(from, to).into_iter().map(one).collect()
}

fn file(row: &SqliteRow) -> Result<TaskFile, sqlx::Error> {
    Ok(TaskFile {
        seq: read::unsigned(row, "seq")?,
        at: row.try_get("at")?,
        by: row.try_get::<Option<Uuid>, _>("account_id")?.map(AccountId),
        file: FileRef {
            blob: BlobId(row.try_get("blob_id")?),
            name: row.try_get("name")?,
            bytes: read::unsigned(row, "bytes")?,
            media_type: row.try_get("type")?,
        },
    })
}

fn task(row: &SqliteRow) -> Result<Stored, sqlx::Error> {
    let id: Uuid = row.try_get("task_id")?;
    let repeat: Option<String> = row.try_get("repeat")?;
    let item = TaskItem {
        task: StreamId::new(EntityKind::Task, id),
        title: row.try_get("title")?,
        note: row.try_get("note")?,
        starts_at: row.try_get("starts_at")?,
        ends_at: row.try_get("ends_at")?,
        zone: of_word::<Zone>(row.try_get("zone")?)?,
        on: None,
        altered: false,
        exceptions: Vec::new(),
        repeat: repeat.map(rule).transpose()?,
        private: row.try_get("private")?,
        done: row.try_get("done")?,
        people: Vec::new(),
        room: row.try_get::<Option<Uuid>, _>("room_id")?.map(RoomId),
        files: Vec::new(),
        remind: serde_json::from_str(row.try_get("remind")?)
            .map_err(|error| corrupt(format!("stored reminders: {error}")))?,
        follows: row
            .try_get::<Option<Uuid>, _>("follows")?
            .map(|id| StreamId::new(EntityKind::Task, id)),
        own_note: row.try_get("own_note")?,
    };
    Ok(Stored { id, item })
}

fn person(row: &SqliteRow) -> Result<TaskPerson, sqlx::Error> {
    Ok(TaskPerson {
        account: AccountId(row.try_get("account_id")?),
        part: of_word(row.try_get("part")?)?,
    })
}
