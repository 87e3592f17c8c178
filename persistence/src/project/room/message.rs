//! Rows about messages: who a whisper is for, the last edit, reactions, pins. Invariant: no
//! text of a message is here; `events` holds it once, so that redaction has one place to reach.

use crate::{project::mail, sqlite::errors::corrupt};
use kernel::journal::StoredEvent;
use protocol::{
    Seq,
    room::{MessageReacted, RoomEvent},
};
use sqlx::SqliteConnection;

/// One row for each who may see a whisper; nothing for a message to everybody.
pub(in crate::project) async fn whispered(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
) -> Result<(), sqlx::Error> {
    let (Some(audience), "room.message_sent") = (&event.audience, event.type_name.as_str()) else {
        return Ok(());
    };
    for account in audience {
        sqlx::query(
            "INSERT INTO room_whispers (account_id, room_id, seq, own) VALUES (?, ?, ?, ?)",
        )
        .bind(account.0)
        .bind(event.stream.id)
        .bind(event.seq as i64)
        .bind(i64::from(event.by == Some(*account)))
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Events that only say something of a message before them.
const NOTES: &[&str] =
    &["room.message_edited", "room.reacted", "room.message_opened", "room.message_acknowledged"];

/// Where what is said of a message stands.
pub(in crate::project) async fn noted(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
) -> Result<(), sqlx::Error> {
    #[derive(serde::Deserialize)]
    struct About {
        seq: Seq,
    }
    if !NOTES.contains(&event.type_name.as_str()) {
        return Ok(());
    }
    let Some(body) = &event.body else { return Ok(()) };
    let About { seq } =
        serde_json::from_str(body).map_err(|error| corrupt(format!("a note: {error}")))?;
    sqlx::query("INSERT INTO room_notes (room_id, about, seq) VALUES (?, ?, ?)")
        .bind(event.stream.id)
        .bind(seq.cast_signed())
        .bind(event.seq.cast_signed())
        .execute(connection)
        .await
        .map(|_| ())
}

pub(super) async fn apply(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    words: RoomEvent,
) -> Result<(), sqlx::Error> {
    match words {
        RoomEvent::MessageEdited(edited) => {
            sqlx::query(
                "INSERT INTO room_edits (room_id, seq, edit_seq) VALUES (?, ?, ?) \
                 ON CONFLICT (room_id, seq) DO UPDATE SET edit_seq = excluded.edit_seq",
            )
            .bind(event.stream.id)
            .bind(edited.seq as i64)
            .bind(event.seq as i64)
            .execute(connection)
            .await?;
        }
        RoomEvent::MessageReacted(reacted) => react(connection, event, reacted).await?,
        RoomEvent::MessagePinned(pinned) if pinned.on => {
            sqlx::query(
                "INSERT INTO room_pins (room_id, seq, pin_seq) VALUES (?, ?, ?) \
                 ON CONFLICT (room_id, seq) DO UPDATE SET pin_seq = excluded.pin_seq",
            )
            .bind(event.stream.id)
            .bind(pinned.seq as i64)
            .bind(event.seq as i64)
            .execute(connection)
            .await?;
        }
        RoomEvent::MessagePinned(pinned) => {
            sqlx::query("DELETE FROM room_pins WHERE room_id = ? AND seq = ?")
                .bind(event.stream.id)
                .bind(pinned.seq as i64)
                .execute(connection)
                .await?;
        }
        RoomEvent::MessageRecalled(recalled) => forget(connection, event, recalled.seq).await?,
        RoomEvent::MessageBurnt(burnt) => forget(connection, event, burnt.seq).await?,
        _ => {}
    }
    Ok(())
}

/// What was said about a message goes with it. Its whisper rows stay: they are its numbers.
async fn forget(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    seq: Seq,
) -> Result<(), sqlx::Error> {
    mail::forget(connection, event.stream.id, seq).await?;
    for statement in [
        "DELETE FROM room_notes WHERE room_id = ? AND about = ?",
        "DELETE FROM room_edits WHERE room_id = ? AND seq = ?",
        "DELETE FROM room_reactions WHERE room_id = ? AND seq = ?",
        "DELETE FROM room_pins WHERE room_id = ? AND seq = ?",
    ] {
        sqlx::query(statement)
            .bind(event.stream.id)
            .bind(seq as i64)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

async fn react(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    reacted: MessageReacted,
) -> Result<(), sqlx::Error> {
    let text = if reacted.on {
        "INSERT INTO room_reactions (room_id, seq, account_id, emoji) VALUES (?, ?, ?, ?) \
         ON CONFLICT (room_id, seq, account_id, emoji) DO NOTHING"
    } else {
        "DELETE FROM room_reactions \
         WHERE room_id = ? AND seq = ? AND account_id = ? AND emoji = ?"
    };
    sqlx::query(text)
        .bind(event.stream.id)
        .bind(reacted.seq as i64)
        .bind(event.by.map(|by| by.0))
        .bind(reacted.emoji)
        .execute(connection)
        .await
        .map(|_| ())
}
