//! Services: whom one can ask, the threads of a desk, who answers for them, who is next; and
//! what a mail about an urgent message needs to know.

use super::{Queries, bounded};
use crate::{
    event_frame, preview,
    sqlite::{
        errors::{corrupt, store_error},
        read,
    },
};
use kernel::{Viewer, journal::StoreError};
use protocol::{
    AccountId, EventFrame, RoomId, Seq,
    http::{AccountCard, ServiceInfo, ThreadInfo, Waiting},
    room::CannedAnswer,
};
use sqlx::{Row, sqlite::SqliteRow};
use std::collections::HashMap;
use uuid::Uuid;

/// With what was said last to everybody in them, under its own columns.
const OPEN_THREADS: &str = "SELECT t.thread_id, t.asker_id, t.agent_id, t.open, t.since, \
     s.head_seq, s.kind, e.* FROM room_threads t JOIN streams s ON s.stream_id = t.thread_id \
     LEFT JOIN events e ON e.stream_id = t.thread_id AND e.seq = s.last_counted_seq \
     WHERE t.service_id = ? AND t.open = 1 \
     ORDER BY t.agent_id IS NOT NULL, t.since, t.thread_id LIMIT ?";
const CLOSED_THREADS: &str = "SELECT t.thread_id, t.asker_id, t.agent_id, t.open, t.since, \
     s.head_seq, s.kind, e.* FROM room_threads t JOIN streams s ON s.stream_id = t.thread_id \
     LEFT JOIN events e ON e.stream_id = t.thread_id AND e.seq = s.last_counted_seq \
     WHERE t.service_id = ? AND t.open = 0 AND t.asked = 1 ORDER BY t.since DESC, t.thread_id LIMIT ?";

/// Services shown; a region has some dozens.
const SERVICES_MAX: i64 = 500;

/// Who is to be told of what, by mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailFacts {
    pub address: String,
    pub room: String,
    pub author: String,
}

/// What counts was said to everybody: anybody who sees the thread sees it.
fn last_of(row: &SqliteRow) -> Result<Option<EventFrame>, sqlx::Error> {
    if row.try_get::<Option<i64>, _>("seq")?.is_none() {
        return Ok(None);
    }
    let frame = event_frame(&read::event_of_row(row)?, &Viewer::nobody());
    Ok(Some(preview::of(frame, None)))
}

impl Queries {
    pub async fn services(&self, viewer: AccountId) -> Result<Vec<ServiceInfo>, StoreError> {
        let rows = sqlx::query(
            "WITH followed AS MATERIALIZED (SELECT t.service_id FROM room_members m \
              JOIN room_threads t ON t.thread_id = m.room_id \
              WHERE m.account_id = ?1 AND t.asker_id = ?1), \
             desks AS (SELECT r.room_id, r.name, r.members, \
             (SELECT COUNT(*) FROM room_threads t WHERE t.service_id = r.room_id \
              AND t.open = 1 AND t.agent_id IS NULL) AS waiting, \
             EXISTS (SELECT 1 FROM room_members m WHERE m.room_id = r.room_id \
              AND m.account_id = ?1) AS agent \
             FROM room_rooms r WHERE r.kind = 'desk' AND r.dissolved = 0 \
             ORDER BY r.name, r.room_id LIMIT ?2) \
             SELECT d.*, d.room_id IN (SELECT service_id FROM followed) AS followed, \
             CASE WHEN d.agent THEN (SELECT COUNT(*) FROM room_threads t \
              WHERE t.service_id = d.room_id AND t.followed = 1) END AS followers \
             FROM desks d ORDER BY d.name, d.room_id",
        )
        .bind(viewer.0)
        .bind(SERVICES_MAX)
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let service = |row: &SqliteRow| {
            Ok(ServiceInfo {
                service: RoomId(row.try_get("room_id")?),
                name: row.try_get("name")?,
                agents: row.try_get("members")?,
                waiting: row.try_get("waiting")?,
                agent: row.try_get("agent")?,
                followed: row.try_get("followed")?,
                followers: row.try_get("followers")?,
            })
        };
        rows.iter().map(service).collect::<Result<_, _>>().map_err(store_error)
    }

    /// The name of a desk that takes questions.
    pub async fn desk(&self, service: RoomId) -> Result<Option<String>, StoreError> {
        sqlx::query_scalar(
            "SELECT name FROM room_rooms WHERE room_id = ? AND kind = 'desk' AND dissolved = 0",
        )
        .bind(service.0)
        .fetch_optional(&self.readers)
        .await
        .map_err(store_error)
    }

    /// The service whose thread this is, if the account is one of its agents.
    pub async fn agent_of(
        &self,
        thread: RoomId,
        account: AccountId,
    ) -> Result<Option<RoomId>, StoreError> {
        let service: Option<Uuid> = sqlx::query_scalar(
            "SELECT t.service_id FROM room_threads t JOIN room_members m \
             ON m.room_id = t.service_id WHERE t.thread_id = ? AND m.account_id = ?",
        )
        .bind(thread.0)
        .bind(account.0)
        .fetch_optional(&self.readers)
        .await
        .map_err(store_error)?;
        Ok(service.map(RoomId))
    }

