//! Tables of tasks and their people. Invariants: `over_at` of every person's row is the moment
//! after which nothing of the task takes place, so that lists skip what is over by the index; what
//! is known of single occurrences (`occurrences`) is kept as long as the rule has them, as
//! `domain::task` keeps it.

mod occurrences;

pub(crate) use occurrences::exception;

use super::{of_word, word};
use crate::sqlite::{errors::corrupt, read, statements::INSERT_TASK_PEOPLE};
use domain::task::{Exceptions, Schedule, Series, carried};
use kernel::journal::StoredEvent;
use occurrences::{altered, cut, exceptions, forget, restored};
use protocol::{
    Day, Millis, Seq,
    file::FileRef,
    task::{Repeat, TaskAssigned, TaskCreated, TaskEvent, TaskException, TaskSplit, TaskStopped},
};
use sqlx::{Row, SqliteConnection};
use uuid::Uuid;

/// What never ends is over on a day that never comes.
const NEVER: Millis = Millis::MAX;

pub(super) async fn apply(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    words: TaskEvent,
) -> Result<(), sqlx::Error> {
    use TaskEvent as E;
    let task = event.stream.id;
    match words {
        E::TaskCreated(body) => return created(connection, event, body).await,
        E::TaskChanged(body) => {
            sqlx::query("UPDATE task_tasks SET title = ?, note = ?, private = ? WHERE task_id = ?")
                .bind(body.title)
                .bind(body.note)
                .bind(body.private)
                .bind(task)
                .execute(&mut *connection)
                .await?;
        }
        E::TaskMoved(body) => moved(connection, task, body.starts_at, body.ends_at).await?,
        E::TaskRepeated(body) => {
            let set = sqlx::query("UPDATE task_tasks SET repeat = ?, done = 0 WHERE task_id = ?");
            let set = set.bind(body.repeat.as_ref().map(json)).bind(task);
            set.execute(&mut *connection).await?;
            forget(connection, task).await?;
            over(connection, task).await?;
        }
        E::OccurrenceAltered(body) => {
            altered(connection, task, &body.exception).await?;
            over(connection, task).await?;
        }
        E::OccurrenceRestored(body) => {
            restored(connection, task, body.on).await?;
            over(connection, task).await?;
        }
        E::TaskSplit(TaskSplit { on, only: true, .. }) => {
            altered(connection, task, &left_out(on)).await?;
            over(connection, task).await?;
        }
        E::TaskSplit(TaskSplit { on, .. }) | E::TaskStopped(TaskStopped { on }) => {
            cut(connection, task, on).await?;
            over(connection, task).await?;
        }
        E::FileAttached(body) => attached(connection, event, body.file).await?,
        E::FileDetached(body) => detached(connection, task, body.seq).await?,
        E::ReminderSet(body) => {
            let set = sqlx::query("UPDATE task_tasks SET remind = ? WHERE task_id = ?");
            set.bind(list(&body.minutes)).bind(task).execute(&mut *connection).await?;
        }
        // The to-do is a notice; who looks at the task sees nothing of it.
        E::TaskReminded(_) => {}
        E::TaskAssigned(body) => assigned(connection, task, body).await?,
        E::TaskReleased(body) => {
            let gone = sqlx::query("DELETE FROM task_people WHERE task_id = ? AND account_id = ?");
            gone.bind(task).bind(body.account.0).execute(&mut *connection).await?;
        }
        E::TaskFinished(body) => finished(connection, task, body.on, true).await?,
        E::TaskReopened(body) => finished(connection, task, body.on, false).await?,
        E::TaskRemoved(_) => return removed(connection, task).await,
        E::TaskRoomSet(body) => {
            let set = sqlx::query("UPDATE task_tasks SET room_id = ? WHERE task_id = ?");
            set.bind(body.room.0).bind(task).execute(&mut *connection).await?;
        }
    }
    sqlx::query("UPDATE task_tasks SET changed_at = ? WHERE task_id = ?")
        .bind(event.at)
        .bind(task)
        .execute(connection)
        .await
        .map(|_| ())
}

async fn created(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    body: TaskCreated,
) -> Result<(), sqlx::Error> {
    let task = event.stream.id;
    let TaskCreated { starts_at, ends_at, zone, .. } = body;
    let schedule = Schedule { starts_at, ends_at, zone, repeat: body.repeat.as_ref() };
    let over_at = schedule.over_at().unwrap_or(NEVER);
    sqlx::query(
        "INSERT INTO task_tasks (task_id, title, note, starts_at, ends_at, zone, private, \
         repeat, changed_at, begins_at, remind, follows, done) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(task)
    .bind(body.title)
    .bind(body.note)
    .bind(starts_at)
    .bind(ends_at)
    .bind(zone.name())
    .bind(body.private)
    .bind(body.repeat.as_ref().map(json))
    .bind(event.at)
    .bind(starts_at)
    .bind(list(&body.remind))
    .bind(body.follows.map(|stream| stream.id))
    .bind(body.done)
    .execute(&mut *connection)
    .await?;
    INSERT_TASK_PEOPLE
        .execute(&mut *connection, &body.people, |query, person| {
            query.bind(task).bind(person.account.0).bind(word(&person.part)).bind(over_at)
        })
        .await?;
    for day in &body.finished {
        finished(connection, task, Some(*day), true).await?;
    }
    for exception in &body.exceptions {
        altered(connection, task, exception).await?;
    }
    if body.exceptions.is_empty() { Ok(()) } else { over(connection, task).await }
}

async fn assigned(
    connection: &mut SqliteConnection,
    task: Uuid,
    body: TaskAssigned,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO task_people (task_id, account_id, part, over_at) VALUES (?1, ?2, ?3, 0) \
         ON CONFLICT (task_id, account_id) DO UPDATE SET part = excluded.part",
    )
    .bind(task)
    .bind(body.account.0)
    .bind(word(&body.part))
    .execute(&mut *connection)
    .await?;
    over(connection, task).await
}

