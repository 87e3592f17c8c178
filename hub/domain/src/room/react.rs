//! An emoji under a message. Invariants: nobody sets the same twice; what is said of a whisper
//! stays among its people. How old the message is does not matter: the store knows it.

use super::{Room, RoomFacts, conflict, facts, mute};
use crate::{Context, Decision, reach::all_open};
use protocol::{
    ErrorBody, RoomId,
    room::{MessageReacted, React, RoomEvent},
};

/// Different emoji of one person under one message.
const EMOJI_MAX: usize = 20;
/// The longest in use are families of seven code points and flags of regions.
const EMOJI_CHARS_MAX: usize = 12;

pub(super) fn decide(
    room: &Room,
    command: &React,
    facts: &RoomFacts,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    room.sender(context.who)?;
    if room.group.dissolved {
        return Err(mute::dissolved());
    }
    all_open(&facts.reach, |_| true, "", context.now)?;
    let React { seq, emoji, on } = command;
    check(emoji)?;
    let here = RoomId(context.stream.id);
    let readable = facts::readable(room, here, *seq, facts, "seq")?;
    if facts.reactions.contains(emoji) == *on {
        return Ok(Decision::nothing());
    }
    if *on && facts.reactions.len() >= EMOJI_MAX {
        return Err(conflict("room.too_many_reactions", "take one back first"));
    }
    let reacted = MessageReacted { seq: *seq, emoji: emoji.clone(), on: *on };
    let audience = readable.known.audience.clone();
    Ok(Decision { audience, ..Decision::event(reacted) })
}

/// Letters would make a second kind of message of it. Beyond the first plane letters are
/// pictures too: 🅰.
fn check(emoji: &str) -> Result<(), ErrorBody> {
    let letter = |c: char| c.is_alphabetic() && c < '\u{1F000}';
    let bad = |c: char| letter(c) || c.is_whitespace() || c.is_control();
    let picture = |c: char| !c.is_ascii();
    if emoji.chars().count() > EMOJI_CHARS_MAX
        || emoji.chars().any(bad)
        || !emoji.chars().any(picture)
    {
        return Err(ErrorBody::invalid("emoji", "one emoji"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::create::tests::{ROOM, group};
    use crate::room::facts::tests::known;
    use crate::room::send_message::tests::say;
    use crate::testing::who;

    #[test]
    fn emoji() {
        for (emoji, good) in [
            ("👍", true),
            ("👨‍👩‍👧‍👦", true),
            ("🇨🇳", true),
            ("1️⃣", true),
            ("❤️", true),
            ("🅰️", true),
            ("", false),
            ("好", false),
            ("ok", false),
            ("7", false),
            ("👍 👍", false),
            ("👍👍👍👍👍👍👍👍👍👍👍👍👍", false),
        ] {
            assert_eq!(check(emoji).is_ok(), good, "{emoji}");
        }
    }

    #[test]
    fn who_may_react_to_what() {
        let mut bench = group(&[1, 2, 3]);
        bench.run(&who(1, &[]), say("好"), RoomFacts::default()).unwrap();
        let react = |on| React { seq: 2, emoji: "👍".into(), on };
        let whisper = known(ROOM, 2, Some(&[1, 2]));
        let gone = facts::Known { message: None, ..known(ROOM, 2, None) };
        for (n, on, known, mine, expected) in [
            (2, true, Some(known(ROOM, 2, None)), vec![], Ok(1)),
            (2, true, Some(known(ROOM, 2, None)), vec!["👍"], Ok(0)),
            (2, false, Some(known(ROOM, 2, None)), vec!["👍"], Ok(1)),
            (2, false, Some(known(ROOM, 2, None)), vec!["👎"], Ok(0)),
            (2, true, Some(whisper), vec![], Ok(1)),
            (2, true, Some(gone), vec![], Err("room.message_not_found")),
            (2, true, None, vec![], Err("room.message_not_found")),
            (9, true, Some(known(ROOM, 2, None)), vec![], Err("room.not_member")),
        ] {
            let restricted = known.as_ref().is_some_and(|known| known.audience.is_some());
            let reactions = mine.iter().map(|emoji: &&str| (*emoji).to_owned()).collect();
            let known = known.into_iter().collect();
            let facts = RoomFacts { known, reactions, ..Default::default() };
            let outcome = bench.run(&who(n, &[]), react(on), facts);
            if let Ok(decision) = &outcome {
                assert_eq!(decision.audience.is_some(), restricted, "{n} {on} {mine:?}");
            }
            let outcome = outcome.map(|decision| decision.events.len());
            assert_eq!(
                outcome.map_err(|error| error.code.into_owned()),
                expected.map_err(str::to_owned)
            );
        }
        let reactions: Vec<String> =
            (0..20).map(|n| char::from_u32(0x1F600 + n).unwrap().to_string()).collect();
        let known = vec![known(ROOM, 2, None)];
        let facts = RoomFacts { known, reactions, ..Default::default() };
        let refused = bench.run(&who(2, &[]), react(true), facts).unwrap_err();
        assert_eq!(refused.code, "room.too_many_reactions");
    }
}
