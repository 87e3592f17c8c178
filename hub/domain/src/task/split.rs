//! A series in two: an occurrence and all that follow, or that one only, become a task of their
//! own. Invariants: what was finished, moved or left out stays so on both sides, each occurrence
//! in exactly one of them; the new task's id follows from the old stream and the number of the
//! event that splits it, so that nobody can stand in for it; it begins by an order that is
//! committed with the split. Absent on purpose: the conversation and notes to oneself, which
//! stay with the earlier part.

use super::{
    Task, TaskFacts, all_known,
    alter::repeats,
    create::{self, PEOPLE_MAX},
    no_occurrence,
    recur::{self, Schedule},
};
use crate::{Context, Decision, Order, text};
use protocol::{
    AccountId, Day, EntityKind, ErrorBody, Seq, StreamId,
    file::FileRef,
    limits::{MESSAGE_CHARS_MAX, TITLE_CHARS_MAX},
    task::{
        FileAttached, Repeat, SplitTask, TaskCreated, TaskEvent, TaskPart, TaskPerson, TaskSplit,
        TaskStopped,
    },
};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The task that goes on where this event splits a series.
fn rest_of(stream: StreamId, seq: Seq) -> StreamId {
    let digest = Sha256::new()
        .chain_update(b"task")
        .chain_update(stream.id.as_bytes())
        .chain_update(seq.to_be_bytes())
        .finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    StreamId::new(EntityKind::Task, uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

pub(super) fn split(
    task: &Task,
    command: &SplitTask,
    facts: &TaskFacts,
    context: &Context<'_>,
) -> Result<Decision<TaskEvent>, ErrorBody> {
    let (me, _) = task.sender(context.who, TaskPart::Owner)?;
    let (on, only) = (command.on, command.only);
    repeats(task)?;
    task.series().occurrence(on).ok_or_else(no_occurrence)?;
    if !only && on == task.schedule().first_day() {
        return Err(ErrorBody::invalid("on", "it is the first one: change the whole series"));
    }
    let mut rest = TaskCreated {
        people: people(task, me, command, facts)?,
        follows: Some(context.stream),
        ..part(task, command)?
    };
    known(task, command, &mut rest)?;
    let into = rest_of(context.stream, context.head + 1);
    let files = task.files.values().map(|one| one.file.clone()).collect();
    let mut decision = Decision::event(TaskSplit { on, only, into })
        .tell(into, Order::ContinueTask { task: Box::new(rest), files });
    decision.result = Some(format!(r#"{{"task":"{into}"}}"#));
    Ok(decision)
}

/// What the new task says, and when it takes place.
fn part(task: &Task, command: &SplitTask) -> Result<TaskCreated, ErrorBody> {
    let (on, only) = (command.on, command.only);
    let exception = task.exceptions.get(&on).filter(|_| only);
    let title = command.title.as_ref().or(exception.and_then(|one| one.title.as_ref()));
    let title = text::body("title", title.unwrap_or(&task.title), TITLE_CHARS_MAX)?;
    if title.is_empty() {
        return Err(ErrorBody::invalid("title", "must not be empty"));
    }
    let note = command.note.as_ref().or(exception.and_then(|one| one.note.as_ref()));
    let ruled = task.schedule().occurrence(on);
    let now = if only { task.series().occurrence(on).unwrap_or(ruled) } else { ruled };
    let (starts_at, ends_at) = match (command.starts_at, command.ends_at) {
        (Some(from), Some(to)) => (from, to),
        (None, None) => (now.starts_at, now.ends_at),
        _ => return Err(ErrorBody::invalid("ends_at", "both times or neither")),
    };
    create::times(starts_at, ends_at)?;
    let carried = |repeat| recur::carried(repeat, on, task.zone.day(starts_at));
    let kept = || task.repeat.clone().map(carried);
    let repeat: Option<Repeat> = if only { None } else { command.repeat.clone().or_else(kept) };
    create::rule(&Schedule { starts_at, ends_at, zone: task.zone, repeat: repeat.as_ref() })?;
    Ok(TaskCreated {
        title,
        note: text::body("note", note.unwrap_or(&task.note), MESSAGE_CHARS_MAX)?,
        starts_at,
        ends_at,
        zone: task.zone,
        people: Vec::new(),
        private: command.private.unwrap_or(task.private),
        repeat,
        remind: task.remind.clone(),
        follows: None,
        done: only && task.finished.contains(&on),
        finished: Vec::new(),
        exceptions: Vec::new(),
    })
}

/// What is known of its own occurrences goes along, where it still has them.
fn known(task: &Task, command: &SplitTask, rest: &mut TaskCreated) -> Result<(), ErrorBody> {
    if command.only {
        return Ok(());
    }
    let schedule = Schedule {
        starts_at: rest.starts_at,
        ends_at: rest.ends_at,
        zone: rest.zone,
        repeat: rest.repeat.as_ref(),
    };
    let here = |on: Day| on >= command.on && schedule.begins_on(on);
    let finished = task.finished.iter().copied().filter(|on| here(*on)).collect();
    let given = command.title.is_some() || command.note.is_some() || command.starts_at.is_some();
    // What the command says of the first one holds before what was said of it earlier.
    let old = |on: Day| !(given && on == command.on);
    let exceptions = task.exceptions.values().filter(|one| here(one.on) && old(one.on));
    let exceptions = exceptions.cloned().collect();
    (rest.finished, rest.exceptions) = (finished, exceptions);
    Ok(())
}

fn people(
    task: &Task,
    me: AccountId,
    command: &SplitTask,
    facts: &TaskFacts,
) -> Result<Vec<TaskPerson>, ErrorBody> {
    let mut people: BTreeMap<AccountId, TaskPart> = match &command.people {
        None => task.people().collect(),
        Some(named) => named.iter().map(|person| (person.account, person.part)).collect(),
    };
    people.remove(&me);
    if people.values().any(|part| *part == TaskPart::Owner) {
        return Err(ErrorBody::invalid("people", "one owner only"));
    }
    let others: Vec<AccountId> =
        people.keys().copied().filter(|one| task.part_of(*one).is_none()).collect();
    all_known("people", &others, facts)?;
    people.insert(me, TaskPart::Owner);
    if people.len() > PEOPLE_MAX {
        return Err(ErrorBody::invalid("people", format!("at most {PEOPLE_MAX} people")));
    }
    Ok(people.into_iter().map(|(account, part)| TaskPerson { account, part }).collect())
}

pub(super) fn stop(
    task: &Task,
    on: Day,
    context: &Context<'_>,
) -> Result<Decision<TaskEvent>, ErrorBody> {
    task.sender(context.who, TaskPart::Owner)?;
    repeats(task)?;
    if !task.schedule().begins_on(on) {
        return Err(no_occurrence());
    }
    if on == task.schedule().first_day() {
        return Err(ErrorBody::invalid("on", "it is the first one: remove the task"));
    }
    Ok(Decision::event(TaskStopped { on }))
}

/// To the new task: it begins with what it was given.
pub(super) fn begun(
    task: &Task,
    created: &TaskCreated,
    files: &[FileRef],
    context: &Context<'_>,
) -> Decision<TaskEvent> {
    if task.exists() {
        return Decision::nothing();
    }
    let stream = context.stream;
    let begun = files.iter().fold(Decision::event(created.clone()), |decision, file| {
        decision.and(FileAttached { file: file.clone() })
    });
    created.people.iter().fold(begun, |decision, person| {
        decision.tell(person.account.into(), Order::JoinStream { stream })
    })
}

/// Nothing on that day or later.
pub(super) fn cut(task: &mut Task, on: Day) {
    if let Some(repeat) = &mut task.repeat {
        repeat.until = Some(Day(on.0 - 1));
    }
    task.finished.retain(|day| *day < on);
    task.exceptions.retain(|day, _| *day < on);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::create::tests::{HOUR, MONDAY_TEN, meeting, monday, new};
    use crate::task::recur::tests::repeats as rules;
    use crate::testing::{Bench, account, who};
    use proptest::prelude::*;
    use protocol::task::{AlterOccurrence, FinishTask, SkipOccurrence, StopTask, TaskCommand};
    use uuid::Uuid;

    const DAY: i64 = 24 * HOUR;

    fn run(
        bench: &mut Bench<Task>,
        command: impl Into<TaskCommand>,
    ) -> Result<Decision<TaskEvent>, ErrorBody> {
        let facts = TaskFacts { missing: vec![account(99)], in_room: false };
        bench.run(&who(1, &[]), command.into(), facts)
    }

    fn at(on: Day) -> SplitTask {
        SplitTask {
            on,
            only: false,
            title: None,
            note: None,
            private: None,
            starts_at: None,
            ends_at: None,
            repeat: None,
            people: None,
        }
    }

    /// The task that the split makes, as the hub delivers the order.
    fn rest(decision: &Decision<TaskEvent>) -> Bench<Task> {
        let effect = decision.effects.iter().find(|one| one.to.kind == EntityKind::Task);
        let effect = effect.expect("the rest is told to begin");
        let mut bench = Bench::<Task>::new(effect.to.id);
        bench.settle(effect.order.clone()).unwrap();
        assert_eq!(bench.settle(effect.order.clone()).unwrap(), Decision::nothing());
        bench
    }

    /// Each occurrence, when it takes place, what it is called and whether it is done.
    fn seen(task: &Task) -> Vec<(Day, i64, i64, String, bool)> {
        let all = task.series().within(0, 900 * DAY).into_iter();
        all.map(|one| {
            let exception = task.exceptions.get(&one.on);
            let title = exception.and_then(|one| one.title.clone()).unwrap_or(task.title.clone());
            let done = task.finished.contains(&one.on);
            (one.on, one.starts_at, one.ends_at, title, done)
        })
        .collect()
    }

    proptest! {
        /// Split anywhere: both parts together are the series as it was.
        #[test]
        fn two_parts_are_the_whole(
            start in 0i64..(300 * 24),
            rule in rules(),
            deeds in prop::collection::vec((0usize..12, 0u8..4, 0i64..(600 * 24)), 0..12),
            cut in 1usize..10,
        ) {
            let mut create = new("例会");
            create.starts_at = start * HOUR;
            create.ends_at = create.starts_at + 2 * HOUR;
            create.repeat = Some(rule);
            let mut bench = Bench::<Task>::new(Uuid::from_u128(0x900));
            if run(&mut bench, create).is_err() {
                return Ok(());
            }
            let schedule = bench.state.schedule();
            let days: Vec<Day> =
                schedule.within(0, 900 * DAY).take(12).map(|one| one.on).collect();
            for (n, deed, at) in deeds {
                let Some(on) = days.get(n).copied() else { continue };
                let (starts_at, ends_at) = (Some(at * HOUR), Some((at + 1) * HOUR));
                let moved = AlterOccurrence { on, title: None, note: None, starts_at, ends_at };
                let named = AlterOccurrence {
                    title: Some("改".into()), starts_at: None, ends_at: None, ..moved.clone()
                };
                let _ = match deed {
                    0 => run(&mut bench, FinishTask { on: Some(on) }),
                    1 => run(&mut bench, SkipOccurrence { on }),
                    2 => run(&mut bench, moved),
                    _ => run(&mut bench, named),
                };
            }
            let before = seen(&bench.state);
            let Some(on) = days.get(cut).copied() else { return Ok(()) };
            let stopped = bench.state.clone();
            let Ok(done) = run(&mut bench, at(on)) else {
                prop_assert!(bench.state.exceptions.get(&on).is_some_and(|one| one.skipped));
                return Ok(());
            };
            let rest = rest(&done).state;
            let mut both = seen(&bench.state);
            prop_assert!(both.iter().all(|one| one.0 < on));
            both.extend(seen(&rest));
            both.sort_by_key(|one| (one.1, one.0));
            prop_assert_eq!(both, before);
            prop_assert_eq!(rest.follows, Some(bench.stream));

            // Stopped there, it is the first part.
            let first = seen(&bench.state);
            bench.state = stopped;
            run(&mut bench, StopTask { on }).unwrap();
            prop_assert_eq!(seen(&bench.state), first);
        }
    }

    #[test]
    fn the_rest_has_other_people_another_name_and_another_day() {
        let mut bench = meeting();
        let starts_at = MONDAY_TEN + 15 * DAY;
        let people = vec![TaskPerson { account: account(8), part: TaskPart::Assignee }];
        let command = SplitTask {
            title: Some("周会".into()),
            starts_at: Some(starts_at),
            ends_at: Some(starts_at + HOUR),
            people: Some(people),
            ..at(monday(2))
        };
        let rest = rest(&run(&mut bench, command).unwrap()).state;
        assert_eq!(rest.title, "周会");
        let parts: Vec<_> = rest.people().collect();
        assert_eq!(parts, [(account(1), TaskPart::Owner), (account(8), TaskPart::Assignee)]);
        assert_eq!(rest.schedule().first_day(), Day(monday(2).0 + 1));
        let left = bench.state.series().within(MONDAY_TEN, MONDAY_TEN + 900 * DAY);
        assert_eq!(left.len(), 2);
        assert_eq!(bench.state.title, "例会");
    }

    #[test]
    fn one_only_leaves_the_series_and_is_done_if_it_was() {
        let mut bench = meeting();
        run(&mut bench, FinishTask { on: Some(monday(0)) }).unwrap();
        let done = run(&mut bench, SplitTask { only: true, ..at(monday(0)) }).unwrap();
        let one = rest(&done).state;
        assert!(one.done && one.repeat.is_none());
        assert_eq!(bench.state.series().occurrence(monday(0)), None);
        assert!(bench.state.series().occurrence(monday(1)).is_some());
    }

    #[test]
    fn what_is_refused() {
        let stranger = vec![TaskPerson { account: account(99), part: TaskPart::Watcher }];
        let second = vec![TaskPerson { account: account(2), part: TaskPart::Owner }];
        for (command, code) in [
            (at(monday(0)), "hub.invalid"),
            (at(Day(monday(1).0 + 1)), "hub.invalid"),
            (SplitTask { title: Some("".into()), ..at(monday(1)) }, "hub.invalid"),
            (SplitTask { starts_at: Some(0), ..at(monday(1)) }, "hub.invalid"),
            (SplitTask { people: Some(second), ..at(monday(1)) }, "hub.invalid"),
            (SplitTask { people: Some(stranger), ..at(monday(1)) }, "task.account_not_found"),
        ] {
            assert_eq!(run(&mut meeting(), command).unwrap_err().code, code);
        }
        let stop = run(&mut meeting(), StopTask { on: monday(0) }).unwrap_err();
        assert_eq!(stop.code, "hub.invalid");
    }
}
