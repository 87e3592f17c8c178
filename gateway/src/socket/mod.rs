//! Owns what one WebSocket session means: its frames in, its answers, its watches. The
//! transport is absent on purpose (`../session.rs` holds it), so nothing here can block or
//! be frozen with it. Invariant: everything a client is told goes through the outbox, in order.

mod assemble;
mod command;
mod sweep;
mod watch;

pub(crate) use assemble::{Assembled, Assembler, Part};
pub(crate) use sweep::Sweeper;

use crate::{
    Edge,
    auth::Caller,
    limits::{Pace, Slot},
};
use bytestring::ByteString;
use domain::Who;
use kernel::{Outbox, Taken};
use protocol::{
    AccountId, ClientFrame, CloseCode, CommandId, ErrorBody, ErrorKind, Millis, PROTOCOL_VERSION,
    ServerFrame, SessionId, StreamId, limits,
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
    task::Waker,
};
use tokio::sync::Notify;
use watch::Watches;

/// Frames in a row that break the rules before the session is shown the door.
const MALFORMED_MAX: u32 = 50;
/// Signals a session may send: five at once, then one every 200 ms.
const SIGNAL_EVERY_MS: Millis = 200;
const SIGNAL_BURST: Millis = 5;

/// One connection of a signed-in session. Lives on one worker thread, hence the cells.
pub(crate) struct Session {
    pub(crate) edge: Arc<Edge>,
    pub(crate) outbox: Arc<Outbox>,
    who: Who,
    account: AccountId,
    session: SessionId,
    /// Looked up again now and then: a session ends when its time is over, too.
    token: String,
    /// Counts this connection for its address as long as it lives.
    _slot: Option<Rc<Slot>>,
    heard: Cell<Millis>,
    /// The sweeper asked for a WebSocket ping.
    ping_due: Cell<bool>,
    pinged: Cell<bool>,
    /// The socket does not take what was written.
    blocked: Cell<bool>,
    killed: Cell<bool>,
    ended: Cell<bool>,
    malformed: Cell<u32>,
    in_flight: Cell<usize>,
    signals: Cell<Pace>,
    watches: RefCell<Watches>,
    /// Told when the outbox has been emptied: catch-ups wait for it.
    drained: Notify,
}

impl Session {
    pub(crate) fn new(
        edge: Arc<Edge>,
        caller: Caller,
        token: String,
        slot: Option<Rc<Slot>>,
    ) -> Rc<Self> {
        let now = edge.hub.clock().now();
        Rc::new(Self {
            outbox: Outbox::new(edge.config.outbox_bytes_max),
            edge,
            who: caller.who,
            account: caller.account,
            session: caller.session,
            token,
            _slot: slot,
            heard: Cell::new(now),
            ping_due: Cell::new(false),
            pinged: Cell::new(false),
            blocked: Cell::new(false),
            killed: Cell::new(false),
            ended: Cell::new(false),
            malformed: Cell::new(0),
            in_flight: Cell::new(0),
            signals: Cell::new(Pace::default()),
            watches: RefCell::default(),
            drained: Notify::new(),
        })
    }

    /// Welcomes the client and makes the session known to the node. The token is looked up
    /// once more afterwards: a sign-out between the handshake and here found no session to close.
    pub(crate) fn begin(self: &Rc<Self>) {
        let hub = &self.edge.hub;
        self.push(&ServerFrame::Welcome {
            protocol: PROTOCOL_VERSION,
            session: self.session,
            account: self.account,
            now: hub.clock().now(),
            build: self.edge.config.build.clone(),
        });
        hub.fanout().attach(self.account, self.session, &self.outbox);
        self.edge.metrics.connections.inc();
        tokio::task::spawn_local(self.clone().check_token());
    }

    /// Ends the session when its token is no longer good. A store that does not answer is no
    /// reason to throw people out.
    async fn check_token(self: Rc<Self>) {
        if let Err(error) = self.edge.hub.authenticate(&self.token).await
            && error.kind == ErrorKind::Unauthenticated
        {
            self.outbox.close(CloseCode::SignedOut);
        }
    }

    /// Forgets the session everywhere. Safe to call twice.
    pub(crate) fn end(&self) {
        if self.ended.replace(true) {
            return;
        }
        let fanout = self.edge.hub.fanout();
        fanout.unsubscribe_all(&self.outbox);
        let now = self.edge.hub.clock().now();
        fanout.detach(self.account, self.session, &self.outbox, now);
        self.edge.metrics.connections.dec();
        self.watches.borrow_mut().clear();
        self.drained.notify_waiters();
    }

    pub(crate) fn push(&self, frame: &ServerFrame) {
        self.outbox.push(ByteString::from(frame.to_json()));
    }

