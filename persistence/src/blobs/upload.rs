//! Uploads: begun, written to piece by piece, resumed after whatever happened, finished.
//! Invariant: an upload becomes a blob only after everything was read back, hashed, looked at
//! and found to be what may be kept; refused, it is gone.

use super::{
    BlobError, Blobs, Hold, OPEN_MAX, PIECE, blocking, refused,
    rows::{self, Found, UploadRow},
    seal::{CHUNK, unhex},
    shelf::remove_if_there,
    staged::{Staged, kept},
};
use domain::file;
use protocol::{
    AccountId, ErrorBody, ErrorKind, Millis, UploadId,
    file::{BeginUpload, FileRef, FinishUpload, UploadState},
};
use std::{fs, sync::PoisonError};
use tokio::sync::OwnedSemaphorePermit;

/// An unfinished upload is kept for so long: over a weekend.
pub(super) const OPEN_MS: Millis = 4 * 24 * 60 * 60 * 1000;

impl Blobs {
    /// Begins an upload; its name is cleaned. What its name or size alone forbid is refused before
    /// a byte of it travels.
    pub async fn begin(
        &self,
        account: AccountId,
        asked: BeginUpload,
    ) -> Result<UploadState, BlobError> {
        let options = &self.0.options;
        let name = file::clean_name(&asked.name);
        file::check_ending(&name)?;
        if asked.bytes > options.file_bytes_max {
            let message = format!("at most {} bytes", options.file_bytes_max);
            return Err(refused(ErrorKind::TooLarge, "drive.file_too_large", message));
        }
        let id = UploadId(self.0.ids.next());
        let row = UploadRow {
            id,
            account,
            name,
            bytes: asked.bytes,
            key: self.0.master.make_key(id.0)?,
            began_at: self.0.clock.now(),
            blob: None,
        };
        let bytes_max = options.account_bytes_max;
        match rows::begin(&self.0.writer, &row, bytes_max, OPEN_MAX).await? {
            Ok(()) => self.state(row).await,
            Err((_, open)) if open >= OPEN_MAX => {
                let message = "finish or cancel an upload first";
                Err(refused(ErrorKind::Conflict, "drive.too_many_uploads", message))
            }
            Err((brought, _)) => {
                let message = format!("{brought} of {bytes_max} bytes are used");
                Err(refused(ErrorKind::Conflict, "drive.quota_spent", message))
            }
        }
    }

    /// Where an upload of the account stands.
    pub async fn upload(
        &self,
        account: AccountId,
        upload: UploadId,
    ) -> Result<UploadState, BlobError> {
        let row = self.own(account, upload).await?;
        self.state(row).await
    }

    async fn state(&self, row: UploadRow) -> Result<UploadState, BlobError> {
        let file = self.file_of(&row).await?;
        let path = self.staged(row.id);
        let length = blocking(move || match fs::metadata(path) {
            Ok(metadata) => Ok(metadata.len()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error),
        });
        let offset = if file.is_some() { row.bytes } else { kept(length.await?, row.bytes) };
        Ok(UploadState {
            upload: row.id,
            name: row.name,
            bytes: row.bytes,
            // Nothing is missing of an empty file, whether or not its file was made.
            offset: if row.bytes == 0 { 0 } else { offset },
            piece_bytes: CHUNK as u64,
            expires_at: row.began_at + OPEN_MS,
            file,
        })
    }

    /// What a finished upload has become.
    async fn file_of(&self, row: &UploadRow) -> Result<Option<FileRef>, BlobError> {
        let Some(blob) = row.blob else { return Ok(None) };
        Ok(self.find(blob).await?.map(|blob| blob.named(&row.name)))
    }

    async fn own(&self, account: AccountId, upload: UploadId) -> Result<UploadRow, BlobError> {
        let row = rows::upload(&self.0.readers, upload).await?;
        // Somebody else's is told apart from none by nobody.
        row.filter(|row| row.account == account).ok_or_else(|| {
            refused(ErrorKind::NotFound, "drive.upload_not_found", "there is no such upload")
        })
    }

