//! The door of a group and its notice: invites, who waits, what an invite leads to.

use super::Queries;
use crate::sqlite::{errors::store_error, read};
use domain::room::token_hash;
use kernel::journal::StoreError;
use protocol::{
    AccountId, Millis, RoomId,
    http::{Doorway, Invitation, InviteInfo, JoinRequest, NoticeInfo},
    limits::REQUESTS_MAX,
};
use sqlx::{Row, sqlite::SqliteRow};
use std::collections::HashMap;
use uuid::Uuid;

/// Invites shown: those that are good, and some that no longer are.
const INVITES_SHOWN: i64 = 40;

impl Queries {
    pub async fn notice(
        &self,
        room: RoomId,
        viewer: AccountId,
    ) -> Result<Option<NoticeInfo>, StoreError> {
        let row = sqlx::query(
            "SELECT n.*, r.members, \
             (SELECT COUNT(*) FROM room_members m WHERE m.room_id = n.room_id \
              AND m.confirmed_seq = n.seq) AS confirmed_count, \
             EXISTS (SELECT 1 FROM room_members m WHERE m.room_id = n.room_id \
              AND m.account_id = ? AND m.confirmed_seq = n.seq) AS confirmed \
             FROM room_notices n JOIN room_rooms r ON r.room_id = n.room_id WHERE n.room_id = ?",
        )
        .bind(viewer.0)
        .bind(room.0)
        .fetch_optional(&self.readers)
        .await
        .map_err(store_error)?;
        let notice = |row: SqliteRow| {
            Ok(NoticeInfo {
                seq: read::unsigned(&row, "seq")?,
                text: row.try_get("text")?,
                confirm: row.try_get("confirm")?,
                by: row.try_get::<Option<Uuid>, _>("by_account")?.map(AccountId),
                at: row.try_get("at")?,
                confirmed: row.try_get("confirmed")?,
                confirmed_count: row.try_get("confirmed_count")?,
                members: row.try_get("members")?,
            })
        };
        row.map(notice).transpose().map_err(store_error)
    }

    pub async fn doorway(&self, room: RoomId) -> Result<Doorway, StoreError> {
        let rows = sqlx::query(
            "SELECT seq, expires_at, approval, uses_max, uses, revoked, by_account \
             FROM room_invites WHERE room_id = ? ORDER BY seq DESC LIMIT ?",
        )
        .bind(room.0)
        .bind(INVITES_SHOWN)
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let invite = |row: &SqliteRow| {
            Ok(InviteInfo {
                seq: read::unsigned(row, "seq")?,
                expires_at: row.try_get("expires_at")?,
                approval: row.try_get("approval")?,
                uses_max: row.try_get("uses_max")?,
                uses: row.try_get("uses")?,
                revoked: row.try_get("revoked")?,
                by: row.try_get::<Option<Uuid>, _>("by_account")?.map(AccountId),
            })
        };
        let invites = rows.iter().map(invite).collect::<Result<_, _>>().map_err(store_error)?;
        Ok(Doorway { invites, requests: self.requests(room).await? })
    }

    async fn requests(&self, room: RoomId) -> Result<Vec<JoinRequest>, StoreError> {
        let rows: Vec<(Uuid, Millis)> = sqlx::query_as(
            "SELECT account_id, at FROM room_requests WHERE room_id = ? ORDER BY at LIMIT ?",
        )
        .bind(room.0)
        .bind(REQUESTS_MAX as i64)
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let ids: Vec<AccountId> = rows.iter().map(|(account, _)| AccountId(*account)).collect();
        let at: HashMap<AccountId, Millis> =
            rows.into_iter().map(|(account, at)| (AccountId(account), at)).collect();
        let request = |card: protocol::http::AccountCard| {
            let at = at.get(&card.account).copied()?;
            Some(JoinRequest { card, at })
        };
        Ok(self.cards(&ids).await?.into_iter().filter_map(request).collect())
    }

    /// What the invite with this token leads to.
    pub async fn invitation(
        &self,
        room: RoomId,
        token: &str,
        viewer: AccountId,
        now: Millis,
    ) -> Result<Option<Invitation>, StoreError> {
        let row = sqlx::query(
            "SELECT r.name, r.members, i.approval, i.expires_at, \
             EXISTS (SELECT 1 FROM room_members m WHERE m.room_id = r.room_id \
              AND m.account_id = ?) AS member, \
             (i.revoked = 0 AND r.dissolved = 0 AND i.expires_at > ? \
              AND (i.uses_max IS NULL OR i.uses < i.uses_max)) AS good \
             FROM room_invites i JOIN room_rooms r ON r.room_id = i.room_id \
             WHERE i.room_id = ? AND i.token_hash = ?",
        )
        .bind(viewer.0)
        .bind(now)
        .bind(room.0)
        .bind(token_hash(token))
        .fetch_optional(&self.readers)
        .await
        .map_err(store_error)?;
        let invitation = |row: SqliteRow| {
            Ok(Invitation {
                room,
                name: row.try_get("name")?,
                members: row.try_get("members")?,
                approval: row.try_get("approval")?,
                expires_at: row.try_get("expires_at")?,
                member: row.try_get("member")?,
                good: row.try_get("good")?,
            })
        };
        row.map(invitation).transpose().map_err(store_error)
    }

    /// Face-to-face rounds that somebody came to since a time.
    pub async fn meetings_since(
        &self,
        account: AccountId,
        since: Millis,
    ) -> Result<u32, StoreError> {
        sqlx::query_scalar("SELECT COUNT(*) FROM room_meetings WHERE account_id = ? AND at > ?")
            .bind(account.0)
            .bind(since)
            .fetch_one(&self.readers)
            .await
            .map_err(store_error)
    }
}
