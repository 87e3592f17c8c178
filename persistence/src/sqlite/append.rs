//! Appending: a batch in one transaction, and what happens when it fails.
//! Invariant: a member is stored only on the head it was decided on, number and hash. That
//! is checked in memory against heads this process knows, and again by the statement that
//! moves the head; the unique keys of `events` are the last word.

use super::{
    Session, SqliteJournal,
    errors::store_error,
    read,
    statements::{INSERT_EVENTS, INSERT_OUTBOX, INSERT_STREAMS, MOVE_HEADS, SELECT_HEADS},
};
use crate::project;
use kernel::journal::{Append, Head, StoreError, StoredEvent, TimerWrite, digest};
use protocol::{Millis, Seq, StreamId};
use sqlx::{Row, SqliteConnection};
use std::collections::HashMap;
use uuid::Uuid;

pub(super) async fn append(
    journal: &SqliteJournal,
    batch: Vec<Append>,
) -> Vec<Result<(), StoreError>> {
    let members: Vec<&Append> = batch.iter().collect();
    if members.is_empty() {
        return Vec::new();
    }
    match commit(journal, &members).await {
        Ok(()) => members.iter().map(|_| Ok(())).collect(),
        Err(error) if concerns_all(&error) => members.iter().map(|_| Err(error.clone())).collect(),
        Err(_) => separate(journal, &members).await,
    }
}

/// Whether trying the members one by one would be in vain.
fn concerns_all(error: &StoreError) -> bool {
    matches!(error, StoreError::Unavailable(_) | StoreError::Corrupt(_))
}

/// Some member is bad. Repetitions are told from the rest by reading; the rest is tried
/// together once more, then one by one.
async fn separate(journal: &SqliteJournal, members: &[&Append]) -> Vec<Result<(), StoreError>> {
    let mut outcomes: Vec<Option<Result<(), StoreError>>> = Vec::with_capacity(members.len());
    for member in members {
        outcomes.push(repetition(journal, member).await.transpose());
    }
    let rest: Vec<&Append> =
        members.iter().zip(&outcomes).filter(|(_, o)| o.is_none()).map(|(m, _)| *m).collect();
    let together =
        rest.len() > 1 && rest.len() < members.len() && commit(journal, &rest).await.is_ok();
    let mut stopped: Option<StoreError> = None;
    let mut results = Vec::with_capacity(members.len());
    for (member, outcome) in members.iter().zip(outcomes) {
        results.push(match (outcome, &stopped) {
            (Some(outcome), _) => outcome,
            (None, _) if together => Ok(()),
            (None, Some(error)) => Err(error.clone()),
            (None, None) => {
                let result = alone(journal, member).await;
                stopped = result.as_ref().err().filter(|e| concerns_all(e)).cloned();
                result
            }
        });
    }
    results
}

/// One member in its own transaction; a refusal is explained.
async fn alone(journal: &SqliteJournal, member: &Append) -> Result<(), StoreError> {
    match commit(journal, &[member]).await {
        Err(StoreError::Conflict) => {}
        other => return other,
    }
    // It may repeat a command that another member or node stored a moment ago.
    repetition(journal, member).await?;
    let mut connection = journal.readers.acquire().await.map_err(store_error)?;
    let kind = read::kind(&mut connection, member.stream.id).await.map_err(store_error)?;
    match kind {
        Some(kind) if kind != member.stream.kind => {
            Err(StoreError::Constraint("hub.id_taken".to_owned()))
        }
        _ => Err(StoreError::Conflict),
    }
}

/// `Err(Duplicate)` when one of the member's commands is stored already.
async fn repetition(journal: &SqliteJournal, member: &Append) -> Result<Option<()>, StoreError> {
    let mut connection = journal.readers.acquire().await.map_err(store_error)?;
    for record in member.events.iter().filter_map(|event| event.command.as_ref()) {
        let first = read::command(&mut connection, record.id).await.map_err(store_error)?;
        if let Some(first) = first {
            return Err(StoreError::Duplicate(Box::new(first)));
        }
    }
    Ok(None)
}

