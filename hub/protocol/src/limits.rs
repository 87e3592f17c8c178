//! Bounds that both sides of the wire must know. Server-side bounds that an operator may
//! change are configuration; these are part of the protocol.

/// A frame from a client, bytes. A message of 10,000 Chinese characters is 30 KB.
pub const FRAME_BYTES_MAX: usize = 64 * 1024;
/// Characters in one text message (what DingTalk and Feishu allow is of this order).
pub const MESSAGE_CHARS_MAX: usize = 10_000;
/// Characters in a room's or a unit's name.
pub const NAME_CHARS_MAX: usize = 64;
/// Streams named in one `watch` frame.
pub const WATCHES_PER_FRAME_MAX: usize = 500;
/// Streams one session may watch at once.
pub const WATCHES_MAX: usize = 2_000;
/// Accounts whose presence one session may observe: what fits on a screen, with room.
pub const OBSERVED_MAX: usize = 200;
/// Events in one page of history.
pub const PAGE_MAX: usize = 200;
/// Events replayed to one watcher before it is told to start nearer the head.
pub const CATCH_UP_MAX: u64 = 2_000;
/// Mentions in one message.
pub const MENTIONS_MAX: usize = 50;
/// People added to a room by one command.
pub const MEMBERS_PER_COMMAND_MAX: usize = 500;
/// Characters of a password; the lower bound is policy and lives in `domain::account`.
pub const PASSWORD_CHARS_MAX: usize = 128;
