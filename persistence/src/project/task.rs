//! Tables of tasks and their people. Invariant: `over_at` of every person's row is the moment
//! after which nothing of the task takes place, so that lists skip what is over by the index.

use super::{of_word, word};
use crate::sqlite::{errors::corrupt, statements::INSERT_TASK_PEOPLE};
use domain::task::{Schedule, carried};
use kernel::journal::StoredEvent;
use protocol::{
    Day, Millis,
    task::{Repeat, TaskCreated, TaskEvent},
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
            sqlx::query("UPDATE task_tasks SET repeat = ?, done = 0 WHERE task_id = ?")
                .bind(body.repeat.as_ref().map(json))
                .bind(task)
                .execute(&mut *connection)
                .await?;
            unfinish_all(connection, task).await?;
            over(connection, task).await?;
        }
        E::TaskAssigned(body) => {
            sqlx::query(
                "INSERT INTO task_people (task_id, account_id, part, over_at) \
                 VALUES (?1, ?2, ?3, 0) \
                 ON CONFLICT (task_id, account_id) DO UPDATE SET part = excluded.part",
            )
            .bind(task)
            .bind(body.account.0)
            .bind(word(&body.part))
            .execute(&mut *connection)
            .await?;
            over(connection, task).await?;
        }
        E::TaskReleased(body) => {
            sqlx::query("DELETE FROM task_people WHERE task_id = ? AND account_id = ?")
                .bind(task)
                .bind(body.account.0)
                .execute(&mut *connection)
                .await?;
        }
        E::TaskFinished(body) => finished(connection, task, body.on, true).await?,
        E::TaskReopened(body) => finished(connection, task, body.on, false).await?,
        E::TaskRemoved(_) => return removed(connection, task).await,
        E::TaskRoomSet(body) => {
            sqlx::query("UPDATE task_tasks SET room_id = ? WHERE task_id = ?")
                .bind(body.room.0)
                .bind(task)
                .execute(&mut *connection)
                .await?;
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
         repeat, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
    .execute(&mut *connection)
    .await?;
    INSERT_TASK_PEOPLE
        .execute(connection, &body.people, |query, person| {
            query.bind(task).bind(person.account.0).bind(word(&person.part)).bind(over_at)
        })
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
    if old != new {
        unfinish_all(connection, task).await?;
    }
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

/// Writes anew when the task is over.
async fn over(connection: &mut SqliteConnection, task: Uuid) -> Result<(), sqlx::Error> {
    let ((starts_at, ends_at), zone, repeat) = times(connection, task).await?;
    let schedule = Schedule { starts_at, ends_at, zone, repeat: repeat.as_ref() };
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

async fn unfinish_all(connection: &mut SqliteConnection, task: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM task_finished WHERE task_id = ?")
        .bind(task)
        .execute(connection)
        .await
        .map(|_| ())
}

/// Its events stay; what people noted on it stays theirs.
async fn removed(connection: &mut SqliteConnection, task: Uuid) -> Result<(), sqlx::Error> {
    for statement in [
        "DELETE FROM task_people WHERE task_id = ?",
        "DELETE FROM task_finished WHERE task_id = ?",
        "DELETE FROM task_tasks WHERE task_id = ?",
    ] {
        sqlx::query(statement).bind(task).execute(&mut *connection).await?;
    }
    Ok(())
}

fn json(repeat: &Repeat) -> String {
    serde_json::to_string(repeat).expect("a rule has string keys and plain values")
}

/// A stored rule.
pub(crate) fn rule(json: String) -> Result<Repeat, sqlx::Error> {
    serde_json::from_str(&json).map_err(|error| corrupt(format!("stored rule: {error}")))
}
