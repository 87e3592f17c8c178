//! Full text: an index beside the database, fed from the events in order of commit, and the
//! search over it. Map: what a text is searched by (`text`), what was asked (`asked`), what of
//! an event is searched (`document`), who may see what (`scope`), the files (`index`), feeding
//! them (`feed`, and `things` that stand in tables), looking up (`find`), what is shown of events
//! (`answer`, `snippet`) and of things (`named`).
//! Invariants: the index holds nothing that the journal does not say, so that it can be thrown
//! away and made again; every hit is read from the journal before anybody sees it, so that an
//! index that lags can miss something new and never show something gone.
//! Absent on purpose: the texts themselves (they stand once, in `events`, where redaction
//! reaches them) and scores.

mod answer;
mod asked;
mod document;
mod feed;
mod find;
mod index;
mod named;
mod scope;
mod snippet;
#[cfg(test)]
mod tests;
mod text;
mod things;

pub use answer::SearchRequest;
pub use feed::Fed;

use asked::Dictionary;
use index::{Mark, Opened};
use kernel::journal::StoreError;
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
};
use tantivy::IndexWriter;
use tokio::sync::Semaphore;

/// Searches at work at once; each may keep a core busy for some milliseconds.
const SEARCHES_MAX: usize = 8;

/// The index of one store.
pub(crate) struct Search {
    folder: PathBuf,
    opened: RwLock<Option<Opened>>,
    /// Held by threads that may block, never by an arbiter.
    hand: Mutex<Hand>,
    dictionary: Dictionary,
    asking: Semaphore,
}

/// What feeding the index needs.
#[derive(Default)]
struct Hand {
    writer: Option<IndexWriter>,
    /// What was taken in, committed or not; `None`: not looked yet.
    mark: Option<Mark>,
    /// What of it is on the disk.
    durable: Mark,
    /// Whether the files were opened before, by whomever.
    looked: bool,
    closed: bool,
}

impl Search {
    /// Nothing is opened or created before it is needed.
    pub(crate) fn beside(database: &Path) -> Self {
        Self {
            folder: folder(database),
            opened: RwLock::default(),
            hand: Mutex::default(),
            dictionary: Dictionary::default(),
            asking: Semaphore::new(SEARCHES_MAX),
        }
    }

    fn opened(&self) -> Option<Opened> {
        self.opened.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The index for a question, which may come before anything was fed.
    fn for_reading(&self) -> Result<Option<Opened>, StoreError> {
        if let Some(opened) = self.opened() {
            return Ok(Some(opened));
        }
        let mut hand = self.hand();
        if hand.looked || hand.closed {
            return Ok(self.opened());
        }
        hand.looked = true;
        let opened = Opened::open(&self.folder)?.map(|(opened, _)| opened);
        self.set_opened(opened.clone());
        Ok(opened)
    }

    fn set_opened(&self, opened: Option<Opened>) {
        *self.opened.write().unwrap_or_else(PoisonError::into_inner) = opened;
    }

    fn hand(&self) -> std::sync::MutexGuard<'_, Hand> {
        // What a panic left half done is dropped with the writer by `feed`.
        self.hand.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn folder(database: &Path) -> PathBuf {
    database.with_extension("search")
}

/// How far the index beside a database has come in the order of commit; `None`: there is none.
/// Changes nothing.
pub fn search_position(database: &Path) -> Option<i64> {
    index::position(&folder(database))
}

/// Runs what may block on a thread of its own.
async fn apart<T: Send + 'static>(
    search: &Arc<Search>,
    work: impl FnOnce(&Search) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let search = search.clone();
    tokio::task::spawn_blocking(move || work(&search))
        .await
        .map_err(|error| StoreError::Unavailable(format!("search: {error}")))?
}

/// The niceness of what feeds the index. Threads take it over from whoever starts them, so the
/// index's own have it too: where cores are short, acknowledging comes before finding.
const NICE: i32 = 10;

/// Runs work of the index on a thread of its own that gives way to everything else. Not one of
/// the runtime's: those cannot be made eager again.
async fn giving_way<T: Send + 'static>(
    search: &Arc<Search>,
    work: impl FnOnce(&Search) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let search = search.clone();
    let (done, outcome) = tokio::sync::oneshot::channel();
    let thread = std::thread::Builder::new().name("search".to_owned()).spawn(move || {
        if let Err(error) = rustix::process::setpriority_process(None, NICE) {
            tracing::debug!(%error, "the index is fed as eagerly as all else");
        }
        // Whoever asked may have gone with the hub.
        drop(done.send(work(&search)));
    });
    let failed = |why: String| StoreError::Unavailable(format!("search: {why}"));
    thread.map_err(|error| failed(error.to_string()))?;
    outcome.await.map_err(|_| failed("feeding broke off".to_owned()))?
}
