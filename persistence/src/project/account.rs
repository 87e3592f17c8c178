//! Tables of accounts, grants, sessions and credentials.

use super::{Private, path_text, word};
use crate::{pinyin, sqlite::errors::corrupt};
use kernel::journal::StoredEvent;
use protocol::{
    Grant, Millis, SessionId,
    account::{AccountCreated, AccountEvent, Names, ProfileUpdated, SignedIn},
};
use sqlx::SqliteConnection;
use uuid::Uuid;

pub(super) async fn apply(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    words: AccountEvent,
    private: &Private,
) -> Result<(), sqlx::Error> {
    let account = event.stream.id;
    match words {
        AccountEvent::AccountCreated(body) => created(connection, account, body, private).await,
        AccountEvent::ProfileUpdated(body) => profile(connection, account, body).await,
        AccountEvent::PasswordChanged(body) => {
            set(connection, Flag::MustChangePassword, account, body.reset).await?;
            password(connection, account, private).await
        }
        AccountEvent::RoleGranted(body) => grant(connection, account, body.grant).await,
        AccountEvent::RoleRevoked(body) => revoke(connection, account, body.grant).await,
        AccountEvent::AccountDisabled(_) => set(connection, Flag::Disabled, account, true).await,
        AccountEvent::AccountEnabled(_) => set(connection, Flag::Disabled, account, false).await,
        AccountEvent::SignedIn(body) => {
            signed_in(connection, account, event.at, body, private).await
        }
        AccountEvent::SignedOut(body) => signed_out(connection, body.session, event.at).await,
        AccountEvent::TotpEnrolled(_) => {
            set(connection, Flag::TotpConfirmed, account, false).await?;
            totp(connection, account, private.totp_secret.as_deref()).await
        }
        AccountEvent::TotpConfirmed(_) => set(connection, Flag::TotpConfirmed, account, true).await,
        AccountEvent::TotpRemoved(_) => {
            set(connection, Flag::TotpConfirmed, account, false).await?;
            totp(connection, account, None).await
        }
        // Kept in the stream only: the list of rooms is read from their members.
        AccountEvent::SignInFailed(_)
        | AccountEvent::StreamJoined(_)
        | AccountEvent::StreamLeft(_) => Ok(()),
    }
}

