//! Area `organisation`: what holds for everybody on this hub, set by operators: the fields of
//! its own that the organisation keeps of its people, and the watermark. One stream, which
//! everybody who is signed in may watch, so that a change is in force everywhere at once.

use crate::{
    EntityKind, StreamId,
    account::Names,
    words::{commands, events},
};
use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;
use utoipa::ToSchema;
use uuid::Uuid;

/// The one stream. A number of nobody else: random ids have other bits set.
pub fn organisation_stream() -> StreamId {
    StreamId::new(EntityKind::Organisation, Uuid::from_u128(0x8000_8000_0000_0000_0001))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    Text,
    Number,
    /// A day, written 2026-11-24.
    Date,
    /// One of `choices`.
    Choice,
    Phone,
}

/// A field that the organisation keeps of its people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
#[serde(deny_unknown_fields)]
pub struct ProfileField {
    /// Letters, digits and `_`; what values are kept under.
    pub field: String,
    pub names: Names,
    pub kind: FieldKind,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<String>>"))]
    pub choices: Vec<String>,
    /// Whether people fill it in themselves; else who manages them does.
    pub own: bool,
    /// Whether colleagues see it on the card.
    pub shown: bool,
}

/// What lies over pages that show people and what they wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(deny_unknown_fields)]
pub struct Watermark {
    /// Name and last digits of the telephone, for eyes.
    pub visible: bool,
    /// A pattern that `hub watermark read` finds in a picture of the screen.
    pub hidden: bool,
}

impl Default for Watermark {
    fn default() -> Self {
        Self { visible: true, hidden: true }
    }
}

/// `GET /v1/organisation`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct OrganisationInfo {
    pub stream: StreamId,
    /// The number to watch from.
    pub head: crate::Seq,
    pub fields: Vec<ProfileField>,
    pub watermark: Watermark,
}

commands! {
    /// What operators may ask of the organisation. The hub knows its stream.
    OrganisationCommand {
        /// All fields, in the order in which they are shown. What people had filled into one
        /// that is gone is shown no more.
        SetProfileFields = "organisation.set_profile_fields" { fields: Vec<ProfileField> }

        SetWatermark = "organisation.set_watermark" { watermark: Watermark }
    }
}

events! {
    OrganisationEvent {
        ProfileFieldsSet = "organisation.profile_fields_set" { fields: Vec<ProfileField> }

        WatermarkSet = "organisation.watermark_set" { watermark: Watermark }
    }
}
