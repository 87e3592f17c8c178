//! Sending a message.
//! Invariant: an accepted text is neither blank nor longer than the protocol says, and is
//! kept exactly as it was written.

use super::{
    Room, RoomFacts, burn, conflict, facts, forbidden, forward, mail, part, service, urgent,
    whisper,
};
use crate::{Context, Decision, reach::all_open};
use protocol::{
    AccountId, ErrorBody, ErrorKind, RoomId,
    limits::{MENTION_ALL_MEMBERS_MAX, MENTIONS_MAX, MESSAGE_CHARS_MAX},
    room::{MemberRole, MessageSent, Part, RoomEvent, RoomKind, SendMessage},
};

pub(super) fn decide(
    room: &Room,
    command: &SendMessage,
    facts: &RoomFacts,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    let (me, role) = match service::noting(room, command, facts, context) {
        Some(agent) => (agent, MemberRole::Member),
        None => room.sender(context.who)?,
    };
    room.may_write(me, role, context.now)?;
    all_open(&facts.reach, |_| true, "", context.now)?;
    let alone = command.part.is_none() && command.forward.is_none();
    if alone || !command.text.is_empty() {
        check_text(&command.text)?;
    }
    burn::check(room, command)?;
    if command.burn_ms.is_some() && mail::is_mail(command) {
        return Err(ErrorBody::invalid("burn_ms", "a micro-mail stays"));
    }
    let addressed = mail::addressed(room, command, me)?;
    let command = addressed.as_ref().unwrap_or(command);
    let audience = whisper::audience(room, command, facts, me)?;
    answers(room, command, facts, context, audience.as_deref())?;
    if command.mention_all {
        may_mention_all(room, role)?;
    }
    let sent = MessageSent {
        text: command.text.clone(),
        part: part_of(room, command, facts, context)?,
        reply_to: command.reply_to,
        mentions: mentions(room, &command.mentions)?,
        mention_all: command.mention_all,
        urgent: command.urgent,
        burn_ms: command.burn_ms,
        visible_to: readers(audience.as_deref(), me),
        hook: None,
    };
    let mut decision = Decision { audience, ..Decision::event(sent) };
    if command.urgent {
        urgent::raise(room, &mut decision, context)?;
    }
    Ok(decision)
}

/// Neither blank nor too long.
pub(super) fn check_text(text: &str) -> Result<(), ErrorBody> {
    if text.trim().is_empty() {
        let message = "a message needs some text";
        return Err(ErrorBody::new(ErrorKind::Invalid, "room.message_blank", message).field("text"));
    }
    // A character has at least one byte: most texts need no counting.
    if text.len() > MESSAGE_CHARS_MAX && text.chars().count() > MESSAGE_CHARS_MAX {
        let message = format!("at most {MESSAGE_CHARS_MAX} characters");
        return Err(
            ErrorBody::new(ErrorKind::TooLarge, "room.message_too_long", message).field("text")
        );
    }
    Ok(())
}

/// What the message answers must be there to be read, and what was whispered stays whispered.
fn answers(
    room: &Room,
    command: &SendMessage,
    facts: &RoomFacts,
    context: &Context<'_>,
    audience: Option<&[AccountId]>,
) -> Result<(), ErrorBody> {
    let here = RoomId(context.stream.id);
    if let Some(seq) = command.reply_to {
        let answered = facts::readable(room, here, seq, facts, "reply_to")?;
        whisper::stays_inside(room, &answered, audience)?;
    }
    if let Some(Part::Mail { answers: Some(seq), .. }) = command.part.as_deref() {
        let answered = facts::readable(room, here, *seq, facts, "part.answers")?;
        whisper::stays_inside(room, &answered, audience)?;
        if !matches!(answered.message.part.as_deref(), Some(Part::Mail { .. })) {
            return Err(ErrorBody::invalid("part.answers", "not a micro-mail"));
        }
    }
    Ok(())
}

fn part_of(
    room: &Room,
    command: &SendMessage,
    facts: &RoomFacts,
    context: &Context<'_>,
) -> Result<Option<Box<Part>>, ErrorBody> {
    match (&command.part, &command.forward) {
        (None, None) => Ok(None),
        (Some(part), None) => {
            part::check(part, facts).map(|()| Some(Box::new(part::read(part, facts))))
        }
        (None, Some(forward)) => {
            forward::part(room, forward, facts, context).map(|part| Some(Box::new(part)))
        }
        (Some(_), Some(_)) => Err(ErrorBody::invalid("forward", "a part or a forward, not both")),
    }
}

