//! A push service that takes everything: as much HTTP/1.1 as a client with a body and a kept
//! connection needs. It says 201 and remembers when, by the number in the path.

use crate::Failure;
use std::{
    cell::RefCell,
    ops::Range,
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
};

const TAKEN: &[u8] = b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n";
/// A sealed push is at most 4 KiB, its head a few hundred bytes.
const REQUEST_BYTES_MAX: usize = 16 * 1024;

#[derive(Default)]
struct Told {
    /// By device, each time it was told.
    times: RefCell<Vec<Vec<Instant>>>,
    more: Notify,
}

pub(super) struct Provider {
    url: String,
    told: Rc<Told>,
}

impl Provider {
    /// Serves on this thread until the program ends.
    pub(super) async fn start() -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let told = Rc::<Told>::default();
        let shared = told.clone();
        tokio::task::spawn_local(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let told = shared.clone();
                // A connection that breaks off ends itself; what it did not bring is missed.
                tokio::task::spawn_local(async move { serve(stream, &told).await });
            }
        });
        Ok(Self { url, told })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Waits until each of these devices was told so often; answers when each was.
    pub(super) async fn until(
        &self,
        devices: Range<usize>,
        times: usize,
        patience: Duration,
    ) -> Result<Vec<Vec<Instant>>, Failure> {
        let all = async {
            loop {
                let more = self.told.more.notified();
                if self.less_than(devices.clone(), times) == 0 {
                    return;
                }
                more.await;
            }
        };
        if tokio::time::timeout(patience, all).await.is_err() {
            let missing = self.less_than(devices, times);
            return Err(format!("{missing} devices were not told in time").into());
        }
        Ok(devices.map(|device| self.told.times.borrow()[device].clone()).collect())
    }

    fn less_than(&self, devices: Range<usize>, times: usize) -> usize {
        self.count(devices, |told| told < times)
    }

    pub(super) fn more_than(&self, devices: Range<usize>, times: usize) -> usize {
        self.count(devices, |told| told > times)
    }

    fn count(&self, devices: Range<usize>, fits: impl Fn(usize) -> bool) -> usize {
        let told = self.told.times.borrow();
        devices.filter(|device| fits(told.get(*device).map_or(0, Vec::len))).count()
    }
}

async fn serve(mut stream: TcpStream, told: &Told) -> Option<()> {
    let mut held = Vec::new();
    loop {
        let mut more = [0; 8 * 1024];
        let read = stream.read(&mut more).await.ok().filter(|read| *read > 0)?;
        held.extend_from_slice(&more[..read]);
        while let Some((length, device)) = request(&held)? {
            held.drain(..length);
            note(told, device);
            stream.write_all(TAKEN).await.ok()?;
        }
        if held.len() > REQUEST_BYTES_MAX {
            return None;
        }
    }
}

/// The first request's length and device once it is whole; `None`: no request of ours.
fn request(held: &[u8]) -> Option<Option<(usize, usize)>> {
    let Some(end) = held.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Some(None);
    };
    let head = std::str::from_utf8(&held[..end]).ok()?.to_ascii_lowercase();
    let device = head.split(' ').nth(1)?.trim_start_matches('/').parse().ok()?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"))?;
    let whole = end + 4 + length.trim().parse::<usize>().ok()?;
    Some((held.len() >= whole).then_some((whole, device)))
}

fn note(told: &Told, device: usize) {
    let mut times = told.times.borrow_mut();
    if times.len() <= device {
        times.resize(device + 1, Vec::new());
    }
    times[device].push(Instant::now());
    drop(times);
    told.more.notify_waiters();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_once_it_is_whole() {
        let text = b"POST /12 HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcPOST /13";
        for cut in 0..43 {
            assert_eq!(request(&text[..cut]), Some(None), "{cut}");
        }
        let whole = text.len() - "POST /13".len();
        assert_eq!(request(text), Some(Some((whole, 12))));
        assert_eq!(request(b"GET / HTTP/1.1\r\n\r\n"), None);
    }
}
