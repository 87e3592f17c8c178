//! The room in which a task's people talk. Invariant: whoever comes or goes, the room hears of
//! it in the commit that says so; orders to one room are delivered in order, so it ends with
//! the people that the task has. A group that was named by hand takes no such orders.

use super::Task;
use crate::{Decision, Order};
use protocol::{
    EntityKind, RoomId, StreamId,
    task::{TaskEvent, TaskRoomSet},
};

/// The room says that it is there; the first one is kept.
pub(super) fn opened(task: &Task, room: RoomId) -> Decision<TaskEvent> {
    if !task.exists() {
        return Decision::nothing();
    }
    let decision = match task.room {
        None => Decision::event(TaskRoomSet { room }),
        Some(_) => Decision::nothing(),
    };
    decision.tell(stream(room), seats(task))
}

/// Tells the room what the decided events change for it.
pub(super) fn told(
    task: &Task,
    after: &Task,
    decision: Decision<TaskEvent>,
) -> Decision<TaskEvent> {
    let Some(room) = task.room else { return decision };
    let same = after.people().eq(task.people())
        && (after.title.as_str(), after.removed) == (task.title.as_str(), task.removed);
    if same { decision } else { decision.tell(stream(room), seats(after)) }
}

fn seats(task: &Task) -> Order {
    let people = task.people().map(|(account, _)| account).collect();
    Order::SeatPeople { people, name: task.title.clone(), over: task.removed }
}

fn stream(room: RoomId) -> StreamId {
    StreamId::new(EntityKind::Room, room.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::TaskFacts;
    use crate::task::create::tests::{made, new};
    use crate::testing::{Bench, account, who};
    use protocol::task::{AssignTask, ChangeTask, FinishTask, RemoveTask, TaskCommand, TaskPart};
    use uuid::Uuid;

    const ROOM: RoomId = RoomId(Uuid::from_u128(0x900));

    fn with_room() -> Bench<Task> {
        let mut bench = made(new("盘点"));
        let done = bench.settle(Order::TaskRoomOpened { room: ROOM }).unwrap();
        assert_eq!((done.events.len(), done.effects.len()), (1, 1));
        bench
    }

    fn run(bench: &mut Bench<Task>, command: impl Into<TaskCommand>) -> Option<Order> {
        let done = bench.run(&who(1, &[]), command.into(), TaskFacts::default()).unwrap();
        let to_room = done.effects.into_iter().find(|effect| effect.to == stream(ROOM));
        to_room.map(|effect| effect.order)
    }

    #[test]
    fn the_room_hears_who_comes_what_it_is_called_and_that_it_is_over() {
        let mut bench = with_room();
        let assign = AssignTask { accounts: vec![account(8)], part: TaskPart::Watcher };
        let Some(Order::SeatPeople { people, over: false, .. }) = run(&mut bench, assign) else {
            panic!("the room was not told");
        };
        assert!(people.contains(&account(8)) && people.contains(&account(1)));
        let title = Some("年度盘点".to_owned());
        let renamed = run(&mut bench, ChangeTask { title, note: None, private: None });
        assert!(matches!(renamed, Some(Order::SeatPeople { name, .. }) if name == "年度盘点"));
        assert_eq!(run(&mut bench, FinishTask { on: None }), None, "nothing new for the room");
        let gone = run(&mut bench, RemoveTask {});
        assert!(matches!(gone, Some(Order::SeatPeople { over: true, .. })));
    }

    #[test]
    fn the_first_room_is_kept() {
        let mut bench = with_room();
        let other = RoomId(Uuid::from_u128(0x901));
        let again = bench.settle(Order::TaskRoomOpened { room: other }).unwrap();
        assert!(again.events.is_empty());
        let nothing = Bench::<Task>::new(Uuid::from_u128(1));
        let mut nothing = nothing;
        assert_eq!(
            nothing.settle(Order::TaskRoomOpened { room: ROOM }).unwrap(),
            Decision::nothing()
        );
    }
}
