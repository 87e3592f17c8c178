//! Moving a whole store as JSON lines: events in order of commit, then what is not in them.
//! Invariants: an export is one committed state; an import goes through the same door as
//! any command, so that every number and every hash is checked again.
//! The file holds password hashes and second-factor secrets: keep it like the database.

mod lines;

use crate::{
    SqliteJournal,
    rebuild::last_position,
    sqlite::{errors::store_error, read},
};
use kernel::journal::{Append, Journal, StoreError, StoredEvent};
use lines::{EventLine, Line, Rest};
use sqlx::SqliteConnection;
use std::io::{BufRead, Write};

/// The format of the file; a reader refuses another.
const FORMAT: u32 = 1;
/// Events in one page of an export, and in one transaction of an import.
const PAGE: i64 = 1_000;

/// Writes everything; answers how many events. `progress` is told events done and in all.
pub async fn export(
    journal: &SqliteJournal,
    mut writer: impl Write,
    mut progress: impl FnMut(u64, u64),
) -> Result<u64, StoreError> {
    let mut connection = journal.readers.acquire().await.map_err(store_error)?;
    // One snapshot for all pages; the readers' connections cannot write.
    sqlx::query("BEGIN").execute(&mut *connection).await.map_err(store_error)?;
    let done = write_all(&mut connection, &mut writer, &mut progress).await;
    sqlx::query("ROLLBACK").execute(&mut *connection).await.map_err(store_error)?;
    done
}

async fn write_all(
    connection: &mut SqliteConnection,
    writer: &mut impl Write,
    progress: &mut impl FnMut(u64, u64),
) -> Result<u64, StoreError> {
    let total = last_position(connection).await.map_err(store_error)?;
    write_line(writer, &Line::Hub { format: FORMAT, events: total })?;
    let (mut position, mut done) = (0, 0);
    loop {
        let page = read::by_position(connection, position, PAGE).await.map_err(store_error)?;
        let Some((last, _)) = page.last() else { break };
        position = *last;
        done += page.len() as u64;
        for (_, event) in page {
            write_line(writer, &Line::Event(EventLine::from(event)))?;
        }
        progress(done, total.max(done));
    }
    for rest in lines::read_rest(connection).await.map_err(store_error)? {
        write_line(writer, &Line::Rest(rest))?;
    }
    // Tells a whole file from one cut off.
    write_line(writer, &Line::End { events: done })?;
    writer.flush().map_err(broken)?;
    Ok(done)
}

fn write_line(writer: &mut impl Write, line: &Line) -> Result<(), StoreError> {
    let mut text =
        serde_json::to_vec(line).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    text.push(b'\n');
    writer.write_all(&text).map_err(broken)
}

fn broken(error: std::io::Error) -> StoreError {
    StoreError::Unavailable(format!("file: {error}"))
}

/// Reads what [`export`] wrote into an empty store; answers how many events. A failed import
/// leaves a part behind: begin again with a new file.
pub async fn import(
    journal: &SqliteJournal,
    reader: impl BufRead,
    mut progress: impl FnMut(u64, u64),
) -> Result<u64, StoreError> {
    let mut connection = journal.readers.acquire().await.map_err(store_error)?;
    if last_position(&mut connection).await.map_err(store_error)? > 0 {
        return Err(StoreError::Constraint("store.not_empty".to_owned()));
    }
    drop(connection);
    let mut page: Vec<StoredEvent> = Vec::new();
    let mut rest: Vec<Rest> = Vec::new();
    let (mut done, mut total, mut whole) = (0, None, false);
    for (number, text) in reader.lines().enumerate() {
        let text = text.map_err(broken)?;
        let line = serde_json::from_str(&text).map_err(|error| bad(number, error))?;
        match (line, total) {
            (Line::Hub { format: FORMAT, events }, None) => total = Some(events),
            (Line::Event(event), Some(total)) => {
                page.push(event.into_event().map_err(|error| bad(number, error))?);
                if page.len() as i64 >= PAGE {
                    done += append(journal, &mut page).await?;
                    progress(done, total);
                }
            }
            (Line::Rest(one), Some(_)) => rest.push(one),
            (Line::End { events }, Some(_)) => whole = events == done + page.len() as u64,
            _ => return Err(bad(number, "not an export of this version")),
        }
    }
    done += append(journal, &mut page).await?;
    if !whole {
        return Err(StoreError::Corrupt("the file is cut off".to_owned()));
    }
    let mut session = journal.writer.begin().await?;
    let written = lines::write_rest(&mut session.connection, &rest).await;
    session.finish(written).await?;
    progress(done, done);
    Ok(done)
}

fn bad(number: usize, error: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt(format!("line {}: {error}", number + 1))
}

/// Each event on its own, under the checks of any append.
async fn append(journal: &SqliteJournal, page: &mut Vec<StoredEvent>) -> Result<u64, StoreError> {
    let places: Vec<_> = page.iter().map(|event| (event.stream, event.seq)).collect();
    let batch = page.drain(..).map(|event| Append {
        stream: event.stream,
        events: vec![event],
        redactions: Vec::new(),
        outbox: Vec::new(),
        timers: Vec::new(),
        consumed: None,
        private: None,
    });
    let outcomes = journal.append(batch.collect()).await;
    for (outcome, (stream, seq)) in outcomes.into_iter().zip(&places) {
        outcome.map_err(|error| match error {
            StoreError::Conflict => {
                StoreError::Corrupt(format!("the chain of {stream} breaks at {seq}"))
            }
            // Another event that this one builds on is missing.
            StoreError::Constraint(what) => StoreError::Corrupt(format!("{stream} {seq}: {what}")),
            other => other,
        })?;
    }
    Ok(places.len() as u64)
}
