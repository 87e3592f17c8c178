//! The calendar of one person: shares, feed, and notes that nobody else sees.
//! Invariants: its id follows from the account's, so that nobody can stand in for it; of each
//! task one note is kept, and what it replaces is redacted. Absent on purpose: the tasks
//! themselves, the notes' texts (no state holds them) and the feed's secret (no event does).

use crate::{Context, Decision, Entity, Order, Who, text};
use protocol::{
    AccountId, EntityKind, ErrorBody, ErrorKind, Millis, Seq, StreamId,
    calendar::{
        CalendarCommand, CalendarEvent, CalendarShared, FeedClosed, FeedOpened, NoteRemoved,
        NoteWritten, OpenFeed, ShareCalendar, WriteNote,
    },
    limits::MESSAGE_CHARS_MAX,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// People with whom one calendar is shared.
const SHARES_MAX: usize = 200;
/// Notes of one person.
const NOTES_MAX: usize = 10_000;

/// The stream of an account's calendar.
pub fn calendar_of(account: AccountId) -> StreamId {
    let digest =
        Sha256::new().chain_update(b"calendar").chain_update(account.0.as_bytes()).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    let id = uuid::Builder::from_custom_bytes(bytes).into_uuid();
    StreamId::new(EntityKind::Calendar, id)
}

/// What is looked up before a command is decided.
#[derive(Default)]
pub struct CalendarFacts {
    /// Whether the account that the command names exists and is not disabled.
    pub known: bool,
    /// Whether the sender has a part in the task that the command names.
    pub in_task: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Calendar {
    /// Set by the first event: the state cannot know its own id.
    owner: Option<AccountId>,
    shared: BTreeSet<AccountId>,
    /// Of each task, the event that holds the note.
    notes: BTreeMap<StreamId, Seq>,
    feed: bool,
}

impl Calendar {
    pub fn is_shared_with(&self, account: AccountId) -> bool {
        self.shared.contains(&account)
    }
}

fn owner(context: &Context<'_>) -> Result<AccountId, ErrorBody> {
    context.who.account.filter(|account| calendar_of(*account) == context.stream).ok_or_else(|| {
        ErrorBody::new(ErrorKind::Forbidden, "calendar.not_yours", "a calendar is its owner's")
    })
}

fn share(
    calendar: &Calendar,
    command: &ShareCalendar,
    facts: &CalendarFacts,
    context: &Context<'_>,
) -> Result<Decision<CalendarEvent>, ErrorBody> {
    let ShareCalendar { account, on } = *command;
    if account == owner(context)? {
        return Err(ErrorBody::invalid("account", "your own calendar is yours already"));
    }
    if calendar.is_shared_with(account) == on {
        return Ok(Decision::nothing());
    }
    if on && !facts.known {
        let message = "no such account, or it is disabled";
        let error = ErrorBody::new(ErrorKind::NotFound, "calendar.account_not_found", message);
        return Err(error.field("account"));
    }
    if on && calendar.shared.len() >= SHARES_MAX {
        let message = format!("at most {SHARES_MAX} people");
        return Err(ErrorBody::new(ErrorKind::Conflict, "calendar.too_many_shares", message));
    }
    Ok(Decision::event(CalendarShared { account, on }))
}

fn write_note(
    calendar: &Calendar,
    command: &WriteNote,
    facts: &CalendarFacts,
) -> Result<Decision<CalendarEvent>, ErrorBody> {
    let (task, text) = (command.task, text::body("text", &command.text, MESSAGE_CHARS_MAX)?);
    let before = calendar.notes.get(&task).copied();
    let mut decision = if text.is_empty() {
        if before.is_none() {
            return Ok(Decision::nothing());
        }
        Decision::event(NoteRemoved { task })
    } else {
        if task.kind != EntityKind::Task || !facts.in_task {
            let message = "you have no part in this task";
            let error = ErrorBody::new(ErrorKind::Forbidden, "calendar.task_not_yours", message);
            return Err(error.field("task"));
        }
        if before.is_none() && calendar.notes.len() >= NOTES_MAX {
            let message = format!("at most {NOTES_MAX} notes");
            return Err(ErrorBody::new(ErrorKind::Conflict, "calendar.too_many_notes", message));
        }
        Decision::event(NoteWritten { task, text })
    };
    decision.redactions.extend(before);
    Ok(decision)
}

fn open_feed(command: &OpenFeed) -> Result<Decision<CalendarEvent>, ErrorBody> {
    let hash = text::sha256("hash", &command.hash)?;
    let mut decision = Decision::event(FeedOpened {});
    decision.private = Some(serde_json::json!({ "token_hash": hash }).to_string());
    Ok(decision)
}

impl Entity for Calendar {
    const KIND: EntityKind = EntityKind::Calendar;
    const SNAPSHOT_VERSION: u32 = 1;
    type Command = CalendarCommand;
    type Event = CalendarEvent;
    type Facts = CalendarFacts;

    fn decide(
        &self,
        command: &CalendarCommand,
        facts: &CalendarFacts,
        context: &Context<'_>,
    ) -> Result<Decision<CalendarEvent>, ErrorBody> {
        use CalendarCommand as C;
        owner(context)?;
        match command {
            C::ShareCalendar(command) => share(self, command, facts, context),
            C::WriteNote(command) => write_note(self, command, facts),
            C::OpenFeed(command) => open_feed(command),
            C::CloseFeed(_) if self.feed => Ok(Decision::event(FeedClosed {})),
            C::CloseFeed(_) => Ok(Decision::nothing()),
        }
    }

    /// No order concerns a calendar; one that went astray must not be retried for ever.
    fn settle(&self, _: &Order, _: &Context<'_>) -> Result<Decision<CalendarEvent>, ErrorBody> {
        Ok(Decision::nothing())
    }

    fn apply(&mut self, seq: Seq, _: Millis, by: Option<AccountId>, event: &CalendarEvent) {
        use CalendarEvent as E;
        self.owner = by.or(self.owner);
        match event {
            E::CalendarShared(shared) if shared.on => {
                self.shared.insert(shared.account);
            }
            E::CalendarShared(shared) => {
                self.shared.remove(&shared.account);
            }
            E::NoteWritten(note) => {
                self.notes.insert(note.task, seq);
            }
            E::NoteRemoved(note) => {
                self.notes.remove(&note.task);
            }
            E::FeedOpened(_) => self.feed = true,
            E::FeedClosed(_) => self.feed = false,
        }
    }

    /// Nobody else, not even auditors: the notes are thoughts.
    fn may_watch(&self, who: &Who) -> bool {
        self.owner.is_some() && who.account == self.owner
    }

    fn counts(_: &CalendarEvent) -> bool {
        false
    }

    fn revokes(_: &CalendarEvent) -> Option<AccountId> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Bench, account, who};
    use protocol::{Role, calendar::CloseFeed};
    use uuid::Uuid;

    fn bench() -> Bench<Calendar> {
        Bench::new(calendar_of(account(1)).id)
    }

    fn facts() -> CalendarFacts {
        CalendarFacts { known: true, in_task: true }
    }

    fn task(n: u128) -> StreamId {
        StreamId::new(EntityKind::Task, Uuid::from_u128(n))
    }

    fn note(text: &str) -> WriteNote {
        WriteNote { task: task(5), text: text.into() }
    }

    #[test]
    fn a_calendar_is_its_owners() {
        assert_eq!(calendar_of(account(1)).id.get_version_num(), 8);
        let mut bench = bench();
        for other in [who(2, &[]), who(3, &[(Role::Auditor, 1)]), Who::hub()] {
            let refused = bench.run(&other, note("a"), facts()).unwrap_err();
            assert_eq!(refused.code, "calendar.not_yours");
        }
        bench.run(&who(1, &[]), note("a"), facts()).unwrap();
        assert!(bench.state.may_watch(&who(1, &[])));
        assert!(!bench.state.may_watch(&who(3, &[(Role::Auditor, 1)])));
    }

    #[test]
    fn a_note_replaces_the_one_before_for_good() {
        let mut bench = bench();
        let me = who(1, &[]);
        assert_eq!(bench.run(&me, note(" "), facts()).unwrap(), Decision::nothing());
        for (text, redacted) in [("问老王", vec![]), ("问老李", vec![1]), ("", vec![2])] {
            assert_eq!(bench.run(&me, note(text), facts()).unwrap().redactions, redacted);
        }
        let stranger = CalendarFacts { in_task: false, ..facts() };
        let refused = bench.run(&me, note("a"), stranger).unwrap_err();
        assert_eq!(refused.code, "calendar.task_not_yours");
    }

    #[test]
    fn sharing_and_the_feed() {
        let mut bench = bench();
        let me = who(1, &[]);
        let share = |n, on| ShareCalendar { account: account(n), on };
        for (command, events) in [(share(2, true), 1), (share(2, true), 0), (share(2, false), 1)] {
            assert_eq!(bench.run(&me, command, facts()).unwrap().events.len(), events);
        }
        assert!(bench.run(&me, share(1, true), facts()).is_err());
        assert!(bench.run(&me, share(9, true), CalendarFacts::default()).is_err());
        let hash = "9F".repeat(32);
        let opened = bench.run(&me, OpenFeed { hash: hash.clone() }, facts()).unwrap();
        assert!(opened.private.unwrap().contains(&hash.to_lowercase()));
        assert!(!format!("{:?}", opened.events).to_lowercase().contains("9f9f"));
        assert!(bench.run(&me, OpenFeed { hash: "abc".into() }, facts()).is_err());
        assert_eq!(bench.run(&me, CloseFeed {}, facts()).unwrap().events.len(), 1);
        assert_eq!(bench.run(&me, CloseFeed {}, facts()).unwrap().events.len(), 0);
    }
}
