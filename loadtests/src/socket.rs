//! A lean WebSocket for load: text in, text out, nothing parsed or copied that need not be,
//! so that the generator is not what is measured. It trusts its server: no accept key is
//! checked, nothing is retried, fragments are an error.

use crate::Failure;
use std::ops::Range;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

/// First size of a reader's buffer; it doubles while reads fill it. Ten thousand idle
/// readers keep the first.
const BUFFER: usize = 2 * 1024;
/// Frames above this are no frames of ours.
const BUFFER_MAX: usize = 1024 * 1024;

const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const PING: u8 = 9;

pub(crate) struct Socket {
    pub(crate) writer: Writer,
    pub(crate) reader: Reader,
}

/// Dropping it closes this direction, so a mere reader keeps it, too.
pub(crate) struct Writer {
    half: OwnedWriteHalf,
    waiting: Vec<u8>,
}

pub(crate) struct Reader {
    half: OwnedReadHalf,
    buffer: Vec<u8>,
    /// What of the buffer was read and not yet given out.
    held: Range<usize>,
}

pub(crate) async fn connect(address: &str, token: &str) -> Result<Socket, Failure> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (half, mut write) = stream.into_split();
    let request = format!(
        "GET /v1/ws HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Protocol: hub.v1.json\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    write.write_all(request.as_bytes()).await?;
    let mut reader = Reader { half, buffer: vec![0; BUFFER], held: 0..0 };
    reader.skip_head().await?;
    Ok(Socket { writer: Writer { half: write, waiting: Vec::new() }, reader })
}

impl Writer {
    pub(crate) async fn send(&mut self, text: &str) -> Result<(), Failure> {
        self.queue(text);
        self.flush().await
    }

    /// Puts a frame with those that the next flush writes in one go.
    pub(crate) fn queue(&mut self, text: &str) {
        frame_to(&mut self.waiting, text.as_bytes());
    }

    pub(crate) async fn flush(&mut self) -> Result<(), Failure> {
        self.half.write_all(&self.waiting).await?;
        self.waiting.clear();
        Ok(())
    }
}

impl Reader {
    /// The next text frame; `None` once closed. May be cancelled without losing anything.
    pub(crate) async fn next(&mut self) -> Result<Option<&str>, Failure> {
        let range = loop {
            match Frame::read(&self.buffer[self.held.clone()])? {
                Some(frame) => {
                    let payload =
                        self.held.start + frame.payload.start..self.held.start + frame.payload.end;
                    self.held.start = payload.end;
                    match frame.kind {
                        TEXT => break payload,
                        CLOSE => return Ok(None),
                        PING => self.pong(),
                        _ => {}
                    }
                }
                None if self.fill().await? == 0 => return Ok(None),
                None => {}
            }
        };
        Ok(Some(std::str::from_utf8(&self.buffer[range])?))
    }

    /// Reads until a frame of this type, which it returns; an `error` frame fails.
    pub(crate) async fn until(&mut self, kind: &str) -> Result<String, Failure> {
        while let Some(text) = self.next().await? {
            if is(text, kind) {
                return Ok(text.to_owned());
            }
            if is(text, "error") {
                return Err(text.into());
            }
        }
        Err(format!("closed before {kind:?} came").into())
    }

    async fn skip_head(&mut self) -> Result<(), Failure> {
        loop {
            let held = &self.buffer[self.held.clone()];
            if let Some(end) = held.windows(4).position(|four| four == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&held[..end]).into_owned();
                self.held.start += end + 4;
                return if head.starts_with("HTTP/1.1 101") { Ok(()) } else { Err(head.into()) };
            }
            if self.fill().await? == 0 {
                return Err("closed within the handshake".into());
            }
        }
    }

    /// Reads what has come; 0 once closed.
    async fn fill(&mut self) -> Result<usize, Failure> {
        if self.held.start > 0 {
            self.buffer.copy_within(self.held.clone(), 0);
            self.held = 0..self.held.len();
        }
        if self.held.end == self.buffer.len() {
            if self.buffer.len() >= BUFFER_MAX {
                return Err("a frame beyond all bounds".into());
            }
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let read = self.half.read(&mut self.buffer[self.held.end..]).await?;
        self.held.end += read;
        Ok(read)
    }

    /// A server that hears nothing for long asks whether anybody is there. Only those who do
    /// not write are asked, so this never falls into the middle of another frame.
    fn pong(&self) {
        // A full socket proves as well as a pong that somebody has not gone.
        let _ = self.half.as_ref().try_write(&[0x8a, 0x80, 0, 0, 0, 0]);
    }
}

