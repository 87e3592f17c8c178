//! How far accounts have read. Invariant: a cursor never moves back and never beyond the
//! stream's head; its tally is that of the event it stands on.

use super::{SqliteJournal, read};
use kernel::journal::{Cursor, StoreError};
use sqlx::{Row, SqliteConnection};

pub(super) async fn advance(
    journal: &SqliteJournal,
    cursors: Vec<Cursor>,
) -> Result<Vec<Cursor>, StoreError> {
    if cursors.is_empty() {
        return Ok(cursors);
    }
    let mut session = journal.writer.begin().await?;
    let done = advance_all(&mut session.connection, &cursors).await;
    session.finish(done).await
}

pub(crate) async fn advance_all(
    connection: &mut SqliteConnection,
    cursors: &[Cursor],
) -> Result<Vec<Cursor>, sqlx::Error> {
    let mut now = Vec::with_capacity(cursors.len());
    for cursor in cursors {
        sqlx::query(
            "INSERT INTO cursors (account_id, stream_id, seq, tally, at) \
             SELECT ?, e.stream_id, e.seq, e.tally, ? \
             FROM streams s JOIN events e ON e.stream_id = s.stream_id \
             AND e.seq = CASE WHEN ? < s.head_seq THEN ? ELSE s.head_seq END \
             WHERE s.stream_id = ? AND s.kind = ? \
             ON CONFLICT (account_id, stream_id) DO UPDATE \
             SET seq = excluded.seq, tally = excluded.tally, at = excluded.at \
             WHERE excluded.seq > cursors.seq",
        )
        .bind(cursor.account.0)
        .bind(cursor.at)
        .bind(read::number(cursor.seq))
        .bind(read::number(cursor.seq))
        .bind(cursor.stream.id)
        .bind(cursor.stream.kind.name())
        .execute(&mut *connection)
        .await?;
        let row = sqlx::query(
            "SELECT seq, tally, at FROM cursors WHERE account_id = ? AND stream_id = ?",
        )
        .bind(cursor.account.0)
        .bind(cursor.stream.id)
        .fetch_optional(&mut *connection)
        .await?;
        now.push(match row {
            Some(row) => Cursor {
                seq: read::unsigned(&row, "seq")?,
                tally: read::unsigned(&row, "tally")?,
                at: row.try_get("at")?,
                ..*cursor
            },
            // Number 0, or a stream that does not exist: nothing was read.
            None => Cursor { seq: 0, tally: 0, ..*cursor },
        });
    }
    Ok(now)
}
