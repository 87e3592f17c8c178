//! Area `task`, the calendar of one person: with whom it is shared, its feed, and notes on
//! tasks that only this person sees. Its id follows from the account's.

use crate::{
    AccountId, StreamId,
    http::AccountCard,
    words::{commands, events},
};
use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;
use utoipa::ToSchema;

commands! {
    /// What its owner asks of a calendar. None needs a stream: the ack names it.
    CalendarCommand {
        /// Lets somebody see the month, but for private tasks; or no longer.
        ShareCalendar = "calendar.share" { account: AccountId, on: bool }

        /// Notes something on a task for oneself; an empty text takes the note away. What was
        /// noted before is removed for good.
        WriteNote = "calendar.write_note" { task: StreamId, text: String }

        /// Opens a feed for calendar programs at a secret address, in place of the one before.
        /// The client makes the secret, 32 random bytes in hexadecimal, and sends its SHA-256
        /// only: the hub cannot tell it to anybody.
        OpenFeed = "calendar.open_feed" { hash: String }

        /// The secret address leads nowhere any more.
        CloseFeed = "calendar.close_feed" {}
    }
}

events! {
    /// What happened to a calendar.
    CalendarEvent {
        CalendarShared = "calendar.shared" { account: AccountId, on: bool }

        NoteWritten = "calendar.note_written" { task: StreamId, text: String }

        NoteRemoved = "calendar.note_removed" { task: StreamId }

        FeedOpened = "calendar.feed_opened" {}

        FeedClosed = "calendar.feed_closed" {}
    }
}

/// `GET /v1/calendar`: with whom the reader shares, and who shares with the reader.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct CalendarShares {
    pub calendar: StreamId,
    pub with: Vec<AccountCard>,
    pub from: Vec<AccountCard>,
    /// Whether a feed is open.
    pub feed: bool,
}
