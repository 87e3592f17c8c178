//! Area `task`: what people have to do and when, together. A repeating task is one task; its
//! occurrences are told by the day on which they begin, in the task's zone. One that was moved,
//! changed or left out is still told by the day on which the rule has it.

use crate::{
    AccountId, Day, Millis, RoomId, Seq, StreamId, Zone,
    file::FileRef,
    words::{commands, events},
};
use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;
use utoipa::ToSchema;

/// How somebody takes part in a task.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum TaskPart {
    /// Sees it.
    Watcher,
    /// Has to do it.
    Assignee,
    /// Made it, or followed who did.
    Owner,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct TaskPerson {
    pub account: AccountId,
    pub part: TaskPart,
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    pub fn of(day: Day) -> Self {
        // A weekday is 0 to 6.
        Self::ALL[usize::try_from(day.weekday()).unwrap_or_default()]
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum Every {
    Day,
    Week,
    /// On the same day of the month; months that lack it are left out, as in RFC 5545.
    Month,
}

/// When a task comes again: the part of an RRULE of RFC 5545 that people use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    pub every: Every,
    /// Every second, third … day, week or month; 1 when absent.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    #[cfg_attr(test, ts(optional, as = "Option<u32>"))]
    pub interval: u32,
    /// Weeks only: which days, the one it begins on among them. Empty: that one alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<Weekday>>"))]
    pub on: Vec<Weekday>,
    /// The last day on which it may begin; absent: for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Day>,
}

/// One occurrence that is not as its series says. What is absent is the series'.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct TaskException {
    /// The day on which the rule has it.
    pub on: Day,
    /// It does not take place.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
    pub skipped: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Both or neither.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Millis>,
}

/// A file of a task, told by the number of the event that brought it: it is read by that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct TaskFile {
    pub seq: Seq,
    pub at: Millis,
    /// Absent: it came along from the series that this task goes on from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountId>,
    pub file: FileRef,
}

fn once() -> u32 {
    1
}

fn is_once(interval: &u32) -> bool {
    *interval == 1
}

commands! {
    /// What may be asked of a task.
    TaskCommand {
        /// Creates a task under an id that the client made; the sender becomes its owner.
        CreateTask = "task.create" {
            title: String,
            #[serde(default, skip_serializing_if = "String::is_empty")]
            #[cfg_attr(test, ts(optional, as = "Option<String>"))]
            note: String,
            starts_at: Millis,
            ends_at: Millis,
            /// Where its days are counted.
            zone: Zone,
            /// The others.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            #[cfg_attr(test, ts(optional, as = "Option<Vec<AccountId>>"))]
            assignees: Vec<AccountId>,
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            #[cfg_attr(test, ts(optional, as = "Option<Vec<AccountId>>"))]
            watchers: Vec<AccountId>,
            /// Never shown in a shared calendar.
            #[serde(default, skip_serializing_if = "std::ops::Not::not")]
            #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
            private: bool,
            #[serde(skip_serializing_if = "Option::is_none")]
            repeat: Option<Repeat>,
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            #[cfg_attr(test, ts(optional, as = "Option<Vec<FileRef>>"))]
            files: Vec<FileRef>,
            /// Minutes before it begins at which who has to do it is reminded.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            #[cfg_attr(test, ts(optional, as = "Option<Vec<u32>>"))]
            remind: Vec<u32>,
        }

        /// Replaces what is given, keeps the rest.
        ChangeTask = "task.change" {
            #[serde(skip_serializing_if = "Option::is_none")]
            title: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            note: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            private: Option<bool>,
        }

        /// Puts it elsewhere in time, with all its occurrences.
        MoveTask = "task.move" { starts_at: Millis, ends_at: Millis }

        /// Makes it come again, or no longer.
        RepeatTask = "task.repeat" {
            #[serde(skip_serializing_if = "Option::is_none")]
            repeat: Option<Repeat>,
        }

        /// Changes one occurrence, and no other. The new times are both given, or neither.
        AlterOccurrence = "task.alter" {
            on: Day,
            #[serde(skip_serializing_if = "Option::is_none")]
            title: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            note: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            starts_at: Option<Millis>,
            #[serde(skip_serializing_if = "Option::is_none")]
            ends_at: Option<Millis>,
        }

        /// Leaves one occurrence out.
        SkipOccurrence = "task.skip" { on: Day }

        /// Makes one occurrence what its series says again.
        RestoreOccurrence = "task.restore" { on: Day }

        /// Makes a task of its own of an occurrence and all that follow, or of that one only. The
        /// ack's result holds `{task}`. What is absent stays as it was.
        SplitTask = "task.split" {
            on: Day,
            #[serde(default, skip_serializing_if = "std::ops::Not::not")]
            #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
            only: bool,
            #[serde(skip_serializing_if = "Option::is_none")]
            title: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            note: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            private: Option<bool>,
            #[serde(skip_serializing_if = "Option::is_none")]
            starts_at: Option<Millis>,
            #[serde(skip_serializing_if = "Option::is_none")]
            ends_at: Option<Millis>,
            #[serde(skip_serializing_if = "Option::is_none")]
            repeat: Option<Repeat>,
            /// The others; the owner stays the owner.
            #[serde(skip_serializing_if = "Option::is_none")]
            people: Option<Vec<TaskPerson>>,
        }

        /// Ends a series: neither this occurrence nor any that follow take place.
        StopTask = "task.stop" { on: Day }

        /// Puts files to it.
        AttachFiles = "task.attach" { files: Vec<FileRef> }

        /// Takes a file away, told by the number of the event that brought it.
        DetachFile = "task.detach" { seq: Seq }

        /// When who has to do it is reminded: minutes before it begins. None: never.
        RemindTask = "task.remind" { minutes: Vec<u32> }

        /// Gives people a part in it.
        AssignTask = "task.assign" { accounts: Vec<AccountId>, part: TaskPart }

        /// Takes somebody out of it.
        ReleaseTask = "task.release" { account: AccountId }

        /// Says that it is done; of a repeating task, the occurrence that begins on this day.
        FinishTask = "task.finish" {
            #[serde(skip_serializing_if = "Option::is_none")]
            on: Option<Day>,
        }

        /// Takes that back.
        ReopenTask = "task.reopen" {
            #[serde(skip_serializing_if = "Option::is_none")]
            on: Option<Day>,
        }

        /// Takes the sender out. An owner is followed by an assignee, or by a watcher.
        LeaveTask = "task.leave" {}

        /// Does away with it, for everybody.
        RemoveTask = "task.remove" {}

        /// Names the room in which its people talk about it: once.
        SetTaskRoom = "task.set_room" { room: RoomId }
    }
}

