//! Creating a task, and the checks of text, times and rule that later changes share.

use super::{Task, TaskFacts, all_known, conflict, files, forbidden, recur::Schedule, remind};
use crate::{Context, Decision, Order, text};
use protocol::{
    AccountId, ErrorBody, Millis,
    limits::{MESSAGE_CHARS_MAX, TITLE_CHARS_MAX},
    task::{CreateTask, Every, Repeat, TaskCreated, TaskEvent, TaskPart, TaskPerson},
};
use std::collections::BTreeMap;

/// People of one task.
pub(super) const PEOPLE_MAX: usize = 200;
/// A year and a day: nothing that a person plans lasts longer, and a window of time stays cheap.
const LONGEST_MS: Millis = 366 * 24 * 60 * 60 * 1000;
/// The years 1970 to 2970: days of the calendar have four digits.
const LATEST_MS: Millis = 1_000 * 365 * 24 * 60 * 60 * 1000;
const INTERVAL_MAX: u32 = 99;

pub(super) fn decide(
    task: &Task,
    command: &CreateTask,
    facts: &TaskFacts,
    context: &Context<'_>,
) -> Result<Decision<TaskEvent>, ErrorBody> {
    let owner = context
        .who
        .account
        .ok_or_else(|| forbidden("task.not_yours", "a task is made by a person"))?;
    if task.exists() {
        return Err(conflict("task.exists", "a task with this id exists"));
    }
    times(command.starts_at, command.ends_at)?;
    let CreateTask { starts_at, ends_at, zone, private, .. } = *command;
    let repeat = command.repeat.as_ref();
    rule(&Schedule { starts_at, ends_at, zone, repeat })?;
    // A person named twice has the larger part.
    let mut people: BTreeMap<AccountId, TaskPart> =
        command.watchers.iter().map(|account| (*account, TaskPart::Watcher)).collect();
    people.extend(command.assignees.iter().map(|account| (*account, TaskPart::Assignee)));
    let others: Vec<AccountId> = people.keys().copied().filter(|one| *one != owner).collect();
    people.insert(owner, TaskPart::Owner);
    if people.len() > PEOPLE_MAX {
        return Err(ErrorBody::invalid("assignees", format!("at most {PEOPLE_MAX} people")));
    }
    all_known("assignees", &others, facts)?;
    let title = text::body("title", &command.title, TITLE_CHARS_MAX)?;
    if title.is_empty() {
        return Err(ErrorBody::invalid("title", "must not be empty"));
    }
    let remind = remind::checked(&command.remind)?;
    let created = TaskCreated {
        title,
        note: text::body("note", &command.note, MESSAGE_CHARS_MAX)?,
        starts_at,
        ends_at,
        zone,
        people: people.iter().map(|(account, part)| person(*account, *part)).collect(),
        private,
        repeat: command.repeat.clone(),
        remind,
        follows: None,
        done: false,
        finished: Vec::new(),
        exceptions: Vec::new(),
    };
    let stream = context.stream;
    let begun = files::attached(task, Decision::event(created), &command.files)?;
    Ok(people.into_keys().fold(begun, |decision, account| {
        decision.tell(account.into(), Order::JoinStream { stream })
    }))
}

fn person(account: AccountId, part: TaskPart) -> TaskPerson {
    TaskPerson { account, part }
}

pub(super) fn times(starts_at: Millis, ends_at: Millis) -> Result<(), ErrorBody> {
    if !(0..LATEST_MS).contains(&starts_at) {
        return Err(ErrorBody::invalid("starts_at", "not a time that people plan for"));
    }
    if ends_at < starts_at {
        return Err(ErrorBody::invalid("ends_at", "before it begins"));
    }
    if ends_at - starts_at > LONGEST_MS {
        return Err(ErrorBody::invalid("ends_at", "a task lasts a year at most"));
    }
    Ok(())
}

/// A rule that this task can follow: it begins on one of its own days.
pub(super) fn rule(schedule: &Schedule<'_>) -> Result<(), ErrorBody> {
    let Some(repeat) = schedule.repeat else { return Ok(()) };
    let Repeat { every, interval, on, until } = repeat;
    if !(1..=INTERVAL_MAX).contains(interval) {
        return Err(ErrorBody::invalid("repeat.interval", format!("1 to {INTERVAL_MAX}")));
    }
    if *every != Every::Week && !on.is_empty() {
        return Err(ErrorBody::invalid("repeat.on", "for weeks only"));
    }
    if on.len() > 7 {
        return Err(ErrorBody::invalid("repeat.on", "a week has seven days"));
    }
    if until.is_some_and(|until| until < schedule.first_day()) {
        return Err(ErrorBody::invalid("repeat.until", "before it begins"));
    }
    if !schedule.begins_on(schedule.first_day()) {
        return Err(ErrorBody::invalid("repeat.on", "the day it begins on is not among them"));
    }
    Ok(())
}

