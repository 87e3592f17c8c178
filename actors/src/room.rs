//! Area `room`: what must be looked up before a room decides, and where a command goes.

use crate::{env::Env, shell::Shell};
use domain::{
    Who,
    room::{Room, RoomFacts, direct_room_id},
};
use protocol::{
    AccountId, DecodeError, EntityKind, ErrorBody, Seq, StreamId,
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
            _ => None,
        }
    }

    async fn facts(env: &Env, _: StreamId, command: &RoomCommand) -> Result<RoomFacts, ErrorBody> {
        let named: &[AccountId] = match command {
            RoomCommand::CreateRoom(create) => &create.members,
            RoomCommand::AddMembers(add) => &add.accounts,
            RoomCommand::OpenDirect(open) => std::slice::from_ref(&open.peer),
            _ => return Ok(RoomFacts::default()),
        };
        let missing =
            env.queries.missing_accounts(named).await.map_err(|_| ErrorBody::unavailable())?;
        Ok(RoomFacts { missing })
    }
}
