//! Area `app`: what a program's token opens, and what follows when it asks for more.
//! Invariant: a revoked or expired token opens nothing from the moment that is durable, and its
//! sockets are closed. Nothing is remembered of tokens: each request looks its own up, by one
//! row of an index.

mod postman;
mod sign_in;

pub(crate) use postman::{Nudge, Postman};
pub use sign_in::{SignInAsked, SignInCode, SignedInPerson};

use crate::{areas, env::Env, shell::Shell};
use domain::{
    AppPower, Order, Who,
    app::{App, AppFacts, scope_of},
};
use kernel::journal::{StoredEvent, digest};
use protocol::{
    AccountId, AnyEvent, CloseCode, CommandId, DecodeError, ErrorBody, ErrorKind, Millis,
    SessionId, StreamId,
    app::{AppCommand, AppEvent, AppIcon, ChangeApp, Scope},
    http::Receipt,
};
use std::collections::HashMap;
use std::{
    fmt::Write,
    sync::{Arc, Mutex, PoisonError},
};
use uuid::Uuid;

/// How every secret of a program begins: told from a person's without a look at the store.
const PREFIX: &str = "app_";
/// Use is told to the application once in so long, as its rules ask for no more.
const TELL_USE_EVERY_MS: Millis = 60 * 60 * 1000;

impl Shell for App {
    fn encode(event: &AppEvent) -> (&'static str, String) {
        (event.type_name(), event.body_json())
    }

    fn decode(type_name: &str, body: &str) -> Result<AppEvent, DecodeError> {
        AppEvent::decode(type_name, body)
    }

    async fn facts(
        env: &Env,
        _: &Who,
        stream: StreamId,
        command: &AppCommand,
    ) -> Result<AppFacts, ErrorBody> {
        match command {
            AppCommand::CreateApp(create) => {
                let unit = env.queries.usable_unit(create.account).await;
                let unit = unit.map_err(|_| ErrorBody::unavailable())?;
                Ok(AppFacts { unit, ..AppFacts::default() })
            }
            AppCommand::SetWebhook(_) => {
                let secret = env.keys()?.webhook_secret(stream.id).map_err(|error| {
                    tracing::error!(%error, "no secret made for a webhook");
                    ErrorBody::internal()
                })?;
                Ok(AppFacts { secret_sealed: Some(secret), ..AppFacts::default() })
            }
            AppCommand::ChangeApp(ChangeApp { icon: Some(AppIcon::Picture { file }), .. }) => {
                let picture = env.picture_size(file.blob).await?;
                Ok(AppFacts { picture, ..AppFacts::default() })
            }
            _ => Ok(AppFacts::default()),
        }
    }

    /// A webhook's secret is stored sealed, with the command's result too: it is opened here, on
    /// its way to who has set the webhook.
    fn outcome(env: &Env, mut receipt: Receipt) -> Result<Receipt, ErrorBody> {
        let sealed = receipt.result.as_ref().and_then(|result| result.get("secret_sealed"));
        if let Some(sealed) = sealed.and_then(|sealed| sealed.as_str()) {
            let secret = env.keys()?.told_secret(receipt.stream.id, sealed);
            receipt.result = Some(serde_json::json!({ "secret": secret }));
        }
        Ok(receipt)
    }

    fn committed(env: &Env, _: StreamId, events: &[StoredEvent]) {
        for stored in events {
            let body = stored.body.as_deref().unwrap_or_default();
            if let Ok(AnyEvent::App(AppEvent::TokenRevoked(gone))) =
                AnyEvent::decode(&stored.type_name, body)
                && let Some(account) = env.used.forget(gone.token)
            {
                let session = Some(SessionId(gone.token));
                env.fanout.close_sessions(account, session, CloseCode::SignedOut);
            }
        }
    }
}

/// When each token's use was last told, and as whom it acts.
#[derive(Default)]
pub(crate) struct Used(Mutex<HashMap<Uuid, (AccountId, Millis)>>);

impl Used {
    /// Whether it is time to tell again.
    fn note(&self, token: Uuid, account: AccountId, now: Millis) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = known.get(&token).map(|(_, at)| *at);
        let due = last.is_none_or(|at| now - at >= TELL_USE_EVERY_MS);
        if due {
            known.insert(token, (account, now));
        }
        due
    }

    fn forget(&self, token: Uuid) -> Option<AccountId> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.remove(&token).map(|(account, _)| account)
    }
}

pub(crate) fn is_token(token: &str) -> bool {
    token.starts_with(PREFIX)
}

/// What is stored of a secret.
pub fn secret_hash(secret: &str) -> String {
    digest(secret.as_bytes()).iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Who acts with this secret: the application's account, within the token's scopes.
pub(crate) async fn authenticate(env: &Arc<Env>, secret: &str) -> Result<Who, ErrorBody> {
    let row = env.queries.app_token(&secret_hash(secret)).await;
    let row = row.map_err(|_| ErrorBody::unavailable())?;
    let now = env.clock.now();
    let alive = |at: Option<Millis>| at.is_none_or(|at| at > now);
    let row = row.filter(|row| alive(row.expires_at) && !row.disabled).ok_or_else(|| {
        ErrorBody::new(ErrorKind::Unauthenticated, "app.no_token", "this token opens nothing")
    })?;
    if env.used.note(row.token, row.account, now) {
        let used = Order::TokenUsed { token: row.token };
        if let Err(error) = areas::order(env, row.app, CommandId(env.ids.next()), used).await {
            tracing::warn!(app = %row.app, %error, "use of a token not noted");
        }
    }
    let power = AppPower { app: row.app, token: row.token, scopes: row.scopes };
    Ok(Who {
        account: Some(row.account),
        session: Some(SessionId(row.token)),
        grants: row.grants,
        app: Some(Arc::new(power)),
        ..Who::default()
    })
}

/// Refuses a program what its scopes do not hold, and says so in the application's stream.
pub(crate) async fn may_ask(env: &Arc<Env>, who: &Who, asked: &str) -> Result<(), ErrorBody> {
    if who.app.is_none() {
        return Ok(());
    }
    match scope_of(asked) {
        Some(scope) => may(env, who, scope, asked).await,
        None => Err(ErrorBody::new(ErrorKind::Forbidden, "app.not_for_programs", "people only")),
    }
}

/// The same for what is read.
pub(crate) async fn may(
    env: &Arc<Env>,
    who: &Who,
    scope: Scope,
    asked: &str,
) -> Result<(), ErrorBody> {
    let Some(app) = who.app.as_ref().filter(|_| !who.holds(scope)) else { return Ok(()) };
    let missing = Order::ScopeMissing { token: app.token, scope, asked: asked.to_owned() };
    if let Err(error) = areas::order(env, app.app, CommandId(env.ids.next()), missing).await {
        tracing::warn!(app = %app.app, %error, "a missing scope was not written down");
    }
    let message = format!("needs the scope {}", scope.name());
    Err(ErrorBody::new(ErrorKind::Forbidden, "app.scope_missing", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn use_is_told_once_in_a_while() {
        let used = Used::default();
        let (token, account) = (Uuid::from_u128(1), AccountId(Uuid::from_u128(2)));
        assert!(used.note(token, account, 0));
        assert!(!used.note(token, account, TELL_USE_EVERY_MS - 1));
        assert!(used.note(token, account, TELL_USE_EVERY_MS));
        assert_eq!(used.forget(token), Some(account));
        assert!(used.note(token, account, TELL_USE_EVERY_MS));
    }
}
