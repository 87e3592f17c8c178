//! What waits to be written to one session. Bounded in bytes: a reader that is too slow
//! loses its stream frames, is told which streams, and catches up by number. Its own
//! answers (acks, errors) are never dropped; the session bounds them by what is in flight.

use bytestring::ByteString;
use protocol::{AccountId, CloseCode, Millis, Seq, StreamId};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Waker,
};

/// One session's outbound queue.
pub struct Outbox {
    bytes_max: usize,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    frames: VecDeque<Waiting>,
    bytes: usize,
    /// Streams whose frames were dropped and that have not been watched again since.
    lost: Vec<StreamId>,
    news: News,
    watched: Vec<StreamId>,
    observed: Vec<AccountId>,
    waker: Option<Waker>,
    /// When the sweeper first saw frames waiting that nobody has taken since.
    seen_waiting_at: Option<Millis>,
}

#[derive(Default)]
struct News {
    lagged: Vec<StreamId>,
    gaps: Vec<(StreamId, Seq)>,
    revoked: Vec<StreamId>,
    close: Option<CloseCode>,
}

struct Waiting {
    frame: ByteString,
    stream: Option<StreamId>,
}

/// What happened to the session's streams since it last looked.
#[derive(Default, Debug)]
pub struct Taken {
    /// Frames were dropped: the client must watch these again from its last number.
    pub lagged: Vec<StreamId>,
    /// Numbers were missed after this one: the session must read the store again.
    pub gaps: Vec<(StreamId, Seq)>,
    /// The account may no longer watch these.
    pub revoked: Vec<StreamId>,
    pub close: Option<CloseCode>,
}

impl Outbox {
    pub fn new(bytes_max: usize) -> Arc<Self> {
        Arc::new(Self { bytes_max, inner: Mutex::default() })
    }

    // A panic while the lock is held leaves a queue that is still a queue.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the writer although nothing waits: it is to look at its session.
    pub fn wake(&self) {
        Self::wake_writer(self.lock());
    }

    fn wake_writer(mut inner: MutexGuard<'_, Inner>) {
        let waker = inner.waker.take();
        drop(inner);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Queues an answer of the session's own.
    pub fn push(&self, frame: ByteString) {
        let mut inner = self.lock();
        inner.bytes += frame.len();
        inner.frames.push_back(Waiting { frame, stream: None });
        Self::wake_writer(inner);
    }

    /// Queues an event of a stream; false when the reader is too slow and the stream is lost.
    pub(crate) fn push_event(&self, stream: StreamId, frame: ByteString) -> bool {
        let mut inner = self.lock();
        if inner.lost.contains(&stream) {
            return false;
        }
        if inner.bytes + frame.len() > self.bytes_max {
            inner.drop_streams();
            inner.lose(stream);
            Self::wake_writer(inner);
            return false;
        }
        inner.bytes += frame.len();
        inner.frames.push_back(Waiting { frame, stream: Some(stream) });
        Self::wake_writer(inner);
        true
    }

    /// Queues what need not last; dropped first, long before events are.
    pub(crate) fn push_signal(&self, frame: ByteString) {
        let mut inner = self.lock();
        if inner.bytes + frame.len() <= self.bytes_max / 4 {
            inner.bytes += frame.len();
            inner.frames.push_back(Waiting { frame, stream: None });
            Self::wake_writer(inner);
        }
    }

    pub(crate) fn note_gap(&self, stream: StreamId, last: Seq) {
        let mut inner = self.lock();
        inner.news.gaps.push((stream, last));
        Self::wake_writer(inner);
    }

    pub(crate) fn note_revoked(&self, stream: StreamId) {
        let mut inner = self.lock();
        inner.watched.retain(|watched| *watched != stream);
        inner.news.revoked.push(stream);
        Self::wake_writer(inner);
    }

    /// Asks the session to end.
    pub fn close(&self, code: CloseCode) {
        let mut inner = self.lock();
        inner.news.close.get_or_insert(code);
        Self::wake_writer(inner);
    }

    pub(crate) fn begin_watch(&self, stream: StreamId) {
        let mut inner = self.lock();
        inner.lost.retain(|lost| *lost != stream);
        if !inner.watched.contains(&stream) {
            inner.watched.push(stream);
        }
    }

    pub(crate) fn end_watch(&self, stream: StreamId) {
        self.lock().watched.retain(|watched| *watched != stream);
    }

    /// Replaces whose presence this session wants, and answers whose it wanted before.
    pub(crate) fn swap_observed(&self, accounts: Vec<AccountId>) -> Vec<AccountId> {
        std::mem::replace(&mut self.lock().observed, accounts)
    }

    pub fn watched(&self) -> Vec<StreamId> {
        self.lock().watched.clone()
    }

    pub fn is_watching(&self, stream: StreamId) -> bool {
        self.lock().watched.contains(&stream)
    }

    /// Who to wake, once, when something waits.
    pub fn register(&self, waker: &Waker) {
        self.lock().register(waker);
    }

    /// Takes everything that waits, so that it is written in one go. Registers `waker` under
    /// the same lock: what comes next is then not slept over.
    pub fn take(&self, waker: &Waker, into: &mut Vec<ByteString>) -> Taken {
        let mut inner = self.lock();
        inner.register(waker);
        into.extend(inner.frames.drain(..).map(|waiting| waiting.frame));
        // A burst must not keep its memory for the rest of an idle day.
        if inner.frames.capacity() > 64 {
            inner.frames = VecDeque::new();
        }
        inner.bytes = 0;
        inner.seen_waiting_at = None;
        let news = std::mem::take(&mut inner.news);
        Taken { lagged: news.lagged, gaps: news.gaps, revoked: news.revoked, close: news.close }
    }

    pub fn waiting_bytes(&self) -> usize {
        self.lock().bytes
    }

    /// Since when frames have waited with nobody taking them; asked once a second by the
    /// sweeper, which is how the time is known without a clock call per frame. `blocked`: the
    /// socket has not taken what was taken from here.
    pub fn stuck_since(&self, now: Millis, blocked: bool) -> Option<Millis> {
        let mut inner = self.lock();
        if inner.frames.is_empty() && inner.news.close.is_none() && !blocked {
            inner.seen_waiting_at = None;
        } else if inner.seen_waiting_at.is_none() {
            inner.seen_waiting_at = Some(now);
        }
        inner.seen_waiting_at
    }
}

impl Inner {
    fn register(&mut self, waker: &Waker) {
        match &self.waker {
            Some(known) if known.will_wake(waker) => {}
            _ => self.waker = Some(waker.clone()),
        }
    }

    fn lose(&mut self, stream: StreamId) {
        if !self.lost.contains(&stream) {
            self.lost.push(stream);
            self.news.lagged.push(stream);
        }
    }

    fn drop_streams(&mut self) {
        let dropped: Vec<StreamId> =
            self.frames.iter().filter_map(|waiting| waiting.stream).collect();
        self.frames.retain(|waiting| waiting.stream.is_none());
        self.bytes = self.frames.iter().map(|waiting| waiting.frame.len()).sum();
        for stream in dropped {
            self.lose(stream);
        }
    }
}
