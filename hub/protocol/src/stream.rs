//! A stream: the events of one entity, numbered 1, 2, 3 … without gaps.

use crate::EntityKind;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{fmt, str::FromStr};
#[cfg(test)]
use ts_rs::TS;
use uuid::Uuid;

/// An event's number in its stream. The first event is 1; 0 means "nothing yet".
pub type Seq = u64;

/// Milliseconds since the Unix epoch, UTC.
pub type Millis = i64;

/// Names one stream, written `kind:uuid`, as in `room:0195e3a4-…`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(test, derive(TS), ts(type = "string"))]
pub struct StreamId {
    pub kind: EntityKind,
    pub id: Uuid,
}

crate::ids::text_schema!(StreamId, None, "Names one stream, written `kind:uuid`.");

impl StreamId {
    pub fn new(kind: EntityKind, id: Uuid) -> Self {
        Self { kind, id }
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.name(), self.id)
    }
}

impl fmt::Debug for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for StreamId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, id) = text.split_once(':').ok_or("a stream is written kind:uuid")?;
        let kind = EntityKind::from_name(kind).ok_or_else(|| format!("unknown kind {kind:?}"))?;
        let id = id.parse().map_err(|_| "the id of a stream is a UUID".to_owned())?;
        Ok(Self { kind, id })
    }
}

impl Serialize for StreamId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for StreamId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = StreamId;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a stream, written kind:uuid")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<StreamId, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}
