//! `hub doctor`: what is wrong with this machine, in words, and what to do about it.
//! Each check stands alone and changes nothing that stays. Exit code 1 when one fails.

use crate::config::Config;
use crate::log;
use kernel::{Clock, SystemClock};
use rustix::process::{Resource, getrlimit};
use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv6Addr, TcpListener};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant, UNIX_EPOCH};

/// A connection takes one descriptor; the rest is for files and the pools.
const FILES_WANTED: u64 = 16_384;
const FILES_LEAST: u64 = 1_024;
/// Above this, one commit takes longer than people notice nothing of.
const SYNC_SLOW: Duration = Duration::from_millis(20);
const DISK_WANTED: u64 = 5 * 1024 * 1024 * 1024;
const DISK_LEAST: u64 = 512 * 1024 * 1024;
/// 2026-01-01: a clock before it was never set.
const CLOCK_LEAST: i64 = 1_767_225_600_000;

enum Found {
    Well(String),
    /// It works, but not as it should.
    Weak(String),
    Wrong(String),
}
use Found::{Weak, Well, Wrong};

pub(crate) async fn run(config: Config) -> Result<ExitCode, String> {
    let mut checks: Vec<(&str, Found)> = vec![
        ("open files", open_files()),
        ("IPv6", ipv6()),
        ("data folder", data_folder(&config.data)),
        ("disk sync", disk_sync(&config.data)),
        ("free disk", free_disk(&config.data)),
        ("file system", file_system(&config.data)),
        ("clock", clock(&config.database())),
        ("database", database(&config.database())),
    ];
    for address in &config.listen {
        checks.push(("port", port(*address)));
    }
    let mut wrong = 0;
    for (what, found) in checks {
        let (mark, words) = match found {
            Well(words) => ("ok  ", words),
            Weak(words) => ("weak", words),
            Wrong(words) => {
                wrong += 1;
                ("BAD ", words)
            }
        };
        log::say(format_args!("{mark}  {what:<12} {words}"));
    }
    if wrong == 0 {
        log::say("nothing is wrong");
        return Ok(ExitCode::SUCCESS);
    }
    log::say(format_args!("{wrong} of these must be put right"));
    Ok(ExitCode::FAILURE)
}

fn open_files() -> Found {
    let limit = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let advice = "raise it: `ulimit -n 65536`, or LimitNOFILE=65536 in the systemd unit";
    match limit {
        0..FILES_LEAST => Wrong(format!("{limit} are too few to serve at all; {advice}")),
        FILES_LEAST..FILES_WANTED => {
            Weak(format!("{limit} allow about {} connections; {advice}", limit - 256))
        }
        _ => Well(format!("{limit} allowed")),
    }
}

fn port(address: std::net::SocketAddr) -> Found {
    match TcpListener::bind(address) {
        Ok(_) => Well(format!("{address} is free")),
        Err(error) if error.kind() == ErrorKind::AddrInUse => Wrong(format!(
            "{address} is taken. If the hub itself runs there, this is as it should be; \
             otherwise stop the other program or choose another port with --listen"
        )),
        Err(error) if address.is_ipv6() && error.kind() == ErrorKind::AddrNotAvailable => {
            Weak(format!("{address} does not exist here; the hub serves without it"))
        }
        Err(error) => Wrong(format!("{address} cannot be used: {error}")),
    }
}

fn ipv6() -> Found {
    match TcpListener::bind((Ipv6Addr::LOCALHOST, 0)) {
        Ok(_) => Well("the loopback address works".to_owned()),
        Err(error) => Weak(format!(
            "no IPv6 loopback ({error}); clients with IPv6 only cannot reach this machine. \
             See `sysctl net.ipv6.conf.all.disable_ipv6`"
        )),
    }
}

fn data_folder(data: &Path) -> Found {
    let place = data.display();
    if let Err(error) = fs::create_dir_all(data) {
        return Wrong(format!("{place} cannot be created: {error}; choose another with --data"));
    }
    let probe = data.join(".doctor");
    let written = fs::write(&probe, b"probe");
    let _ = fs::remove_file(&probe);
    match written {
        Ok(()) => Well(format!("{place} can be written")),
        Err(error) => Wrong(format!(
            "{place} cannot be written: {error}; give it to the hub's user: `chown -R hub {place}`"
        )),
    }
}