events! {
    /// What happened to a task.
    TaskEvent {
        TaskCreated = "task.created" {
            title: String,
            note: String,
            starts_at: Millis,
            ends_at: Millis,
            zone: Zone,
            people: Vec<TaskPerson>,
            private: bool,
            #[serde(skip_serializing_if = "Option::is_none")]
            repeat: Option<Repeat>,
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            #[cfg_attr(test, ts(optional, as = "Option<Vec<u32>>"))]
            remind: Vec<u32>,
            /// The series that it was split from, with what was known of its own occurrences.
            #[serde(skip_serializing_if = "Option::is_none")]
            follows: Option<StreamId>,
            #[serde(default, skip_serializing_if = "std::ops::Not::not")]
            #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
            done: bool,
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            #[cfg_attr(test, ts(optional, as = "Option<Vec<Day>>"))]
            finished: Vec<Day>,
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            #[cfg_attr(test, ts(optional, as = "Option<Vec<TaskException>>"))]
            exceptions: Vec<TaskException>,
        }

        /// Title, note and privacy as they are now.
        TaskChanged = "task.changed" { title: String, note: String, private: bool }

        TaskMoved = "task.moved" { starts_at: Millis, ends_at: Millis }

        TaskRepeated = "task.repeated" {
            #[serde(skip_serializing_if = "Option::is_none")]
            repeat: Option<Repeat>,
        }

        TaskAssigned = "task.assigned" { account: AccountId, part: TaskPart }

        TaskReleased = "task.released" {
            account: AccountId,
            /// True when the person left, false when the owner took him out.
            left: bool,
        }

        TaskFinished = "task.finished" {
            #[serde(skip_serializing_if = "Option::is_none")]
            on: Option<Day>,
        }

        TaskReopened = "task.reopened" {
            #[serde(skip_serializing_if = "Option::is_none")]
            on: Option<Day>,
        }

        /// One occurrence is another than its series says.
        OccurrenceAltered = "task.altered" { exception: TaskException }

        /// One occurrence is as its series says again.
        OccurrenceRestored = "task.restored" { on: Day }

        /// The occurrence and all that follow, or that one only, are a task of their own.
        TaskSplit = "task.split_off" { on: Day, only: bool, into: StreamId }

        /// Nothing of it takes place on that day or later.
        TaskStopped = "task.stopped" { on: Day }

        FileAttached = "task.file_attached" { file: FileRef }

        /// The event that brought it has lost its body.
        FileDetached = "task.file_detached" { seq: Seq }

        ReminderSet = "task.remind_set" { minutes: Vec<u32> }

        /// Who has to do it was reminded, by a to-do of this id.
        TaskReminded = "task.reminded" {
            on: Day,
            starts_at: Millis,
            minutes: u32,
            notice: StreamId,
        }

        TaskRemoved = "task.removed" {}

        TaskRoomSet = "task.room_set" { room: RoomId }
    }
}

/// `GET /v1/tasks`: a task as it falls into the window, once for each occurrence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct TaskItem {
    pub task: StreamId,
    pub title: String,
    pub note: String,
    /// Of this occurrence.
    pub starts_at: Millis,
    pub ends_at: Millis,
    pub zone: Zone,
    /// Of a repeating task: which occurrence it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<Day>,
    /// This occurrence is another than its series says.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
    pub altered: bool,
    /// Of the task by its rule, not of an occurrence: those that are not as it says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<TaskException>>"))]
    pub exceptions: Vec<TaskException>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
    pub private: bool,
    pub done: bool,
    pub people: Vec<TaskPerson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomId>,
    /// For its people only.
    pub files: Vec<TaskFile>,
    /// Minutes before it begins.
    pub remind: Vec<u32>,
    /// The series that it was split from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follows: Option<StreamId>,
    /// What the reader noted for himself; nobody else sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_note: Option<String>,
}
