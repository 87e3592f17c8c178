//! Stored files: uploads under way, blobs, and the rule that lets them go. Encrypted at rest
//! (`seal`), deduplicated by SHA-256 of the content, on any [`Shelf`]. Memory is bounded: a file
//! passes through in pieces of [`PIECE`], whatever its size.
//! Invariants: a blob has a row only once its file is durable and has been read back whole; a
//! file without a row, and a blob that nothing names, are let go by `sweep` (see `rows`).
//! Absent on purpose: who may read (`actors::drive`), and HTTP.

mod bucket;
mod read;
mod restore;
mod rows;
mod seal;
mod shelf;
mod staged;
mod sweep;
mod upload;

pub use bucket::{BUCKET_FILE_BYTES_MAX, Bucket, BucketOptions};
pub use read::BlobReader;
pub(crate) use restore::{FileRow, Returning};
pub use rows::{Blob, HELD_MS};
pub(crate) use rows::{blob as find, fingerprint};
#[cfg(test)]
pub(crate) use seal::key_of;
pub(crate) use seal::{
    CHUNK, SEALED, SUITE, hex, open as open_sealed, random, seal as sealed, sealed_bytes, unhex,
    unhex_all, write_key,
};
pub use shelf::{Folder, SHARDS, Shelf};
pub use sweep::Swept;
pub use upload::UploadWriter;

