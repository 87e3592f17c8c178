//! The files of an export, sealed as they lie: each a line of what it is, lines of its bytes, and
//! one that ends it. Memory holds one piece. Invariant: only files that an event names travel;
//! one that was let go while the export went on is marked so, and an import leaves it out.

use super::{lines::Line, write_line};
use crate::blobs::{
    CHUNK, FileRow, PIECE, SEALED, SUITE, Shelf, hex, sealed_bytes, unhex, unhex_all,
};
use crate::sqlite::{errors::store_error, read};
use base64::{Engine, prelude::BASE64_STANDARD};
use kernel::journal::StoreError;
use protocol::{BlobId, Millis};
use serde::{Deserialize, Serialize};
use sqlx::{Row, SqliteConnection, SqlitePool, sqlite::SqliteRow};
use std::io::Write;
use uuid::Uuid;

const PAGE: i64 = 500;
/// Whole chunks, of about [`PIECE`] plain bytes.
const SEALED_PIECE: usize = PIECE / CHUNK * SEALED;

/// Files that an event names.
const NAMED: &str = "FROM drive_blobs b \
     WHERE EXISTS (SELECT 1 FROM drive_uses u WHERE u.blob_id = b.blob_id)";

/// A row of a file, what is binary in hex. Its key is wrapped by the master key.
#[derive(Serialize, Deserialize)]
pub(super) struct FileLine {
    blob: BlobId,
    sha256: String,
    bytes: u64,
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
    suite: String,
    key: String,
    at: Millis,
}

impl FileLine {
    fn of_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            blob: BlobId(row.try_get("blob_id")?),
            sha256: hex(&row.try_get::<Vec<u8>, _>("sha256")?),
            bytes: read::unsigned(row, "bytes")?,
            kind: row.try_get("kind")?,
            width: row.try_get("width")?,
            height: row.try_get("height")?,
            suite: row.try_get("suite")?,
            key: hex(&row.try_get::<Vec<u8>, _>("key")?),
            at: row.try_get("created_at")?,
        })
    }

    pub(super) fn into_row(self) -> Result<FileRow, &'static str> {
        if self.suite != SUITE {
            return Err("a file sealed in a way that this hub does not know");
        }
        Ok(FileRow {
            blob: self.blob,
            sha256: unhex(&self.sha256).ok_or("a hash is 64 hex digits")?,
            bytes: self.bytes,
            kind: self.kind,
            width: self.width,
            height: self.height,
            key: unhex_all(&self.key).ok_or("a key is hex")?,
            created_at: self.at,
        })
    }
}

/// How many files an export of this state has.
pub(super) async fn count(connection: &mut SqliteConnection) -> Result<u64, sqlx::Error> {
    let text = format!("SELECT COUNT(*) AS files {NAMED}");
    let row = sqlx::query(sqlx::AssertSqlSafe(text)).fetch_one(connection).await?;
    read::unsigned(&row, "files")
}

/// Writes every file that an event names; answers how many, and how many were let go meanwhile.
/// `now` reads beside the export's snapshot: whether a missing file is still wanted.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    now: &SqlitePool,
    shelf: &dyn Shelf,
    writer: &mut impl Write,
) -> Result<(u64, u64), StoreError> {
    let (mut after, mut whole, mut gone) = (Uuid::nil(), 0, 0);
    let text = format!("SELECT b.* {NAMED} AND b.blob_id > ? ORDER BY b.blob_id LIMIT ?");
    loop {
        let page = sqlx::query(sqlx::AssertSqlSafe(text.clone()))
            .bind(after)
            .bind(PAGE)
            .fetch_all(&mut *connection)
            .await
            .map_err(store_error)?;
        if page.is_empty() {
            return Ok((whole, gone));
        }
        for row in &page {
            let line = FileLine::of_row(row).map_err(store_error)?;
            let (blob, bytes) = (line.blob, sealed_bytes(line.bytes));
            after = blob.0;
            write_line(writer, &Line::File(line))?;
            let there = write_pieces(shelf, blob, bytes, writer).await?;
            if !there && crate::blobs::find(now, blob).await?.is_some() {
                return Err(StoreError::Corrupt(format!("file {blob} is missing or cut off")));
            }
            write_line(writer, &Line::FileEnd { whole: there })?;
            if there { whole += 1 } else { gone += 1 }
        }
    }
}

async fn write_pieces(
    shelf: &dyn Shelf,
    blob: BlobId,
    bytes: u64,
    writer: &mut impl Write,
) -> Result<bool, StoreError> {
    let mut place = 0;
    while place < bytes {
        let wanted = usize::try_from(bytes - place).unwrap_or(usize::MAX).min(SEALED_PIECE);
        let piece = match shelf.read(blob.to_string(), place, wanted).await {
            Ok(piece) => piece,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(StoreError::Unavailable(format!("files: {error}"))),
        };
        if piece.len() != wanted {
            return Ok(false);
        }
        write_line(writer, &Line::Piece(BASE64_STANDARD.encode(&piece)))?;
        place += wanted as u64;
    }
    Ok(true)
}

pub(super) fn piece(text: &str) -> Result<Vec<u8>, &'static str> {
    BASE64_STANDARD.decode(text).map_err(|_| "a piece of a file is base64")
}
