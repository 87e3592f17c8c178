//! WebSocket frames: JSON text, told by `t`. How a client's frame is read: `parse`.

use crate::{
    AccountId, AnyCommand, AnyEvent, AnySignal, CommandId, ErrorBody, Millis, Seq, SessionId,
    StreamId,
};
use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{Object, RefOr, Schema, Type},
};

/// A stream and the last number the watcher already has; events after it follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(deny_unknown_fields)]
pub struct WatchFrom {
    pub stream: StreamId,
    /// 0 for everything (within the catch-up bound).
    pub from: Seq,
}

/// What a client sends.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum ClientFrame {
    /// Asks for a change. Answered by `ack` or `error` with the same id, exactly once per
    /// connection; sent again with the same id it returns the first outcome.
    Command {
        id: CommandId,
        /// The entity it is for; absent where the command itself names it.
        #[serde(skip_serializing_if = "Option::is_none")]
        stream: Option<StreamId>,
        #[serde(flatten)]
        command: AnyCommand,
    },
    /// Starts or moves watches. Each is answered by `watching` or `error`.
    Watch { streams: Vec<WatchFrom> },
    /// Ends watches.
    Unwatch { streams: Vec<StreamId> },
    /// Tells the other watchers of a stream something that need not last.
    Signal {
        stream: StreamId,
        #[serde(flatten)]
        signal: AnySignal,
    },
    /// Replaces the set of accounts whose presence this session wants to know.
    Observe { accounts: Vec<AccountId> },
    /// Answered by `pong`: lets a browser tell a silent server from a dead one.
    Ping {},
}

/// One event as its watchers see it, live or from history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS), ts(as = "TypedEventFrame"))]
pub struct EventFrame {
    pub stream: StreamId,
    pub seq: Seq,
    pub at: Millis,
    /// Who caused it; absent for the hub itself (timers).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountId>,
    /// The command that caused it, on the first event of that command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cmd: Option<CommandId>,
    /// Empty where the event is withheld.
    #[serde(rename = "type", default, skip_serializing_if = "String::is_empty")]
    pub type_name: String,
    /// Absent once the event has been redacted: its number stays, its content is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<serde_json::Value>,
    /// Not for this viewer: a number passed, and that is all there is to know.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withheld: bool,
}

impl EventFrame {
    /// The event in its own type; `None` when redacted, withheld or of a type this build does not know.
    pub fn event(&self) -> Option<AnyEvent> {
        let body = self.body.as_ref()?;
        AnyEvent::decode(&self.type_name, &body.to_string()).ok()
    }
}

// An event frame holds type and body as they are stored, so that the events of another build
// pass through unharmed. Its schemas say more: which body goes with which type.
/// One event as its watchers see it, live or from history.
#[derive(ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
#[expect(dead_code, reason = "a shape for the schemas; no value has it")]
struct TypedEventFrame {
    stream: StreamId,
    seq: Seq,
    at: Millis,
    /// Who caused it; absent for the hub itself (timers).
    by: Option<AccountId>,
    /// The command that caused it, on the first event of that command.
    cmd: Option<CommandId>,
    /// Not for this viewer: a number passed, and that is all there is to know.
    withheld: Option<bool>,
    #[serde(flatten)]
    event: Recorded,
}

/// An event, or what is left of one.
#[derive(ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
#[serde(untagged)]
#[expect(
    dead_code,
    clippy::large_enum_variant,
    reason = "a shape for the schemas; no value has it"
)]
enum Recorded {
    Event(AnyEvent),
    /// Redacted: the number stays, the content is gone.
    Redacted {
        #[schema(value_type = String)]
        #[cfg_attr(test, ts(type = "AnyEvent[\"type\"]"))]
        r#type: (),
        #[schema(schema_with = nothing)]
        #[cfg_attr(test, ts(optional, type = "undefined"))]
        body: Option<()>,
    },
    /// For others: no type, no sender, no content.
    Withheld {
        #[schema(schema_with = nothing)]
        #[cfg_attr(test, ts(optional, type = "undefined"))]
        r#type: Option<()>,
        #[schema(schema_with = nothing)]
        #[cfg_attr(test, ts(optional, type = "undefined"))]
        body: Option<()>,
    },
}

fn nothing() -> Schema {
    Object::with_type(Type::Null).into()
}

impl PartialSchema for EventFrame {
    fn schema() -> RefOr<Schema> {
        TypedEventFrame::schema()
    }
}

impl ToSchema for EventFrame {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        TypedEventFrame::schemas(schemas);
    }
}

/// How many members have read as far as a message, its author left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct ReadCount {
    pub seq: Seq,
    pub read: u32,
}

/// What the hub sends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum ServerFrame {
    /// The first frame of every connection.
    Welcome {
        protocol: u32,
        session: SessionId,
        account: AccountId,
        now: Millis,
        /// The hub's build, for support.
        build: String,
    },
    /// The command is durable. `seq` is the last event it made (0: nothing had to change).
    Ack {
        id: CommandId,
        stream: StreamId,
        seq: Seq,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<Object>)]
        #[cfg_attr(test, ts(optional, type = "unknown"))]
        result: Option<serde_json::Value>,
    },
    /// A command, watch or frame was refused.
    Error {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<CommandId>,
        #[serde(skip_serializing_if = "Option::is_none")]
        stream: Option<StreamId>,
        error: ErrorBody,
    },
    /// An event of a watched stream.
    Event(EventFrame),
    /// A watch has begun: events after `from` follow, each once, in order. When `from` is
    /// later than asked for, what lies between is history to be paged over HTTP.
    Watching { stream: StreamId, from: Seq, head: Seq },
    /// A watch has ended because the session may no longer see the stream.
    Unwatched { stream: StreamId },
    /// The client read too slowly and its waiting frames were dropped: watch these again
    /// from the last number it has.
    Lagged { streams: Vec<StreamId> },
    /// A cursor of the session's own account moved, perhaps on another device.
    Cursor { stream: StreamId, seq: Seq, unread: u64 },
    /// How many have read messages of the session's own account; at most one a second.
    Readers { stream: StreamId, counts: Vec<ReadCount> },
    /// Another watcher of a stream tells something that need not last.
    Signal {
        stream: StreamId,
        by: AccountId,
        #[serde(flatten)]
        signal: AnySignal,
    },
    /// An observed account came or went.
    Presence { account: AccountId, online: bool },
    /// Answers `ping`.
    Pong {},
}

impl ServerFrame {
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("frames have string keys and finite numbers")
    }
}
