//! Which events wait for which webhook: rows beside the journal, and how far it has been looked
//! through for them. Invariants: an event is put down for a webhook once, in the transaction
//! that moves the mark past it; only events that the application's account may see, of rooms
//! that it is in since before them; what is posted is read from the journal when it is posted,
//! so that a text redacted meanwhile goes nowhere. Rows of one application are bounded.

use crate::{
    Queries,
    sqlite::{
        Writer,
        errors::{corrupt, store_error},
        read,
    },
};
use domain::app::WAITING_MAX;
use kernel::{
    Viewer,
    journal::{StoreError, StoredEvent},
};
use protocol::{
    AccountId, EntityKind, Millis, StreamId,
    app::{WebhookFailure, WebhookInfo, WebhookTopic},
};
use sqlx::{Row, SqliteConnection, SqlitePool, sqlite::SqliteRow};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};
use uuid::Uuid;

/// Positions looked through at a time.
const PAGE: i64 = 2_000;
/// Positions in which nothing was found before it is written down that they were looked through.
const NOTHING_FOUND: i64 = 40_000;

/// What a webhook may tell: type names by topic. The only text that this file knows of events.
const TOLD: &[(WebhookTopic, &[&str])] = &[
    (WebhookTopic::Messages, &["room.message_sent"]),
    (WebhookTopic::Notices, &["notice.was_read", "notice.confirmed", "notice.finished"]),
    (WebhookTopic::Tasks, &["task.finished"]),
];

/// Told events of a page, without their bodies: who is told of one is no matter of its text.
const PAGE_AFTER: &str = "SELECT e.position, e.stream_id, e.seq, e.at, e.by_account, \
     e.session_id, e.trace_id, e.command_id, e.fingerprint, NULL AS result, e.command_last_seq, \
     e.type, e.audience, NULL AS body, e.body_hash, e.tally, e.hash, s.kind FROM events e \
     JOIN streams s ON s.stream_id = e.stream_id \
     WHERE e.position > ? AND e.position <= ? AND e.type IN ('room.message_sent', \
     'notice.was_read', 'notice.confirmed', 'notice.finished', 'task.finished') \
     ORDER BY e.position";

/// A webhook that is set, of an application whose account can be used.
#[derive(Clone, Debug)]
pub struct WebhookRow {
    pub app: StreamId,
    pub account: AccountId,
    pub url: String,
    pub topics: Vec<WebhookTopic>,
    pub secret_sealed: Vec<u8>,
    since: i64,
}

/// How far the journal was looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    at: i64,
    /// How far the store knows of it.
    stored: i64,
}

/// What a look through the journal came to.
#[derive(Clone, Debug)]
pub struct Followed {
    /// Where to go on from.
    pub mark: Option<Mark>,
    /// More follows at once.
    pub more: bool,
    /// Every webhook that is set.
    pub webhooks: Vec<WebhookRow>,
}

/// An event to post.
#[derive(Clone, Debug)]
pub struct Delivery {
    position: i64,
    /// `None`: it has lost its body, and nobody is told of it.
    pub event: Option<StoredEvent>,
}

/// How the first waiting event of a webhook is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tries {
    pub tries: u32,
    pub since: Millis,
    pub again_at: Millis,
    pub error: String,
    pub lost: u32,
}

/// The waiting events of all webhooks. Cheap to clone.
#[derive(Clone)]
pub struct Deliveries {
    readers: SqlitePool,
    writer: Arc<Writer>,
}

impl Queries {
    pub fn deliveries(&self) -> Deliveries {
        Deliveries { readers: self.readers.clone(), writer: self.writer.clone() }
    }
}

