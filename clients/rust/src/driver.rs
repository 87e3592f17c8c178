//! The task behind a [`crate::Client`]: one socket at a time, the resume machine, and the
//! channels to the callers. It alone touches the socket. It never waits for a caller: a
//! full watcher is parked, a full command queue is simply not read.

use crate::order::{Ask, Order, State, Watcher};
use crate::resume::{Resume, Step};
use crate::socket::{Arrived, Failed, Socket, command_frame, signal_frame};
use crate::{ClientError, Door, ids};
use protocol::http::EventPage;
use protocol::{
    AccountId, ClientFrame, CloseCode, CommandId, EventFrame, PROTOCOL_VERSION, Seq, ServerFrame,
    StreamId, WatchFrom, limits,
};
use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::time::Instant;

/// Silence after which the hub is asked for a sign of life, and after twice which it is
/// taken for gone.
const SILENCE: Duration = Duration::from_secs(20);

/// A page of history, read beside the socket.
struct Page {
    stream: StreamId,
    upto: Seq,
    answer: Result<EventPage, ClientError>,
}

enum Later {
    Command(CommandId),
    Watch(StreamId),
}

pub(crate) struct Driver {
    door: Door,
    asks: mpsc::Receiver<Ask>,
    orders: mpsc::Receiver<Order>,
    state: watch::Sender<State>,
    notices: broadcast::Sender<ServerFrame>,
    pending_max: usize,
    resume: Resume,
    waiting: HashMap<CommandId, Ask>,
    watchers: HashMap<StreamId, Watcher>,
    observed: Vec<AccountId>,
    later: Vec<(Instant, Later)>,
    pages: mpsc::Receiver<Page>,
    page: mpsc::Sender<Page>,
    outgoing: Vec<ClientFrame>,
}

/// Why a connection's loop ended.
enum Over {
    /// Every handle was dropped.
    Unwanted,
    Cut(Option<u16>),
}

impl Driver {
    pub(crate) fn new(
        door: Door,
        asks: mpsc::Receiver<Ask>,
        orders: mpsc::Receiver<Order>,
        state: watch::Sender<State>,
        notices: broadcast::Sender<ServerFrame>,
        pending_max: usize,
    ) -> Self {
        let (page, pages) = mpsc::channel(16);
        Self {
            door,
            asks,
            orders,
            state,
            notices,
            pending_max,
            resume: Resume::default(),
            waiting: HashMap::new(),
            watchers: HashMap::new(),
            observed: Vec::new(),
            later: Vec::new(),
            pages,
            page,
            outgoing: Vec::new(),
        }
    }

    pub(crate) async fn run(mut self) {
        loop {
            let over = match Socket::open(&self.door).await {
                Ok(socket) => self.serve(socket).await,
                Err(Failed::Refused(code)) => Over::Cut(Some(code)),
                Err(Failed::Interrupted(reason)) => {
                    tracing::debug!(%reason, "no connection");
                    Over::Cut(None)
                }
            };
            let code = match over {
                Over::Unwanted => return,
                Over::Cut(code) => code,
            };
            if let Some(code) = code.filter(|code| !CloseCode::comes_back(*code)) {
                self.state.send_replace(State::Ended(code));
                return;
            }
            let pause = self.resume.closed();
            self.outgoing.clear();
            self.state.send_replace(State::Resuming { unsent: self.resume.unanswered() });
            if !self.rest(ids::jittered(pause)).await {
                return;
            }
        }
    }

    /// Waits out a pause, still taking what callers ask. False when nobody is left.
    async fn rest(&mut self, pause: Duration) -> bool {
        let until = Instant::now() + pause;
        loop {
            let room = self.resume.unanswered() < self.pending_max;
            tokio::select! {
                () = tokio::time::sleep_until(until) => return true,
                ask = self.asks.recv(), if room => match ask {
                    Some(ask) => self.ask(ask),
                    None => return false,
                },
                Some(order) = self.orders.recv() => self.order(order),
            }
            let unsent = self.resume.unanswered();
            self.state.send_if_modified(|state| {
                let before = std::mem::replace(state, State::Resuming { unsent });
                before != *state
            });
        }
    }

