//! Tasks of a person in a window of time, expanded to occurrences; calendars and feeds.
//! Invariant: what is private is read for its people only; what somebody noted is read for that
//! person only.

use super::Queries;
use crate::{
    project::{of_word, rule},
    sqlite::errors::store_error,
};
use domain::task::Schedule;
use kernel::journal::StoreError;
use protocol::{
    AccountId, Day, EntityKind, Millis, RoomId, StreamId, Zone,
    task::{TaskItem, TaskPart, TaskPerson},
};
use sqlx::{Row, sqlite::SqliteRow};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Tasks of one window; more do not fit on a screen, and the window says so.
const TASKS_MAX: i64 = 2_000;

/// ?1 whose, ?2 and ?3 the window, ?4 who reads (others see no private ones and no notes).
const TASKS: &str = "SELECT t.*, n.text AS own_note FROM task_people p \
     JOIN task_tasks t ON t.task_id = p.task_id \
     LEFT JOIN calendar_notes n ON n.task_id = t.task_id AND n.account_id = ?4 \
     WHERE p.account_id = ?1 AND p.over_at >= ?2 AND t.starts_at < ?3 \
     AND (t.private = 0 OR ?1 = ?4) ORDER BY t.starts_at, t.task_id LIMIT ?5";

const FINISHED: &str = "SELECT f.task_id, f.day FROM task_people p \
     JOIN task_finished f ON f.task_id = p.task_id \
     WHERE p.account_id = ?1 AND p.over_at >= ?2 AND f.day BETWEEN ?3 AND ?4";

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
        let stored = self.stored_tasks(of, reader, from, to).await?;
        if stored.len() as i64 > TASKS_MAX {
            return Ok(None);
        }
        let finished = self.finished(of, from, to).await?;
        let mut items = Vec::new();
        for task in stored {
            let item = &task.item;
            let schedule = Schedule {
                starts_at: item.starts_at,
                ends_at: item.ends_at,
                zone: item.zone,
                repeat: item.repeat.as_ref(),
            };
            for one in schedule.within(from, to) {
                let repeats = item.repeat.is_some();
                items.push(TaskItem {
                    starts_at: one.starts_at,
                    ends_at: one.ends_at,
                    on: repeats.then_some(one.on),
                    done: if repeats { finished.contains(&(task.id, one.on)) } else { item.done },
                    ..item.clone()
                });
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
        for one in &mut stored {
            one.item.people = by_task.remove(&one.id).unwrap_or_default();
            one.item.people.sort_by_key(|person| (std::cmp::Reverse(person.part), person.account));
        }
        Ok(stored)
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
        repeat: repeat.map(rule).transpose()?,
        private: row.try_get("private")?,
        done: row.try_get("done")?,
        people: Vec::new(),
        room: row.try_get::<Option<Uuid>, _>("room_id")?.map(RoomId),
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