impl Deliveries {
    async fn webhooks(&self) -> Result<Vec<WebhookRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT w.*, p.account_id FROM app_webhooks w JOIN app_apps p ON p.app_id = w.app_id \
             JOIN account_accounts a ON a.account_id = p.account_id \
             WHERE a.disabled = 0 AND w.secret_sealed IS NOT NULL ORDER BY w.app_id",
        )
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let webhook = |row: &SqliteRow| {
            Ok(WebhookRow {
                app: StreamId::new(EntityKind::App, row.try_get("app_id")?),
                account: AccountId(row.try_get("account_id")?),
                url: row.try_get("url")?,
                topics: topics(row)?,
                secret_sealed: row.try_get("secret_sealed")?,
                since: row.try_get("since")?,
            })
        };
        rows.iter().map(webhook).collect::<Result<_, _>>().map_err(store_error)
    }

    /// Looks through what was committed after `from`, the mark that the caller has from before
    /// (`None`: the stored one). The stored mark moves when something is put down, and now and
    /// then: looking through a page again puts down nothing twice.
    pub async fn follow(&self, from: Option<Mark>) -> Result<Followed, StoreError> {
        // Before the webhooks are read: one that is set meanwhile finds its events later on.
        let last: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(position), 0) FROM events")
            .fetch_one(&self.readers)
            .await
            .map_err(store_error)?;
        let webhooks = self.webhooks().await?;
        let Some(first) = webhooks.iter().map(|webhook| webhook.since).min() else {
            return Ok(Followed { mark: from, more: false, webhooks });
        };
        let mut mark = match from {
            Some(mark) => mark,
            None => self.mark().await?,
        };
        // Before the first webhook was set there is nothing to look for.
        mark.at = mark.at.max(first);
        let upto = last.min(mark.at + PAGE);
        if upto > mark.at {
            let found = self.wanted(&webhooks, mark.at, upto).await?;
            mark.at = upto;
            if !found.is_empty() || upto - mark.stored > NOTHING_FOUND {
                let mut session = self.writer.begin().await?;
                let done = put_down(&mut session.connection, &found, upto).await;
                session.finish(done).await?;
                mark.stored = upto;
            }
        }
        Ok(Followed { mark: Some(mark), more: upto < last, webhooks })
    }

    async fn mark(&self) -> Result<Mark, StoreError> {
        let at = sqlx::query_scalar("SELECT position FROM app_followed")
            .fetch_one(&self.readers)
            .await
            .map_err(store_error)?;
        Ok(Mark { at, stored: at })
    }

    async fn wanted(
        &self,
        webhooks: &[WebhookRow],
        from: i64,
        upto: i64,
    ) -> Result<Vec<(Uuid, i64)>, StoreError> {
        let rows = sqlx::query(PAGE_AFTER)
            .bind(from)
            .bind(upto)
            .fetch_all(&self.readers)
            .await
            .map_err(store_error)?;
        let event = |row: &SqliteRow| Ok((row.try_get("position")?, read::event_of_row(row)?));
        let events: Vec<(i64, StoredEvent)> =
            rows.iter().map(event).collect::<Result<_, _>>().map_err(store_error)?;
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let mut places: HashMap<AccountId, HashMap<StreamId, u64>> = HashMap::new();
        let streams: HashSet<StreamId> = events.iter().map(|(_, event)| event.stream).collect();
        let accounts: BTreeSet<AccountId> = webhooks.iter().map(|one| one.account).collect();
        for account in accounts {
            places.insert(account, self.places(account, &streams).await?);
        }
        let mut wanted = Vec::new();
        for webhook in webhooks {
            let Some(known) = places.get(&webhook.account) else { continue };
            let viewer = Viewer::from(webhook.account);
            let wants = events.iter().filter(|(position, event)| {
                *position > webhook.since
                    && event.by != Some(webhook.account)
                    && topic_of(&event.type_name).is_some_and(|one| webhook.topics.contains(&one))
                    && known.get(&event.stream).is_some_and(|joined| *joined <= event.seq)
                    && viewer.sees(event)
            });
            wanted.extend(wants.map(|(position, _)| (webhook.app.id, *position)));
        }
        Ok(wanted)
    }

    /// Of these streams, those that an account is in, and since which number.
    async fn places(
        &self,
        account: AccountId,
        streams: &HashSet<StreamId>,
    ) -> Result<HashMap<StreamId, u64>, StoreError> {
        let mut known = HashMap::new();
        for stream in streams {
            let look = match stream.kind {
                EntityKind::Room => {
                    "SELECT joined_seq FROM room_members WHERE room_id = ? AND account_id = ?"
                }
                EntityKind::Notice => {
                    "SELECT 0 FROM notice_notices WHERE notice_id = ? AND by_account = ?"
                }
                EntityKind::Task => {
                    "SELECT 0 FROM task_people WHERE task_id = ? AND account_id = ?"
                }
                _ => continue,
            };
            let joined: Option<i64> = sqlx::query_scalar(look)
                .bind(stream.id)
                .bind(account.0)
                .fetch_optional(&self.readers)
                .await
                .map_err(store_error)?;
            if let Some(joined) = joined {
                known.insert(*stream, u64::try_from(joined).unwrap_or(0));
            }
        }
        Ok(known)
    }

    /// The first events that wait for an application.
    pub async fn waiting(&self, app: StreamId, limit: u32) -> Result<Vec<Delivery>, StoreError> {
        let rows = sqlx::query(
            "SELECT e.*, s.kind FROM app_deliveries d JOIN events e ON e.position = d.position \
             JOIN streams s ON s.stream_id = e.stream_id \
             WHERE d.app_id = ? ORDER BY d.position LIMIT ?",
        )
        .bind(app.id)
        .bind(limit)
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let delivery = |row: &SqliteRow| {
            let event = read::event_of_row(row)?;
            let event = event.body.is_some().then_some(event);
            Ok(Delivery { position: row.try_get("position")?, event })
        };
        rows.iter().map(delivery).collect::<Result<_, _>>().map_err(store_error)
    }

    /// These were taken by the other side, or concern nobody any more; nothing fails.
    pub async fn done(&self, app: StreamId, done: &[Delivery]) -> Result<(), StoreError> {
        let Some(last) = done.last() else { return Ok(()) };
        let mut session = self.writer.begin().await?;
        let removed = remove_upto(&mut session.connection, app, last.position).await;
        session.finish(removed).await
    }

    pub async fn tries(&self, app: StreamId) -> Result<Tries, StoreError> {
        let row = sqlx::query("SELECT * FROM app_tries WHERE app_id = ?")
            .bind(app.id)
            .fetch_optional(&self.readers)
            .await
            .map_err(store_error)?;
        row.as_ref().map(tries).transpose().map(Option::unwrap_or_default).map_err(store_error)
    }

    /// The first event was not taken. `give_up`: it goes, so that the next has its turn.
    pub async fn failed(
        &self,
        app: StreamId,
        first: &Delivery,
        tries: &Tries,
        give_up: bool,
    ) -> Result<(), StoreError> {
        let mut session = self.writer.begin().await?;
        let done = note_failure(&mut session.connection, app, first, tries, give_up).await;
        session.finish(done).await
    }

    /// Forgets what waits for applications that have no webhook any more.
    pub async fn forget_cleared(&self) -> Result<(), StoreError> {
        let left: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM app_deliveries WHERE app_id NOT IN \
             (SELECT app_id FROM app_webhooks)) OR EXISTS (SELECT 1 FROM app_tries \
             WHERE app_id NOT IN (SELECT app_id FROM app_webhooks))",
        )
        .fetch_one(&self.readers)
        .await
        .map_err(store_error)?;
        if !left {
            return Ok(());
        }
        let mut session = self.writer.begin().await?;
        let done = forget(&mut session.connection).await;
        session.finish(done).await
    }

    /// How every webhook is doing.
    pub(crate) async fn webhooks_info(
        &self,
    ) -> Result<BTreeMap<StreamId, WebhookInfo>, StoreError> {
        let rows = sqlx::query(
            "SELECT w.app_id, w.url, w.topics, (SELECT COUNT(*) FROM app_deliveries d \
             WHERE d.app_id = w.app_id) AS waiting, COALESCE(t.lost, 0) AS lost, \
             COALESCE(t.tries, 0) AS tries, t.since, t.again_at, t.error \
             FROM app_webhooks w LEFT JOIN app_tries t ON t.app_id = w.app_id",
        )
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let info = |row: &SqliteRow| {
            let failing = match row.try_get::<u32, _>("tries")? {
                0 => None,
                tries => Some(WebhookFailure {
                    since: row.try_get("since")?,
                    tries,
                    error: row.try_get("error")?,
                    again_at: row.try_get("again_at")?,
                }),
            };
            let info = WebhookInfo {
                url: row.try_get("url")?,
                topics: topics(row)?,
                waiting: row.try_get("waiting")?,
                lost: row.try_get("lost")?,
                failing,
            };
            Ok((StreamId::new(EntityKind::App, row.try_get("app_id")?), info))
        };
        rows.iter().map(info).collect::<Result<_, _>>().map_err(store_error)
    }
}

