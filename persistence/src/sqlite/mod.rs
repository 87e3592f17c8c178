//! The journal on SQLite. Invariants: one connection writes, under one lock, in
//! `BEGIN IMMEDIATE` transactions; everything else reads on connections of its own.
//! A connection that was left in the middle of anything is thrown away, never reused.

mod append;
pub(crate) mod checkpoint;
pub(crate) mod cursors;
pub(crate) mod erase;
pub(crate) mod errors;
pub(crate) mod read;
mod snapshot;
pub(crate) mod statements;
#[cfg(test)]
mod tests;
pub(crate) mod timers;
mod verify;

use async_trait::async_trait;
use checkpoint::{Folder, Folding};
use erase::Eraser;
use errors::store_error;
use kernel::journal::{
    Append, Cursor, FirstOutcome, Head, Journal, Loaded, OutboxRow, Snapshot, StoreError,
    StoredEvent, TimerRow,
};
use protocol::{CommandId, Millis, Seq, StreamId};
use sqlx::{Connection, SqliteConnection, SqlitePool, sqlite::SqliteConnectOptions};
use std::{collections::HashMap, sync::Arc};
use tokio::sync::{Mutex, mpsc};
use uuid::Uuid;

/// Heads kept so that a hot stream needs no read before its append: 16,384 × about 90 bytes.
const HEADS_MAX: usize = 16_384;

/// Who waits for the writer: the tasks that [`erase::start`] and [`checkpoint::start`] run.
pub(crate) struct Asked {
    pub(crate) erase: mpsc::Receiver<()>,
    pub(crate) committed: mpsc::Receiver<()>,
}

/// The one connection that writes.
pub(crate) struct Writer {
    options: SqliteConnectOptions,
    state: Mutex<WriterState>,
    pub(crate) eraser: Eraser,
    folder: Folder,
    folding: Mutex<Folding>,
}

#[derive(Default)]
pub(crate) struct WriterState {
    /// Absent while a transaction is under way: a future dropped in the middle, or an error,
    /// leaves nothing behind, and the next one opens a fresh connection.
    connection: Option<SqliteConnection>,
    /// Durable heads as this process last committed or read them. Another process may have
    /// moved on; the update of `streams` then matches no row.
    pub(crate) heads: HashMap<Uuid, Head>,
    /// Nothing is written any more: see [`SqliteJournal::close`].
    closed: bool,
}

/// A transaction on the writer. Dropped without [`Session::commit`], nothing of it is kept.
pub(crate) struct Session<'a> {
    pub(crate) state: tokio::sync::MutexGuard<'a, WriterState>,
    pub(crate) connection: SqliteConnection,
    folder: &'a Folder,
}

impl Writer {
    /// Migrates the file.
    pub(crate) async fn connect(
        options: SqliteConnectOptions,
    ) -> Result<(Self, Asked), StoreError> {
        let mut connection = SqliteConnection::connect_with(&options).await.map_err(store_error)?;
        sqlx::migrate!()
            .run(&mut connection)
            .await
            .map_err(|error| StoreError::Unavailable(format!("migration: {error}")))?;
        let state = WriterState { connection: Some(connection), ..WriterState::default() };
        let (eraser, erase) = Eraser::new();
        let (folder, committed) = Folder::new();
        let (state, folding) = (Mutex::new(state), Mutex::default());
        Ok((Self { options, state, eraser, folder, folding }, Asked { erase, committed }))
    }

    /// Waits for the lock and begins a transaction.
    pub(crate) async fn begin(&self) -> Result<Session<'_>, StoreError> {
        let mut state = self.state.lock().await;
        let connection = self.take(&mut state).await?;
        let mut session = Session { state, connection, folder: &self.folder };
        match sqlx::query("BEGIN IMMEDIATE").execute(&mut session.connection).await {
            Ok(_) => Ok(session),
            // Nothing has begun; the next attempt starts from a fresh connection.
            Err(error) => Err(store_error(error)),
        }
    }

    /// The connection, or a fresh one in its place. Whoever is done with it puts it back.
    async fn take(&self, state: &mut WriterState) -> Result<SqliteConnection, StoreError> {
        if state.closed {
            return Err(StoreError::Unavailable("the store was closed".to_owned()));
        }
        if let Some(connection) = state.connection.take() {
            return Ok(connection);
        }
        state.heads.clear();
        SqliteConnection::connect_with(&self.options).await.map_err(store_error)
    }
}

