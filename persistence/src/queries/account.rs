//! What sign-in, the owner's own page and demonstration read. The only queries that return
//! secrets are `find_sign_in`, `credentials` and `demo_accounts`.

use super::{Credentials, Queries, SessionRow, SignInRow};
use crate::{
    Keys,
    project::of_word,
    sqlite::errors::{corrupt, store_error},
};
use domain::permissions_of;
use kernel::journal::StoreError;
use protocol::{
    AccountId, Grant, Millis, Permission, SessionId, UnitId,
    http::{DemoAccount, Me, SessionInfo},
};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};
use std::collections::BTreeSet;
use uuid::Uuid;

impl Queries {
    /// `None` when no such account exists or it has no password.
    pub async fn find_sign_in(&self, username: &str) -> Result<Option<SignInRow>, StoreError> {
        let row = sqlx::query(
            "SELECT a.account_id, a.totp_confirmed, c.password_hash, c.totp_secret \
             FROM account_accounts a JOIN account_credentials c ON c.account_id = a.account_id \
             WHERE a.username = ?",
        )
        .bind(username)
        .fetch_optional(&self.readers)
        .await
        .map_err(store_error)?;
        row.map(|row| {
            let confirmed: bool = row.try_get("totp_confirmed")?;
            let secret: Option<String> = row.try_get("totp_secret")?;
            Ok(SignInRow {
                account: AccountId(row.try_get("account_id")?),
                password_hash: row.try_get("password_hash")?,
                totp_secret: secret.filter(|_| confirmed),
            })
        })
        .transpose()
        .map_err(store_error)
    }

    pub async fn credentials(&self, account: AccountId) -> Result<Option<Credentials>, StoreError> {
        let row = sqlx::query(
            "SELECT c.password_hash, c.totp_secret, a.totp_confirmed \
             FROM account_credentials c JOIN account_accounts a ON a.account_id = c.account_id \
             WHERE c.account_id = ?",
        )
        .bind(account.0)
        .fetch_optional(&self.readers)
        .await
        .map_err(store_error)?;
        row.map(|row| {
            Ok(Credentials {
                password_hash: row.try_get("password_hash")?,
                totp_secret: row.try_get("totp_secret")?,
                totp_confirmed: row.try_get("totp_confirmed")?,
            })
        })
        .transpose()
        .map_err(store_error)
    }

    /// Seals the second factors that lie in plain, from before they were sealed or from an export
    /// of that time; answers how many.
    pub async fn seal_second_factors(&self, keys: &Keys) -> Result<usize, StoreError> {
        let rows: Vec<(Uuid, String)> = sqlx::query_as(
            "SELECT account_id, totp_secret FROM account_credentials WHERE totp_secret IS NOT NULL",
        )
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let plain: Vec<_> = rows.into_iter().filter(|(_, stored)| Keys::is_plain(stored)).collect();
        if plain.is_empty() {
            return Ok(0);
        }
        let mut session = self.writer.begin().await?;
        let done = seal_all(&mut session.connection, keys, &plain).await;
        session.finish(done).await.map(|()| plain.len())
    }

    /// The session that a bearer token opened, unless it was signed out.
    pub async fn session_by_token(
        &self,
        token_hash: &str,
    ) -> Result<Option<SessionRow>, StoreError> {
        let row = sqlx::query(
            "SELECT s.session_id, s.account_id, s.expires_at, a.disabled, \
             a.must_change_password FROM account_sessions s JOIN account_accounts a ON a.account_id = s.account_id \
             WHERE s.token_hash = ? AND s.signed_out_at IS NULL",
        )
        .bind(token_hash)
        .fetch_optional(&self.readers)
        .await
        .map_err(store_error)?;
        let Some(row) = row else { return Ok(None) };
        let account = AccountId(row.try_get("account_id").map_err(store_error)?);
        let grants = self.grants(account).await?;
        let session = |row: &SqliteRow| {
            Ok(SessionRow {
                session: SessionId(row.try_get("session_id")?),
                account,
                expires_at: row.try_get("expires_at")?,
                grants,
                disabled: row.try_get("disabled")?,
                must_change_password: row.try_get("must_change_password")?,
            })
        };
        session(&row).map(Some).map_err(store_error)
    }

    /// Whether the account must choose a password of its own before anything else.
    pub async fn must_change_password(&self, account: AccountId) -> Result<bool, StoreError> {
        sqlx::query_scalar("SELECT must_change_password FROM account_accounts WHERE account_id = ?")
            .bind(account.0)
            .fetch_optional(&self.readers)
            .await
            .map(|must| must.unwrap_or(false))
            .map_err(store_error)
    }

