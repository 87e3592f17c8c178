//! Tables of rooms and their members. Messages have no rows of their own; what is said about
//! them has (`message`).

mod message;

pub(super) use message::{noted, whispered};

use super::{room_groups, room_services, word};
use crate::sqlite::statements::INSERT_MEMBERS;
use kernel::journal::StoredEvent;
use protocol::{
    AccountId,
    room::{Member, MemberAdded, RoomCreated, RoomEvent},
};
use sqlx::SqliteConnection;

pub(super) async fn apply(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    words: RoomEvent,
) -> Result<(), sqlx::Error> {
    let room = event.stream.id;
    match words {
        RoomEvent::RoomCreated(body) => created(connection, event, body).await,
        RoomEvent::MemberAdded(MemberAdded { account, role }) => {
            members(connection, event, &[Member { account, role }]).await?;
            room_groups::answered(connection, event, account).await
        }
        RoomEvent::MemberRemoved(body) => {
            sqlx::query("DELETE FROM room_members WHERE room_id = ? AND account_id = ?")
                .bind(room)
                .bind(body.account.0)
                .execute(&mut *connection)
                .await?;
            room_groups::count(connection, event, -1).await
        }
        RoomEvent::MemberRoleChanged(body) => {
            sqlx::query("UPDATE room_members SET role = ? WHERE room_id = ? AND account_id = ?")
                .bind(word(&body.role))
                .bind(room)
                .bind(body.account.0)
                .execute(connection)
                .await
                .map(|_| ())
        }
        RoomEvent::RoomRenamed(body) => {
            sqlx::query("UPDATE room_rooms SET name = ? WHERE room_id = ?")
                .bind(body.name)
                .bind(room)
                .execute(connection)
                .await
                .map(|_| ())
        }
        RoomEvent::MessageEdited(_)
        | RoomEvent::MessageReacted(_)
        | RoomEvent::MessagePinned(_)
        | RoomEvent::MessageRecalled(_)
        | RoomEvent::MessageBurnt(_) => message::apply(connection, event, words).await,
        RoomEvent::MessageSent(_) | RoomEvent::MessageOpened(_) => Ok(()),
        RoomEvent::AnswersSet(_)
        | RoomEvent::AgentSignsSet(_)
        | RoomEvent::ServiceFollowed(_)
        | RoomEvent::ServiceUnfollowed(_)
        | RoomEvent::ThreadOpened(_)
        | RoomEvent::ThreadAssigned(_)
        | RoomEvent::ThreadClosed(_) => room_services::apply(connection, event, words).await,
        words => room_groups::apply(connection, event, words).await,
    }
}

async fn created(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    body: RoomCreated,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO room_rooms (room_id, kind, name, created_at) VALUES (?, ?, ?, ?)")
        .bind(event.stream.id)
        .bind(word(&body.kind))
        .bind(body.name)
        .bind(event.at)
        .execute(&mut *connection)
        .await?;
    members(connection, event, &body.members).await
}

/// What was said before this event is never unread for them.
async fn members(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    members: &[Member],
) -> Result<(), sqlx::Error> {
    INSERT_MEMBERS
        .execute(connection, members, |query, Member { account: AccountId(account), role }| {
            query
                .bind(event.stream.id)
                .bind(*account)
                .bind(word(role))
                .bind(event.seq as i64)
                .bind(event.tally as i64)
        })
        .await?;
    room_groups::count(connection, event, members.len() as i64).await
}