/// Up to a hundred people talk in one room; what is larger is an audience, and a word that
/// reaches thousands of phones is for those who answer for the group.
fn may_mention_all(room: &Room, role: MemberRole) -> Result<(), ErrorBody> {
    if room.kind == Some(RoomKind::Direct) {
        return Err(conflict("room.direct", "the other one hears it anyway"));
    }
    if role == MemberRole::Member && room.members.len() > MENTION_ALL_MEMBERS_MAX {
        let message = "in a group this large only the owner and admins may";
        return Err(forbidden("room.mention_all_not_admin", message));
    }
    Ok(())
}

fn mentions(room: &Room, asked: &[AccountId]) -> Result<Vec<AccountId>, ErrorBody> {
    if asked.len() > MENTIONS_MAX {
        let message = format!("at most {MENTIONS_MAX} people");
        return Err(ErrorBody::invalid("mentions", message));
    }
    let mut mentions = Vec::with_capacity(asked.len());
    for account in asked {
        if room.role_of(*account).is_none() {
            let message = format!("not a member: {account}");
            return Err(ErrorBody::new(ErrorKind::Invalid, "room.mention_not_member", message)
                .field("mentions"));
        }
        if !mentions.contains(account) {
            mentions.push(*account);
        }
    }
    Ok(mentions)
}