    fn hold(&self, upload: UploadId) -> Result<Hold, BlobError> {
        self.0.held.take(upload).ok_or_else(|| {
            let message = "another request writes to this upload";
            let busy = ErrorBody::new(ErrorKind::Conflict, "drive.upload_busy", message);
            BlobError::Refused(busy.retry_after(500))
        })
    }

    /// Takes up an upload where it stands, for bytes from `offset` on.
    pub async fn resume(
        &self,
        account: AccountId,
        upload: UploadId,
        offset: u64,
    ) -> Result<UploadWriter, BlobError> {
        let row = self.own(account, upload).await?;
        if row.blob.is_some() {
            return Err(refused(ErrorKind::Conflict, "drive.upload_finished", "it is finished"));
        }
        let sending = self.0.sending.clone().try_acquire_owned();
        let sending = sending.map_err(|_| BlobError::Refused(ErrorBody::busy()))?;
        let hold = self.hold(upload)?;
        let seal = self.seal(row.id.0, &row.key, row.bytes)?;
        let path = self.staged(upload);
        let staged = working(move || Staged::open(&path, seal).map(|staged| (staged, hold)));
        let (staged, hold) = staged.await?;
        if staged.offset() != offset {
            let message = format!("go on from {}", staged.offset());
            return Err(refused(ErrorKind::Conflict, "drive.wrong_offset", message));
        }
        // At once as large as it gets: growing leaves a trail of freed sizes behind.
        let batch = Vec::with_capacity(PIECE + CHUNK);
        Ok(UploadWriter { open: Some((staged, hold)), batch, _sending: sending })
    }

    /// Reads everything back and keeps it, or says why not; asked again it says the same.
    pub async fn finish(
        &self,
        account: AccountId,
        upload: UploadId,
        asked: FinishUpload,
    ) -> Result<FileRef, BlobError> {
        let expected = match &asked.sha256 {
            None => None,
            Some(text) => Some(unhex::<32>(text).ok_or_else(|| {
                BlobError::Refused(ErrorBody::invalid("sha256", "64 digits of hex"))
            })?),
        };
        let hold = self.hold(upload)?;
        let row = self.own(account, upload).await?;
        if let Some(file) = self.file_of(&row).await? {
            return Ok(file);
        }
        let outcome = self.take_in(&row, expected, hold).await;
        if matches!(outcome, Err(BlobError::Refused(ref error)) if error.code != "drive.incomplete")
        {
            self.drop_upload(upload).await?;
        }
        outcome
    }

    async fn take_in(
        &self,
        row: &UploadRow,
        expected: Option<[u8; 32]>,
        hold: Hold,
    ) -> Result<FileRef, BlobError> {
        let seal = self.seal(row.id.0, &row.key, row.bytes)?;
        let (path, name) = (self.staged(row.id), row.name.clone());
        // The hold travels along: whoever asks may be gone while the disk still works.
        let blobs = self.clone();
        let found =
            working(move || blobs.look(&path, &name, seal, expected).map(|found| (found, hold)));
        let (found, _hold) = found.await?;
        let now = self.0.clock.now();
        if let Some(blob) = rows::same(&self.0.writer, row, &found.sha256, now).await? {
            self.remove_staged(row.id).await?;
            return Ok(blob.named(&row.name));
        }
        self.0.shelf.take(row.id.to_string(), self.staged(row.id)).await?;
        let blob = rows::keep(&self.0.writer, row, &found, now).await?;
        if blob.id.0 != row.id.0 {
            self.0.shelf.remove(row.id.to_string()).await?;
        }
        Ok(blob.named(&row.name))
    }

