//! Bounds that both sides of the wire must know. Server-side bounds that an operator may
//! change are configuration; these are part of the protocol.

macro_rules! limits {
    ($( $(#[doc = $about:tt])+ $name:ident: $of:ty = $value:expr; )*) => {
        $( $(#[doc = $about])+ pub const $name: $of = $value; )*

        /// Every bound: its name, its value and what it bounds.
        pub const ALL: &[(&str, u64, &str)] =
            &[$( (stringify!($name), $name as u64, concat!($($about),+).trim_ascii()) ),*];
    };
}

limits! {
    /// A frame from a client, bytes. A message of 10,000 Chinese characters is 30 KB.
    FRAME_BYTES_MAX: usize = 64 * 1024;
    /// Characters in one text message (what DingTalk and Feishu allow is of this order).
    MESSAGE_CHARS_MAX: usize = 10_000;
    /// Characters in a room's or a unit's name.
    NAME_CHARS_MAX: usize = 64;
    /// Streams named in one `watch` frame.
    WATCHES_PER_FRAME_MAX: usize = 500;
    /// Streams one session may watch at once.
    WATCHES_MAX: usize = 2_000;
    /// Accounts whose presence one session may observe: what fits on a screen, with room.
    OBSERVED_MAX: usize = 200;
    /// Events in one page of history.
    PAGE_MAX: usize = 200;
    /// Events replayed to one watcher before it is told to start nearer the head.
    CATCH_UP_MAX: u64 = 2_000;
    /// Mentions in one message.
    MENTIONS_MAX: usize = 50;
    /// People added to a room by one command.
    MEMBERS_PER_COMMAND_MAX: usize = 500;
    /// Characters of a password; the lower bound is policy and lives in `domain::account`.
    PASSWORD_CHARS_MAX: usize = 128;
}
