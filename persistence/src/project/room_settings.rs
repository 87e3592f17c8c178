//! The table of how each person sees their conversations, drafts among it, and where mail
//! reaches them. Written from the account's own events.

use super::room_groups::run;
use kernel::journal::StoredEvent;
use protocol::{RoomId, account::AccountEvent};
use sqlx::SqliteConnection;
use uuid::Uuid;

pub(super) async fn apply(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    words: AccountEvent,
) -> Result<(), sqlx::Error> {
    use AccountEvent as E;
    let account = event.stream.id;
    match words {
        E::ConversationSet(body) => {
            let row = sqlx::query(
                "INSERT INTO room_settings (account_id, room_id, pinned, muted, hidden_at) \
                 VALUES (?, ?, ?, ?, ?) ON CONFLICT (account_id, room_id) DO UPDATE \
                 SET pinned = excluded.pinned, muted = excluded.muted, \
                 hidden_at = excluded.hidden_at",
            );
            let hidden_at = body.hidden.then_some(event.at);
            let row = row.bind(account).bind(body.room.0).bind(body.pinned).bind(body.muted);
            run(connection, row.bind(hidden_at)).await
        }
        E::DraftSet(body) => draft(connection, event, body.room, Some(body.text)).await,
        E::DraftCleared(body) => draft(connection, event, body.room, None).await,
        E::StreamLeft(body) => forget(connection, account, body.stream.id).await,
        E::MailSet(body) => {
            let gone = sqlx::query("DELETE FROM account_mails WHERE account_id = ?").bind(account);
            run(connection, gone).await?;
            let Some(address) = body.address else { return Ok(()) };
            let row = sqlx::query("INSERT INTO account_mails (account_id, address) VALUES (?, ?)");
            run(connection, row.bind(account).bind(address)).await
        }
        _ => Ok(()),
    }
}

async fn draft(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    room: RoomId,
    text: Option<String>,
) -> Result<(), sqlx::Error> {
    let row = sqlx::query(
        "INSERT INTO room_settings (account_id, room_id, draft, draft_at) VALUES (?, ?, ?, ?) \
         ON CONFLICT (account_id, room_id) DO UPDATE \
         SET draft = excluded.draft, draft_at = excluded.draft_at",
    );
    let at = text.is_some().then_some(event.at);
    run(connection, row.bind(event.stream.id).bind(room.0).bind(text).bind(at)).await
}

async fn forget(
    connection: &mut SqliteConnection,
    account: Uuid,
    room: Uuid,
) -> Result<(), sqlx::Error> {
    let gone = sqlx::query("DELETE FROM room_settings WHERE account_id = ? AND room_id = ?");
    run(connection, gone.bind(account).bind(room)).await
}
