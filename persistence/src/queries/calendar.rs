//! With whom calendars are shared, and whose feed an address opens.

use super::Queries;
use crate::sqlite::errors::store_error;
use kernel::journal::StoreError;
use protocol::AccountId;
use uuid::Uuid;

impl Queries {
    /// Whether `owner` shares the calendar with `reader`; with oneself it always is.
    pub async fn sees_calendar(
        &self,
        owner: AccountId,
        reader: AccountId,
    ) -> Result<bool, StoreError> {
        if owner == reader {
            return Ok(true);
        }
        sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM calendar_shares WHERE owner_id = ? AND account_id = ?)",
        )
        .bind(owner.0)
        .bind(reader.0)
        .fetch_one(&self.readers)
        .await
        .map_err(store_error)
    }

    /// With whom the account shares, and who shares with the account.
    pub async fn calendar_shares(
        &self,
        account: AccountId,
    ) -> Result<(Vec<AccountId>, Vec<AccountId>), StoreError> {
        let list = |statement: &'static str| async move {
            let found: Result<Vec<Uuid>, _> =
                sqlx::query_scalar(statement).bind(account.0).fetch_all(&self.readers).await;
            Ok::<_, StoreError>(found.map_err(store_error)?.into_iter().map(AccountId).collect())
        };
        let with = "SELECT account_id FROM calendar_shares WHERE owner_id = ? ORDER BY account_id";
        // A year of colleagues; beyond that a person finds nobody in a list.
        let from = "SELECT owner_id FROM calendar_shares WHERE account_id = ? \
                    ORDER BY owner_id LIMIT 500";
        Ok((list(with).await?, list(from).await?))
    }

    pub async fn has_feed(&self, account: AccountId) -> Result<bool, StoreError> {
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM calendar_feeds WHERE account_id = ?)")
            .bind(account.0)
            .fetch_one(&self.readers)
            .await
            .map_err(store_error)
    }

    /// Whose feed the secret opens; nobody's, once the account is disabled.
    pub async fn feed_owner(&self, hash: &str) -> Result<Option<AccountId>, StoreError> {
        let owner: Option<Uuid> = sqlx::query_scalar(
            "SELECT f.account_id FROM calendar_feeds f \
             JOIN account_accounts a ON a.account_id = f.account_id \
             WHERE f.token_hash = ? AND a.disabled = 0",
        )
        .bind(hash)
        .fetch_optional(&self.readers)
        .await
        .map_err(store_error)?;
        Ok(owner.map(AccountId))
    }
}
