//! Outbox rows and timers: what is still to be done. Invariant: a row leaves in the
//! transaction of the command that consumed it, or because its receiver had nothing to do.

use super::{SqliteJournal, errors::store_error, read};
use kernel::journal::{OutboxRow, StoreError, TimerRow};
use protocol::{CommandId, Millis, StreamId};
use sqlx::{Row, SqliteConnection};

pub(super) async fn outbox(
    journal: &SqliteJournal,
    limit: usize,
) -> Result<Vec<OutboxRow>, StoreError> {
    let rows = sqlx::query(
        "SELECT id, to_kind, to_id, order_json, at FROM outbox ORDER BY position LIMIT ?",
    )
    .bind(read::number(limit as u64))
    .fetch_all(&journal.readers)
    .await
    .map_err(store_error)?;
    let row = |row: &sqlx::sqlite::SqliteRow| {
        let kind = read::kind_of_name(row.try_get("to_kind")?)?;
        Ok(OutboxRow {
            id: CommandId(row.try_get("id")?),
            to: StreamId::new(kind, row.try_get("to_id")?),
            order: row.try_get("order_json")?,
            at: row.try_get("at")?,
        })
    };
    rows.iter().map(row).collect::<Result<_, _>>().map_err(store_error)
}

pub(super) async fn settle(journal: &SqliteJournal, id: CommandId) -> Result<(), StoreError> {
    let mut session = journal.writer.begin().await?;
    let done = consume(&mut session.connection, id).await;
    session.finish(done).await
}

/// Removes the outbox row or timer that bears the id.
pub(super) async fn consume(
    connection: &mut SqliteConnection,
    id: CommandId,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM outbox WHERE id = ?").bind(id.0).execute(&mut *connection).await?;
    sqlx::query("DELETE FROM timers WHERE id = ?").bind(id.0).execute(connection).await?;
    Ok(())
}

pub(super) async fn due(
    journal: &SqliteJournal,
    now: Millis,
    limit: usize,
) -> Result<Vec<TimerRow>, StoreError> {
    let rows = sqlx::query(
        "SELECT stream_id, kind, name, at, id FROM timers WHERE at <= ? \
         ORDER BY at, stream_id, name LIMIT ?",
    )
    .bind(now)
    .bind(read::number(limit as u64))
    .fetch_all(&journal.readers)
    .await
    .map_err(store_error)?;
    rows.iter().map(timer_of_row).collect::<Result<_, _>>().map_err(store_error)
}

pub(crate) fn timer_of_row(row: &sqlx::sqlite::SqliteRow) -> Result<TimerRow, sqlx::Error> {
    let kind = read::kind_of_name(row.try_get("kind")?)?;
    Ok(TimerRow {
        stream: StreamId::new(kind, row.try_get("stream_id")?),
        name: row.try_get("name")?,
        at: row.try_get("at")?,
        id: CommandId(row.try_get("id")?),
    })
}

pub(crate) async fn set(
    connection: &mut SqliteConnection,
    timer: &TimerRow,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO timers (stream_id, kind, name, at, id) VALUES (?, ?, ?, ?, ?) \
         ON CONFLICT (stream_id, name) DO UPDATE SET at = excluded.at, id = excluded.id",
    )
    .bind(timer.stream.id)
    .bind(timer.stream.kind.name())
    .bind(timer.name.as_str())
    .bind(timer.at)
    .bind(timer.id.0)
    .execute(connection)
    .await
    .map(|_| ())
}

pub(super) async fn cancel(
    connection: &mut SqliteConnection,
    stream: StreamId,
    name: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM timers WHERE stream_id = ? AND name = ?")
        .bind(stream.id)
        .bind(name)
        .execute(connection)
        .await
        .map(|_| ())
}
