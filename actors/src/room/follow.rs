//! Rooms that follow a task or an application: which room a command means, and what the room
//! must know of what it follows.

use crate::env::Env;
use domain::{
    Who,
    room::{Followed, RoomFacts, app_room_id, task_room_id},
};
use kernel::journal::StoreError;
use protocol::{EntityKind, ErrorBody, StreamId, room::RoomCommand};

pub(super) fn target(who: &Who, command: &RoomCommand) -> Option<StreamId> {
    let room = match (command, who.account) {
        (RoomCommand::OpenTask(open), _) => task_room_id(open.task.id),
        (RoomCommand::OpenApp(open), Some(me)) => {
            app_room_id(open.app.id, open.account.unwrap_or(me))
        }
        _ => return None,
    };
    Some(StreamId::new(EntityKind::Room, room.0))
}

pub(super) async fn facts(
    env: &Env,
    who: &Who,
    command: &RoomCommand,
) -> Result<RoomFacts, ErrorBody> {
    let Some(me) = who.account else { return Ok(RoomFacts::default()) };
    let looked_up = async {
        let mut facts = RoomFacts::default();
        match command {
            RoomCommand::OpenTask(open) => {
                let task = env.queries.task(open.task, me).await?;
                facts.followed = task.map(|task| Followed {
                    people: task.people.iter().map(|person| person.account).collect(),
                    name: task.title,
                    for_them: true,
                });
            }
            RoomCommand::OpenApp(open) => {
                let person = open.account.unwrap_or(me);
                facts.missing = env.queries.missing_accounts(&[person]).await?;
                let app = env.queries.app_for(open.app, person).await?;
                facts.followed = app.map(|(app, bot, for_them)| Followed {
                    people: vec![bot],
                    name: app.name,
                    for_them,
                });
            }
            _ => {}
        }
        Ok::<_, StoreError>(facts)
    };
    looked_up.await.map_err(|_| ErrorBody::unavailable())
}