fn readers(audience: Option<&[AccountId]>, me: AccountId) -> Vec<AccountId> {
    let others = audience.into_iter().flatten().filter(|account| **account != me);
    others.copied().collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::Who;
    use crate::room::create::tests::{ROOM, direct_room, group};
    use crate::room::facts::tests::known;
    use crate::testing::{Bench, account, who};
    use proptest::prelude::*;

    pub(crate) fn say(text: &str) -> SendMessage {
        SendMessage { text: text.into(), ..SendMessage::default() }
    }

    fn reply(seq: u64) -> SendMessage {
        SendMessage { reply_to: Some(seq), ..say("好") }
    }

    fn mention(people: &[u128]) -> SendMessage {
        SendMessage { mentions: people.iter().map(|n| account(*n)).collect(), ..say("好") }
    }

    #[test]
    fn what_is_refused() {
        let fifty_one: Vec<u128> = (0..51).map(|_| 2).collect();
        for (n, command, code) in [
            (3, say("好"), "room.not_member"),
            (1, say(" \n\t"), "room.message_blank"),
            (1, say(""), "room.message_blank"),
            (1, say(&"字".repeat(10_001)), "room.message_too_long"),
            (1, reply(0), "room.message_not_found"),
            (1, reply(2), "room.message_not_found"),
            (1, mention(&[2, 3]), "room.mention_not_member"),
            (1, mention(&fifty_one), "hub.invalid"),
        ] {
            let mut bench = group(&[1, 2]);
            let refused = bench.run(&who(n, &[]), command, RoomFacts::default()).unwrap_err();
            assert_eq!(refused.code, code);
        }
        let mut nothing = Bench::<Room>::new(crate::room::create::tests::ROOM);
        let refused = nothing.run(&who(1, &[]), say("好"), RoomFacts::default()).unwrap_err();
        assert_eq!((refused.code.as_ref(), refused.kind), ("room.not_found", ErrorKind::NotFound));
        let mut bench = group(&[1, 2]);
        assert!(bench.run(&Who::hub(), say("好"), RoomFacts::default()).is_err());
    }

    #[test]
    fn what_is_kept() {
        let mut bench = group(&[1, 2]);
        let sent = bench.run(&who(2, &[]), say(" 好\n的 "), RoomFacts::default()).unwrap();
        let whole = MessageSent { text: " 好\n的 ".into(), ..MessageSent::default() };
        assert_eq!(sent, Decision::event(whole));
        let answered = RoomFacts { known: vec![known(ROOM, 2, None)], ..RoomFacts::default() };
        assert!(bench.run(&who(1, &[]), reply(2), answered).is_ok());
        let twice = bench.run(&who(1, &[]), mention(&[2, 2]), RoomFacts::default()).unwrap();
        let [RoomEvent::MessageSent(sent)] = &twice.events[..] else { panic!("{twice:?}") };
        assert_eq!(sent.mentions, [account(2)]);
    }

    #[test]
    fn a_whisper_is_for_members_of_a_group_who_are_told_of_it() {
        let whisper = |people: &[u128]| SendMessage {
            visible_to: people.iter().map(|n| account(*n)).collect(),
            ..say("悄悄")
        };
        let mut bench = group(&[1, 2, 3]);
        let sent = bench.run(&who(1, &[]), whisper(&[2, 1, 2]), RoomFacts::default()).unwrap();
        assert_eq!(sent.audience.as_deref(), Some(&[account(2), account(1)][..]));
        let [event @ RoomEvent::MessageSent(body)] = &sent.events[..] else { panic!("{sent:?}") };
        assert_eq!(body.visible_to, [account(2)]);
        assert!(!<Room as crate::Entity>::counts(event));
        for (command, code) in [
            (whisper(&[9]), "room.whisper_not_member"),
            (whisper(&[1]), "hub.invalid"),
            (whisper(&[2; 51]), "hub.invalid"),
            (SendMessage { mention_all: true, ..whisper(&[2]) }, "hub.invalid"),
            (SendMessage { urgent: true, ..whisper(&[2]) }, "hub.invalid"),
            (SendMessage { mentions: vec![account(3)], ..whisper(&[2]) }, "hub.invalid"),
        ] {
            let refused = bench.run(&who(1, &[]), command, RoomFacts::default()).unwrap_err();
            assert_eq!(refused.code, code);
        }
        let mut two = direct_room();
        let refused = two.run(&who(1, &[]), whisper(&[2]), RoomFacts::default()).unwrap_err();
        assert_eq!(refused.code, "room.direct");
    }

    #[test]
    fn an_answer_to_a_whisper_stays_among_its_people() {
        let mut bench = group(&[1, 2, 3, 4]);
        let facts =
            || RoomFacts { known: vec![known(ROOM, 2, Some(&[1, 2, 3]))], ..Default::default() };
        for (readers, good) in [(vec![], false), (vec![1, 3], true), (vec![1, 4], false)] {
            let visible_to = readers.into_iter().map(account).collect();
            let answer = SendMessage { visible_to, ..reply(2) };
            let outcome = bench.run(&who(2, &[]), answer, facts()).map_err(|error| error.code);
            assert_eq!(outcome.is_ok(), good, "{outcome:?}");
        }
    }

    #[test]
    fn all_of_a_large_group_are_called_by_those_who_answer_for_it() {
        let people: Vec<u128> = (1..=101).collect();
        let call = || SendMessage { mention_all: true, ..say("各位") };
        for (people, n, good) in
            [(&people[..100], 2, true), (&people, 2, false), (&people, 1, true)]
        {
            let outcome = group(people).run(&who(n, &[]), call(), RoomFacts::default());
            assert_eq!(outcome.is_ok(), good, "{} {n}", people.len());
        }
        assert!(direct_room().run(&who(1, &[]), call(), RoomFacts::default()).is_err());
    }

    #[test]
    fn a_part_may_stand_alone_and_a_mail_answers_a_mail() {
        let mail = |answers| Part::Mail {
            subject: "会议".into(),
            attachments: vec![],
            to: vec![],
            answers,
        };
        let send = |part| SendMessage { part: Some(Box::new(part)), ..say("") };
        let mut bench = group(&[1, 2]);
        bench.run(&who(1, &[]), send(mail(None)), RoomFacts::default()).unwrap();
        let mut first = known(ROOM, 2, None);
        let text = RoomFacts { known: vec![first.clone()], ..RoomFacts::default() };
        first.message =
            Some(MessageSent { part: Some(Box::new(mail(None))), ..Default::default() });
        let facts = RoomFacts { known: vec![first], ..RoomFacts::default() };
        bench.run(&who(2, &[]), send(mail(Some(2))), facts).unwrap();
        let refused = bench.run(&who(2, &[]), send(mail(Some(2))), text).unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("part.answers"));
        let unknown = bench.run(&who(2, &[]), send(mail(Some(9))), RoomFacts::default());
        assert_eq!(unknown.unwrap_err().code, "room.message_not_found");
    }

    proptest! {
        #[test]
        fn any_text_is_kept_or_refused(text in "\\PC{0,40}|(字){9990,10010}") {
            let mut bench = group(&[1]);
            let count = text.chars().count();
            let good = !text.trim().is_empty() && count <= MESSAGE_CHARS_MAX;
            let outcome = bench.run(&who(1, &[]), say(&text), RoomFacts::default());
            prop_assert_eq!(outcome.is_ok(), good);
        }
    }
}
