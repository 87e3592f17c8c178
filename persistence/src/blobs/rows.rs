//! The rows of uploads and blobs. No read models: keys are in no event, and `hub rebuild` leaves
//! these tables alone. The rule that lets a blob go is in them, so a restart changes nothing:
//! `discard_at` is set while no event names it, and a finished upload holds it for its owner
//! until `held_until`; past both, the sweep takes it.

use super::{BlobError, FileRow};
use crate::sqlite::{
    Writer,
    errors::{corrupt, store_error},
    read,
};
use domain::file::{FileKind, Size};
use kernel::journal::StoreError;
use protocol::{AccountId, BlobId, Millis, UploadId, file::FileRef};
use sqlx::{Row, SqliteConnection, SqlitePool, sqlite::SqliteRow};

/// A finished upload may be read and attached by who brought it for so long.
pub const HELD_MS: Millis = 60 * 60 * 1000;
/// What nobody attached is let go after a day.
const UNUSED_MS: Millis = 24 * 60 * 60 * 1000;

/// A stored file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    pub id: BlobId,
    pub bytes: u64,
    pub kind: FileKind,
    /// Of a picture whose header names it.
    pub size: Option<Size>,
    pub(super) key: Vec<u8>,
}

impl Blob {
    /// A reference to it under a name.
    pub fn named(&self, name: &str) -> FileRef {
        FileRef {
            blob: self.id,
            name: name.to_owned(),
            bytes: self.bytes,
            media_type: self.kind.media_type(name).to_owned(),
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct UploadRow {
    pub(super) id: UploadId,
    pub(super) account: AccountId,
    pub(super) name: String,
    pub(super) bytes: u64,
    pub(super) key: Vec<u8>,
    pub(super) began_at: Millis,
    pub(super) blob: Option<BlobId>,
}

pub(crate) async fn fingerprint(readers: &SqlitePool) -> Result<Option<[u8; 32]>, StoreError> {
    let found: Option<Vec<u8>> = sqlx::query_scalar("SELECT fingerprint FROM drive_keys")
        .fetch_optional(readers)
        .await
        .map_err(store_error)?;
    let whole = found.map(|bytes| bytes.try_into());
    whole.transpose().map_err(|_| StoreError::Corrupt("fingerprint of the file key".to_owned()))
}

pub(super) async fn set_fingerprint(writer: &Writer, value: &[u8; 32]) -> Result<(), StoreError> {
    let mut session = writer.begin().await?;
    let done = sqlx::query("INSERT INTO drive_keys (key_number, fingerprint) VALUES (1, ?)")
        .bind(value.to_vec())
        .execute(&mut session.connection)
        .await;
    session.finish(done.map(|_| ())).await
}

pub(crate) async fn blob(readers: &SqlitePool, blob: BlobId) -> Result<Option<Blob>, StoreError> {
    let row = sqlx::query("SELECT * FROM drive_blobs WHERE blob_id = ?")
        .bind(blob.0)
        .fetch_optional(readers)
        .await
        .map_err(store_error)?;
    row.as_ref().map(blob_of_row).transpose().map_err(store_error)
}

pub(crate) fn blob_of_row(row: &SqliteRow) -> Result<Blob, sqlx::Error> {
    let kind: String = row.try_get("kind")?;
    let kind = FileKind::of_word(&kind).ok_or_else(|| corrupt(format!("kind of file {kind}")))?;
    let side = |column| row.try_get::<Option<u32>, _>(column);
    let size = side("width")?.zip(side("height")?).map(|(width, height)| Size { width, height });
    Ok(Blob {
        id: BlobId(row.try_get("blob_id")?),
        bytes: read::unsigned(row, "bytes")?,
        kind,
        size,
        key: row.try_get("key")?,
    })
}

pub(super) async fn upload(
    readers: &SqlitePool,
    upload: UploadId,
) -> Result<Option<UploadRow>, StoreError> {
    let row = sqlx::query("SELECT * FROM drive_uploads WHERE upload_id = ?")
        .bind(upload.0)
        .fetch_optional(readers)
        .await
        .map_err(store_error)?;
    let of = |row: &SqliteRow| {
        Ok(UploadRow {
            id: UploadId(row.try_get("upload_id")?),
            account: AccountId(row.try_get("account_id")?),
            name: row.try_get("name")?,
            bytes: read::unsigned(row, "bytes")?,
            key: row.try_get("key")?,
            began_at: row.try_get("began_at")?,
            blob: row.try_get::<Option<_>, _>("blob_id")?.map(BlobId),
        })
    };
    row.as_ref().map(of).transpose().map_err(store_error)
}

/// What an account has brought: bytes of all its uploads, and how many are under way.
async fn brought(
    connection: &mut SqliteConnection,
    account: AccountId,
) -> Result<(u64, u64), sqlx::Error> {
    let row = sqlx::query(
        "SELECT COALESCE(SUM(bytes), 0) AS bytes, COUNT(*) - COUNT(blob_id) AS open \
         FROM drive_uploads WHERE account_id = ?",
    )
    .bind(account.0)
    .fetch_one(connection)
    .await?;
    Ok((read::unsigned(&row, "bytes")?, read::unsigned(&row, "open")?))
}

/// Writes a new upload unless the account's bounds forbid it; both are seen in one transaction.
pub(super) async fn begin(
    writer: &Writer,
    row: &UploadRow,
    bytes_max: u64,
    open_max: u64,
) -> Result<Result<(), (u64, u64)>, StoreError> {
    let mut session = writer.begin().await?;
    let connection = &mut session.connection;
    let done = async {
        let (bytes, open) = brought(connection, row.account).await?;
        if bytes.saturating_add(row.bytes) > bytes_max || open >= open_max {
            return Ok(Err((bytes, open)));
        }
        sqlx::query(
            "INSERT INTO drive_uploads \
             (upload_id, account_id, name, bytes, suite, key, began_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(row.id.0)
        .bind(row.account.0)
        .bind(row.name.as_str())
        .bind(read::number(row.bytes))
        .bind(super::seal::SUITE)
        .bind(row.key.as_slice())
        .bind(row.began_at)
        .execute(connection)
        .await?;
        Ok(Ok(()))
    };
    let done = done.await;
    session.finish(done).await
}

pub(super) async fn forget(writer: &Writer, upload: UploadId) -> Result<(), StoreError> {
    let mut session = writer.begin().await?;
    let done = sqlx::query("DELETE FROM drive_uploads WHERE upload_id = ?")
        .bind(upload.0)
        .execute(&mut session.connection)
        .await;
    session.finish(done.map(|_| ())).await
}

/// What a finished upload turned out to be.
pub(super) struct Found {
    pub(super) sha256: [u8; 32],
    pub(super) kind: FileKind,
    pub(super) size: Option<Size>,
}

/// The blob that has this content already, held for the upload's owner from now on.
pub(super) async fn same(
    writer: &Writer,
    row: &UploadRow,
    sha256: &[u8; 32],
    now: Millis,
) -> Result<Option<Blob>, StoreError> {
    let mut session = writer.begin().await?;
    let done = same_in(&mut session.connection, row, sha256, now).await;
    session.finish(done).await
}

async fn same_in(
    connection: &mut SqliteConnection,
    row: &UploadRow,
    sha256: &[u8; 32],
    now: Millis,
) -> Result<Option<Blob>, sqlx::Error> {
    let found = sqlx::query("SELECT * FROM drive_blobs WHERE sha256 = ?")
        .bind(sha256.to_vec())
        .fetch_optional(&mut *connection)
        .await?;
    let Some(blob) = found.as_ref().map(blob_of_row).transpose()? else { return Ok(None) };
    finished(connection, row, blob.id, now).await?;
    Ok(Some(blob))
}

async fn finished(
    connection: &mut SqliteConnection,
    row: &UploadRow,
    blob: BlobId,
    now: Millis,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE drive_uploads SET blob_id = ?, held_until = ? WHERE upload_id = ?")
        .bind(blob.0)
        .bind(now + HELD_MS)
        .bind(row.id.0)
        .execute(connection)
        .await
        .map(|_| ())
}

/// Makes a blob of an upload whose file lies on the shelf under the upload's id. Somebody else
/// may have brought the same content meanwhile: then theirs is the blob.
pub(super) async fn keep(
    writer: &Writer,
    row: &UploadRow,
    found: &Found,
    now: Millis,
) -> Result<Blob, StoreError> {
    let mut session = writer.begin().await?;
    let connection = &mut session.connection;
    let done = async {
        if let Some(blob) = same_in(connection, row, &found.sha256, now).await? {
            return Ok(blob);
        }
        let id = BlobId(row.id.0);
        sqlx::query(
            "INSERT INTO drive_blobs (blob_id, sha256, bytes, kind, width, height, suite, key, \
             created_at, discard_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(id.0)
        .bind(found.sha256.to_vec())
        .bind(read::number(row.bytes))
        .bind(found.kind.word())
        .bind(found.size.map(|size| size.width))
        .bind(found.size.map(|size| size.height))
        .bind(super::seal::SUITE)
        .bind(row.key.as_slice())
        .bind(now)
        .bind(now + UNUSED_MS)
        .execute(&mut *connection)
        .await?;
        finished(connection, row, id, now).await?;
        let (kind, size, key) = (found.kind, found.size, row.key.clone());
        Ok(Blob { id, bytes: row.bytes, kind, size, key })
    };
    let done = done.await;
    session.finish(done).await
}

/// Writes the row of a file that came back; an event that names it came before it.
pub(super) async fn put_back(writer: &Writer, file: &FileRow) -> Result<(), StoreError> {
    let mut session = writer.begin().await?;
    let done = sqlx::query(
        "INSERT INTO drive_blobs (blob_id, sha256, bytes, kind, width, height, suite, key, \
         created_at, discard_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, \
         CASE WHEN EXISTS (SELECT 1 FROM drive_uses WHERE blob_id = ?1) THEN NULL ELSE ?9 END)",
    )
    .bind(file.blob.0)
    .bind(file.sha256.to_vec())
    .bind(read::number(file.bytes))
    .bind(file.kind.as_str())
    .bind(file.width)
    .bind(file.height)
    .bind(super::seal::SUITE)
    .bind(file.key.as_slice())
    .bind(file.created_at)
    .execute(&mut session.connection)
    .await;
    session.finish(done.map(|_| ())).await
}

/// Blobs that nothing names and nobody holds at `now`; their rows are gone with the answer.
pub(super) async fn discard(
    writer: &Writer,
    now: Millis,
    limit: usize,
) -> Result<Vec<BlobId>, StoreError> {
    let mut session = writer.begin().await?;
    let connection = &mut session.connection;
    let done = async {
        let rows = sqlx::query_scalar(
            "SELECT blob_id FROM drive_blobs b WHERE discard_at <= ?1 \
             AND NOT EXISTS (SELECT 1 FROM drive_uses u WHERE u.blob_id = b.blob_id) \
             AND NOT EXISTS (SELECT 1 FROM drive_uploads u \
               WHERE u.blob_id = b.blob_id AND u.held_until > ?1) LIMIT ?2",
        )
        .bind(now)
        .bind(read::number(limit as u64))
        .fetch_all(&mut *connection)
        .await?;
        for blob in &rows {
            for statement in [
                "DELETE FROM drive_uploads WHERE blob_id = ?",
                "DELETE FROM drive_blobs WHERE blob_id = ?",
            ] {
                let blob: &uuid::Uuid = blob;
                sqlx::query(statement).bind(*blob).execute(&mut *connection).await?;
            }
        }
        Ok(rows.into_iter().map(BlobId).collect())
    };
    let done = done.await;
    session.finish(done).await
}

/// Unfinished uploads that began before.
pub(super) async fn stale(
    readers: &SqlitePool,
    before: Millis,
) -> Result<Vec<UploadId>, StoreError> {
    let rows: Vec<uuid::Uuid> = sqlx::query_scalar(
        "SELECT upload_id FROM drive_uploads WHERE blob_id IS NULL AND began_at < ? LIMIT 1000",
    )
    .bind(before)
    .fetch_all(readers)
    .await
    .map_err(store_error)?;
    Ok(rows.into_iter().map(UploadId).collect())
}

impl From<sqlx::Error> for BlobError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(store_error(error))
    }
}