async fn commit(journal: &SqliteJournal, members: &[&Append]) -> Result<(), StoreError> {
    let mut session = journal.writer.begin().await?;
    match write(&mut session, members).await {
        Ok(()) => {
            session.commit().await?;
            if members.iter().any(|member| !member.redactions.is_empty()) {
                journal.writer.eraser.soon();
            }
            Ok(())
        }
        Err(error) => {
            session.rollback().await;
            Err(error)
        }
    }
}

async fn write(session: &mut Session<'_>, members: &[&Append]) -> Result<(), StoreError> {
    learn_heads(session, members).await.map_err(store_error)?;
    let changes = plan(&session.state.heads, members)?;
    let connection = &mut session.connection;
    move_heads(connection, &changes).await?;
    let events: Vec<&StoredEvent> = members.iter().flat_map(|member| &member.events).collect();
    insert_events(connection, &events).await.map_err(store_error)?;
    for member in members {
        write_rest(connection, member).await?;
    }
    for change in changes {
        session.remember(change.stream.id, change.head);
    }
    Ok(())
}

/// Reads the heads that this process does not know. A hot stream's is known.
async fn learn_heads(session: &mut Session<'_>, members: &[&Append]) -> Result<(), sqlx::Error> {
    let mut unknown: Vec<Uuid> = members.iter().map(|member| member.stream.id).collect();
    unknown.retain(|stream| !session.state.heads.contains_key(stream));
    unknown.sort_unstable();
    unknown.dedup();
    if unknown.is_empty() {
        return Ok(());
    }
    let rows =
        SELECT_HEADS.fetch(&mut session.connection, &unknown, |q, stream| q.bind(*stream)).await?;
    for row in rows {
        let head = read::head_of_row(&row)?;
        session.remember(row.try_get(0)?, head);
    }
    Ok(())
}

/// What a batch does to one stream, all of its members together.
struct Change {
    stream: StreamId,
    base: Head,
    head: Head,
    last_at: Millis,
    /// 0: no event of the batch counts.
    last_counted: Seq,
}

/// Follows every member from its stream's head. A number or hash that does not fit was
/// decided on something that is not what is stored.
fn plan(heads: &HashMap<Uuid, Head>, members: &[&Append]) -> Result<Vec<Change>, StoreError> {
    let mut changes: Vec<Change> = Vec::with_capacity(members.len());
    let mut places: HashMap<Uuid, usize> = HashMap::with_capacity(members.len());
    for member in members {
        if member.events.is_empty() {
            return Err(StoreError::Constraint("store.empty_append".to_owned()));
        }
        let place = *places.entry(member.stream.id).or_insert_with(|| {
            let base = heads.get(&member.stream.id).copied().unwrap_or_default();
            let stream = member.stream;
            changes.push(Change { stream, base, head: base, last_at: 0, last_counted: 0 });
            changes.len() - 1
        });
        let change = &mut changes[place];
        for event in &member.events {
            follow(change, event)?;
        }
    }
    Ok(changes)
}

fn follow(change: &mut Change, event: &StoredEvent) -> Result<(), StoreError> {
    let fits = event.stream == change.stream
        && event.seq == change.head.seq + 1
        && event.tally >= change.head.tally
        && event.chain(&change.head.hash) == event.hash;
    if !fits {
        return Err(StoreError::Conflict);
    }
    if event.tally > change.head.tally {
        change.last_counted = event.seq;
    }
    change.last_at = event.at;
    change.head = Head { seq: event.seq, tally: event.tally, hash: event.hash };
    Ok(())
}

async fn move_heads(
    connection: &mut SqliteConnection,
    changes: &[Change],
) -> Result<(), StoreError> {
    let (new, old): (Vec<&Change>, Vec<&Change>) =
        changes.iter().partition(|change| change.base.seq == 0);
    INSERT_STREAMS
        .execute(connection, &new, |query, change| {
            query
                .bind(change.stream.id)
                .bind(change.stream.kind.name())
                .bind(change.head.seq as i64)
                .bind(change.head.tally as i64)
                .bind(change.head.hash.to_vec())
                .bind(change.last_at)
                .bind(change.last_counted as i64)
        })
        .await
        .map_err(store_error)?;
    let moved = MOVE_HEADS
        .execute(connection, &old, |query, change| {
            query
                .bind(change.stream.id)
                .bind(change.base.seq as i64)
                .bind(change.base.hash.to_vec())
                .bind(change.head.seq as i64)
                .bind(change.head.tally as i64)
                .bind(change.head.hash.to_vec())
                .bind(change.last_at)
                .bind(change.last_counted as i64)
        })
        .await
        .map_err(store_error)?;
    if moved == old.len() as u64 { Ok(()) } else { Err(StoreError::Conflict) }
}

