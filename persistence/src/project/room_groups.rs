//! Tables of what a group keeps: its notice, its invites and who waits at the door.

use crate::sqlite::statements::INSERT_MEMBERS;
use kernel::journal::StoredEvent;
use protocol::{AccountId, Millis, room::*};
use sqlx::{Sqlite, SqliteConnection, query::Query, sqlite::SqliteArguments};

/// As long as a face-to-face round takes others (`domain::room::ROUND_MS`).
const MEETINGS_KEPT_MS: Millis = domain::room::ROUND_MS;

pub(super) async fn apply(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    words: RoomEvent,
) -> Result<(), sqlx::Error> {
    use RoomEvent as E;
    let room = event.stream.id;
    match words {
        E::MembersAdded(body) => added(connection, event, &body.accounts).await,
        E::RoomDissolved(_) => {
            let change = sqlx::query("UPDATE room_rooms SET dissolved = 1 WHERE room_id = ?");
            run(connection, change.bind(room)).await
        }
        E::RoomMuted(body) => {
            let change = sqlx::query("UPDATE room_rooms SET silenced = ? WHERE room_id = ?");
            run(connection, change.bind(body.on).bind(room)).await
        }
        E::NoticeSet(body) => notice(connection, event, body).await,
        E::NoticeConfirmed(body) => {
            let change = sqlx::query(
                "UPDATE room_members SET confirmed_seq = ? WHERE room_id = ? AND account_id = ?",
            );
            let by = event.by.map(|by| by.0);
            run(connection, change.bind(body.seq as i64).bind(room).bind(by)).await
        }
        E::InviteCreated(body) => invite(connection, event, body).await,
        E::InviteRevoked(body) => {
            let change =
                sqlx::query("UPDATE room_invites SET revoked = 1 WHERE room_id = ? AND seq = ?");
            run(connection, change.bind(room).bind(body.seq as i64)).await
        }
        E::HookCreated(body) => {
            let row = sqlx::query(
                "INSERT INTO room_hooks (room_id, seq, label, by_account, at) \
                 VALUES (?, ?, ?, ?, ?)",
            );
            let by = event.by.map(|by| by.0);
            let row = row.bind(room).bind(event.seq as i64).bind(body.label).bind(by);
            run(connection, row.bind(event.at)).await
        }
        E::HookRevoked(body) => {
            let change =
                sqlx::query("UPDATE room_hooks SET revoked = 1 WHERE room_id = ? AND seq = ?");
            run(connection, change.bind(room).bind(body.seq as i64)).await
        }
        E::InviteUsed(body) => used(connection, event, body.seq).await,
        E::JoinRequested(body) => {
            used(connection, event, body.seq).await?;
            let row = sqlx::query(
                "INSERT INTO room_requests (room_id, account_id, seq, at) VALUES (?, ?, ?, ?) \
                 ON CONFLICT (room_id, account_id) DO UPDATE SET seq = excluded.seq",
            );
            let by = event.by.map(|by| by.0);
            run(connection, row.bind(room).bind(by).bind(body.seq as i64).bind(event.at)).await
        }
        E::JoinRefused(body) => answered(connection, event, body.account).await,
        E::PersonMet(_) => met(connection, event).await,
        // What they say is in the stream, and nobody lists it.
        _ => Ok(()),
    }
}

pub(super) async fn run<'q>(
    connection: &mut SqliteConnection,
    statement: Query<'q, Sqlite, SqliteArguments>,
) -> Result<(), sqlx::Error> {
    statement.execute(connection).await.map(|_| ())
}

/// So many came into the room, or went.
pub(super) async fn count(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    change: i64,
) -> Result<(), sqlx::Error> {
    let update = sqlx::query("UPDATE room_rooms SET members = members + ? WHERE room_id = ?");
    run(connection, update.bind(change).bind(event.stream.id)).await
}

/// Whoever came in waits no more.
pub(super) async fn answered(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    account: AccountId,
) -> Result<(), sqlx::Error> {
    let gone = sqlx::query("DELETE FROM room_requests WHERE room_id = ? AND account_id = ?");
    run(connection, gone.bind(event.stream.id).bind(account.0)).await
}

async fn added(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    accounts: &[AccountId],
) -> Result<(), sqlx::Error> {
    INSERT_MEMBERS
        .execute(connection, accounts, |query, account| {
            query
                .bind(event.stream.id)
                .bind(account.0)
                .bind("member")
                .bind(event.seq as i64)
                .bind(event.tally as i64)
        })
        .await?;
    count(connection, event, accounts.len() as i64).await
}

async fn notice(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    body: NoticeSet,
) -> Result<(), sqlx::Error> {
    let gone = sqlx::query("DELETE FROM room_notices WHERE room_id = ?").bind(event.stream.id);
    run(connection, gone).await?;
    if body.text.is_empty() {
        return Ok(());
    }
    let row = sqlx::query(
        "INSERT INTO room_notices (room_id, seq, text, confirm, by_account, at) \
         VALUES (?, ?, ?, ?, ?, ?)",
    );
    let row = row.bind(event.stream.id).bind(event.seq as i64).bind(body.text);
    run(connection, row.bind(body.confirm).bind(event.by.map(|by| by.0)).bind(event.at)).await
}

async fn invite(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    body: InviteCreated,
) -> Result<(), sqlx::Error> {
    let row = sqlx::query(
        "INSERT INTO room_invites (room_id, seq, token_hash, expires_at, approval, uses_max, \
         by_account) VALUES (?, ?, ?, ?, ?, ?, ?)",
    );
    let row = row.bind(event.stream.id).bind(event.seq as i64).bind(body.token_hash);
    let row = row.bind(body.expires_at).bind(body.approval).bind(body.uses_max);
    run(connection, row.bind(event.by.map(|by| by.0))).await
}

async fn used(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    seq: u64,
) -> Result<(), sqlx::Error> {
    let change =
        sqlx::query("UPDATE room_invites SET uses = uses + 1 WHERE room_id = ? AND seq = ?");
    run(connection, change.bind(event.stream.id).bind(seq as i64)).await
}

async fn met(connection: &mut SqliteConnection, event: &StoredEvent) -> Result<(), sqlx::Error> {
    let by = event.by.map(|by| by.0);
    let old = sqlx::query("DELETE FROM room_meetings WHERE account_id = ? AND at < ?");
    run(connection, old.bind(by).bind(event.at - MEETINGS_KEPT_MS)).await?;
    let row = sqlx::query(
        "INSERT INTO room_meetings (account_id, at, room_id) VALUES (?, ?, ?) \
         ON CONFLICT DO NOTHING",
    );
    run(connection, row.bind(by).bind(event.at).bind(event.stream.id)).await
}
