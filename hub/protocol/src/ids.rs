//! Ids: 128-bit, time-ordered (UUID version 7), strings on the wire.
//! A client makes the ids of its own commands and of the rooms it creates, so that a
//! repeated request names the same thing. Nothing here makes an id: see `kernel::IdSource`.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
#[cfg(test)]
use ts_rs::TS;
use utoipa::openapi::{KnownFormat, SchemaFormat};
use uuid::Uuid;

/// Gives a type that is text on the wire its schema: utoipa's derive only sees fields.
macro_rules! text_schema {
    ($name:ident, $format:expr, $about:expr) => {
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::Type::String)
                    .format($format)
                    .description(Some($about))
                    .into()
            }
        }
        impl utoipa::ToSchema for $name {}
    };
}
pub(crate) use text_schema;

macro_rules! ids {
    ($( #[doc = $about:tt] $id:ident, )*) => { $(
        #[doc = $about]
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(test, derive(TS))]
        #[serde(transparent)]
        pub struct $id(pub Uuid);

        text_schema!($id, Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)), $about.trim_ascii());

        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $id {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )* };
}

ids! {
    /// A person who can sign in.
    AccountId,
    /// A node of the organisation tree.
    UnitId,
    /// A conversation.
    RoomId,
    /// One signed-in client of an account.
    SessionId,
    /// Stored bytes; what `file::FileRef` names them by.
    BlobId,
    /// A file on its way to the hub.
    UploadId,
    /// A device's place in a call; made by the client.
    LegId,
    /// Made by the client; the same id means the same command, however often it is sent.
    CommandId,
    /// Follows one command from the socket to its commit (W3C trace-context size).
    TraceId,
}

impl CommandId {
    /// The client's clock when it made this id, if it is a version 7 UUID.
    pub fn made_at(&self) -> Option<i64> {
        let (secs, nanos) = self.0.get_timestamp()?.to_unix();
        i64::try_from(secs).ok().map(|s| s * 1000 + i64::from(nanos / 1_000_000))
    }
}
