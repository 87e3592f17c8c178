//! A task: what, when, who. Invariants: a task that was not removed has exactly one owner; an
//! occurrence is finished or not, whoever says so how often; a repeating task begins on one of
//! its own days. Absent on purpose: what people say about it (a room), what each notes for
//! himself (`calendar`), and a list of occurrences: they follow from the rule (`recur`) and the
//! exceptions to it (`series`).

mod alter;
mod change;
mod create;
mod files;
mod finish;
mod people;
mod recur;
mod remind;
mod remove;
mod room;
mod series;
mod split;

pub use recur::{Occurrence, Schedule, carried};
pub use series::{Exceptions, Series};

use crate::{Context, Decision, Entity, Order, Who};
use protocol::{
    AccountId, Day, EntityKind, ErrorBody, ErrorKind, Millis, Permission, RoomId, Seq, StreamId,
    Zone,
    task::{Repeat, TaskCommand, TaskEvent, TaskException, TaskPart, TaskSplit, TaskStopped},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is looked up before a command is decided.
#[derive(Default)]
pub struct TaskFacts {
    /// Accounts named by the command that do not exist or are disabled.
    pub missing: Vec<AccountId>,
    /// Whether the sender is a member of the room that the command names.
    pub in_room: bool,
}

/// Finished occurrences that the state remembers; the tables know all.
const FINISHED_MAX: usize = 1_000;

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Place {
    part: TaskPart,
    /// Counts up with every joining: the smaller, the longer here.
    order: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Empty: nobody created it yet.
    title: String,
    note: String,
    starts_at: Millis,
    ends_at: Millis,
    zone: Zone,
    private: bool,
    repeat: Option<Repeat>,
    people: BTreeMap<AccountId, Place>,
    joined: u64,
    done: bool,
    finished: BTreeSet<Day>,
    exceptions: Exceptions,
    files: BTreeMap<Seq, files::Attached>,
    /// Minutes before it begins, ascending.
    remind: Vec<u32>,
    /// Up to this moment reminders were given, or had no reason.
    reminded: Millis,
    sent: Vec<remind::Sent>,
    /// The series that it was split from.
    follows: Option<StreamId>,
    room: Option<RoomId>,
    removed: bool,
}

impl Task {
    pub fn exists(&self) -> bool {
        !self.title.is_empty()
    }

    pub fn is_removed(&self) -> bool {
        self.removed
    }

    pub fn part_of(&self, account: AccountId) -> Option<TaskPart> {
        self.people.get(&account).map(|place| place.part)
    }

    /// In order of their ids.
    pub fn people(&self) -> impl Iterator<Item = (AccountId, TaskPart)> + '_ {
        self.people.iter().map(|(account, place)| (*account, place.part))
    }

    pub fn schedule(&self) -> Schedule<'_> {
        let (starts_at, ends_at, zone) = (self.starts_at, self.ends_at, self.zone);
        Schedule { starts_at, ends_at, zone, repeat: self.repeat.as_ref() }
    }

    pub fn series(&self) -> Series<'_> {
        Series { schedule: self.schedule(), exceptions: &self.exceptions }
    }

    /// What it is once the events are applied, and what follows from that.
    fn settled(&self, decision: Decision<TaskEvent>, context: &Context<'_>) -> Decision<TaskEvent> {
        if decision.events.is_empty() {
            return decision;
        }
        let mut after = self.clone();
        for (seq, event) in (context.head + 1..).zip(&decision.events) {
            after.apply(seq, context.now, context.who.account, event);
        }
        let decision = room::told(self, &after, decision);
        remind::timed(self, &after, decision, context)
    }

    /// The sender, who must have a part in a task that is there.
    fn sender(&self, who: &Who, least: TaskPart) -> Result<(AccountId, TaskPart), ErrorBody> {
        if !self.exists() || self.removed {
            return Err(ErrorBody::new(ErrorKind::NotFound, "task.not_found", "no such task"));
        }
        let found = who.account.and_then(|account| Some((account, self.part_of(account)?)));
        let (account, part) =
            found.ok_or_else(|| forbidden("task.not_yours", "you have no part in this task"))?;
        if part < least {
            return Err(match least {
                TaskPart::Owner => forbidden("task.not_owner", "only its owner may"),
                _ => forbidden("task.not_assigned", "only its owner and who has to do it may"),
            });
        }
        Ok((account, part))
    }

    fn seat(&mut self, account: AccountId, part: TaskPart) {
        self.joined += 1;
        let order = self.people.get(&account).map_or(self.joined, |place| place.order);
        self.people.insert(account, Place { part, order });
    }
}

fn forbidden(code: &'static str, message: &str) -> ErrorBody {
    ErrorBody::new(ErrorKind::Forbidden, code, message)
}

fn no_occurrence() -> ErrorBody {
    ErrorBody::invalid("on", "it does not begin on that day")
}

fn conflict(code: &'static str, message: &str) -> ErrorBody {
    ErrorBody::new(ErrorKind::Conflict, code, message)
}

/// Named accounts must exist.
fn all_known(field: &str, accounts: &[AccountId], facts: &TaskFacts) -> Result<(), ErrorBody> {
    match accounts.iter().find(|account| facts.missing.contains(account)) {
        None => Ok(()),
        Some(account) => {
            let message = format!("no such account, or it is disabled: {account}");
            Err(ErrorBody::new(ErrorKind::NotFound, "task.account_not_found", message).field(field))
        }
    }
}

