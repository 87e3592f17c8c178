//! Making every read model again from the streams. Invariant: one transaction, so that
//! readers see the old tables or the new ones; secrets, which are in no event, are carried
//! over untouched.

use crate::{SqliteJournal, project, sqlite::read};
use kernel::journal::StoreError;
use sqlx::SqliteConnection;

/// Events read at a time.
const PAGE: i64 = 1_000;

/// Secrets leave before the replay, which would forget them event by event.
const KEEP: &[&str] = &[
    "DROP TABLE IF EXISTS temp.kept_credentials",
    "DROP TABLE IF EXISTS temp.kept_tokens",
    "DROP TABLE IF EXISTS temp.kept_feeds",
    "DROP TABLE IF EXISTS temp.kept_app_tokens",
    "DROP TABLE IF EXISTS temp.kept_push",
    "DROP TABLE IF EXISTS temp.kept_app_webhooks",
    "CREATE TEMP TABLE kept_credentials AS SELECT * FROM account_credentials",
    "CREATE TEMP TABLE kept_tokens AS SELECT session_id, token_hash FROM account_sessions \
     WHERE token_hash IS NOT NULL",
    "CREATE TEMP TABLE kept_push AS SELECT account_id, device_id, target FROM account_push",
    "CREATE TEMP TABLE kept_feeds AS SELECT * FROM calendar_feeds",
    "CREATE TEMP TABLE kept_app_tokens AS SELECT token_id, token_hash FROM app_tokens \
     WHERE token_hash IS NOT NULL",
    "CREATE TEMP TABLE kept_app_webhooks AS SELECT app_id, secret_sealed FROM app_webhooks",
];

const RESTORE: &[&str] = &[
    "DELETE FROM account_credentials",
    "INSERT INTO account_credentials (account_id, password_hash, totp_secret) \
     SELECT account_id, password_hash, totp_secret FROM kept_credentials",
    "UPDATE account_sessions SET token_hash = kept_tokens.token_hash FROM kept_tokens \
     WHERE kept_tokens.session_id = account_sessions.session_id \
     AND account_sessions.signed_out_at IS NULL",
    "UPDATE calendar_feeds SET token_hash = kept_feeds.token_hash FROM kept_feeds \
     WHERE kept_feeds.account_id = calendar_feeds.account_id",
    "UPDATE app_tokens SET token_hash = kept_app_tokens.token_hash FROM kept_app_tokens \
     WHERE kept_app_tokens.token_id = app_tokens.token_id AND app_tokens.revoked_at IS NULL",
    "UPDATE app_webhooks SET secret_sealed = kept_app_webhooks.secret_sealed \
     FROM kept_app_webhooks WHERE kept_app_webhooks.app_id = app_webhooks.app_id",
    "DROP TABLE temp.kept_app_webhooks",
    "UPDATE account_push SET target = kept_push.target FROM kept_push \
     WHERE kept_push.account_id = account_push.account_id \
     AND kept_push.device_id = account_push.device_id",
    "DROP TABLE temp.kept_push",
    "DROP TABLE temp.kept_feeds",
    "DROP TABLE temp.kept_app_tokens",
    "DROP TABLE temp.kept_credentials",
    "DROP TABLE temp.kept_tokens",
];

/// Empties the read models and fills them from the events; answers how many were read.
/// `progress` is told events done and in all.
pub async fn rebuild(
    journal: &SqliteJournal,
    mut progress: impl FnMut(u64, u64),
) -> Result<u64, StoreError> {
    let mut session = journal.writer.begin().await?;
    let done = replay(&mut session.connection, &mut progress).await;
    session.finish(done).await
}

async fn replay(
    connection: &mut SqliteConnection,
    progress: &mut impl FnMut(u64, u64),
) -> Result<u64, sqlx::Error> {
    for statement in KEEP.iter().chain(project::CLEAR) {
        sqlx::query(*statement).execute(&mut *connection).await?;
    }
    let total = last_position(connection).await?;
    let (mut position, mut done) = (0, 0);
    loop {
        let events = read::by_position(connection, position, PAGE).await?;
        let Some((last, _)) = events.last() else { break };
        position = *last;
        done += events.len() as u64;
        let events: Vec<_> = events.into_iter().map(|(_, event)| event).collect();
        project::apply(connection, &events, None).await?;
        progress(done, total.max(done));
    }
    for statement in RESTORE {
        sqlx::query(*statement).execute(&mut *connection).await?;
    }
    tracing::info!(events = done, "read models rebuilt");
    Ok(done)
}

/// How many events there are: positions have no gaps.
pub(crate) async fn last_position(connection: &mut SqliteConnection) -> Result<u64, sqlx::Error> {
    let last: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(position), 0) FROM events")
        .fetch_one(connection)
        .await?;
    Ok(u64::try_from(last).unwrap_or(0))
}
