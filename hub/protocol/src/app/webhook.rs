//! Webhooks of an application: what it is told of, and how that goes.

use crate::Millis;
use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;
use utoipa::ToSchema;

/// What a webhook tells.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum WebhookTopic {
    /// What others write in the rooms that the application's account is in.
    Messages,
    /// Who has read, confirmed and done what the application has sent.
    Notices,
    /// Tasks that the application's account has a part in, when they are done.
    Tasks,
}

/// How an application's webhook is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct WebhookInfo {
    pub url: String,
    pub topics: Vec<WebhookTopic>,
    /// Events that wait to be posted.
    pub waiting: u32,
    /// Events given up since it was set.
    pub lost: u32,
    /// Set while the first of them cannot be posted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failing: Option<WebhookFailure>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct WebhookFailure {
    pub since: Millis,
    pub tries: u32,
    pub error: String,
    /// When it is tried next.
    pub again_at: Millis,
}
