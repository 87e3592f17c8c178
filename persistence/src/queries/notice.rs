//! Notices: a recipient's list and badge, a sender's statistics and proof, and the pages in
//! which a target is addressed. Invariant: what is answered is bounded by
//! a page; what has to be looked at for one is looked at by a reader, never by the writer.

use super::{Queries, bounded, cut};
use crate::{
    project::{of_word, word},
    sqlite::{errors::corrupt, errors::store_error, read},
};
use kernel::journal::StoreError;
use protocol::{
    AccountId, EntityKind, Millis, RoomId, StreamId, UnitId,
    http::Page,
    notice::{
        NoticeBadges, NoticeCounts, NoticeItem, NoticeKind, NoticeProof, NoticeRow, Reminder,
        Target,
    },
};
use sqlx::{QueryBuilder, Row, Sqlite, sqlite::SqliteRow};
use uuid::Uuid;

/// Accounts addressed by one event: about 40 KB of proof, and some ten milliseconds of the
/// writer.
const PAGE: usize = 1_000;

const LIST: &str = "SELECT n.*, r.read_at, r.confirmed_at, r.done_at \
     FROM notice_recipients r JOIN notice_notices n ON n.notice_id = r.notice_id \
     WHERE r.account_id = ?1 AND n.withdrawn = 0 AND (?2 IS NULL OR r.kind = ?2) \
     AND (r.sent_at < ?3 OR (r.sent_at = ?3 AND r.notice_id < ?4)) \
     ORDER BY r.sent_at DESC, r.notice_id DESC LIMIT ?5";

const BADGES: &str = "SELECT r.kind, COUNT(*) AS unread FROM notice_recipients r \
     JOIN notice_notices n ON n.notice_id = r.notice_id \
     WHERE r.account_id = ? AND r.read_at IS NULL AND n.withdrawn = 0 GROUP BY r.kind";

/// The newest of a kind, and how the person wants to see that kind's row.
const NEWEST: &str = "SELECT n.title, n.reminder, r.sent_at, COALESCE(t.pinned, 0) AS pinned, \
     COALESCE(t.muted, 0) AS muted, COALESCE(t.hidden_at >= r.sent_at, 0) AS hidden \
     FROM notice_recipients r JOIN notice_notices n ON n.notice_id = r.notice_id \
     LEFT JOIN room_settings t ON t.account_id = r.account_id AND t.room_id = ?3 \
     WHERE r.account_id = ?1 AND r.kind = ?2 AND n.withdrawn = 0 \
     ORDER BY r.sent_at DESC, r.notice_id DESC LIMIT 1";

const SENT: &str = "SELECT * FROM notice_notices WHERE by_account = ?1 \
     AND (sent_at < ?2 OR (sent_at = ?2 AND notice_id < ?3)) \
     ORDER BY sent_at DESC, notice_id DESC LIMIT ?4";

impl Queries {
    /// What was sent to the account, the latest first.
    pub async fn notices(
        &self,
        account: AccountId,
        kind: Option<NoticeKind>,
        after: Option<String>,
        limit: usize,
    ) -> Result<Page<NoticeItem>, StoreError> {
        let limit = bounded(limit);
        let (sent_at, notice) = mark(after.as_deref());
        let rows = sqlx::query(LIST)
            .bind(account.0)
            .bind(kind.map(|kind| word(&kind)))
            .bind(sent_at)
            .bind(notice)
            .bind(limit as i64 + 1)
            .fetch_all(&self.readers)
            .await
            .map_err(store_error)?;
        let mut items =
            rows.iter().map(item).collect::<Result<Vec<_>, _>>().map_err(store_error)?;
        let more = cut(&mut items, limit);
        let next = items.last().filter(|_| more);
        let next = next.map(|last| format!("{}:{}", last.sent_at, last.notice.id));
        Ok(Page { items, next })
    }

