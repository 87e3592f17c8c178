//! Reminding who has to do a task before it begins. Invariants: the timer is a row committed with
//! whatever moves it, so a restart forgets nobody; each moment is reminded of once; what is done,
//! left out or elsewhere meanwhile is not reminded of, and a reminder that is still a to-do is
//! over with it. Absent on purpose: the to-do itself (area `notice` has it, under an id that
//! follows from the task and the moment).

use super::Task;
use crate::{Context, Decision, Order, TimerChange};
use protocol::{
    AccountId, Day, EntityKind, ErrorBody, Millis, StreamId,
    notice::Reminder,
    task::{ReminderSet, TaskEvent, TaskPart, TaskReminded},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

const TIMER: &str = "remind";
/// Reminders of one occurrence.
const REMINDERS_MAX: usize = 5;
/// Four weeks before.
const MINUTES_MAX: u32 = 4 * 7 * 24 * 60;
/// Something that takes no time is still reminded of so long after it began.
const GRACE_MS: Millis = 10 * 60 * 1000;
/// What came due while the hub was away: more to-dos than these at once help nobody.
const AT_ONCE_MAX: usize = 10;
/// The rarest rule (every 99 months) comes within so many days.
const LOOK_DAYS: i64 = 3_100;

/// A reminder that may still be a to-do of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Sent {
    pub on: Day,
    pub notice: StreamId,
}

pub(super) fn checked(minutes: &[u32]) -> Result<Vec<u32>, ErrorBody> {
    let mut minutes = minutes.to_vec();
    minutes.sort_unstable();
    minutes.dedup();
    if minutes.len() > REMINDERS_MAX || minutes.last().is_some_and(|last| *last > MINUTES_MAX) {
        let message = format!("at most {REMINDERS_MAX}, each up to {MINUTES_MAX} minutes before");
        return Err(ErrorBody::invalid("remind", message));
    }
    Ok(minutes)
}

pub(super) fn set(
    task: &Task,
    minutes: &[u32],
    context: &Context<'_>,
) -> Result<Decision<TaskEvent>, ErrorBody> {
    task.sender(context.who, TaskPart::Owner)?;
    let minutes = checked(minutes)?;
    if minutes == task.remind {
        return Ok(Decision::nothing());
    }
    Ok(Decision::event(ReminderSet { minutes }))
}

fn lead(minutes: u32) -> Millis {
    Millis::from(minutes) * 60 * 1000
}

/// Whom it reminds.
fn whom(task: &Task) -> Vec<AccountId> {
    let who = task.people().filter(|(_, part)| *part >= TaskPart::Assignee);
    who.map(|(account, _)| account).collect()
}

/// Sets the timer by what is so after the decision, and ends reminders that are over by it.
pub(super) fn timed(
    task: &Task,
    after: &Task,
    mut decision: Decision<TaskEvent>,
    context: &Context<'_>,
) -> Decision<TaskEvent> {
    if task.remind.is_empty() && after.remind.is_empty() {
        return decision;
    }
    for over in task.sent.iter().filter(|one| !after.sent.contains(one)) {
        decision = decision.tell(over.notice, Order::ReminderOver { people: whom(task) });
    }
    let name = TIMER.to_owned();
    decision.timers.push(match next(after, context.now) {
        Some(at) => TimerChange::Set { name, at },
        None => TimerChange::Cancel { name },
    });
    decision
}

/// The next moment at which somebody is to be reminded.
fn next(task: &Task, now: Millis) -> Option<Millis> {
    if task.removed {
        return None;
    }
    let from = now.max(task.reminded);
    let moments = task.remind.iter().filter_map(|minutes| {
        Some(starts_after(task, from.saturating_add(lead(*minutes)))? - lead(*minutes))
    });
    moments.min()
}

fn is_done(task: &Task, on: Day) -> bool {
    if task.repeat.is_some() { task.finished.contains(&on) } else { task.done }
}

