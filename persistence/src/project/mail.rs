//! Tables of micro-mails: which messages are one, what a person has opened and begun.
//! Invariant: no subject and no text is here. Most messages are none, so they are told by a look
//! at their body, which is read whole only where that look says mail.

use super::room_groups::run;
use crate::sqlite::errors::corrupt;
use kernel::journal::StoredEvent;
use protocol::{
    RoomId, Seq,
    account::{AccountEvent, MailDraftSet, MailsRead},
    room::{MessageSent, Part},
};
use sqlx::SqliteConnection;
use uuid::Uuid;

/// As a mail's part begins, wherever it stands: a forwarded one has it, too. A text cannot: its
/// quotes are escaped.
const MARK: &str = r#""part":{"kind":"mail""#;

pub(super) async fn sent(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
) -> Result<(), sqlx::Error> {
    let Some(body) = event.body.as_deref().filter(|body| body.contains(MARK)) else {
        return Ok(());
    };
    let message: MessageSent =
        serde_json::from_str(body).map_err(|error| corrupt(format!("a message: {error}")))?;
    if !matches!(message.part.as_deref(), Some(Part::Mail { .. })) {
        return Ok(());
    }
    let row = sqlx::query(
        "INSERT INTO room_mails (room_id, seq, at, by_account, whispered) VALUES (?, ?, ?, ?, ?)",
    );
    let row = row.bind(event.stream.id).bind(event.seq.cast_signed()).bind(event.at);
    run(connection, row.bind(event.by.map(|by| by.0)).bind(event.audience.is_some())).await
}

/// A mail that was taken back is in no box.
pub(super) async fn forget(
    connection: &mut SqliteConnection,
    room: Uuid,
    seq: Seq,
) -> Result<(), sqlx::Error> {
    let gone = sqlx::query("DELETE FROM room_mails WHERE room_id = ? AND seq = ?");
    run(connection, gone.bind(room).bind(seq.cast_signed())).await
}

pub(super) async fn apply(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    words: AccountEvent,
) -> Result<(), sqlx::Error> {
    let account = event.stream.id;
    match words {
        AccountEvent::MailsRead(body) => read(connection, account, body).await,
        AccountEvent::MailDraftSet(MailDraftSet { draft, mail }) => {
            let row = sqlx::query(
                "INSERT INTO account_mail_drafts (account_id, draft_id, room_id, seq) \
                 VALUES (?, ?, ?, ?) ON CONFLICT (account_id, draft_id) DO UPDATE \
                 SET room_id = excluded.room_id, seq = excluded.seq",
            );
            let row = row.bind(account).bind(draft).bind(mail.room.0);
            run(connection, row.bind(event.seq.cast_signed())).await
        }
        AccountEvent::MailDraftDropped(body) => {
            let gone = sqlx::query(
                "DELETE FROM account_mail_drafts WHERE account_id = ? AND draft_id = ?",
            );
            run(connection, gone.bind(account).bind(body.draft)).await
        }
        AccountEvent::StreamLeft(body) => {
            let gone =
                sqlx::query("DELETE FROM account_mail_drafts WHERE account_id = ? AND room_id = ?");
            run(connection, gone.bind(account).bind(body.stream.id)).await
        }
        _ => Ok(()),
    }
}

async fn read(
    connection: &mut SqliteConnection,
    account: Uuid,
    MailsRead { room, seqs, until }: MailsRead,
) -> Result<(), sqlx::Error> {
    let room = room.map_or_else(Uuid::nil, |RoomId(room)| room);
    for seq in seqs {
        let row = sqlx::query(
            "INSERT INTO account_mail_reads (account_id, room_id, seq) VALUES (?, ?, ?) \
             ON CONFLICT (account_id, room_id, seq) DO NOTHING",
        );
        run(connection, row.bind(account).bind(room).bind(seq.cast_signed())).await?;
    }
    let Some(until) = until else { return Ok(()) };
    let row = sqlx::query(
        "INSERT INTO account_mail_marks (account_id, room_id, until) VALUES (?, ?, ?) \
         ON CONFLICT (account_id, room_id) DO UPDATE SET until = MAX(until, excluded.until)",
    );
    run(connection, row.bind(account).bind(room).bind(until)).await
}
