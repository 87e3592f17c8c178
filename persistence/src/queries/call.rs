//! Calls: those that go on, for who may join them; those of a room that are over; and what the
//! rules must know of a room.

use super::Queries;
use crate::{
    project::of_word,
    sqlite::{errors::store_error, read},
};
use kernel::journal::StoreError;
use protocol::{
    AccountId, LegId, RoomId, Seq,
    call::{CallPerson, LiveCall, PastCall},
    room::RoomKind,
};
use sqlx::{Row, sqlite::SqliteRow};
use std::collections::HashMap;
use uuid::Uuid;

/// Live calls that one person is shown.
const LIVE_MAX: i64 = 100;

/// A room as its calls must know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRoom {
    pub kind: RoomKind,
    pub closed: bool,
    /// Of those asked for: its members.
    pub members: Vec<AccountId>,
    /// Of a room of two: both.
    pub two: Vec<AccountId>,
}

/// A device inside a live call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LegInside {
    pub room: RoomId,
    pub account: AccountId,
    pub leg: LegId,
}

const CALL: &str = "SELECT c.*, r.kind AS room_kind, r.name AS room_name FROM call_calls c \
     JOIN room_rooms r ON r.room_id = c.room_id WHERE c.ended_at IS NULL";

impl Queries {
    /// `None`: there is no such room.
    pub async fn call_room(
        &self,
        room: RoomId,
        asked: &[AccountId],
    ) -> Result<Option<CallRoom>, StoreError> {
        let found: Option<(String, bool)> =
            sqlx::query_as("SELECT kind, dissolved FROM room_rooms WHERE room_id = ?")
                .bind(room.0)
                .fetch_optional(&self.readers)
                .await
                .map_err(store_error)?;
        let Some((kind, closed)) = found else { return Ok(None) };
        let kind = of_word(kind).map_err(store_error)?;
        let mut members = Vec::new();
        for account in asked {
            if self.role_in(room, *account).await?.is_some() {
                members.push(*account);
            }
        }
        let two = match kind {
            RoomKind::Direct => self.room_accounts(room).await?,
            _ => Vec::new(),
        };
        Ok(Some(CallRoom { kind, closed, members, two }))
    }

    async fn room_accounts(&self, room: RoomId) -> Result<Vec<AccountId>, StoreError> {
        let rows: Vec<Uuid> =
            sqlx::query_scalar("SELECT account_id FROM room_members WHERE room_id = ? LIMIT 2")
                .bind(room.0)
                .fetch_all(&self.readers)
                .await
                .map_err(store_error)?;
        Ok(rows.into_iter().map(AccountId).collect())
    }

