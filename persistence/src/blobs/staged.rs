//! A file on its way in: sealed chunk by chunk as it arrives, in a folder of its own.
//! Invariant: how much of an upload is kept follows from its file's length and from nothing
//! else, so no crash can make the two disagree; a chunk that a power cut left torn is dropped.

use super::{
    BlobError,
    seal::{CHUNK, SEALED, Seal, sealed_bytes},
};
use domain::file::{HEAD_BYTES, TAIL_BYTES};
use ring::digest;
use std::{
    fs::{File, OpenOptions},
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::Path,
};

/// After so many bytes what was written is synced, so that a power cut costs no more.
const SYNC_EVERY: u64 = 16 * 1024 * 1024;

/// How much of `bytes` a staged file of this length holds.
pub(crate) fn kept(length: u64, bytes: u64) -> u64 {
    if length >= sealed_bytes(bytes) { bytes } else { length / SEALED as u64 * CHUNK as u64 }
}

pub(crate) struct Staged {
    file: File,
    seal: Seal,
    /// Whole chunks written.
    chunks: u64,
    offset: u64,
    /// Less than a chunk that waits for its rest.
    pending: Vec<u8>,
    /// What goes to the file next; its memory is used again.
    sealed: Vec<u8>,
    unsynced: u64,
}

impl Staged {
    /// Opens an upload where it stopped.
    pub(crate) fn open(path: &Path, seal: Seal) -> Result<Self, BlobError> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)?;
        let offset = kept(file.metadata()?.len(), seal.bytes);
        let chunks = offset.div_ceil(CHUNK as u64);
        let (pending, sealed) = (Vec::with_capacity(CHUNK), Vec::new());
        let mut staged = Self { file, seal, chunks, offset, pending, sealed, unsynced: 0 };
        let mut room = Vec::new();
        while staged.chunks > 0 && staged.chunk(staged.chunks - 1, &mut room).is_err() {
            staged.chunks -= 1;
        }
        staged.offset = staged.offset.min(staged.chunks * CHUNK as u64);
        staged.file.set_len(sealed_bytes(staged.offset))?;
        Ok(staged)
    }

    /// Bytes that are kept if nothing more comes.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Bytes that may still come.
    pub(crate) fn missing(&self) -> u64 {
        self.seal.bytes - self.offset - self.pending.len() as u64
    }

    /// Takes the next bytes; the caller has seen to it that they are not too many.
    pub(crate) fn write(&mut self, mut bytes: &[u8]) -> Result<(), BlobError> {
        self.sealed.clear();
        self.sealed.reserve(bytes.len() + 2 * SEALED);
        let (start, first) = (self.offset, self.chunks);
        while !bytes.is_empty() {
            let (now, rest) = bytes.split_at(bytes.len().min(CHUNK - self.pending.len()));
            self.pending.extend(now);
            bytes = rest;
            let last = self.missing() == 0;
            if self.pending.len() == CHUNK || last {
                self.seal.chunk(self.chunks, &self.pending, &mut self.sealed)?;
                self.offset += self.pending.len() as u64;
                self.chunks += 1;
                self.pending.clear();
            }
        }
        self.file.write_all_at(&self.sealed, first * SEALED as u64)?;
        self.unsynced += self.offset - start;
        if self.unsynced >= SYNC_EVERY { self.sync() } else { Ok(()) }
    }

    pub(crate) fn sync(&mut self) -> Result<(), BlobError> {
        self.file.sync_data()?;
        self.unsynced = 0;
        Ok(())
    }

    /// Reads everything back, as it lies there: what is acknowledged opens and has this hash.
    pub(crate) fn sum(&self) -> Result<Sum, BlobError> {
        let mut sha = digest::Context::new(&digest::SHA256);
        let mut head = Vec::new();
        let mut room = Vec::with_capacity(SEALED);
        for index in 0..self.chunks {
            let chunk = self.chunk(index, &mut room)?;
            sha.update(chunk);
            if head.len() < HEAD_BYTES {
                head.extend(chunk);
            }
        }
        let tail = self.plain(self.offset.saturating_sub(TAIL_BYTES as u64), self.offset)?;
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(sha.finish().as_ref());
        Ok(Sum { sha256, head, tail })
    }

    /// Some bytes of what is there.
    pub(crate) fn plain(&self, from: u64, to: u64) -> Result<Vec<u8>, BlobError> {
        let first = from / CHUNK as u64;
        let skipped = usize::try_from(from - first * CHUNK as u64).unwrap_or(usize::MAX);
        let wanted = usize::try_from(to - from).unwrap_or(usize::MAX);
        // At once as large as it gets: an archive's list may be long.
        let mut bytes = Vec::with_capacity(wanted.saturating_add(2 * CHUNK));
        let mut room = Vec::with_capacity(SEALED);
        for index in first..to.div_ceil(CHUNK as u64) {
            bytes.extend_from_slice(self.chunk(index, &mut room)?);
        }
        bytes.drain(..skipped.min(bytes.len()));
        bytes.truncate(wanted);
        Ok(bytes)
    }

    /// Opens a chunk in `room`, which a caller of many keeps: a file of 1 GiB has 16,384.
    fn chunk<'a>(&self, index: u64, room: &'a mut Vec<u8>) -> Result<&'a [u8], BlobError> {
        let left = self.seal.bytes.saturating_sub(index * CHUNK as u64);
        let plain = usize::try_from(left).unwrap_or(usize::MAX).min(CHUNK);
        room.resize(plain + SEALED - CHUNK, 0);
        self.file.read_exact_at(room, index * SEALED as u64)?;
        self.seal.open(index, room)
    }
}

