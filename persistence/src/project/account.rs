//! Tables of accounts, grants, sessions and credentials.
//! Invariant: every write of what a person is found by raises the row's `changed` above all
//! others, so that an index in memory can follow by reading what lies above its mark.

use super::{Private, mail, me, room_settings, word};
use crate::{pinyin, sqlite::errors::corrupt};
use kernel::journal::StoredEvent;
use protocol::{
    Grant, Millis, SessionId,
    account::{AccountCreated, AccountEvent, MessageHidden, Names, ProfileUpdated, SignedIn},
};
use sqlx::{SqliteConnection, query::Query, sqlite::SqliteArguments};
use uuid::Uuid;

const INSERT: &str = "INSERT INTO account_accounts (account_id, username, name_zh, name_ug, \
     name_en, unit_id, post, phone, must_change_password, search_names, pinyin_full, \
     pinyin_initials, changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, \
     (SELECT COALESCE(MAX(changed), 0) + 1 FROM account_accounts))";
const UPDATE_PROFILE: &str = "UPDATE account_accounts SET name_zh = ?, name_ug = ?, \
     name_en = ?, post = ?, phone = ?, search_names = ?, pinyin_full = ?, pinyin_initials = ?, \
     changed = (SELECT MAX(changed) + 1 FROM account_accounts) WHERE account_id = ?";
const GRANT: &str = "INSERT INTO account_grants (account_id, role, unit_id) VALUES (?, ?, ?) \
     ON CONFLICT (account_id, role, unit_id) DO NOTHING";
const REVOKE: &str = "DELETE FROM account_grants WHERE account_id = ? AND role = ? AND unit_id = ?";
const DISABLED: &str = "UPDATE account_accounts SET disabled = ? WHERE account_id = ?";
const MUST_CHANGE: &str =
    "UPDATE account_accounts SET must_change_password = ? WHERE account_id = ?";
const TOTP_ON: &str = "UPDATE account_accounts SET totp_confirmed = ? WHERE account_id = ?";
/// Without a new hash (a rebuild, an import) the stored one stays.
const PASSWORD: &str = "INSERT INTO account_credentials (account_id, password_hash) \
     VALUES (?, ?) ON CONFLICT (account_id) DO UPDATE SET password_hash = excluded.password_hash";
/// A rebuild passes here without the secret; it restores the table afterwards.
const TOTP_SECRET: &str = "UPDATE account_credentials SET totp_secret = ? WHERE account_id = ?";
const SIGNED_IN: &str = "INSERT INTO account_sessions (session_id, account_id, token_hash, \
     signed_in_at, expires_at, addr, agent) VALUES (?, ?, ?, ?, ?, ?, ?)";
/// The token is forgotten with the session it opened.
const SIGNED_OUT: &str =
    "UPDATE account_sessions SET signed_out_at = ?, token_hash = NULL WHERE session_id = ?";

pub(super) async fn apply(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    words: AccountEvent,
    private: &Private,
) -> Result<(), sqlx::Error> {
    use AccountEvent as E;
    let account = event.stream.id;
    match words {
        E::AccountCreated(body) => created(connection, account, body, private).await,
        E::ProfileUpdated(body) => profile(connection, account, body).await,
        E::PasswordChanged(body) => {
            set(connection, MUST_CHANGE, account, body.reset).await?;
            password(connection, account, private).await
        }
        E::RoleGranted(body) => grants(connection, GRANT, account, body.grant).await,
        E::RoleRevoked(body) => grants(connection, REVOKE, account, body.grant).await,
        E::AccountDisabled(_) => set(connection, DISABLED, account, true).await,
        E::AccountEnabled(_) => set(connection, DISABLED, account, false).await,
        E::SignedIn(body) => signed_in(connection, account, event.at, body, private).await,
        E::SignedOut(body) => signed_out(connection, body.session, event.at).await,
        E::TotpEnrolled(_) => {
            set(connection, TOTP_ON, account, false).await?;
            totp(connection, account, private.totp_secret.as_deref()).await
        }
        E::TotpConfirmed(_) => set(connection, TOTP_ON, account, true).await,
        E::TotpRemoved(_) => {
            set(connection, TOTP_ON, account, false).await?;
            totp(connection, account, None).await
        }
        E::MessageHidden(body) => hidden(connection, account, body).await,
        // Kept in the stream only: the list of rooms is read from their members.
        E::SignInFailed(_) | E::CheckFailed(_) | E::StreamJoined(_) | E::ContactMoved(_) => Ok(()),
        E::MailQueued(_) | E::MailSent(_) | E::MailFailed(_) => Ok(()),
        E::LinkRefused(_) => Ok(()),
        words @ (E::AvatarSet(_) | E::FieldsSet(_) | E::PreferencesSet(_)) => {
            me::apply(connection, event, words, private).await
        }
        words @ (E::HistoryCleared(_) | E::PushDeviceAdded(_) | E::PushDeviceRemoved(_)) => {
            me::apply(connection, event, words, private).await
        }
        words @ (E::MailsRead(_) | E::MailDraftSet(_) | E::MailDraftDropped(_)) => {
            mail::apply(connection, event, words).await
        }
        words @ E::StreamLeft(_) => {
            mail::apply(connection, event, words.clone()).await?;
            room_settings::apply(connection, event, words).await
        }
        words => room_settings::apply(connection, event, words).await,
    }
}

