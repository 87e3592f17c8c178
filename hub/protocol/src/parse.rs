//! Reading what a client sends. Frames are read through one flat struct rather than a
//! serde-tagged enum: it reads once, borrows the body, and names the offending field.

use crate::{
    AccountId, AnyCommand, AnySignal, ClientFrame, CommandId, DecodeError, ErrorBody, ErrorKind,
    StreamId,
    decode::{self, Misfit},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// The fields of every frame.
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
    #[serde(borrow)]
    streams: Option<&'a RawValue>,
    accounts: Option<Vec<AccountId>>,
}

impl ClientFrame {
    /// Reads one text frame. The error names the field; the id of the command it was about,
    /// where one could be read, comes with it so that the sender can match its request.
    pub fn parse(text: &str) -> Result<Self, (Option<CommandId>, ErrorBody)> {
        let flat: Flat<'_> = decode::read(text).map_err(|Misfit { field, message }| {
            let field = field.unwrap_or_else(|| "frame".to_owned());
            let error = ErrorBody::new(ErrorKind::Invalid, "hub.malformed", message).field(field);
            (find_id(text), error)
        })?;
        let id = flat.id;
        flat.build().map_err(|error| (id, error))
    }
}

impl Flat<'_> {
    fn build(self) -> Result<ClientFrame, ErrorBody> {
        match &*self.t {
            "command" => {
                let (name, body) = self.word()?;
                let id = self.id.ok_or_else(|| ErrorBody::missing("id"))?;
                let command = AnyCommand::decode(name, body)?;
                Ok(ClientFrame::Command { id, stream: self.stream, command })
            }
            "watch" => Ok(ClientFrame::Watch { streams: self.streams()? }),
            "unwatch" => Ok(ClientFrame::Unwatch { streams: self.streams()? }),
            "signal" => {
                let (name, body) = self.word()?;
                let stream = self.stream.ok_or_else(|| ErrorBody::missing("stream"))?;
                Ok(ClientFrame::Signal { stream, signal: AnySignal::decode(name, body)? })
            }
            "observe" => {
                let accounts = self.accounts.ok_or_else(|| ErrorBody::missing("accounts"))?;
                Ok(ClientFrame::Observe { accounts })
            }
            "ping" => Ok(ClientFrame::Ping {}),
            other => Err(ErrorBody::from(DecodeError::UnknownType(other.to_owned())).field("t")),
        }
    }

    /// The type name and the body, which may be left out where it is empty.
    fn word(&self) -> Result<(&str, &str), ErrorBody> {
        let name = self.type_name.as_deref().ok_or_else(|| ErrorBody::missing("type"))?;
        Ok((name, self.body.map_or("{}", RawValue::get)))
    }

    fn streams<T: DeserializeOwned>(&self) -> Result<Vec<T>, ErrorBody> {
        let streams = self.streams.ok_or_else(|| ErrorBody::missing("streams"))?;
        decode::read(streams.get()).map_err(|Misfit { field, message }| {
            let which = field.map(|path| format!("streams{path}: ")).unwrap_or_default();
            ErrorBody::invalid("streams", format!("{which}{message}"))
        })
    }
}

/// The id of a frame that could not be read, so that its error can still be matched.
fn find_id(text: &str) -> Option<CommandId> {
    #[derive(Deserialize)]
    struct OnlyId {
        id: Option<CommandId>,
    }
    serde_json::from_str::<OnlyId>(text).ok().and_then(|only| only.id)
}
