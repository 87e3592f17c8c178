//! Snapshots, and loading a stream from one. Invariant: a snapshot is a saving of time only;
//! of another version or missing, the events alone give the same state.

use super::{SqliteJournal, errors::store_error, read};
use kernel::journal::{Head, Loaded, Snapshot, StoreError};
use protocol::StreamId;
use sqlx::Row;

pub(super) async fn load(
    journal: &SqliteJournal,
    stream: StreamId,
    version: u32,
) -> Result<Loaded, StoreError> {
    let row = sqlx::query(
        "SELECT n.seq, n.tally, n.hash, n.state FROM snapshots n \
         JOIN streams s ON s.stream_id = n.stream_id \
         WHERE n.stream_id = ? AND n.version = ? AND s.kind = ?",
    )
    .bind(stream.id)
    .bind(i64::from(version))
    .bind(stream.kind.name())
    .fetch_optional(&journal.readers)
    .await
    .map_err(store_error)?;
    let snapshot = match row {
        None => None,
        Some(row) => Some(of_row(&row, stream, version).map_err(store_error)?),
    };
    let from = snapshot.as_ref().map_or(0, |snapshot| snapshot.head.seq);
    let events = read::after(&journal.readers, stream, from, usize::MAX).await?;
    Ok(Loaded { snapshot, events })
}

fn of_row(
    row: &sqlx::sqlite::SqliteRow,
    stream: StreamId,
    version: u32,
) -> Result<Snapshot, sqlx::Error> {
    let hash = read::hash(row, "hash")?;
    let hash = hash.ok_or_else(|| super::errors::corrupt("a snapshot without hash"))?;
    let head =
        Head { seq: read::unsigned(row, "seq")?, tally: read::unsigned(row, "tally")?, hash };
    Ok(Snapshot { stream, head, version, state: row.try_get("state")? })
}

/// Keeps the newer one; another version replaces whatever is there.
pub(super) async fn save(journal: &SqliteJournal, snapshot: Snapshot) -> Result<(), StoreError> {
    let mut session = journal.writer.begin().await?;
    let done = sqlx::query(
        "INSERT INTO snapshots (stream_id, version, seq, tally, hash, state) \
         VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (stream_id) DO UPDATE SET \
         version = excluded.version, seq = excluded.seq, tally = excluded.tally, \
         hash = excluded.hash, state = excluded.state \
         WHERE excluded.version <> snapshots.version OR excluded.seq > snapshots.seq",
    )
    .bind(snapshot.stream.id)
    .bind(i64::from(snapshot.version))
    .bind(read::number(snapshot.head.seq))
    .bind(read::number(snapshot.head.tally))
    .bind(snapshot.head.hash.to_vec())
    .bind(snapshot.state)
    .execute(&mut session.connection)
    .await;
    session.finish(done.map(|_| ())).await
}
