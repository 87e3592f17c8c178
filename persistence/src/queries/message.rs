//! Single messages: what a command names, what is pinned, what somebody deleted for themself.
//! Invariant: a message leaves here only through a viewer; who may not see it is told the same
//! as if there were none.

use super::Queries;
use crate::{
    event_frame,
    sqlite::{
        errors::{corrupt, store_error},
        read,
    },
};
use domain::room::Known;
use kernel::{
    Viewer,
    journal::{StoreError, StoredEvent},
};
use protocol::{
    AccountId, EntityKind, EventFrame, RoomId, Seq, StreamId,
    room::{MessageRef, MessageSent, RoomEvent},
};
use sqlx::{Row, sqlite::SqliteRow};
use std::collections::BTreeSet;

/// A message and, where it was edited, its present text.
const MESSAGE: &str = "SELECT e.*, s.kind, edit.body AS edited_body \
     FROM events e JOIN streams s ON s.stream_id = e.stream_id \
     LEFT JOIN room_edits x ON x.room_id = e.stream_id AND x.seq = e.seq \
     LEFT JOIN events edit ON edit.stream_id = x.room_id AND edit.seq = x.edit_seq \
     WHERE e.stream_id = ? AND e.seq = ? AND e.type = 'room.message_sent'";

/// With one page; of a message with more, the earliest reactions are left out.
const NOTES_MAX: i64 = 2_000;
const NOTES: &str = "SELECT e.*, s.kind FROM room_notes n \
     JOIN events e ON e.stream_id = n.room_id AND e.seq = n.seq \
     JOIN streams s ON s.stream_id = e.stream_id \
     WHERE n.room_id = ?1 AND n.about BETWEEN ?2 AND ?3 AND n.seq > ?3 AND e.body IS NOT NULL \
     ORDER BY n.seq DESC LIMIT ?4";

impl Queries {
    /// The messages at these places that the viewer may see, as they read now.
    pub async fn messages(
        &self,
        places: &[MessageRef],
        viewer: &Viewer,
    ) -> Result<Vec<Known>, StoreError> {
        let mut found = Vec::with_capacity(places.len());
        for place in places {
            let row = sqlx::query(MESSAGE)
                .bind(place.room.0)
                .bind(read::number(place.seq))
                .fetch_optional(&self.readers)
                .await
                .map_err(store_error)?;
            let Some(row) = row else { continue };
            let event = read::event_of_row(&row).map_err(store_error)?;
            if viewer.sees(&event) {
                let message = present(&event, &row).map_err(store_error)?;
                let (by, at, audience) = (event.by, event.at, event.audience);
                found.push(Known { place: *place, by, at, audience, message });
            }
        }
        Ok(found)
    }

    /// Which of the rooms the account is a member of.
    pub async fn joined_among(
        &self,
        account: AccountId,
        rooms: &BTreeSet<RoomId>,
    ) -> Result<BTreeSet<RoomId>, StoreError> {
        let mut joined = BTreeSet::new();
        for room in rooms {
            let member: Option<i64> = sqlx::query_scalar(
                "SELECT 1 FROM room_members WHERE room_id = ? AND account_id = ?",
            )
            .bind(room.0)
            .bind(account.0)
            .fetch_optional(&self.readers)
            .await
            .map_err(store_error)?;
            joined.extend(member.map(|_| *room));
        }
        Ok(joined)
    }

    /// The emoji that the account has set under a message.
    pub async fn reactions_of(
        &self,
        account: AccountId,
        place: MessageRef,
    ) -> Result<Vec<String>, StoreError> {
        sqlx::query_scalar(
            "SELECT emoji FROM room_reactions WHERE room_id = ? AND seq = ? AND account_id = ?",
        )
        .bind(place.room.0)
        .bind(read::number(place.seq))
        .bind(account.0)
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)
    }

    /// What is pinned in a room, the latest pin first, as the messages were sent.
    pub async fn pins(&self, room: RoomId, viewer: &Viewer) -> Result<Vec<EventFrame>, StoreError> {
        let rows = sqlx::query(
            "SELECT e.*, s.kind FROM room_pins p \
             JOIN events e ON e.stream_id = p.room_id AND e.seq = p.seq \
             JOIN streams s ON s.stream_id = e.stream_id \
             WHERE p.room_id = ? AND e.body IS NOT NULL ORDER BY p.pin_seq DESC",
        )
        .bind(room.0)
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let frame = |row: &SqliteRow| {
            read::event_of_row(row).map(|event| event_frame(&event, viewer)).map_err(store_error)
        };
        rows.iter().map(frame).collect()
    }

    /// What events after a page say of its messages, ascending: the latest of them.
    pub async fn notes(
        &self,
        stream: StreamId,
        from: Seq,
        to: Seq,
        viewer: &Viewer,
    ) -> Result<Vec<EventFrame>, StoreError> {
        if stream.kind != EntityKind::Room {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(NOTES)
            .bind(stream.id)
            .bind(read::number(from))
            .bind(read::number(to))
            .bind(NOTES_MAX)
            .fetch_all(&self.readers)
            .await
            .map_err(store_error)?;
        let mut notes = Vec::with_capacity(rows.len());
        for row in rows.iter().rev() {
            let event = read::event_of_row(row).map_err(store_error)?;
            if viewer.sees(&event) {
                notes.push(event_frame(&event, viewer));
            }
        }
        Ok(notes)
    }

    /// Messages of a stream that the account has deleted for itself, from one number to
    /// another.
    pub async fn hidden(
        &self,
        account: AccountId,
        stream: StreamId,
        from: Seq,
        to: Seq,
    ) -> Result<BTreeSet<Seq>, StoreError> {
        if stream.kind != EntityKind::Room {
            return Ok(BTreeSet::new());
        }
        let rows = sqlx::query(
            "SELECT seq FROM account_hidden \
             WHERE account_id = ? AND room_id = ? AND seq BETWEEN ? AND ?",
        )
        .bind(account.0)
        .bind(stream.id)
        .bind(read::number(from))
        .bind(read::number(to))
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        rows.iter()
            .map(|row| read::unsigned(row, "seq"))
            .collect::<Result<_, _>>()
            .map_err(store_error)
    }
}

/// The message with its last edit; `None` once it has lost its body.
fn present(event: &StoredEvent, row: &SqliteRow) -> Result<Option<MessageSent>, sqlx::Error> {
    let Some(body) = &event.body else { return Ok(None) };
    let unread = |error| corrupt(format!("a stored message: {error}"));
    let sent = RoomEvent::decode(&event.type_name, body).map_err(unread)?;
    let RoomEvent::MessageSent(mut sent) = sent else { return Ok(None) };
    let edited: Option<String> = row.try_get("edited_body")?;
    if let Some(body) = edited
        && let RoomEvent::MessageEdited(edited) =
            RoomEvent::decode("room.message_edited", &body).map_err(unread)?
    {
        sent.text = edited.text;
    }
    Ok(Some(sent))
}
