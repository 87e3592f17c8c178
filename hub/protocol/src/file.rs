//! Files: what messages, tasks and drives name them by, and the words of uploading.
//! Invariant: a reference opens nothing by itself. Whoever may see the event (or the place in a
//! drive) that holds it may read the file, and nobody else; so it may stand in any event. The hub
//! finds references by their field `blob`, wherever in an event they stand: no other field may
//! bear that name. Absent on purpose: the bytes, which travel over HTTP alone.

use crate::{Millis, ids::BlobId, ids::UploadId};
use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;
use utoipa::ToSchema;

/// A stored file under the name that whoever attached it gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct FileRef {
    pub blob: BlobId,
    /// As the hub cleaned it: no path, no control or direction characters.
    pub name: String,
    pub bytes: u64,
    /// The media type that the content has, whatever the sender called it.
    #[serde(rename = "type")]
    pub media_type: String,
}

/// `POST /v1/uploads`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(deny_unknown_fields)]
pub struct BeginUpload {
    pub name: String,
    /// The exact size.
    pub bytes: u64,
}

/// An upload under way: bytes go to `PATCH /v1/uploads/{upload}` from `offset` on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct UploadState {
    pub upload: UploadId,
    /// As cleaned.
    pub name: String,
    pub bytes: u64,
    /// How much is kept. Always whole pieces of `piece_bytes`, but at the end of the file: what
    /// came after the last whole one is sent again.
    pub offset: u64,
    pub piece_bytes: u64,
    /// Unfinished, it is forgotten then.
    pub expires_at: Millis,
    /// Once finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<FileRef>,
}

/// `POST /v1/uploads/{upload}/finish`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
#[serde(deny_unknown_fields)]
pub struct FinishUpload {
    /// In hex: what the sender has computed of the whole file, to be held against what arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}