/// Deleted twice is deleted.
async fn hidden(
    connection: &mut SqliteConnection,
    account: Uuid,
    body: MessageHidden,
) -> Result<(), sqlx::Error> {
    let statement = sqlx::query(
        "INSERT INTO account_hidden (account_id, room_id, seq) VALUES (?, ?, ?) \
         ON CONFLICT (account_id, room_id, seq) DO NOTHING",
    );
    run(connection, statement.bind(account).bind(body.room.0).bind(body.seq as i64)).await
}

type Statement<'q> = Query<'q, sqlx::Sqlite, SqliteArguments>;

async fn run(
    connection: &mut SqliteConnection,
    statement: Statement<'_>,
) -> Result<(), sqlx::Error> {
    statement.execute(connection).await.map(|_| ())
}

async fn created(
    connection: &mut SqliteConnection,
    account: Uuid,
    body: AccountCreated,
    private: &Private,
) -> Result<(), sqlx::Error> {
    let unit = body.unit.unit().ok_or_else(|| corrupt("an account without unit"))?;
    let keys = pinyin::keys(&body.names.zh);
    let row = sqlx::query(INSERT)
        .bind(account)
        .bind(body.username)
        .bind(body.names.zh.as_str())
        .bind(body.names.ug.as_deref())
        .bind(body.names.en.as_deref())
        .bind(unit.0)
        .bind(body.post)
        .bind(body.phone)
        .bind(body.must_change_password)
        .bind(search_names(&body.names))
        .bind(keys.full)
        .bind(keys.initials);
    run(connection, row).await?;
    for grant in body.grants {
        grants(connection, GRANT, account, grant).await?;
    }
    password(connection, account, private).await
}

async fn profile(
    connection: &mut SqliteConnection,
    account: Uuid,
    body: ProfileUpdated,
) -> Result<(), sqlx::Error> {
    let keys = pinyin::keys(&body.names.zh);
    let row = sqlx::query(UPDATE_PROFILE)
        .bind(body.names.zh.as_str())
        .bind(body.names.ug.as_deref())
        .bind(body.names.en.as_deref())
        .bind(body.post)
        .bind(body.phone)
        .bind(search_names(&body.names))
        .bind(keys.full)
        .bind(keys.initials)
        .bind(account);
    run(connection, row).await
}

/// One name a line, in lower case: a substring of one name cannot span two.
fn search_names(names: &Names) -> String {
    let all = [Some(&names.zh), names.ug.as_ref(), names.en.as_ref()];
    all.into_iter().flatten().map(|name| name.to_lowercase()).collect::<Vec<_>>().join("\n")
}

/// One of the yes-or-no columns.
async fn set(
    connection: &mut SqliteConnection,
    column: &'static str,
    account: Uuid,
    value: bool,
) -> Result<(), sqlx::Error> {
    run(connection, sqlx::query(column).bind(value).bind(account)).await
}

async fn password(
    connection: &mut SqliteConnection,
    account: Uuid,
    private: &Private,
) -> Result<(), sqlx::Error> {
    let Some(hash) = &private.password_hash else { return Ok(()) };
    run(connection, sqlx::query(PASSWORD).bind(account).bind(hash.as_str())).await
}

async fn totp(
    connection: &mut SqliteConnection,
    account: Uuid,
    secret: Option<&str>,
) -> Result<(), sqlx::Error> {
    run(connection, sqlx::query(TOTP_SECRET).bind(secret).bind(account)).await
}

/// Gives or takes one role.
async fn grants(
    connection: &mut SqliteConnection,
    change: &'static str,
    account: Uuid,
    Grant { role, unit }: Grant,
) -> Result<(), sqlx::Error> {
    run(connection, sqlx::query(change).bind(account).bind(word(&role)).bind(unit.0)).await
}

async fn signed_in(
    connection: &mut SqliteConnection,
    account: Uuid,
    at: Millis,
    body: SignedIn,
    private: &Private,
) -> Result<(), sqlx::Error> {
    let row = sqlx::query(SIGNED_IN)
        .bind(body.session.0)
        .bind(account)
        .bind(private.token_hash.as_deref())
        .bind(at)
        .bind(body.expires_at)
        .bind(body.addr)
        .bind(body.agent);
    run(connection, row).await
}

async fn signed_out(
    connection: &mut SqliteConnection,
    session: SessionId,
    at: Millis,
) -> Result<(), sqlx::Error> {
    run(connection, sqlx::query(SIGNED_OUT).bind(at).bind(session.0)).await
}
