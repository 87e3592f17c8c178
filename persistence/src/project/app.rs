//! Tables of applications, their tokens and their webhooks. The hash of a token and the secret of
//! a webhook are in no event: they come beside one, and leave with the revocation.

use super::Private;
use crate::{blobs::unhex_all, sqlite::errors::corrupt};
use kernel::journal::StoredEvent;
use protocol::app::{AppChanged, AppEvent, WebhookSet};
use serde::Serialize;
use sqlx::SqliteConnection;

pub(super) async fn apply(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    words: AppEvent,
    private: &Private,
) -> Result<(), sqlx::Error> {
    use AppEvent as E;
    let statement = match words {
        E::AppCreated(body) => {
            sqlx::query("INSERT INTO app_apps (app_id, name, account_id) VALUES (?, ?, ?)")
                .bind(event.stream.id)
                .bind(body.name)
                .bind(body.account.0)
        }
        E::TokenIssued(body) => {
            let scopes: Vec<&str> = body.scopes.iter().map(|scope| scope.name()).collect();
            sqlx::query(
                "INSERT INTO app_tokens (token_id, app_id, label, scopes, token_hash, issued_at, \
                 expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            )
            .bind(body.token)
            .bind(event.stream.id)
            .bind(body.label)
            .bind(scopes.join(" "))
            .bind(private.token_hash.as_deref())
            .bind(event.at)
            .bind(body.expires_at)
        }
        E::TokenRevoked(body) => sqlx::query(
            "UPDATE app_tokens SET revoked_at = ?, token_hash = NULL WHERE token_id = ?",
        )
        .bind(event.at)
        .bind(body.token),
        E::TokenUsed(body) => sqlx::query("UPDATE app_tokens SET used_at = ? WHERE token_id = ?")
            .bind(event.at)
            .bind(body.token),
        E::AppChanged(body) => return changed(connection, event, body).await,
        E::WebhookSet(body) => return webhook(connection, event, body, private).await,
        E::WebhookCleared(_) => {
            sqlx::query("DELETE FROM app_webhooks WHERE app_id = ?").bind(event.stream.id)
        }
        // For the audit log: the stream holds it.
        E::ScopeMissing(_)
        | E::CodeIssued(_)
        | E::PersonSignedIn(_)
        | E::PersonRefused(_)
        | E::WebhookFailing(_)
        | E::WebhookWorks(_) => return Ok(()),
    };
    statement.execute(connection).await.map(|_| ())
}

async fn changed(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    body: AppChanged,
) -> Result<(), sqlx::Error> {
    let icon = body.icon.as_ref().map(json).transpose()?;
    sqlx::query(
        "UPDATE app_apps SET name = ?, summary = ?, icon = ?, url = ?, place = ?, target = ?, \
         shown = ?, redirects = ? WHERE app_id = ?",
    )
    .bind(body.name)
    .bind(body.summary)
    .bind(icon)
    .bind(body.url)
    .bind(body.order)
    .bind(json(&body.target)?)
    .bind(body.shown)
    .bind(json(&body.redirects)?)
    .bind(event.stream.id)
    .execute(connection)
    .await
    .map(|_| ())
}

async fn webhook(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    body: WebhookSet,
    private: &Private,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO app_webhooks (app_id, url, topics, secret_sealed, since) VALUES (?1, ?2, ?3, \
         ?4, (SELECT position FROM events WHERE stream_id = ?1 AND seq = ?5)) \
         ON CONFLICT (app_id) DO UPDATE SET url = excluded.url, topics = excluded.topics, \
         secret_sealed = excluded.secret_sealed, since = excluded.since",
    )
    .bind(event.stream.id)
    .bind(body.url)
    .bind(json(&body.topics)?)
    .bind(private.secret_sealed.as_deref().and_then(unhex_all))
    .bind(event.seq as i64)
    .execute(&mut *connection)
    .await?;
    // Another address owes nothing for the tries of the one before.
    sqlx::query("UPDATE app_tries SET tries = 0, again_at = 0, lost = 0 WHERE app_id = ?")
        .bind(event.stream.id)
        .execute(connection)
        .await
        .map(|_| ())
}

fn json<T: Serialize>(value: &T) -> Result<String, sqlx::Error> {
    serde_json::to_string(value).map_err(|error| corrupt(error.to_string()))
}
