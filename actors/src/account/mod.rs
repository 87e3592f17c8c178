//! Area `account`: what follows an account's events, and what an account that owes a new
//! password may ask. Sign-in, tokens and facts have files of their own beside this one.

mod auth;
mod facts;
mod second_factor;
mod sign_in;

pub(crate) use auth::{AuthCache, authenticate};
pub use sign_in::SignedInAs;
pub(crate) use sign_in::sign_in;

use crate::{env::Env, shell::Shell};
use domain::{
    Who,
    account::{Account, AccountFacts},
};
use kernel::journal::StoredEvent;
use protocol::{
    AccountId, AnyCommand, AnyEvent, CloseCode, DecodeError, ErrorBody, ErrorKind, StreamId,
    account::*, http::Receipt,
};
use std::borrow::Cow;

impl Shell for Account {
    fn encode(event: &AccountEvent) -> (&'static str, String) {
        (event.type_name(), event.body_json())
    }

    fn decode(type_name: &str, body: &str) -> Result<AccountEvent, DecodeError> {
        AccountEvent::decode(type_name, body)
    }

    async fn facts(
        env: &Env,
        _: &Who,
        stream: StreamId,
        command: &AccountCommand,
    ) -> Result<AccountFacts, ErrorBody> {
        facts::facts(env, stream, command).await
    }

    /// A wrong password is committed, as it counts towards the lock-out; to the sender it is
    /// a refusal all the same.
    fn outcome(env: &Env, receipt: Receipt) -> Result<Receipt, ErrorBody> {
        let failed = receipt.result.as_ref().and_then(|result| result.get("failed"));
        match failed.map(wrong_password) {
            Some(error) => Err(error),
            None => second_factor::told(env, receipt),
        }
    }

    fn committed(env: &Env, stream: StreamId, events: &[StoredEvent]) {
        let account = AccountId(stream.id);
        for stored in events {
            let Some(body) = &stored.body else { continue };
            let Ok(AnyEvent::Account(event)) = AnyEvent::decode(&stored.type_name, body) else {
                continue;
            };
            let close = |only, code| {
                env.auth.forget(account);
                env.fanout.close_sessions(account, only, code);
            };
            match event {
                AccountEvent::SignedOut(out) => close(Some(out.session), CloseCode::SignedOut),
                AccountEvent::AccountDisabled(_) => close(None, CloseCode::SignedOut),
                AccountEvent::AccountCreated(_) | AccountEvent::ProfileUpdated(_) => {
                    env.contacts.forget_standing(account);
                }
                AccountEvent::RoleGranted(_) | AccountEvent::RoleRevoked(_) => {
                    env.contacts.forget_standing(account);
                    close(None, CloseCode::EntitlementsChanged);
                }
                // Whether it must be changed is remembered with the token.
                AccountEvent::PasswordChanged(_) => env.auth.forget(account),
                _ => {}
            }
        }
    }
}

/// Until its owner has chosen a password, an account may only do that, and sign out.
pub(crate) async fn may_ask(
    env: &Env,
    who: &Who,
    stream: StreamId,
    command: &AnyCommand,
) -> Result<(), ErrorBody> {
    use AccountCommand as C;
    let allowed = matches!(
        command,
        AnyCommand::Account(C::ChangePassword(_) | C::SignOut(_) | C::SignOutEverywhere(_))
    );
    if allowed && is_own(who, stream) { Ok(()) } else { settled(env, who).await }
}

/// Until then it may only watch itself.
pub(crate) async fn may_look(env: &Env, who: &Who, stream: StreamId) -> Result<(), ErrorBody> {
    if is_own(who, stream) { Ok(()) } else { settled(env, who).await }
}

fn is_own(who: &Who, stream: StreamId) -> bool {
    who.account.map(StreamId::from) == Some(stream)
}

/// Refuses whoever must change the password first. A socket keeps its sender for hours, and
/// the password may have been changed since: only the flag's absence is taken on trust.
async fn settled(env: &Env, who: &Who) -> Result<(), ErrorBody> {
    let Some(account) = who.account.filter(|_| who.must_change_password) else { return Ok(()) };
    let must = env.queries.must_change_password(account).await;
    if must.map_err(|_| ErrorBody::unavailable())? { Err(must_change_password()) } else { Ok(()) }
}

/// What is said to who must change the password first, through either door.
pub fn must_change_password() -> ErrorBody {
    let message = "choose a password of your own first";
    ErrorBody::new(ErrorKind::Forbidden, "account.password_must_change", message)
}

fn wrong_password(failed: &serde_json::Value) -> ErrorBody {
    let text = |name| failed.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
    let message = "the current password is another";
    let mut error = ErrorBody::new(ErrorKind::Forbidden, "account.wrong_password", message);
    if let Some(code) = text("code") {
        error.code = Cow::Owned(code);
    }
    error.field = text("field");
    error
}
