//! Folding the write-ahead log into the database file beside the commits. Left to itself SQLite
//! does it inside the commit that finds the log long: everybody waits while sixteen megabytes
//! are copied and synced. Here another connection copies most of it meanwhile; the commit that
//! then finds the log long has the rest to copy only, and the log begins anew.
//! Invariant: nothing depends on it. A pass that fails leaves the work to the writer, as before.

use super::{Writer, errors::store_error};
use sqlx::{Connection, SqliteConnection};
use std::{
    sync::{Arc, Weak},
    time::Duration,
};
use tokio::sync::mpsc;

/// Commits gather so long: one pass serves them all. At twenty thousand messages a second
/// about four megabytes of the log.
const GATHER: Duration = Duration::from_millis(200);

/// Told of commits. One place in the queue: a pass covers whatever was committed before it.
#[derive(Clone)]
pub(crate) struct Folder(mpsc::Sender<()>);

impl Folder {
    pub(super) fn new() -> (Self, mpsc::Receiver<()>) {
        let (sender, committed) = mpsc::channel(1);
        (Self(sender), committed)
    }

    pub(super) fn committed(&self) {
        // Full: a pass is due already. Closed: the task ended with its store.
        let _ = self.0.try_send(());
    }
}

/// The connection that folds, and whether it may.
#[derive(Default)]
pub(super) struct Folding {
    connection: Option<SqliteConnection>,
    closed: bool,
}

/// The task of one store; it ends with its writer.
pub(crate) fn start(writer: &Arc<Writer>, committed: mpsc::Receiver<()>) {
    tokio::spawn(run(Arc::downgrade(writer), committed));
}

async fn run(writer: Weak<Writer>, mut committed: mpsc::Receiver<()>) {
    while committed.recv().await.is_some() {
        tokio::time::sleep(GATHER).await;
        let Some(writer) = writer.upgrade() else { return };
        if let Err(error) = writer.fold().await {
            let error = store_error(error);
            tracing::debug!(%error, "the write-ahead log is left to the writer");
        }
    }
}

impl Writer {
    /// One pass. Whoever empties or closes the log holds the same lock, and is not in its way.
    async fn fold(&self) -> Result<(), sqlx::Error> {
        let mut folding = self.folding.lock().await;
        if folding.closed {
            return Ok(());
        }
        let mut connection = match folding.connection.take() {
            Some(connection) => connection,
            // It only folds: pages of its own to keep are of no use.
            None => {
                let options = self.options.clone().pragma("cache_size", "-64");
                SqliteConnection::connect_with(&options).await?
            }
        };
        sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(&mut connection).await?;
        folding.connection = Some(connection);
        Ok(())
    }

    /// No more passes: the writer's connection is to be the last, which removes the log.
    pub(super) async fn end_folding(&self) -> Result<(), sqlx::Error> {
        let mut folding = self.folding.lock().await;
        folding.closed = true;
        match folding.connection.take() {
            Some(connection) => connection.close().await,
            None => Ok(()),
        }
    }
}
