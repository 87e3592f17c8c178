//! The journal interface: what a store must do, in bytes, for any area.
//! Invariants of every implementation (held by the conformance suite in `persistence`):
//! - an append is refused unless its first event's number is the stream's next;
//! - a command id is stored once, however many nodes try;
//! - events, read models, outbox rows, timers and redactions commit together or not at all;
//! - nothing is acknowledged before it is on the disk;
//! - every event is chained to the one before it by SHA-256, so that a changed or missing
//!   row is found; a redacted body leaves its own hash behind, so the chain still holds.

use async_trait::async_trait;
use protocol::{AccountId, CommandId, Millis, Seq, SessionId, StreamId, TraceId};
use sha2::{Digest, Sha256};
use uuid::Uuid;

pub type Hash = [u8; 32];

/// The end of a stream: what the next append is decided on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Head {
    pub seq: Seq,
    /// How many of the events so far count as unread for who has not seen them.
    pub tally: u64,
    pub hash: Hash,
}

/// One event, sealed: numbered, chained, ready to be stored as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    pub stream: StreamId,
    pub seq: Seq,
    pub at: Millis,
    pub by: Option<AccountId>,
    /// Where it came from: the session row holds address and client.
    pub session: Option<SessionId>,
    pub trace: Option<TraceId>,
    /// On the first event of a command only.
    pub command: Option<CommandRecord>,
    pub type_name: String,
    /// Who may see it, where that is not everybody who may watch the stream.
    pub audience: Option<Box<[AccountId]>>,
    /// JSON; `None` once redacted.
    pub body: Option<String>,
    /// Set when the body was redacted: the hash of what was there.
    pub body_hash: Option<Hash>,
    pub tally: u64,
    pub hash: Hash,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandRecord {
    pub id: CommandId,
    /// Of the sender and the command's body without secrets: tells a repetition from a reuse.
    pub fingerprint: u64,
    /// JSON of the ack's result.
    pub result: Option<String>,
    /// The last event of the command.
    pub last_seq: Seq,
}

impl StoredEvent {
    /// The chained hash of this event after `previous`.
    pub fn chain(&self, previous: &Hash) -> Hash {
        let body = match (&self.body, &self.body_hash) {
            (_, Some(hash)) => *hash,
            (Some(body), None) => digest(body.as_bytes()),
            (None, None) => [0; 32],
        };
        let mut sha = Sha256::new();
        sha.update(previous);
        sha.update(self.stream.id.as_bytes());
        sha.update(self.seq.to_be_bytes());
        sha.update(self.at.to_be_bytes());
        sha.update(self.by.map_or([0; 16], |by| by.0.into_bytes()));
        sha.update(self.session.map_or([0; 16], |s| s.0.into_bytes()));
        sha.update(self.tally.to_be_bytes());
        sha.update(self.type_name.as_bytes());
        sha.update(body);
        if let Some(audience) = &self.audience {
            sha.update(b"audience");
            audience.iter().for_each(|account| sha.update(account.0.as_bytes()));
        }
        sha.finalize().into()
    }
}

pub fn digest(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// An outbox row: an order to another entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxRow {
    /// Also the command id under which the receiver deduplicates it.
    pub id: CommandId,
    pub to: StreamId,
    /// JSON of a `domain::Order`.
    pub order: String,
    pub at: Millis,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimerRow {
    pub stream: StreamId,
    pub name: String,
    pub at: Millis,
    /// The command id under which it fires: once, however often it is tried.
    pub id: CommandId,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimerWrite {
    /// Replaces the stream's timer of the same name.
    Set(TimerRow),
    Cancel {
        stream: StreamId,
        name: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    pub stream: StreamId,
    pub head: Head,
    pub version: u32,
    /// JSON of the entity's state.
    pub state: String,
}

/// How far an account has read a stream. Moves forward only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub account: AccountId,
    pub stream: StreamId,
    pub seq: Seq,
    pub tally: u64,
    pub at: Millis,
}

/// Everything one command changes, committed as one.
#[derive(Clone, Debug)]
pub struct Append {
    pub stream: StreamId,
    /// At least one; numbered from the head it was decided on.
    pub events: Vec<StoredEvent>,
    pub redactions: Vec<Seq>,
    pub outbox: Vec<OutboxRow>,
    pub timers: Vec<TimerWrite>,
    /// Outbox row or timer that this command consumed; removed in the same transaction.
    pub consumed: Option<CommandId>,
    /// JSON for the area's projector only (credentials): stored nowhere else.
    pub private: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another activation appended first: reload and decide again.
    #[error("version conflict")]
    Conflict,
    /// The command id is stored already; the first outcome comes with it.
    #[error("duplicate command")]
    Duplicate(Box<FirstOutcome>),
    /// A rule of the schema was broken: its code (`account.username_taken`).
    #[error("constraint {0}")]
    Constraint(String),
    /// The store does not answer or cannot write; nothing is known to be stored.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// What is stored contradicts itself.
    #[error("corrupt: {0}")]
    Corrupt(String),
}

/// A command that was stored before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstOutcome {
    pub stream: StreamId,
    pub by: Option<AccountId>,
    pub record: CommandRecord,
}

/// A stream as an activation needs it.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    pub snapshot: Option<Snapshot>,
    /// Events after the snapshot (or from 1), ascending.
    pub events: Vec<StoredEvent>,
}

/// A store of streams. One implementation for SQLite, one in memory, later PostgreSQL.
#[async_trait]
pub trait Journal: Send + Sync + 'static {
    /// Commits a batch in one durable transaction; when that fails for a reason of one
    /// member, each is tried alone, so that a bad one fails alone. Answers in order.
    async fn append(&self, batch: Vec<Append>) -> Vec<Result<(), StoreError>>;

    /// Snapshot of `version` (others are ignored) and the events after it.
    async fn load(&self, stream: StreamId, version: u32) -> Result<Loaded, StoreError>;

    /// Events with `after < seq`, ascending, at most `limit`.
    async fn read_after(
        &self,
        stream: StreamId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError>;

    /// Events with `seq < before`, ascending, the last `limit` of them.
    async fn read_before(
        &self,
        stream: StreamId,
        before: Seq,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError>;

    async fn head(&self, stream: StreamId) -> Result<Head, StoreError>;

    async fn find_command(&self, id: CommandId) -> Result<Option<FirstOutcome>, StoreError>;

    async fn save_snapshot(&self, snapshot: Snapshot) -> Result<(), StoreError>;

    /// Moves cursors forward, durably; a lower number than the stored one changes nothing.
    /// The tally of each is looked up by its number (the number is capped at the head).
    async fn move_cursors(&self, cursors: Vec<Cursor>) -> Result<Vec<Cursor>, StoreError>;

    /// Outbox rows in order of commit.
    async fn outbox(&self, limit: usize) -> Result<Vec<OutboxRow>, StoreError>;

    /// Removes a row whose receiver had nothing to change.
    async fn settle(&self, id: CommandId) -> Result<(), StoreError>;

    /// Timers due at `now`, earliest first.
    async fn due_timers(&self, now: Millis, limit: usize) -> Result<Vec<TimerRow>, StoreError>;

    /// Whether a write would succeed now (a probe row is written and synced).
    async fn probe(&self) -> Result<(), StoreError>;

    /// Walks every chain (or one) and reports each break as `(stream, seq)`.
    async fn verify(&self, only: Option<StreamId>) -> Result<Vec<(Uuid, Seq)>, StoreError>;
}
