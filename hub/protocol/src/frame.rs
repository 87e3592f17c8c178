//! WebSocket frames: JSON text, told by `t`.
//! Client frames are parsed through one flat struct rather than a serde-tagged enum: it
//! parses once, borrows the body, and names the offending field in its errors.

use crate::{
    AccountId, AnySignal, CommandId, DecodeError, ErrorBody, ErrorKind, Millis, Seq, SessionId,
    StreamId, area::AnyCommand,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use ts_rs::TS;
use utoipa::ToSchema;

/// A stream and the last number the watcher already has; events after it follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WatchFrom {
    pub stream: StreamId,
    /// 0 for everything (within the catch-up bound).
    #[ts(type = "number")]
    pub from: Seq,
}

/// What a client sends.
#[derive(Clone, Debug, PartialEq, Serialize, TS, ToSchema)]
#[serde(tag = "t", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "a frame is parsed, handled and gone; never kept")]
pub enum ClientFrame {
    /// Asks for a change. Answered by `ack` or `error` with the same id, exactly once per
    /// connection; sent again with the same id it returns the first outcome.
    Command {
        id: CommandId,
        /// The entity it is for; absent where the command itself names it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        stream: Option<StreamId>,
        #[serde(flatten)]
        command: AnyCommand,
    },
    /// Starts or moves watches. Each is answered by `watching` or `error`.
    Watch {
        streams: Vec<WatchFrom>,
    },
    Unwatch {
        streams: Vec<StreamId>,
    },
    /// Tells the other watchers of a stream something that need not last.
    Signal {
        stream: StreamId,
        #[serde(flatten)]
        signal: AnySignal,
    },
    /// Replaces the set of accounts whose presence this session wants to know.
    Observe {
        accounts: Vec<AccountId>,
    },
    /// Answered by `pong`: lets a browser tell a silent server from a dead one.
    Ping {},
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Flat<'a> {
    #[serde(borrow)]
    t: Cow<'a, str>,
    id: Option<CommandId>,
    stream: Option<StreamId>,
    #[serde(borrow, rename = "type")]
    type_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    body: Option<&'a RawValue>,
    streams: Option<Vec<serde_json::Value>>,
    accounts: Option<Vec<AccountId>>,
}

fn missing(field: &'static str) -> ErrorBody {
    ErrorBody::new(ErrorKind::Invalid, "hub.invalid", format!("missing field `{field}`"))
        .field(field)
}

impl ClientFrame {
    /// Reads one text frame. The error names the field; the id of the command it was about,
    /// where one could be read, comes with it so that the sender can match its request.
    pub fn parse(text: &str) -> Result<Self, (Option<CommandId>, ErrorBody)> {
        let flat: Flat<'_> = serde_json::from_str(text).map_err(|error| {
            let message = error.to_string();
            let field = message.split('`').nth(1).unwrap_or("frame").to_owned();
            (
                find_id(text),
                ErrorBody::new(ErrorKind::Invalid, "hub.malformed", message).field(field),
            )
        })?;
        let id = flat.id;
        Self::build(flat).map_err(|error| (id, error))
    }

    fn build(flat: Flat<'_>) -> Result<Self, ErrorBody> {
        let words = |flat: &Flat<'_>| -> Result<(String, String), ErrorBody> {
            let name = flat.type_name.as_ref().ok_or_else(|| missing("type"))?;
            let body = flat.body.map_or("{}", RawValue::get);
            Ok((name.to_string(), body.to_owned()))
        };
        match &*flat.t {
            "command" => {
                let (name, body) = words(&flat)?;
                let id = flat.id.ok_or_else(|| missing("id"))?;
                Ok(Self::Command {
                    id,
                    stream: flat.stream,
                    command: AnyCommand::decode(&name, &body)?,
                })
            }
            "watch" => Ok(Self::Watch { streams: list(flat.streams)? }),
            "unwatch" => Ok(Self::Unwatch { streams: list(flat.streams)? }),
            "signal" => {
                let (name, body) = words(&flat)?;
                let stream = flat.stream.ok_or_else(|| missing("stream"))?;
                Ok(Self::Signal { stream, signal: AnySignal::decode(&name, &body)? })
            }
            "observe" => {
                Ok(Self::Observe { accounts: flat.accounts.ok_or_else(|| missing("accounts"))? })
            }
            "ping" => Ok(Self::Ping {}),
            other => Err(DecodeError::UnknownType(other.to_owned()).into())
                .map_err(|error: ErrorBody| error.field("t")),
        }
    }
}

