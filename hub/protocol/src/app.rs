//! Area `app`: programs that act through the same commands as people do, as an account of
//! their own (a bot), within scopes; that stand in the app square and sign people in; and that
//! are told by webhook of what happens where their account is.

mod square;
mod webhook;

pub use square::{AppFace, AppIcon, SignInRefusal, SquareApp};
pub use webhook::{WebhookFailure, WebhookInfo, WebhookTopic};

use crate::{
    AccountId, Millis, StreamId,
    notice::Target,
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
    /// Signing people in.
    SignIn,
}

impl Scope {
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Tasks => "tasks",
            Self::Notices => "notices",
            Self::Messages => "messages",
            Self::SignIn => "sign_in",
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

        /// Replaces what is given, keeps the rest.
        #[derive(Default)]
        ChangeApp = "app.change" {
            #[serde(skip_serializing_if = "Option::is_none")]
            name: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            summary: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            icon: Option<AppIcon>,
            /// Where it begins; an empty text: it has no page.
            #[serde(skip_serializing_if = "Option::is_none")]
            url: Option<String>,
            /// The smaller, the further to the front of the square.
            #[serde(skip_serializing_if = "Option::is_none")]
            order: Option<u32>,
            /// Who may open it.
            #[serde(skip_serializing_if = "Option::is_none")]
            target: Option<Target>,
            /// Whether it stands in the square.
            #[serde(skip_serializing_if = "Option::is_none")]
            shown: Option<bool>,
            /// Where somebody who signs in may be sent back to: compared letter by letter.
            #[serde(skip_serializing_if = "Option::is_none")]
            redirects: Option<Vec<String>>,
        }

        /// Has events posted to this address from here on. The ack's result holds `{secret}`,
        /// with which they are signed; it is told once, and another one each time.
        SetWebhook = "app.set_webhook" { url: String, topics: Vec<WebhookTopic> }

        /// Nothing is posted any more; what waits is forgotten.
        ClearWebhook = "app.clear_webhook" {}
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

        /// All of it as it is from here on.
        #[derive(Default)]
        AppChanged = "app.changed" {
            name: String,
            summary: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            icon: Option<AppIcon>,
            url: String,
            order: u32,
            target: Target,
            shown: bool,
            redirects: Vec<String>,
        }

        /// Somebody opens it: a code that its own server changes for who it is.
        CodeIssued = "app.code_issued" {
            /// SHA-256 of the code, in hex.
            code_hash: String,
            account: AccountId,
            redirect: String,
            /// `code_challenge` of PKCE, method S256.
            #[serde(skip_serializing_if = "Option::is_none")]
            challenge: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            nonce: Option<String>,
            expires_at: Millis,
        }

        /// The code was changed: the application knows who that is.
        PersonSignedIn = "app.signed_in" { code_hash: String, account: AccountId }

        /// Somebody was not signed in, or a code not changed. Of what anybody may try the first
        /// in a minute.
        PersonRefused = "app.sign_in_refused" {
            reason: SignInRefusal,
            #[serde(skip_serializing_if = "Option::is_none")]
            account: Option<AccountId>,
        }

        WebhookSet = "app.webhook_set" { url: String, topics: Vec<WebhookTopic> }

        WebhookCleared = "app.webhook_cleared" {}

        /// Its address has not taken an event for a long time, in spite of many tries.
        WebhookFailing = "app.webhook_failing" {
            since: Millis,
            /// Why, in words, without the address.
            error: String,
        }

        /// Its address takes events again.
        WebhookWorks = "app.webhook_works" {}
    }
}

/// `GET /v1/apps`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct AppInfo {
    pub app: StreamId,
    pub name: String,
    pub account: AccountId,
    pub tokens: Vec<TokenInfo>,
    pub summary: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<AppIcon>,
    pub url: String,
    pub order: u32,
    pub target: Target,
    pub shown: bool,
    pub redirects: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook: Option<WebhookInfo>,
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