    async fn serve(&mut self, mut socket: Socket) -> Over {
        let mut heard = Instant::now();
        let mut asked_alive = false;
        loop {
            if self.send(&mut socket).await.is_err() {
                return Over::Cut(None);
            }
            let room = self.resume.unanswered() < self.pending_max;
            let silence = heard + if asked_alive { SILENCE * 2 } else { SILENCE };
            let due = self.later.iter().map(|(at, _)| *at).min().unwrap_or(silence);
            tokio::select! {
                arrived = socket.receive() => {
                    heard = Instant::now();
                    asked_alive = false;
                    match arrived {
                        Arrived::Frame(frame) => if let Err(code) = self.frame(frame) {
                            return Over::Cut(Some(code));
                        },
                        Arrived::Other => {}
                        Arrived::Closed(code) => return Over::Cut(code),
                    }
                }
                ask = self.asks.recv(), if room => match ask {
                    Some(ask) => self.take_asks(ask),
                    None => {
                        socket.close().await;
                        return Over::Unwanted;
                    }
                },
                Some(order) = self.orders.recv() => self.order(order),
                Some(page) = self.pages.recv() => self.filled(page),
                () = tokio::time::sleep_until(due.min(silence)) => {
                    self.send_due();
                    if Instant::now() >= silence {
                        if asked_alive {
                            return Over::Cut(None);
                        }
                        asked_alive = true;
                        self.outgoing.push(ClientFrame::Ping {});
                    }
                }
            }
        }
    }

    /// Everything waiting goes out in one write.
    async fn send(&mut self, socket: &mut Socket) -> Result<(), String> {
        if self.outgoing.is_empty() {
            return Ok(());
        }
        for frame in std::mem::take(&mut self.outgoing) {
            socket.feed(&frame).await?;
        }
        socket.flush().await
    }

    fn frame(&mut self, frame: ServerFrame) -> Result<(), u16> {
        if let ServerFrame::Welcome { protocol, session, account, .. } = frame {
            if protocol < PROTOCOL_VERSION {
                return Err(CloseCode::Version.number());
            }
            self.state.send_replace(State::Connected { account, session });
            if !self.observed.is_empty() {
                self.outgoing.push(ClientFrame::Observe { accounts: self.observed.clone() });
            }
            let owed = self.resume.opened();
            self.steps(owed);
            return Ok(());
        }
        let steps = self.resume.received(frame);
        self.steps(steps);
        Ok(())
    }

    /// Takes what else is asked already, so that it goes out in the same write.
    fn take_asks(&mut self, first: Ask) {
        self.ask(first);
        while self.resume.unanswered() < self.pending_max {
            match self.asks.try_recv() {
                Ok(ask) => self.ask(ask),
                Err(_) => return,
            }
        }
    }

    fn ask(&mut self, ask: Ask) {
        let id = ask.id;
        self.waiting.insert(id, ask);
        let step = self.resume.command(id);
        self.steps(step);
    }

    fn order(&mut self, order: Order) {
        match order {
            Order::Watch { stream, from, watcher } => {
                self.watchers.insert(stream, watcher);
                let step = self.resume.watch(stream, from);
                self.steps(step);
            }
            Order::Unwatch(stream) => {
                // A second watch of the stream may have taken this one's place.
                if self.watchers.get(&stream).is_some_and(|w| w.events.is_closed()) {
                    self.drop_watch(stream);
                }
            }
            Order::Unpark(stream) => {
                // Cleared here and not by the watcher: events that are on their way to it
                // in this very turn must not slip past the gap.
                if let Some(watcher) = self.watchers.get(&stream) {
                    watcher.parked.store(false, Ordering::Release);
                }
                let step = self.resume.rewatch(stream);
                self.steps(step);
            }
            Order::Signal { stream, signal } => {
                if matches!(*self.state.borrow(), State::Connected { .. }) {
                    self.outgoing.push(signal_frame(stream, signal));
                }
            }
            Order::Observe(accounts) => {
                self.observed.clone_from(&accounts);
                if matches!(*self.state.borrow(), State::Connected { .. }) {
                    self.outgoing.push(ClientFrame::Observe { accounts });
                }
            }
        }
    }

    fn drop_watch(&mut self, stream: StreamId) {
        self.watchers.remove(&stream);
        if self.resume.unwatch(stream) && matches!(*self.state.borrow(), State::Connected { .. }) {
            self.outgoing.push(ClientFrame::Unwatch { streams: vec![stream] });
        }
    }

