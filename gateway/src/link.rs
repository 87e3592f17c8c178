//! Owns the bytes of one WebSocket connection: reads them for the session actor, and writes
//! what waits in the outbox in one call. Invariants: bytes leave in the order of the outbox;
//! nothing is taken from the outbox, and nothing more is read, while the socket has not taken
//! what was written before, so a reader that is slow holds its own queue only.
//!
//! Buffers are absent: one per thread serves all its connections, since each empties it
//! before the next is polled. That is most of what a connection would otherwise weigh.

use crate::{session::Replies, socket::Session};
use actix_web::error::PayloadError;
use bytes::{Buf, Bytes};
use bytestring::ByteString;
use futures_util::{Stream, task::AtomicWaker};
use protocol::CloseCode;
use std::{
    cell::{Cell, RefCell},
    future::Future,
    io,
    pin::Pin,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::Sleep,
};

/// Read at once; also how much one connection may read before others have their turn.
const READ_BYTES: usize = 16 * 1024;
/// How long a peer has to take the close frame and hang up.
const CLOSE_WITHIN: Duration = Duration::from_secs(5);
const PING: [u8; 2] = [0x89, 0];

thread_local! {
    static WRITING: RefCell<Scratch> = RefCell::default();
    static READING: RefCell<Box<[u8; READ_BYTES]>> = RefCell::new(Box::new([0; READ_BYTES]));
}

#[derive(Default)]
struct Scratch {
    frames: Vec<ByteString>,
    bytes: Vec<u8>,
}

/// One connection, shared by the half that reads and the half that writes.
pub(crate) struct Wire<T> {
    io: RefCell<T>,
    /// What may still be read before this connection yields to others.
    turn: Cell<usize>,
}

/// The bytes that arrive, beginning with those read along with the handshake.
pub(crate) struct Incoming<T> {
    wire: Rc<Wire<T>>,
    first: Bytes,
}

pub(crate) fn split<T>(io: T, first: &[u8]) -> (Rc<Wire<T>>, Incoming<T>) {
    let wire = Rc::new(Wire { io: RefCell::new(io), turn: Cell::new(READ_BYTES) });
    (wire.clone(), Incoming { wire, first: Bytes::copy_from_slice(first) })
}

impl<T: AsyncRead + Unpin> Stream for Incoming<T> {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if !self.first.is_empty() {
            return Poll::Ready(Some(Ok(std::mem::take(&mut self.first))));
        }
        if self.wire.turn.get() == 0 {
            task.waker().wake_by_ref();
            return Poll::Pending;
        }
        READING.with_borrow_mut(|buffer| {
            let mut buffer = ReadBuf::new(&mut buffer[..]);
            let mut io = self.wire.io.borrow_mut();
            ready!(Pin::new(&mut *io).poll_read(task, &mut buffer)).map_err(PayloadError::Io)?;
            let read = buffer.filled();
            self.wire.turn.set(self.wire.turn.get().saturating_sub(read.len()));
            Poll::Ready((!read.is_empty()).then(|| Ok(Bytes::copy_from_slice(read))))
        })
    }
}

/// Remembers that the actor has something to do. Woken apart from the outbox, so that a
/// broadcast does not poll the actor of each connection it is written to.
struct Due {
    flag: AtomicBool,
    link: AtomicWaker,
}

impl Wake for Due {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.flag.store(true, Ordering::Release);
        self.link.wake();
    }
}

/// Drives one connection until it is over.
pub(crate) struct Link<T> {
    session: Rc<Session>,
    wire: Rc<Wire<T>>,
    replies: Option<Replies>,
    due: Arc<Due>,
    due_waker: Waker,
    /// What the socket has not taken yet.
    unsent: Bytes,
    unflushed: bool,
    closing: Option<Pin<Box<Sleep>>>,
}

impl<T: AsyncRead + AsyncWrite + Unpin> Link<T> {
    pub(crate) fn new(session: Rc<Session>, wire: Rc<Wire<T>>, replies: Replies) -> Self {
        // Due at once: the first poll starts the actor.
        let due = Arc::new(Due { flag: AtomicBool::new(true), link: AtomicWaker::new() });
        let due_waker = Waker::from(due.clone());
        Self {
            session,
            wire,
            replies: Some(replies),
            due,
            due_waker,
            unsent: Bytes::new(),
            unflushed: false,
            closing: None,
        }
    }

