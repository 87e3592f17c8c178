//! Area `notice`: to-dos and announcements to many at once, with proof for each person.

use crate::{
    AccountId, Day, Millis, Role, RoomId, StreamId, UnitId,
    plan::PlanPart,
    words::{commands, events, signals},
};
use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// 我的待办: has to be done.
    Todo,
    /// 通知公告: has to be known.
    Announcement,
}

impl NoticeKind {
    pub const ALL: [Self; 2] = [Self::Todo, Self::Announcement];

    /// What `account.set_conversation` calls the row of all notices of this kind. A number of no
    /// room: random ids have other bits set.
    pub fn row(self) -> RoomId {
        RoomId(Uuid::from_u128(match self {
            Self::Todo => 0x8000_8000_0000_0000_0003,
            Self::Announcement => 0x8000_8000_0000_0000_0004,
        }))
    }
}

/// To whom. Looked up when it is sent: who comes later is not addressed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Target {
    /// The whole organisation.
    All {},
    /// Units and all that stands below them.
    Units {
        units: Vec<UnitId>,
    },
    /// Whoever holds one of these roles for the unit or for one below it.
    Roles {
        roles: Vec<Role>,
        unit: UnitId,
    },
    /// The members of rooms.
    Rooms {
        rooms: Vec<RoomId>,
    },
    People {
        accounts: Vec<AccountId>,
    },
}

/// What the hub itself reminds of. The reader's program puts it into the reader's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum Reminder {
    /// A task begins; its name is the title.
    Task { task: StreamId, on: Day, starts_at: Millis },
    /// A week's plan waits to be reviewed.
    Review { plan: StreamId, account: AccountId, week: Day, part: PlanPart },
}

impl Default for Target {
    fn default() -> Self {
        Self::All {}
    }
}

commands! {
    /// What may be asked of a notice.
    NoticeCommand {
        /// Sends it, under an id that the client made.
        SendNotice = "notice.send" {
            kind: NoticeKind,
            title: String,
            #[serde(default, skip_serializing_if = "String::is_empty")]
            #[cfg_attr(test, ts(optional, as = "Option<String>"))]
            text: String,
            target: Target,
            /// Where it is dealt with: a path of this hub, or an https address.
            #[serde(skip_serializing_if = "Option::is_none")]
            link: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            due_at: Option<Millis>,
            /// Whether each person has to confirm it.
            #[serde(default, skip_serializing_if = "std::ops::Not::not")]
            #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
            confirm: bool,
        }

        /// Takes it back: its text is removed for good.
        WithdrawNotice = "notice.withdraw" {}

        /// The sender has seen it.
        ReadNotice = "notice.read" {}

        /// The sender confirms it.
        ConfirmReceipt = "notice.confirm" {}

        /// The sender has done what it asks.
        FinishNotice = "notice.finish" {}

        /// Who sent it says that these have done it: an application writes back.
        FinishNoticeFor = "notice.finish_for" { accounts: Vec<AccountId> }
    }
}

events! {
    /// What happened to a notice. Who did it is the event's sender.
    NoticeEvent {
        NoticeSent = "notice.sent" {
            kind: NoticeKind,
            target: Target,
            #[serde(skip_serializing_if = "Option::is_none")]
            due_at: Option<Millis>,
            confirm: bool,
        }

        /// What it says; redacted once it is withdrawn.
        NoticeWritten = "notice.written" {
            title: String,
            text: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            link: Option<String>,
            /// The hub wrote it.
            #[serde(skip_serializing_if = "Option::is_none")]
            reminder: Option<Reminder>,
        }

        /// A page of those whom it addresses: the proof of delivery.
        NoticeAddressed = "notice.addressed" {
            accounts: Vec<AccountId>,
            /// No more pages follow.
            last: bool,
        }

        NoticeWithdrawn = "notice.withdrawn" {}

        NoticeRead = "notice.was_read" {}

        ReceiptConfirmed = "notice.confirmed" {}

        NoticeFinished = "notice.finished" { accounts: Vec<AccountId> }
    }
}

signals! {
    /// What each recipient is told at once; the list says it again to who was away.
    NoticeSignal {
        /// The list of notices is another than before: one came, or was read elsewhere.
        NoticeNews = "notice.news" {}
    }
}

/// `GET /v1/notices`: a notice as one recipient has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct NoticeItem {
    pub notice: StreamId,
    pub kind: NoticeKind,
    pub title: String,
    pub text: String,
    pub by: AccountId,
    pub sent_at: Millis,
    /// The hub wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reminder: Option<Reminder>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Millis>,
    pub confirm: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_at: Option<Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done_at: Option<Millis>,
}

/// `GET /v1/notices/unread`: the badges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct NoticeBadges {
    pub todos: u32,
    pub announcements: u32,
}

/// `GET /v1/notices/rows`: all notices of one kind as one row among the conversations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct NoticeRow {
    pub kind: NoticeKind,
    /// What `account.set_conversation` calls it.
    pub row: RoomId,
    /// Of the newest one.
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reminder: Option<Reminder>,
    pub sent_at: Millis,
    pub unread: u32,
    pub pinned: bool,
    pub muted: bool,
    /// Out of the list: nothing has come since the person hid it.
    pub hidden: bool,
}

/// `GET /v1/notices/sent` and `GET /v1/notices/{notice}/proof`: how far it has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct NoticeCounts {
    pub notice: StreamId,
    pub kind: NoticeKind,
    pub title: String,
    pub sent_at: Millis,
    /// Whether everybody has been addressed.
    pub complete: bool,
    pub withdrawn: bool,
    pub addressed: u32,
    pub read: u32,
    pub confirmed: u32,
    pub done: u32,
}

/// `GET /v1/notices/{notice}/proof`: one person's part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct NoticeProof {
    pub account: AccountId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_at: Option<Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done_at: Option<Millis>,
}
