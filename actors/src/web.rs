//! What the hub asks of other machines: the port that an HTTP client is behind. Invariants: how
//! far a request may reach is said by whoever makes it, and what a person typed reaches the
//! public internet only; an answer is cut at its bound, never held whole beyond it.

use async_trait::async_trait;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebMethod {
    Get,
    Post,
}

/// How far a request may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Addresses of the public internet only, each redirect as well: the address came from a
    /// person, or from the world.
    Public,
    /// An address that an operator has set. Redirects are not followed.
    Trusted,
}

#[derive(Clone, Debug)]
pub struct WebRequest {
    pub method: WebMethod,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub reach: Reach,
    /// More of an answer is not read.
    pub bytes_max: usize,
}

#[derive(Clone, Debug)]
pub struct WebResponse {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Where it came from, after redirects.
    pub url: String,
}

impl WebResponse {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Why nothing came back. Neither holds the address: it may carry a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WebError {
    /// Not ours to fetch: a private address, another scheme.
    Refused(String),
    Failed(String),
}

impl std::fmt::Display for WebError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(why) | Self::Failed(why) => f.write_str(why),
        }
    }
}

/// An implementation gives up by itself: a machine that is silent must not hold others up.
#[async_trait]
pub trait Web: Send + Sync + 'static {
    async fn send(&self, request: WebRequest) -> Result<WebResponse, WebError>;
}
