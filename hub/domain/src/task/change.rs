//! Changing a task: text and privacy, its place in time, its rule, its room.
//! Invariant: whoever moves it, a repeating task still begins on one of its own days.

use super::{Task, TaskFacts, conflict, create, forbidden, recur, recur::Schedule};
use crate::{Context, Decision, text};
use protocol::{
    ErrorBody, Millis,
    limits::{MESSAGE_CHARS_MAX, TITLE_CHARS_MAX},
    task::{
        ChangeTask, MoveTask, Repeat, RepeatTask, SetTaskRoom, TaskChanged, TaskEvent, TaskMoved,
        TaskPart, TaskRepeated, TaskRoomSet,
    },
};

pub(super) fn change(
    task: &Task,
    command: &ChangeTask,
    context: &Context<'_>,
) -> Result<Decision<TaskEvent>, ErrorBody> {
    task.sender(context.who, TaskPart::Owner)?;
    let title = command.title.as_deref().unwrap_or(&task.title);
    let title = text::body("title", title, TITLE_CHARS_MAX)?;
    if title.is_empty() {
        return Err(ErrorBody::invalid("title", "must not be empty"));
    }
    let note = command.note.as_deref().unwrap_or(&task.note);
    let note = text::body("note", note, MESSAGE_CHARS_MAX)?;
    let private = command.private.unwrap_or(task.private);
    if (&title, &note, private) == (&task.title, &task.note, task.private) {
        return Ok(Decision::nothing());
    }
    Ok(Decision::event(TaskChanged { title, note, private }))
}

pub(super) fn relocate(
    task: &Task,
    command: &MoveTask,
    context: &Context<'_>,
) -> Result<Decision<TaskEvent>, ErrorBody> {
    task.sender(context.who, TaskPart::Owner)?;
    let MoveTask { starts_at, ends_at } = *command;
    create::times(starts_at, ends_at)?;
    if (starts_at, ends_at) == (task.starts_at, task.ends_at) {
        return Ok(Decision::nothing());
    }
    let repeat = carried(task, starts_at);
    create::rule(&Schedule { starts_at, ends_at, zone: task.zone, repeat: repeat.as_ref() })?;
    Ok(Decision::event(TaskMoved { starts_at, ends_at }))
}

fn carried(task: &Task, starts_at: Millis) -> Option<Repeat> {
    let repeat = task.repeat.clone()?;
    Some(recur::carried(repeat, task.zone.day(task.starts_at), task.zone.day(starts_at)))
}

pub(super) fn moved(task: &mut Task, starts_at: Millis, ends_at: Millis) {
    task.repeat = carried(task, starts_at);
    (task.starts_at, task.ends_at) = (starts_at, ends_at);
    forget(task);
}

pub(super) fn repeated(task: &mut Task, repeat: Option<Repeat>) {
    task.repeat = repeat;
    task.done = false;
    forget(task);
}

/// What is known of an occurrence is kept as long as the rule has one on its day.
fn forget(task: &mut Task) {
    let (mut finished, mut exceptions) =
        (std::mem::take(&mut task.finished), std::mem::take(&mut task.exceptions));
    let schedule = task.schedule();
    finished.retain(|day| schedule.keeps(*day));
    exceptions.retain(|day, _| schedule.keeps(*day));
    (task.finished, task.exceptions) = (finished, exceptions);
}

pub(super) fn repeat(
    task: &Task,
    command: &RepeatTask,
    context: &Context<'_>,
) -> Result<Decision<TaskEvent>, ErrorBody> {
    task.sender(context.who, TaskPart::Owner)?;
    if command.repeat == task.repeat {
        return Ok(Decision::nothing());
    }
    create::rule(&Schedule { repeat: command.repeat.as_ref(), ..task.schedule() })?;
    Ok(Decision::event(TaskRepeated { repeat: command.repeat.clone() }))
}

