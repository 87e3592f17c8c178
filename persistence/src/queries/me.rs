//! What a person keeps on the account, and what holds for the whole organisation.

use super::Queries;
use crate::{
    project::of_word,
    sqlite::{
        errors::{corrupt, store_error},
        read,
    },
};
use kernel::journal::StoreError;
use protocol::{
    AccountId, BlobId, RoomId, Seq, SessionId,
    account::Names,
    me::{FieldValue, Preferences, PushDevice},
    organisation::{ProfileField, Watermark},
};
use serde::de::DeserializeOwned;
use sqlx::{Row, sqlite::SqliteRow};
use uuid::Uuid;

/// How much of a room somebody has cleared away for themself.
const CLEARED: &str = "SELECT COALESCE(MAX(seq), 0) AS seq, COALESCE(MAX(at), 0) AS at \
     FROM account_cleared WHERE account_id = ? AND room_id IN (?, ?)";

/// Whom a hidden watermark may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    pub account: AccountId,
    pub username: String,
    pub names: Names,
}

impl Queries {
    pub async fn preferences(&self, account: AccountId) -> Result<Preferences, StoreError> {
        let text: Option<String> =
            sqlx::query_scalar("SELECT preferences FROM account_preferences WHERE account_id = ?")
                .bind(account.0)
                .fetch_optional(&self.readers)
                .await
                .map_err(store_error)?;
        text.as_deref().map_or(Ok(Preferences::default()), of_json)
    }

    /// What the account filled in, by the order of the fields' keys.
    pub async fn field_values(&self, account: AccountId) -> Result<Vec<FieldValue>, StoreError> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT field, value FROM account_fields WHERE account_id = ? ORDER BY field",
        )
        .bind(account.0)
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        Ok(rows.into_iter().map(|(field, text)| FieldValue { field, text }).collect())
    }

    /// The picture of an account, if it is this one.
    pub async fn is_avatar(&self, account: AccountId, blob: BlobId) -> Result<bool, StoreError> {
        let found: Option<i64> = sqlx::query_scalar(
            "SELECT 1 FROM account_accounts WHERE account_id = ? AND avatar = ?",
        )
        .bind(account.0)
        .bind(blob.0)
        .fetch_optional(&self.readers)
        .await
        .map_err(store_error)?;
        Ok(found.is_some())
    }

    /// The number and the time up to which the account has cleared the room; 0 for none.
    pub async fn cleared(
        &self,
        account: AccountId,
        room: RoomId,
    ) -> Result<(Seq, i64), StoreError> {
        let row = sqlx::query(CLEARED)
            .bind(account.0)
            .bind(room.0)
            .bind(Uuid::nil())
            .fetch_one(&self.readers)
            .await
            .map_err(store_error)?;
        let both = |row: &SqliteRow| Ok((read::unsigned(row, "seq")?, row.try_get("at")?));
        both(&row).map_err(store_error)
    }

    /// The organisation's own fields and its watermark.
    pub async fn organisation(&self) -> Result<(Vec<ProfileField>, Watermark), StoreError> {
        let row = sqlx::query("SELECT fields, watermark FROM organisation_settings LIMIT 1")
            .fetch_optional(&self.readers)
            .await
            .map_err(store_error)?;
        let Some(row) = row else { return Ok(Default::default()) };
        let fields: String = row.try_get("fields").map_err(store_error)?;
        let watermark: Option<String> = row.try_get("watermark").map_err(store_error)?;
        let watermark = watermark.as_deref().map_or(Ok(Watermark::default()), of_json)?;
        Ok((of_json(&fields)?, watermark))
    }

    pub async fn push_devices(&self, account: AccountId) -> Result<Vec<PushDevice>, StoreError> {
        let rows = sqlx::query(
            "SELECT device_id, provider, name, session_id, added_at FROM account_push \
             WHERE account_id = ? ORDER BY added_at, device_id",
        )
        .bind(account.0)
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let device = |row: &SqliteRow| {
            Ok(PushDevice {
                device: row.try_get("device_id")?,
                provider: of_word(row.try_get("provider")?)?,
                name: row.try_get("name")?,
                session: SessionId(row.try_get("session_id")?),
                added_at: row.try_get("added_at")?,
            })
        };
        rows.iter().map(device).collect::<Result<_, _>>().map_err(store_error)
    }

    /// Accounts whose ids end so, as a hidden watermark says it.
    pub async fn marked(&self, tail: u64) -> Result<Vec<Marked>, StoreError> {
        let bytes = tail.to_be_bytes();
        let rows = sqlx::query(
            "SELECT account_id, username, name_zh, name_ug, name_en FROM account_accounts \
             WHERE substr(account_id, 12, 5) = ? ORDER BY account_id",
        )
        .bind(bytes[3..].to_vec())
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let marked = |row: &SqliteRow| {
            Ok(Marked {
                account: AccountId(row.try_get("account_id")?),
                username: row.try_get("username")?,
                names: super::names(row, "name_zh", "name_ug", "name_en")?,
            })
        };
        rows.iter().map(marked).collect::<Result<_, _>>().map_err(store_error)
    }
}

pub(super) fn of_json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text)
        .map_err(|error| store_error(corrupt(format!("stored settings: {error}"))))
}
