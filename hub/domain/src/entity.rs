//! The one shape of all rules: `decide(state, command, facts, context) -> events + effects`
//! and `apply(state, event) -> state`.

use crate::Who;
use protocol::{
    AccountId, EntityKind, ErrorBody, LegId, Millis, RoomId, Seq, SessionId, StreamId,
    call::{CallEnd, CallMode},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// What an entity may know besides its own state and the command.
pub struct Context<'a> {
    /// The entity's own stream.
    pub stream: StreamId,
    pub who: &'a Who,
    pub now: Millis,
    pub policy: &'a Policy,
    /// The number of the last event applied, decided or durable.
    pub head: Seq,
}

/// Bounds that an operator sets. Numbers only: a rule reads them, nothing else does.
#[derive(Clone, Debug)]
pub struct Policy {
    pub room_members_max: usize,
    pub announcement_members_max: usize,
    /// How long a plan waits to be reviewed until its reviewers are reminded.
    pub plan_remind_ms: Millis,
    /// How soon an urgent message is shown again to who has not acknowledged it.
    pub urgent_repeat_ms: Millis,
    /// At which repetition it goes on to mail, and which one is the last.
    pub urgent_mail_after: u32,
    pub urgent_times_max: u32,
    /// A message may be recalled by its sender this long; admins at any time.
    pub recall_within_ms: Millis,
    /// A message may be edited by its sender this long.
    pub edit_within_ms: Millis,
    pub sign_in_failures_max: u32,
    pub lock_ms: Millis,
    pub session_ms: Millis,
    pub sessions_max: usize,
    pub password_chars_min: usize,
    /// What one space of a drive may hold, its bin included.
    pub drive_space_bytes_max: u64,
    /// How long what was removed waits in the bin.
    pub drive_bin_ms: Millis,
    /// How long a permission to talk lasts, until operators say otherwise.
    pub contact_grant_ms: Millis,
    /// How long a call rings.
    pub call_ring_ms: Millis,
    /// How many may be inside one call.
    pub call_people_max: usize,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            room_members_max: 500,
            announcement_members_max: 100_000,
            plan_remind_ms: 24 * 60 * 60 * 1000,
            urgent_repeat_ms: crate::room::REPEAT_MS,
            urgent_mail_after: crate::room::MAIL_AFTER,
            urgent_times_max: crate::room::TIMES_MAX,
            recall_within_ms: 2 * 60 * 60 * 1000,
            edit_within_ms: 24 * 60 * 60 * 1000,
            // 等保三级 and the customer's targets.md: five failures lock for fifteen minutes.
            sign_in_failures_max: 5,
            lock_ms: 15 * 60 * 1000,
            session_ms: 12 * 60 * 60 * 1000,
            sessions_max: 10,
            password_chars_min: 10,
            drive_space_bytes_max: 100 * 1024 * 1024 * 1024,
            drive_bin_ms: 30 * 24 * 60 * 60 * 1000,
            contact_grant_ms: 12 * 60 * 60 * 1000,
            call_ring_ms: 45 * 1000,
            call_people_max: 100,
        }
    }
}

/// What a command comes to, before it is durable.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision<E> {
    pub events: Vec<E>,
    pub effects: Vec<Effect>,
    pub timers: Vec<TimerChange>,
    /// Numbers of earlier events whose bodies are to be removed for good.
    pub redactions: Vec<Seq>,
    /// JSON for the area's projector only: secrets that may be in no event.
    pub private: Option<String>,
    /// JSON for the sender's ack.
    pub result: Option<String>,
    /// Who may see the events; `None`: everybody who may watch the stream.
    pub audience: Option<Box<[AccountId]>>,
}

impl<E> Default for Decision<E> {
    fn default() -> Self {
        Self {
            events: Vec::new(),
            effects: Vec::new(),
            timers: Vec::new(),
            redactions: Vec::new(),
            private: None,
            result: None,
            audience: None,
        }
    }
}

impl<E> Decision<E> {
    /// Nothing has to change; the command has its wish already.
    pub fn nothing() -> Self {
        Self::default()
    }

    pub fn event(event: impl Into<E>) -> Self {
        Self { events: vec![event.into()], ..Self::default() }
    }

    pub fn and(mut self, event: impl Into<E>) -> Self {
        self.events.push(event.into());
        self
    }

    pub fn tell(mut self, to: StreamId, order: Order) -> Self {
        self.effects.push(Effect { to, order });
        self
    }
}

/// A message to another entity: committed with the events, delivered at least once,
/// deduplicated by the receiver.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    pub to: StreamId,
    pub order: Order,
}

