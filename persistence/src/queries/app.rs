//! Applications, and what a token of theirs opens.

use super::Queries;
use crate::{project::of_word, sqlite::errors::store_error};
use kernel::journal::StoreError;
use protocol::{
    AccountId, EntityKind, Millis, StreamId, UnitId,
    app::{AppInfo, Scope, TokenInfo},
};
use sqlx::{Row, sqlite::SqliteRow};
use uuid::Uuid;

/// A token that was not revoked; it may have expired.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenRow {
    pub app: StreamId,
    pub token: Uuid,
    pub account: AccountId,
    pub scopes: Vec<Scope>,
    pub expires_at: Option<Millis>,
    pub grants: Vec<protocol::Grant>,
    /// Its account cannot be used.
    pub disabled: bool,
}

impl Queries {
    /// Every application with its tokens, by name.
    pub async fn apps(&self) -> Result<Vec<AppInfo>, StoreError> {
        let rows = sqlx::query(
            "SELECT a.app_id, a.name, a.account_id, t.token_id, t.label, t.scopes, t.issued_at, \
             t.expires_at, t.revoked_at, t.used_at FROM app_apps a \
             LEFT JOIN app_tokens t ON t.app_id = a.app_id \
             ORDER BY a.name, a.app_id, t.issued_at, t.token_id",
        )
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let mut apps: Vec<AppInfo> = Vec::new();
        for row in &rows {
            let (app, token) = app(row).map_err(store_error)?;
            if apps.last().is_none_or(|last| last.app != app.app) {
                apps.push(app);
            }
            if let (Some(app), Some(token)) = (apps.last_mut(), token) {
                app.tokens.push(token);
            }
        }
        Ok(apps)
    }

    /// What the secret with this hash opens.
    pub async fn app_token(&self, hash: &str) -> Result<Option<TokenRow>, StoreError> {
        let row = sqlx::query(
            "SELECT t.token_id, t.app_id, t.scopes, t.expires_at, p.account_id, \
             COALESCE(a.disabled, 1) AS disabled \
             FROM app_tokens t JOIN app_apps p ON p.app_id = t.app_id \
             LEFT JOIN account_accounts a ON a.account_id = p.account_id \
             WHERE t.token_hash = ? AND t.revoked_at IS NULL",
        )
        .bind(hash)
        .fetch_optional(&self.readers)
        .await
        .map_err(store_error)?;
        let Some(row) = row else { return Ok(None) };
        let mut found = token_row(&row).map_err(store_error)?;
        found.grants = self.grants(found.account).await?;
        Ok(Some(found))
    }

    /// The unit of an account that can be used.
    pub async fn usable_unit(&self, account: AccountId) -> Result<Option<UnitId>, StoreError> {
        let unit: Option<Uuid> = sqlx::query_scalar(
            "SELECT unit_id FROM account_accounts WHERE account_id = ? AND disabled = 0",
        )
        .bind(account.0)
        .fetch_optional(&self.readers)
        .await
        .map_err(store_error)?;
        Ok(unit.map(UnitId))
    }
}

fn app(row: &SqliteRow) -> Result<(AppInfo, Option<TokenInfo>), sqlx::Error> {
    let app = AppInfo {
        app: StreamId::new(EntityKind::App, row.try_get("app_id")?),
        name: row.try_get("name")?,
        account: AccountId(row.try_get("account_id")?),
        tokens: Vec::new(),
    };
    let Some(token) = row.try_get::<Option<Uuid>, _>("token_id")? else { return Ok((app, None)) };
    let token = TokenInfo {
        token,
        label: row.try_get("label")?,
        scopes: scopes(row)?,
        issued_at: row.try_get("issued_at")?,
        expires_at: row.try_get("expires_at")?,
        revoked_at: row.try_get("revoked_at")?,
        used_at: row.try_get("used_at")?,
    };
    Ok((app, Some(token)))
}

fn token_row(row: &SqliteRow) -> Result<TokenRow, sqlx::Error> {
    Ok(TokenRow {
        app: StreamId::new(EntityKind::App, row.try_get("app_id")?),
        token: row.try_get("token_id")?,
        account: AccountId(row.try_get("account_id")?),
        scopes: scopes(row)?,
        expires_at: row.try_get("expires_at")?,
        grants: Vec::new(),
        disabled: row.try_get("disabled")?,
    })
}

fn scopes(row: &SqliteRow) -> Result<Vec<Scope>, sqlx::Error> {
    let text: String = row.try_get("scopes")?;
    text.split(' ').map(|scope| of_word(scope.to_owned())).collect()
}
