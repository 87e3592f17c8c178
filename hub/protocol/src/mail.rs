//! Micro-mail over HTTP: boxes over all conversations of a person, and what they have begun to
//! write. Absent on purpose: the mail itself. It is a message of its room (`room::Part::Mail`);
//! what is kept of it per person is that it was opened.

use crate::{
    AccountId, EventFrame, Millis, RoomId, Seq, file::FileRef, http::AccountCard, search::FoundRoom,
};
use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;
use utoipa::ToSchema;

/// What of the caller's mails is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum MailBox {
    /// Sent by others while the caller was in the conversation, and to the caller.
    Received,
    Sent,
    /// Received and not opened.
    Unread,
    Drafts,
}

impl MailBox {
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "received" => Some(Self::Received),
            "sent" => Some(Self::Sent),
            "unread" => Some(Self::Unread),
            "drafts" => Some(Self::Drafts),
            _ => None,
        }
    }
}

/// A micro-mail as far as it is written: nothing of it need be there yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
#[serde(deny_unknown_fields)]
pub struct MailDraft {
    pub room: RoomId,
    pub subject: String,
    pub text: String,
    /// Empty: everybody in the conversation.
    #[serde(default)]
    pub to: Vec<AccountId>,
    #[serde(default)]
    pub attachments: Vec<FileRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<Seq>,
}

/// `GET /v1/mails`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct MailPage {
    /// The latest first.
    pub mails: Vec<MailItem>,
    /// Of the box of drafts; the one changed last first.
    pub drafts: Vec<KeptDraft>,
    /// Who sent them, and to whom.
    pub people: Vec<AccountCard>,
    /// The conversations that they are in.
    pub places: Vec<FoundRoom>,
    /// How many the caller has not opened, of the room that was asked for or of all.
    pub unread: u64,
    /// When the latest received one was sent: as far as all may be marked as read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latest: Option<Millis>,
    /// Passed back as `cursor` for the following page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct MailItem {
    /// As it was sent.
    pub event: EventFrame,
    /// What its body says now, where it was edited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited: Option<String>,
    pub unread: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct KeptDraft {
    pub draft: uuid::Uuid,
    /// The event of the caller's own stream that holds it, and its attachments.
    pub seq: Seq,
    pub at: Millis,
    pub mail: MailDraft,
}
