//! The queue of what devices are told: filled from the events in order of commit, emptied as
//! devices were told.
//! Invariants: rows and the mark of how far the events were looked through are written in one
//! transaction, so that a message is queued once whatever dies in between; only devices whose
//! session lives are told; nothing is queued from before a device was there. Absent on purpose:
//! the rules of who is told what (`domain::push`) and the telling (`actors`).

use super::{Queries, me::of_json};
use crate::sqlite::{
    errors::{corrupt, store_error},
    read,
};
use kernel::journal::{StoreError, StoredEvent};
use protocol::{
    AccountId, EntityKind, Millis, RoomId, Seq, StreamId,
    me::{Preferences, PushTarget},
};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;

/// Events looked through at a time.
const PAGE: i64 = 500;
/// What was said longer ago is no news.
const STALE_MS: Millis = 6 * 60 * 60 * 1000;

const MESSAGES: &str = "SELECT position, stream_id, seq, at, by_account FROM events \
     WHERE position > ? AND position <= ? AND type = 'room.message_sent' \
     AND body IS NOT NULL AND at > ? ORDER BY position";
/// Along the members where they are few, along the devices where those are fewer.
const BY_MEMBERS: &str = "SELECT p.account_id, p.device_id FROM room_members m \
     CROSS JOIN account_push p ON p.account_id = m.account_id \
     WHERE m.room_id = ?1 AND p.account_id IS NOT ?2 AND p.added_at <= ?3 AND m.joined_seq <= ?4";
const BY_DEVICES: &str = "SELECT p.account_id, p.device_id FROM account_push p \
     CROSS JOIN room_members m ON m.room_id = ?1 AND m.account_id = p.account_id \
     WHERE p.account_id IS NOT ?2 AND p.added_at <= ?3 AND m.joined_seq <= ?4";
const QUEUE: &str = "INSERT INTO push_queue (account_id, device_id, room_id, seq, at, due_at) \
     VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (device_id, room_id, seq) DO NOTHING";
const MARK: &str = "INSERT INTO push_mark (mark_id, position) VALUES (1, ?) \
     ON CONFLICT (mark_id) DO UPDATE SET position = excluded.position";

/// What must be known to tell one device of one message.
const FACTS: &str = "SELECT e.*, s.kind, p.target, p.provider, x.preferences, r.kind AS room_kind, \
     r.name AS room_name, COALESCE(t.muted, 0) AS muted, COALESCE(c.seq, 0) AS read_seq, \
     COALESCE(a.name_zh, '') AS author_zh, a.name_ug AS author_ug, a.name_en AS author_en, \
     (SELECT COUNT(*) FROM account_hidden h WHERE h.account_id = ?1 AND h.room_id = ?3 \
      AND h.seq = ?4) AS hidden, w.name_zh AS own_name \
     FROM account_push p \
     JOIN account_sessions v ON v.session_id = p.session_id AND v.signed_out_at IS NULL \
      AND v.expires_at > ?5 \
     JOIN account_accounts w ON w.account_id = p.account_id AND w.disabled = 0 \
     JOIN room_members m ON m.room_id = ?3 AND m.account_id = p.account_id \
     JOIN room_rooms r ON r.room_id = ?3 \
     JOIN streams s ON s.stream_id = ?3 \
     JOIN events e ON e.stream_id = ?3 AND e.seq = ?4 \
     LEFT JOIN account_preferences x ON x.account_id = p.account_id \
     LEFT JOIN room_settings t ON t.account_id = p.account_id AND t.room_id = ?3 \
     LEFT JOIN cursors c ON c.account_id = p.account_id AND c.stream_id = ?3 \
     LEFT JOIN account_accounts a ON a.account_id = e.by_account \
     WHERE p.account_id = ?1 AND p.device_id = ?2 AND p.target IS NOT NULL";
/// Over all rooms that are not muted; whispers have rows of their own.
const UNREAD: &str = "SELECT COALESCE(SUM(MAX(0, s.tally - MAX(COALESCE(c.tally, 0), \
     m.joined_tally))), 0) AS unread FROM room_members m \
     JOIN streams s ON s.stream_id = m.room_id \
     LEFT JOIN cursors c ON c.account_id = m.account_id AND c.stream_id = m.room_id \
     LEFT JOIN room_settings t ON t.account_id = m.account_id AND t.room_id = m.room_id \
     WHERE m.account_id = ? AND COALESCE(t.muted, 0) = 0";

