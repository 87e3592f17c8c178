//! Who may talk to whom, as the cache of `actors` and the pages of people read it.

use super::{Queries, me::of_json};
use crate::{project::of_word, sqlite::errors::store_error};
use domain::{Standing, Terms};
use kernel::journal::StoreError;
use protocol::{AccountId, Millis, RoomId, UnitId, contact::ContactRule};
use sqlx::{Row, sqlite::SqliteRow};
use std::collections::HashMap;
use uuid::Uuid;

const PAIRS: &str = "SELECT one_id, other_id, asker_id, asked_text, granted_until, one_blocks, \
     other_blocks FROM contact_pairs WHERE one_id = ?1 OR other_id = ?1 \
     ORDER BY changed_at DESC, contact_id";

/// What somebody and another have settled, from the side of the first.
#[derive(Clone, Debug, PartialEq)]
pub struct PairRow {
    pub peer: AccountId,
    pub terms: Terms,
    /// A request that waits: whose, and what it says.
    pub asked: Option<(AccountId, String)>,
}

impl Queries {
    /// Every rule, and how long a permission lasts where operators have said so.
    pub async fn contact_rules(&self) -> Result<(Vec<ContactRule>, Option<u32>), StoreError> {
        let rows: Vec<String> =
            sqlx::query_scalar("SELECT rule FROM contact_rules ORDER BY rule_id")
                .fetch_all(&self.readers)
                .await
                .map_err(store_error)?;
        let rules = rows.iter().map(|text| of_json(text)).collect::<Result<_, _>>()?;
        let seconds: Option<i64> =
            sqlx::query_scalar("SELECT grant_seconds FROM contact_settings LIMIT 1")
                .fetch_optional(&self.readers)
                .await
                .map_err(store_error)?;
        Ok((rules, seconds.and_then(|seconds| u32::try_from(seconds).ok())))
    }

    /// Everybody with whom the account has settled something, the latest first.
    pub async fn pairs_of(&self, account: AccountId) -> Result<Vec<PairRow>, StoreError> {
        let rows = sqlx::query(PAIRS)
            .bind(account.0)
            .fetch_all(&self.readers)
            .await
            .map_err(store_error)?;
        let pair = |row: &SqliteRow| pair(row, account);
        rows.iter().map(pair).collect::<Result<_, _>>().map_err(store_error)
    }

    /// What the rules ask of a person.
    pub async fn standing(&self, account: AccountId) -> Result<Option<Standing>, StoreError> {
        let rows = sqlx::query(
            "SELECT a.unit_id, g.role FROM account_accounts a \
             LEFT JOIN account_grants g ON g.account_id = a.account_id WHERE a.account_id = ?",
        )
        .bind(account.0)
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let Some(first) = rows.first() else { return Ok(None) };
        let unit = UnitId(first.try_get("unit_id").map_err(store_error)?);
        let role = |row: &SqliteRow| row.try_get::<Option<String>, _>("role");
        let words = rows.iter().map(role).collect::<Result<Vec<_>, _>>().map_err(store_error)?;
        let roles = words.into_iter().flatten().map(of_word);
        let roles = roles.collect::<Result<Vec<_>, _>>().map_err(store_error)?;
        Ok(Some(Standing { account, unit, roles }))
    }

    /// The people of a room of two; `None`: no such room yet. Other kinds have nobody here.
    pub async fn direct_pair(&self, room: RoomId) -> Result<Option<Vec<AccountId>>, StoreError> {
        let rows = sqlx::query(
            "SELECT r.kind, m.account_id FROM room_rooms r LEFT JOIN room_members m \
             ON m.room_id = r.room_id AND r.kind = 'direct' WHERE r.room_id = ?",
        )
        .bind(room.0)
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        if rows.is_empty() {
            return Ok(None);
        }
        let account = |row: &SqliteRow| row.try_get::<Option<Uuid>, _>("account_id");
        let people =
            rows.iter().map(account).collect::<Result<Vec<_>, _>>().map_err(store_error)?;
        Ok(Some(people.into_iter().flatten().map(AccountId).collect()))
    }

    /// Those of `accounts` who are in a room with `me`, or have settled something with them.
    pub async fn met_among(
        &self,
        me: AccountId,
        accounts: &[AccountId],
    ) -> Result<Vec<AccountId>, StoreError> {
        let mut met = Vec::new();
        for account in accounts {
            let found: i64 = sqlx::query_scalar(
                "SELECT EXISTS (SELECT 1 FROM room_members mine JOIN room_members theirs \
                 ON theirs.room_id = mine.room_id WHERE mine.account_id = ?1 \
                 AND theirs.account_id = ?2) OR EXISTS (SELECT 1 FROM contact_pairs \
                 WHERE (one_id = ?1 AND other_id = ?2) OR (one_id = ?2 AND other_id = ?1))",
            )
            .bind(me.0)
            .bind(account.0)
            .fetch_one(&self.readers)
            .await
            .map_err(store_error)?;
            if found != 0 {
                met.push(*account);
            }
        }
        Ok(met)
    }
}

fn pair(row: &SqliteRow, account: AccountId) -> Result<PairRow, sqlx::Error> {
    let one = AccountId(row.try_get("one_id")?);
    let other = AccountId(row.try_get("other_id")?);
    let (one_blocks, other_blocks) = (row.try_get("one_blocks")?, row.try_get("other_blocks")?);
    let granted_until: Option<Millis> = row.try_get("granted_until")?;
    let (peer, blocked, blocked_by) = if one == account {
        (other, one_blocks, other_blocks)
    } else {
        (one, other_blocks, one_blocks)
    };
    let asker: Option<Uuid> = row.try_get("asker_id")?;
    let text: Option<String> = row.try_get("asked_text")?;
    let asked = asker.map(|asker| (AccountId(asker), text.unwrap_or_default()));
    Ok(PairRow { peer, terms: Terms { granted_until, blocked, blocked_by }, asked })
}

/// By whom: what the cache keeps of them.
pub fn terms_by_peer(rows: Vec<PairRow>) -> HashMap<AccountId, Terms> {
    rows.into_iter().map(|row| (row.peer, row.terms)).collect()
}
