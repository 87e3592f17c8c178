//! Where sealed files lie: the port, and the adapter for a folder; `bucket` is the other one.
//! Invariants of every adapter (held by `tests/persistence/shelves.rs`, one suite for all): a file is whole under its name or not there at all;
//! what was taken in is still there after a power cut; removing what is gone is no error.
//! Absent on purpose: what the bytes mean. A shelf never sees a plain byte or a key.

use async_trait::async_trait;
use bytes::Bytes;
use std::{
    fs, io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    time::Duration,
};

/// Names are ids, with an ending for what belongs to a file: no path can be made of them.
#[async_trait]
pub trait Shelf: Send + Sync + 'static {
    /// Takes a finished file; afterwards it is gone from where it was.
    async fn take(&self, name: String, file: PathBuf) -> io::Result<()>;

    /// Keeps a few bytes whole.
    async fn put(&self, name: String, bytes: Vec<u8>) -> io::Result<()>;

    /// Bytes from a place on; fewer at the end of the file.
    async fn read(&self, name: String, offset: u64, bytes: usize) -> io::Result<Bytes>;

    async fn remove(&self, name: String) -> io::Result<()>;

    /// Names on one of [`SHARDS`] parts of the shelf that have lain there for longer than `age`.
    async fn older(&self, shard: u8, age: Duration) -> io::Result<Vec<String>>;
}

/// A shelf can be walked in as many parts.
pub const SHARDS: u8 = 64;

/// A folder of folders on a local or shared disk.
pub struct Folder(PathBuf);

impl Folder {
    pub fn open(path: PathBuf) -> io::Result<Self> {
        for shard in 0..SHARDS {
            fs::create_dir_all(path.join(format!("{shard:02x}")))?;
        }
        sync(&path)?;
        Ok(Self(path))
    }

    fn place(&self, name: &str) -> PathBuf {
        self.0.join(format!("{:02x}", shard_of(name))).join(name)
    }
}

/// The part of the shelf that a name lies on; what belongs to one file lies together.
pub(super) fn shard_of(name: &str) -> u8 {
    // The last digits of an id are its random ones.
    let id = name.split('.').next().unwrap_or_default();
    let last = id.bytes().last().map_or(0, |byte| byte.wrapping_mul(37));
    let second = id.bytes().nth_back(1).unwrap_or_default();
    (last ^ second.wrapping_mul(11)) % SHARDS
}

/// Makes names in a folder durable.
pub(super) fn sync(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

/// On a thread that may wait for a disk.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

/// Removes a file; that it is gone already is no error.
pub(super) async fn remove_if_there(path: PathBuf) -> io::Result<()> {
    blocking(move || match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    })
    .await
}

#[async_trait]
impl Shelf for Folder {
    async fn take(&self, name: String, file: PathBuf) -> io::Result<()> {
        let place = self.place(&name);
        blocking(move || {
            fs::File::open(&file)?.sync_all()?;
            fs::rename(&file, &place)?;
            sync(place.parent().unwrap_or(&place))
        })
        .await
    }

    async fn put(&self, name: String, bytes: Vec<u8>) -> io::Result<()> {
        let place = self.place(&name);
        blocking(move || {
            let draft = place.with_extension("draft");
            fs::write(&draft, bytes)?;
            fs::File::open(&draft)?.sync_all()?;
            fs::rename(&draft, &place)?;
            sync(place.parent().unwrap_or(&place))
        })
        .await
    }

    async fn read(&self, name: String, offset: u64, bytes: usize) -> io::Result<Bytes> {
        let place = self.place(&name);
        blocking(move || {
            let file = fs::File::open(place)?;
            let mut read = vec![0; bytes];
            let mut filled = 0;
            while filled < bytes {
                match file.read_at(&mut read[filled..], offset + filled as u64)? {
                    0 => break,
                    some => filled += some,
                }
            }
            read.truncate(filled);
            Ok(Bytes::from(read))
        })
        .await
    }

    async fn remove(&self, name: String) -> io::Result<()> {
        remove_if_there(self.place(&name)).await
    }

    async fn older(&self, shard: u8, age: Duration) -> io::Result<Vec<String>> {
        let folder = self.0.join(format!("{shard:02x}"));
        blocking(move || {
            let mut names = Vec::new();
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                // A clock that went back makes a file young: it is looked at again later.
                let lain = entry.metadata()?.modified()?.elapsed().unwrap_or_default();
                if lain >= age {
                    names.extend(entry.file_name().into_string());
                }
            }
            Ok(names)
        })
        .await
    }
}