/// Whoever opens the conversation first names it; the others find it there.
pub(super) fn set_room(
    task: &Task,
    command: &SetTaskRoom,
    facts: &TaskFacts,
    context: &Context<'_>,
) -> Result<Decision<TaskEvent>, ErrorBody> {
    task.sender(context.who, TaskPart::Watcher)?;
    match task.room {
        Some(room) if room == command.room => Ok(Decision::nothing()),
        Some(_) => Err(conflict("task.has_room", "its people talk in another room")),
        None if facts.in_room => Ok(Decision::event(TaskRoomSet { room: command.room })),
        None => Err(forbidden("task.not_in_room", "you are no member of that room").field("room")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::create::tests::{HOUR, MONDAY_TEN, made, new, weekly};
    use crate::task::recur::tests::repeats;
    use crate::testing::who;
    use proptest::prelude::*;
    use protocol::{
        RoomId,
        task::{TaskCommand, Weekday},
    };
    use uuid::Uuid;

    fn facts() -> TaskFacts {
        TaskFacts::default()
    }

    #[test]
    fn only_the_owner_changes_it() {
        let commands: [TaskCommand; 3] = [
            ChangeTask { title: Some("新".into()), note: None, private: None }.into(),
            MoveTask { starts_at: 0, ends_at: 0 }.into(),
            RepeatTask { repeat: Some(weekly(&[])) }.into(),
        ];
        for command in commands {
            for (n, code) in [(2, "task.not_owner"), (3, "task.not_owner"), (9, "task.not_yours")] {
                let refused = made(new("盘点")).run(&who(n, &[]), command.clone(), facts());
                assert_eq!(refused.unwrap_err().code, code);
            }
            let mut bench = made(new("盘点"));
            assert_eq!(bench.run(&who(1, &[]), command.clone(), facts()).unwrap().events.len(), 1);
            let again = bench.run(&who(1, &[]), command, facts()).unwrap();
            assert_eq!(again, Decision::nothing());
        }
    }

    #[test]
    fn what_is_not_given_stays() {
        let mut bench = made(new("盘点"));
        let private = ChangeTask { title: None, note: None, private: Some(true) };
        bench.run(&who(1, &[]), private, facts()).unwrap();
        assert_eq!((bench.state.title.as_str(), bench.state.private), ("盘点", true));
    }

    #[test]
    fn a_weekly_task_is_dragged_to_another_day() {
        let mut create = new("例会");
        create.repeat = Some(weekly(&[Weekday::Monday, Weekday::Thursday]));
        let mut bench = made(create);
        let day = 24 * HOUR;
        let tuesday = MoveTask { starts_at: MONDAY_TEN + day, ends_at: MONDAY_TEN + day + HOUR };
        bench.run(&who(1, &[]), tuesday, facts()).unwrap();
        let on = bench.state.repeat.clone().unwrap().on;
        assert_eq!(on, [Weekday::Tuesday, Weekday::Thursday]);
    }

    #[test]
    fn a_room_is_named_once_by_a_member_of_it() {
        let set = |n| SetTaskRoom { room: RoomId(Uuid::from_u128(n)) };
        let mut bench = made(new("盘点"));
        let stranger = bench.run(&who(3, &[]), set(1), facts()).unwrap_err();
        assert_eq!(stranger.code, "task.not_in_room");
        let inside = || TaskFacts { in_room: true, ..facts() };
        bench.run(&who(3, &[]), set(1), inside()).unwrap();
        assert_eq!(bench.run(&who(2, &[]), set(1), inside()).unwrap(), Decision::nothing());
        let second = bench.run(&who(1, &[]), set(2), inside()).unwrap_err();
        assert_eq!(second.code, "task.has_room");
    }

    proptest! {
        /// However it is dragged: it begins on a day of its rule, or the move was refused.
        #[test]
        fn a_moved_task_keeps_to_its_rule(
            rule in repeats(),
            moves in prop::collection::vec(0i64..(60 * 24), 1..6),
        ) {
            let mut create = new("例会");
            create.starts_at %= 24 * HOUR * 500;
            create.ends_at = create.starts_at;
            create.repeat = Some(rule);
            let mut bench = crate::testing::Bench::<Task>::new(Uuid::from_u128(0x900));
            if bench.run(&who(1, &[]), create, facts()).is_err() {
                return Ok(());
            }
            for hours in moves {
                let starts_at = hours * HOUR;
                let _ = bench.run(&who(1, &[]), MoveTask { starts_at, ends_at: starts_at }, facts());
                let schedule = bench.state.schedule();
                prop_assert!(schedule.begins_on(schedule.first_day()));
            }
        }
    }
}