fn left_out(on: Day) -> TaskException {
    let (title, note, starts_at, ends_at) = (None, None, None, None);
    TaskException { on, skipped: true, title, note, starts_at, ends_at }
}

async fn attached(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    file: FileRef,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO task_files (task_id, seq, at, account_id, blob_id, name, bytes, type) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(event.stream.id)
    .bind(read::number(event.seq))
    .bind(event.at)
    .bind(event.by.map(|by| by.0))
    .bind(file.blob.0)
    .bind(file.name)
    .bind(read::number(file.bytes))
    .bind(file.media_type)
    .execute(connection)
    .await
    .map(|_| ())
}

async fn detached(
    connection: &mut SqliteConnection,
    task: Uuid,
    seq: Seq,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM task_files WHERE task_id = ? AND seq = ?")
        .bind(task)
        .bind(read::number(seq))
        .execute(connection)
        .await
        .map(|_| ())
}

/// The rule moves along as `domain::task` says: its weekday follows the first day's.
async fn moved(
    connection: &mut SqliteConnection,
    task: Uuid,
    starts_at: Millis,
    ends_at: Millis,
) -> Result<(), sqlx::Error> {
    let (before, zone, repeat) = times(connection, task).await?;
    let (old, new) = (zone.day(before.0), zone.day(starts_at));
    let repeat = repeat.map(|repeat| carried(repeat, old, new));
    sqlx::query("UPDATE task_tasks SET starts_at = ?, ends_at = ?, repeat = ? WHERE task_id = ?")
        .bind(starts_at)
        .bind(ends_at)
        .bind(repeat.as_ref().map(json))
        .bind(task)
        .execute(&mut *connection)
        .await?;
    forget(connection, task).await?;
    over(connection, task).await
}

type Times = ((Millis, Millis), protocol::Zone, Option<Repeat>);

async fn times(connection: &mut SqliteConnection, task: Uuid) -> Result<Times, sqlx::Error> {
    let row =
        sqlx::query("SELECT starts_at, ends_at, zone, repeat FROM task_tasks WHERE task_id = ?")
            .bind(task)
            .fetch_one(connection)
            .await?;
    let repeat: Option<String> = row.try_get("repeat")?;
    let zone = of_word(row.try_get("zone")?)?;
    Ok(((row.try_get("starts_at")?, row.try_get("ends_at")?), zone, repeat.map(rule).transpose()?))
}

/// Writes anew when the task begins and when it is over.
async fn over(connection: &mut SqliteConnection, task: Uuid) -> Result<(), sqlx::Error> {
    let ((starts_at, ends_at), zone, repeat) = times(connection, task).await?;
    let schedule = Schedule { starts_at, ends_at, zone, repeat: repeat.as_ref() };
    let known: Exceptions = exceptions(connection, task).await?;
    let schedule = Series { schedule, exceptions: &known };
    sqlx::query("UPDATE task_tasks SET begins_at = ? WHERE task_id = ?")
        .bind(schedule.begins_at())
        .bind(task)
        .execute(&mut *connection)
        .await?;
    sqlx::query("UPDATE task_people SET over_at = ? WHERE task_id = ?")
        .bind(schedule.over_at().unwrap_or(NEVER))
        .bind(task)
        .execute(connection)
        .await
        .map(|_| ())
}

/// The task, or one occurrence of it.
async fn finished(
    connection: &mut SqliteConnection,
    task: Uuid,
    on: Option<Day>,
    done: bool,
) -> Result<(), sqlx::Error> {
    let statement = match (on, done) {
        (None, done) => {
            sqlx::query("UPDATE task_tasks SET done = ? WHERE task_id = ?").bind(done).bind(task)
        }
        (Some(day), true) => sqlx::query(
            "INSERT INTO task_finished (task_id, day) VALUES (?, ?) \
             ON CONFLICT (task_id, day) DO NOTHING",
        )
        .bind(task)
        .bind(day.0),
        (Some(day), false) => {
            sqlx::query("DELETE FROM task_finished WHERE task_id = ? AND day = ?")
                .bind(task)
                .bind(day.0)
        }
    };
    statement.execute(connection).await.map(|_| ())
}

/// Its events stay; what people noted on it stays theirs.
async fn removed(connection: &mut SqliteConnection, task: Uuid) -> Result<(), sqlx::Error> {
    for statement in [
        "DELETE FROM task_people WHERE task_id = ?",
        "DELETE FROM task_finished WHERE task_id = ?",
        "DELETE FROM task_exceptions WHERE task_id = ?",
        "DELETE FROM task_files WHERE task_id = ?",
        "DELETE FROM task_tasks WHERE task_id = ?",
    ] {
        sqlx::query(statement).bind(task).execute(&mut *connection).await?;
    }
    Ok(())
}

fn json(repeat: &Repeat) -> String {
    serde_json::to_string(repeat).expect("a rule has string keys and plain values")
}

fn list(minutes: &[u32]) -> String {
    serde_json::to_string(minutes).expect("numbers are JSON")
}

/// A stored rule.
pub(crate) fn rule(json: String) -> Result<Repeat, sqlx::Error> {
    serde_json::from_str(&json).map_err(|error| corrupt(format!("stored rule: {error}")))
}
