//! Signing in: the password and the code are checked here, what they come to is the
//! account's own decision. An unknown username costs and says the same as a wrong password.

use super::second_factor::step;
use crate::{areas, env::Env};
use domain::Order;
use kernel::journal::digest;
use protocol::{
    AccountId, CommandId, ErrorBody, ErrorKind, Millis, SessionId, http::SignInRequest,
};
use std::sync::Arc;

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
    // `None`: no code was given, or none is asked for.
    let checked = match (&row.totp_secret, &request.code) {
        (Some(stored), Some(code)) => Some(step(env, row.account, stored, &code.0, now)?),
        _ => None,
    };
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|_| ErrorBody::internal())?;
    let token = hex(&bytes);
    let session = SessionId(env.ids.next());
    let order = Order::SignIn {
        password_ok,
        code_ok: checked.map(|step| step.is_some()),
        code_step: checked.flatten(),
        session,
        token_hash: token_hash(&token),
        addr,
        agent: agent.chars().take(200).collect(),
    };
    let id = CommandId(env.ids.next());
    let receipt = areas::order(env, row.account.into(), id, order).await?;
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
        "account.code_used" => {
            ("account.code_used", "this second-factor code was used; wait for the next one")
        }
        "account.disabled" => ("account.disabled", "this account is disabled"),
        _ => ("account.wrong_password", "user name or password is wrong"),
    };
    let mut error = ErrorBody::new(ErrorKind::Unauthenticated, code, message);
    error.retry = retry;
    error
}

/// What is stored of a bearer token.
pub(super) fn token_hash(token: &str) -> String {
    hex(&digest(token.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
