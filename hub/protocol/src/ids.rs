//! Ids: 128-bit, time-ordered (UUID version 7), strings on the wire.
//! A client makes the ids of its own commands and of the rooms it creates, so that a
//! repeated request names the same thing. Nothing here makes an id: see `kernel::IdSource`.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::openapi::{KnownFormat, SchemaFormat};
use uuid::Uuid;

/// Gives a type that is text on the wire its schema: utoipa's derive only sees fields.
macro_rules! text_schema {
    ($name:ident, $format:expr) => {
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .format($format)
                    .into()
            }
        }
        impl utoipa::ToSchema for $name {}
    };
}
pub(crate) use text_schema;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS,
        )]
        #[serde(transparent)]
        #[ts(type = "string")]
        pub struct $name(pub Uuid);

        $crate::ids::text_schema!($name, Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)));

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

id!(
    /// A person who can sign in.
    AccountId
);
id!(
    /// A node of the organisation tree.
    UnitId
);
id!(
    /// A conversation.
    RoomId
);
id!(
    /// One signed-in client of an account.
    SessionId
);
id!(
    /// Made by the client; the same id means the same command, however often it is sent.
    CommandId
);
id!(
    /// Follows one command from the socket to its commit (W3C trace-context size).
    TraceId
);

impl CommandId {
    /// The client's clock when it made this id, if it is a version 7 UUID.
    pub fn made_at(&self) -> Option<i64> {
        let (secs, nanos) = self.0.get_timestamp()?.to_unix();
        i64::try_from(secs).ok().map(|s| s * 1000 + i64::from(nanos / 1_000_000))
    }
}