    /// How much is unread.
    pub async fn notice_badges(&self, account: AccountId) -> Result<NoticeBadges, StoreError> {
        let rows = sqlx::query(BADGES).bind(account.0).fetch_all(&self.readers).await;
        let mut badges = NoticeBadges { todos: 0, announcements: 0 };
        for row in rows.map_err(store_error)? {
            let unread = read::unsigned(&row, "unread").map_err(store_error)?;
            let unread = u32::try_from(unread).unwrap_or(u32::MAX);
            match of_word(row.try_get("kind").map_err(store_error)?).map_err(store_error)? {
                NoticeKind::Todo => badges.todos = unread,
                NoticeKind::Announcement => badges.announcements = unread,
            }
        }
        Ok(badges)
    }

    /// The rows of the conversation list: a kind of which nothing was ever sent has none.
    pub async fn notice_rows(&self, account: AccountId) -> Result<Vec<NoticeRow>, StoreError> {
        let badges = self.notice_badges(account).await?;
        let mut rows = Vec::with_capacity(NoticeKind::ALL.len());
        for kind in NoticeKind::ALL {
            let newest = sqlx::query(NEWEST)
                .bind(account.0)
                .bind(word(&kind))
                .bind(kind.row().0)
                .fetch_optional(&self.readers)
                .await
                .map_err(store_error)?;
            let unread = match kind {
                NoticeKind::Todo => badges.todos,
                NoticeKind::Announcement => badges.announcements,
            };
            if let Some(newest) = newest {
                rows.push(row_of(&newest, kind, unread).map_err(store_error)?);
            }
        }
        Ok(rows)
    }

    /// What the account has sent, the latest first, with its counts.
    pub async fn notices_sent(
        &self,
        account: AccountId,
        after: Option<String>,
        limit: usize,
    ) -> Result<Page<NoticeCounts>, StoreError> {
        let limit = bounded(limit);
        let (sent_at, notice) = mark(after.as_deref());
        let rows = sqlx::query(SENT)
            .bind(account.0)
            .bind(sent_at)
            .bind(notice)
            .bind(limit as i64 + 1)
            .fetch_all(&self.readers)
            .await
            .map_err(store_error)?;
        let mut items =
            rows.iter().map(counts).collect::<Result<Vec<_>, _>>().map_err(store_error)?;
        let more = cut(&mut items, limit);
        let next = items.last().filter(|_| more);
        let next = next.map(|last| format!("{}:{}", last.sent_at, last.notice.id));
        Ok(Page { items, next })
    }

    /// Each recipient's part, in the order of their ids.
    pub async fn notice_proof(
        &self,
        notice: StreamId,
        after: Option<String>,
        limit: usize,
    ) -> Result<Page<NoticeProof>, StoreError> {
        let limit = bounded(limit);
        let after: Uuid = after.and_then(|after| after.parse().ok()).unwrap_or_default();
        let rows = sqlx::query(
            "SELECT account_id, read_at, confirmed_at, done_at FROM notice_recipients \
             WHERE notice_id = ? AND account_id > ? ORDER BY account_id LIMIT ?",
        )
        .bind(notice.id)
        .bind(after)
        .bind(limit as i64 + 1)
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let mut items =
            rows.iter().map(proof).collect::<Result<Vec<_>, _>>().map_err(store_error)?;
        let more = cut(&mut items, limit);
        let next = items.last().filter(|_| more).map(|last| last.account.to_string());
        Ok(Page { items, next })
    }

    /// The account's own part in a notice: read, confirmed, done.
    pub async fn notice_part(
        &self,
        notice: StreamId,
        account: AccountId,
    ) -> Result<Option<NoticeProof>, StoreError> {
        let row = sqlx::query(
            "SELECT account_id, read_at, confirmed_at, done_at FROM notice_recipients \
             WHERE notice_id = ? AND account_id = ?",
        )
        .bind(notice.id)
        .bind(account.0)
        .fetch_optional(&self.readers)
        .await
        .map_err(store_error)?;
        row.as_ref().map(proof).transpose().map_err(store_error)
    }

    /// In how many of the rooms the account is a member.
    pub async fn rooms_of(
        &self,
        account: AccountId,
        rooms: &[RoomId],
    ) -> Result<usize, StoreError> {
        let mut found = 0;
        for room in rooms {
            let member: bool = sqlx::query_scalar(
                "SELECT EXISTS (SELECT 1 FROM room_members WHERE room_id = ? AND account_id = ?)",
            )
            .bind(room.0)
            .bind(account.0)
            .fetch_one(&self.readers)
            .await
            .map_err(store_error)?;
            found += usize::from(member);
        }
        Ok(found)
    }

