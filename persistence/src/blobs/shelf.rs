//! Where sealed files lie: the port, and the adapter for a folder. Invariants of every adapter
//! (held by the conformance cases below): a file is whole under its name or not there at all;
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
        // The last digits of an id are its random ones.
        let id = name.split('.').next().unwrap_or_default();
        let last = id.bytes().last().map_or(0, |byte| byte.wrapping_mul(37));
        let second = id.bytes().nth_back(1).unwrap_or_default();
        self.0.join(format!("{:02x}", (last ^ second.wrapping_mul(11)) % SHARDS)).join(name)
    }
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

fn absent_is_fine(outcome: io::Result<()>) -> io::Result<()> {
    match outcome {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    }
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
        let place = self.place(&name);
        blocking(move || absent_is_fine(fs::remove_file(place))).await
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

/// What every adapter promises; each adapter's tests call it.
#[cfg(test)]
pub(super) async fn conformance(shelf: &dyn Shelf, folder: &Path) {
    let name = "0195e3a4-7c1a-7000-8000-0000000000a7".to_owned();
    let staged = folder.join("staged");
    let content: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
    fs::write(&staged, &content).unwrap();
    shelf.take(name.clone(), staged.clone()).await.unwrap();
    assert!(!staged.exists(), "taken, not copied");
    let read = |offset, bytes| shelf.read(name.clone(), offset, bytes);
    assert_eq!(read(0, 400_000).await.unwrap(), content);
    assert_eq!(read(70_000, 9).await.unwrap(), content[70_000..70_009]);
    assert_eq!(read(399_990, 50).await.unwrap(), content[399_990..], "short at the end");
    assert_eq!(read(400_000, 50).await.unwrap(), Vec::new());
    let thumb = format!("{name}.thumb");
    shelf.put(thumb.clone(), b"small".to_vec()).await.unwrap();
    shelf.put(thumb.clone(), b"other".to_vec()).await.unwrap();
    assert_eq!(shelf.read(thumb.clone(), 0, 99).await.unwrap(), &b"other"[..]);
    let mut all = Vec::new();
    for shard in 0..SHARDS {
        all.extend(shelf.older(shard, Duration::ZERO).await.unwrap());
        let old = shelf.older(shard, Duration::from_secs(3600)).await.unwrap();
        assert_eq!(old, Vec::<String>::new());
    }
    all.sort();
    assert_eq!(all, [name.clone(), thumb.clone()]);
    shelf.remove(name.clone()).await.unwrap();
    shelf.remove(name.clone()).await.unwrap();
    let gone = shelf.read(name.clone(), 0, 1).await.unwrap_err();
    assert_eq!(gone.kind(), io::ErrorKind::NotFound);
    let never = shelf.take(name.clone(), folder.join("nothing")).await.unwrap_err();
    assert_eq!(never.kind(), io::ErrorKind::NotFound);
    assert!(shelf.read(name, 0, 1).await.is_err(), "nothing half there");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_folder_keeps_what_a_shelf_promises() {
        let path = std::env::temp_dir().join(format!("hub-shelf-{}", std::process::id()));
        let shelf = Folder::open(path.join("shelf")).unwrap();
        conformance(&shelf, &path).await;
        fs::remove_dir_all(path).unwrap();
    }
}