/// One device that waits to be told of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushRow {
    pub id: i64,
    pub account: AccountId,
    pub device: Uuid,
    pub room: RoomId,
    pub seq: Seq,
    pub at: Millis,
    pub tries: u32,
}

/// What is known of it when it is due.
#[derive(Clone, Debug, PartialEq)]
pub struct PushFacts {
    pub event: StoredEvent,
    pub target: PushTarget,
    pub preferences: Preferences,
    /// Of the device's owner, for the operators' list.
    pub own_name: String,
    pub author: protocol::account::Names,
    /// Empty between two people.
    pub room: String,
    pub muted: bool,
    pub read: Seq,
    pub unread: u64,
    /// Deleted by the owner for themself.
    pub hidden: bool,
}

impl Queries {
    /// Queues what was said since the last time, due after a pause; true when there is more.
    pub async fn feed_push(&self, now: Millis, pause: Millis) -> Result<bool, StoreError> {
        let last = self.events().await?;
        let mark: Option<i64> = sqlx::query_scalar("SELECT position FROM push_mark")
            .fetch_optional(&self.readers)
            .await
            .map_err(store_error)?;
        // Before the first look of all a device may have been added and told of something: then
        // from the beginning. Nothing from before a device was there is news to it.
        let from = mark.unwrap_or(0);
        let to = last.min(from + PAGE);
        let devices: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM account_push")
            .fetch_one(&self.readers)
            .await
            .map_err(store_error)?;
        if mark.is_some() && (from == last || (devices == 0 && last - from < 100 * PAGE)) {
            // Nobody to tell: what passes meanwhile is older than any device will be.
            return Ok(false);
        }
        let queued =
            if devices == 0 { Vec::new() } else { self.told(from, to, now, devices).await? };
        let mut session = self.writer.begin().await?;
        let to = if devices == 0 { last } else { to };
        let done = enqueue(&mut session.connection, &queued, pause, to).await;
        session.finish(done).await?;
        Ok(to < last)
    }

    async fn events(&self) -> Result<i64, StoreError> {
        let mut connection = self.readers.acquire().await.map_err(store_error)?;
        let last = crate::rebuild::last_position(&mut connection).await;
        last.map(u64::cast_signed).map_err(store_error)
    }

    async fn told(
        &self,
        from: i64,
        to: i64,
        now: Millis,
        devices: i64,
    ) -> Result<Vec<PushRow>, StoreError> {
        let rows = sqlx::query(MESSAGES)
            .bind(from)
            .bind(to)
            .bind(now - STALE_MS)
            .fetch_all(&self.readers)
            .await
            .map_err(store_error)?;
        let mut queued = Vec::new();
        for row in &rows {
            queued.extend(self.told_of(row, devices).await.map_err(store_error)?);
        }
        Ok(queued)
    }

    async fn told_of(&self, row: &SqliteRow, devices: i64) -> Result<Vec<PushRow>, sqlx::Error> {
        let room: Uuid = row.try_get("stream_id")?;
        let (seq, at) = (read::unsigned(row, "seq")?, row.try_get("at")?);
        let members: Option<i64> =
            sqlx::query_scalar("SELECT members FROM room_rooms WHERE room_id = ?")
                .bind(room)
                .fetch_optional(&self.readers)
                .await?;
        let statement = if members.unwrap_or(0) > devices { BY_DEVICES } else { BY_MEMBERS };
        let told: Vec<(Uuid, Uuid)> = sqlx::query_as(statement)
            .bind(room)
            .bind(row.try_get::<Option<Uuid>, _>("by_account")?)
            .bind(at)
            .bind(seq.cast_signed())
            .fetch_all(&self.readers)
            .await?;
        let queued = |(account, device)| {
            let (account, room) = (AccountId(account), RoomId(room));
            PushRow { id: 0, account, device, room, seq, at, tries: 0 }
        };
        Ok(told.into_iter().map(queued).collect())
    }