/// What the hub itself asks of an entity: effects of others, timers, sign-in. Never
/// accepted from a client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum Order {
    /// To an account: it may now watch a stream.
    JoinStream { stream: StreamId },
    /// To an account: it may no longer.
    LeaveStream { stream: StreamId },
    /// To an account: somebody tried to sign in as it.
    SignIn {
        password_ok: bool,
        /// Whether the code was right; `None` when none was given.
        code_ok: Option<bool>,
        /// The half minute that a right code is of.
        code_step: Option<u64>,
        session: SessionId,
        /// Hex SHA-256 of the bearer token; the token itself is never stored.
        token_hash: String,
        addr: String,
        agent: String,
    },
    /// To the room of a person with oneself: it is to be there.
    OpenOwn { account: AccountId },
    /// To a room: these people have met face to face, and it is theirs.
    Meet { people: Vec<AccountId>, name: String },
    /// To a desk: what has become of one of its threads.
    ThreadChanged { thread: RoomId, asker: AccountId, agent: Option<AccountId>, open: bool },
    /// To an account: it has not acknowledged an urgent message that is shown again.
    Notify { room: RoomId, seq: Seq },
    /// To an account: what came of a mail; no error: the server has taken it.
    MailTried { room: RoomId, seq: Seq, error: Option<String> },
    /// To an account: the service of a device says that the device is no longer there.
    PushGone { device: uuid::Uuid },
    /// To its owner's own space: a file that was sent was not taken.
    UploadRefused { name: String, code: String },
    /// To an account: the hub was to read an address that it may not reach.
    LinkRefused { host: String },
    /// To an account: something has changed between it and somebody else.
    ContactMoved { peer: AccountId, what: protocol::contact::ContactMove },
    /// From a notice to itself: address the next page of the target. The hub fills the page in
    /// as it delivers the order.
    Address {
        after: Option<protocol::AccountId>,
        #[serde(default)]
        accounts: Vec<protocol::AccountId>,
        #[serde(default)]
        last: bool,
    },
    /// To a notice: whom it was addressed to ask for their list again, for it is withdrawn.
    TellWithdrawn {},
    /// To an application: one of its tokens was used.
    TokenUsed { token: uuid::Uuid },
    /// To an application: one of its tokens asked for what its scopes do not hold.
    ScopeMissing { token: uuid::Uuid, scope: protocol::app::Scope, asked: String },
    /// To an application: somebody opens it. The target was looked at when this was asked.
    IssueCode { code: protocol::app::CodeIssued, for_them: bool },
    /// To an application: its server changes a code for who it is.
    RedeemCode {
        code_hash: String,
        redirect: String,
        /// S256 of the verifier that came with it.
        challenge: Option<String>,
        /// Whether it has proved by a token which application it is; `None`: it did not try.
        proved: Option<bool>,
    },
    /// To an application: how its webhook is doing. No error: it takes events again.
    WebhookTried { since: Millis, error: Option<String> },
    /// To a notice: it is a to-do of these people from now on.
    Remind {
        people: Vec<AccountId>,
        title: String,
        link: String,
        due_at: Option<Millis>,
        reminder: protocol::notice::Reminder,
    },
    /// To a notice: what it reminds of needs nobody any more.
    ReminderOver { people: Vec<AccountId> },
    /// To a task that is not there yet: it goes on where a series was split.
    ContinueTask { task: Box<protocol::task::TaskCreated>, files: Vec<protocol::file::FileRef> },
    /// To a task: its people have a room.
    TaskRoomOpened { room: RoomId },
    /// To the room of a task: who is in it from here on, and what the task is called.
    SeatPeople { people: Vec<AccountId>, name: String, over: bool },
    /// To a room: a message came through an incoming webhook.
    HookMessage { token_hash: String, text: String, mention_all: bool },
    /// To a room: a call has begun in it.
    CallStarted { call: Seq, mode: CallMode, by: AccountId },
    /// To a room: its call is over.
    CallEnded { call: Seq, mode: CallMode, by: AccountId, why: CallEnd, talked_ms: Millis },
    /// To a room's calls: this device is lost and did not come back.
    LegLost { account: AccountId, leg: LegId },
    /// To a room's calls: this account is no longer of the room.
    ShutOut { account: AccountId },
    /// To a room's calls: the room is over.
    RoomClosed {},
    /// To the entity that set it: a timer is due.
    TimerFired { name: String },
}

impl Order {
    /// Whose doing the events are that come of it, where they are somebody's: one's own sign-in
    /// and one's own call are one's own, whoever carries the word.
    pub fn in_name_of(&self, stream: StreamId) -> Option<AccountId> {
        match self {
            Self::SignIn { .. } => Some(AccountId(stream.id)),
            Self::CallStarted { by, .. } | Self::CallEnded { by, .. } => Some(*by),
            _ => None,
        }
    }

    /// Address those after this account, from the first one on; who they are is not known yet.
    pub fn address_after(after: Option<protocol::AccountId>) -> Self {
        Self::Address { after, accounts: Vec::new(), last: false }
    }
}

/// A durable timer of the entity itself, told by name; setting it again moves it.
#[derive(Clone, Debug, PartialEq)]
pub enum TimerChange {
    Set { name: String, at: Millis },
    Cancel { name: String },
}

/// An entity's rules. `Self` is the state; `Default` is "does not exist yet".
pub trait Entity: Default + Clone + Serialize + DeserializeOwned + Send + 'static {
    const KIND: EntityKind;
    /// Raised when the shape of `Self` changes: older snapshots are then ignored.
    const SNAPSHOT_VERSION: u32;
    /// What clients may ask.
    type Command: Send + 'static;
    type Event: Send + 'static;
    /// What must be looked up before deciding (another table, a password check).
    type Facts: Default + Send + 'static;

    fn decide(
        &self,
        command: &Self::Command,
        facts: &Self::Facts,
        context: &Context<'_>,
    ) -> Result<Decision<Self::Event>, ErrorBody>;

    /// Decides an order of the hub itself.
    fn settle(
        &self,
        order: &Order,
        context: &Context<'_>,
    ) -> Result<Decision<Self::Event>, ErrorBody>;

    /// Applies an event that was decided (or loaded). Redacted events are skipped by the
    /// caller: a rule may therefore depend on no body that can be redacted.
    fn apply(&mut self, seq: Seq, at: Millis, by: Option<AccountId>, event: &Self::Event);

    fn may_watch(&self, who: &Who) -> bool;

    /// Whether the event counts as unread for those who have not seen it.
    fn counts(event: &Self::Event) -> bool;

    /// The account that may no longer watch after this event.
    fn revokes(event: &Self::Event) -> Option<AccountId>;
}
