//! Sending a message.
//! Invariant: an accepted text is neither blank nor longer than the protocol says, and is
//! kept exactly as it was written.

use super::Room;
use crate::{Context, Decision};
use protocol::{
    ErrorBody, ErrorKind,
    limits::{MENTIONS_MAX, MESSAGE_CHARS_MAX},
    room::{MessageSent, RoomEvent, SendMessage},
};

pub(super) fn decide(
    room: &Room,
    command: &SendMessage,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    room.sender(context.who)?;
    let text = &command.text;
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
    if command.reply_to.is_some_and(|seq| !(1..=context.head).contains(&seq)) {
        let message = "no message has this number";
        return Err(ErrorBody::new(ErrorKind::NotFound, "room.message_not_found", message)
            .field("reply_to"));
    }
    if command.mentions.len() > MENTIONS_MAX {
        let message = format!("at most {MENTIONS_MAX} people");
        return Err(ErrorBody::invalid("mentions", message));
    }
    let mut mentions = Vec::with_capacity(command.mentions.len());
    for account in &command.mentions {
        if room.role_of(*account).is_none() {
            let message = format!("not a member: {account}");
            return Err(ErrorBody::new(ErrorKind::Invalid, "room.mention_not_member", message)
                .field("mentions"));
        }
        if !mentions.contains(account) {
            mentions.push(*account);
        }
    }
    Ok(Decision::event(MessageSent { text: text.clone(), reply_to: command.reply_to, mentions }))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::Who;
    use crate::room::{RoomFacts, create::tests::group};
    use crate::testing::{Bench, account, who};
    use proptest::prelude::*;

    pub(crate) fn say(text: &str) -> SendMessage {
        SendMessage { text: text.into(), reply_to: None, mentions: vec![] }
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
        let whole = MessageSent { text: " 好\n的 ".into(), reply_to: None, mentions: vec![] };
        assert_eq!(sent, Decision::event(whole));
        assert!(bench.run(&who(1, &[]), reply(2), RoomFacts::default()).is_ok());
        let twice = bench.run(&who(1, &[]), mention(&[2, 2]), RoomFacts::default()).unwrap();
        let [RoomEvent::MessageSent(sent)] = &twice.events[..] else { panic!("{twice:?}") };
        assert_eq!(sent.mentions, [account(2)]);
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