    /// Whom a notice was addressed to, after an account, in the order of ids; no more: nobody.
    pub async fn notice_recipients(
        &self,
        notice: StreamId,
        after: Option<AccountId>,
    ) -> Result<Vec<AccountId>, StoreError> {
        let found: Vec<Uuid> = sqlx::query_scalar(
            "SELECT account_id FROM notice_recipients WHERE notice_id = ? AND account_id > ? \
             ORDER BY account_id LIMIT ?",
        )
        .bind(notice.id)
        .bind(after.map_or(Uuid::nil(), |after| after.0))
        .bind(PAGE as i64)
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        Ok(found.into_iter().map(AccountId).collect())
    }

    /// The next page of a notice's target after an account, in the order of ids, and whether it
    /// is the last one. Who is disabled is left out.
    pub async fn notice_page(
        &self,
        notice: StreamId,
        after: Option<AccountId>,
    ) -> Result<(Vec<AccountId>, bool), StoreError> {
        let target: Option<String> =
            sqlx::query_scalar("SELECT target FROM notice_notices WHERE notice_id = ?")
                .bind(notice.id)
                .fetch_optional(&self.readers)
                .await
                .map_err(store_error)?;
        let Some(target) = target else { return Ok((Vec::new(), true)) };
        let target: Target = serde_json::from_str(&target)
            .map_err(|error| store_error(corrupt(format!("stored target: {error}"))))?;
        let mut query = page_of(&target, after, PAGE + 1);
        let found: Vec<Uuid> =
            query.build_query_scalar().fetch_all(&self.readers).await.map_err(store_error)?;
        let mut accounts: Vec<AccountId> = found.into_iter().map(AccountId).collect();
        let more = cut(&mut accounts, PAGE);
        Ok((accounts, !more))
    }
}

impl Queries {
    /// Whether a target holds this account now; who is disabled is in none.
    pub async fn is_addressed(
        &self,
        target: &Target,
        account: AccountId,
    ) -> Result<bool, StoreError> {
        let mut query = QueryBuilder::new(
            "SELECT a.account_id FROM account_accounts a WHERE a.disabled = 0 AND a.account_id = ",
        );
        query.push_bind(account.0);
        held_by(&mut query, target);
        let found: Option<Uuid> =
            query.build_query_scalar().fetch_optional(&self.readers).await.map_err(store_error)?;
        Ok(found.is_some())
    }
}

/// Accounts of the target by the order of their key. Every condition is met by an index; the
/// people of named units are sorted anew for each page (50,000 of them in tens of milliseconds).
fn page_of(target: &Target, after: Option<AccountId>, limit: usize) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(
        "SELECT a.account_id FROM account_accounts a WHERE a.disabled = 0 AND a.account_id > ",
    );
    query.push_bind(after.map_or(Uuid::nil(), |after| after.0));
    held_by(&mut query, target);
    query.push(" ORDER BY a.account_id LIMIT ");
    query.push_bind(limit as i64);
    query
}

/// Leaves those of `account_accounts a` that the target holds.
fn held_by(query: &mut QueryBuilder<Sqlite>, target: &Target) {
    match target {
        Target::All {} => {}
        Target::Units { units } => {
            query.push(" AND a.unit_id IN (");
            within(query, units);
            query.push(")");
        }
        Target::Roles { roles, unit } => {
            query.push(
                " AND EXISTS (SELECT 1 FROM account_grants g \
                 WHERE g.account_id = a.account_id AND g.role IN (",
            );
            let mut list = query.separated(", ");
            roles.iter().for_each(|role| {
                list.push_bind(word(role));
            });
            query.push(") AND g.unit_id IN (");
            within(query, std::slice::from_ref(unit));
            query.push("))");
        }
        Target::Rooms { rooms } => {
            query.push(
                " AND EXISTS (SELECT 1 FROM room_members m \
                 WHERE m.account_id = a.account_id AND m.room_id IN (",
            );
            let mut list = query.separated(", ");
            rooms.iter().for_each(|room| {
                list.push_bind(room.0);
            });
            query.push("))");
        }
        Target::People { accounts } => {
            query.push(" AND a.account_id IN (");
            let mut list = query.separated(", ");
            accounts.iter().for_each(|account| {
                list.push_bind(account.0);
            });
            query.push(")");
        }
    }
}

