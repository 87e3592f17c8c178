//! What can go wrong for a caller of this crate. Interruptions are not here: the client
//! resumes by itself and says so in its state.

use protocol::ErrorBody;

#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The hub refused; its code says why.
    #[error("{0}")]
    Refused(ErrorBody),
    /// The address cannot be used.
    #[error("{url}: {reason}")]
    Url { url: String, reason: String },
    /// The given authority cannot be used.
    #[error("this is no authority's certificate: {0}")]
    Certificate(String),
    /// The hub could not be reached or did not speak its protocol.
    #[error("the hub does not answer: {0}")]
    Unreachable(String),
    /// What was to be sent cannot be read.
    #[error("the file cannot be read: {0}")]
    Source(String),
    /// The session is over: signed out, or refused for good (the WebSocket close code).
    #[error("the session has ended ({0})")]
    Ended(u16),
}

impl ClientError {
    /// The stable code of a refusal.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused(error) => Some(&error.code),
            _ => None,
        }
    }
}
