//! One occurrence that is not as its series says: moved or changed, left out, put back.
//! Invariant: an exception says nothing that the series says anyway; one that would say nothing
//! at all is none.

use super::{Task, conflict, create, no_occurrence};
use crate::{Context, Decision, text};
use protocol::{
    Day, ErrorBody,
    limits::{MESSAGE_CHARS_MAX, TITLE_CHARS_MAX},
    task::{
        AlterOccurrence, OccurrenceAltered, OccurrenceRestored, TaskEvent, TaskException, TaskPart,
    },
};

/// Occurrences of one series that are not as it says: a series with more is to be split.
const EXCEPTIONS_MAX: usize = 400;

pub(super) fn alter(
    task: &Task,
    command: &AlterOccurrence,
    context: &Context<'_>,
) -> Result<Decision<TaskEvent>, ErrorBody> {
    task.sender(context.who, TaskPart::Owner)?;
    let AlterOccurrence { on, starts_at, ends_at, .. } = *command;
    repeats(task)?;
    task.series().occurrence(on).ok_or_else(no_occurrence)?;
    let mut exception = task.exceptions.get(&on).cloned().unwrap_or_else(|| nothing(on));
    if let Some(title) = &command.title {
        let title = text::body("title", title, TITLE_CHARS_MAX)?;
        if title.is_empty() {
            return Err(ErrorBody::invalid("title", "must not be empty"));
        }
        exception.title = Some(title).filter(|title| *title != task.title);
    }
    if let Some(note) = &command.note {
        let note = text::body("note", note, MESSAGE_CHARS_MAX)?;
        exception.note = Some(note).filter(|note| *note != task.note);
    }
    match (starts_at, ends_at) {
        (None, None) => {}
        (Some(from), Some(to)) => {
            create::times(from, to)?;
            let ruled = task.schedule().occurrence(on);
            let other = (from, to) != (ruled.starts_at, ruled.ends_at);
            exception.starts_at = other.then_some(from);
            exception.ends_at = other.then_some(to);
        }
        _ => return Err(ErrorBody::invalid("ends_at", "both times or neither")),
    }
    if exception == nothing(on) {
        return restore(task, on, context);
    }
    if task.exceptions.get(&on) == Some(&exception) {
        return Ok(Decision::nothing());
    }
    room_for(task, on)?;
    Ok(Decision::event(OccurrenceAltered { exception }))
}

pub(super) fn skip(
    task: &Task,
    on: Day,
    context: &Context<'_>,
) -> Result<Decision<TaskEvent>, ErrorBody> {
    task.sender(context.who, TaskPart::Owner)?;
    repeats(task)?;
    if task.exceptions.get(&on).is_some_and(|one| one.skipped) {
        return Ok(Decision::nothing());
    }
    task.series().occurrence(on).ok_or_else(no_occurrence)?;
    room_for(task, on)?;
    let exception = TaskException { skipped: true, ..nothing(on) };
    Ok(Decision::event(OccurrenceAltered { exception }))
}

pub(super) fn restore(
    task: &Task,
    on: Day,
    context: &Context<'_>,
) -> Result<Decision<TaskEvent>, ErrorBody> {
    task.sender(context.who, TaskPart::Owner)?;
    if !task.exceptions.contains_key(&on) {
        return Ok(Decision::nothing());
    }
    Ok(Decision::event(OccurrenceRestored { on }))
}

pub(super) fn altered(task: &mut Task, exception: &TaskException) {
    let on = exception.on;
    if exception.skipped {
        task.finished.remove(&on);
    }
    task.exceptions.insert(on, exception.clone());
}

pub(super) fn nothing(on: Day) -> TaskException {
    let (title, note, starts_at, ends_at) = (None, None, None, None);
    TaskException { on, skipped: false, title, note, starts_at, ends_at }
}

pub(super) fn repeats(task: &Task) -> Result<(), ErrorBody> {
    let repeats = task.repeat.is_some();
    repeats.then_some(()).ok_or_else(|| ErrorBody::invalid("on", "it does not repeat"))
}