fn disk_sync(data: &Path) -> Found {
    match measure_sync(data) {
        Ok((median, worst)) => {
            let figures = format!("{median:.1?} for one 4 KiB append (worst of 64: {worst:.1?})");
            if median > SYNC_SLOW {
                Weak(format!("{figures}: every message waits for this. Use an SSD of its own"))
            } else if median < Duration::from_micros(15) {
                Weak(format!(
                    "{figures}: too fast to be true. If the disk or the hypervisor only \
                     pretends to sync, a power cut loses messages"
                ))
            } else {
                Well(figures)
            }
        }
        Err(error) => Wrong(format!("could not be measured: {error}")),
    }
}

fn measure_sync(data: &Path) -> std::io::Result<(Duration, Duration)> {
    let probe = data.join(".doctor-sync");
    let mut file = File::create(&probe)?;
    let mut times = Vec::new();
    for _ in 0..64 {
        file.write_all(&[7; 4096])?;
        let begun = Instant::now();
        file.sync_data()?;
        times.push(begun.elapsed());
    }
    drop(file);
    fs::remove_file(&probe)?;
    times.sort_unstable();
    Ok((times[times.len() / 2], times[times.len() - 1]))
}

fn free_disk(data: &Path) -> Found {
    let free = match rustix::fs::statvfs(data) {
        Ok(disk) => disk.f_bavail.saturating_mul(disk.f_frsize),
        Err(error) => return Wrong(format!("could not be read: {error}")),
    };
    let shown = format!("{:.1} GiB free", free as f64 / (1u64 << 30) as f64);
    match free {
        0..DISK_LEAST => Wrong(format!("{shown}: soon nothing can be stored; make room")),
        DISK_LEAST..DISK_WANTED => Weak(format!("{shown}: make room before it is needed")),
        _ => Well(shown),
    }
}

/// SQLite's write-ahead log shares memory between processes; network disks cannot.
fn file_system(data: &Path) -> Found {
    const NFS: u64 = 0x6969;
    const CIFS: u64 = 0xff53_4d42;
    const SMB2: u64 = 0xfe53_4d42;
    match rustix::fs::statfs(data) {
        Ok(system) => match u64::try_from(system.f_type).unwrap_or_default() & 0xffff_ffff {
            NFS | CIFS | SMB2 => Wrong(
                "the data folder is on a network disk, where the database can break; \
                 use a local one"
                    .to_owned(),
            ),
            _ => Well("local".to_owned()),
        },
        Err(error) => Weak(format!("could not be told: {error}")),
    }
}

fn clock(database: &Path) -> Found {
    let now = SystemClock.now();
    if now < CLOCK_LEAST {
        return Wrong("the clock was never set; start chrony or systemd-timesyncd".to_owned());
    }
    let wal = database.with_extension("db-wal");
    let written = [database, &wal].into_iter().filter_map(|file| {
        let modified = fs::metadata(file).ok()?.modified().ok()?;
        i64::try_from(modified.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
    });
    match written.max() {
        Some(last) if last > now + 60_000 => Wrong(format!(
            "the database was written {} s in the future of this clock: it runs behind. \
             Set it before serving, or messages sort wrongly",
            (last - now) / 1000
        )),
        _ => Well("later than all that is stored".to_owned()),
    }
}

fn database(path: &Path) -> Found {
    let mut header = [0u8; 20];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut header));
    match read {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Well("none yet; the first start creates it".to_owned())
        }
        Err(error) => Wrong(format!("{} cannot be read: {error}", path.display())),
        Ok(()) if !header.starts_with(b"SQLite format 3\0") => {
            Wrong(format!("{} is no SQLite database", path.display()))
        }
        // Bytes 18 and 19: 2 means write-ahead log.
        Ok(()) if header[18..20] == [2, 2] => Well("write-ahead log is on".to_owned()),
        Ok(()) => Weak("the write-ahead log is off; the next start turns it on".to_owned()),
    }
}
