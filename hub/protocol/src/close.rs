//! WebSocket close codes. The range says whether a client should come back:
//! 4000–4499 yes, with its stream numbers; 4500–4999 no, a person must act first.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseCode {
    /// The node is shutting down or being drained.
    Draining,
    /// Nothing was heard for too long.
    IdleTimeout,
    /// The client did not read for too long.
    SlowReader,
    /// Roles or membership of the account changed; sign-in is still valid.
    EntitlementsChanged,
    /// A fault on the server's side.
    Fault,
    /// The session was signed out or revoked.
    SignedOut,
    /// Frames kept breaking the rules.
    Abusive,
    /// No protocol version in common.
    Version,
}

impl CloseCode {
    pub fn number(self) -> u16 {
        match self {
            Self::Draining => 4000,
            Self::IdleTimeout => 4001,
            Self::SlowReader => 4002,
            Self::EntitlementsChanged => 4003,
            Self::Fault => 4004,
            Self::SignedOut => 4500,
            Self::Abusive => 4501,
            Self::Version => 4502,
        }
    }

    pub fn reason(self) -> &'static str {
        match self {
            Self::Draining => "draining",
            Self::IdleTimeout => "idle_timeout",
            Self::SlowReader => "slow_reader",
            Self::EntitlementsChanged => "entitlements_changed",
            Self::Fault => "fault",
            Self::SignedOut => "signed_out",
            Self::Abusive => "abusive",
            Self::Version => "version",
        }
    }

    /// Whether a client should reconnect after a close with this number.
    pub fn comes_back(number: u16) -> bool {
        !(4500..5000).contains(&number)
    }
}
