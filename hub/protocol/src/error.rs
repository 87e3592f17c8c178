//! The one error shape of both doors, HTTP and WebSocket.
//! A `code` is stable and specific (`room.not_member`); a `kind` is one of a dozen and
//! decides HTTP status and retry. `message` is for developers: people see the text that
//! the client keeps for the code, in their language.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
#[cfg(test)]
use ts_rs::TS;
use utoipa::ToSchema;

macro_rules! error_kinds {
    ($( $(#[doc = $about:tt])+ $kind:ident = $name:tt $status:literal, )*) => {
        /// What sort of refusal it is, whatever its code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
        #[cfg_attr(test, derive(TS))]
        pub enum ErrorKind { $( $(#[doc = $about])+ #[serde(rename = $name)] $kind, )* }

        impl ErrorKind {
            pub const ALL: &[ErrorKind] = &[$(Self::$kind),*];

            pub fn name(self) -> &'static str {
                match self { $( Self::$kind => $name, )* }
            }

            pub fn http_status(self) -> u16 {
                match self { $( Self::$kind => $status, )* }
            }

            /// What it means, for people who write clients.
            pub fn about(self) -> &'static str {
                match self { $( Self::$kind => concat!($($about),+).trim_ascii(), )* }
            }
        }
    };
}

error_kinds! {
    /// The request itself is wrong; sending it again cannot help.
    Invalid = "invalid" 400,
    /// Nobody is signed in, or not any more.
    Unauthenticated = "unauthenticated" 401,
    /// Signed in, but not entitled.
    Forbidden = "forbidden" 403,
    /// There is no such thing.
    NotFound = "not_found" 404,
    /// The state does not allow it, or the command id was used for something else.
    Conflict = "conflict" 409,
    /// Larger than the bound.
    TooLarge = "too_large" 413,
    /// Too often; `retry` says when to come back.
    RateLimited = "rate_limited" 429,
    /// A bounded queue is full right now; the same may be sent again.
    Busy = "busy" 503,
    /// Storage or a needed service does not answer; nothing was stored.
    Unavailable = "unavailable" 503,
    /// A fault of the hub, in its log under the trace id.
    Internal = "internal" 500,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
#[serde(deny_unknown_fields)]
pub struct ErrorBody {
    /// `area.reason`, stable.
    #[schema(value_type = String)]
    pub code: Cow<'static, str>,
    pub kind: ErrorKind,
    pub message: String,
    /// The field of the request that is wrong, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Milliseconds to wait before sending the same command with the same id; absent: do not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry: Option<u64>,
}

impl ErrorBody {
    pub fn new(kind: ErrorKind, code: &'static str, message: impl Into<String>) -> Self {
        let retry = match kind {
            ErrorKind::Busy => Some(100),
            ErrorKind::Unavailable => Some(1_000),
            _ => None,
        };
        Self { code: Cow::Borrowed(code), kind, message: message.into(), field: None, retry }
    }

    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    pub fn retry_after(mut self, ms: u64) -> Self {
        self.retry = Some(ms);
        self
    }

    /// A request without a field that it needs.
    pub fn missing(field: &str) -> Self {
        Self::invalid(field, format!("missing field `{field}`"))
    }

    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid, "hub.invalid", message).field(field)
    }

    pub fn busy() -> Self {
        Self::new(ErrorKind::Busy, "hub.busy", "too much is waiting; try again shortly")
    }

    pub fn unavailable() -> Self {
        Self::new(
            ErrorKind::Unavailable,
            "hub.unavailable",
            "storage does not answer; nothing was stored",
        )
    }

    pub fn internal() -> Self {
        Self::new(ErrorKind::Internal, "hub.internal", "a fault of the hub; see its log")
    }
}

impl From<crate::DecodeError> for ErrorBody {
    fn from(error: crate::DecodeError) -> Self {
        match error {
            crate::DecodeError::UnknownType(_) => {
                Self::new(ErrorKind::Invalid, "hub.unknown_type", error.to_string()).field("type")
            }
            crate::DecodeError::Body { field, message } => {
                let field = field.unwrap_or_else(|| "body".to_owned());
                Self::new(ErrorKind::Invalid, "hub.invalid", message).field(field)
            }
        }
    }
}

impl std::fmt::Display for ErrorBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for ErrorBody {}
