//! Opening a store: directory, file, migrations, one writer and a pool of readers.
//! Invariant: after `open` the schema is this build's, and every write is synced.

use crate::{
    Queries, SqliteJournal,
    search::Search,
    sqlite::{Writer, checkpoint, erase, errors::store_error},
};
use kernel::journal::StoreError;
use protocol::Millis;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, SqliteConnection};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

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
    let (writer, asked) = Writer::connect(options.writing()).await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(options.readers.max(1))
        .acquire_timeout(READER_WAIT_MAX)
        .connect_with(options.shared().read_only(true))
        .await
        .map_err(store_error)?;
    let writer = Arc::new(writer);
    erase::start(&writer, asked.erase);
    checkpoint::start(&writer, asked.committed);
    let queries = Queries {
        readers: readers.clone(),
        writer: writer.clone(),
        people: Arc::default(),
        search: Arc::new(Search::beside(&options.path)),
    };
    Ok((SqliteJournal { writer, readers }, queries))
}

/// When the last event of the store at `path` was decided.
pub async fn last_event_at(path: &Path) -> Result<Option<Millis>, StoreError> {
    look(path, "SELECT at FROM events ORDER BY position DESC LIMIT 1").await
}

/// The place of the last event in the order of commit; 0 when there is none.
pub async fn last_position(path: &Path) -> Result<i64, StoreError> {
    let last = look(path, "SELECT position FROM events ORDER BY position DESC LIMIT 1").await?;
    Ok(last.unwrap_or(0))
}

/// One number of the store at `path`. Changes nothing, not even the files beside the database:
/// a check run by another user must leave none that the hub cannot open.
async fn look(path: &Path, what: &'static str) -> Result<Option<i64>, StoreError> {
    // Without a log nobody has it open, and reading it as it lies needs no files beside it.
    let closed = !Path::new(&format!("{}-wal", path.display())).exists();
    let options = SqliteConnectOptions::new().filename(path).busy_timeout(BUSY_MAX);
    let options = options.read_only(true).immutable(closed);
    let mut connection = SqliteConnection::connect_with(&options).await.map_err(store_error)?;
    let last =
        sqlx::query_scalar(what).fetch_optional(&mut connection).await.map_err(store_error)?;
    connection.close().await.map_err(store_error)?;
    Ok(last)
}