/// What reading everything gave.
pub(crate) struct Sum {
    pub(crate) sha256: [u8; 32],
    pub(crate) head: Vec<u8>,
    pub(crate) tail: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blobs::seal::Master;
    use proptest::prelude::*;
    use uuid::Uuid;

    struct Bench {
        path: std::path::PathBuf,
        master: Master,
        key: Vec<u8>,
        content: Vec<u8>,
    }

    impl Bench {
        fn new(bytes: usize) -> Self {
            let name =
                format!("hub-staged-{}-{:?}", std::process::id(), std::thread::current().id());
            let path = std::env::temp_dir().join(name);
            let _ = std::fs::remove_file(&path);
            let key_file = path.with_extension("key");
            let master = Master::open(&key_file, true).unwrap();
            std::fs::remove_file(key_file).unwrap();
            let key = master.make_key(Uuid::nil()).unwrap();
            let content = (0..bytes).map(|n| (n * 7 % 251) as u8).collect();
            Self { path, master, key, content }
        }

        fn open(&self) -> Staged {
            let bytes = self.content.len() as u64;
            let seal = self.master.seal_of(Uuid::nil(), &self.key, bytes).unwrap();
            Staged::open(&self.path, seal).unwrap()
        }

        fn whole(&self, staged: &Staged) -> bool {
            let sum = staged.sum().unwrap();
            let expected = digest::digest(&digest::SHA256, &self.content);
            staged.missing() == 0
                && sum.sha256 == expected.as_ref()
                && staged.plain(0, self.content.len() as u64).unwrap() == self.content
        }
    }

    impl Drop for Bench {
        fn drop(&mut self) {
            let _ = std::fs::remove_file(&self.path);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        /// Cut off anywhere, by the network or by the power, and resumed where it says.
        #[test]
        fn whatever_cuts_it_the_end_is_the_same(
            bytes in 0usize..300_000,
            cuts in prop::collection::vec((1usize..120_000, prop::option::of(0u64..70_000)), 0..6),
        ) {
            let bench = Bench::new(bytes);
            for (piece, torn) in cuts {
                let mut staged = bench.open();
                let at = usize::try_from(staged.offset()).unwrap();
                let piece = piece.min(bytes - at);
                staged.write(&bench.content[at..at + piece]).unwrap();
                let length = staged.file.metadata().unwrap().len();
                if let Some(torn) = torn {
                    staged.file.set_len(length.saturating_sub(torn)).unwrap();
                }
            }
            let mut staged = bench.open();
            let at = usize::try_from(staged.offset()).unwrap();
            staged.write(&bench.content[at..]).unwrap();
            prop_assert!(bench.whole(&staged));
            prop_assert!(bench.whole(&bench.open()), "and again from the file alone");
        }
    }

    #[test]
    fn a_chunk_of_zeros_where_one_should_be_is_dropped() {
        let bench = Bench::new(3 * CHUNK);
        bench.open().write(&bench.content[..2 * CHUNK]).unwrap();
        let torn = bench.open();
        torn.file.write_all_at(&[0; 99], SEALED as u64).unwrap();
        let mut again = bench.open();
        assert_eq!(again.offset(), CHUNK as u64);
        again.write(&bench.content[CHUNK..]).unwrap();
        assert!(bench.whole(&again));
        again.file.write_all_at(&[0; 99], 10).unwrap();
        assert!(again.sum().is_err(), "a changed byte anywhere is found");
    }
}
