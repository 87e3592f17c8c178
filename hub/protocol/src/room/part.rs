//! What a message may hold beside its text: one part, told by its `kind`.
//! Absent on purpose: the bytes of files (`file`), and reading more strictly than events are
//! read: a part lies in the journal like them.

use crate::{AccountId, Millis, RoomId, Seq, account::Names, file::FileRef};
use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Part {
    /// Width and height in pixels, so that the place on the page is known before the bytes.
    Image {
        file: FileRef,
        width: u32,
        height: u32,
    },
    /// Recorded speech; `levels` draw its wave.
    Voice {
        file: FileRef,
        ms: u64,
        levels: Vec<u8>,
    },
    Video {
        file: FileRef,
        width: u32,
        height: u32,
        ms: u64,
    },
    Document {
        file: FileRef,
    },
    /// Degrees, WGS 84.
    Location {
        lat: f64,
        lon: f64,
        name: String,
        address: String,
    },
    /// Somebody's name card. The hub fills the names in as the card is sent, so that it can be
    /// read by who may not see the person; whatever a sender says there is replaced.
    Card {
        account: AccountId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        names: Option<Names>,
    },
    /// What the hub has read at the address. A sender names the address: whatever they say of it
    /// is replaced.
    Link {
        url: String,
        title: String,
        summary: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        image: Option<FileRef>,
    },
    /// Messages of another conversation, copied by the hub (see `SendMessage.forward`).
    Forwarded {
        title: String,
        messages: Vec<ForwardedMessage>,
    },
    /// A micro-mail: the message's text is its body.
    Mail {
        subject: String,
        attachments: Vec<FileRef>,
        /// For whom of the conversation it is; empty: for everybody in it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(test, ts(optional, as = "Option<Vec<AccountId>>"))]
        to: Vec<AccountId>,
        /// The micro-mail that this one answers.
        #[serde(skip_serializing_if = "Option::is_none")]
        answers: Option<Seq>,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct ForwardedMessage {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountId>,
    pub at: Millis,
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub part: Option<Box<Part>>,
}

/// `GET /v1/link`: what the page at an address says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct LinkCard {
    pub url: String,
    pub title: String,
    /// Empty where the page says nothing.
    pub summary: String,
}

/// Names messages to forward. The sender names them, the hub copies them: nobody can put words
/// into another's mouth, and nothing is copied that the sender may not see.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(deny_unknown_fields)]
pub struct Forward {
    /// As the reader sees it: 群名的聊天记录.
    pub title: String,
    /// In the order in which they are shown.
    pub messages: Vec<MessageRef>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(deny_unknown_fields)]
pub struct MessageRef {
    pub room: RoomId,
    pub seq: Seq,
}
