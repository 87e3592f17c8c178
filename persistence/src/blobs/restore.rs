//! A file that comes back with an import: its sealed bytes are laid down piece by piece, then
//! read back whole before it gets a row. Invariant: what opens with its key and has the hash that
//! the export names is kept; anything else is damaged, and gone again.

use super::{
    BlobError, Blobs, rows,
    seal::sealed_bytes,
    shelf::{Shelf, blocking, remove_if_there},
    staged::Staged,
};
use protocol::{BlobId, Millis, UploadId};
use std::{
    fs::{File, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
    sync::Arc,
};

/// What is known of a file besides its bytes, as it stands in a row.
#[derive(Clone, Debug)]
pub(crate) struct FileRow {
    pub(crate) blob: BlobId,
    pub(crate) sha256: [u8; 32],
    pub(crate) bytes: u64,
    pub(crate) kind: String,
    pub(crate) width: Option<u32>,
    pub(crate) height: Option<u32>,
    pub(crate) key: Vec<u8>,
    pub(crate) created_at: Millis,
}

pub(crate) struct Returning {
    blobs: Blobs,
    row: FileRow,
    file: File,
    path: PathBuf,
    left: u64,
}

impl Blobs {
    pub(crate) fn fingerprint(&self) -> &[u8; 32] {
        &self.0.master.fingerprint
    }

    /// Begins to take a file back.
    pub(crate) fn take_back(&self, row: FileRow) -> Result<Returning, BlobError> {
        let path = self.staged(UploadId(row.blob.0));
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(true).mode(0o600).open(&path)?;
        let left = sealed_bytes(row.bytes);
        Ok(Returning { blobs: self.clone(), row, file, path, left })
    }

    fn shelf(&self) -> &Arc<dyn Shelf> {
        &self.0.shelf
    }
}

impl Returning {
    /// The next sealed bytes.
    pub(crate) fn piece(&mut self, sealed: &[u8]) -> Result<(), BlobError> {
        self.left = self.left.checked_sub(sealed.len() as u64).ok_or(BlobError::Damaged)?;
        Ok(self.file.write_all(sealed)?)
    }

    /// All of it has come: looked at, then kept.
    pub(crate) async fn end(self) -> Result<(), BlobError> {
        let Self { blobs, row, file, path, left } = self;
        drop(file);
        let (seal, staged) = (blobs.seal(row.blob.0, &row.key, row.bytes)?, path.clone());
        let read = tokio::task::spawn_blocking(move || {
            let mut staged = Staged::open(&staged, seal)?;
            staged.sync()?;
            Ok::<_, BlobError>((staged.missing(), staged.sum()?.sha256))
        });
        let read = read.await.map_err(|error| BlobError::Files(error.to_string()))?;
        if left != 0 || !matches!(read, Ok((0, sha256)) if sha256 == row.sha256) {
            remove_if_there(path).await?;
            return Err(BlobError::Damaged);
        }
        blobs.shelf().take(row.blob.to_string(), path).await?;
        Ok(rows::put_back(&blobs.0.writer, &row).await?)
    }

    /// It was let go while it was written down: as if it had never come.
    pub(crate) async fn give_up(self) -> Result<(), BlobError> {
        drop(self.file);
        let path = self.path;
        Ok(blocking(move || std::fs::remove_file(path)).await?)
    }
}