    /// Gives up an upload that is not finished.
    pub async fn cancel(&self, account: AccountId, upload: UploadId) -> Result<(), BlobError> {
        let _hold = self.hold(upload)?;
        let row = self.own(account, upload).await?;
        if row.blob.is_some() {
            return Err(refused(ErrorKind::Conflict, "drive.upload_finished", "it is finished"));
        }
        self.drop_upload(upload).await
    }

    pub(super) async fn drop_upload(&self, upload: UploadId) -> Result<(), BlobError> {
        rows::forget(&self.0.writer, upload).await?;
        self.remove_staged(upload).await
    }

    async fn remove_staged(&self, upload: UploadId) -> Result<(), BlobError> {
        Ok(remove_if_there(self.staged(upload)).await?)
    }

    /// Reads a staged file back and looks at what it is.
    fn look(
        &self,
        path: &std::path::Path,
        name: &str,
        seal: super::seal::Seal,
        expected: Option<[u8; 32]>,
    ) -> Result<Found, BlobError> {
        let bytes = seal.bytes;
        let mut staged = Staged::open(path, seal)?;
        if staged.missing() > 0 {
            let message = format!("{} of {bytes} bytes are there", staged.offset());
            return Err(refused(ErrorKind::Conflict, "drive.incomplete", message));
        }
        staged.sync()?;
        let sum = staged.sum()?;
        if expected.is_some_and(|expected| expected != sum.sha256) {
            let message = "what arrived has another SHA-256; send it again";
            return Err(refused(ErrorKind::Invalid, "drive.wrong_sha256", message));
        }
        let (kind, size) = file::inspect(name, &sum.head)?;
        match kind {
            file::FileKind::Zip => {
                let _one = self.0.list.lock().unwrap_or_else(PoisonError::into_inner);
                let list = file::find_directory(&sum.tail, bytes)?;
                let list = staged.plain(list.offset, list.offset + list.bytes)?;
                file::check_directory(&list, bytes)?;
            }
            file::FileKind::SevenZip => file::check_seven_zip(&sum.head, bytes)?,
            _ => {}
        }
        Ok(Found { sha256: sum.sha256, kind, size })
    }
}

/// On a thread that may wait for a disk and use a core.
async fn working<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BlobError> + Send + 'static,
) -> Result<T, BlobError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| BlobError::Files(error.to_string()))?
}

/// Takes the bytes of one request. Dropped without [`UploadWriter::close`], what was handed to
/// the disk is kept and the rest forgotten.
pub struct UploadWriter {
    /// Absent only while the disk works on it.
    open: Option<(Staged, Hold)>,
    batch: Vec<u8>,
    _sending: OwnedSemaphorePermit,
}

impl UploadWriter {
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), BlobError> {
        let missing = self.open.as_ref().map_or(0, |(staged, _)| staged.missing());
        if (self.batch.len() + bytes.len()) as u64 > missing {
            let message = "more bytes than were announced";
            return Err(refused(ErrorKind::Invalid, "drive.too_many_bytes", message));
        }
        self.batch.extend(bytes);
        if self.batch.len() >= PIECE { self.flush(false).await } else { Ok(()) }
    }

    async fn flush(&mut self, sync: bool) -> Result<(), BlobError> {
        let Some((mut staged, hold)) = self.open.take() else {
            return Err(BlobError::Files("an earlier write failed".to_owned()));
        };
        let batch = std::mem::take(&mut self.batch);
        let (open, batch) = working(move || {
            staged.write(&batch)?;
            if sync {
                staged.sync()?;
            }
            Ok(((staged, hold), batch))
        })
        .await?;
        self.open = Some(open);
        // Its memory is used again.
        self.batch = batch;
        self.batch.clear();
        Ok(())
    }

    /// Makes what came durable; answers how much of the file is kept.
    pub async fn close(mut self) -> Result<u64, BlobError> {
        self.flush(true).await?;
        Ok(self.open.as_ref().map_or(0, |(staged, _)| staged.offset()))
    }
}