fn starts_after(task: &Task, moment: Millis) -> Option<Millis> {
    let (series, schedule) = (task.series(), task.schedule());
    let first = task.zone.day(moment).max(schedule.first_day());
    let until = task.repeat.as_ref().map_or(first, |repeat| {
        let far = Day(first.0 + LOOK_DAYS);
        repeat.until.unwrap_or(far).min(far)
    });
    let open = |on: &Day| !is_done(task, *on);
    let starts = |on: Day| series.occurrence(on).map(|one| one.starts_at);
    let ruled = (first.0..=until.0)
        .map(Day)
        .filter(|on| !task.exceptions.contains_key(on) && open(on))
        .filter_map(starts)
        .find(|at| *at > moment);
    let moved = task.exceptions.keys().copied().filter(open).filter_map(starts);
    ruled.into_iter().chain(moved.filter(|at| *at > moment)).min()
}

/// The timer is due: what has come within reach since the last time is told.
pub(super) fn fired(task: &Task, name: &str, context: &Context<'_>) -> Decision<TaskEvent> {
    if name != TIMER || !task.exists() || task.removed {
        return Decision::nothing();
    }
    let now = context.now;
    let mut due: BTreeMap<Day, (Millis, u32)> = BTreeMap::new();
    // The longest lead first: of one occurrence the latest moment is told.
    for minutes in task.remind.iter().rev() {
        let lead = lead(*minutes);
        for one in task.series().within(task.reminded + lead, now + lead + 1) {
            let moment = one.starts_at - lead;
            let now_due = moment > task.reminded && moment <= now;
            let on_time = one.ends_at.max(one.starts_at + GRACE_MS) > now;
            if now_due && on_time && !is_done(task, one.on) {
                due.insert(one.on, (one.starts_at, *minutes));
            }
        }
    }
    if due.is_empty() && next(task, now).is_some() {
        // They passed while the hub was away. Without an event the timer would not be set again.
        return Decision::event(ReminderSet { minutes: task.remind.clone() });
    }
    let skipped = due.len().saturating_sub(AT_ONCE_MAX);
    due.into_iter().skip(skipped).fold(Decision::nothing(), |decision, (on, (at, minutes))| {
        let notice = notice_of(context.stream, at, minutes);
        let reminded = TaskReminded { on, starts_at: at, minutes, notice };
        decision.and(reminded).tell(notice, order(task, on, at, context.stream))
    })
}

fn order(task: &Task, on: Day, starts_at: Millis, stream: StreamId) -> Order {
    let exception = task.exceptions.get(&on);
    let title = exception.and_then(|one| one.title.as_ref()).unwrap_or(&task.title);
    Order::Remind {
        people: whom(task),
        title: title.clone(),
        link: format!("/#/tasks/{stream}"),
        due_at: task.series().occurrence(on).map(|one| one.ends_at),
        reminder: Reminder::Task { task: stream, on, starts_at },
    }
}