/// The units and all that stands below them.
fn within(query: &mut QueryBuilder<Sqlite>, units: &[UnitId]) {
    query.push(
        "SELECT u.unit_id FROM account_units top JOIN account_units u \
         ON u.path >= top.path AND u.path < rtrim(top.path, '/') || '0' WHERE top.unit_id IN (",
    );
    let mut list = query.separated(", ");
    units.iter().for_each(|unit| {
        list.push_bind(unit.0);
    });
    query.push(")");
}

/// A mark nobody made here starts from the latest.
fn mark(after: Option<&str>) -> (Millis, Uuid) {
    let read = |after: &str| {
        let (at, id) = after.split_once(':')?;
        Some((at.parse().ok()?, id.parse().ok()?))
    };
    after.and_then(read).unwrap_or((Millis::MAX, Uuid::max()))
}

fn notice_id(row: &SqliteRow) -> Result<StreamId, sqlx::Error> {
    Ok(StreamId::new(EntityKind::Notice, row.try_get("notice_id")?))
}

fn item(row: &SqliteRow) -> Result<NoticeItem, sqlx::Error> {
    Ok(NoticeItem {
        notice: notice_id(row)?,
        kind: of_word(row.try_get("kind")?)?,
        title: row.try_get("title")?,
        text: row.try_get("text")?,
        by: AccountId(row.try_get::<Option<Uuid>, _>("by_account")?.unwrap_or_default()),
        sent_at: row.try_get("sent_at")?,
        reminder: reminder(row)?,
        link: row.try_get("link")?,
        due_at: row.try_get("due_at")?,
        confirm: row.try_get("confirm")?,
        read_at: row.try_get("read_at")?,
        confirmed_at: row.try_get("confirmed_at")?,
        done_at: row.try_get("done_at")?,
    })
}

fn reminder(row: &SqliteRow) -> Result<Option<Reminder>, sqlx::Error> {
    let text: Option<String> = row.try_get("reminder")?;
    let read = |text: String| serde_json::from_str(&text);
    text.map(read).transpose().map_err(|error| corrupt(format!("stored reminder: {error}")))
}

fn row_of(row: &SqliteRow, kind: NoticeKind, unread: u32) -> Result<NoticeRow, sqlx::Error> {
    Ok(NoticeRow {
        kind,
        row: kind.row(),
        title: row.try_get("title")?,
        reminder: reminder(row)?,
        sent_at: row.try_get("sent_at")?,
        unread,
        pinned: row.try_get("pinned")?,
        muted: row.try_get("muted")?,
        hidden: row.try_get("hidden")?,
    })
}

fn counts(row: &SqliteRow) -> Result<NoticeCounts, sqlx::Error> {
    let count = |column| -> Result<u32, sqlx::Error> {
        Ok(u32::try_from(read::unsigned(row, column)?).unwrap_or(u32::MAX))
    };
    Ok(NoticeCounts {
        notice: notice_id(row)?,
        kind: of_word(row.try_get("kind")?)?,
        title: row.try_get("title")?,
        sent_at: row.try_get("sent_at")?,
        complete: row.try_get("complete")?,
        withdrawn: row.try_get("withdrawn")?,
        addressed: count("addressed")?,
        read: count("read")?,
        confirmed: count("confirmed")?,
        done: count("done")?,
    })
}

fn proof(row: &SqliteRow) -> Result<NoticeProof, sqlx::Error> {
    Ok(NoticeProof {
        account: AccountId(row.try_get("account_id")?),
        read_at: row.try_get("read_at")?,
        confirmed_at: row.try_get("confirmed_at")?,
        done_at: row.try_get("done_at")?,
    })
}