/// One frame of a server: never masked.
struct Frame {
    kind: u8,
    payload: Range<usize>,
}

impl Frame {
    /// `None` while it is not whole.
    fn read(bytes: &[u8]) -> Result<Option<Self>, Failure> {
        let &[first, second, ..] = bytes else { return Ok(None) };
        if first & 0x80 == 0 || second & 0x80 != 0 {
            return Err("a fragment or a masked frame".into());
        }
        let (start, length): (usize, _) = match second {
            126 => (4, bytes.get(2..4).map(number)),
            127 => (10, bytes.get(2..10).map(number)),
            short => (2, Some(usize::from(short))),
        };
        let Some(end) = length.and_then(|length| start.checked_add(length)) else {
            return Ok(None);
        };
        Ok((bytes.len() >= end).then_some(Self { kind: first & 0x0f, payload: start..end }))
    }
}

fn number(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
}

/// A client's frame under a mask of zeros, which leaves the text as it is.
fn frame_to(out: &mut Vec<u8>, payload: &[u8]) {
    out.push(0x80 | TEXT);
    let length = payload.len() as u64;
    match length {
        0..126 => out.push(0x80 | length as u8),
        126..=0xffff => {
            out.push(0x80 | 126);
            out.extend((length as u16).to_be_bytes());
        }
        _ => {
            out.push(0x80 | 127);
            out.extend(length.to_be_bytes());
        }
    }
    out.extend([0; 4]);
    out.extend(payload);
}

/// Whether a frame of the hub is of this type.
pub(crate) fn is(frame: &str, kind: &str) -> bool {
    let rest = frame.strip_prefix("{\"t\":\"").and_then(|rest| rest.strip_prefix(kind));
    rest.is_some_and(|rest| rest.starts_with('"'))
}

/// A version 7 id of now, as clients make them.
pub(crate) fn id() -> String {
    client::ids::next().to_string()
}

/// A command frame.
pub(crate) fn command(id: &str, stream: Option<&str>, kind: &str, body: &str) -> String {
    let stream = stream.map(|s| format!("\"stream\":\"{s}\",")).unwrap_or_default();
    format!("{{\"t\":\"command\",\"id\":\"{id}\",{stream}\"type\":\"{kind}\",\"body\":{body}}}")
}

/// A watch of one stream from a number.
pub(crate) fn watch(stream: &str, from: u64) -> String {
    format!("{{\"t\":\"watch\",\"streams\":[{{\"stream\":\"{stream}\",\"from\":{from}}}]}}")
}

/// The text of a string field, by its first occurrence.
pub(crate) fn field<'a>(frame: &'a str, name: &str) -> Option<&'a str> {
    let start = frame.find(&format!("\"{name}\":\""))? + name.len() + 4;
    let rest = &frame[start..];
    rest.find('"').map(|end| &rest[..end])
}

/// A whole number of a field, by its first occurrence.
pub(crate) fn count(frame: &str, name: &str) -> Option<u64> {
    let start = frame.find(&format!("\"{name}\":"))? + name.len() + 3;
    let digits = frame[start..].split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_read_once_it_is_whole() {
        let long = "x".repeat(300);
        for text in ["", "hello", long.as_str()] {
            let mut masked = Vec::new();
            frame_to(&mut masked, text.as_bytes());
            // What a server sends is the same without the mask.
            let head = masked.len() - text.len() - 4;
            let mut bytes = masked[..head].to_vec();
            bytes[1] &= 0x7f;
            bytes.extend(text.as_bytes());
            for cut in 0..bytes.len() {
                assert!(Frame::read(&bytes[..cut]).expect("no error").is_none(), "{cut}");
            }
            let frame = Frame::read(&bytes).expect("no error").expect("whole");
            assert_eq!((frame.kind, &bytes[frame.payload]), (TEXT, text.as_bytes()));
        }
    }

    #[test]
    fn fragments_are_refused() {
        assert!(Frame::read(&[0x01, 0x01, b'x']).is_err());
        assert!(Frame::read(&[0x81, 0x81, 0, 0, 0, 0, b'x']).is_err());
    }

    #[test]
    fn fields_are_found_without_parsing() {
        let ack = r#"{"t":"ack","id":"7","stream":"room:1","seq":12}"#;
        assert!(is(ack, "ack") && !is(ack, "ac") && !is(ack, "error"));
        assert_eq!((field(ack, "id"), count(ack, "seq")), (Some("7"), Some(12)));
        assert_eq!((field(ack, "result"), count(ack, "head")), (None, None));
    }
}
