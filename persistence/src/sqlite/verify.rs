//! Walking the chains. Invariant: a changed, missing or added row, or a head that is not the
//! last event, is reported at the first number that does not fit. Nothing is repaired here.

use super::{SqliteJournal, errors::store_error, read};
use kernel::journal::{Head, StoreError, StoredEvent};
use protocol::{Seq, StreamId};
use sqlx::Row;
use uuid::Uuid;

/// Events read at a time: a long stream must not fill the memory.
const PAGE: usize = 1_000;
const STREAMS_PAGE: i64 = 500;

pub(super) async fn verify(
    journal: &SqliteJournal,
    only: Option<StreamId>,
) -> Result<Vec<(Uuid, Seq)>, StoreError> {
    let mut breaks = Vec::new();
    if let Some(stream) = only {
        let head = read::head(&journal.readers, stream).await?;
        breaks.extend(chain(journal, stream, head).await?);
        return Ok(breaks);
    }
    let mut last = Uuid::nil();
    loop {
        let rows = sqlx::query(
            "SELECT stream_id, kind, head_seq, tally, hash FROM streams \
             WHERE stream_id > ? ORDER BY stream_id LIMIT ?",
        )
        .bind(last)
        .bind(STREAMS_PAGE)
        .fetch_all(&journal.readers)
        .await
        .map_err(store_error)?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            last = row.try_get("stream_id").map_err(store_error)?;
            let kind: String = row.try_get("kind").map_err(store_error)?;
            let kind = read::kind_of_name(&kind).map_err(store_error)?;
            let head = read::head_of_row(row).map_err(store_error)?;
            breaks.extend(chain(journal, StreamId::new(kind, last), head).await?);
        }
    }
    breaks.extend(orphans(journal).await?);
    Ok(breaks)
}

/// The first break of one stream. Events appended after `head` was read are left for the
/// next walk.
async fn chain(
    journal: &SqliteJournal,
    stream: StreamId,
    head: Head,
) -> Result<Option<(Uuid, Seq)>, StoreError> {
    let mut at = Head::default();
    let mut page = PAGE;
    while at.seq < head.seq {
        let limit = page.min(usize::try_from(head.seq - at.seq).unwrap_or(page));
        let events = match read::after(&journal.readers, stream, at.seq, limit).await {
            Ok(events) => events,
            // Some row of the page cannot even be read: find it one by one.
            Err(StoreError::Corrupt(_)) if page > 1 => {
                page = 1;
                continue;
            }
            Err(StoreError::Corrupt(_)) => return Ok(Some((stream.id, at.seq + 1))),
            Err(error) => return Err(error),
        };
        if events.is_empty() {
            return Ok(Some((stream.id, at.seq + 1)));
        }
        for event in &events {
            if !follows(&at, event) {
                return Ok(Some((stream.id, at.seq + 1)));
            }
            at = Head { seq: event.seq, tally: event.tally, hash: event.hash };
        }
    }
    Ok((at != head).then_some((stream.id, head.seq)))
}

fn follows(at: &Head, event: &StoredEvent) -> bool {
    event.seq == at.seq + 1 && event.tally >= at.tally && event.chain(&at.hash) == event.hash
}

/// Events whose stream has no head, or that stand after it, first number each.
async fn orphans(journal: &SqliteJournal) -> Result<Vec<(Uuid, Seq)>, StoreError> {
    let rows = sqlx::query(
        "SELECT e.stream_id, MIN(e.seq) AS seq FROM events e \
         LEFT JOIN streams s ON s.stream_id = e.stream_id \
         WHERE s.stream_id IS NULL OR e.seq > s.head_seq GROUP BY e.stream_id",
    )
    .fetch_all(&journal.readers)
    .await
    .map_err(store_error)?;
    let row = |row: &sqlx::sqlite::SqliteRow| {
        Ok((row.try_get("stream_id")?, read::unsigned(row, "seq")?))
    };
    rows.iter().map(row).collect::<Result<_, _>>().map_err(store_error)
}
