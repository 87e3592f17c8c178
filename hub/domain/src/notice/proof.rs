//! What recipients do: read, confirm, finish. Each is said once; again it changes nothing.

use super::{Notice, NoticeFacts, Part, forbidden};
use crate::{Context, Decision};
use protocol::{
    ErrorBody, ErrorKind,
    limits::MEMBERS_PER_COMMAND_MAX,
    notice::{
        FinishNoticeFor, NoticeEvent, NoticeFinished, NoticeKind, NoticeRead, ReceiptConfirmed,
    },
};

fn part(notice: &Notice, facts: &NoticeFacts) -> Result<Part, ErrorBody> {
    notice.there()?;
    facts.part.ok_or_else(|| forbidden("notice.not_addressed", "it is not addressed to you"))
}

pub(super) fn read(
    notice: &Notice,
    facts: &NoticeFacts,
) -> Result<Decision<NoticeEvent>, ErrorBody> {
    if part(notice, facts)?.read {
        return Ok(Decision::nothing());
    }
    Ok(Decision::event(NoticeRead {}))
}

/// Who confirms has read.
pub(super) fn confirm(
    notice: &Notice,
    facts: &NoticeFacts,
) -> Result<Decision<NoticeEvent>, ErrorBody> {
    let part = part(notice, facts)?;
    if !notice.confirm {
        let message = "it asks for no confirmation";
        return Err(ErrorBody::new(ErrorKind::Conflict, "notice.no_confirmation", message));
    }
    if part.confirmed {
        return Ok(Decision::nothing());
    }
    let read = if part.read { Decision::nothing() } else { Decision::event(NoticeRead {}) };
    Ok(read.and(ReceiptConfirmed {}))
}

pub(super) fn finish(
    notice: &Notice,
    facts: &NoticeFacts,
    context: &Context<'_>,
) -> Result<Decision<NoticeEvent>, ErrorBody> {
    let part = part(notice, facts)?;
    is_todo(notice)?;
    match context.who.account {
        Some(me) if !part.done => {
            let read = if part.read { Decision::nothing() } else { Decision::event(NoticeRead {}) };
            Ok(read.and(NoticeFinished { accounts: vec![me] }))
        }
        _ => Ok(Decision::nothing()),
    }
}

/// The application in which it was dealt with writes back.
pub(super) fn finish_for(
    notice: &Notice,
    command: &FinishNoticeFor,
    facts: &NoticeFacts,
    context: &Context<'_>,
) -> Result<Decision<NoticeEvent>, ErrorBody> {
    is_todo(notice)?;
    notice.by_sender(context.who)?;
    if command.accounts.len() > MEMBERS_PER_COMMAND_MAX {
        let message = format!("at most {MEMBERS_PER_COMMAND_MAX} at once");
        return Err(ErrorBody::invalid("accounts", message));
    }
    if facts.open.is_empty() {
        return Ok(Decision::nothing());
    }
    Ok(Decision::event(NoticeFinished { accounts: facts.open.clone() }))
}

fn is_todo(notice: &Notice) -> Result<(), ErrorBody> {
    if notice.there()? == NoticeKind::Todo {
        return Ok(());
    }
    Err(ErrorBody::new(ErrorKind::Conflict, "notice.not_todo", "an announcement is only read"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::send::tests::{people, sent, to};
    use crate::testing::{Bench, account, who};
    use protocol::{
        Role,
        notice::{ConfirmReceipt, FinishNotice, NoticeCommand, ReadNotice, SendNotice},
    };
    use uuid::Uuid;

    fn announced(confirm: bool) -> Bench<Notice> {
        let mut bench = Bench::new(Uuid::from_u128(0xa00));
        let send = SendNotice { kind: NoticeKind::Announcement, confirm, ..to(people(&[2])) };
        bench.run(&who(1, &[(Role::CounterStaff, 2)]), send, NoticeFacts::default()).unwrap();
        bench
    }

    #[test]
    fn each_is_said_once() {
        let new = Part::default();
        let all = Part { read: true, confirmed: true, done: true };
        let read: NoticeCommand = ReadNotice {}.into();
        let confirm: NoticeCommand = ConfirmReceipt {}.into();
        let finish: NoticeCommand = FinishNotice {}.into();
        for (bench, command, part, expected) in [
            (sent(), &read, Some(new), Ok(1)),
            (sent(), &read, Some(all), Ok(0)),
            (sent(), &read, None, Err("notice.not_addressed")),
            (sent(), &finish, Some(new), Ok(2)),
            (sent(), &finish, Some(Part { read: true, ..new }), Ok(1)),
            (sent(), &finish, Some(all), Ok(0)),
            (sent(), &confirm, Some(new), Err("notice.no_confirmation")),
            (announced(true), &confirm, Some(new), Ok(2)),
            (announced(true), &confirm, Some(all), Ok(0)),
            (announced(true), &finish, Some(new), Err("notice.not_todo")),
            (Bench::new(Uuid::from_u128(1)), &read, Some(new), Err("notice.not_found")),
        ] {
            let mut bench = bench;
            let facts = NoticeFacts { part, ..NoticeFacts::default() };
            let outcome = bench.run(&who(2, &[]), command.clone(), facts);
            let events = outcome.map(|done| done.events.len());
            assert_eq!(events.map_err(|e| e.code.into_owned()), expected.map_err(str::to_owned));
        }
    }

    #[test]
    fn who_sent_it_writes_back() {
        let command = FinishNoticeFor { accounts: vec![account(2), account(3)] };
        let facts = || NoticeFacts { open: vec![account(3)], ..NoticeFacts::default() };
        let refused = sent().run(&who(2, &[]), command.clone(), facts()).unwrap_err();
        assert_eq!(refused.code, "notice.not_sender");
        let done = sent().run(&who(1, &[]), command, facts()).unwrap();
        assert_eq!(done.events, [NoticeFinished { accounts: vec![account(3)] }.into()]);
    }
}
