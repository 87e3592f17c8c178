//! What a caller holds: the handle of one connection, and a watch.

use crate::driver::Driver;
use crate::order::{Ask, Order, State, Watcher};
use crate::{ClientError, Door, ids};
use protocol::account::Secret;
use protocol::http::Receipt;
use protocol::{
    AccountId, AnyCommand, AnySignal, CommandId, ErrorBody, EventFrame, Seq, ServerFrame, StreamId,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::{broadcast, mpsc, oneshot, watch};

/// Bounds of one connection.
#[derive(Clone, Debug)]
pub struct Options {
    /// Commands without an answer; a further one waits.
    pub pending_max: usize,
    /// Events that wait for one watcher before it is refilled by number instead.
    pub watch_queue: usize,
    /// Signals, presence and cursors kept for a listener that is late.
    pub notice_queue: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { pending_max: 256, watch_queue: 1024, notice_queue: 256 }
    }
}

/// One connection that stays, however often its socket does not. Dropping the last handle
/// closes it.
#[derive(Clone)]
pub struct Client {
    asks: mpsc::Sender<Ask>,
    orders: mpsc::Sender<Order>,
    state: watch::Receiver<State>,
    notices: broadcast::Sender<ServerFrame>,
    options: Arc<Options>,
    door: Door,
}

impl Client {
    /// Begins to connect; returns at once. See [`Client::ready`].
    pub fn connect(base_url: &str, token: Secret) -> Result<Self, ClientError> {
        Ok(Self::through(Door::new(base_url)?.with_token(token), Options::default()))
    }

    /// The same through a door of the caller's making, within bounds of its own.
    pub fn through(door: Door, options: Options) -> Self {
        let (asks, asked) = mpsc::channel(16);
        let (orders, ordered) = mpsc::channel(64);
        let (tell, state) = watch::channel(State::Connecting);
        let (notices, _) = broadcast::channel(options.notice_queue);
        let driver =
            Driver::new(door.clone(), asked, ordered, tell, notices.clone(), options.pending_max);
        tokio::spawn(driver.run());
        Self { asks, orders, state, notices, options: Arc::new(options), door }
    }

    /// Waits until the hub has welcomed this session.
    pub async fn ready(&self) -> Result<(), ClientError> {
        let mut state = self.state.clone();
        loop {
            match *state.borrow_and_update() {
                State::Connected { .. } => return Ok(()),
                State::Ended(code) => return Err(ClientError::Ended(code)),
                State::Connecting | State::Resuming { .. } => {}
            }
            if state.changed().await.is_err() {
                return Err(ClientError::Ended(0));
            }
        }
    }

    /// What the connection is doing, now and whenever it changes.
    pub fn state(&self) -> watch::Receiver<State> {
        self.state.clone()
    }

    /// Queries of the same session over HTTP.
    pub fn door(&self) -> &Door {
        &self.door
    }

    /// Signals, presence, cursors and refusals that belong to no command. A listener that
    /// is late loses the oldest: none of them need last.
    pub fn notices(&self) -> broadcast::Receiver<ServerFrame> {
        self.notices.subscribe()
    }

    /// Sends a command until it is answered. Waits while too many are unanswered.
    pub async fn command(
        &self,
        stream: impl Into<Option<StreamId>>,
        command: impl Into<AnyCommand>,
    ) -> Result<Receipt, ClientError> {
        self.command_as(ids::command(), stream, command).await
    }

    /// The same under an id that the caller keeps, to ask again after its own restart.
    pub async fn command_as(
        &self,
        id: CommandId,
        stream: impl Into<Option<StreamId>>,
        command: impl Into<AnyCommand>,
    ) -> Result<Receipt, ClientError> {
        let (reply, answer) = oneshot::channel();
        let ask = Ask { id, stream: stream.into(), command: command.into(), reply };
        self.asks.send(ask).await.map_err(|_| self.ended())?;
        match answer.await {
            Ok(outcome) => outcome.map_err(ClientError::Refused),
            Err(_) => Err(self.ended()),
        }
    }

    /// Watches a stream: the events after `from`, then the live ones.
    pub async fn watch(&self, stream: StreamId, from: Seq) -> Result<Watch, ClientError> {
        let (events, queue) = mpsc::channel(self.options.watch_queue);
        let parked = Arc::new(AtomicBool::new(false));
        let (end, ended) = oneshot::channel();
        let watcher = Watcher { events, parked: parked.clone(), end: Some(end) };
        self.order(Order::Watch { stream, from, watcher }).await?;
        Ok(Watch { stream, queue, parked, ended, orders: self.orders.clone() })
    }

    /// Tells the other watchers something that need not last. Lost when not connected.
    pub async fn signal(
        &self,
        stream: StreamId,
        signal: impl Into<AnySignal>,
    ) -> Result<(), ClientError> {
        self.order(Order::Signal { stream, signal: signal.into() }).await
    }

    /// Replaces the accounts whose presence arrives as notices.
    pub async fn observe(&self, accounts: Vec<AccountId>) -> Result<(), ClientError> {
        self.order(Order::Observe(accounts)).await
    }

    async fn order(&self, order: Order) -> Result<(), ClientError> {
        self.orders.send(order).await.map_err(|_| self.ended())
    }

    fn ended(&self) -> ClientError {
        match *self.state.borrow() {
            State::Ended(code) => ClientError::Ended(code),
            _ => ClientError::Ended(0),
        }
    }
}

/// The events of one stream. Dropping it ends the watch.
pub struct Watch {
    stream: StreamId,
    queue: mpsc::Receiver<EventFrame>,
    parked: Arc<AtomicBool>,
    ended: oneshot::Receiver<Option<ErrorBody>>,
    orders: mpsc::Sender<Order>,
}

impl Watch {
    pub fn stream(&self) -> StreamId {
        self.stream
    }

    /// The next event; `None` when the session may no longer see the stream or has ended
    /// (see [`Watch::refusal`]). May be cancelled without losing an event.
    pub async fn next(&mut self) -> Option<EventFrame> {
        if self.queue.is_empty() && self.parked.load(Ordering::Acquire) {
            // Everything that was kept has been read: the rest comes again by number.
            // Asked twice, when this call is cancelled and made again, it does no harm.
            self.orders.send(Order::Unpark(self.stream)).await.ok()?;
        }
        self.queue.recv().await
    }

    /// Why the watch ended, where the hub refused it.
    pub fn refusal(&mut self) -> Option<ErrorBody> {
        self.ended.try_recv().ok().flatten()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // When the queue is full the driver finds the watcher gone at its next event.
        let _ = self.orders.try_send(Order::Unwatch(self.stream));
    }
}