    /// Devices that are due to be told.
    pub async fn due_pushes(&self, now: Millis, limit: usize) -> Result<Vec<PushRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT push_id, account_id, device_id, room_id, seq, at, tries FROM push_queue \
             WHERE due_at <= ? ORDER BY due_at, push_id LIMIT ?",
        )
        .bind(now)
        .bind(limit as i64)
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let due = |row: &SqliteRow| {
            let tries = read::unsigned(row, "tries")?;
            Ok(PushRow {
                id: row.try_get("push_id")?,
                account: AccountId(row.try_get("account_id")?),
                device: row.try_get("device_id")?,
                room: RoomId(row.try_get("room_id")?),
                seq: read::unsigned(row, "seq")?,
                at: row.try_get("at")?,
                tries: u32::try_from(tries).unwrap_or(u32::MAX),
            })
        };
        rows.iter().map(due).collect::<Result<_, _>>().map_err(store_error)
    }

    /// `None`: the device, its session, the member or the message is gone.
    pub async fn push_facts(
        &self,
        push: &PushRow,
        now: Millis,
    ) -> Result<Option<PushFacts>, StoreError> {
        let row = sqlx::query(FACTS)
            .bind(push.account.0)
            .bind(push.device)
            .bind(push.room.0)
            .bind(push.seq.cast_signed())
            .bind(now)
            .fetch_optional(&self.readers)
            .await
            .map_err(store_error)?;
        let Some(row) = row else { return Ok(None) };
        let unread: i64 = sqlx::query_scalar(UNREAD)
            .bind(push.account.0)
            .fetch_one(&self.readers)
            .await
            .map_err(store_error)?;
        let mut facts = facts(&row).map_err(store_error)?;
        facts.unread = u64::try_from(unread).unwrap_or(0);
        let (seq, at) = self.cleared(push.account, push.room).await?;
        facts.hidden |= push.seq <= seq || facts.event.at <= at;
        Ok(Some(facts))
    }

    /// The device was told, or never will be.
    pub async fn settle_push(&self, id: i64) -> Result<(), StoreError> {
        self.write_push(sqlx::query("DELETE FROM push_queue WHERE push_id = ?").bind(id)).await
    }

    /// Told again later.
    pub async fn delay_push(&self, id: i64, due_at: Millis) -> Result<(), StoreError> {
        let later = "UPDATE push_queue SET tries = tries + 1, due_at = ? WHERE push_id = ?";
        self.write_push(sqlx::query(later).bind(due_at).bind(id)).await
    }

    async fn write_push(
        &self,
        statement: sqlx::query::Query<'_, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>,
    ) -> Result<(), StoreError> {
        let mut session = self.writer.begin().await?;
        let done = statement.execute(&mut session.connection).await.map(|_| ());
        session.finish(done).await
    }
}

async fn enqueue(
    connection: &mut SqliteConnection,
    queued: &[PushRow],
    pause: Millis,
    mark: i64,
) -> Result<(), sqlx::Error> {
    for push in queued {
        sqlx::query(QUEUE)
            .bind(push.account.0)
            .bind(push.device)
            .bind(push.room.0)
            .bind(push.seq.cast_signed())
            .bind(push.at)
            .bind(push.at + pause)
            .execute(&mut *connection)
            .await?;
    }
    sqlx::query(MARK).bind(mark).execute(&mut *connection).await.map(|_| ())
}

fn facts(row: &SqliteRow) -> Result<PushFacts, sqlx::Error> {
    let stored = |error: StoreError| corrupt(error.to_string());
    let target: String = row.try_get("target")?;
    let preferences: Option<String> = row.try_get("preferences")?;
    let preferences = preferences.as_deref().map_or(Ok(Preferences::default()), of_json);
    let kind: String = row.try_get("room_kind")?;
    let name: String = row.try_get("room_name")?;
    Ok(PushFacts {
        event: read::event_of_row(row)?,
        target: of_json(&target).map_err(stored)?,
        preferences: preferences.map_err(stored)?,
        own_name: row.try_get("own_name")?,
        author: super::names(row, "author_zh", "author_ug", "author_en")?,
        room: if kind == "direct" { String::new() } else { name },
        muted: row.try_get("muted")?,
        read: read::unsigned(row, "read_seq")?,
        unread: 0,
        hidden: read::unsigned(row, "hidden")? > 0,
    })
}

/// The stream of a room.
impl PushRow {
    pub fn stream(&self) -> StreamId {
        StreamId::new(EntityKind::Room, self.room.0)
    }
}
