//! An account: a person who can sign in, what the person may do and which streams the
//! person has joined.
//! Invariants: while locked, no password opens anything; no more sessions live than policy
//! allows; nobody gives away a permission he lacks. Absent on purpose: password hashes,
//! second-factor secrets and tokens. They are in no event and no state, only in
//! [`Decision::private`], which the area's projector stores.

mod conversation;
mod create;
mod disable;
mod hide_message;
mod lockout;
mod mail;
mod me;
mod micro_mail;
mod password;
mod profile;
mod push;
mod roles;
mod sessions;
mod sign_in;
mod streams;
mod totp;

use crate::{Context, Decision, Entity, Order, UnitPlace, Who};
use protocol::{
    AccountId, EntityKind, ErrorBody, ErrorKind, Grant, Millis, Permission, Seq, SessionId,
    StreamId, UnitId,
    account::{AccountCommand, AccountEvent, ContactMoved, LinkRefused, Names},
    organisation::ProfileField,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

pub use mail::{mail_timer, of_mail_timer};
pub use password::check_password;

/// What is looked up or computed before a command is decided.
#[derive(Default)]
pub struct AccountFacts {
    /// The unit that the command names, if it exists.
    pub unit: Option<UnitPlace>,
    /// The hash of the new password.
    pub password_hash: Option<String>,
    /// Whether the current password was right.
    pub password_ok: Option<bool>,
    /// Whether the authenticator's code was right.
    pub code_ok: Option<bool>,
    /// A fresh secret for enrolment, sealed.
    pub totp_sealed: Option<String>,
    /// Width and height of the picture that the command names.
    pub picture: Option<(u32, u32)>,
    /// The organisation's own fields.
    pub fields: Vec<ProfileField>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
enum Totp {
    #[default]
    Off,
    /// A secret was given out; nobody has proved yet that it works.
    Enrolled,
    On,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct LiveSession {
    id: SessionId,
    expires_at: Millis,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// Empty: nobody created it yet.
    username: String,
    names: Names,
    /// Set with the username: where the person works. Where that stands is the tree's to say.
    unit: Option<UnitId>,
    post: String,
    phone: Option<String>,
    grants: Vec<Grant>,
    must_change_password: bool,
    disabled: bool,
    totp: Totp,
    /// The half minute of the last code that opened a session: it opens no other.
    #[serde(default)]
    code_step: Option<u64>,
    /// Wrong passwords and codes in a row.
    failures: u32,
    locked_until: Option<Millis>,
    /// Oldest first.
    sessions: Vec<LiveSession>,
    streams: BTreeSet<StreamId>,
    #[serde(default)]
    conversations: conversation::Conversations,
    #[serde(default)]
    mail: Option<String>,
    #[serde(default)]
    mails: mail::UnderWay,
    #[serde(default)]
    mail_drafts: micro_mail::Drafts,
    #[serde(default)]
    own: me::Own,
    /// Oldest first.
    #[serde(default)]
    push: Vec<push::Device>,
}

impl Account {
    pub fn exists(&self) -> bool {
        !self.username.is_empty()
    }

    pub fn username(&self) -> &str {
        &self.username
    }

    /// The unit the person works in.
    pub fn unit(&self) -> Option<UnitId> {
        self.unit
    }

    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    pub fn is_disabled(&self) -> bool {
        self.disabled
    }

    pub fn must_change_password(&self) -> bool {
        self.must_change_password
    }

    pub fn has_totp(&self) -> bool {
        self.totp == Totp::On
    }

    pub fn is_locked(&self, now: Millis) -> bool {
        self.locked_until.is_some_and(|until| now < until)
    }

    /// Sessions that were not signed out; some may have expired.
    pub fn sessions(&self) -> impl Iterator<Item = SessionId> + '_ {
        self.sessions.iter().map(|session| session.id)
    }

    pub fn streams(&self) -> &BTreeSet<StreamId> {
        &self.streams
    }

    fn must_exist(&self) -> Result<(), ErrorBody> {
        if self.exists() {
            return Ok(());
        }
        Err(ErrorBody::new(ErrorKind::NotFound, "account.not_found", "no such account"))
    }

    fn is_owner(context: &Context<'_>) -> bool {
        context.who.account == Some(AccountId(context.stream.id))
    }

    fn by_owner(&self, context: &Context<'_>) -> Result<(), ErrorBody> {
        self.must_exist()?;
        if Self::is_owner(context) {
            return Ok(());
        }
        Err(forbidden("account.not_owner", "only the owner of the account may"))
    }

    /// The sender manages the account's unit and holds everything that the account holds:
    /// whoever resets a password could otherwise take over a stronger account.
    fn by_manager(&self, context: &Context<'_>) -> Result<(), ErrorBody> {
        self.must_exist()?;
        if !self.is_within(context.who, Permission::AccountManage) {
            return Err(not_allowed());
        }
        if self.grants.iter().all(|grant| roles::covers(context.who, grant)) {
            return Ok(());
        }
        Err(forbidden("account.outranks_you", "the account holds permissions that you lack"))
    }

    /// Whether `who` holds the permission for the unit that the person works in.
    fn is_within(&self, who: &Who, permission: Permission) -> bool {
        self.unit.is_some_and(|unit| who.may(permission, unit))
    }
}

fn forbidden(code: &'static str, message: &str) -> ErrorBody {
    ErrorBody::new(ErrorKind::Forbidden, code, message)
}

fn not_allowed() -> ErrorBody {
    forbidden("account.not_allowed", "needs account.manage for the account's unit")
}

/// A fact that the caller always looks up for this command; without it nothing is decided.
fn fact<T: Clone>(fact: &Option<T>) -> Result<T, ErrorBody> {
    fact.clone().ok_or_else(ErrorBody::internal)
}

/// A JSON object with one text member, for the projector only.
fn private(key: &str, text: &str) -> Option<String> {
    Some(serde_json::json!({ key: text }).to_string())
}

impl Entity for Account {
    const KIND: EntityKind = EntityKind::Account;
    const SNAPSHOT_VERSION: u32 = 2;
    type Command = AccountCommand;
    type Event = AccountEvent;
    type Facts = AccountFacts;

    fn decide(
        &self,
        command: &AccountCommand,
        facts: &AccountFacts,
        context: &Context<'_>,
    ) -> Result<Decision<AccountEvent>, ErrorBody> {
        use AccountCommand as C;
        match command {
            C::CreateAccount(command) => create::decide(self, command, facts, context),
            C::UpdateProfile(command) => profile::decide(self, command, context),
            C::ChangePassword(command) => password::change(self, command, facts, context),
            C::ResetPassword(command) => password::reset(self, command, facts, context),
            C::GrantRole(command) => roles::grant(self, command, facts, context),
            C::RevokeRole(command) => roles::revoke(self, command, facts, context),
            C::DisableAccount(_) => disable::disable(self, context),
            C::EnableAccount(_) => disable::enable(self, context),
            C::SignOut(command) => sessions::sign_out(self, command, context),
            C::SignOutEverywhere(command) => sessions::everywhere(self, command, context),
            C::EnrolTotp(_) => totp::enrol(self, facts, context),
            C::ConfirmTotp(_) => totp::confirm(self, facts, context),
            C::RemoveTotp(_) => totp::remove(self, facts, context),
            C::SetConversation(command) => conversation::set(self, command, context),
            C::SetDraft(command) => conversation::draft(self, command, context),
            C::ReadMails(command) => micro_mail::read(self, command, context),
            C::SetMailDraft(command) => micro_mail::keep(self, command, context),
            C::DropMailDraft(command) => micro_mail::drop_draft(self, command, context),
            C::SetMail(command) => mail::set(self, command, context),
            C::HideMessage(command) => hide_message::decide(self, command, context),
            C::SetAvatar(command) => me::set_avatar(self, command, facts, context),
            C::SetFields(command) => me::set_fields(self, command, facts, context),
            C::SetPreferences(command) => me::set_preferences(self, command, context),
            C::ClearHistory(command) => me::clear_history(self, command, context),
            C::AddPushDevice(command) => push::add(self, command, context),
            C::RemovePushDevice(command) => push::remove(self, command, context),
        }
    }

    fn settle(
        &self,
        order: &Order,
        context: &Context<'_>,
    ) -> Result<Decision<AccountEvent>, ErrorBody> {
        match order {
            Order::JoinStream { stream } => Ok(streams::join(self, *stream)),
            Order::LeaveStream { stream } => Ok(streams::leave(self, *stream)),
            Order::SignIn { password_ok, code_ok, code_step, session, token_hash, addr, agent } => {
                let attempt = sign_in::Attempt {
                    password_ok: *password_ok,
                    code_ok: *code_ok,
                    code_step: *code_step,
                    session: *session,
                    token_hash,
                    addr,
                    agent,
                };
                sign_in::decide(self, &attempt, context)
            }
            Order::Notify { room, seq } => Ok(mail::queue(self, *room, *seq, context)),
            Order::MailTried { room, seq, error } => {
                Ok(mail::tried(self, *room, *seq, error.as_deref(), context))
            }
            Order::PushGone { device } => Ok(push::gone(self, *device)),
            Order::ContactMoved { peer, what } if self.exists() => {
                Ok(Decision::event(ContactMoved { peer: *peer, what: *what }))
            }
            Order::LinkRefused { host } if self.exists() => {
                Ok(Decision::event(LinkRefused { host: host.clone() }))
            }
            // Its timers ask for mails, and come back as what became of those.
            _ => Ok(Decision::nothing()),
        }
    }

    fn apply(&mut self, seq: Seq, _: Millis, _: Option<AccountId>, event: &AccountEvent) {
        use AccountEvent as E;
        match event {
            E::AccountCreated(created) => create::apply(self, created),
            E::ProfileUpdated(updated) => profile::apply(self, updated),
            E::PasswordChanged(changed) => password::apply(self, changed),
            E::RoleGranted(granted) => self.grants.push(granted.grant),
            E::RoleRevoked(revoked) => self.grants.retain(|grant| *grant != revoked.grant),
            E::AccountDisabled(_) => self.disabled = true,
            E::AccountEnabled(_) => self.disabled = false,
            E::SignedIn(signed_in) => sign_in::apply(self, signed_in),
            E::SignInFailed(failed) => lockout::apply(self, failed.failures, failed.locked_until),
            E::CheckFailed(failed) => lockout::apply(self, failed.failures, failed.locked_until),
            E::SignedOut(out) => self.sessions.retain(|session| session.id != out.session),
            E::TotpEnrolled(_) => self.totp = Totp::Enrolled,
            E::TotpConfirmed(_) => self.totp = Totp::On,
            E::TotpRemoved(_) => self.totp = Totp::Off,
            // The store keeps them: no rule asks.
            E::MessageHidden(_) | E::HistoryCleared(_) | E::ContactMoved(_) => {}
            E::MailsRead(_) | E::LinkRefused(_) => {}
            E::MailDraftSet(kept) => micro_mail::apply_kept(self, seq, kept),
            E::MailDraftDropped(dropped) => micro_mail::apply_dropped(self, dropped.draft),
            E::AvatarSet(set) => me::apply_avatar(self, seq, set),
            E::FieldsSet(set) => me::apply_fields(self, set),
            E::PreferencesSet(set) => me::apply_preferences(self, set),
            E::PushDeviceAdded(added) => push::apply_added(self, added),
            E::PushDeviceRemoved(removed) => push::apply_removed(self, removed.device),
            E::ConversationSet(set) => conversation::apply_set(self, set),
            E::DraftSet(draft) => conversation::apply_draft(self, seq, draft.room),
            E::DraftCleared(draft) => conversation::apply_cleared(self, draft.room),
            E::MailSet(set) => self.mail.clone_from(&set.address),
            E::MailQueued(queued) => mail::apply_queued(self, queued),
            E::MailSent(sent) => mail::apply_sent(self, sent),
            E::MailFailed(failed) => mail::apply_failed(self, failed),
            E::StreamJoined(joined) => {
                self.streams.insert(joined.stream);
            }
            E::StreamLeft(left) => {
                self.streams.remove(&left.stream);
                conversation::apply_left(self, left.stream);
                micro_mail::apply_left(self, left.stream);
            }
        }
    }

    /// Its owner, and auditors of its unit. The state cannot know its own id, so the owner is
    /// whoever lives in one of its sessions.
    fn may_watch(&self, who: &Who) -> bool {
        let lives_here = who.session.is_some_and(|id| self.sessions().any(|live| live == id));
        lives_here || self.is_within(who, Permission::AuditRead)
    }

    fn counts(_: &AccountEvent) -> bool {
        false
    }

    /// Ends of sessions are the registry's business: its sockets close, not one watch.
    fn revokes(_: &AccountEvent) -> Option<AccountId> {
        None
    }
}
