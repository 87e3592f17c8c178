//! The list of entity kinds, and how a command, event or signal is told by its type name.
//! A new area adds one line to each list at the end of this file and a module beside it.

use serde::de::DeserializeOwned;
use std::fmt;

/// Why a body could not be read as the type its name promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecodeError {
    /// No command, event or signal has this type name.
    UnknownType(String),
    /// The body does not fit; `field` is the offending field where it is known.
    Body { field: Option<String>, message: String },
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownType(name) => write!(f, "unknown type {name:?}"),
            Self::Body { message, .. } => f.write_str(message),
        }
    }
}

impl std::error::Error for DecodeError {}

/// Reads one body; the field named by serde's message is kept for the caller's error.
pub(crate) fn decode_body<T: DeserializeOwned>(body: &str) -> Result<T, DecodeError> {
    serde_json::from_str(body).map_err(|error| {
        let message = error.to_string();
        let field = message.split('`').nth(1).map(str::to_owned);
        DecodeError::Body { field, message }
    })
}

/// Declares the words of one entity kind: an enum whose variants are told by type name.
/// On the wire a value is `{"type": "room.send_message", "body": {…}}`.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $wire:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(
            Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, ts_rs::TS,
            utoipa::ToSchema,
        )]
        #[serde(tag = "type", content = "body")]
        pub enum $name {
            $( #[serde(rename = $wire)] $variant($variant), )*
        }

        impl $name {
            /// Every type name, in the order of declaration.
            pub const TYPES: &[&str] = &[$($wire),*];

            /// The type name, as on the wire and in the journal.
            pub fn type_name(&self) -> &'static str {
                match self { $( Self::$variant(_) => $wire, )* }
            }

            /// The body alone, as JSON text.
            pub fn body_json(&self) -> String {
                let written = match self {
                    $( Self::$variant(body) => serde_json::to_string(body), )*
                };
                written.expect("bodies have string keys and finite numbers, so JSON can hold them")
            }

            /// Reads a body by its type name.
            pub fn decode(type_name: &str, body: &str) -> Result<Self, $crate::area::DecodeError> {
                match type_name {
                    $( $wire => $crate::area::decode_body(body).map(Self::$variant), )*
                    other => Err($crate::area::DecodeError::UnknownType(other.to_owned())),
                }
            }
        }

        $(
            impl From<$variant> for $name {
                fn from(body: $variant) -> Self { Self::$variant(body) }
            }
        )*
    };
}
pub(crate) use words;

macro_rules! kinds {
    ($( $variant:ident = $name:literal ),* $(,)?) => {
        /// What kind of entity owns a stream.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum EntityKind { $($variant),* }

        impl EntityKind {
            pub const ALL: &[EntityKind] = &[$(Self::$variant),*];

            pub fn name(self) -> &'static str {
                match self { $( Self::$variant => $name ),* }
            }

            pub fn from_name(name: &str) -> Option<Self> {
                match name { $( $name => Some(Self::$variant), )* _ => None }
            }

            /// The kind that owns a type name: the part before the dot.
            pub fn of_type(type_name: &str) -> Option<Self> {
                type_name.split_once('.').and_then(|(kind, _)| Self::from_name(kind))
            }
        }
    };
}

macro_rules! any {
    ($(#[$doc:meta])* $any:ident { $( $kind:ident($words:ty) ),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, ts_rs::TS,
            utoipa::ToSchema)]
        #[serde(untagged)]
        pub enum $any { $( $kind($words) ),* }

        impl $any {
            pub fn type_name(&self) -> &'static str {
                match self { $( Self::$kind(words) => words.type_name() ),* }
            }

            pub fn body_json(&self) -> String {
                match self { $( Self::$kind(words) => words.body_json() ),* }
            }

            /// Reads a body by its type name.
            pub fn decode(type_name: &str, body: &str) -> Result<Self, DecodeError> {
                match EntityKind::of_type(type_name) {
                    $( Some(EntityKind::$kind) =>
                        <$words>::decode(type_name, body).map(Self::$kind), )*
                    #[allow(unreachable_patterns, clippy::allow_attributes)]
                    _ => Err(DecodeError::UnknownType(type_name.to_owned())),
                }
            }
        }

        $(
            impl From<$words> for $any {
                fn from(words: $words) -> Self { Self::$kind(words) }
            }
        )*
    };
}

kinds! {
    Account = "account",
    Unit = "unit",
    Room = "room",
}

any! {
    /// A command of any kind.
    AnyCommand {
        Account(crate::account::AccountCommand),
        Unit(crate::unit::UnitCommand),
        Room(crate::room::RoomCommand),
    }
}

any! {
    /// An event of any kind.
    AnyEvent {
        Account(crate::account::AccountEvent),
        Unit(crate::unit::UnitEvent),
        Room(crate::room::RoomEvent),
    }
}

any! {
    /// A signal of any kind.
    AnySignal {
        Room(crate::room::RoomSignal),
    }
}
