//! A stream: the events of one entity, numbered 1, 2, 3 … without gaps.

use crate::{EntityKind, RoomId};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{fmt, str::FromStr};
#[cfg(test)]
use ts_rs::TS;
use uuid::{Uuid, Variant};

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

    /// The stream of a room's calls.
    pub fn of_calls(room: RoomId) -> Self {
        Self::new(EntityKind::Call, twin(room.0))
    }

    /// The room whose calls these are.
    pub fn room_of_calls(self) -> RoomId {
        RoomId(twin(self.id))
    }
}

/// Streams are stored by their ids alone, and a room's calls are a stream beside the room's: what
/// is written `call:` and the room's id is stored under this one, which nothing else may have.
fn twin(id: Uuid) -> Uuid {
    // The first bit of the variant: every UUID that is made has it set.
    Uuid::from_u128(id.as_u128() ^ (1 << 63))
}

/// Whether the id is taken from another one, so that nothing may be created under it.
pub fn is_derived(id: Uuid) -> bool {
    let version = id.get_version_num();
    version == 8 || (version == 7 && id.get_variant() != Variant::RFC4122)
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = if self.kind == EntityKind::Call { twin(self.id) } else { self.id };
        write!(f, "{}:{id}", self.kind.name())
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
        let id = if kind == EntityKind::Call { twin(id) } else { id };
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
