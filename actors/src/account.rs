//! Area `account`: sign-in, the check of bearer tokens, and what must be looked up before
//! an account decides. Tokens are kept as hashes only; passwords never leave this process.

use crate::{entity::EntityActor, env::Env, hub, passwords, shell::Shell};
use dashmap::DashMap;
use domain::{
    Order, Who,
    account::{Account, AccountFacts},
};
use kernel::{
    Registry,
    journal::{StoredEvent, digest},
};
use protocol::{
    AccountId, AnyEvent, CloseCode, CommandId, DecodeError, ErrorBody, ErrorKind, Millis,
    SessionId, StreamId, UnitId, UnitPath, account::*, http::SignInRequest,
};
use std::sync::Arc;

/// Bearer tokens remembered as valid; beyond this the memory starts over from the store.
const REMEMBERED_MAX: usize = 100_000;

/// Valid tokens by hash. Emptied for an account by its own events, after their commit.
#[derive(Default)]
pub(crate) struct AuthCache(DashMap<String, (Arc<Who>, Millis)>);

impl AuthCache {
    fn forget(&self, account: AccountId) {
        self.0.retain(|_, (who, _)| who.account != Some(account));
    }
}

impl Shell for Account {
    fn registry(env: &Env) -> &Registry<StreamId, EntityActor<Self>> {
        &env.accounts
    }

    fn encode(event: &AccountEvent) -> (&'static str, String) {
        (event.type_name(), event.body_json())
    }

    fn decode(type_name: &str, body: &str) -> Result<AccountEvent, DecodeError> {
        AccountEvent::decode(type_name, body)
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
                AccountEvent::RoleGranted(_) | AccountEvent::RoleRevoked(_) => {
                    close(None, CloseCode::EntitlementsChanged);
                }
                _ => {}
            }
        }
    }
}

pub(crate) async fn facts(
    env: &Env,
    stream: StreamId,
    command: &AccountCommand,
) -> Result<AccountFacts, ErrorBody> {
    let account = AccountId(stream.id);
    let mut facts = AccountFacts::default();
    match command {
        AccountCommand::GrantRole(grant) => facts.unit = path(env, grant.grant.unit).await?,
        AccountCommand::RevokeRole(revoke) => facts.unit = path(env, revoke.grant.unit).await?,
        AccountCommand::CreateAccount(create) => {
            facts.unit = path(env, create.unit).await?;
            facts.password_hash = Some(env.passwords.hash(create.password.0.clone()).await?);
        }
        AccountCommand::ChangePassword(change) => {
            facts.password_ok = Some(check(env, account, &change.current).await?);
            facts.password_hash = Some(env.passwords.hash(change.new.0.clone()).await?);
        }
        AccountCommand::ResetPassword(reset) => {
            facts.password_hash = Some(env.passwords.hash(reset.password.0.clone()).await?);
        }
        AccountCommand::RemoveTotp(remove) => {
            facts.password_ok = Some(check(env, account, &remove.password).await?);
        }
        AccountCommand::EnrolTotp(_) => {
            let cards = env.queries.cards(&[account]).await;
            let cards = cards.map_err(|_| ErrorBody::unavailable())?;
            let username = cards.first().map_or("account", |card| card.username.as_str());
            let (secret, uri) = passwords::new_totp(username)?;
            facts.totp_secret = Some(secret);
            facts.totp_uri = Some(uri);
        }
        AccountCommand::ConfirmTotp(confirm) => {
            let known = env.queries.credentials(account).await;
            let secret = known.map_err(|_| ErrorBody::unavailable())?.and_then(|c| c.totp_secret);
            let now = env.clock.now();
            facts.code_ok = secret.map(|secret| passwords::totp_ok(&secret, &confirm.code.0, now));
        }
        _ => {}
    }
    Ok(facts)
}

async fn path(env: &Env, unit: UnitId) -> Result<Option<UnitPath>, ErrorBody> {
    env.queries.unit_path(unit).await.map_err(|_| ErrorBody::unavailable())
}

