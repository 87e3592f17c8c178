//! A large file through a hub that is killed in the middle: how fast, and above all in how much
//! memory. Every byte is made from its place, so neither side of this program holds the file,
//! and what comes back is held against what was sent.

use crate::{
    Failure,
    bench::{Bench, Cores},
    hub::{Hub, Store},
    process::Process,
    report::{Figure, Report},
};
use client::Door;
use std::{
    io::{self, Read, Seek, SeekFrom, Write},
    time::{Duration, Instant},
};

#[derive(clap::Args, Clone)]
pub(crate) struct Args {
    #[arg(long, default_value_t = 1024)]
    megabytes: u64,
}

impl Default for Args {
    fn default() -> Self {
        Self { megabytes: 1024 }
    }
}

const MEGABYTE: u64 = 1024 * 1024;
/// The customer's hub may take so much above what it takes idle.
const MEMORY_GOAL: f64 = 64.0;
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// What the start of a hub needed is given back within this.
const SETTLED: Duration = Duration::from_secs(2);

/// A file that is nowhere.
#[derive(Clone)]
struct Made {
    bytes: u64,
    at: u64,
}

impl Made {
    /// Splitmix64 of a word's number: as good as noise to a disk.
    fn word(number: u64) -> [u8; 8] {
        let mut word = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (word ^ (word >> 31)).to_le_bytes()
    }
}

impl Read for Made {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.bytes - self.at).unwrap_or(usize::MAX).min(into.len());
        for (n, byte) in into[..wanted].iter_mut().enumerate() {
            let place = self.at + n as u64;
            *byte = Self::word(place / 8)[(place % 8) as usize];
        }
        self.at += wanted as u64;
        Ok(wanted)
    }
}

impl Seek for Made {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(by) => self.bytes.saturating_add_signed(by),
            SeekFrom::Current(by) => self.at.saturating_add_signed(by),
        };
        Ok(self.at)
    }
}

/// Takes a download and holds it against what was sent.
struct Same(Made);

impl Write for Same {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut expected = vec![0; bytes.len()];
        self.0.read_exact(&mut expected)?;
        if expected == bytes {
            return Ok(bytes.len());
        }
        Err(io::Error::other(format!("another byte before {}", self.0.at)))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs `work`; answers what came of it and the most memory the hub had meanwhile.
async fn watched<T>(
    process: &Process,
    work: impl Future<Output = Result<T, client::ClientError>>,
) -> Result<(T, f64), Failure> {
    let mut most = 0_f64;
    let mut work = std::pin::pin!(work);
    loop {
        match tokio::time::timeout(LOOK_EVERY, &mut work).await {
            Ok(done) => return Ok((done?, most.max(process.resident_bytes()?))),
            Err(_) => most = most.max(process.resident_bytes()?),
        }
    }
}

async fn idle(hub: &Hub) -> Result<f64, Failure> {
    tokio::time::sleep(SETTLED).await;
    hub.process.resident_bytes()
}

pub(crate) async fn run(bench: &Bench, args: Args, report: &mut Report) -> Result<(), Failure> {
    let bench = bench.seated(Cores::Shared)?;
    let bytes = args.megabytes * MEGABYTE;
    let hub = Hub::demo(&bench, 1, Store::fresh(&bench)?)?;
    let token = hub.people[0].secret();
    let door = Door::new(&hub.url())?.with_token(token);
    let before = idle(&hub).await?;
    let begun = door.begin_upload("large.bin", bytes).await?;
    let first = async {
        let mut offset = 0;
        while offset < bytes / 2 {
            let mut source = Made { bytes, at: offset };
            let mut piece = vec![0; usize::try_from(8 * MEGABYTE.min(bytes)).unwrap_or(0)];
            let read = source.read(&mut piece).unwrap_or(0);
            piece.truncate(read);
            offset = door.send_piece(begun.upload, offset, piece).await?.offset;
        }
        Ok(offset)
    };
    let started = Instant::now();
    let (kept, most) = watched(&hub.process, first).await?;
    let sending = kept as f64 / MEGABYTE as f64 / started.elapsed().as_secs_f64();
    let mut above = most - before;

    let hub = hub.killed_and_restarted(|| ())?;
    let before = idle(&hub).await?;
    let state = door.upload_state(begun.upload).await?;
    if state.offset != kept {
        return Err(format!("{kept} bytes were kept, {} are there", state.offset).into());
    }
    let source = Made { bytes, at: 0 };
    let rest = door.resume_upload(begun.upload, source.clone());
    let (file, most) = watched(&hub.process, rest).await?;
    above = above.max(most - before);
    let path = format!("/v1/blobs/{}", file.blob);
    let started = Instant::now();
    let (sent, most) = watched(&hub.process, door.download(&path, Same(source))).await?;
    if sent != bytes {
        return Err(format!("{sent} of {bytes} bytes came back").into());
    }
    above = above.max(most - before);
    let fetching = args.megabytes as f64 / started.elapsed().as_secs_f64();
    report.add(&bench, &Figure::new("upload", "file", args.megabytes as f64, "MB"));
    report.add(&bench, &Figure::new("upload", "sent", sending, "MB/s"));
    report.add(&bench, &Figure::new("upload", "fetched", fetching, "MB/s"));
    let figure = Figure::new("upload", "memory above idle", above / MEGABYTE as f64, "MB");
    report.add(&bench, &figure.at_most(MEMORY_GOAL));
    Ok(())
}
