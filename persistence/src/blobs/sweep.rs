//! Letting files go: uploads nobody finished, blobs nothing names, files a crash left without a
//! row. Invariant: rows go before files, so what a crash leaves in between is a file without a
//! row, and those are looked for again and again; whatever still has a row keeps its file.

use super::{BlobError, Blobs, rows, shelf::SHARDS, upload::OPEN_MS};
use protocol::{BlobId, Millis};
use std::{
    sync::{Arc, Weak},
    time::Duration,
};

/// A recalled file is gone within this, and the time of a sweep.
const EVERY: Duration = Duration::from_secs(60);
/// A finished file has no row for the blink between the two; one that has none for so long was
/// left behind by a crash.
const ORPHAN_AGE: Duration = Duration::from_secs(60 * 60);
const AT_ONCE: usize = 500;

/// What one sweep let go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    pub uploads: u64,
    pub blobs: u64,
    pub orphans: u64,
}

/// The task of one store of files; it ends with it.
pub(super) fn start(blobs: &Blobs) {
    tokio::spawn(run(Arc::downgrade(&blobs.0)));
}

async fn run(blobs: Weak<super::Inner>) {
    let mut shard = 0;
    loop {
        tokio::time::sleep(EVERY).await;
        let Some(inner) = blobs.upgrade() else { return };
        let blobs = Blobs(inner);
        // One part of the shelf a time: the whole of it once an hour.
        match blobs.sweep(shard..shard + 1, ORPHAN_AGE).await {
            Ok(Swept { uploads: 0, blobs: 0, orphans: 0 }) => {}
            Ok(swept) => tracing::info!(?swept, "files let go"),
            Err(error) => tracing::warn!(%error, "files not swept; trying again"),
        }
        shard = (shard + 1) % SHARDS;
    }
}

impl Blobs {
    /// Lets go what may go now; looks for files without rows in some parts of the shelf.
    pub async fn sweep(
        &self,
        shards: std::ops::Range<u8>,
        orphan_age: Duration,
    ) -> Result<Swept, BlobError> {
        let now: Millis = self.0.clock.now();
        let mut swept = Swept::default();
        for upload in rows::stale(&self.0.readers, now - OPEN_MS).await? {
            let Some(_hold) = self.0.held.take(upload) else { continue };
            self.drop_upload(upload).await?;
            swept.uploads += 1;
        }
        for blob in rows::discard(&self.0.writer, now, AT_ONCE).await? {
            self.remove_files(&blob.to_string()).await?;
            swept.blobs += 1;
        }
        for shard in shards {
            for name in self.0.shelf.older(shard, orphan_age).await? {
                if self.is_orphan(&name).await? {
                    self.0.shelf.remove(name).await?;
                    swept.orphans += 1;
                }
            }
        }
        Ok(swept)
    }

    async fn remove_files(&self, name: &str) -> Result<(), BlobError> {
        self.0.shelf.remove(format!("{name}.thumb")).await?;
        Ok(self.0.shelf.remove(name.to_owned()).await?)
    }

    /// Only what bears a name of ours is ours to remove.
    async fn is_orphan(&self, name: &str) -> Result<bool, BlobError> {
        let id = name.split('.').next().unwrap_or_default().parse::<BlobId>();
        match id {
            Ok(blob) => Ok(self.find(blob).await?.is_none()),
            Err(_) => Ok(false),
        }
    }
}