impl Entity for Task {
    const KIND: EntityKind = EntityKind::Task;
    const SNAPSHOT_VERSION: u32 = 2;
    type Command = TaskCommand;
    type Event = TaskEvent;
    type Facts = TaskFacts;

    fn decide(
        &self,
        command: &TaskCommand,
        facts: &TaskFacts,
        context: &Context<'_>,
    ) -> Result<Decision<TaskEvent>, ErrorBody> {
        use TaskCommand as C;
        let decision = match command {
            C::CreateTask(command) => create::decide(self, command, facts, context),
            C::ChangeTask(command) => change::change(self, command, context),
            C::MoveTask(command) => change::relocate(self, command, context),
            C::RepeatTask(command) => change::repeat(self, command, context),
            C::AssignTask(command) => people::assign(self, command, facts, context),
            C::ReleaseTask(command) => people::release(self, command, context),
            C::FinishTask(command) => finish::finish(self, command.on, context),
            C::ReopenTask(command) => finish::reopen(self, command.on, context),
            C::AlterOccurrence(command) => alter::alter(self, command, context),
            C::SkipOccurrence(command) => alter::skip(self, command.on, context),
            C::RestoreOccurrence(command) => alter::restore(self, command.on, context),
            C::SplitTask(command) => split::split(self, command, facts, context),
            C::StopTask(command) => split::stop(self, command.on, context),
            C::AttachFiles(command) => files::attach(self, command, context),
            C::DetachFile(command) => files::detach(self, command.seq, context),
            C::RemindTask(command) => remind::set(self, &command.minutes, context),
            C::LeaveTask(_) => people::leave(self, context),
            C::RemoveTask(_) => remove::decide(self, context),
            C::SetTaskRoom(command) => change::set_room(self, command, facts, context),
        };
        decision.map(|decision| self.settled(decision, context))
    }

    /// One that went astray must not be retried for ever.
    fn settle(
        &self,
        order: &Order,
        context: &Context<'_>,
    ) -> Result<Decision<TaskEvent>, ErrorBody> {
        let decision = match order {
            Order::TaskRoomOpened { room } => return Ok(room::opened(self, *room)),
            Order::ContinueTask { task, files } => split::begun(self, task, files, context),
            Order::TimerFired { name } => remind::fired(self, name, context),
            _ => Decision::nothing(),
        };
        Ok(self.settled(decision, context))
    }

    fn apply(&mut self, seq: Seq, at: Millis, by: Option<AccountId>, event: &TaskEvent) {
        use TaskEvent as E;
        match event {
            E::TaskCreated(created) => create::apply(self, at, created),
            E::TaskChanged(changed) => {
                self.title = changed.title.clone();
                self.note = changed.note.clone();
                self.private = changed.private;
            }
            E::TaskMoved(moved) => {
                change::moved(self, moved.starts_at, moved.ends_at);
                remind::again(self, at, None);
            }
            E::TaskRepeated(repeated) => {
                change::repeated(self, repeated.repeat.clone());
                remind::again(self, at, None);
            }
            E::OccurrenceAltered(altered) => {
                alter::altered(self, &altered.exception);
                remind::again(self, at, Some(altered.exception.on));
            }
            E::OccurrenceRestored(restored) => {
                self.exceptions.remove(&restored.on);
                remind::again(self, at, Some(restored.on));
            }
            E::TaskSplit(TaskSplit { on, only: true, .. }) => {
                alter::altered(self, &TaskException { skipped: true, ..alter::nothing(*on) });
                remind::over(self, |day| day == *on);
            }
            E::TaskSplit(TaskSplit { on, .. }) | E::TaskStopped(TaskStopped { on }) => {
                split::cut(self, *on);
                remind::over(self, |day| day >= *on);
            }
            E::FileAttached(attached) => {
                let file = attached.file.clone();
                self.files.insert(seq, files::Attached { by, file });
            }
            E::FileDetached(detached) => {
                self.files.remove(&detached.seq);
            }
            E::ReminderSet(set) => {
                self.remind = set.minutes.clone();
                self.reminded = at;
            }
            E::TaskReminded(reminded) => remind::told(self, at, reminded),
            E::TaskAssigned(assigned) => self.seat(assigned.account, assigned.part),
            E::TaskReleased(released) => {
                self.people.remove(&released.account);
            }
            E::TaskFinished(finished) => {
                finish::apply(self, finished.on, true);
                remind::over(self, |day| finished.on.is_none_or(|on| on == day));
            }
            E::TaskReopened(reopened) => finish::apply(self, reopened.on, false),
            E::TaskRemoved(_) => {
                self.removed = true;
                self.sent.clear();
            }
            E::TaskRoomSet(set) => self.room = Some(set.room),
        }
    }

    /// Its people, and auditors of the whole organisation: a task belongs to no unit.
    fn may_watch(&self, who: &Who) -> bool {
        who.account.is_some_and(|account| self.people.contains_key(&account))
            || who.may_everywhere(Permission::AuditRead)
    }

    fn counts(_: &TaskEvent) -> bool {
        false
    }

    fn revokes(event: &TaskEvent) -> Option<AccountId> {
        match event {
            TaskEvent::TaskReleased(released) => Some(released.account),
            _ => None,
        }
    }
}
