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
    /// Readers of one whisper.
    WHISPER_MAX: usize = 50;
    /// Messages forwarded as one.
    FORWARD_MAX: usize = 100;
    /// Attachments of one micro-mail.
    ATTACHMENTS_MAX: usize = 20;
    /// Micro-mails that one person has begun.
    MAIL_DRAFTS_MAX: usize = 100;
    /// Characters of a title: of a link, a micro-mail, a forwarded conversation.
    TITLE_CHARS_MAX: usize = 200;
    /// Milliseconds of one voice message.
    VOICE_MS_MAX: u64 = 10 * 60 * 1000;
    /// Bars of a voice message's wave.
    LEVELS_MAX: usize = 256;
    /// Milliseconds that a burning message may be read: from one second to a day.
    BURN_MS_MAX: u64 = 24 * 60 * 60 * 1000;
    /// Members of a group up to which everybody in it may mention all.
    MENTION_ALL_MEMBERS_MAX: usize = 100;
    /// Messages pinned in one room.
    PINS_MAX: usize = 50;
    /// People added to a room by one command.
    MEMBERS_PER_COMMAND_MAX: usize = 500;
    /// Characters of a group's notice.
    NOTICE_CHARS_MAX: usize = 2_000;
    /// Invites of one room that are good at the same time.
    INVITES_MAX: usize = 20;
    /// Incoming webhooks of one room that are good at the same time.
    HOOKS_MAX: usize = 20;
    /// People who wait at one room's door.
    REQUESTS_MAX: usize = 500;
    /// Members of one room who are kept from writing.
    MUTED_MAX: usize = 1_000;
    /// People of one face-to-face round.
    MEETING_MAX: usize = 200;
    /// Urgent messages of one room that somebody has not acknowledged.
    URGENT_MAX: usize = 20;
    /// Canned answers of one desk.
    ANSWERS_MAX: usize = 100;
    /// Characters of a canned answer.
    ANSWER_CHARS_MAX: usize = 1_000;
    /// Characters of an agent's number.
    AGENT_NUMBER_CHARS_MAX: usize = 20;
    /// Conversations that one person may pin.
    CONVERSATION_PINS_MAX: usize = 100;
    /// Fields of its own that an organisation keeps of its people.
    PROFILE_FIELDS_MAX: usize = 30;
    /// Characters of what is filled into one.
    FIELD_CHARS_MAX: usize = 200;
    /// Devices of one account that are pushed to.
    PUSH_DEVICES_MAX: usize = 10;
    /// Rules of who may talk to whom.
    CONTACT_RULES_MAX: usize = 1_000;
    /// Characters of a line with which somebody asks to be talked to.
    CONTACT_TEXT_CHARS_MAX: usize = 200;
    /// People whose names are asked for at once.
    PEOPLE_PER_REQUEST_MAX: usize = 200;
    /// Characters of a password; the lower bound is policy and lives in `domain::account`.
    PASSWORD_CHARS_MAX: usize = 128;
}
