//! Area `app`: programs that act through the same commands as people do, as an account of
//! their own (a bot), within scopes.

use crate::{
    AccountId, Millis, StreamId,
    words::{commands, events},
};
use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;
use utoipa::ToSchema;
use uuid::Uuid;

/// What a token opens. Nothing opens accounts, units and applications to a program.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Lists and streams, as far as the account may see them.
    Read,
    /// Commands about tasks.
    Tasks,
    /// Commands about to-dos and announcements.
    Notices,
    /// Commands about rooms.
    Messages,
}

impl Scope {
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Tasks => "tasks",
            Self::Notices => "notices",
            Self::Messages => "messages",
        }
    }
}

commands! {
    /// What may be asked of an application.
    AppCommand {
        /// Registers a program under an id that the client made. It acts as `account`, which
        /// holds the roles and is a member of rooms like any other.
        CreateApp = "app.create" { name: String, account: AccountId }

        /// Gives out a token. The program that will use it makes it, `app_` and 32 random bytes
        /// in hexadecimal, and sends its SHA-256 only: the hub cannot show it to anybody.
        IssueToken = "app.issue_token" {
            token: Uuid,
            label: String,
            scopes: Vec<Scope>,
            hash: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            expires_at: Option<Millis>,
        }

        /// The token opens nothing any more.
        RevokeToken = "app.revoke_token" { token: Uuid }
    }
}

events! {
    /// What happened to an application.
    AppEvent {
        AppCreated = "app.created" { name: String, account: AccountId }

        TokenIssued = "app.token_issued" {
            token: Uuid,
            label: String,
            scopes: Vec<Scope>,
            #[serde(skip_serializing_if = "Option::is_none")]
            expires_at: Option<Millis>,
        }

        TokenRevoked = "app.token_revoked" { token: Uuid }

        /// It was used, for the first time in an hour.
        TokenUsed = "app.token_used" { token: Uuid }

        /// It asked for what its scopes do not hold, for the first time in a minute.
        ScopeMissing = "app.scope_missing" { token: Uuid, scope: Scope, asked: String }
    }
}

/// `GET /v1/apps`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct AppInfo {
    pub app: StreamId,
    pub name: String,
    pub account: AccountId,
    pub tokens: Vec<TokenInfo>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct TokenInfo {
    pub token: Uuid,
    pub label: String,
    pub scopes: Vec<Scope>,
    pub issued_at: Millis,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Millis>,
    /// To the hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_at: Option<Millis>,
}
