//! Area `room`: what must be looked up before a room decides, and where a command goes.

mod groups;
mod named;
mod readers;

pub(crate) use groups::{Admitted, admits};
pub(crate) use readers::{Moved, ReadCounter};

use crate::{env::Env, shell::Shell};
use domain::{
    Who,
    room::{Room, RoomFacts, direct_room_id},
};
use kernel::journal::StoredEvent;
use protocol::{
    AccountId, DecodeError, EntityKind, ErrorBody, Seq, StreamId,
    http::Receipt,
    room::{RoomCommand, RoomEvent},
};

impl Shell for Room {
    fn encode(event: &RoomEvent) -> (&'static str, String) {
        (event.type_name(), event.body_json())
    }

    fn decode(type_name: &str, body: &str) -> Result<RoomEvent, DecodeError> {
        RoomEvent::decode(type_name, body)
    }

    fn cursor(command: &RoomCommand) -> Option<Seq> {
        match command {
            RoomCommand::MarkRead(mark) => Some(mark.seq),
            _ => None,
        }
    }

    fn target(who: &Who, command: &RoomCommand) -> Option<StreamId> {
        match (command, who.account) {
            (RoomCommand::OpenDirect(open), Some(me)) => {
                Some(StreamId::new(EntityKind::Room, direct_room_id(me, open.peer).0))
            }
            _ => groups::target(who, command),
        }
    }

    fn outcome(receipt: Receipt) -> Result<Receipt, ErrorBody> {
        groups::outcome(receipt)
    }

    fn committed(env: &Env, stream: StreamId, events: &[StoredEvent]) {
        groups::committed(env, stream, events);
    }

    async fn facts(
        env: &Env,
        who: &Who,
        stream: StreamId,
        command: &RoomCommand,
    ) -> Result<RoomFacts, ErrorBody> {
        let named: &[AccountId] = match command {
            RoomCommand::CreateRoom(create) => &create.members,
            RoomCommand::AddMembers(add) => &add.accounts,
            RoomCommand::OpenDirect(open) => std::slice::from_ref(&open.peer),
            _ => match groups::facts(env, who, stream, command).await? {
                Some(facts) => return Ok(facts),
                None => return named::facts(env, who, stream, command).await,
            },
        };
        let missing =
            env.queries.missing_accounts(named).await.map_err(|_| ErrorBody::unavailable())?;
        Ok(RoomFacts { missing, ..RoomFacts::default() })
    }
}
