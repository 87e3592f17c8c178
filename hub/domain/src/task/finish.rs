//! Done and not done any more. Of a repeating task each occurrence is told by its day.

use super::{FINISHED_MAX, Task, no_occurrence};
use crate::{Context, Decision};
use protocol::{
    Day, ErrorBody,
    task::{TaskEvent, TaskFinished, TaskPart, TaskReopened},
};

pub(super) fn finish(
    task: &Task,
    on: Option<Day>,
    context: &Context<'_>,
) -> Result<Decision<TaskEvent>, ErrorBody> {
    if is_done(task, on, context)? {
        return Ok(Decision::nothing());
    }
    Ok(Decision::event(TaskFinished { on }))
}

pub(super) fn reopen(
    task: &Task,
    on: Option<Day>,
    context: &Context<'_>,
) -> Result<Decision<TaskEvent>, ErrorBody> {
    if is_done(task, on, context)? {
        return Ok(Decision::event(TaskReopened { on }));
    }
    Ok(Decision::nothing())
}

fn is_done(task: &Task, on: Option<Day>, context: &Context<'_>) -> Result<bool, ErrorBody> {
    task.sender(context.who, TaskPart::Assignee)?;
    match (on, &task.repeat) {
        (None, None) => Ok(task.done),
        (None, Some(_)) => Err(ErrorBody::invalid("on", "it repeats: say which day")),
        (Some(_), None) => Err(ErrorBody::invalid("on", "it does not repeat")),
        (Some(day), Some(_)) => {
            task.series().occurrence(day).ok_or_else(no_occurrence)?;
            Ok(task.finished.contains(&day))
        }
    }
}

pub(super) fn apply(task: &mut Task, on: Option<Day>, done: bool) {
    match (on, done) {
        (None, done) => task.done = done,
        (Some(day), true) => {
            task.finished.insert(day);
            if task.finished.len() > FINISHED_MAX {
                task.finished.pop_first();
            }
        }
        (Some(day), false) => {
            task.finished.remove(&day);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::TaskFacts;
    use crate::task::create::tests::{made, new, weekly};
    use crate::testing::who;
    use protocol::task::{FinishTask, ReopenTask};

    #[test]
    fn once_or_by_occurrence() {
        let day = |text: &str| text.parse::<Day>().ok();
        let (monday, tuesday) = (day("2026-11-23"), day("2026-11-24"));
        for (repeats, n, on, expected) in [
            (false, 1, None, Ok(1)),
            (false, 2, None, Ok(1)),
            (false, 3, None, Err("task.not_assigned")),
            (false, 9, None, Err("task.not_yours")),
            (false, 1, monday, Err("hub.invalid")),
            (true, 2, monday, Ok(1)),
            (true, 2, day("2026-11-30"), Ok(1)),
            (true, 2, tuesday, Err("hub.invalid")),
            (true, 2, None, Err("hub.invalid")),
        ] {
            let mut create = new("盘点");
            create.repeat = repeats.then(|| weekly(&[]));
            let mut bench = made(create);
            let mut run = |finish: bool| {
                let who = who(n, &[]);
                let outcome = if finish {
                    bench.run(&who, FinishTask { on }, TaskFacts::default())
                } else {
                    bench.run(&who, ReopenTask { on }, TaskFacts::default())
                };
                outcome.map(|done| done.events.len()).map_err(|error| error.code.into_owned())
            };
            assert_eq!(run(true), expected.map_err(str::to_owned), "{on:?}");
            if expected.is_ok() {
                assert_eq!([run(true), run(false), run(false)], [Ok(0), Ok(1), Ok(0)]);
            }
        }
    }
}
