//! Getting redacted text out of the files. `secure_delete` overwrites it on the page where it
//! stood, but copies of that page as it was lie in the write-ahead log, and the page itself in
//! the database file, until a checkpoint has written the new one and emptied the log.
//! Invariant: after a redaction, and after every start, that is done within [`GATHER`] and the
//! time of one checkpoint, or tried again until it succeeds. Nobody waits for it.

use super::{Writer, errors::store_error};
use kernel::journal::StoreError;
use sqlx::{Row, SqliteConnection};
use std::{
    sync::{Arc, Weak},
    time::Duration,
};
use tokio::sync::mpsc;

/// Redactions gather so long: one checkpoint serves them all.
const GATHER: Duration = Duration::from_millis(250);
/// A reader that still needs the log, or a full disk: looked at again so often.
const AGAIN: Duration = Duration::from_secs(1);
/// Refusals after which an operator is told: somebody reads for a minute, or the disk is full.
const TELL_AFTER: u32 = 60;
/// How long a checkpoint waits for readers: commits wait as long. Then the usual time again,
/// which is `BUSY_MAX` of `open.rs`.
const READERS_WAIT: &str = "PRAGMA busy_timeout = 50";
const WRITERS_WAIT: &str = "PRAGMA busy_timeout = 2000";

/// Asks for an erasure. One place in the queue: an asked-for erasure covers a later redaction.
#[derive(Clone)]
pub(crate) struct Eraser(mpsc::Sender<()>);

impl Eraser {
    pub(super) fn new() -> (Self, mpsc::Receiver<()>) {
        let (sender, asked) = mpsc::channel(1);
        (Self(sender), asked)
    }

    pub(super) fn soon(&self) {
        // Full: one is due already. Closed: the task ended with its store.
        let _ = self.0.try_send(());
    }
}

/// The task of one store; it ends with its writer.
pub(crate) fn start(writer: &Arc<Writer>, asked: mpsc::Receiver<()>) {
    // A process that was killed may have left a redacted text behind.
    writer.eraser.soon();
    tokio::spawn(run(Arc::downgrade(writer), asked));
}

async fn run(writer: Weak<Writer>, mut asked: mpsc::Receiver<()>) {
    while asked.recv().await.is_some() {
        let mut refusals = 0;
        let mut pause = GATHER;
        loop {
            tokio::time::sleep(pause).await;
            let Some(writer) = writer.upgrade() else { return };
            let why = match writer.empty_log().await {
                Ok(true) => break,
                Ok(false) => "a reader still needs the write-ahead log".to_owned(),
                Err(error) => error.to_string(),
            };
            pause = AGAIN;
            refusals += 1;
            if refusals % TELL_AFTER == 0 {
                tracing::warn!(%why, "redacted text may still lie in the write-ahead log");
            }
        }
    }
}

impl Writer {
    /// Moves the log into the database file and cuts it to nothing. False: a reader is in the
    /// way. Under the writer's lock, so that no commit of this process comes between.
    async fn empty_log(&self) -> Result<bool, StoreError> {
        let mut state = self.state.lock().await;
        if state.closed {
            // Closing has emptied it.
            return Ok(true);
        }
        let mut connection = self.take(&mut state).await?;
        let folding = self.folding.lock().await;
        let busy = checkpoint(&mut connection).await.map_err(store_error)?;
        drop(folding);
        state.connection = Some(connection);
        Ok(!busy)
    }
}

async fn checkpoint(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    sqlx::query(READERS_WAIT).execute(&mut *connection).await?;
    let row = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await?;
    sqlx::query(WRITERS_WAIT).execute(connection).await?;
    row.try_get::<i64, _>(0).map(|busy| busy != 0)
}
