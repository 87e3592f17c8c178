//! Applications, what a token of theirs opens, and the app square.

use super::Queries;
use crate::{
    pinyin,
    project::of_word,
    sqlite::errors::{corrupt, store_error},
};
use kernel::journal::StoreError;
use protocol::{
    AccountId, EntityKind, Millis, StreamId, UnitId,
    app::{AppInfo, Scope, SquareApp, TokenInfo},
    notice::Target,
};
use serde::de::DeserializeOwned;
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
    /// Every application with its tokens and its webhook, as the square has them.
    pub async fn apps(&self) -> Result<Vec<AppInfo>, StoreError> {
        let rows = sqlx::query(
            "SELECT a.*, t.token_id, t.label, t.scopes, t.issued_at, \
             t.expires_at, t.revoked_at, t.used_at FROM app_apps a \
             LEFT JOIN app_tokens t ON t.app_id = a.app_id \
             ORDER BY a.place, a.name, a.app_id, t.issued_at, t.token_id",
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
        for (of, webhook) in self.deliveries().webhooks_info().await? {
            if let Some(app) = apps.iter_mut().find(|app| app.app == of) {
                app.webhook = Some(webhook);
            }
        }
        Ok(apps)
    }

    /// What the account may open, in the operators' order. There are some hundreds of
    /// applications at most; each that is not for everybody costs one look by keys.
    pub async fn square(&self, account: AccountId) -> Result<Vec<SquareApp>, StoreError> {
        let rows =
            sqlx::query("SELECT * FROM app_apps WHERE shown = 1 ORDER BY place, name, app_id")
                .fetch_all(&self.readers)
                .await
                .map_err(store_error)?;
        let mut square = Vec::with_capacity(rows.len());
        for row in &rows {
            let (app, target) = square_app(row).map_err(store_error)?;
            if self.is_addressed(&target, account).await? {
                square.push(app);
            }
        }
        Ok(square)
    }

    /// Where an application may send back whoever it signs in.
    pub async fn app_redirects(&self, app: StreamId) -> Result<Vec<String>, StoreError> {
        let json: Option<String> =
            sqlx::query_scalar("SELECT redirects FROM app_apps WHERE app_id = ?")
                .bind(app.id)
                .fetch_optional(&self.readers)
                .await
                .map_err(store_error)?;
        json.as_deref().map_or(Ok(Vec::new()), parsed).map_err(store_error)
    }

    /// The application, as a room of its people names it, its account, and whether it is for
    /// this one.
    pub async fn app_for(
        &self,
        app: StreamId,
        account: AccountId,
    ) -> Result<Option<(SquareApp, AccountId, bool)>, StoreError> {
        let row = sqlx::query("SELECT * FROM app_apps WHERE app_id = ?")
            .bind(app.id)
            .fetch_optional(&self.readers)
            .await
            .map_err(store_error)?;
        let Some(row) = row else { return Ok(None) };
        let (square, target) = square_app(&row).map_err(store_error)?;
        let bot = AccountId(row.try_get("account_id").map_err(store_error)?);
        let for_them = self.is_addressed(&target, account).await?;
        Ok(Some((square, bot, for_them)))
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
        summary: row.try_get("summary")?,
        icon: row.try_get::<Option<String>, _>("icon")?.map(|icon| parsed(&icon)).transpose()?,
        url: row.try_get("url")?,
        order: row.try_get("place")?,
        target: parsed(row.try_get("target")?)?,
        shown: row.try_get("shown")?,
        redirects: parsed(row.try_get("redirects")?)?,
        webhook: None,
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

fn square_app(row: &SqliteRow) -> Result<(SquareApp, Target), sqlx::Error> {
    let name: String = row.try_get("name")?;
    let pinyin::Keys { full, initials } = pinyin::keys(&name);
    let square = SquareApp {
        app: StreamId::new(EntityKind::App, row.try_get("app_id")?),
        keys: format!("{}{full}{initials}", name.to_lowercase()),
        name,
        summary: row.try_get("summary")?,
        icon: row.try_get::<Option<String>, _>("icon")?.map(|icon| parsed(&icon)).transpose()?,
        url: row.try_get("url")?,
    };
    Ok((square, parsed(row.try_get("target")?)?))
}

fn parsed<T: DeserializeOwned>(json: &str) -> Result<T, sqlx::Error> {
    serde_json::from_str(json).map_err(|error| corrupt(format!("stored JSON: {error}")))
}

fn scopes(row: &SqliteRow) -> Result<Vec<Scope>, sqlx::Error> {
    let text: String = row.try_get("scopes")?;
    text.split(' ').map(|scope| of_word(scope.to_owned())).collect()
}
