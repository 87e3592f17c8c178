//! The disk under the data folder. Where the folder does not exist yet, the one that it will
//! be created in is looked at. Probes are removed again.

use super::Found;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Above this, people notice that a message waits for its commit.
const SYNC_SLOW: Duration = Duration::from_millis(20);
/// No disk is so quick: somebody only pretends.
const SYNC_PRETENDED: Duration = Duration::from_micros(15);
const SYNCS: usize = 64;
const FREE_WANTED: u64 = 5 << 30;
const FREE_LEAST: u64 = 512 << 20;

/// The data folder, or the nearest one above it that exists.
fn standing(data: &Path) -> PathBuf {
    let found = data.ancestors().find(|folder| folder.is_dir());
    // The last ancestor of a relative path is empty.
    found.unwrap_or(Path::new(".")).to_owned()
}

/// A file that is gone when it is let go.
struct Probe(PathBuf);

impl Probe {
    fn create(folder: &Path) -> std::io::Result<(Self, File)> {
        let path = folder.join(format!(".hub-doctor-{}", std::process::id()));
        let file = File::create(&path)?;
        Ok((Self(path), file))
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        // Empty or 256 KiB, and named after its maker.
        let _ = fs::remove_file(&self.0);
    }
}

pub(super) fn data_folder(data: &Path) -> Found {
    const CHECK: &str = "data folder";
    let (place, folder) = (data.display(), standing(data));
    if let Err(error) = Probe::create(&folder) {
        let folder = folder.display();
        return Found::bad(
            CHECK,
            format!(
                "{folder} cannot be written: {error}; give it to the hub's user \
                 (`chown -R hub {folder}`) or choose another with --data"
            ),
        );
    }
    if data.is_dir() {
        Found::ok(CHECK, format!("{place} can be written"))
    } else {
        Found::ok(CHECK, format!("{place} does not exist yet; the first start creates it"))
    }
}

pub(super) fn sync(data: &Path) -> Found {
    const CHECK: &str = "disk sync";
    let (median, worst) = match measure_sync(&standing(data)) {
        Ok(times) => times,
        Err(error) => return Found::bad(CHECK, format!("could not be measured: {error}")),
    };
    let figures = format!("{median:.1?} for 4 KiB (worst of {SYNCS}: {worst:.1?})");
    if median > SYNC_SLOW {
        let words = "every message waits for this. Use an SSD of its own";
        Found::weak(CHECK, format!("{figures}: {words}"))
    } else if median < SYNC_PRETENDED {
        let words = "too fast to be true. If the disk or the hypervisor only pretends to sync, \
                     a power cut loses messages";
        Found::weak(CHECK, format!("{figures}: {words}"))
    } else {
        Found::ok(CHECK, figures)
    }
}

/// Median and worst time until an appended page is on the disk, as a commit waits for it.
fn measure_sync(folder: &Path) -> std::io::Result<(Duration, Duration)> {
    let (_probe, mut file) = Probe::create(folder)?;
    let mut times = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        file.write_all(&[7; 4096])?;
        let begun = Instant::now();
        file.sync_data()?;
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    Ok((times[times.len() / 2], times[times.len() - 1]))
}

pub(super) fn free(data: &Path) -> Found {
    const CHECK: &str = "free disk";
    let free = match rustix::fs::statvfs(standing(data)) {
        Ok(disk) => disk.f_bavail.saturating_mul(disk.f_frsize),
        Err(error) => return Found::bad(CHECK, format!("could not be read: {error}")),
    };
    let shown = format!("{:.1} GiB free", free as f64 / (1u64 << 30) as f64);
    match free {
        0..FREE_LEAST => Found::bad(
            CHECK,
            format!("{shown}: soon nothing can be stored and every command is refused; make room"),
        ),
        FREE_LEAST..FREE_WANTED => {
            Found::weak(CHECK, format!("{shown}: make room before it is needed"))
        }
        _ => Found::ok(CHECK, shown),
    }
}

/// SQLite's write-ahead log shares memory between processes; network disks cannot.
pub(super) fn file_system(data: &Path) -> Found {
    const CHECK: &str = "file system";
    const NFS: u64 = 0x6969;
    const CIFS: u64 = 0xff53_4d42;
    const SMB2: u64 = 0xfe53_4d42;
    match rustix::fs::statfs(standing(data)) {
        Ok(system) => match u64::try_from(system.f_type).unwrap_or_default() & 0xffff_ffff {
            NFS | CIFS | SMB2 => Found::bad(
                CHECK,
                "the data folder is on a network disk, where the database can break; use a \
                 local one",
            ),
            _ => Found::ok(CHECK, "local"),
        },
        Err(error) => Found::weak(CHECK, format!("could not be told: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    #[test]
    fn a_folder_that_does_not_exist_is_judged_by_the_one_above_and_not_created() {
        let above = std::env::temp_dir().join(format!("hub-doctor-{}", std::process::id()));
        fs::create_dir_all(&above).expect("the temporary folder can be written");
        let data = above.join("not/yet");
        assert_eq!(standing(&data), above);
        for found in [data_folder(&data), free(&data), file_system(&data)] {
            assert_ne!(found.state, State::Bad, "{found:?}");
        }
        let (median, worst) = measure_sync(&standing(&data)).expect("measured");
        assert!(median <= worst && worst > Duration::ZERO);
        let left = fs::read_dir(&above).expect("it exists").count();
        fs::remove_dir_all(&above).expect("made above");
        assert_eq!(left, 0, "nothing stays");
    }
}
