//! What must be known of one device and one event when the device is about to be told: looked up
//! then and not before, so that what was read, recalled, withdrawn or done meanwhile is not told.
//! Invariant: whoever is no longer a member, a recipient or a person of the task is told nothing.

use super::{PushRow, Queries};
use crate::{
    project::of_word,
    queries::{me::of_json, names},
    sqlite::{
        errors::{corrupt, store_error},
        read,
    },
};
use kernel::journal::{StoreError, StoredEvent};
use protocol::{
    AccountId, EntityKind, Millis, RoomId,
    account::Names,
    me::{Preferences, PushTarget},
    notice::{NoticeKind, Reminder},
};
use sqlx::{Row, sqlite::SqliteRow};

/// A device whose session lives, of an account that is not disabled.
const DEVICE: &str = "SELECT p.target, x.preferences, w.name_zh AS own_name \
     FROM account_push p \
     JOIN account_sessions v ON v.session_id = p.session_id AND v.signed_out_at IS NULL \
      AND v.expires_at > ?3 \
     JOIN account_accounts w ON w.account_id = p.account_id AND w.disabled = 0 \
     LEFT JOIN account_preferences x ON x.account_id = p.account_id \
     WHERE p.account_id = ?1 AND p.device_id = ?2 AND p.target IS NOT NULL";
const MESSAGE: &str = "SELECT e.*, s.kind, r.kind AS room_kind, r.name AS room_name, \
     COALESCE(t.muted, 0) AS muted, COALESCE(c.seq, 0) AS read_seq, \
     COALESCE(a.name_zh, '') AS author_zh, a.name_ug AS author_ug, a.name_en AS author_en, \
     EXISTS (SELECT 1 FROM account_hidden h WHERE h.account_id = ?1 AND h.room_id = ?2 \
      AND h.seq = ?3) AS hidden \
     FROM room_members m \
     JOIN room_rooms r ON r.room_id = ?2 \
     JOIN streams s ON s.stream_id = ?2 \
     JOIN events e ON e.stream_id = ?2 AND e.seq = ?3 \
     LEFT JOIN room_settings t ON t.account_id = ?1 AND t.room_id = ?2 \
     LEFT JOIN cursors c ON c.account_id = ?1 AND c.stream_id = ?2 \
     LEFT JOIN account_accounts a ON a.account_id = e.by_account \
     WHERE m.room_id = ?2 AND m.account_id = ?1";
/// Since the hub last looked who has not.
const ACKNOWLEDGED: &str = "SELECT EXISTS (SELECT 1 FROM events WHERE stream_id = ?1 \
     AND seq > ?2 AND by_account = ?3 AND type = 'room.message_acknowledged' \
     AND json_extract(body, '$.seq') = ?4)";
const NOTICE: &str = "SELECT n.kind AS notice_kind, n.title, n.reminder, n.by_account, \
     r.read_at IS NOT NULL OR r.done_at IS NOT NULL AS seen, COALESCE(t.muted, 0) AS muted, \
     COALESCE(a.name_zh, '') AS author_zh, a.name_ug AS author_ug, a.name_en AS author_en \
     FROM notice_recipients r \
     JOIN notice_notices n ON n.notice_id = r.notice_id AND n.withdrawn = 0 \
     LEFT JOIN room_settings t ON t.account_id = r.account_id \
      AND t.room_id = CASE n.kind WHEN 'todo' THEN ?3 ELSE ?4 END \
     LEFT JOIN account_accounts a ON a.account_id = n.by_account \
     WHERE r.notice_id = ?2 AND r.account_id = ?1";
const TASK: &str = "SELECT e.*, s.kind, t.title, t.done AS seen, \
     COALESCE(a.name_zh, '') AS author_zh, a.name_ug AS author_ug, a.name_en AS author_en \
     FROM task_people h \
     JOIN task_tasks t ON t.task_id = h.task_id \
     JOIN streams s ON s.stream_id = h.task_id \
     JOIN events e ON e.stream_id = h.task_id AND e.seq = ?3 \
     LEFT JOIN account_accounts a ON a.account_id = e.by_account \
     WHERE h.task_id = ?2 AND h.account_id = ?1 AND h.part <> 'watcher'";