    pub(super) async fn grants(&self, account: AccountId) -> Result<Vec<Grant>, StoreError> {
        let rows = sqlx::query(
            "SELECT role, unit_id FROM account_grants WHERE account_id = ? ORDER BY role, unit_id",
        )
        .bind(account.0)
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let grant = |row: &SqliteRow| {
            let unit = UnitId(row.try_get("unit_id")?);
            Ok(Grant { role: of_word(row.try_get("role")?)?, unit })
        };
        rows.iter().map(grant).collect::<Result<_, _>>().map_err(store_error)
    }

    /// The owner's own page. The phone number is the owner's and is not masked.
    pub async fn me(
        &self,
        account: AccountId,
        session: SessionId,
    ) -> Result<Option<Me>, StoreError> {
        let row = sqlx::query(
            "SELECT phone, totp_confirmed, must_change_password FROM account_accounts \
             WHERE account_id = ?",
        )
        .bind(account.0)
        .fetch_optional(&self.readers)
        .await
        .map_err(store_error)?;
        let Some(row) = row else { return Ok(None) };
        let Some(mut card) = self.cards(&[account]).await?.pop() else { return Ok(None) };
        let grants = self.grants(account).await?;
        let held: BTreeSet<Permission> =
            grants.iter().flat_map(|grant| permissions_of(grant.role)).copied().collect();
        card.phone = row.try_get("phone").map_err(store_error)?;
        Ok(Some(Me {
            card,
            session,
            grants,
            permissions: held.into_iter().collect(),
            totp: row.try_get("totp_confirmed").map_err(store_error)?,
            must_change_password: row.try_get("must_change_password").map_err(store_error)?,
            preferences: self.preferences(account).await?,
            fields: self.field_values(account).await?,
        }))
    }

    /// Where the account is signed in at `now`, latest first. Which one asks is set above.
    pub async fn sessions(
        &self,
        account: AccountId,
        now: Millis,
    ) -> Result<Vec<SessionInfo>, StoreError> {
        let rows = sqlx::query(
            "SELECT session_id, signed_in_at, expires_at, addr, agent FROM account_sessions \
             WHERE account_id = ? AND signed_out_at IS NULL AND expires_at > ? \
             ORDER BY signed_in_at DESC, session_id",
        )
        .bind(account.0)
        .bind(now)
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let session = |row: &SqliteRow| {
            Ok(SessionInfo {
                session: SessionId(row.try_get("session_id")?),
                signed_in_at: row.try_get("signed_in_at")?,
                expires_at: row.try_get("expires_at")?,
                addr: row.try_get("addr")?,
                agent: row.try_get("agent")?,
                current: false,
            })
        };
        rows.iter().map(session).collect::<Result<_, _>>().map_err(store_error)
    }

    /// Accounts that the demonstration lets one click through, in the order they were set.
    pub async fn demo_accounts(&self) -> Result<Vec<DemoAccount>, StoreError> {
        let rows: Vec<(Uuid, String)> =
            sqlx::query_as("SELECT account_id, password FROM demo_accounts ORDER BY rowid")
                .fetch_all(&self.readers)
                .await
                .map_err(store_error)?;
        let ids: Vec<AccountId> = rows.iter().map(|(account, _)| AccountId(*account)).collect();
        let mut demo = Vec::with_capacity(rows.len());
        for card in self.cards(&ids).await? {
            let password = rows
                .iter()
                .find(|(account, _)| *account == card.account.0)
                .map(|(_, password)| password.clone())
                .ok_or_else(|| store_error(corrupt("a card nobody asked for")))?;
            demo.push(DemoAccount { grants: self.grants(card.account).await?, card, password });
        }
        Ok(demo)
    }

    /// Replaces the accounts of the demonstration.
    pub async fn set_demo(&self, accounts: &[(AccountId, String)]) -> Result<(), StoreError> {
        let mut session = self.writer.begin().await?;
        let done = replace_demo(&mut session.connection, accounts).await;
        session.finish(done).await
    }
}

pub(crate) async fn replace_demo(
    connection: &mut sqlx::SqliteConnection,
    accounts: &[(AccountId, String)],
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM demo_accounts").execute(&mut *connection).await?;
    for (account, password) in accounts {
        sqlx::query("INSERT INTO demo_accounts (account_id, password) VALUES (?, ?)")
            .bind(account.0)
            .bind(password.as_str())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

async fn seal_all(
    connection: &mut SqliteConnection,
    keys: &Keys,
    plain: &[(Uuid, String)],
) -> Result<(), sqlx::Error> {
    for (account, secret) in plain {
        let stored = keys
            .sealed_factor(*account, secret)
            .map_err(|error| corrupt(format!("a second factor: {error}")))?;
        sqlx::query(
            "UPDATE account_credentials SET totp_secret = ? WHERE account_id = ? AND totp_secret = ?",
        )
        .bind(stored)
        .bind(account)
        .bind(secret)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
