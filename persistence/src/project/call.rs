//! Tables of calls. Invariant: at most one call of a room has no end; who stands where in it
//! follows the events as the rules do.

use super::word;
use crate::sqlite::errors::corrupt;
use kernel::journal::StoredEvent;
use protocol::{
    AccountId, LegId,
    call::{CallEnded, CallEvent, CallLeave, CallStand, CallStarted},
};
use sqlx::SqliteConnection;

pub(super) async fn apply(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    words: CallEvent,
) -> Result<(), sqlx::Error> {
    use CallEvent as E;
    let by = || event.by.ok_or_else(|| corrupt("a call's event without sender"));
    match words {
        E::CallStarted(body) => started(connection, event, by()?, body).await,
        E::PeopleRung(body) => all(connection, event, &body.accounts, CallStand::Ringing).await,
        E::CallJoined(body) => inside(connection, event, by()?, Some(body.leg)).await,
        E::CallerWaits(body) => {
            stands(connection, event, by()?, CallStand::Waiting).await?;
            leg(connection, event, by()?, body.leg).await
        }
        E::CallerAdmitted(body) if body.yes => inside(connection, event, body.account, None).await,
        E::CallerAdmitted(body) => goes(connection, event, body.account, CallStand::Removed).await,
        E::CallDeclined(body) => {
            let stand = if body.busy { CallStand::Busy } else { CallStand::Declined };
            goes(connection, event, by()?, stand).await
        }
        E::CallUnanswered(body) => {
            all(connection, event, &body.accounts, CallStand::Unanswered).await
        }
        E::CallLeft(body) => {
            let stand = match body.why {
                CallLeave::Left | CallLeave::Lost => CallStand::Left,
                CallLeave::Removed | CallLeave::ShutOut => CallStand::Removed,
            };
            goes(connection, event, body.account, stand).await
        }
        E::HandRaised(body) => {
            flag(connection, event, body.account, "UPDATE call_people SET hand = ?", body.on).await
        }
        E::HostSet(body) => {
            flag(connection, event, body.account, "UPDATE call_people SET host = ?", body.on).await
        }
        E::CallLocked(body) => {
            let statement =
                "UPDATE call_calls SET locked = ? WHERE room_id = ? AND ended_at IS NULL";
            call(connection, event, statement, body.on).await
        }
        E::WaitingRoomSet(body) => {
            let statement =
                "UPDATE call_calls SET waiting_room = ? WHERE room_id = ? AND ended_at IS NULL";
            call(connection, event, statement, body.on).await
        }
        E::CallerMuted(_) => Ok(()),
        E::CallEnded(body) => ended(connection, event, body).await,
    }
}

async fn started(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    by: AccountId,
    body: CallStarted,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO call_calls (room_id, call_seq, mode, by_account, began_at) \
         VALUES (?, ?, ?, ?, ?)",
    )
    .bind(event.stream.room_of_calls().0)
    .bind(i64::try_from(event.seq).unwrap_or(i64::MAX))
    .bind(word(&body.mode))
    .bind(by.0)
    .bind(event.at)
    .execute(&mut *connection)
    .await?;
    all(connection, event, &body.ring, CallStand::Ringing).await?;
    inside(connection, event, by, Some(body.leg)).await?;
    flag(connection, event, by, "UPDATE call_people SET host = ?", true).await
}

async fn all(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    accounts: &[AccountId],
    stand: CallStand,
) -> Result<(), sqlx::Error> {
    for account in accounts {
        stands(connection, event, *account, stand).await?;
    }
    Ok(())
}

/// Where somebody stands in the live call from here on; nothing where there is none.
async fn stands(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    account: AccountId,
    stand: CallStand,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO call_people (room_id, call_seq, account_id, stand, since) \
         SELECT room_id, call_seq, ?2, ?3, ?4 FROM call_calls \
         WHERE room_id = ?1 AND ended_at IS NULL \
         ON CONFLICT (room_id, call_seq, account_id) DO UPDATE SET \
         since = CASE WHEN stand = excluded.stand THEN since ELSE excluded.since END, \
         stand = excluded.stand",
    )
    .bind(event.stream.room_of_calls().0)
    .bind(account.0)
    .bind(word(&stand))
    .bind(event.at)
    .execute(connection)
    .await
    .map(|_| ())
}

const LIVE: &str = " WHERE room_id = ? AND account_id = ? AND call_seq = \
     (SELECT call_seq FROM call_calls c WHERE c.room_id = call_people.room_id \
      AND c.ended_at IS NULL)";

async fn inside(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    account: AccountId,
    through: Option<LegId>,
) -> Result<(), sqlx::Error> {
    stands(connection, event, account, CallStand::Inside).await?;
    flag(connection, event, account, "UPDATE call_people SET came = ?", true).await?;
    match through {
        Some(through) => leg(connection, event, account, through).await,
        None => Ok(()),
    }
}

async fn leg(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    account: AccountId,
    leg: LegId,
) -> Result<(), sqlx::Error> {
    let statement = format!("UPDATE call_people SET leg = ?{LIVE}");
    let statement = sqlx::query(sqlx::AssertSqlSafe(statement));
    let statement = statement.bind(leg.0).bind(event.stream.room_of_calls().0).bind(account.0);
    statement.execute(connection).await.map(|_| ())
}

async fn goes(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    account: AccountId,
    stand: CallStand,
) -> Result<(), sqlx::Error> {
    stands(connection, event, account, stand).await?;
    flag(connection, event, account, "UPDATE call_people SET leg = NULL, host = 0, hand = ?", false)
        .await
}

async fn flag(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    account: AccountId,
    set: &'static str,
    on: bool,
) -> Result<(), sqlx::Error> {
    let statement = sqlx::query(sqlx::AssertSqlSafe(format!("{set}{LIVE}")));
    let statement = statement.bind(on).bind(event.stream.room_of_calls().0).bind(account.0);
    statement.execute(connection).await.map(|_| ())
}

async fn call(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    statement: &'static str,
    on: bool,
) -> Result<(), sqlx::Error> {
    let statement = sqlx::query(statement).bind(on).bind(event.stream.room_of_calls().0);
    statement.execute(connection).await.map(|_| ())
}

async fn ended(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    body: CallEnded,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE call_calls SET ended_at = ?, why = ?, talked_ms = ? \
         WHERE room_id = ? AND call_seq = ?",
    )
    .bind(event.at)
    .bind(word(&body.why))
    .bind(body.talked_ms)
    .bind(event.stream.room_of_calls().0)
    .bind(i64::try_from(body.call).unwrap_or(i64::MAX))
    .execute(connection)
    .await
    .map(|_| ())
}