fn topic_of(type_name: &str) -> Option<WebhookTopic> {
    TOLD.iter().find(|(_, types)| types.contains(&type_name)).map(|(topic, _)| *topic)
}

fn topics(row: &SqliteRow) -> Result<Vec<WebhookTopic>, sqlx::Error> {
    serde_json::from_str(row.try_get("topics")?)
        .map_err(|error| corrupt(format!("stored topics: {error}")))
}

fn tries(row: &SqliteRow) -> Result<Tries, sqlx::Error> {
    Ok(Tries {
        tries: row.try_get("tries")?,
        since: row.try_get("since")?,
        again_at: row.try_get("again_at")?,
        error: row.try_get("error")?,
        lost: row.try_get("lost")?,
    })
}

/// A webhook that is full loses the oldest, and says how many.
async fn put_down(
    connection: &mut SqliteConnection,
    found: &[(Uuid, i64)],
    upto: i64,
) -> Result<(), sqlx::Error> {
    for (app, position) in found {
        sqlx::query("INSERT OR IGNORE INTO app_deliveries (app_id, position) VALUES (?, ?)")
            .bind(app)
            .bind(position)
            .execute(&mut *connection)
            .await?;
    }
    let apps: HashSet<Uuid> = found.iter().map(|(app, _)| *app).collect();
    for app in apps {
        let lost = sqlx::query(
            "DELETE FROM app_deliveries WHERE app_id = ?1 AND position <= (SELECT position \
             FROM app_deliveries WHERE app_id = ?1 ORDER BY position DESC LIMIT 1 OFFSET ?2)",
        )
        .bind(app)
        .bind(WAITING_MAX)
        .execute(&mut *connection)
        .await?
        .rows_affected();
        if lost > 0 {
            sqlx::query(
                "INSERT INTO app_tries (app_id, tries, since, again_at, error, lost) \
                 VALUES (?1, 0, 0, 0, '', ?2) \
                 ON CONFLICT (app_id) DO UPDATE SET lost = lost + excluded.lost",
            )
            .bind(app)
            .bind(lost as i64)
            .execute(&mut *connection)
            .await?;
        }
    }
    sqlx::query("UPDATE app_followed SET position = ?")
        .bind(upto)
        .execute(connection)
        .await
        .map(|_| ())
}

