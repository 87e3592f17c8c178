//! Area `account`: people, their sign-in and their roles. Passwords and second-factor
//! secrets travel in commands and never appear in events.

use crate::{AccountId, Grant, Millis, Role, SessionId, StreamId, UnitId, UnitPath, area::words};
use serde::{Deserialize, Serialize};
use std::fmt;
use ts_rs::TS;
use utoipa::ToSchema;

/// Text that must not reach a log: prints as dots.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(transparent)]
#[ts(type = "string")]
pub struct Secret(pub String);

crate::ids::text_schema!(
    Secret,
    Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::Password))
);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A person's names: Chinese first, Uyghur and English where known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Names {
    pub zh: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub ug: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub en: Option<String>,
}

words! {
    /// What may be asked of an account.
    AccountCommand {
        CreateAccount = "account.create",
        UpdateProfile = "account.update_profile",
        ChangePassword = "account.change_password",
        ResetPassword = "account.reset_password",
        GrantRole = "account.grant_role",
        RevokeRole = "account.revoke_role",
        DisableAccount = "account.disable",
        EnableAccount = "account.enable",
        SignOut = "account.sign_out",
        SignOutEverywhere = "account.sign_out_everywhere",
        EnrolTotp = "account.enrol_totp",
        ConfirmTotp = "account.confirm_totp",
        RemoveTotp = "account.remove_totp",
    }
}

words! {
    /// What happened to an account. Watched by its owner: the joining and leaving of rooms
    /// arrives here, on every device.
    AccountEvent {
        AccountCreated = "account.created",
        ProfileUpdated = "account.profile_updated",
        PasswordChanged = "account.password_changed",
        RoleGranted = "account.role_granted",
        RoleRevoked = "account.role_revoked",
        AccountDisabled = "account.disabled",
        AccountEnabled = "account.enabled",
        SignedIn = "account.signed_in",
        SignInFailed = "account.sign_in_failed",
        SignedOut = "account.signed_out",
        TotpEnrolled = "account.totp_enrolled",
        TotpConfirmed = "account.totp_confirmed",
        TotpRemoved = "account.totp_removed",
        StreamJoined = "account.stream_joined",
        StreamLeft = "account.stream_left",
    }
}

/// Creates an account under an id that the client made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateAccount {
    /// Lower-case letters, digits, `.`, `_`, `-`; unique.
    pub username: String,
    pub names: Names,
    pub unit: UnitId,
    /// The post held there, as people say it: 综合受理岗.
    #[serde(default)]
    pub post: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub phone: Option<String>,
    pub password: Secret,
    /// Roles held from the start, for the account's own unit.
    #[serde(default)]
    pub roles: Vec<Role>,
}

/// Absent fields stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateProfile {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub names: Option<Names>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub post: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub phone: Option<String>,
}

/// The owner's own change; ends every other session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    pub current: Secret,
    pub new: Secret,
}

/// An administrator's reset; ends every session, and the owner must change it at next sign-in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetPassword {
    pub password: Secret,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantRole {
    pub grant: Grant,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeRole {
    pub grant: Grant,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisableAccount {}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnableAccount {}

/// Ends one session of the account: this one, or another device's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignOut {
    pub session: SessionId,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignOutEverywhere {
    /// Keep the session that asks.
    #[serde(default)]
    pub keep_current: bool,
}

/// Begins a second factor. The ack's result holds `{secret, uri}`, once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnrolTotp {}

/// Proves that the authenticator works; from here on sign-in asks for a code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmTotp {
    pub code: Secret,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveTotp {
    pub password: Secret,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct AccountCreated {
    pub username: String,
    pub names: Names,
    pub unit: UnitPath,
    pub post: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub phone: Option<String>,
    pub grants: Vec<Grant>,
    /// The owner must choose a password of their own at the first sign-in.
    pub must_change_password: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct ProfileUpdated {
    pub names: Names,
    pub post: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub phone: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct PasswordChanged {
    /// True when an administrator set it.
    pub reset: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct RoleGranted {
    pub grant: Grant,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct RoleRevoked {
    pub grant: Grant,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct AccountDisabled {}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct AccountEnabled {}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct SignedIn {
    pub session: SessionId,
    #[ts(type = "number")]
    pub expires_at: Millis,
    /// The client's address and name, as the owner sees them in the list of sessions.
    pub addr: String,
    pub agent: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct SignInFailed {
    pub addr: String,
    /// Failures in a row; the fifth locks.
    pub failures: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub locked_until: Option<Millis>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignOutReason {
    /// The owner signed out, here or from another device.
    Asked,
    PasswordChanged,
    Disabled,
    Expired,
    /// More sessions than one account may hold: the oldest goes.
    TooMany,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct SignedOut {
    pub session: SessionId,
    pub reason: SignOutReason,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct TotpEnrolled {}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct TotpConfirmed {}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct TotpRemoved {}

/// The owner may now watch this stream: a room was joined, later a case or a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct StreamJoined {
    pub stream: StreamId,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct StreamLeft {
    pub stream: StreamId,
}

/// The account behind a stream of kind `account`.
impl From<AccountId> for StreamId {
    fn from(account: AccountId) -> Self {
        StreamId::new(crate::EntityKind::Account, account.0)
    }
}