async fn insert_events(
    connection: &mut SqliteConnection,
    events: &[&StoredEvent],
) -> Result<(), sqlx::Error> {
    INSERT_EVENTS
        .execute(connection, events, |query, event| {
            let command = event.command.as_ref();
            query
                .bind(event.stream.id)
                .bind(event.seq as i64)
                .bind(event.at)
                .bind(event.by.map(|by| by.0))
                .bind(event.session.map(|session| session.0))
                .bind(event.trace.map(|trace| trace.0))
                .bind(command.map(|c| c.id.0))
                .bind(command.map(|c| c.fingerprint.cast_signed()))
                .bind(command.and_then(|c| c.result.as_deref()))
                .bind(command.map(|c| c.last_seq as i64))
                .bind(event.type_name.as_str())
                .bind(event.body.as_deref())
                .bind(event.body_hash.map(|hash| hash.to_vec()))
                .bind(event.tally as i64)
                .bind(event.hash.to_vec())
                .bind(event.audience.as_deref().map(read::audience_bytes))
        })
        .await
        .map(|_| ())
}

/// Everything a member changes besides its events. Nothing for a message in a room.
async fn write_rest(connection: &mut SqliteConnection, member: &Append) -> Result<(), StoreError> {
    project::apply(connection, &member.events, member.private.as_deref()).await.map_err(
        |error| match error {
            // Not the store but this member is at fault, and fails alone.
            sqlx::Error::Decode(what) => StoreError::Constraint(what.to_string()),
            other => store_error(other),
        },
    )?;
    for seq in &member.redactions {
        redact(connection, member.stream, *seq).await?;
    }
    // Before the timers: one that fires may set itself again under its name.
    if let Some(id) = member.consumed {
        super::timers::consume(connection, id).await.map_err(store_error)?;
    }
    for timer in &member.timers {
        match timer {
            TimerWrite::Set(row) => super::timers::set(connection, row).await,
            TimerWrite::Cancel { stream, name } => {
                super::timers::cancel(connection, *stream, name).await
            }
        }
        .map_err(store_error)?;
    }
    INSERT_OUTBOX
        .execute(connection, &member.outbox, |query, row| {
            query
                .bind(row.id.0)
                .bind(row.to.kind.name())
                .bind(row.to.id)
                .bind(row.order.as_str())
                .bind(row.at)
        })
        .await
        .map_err(store_error)?;
    Ok(())
}

/// Removes a body for good; its hash stays, so that the chain still holds.
async fn redact(
    connection: &mut SqliteConnection,
    stream: StreamId,
    seq: Seq,
) -> Result<(), StoreError> {
    let body: Option<Option<String>> =
        sqlx::query_scalar("SELECT body FROM events WHERE stream_id = ? AND seq = ?")
            .bind(stream.id)
            .bind(seq as i64)
            .fetch_optional(&mut *connection)
            .await
            .map_err(store_error)?;
    let Some(body) = body else {
        return Err(StoreError::Constraint("store.nothing_to_redact".to_owned()));
    };
    // Redacted before: nothing is left to remove.
    let Some(body) = body else { return Ok(()) };
    sqlx::query("UPDATE events SET body = NULL, body_hash = ? WHERE stream_id = ? AND seq = ?")
        .bind(digest(body.as_bytes()).to_vec())
        .bind(stream.id)
        .bind(seq as i64)
        .execute(&mut *connection)
        .await
        .map_err(store_error)?;
    project::drive::redacted(&mut *connection, stream, seq).await.map_err(store_error)?;
    // The index of the search reads on from here: it must forget the text, too.
    sqlx::query(
        "INSERT INTO search_erasures (position) \
         SELECT position FROM events WHERE stream_id = ? AND seq = ?",
    )
    .bind(stream.id)
    .bind(seq as i64)
    .execute(connection)
    .await
    .map(|_| ())
    .map_err(store_error)
}
