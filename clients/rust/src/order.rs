//! What callers and the driver say to each other. Data only.

use protocol::http::Receipt;
use protocol::{AccountId, AnyCommand, AnySignal, CommandId, ErrorBody, EventFrame, Seq, StreamId};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use tokio::sync::{mpsc, oneshot};

/// What the connection is doing, for people to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Connecting,
    Connected {
        account: AccountId,
        session: protocol::SessionId,
    },
    /// Cut off; trying again. So many commands wait for it.
    Resuming {
        unsent: usize,
    },
    /// Over for good, with the WebSocket close code; a person must sign in again.
    Ended(u16),
}

pub(crate) struct Ask {
    pub(crate) id: CommandId,
    pub(crate) stream: Option<StreamId>,
    pub(crate) command: AnyCommand,
    pub(crate) reply: oneshot::Sender<Result<Receipt, ErrorBody>>,
}

pub(crate) struct Watcher {
    pub(crate) events: mpsc::Sender<EventFrame>,
    pub(crate) parked: Arc<AtomicBool>,
    pub(crate) end: Option<oneshot::Sender<Option<ErrorBody>>>,
}

pub(crate) enum Order {
    Watch {
        stream: StreamId,
        from: Seq,
        watcher: Watcher,
    },
    Unwatch(StreamId),
    /// The watcher has read everything it was given.
    Unpark(StreamId),
    Signal {
        stream: StreamId,
        signal: AnySignal,
    },
    Observe(Vec<AccountId>),
}
