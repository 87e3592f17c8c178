//! Filling the queue. What is said to few becomes rows at once; news for many becomes a wave,
//! one row, which turns into rows a page at a time as those before are told.
//! Invariants: however many an event reaches, no transaction and no list here is longer than a
//! page; nothing is read from the journal while as much waits as can be told in a while: the
//! journal is the longer queue; a wave moves on in the transaction that queues its page.

use super::{Queries, STALE_MS};
use crate::sqlite::{
    errors::{corrupt, store_error},
    read,
};
use domain::push::{Lane, Whom, told};
use kernel::journal::StoreError;
use protocol::{AccountId, AnyEvent, Millis, Seq};
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;

/// Events looked through at a time.
const PAGE: i64 = 500;
/// Rows queued by one look; the event that passes it is the last one.
const ROWS_MAX: usize = 2_000;
/// Devices of one page of a wave.
const WAVE_PAGE: usize = 1_000;
/// Rooms with more members than this are told by waves.
const ROOM_MAX: i64 = 1_000;
/// Rows never tried above which the journal is not looked at: half a minute's work.
const WAITING_MAX: i64 = 10_000;

const NEWS: &str = "SELECT position, stream_id, seq, at, by_account, type, body FROM events \
     WHERE position > ? AND position <= ? AND type IN ('room.message_sent', \
     'room.urgent_repeated', 'notice.addressed', 'task.created', 'task.assigned') \
     AND body IS NOT NULL AND at > ? ORDER BY position";
/// Along the members where they are few, along the devices where those are fewer. Both come in
/// the order of accounts and devices.
const BY_MEMBERS: &str = "SELECT p.account_id, p.device_id FROM room_members m \
     CROSS JOIN account_push p ON p.account_id = m.account_id \
     WHERE m.room_id = ?1 AND p.account_id IS NOT ?2 AND p.added_at <= ?3 AND m.joined_seq <= ?4 \
     AND m.account_id >= ?5 AND (p.account_id, p.device_id) > (?5, ?6) \
     ORDER BY m.account_id, p.device_id LIMIT ?7";
const BY_DEVICES: &str = "SELECT p.account_id, p.device_id FROM account_push p \
     CROSS JOIN room_members m ON m.room_id = ?1 AND m.account_id = p.account_id \
     WHERE p.account_id IS NOT ?2 AND p.added_at <= ?3 AND m.joined_seq <= ?4 \
     AND (p.account_id, p.device_id) > (?5, ?6) \
     ORDER BY p.account_id, p.device_id LIMIT ?7";
const QUEUE: &str = "INSERT INTO push_queue (account_id, device_id, stream_id, seq, at, due_at, \
     lane) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (device_id, stream_id, seq) DO NOTHING";
const WAVE: &str = "INSERT INTO push_waves (stream_id, seq, at, after_account, after_device) \
     VALUES (?1, ?2, ?3, ?4, ?4) ON CONFLICT (stream_id, seq) DO NOTHING";
const MARK: &str = "INSERT INTO push_mark (mark_id, position) VALUES (1, ?) \
     ON CONFLICT (mark_id) DO UPDATE SET position = excluded.position";

type Device = (Uuid, Uuid);

/// An event that is news.
struct News {
    position: i64,
    stream: Uuid,
    seq: Seq,
    at: Millis,
    by: Option<Uuid>,
    whom: Whom,
    lane: Lane,
}

/// What one look found.
#[derive(Default)]
struct Found {
    rows: Vec<(News, Vec<Device>)>,
    waves: Vec<News>,
}

impl Queries {
    /// Queues what happened since the last time, due after a pause; true when there is more.
    pub async fn feed_push(&self, now: Millis, pause: Millis) -> Result<bool, StoreError> {
        let last = self.last_event().await?;
        let mark: Option<i64> = sqlx::query_scalar("SELECT position FROM push_mark")
            .fetch_optional(&self.readers)
            .await
            .map_err(store_error)?;
        // Before the first look of all a device may have been added and told of something: then
        // from the beginning. Nothing from before a device was there is news to it.
        let from = mark.unwrap_or(0);
        let devices = self.devices().await?;
        if mark.is_some() && (from == last || (devices == 0 && last - from < 100 * PAGE)) {
            // Nobody to tell: what passes meanwhile is older than any device will be.
            return Ok(false);
        }
        if self.fresh(None, WAITING_MAX).await? >= WAITING_MAX {
            return Ok(false);
        }
        let (found, to) = match devices {
            0 => (Found::default(), last),
            _ => self.found(from, last.min(from + PAGE), now, devices).await?,
        };
        let mut session = self.writer.begin().await?;
        let done = enqueue(&mut session.connection, &found, pause, to).await;
        session.finish(done).await?;
        Ok(to < last)
    }

