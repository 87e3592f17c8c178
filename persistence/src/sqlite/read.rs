//! Reading events, heads and first outcomes. Invariant: a stream is read under its kind; an
//! id that belongs to a stream of another kind reads as empty.

use super::errors::{corrupt, store_error};
use kernel::journal::{CommandRecord, FirstOutcome, Hash, Head, StoreError, StoredEvent};
use protocol::{AccountId, CommandId, EntityKind, Seq, SessionId, StreamId, TraceId};
use sqlx::{Row, SqliteConnection, SqlitePool, sqlite::SqliteRow};
use uuid::Uuid;

pub(crate) async fn after(
    readers: &SqlitePool,
    stream: StreamId,
    after: Seq,
    limit: usize,
) -> Result<Vec<StoredEvent>, StoreError> {
    let rows = sqlx::query(
        "SELECT e.*, s.kind FROM events e JOIN streams s ON s.stream_id = e.stream_id \
         WHERE e.stream_id = ? AND s.kind = ? AND e.seq > ? ORDER BY e.seq LIMIT ?",
    )
    .bind(stream.id)
    .bind(stream.kind.name())
    .bind(number(after))
    .bind(number(limit as u64))
    .fetch_all(readers)
    .await
    .map_err(store_error)?;
    rows.iter().map(event_of_row).collect::<Result<_, _>>().map_err(store_error)
}

pub(super) async fn before(
    readers: &SqlitePool,
    stream: StreamId,
    before: Seq,
    limit: usize,
) -> Result<Vec<StoredEvent>, StoreError> {
    let rows = sqlx::query(
        "SELECT e.*, s.kind FROM events e JOIN streams s ON s.stream_id = e.stream_id \
         WHERE e.stream_id = ? AND s.kind = ? AND e.seq < ? ORDER BY e.seq DESC LIMIT ?",
    )
    .bind(stream.id)
    .bind(stream.kind.name())
    .bind(number(before))
    .bind(number(limit as u64))
    .fetch_all(readers)
    .await
    .map_err(store_error)?;
    rows.iter().rev().map(event_of_row).collect::<Result<_, _>>().map_err(store_error)
}

/// Events of all streams in order of commit, with their positions.
pub(crate) async fn by_position(
    connection: &mut SqliteConnection,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, StoredEvent)>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT e.*, s.kind FROM events e JOIN streams s ON s.stream_id = e.stream_id \
         WHERE e.position > ? ORDER BY e.position LIMIT ?",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok((row.try_get("position")?, event_of_row(row)?))).collect()
}

pub(super) async fn head(readers: &SqlitePool, stream: StreamId) -> Result<Head, StoreError> {
    let row = sqlx::query(
        "SELECT stream_id, head_seq, tally, hash FROM streams WHERE stream_id = ? AND kind = ?",
    )
    .bind(stream.id)
    .bind(stream.kind.name())
    .fetch_optional(readers)
    .await
    .map_err(store_error)?;
    match row {
        Some(row) => head_of_row(&row).map_err(store_error),
        None => Ok(Head::default()),
    }
}

/// The kind of the stream that holds an id, if any does.
pub(super) async fn kind(
    connection: &mut SqliteConnection,
    stream: Uuid,
) -> Result<Option<EntityKind>, sqlx::Error> {
    let name: Option<String> = sqlx::query_scalar("SELECT kind FROM streams WHERE stream_id = ?")
        .bind(stream)
        .fetch_optional(connection)
        .await?;
    name.as_deref().map(kind_of_name).transpose()
}

pub(super) async fn command(
    connection: &mut SqliteConnection,
    id: CommandId,
) -> Result<Option<FirstOutcome>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT e.*, s.kind FROM events e JOIN streams s ON s.stream_id = e.stream_id \
         WHERE e.command_id = ?",
    )
    .bind(id.0)
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let event = event_of_row(&row)?;
    let record = event.command.ok_or_else(|| corrupt("a command without its record"))?;
    Ok(Some(FirstOutcome { stream: event.stream, by: event.by, record }))
}

/// Columns `stream_id, head_seq, tally, hash`.
pub(super) fn head_of_row(row: &SqliteRow) -> Result<Head, sqlx::Error> {
    Ok(Head {
        seq: unsigned(row, "head_seq")?,
        tally: unsigned(row, "tally")?,
        hash: hash(row, "hash")?.ok_or_else(|| corrupt("a head without hash"))?,
    })
}

/// Every column of `events`, and `kind`.
pub(crate) fn event_of_row(row: &SqliteRow) -> Result<StoredEvent, sqlx::Error> {
    let kind = kind_of_name(row.try_get("kind")?)?;
    let command: Option<Uuid> = row.try_get("command_id")?;
    let command = match command {
        None => None,
        Some(id) => Some(CommandRecord {
            id: CommandId(id),
            fingerprint: row.try_get::<i64, _>("fingerprint")?.cast_unsigned(),
            result: row.try_get("result")?,
            last_seq: unsigned(row, "command_last_seq")?,
        }),
    };
    Ok(StoredEvent {
        stream: StreamId::new(kind, row.try_get("stream_id")?),
        seq: unsigned(row, "seq")?,
        at: row.try_get("at")?,
        by: row.try_get::<Option<Uuid>, _>("by_account")?.map(AccountId),
        session: row.try_get::<Option<Uuid>, _>("session_id")?.map(SessionId),
        trace: row.try_get::<Option<Uuid>, _>("trace_id")?.map(TraceId),
        command,
        type_name: row.try_get("type")?,
        audience: audience(row)?,
        body: row.try_get("body")?,
        body_hash: hash(row, "body_hash")?,
        tally: unsigned(row, "tally")?,
        hash: hash(row, "hash")?.ok_or_else(|| corrupt("an event without hash"))?,
    })
}

pub(crate) fn kind_of_name(name: &str) -> Result<EntityKind, sqlx::Error> {
    EntityKind::from_name(name)
        .ok_or_else(|| corrupt(format!("stream of a kind this build does not know: {name:?}")))
}

pub(crate) fn unsigned(row: &SqliteRow, column: &str) -> Result<u64, sqlx::Error> {
    let value: i64 = row.try_get(column)?;
    u64::try_from(value).map_err(|_| corrupt(format!("{column} is negative")))
}

pub(crate) fn hash(row: &SqliteRow, column: &str) -> Result<Option<Hash>, sqlx::Error> {
    let bytes: Option<&[u8]> = row.try_get(column)?;
    bytes.map(Hash::try_from).transpose().map_err(|_| corrupt(format!("{column} is not 32 bytes")))
}

/// As `events.audience` holds it: 16 bytes an account.
pub(crate) fn audience_bytes(audience: &[AccountId]) -> Vec<u8> {
    audience.iter().flat_map(|account| account.0.into_bytes()).collect()
}

fn audience(row: &SqliteRow) -> Result<Option<Box<[AccountId]>>, sqlx::Error> {
    let bytes: Option<&[u8]> = row.try_get("audience")?;
    let Some(bytes) = bytes else { return Ok(None) };
    let (accounts, rest) = bytes.as_chunks::<16>();
    if !rest.is_empty() {
        return Err(corrupt("an audience is 16 bytes an account"));
    }
    let of = |bytes: &[u8; 16]| AccountId(Uuid::from_bytes(*bytes));
    Ok(Some(accounts.iter().map(of).collect()))
}

/// As SQLite stores it. No stream gets near 2^63 events; a caller may pass `u64::MAX`.
pub(crate) fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