/// Over all rooms that are not muted; whispers have rows of their own.
const UNREAD: &str = "SELECT COALESCE(SUM(MAX(0, s.tally - MAX(COALESCE(c.tally, 0), \
     m.joined_tally))), 0) AS unread FROM room_members m \
     JOIN streams s ON s.stream_id = m.room_id \
     LEFT JOIN cursors c ON c.account_id = m.account_id AND c.stream_id = m.room_id \
     LEFT JOIN room_settings t ON t.account_id = m.account_id AND t.room_id = m.room_id \
     WHERE m.account_id = ? AND COALESCE(t.muted, 0) = 0";

/// What is known of a row of the queue when it is due.
#[derive(Clone, Debug, PartialEq)]
pub struct PushFacts {
    pub target: PushTarget,
    pub preferences: Preferences,
    /// Of the device's owner, for the operators' list.
    pub own_name: String,
    /// Who wrote, sent or gave it; empty names: the hub itself.
    pub by: Option<AccountId>,
    pub author: Names,
    pub muted: bool,
    /// On whatever device: read, acknowledged where it comes again, or done.
    pub seen: bool,
    pub unread: u64,
    pub matter: PushMatter,
}

#[derive(Clone, Debug, PartialEq)]
pub enum PushMatter {
    Message {
        event: StoredEvent,
        /// Empty between two people.
        room: String,
        /// Deleted by the owner for themself.
        hidden: bool,
    },
    /// The row of a recipient is the proof that the notice is for the account.
    Notice {
        kind: NoticeKind,
        title: String,
        reminder: Option<Reminder>,
    },
    Task {
        event: StoredEvent,
        title: String,
    },
}

/// All of a kind's part: its row and what was made of it.
struct Part {
    by: Option<AccountId>,
    author: Names,
    muted: bool,
    seen: bool,
    matter: PushMatter,
}

impl Queries {
    /// `None`: the device, its session, the member or what it is about is gone.
    pub async fn push_facts(
        &self,
        push: &PushRow,
        now: Millis,
    ) -> Result<Option<PushFacts>, StoreError> {
        let device = sqlx::query(DEVICE)
            .bind(push.account.0)
            .bind(push.device)
            .bind(now)
            .fetch_optional(&self.readers)
            .await
            .map_err(store_error)?;
        let Some(device) = device else { return Ok(None) };
        let part = match push.stream.kind {
            EntityKind::Room => self.pushed_message(push).await?,
            EntityKind::Notice => self.pushed_notice(push).await?,
            EntityKind::Task => self.pushed_task(push).await?,
            _ => None,
        };
        let Some(Part { by, author, muted, seen, matter }) = part else { return Ok(None) };
        let unread: i64 = sqlx::query_scalar(UNREAD)
            .bind(push.account.0)
            .fetch_one(&self.readers)
            .await
            .map_err(store_error)?;
        let (target, preferences, own_name) = device_of(&device).map_err(store_error)?;
        let unread = u64::try_from(unread).unwrap_or(0);
        Ok(Some(PushFacts {
            target,
            preferences,
            own_name,
            by,
            author,
            muted,
            seen,
            unread,
            matter,
        }))
    }

    async fn pushed_message(&self, push: &PushRow) -> Result<Option<Part>, StoreError> {
        let seq = push.repeats.unwrap_or(push.seq);
        let row = sqlx::query(MESSAGE)
            .bind(push.account.0)
            .bind(push.stream.id)
            .bind(seq.cast_signed())
            .fetch_optional(&self.readers)
            .await
            .map_err(store_error)?;
        let Some(row) = row else { return Ok(None) };
        let mut part = message(&row, seq).map_err(store_error)?;
        let (to, at) = self.cleared(push.account, RoomId(push.stream.id)).await?;
        if let PushMatter::Message { event, hidden, .. } = &mut part.matter {
            *hidden |= seq <= to || event.at <= at;
        }
        if push.repeats.is_some() {
            part.seen = self.has_acknowledged(push, seq).await?;
        }
        Ok(Some(part))
    }

