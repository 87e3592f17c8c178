//! The second factor's secret: made, sealed for its account as it is stored, told once, and opened
//! to check a code. Invariant: in plain it is in no table, no event and no stored reply.

use crate::{env::Env, passwords};
use protocol::{AccountId, ErrorBody, Millis, http::Receipt};

/// A fresh secret, sealed.
pub(super) fn fresh(env: &Env, account: AccountId) -> Result<String, ErrorBody> {
    let sealed = env.keys()?.sealed_factor(account.0, &passwords::new_totp()?);
    sealed.map_err(|error| {
        tracing::error!(%error, "a second factor was not sealed");
        ErrorBody::internal()
    })
}

/// The half minute that the code is right for, if it is now.
pub(super) fn step(
    env: &Env,
    account: AccountId,
    stored: &str,
    code: &str,
    now: Millis,
) -> Result<Option<u64>, ErrorBody> {
    Ok(passwords::totp_step(&opened(env, account, stored)?, code, now))
}

/// On its way to who enrols, the reply says what was stored sealed.
pub(super) fn told(env: &Env, mut receipt: Receipt) -> Result<Receipt, ErrorBody> {
    let text = |name| receipt.result.as_ref()?.get(name)?.as_str();
    let (Some(sealed), Some(username)) = (text("totp_sealed"), text("username")) else {
        return Ok(receipt);
    };
    let secret = opened(env, AccountId(receipt.stream.id), sealed)?;
    let uri = passwords::totp_uri(username, &secret);
    receipt.result = Some(serde_json::json!({ "secret": secret, "uri": uri }));
    Ok(receipt)
}

fn opened(env: &Env, account: AccountId, stored: &str) -> Result<String, ErrorBody> {
    env.keys()?.opened_factor(account.0, stored).ok_or_else(|| {
        tracing::error!(%account, "a second factor does not open: was the key of the files replaced?");
        ErrorBody::internal()
    })
}