impl Session<'_> {
    /// Makes everything durable and gives the connection back.
    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        match sqlx::query("COMMIT").execute(&mut self.connection).await {
            Ok(_) => {
                self.state.connection = Some(self.connection);
                self.folder.committed();
                Ok(())
            }
            Err(error) => {
                self.rollback().await;
                Err(store_error(error))
            }
        }
    }

    /// Forgets everything. If even that fails the connection is dropped, which does the same.
    pub(crate) async fn rollback(mut self) {
        self.state.heads.clear();
        if sqlx::query("ROLLBACK").execute(&mut self.connection).await.is_ok() {
            self.state.connection = Some(self.connection);
        }
    }

    /// Remembers a head that was just read or is about to be committed.
    pub(crate) fn remember(&mut self, stream: Uuid, head: Head) {
        if self.state.heads.len() >= HEADS_MAX {
            self.state.heads.clear();
        }
        self.state.heads.insert(stream, head);
    }
}

/// Streams in one SQLite file. Cheap to clone.
#[derive(Clone)]
pub struct SqliteJournal {
    pub(crate) writer: Arc<Writer>,
    pub(crate) readers: SqlitePool,
}

impl SqliteJournal {
    /// Ends every connection once its work is done. The last one folds the write-ahead log
    /// into the file and removes it, so that the one file is the whole store. Later writes are
    /// refused.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.readers.close().await;
        let mut state = self.writer.state.lock().await;
        state.closed = true;
        let folded = self.writer.end_folding().await;
        match state.connection.take() {
            Some(connection) => connection.close().await.and(folded).map_err(store_error),
            None => folded.map_err(store_error),
        }
    }
}

#[async_trait]
impl Journal for SqliteJournal {
    async fn append(&self, batch: Vec<Append>) -> Vec<Result<(), StoreError>> {
        append::append(self, batch).await
    }

    async fn load(&self, stream: StreamId, version: u32) -> Result<Loaded, StoreError> {
        snapshot::load(self, stream, version).await
    }

    async fn read_after(
        &self,
        stream: StreamId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        read::after(&self.readers, stream, after, limit).await
    }

    async fn read_before(
        &self,
        stream: StreamId,
        before: Seq,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        read::before(&self.readers, stream, before, limit).await
    }

    async fn head(&self, stream: StreamId) -> Result<Head, StoreError> {
        read::head(&self.readers, stream).await
    }

    async fn find_command(&self, id: CommandId) -> Result<Option<FirstOutcome>, StoreError> {
        let mut connection = self.readers.acquire().await.map_err(store_error)?;
        read::command(&mut connection, id).await.map_err(store_error)
    }

    async fn save_snapshot(&self, snapshot: Snapshot) -> Result<(), StoreError> {
        snapshot::save(self, snapshot).await
    }

    async fn move_cursors(&self, cursors: Vec<Cursor>) -> Result<Vec<Cursor>, StoreError> {
        cursors::advance(self, cursors).await
    }

    async fn outbox(&self, limit: usize) -> Result<Vec<OutboxRow>, StoreError> {
        timers::outbox(self, limit).await
    }

    async fn settle(&self, id: CommandId) -> Result<(), StoreError> {
        timers::settle(self, id).await
    }

    async fn due_timers(&self, now: Millis, limit: usize) -> Result<Vec<TimerRow>, StoreError> {
        timers::due(self, now, limit).await
    }

    async fn probe(&self) -> Result<(), StoreError> {
        let mut session = self.writer.begin().await?;
        let done = sqlx::query("UPDATE store_probe SET times = times + 1")
            .execute(&mut session.connection)
            .await;
        session.finish(done.map(|_| ())).await
    }

    async fn verify(&self, only: Option<StreamId>) -> Result<Vec<(Uuid, Seq)>, StoreError> {
        verify::verify(self, only).await
    }
}

impl Session<'_> {
    /// Commits what went well and forgets what did not.
    pub(crate) async fn finish<T>(self, done: Result<T, sqlx::Error>) -> Result<T, StoreError> {
        match done {
            Ok(value) => self.commit().await.map(|()| value),
            Err(error) => {
                self.rollback().await;
                Err(store_error(error))
            }
        }
    }
}