    async fn has_acknowledged(&self, push: &PushRow, seq: u64) -> Result<bool, StoreError> {
        sqlx::query_scalar(ACKNOWLEDGED)
            .bind(push.stream.id)
            .bind(push.seq.cast_signed())
            .bind(push.account.0)
            .bind(seq.cast_signed())
            .fetch_one(&self.readers)
            .await
            .map_err(store_error)
    }

    async fn pushed_notice(&self, push: &PushRow) -> Result<Option<Part>, StoreError> {
        let row = sqlx::query(NOTICE)
            .bind(push.account.0)
            .bind(push.stream.id)
            .bind(NoticeKind::Todo.row().0)
            .bind(NoticeKind::Announcement.row().0)
            .fetch_optional(&self.readers)
            .await
            .map_err(store_error)?;
        row.as_ref().map(notice).transpose().map_err(store_error)
    }

    async fn pushed_task(&self, push: &PushRow) -> Result<Option<Part>, StoreError> {
        let row = sqlx::query(TASK)
            .bind(push.account.0)
            .bind(push.stream.id)
            .bind(push.seq.cast_signed())
            .fetch_optional(&self.readers)
            .await
            .map_err(store_error)?;
        row.as_ref().map(task).transpose().map_err(store_error)
    }
}

fn device_of(row: &SqliteRow) -> Result<(PushTarget, Preferences, String), sqlx::Error> {
    let stored = |error: StoreError| corrupt(error.to_string());
    let target: String = row.try_get("target")?;
    let preferences: Option<String> = row.try_get("preferences")?;
    let preferences = preferences.as_deref().map_or(Ok(Preferences::default()), of_json);
    let target = of_json(&target).map_err(stored)?;
    Ok((target, preferences.map_err(stored)?, row.try_get("own_name")?))
}

fn author(row: &SqliteRow) -> Result<Names, sqlx::Error> {
    names(row, "author_zh", "author_ug", "author_en")
}

fn message(row: &SqliteRow, seq: u64) -> Result<Part, sqlx::Error> {
    let event = read::event_of_row(row)?;
    let (kind, name): (String, String) = (row.try_get("room_kind")?, row.try_get("room_name")?);
    let room = if kind == "direct" { String::new() } else { name };
    Ok(Part {
        by: event.by,
        author: author(row)?,
        muted: row.try_get("muted")?,
        seen: read::unsigned(row, "read_seq")? >= seq,
        matter: PushMatter::Message { event, room, hidden: row.try_get("hidden")? },
    })
}

fn notice(row: &SqliteRow) -> Result<Part, sqlx::Error> {
    let kind = of_word(row.try_get("notice_kind")?)?;
    let reminder: Option<String> = row.try_get("reminder")?;
    let reminder = reminder.as_deref().map(of_json).transpose();
    let reminder = reminder.map_err(|error: StoreError| corrupt(error.to_string()))?;
    Ok(Part {
        by: row.try_get::<Option<uuid::Uuid>, _>("by_account")?.map(AccountId),
        author: author(row)?,
        muted: row.try_get("muted")?,
        seen: row.try_get("seen")?,
        matter: PushMatter::Notice { kind, title: row.try_get("title")?, reminder },
    })
}

fn task(row: &SqliteRow) -> Result<Part, sqlx::Error> {
    let event = read::event_of_row(row)?;
    Ok(Part {
        by: event.by,
        author: author(row)?,
        muted: false,
        seen: row.try_get("seen")?,
        matter: PushMatter::Task { event, title: row.try_get("title")? },
    })
}
