//! Area `room`: what must be looked up before a room decides, and where a command goes.

mod follow;
mod groups;
mod hooks;
mod named;
mod readers;
mod row;

pub(crate) use groups::{Admitted, admits, reads_notes};
pub(crate) use readers::{Moved, ReadCounter};
pub(crate) use row::{RowMoved, Rows};

use crate::{
    env::Env,
    reach::{reach, reach_in},
    shell::Shell,
};
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
            _ => follow::target(who, command).or_else(|| groups::target(who, command)),
        }
    }

    fn outcome(_: &Env, receipt: Receipt) -> Result<Receipt, ErrorBody> {
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
            RoomCommand::OpenTask(_) | RoomCommand::OpenApp(_) => {
                return follow::facts(env, who, command).await;
            }
            _ => {
                let mut facts = match groups::facts(env, who, stream, command).await? {
                    Some(facts) => facts,
                    None => named::facts(env, who, stream, command).await?,
                };
                facts.reach = reach_in(env, who, stream, command).await?;
                return Ok(facts);
            }
        };
        let missing =
            env.queries.missing_accounts(named).await.map_err(|_| ErrorBody::unavailable())?;
        let reach = reach(env, who, named).await?;
        Ok(RoomFacts { missing, reach, ..RoomFacts::default() })
    }
}