async fn check(env: &Env, account: AccountId, password: &Secret) -> Result<bool, ErrorBody> {
    let known = env.queries.credentials(account).await.map_err(|_| ErrorBody::unavailable())?;
    env.passwords.verify(password.0.clone(), known.map(|c| c.password_hash)).await
}

/// A session that has just begun.
pub struct SignedInAs {
    pub token: String,
    pub session: SessionId,
    pub account: AccountId,
    pub expires_at: Millis,
}

pub(crate) async fn sign_in(
    env: &Arc<Env>,
    request: SignInRequest,
    addr: String,
    agent: String,
) -> Result<SignedInAs, ErrorBody> {
    let row = env.queries.find_sign_in(&request.username.trim().to_lowercase()).await;
    let row = row.map_err(|_| ErrorBody::unavailable())?;
    let hash = row.as_ref().map(|row| row.password_hash.clone());
    let password_ok = env.passwords.verify(request.password.0, hash).await?;
    let Some(row) = row else { return Err(refused("account.wrong_password", None)) };
    let now = env.clock.now();
    let code_ok = match (&row.totp_secret, &request.code) {
        (Some(secret), Some(code)) => Some(passwords::totp_ok(secret, &code.0, now)),
        _ => None,
    };
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|_| ErrorBody::internal())?;
    let token = hex(&bytes);
    let session = SessionId(env.ids.next());
    let order = Order::SignIn {
        password_ok,
        code_ok,
        session,
        token_hash: hex(&digest(token.as_bytes())),
        addr,
        agent: agent.chars().take(200).collect(),
    };
    let id = CommandId(env.ids.next());
    let receipt = hub::order(env, row.account.into(), id, order).await?;
    let result = receipt.result.unwrap_or_default();
    if let Some(failed) = result.get("failed") {
        let code = failed.get("code").and_then(serde_json::Value::as_str).unwrap_or_default();
        let retry = failed.get("retry").and_then(serde_json::Value::as_u64);
        return Err(refused(code, retry));
    }
    let expires_at = result.get("expires_at").and_then(serde_json::Value::as_i64);
    let expires_at = expires_at.unwrap_or(now + env.policy.session_ms);
    Ok(SignedInAs { token, session, account: row.account, expires_at })
}

fn refused(code: &str, retry: Option<u64>) -> ErrorBody {
    let (code, message) = match code {
        "account.locked" => ("account.locked", "too many failures; locked for a while"),
        "account.code_required" => ("account.code_required", "a second-factor code is needed"),
        "account.wrong_code" => ("account.wrong_code", "the second-factor code is wrong"),
        "account.disabled" => ("account.disabled", "this account is disabled"),
        _ => ("account.wrong_password", "user name or password is wrong"),
    };
    let mut error = ErrorBody::new(ErrorKind::Unauthenticated, code, message);
    error.retry = retry;
    error
}

pub(crate) async fn authenticate(env: &Env, token: &str) -> Result<Who, ErrorBody> {
    let hash = hex(&digest(token.as_bytes()));
    let now = env.clock.now();
    if let Some(known) = env.auth.0.get(&hash)
        && known.1 > now
    {
        return Ok((*known.0).clone());
    }
    let row = env.queries.session_by_token(&hash).await.map_err(|_| ErrorBody::unavailable())?;
    let row = row.filter(|row| row.expires_at > now && !row.disabled).ok_or_else(|| {
        ErrorBody::new(ErrorKind::Unauthenticated, "account.no_session", "nobody is signed in")
    })?;
    let who = Who {
        account: Some(row.account),
        session: Some(row.session),
        grants: row.grants,
        home: row.home,
    };
    if env.auth.0.len() >= REMEMBERED_MAX {
        env.auth.0.clear();
    }
    env.auth.0.insert(hash, (Arc::new(who.clone()), row.expires_at));
    Ok(who)
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