    /// Answers when everything that waited has been given to the socket.
    fn poll_work(&mut self, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_unsent(task))?;
        if self.closing.is_some() {
            return Poll::Ready(Ok(()));
        }
        WRITING.with_borrow_mut(|scratch| {
            scratch.bytes.clear();
            let replies = self.poll_actor();
            let mut close = self.session.take(task.waker(), &mut scratch.frames);
            for frame in scratch.frames.drain(..) {
                put_text(&mut scratch.bytes, &frame);
            }
            if self.session.take_ping() {
                scratch.bytes.extend_from_slice(&PING);
            }
            for bytes in replies {
                scratch.bytes.extend_from_slice(&bytes);
            }
            if self.replies.is_some()
                && let Some(code) = close.take()
            {
                put_close(&mut scratch.bytes, code);
                self.replies = None;
            }
            if self.replies.is_none() {
                self.closing = Some(start_farewell(task, CLOSE_WITHIN));
            }
            self.poll_write(task, &scratch.bytes)
        })
    }

    /// Lets the actor handle what arrived; answers what it wants written.
    fn poll_actor(&mut self) -> Vec<Bytes> {
        let mut written = Vec::new();
        let Some(replies) = &mut self.replies else { return written };
        if !self.due.flag.swap(false, Ordering::Acquire) {
            return written;
        }
        self.wire.turn.set(READ_BYTES);
        let mut task = Context::from_waker(&self.due_waker);
        while let Poll::Ready(reply) = replies.as_mut().poll_next(&mut task) {
            match reply {
                Some(Ok(bytes)) => written.push(bytes),
                Some(Err(_)) | None => {
                    self.replies = None;
                    break;
                }
            }
        }
        written
    }

    /// Gives `bytes` to the socket; what it does not take waits as `unsent`.
    fn poll_write(&mut self, task: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<()>> {
        if bytes.is_empty() {
            return Poll::Ready(Ok(()));
        }
        self.unflushed = true;
        let taken = match self.poll_some(task, bytes) {
            Poll::Ready(taken) => taken?,
            Poll::Pending => 0,
        };
        if taken < bytes.len() {
            self.unsent = Bytes::copy_from_slice(&bytes[taken..]);
        }
        self.poll_unsent(task)
    }

    fn poll_some(&mut self, task: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match ready!(Pin::new(&mut *self.wire.io.borrow_mut()).poll_write(task, bytes))? {
            0 => Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
            taken => Poll::Ready(Ok(taken)),
        }
    }

    fn poll_unsent(&mut self, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.unflushed {
            return Poll::Ready(Ok(()));
        }
        let sent = self.poll_flush(task);
        self.session.set_blocked(sent.is_pending());
        if sent.is_pending() {
            // A waker of the outbox is good for one wake; the order to end must still reach us.
            self.session.outbox.register(task.waker());
        }
        sent
    }

    fn poll_flush(&mut self, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.unsent.is_empty() {
            let unsent = self.unsent.clone();
            let taken = ready!(self.poll_some(task, &unsent))?;
            self.unsent.advance(taken);
        }
        // TCP has nothing to flush; TLS may hold the end of a record back.
        ready!(Pin::new(&mut *self.wire.io.borrow_mut()).poll_flush(task))?;
        self.unsent = Bytes::new();
        self.unflushed = false;
        Poll::Ready(Ok(()))
    }

    /// The close frame is out: hang up our side, then wait for the peer to do the same, since
    /// closing while its bytes arrive would take the close frame back.
    fn poll_goodbye(&mut self, task: &mut Context<'_>) -> Poll<()> {
        self.session.end();
        let mut io = self.wire.io.borrow_mut();
        let mut io = Pin::new(&mut *io);
        if ready!(io.as_mut().poll_shutdown(task)).is_err() {
            return Poll::Ready(());
        }
        READING.with_borrow_mut(|buffer| {
            loop {
                let mut buffer = ReadBuf::new(&mut buffer[..]);
                let read = ready!(io.as_mut().poll_read(task, &mut buffer));
                if read.is_err() || buffer.filled().is_empty() {
                    return Poll::Ready(());
                }
            }
        })
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> Future for Link<T> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<()> {
        let link = &mut *self;
        link.due.link.register(task.waker());
        if link.session.is_killed() {
            return Poll::Ready(());
        }
        if let Some(closing) = &mut link.closing
            && closing.as_mut().poll(task).is_ready()
        {
            return Poll::Ready(());
        }
        loop {
            match ready!(link.poll_work(task)) {
                // The peer is gone; dropping the actor ends the session.
                Err(_) => return Poll::Ready(()),
                Ok(()) if link.closing.is_some() => return link.poll_goodbye(task),
                // The actor may have been woken while its replies were written.
                Ok(()) if link.due.flag.load(Ordering::Acquire) && link.wire.turn.get() > 0 => {}
                Ok(()) => return Poll::Pending,
            }
        }
    }
}

/// Polled once at its start: a timer that nobody has polled wakes nobody.
fn start_farewell(task: &mut Context<'_>, within: Duration) -> Pin<Box<Sleep>> {
    let mut farewell = Box::pin(tokio::time::sleep(within));
    // It cannot be over yet.
    let _ = farewell.as_mut().poll(task);
    farewell
}

/// One unmasked text frame, as a server sends it.
fn put_text(into: &mut Vec<u8>, text: &str) {
    put_head(into, 0x81, text.len());
    into.extend_from_slice(text.as_bytes());
}

fn put_close(into: &mut Vec<u8>, code: CloseCode) {
    let reason = code.reason();
    put_head(into, 0x88, 2 + reason.len());
    into.extend_from_slice(&code.number().to_be_bytes());
    into.extend_from_slice(reason.as_bytes());
}

fn put_head(into: &mut Vec<u8>, first: u8, len: usize) {
    into.push(first);
    match (u8::try_from(len), u16::try_from(len)) {
        (Ok(len), _) if len < 126 => into.push(len),
        (_, Ok(len)) => {
            into.push(126);
            into.extend_from_slice(&len.to_be_bytes());
        }
        _ => {
            into.push(127);
            into.extend_from_slice(&(len as u64).to_be_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_head_says_the_length_in_the_shortest_way() {
        let head = |len: usize| {
            let mut into = Vec::new();
            put_head(&mut into, 0x81, len);
            into
        };
        assert_eq!(head(0), [0x81, 0]);
        assert_eq!(head(125), [0x81, 125]);
        assert_eq!(head(126), [0x81, 126, 0, 126]);
        assert_eq!(head(65_535), [0x81, 126, 255, 255]);
        assert_eq!(head(65_536), [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
    }

    #[tokio::test]
    async fn a_farewell_ends_although_the_peer_says_nothing() {
        let due = Arc::new(Due { flag: AtomicBool::new(false), link: AtomicWaker::new() });
        let waker = Waker::from(due.clone());
        let mut task = Context::from_waker(&waker);
        let _farewell = start_farewell(&mut task, Duration::from_millis(10));
        let woken = async {
            while !due.flag.load(Ordering::Acquire) {
                tokio::task::yield_now().await;
            }
        };
        let within = tokio::time::timeout(CLOSE_WITHIN, woken).await;
        assert!(within.is_ok(), "its own clock wakes the link");
    }

    #[test]
    fn our_frames_are_read_by_another_implementation() {
        let mut bytes = Vec::new();
        put_text(&mut bytes, &"热".repeat(100));
        let mut bytes = bytes::BytesMut::from(&bytes[..]);
        let parsed = actix_http::ws::Parser::parse(&mut bytes, false, 1_000).expect("a frame");
        let (last, code, payload) = parsed.expect("whole");
        assert!(last && code == actix_http::ws::OpCode::Text);
        assert_eq!(payload.expect("text"), "热".repeat(100).as_bytes());
    }
}