    /// Turns the next page of the oldest wave into rows, once few of the page before wait; true
    /// when it did.
    pub async fn spread_push(&self, now: Millis, pause: Millis) -> Result<bool, StoreError> {
        let wave = sqlx::query("SELECT * FROM push_waves ORDER BY wave_id LIMIT 1")
            .fetch_optional(&self.readers)
            .await
            .map_err(store_error)?;
        let Some(wave) = wave else { return Ok(false) };
        let enough = WAVE_PAGE as i64 / 2;
        if self.fresh(Some(Lane::Many), enough).await? >= enough {
            return Ok(false);
        }
        let (id, after) = place(&wave).map_err(store_error)?;
        let news = self.news_of(&wave, now).await?;
        let page = match &news {
            Some(news) => {
                let devices = self.devices().await?;
                self.page(news, after, WAVE_PAGE, devices).await.map_err(store_error)?
            }
            // Withdrawn, recalled, or no news any more.
            None => Vec::new(),
        };
        let mut session = self.writer.begin().await?;
        let connection = &mut session.connection;
        let done = spread(connection, id, news.as_ref(), &page, pause).await;
        session.finish(done).await?;
        Ok(true)
    }

    async fn last_event(&self) -> Result<i64, StoreError> {
        let mut connection = self.readers.acquire().await.map_err(store_error)?;
        let last = crate::rebuild::last_position(&mut connection).await;
        last.map(u64::cast_signed).map_err(store_error)
    }

    async fn devices(&self) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar("SELECT COUNT(*) FROM account_push");
        count.fetch_one(&self.readers).await.map_err(store_error)
    }

    /// How many rows were never tried, counted no further than asked.
    async fn fresh(&self, lane: Option<Lane>, no_further: i64) -> Result<i64, StoreError> {
        let count = "SELECT COUNT(*) FROM (SELECT 1 FROM push_queue \
             WHERE tries = 0 AND (?1 IS NULL OR lane = ?1) LIMIT ?2)";
        sqlx::query_scalar(count)
            .bind(lane.map(|lane| lane as i64))
            .bind(no_further)
            .fetch_one(&self.readers)
            .await
            .map_err(store_error)
    }

    /// The news of a stretch of the journal, and how far it was looked through.
    async fn found(
        &self,
        from: i64,
        to: i64,
        now: Millis,
        devices: i64,
    ) -> Result<(Found, i64), StoreError> {
        let rows = sqlx::query(NEWS)
            .bind(from)
            .bind(to)
            .bind(now - STALE_MS)
            .fetch_all(&self.readers)
            .await
            .map_err(store_error)?;
        let (mut found, mut queued) = (Found::default(), 0);
        for row in &rows {
            let Some(news) = news(row).map_err(store_error)? else { continue };
            if self.reaches_many(&news).await.map_err(store_error)? {
                found.waves.push(News { lane: Lane::Many, ..news });
                continue;
            }
            let first = (Uuid::nil(), Uuid::nil());
            let page = self.page(&news, first, usize::MAX, devices).await.map_err(store_error)?;
            let position = news.position;
            queued += page.len();
            found.rows.push((news, page));
            if queued >= ROWS_MAX {
                return Ok((found, position));
            }
        }
        Ok((found, to))
    }

    async fn reaches_many(&self, news: &News) -> Result<bool, sqlx::Error> {
        if news.whom != Whom::Members || news.lane == Lane::Many {
            return Ok(news.lane == Lane::Many);
        }
        Ok(self.members(news.stream).await? > ROOM_MAX)
    }

    async fn members(&self, room: Uuid) -> Result<i64, sqlx::Error> {
        let members: Option<i64> =
            sqlx::query_scalar("SELECT members FROM room_rooms WHERE room_id = ?")
                .bind(room)
                .fetch_optional(&self.readers)
                .await?;
        Ok(members.unwrap_or(0))
    }

    /// The event of a wave, unless it has lost its body or is no news any more.
    async fn news_of(&self, wave: &SqliteRow, now: Millis) -> Result<Option<News>, StoreError> {
        let stream: Uuid = wave.try_get("stream_id").map_err(store_error)?;
        let seq: i64 = wave.try_get("seq").map_err(store_error)?;
        let event = "SELECT position, stream_id, seq, at, by_account, type, body FROM events \
             WHERE stream_id = ? AND seq = ? AND body IS NOT NULL AND at > ? \
             AND NOT EXISTS (SELECT 1 FROM notice_notices n \
              WHERE n.notice_id = events.stream_id AND n.withdrawn = 1)";
        let row = sqlx::query(event)
            .bind(stream)
            .bind(seq)
            .bind(now - STALE_MS)
            .fetch_optional(&self.readers)
            .await
            .map_err(store_error)?;
        let Some(row) = row else { return Ok(None) };
        let news = news(&row).map_err(store_error)?;
        Ok(news.map(|news| News { lane: Lane::Many, ..news }))
    }

    /// Devices that the news reaches, after one of them.
    async fn page(
        &self,
        news: &News,
        after: Device,
        limit: usize,
        devices: i64,
    ) -> Result<Vec<Device>, sqlx::Error> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let accounts = match &news.whom {
            Whom::These(accounts) => accounts,
            Whom::Members => {
                let many = self.members(news.stream).await? > devices;
                return sqlx::query_as(if many { BY_DEVICES } else { BY_MEMBERS })
                    .bind(news.stream)
                    .bind(news.by)
                    .bind(news.at)
                    .bind(news.seq.cast_signed())
                    .bind(after.0)
                    .bind(after.1)
                    .bind(limit)
                    .fetch_all(&self.readers)
                    .await;
            }
        };
        let left = accounts.iter().filter(|account| account.0 >= after.0);
        theirs(left, news.at, after, limit).build_query_as().fetch_all(&self.readers).await
    }
}