async fn created(
    connection: &mut SqliteConnection,
    account: Uuid,
    body: AccountCreated,
    private: &Private,
) -> Result<(), sqlx::Error> {
    let unit = body.unit.unit().ok_or_else(|| corrupt("an account without unit"))?;
    let keys = pinyin::keys(&body.names.zh);
    sqlx::query(
        "INSERT INTO account_accounts (account_id, username, name_zh, name_ug, name_en, unit_id, \
         unit_path, post, phone, must_change_password, search_names, pinyin_full, \
         pinyin_initials) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(account)
    .bind(body.username)
    .bind(body.names.zh.as_str())
    .bind(body.names.ug.as_deref())
    .bind(body.names.en.as_deref())
    .bind(unit.0)
    .bind(path_text(&body.unit))
    .bind(body.post)
    .bind(body.phone)
    .bind(body.must_change_password)
    .bind(search_names(&body.names))
    .bind(keys.full)
    .bind(keys.initials)
    .execute(&mut *connection)
    .await?;
    for one in body.grants {
        grant(connection, account, one).await?;
    }
    password(connection, account, private).await
}

async fn profile(
    connection: &mut SqliteConnection,
    account: Uuid,
    body: ProfileUpdated,
) -> Result<(), sqlx::Error> {
    let keys = pinyin::keys(&body.names.zh);
    sqlx::query(
        "UPDATE account_accounts SET name_zh = ?, name_ug = ?, name_en = ?, post = ?, phone = ?, \
         search_names = ?, pinyin_full = ?, pinyin_initials = ? WHERE account_id = ?",
    )
    .bind(body.names.zh.as_str())
    .bind(body.names.ug.as_deref())
    .bind(body.names.en.as_deref())
    .bind(body.post)
    .bind(body.phone)
    .bind(search_names(&body.names))
    .bind(keys.full)
    .bind(keys.initials)
    .bind(account)
    .execute(connection)
    .await
    .map(|_| ())
}

/// One name a line, in lower case: a substring of one name cannot span two.
fn search_names(names: &Names) -> String {
    let all = [Some(&names.zh), names.ug.as_ref(), names.en.as_ref()];
    all.into_iter().flatten().map(|name| name.to_lowercase()).collect::<Vec<_>>().join("\n")
}

enum Flag {
    Disabled,
    MustChangePassword,
    TotpConfirmed,
}

async fn set(
    connection: &mut SqliteConnection,
    flag: Flag,
    account: Uuid,
    value: bool,
) -> Result<(), sqlx::Error> {
    let statement = match flag {
        Flag::Disabled => "UPDATE account_accounts SET disabled = ? WHERE account_id = ?",
        Flag::MustChangePassword => {
            "UPDATE account_accounts SET must_change_password = ? WHERE account_id = ?"
        }
        Flag::TotpConfirmed => {
            "UPDATE account_accounts SET totp_confirmed = ? WHERE account_id = ?"
        }
    };
    sqlx::query(statement).bind(value).bind(account).execute(connection).await.map(|_| ())
}

/// Without a new hash (a rebuild, an import) the stored one stays.
async fn password(
    connection: &mut SqliteConnection,
    account: Uuid,
    private: &Private,
) -> Result<(), sqlx::Error> {
    let Some(hash) = &private.password_hash else { return Ok(()) };
    sqlx::query(
        "INSERT INTO account_credentials (account_id, password_hash) VALUES (?, ?) \
         ON CONFLICT (account_id) DO UPDATE SET password_hash = excluded.password_hash",
    )
    .bind(account)
    .bind(hash.as_str())
    .execute(connection)
    .await
    .map(|_| ())
}

/// A rebuild passes here without the secret; it restores the table afterwards.
async fn totp(
    connection: &mut SqliteConnection,
    account: Uuid,
    secret: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE account_credentials SET totp_secret = ? WHERE account_id = ?")
        .bind(secret)
        .bind(account)
        .execute(connection)
        .await
        .map(|_| ())
}

async fn grant(
    connection: &mut SqliteConnection,
    account: Uuid,
    grant: Grant,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO account_grants (account_id, role, unit_id) VALUES (?, ?, ?) \
         ON CONFLICT (account_id, role, unit_id) DO NOTHING",
    )
    .bind(account)
    .bind(word(&grant.role))
    .bind(grant.unit.0)
    .execute(connection)
    .await
    .map(|_| ())
}

async fn revoke(
    connection: &mut SqliteConnection,
    account: Uuid,
    grant: Grant,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM account_grants WHERE account_id = ? AND role = ? AND unit_id = ?")
        .bind(account)
        .bind(word(&grant.role))
        .bind(grant.unit.0)
        .execute(connection)
        .await
        .map(|_| ())
}

async fn signed_in(
    connection: &mut SqliteConnection,
    account: Uuid,
    at: Millis,
    body: SignedIn,
    private: &Private,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO account_sessions (session_id, account_id, token_hash, signed_in_at, \
         expires_at, addr, agent) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(body.session.0)
    .bind(account)
    .bind(private.token_hash.as_deref())
    .bind(at)
    .bind(body.expires_at)
    .bind(body.addr)
    .bind(body.agent)
    .execute(connection)
    .await
    .map(|_| ())
}

/// The token is forgotten with the session it opened.
async fn signed_out(
    connection: &mut SqliteConnection,
    session: SessionId,
    at: Millis,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE account_sessions SET signed_out_at = ?, token_hash = NULL WHERE session_id = ?",
    )
    .bind(at)
    .bind(session.0)
    .execute(connection)
    .await
    .map(|_| ())
}
