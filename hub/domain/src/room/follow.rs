//! Rooms that follow something else: the room of a task's people, and a person's room with an
//! application. Invariants: their ids follow from what they are for, so nobody can open a second
//! one; who is in a task's room is who is in the task, told by the task itself and by nobody
//! else; in an application's room are the person and the application's account, for good.

use super::{Room, RoomFacts, all_known, create, forbidden};
use crate::{Context, Decision, Order};
use protocol::{
    AccountId, EntityKind, ErrorBody, ErrorKind, RoomId, StreamId,
    limits::NAME_CHARS_MAX,
    room::{
        Member, MemberAdded, MemberRemoved, MemberRole, OpenApp, OpenTask, RoomDissolved,
        RoomEvent, RoomKind, RoomRenamed,
    },
};
use uuid::Uuid;

/// What a room takes from what it follows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Followed {
    /// The people of a task; the account of an application.
    pub people: Vec<AccountId>,
    pub name: String,
    /// Whether the application is for the person in question; of tasks always.
    pub for_them: bool,
}

/// The room of a task's people.
pub fn task_room_id(task: Uuid) -> RoomId {
    create::derived_id(&[b"task room", task.as_bytes()])
}

/// The room of one person and one application.
pub fn app_room_id(app: Uuid, account: AccountId) -> RoomId {
    create::derived_id(&[b"app room", app.as_bytes(), account.0.as_bytes()])
}

pub(super) fn open_task(
    room: &Room,
    command: &OpenTask,
    facts: &RoomFacts,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    let me = context.who.account.ok_or_else(create::no_account)?;
    right_place(task_room_id(command.task.id), command.task.kind == EntityKind::Task, context)?;
    let task = facts.followed.as_ref().filter(|task| task.people.contains(&me));
    let Some(task) = task else {
        return Err(forbidden("room.not_in_task", "only the people of the task may"));
    };
    if room.exists() {
        return Ok(Decision::nothing());
    }
    let members = task.people.iter().copied().map(member).collect();
    let opened = create::created(RoomKind::Task, short(&task.name), members, context.stream);
    // Its people may have changed since they were looked up: the task answers with who they are.
    Ok(opened.tell(command.task, Order::TaskRoomOpened { room: RoomId(context.stream.id) }))
}

pub(super) fn open_app(
    room: &Room,
    command: &OpenApp,
    facts: &RoomFacts,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    let me = context.who.account.ok_or_else(create::no_account)?;
    let program = context.who.app.as_ref().filter(|app| app.app == command.app);
    let person = match (command.account, program) {
        (None, None) if context.who.app.is_none() => me,
        (Some(account), Some(_)) => account,
        (None, Some(_)) => return Err(ErrorBody::missing("account")),
        _ => {
            let message = "a person opens a room of its own, an application its own rooms";
            return Err(forbidden("room.not_your_app", message));
        }
    };
    let right = command.app.kind == EntityKind::App;
    right_place(app_room_id(command.app.id, person), right, context)?;
    let Some(app) = &facts.followed else {
        return Err(ErrorBody::new(
            ErrorKind::NotFound,
            "room.app_not_found",
            "no such application",
        )
        .field("app"));
    };
    all_known("account", &[person], facts)?;
    if !app.for_them {
        return Err(forbidden("room.app_not_for_you", "the application is for others"));
    }
    if room.exists() {
        return Ok(Decision::nothing());
    }
    let others = app.people.iter().copied().filter(|account| *account != person);
    let members = std::iter::once(person).chain(others).map(member).collect();
    Ok(create::created(RoomKind::App, short(&app.name), members, context.stream))
}

fn right_place(room: RoomId, right: bool, context: &Context<'_>) -> Result<(), ErrorBody> {
    if right && context.stream.id == room.0 {
        return Ok(());
    }
    let message = "not the room of what it is for";
    Err(ErrorBody::new(ErrorKind::Invalid, "room.wrong_stream", message).field("stream"))
}

fn member(account: AccountId) -> Member {
    Member { account, role: MemberRole::Member }
}

/// A title may be longer than a room's name.
fn short(title: &str) -> String {
    title.chars().take(NAME_CHARS_MAX).collect()
}

/// What the task says: who is in it, what it is called, whether it is over.
pub(super) fn settle(
    room: &Room,
    people: &[AccountId],
    name: &str,
    over: bool,
    stream: StreamId,
) -> Decision<RoomEvent> {
    if room.kind != Some(RoomKind::Task) || room.group.dissolved {
        return Decision::nothing();
    }
    if over {
        return Decision::event(RoomDissolved {});
    }
    let name = short(name);
    let start = match name == room.name {
        true => Decision::nothing(),
        false => Decision::event(RoomRenamed { name }),
    };
    let fresh = people.iter().copied().filter(|one| room.role_of(*one).is_none());
    let start = fresh.fold(start, |decision, account| {
        decision
            .and(MemberAdded { account, role: MemberRole::Member })
            .tell(account.into(), Order::JoinStream { stream })
    });
    let gone = room.members.keys().copied().filter(|one| !people.contains(one));
    gone.fold(start, |decision, account| {
        decision
            .and(MemberRemoved { account, left: false })
            .tell(account.into(), Order::LeaveStream { stream })
    })
}

