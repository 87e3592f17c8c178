//! What must be looked up or computed before an account decides. Passwords never leave this
//! process, and nothing here refuses anything: that is the rules' business.

use super::second_factor;
use crate::env::Env;
use domain::{UnitPlace, account::AccountFacts};
use protocol::{AccountId, ErrorBody, StreamId, UnitId, account::*};

pub(crate) async fn facts(
    env: &Env,
    stream: StreamId,
    command: &AccountCommand,
) -> Result<AccountFacts, ErrorBody> {
    let account = AccountId(stream.id);
    let mut facts = AccountFacts::default();
    match command {
        AccountCommand::GrantRole(grant) => facts.unit = place(env, grant.grant.unit).await?,
        AccountCommand::RevokeRole(revoke) => facts.unit = place(env, revoke.grant.unit).await?,
        AccountCommand::CreateAccount(create) => {
            facts.unit = place(env, create.unit).await?;
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
            facts.totp_sealed = Some(second_factor::fresh(env, account)?);
        }
        AccountCommand::SetAvatar(set) => {
            if let Some(picture) = &set.picture {
                facts.picture = env.picture_size(picture.blob).await?;
            }
        }
        AccountCommand::SetFields(_) => {
            let organisation = env.queries.organisation().await;
            facts.fields = organisation.map_err(|_| ErrorBody::unavailable())?.0;
        }
        AccountCommand::ConfirmTotp(confirm) => {
            let known = env.queries.credentials(account).await;
            let stored = known.map_err(|_| ErrorBody::unavailable())?.and_then(|c| c.totp_secret);
            if let Some(stored) = stored {
                let now = env.clock.now();
                let step = second_factor::step(env, account, &stored, &confirm.code.0, now)?;
                facts.code_ok = Some(step.is_some());
            }
        }
        _ => {}
    }
    Ok(facts)
}

async fn place(env: &Env, unit: UnitId) -> Result<Option<UnitPlace>, ErrorBody> {
    env.queries.unit_place(unit).await.map_err(|_| ErrorBody::unavailable())
}

async fn check(env: &Env, account: AccountId, password: &Secret) -> Result<bool, ErrorBody> {
    let known = env.queries.credentials(account).await.map_err(|_| ErrorBody::unavailable())?;
    env.passwords.verify(password.0.clone(), known.map(|c| c.password_hash)).await
}