pub(super) fn apply(task: &mut Task, at: Millis, created: &TaskCreated) {
    task.title = created.title.clone();
    task.note = created.note.clone();
    (task.starts_at, task.ends_at) = (created.starts_at, created.ends_at);
    (task.zone, task.private) = (created.zone, created.private);
    task.repeat = created.repeat.clone();
    task.remind = created.remind.clone();
    (task.reminded, task.follows, task.done) = (at, created.follows, created.done);
    task.finished = created.finished.iter().copied().collect();
    task.exceptions = created.exceptions.iter().map(|one| (one.on, one.clone())).collect();
    for person in &created.people {
        task.seat(person.account, person.part);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::{
        Who,
        testing::{Bench, account, who},
    };
    use protocol::{Day, StreamId, Zone, task::Weekday};
    use uuid::Uuid;

    pub(crate) const HOUR: Millis = 60 * 60 * 1000;
    /// Monday 2026-11-23, ten in the morning in Urumqi.
    pub(crate) const MONDAY_TEN: Millis = 1_795_406_400_000;

    pub(crate) fn new(title: &str) -> CreateTask {
        CreateTask {
            title: title.into(),
            note: String::new(),
            starts_at: MONDAY_TEN,
            ends_at: MONDAY_TEN + HOUR,
            zone: Zone::Urumqi,
            assignees: vec![account(2)],
            watchers: vec![account(3)],
            private: false,
            repeat: None,
            files: Vec::new(),
            remind: Vec::new(),
        }
    }

    /// Owner 1, assignee 2, watcher 3.
    pub(crate) fn made(create: CreateTask) -> Bench<Task> {
        let mut bench = Bench::new(Uuid::from_u128(0x900));
        bench.run(&who(1, &[]), create, TaskFacts::default()).unwrap();
        bench
    }

    /// A Monday, so many weeks after the first.
    pub(crate) fn monday(weeks: i64) -> Day {
        Day("2026-11-23".parse::<Day>().unwrap().0 + 7 * weeks)
    }

    /// Every Monday at ten.
    pub(crate) fn meeting() -> Bench<Task> {
        made(CreateTask { repeat: Some(weekly(&[])), ..new("例会") })
    }

    pub(crate) fn weekly(on: &[Weekday]) -> Repeat {
        Repeat { every: Every::Week, interval: 1, on: on.to_vec(), until: None }
    }

    #[test]
    fn everybody_in_it_is_told() {
        let mut bench = Bench::<Task>::new(Uuid::from_u128(0x900));
        let mut create = new(" 盘点 ");
        create.watchers = vec![account(3), account(2), account(1)];
        let done = bench.run(&who(1, &[]), create.clone(), TaskFacts::default()).unwrap();
        let told: Vec<_> = done.effects.iter().map(|effect| effect.to).collect();
        assert_eq!(told, [1, 2, 3].map(|n| StreamId::from(account(n))));
        let parts = [1, 2, 3].map(|n| bench.state.part_of(account(n)).unwrap());
        assert_eq!(parts, [TaskPart::Owner, TaskPart::Assignee, TaskPart::Watcher]);
        assert_eq!(bench.state.title, "盘点");
        let again = bench.run(&who(1, &[]), create, TaskFacts::default()).unwrap_err();
        assert_eq!(again.code, "task.exists");
    }

    #[test]
    fn tasks_that_are_refused() {
        let with = |change: fn(&mut CreateTask)| {
            let mut create = new("盘点");
            change(&mut create);
            create
        };
        for (create, field) in [
            (with(|t| t.title = "  ".into()), "title"),
            (with(|t| t.title = "字".repeat(TITLE_CHARS_MAX + 1)), "title"),
            (with(|t| t.note = "\u{7}".into()), "note"),
            (with(|t| t.starts_at = -1), "starts_at"),
            (with(|t| t.starts_at = i64::MAX), "starts_at"),
            (with(|t| t.ends_at = t.starts_at - 1), "ends_at"),
            (with(|t| t.ends_at = i64::MAX), "ends_at"),
            (with(|t| t.repeat = Some(weekly(&[Weekday::Tuesday]))), "repeat.on"),
            (with(|t| t.repeat = Some(Repeat { interval: 0, ..weekly(&[]) })), "repeat.interval"),
            (
                with(|t| {
                    t.repeat = Some(Repeat { until: "2026-11-22".parse().ok(), ..weekly(&[]) })
                }),
                "repeat.until",
            ),
            (
                with(|t| {
                    t.repeat = Some(Repeat { every: Every::Day, ..weekly(&[Weekday::Monday]) });
                }),
                "repeat.on",
            ),
            (with(|t| t.assignees = (2..300).map(account).collect()), "assignees"),
            (with(|t| t.assignees = vec![account(99)]), "assignees"),
        ] {
            let mut bench = Bench::<Task>::new(Uuid::from_u128(0x900));
            let facts = TaskFacts { missing: vec![account(99)], in_room: false };
            let refused = bench.run(&who(1, &[]), create, facts).unwrap_err();
            assert_eq!(refused.field.as_deref(), Some(field), "{refused}");
        }
        let mut bench = Bench::<Task>::new(Uuid::from_u128(0x900));
        let hub = bench.run(&Who::hub(), new("盘点"), TaskFacts::default()).unwrap_err();
        assert_eq!(hub.code, "task.not_yours");
    }
}
