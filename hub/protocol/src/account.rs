//! Area `account`: people, their sign-in and their roles. Passwords and second-factor
//! secrets travel in commands and never appear in events.

use crate::{
    AccountId, Grant, Millis, Role, RoomId, Seq, SessionId, StreamId, UnitId, UnitPath,
    contact::ContactMove,
    file::FileRef,
    ids::text_schema,
    mail::MailDraft,
    me::{Alerts, FieldValue, Language, Preferences, PushEnd, PushProvider, PushTarget, TextSize},
    words::{commands, events},
};
use serde::{Deserialize, Serialize};
use std::fmt;
#[cfg(test)]
use ts_rs::TS;
use utoipa::{
    ToSchema,
    openapi::{KnownFormat, SchemaFormat},
};

/// Text that must not reach a log: prints as dots.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(transparent)]
pub struct Secret(pub String);

text_schema!(
    Secret,
    Some(SchemaFormat::KnownFormat(KnownFormat::Password)),
    "Text that must not reach a log."
);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A person's names: Chinese first, Uyghur and English where known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
#[serde(deny_unknown_fields)]
pub struct Names {
    pub zh: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ug: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
}

commands! {
    /// What may be asked of an account.
    AccountCommand {
        /// Creates an account under an id that the client made.
        CreateAccount = "account.create" {
            /// Lower-case letters, digits, `.`, `_`, `-`; unique.
            username: String,
            names: Names,
            unit: UnitId,
            /// The post held there, as people say it: 综合受理岗.
            #[serde(default)]
            post: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            phone: Option<String>,
            password: Secret,
            /// Roles held from the start, for the account's own unit.
            #[serde(default)]
            roles: Vec<Role>,
        }

        /// Absent fields stay as they are.
        #[derive(Default)]
        UpdateProfile = "account.update_profile" {
            #[serde(skip_serializing_if = "Option::is_none")]
            names: Option<Names>,
            #[serde(skip_serializing_if = "Option::is_none")]
            post: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            phone: Option<String>,
        }

        /// The owner's own change; ends every other session.
        ChangePassword = "account.change_password" { current: Secret, new: Secret }

        /// An administrator's reset; ends every session, and the owner must change it at next sign-in.
        ResetPassword = "account.reset_password" { password: Secret }

        /// Gives a role for a unit and everything below it.
        GrantRole = "account.grant_role" { grant: Grant }

        /// Takes a granted role back.
        RevokeRole = "account.revoke_role" { grant: Grant }

        /// Ends every session and refuses sign-in. Nobody may disable their own account.
        DisableAccount = "account.disable" {}

        /// Lets a disabled account sign in again.
        EnableAccount = "account.enable" {}

        /// Ends one session of the account: this one, or another device's.
        SignOut = "account.sign_out" { session: SessionId }

        /// Ends every session of the account.
        SignOutEverywhere = "account.sign_out_everywhere" {
            /// Keep the session that asks.
            #[serde(default)]
            keep_current: bool,
        }

        /// How the owner wants to see one conversation; what is absent stays as it is. Whatever
        /// is set shows a hidden conversation again, and so does the next event in it.
        SetConversation = "account.set_conversation" {
            room: RoomId,
            /// Above all others.
            #[serde(skip_serializing_if = "Option::is_none")]
            pinned: Option<bool>,
            /// Without sound or badge.
            #[serde(skip_serializing_if = "Option::is_none")]
            muted: Option<bool>,
            /// Out of the list until something happens in it.
            #[serde(skip_serializing_if = "Option::is_none")]
            hidden: Option<bool>,
        }

        /// Keeps what the owner has begun to write, for all their devices; empty: nothing.
        SetDraft = "account.set_draft" { room: RoomId, text: String }

        /// Micro-mails that the owner has opened: these of a room, or all up to a time, there or
        /// everywhere.
        #[derive(Default)]
        ReadMails = "account.read_mails" {
            #[serde(default, skip_serializing_if = "Option::is_none")]
            room: Option<RoomId>,
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            #[cfg_attr(test, ts(optional, as = "Option<Vec<Seq>>"))]
            seqs: Vec<Seq>,
            /// When the latest that the owner knows of was sent; instead of `seqs`.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            until: Option<Millis>,
        }

        /// Keeps a micro-mail that the owner has begun, for all their devices.
        SetMailDraft = "account.set_mail_draft" {
            /// Made by the client; the same again replaces it.
            draft: uuid::Uuid,
            mail: MailDraft,
        }

        /// The draft was sent, or is not wanted any more.
        DropMailDraft = "account.drop_mail_draft" { draft: uuid::Uuid }

        /// Where mail reaches the owner; absent: nowhere.
        SetMail = "account.set_mail" {
            #[serde(skip_serializing_if = "Option::is_none")]
            address: Option<String>,
        }

        /// Begins a second factor. The ack's result holds `{secret, uri}`, once.
        EnrolTotp = "account.enrol_totp" {}

        /// Proves that the authenticator works; from here on sign-in asks for a code.
        ConfirmTotp = "account.confirm_totp" { code: Secret }

        /// Deletes a message for oneself: it stays for everybody else.
        HideMessage = "account.hide_message" { room: RoomId, seq: Seq }

        /// A picture of oneself, square; absent: none.
        SetAvatar = "account.set_avatar" {
            #[serde(skip_serializing_if = "Option::is_none")]
            picture: Option<FileRef>,
        }

        /// Texts of the organisation's own fields; those not named stay as they are.
        SetFields = "account.set_fields" { values: Vec<FieldValue> }

        /// What is named changes, for all devices.
        #[derive(Default)]
        SetPreferences = "account.set_preferences" {
            #[serde(skip_serializing_if = "Option::is_none")]
            language: Option<Language>,
            #[serde(skip_serializing_if = "Option::is_none")]
            text_size: Option<TextSize>,
            #[serde(skip_serializing_if = "Option::is_none")]
            contrast: Option<bool>,
            #[serde(skip_serializing_if = "Option::is_none")]
            alerts: Option<Alerts>,
        }

        /// Deletes for oneself what was said in a room up to `seq`; without a room, what was
        /// said up to now in all of them. It stays for everybody else.
        #[derive(Default)]
        ClearHistory = "account.clear_history" {
            #[serde(skip_serializing_if = "Option::is_none")]
            room: Option<RoomId>,
            #[serde(skip_serializing_if = "Option::is_none")]
            seq: Option<Seq>,
        }

        /// Has this device told of news while no page is open, for as long as the session
        /// lives. The same device again: its new address.
        AddPushDevice = "account.add_push_device" {
            /// Made by the device, kept by it.
            device: uuid::Uuid,
            name: String,
            target: PushTarget,
        }

        RemovePushDevice = "account.remove_push_device" { device: uuid::Uuid }

        /// Gives the second factor up.
        RemoveTotp = "account.remove_totp" { password: Secret }
    }
}