    pub(crate) fn refuse(&self, id: Option<CommandId>, stream: Option<StreamId>, error: ErrorBody) {
        self.push(&ServerFrame::Error { id, stream, error });
    }

    /// Something arrived, whatever it was.
    pub(crate) fn hear(&self) {
        self.heard.set(self.edge.hub.clock().now());
        self.pinged.set(false);
    }

    pub(crate) fn on_text(self: &Rc<Self>, text: &str) {
        self.edge.metrics.frames_in.inc();
        if text.len() > limits::FRAME_BYTES_MAX {
            return self.on_malformed(None, crate::params::too_large());
        }
        let frame = match ClientFrame::parse(text) {
            Ok(frame) => frame,
            Err((id, error)) => return self.on_malformed(id, error),
        };
        self.malformed.set(0);
        match frame {
            ClientFrame::Command { id, stream, command } => self.on_command(id, stream, command),
            ClientFrame::Watch { streams } => self.on_watch(&streams),
            ClientFrame::Unwatch { streams } => self.on_unwatch(&streams),
            ClientFrame::Signal { stream, signal } => self.on_signal(stream, signal),
            ClientFrame::Observe { accounts } => self.on_observe(accounts),
            ClientFrame::Ping {} => self.push(&ServerFrame::Pong {}),
        }
    }

    pub(crate) fn on_binary(&self) {
        self.edge.metrics.frames_in.inc();
        let message = "this protocol is JSON in text frames";
        let error = ErrorBody::new(ErrorKind::Invalid, "hub.binary_frame", message).field("frame");
        self.on_malformed(None, error);
    }

    /// Answers a frame that broke the rules; too many in a row end the connection.
    pub(crate) fn on_malformed(&self, id: Option<CommandId>, error: ErrorBody) {
        self.edge.metrics.malformed.inc();
        self.malformed.set(self.malformed.get() + 1);
        self.refuse(id, None, error);
        if self.malformed.get() >= MALFORMED_MAX {
            self.outbox.close(CloseCode::Abusive);
        }
    }

    /// A signal above the pace, or of a stream that is not watched, is dropped silently.
    fn on_signal(&self, stream: StreamId, signal: protocol::AnySignal) {
        let mut pace = self.signals.get();
        let allowed = pace.allow(self.edge.hub.clock().now(), SIGNAL_EVERY_MS, SIGNAL_BURST);
        self.signals.set(pace);
        if allowed && self.outbox.is_watching(stream) {
            let frame = ServerFrame::Signal { stream, by: self.account, signal };
            let frame = ByteString::from(frame.to_json());
            self.edge.hub.fanout().signal(stream, &self.outbox, frame);
        }
    }

    fn on_observe(&self, accounts: Vec<AccountId>) {
        if self.who.must_change_password && !accounts.is_empty() {
            return self.refuse(None, None, actors::must_change_password());
        }
        if accounts.len() > limits::OBSERVED_MAX {
            let message = format!("more than {} accounts", limits::OBSERVED_MAX);
            return self.refuse(None, None, ErrorBody::invalid("accounts", message));
        }
        for (account, online) in self.edge.hub.fanout().observe(&self.outbox, accounts) {
            self.push(&ServerFrame::Presence { account, online });
        }
    }

    /// Takes everything that waits; `waker` is woken when something waits again. News about
    /// streams becomes frames behind what waited, so that the client reads them in order.
    pub(crate) fn take(
        self: &Rc<Self>,
        waker: &Waker,
        into: &mut Vec<ByteString>,
    ) -> Option<CloseCode> {
        let taken = self.outbox.take(waker, into);
        if !into.is_empty() {
            self.drained.notify_waiters();
            self.edge.metrics.frames_out.inc_by(into.len() as u64);
        }
        let close = taken.close;
        self.tell_news(taken, into);
        close
    }

    fn tell_news(self: &Rc<Self>, taken: Taken, into: &mut Vec<ByteString>) {
        for stream in taken.revoked {
            self.watches.borrow_mut().forget(stream);
            into.push(ServerFrame::Unwatched { stream }.to_json().into());
        }
        for (stream, last) in taken.gaps {
            self.refill(stream, last);
        }
        if !taken.lagged.is_empty() {
            let streams = taken.lagged;
            streams.iter().for_each(|stream| self.watches.borrow_mut().forget(*stream));
            into.push(ServerFrame::Lagged { streams }.to_json().into());
        }
    }

    pub(crate) fn set_blocked(&self, blocked: bool) {
        self.blocked.set(blocked);
    }

    /// The sweeper has given this connection up.
    pub(crate) fn is_killed(&self) -> bool {
        self.killed.get()
    }

    /// Whether a ping is to be written now.
    pub(crate) fn take_ping(&self) -> bool {
        self.ping_due.replace(false)
    }
}