fn room_for(task: &Task, on: Day) -> Result<(), ErrorBody> {
    if task.exceptions.contains_key(&on) || task.exceptions.len() < EXCEPTIONS_MAX {
        return Ok(());
    }
    Err(conflict("task.too_many_exceptions", "split the series"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::TaskFacts;
    use crate::task::create::tests::{HOUR, MONDAY_TEN, made, meeting, monday, new, weekly};
    use crate::testing::{Bench, who};
    use protocol::task::{
        FinishTask, MoveTask, RestoreOccurrence, SkipOccurrence, TaskCommand, Weekday,
    };

    const DAY: i64 = 24 * HOUR;

    fn run(bench: &mut Bench<Task>, command: impl Into<TaskCommand>) -> Result<usize, String> {
        let done = bench.run(&who(1, &[]), command.into(), TaskFacts::default());
        done.map(|done| done.events.len()).map_err(|error| error.code.into_owned())
    }

    fn moved(on: Day, by: i64) -> AlterOccurrence {
        let starts_at = MONDAY_TEN + (on.0 - monday(0).0) * DAY + by;
        let (starts_at, ends_at) = (Some(starts_at), Some(starts_at + HOUR));
        AlterOccurrence { on, title: None, note: None, starts_at, ends_at }
    }

    #[test]
    fn one_is_moved_and_the_others_stay() {
        let mut bench = meeting();
        assert_eq!(run(&mut bench, moved(monday(1), 2 * DAY)), Ok(1));
        assert_eq!(run(&mut bench, moved(monday(1), 2 * DAY)), Ok(0));
        let starts: Vec<i64> = bench
            .state
            .series()
            .within(MONDAY_TEN, MONDAY_TEN + 15 * DAY)
            .iter()
            .map(|one| one.starts_at - MONDAY_TEN)
            .collect();
        assert_eq!(starts, [0, 9 * DAY, 14 * DAY]);
        // Told by the day on which the rule has it.
        assert_eq!(run(&mut bench, FinishTask { on: Some(monday(1)) }), Ok(1));
        let wednesday = Some(Day(monday(1).0 + 2));
        assert_eq!(run(&mut bench, FinishTask { on: wednesday }), Err("hub.invalid".into()));
        // Where the rule has it is no exception.
        assert_eq!(run(&mut bench, moved(monday(1), 0)), Ok(1));
        assert!(bench.state.exceptions.is_empty());
        assert!(bench.state.finished.contains(&monday(1)), "done it stays");
    }

    #[test]
    fn one_is_left_out_and_put_back() {
        let mut bench = meeting();
        let on = monday(2);
        assert_eq!(run(&mut bench, FinishTask { on: Some(on) }), Ok(1));
        assert_eq!(run(&mut bench, SkipOccurrence { on }), Ok(1));
        assert_eq!(run(&mut bench, SkipOccurrence { on }), Ok(0));
        assert_eq!(run(&mut bench, FinishTask { on: Some(on) }), Err("hub.invalid".into()));
        assert_eq!(run(&mut bench, moved(on, HOUR)), Err("hub.invalid".into()));
        assert_eq!(run(&mut bench, RestoreOccurrence { on }), Ok(1));
        assert_eq!(run(&mut bench, FinishTask { on: Some(on) }), Ok(1));
    }

    #[test]
    fn what_is_refused() {
        let mut bench = meeting();
        let day = |days| Day(monday(0).0 + days);
        let half = AlterOccurrence { ends_at: None, ..moved(monday(1), HOUR) };
        let empty = AlterOccurrence { title: Some(" ".into()), ..moved(monday(1), HOUR) };
        for command in [moved(day(1), 0), moved(day(-7), 0), half, empty] {
            assert_eq!(run(&mut bench, command), Err("hub.invalid".into()));
        }
        for (n, code) in [(2, "task.not_owner"), (9, "task.not_yours")] {
            let skip = SkipOccurrence { on: monday(1) };
            let refused = bench.run(&who(n, &[]), skip, TaskFacts::default()).unwrap_err();
            assert_eq!(refused.code, code);
        }
        let mut once = made(new("盘点"));
        assert_eq!(run(&mut once, SkipOccurrence { on: monday(0) }), Err("hub.invalid".into()));
    }

    #[test]
    fn what_the_moved_series_no_longer_has_is_forgotten() {
        let mut create = new("例会");
        create.repeat = Some(weekly(&[Weekday::Monday, Weekday::Thursday]));
        let mut bench = made(create);
        let thursday = Day(monday(1).0 + 3);
        for on in [monday(1), thursday] {
            run(&mut bench, moved(on, HOUR)).unwrap();
            run(&mut bench, FinishTask { on: Some(on) }).unwrap();
        }
        let tuesday = MONDAY_TEN + DAY;
        run(&mut bench, MoveTask { starts_at: tuesday, ends_at: tuesday + HOUR }).unwrap();
        assert_eq!(bench.state.exceptions.keys().copied().collect::<Vec<_>>(), [thursday]);
        assert_eq!(bench.state.finished.iter().copied().collect::<Vec<_>>(), [thursday]);
    }
}
