//! Opening a store: directory, file, migrations, one writer and a pool of readers.
//! Invariant: after `open` the schema is this build's, and every write is synced.

use crate::{Queries, SqliteJournal, sqlite::Writer, sqlite::errors::store_error};
use kernel::journal::StoreError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::{path::PathBuf, sync::Arc, time::Duration};

/// How long a statement waits for another process that holds the write lock.
const BUSY_MAX: Duration = Duration::from_secs(2);
/// How long a query waits for a free reader before it is told that the store is unavailable.
const READER_WAIT_MAX: Duration = Duration::from_secs(5);

/// Where the store is.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// The database file; its directory is created.
    pub path: PathBuf,
    /// Connections that read.
    pub readers: u32,
}

impl StoreOptions {
    fn shared(&self) -> SqliteConnectOptions {
        SqliteConnectOptions::new()
            .filename(&self.path)
            .busy_timeout(BUSY_MAX)
            .foreign_keys(true)
            .statement_cache_capacity(256)
    }

    fn writing(&self) -> SqliteConnectOptions {
        self.shared()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            // A redacted body is overwritten, not only unlinked.
            .pragma("secure_delete", "ON")
            // 16 MB: room for the pages of the indexes that a batch touches.
            .pragma("cache_size", "-16000")
            // 16 MB between checkpoints, so that fewer of them are synced.
            .pragma("wal_autocheckpoint", "4000")
    }
}

/// Opens the store at `options.path`, creating or migrating it as needed.
pub async fn open(options: &StoreOptions) -> Result<(SqliteJournal, Queries), StoreError> {
    if let Some(directory) = options.path.parent().filter(|d| !d.as_os_str().is_empty()) {
        std::fs::create_dir_all(directory).map_err(|error| {
            StoreError::Unavailable(format!("cannot create {}: {error}", directory.display()))
        })?;
    }
    let writer = Writer::connect(options.writing()).await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(options.readers.max(1))
        .acquire_timeout(READER_WAIT_MAX)
        .connect_with(options.shared().read_only(true))
        .await
        .map_err(store_error)?;
    let writer = Arc::new(writer);
    let queries = Queries { readers: readers.clone(), writer: writer.clone() };
    Ok((SqliteJournal { writer, readers }, queries))
}