    fn steps(&mut self, steps: impl IntoIterator<Item = Step>) {
        let mut watches = Vec::new();
        let mut commands = Vec::new();
        for step in steps {
            match step {
                Step::Watch(stream, from) => watches.push(WatchFrom { stream, from }),
                Step::Command(id) => commands.extend(self.command(id)),
                Step::CommandLater(id, ms) => self.later(ms, Later::Command(id)),
                Step::WatchLater(stream, ms) => self.later(ms, Later::Watch(stream)),
                Step::Deliver(event) => self.deliver(event),
                Step::Fill { stream, after, upto } => self.fill(stream, after, upto),
                Step::Answer(id, outcome) => {
                    if let Some(ask) = self.waiting.remove(&id) {
                        let _ = ask.reply.send(outcome);
                    }
                }
                Step::EndWatch(stream, error) => {
                    if let Some(end) = self.watchers.remove(&stream).and_then(|mut w| w.end.take())
                    {
                        let _ = end.send(error);
                    }
                }
                Step::Notice(frame) => {
                    let _ = self.notices.send(frame);
                }
            }
        }
        for streams in watches.chunks(limits::WATCHES_PER_FRAME_MAX) {
            self.outgoing.push(ClientFrame::Watch { streams: streams.to_vec() });
        }
        self.outgoing.extend(commands);
    }

    fn command(&mut self, id: CommandId) -> Option<ClientFrame> {
        let ask = self.waiting.get(&id)?;
        if ask.reply.is_closed() {
            self.waiting.remove(&id);
            self.resume.forget(id);
            return None;
        }
        Some(command_frame(id, ask.stream, &ask.command))
    }

    fn later(&mut self, ms: u64, what: Later) {
        // Upwards only: the hub named the least.
        let wait = Duration::from_millis(ms) + ids::jittered(Duration::from_millis(ms / 2 + 10));
        self.later.push((Instant::now() + wait, what));
    }

    fn send_due(&mut self) {
        let now = Instant::now();
        let (due, later) = std::mem::take(&mut self.later).into_iter().partition(|l| l.0 <= now);
        self.later = later;
        let due: Vec<(Instant, Later)> = due;
        for (_, what) in due {
            let step = match what {
                Later::Command(id) if self.resume.is_pending(id) => self.resume.command(id),
                Later::Command(_) => None,
                Later::Watch(stream) => self.resume.rewatch(stream),
            };
            self.steps(step);
        }
    }

    fn deliver(&mut self, event: EventFrame) {
        let (stream, seq) = (event.stream, event.seq);
        let Some(watcher) = self.watchers.get(&stream) else { return };
        if watcher.parked.load(Ordering::Acquire) {
            return;
        }
        match watcher.events.try_send(event) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Full(_)) => {
                // The first event that does not fit decides where to go on.
                watcher.parked.store(true, Ordering::Release);
                self.resume.park(stream, seq);
                self.outgoing.push(ClientFrame::Unwatch { streams: vec![stream] });
            }
            Err(mpsc::error::TrySendError::Closed(_)) => self.drop_watch(stream),
        }
    }

    fn fill(&mut self, stream: StreamId, after: Seq, upto: Seq) {
        let (door, page) = (self.door.clone(), self.page.clone());
        tokio::spawn(async move {
            let answer = door.events_after(stream, after, limits::PAGE_MAX).await;
            // The driver may be gone; then nobody wants the page.
            let _ = page.send(Page { stream, upto, answer }).await;
        });
    }

    fn filled(&mut self, page: Page) {
        let Page { stream, upto, answer } = page;
        let events = match answer {
            Ok(answer) => answer.events,
            Err(error) => {
                tracing::warn!(%stream, %error, "history could not be read; trying again");
                self.later(1_000, Later::Watch(stream));
                return;
            }
        };
        let last = events.last().map(|event| event.seq);
        let steps = self.resume.filled(stream, events);
        self.steps(steps);
        let parked = self.watchers.get(&stream).is_none_or(|w| w.parked.load(Ordering::Acquire));
        match last {
            _ if parked => {}
            Some(last) if last < upto => self.fill(stream, last, upto),
            _ => {
                let step = self.resume.rewatch(stream);
                self.steps(step);
            }
        }
    }
}
