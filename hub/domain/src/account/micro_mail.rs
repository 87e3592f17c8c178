//! What one person keeps of micro-mails: which they have opened, and what they have begun to
//! write. Invariants: only the owner asks; a draft that is replaced, dropped or of a conversation
//! that was left loses its body; reading never reaches past what the owner can have seen.
//! Absent on purpose: which mails there are. The store knows them from their rooms.

use super::{Account, conversation::joined};
use crate::{Context, Decision};
use protocol::{
    ErrorBody, ErrorKind, RoomId, Seq, StreamId,
    account::{
        AccountEvent, DropMailDraft, MailDraftDropped, MailDraftSet, MailsRead, ReadMails,
        SetMailDraft,
    },
    limits::{
        ATTACHMENTS_MAX, MAIL_DRAFTS_MAX, MESSAGE_CHARS_MAX, PAGE_MAX, TITLE_CHARS_MAX, WHISPER_MAX,
    },
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// By the number of the event that holds each.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Drafts(BTreeMap<Uuid, (RoomId, Seq)>);

pub(super) fn read(
    account: &Account,
    command: &ReadMails,
    context: &Context<'_>,
) -> Result<Decision<AccountEvent>, ErrorBody> {
    account.by_owner(context)?;
    let ReadMails { room, seqs, until } = command;
    if let Some(room) = room {
        joined(account, *room)?;
    }
    match (room, until) {
        (Some(_), None) if (1..=PAGE_MAX).contains(&seqs.len()) => {}
        (_, Some(_)) if seqs.is_empty() => {}
        _ => {
            let message = format!("1 to {PAGE_MAX} mails of a room, or all until a time");
            return Err(ErrorBody::invalid("seqs", message));
        }
    }
    // A clock that is ahead must not open what is yet to come.
    let until = until.map(|until| until.min(context.now));
    Ok(Decision::event(MailsRead { room: *room, seqs: seqs.clone(), until }))
}

pub(super) fn keep(
    account: &Account,
    command: &SetMailDraft,
    context: &Context<'_>,
) -> Result<Decision<AccountEvent>, ErrorBody> {
    account.by_owner(context)?;
    let SetMailDraft { draft, mail } = command;
    joined(account, mail.room)?;
    let longer = |text: &str, max: usize| text.len() > max && text.chars().count() > max;
    for (field, refused) in [
        ("mail.subject", longer(&mail.subject, TITLE_CHARS_MAX)),
        ("mail.text", longer(&mail.text, MESSAGE_CHARS_MAX)),
        ("mail.attachments", mail.attachments.len() > ATTACHMENTS_MAX),
        ("mail.to", mail.to.len() > WHISPER_MAX),
    ] {
        if refused {
            return Err(ErrorBody::invalid(field, "longer than a mail may be"));
        }
    }
    let drafts = &account.mail_drafts.0;
    let before = drafts.get(draft).map(|(_, seq)| *seq);
    if before.is_none() && drafts.len() >= MAIL_DRAFTS_MAX {
        let message = format!("at most {MAIL_DRAFTS_MAX} drafts");
        return Err(ErrorBody::new(ErrorKind::Conflict, "account.too_many_drafts", message));
    }
    let kept = MailDraftSet { draft: *draft, mail: mail.clone() };
    let mut decision = Decision::event(kept);
    decision.redactions.extend(before);
    Ok(decision)
}

/// Dropped twice is dropped.
pub(super) fn drop_draft(
    account: &Account,
    command: &DropMailDraft,
    context: &Context<'_>,
) -> Result<Decision<AccountEvent>, ErrorBody> {
    account.by_owner(context)?;
    let DropMailDraft { draft } = *command;
    let Some((_, seq)) = account.mail_drafts.0.get(&draft) else { return Ok(Decision::nothing()) };
    let mut decision = Decision::event(MailDraftDropped { draft });
    decision.redactions.push(*seq);
    Ok(decision)
}

/// What has to go with a conversation that was left.
pub(super) fn redacted_on_leaving(account: &Account, stream: StreamId) -> Vec<Seq> {
    let of_room = |(room, seq): &(RoomId, Seq)| (room.0 == stream.id).then_some(*seq);
    account.mail_drafts.0.values().filter_map(of_room).collect()
}

pub(super) fn apply_kept(account: &mut Account, seq: Seq, kept: &MailDraftSet) {
    account.mail_drafts.0.insert(kept.draft, (kept.mail.room, seq));
}

pub(super) fn apply_dropped(account: &mut Account, draft: Uuid) {
    account.mail_drafts.0.remove(&draft);
}

pub(super) fn apply_left(account: &mut Account, stream: StreamId) {
    account.mail_drafts.0.retain(|_, (room, _)| room.0 != stream.id);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Order;
    use crate::account::{AccountFacts, create::tests::made};
    use crate::testing::{Bench, who};
    use protocol::{EntityKind, account::AccountCommand, mail::MailDraft};

    fn room(n: u128) -> RoomId {
        RoomId(Uuid::from_u128(n))
    }

    fn run(
        bench: &mut Bench<Account>,
        n: u128,
        command: impl Into<AccountCommand>,
    ) -> Result<Decision<AccountEvent>, String> {
        let outcome = bench.run(&who(n, &[]), command.into(), AccountFacts::default());
        outcome.map_err(|error| error.code.into_owned())
    }

    /// The account 7 in the room 1.
    fn one() -> Bench<Account> {
        let mut bench = made(&[]);
        let stream = StreamId::new(EntityKind::Room, room(1).0);
        bench.settle(Order::JoinStream { stream }).unwrap();
        bench
    }

    fn mail(n: u128, subject: &str) -> MailDraft {
        MailDraft {
            room: room(n),
            subject: subject.into(),
            text: String::new(),
            to: vec![],
            attachments: vec![],
            answers: None,
        }
    }

    fn keep(draft: u128, n: u128, subject: &str) -> SetMailDraft {
        SetMailDraft { draft: Uuid::from_u128(draft), mail: mail(n, subject) }
    }

    #[test]
    fn a_draft_takes_what_it_was_before_with_it() {
        let mut bench = one();
        assert_eq!(run(&mut bench, 8, keep(1, 1, "会")).unwrap_err(), "account.not_owner");
        assert_eq!(run(&mut bench, 7, keep(1, 2, "会")).unwrap_err(), "room.not_member");
        assert!(run(&mut bench, 7, keep(1, 1, "会")).unwrap().redactions.is_empty());
        let first = bench.head;
        assert_eq!(run(&mut bench, 7, keep(1, 1, "会议")).unwrap().redactions, [first]);
        assert!(run(&mut bench, 7, keep(2, 1, "纪要")).unwrap().redactions.is_empty());
        let gone = DropMailDraft { draft: Uuid::from_u128(1) };
        assert_eq!(run(&mut bench, 7, gone.clone()).unwrap().redactions, [first + 1]);
        assert_eq!(run(&mut bench, 7, gone).unwrap(), Decision::nothing());
        let stream = StreamId::new(EntityKind::Room, room(1).0);
        let left = bench.settle(Order::LeaveStream { stream }).unwrap();
        assert_eq!(left.redactions, [first + 2]);
        assert_eq!(bench.state.mail_drafts, Drafts::default());
    }

    #[test]
    fn drafts_are_bounded() {
        let mut bench = one();
        let long = "字".repeat(TITLE_CHARS_MAX + 1);
        assert_eq!(run(&mut bench, 7, keep(1, 1, &long)).unwrap_err(), "hub.invalid");
        for n in 0..MAIL_DRAFTS_MAX as u128 {
            run(&mut bench, 7, keep(n, 1, "")).unwrap();
        }
        let more = run(&mut bench, 7, keep(1_000, 1, "")).unwrap_err();
        assert_eq!(more, "account.too_many_drafts");
        assert!(run(&mut bench, 7, keep(3, 1, "一")).is_ok(), "one of them may still change");
    }

    #[test]
    fn some_of_a_room_are_read_or_all_until_a_time() {
        let some = |room, seqs: &[Seq], until| ReadMails { room, seqs: seqs.to_vec(), until };
        let mut bench = one();
        let (now, here) = (bench.now, Some(room(1)));
        for (command, good) in [
            (some(here, &[3, 4], None), true),
            (some(here, &[], Some(now)), true),
            (some(None, &[], Some(now)), true),
            (some(None, &[3], None), false),
            (some(here, &[], None), false),
            (some(here, &[3], Some(now)), false),
            (some(here, &[1; PAGE_MAX + 1], None), false),
            (some(Some(room(2)), &[3], None), false),
        ] {
            assert_eq!(run(&mut bench, 7, command.clone()).is_ok(), good, "{command:?}");
        }
        let ahead = run(&mut bench, 7, some(None, &[], Some(now + 99))).unwrap();
        let whole = MailsRead { room: None, seqs: vec![], until: Some(now) };
        assert_eq!(ahead, Decision::event(whole));
    }
}
