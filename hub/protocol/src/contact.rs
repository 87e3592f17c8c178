//! Area `contact`: who may talk to whom. Three levels between any two people, rules that
//! operators set, permissions that one gives the other for a time, and people whom somebody has
//! blocked for themself. All of it holds in both directions.

use crate::{
    AccountId, EntityKind, Millis, Role, Seq, StreamId, UnitId,
    http::AccountCard,
    words::{commands, events},
};
use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;
use utoipa::ToSchema;
use uuid::Uuid;

/// The one stream of all rules. A number of nobody else: random ids have other bits set.
pub fn contact_rules_stream() -> StreamId {
    StreamId::new(EntityKind::ContactRules, Uuid::from_u128(0x8000_8000_0000_0000_0002))
}

/// From the mildest to the strictest.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum ContactLevel {
    /// 白名单: at any time.
    #[default]
    White,
    /// 灰名单: for a time, once the other has agreed.
    Grey,
    /// 黑名单: not.
    Black,
}

/// One of the two sides that a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "who", rename_all = "snake_case", deny_unknown_fields)]
pub enum ContactSide {
    Everyone {},
    /// Whoever holds this role, wherever.
    Role {
        role: Role,
    },
    /// Whoever works in this unit or below it.
    Unit {
        unit: UnitId,
    },
    Person {
        account: AccountId,
    },
}

/// Between whoever is on the one side and whoever is on the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(deny_unknown_fields)]
pub struct ContactRule {
    /// Made by the client; the same again replaces the rule.
    pub rule: Uuid,
    pub one: ContactSide,
    pub other: ContactSide,
    pub level: ContactLevel,
}

/// What has changed between two people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum ContactMove {
    Asked,
    Accepted,
    Refused,
    Ended,
    /// Told to whoever did it, and to nobody else.
    Blocked,
    Unblocked,
}

/// What the caller and somebody else may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum ContactState {
    /// Talk at any time.
    Open,
    /// Talk until a time.
    Granted,
    /// Ask for permission.
    Ask,
    /// The caller has asked.
    Asked,
    /// The other has asked, and waits for an answer.
    Asking,
    /// The caller has blocked the other.
    Blocked,
    /// Nothing.
    Closed,
}

/// `GET /v1/contacts/{account}`, and a line of `GET /v1/contacts`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct ContactInfo {
    pub card: AccountCard,
    pub state: ContactState,
    /// When the permission ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Millis>,
    /// What was written with the request that waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// `GET /v1/contact-rules`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct ContactRules {
    pub stream: StreamId,
    /// The number to watch from.
    pub head: Seq,
    pub rules: Vec<ContactRule>,
    /// How long a permission lasts.
    pub grant_seconds: u32,
    /// Whom the rules name.
    pub people: Vec<AccountCard>,
}

commands! {
    /// What may be asked of two people's terms. The hub knows their stream from the two.
    ContactCommand {
        /// Asks the other for permission to talk for a time.
        AskContact = "contact.ask" { peer: AccountId, text: String }

        /// Answers what the other has asked.
        AnswerContact = "contact.answer" { peer: AccountId, yes: bool }

        /// Ends a permission before its time, or takes back one's request.
        EndContact = "contact.end" { peer: AccountId }

        /// Neither writes to the other while one of them has blocked the other.
        BlockContact = "contact.block" { peer: AccountId, on: bool }
    }
}

events! {
    ContactEvent {
        ContactAsked = "contact.asked" { asker: AccountId, peer: AccountId, text: String }

        ContactAccepted = "contact.accepted" { asker: AccountId, peer: AccountId, until: Millis }

        ContactRefused = "contact.refused" { asker: AccountId, peer: AccountId }

        /// A permission is over, or a request was taken back.
        ContactEnded = "contact.ended" {}

        ContactBlocked = "contact.blocked" { account: AccountId, peer: AccountId }

        ContactUnblocked = "contact.unblocked" { account: AccountId, peer: AccountId }
    }
}

commands! {
    /// What operators may ask of the rules. The hub knows their stream.
    ContactRulesCommand {
        SetContactRule = "contact_rules.set" { rule: ContactRule }

        RemoveContactRule = "contact_rules.remove" { rule: Uuid }

        /// How long permissions last that are given from now on.
        SetContactGrant = "contact_rules.set_grant" { grant_seconds: u32 }
    }
}

events! {
    ContactRulesEvent {
        ContactRuleSet = "contact_rules.was_set" { rule: ContactRule }

        ContactRuleRemoved = "contact_rules.removed" { rule: Uuid }

        ContactGrantSet = "contact_rules.grant_set" { grant_seconds: u32 }
    }
}
