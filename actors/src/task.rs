//! Area `task`: what must be looked up before tasks and calendars decide.

use crate::{env::Env, shell::Shell};
use domain::{
    Who,
    calendar::{Calendar, CalendarFacts, calendar_of},
    task::{Task, TaskFacts},
};
use kernel::journal::StoreError;
use protocol::{
    AccountId, DecodeError, ErrorBody, StreamId,
    calendar::{CalendarCommand, CalendarEvent},
    task::{TaskCommand, TaskEvent},
};

impl Shell for Task {
    fn encode(event: &TaskEvent) -> (&'static str, String) {
        (event.type_name(), event.body_json())
    }

    fn decode(type_name: &str, body: &str) -> Result<TaskEvent, DecodeError> {
        TaskEvent::decode(type_name, body)
    }

    async fn facts(
        env: &Env,
        who: &Who,
        _: StreamId,
        command: &TaskCommand,
    ) -> Result<TaskFacts, ErrorBody> {
        let looked_up = async {
            let mut facts = TaskFacts::default();
            match (command, who.account) {
                (TaskCommand::CreateTask(create), _) => {
                    let named: Vec<AccountId> =
                        create.assignees.iter().chain(&create.watchers).copied().collect();
                    facts.missing = env.queries.missing_accounts(&named).await?;
                }
                (TaskCommand::SplitTask(split), _) => {
                    let named = split.people.iter().flatten();
                    let named: Vec<AccountId> = named.map(|person| person.account).collect();
                    facts.missing = env.queries.missing_accounts(&named).await?;
                }
                (TaskCommand::AssignTask(assign), _) => {
                    facts.missing = env.queries.missing_accounts(&assign.accounts).await?;
                }
                (TaskCommand::SetTaskRoom(set), Some(me)) => {
                    facts.in_room = env.queries.rooms_of(me, &[set.room]).await? == 1;
                }
                _ => {}
            }
            Ok::<_, StoreError>(facts)
        };
        looked_up.await.map_err(|_| ErrorBody::unavailable())
    }
}

impl Shell for Calendar {
    fn encode(event: &CalendarEvent) -> (&'static str, String) {
        (event.type_name(), event.body_json())
    }

    fn decode(type_name: &str, body: &str) -> Result<CalendarEvent, DecodeError> {
        CalendarEvent::decode(type_name, body)
    }

    fn target(who: &Who, _: &CalendarCommand) -> Option<StreamId> {
        who.account.map(calendar_of)
    }

    async fn facts(
        env: &Env,
        who: &Who,
        _: StreamId,
        command: &CalendarCommand,
    ) -> Result<CalendarFacts, ErrorBody> {
        let looked_up = async {
            let mut facts = CalendarFacts::default();
            match (command, who.account) {
                (CalendarCommand::ShareCalendar(share), _) => {
                    let missing = env.queries.missing_accounts(&[share.account]).await?;
                    facts.known = missing.is_empty();
                }
                (CalendarCommand::WriteNote(note), Some(me)) => {
                    facts.in_task = env.queries.task_part(note.task, me).await?.is_some();
                }
                _ => {}
            }
            Ok::<_, StoreError>(facts)
        };
        looked_up.await.map_err(|_| ErrorBody::unavailable())
    }
}