fn notice_of(stream: StreamId, starts_at: Millis, minutes: u32) -> StreamId {
    let digest = Sha256::new()
        .chain_update(b"remind")
        .chain_update(stream.id.as_bytes())
        .chain_update(starts_at.to_be_bytes())
        .chain_update(minutes.to_be_bytes())
        .finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    StreamId::new(EntityKind::Notice, uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// What is told no longer holds of these days (of all: `None`), and its moments count from now.
pub(super) fn again(task: &mut Task, at: Millis, on: Option<Day>) {
    task.reminded = at;
    over(task, |day| on.is_none_or(|on| on == day));
}

pub(super) fn over(task: &mut Task, is_over: impl Fn(Day) -> bool) {
    task.sent.retain(|one| !is_over(one.on));
}

pub(super) fn told(task: &mut Task, at: Millis, reminded: &TaskReminded) {
    task.reminded = at;
    // A later moment of one occurrence takes the place of the earlier one.
    over(task, |day| day == reminded.on);
    task.sent.push(Sent { on: reminded.on, notice: reminded.notice });
    let old = task.sent.len().saturating_sub(AT_ONCE_MAX);
    task.sent.drain(..old);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::TaskFacts;
    use crate::task::create::tests::{HOUR, MONDAY_TEN, made, new, weekly};
    use crate::testing::{Bench, account, who};
    use protocol::task::{FinishTask, MoveTask, RemindTask, RemoveTask, TaskCommand};

    const MINUTE: Millis = 60 * 1000;
    const WEEK: Millis = 7 * 24 * HOUR;

    fn run(bench: &mut Bench<Task>, command: impl Into<TaskCommand>) -> Decision<TaskEvent> {
        bench.run(&who(1, &[]), command.into(), TaskFacts::default()).unwrap()
    }

    fn meeting(minutes: &[u32]) -> Bench<Task> {
        let mut create = new("例会");
        create.repeat = Some(weekly(&[]));
        let mut bench = made(create);
        bench.now = MONDAY_TEN - HOUR;
        let set = run(&mut bench, RemindTask { minutes: minutes.to_vec() });
        assert_eq!(set.timers, [at(MONDAY_TEN - 15 * MINUTE)]);
        bench
    }

    fn at(at: Millis) -> TimerChange {
        TimerChange::Set { name: TIMER.into(), at }
    }

    fn fire(bench: &mut Bench<Task>, now: Millis) -> Decision<TaskEvent> {
        bench.now = now;
        bench.settle(Order::TimerFired { name: TIMER.into() }).unwrap()
    }

    fn told(decision: &Decision<TaskEvent>) -> Vec<Vec<AccountId>> {
        let of = |effect: &crate::Effect| match &effect.order {
            Order::Remind { people, .. } => Some(people.clone()),
            _ => None,
        };
        decision.effects.iter().filter_map(of).collect()
    }

    #[test]
    fn who_has_to_do_it_is_reminded_once_and_of_the_next_one() {
        let mut bench = meeting(&[15]);
        let first = fire(&mut bench, MONDAY_TEN - 15 * MINUTE + 300);
        assert_eq!(told(&first), [[account(1), account(2)]], "who only watches is not");
        assert_eq!(first.timers, [at(MONDAY_TEN + WEEK - 15 * MINUTE)]);
        let again = fire(&mut bench, MONDAY_TEN - 14 * MINUTE);
        assert!(told(&again).is_empty(), "once");
        assert_eq!(again.timers, [at(MONDAY_TEN + WEEK - 15 * MINUTE)]);
        let on = bench.state.schedule().first_day();
        let done = run(&mut bench, FinishTask { on: Some(on) });
        assert!(matches!(
            done.effects[..],
            [crate::Effect { order: Order::ReminderOver { .. }, .. }]
        ));
    }

    #[test]
    fn what_is_done_or_over_or_moved_is_not_reminded_of() {
        let mut bench = meeting(&[15]);
        let on = bench.state.schedule().first_day();
        let done = run(&mut bench, FinishTask { on: Some(on) });
        assert_eq!(done.timers, [at(MONDAY_TEN + WEEK - 15 * MINUTE)]);
        // The hub was away for a year: what is past is past.
        let late = fire(&mut bench, MONDAY_TEN + 52 * WEEK + 30 * MINUTE);
        assert_eq!(told(&late).len(), 1, "the one under way");

        let mut bench = meeting(&[15, 60 * 24]);
        let (starts_at, ends_at) = (MONDAY_TEN + 2 * HOUR, MONDAY_TEN + 3 * HOUR);
        let moved = run(&mut bench, MoveTask { starts_at, ends_at });
        assert_eq!(moved.timers, [at(starts_at - 15 * MINUTE)]);
        assert!(told(&fire(&mut bench, MONDAY_TEN - 15 * MINUTE)).is_empty());
        let gone = run(&mut bench, RemoveTask {});
        assert_eq!(gone.timers, [TimerChange::Cancel { name: TIMER.into() }]);
        assert_eq!(fire(&mut bench, starts_at), Decision::nothing());
    }

    #[test]
    fn too_many_or_too_early_is_refused() {
        assert_eq!(checked(&[15, 5, 15]), Ok(vec![5, 15]));
        for minutes in [vec![MINUTES_MAX + 1], (0..6).collect()] {
            assert_eq!(checked(&minutes).unwrap_err().field.as_deref(), Some("remind"));
        }
    }
}
