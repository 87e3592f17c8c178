//! The notice of a group, and who has confirmed it.
//! Invariant: a confirmation is for the notice that stands now; a new notice begins with none.
//! Absent on purpose: the text, which no rule needs; it is in the event and in its table.

use super::{Room, conflict};
use crate::{Context, Decision};
use protocol::{
    ErrorBody, ErrorKind, Seq,
    limits::NOTICE_CHARS_MAX,
    room::{ConfirmNotice, MemberRole, NoticeConfirmed, NoticeSet, RoomEvent, SetNotice},
};
use serde::{Deserialize, Serialize};

/// The notice that stands.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Notice {
    seq: Seq,
    confirm: bool,
}

pub(super) fn set(
    room: &Room,
    command: &SetNotice,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    room.group_sender(context.who, MemberRole::Admin)?;
    let text = command.text.trim();
    if text.chars().count() > NOTICE_CHARS_MAX {
        let message = format!("at most {NOTICE_CHARS_MAX} characters");
        return Err(
            ErrorBody::new(ErrorKind::TooLarge, "room.notice_too_long", message).field("text")
        );
    }
    if text.is_empty() && room.group.notice.is_none() {
        return Ok(Decision::nothing());
    }
    let confirm = command.confirm && !text.is_empty();
    Ok(Decision::event(NoticeSet { text: text.to_owned(), confirm }))
}

pub(super) fn confirm(
    room: &Room,
    command: &ConfirmNotice,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    let (me, _) = room.group_sender(context.who, MemberRole::Member)?;
    match room.group.notice {
        Some(notice) if notice.seq == command.seq && notice.confirm => {}
        _ => return Err(conflict("room.notice_changed", "no such notice asks for it").field("seq")),
    }
    if room.members.get(&me).is_some_and(|seat| seat.confirmed == command.seq) {
        return Ok(Decision::nothing());
    }
    Ok(Decision::event(NoticeConfirmed { seq: command.seq }))
}

pub(super) fn apply(room: &mut Room, seq: Seq, set: &NoticeSet) {
    room.group.notice = (!set.text.is_empty()).then_some(Notice { seq, confirm: set.confirm });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::{RoomFacts, create::tests::group};
    use crate::testing::{Bench, who};

    fn notice(text: &str, confirm: bool) -> SetNotice {
        SetNotice { text: text.into(), confirm }
    }

    fn confirm(bench: &mut Bench<Room>, n: u128, seq: u64) -> Result<usize, String> {
        let outcome = bench.run(&who(n, &[]), ConfirmNotice { seq }, RoomFacts::default());
        outcome.map(|done| done.events.len()).map_err(|error| error.code.into_owned())
    }

    #[test]
    fn admins_set_it() {
        for (n, text, expected) in [
            (1, "明早八点半开会".to_owned(), Ok(1)),
            (1, "  ".to_owned(), Ok(0)),
            (1, "字".repeat(NOTICE_CHARS_MAX + 1), Err("room.notice_too_long")),
            (2, "a".to_owned(), Err("room.not_admin")),
            (3, "a".to_owned(), Err("room.not_member")),
        ] {
            let mut bench = group(&[1, 2]);
            let outcome = bench.run(&who(n, &[]), notice(&text, true), RoomFacts::default());
            let events = outcome.map(|done| done.events.len());
            assert_eq!(
                events.map_err(|error| error.code.into_owned()),
                expected.map_err(str::to_owned)
            );
        }
    }

    #[test]
    fn each_confirms_the_notice_that_stands_once() {
        let mut bench = group(&[1, 2]);
        bench.run(&who(1, &[]), notice("一", true), RoomFacts::default()).unwrap();
        let changed = || Err("room.notice_changed".to_owned());
        assert_eq!(confirm(&mut bench, 2, 1), changed());
        assert_eq!(confirm(&mut bench, 2, 2), Ok(1));
        assert_eq!(confirm(&mut bench, 2, 2), Ok(0));
        bench.run(&who(1, &[]), notice("二", true), RoomFacts::default()).unwrap();
        assert_eq!(confirm(&mut bench, 2, 2), changed());
        assert_eq!(confirm(&mut bench, 2, 4), Ok(1), "a new notice begins with none");
        bench.run(&who(1, &[]), notice("三", false), RoomFacts::default()).unwrap();
        assert_eq!(confirm(&mut bench, 1, 6), changed(), "it asks for none");
        bench.run(&who(1, &[]), notice("", true), RoomFacts::default()).unwrap();
        assert_eq!(confirm(&mut bench, 1, 7), changed());
    }
}
