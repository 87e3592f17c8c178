//! How words are declared: commands, events and signals, told by type name. One entry makes the
//! struct of the body, the variant that holds it, its reading and writing, its schema and its
//! TypeScript type. On the wire a word is `{"type": "room.send_message", "body": {…}}`.
//! Absent on purpose: which kinds of entity there are (`area`).

/// Declares what happens to one kind of entity. Unknown fields are read over: the journal keeps
/// the events of every build there ever was.
// The type name is matched as a token tree, not as a literal: a literal reaches the schema
// derive wrapped in an invisible group, in which it does not find the name.
macro_rules! events {
    ($(#[$doc:meta])* $words:ident { $(
        $(#[$about:meta])*
        $body:ident = $name:tt { $( $(#[$field_about:meta])* $field:ident: $of:ty ),* $(,)? }
    )* }) => {
        $(
            #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
            #[derive(utoipa::ToSchema)]
            #[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
            $(#[$about])*
            pub struct $body {
                $( $(#[$field_about])* pub $field: $of, )*
            }

            impl From<$body> for $words {
                fn from(body: $body) -> Self {
                    Self::$body(body)
                }
            }
        )*

        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[derive(utoipa::ToSchema)]
        #[cfg_attr(test, derive(ts_rs::TS))]
        #[serde(tag = "type", content = "body")]
        pub enum $words {
            $( #[serde(rename = $name)] $body($body), )*
        }

        impl $words {
            /// Every type name, in the order of declaration.
            pub const TYPES: &[&str] = &[$($name),*];

            /// The type name, as on the wire and in the journal.
            pub fn type_name(&self) -> &'static str {
                match self { $( Self::$body(_) => $name, )* }
            }

            /// The body alone, as JSON text.
            pub fn body_json(&self) -> String {
                let written = match self { $( Self::$body(body) => serde_json::to_string(body), )* };
                written.expect("bodies have string keys and finite numbers, so JSON can hold them")
            }

            /// Reads a body by its type name.
            pub fn decode(type_name: &str, body: &str) -> Result<Self, $crate::DecodeError> {
                match type_name {
                    $( $name => $crate::decode::body(body).map(Self::$body), )*
                    other => Err($crate::DecodeError::UnknownType(other.to_owned())),
                }
            }
        }
    };
}
pub(crate) use events;

/// Declares what may be asked of one kind of entity: a field that its body does not have is the
/// sender's mistake, and refused.
macro_rules! commands {
    ($(#[$doc:meta])* $words:ident { $(
        $(#[$about:meta])* $body:ident = $name:tt { $($fields:tt)* }
    )* }) => {
        $crate::words::events! { $(#[$doc])* $words { $(
            $(#[$about])* #[serde(deny_unknown_fields)] $body = $name { $($fields)* }
        )* } }
    };
}
pub(crate) use commands;

/// Declares what need not last. Read as strictly as commands: both come from clients.
pub(crate) use commands as signals;