/// Along the accounts, each found by the key; an event names a thousand at the most.
fn theirs<'a>(
    accounts: impl Iterator<Item = &'a AccountId>,
    at: Millis,
    after: Device,
    limit: i64,
) -> QueryBuilder<Sqlite> {
    let mut query =
        QueryBuilder::new("SELECT account_id, device_id FROM account_push WHERE account_id IN (");
    let mut list = query.separated(", ");
    accounts.for_each(|account| {
        list.push_bind(account.0);
    });
    query.push(") AND added_at <= ").push_bind(at);
    query.push(" AND (account_id, device_id) > (").push_bind(after.0);
    query.push(", ").push_bind(after.1);
    query.push(") ORDER BY account_id, device_id LIMIT ").push_bind(limit);
    query
}

fn news(row: &SqliteRow) -> Result<Option<News>, sqlx::Error> {
    let (type_name, body): (&str, &str) = (row.try_get("type")?, row.try_get("body")?);
    let event = AnyEvent::decode(type_name, body);
    let event = event.map_err(|error| corrupt(format!("stored {type_name}: {error}")))?;
    let by: Option<Uuid> = row.try_get("by_account")?;
    let Some(told) = told(&event, by.map(AccountId)) else { return Ok(None) };
    Ok(Some(News {
        position: row.try_get("position")?,
        stream: row.try_get("stream_id")?,
        seq: read::unsigned(row, "seq")?,
        at: row.try_get("at")?,
        by,
        whom: told.whom,
        lane: told.lane,
    }))
}

/// A wave's number, and how far it has come.
fn place(wave: &SqliteRow) -> Result<(i64, Device), sqlx::Error> {
    let after = (wave.try_get("after_account")?, wave.try_get("after_device")?);
    Ok((wave.try_get("wave_id")?, after))
}

async fn enqueue(
    connection: &mut SqliteConnection,
    found: &Found,
    pause: Millis,
    mark: i64,
) -> Result<(), sqlx::Error> {
    for (news, page) in &found.rows {
        queue(connection, news, page, pause).await?;
    }
    for wave in &found.waves {
        sqlx::query(WAVE)
            .bind(wave.stream)
            .bind(wave.seq.cast_signed())
            .bind(wave.at)
            .bind(Uuid::nil())
            .execute(&mut *connection)
            .await?;
    }
    sqlx::query(MARK).bind(mark).execute(&mut *connection).await.map(|_| ())
}

async fn queue(
    connection: &mut SqliteConnection,
    news: &News,
    page: &[Device],
    pause: Millis,
) -> Result<(), sqlx::Error> {
    for (account, device) in page {
        sqlx::query(QUEUE)
            .bind(account)
            .bind(device)
            .bind(news.stream)
            .bind(news.seq.cast_signed())
            .bind(news.at)
            .bind(news.at + pause)
            .bind(news.lane as i64)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Queues a page; the wave goes on after it, or goes with it when it was the last.
async fn spread(
    connection: &mut SqliteConnection,
    wave: i64,
    news: Option<&News>,
    page: &[Device],
    pause: Millis,
) -> Result<(), sqlx::Error> {
    if let Some(news) = news {
        queue(connection, news, page, pause).await?;
    }
    let moved = match page.last() {
        Some((account, device)) if page.len() == WAVE_PAGE => sqlx::query(
            "UPDATE push_waves SET after_account = ?, after_device = ? WHERE wave_id = ?",
        )
        .bind(account)
        .bind(device)
        .bind(wave),
        _ => sqlx::query("DELETE FROM push_waves WHERE wave_id = ?").bind(wave),
    };
    moved.execute(connection).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_that_is_news_is_looked_for() {
        for name in domain::push::TYPES {
            assert!(NEWS.contains(&format!("'{name}'")), "{name}");
        }
        assert_eq!(NEWS.matches('\'').count(), 2 * domain::push::TYPES.len());
    }
}
