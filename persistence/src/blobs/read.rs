//! Reading a blob: any range, piece by piece, each chunk checked before a byte of it leaves.

use super::{
    Blob, BlobError, Blobs, PIECE, Shelf,
    seal::{CHUNK, SEALED, Seal, sealed_bytes},
};
use bytes::{Bytes, BytesMut};
use std::{ops::Range, sync::Arc};

/// A thumbnail is smaller by far; the bound only says that it is read at once.
const THUMB_BYTES_MAX: usize = 1024 * 1024;

/// Bytes of one blob in order.
pub struct BlobReader {
    shelf: Arc<dyn Shelf>,
    name: String,
    seal: Seal,
    left: Range<u64>,
}

impl BlobReader {
    /// The next piece; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Bytes>, BlobError> {
        if self.left.is_empty() {
            return Ok(None);
        }
        let chunk = CHUNK as u64;
        let first = self.left.start / chunk;
        let until = self.left.end.min((first * chunk).saturating_add(PIECE as u64));
        let place = first * SEALED as u64;
        let end = sealed_bytes(until.next_multiple_of(chunk).min(self.seal.bytes));
        let wanted = usize::try_from(end - place).map_err(|_| BlobError::Damaged)?;
        let sealed = self.shelf.read(self.name.clone(), place, wanted).await?;
        if sealed.len() != wanted {
            return Err(BlobError::Damaged);
        }
        let mut sealed = BytesMut::from(sealed);
        let mut plain = BytesMut::with_capacity(wanted);
        for (n, part) in sealed.chunks_mut(SEALED).enumerate() {
            plain.extend_from_slice(self.seal.open(first + n as u64, part)?);
        }
        let skipped = self.left.start - first * chunk;
        let of = |place: u64| usize::try_from(place).map_err(|_| BlobError::Damaged);
        let piece = plain.freeze().slice(of(skipped)?..of(until - first * chunk)?);
        self.left.start = until;
        Ok(Some(piece))
    }
}

impl Blobs {
    /// Reads a range; the caller has cut it to the blob's size.
    pub fn read(&self, blob: &Blob, range: Range<u64>) -> Result<BlobReader, BlobError> {
        Ok(BlobReader {
            shelf: self.0.shelf.clone(),
            name: blob.id.to_string(),
            seal: self.seal(blob.id.0, &blob.key, blob.bytes)?,
            left: range.start..range.end.min(blob.bytes),
        })
    }

    /// The thumbnail that was kept of it.
    pub async fn thumb(&self, blob: &Blob) -> Result<Option<Vec<u8>>, BlobError> {
        let name = format!("{}.thumb", blob.id);
        match self.0.shelf.read(name, 0, THUMB_BYTES_MAX).await {
            Ok(sealed) => {
                let seal = self.seal(blob.id.0, &blob.key, blob.bytes)?;
                Ok(Some(seal.open_thumb(&mut sealed.to_vec())?.to_vec()))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps a thumbnail, sealed as the blob is.
    pub async fn keep_thumb(&self, blob: &Blob, thumb: &[u8]) -> Result<(), BlobError> {
        let sealed = self.seal(blob.id.0, &blob.key, blob.bytes)?.thumb(thumb)?;
        Ok(self.0.shelf.put(format!("{}.thumb", blob.id), sealed).await?)
    }
}
