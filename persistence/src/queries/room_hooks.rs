//! Incoming webhooks of a room, for its admins.

use super::Queries;
use crate::sqlite::{errors::store_error, read};
use kernel::journal::StoreError;
use protocol::{AccountId, RoomId, room::HookInfo};
use sqlx::{Row, sqlite::SqliteRow};
use uuid::Uuid;

/// Those that are good, and some that no longer are.
const SHOWN: i64 = 40;

impl Queries {
    /// The latest first.
    pub async fn hooks(&self, room: RoomId) -> Result<Vec<HookInfo>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM room_hooks WHERE room_id = ? ORDER BY revoked, seq DESC LIMIT ?",
        )
        .bind(room.0)
        .bind(SHOWN)
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let hook = |row: &SqliteRow| {
            Ok(HookInfo {
                seq: read::unsigned(row, "seq")?,
                label: row.try_get("label")?,
                by: row.try_get::<Option<Uuid>, _>("by_account")?.map(AccountId),
                created_at: row.try_get("at")?,
                revoked: row.try_get("revoked")?,
            })
        };
        rows.iter().map(hook).collect::<Result<_, _>>().map_err(store_error)
    }
}
