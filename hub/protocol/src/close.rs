//! WebSocket close codes. The range says whether a client should come back:
//! 4000–4499 yes, with its stream numbers; 4500–4999 no, a person must act first.

macro_rules! close_codes {
    ($( $(#[doc = $about:tt])+ $code:ident = $number:literal $reason:literal, )*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum CloseCode { $( $(#[doc = $about])+ $code, )* }

        impl CloseCode {
            pub const ALL: &[CloseCode] = &[$(Self::$code),*];

            pub fn number(self) -> u16 {
                match self { $( Self::$code => $number, )* }
            }

            pub fn reason(self) -> &'static str {
                match self { $( Self::$code => $reason, )* }
            }

            /// What it means, for people who write clients.
            pub fn about(self) -> &'static str {
                match self { $( Self::$code => concat!($($about),+).trim_ascii(), )* }
            }
        }
    };
}

close_codes! {
    /// The node is shutting down or being drained.
    Draining = 4000 "draining",
    /// Nothing was heard for too long.
    IdleTimeout = 4001 "idle_timeout",
    /// The client did not read for too long.
    SlowReader = 4002 "slow_reader",
    /// Roles or membership of the account changed; sign-in is still valid.
    EntitlementsChanged = 4003 "entitlements_changed",
    /// A fault on the hub's side.
    Fault = 4004 "fault",
    /// The session was signed out or revoked.
    SignedOut = 4500 "signed_out",
    /// Frames kept breaking the rules.
    Abusive = 4501 "abusive",
    /// No protocol version in common.
    Version = 4502 "version",
}

impl CloseCode {
    /// Whether a client should reconnect after a close with this number.
    pub fn comes_back(number: u16) -> bool {
        !(4500..5000).contains(&number)
    }
}