    /// The service among whose agents' notes in this thread the account reads: an agent's, unless
    /// the question is their own.
    pub async fn notes_of(
        &self,
        thread: RoomId,
        account: AccountId,
    ) -> Result<Option<RoomId>, StoreError> {
        let service: Option<Uuid> = sqlx::query_scalar(
            "SELECT t.service_id FROM room_threads t JOIN room_members m \
             ON m.room_id = t.service_id AND m.account_id = ?2 \
             WHERE t.thread_id = ?1 AND t.asker_id <> ?2",
        )
        .bind(thread.0)
        .bind(account.0)
        .fetch_optional(&self.readers)
        .await
        .map_err(store_error)?;
        Ok(service.map(RoomId))
    }

    /// Open threads: those that wait first, the longest waiting first of all. Or closed ones,
    /// the latest first.
    pub async fn threads(
        &self,
        service: RoomId,
        closed: bool,
        limit: usize,
    ) -> Result<Vec<ThreadInfo>, StoreError> {
        let rows = sqlx::query(if closed { CLOSED_THREADS } else { OPEN_THREADS })
            .bind(service.0)
            .bind(bounded(limit) as i64)
            .fetch_all(&self.readers)
            .await
            .map_err(store_error)?;
        let askers = rows.iter().map(|row| row.try_get("asker_id").map(AccountId));
        let askers = askers.collect::<Result<Vec<_>, _>>().map_err(store_error)?;
        let cards = self.cards(&askers).await?.into_iter().map(|card| (card.account, card));
        let cards: HashMap<AccountId, AccountCard> = cards.collect();
        let thread = |row: &SqliteRow| -> Result<Option<ThreadInfo>, sqlx::Error> {
            let Some(asker) = cards.get(&AccountId(row.try_get("asker_id")?)) else {
                return Ok(None);
            };
            Ok(Some(ThreadInfo {
                thread: RoomId(row.try_get("thread_id")?),
                asker: asker.clone(),
                agent: row.try_get::<Option<Uuid>, _>("agent_id")?.map(AccountId),
                open: row.try_get("open")?,
                since: row.try_get("since")?,
                head: read::unsigned(row, "head_seq")?,
                last: last_of(row)?,
            }))
        };
        rows.iter()
            .filter_map(|row| thread(row).transpose())
            .collect::<Result<_, _>>()
            .map_err(store_error)
    }

    pub async fn answers(&self, desk: RoomId) -> Result<Vec<CannedAnswer>, StoreError> {
        let text: Option<String> =
            sqlx::query_scalar("SELECT answers FROM room_answers WHERE room_id = ?")
                .bind(desk.0)
                .fetch_optional(&self.readers)
                .await
                .map_err(store_error)?;
        let read = text.map(|text| serde_json::from_str(&text)).transpose();
        let read = read.map_err(|error| corrupt(format!("canned answers: {error}")));
        Ok(read.map_err(store_error)?.unwrap_or_default())
    }

    /// Who waits before a desk, the longest waiting first.
    pub async fn waiting_row(
        &self,
        service: RoomId,
        limit: usize,
    ) -> Result<Vec<(RoomId, AccountId)>, StoreError> {
        let rows = sqlx::query(
            "SELECT thread_id, asker_id FROM room_threads WHERE service_id = ? AND open = 1 \
             AND agent_id IS NULL ORDER BY since, thread_id LIMIT ?",
        )
        .bind(service.0)
        .bind(limit as i64)
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let one = |row: &SqliteRow| {
            Ok((RoomId(row.try_get("thread_id")?), AccountId(row.try_get("asker_id")?)))
        };
        rows.iter().map(one).collect::<Result<_, _>>().map_err(store_error)
    }

    /// Where a thread stands in the row of those that wait; `None`: it is no thread.
    pub async fn waiting(&self, thread: RoomId) -> Result<Option<Waiting>, StoreError> {
        let row = sqlx::query(
            "SELECT t.open, t.agent_id, (SELECT COUNT(*) FROM room_threads o \
             WHERE o.service_id = t.service_id AND o.open = 1 AND o.agent_id IS NULL \
             AND (o.since < t.since OR (o.since = t.since AND o.thread_id <= t.thread_id))) \
             AS position FROM room_threads t WHERE t.thread_id = ?",
        )
        .bind(thread.0)
        .fetch_optional(&self.readers)
        .await
        .map_err(store_error)?;
        let waiting = |row: SqliteRow| {
            let agent = row.try_get::<Option<Uuid>, _>("agent_id")?.map(AccountId);
            let (open, position): (bool, u32) = (row.try_get("open")?, row.try_get("position")?);
            let position = (open && agent.is_none()).then_some(position);
            Ok(Waiting { open, agent, position })
        };
        row.map(waiting).transpose().map_err(store_error)
    }

    /// Where mail reaches an account, and what an urgent message is told by: no word of it.
    pub async fn mail_facts(
        &self,
        account: AccountId,
        room: RoomId,
        seq: Seq,
    ) -> Result<Option<MailFacts>, StoreError> {
        let row = sqlx::query(
            "SELECT m.address, r.name, COALESCE(a.name_zh, '') AS author FROM account_mails m \
             JOIN room_rooms r ON r.room_id = ?2 \
             LEFT JOIN events e ON e.stream_id = ?2 AND e.seq = ?3 \
             LEFT JOIN account_accounts a ON a.account_id = e.by_account \
             WHERE m.account_id = ?1",
        )
        .bind(account.0)
        .bind(room.0)
        .bind(read::number(seq))
        .fetch_optional(&self.readers)
        .await
        .map_err(store_error)?;
        let facts = |row: SqliteRow| {
            let (address, room) = (row.try_get("address")?, row.try_get("name")?);
            Ok(MailFacts { address, room, author: row.try_get("author")? })
        };
        row.map(facts).transpose().map_err(store_error)
    }
}