async fn remove_upto(
    connection: &mut SqliteConnection,
    app: StreamId,
    position: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM app_deliveries WHERE app_id = ? AND position <= ?")
        .bind(app.id)
        .bind(position)
        .execute(&mut *connection)
        .await?;
    sqlx::query("UPDATE app_tries SET tries = 0, error = '' WHERE app_id = ?")
        .bind(app.id)
        .execute(connection)
        .await
        .map(|_| ())
}

async fn note_failure(
    connection: &mut SqliteConnection,
    app: StreamId,
    first: &Delivery,
    tries: &Tries,
    give_up: bool,
) -> Result<(), sqlx::Error> {
    if give_up {
        sqlx::query("DELETE FROM app_deliveries WHERE app_id = ? AND position = ?")
            .bind(app.id)
            .bind(first.position)
            .execute(&mut *connection)
            .await?;
    }
    sqlx::query(
        "INSERT INTO app_tries (app_id, tries, since, again_at, error, lost) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (app_id) DO UPDATE SET \
         tries = excluded.tries, since = excluded.since, again_at = excluded.again_at, \
         error = excluded.error, lost = excluded.lost",
    )
    .bind(app.id)
    .bind(tries.tries)
    .bind(tries.since)
    .bind(tries.again_at)
    .bind(tries.error.as_str())
    .bind(tries.lost)
    .execute(connection)
    .await
    .map(|_| ())
}

async fn forget(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    for statement in [
        "DELETE FROM app_deliveries WHERE app_id NOT IN (SELECT app_id FROM app_webhooks)",
        "DELETE FROM app_tries WHERE app_id NOT IN (SELECT app_id FROM app_webhooks)",
    ] {
        sqlx::query(statement).execute(&mut *connection).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{StoreOptions, open};

    async fn count(deliveries: &Deliveries, what: &'static str) -> i64 {
        sqlx::query_scalar(what).fetch_one(&deliveries.readers).await.expect("a number")
    }

    #[tokio::test]
    async fn what_waits_is_bounded_and_the_oldest_is_given_up() {
        let folder = std::env::temp_dir().join(format!("hub-deliveries-{}", std::process::id()));
        let options = StoreOptions { path: folder.join("hub.db"), readers: 1 };
        let (_journal, queries) = open(&options).await.expect("a store");
        let deliveries = queries.deliveries();
        let most = i64::from(WAITING_MAX);
        let app = Uuid::from_u128(1);
        for positions in [1..=most, most - 1..=most + 3] {
            let found: Vec<(Uuid, i64)> = positions.map(|position| (app, position)).collect();
            let mut session = deliveries.writer.begin().await.expect("a transaction");
            let upto = found.last().map_or(0, |(_, position)| *position);
            let done = put_down(&mut session.connection, &found, upto).await;
            session.finish(done).await.expect("put down");
        }
        let kept = count(&deliveries, "SELECT COUNT(*) FROM app_deliveries").await;
        let oldest = count(&deliveries, "SELECT MIN(position) FROM app_deliveries").await;
        let lost = count(&deliveries, "SELECT lost FROM app_tries").await;
        assert_eq!((kept, oldest, lost), (most, 4, 3));
        assert_eq!(deliveries.mark().await.expect("read").stored, most + 3);
        // Without a webhook nothing of it is of use to anybody.
        deliveries.forget_cleared().await.expect("forgotten");
        assert_eq!(count(&deliveries, "SELECT COUNT(*) FROM app_deliveries").await, 0);
        std::fs::remove_dir_all(&folder).expect("it is ours");
    }
}
