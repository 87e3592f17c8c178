//! Forwarding messages of any room as one. Invariants: the hub copies what the store holds, so
//! nobody puts words into another's mouth; only what the sender may see is copied, and nothing
//! that was meant for few (a whisper) or for a short time (a burning message).

use super::{Room, RoomFacts, conflict, facts, part};
use crate::Context;
use protocol::{
    ErrorBody, ErrorKind,
    limits::{FORWARD_MAX, TITLE_CHARS_MAX},
    room::{Forward, ForwardedMessage, Part},
};

/// The longest forwarded part, as JSON: a hundred long messages, or one that was forwarded often.
const BYTES_MAX: usize = 256 * 1024;

pub(super) fn part(
    room: &Room,
    forward: &Forward,
    facts: &RoomFacts,
    context: &Context<'_>,
) -> Result<Part, ErrorBody> {
    part::is_line("title", &forward.title, TITLE_CHARS_MAX)?;
    if !(1..=FORWARD_MAX).contains(&forward.messages.len()) {
        let message = format!("1 to {FORWARD_MAX} messages");
        return Err(ErrorBody::invalid("forward.messages", message));
    }
    let mut messages = Vec::with_capacity(forward.messages.len());
    for place in &forward.messages {
        let here = place.room.0 == context.stream.id;
        let known = facts::find(facts, *place)
            .filter(|_| !(here && room.messages.is_gone(place.seq)))
            .ok_or_else(|| facts::not_found("forward.messages"))?;
        let message = known.message.as_ref().ok_or_else(|| facts::not_found("forward.messages"))?;
        if known.audience.is_some() || message.burn_ms.is_some() {
            return Err(conflict("room.forward_hidden", "it was not meant to be passed on"));
        }
        messages.push(ForwardedMessage {
            by: known.by,
            at: known.at,
            text: message.text.clone(),
            part: message.part.clone(),
        });
    }
    let part = Part::Forwarded { title: forward.title.clone(), messages };
    let bytes = serde_json::to_string(&part).map_or(usize::MAX, |json| json.len());
    if bytes > BYTES_MAX {
        let message = format!("at most {BYTES_MAX} bytes in all");
        return Err(ErrorBody::new(ErrorKind::TooLarge, "room.forward_too_large", message)
            .field("forward.messages"));
    }
    Ok(part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::RoomFacts;
    use crate::room::create::tests::{ROOM, group};
    use crate::room::facts::{Known, tests::known};
    use crate::room::send_message::tests::say;
    use crate::testing::who;
    use protocol::{
        RoomId,
        room::{MessageRef, MessageSent, RecallMessage, RoomEvent, SendMessage},
    };
    use uuid::Uuid;

    const OTHER: Uuid = Uuid::from_u128(0x99);

    fn forward(places: &[(Uuid, u64)]) -> SendMessage {
        let place = |(room, seq): &(Uuid, u64)| MessageRef { room: RoomId(*room), seq: *seq };
        let messages = places.iter().map(place).collect();
        SendMessage { forward: Some(Forward { title: "记录".into(), messages }), ..say("") }
    }

    fn try_it(command: SendMessage, known: Vec<Known>) -> Result<Vec<ForwardedMessage>, String> {
        let mut bench = group(&[1, 2]);
        let facts = RoomFacts { known, ..RoomFacts::default() };
        let sent = bench.run(&who(1, &[]), command, facts).map_err(|e| e.code.into_owned())?;
        let [RoomEvent::MessageSent(sent)] = &sent.events[..] else { panic!("{sent:?}") };
        match sent.part.as_deref() {
            Some(Part::Forwarded { messages, .. }) => Ok(messages.clone()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_hub_copies_what_the_sender_sees_in_the_order_asked_for() {
        let found = vec![known(OTHER, 5, None), known(OTHER, 7, None)];
        let copied = try_it(forward(&[(OTHER, 7), (OTHER, 5)]), found.clone()).unwrap();
        let times: Vec<_> = copied.iter().map(|message| message.at).collect();
        assert_eq!(times, [found[1].at, found[0].at]);
        let refused = try_it(forward(&[(OTHER, 7), (OTHER, 6)]), found.clone());
        assert_eq!(refused, Err("room.message_not_found".into()));
        assert_eq!(try_it(forward(&[]), found), Err("hub.invalid".into()));
    }

    #[test]
    fn what_was_for_few_or_for_a_while_is_not_passed_on() {
        let here = known(OTHER, 5, None);
        let burning = MessageSent { burn_ms: Some(9), ..here.message.clone().unwrap() };
        for (known, code) in [
            (known(OTHER, 5, Some(&[1, 2])), "room.forward_hidden"),
            (Known { message: Some(burning), ..here.clone() }, "room.forward_hidden"),
            (Known { message: None, ..here.clone() }, "room.message_not_found"),
        ] {
            assert_eq!(try_it(forward(&[(OTHER, 5)]), vec![known]), Err(code.into()));
        }
        let long = MessageSent { text: "字".repeat(10_000), ..MessageSent::default() };
        let long = Known { message: Some(long), ..here };
        assert_eq!(
            try_it(forward(&[(OTHER, 5); 10]), vec![long]),
            Err("room.forward_too_large".into())
        );
    }

    #[test]
    fn a_message_that_was_just_recalled_is_gone_whatever_the_store_said() {
        let mut bench = group(&[1, 2]);
        bench.run(&who(1, &[]), say("好"), RoomFacts::default()).unwrap();
        bench.run(&who(1, &[]), RecallMessage { seq: 2 }, RoomFacts::default()).unwrap();
        let facts = RoomFacts { known: vec![known(ROOM, 2, None)], ..RoomFacts::default() };
        let refused = bench.run(&who(1, &[]), forward(&[(ROOM, 2)]), facts).unwrap_err();
        assert_eq!(refused.code, "room.message_not_found");
    }
}
