//! Answers of `GET /v1/search`: what a person may see, found by what they typed.
//! Absent on purpose: offsets into texts (a snippet comes in pieces) and scores (the newest
//! comes first).

use crate::{
    AccountId, Millis, Seq, StreamId, http::AccountCard, notice::NoticeKind, room::RoomKind,
};
use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;
use utoipa::ToSchema;

/// What can be searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum SearchKind {
    Message,
    File,
    Mail,
    Task,
    Notice,
    Person,
    Room,
    App,
}

impl SearchKind {
    pub const ALL: &[SearchKind] = &[
        Self::Message,
        Self::File,
        Self::Mail,
        Self::Task,
        Self::Notice,
        Self::Person,
        Self::Room,
        Self::App,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::File => "file",
            Self::Mail => "mail",
            Self::Task => "task",
            Self::Notice => "notice",
            Self::Person => "person",
            Self::Room => "room",
            Self::App => "app",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

/// What an event was found as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum HitKind {
    Message,
    File,
    Mail,
}

/// `GET /v1/search`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct SearchAnswer {
    /// People who fit, best first: on the first page only. `GET /v1/people` has them all.
    pub people: Vec<AccountCard>,
    /// Conversations of the caller whose names fit: on the first page only.
    pub rooms: Vec<FoundRoom>,
    /// Tasks that the caller has a part in: on the first page only.
    pub tasks: Vec<FoundTask>,
    /// To-dos and announcements that the caller was sent, or has sent: on the first page only.
    pub notices: Vec<FoundNotice>,
    /// What lies in the caller's spaces of the drive: on the first page only. Files that were
    /// sent are hits.
    pub files: Vec<FoundFile>,
    /// Applications that the caller may open: on the first page only.
    pub apps: Vec<FoundApp>,
    /// What was said and sent, the newest first.
    pub hits: Vec<Hit>,
    /// Who caused the hits.
    pub authors: Vec<AccountCard>,
    /// Where the hits stand.
    pub places: Vec<FoundRoom>,
    /// Passed back as `cursor` for the following page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct Hit {
    pub kind: HitKind,
    pub stream: StreamId,
    pub seq: Seq,
    pub at: Millis,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountId>,
    /// The text around what was found, on one line.
    pub snippet: Vec<SnippetPiece>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct SnippetPiece {
    pub text: String,
    /// Whether this is what was asked for.
    pub mark: bool,
}

/// A conversation as a search shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct FoundRoom {
    pub stream: StreamId,
    pub kind: RoomKind,
    pub name: String,
    /// The other person of a direct room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer: Option<AccountCard>,
}

/// A task, found by its title or its note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct FoundTask {
    pub task: StreamId,
    pub title: String,
    pub starts_at: Millis,
    pub ends_at: Millis,
    pub done: bool,
}

/// A to-do or an announcement, found by its title or its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct FoundNotice {
    pub notice: StreamId,
    pub kind: NoticeKind,
    pub title: String,
    pub sent_at: Millis,
    /// Whether it was sent to the caller; otherwise the caller has sent it to others.
    pub received: bool,
    /// The caller has done what it asks.
    pub done: bool,
}

/// A file or a folder of the drive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct FoundFile {
    pub space: StreamId,
    pub node: Seq,
    pub folder: bool,
    pub name: String,
    /// The name of a shared space; empty: one's own.
    pub place: String,
    /// The folders that it lies in, from the top down.
    pub path: Vec<FoundStep>,
    pub changed_at: Millis,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct FoundStep {
    pub node: Seq,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct FoundApp {
    pub app: StreamId,
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::SearchKind;

    #[test]
    fn every_kind_is_read_as_it_is_written() {
        for kind in SearchKind::ALL {
            assert_eq!(SearchKind::from_name(kind.name()), Some(*kind));
            assert_eq!(serde_json::json!(kind), kind.name());
        }
        assert_eq!(SearchKind::from_name("secret"), None);
    }
}
