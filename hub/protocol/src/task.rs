//! Area `task`: what people have to do and when, together. A repeating task is one task; its
//! occurrences are told by the day on which they begin, in the task's zone.

use crate::{
    AccountId, Day, Millis, RoomId, StreamId, Zone,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
    pub private: bool,
    pub done: bool,
    pub people: Vec<TaskPerson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomId>,
    /// What the reader noted for himself; nobody else sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_note: Option<String>,
}
