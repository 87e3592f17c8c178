//! The queue of what devices are told: filled from the events in order of commit, emptied as
//! devices were told.
//! Invariants: rows and the mark of how far the events were looked through are written in one
//! transaction, so that news is queued once whatever dies in between; only devices whose
//! session lives are told; nothing is queued from before a device was there; what waits is
//! bounded, and what is urgent does not wait behind what is not. Absent on purpose: the rules of
//! who is told what (`domain::push`) and the telling (`actors`).

mod facts;
mod feed;

pub use facts::{PushFacts, PushMatter};

use super::Queries;
use crate::{
    project::{of_word, word},
    sqlite::{errors::store_error, read},
};
use domain::push::Lane;
use kernel::journal::StoreError;
use protocol::{AccountId, Millis, Seq, StreamId, me::PushProvider};
use sqlx::{QueryBuilder, Row, Sqlite, sqlite::SqliteRow};
use uuid::Uuid;

/// What was said longer ago is no news.
const STALE_MS: Millis = 6 * 60 * 60 * 1000;
/// Rows that a service did not take and that wait for another try. Above this, with every device
/// of a large hall behind a service that is down, the next ones are given up.
const RETRIES_MAX: i64 = 100_000;

const DUE: &str = "SELECT q.push_id, q.account_id, q.device_id, q.stream_id, q.seq, q.at, q.tries, \
     p.provider, s.kind, e.type, CASE e.type WHEN 'room.urgent_repeated' \
     THEN COALESCE(json_extract(e.body, '$.seq'), 0) END AS repeats \
     FROM push_queue q JOIN streams s ON s.stream_id = q.stream_id \
     JOIN events e ON e.stream_id = q.stream_id AND e.seq = q.seq \
     LEFT JOIN account_push p ON p.account_id = q.account_id AND p.device_id = q.device_id ";

/// What is being told now.
#[derive(Clone, Debug, Default)]
pub struct PushesBusy {
    pub rows: Vec<i64>,
    /// Kinds of service that are asked as much as they may be.
    pub full: Vec<PushProvider>,
}

/// One device that waits to be told of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushRow {
    pub id: i64,
    pub account: AccountId,
    pub device: Uuid,
    pub stream: StreamId,
    pub seq: Seq,
    /// The urgent message that the event shows again.
    pub repeats: Option<Seq>,
    pub at: Millis,
    pub tries: u32,
    /// Absent: the device has left its account.
    pub provider: Option<PushProvider>,
}

impl PushRow {
    /// Too old for anybody to want to know.
    pub fn is_stale(&self, now: Millis) -> bool {
        self.at + STALE_MS < now
    }
}

/// What came of a page of them.
#[derive(Clone, Debug, Default)]
pub struct PushEnds {
    /// Told, or never to be.
    pub settled: Vec<i64>,
    /// Told again later.
    pub later: Vec<(i64, Millis)>,
}

impl Queries {
    /// Devices that are due to be told: what is urgent first, and never so much of the ordinary
    /// that news for many does not get on.
    pub async fn due_pushes(
        &self,
        now: Millis,
        limit: usize,
        busy: &PushesBusy,
    ) -> Result<Vec<PushRow>, StoreError> {
        let mut found = Vec::new();
        for lane in Lane::ALL {
            let share = if lane == Lane::Ordinary { limit * 3 / 4 } else { limit };
            let share = share.min(limit - found.len());
            let mut query = due_of(lane, now, share, busy);
            let rows = query.build().fetch_all(&self.readers).await.map_err(store_error)?;
            for row in &rows {
                found.push(due(row).map_err(store_error)?);
            }
        }
        Ok(found)
    }

    /// Writes down what came of them, in one transaction. Answers how many of the later ones
    /// were given up, because too many wait already.
    pub async fn end_pushes(&self, ends: &PushEnds) -> Result<usize, StoreError> {
        if ends.settled.is_empty() && ends.later.is_empty() {
            return Ok(0);
        }
        let mut session = self.writer.begin().await?;
        let done = end(&mut session.connection, ends).await;
        session.finish(done).await
    }
}

fn due_of(lane: Lane, now: Millis, limit: usize, busy: &PushesBusy) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(DUE);
    query.push("WHERE q.lane = ").push_bind(lane as i64);
    query.push(" AND q.due_at <= ").push_bind(now);
    query.push(" AND q.push_id NOT IN (");
    let mut list = query.separated(", ");
    busy.rows.iter().for_each(|id| {
        list.push_bind(*id);
    });
    query.push(") AND (p.provider IS NULL OR p.provider NOT IN (");
    let mut list = query.separated(", ");
    busy.full.iter().for_each(|provider| {
        list.push_bind(word(provider));
    });
    query.push(")) ORDER BY q.due_at, q.push_id LIMIT ").push_bind(limit as i64);
    query
}

async fn end(
    connection: &mut sqlx::SqliteConnection,
    ends: &PushEnds,
) -> Result<usize, sqlx::Error> {
    let retries = match ends.later.is_empty() {
        true => 0,
        false => waiting(&mut *connection).await?,
    };
    let room = usize::try_from(RETRIES_MAX - retries).unwrap_or(0).min(ends.later.len());
    let (later, given_up) = ends.later.split_at(room);
    let gone: Vec<i64> =
        ends.settled.iter().copied().chain(given_up.iter().map(|(id, _)| *id)).collect();
    if !gone.is_empty() {
        let mut query = QueryBuilder::<Sqlite>::new("DELETE FROM push_queue WHERE push_id IN (");
        let mut list = query.separated(", ");
        gone.iter().for_each(|id| {
            list.push_bind(*id);
        });
        query.push(")");
        query.build().execute(&mut *connection).await?;
    }
    for (id, due_at) in later {
        let later = "UPDATE push_queue SET tries = tries + 1, due_at = ? WHERE push_id = ?";
        sqlx::query(later).bind(due_at).bind(id).execute(&mut *connection).await?;
    }
    Ok(given_up.len())
}

/// Both counts are of an index that holds nothing else, or nothing but numbers.
async fn waiting(connection: &mut sqlx::SqliteConnection) -> Result<i64, sqlx::Error> {
    let counts = "SELECT (SELECT COUNT(*) FROM push_queue) \
         - (SELECT COUNT(*) FROM push_queue WHERE tries = 0)";
    sqlx::query_scalar(counts).fetch_one(connection).await
}

fn due(row: &SqliteRow) -> Result<PushRow, sqlx::Error> {
    let tries = read::unsigned(row, "tries")?;
    let kind: String = row.try_get("kind")?;
    let repeats: Option<i64> = row.try_get("repeats")?;
    let provider: Option<String> = row.try_get("provider")?;
    Ok(PushRow {
        id: row.try_get("push_id")?,
        account: AccountId(row.try_get("account_id")?),
        device: row.try_get("device_id")?,
        stream: StreamId::new(read::kind_of_name(&kind)?, row.try_get("stream_id")?),
        seq: read::unsigned(row, "seq")?,
        repeats: repeats.map(i64::cast_unsigned),
        at: row.try_get("at")?,
        tries: u32::try_from(tries).unwrap_or(u32::MAX),
        provider: provider.map(of_word).transpose()?,
    })
}