impl Room {
    /// Refuses where who is in the room is said elsewhere.
    pub(super) fn keeps_its_own_members(&self) -> Result<(), ErrorBody> {
        match self.kind {
            Some(RoomKind::Task | RoomKind::App) => {
                Err(super::conflict("room.follows", "who is in it is not said here"))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AppPower;
    use crate::room::send_message::tests::say;
    use crate::testing::{Bench, account, who};
    use protocol::app::Scope;
    use protocol::room::{AddMembers, LeaveRoom, RoomCommand};
    use std::sync::Arc;

    const TASK: Uuid = Uuid::from_u128(0x71);
    const APP: Uuid = Uuid::from_u128(0xa9);

    fn task() -> StreamId {
        StreamId::new(EntityKind::Task, TASK)
    }

    fn app() -> StreamId {
        StreamId::new(EntityKind::App, APP)
    }

    fn followed(ns: &[u128]) -> RoomFacts {
        let people = ns.iter().map(|n| account(*n)).collect();
        let followed = Followed { people, name: "盘点".repeat(40), for_them: true };
        RoomFacts { followed: Some(followed), ..RoomFacts::default() }
    }

    fn opened() -> Bench<Room> {
        let mut bench = Bench::new(task_room_id(TASK).0);
        bench.run(&who(1, &[]), OpenTask { task: task() }, followed(&[1, 2])).unwrap();
        bench
    }

    #[test]
    fn a_tasks_room_is_opened_once_by_its_people_and_tells_the_task() {
        let mut bench = Bench::<Room>::new(task_room_id(TASK).0);
        let open = || OpenTask { task: task() };
        let stranger = bench.run(&who(3, &[]), open(), followed(&[1, 2])).unwrap_err();
        assert_eq!(stranger.code, "room.not_in_task");
        let unknown = bench.run(&who(1, &[]), open(), RoomFacts::default()).unwrap_err();
        assert_eq!(unknown.code, "room.not_in_task");
        let done = bench.run(&who(1, &[]), open(), followed(&[1, 2])).unwrap();
        assert_eq!(done.effects.last().map(|effect| effect.to), Some(task()));
        assert_eq!(bench.state.name().chars().count(), NAME_CHARS_MAX);
        let again = bench.run(&who(2, &[]), open(), followed(&[1, 2])).unwrap();
        assert_eq!(again, Decision::nothing());
        let elsewhere = Bench::<Room>::new(Uuid::from_u128(4))
            .run(&who(1, &[]), open(), followed(&[1]))
            .unwrap_err();
        assert_eq!(elsewhere.code, "room.wrong_stream");
    }

    #[test]
    fn who_is_in_it_follows_the_task_and_nobody_else() {
        let mut bench = opened();
        let commands: [RoomCommand; 2] =
            [AddMembers { accounts: vec![account(9)] }.into(), LeaveRoom {}.into()];
        for command in commands {
            let refused = bench.run(&who(1, &[]), command, RoomFacts::default()).unwrap_err();
            assert_eq!(refused.code, "room.follows");
        }
        let seat = |ns: &[u128], over| Order::SeatPeople {
            people: ns.iter().map(|n| account(*n)).collect(),
            name: "月度盘点".into(),
            over,
        };
        let done = bench.settle(seat(&[2, 3], false)).unwrap();
        assert_eq!((done.events.len(), done.effects.len()), (3, 2));
        let members: Vec<AccountId> = bench.state.members().map(|(one, _)| one).collect();
        assert_eq!((members, bench.state.name()), (vec![account(2), account(3)], "月度盘点"));
        assert_eq!(bench.settle(seat(&[2, 3], false)).unwrap(), Decision::nothing());
        bench.settle(seat(&[], true)).unwrap();
        let over = bench.run(&who(2, &[]), say("还在吗"), RoomFacts::default()).unwrap_err();
        assert_eq!(over.code, "room.dissolved");
    }

    #[test]
    fn an_application_opens_rooms_with_its_people_and_no_other_program_does() {
        let power = |n| AppPower {
            app: StreamId::new(EntityKind::App, Uuid::from_u128(n)),
            token: Uuid::from_u128(1),
            scopes: vec![Scope::Messages],
        };
        let bot = |n| crate::Who { app: Some(Arc::new(power(n))), ..who(5, &[]) };
        let open = |account| OpenApp { app: app(), account };
        let room = || Bench::<Room>::new(app_room_id(APP, account(7)).0);
        let mut facts = followed(&[5]);
        for (who, command, code) in [
            (who(7, &[]), open(None), None),
            (bot(0xa9), open(Some(account(7))), None),
            (bot(0xa9), open(None), Some("hub.invalid")),
            (bot(0xaa), open(Some(account(7))), Some("room.not_your_app")),
            (who(8, &[]), open(Some(account(7))), Some("room.not_your_app")),
            (who(8, &[]), open(None), Some("room.wrong_stream")),
        ] {
            let outcome = room().run(&who, command, followed(&[5]));
            assert_eq!(outcome.err().map(|error| error.code.into_owned()), code.map(str::to_owned));
        }
        let mut both = room();
        both.run(&bot(0xa9), open(Some(account(7))), followed(&[5])).unwrap();
        both.run(&bot(0xa9), say("您的办件已受理"), RoomFacts::default()).unwrap();
        both.run(&who(7, &[]), say("好"), RoomFacts::default()).unwrap();
        if let Some(followed) = &mut facts.followed {
            followed.for_them = false;
        }
        let others = room().run(&who(7, &[]), open(None), facts).unwrap_err();
        assert_eq!(others.code, "room.app_not_for_you");
    }
}
