//! Tables of notices and their recipients. Invariant: the counts of a notice are the rows of
//! its recipients, counted as each changes for the first time.
//! A page of recipients is one event, so what is written in one transaction is bounded by the
//! page, not by the organisation; the writer serves others between the pages.

use super::word;
use crate::sqlite::{errors::corrupt, statements::INSERT_RECIPIENTS};
use kernel::journal::StoredEvent;
use protocol::{
    AccountId,
    notice::{NoticeEvent, NoticeSent, Reminder},
};
use sqlx::{Row, SqliteConnection};

/// One thing that a recipient does, and where it is counted.
struct Deed {
    mark: &'static str,
    count: &'static str,
}

const READ: Deed = Deed {
    mark: "UPDATE notice_recipients SET read_at = ? \
           WHERE notice_id = ? AND account_id = ? AND read_at IS NULL",
    count: "UPDATE notice_notices SET read = read + ? WHERE notice_id = ?",
};
const CONFIRMED: Deed = Deed {
    mark: "UPDATE notice_recipients SET confirmed_at = ? \
           WHERE notice_id = ? AND account_id = ? AND confirmed_at IS NULL",
    count: "UPDATE notice_notices SET confirmed = confirmed + ? WHERE notice_id = ?",
};
const DONE: Deed = Deed {
    mark: "UPDATE notice_recipients SET done_at = ? \
           WHERE notice_id = ? AND account_id = ? AND done_at IS NULL",
    count: "UPDATE notice_notices SET done = done + ? WHERE notice_id = ?",
};

pub(super) async fn apply(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    words: NoticeEvent,
) -> Result<(), sqlx::Error> {
    use NoticeEvent as E;
    let by = event.by.as_slice();
    match words {
        E::NoticeSent(body) => sent(connection, event, body).await,
        E::NoticeAddressed(body) => addressed(connection, event, &body.accounts, body.last).await,
        E::NoticeWritten(body) => sqlx::query(
            "UPDATE notice_notices SET title = ?, text = ?, link = ?, reminder = ? \
             WHERE notice_id = ?",
        )
        .bind(body.title)
        .bind(body.text)
        .bind(body.link)
        .bind(body.reminder.map(|reminder| json(&reminder)).transpose()?)
        .bind(event.stream.id)
        .execute(connection)
        .await
        .map(|_| ()),
        // One row, however many were addressed: lists and badges leave it out.
        E::NoticeWithdrawn(_) => sqlx::query(
            "UPDATE notice_notices SET withdrawn = 1, title = '', text = '', link = NULL \
             WHERE notice_id = ?",
        )
        .bind(event.stream.id)
        .execute(connection)
        .await
        .map(|_| ()),
        E::NoticeRead(_) => done(connection, event, &READ, by).await,
        E::ReceiptConfirmed(_) => done(connection, event, &CONFIRMED, by).await,
        E::NoticeFinished(body) => done(connection, event, &DONE, &body.accounts).await,
    }
}

fn json(reminder: &Reminder) -> Result<String, sqlx::Error> {
    serde_json::to_string(reminder).map_err(|error| corrupt(error.to_string()))
}

async fn sent(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    body: NoticeSent,
) -> Result<(), sqlx::Error> {
    let target = serde_json::to_string(&body.target).map_err(|e| corrupt(e.to_string()))?;
    sqlx::query(
        "INSERT INTO notice_notices (notice_id, kind, target, due_at, confirm, by_account, \
         sent_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(event.stream.id)
    .bind(word(&body.kind))
    .bind(target)
    .bind(body.due_at)
    .bind(body.confirm)
    .bind(event.by.map(|by| by.0))
    .bind(event.at)
    .execute(connection)
    .await
    .map(|_| ())
}

async fn addressed(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    accounts: &[AccountId],
    last: bool,
) -> Result<(), sqlx::Error> {
    let notice = event.stream.id;
    let row = sqlx::query("SELECT kind, sent_at FROM notice_notices WHERE notice_id = ?")
        .bind(notice)
        .fetch_one(&mut *connection)
        .await?;
    let (kind, sent_at): (String, i64) = (row.try_get("kind")?, row.try_get("sent_at")?);
    let added = INSERT_RECIPIENTS
        .execute(connection, accounts, |query, account| {
            query.bind(notice).bind(account.0).bind(kind.clone()).bind(sent_at)
        })
        .await?;
    sqlx::query(
        "UPDATE notice_notices SET addressed = addressed + ?, complete = ? WHERE notice_id = ?",
    )
    .bind(i64::try_from(added).unwrap_or(i64::MAX))
    .bind(last)
    .bind(notice)
    .execute(connection)
    .await
    .map(|_| ())
}

async fn done(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    deed: &Deed,
    accounts: &[AccountId],
) -> Result<(), sqlx::Error> {
    let mut first = 0;
    for account in accounts {
        let mark = sqlx::query(deed.mark).bind(event.at).bind(event.stream.id).bind(account.0);
        first += mark.execute(&mut *connection).await?.rows_affected();
    }
    sqlx::query(deed.count)
        .bind(i64::try_from(first).unwrap_or(i64::MAX))
        .bind(event.stream.id)
        .execute(connection)
        .await
        .map(|_| ())
}
