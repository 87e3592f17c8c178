//! What a service keeps: answers at hand, and under what sign its agents write.

use crate::AccountId;
use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;
use utoipa::ToSchema;

/// Something an agent says so often that it is kept at hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(deny_unknown_fields)]
pub struct CannedAnswer {
    pub title: String,
    pub text: String,
}

/// Under what sign askers meet the agents of a service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum AgentShown {
    #[default]
    Name,
    /// The number alone; an agent without one is simply the service.
    Number,
    Both,
}

/// An agent's number (工号).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(deny_unknown_fields)]
pub struct AgentNumber {
    pub account: AccountId,
    pub number: String,
}

/// How the agents of a service are shown, and their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(deny_unknown_fields)]
pub struct AgentSigns {
    pub shown: AgentShown,
    pub numbers: Vec<AgentNumber>,
}