    /// The calls that go on in the account's rooms, the latest first.
    pub async fn live_calls(&self, account: AccountId) -> Result<Vec<LiveCall>, StoreError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "{CALL} AND EXISTS (SELECT 1 FROM room_members m WHERE m.room_id = c.room_id \
             AND m.account_id = ?) ORDER BY c.began_at DESC LIMIT ?"
        )))
        .bind(account.0)
        .bind(LIVE_MAX)
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        self.with_callers(&rows).await
    }

    pub async fn live_call(&self, room: RoomId) -> Result<Option<LiveCall>, StoreError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!("{CALL} AND c.room_id = ?")))
            .bind(room.0)
            .fetch_all(&self.readers)
            .await
            .map_err(store_error)?;
        Ok(self.with_callers(&rows).await?.pop())
    }

    async fn with_callers(&self, rows: &[SqliteRow]) -> Result<Vec<LiveCall>, StoreError> {
        let mut calls = Vec::with_capacity(rows.len());
        for row in rows {
            let mut call = live(row).map_err(store_error)?;
            let people = sqlx::query(
                "SELECT * FROM call_people WHERE room_id = ? AND call_seq = ? \
                 ORDER BY since, account_id",
            )
            .bind(call.room.0)
            .bind(read::number(call.call))
            .fetch_all(&self.readers)
            .await
            .map_err(store_error)?;
            let people = people.iter().map(person).collect::<Result<_, _>>();
            call.people = people.map_err(store_error)?;
            calls.push(call);
        }
        Ok(calls)
    }

    /// The latest first.
    pub async fn past_calls(
        &self,
        room: RoomId,
        limit: usize,
    ) -> Result<Vec<PastCall>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM call_calls WHERE room_id = ? AND ended_at IS NOT NULL \
             ORDER BY call_seq DESC LIMIT ?",
        )
        .bind(room.0)
        .bind(limit as i64)
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let least = rows.last().map(|row| row.try_get::<i64, _>("call_seq"));
        let least = least.transpose().map_err(store_error)?.unwrap_or(0);
        let came: Vec<(i64, Uuid)> = sqlx::query_as(
            "SELECT call_seq, account_id FROM call_people \
             WHERE room_id = ? AND call_seq >= ? AND came = 1 ORDER BY call_seq, account_id",
        )
        .bind(room.0)
        .bind(least)
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let mut people: HashMap<i64, Vec<AccountId>> = HashMap::new();
        for (call, account) in came {
            people.entry(call).or_default().push(AccountId(account));
        }
        let rows = rows.iter().map(|row| past(row, &mut people)).collect::<Result<_, _>>();
        rows.map_err(store_error)
    }

    /// Every device inside a live call.
    pub async fn legs_inside(&self) -> Result<Vec<LegInside>, StoreError> {
        let rows: Vec<(Uuid, Uuid, Uuid)> = sqlx::query_as(
            "SELECT p.room_id, p.account_id, p.leg FROM call_people p \
             JOIN call_calls c ON c.room_id = p.room_id AND c.call_seq = p.call_seq \
             WHERE c.ended_at IS NULL AND p.stand = 'inside' AND p.leg IS NOT NULL",
        )
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let leg = |(room, account, leg)| LegInside {
            room: RoomId(room),
            account: AccountId(account),
            leg: LegId(leg),
        };
        Ok(rows.into_iter().map(leg).collect())
    }
}

fn seq(row: &SqliteRow) -> Result<Seq, sqlx::Error> {
    row.try_get::<i64, _>("call_seq").map(|seq| u64::try_from(seq).unwrap_or_default())
}

fn live(row: &SqliteRow) -> Result<LiveCall, sqlx::Error> {
    Ok(LiveCall {
        room: RoomId(row.try_get("room_id")?),
        room_kind: of_word(row.try_get("room_kind")?)?,
        room_name: row.try_get("room_name")?,
        call: seq(row)?,
        mode: of_word(row.try_get("mode")?)?,
        by: AccountId(row.try_get("by_account")?),
        began_at: row.try_get("began_at")?,
        locked: row.try_get("locked")?,
        waiting_room: row.try_get("waiting_room")?,
        people: Vec::new(),
    })
}

fn person(row: &SqliteRow) -> Result<CallPerson, sqlx::Error> {
    Ok(CallPerson {
        account: AccountId(row.try_get("account_id")?),
        stand: of_word(row.try_get("stand")?)?,
        since: row.try_get("since")?,
        leg: row.try_get::<Option<Uuid>, _>("leg")?.map(LegId),
        host: row.try_get("host")?,
        hand: row.try_get("hand")?,
    })
}

fn past(
    row: &SqliteRow,
    people: &mut HashMap<i64, Vec<AccountId>>,
) -> Result<PastCall, sqlx::Error> {
    Ok(PastCall {
        call: seq(row)?,
        mode: of_word(row.try_get("mode")?)?,
        by: AccountId(row.try_get("by_account")?),
        began_at: row.try_get("began_at")?,
        ended_at: row.try_get("ended_at")?,
        why: of_word(row.try_get("why")?)?,
        talked_ms: row.try_get("talked_ms")?,
        people: people.remove(&row.try_get("call_seq")?).unwrap_or_default(),
    })
}
