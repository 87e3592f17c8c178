//! Tables of calendars: shares, private notes, feeds. A calendar's events are its owner's, so
//! the owner is whoever caused the event.

use super::Private;
use crate::sqlite::errors::corrupt;
use kernel::journal::StoredEvent;
use protocol::calendar::CalendarEvent;
use sqlx::SqliteConnection;

pub(super) async fn apply(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    words: CalendarEvent,
    private: &Private,
) -> Result<(), sqlx::Error> {
    use CalendarEvent as E;
    let owner = event.by.ok_or_else(|| corrupt("a calendar without owner"))?.0;
    let statement = match words {
        E::CalendarShared(body) => {
            let statement = if body.on {
                "INSERT INTO calendar_shares (owner_id, account_id) VALUES (?, ?) \
                 ON CONFLICT (owner_id, account_id) DO NOTHING"
            } else {
                "DELETE FROM calendar_shares WHERE owner_id = ? AND account_id = ?"
            };
            sqlx::query(statement).bind(owner).bind(body.account.0)
        }
        E::NoteWritten(body) => sqlx::query(
            "INSERT INTO calendar_notes (account_id, task_id, text) VALUES (?, ?, ?) \
             ON CONFLICT (account_id, task_id) DO UPDATE SET text = excluded.text",
        )
        .bind(owner)
        .bind(body.task.id)
        .bind(body.text),
        E::NoteRemoved(body) => {
            sqlx::query("DELETE FROM calendar_notes WHERE account_id = ? AND task_id = ?")
                .bind(owner)
                .bind(body.task.id)
        }
        // A rebuild passes here without the secret; it restores the hash afterwards.
        E::FeedOpened(_) => sqlx::query(
            "INSERT INTO calendar_feeds (account_id, token_hash) VALUES (?, ?) \
             ON CONFLICT (account_id) DO UPDATE SET token_hash = excluded.token_hash",
        )
        .bind(owner)
        .bind(private.token_hash.as_deref()),
        E::FeedClosed(_) => {
            sqlx::query("DELETE FROM calendar_feeds WHERE account_id = ?").bind(owner)
        }
    };
    statement.execute(connection).await.map(|_| ())
}
