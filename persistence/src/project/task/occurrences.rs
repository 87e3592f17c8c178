//! What is known of single occurrences: which are done, which are not as the series says.

use super::{rule, times};
use domain::task::{Exceptions, Schedule};
use protocol::{Day, task::TaskException};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;

pub(super) async fn altered(
    connection: &mut SqliteConnection,
    task: Uuid,
    one: &TaskException,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO task_exceptions (task_id, day, skipped, title, note, starts_at, ends_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (task_id, day) DO UPDATE SET \
         skipped = excluded.skipped, title = excluded.title, note = excluded.note, \
         starts_at = excluded.starts_at, ends_at = excluded.ends_at",
    )
    .bind(task)
    .bind(one.on.0)
    .bind(one.skipped)
    .bind(one.title.as_deref())
    .bind(one.note.as_deref())
    .bind(one.starts_at)
    .bind(one.ends_at)
    .execute(&mut *connection)
    .await?;
    if one.skipped {
        remove(connection, "DELETE FROM task_finished WHERE task_id = ? AND day = ?", task, one.on)
            .await?;
    }
    Ok(())
}

pub(super) async fn restored(
    connection: &mut SqliteConnection,
    task: Uuid,
    on: Day,
) -> Result<(), sqlx::Error> {
    remove(connection, "DELETE FROM task_exceptions WHERE task_id = ? AND day = ?", task, on).await
}

async fn remove(
    connection: &mut SqliteConnection,
    statement: &'static str,
    task: Uuid,
    day: Day,
) -> Result<(), sqlx::Error> {
    sqlx::query(statement).bind(task).bind(day.0).execute(connection).await.map(|_| ())
}

/// Nothing on that day or later.
pub(super) async fn cut(
    connection: &mut SqliteConnection,
    task: Uuid,
    on: Day,
) -> Result<(), sqlx::Error> {
    let repeat: Option<String> =
        sqlx::query_scalar("SELECT repeat FROM task_tasks WHERE task_id = ?")
            .bind(task)
            .fetch_one(&mut *connection)
            .await?;
    if let Some(mut repeat) = repeat.map(rule).transpose()? {
        repeat.until = Some(Day(on.0 - 1));
        sqlx::query("UPDATE task_tasks SET repeat = ? WHERE task_id = ?")
            .bind(super::json(&repeat))
            .bind(task)
            .execute(&mut *connection)
            .await?;
    }
    for statement in [
        "DELETE FROM task_finished WHERE task_id = ? AND day >= ?",
        "DELETE FROM task_exceptions WHERE task_id = ? AND day >= ?",
    ] {
        remove(connection, statement, task, on).await?;
    }
    Ok(())
}

/// What is known of days on which the rule has nothing any more.
pub(super) async fn forget(
    connection: &mut SqliteConnection,
    task: Uuid,
) -> Result<(), sqlx::Error> {
    let ((starts_at, ends_at), zone, repeat) = times(connection, task).await?;
    let schedule = Schedule { starts_at, ends_at, zone, repeat: repeat.as_ref() };
    for (read, delete) in [
        (
            "SELECT day FROM task_finished WHERE task_id = ?",
            "DELETE FROM task_finished WHERE task_id = ? AND day = ?",
        ),
        (
            "SELECT day FROM task_exceptions WHERE task_id = ?",
            "DELETE FROM task_exceptions WHERE task_id = ? AND day = ?",
        ),
    ] {
        let days: Vec<i64> =
            sqlx::query_scalar(read).bind(task).fetch_all(&mut *connection).await?;
        for day in days.into_iter().map(Day).filter(|day| !schedule.keeps(*day)) {
            remove(connection, delete, task, day).await?;
        }
    }
    Ok(())
}

pub(super) async fn exceptions(
    connection: &mut SqliteConnection,
    task: Uuid,
) -> Result<Exceptions, sqlx::Error> {
    let rows = sqlx::query("SELECT * FROM task_exceptions WHERE task_id = ?")
        .bind(task)
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| exception(row).map(|one| (one.on, one))).collect()
}

/// A stored exception.
pub(crate) fn exception(row: &SqliteRow) -> Result<TaskException, sqlx::Error> {
    Ok(TaskException {
        on: Day(row.try_get("day")?),
        skipped: row.try_get("skipped")?,
        title: row.try_get("title")?,
        note: row.try_get("note")?,
        starts_at: row.try_get("starts_at")?,
        ends_at: row.try_get("ends_at")?,
    })
}
