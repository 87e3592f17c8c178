//! Moving a whole store as JSON lines: events in order of commit, the files that they name, then
//! what is in neither. Invariants: an export is one committed state; an import goes through the
//! same door as any command, so that every number and every hash is checked again, and reads each
//! file back before it keeps it.
//! The file holds password hashes and second-factor secrets: keep it like the database. Files and
//! webhook secrets travel sealed: they open with the master key, which is not in it.

mod files;
mod lines;
mod secrets;

use crate::{
    SqliteJournal,
    blobs::{self, BlobError, Blobs, Returning, Shelf},
    rebuild::last_position,
    sqlite::{errors::store_error, read},
};
use kernel::journal::{Append, Journal, StoreError, StoredEvent};
use lines::{EventLine, Line, Rest};
use sqlx::SqliteConnection;
use std::io::{BufRead, Write};

/// The format of the file; a reader refuses a later one. The first had no files.
const FORMAT: u32 = 2;
/// Events in one page of an export, and in one transaction of an import.
const PAGE: i64 = 1_000;

/// What an export wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    pub events: u64,
    pub files: u64,
    /// Files that were recalled or erased while the export went on.
    pub gone: u64,
    /// Something in it opens with the master key only.
    pub sealed: bool,
}

/// What an import read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    pub events: u64,
    pub files: u64,
}

/// Writes everything, files from their shelf. `progress` is told events done and in all.
pub async fn export(
    journal: &SqliteJournal,
    shelf: &dyn Shelf,
    mut writer: impl Write,
    mut progress: impl FnMut(u64, u64),
) -> Result<Exported, StoreError> {
    let mut connection = journal.readers.acquire().await.map_err(store_error)?;
    // One snapshot for all pages; the readers' connections cannot write.
    sqlx::query("BEGIN").execute(&mut *connection).await.map_err(store_error)?;
    let out = Out { journal, shelf, writer: &mut writer };
    let done = write_all(&mut connection, out, &mut progress).await;
    sqlx::query("ROLLBACK").execute(&mut *connection).await.map_err(store_error)?;
    done
}

/// Where an export takes from and writes to, besides its snapshot.
struct Out<'a, W> {
    journal: &'a SqliteJournal,
    shelf: &'a dyn Shelf,
    writer: &'a mut W,
}

async fn write_all<W: Write>(
    connection: &mut SqliteConnection,
    out: Out<'_, W>,
    progress: &mut impl FnMut(u64, u64),
) -> Result<Exported, StoreError> {
    let Out { journal, shelf, writer } = out;
    let total = last_position(connection).await.map_err(store_error)?;
    let files = files::count(connection).await.map_err(store_error)?;
    let sealed = files > 0 || secrets::has_sealed(connection).await.map_err(store_error)?;
    let key = if sealed { blobs::fingerprint(&journal.readers).await? } else { None };
    let key = key.map(|key| blobs::hex(&key));
    write_line(writer, &Line::Hub { format: FORMAT, events: total, files, key })?;
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
    let (files, gone) = files::write(connection, &journal.readers, shelf, writer).await?;
    for rest in lines::read_rest(connection).await.map_err(store_error)? {
        write_line(writer, &Line::Rest(rest))?;
    }
    // Tells a whole file from one cut off.
    write_line(writer, &Line::End { events: done })?;
    writer.flush().map_err(broken)?;
    Ok(Exported { events: done, files, gone, sealed })
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

/// Reads what [`export`] wrote into an empty store; files go to `blobs`, which an export without
/// any does not need. A failed import leaves a part behind: begin again with a new folder.
pub async fn import(
    journal: &SqliteJournal,
    blobs: Option<&Blobs>,
    reader: impl BufRead,
    mut progress: impl FnMut(u64, u64),
) -> Result<Imported, StoreError> {
    let mut connection = journal.readers.acquire().await.map_err(store_error)?;
    if last_position(&mut connection).await.map_err(store_error)? > 0 {
        return Err(StoreError::Constraint("store.not_empty".to_owned()));
    }
    drop(connection);
    let mut incoming = Incoming::new(journal, blobs);
    for (number, text) in reader.lines().enumerate() {
        let text = text.map_err(broken)?;
        let line = serde_json::from_str(&text).map_err(|error| bad(number, error))?;
        incoming.take(number, line).await?;
        progress(incoming.done.events, incoming.total.unwrap_or_default());
    }
    let done = incoming.end().await?;
    progress(done.events, done.events);
    Ok(done)
}

/// An import under way.
struct Incoming<'a> {
    journal: &'a SqliteJournal,
    blobs: Option<&'a Blobs>,
    page: Vec<StoredEvent>,
    rest: Vec<Rest>,
    file: Option<Returning>,
    /// Absent until the first line was read.
    total: Option<u64>,
    done: Imported,
    whole: bool,
}