events! {
    /// What happened to an account. Watched by its owner: the joining and leaving of rooms
    /// arrives here, on every device.
    AccountEvent {
        AccountCreated = "account.created" {
            username: String,
            names: Names,
            unit: UnitPath,
            post: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            phone: Option<String>,
            grants: Vec<Grant>,
            /// The owner must choose a password of their own at the first sign-in.
            must_change_password: bool,
        }

        /// The whole profile as it now is.
        ProfileUpdated = "account.profile_updated" {
            names: Names,
            post: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            phone: Option<String>,
        }

        PasswordChanged = "account.password_changed" {
            /// True when an administrator set it.
            reset: bool,
        }

        RoleGranted = "account.role_granted" { grant: Grant }

        RoleRevoked = "account.role_revoked" { grant: Grant }

        AccountDisabled = "account.disabled" {}

        AccountEnabled = "account.enabled" {}

        SignedIn = "account.signed_in" {
            session: SessionId,
            expires_at: Millis,
            /// The client's address and name, as the owner sees them in the list of sessions.
            addr: String,
            agent: String,
            /// The half minute that the second factor's code was of: it opens no more.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            code_step: Option<u64>,
        }

        SignInFailed = "account.sign_in_failed" {
            addr: String,
            /// Failures in a row; the fifth locks.
            failures: u32,
            #[serde(skip_serializing_if = "Option::is_none")]
            locked_until: Option<Millis>,
        }

        /// A wrong password beside a live session: counts towards the lock as a wrong sign-in does.
        CheckFailed = "account.check_failed" {
            /// Failures in a row, those of sign-in among them.
            failures: u32,
            #[serde(skip_serializing_if = "Option::is_none")]
            locked_until: Option<Millis>,
        }

        SignedOut = "account.signed_out" { session: SessionId, reason: SignOutReason }

        TotpEnrolled = "account.totp_enrolled" {}

        TotpConfirmed = "account.totp_confirmed" {}

        TotpRemoved = "account.totp_removed" {}

        /// How the owner sees a conversation from here on, whole.
        ConversationSet = "account.conversation_set" {
            room: RoomId,
            pinned: bool,
            muted: bool,
            hidden: bool,
        }

        /// What the owner has begun to write; the draft before it has lost its body.
        DraftSet = "account.draft_set" { room: RoomId, text: String }

        DraftCleared = "account.draft_cleared" { room: RoomId }

        /// Micro-mails that the owner has opened: these of a room, or all up to a time, there or
        /// everywhere.
        MailsRead = "account.mails_read" {
            #[serde(skip_serializing_if = "Option::is_none")]
            room: Option<RoomId>,
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            #[cfg_attr(test, ts(optional, as = "Option<Vec<Seq>>"))]
            seqs: Vec<Seq>,
            #[serde(skip_serializing_if = "Option::is_none")]
            until: Option<Millis>,
        }

        /// A micro-mail that the owner has begun; what it was before has lost its body.
        MailDraftSet = "account.mail_draft_set" { draft: uuid::Uuid, mail: MailDraft }

        MailDraftDropped = "account.mail_draft_dropped" { draft: uuid::Uuid }

        MailSet = "account.mail_set" {
            #[serde(skip_serializing_if = "Option::is_none")]
            address: Option<String>,
        }

        /// A mail about the urgent message `seq` is on its way.
        MailQueued = "account.mail_queued" { room: RoomId, seq: Seq }

        /// The mail server has taken it.
        MailSent = "account.mail_sent" { room: RoomId, seq: Seq }

        /// The mail server has not taken it; tried again at `again_at`, or given up.
        MailFailed = "account.mail_failed" {
            room: RoomId,
            seq: Seq,
            error: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            again_at: Option<Millis>,
        }

        /// The owner may now watch this stream: a room was joined, later a case or a task.
        StreamJoined = "account.stream_joined" { stream: StreamId }

        StreamLeft = "account.stream_left" { stream: StreamId }

        /// Something has changed between the owner and somebody else: see area `contact`.
        ContactMoved = "account.contact_moved" { peer: AccountId, what: ContactMove }

        /// The hub was to read an address that it may not reach: a private one, most likely. For
        /// the audit; the rest of the address may be a secret.
        LinkRefused = "account.link_refused" { host: String }

        MessageHidden = "account.message_hidden" { room: RoomId, seq: Seq }

        /// The picture before it has lost its body.
        AvatarSet = "account.avatar_set" {
            #[serde(skip_serializing_if = "Option::is_none")]
            picture: Option<FileRef>,
        }

        FieldsSet = "account.fields_set" { values: Vec<FieldValue> }

        /// All of them, as they now are.
        PreferencesSet = "account.preferences_set" { preferences: Preferences }

        /// Of a room up to `seq`, or of all rooms up to when this happened.
        HistoryCleared = "account.history_cleared" {
            #[serde(skip_serializing_if = "Option::is_none")]
            room: Option<RoomId>,
            #[serde(skip_serializing_if = "Option::is_none")]
            seq: Option<Seq>,
        }

        PushDeviceAdded = "account.push_device_added" {
            device: uuid::Uuid,
            provider: PushProvider,
            name: String,
            session: SessionId,
        }

        PushDeviceRemoved = "account.push_device_removed" { device: uuid::Uuid, reason: PushEnd }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
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

/// The account behind a stream of kind `account`.
impl From<AccountId> for StreamId {
    fn from(account: AccountId) -> Self {
        StreamId::new(crate::EntityKind::Account, account.0)
    }
}