fn list<T: serde::de::DeserializeOwned>(
    streams: Option<Vec<serde_json::Value>>,
) -> Result<Vec<T>, ErrorBody> {
    streams
        .ok_or_else(|| missing("streams"))?
        .into_iter()
        .map(|one| {
            serde_json::from_value(one)
                .map_err(|error| ErrorBody::invalid("streams", error.to_string()))
        })
        .collect()
}

/// The id of a frame that failed to parse, so that its error can still be matched.
fn find_id(text: &str) -> Option<CommandId> {
    #[derive(Deserialize)]
    struct OnlyId {
        id: Option<CommandId>,
    }
    serde_json::from_str::<OnlyId>(text).ok().and_then(|only| only.id)
}

/// One event as its watchers see it, live or from history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct EventFrame {
    pub stream: StreamId,
    #[ts(type = "number")]
    pub seq: Seq,
    #[ts(type = "number")]
    pub at: Millis,
    /// Who caused it; absent for the hub itself (timers).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub by: Option<AccountId>,
    /// The command that caused it, on the first event of that command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cmd: Option<CommandId>,
    #[serde(rename = "type")]
    pub type_name: String,
    /// Absent once the event has been redacted: its number stays, its content is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "unknown")]
    #[schema(value_type = Option<Object>)]
    pub body: Option<serde_json::Value>,
}

impl EventFrame {
    /// The event in its own type; `None` when redacted or of a type this build does not know.
    pub fn event(&self) -> Option<crate::AnyEvent> {
        let body = self.body.as_ref()?;
        crate::AnyEvent::decode(&self.type_name, &body.to_string()).ok()
    }
}

/// What the hub sends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum ServerFrame {
    /// The first frame of every connection.
    Welcome {
        protocol: u32,
        session: SessionId,
        account: AccountId,
        #[ts(type = "number")]
        now: Millis,
        /// The hub's build, for support.
        build: String,
    },
    /// The command is durable. `seq` is the last event it made (0: nothing had to change).
    Ack {
        id: CommandId,
        stream: StreamId,
        #[ts(type = "number")]
        seq: Seq,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional, type = "unknown")]
        #[schema(value_type = Option<Object>)]
        result: Option<serde_json::Value>,
    },
    /// A command, watch or frame was refused.
    Error {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        id: Option<CommandId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        stream: Option<StreamId>,
        error: ErrorBody,
    },
    Event(EventFrame),
    /// A watch has begun: events after `from` follow, each once, in order. When `from` is
    /// later than asked for, what lies between is history to be paged over HTTP.
    Watching {
        stream: StreamId,
        #[ts(type = "number")]
        from: Seq,
        #[ts(type = "number")]
        head: Seq,
    },
    /// A watch has ended because the session may no longer see the stream.
    Unwatched {
        stream: StreamId,
    },
    /// The client read too slowly and its waiting frames were dropped: watch these again
    /// from the last number it has.
    Lagged {
        streams: Vec<StreamId>,
    },
    /// A cursor of the session's own account moved, perhaps on another device.
    Cursor {
        stream: StreamId,
        #[ts(type = "number")]
        seq: Seq,
        #[ts(type = "number")]
        unread: u64,
    },
    Signal {
        stream: StreamId,
        by: AccountId,
        #[serde(flatten)]
        signal: AnySignal,
    },
    Presence {
        account: AccountId,
        online: bool,
    },
    Pong {},
}

impl ServerFrame {
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("frames have string keys and finite numbers")
    }
}