impl<'a> Incoming<'a> {
    fn new(journal: &'a SqliteJournal, blobs: Option<&'a Blobs>) -> Self {
        let (page, rest, done) = (Vec::new(), Vec::new(), Imported::default());
        Self { journal, blobs, page, rest, file: None, total: None, done, whole: false }
    }

    async fn take(&mut self, number: usize, line: Line) -> Result<(), StoreError> {
        match (line, self.total, &mut self.file) {
            (Line::Hub { format: 1..=FORMAT, events, key, .. }, None, _) => {
                self.check_key(key)?;
                self.total = Some(events);
            }
            (Line::Event(event), Some(_), None) => {
                self.page.push(event.into_event().map_err(|error| bad(number, error))?);
                if self.page.len() as i64 >= PAGE {
                    self.flush().await?;
                }
            }
            (Line::File(line), Some(_), None) => {
                // The events that name it are there before it.
                self.flush().await?;
                let row = line.into_row().map_err(|error| bad(number, error))?;
                let blobs = self.blobs.ok_or_else(|| bad(number, "a file without a key"))?;
                self.file = Some(blobs.take_back(row).map_err(|error| lost(number, error))?);
            }
            (Line::Piece(text), _, Some(file)) => {
                let piece = files::piece(&text).map_err(|error| bad(number, error))?;
                file.piece(&piece).map_err(|error| lost(number, error))?;
            }
            (Line::FileEnd { whole }, _, file @ Some(_)) => {
                let Some(file) = file.take() else { return Ok(()) };
                let ended = if whole { file.end().await } else { file.give_up().await };
                ended.map_err(|error| lost(number, error))?;
                self.done.files += u64::from(whole);
            }
            (Line::Rest(one), Some(_), None) => self.rest.push(one),
            (Line::End { events }, Some(_), None) => {
                self.whole = events == self.done.events + self.page.len() as u64;
            }
            _ => return Err(bad(number, "not an export of this version")),
        }
        Ok(())
    }

    /// Sealed things are of no use under another key: said before anything is written.
    fn check_key(&self, key: Option<String>) -> Result<(), StoreError> {
        let Some(key) = key else { return Ok(()) };
        match self.blobs {
            None => Err(StoreError::Constraint("store.key_missing".to_owned())),
            Some(blobs) if blobs::hex(blobs.fingerprint()) != key => {
                Err(StoreError::Constraint("store.another_key".to_owned()))
            }
            Some(_) => Ok(()),
        }
    }

    async fn flush(&mut self) -> Result<(), StoreError> {
        self.done.events += append(self.journal, &mut self.page).await?;
        Ok(())
    }

    async fn end(mut self) -> Result<Imported, StoreError> {
        self.flush().await?;
        if !self.whole {
            return Err(StoreError::Corrupt("the file is cut off".to_owned()));
        }
        let mut session = self.journal.writer.begin().await?;
        let written = lines::write_rest(&mut session.connection, &self.rest).await;
        session.finish(written).await?;
        Ok(self.done)
    }
}

fn lost(number: usize, error: BlobError) -> StoreError {
    match error {
        BlobError::Files(why) => StoreError::Unavailable(format!("files: {why}")),
        BlobError::Store(error) => error,
        other => bad(number, other),
    }
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