use crate::{Queries, keys::Keys, sqlite::Writer};
use kernel::{Clock, IdSource, journal::StoreError};
use protocol::{BlobId, ErrorBody, ErrorKind, Millis, Seq, UploadId};
use seal::{Master, Seal};
use shelf::blocking;
use sqlx::SqlitePool;
use std::{
    collections::HashSet,
    io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::Semaphore;
use uuid::Uuid;

/// Bytes that one transfer holds in memory.
pub const PIECE: usize = 256 * 1024;
/// Uploads that may send at once: with [`PIECE`] twice (plain and sealed) 8 MB.
const SENDING_MAX: usize = 16;
/// Uploads that one account may have under way.
const OPEN_MAX: u64 = 32;

/// What an operator decides about files.
#[derive(Clone, Debug)]
pub struct BlobOptions {
    /// Folder of uploads under way, and of the files where no other shelf is used.
    pub folder: PathBuf,
    /// File of the master key; made when there is none and nothing was sealed yet.
    pub key: PathBuf,
    pub file_bytes_max: u64,
    /// What the files that one account brought may take together.
    pub account_bytes_max: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlobError {
    /// The sender's fault, in the words of the protocol.
    #[error("{0}")]
    Refused(ErrorBody),
    #[error("{0}")]
    Store(StoreError),
    /// The disk, or whatever the shelf lies on.
    #[error("files: {0}")]
    Files(String),
    /// What lies there is not what was sealed.
    #[error("a stored file is damaged")]
    Damaged,
    /// The master key is missing or another.
    #[error("{0}")]
    Key(String),
}

impl From<StoreError> for BlobError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<ErrorBody> for BlobError {
    fn from(error: ErrorBody) -> Self {
        Self::Refused(error)
    }
}

impl From<io::Error> for BlobError {
    fn from(error: io::Error) -> Self {
        Self::Files(error.to_string())
    }
}

fn refused(kind: ErrorKind, code: &'static str, message: impl Into<String>) -> BlobError {
    BlobError::Refused(ErrorBody::new(kind, code, message))
}

/// Every stored file of one hub. Cheap to clone.
#[derive(Clone)]
pub struct Blobs(Arc<Inner>);

struct Inner {
    options: BlobOptions,
    master: Master,
    keys: Arc<Keys>,
    shelf: Arc<dyn Shelf>,
    writer: Arc<Writer>,
    readers: SqlitePool,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    sending: Arc<Semaphore>,
    held: Arc<Held>,
    /// Taken while an archive's list lies in memory: it may be long, so one at a time.
    list: Mutex<()>,
}

/// Uploads that somebody writes to or finishes: one at a time each.
#[derive(Default)]
struct Held(Mutex<HashSet<UploadId>>);

/// The right to touch an upload's file; lives as long as whoever holds the file.
struct Hold(Arc<Held>, UploadId);

impl Held {
    fn take(self: &Arc<Self>, upload: UploadId) -> Option<Hold> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.insert(upload).then(|| Hold(self.clone(), upload))
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}

impl Blobs {
    /// Opens folder and key, on a shelf of its own folder or on the one given.
    pub async fn open(
        options: BlobOptions,
        shelf: Option<Arc<dyn Shelf>>,
        queries: &Queries,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Result<Self, BlobError> {
        let known = rows::fingerprint(&queries.readers).await?;
        let (folder, key) = (options.folder.clone(), options.key.clone());
        let opened = tokio::task::spawn_blocking(move || {
            std::fs::create_dir_all(folder.join("uploads"))?;
            let master = Master::open(&key, known.is_none())?;
            let keys = Keys::open(master.seals()?, &key.with_file_name("sign-in.key"))?;
            Ok::<_, BlobError>((master, keys, Folder::open(folder.join("blobs"))?))
        });
        let (master, keys, own) =
            opened.await.map_err(|error| BlobError::Files(error.to_string()))??;
        match known {
            None => rows::set_fingerprint(&queries.writer, &master.fingerprint).await?,
            Some(known) if known == master.fingerprint => {}
            Some(_) => {
                let key = options.key.display();
                return Err(BlobError::Key(format!(
                    "{key}: not the key that files were sealed with"
                )));
            }
        }
        let inner = Inner {
            master,
            keys: Arc::new(keys),
            shelf: shelf.unwrap_or_else(|| Arc::new(own)),
            writer: queries.writer.clone(),
            readers: queries.readers.clone(),
            clock,
            ids,
            sending: Arc::new(Semaphore::new(SENDING_MAX)),
            held: Arc::default(),
            list: Mutex::default(),
            options,
        };
        let blobs = Self(Arc::new(inner));
        sweep::start(&blobs);
        Ok(blobs)
    }

    /// The keys that lie beside the one of the files.
    pub fn keys(&self) -> &Arc<Keys> {
        &self.0.keys
    }

    /// What a link to a place in a drive is opened with: made from the two and the master key,
    /// so that nothing of it need be stored, and nobody can guess one.
    pub fn link_token(&self, space: Uuid, link: Seq) -> String {
        let text = link_text(space, link);
        format!("{}{}", seal::hex(&text), seal::hex(&self.0.master.sign(&text)))
    }

    /// The space and the link of a token that this hub made.
    pub fn open_link(&self, token: &str) -> Option<(Uuid, Seq)> {
        let bytes: [u8; 40] = seal::unhex(token)?;
        let space = Uuid::from_slice(&bytes[..16]).ok()?;
        let link = Seq::from_be_bytes(bytes[16..24].try_into().ok()?);
        same_text(&self.link_token(space, link), token).then_some((space, link))
    }

    /// Proof that somebody gave the password of a link, until a time.
    pub fn link_pass(&self, space: Uuid, link: Seq, until: Millis) -> String {
        let until = until.to_be_bytes();
        let text = [&link_text(space, link)[..], &until].concat();
        format!("{}{}", seal::hex(&until), seal::hex(&self.0.master.sign(&text)))
    }

    /// Whether this is such a proof, and still good.
    pub fn is_link_pass(&self, space: Uuid, link: Seq, pass: &str, now: Millis) -> bool {
        let until = pass.get(..16).and_then(seal::unhex::<8>).map(Millis::from_be_bytes);
        until.is_some_and(|until| {
            until > now && same_text(&self.link_pass(space, link, until), pass)
        })
    }

    fn staged(&self, upload: UploadId) -> PathBuf {
        self.0.options.folder.join("uploads").join(upload.to_string())
    }

    fn seal(&self, file: Uuid, wrapped: &[u8], bytes: u64) -> Result<Seal, BlobError> {
        self.0.master.seal_of(file, wrapped, bytes)
    }

    /// The blob and what it is; `None` once it was let go.
    pub async fn find(&self, blob: BlobId) -> Result<Option<Blob>, StoreError> {
        rows::blob(&self.0.readers, blob).await
    }
}

/// Secrets are compared by their digests: how long it takes says nothing.
fn same_text(a: &str, b: &str) -> bool {
    kernel::journal::digest(a.as_bytes()) == kernel::journal::digest(b.as_bytes())
}

fn link_text(space: Uuid, link: Seq) -> [u8; 24] {
    let mut text = [0; 24];
    text[..16].copy_from_slice(space.as_bytes());
    text[16..].copy_from_slice(&link.to_be_bytes());
    text
}
