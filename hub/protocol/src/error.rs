//! The one error shape of both doors, HTTP and WebSocket.
//! A `code` is stable and specific (`room.not_member`); a `kind` is one of a dozen and
//! decides HTTP status and retry. `message` is for developers: people see the text that
//! the client keeps for the code, in their language.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use ts_rs::TS;
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// The request itself is wrong; sending it again cannot help.
    Invalid,
    /// Nobody is signed in, or not any more.
    Unauthenticated,
    /// Signed in, but not entitled.
    Forbidden,
    NotFound,
    /// The state does not allow it, or the command id was used for something else.
    Conflict,
    TooLarge,
    RateLimited,
    /// A bounded queue is full right now.
    Busy,
    /// Storage or a needed service does not answer; nothing was stored.
    Unavailable,
    /// A fault of ours, in the log under the trace id.
    Internal,
}

impl ErrorKind {
    pub fn http_status(self) -> u16 {
        match self {
            Self::Invalid => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::TooLarge => 413,
            Self::RateLimited => 429,
            Self::Busy | Self::Unavailable => 503,
            Self::Internal => 500,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ErrorBody {
    /// `area.reason`, stable.
    #[ts(type = "string")]
    #[schema(value_type = String)]
    pub code: Cow<'static, str>,
    pub kind: ErrorKind,
    pub message: String,
    /// The field of the request that is wrong, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub field: Option<String>,
    /// Milliseconds to wait before sending the same command with the same id; absent: do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
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
