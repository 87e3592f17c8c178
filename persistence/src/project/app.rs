//! Tables of applications and their tokens. The hash of a token is in no event: it comes beside
//! one, and leaves with the revocation.

use super::Private;
use kernel::journal::StoredEvent;
use protocol::app::AppEvent;
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
        // For the audit log: the stream holds it.
        E::ScopeMissing(_) => return Ok(()),
    };
    statement.execute(connection).await.map(|_| ())
}
