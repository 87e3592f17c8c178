//! Messages in the random histories: what the store would tell of those that a command names,
//! and what must hold of all of them. Invariants: whatever is said of a whisper is for its
//! people; an answer to one stays among them; what redacts a message redacts its edits.

use super::Live;
use domain::room::{Known, Room, RoomFacts};
use protocol::{AccountId, RoomId, Seq, room::*};
use std::collections::{BTreeMap, BTreeSet};

/// What the store holds of these messages, where `me` may see them.
pub(crate) fn facts(live: &Live<Room>, me: AccountId, command: &RoomCommand) -> RoomFacts {
    let room = RoomId(live.stream.id);
    let mut facts = RoomFacts::default();
    let named: Vec<Seq> = match command {
        RoomCommand::SendMessage(send) => {
            let forwarded = send.forward.iter().flat_map(|forward| &forward.messages);
            send.reply_to.into_iter().chain(forwarded.map(|place| place.seq)).collect()
        }
        RoomCommand::React(react) => vec![react.seq],
        RoomCommand::PinMessage(pin) => vec![pin.seq],
        _ => vec![],
    };
    for (seq, at, by, event) in &live.log {
        let audience = live.audiences.get(seq).cloned();
        let seen = audience.as_ref().is_none_or(|audience| audience.contains(&me));
        match event {
            RoomEvent::MessageSent(sent) if named.contains(seq) && seen => {
                let message = (!live.redacted.contains(seq)).then(|| sent.clone());
                let place = MessageRef { room, seq: *seq };
                facts.known.push(Known { place, by: *by, at: *at, audience, message });
            }
            RoomEvent::MessageReacted(reacted)
                if *by == Some(me) && named.contains(&reacted.seq) =>
            {
                facts.reactions.retain(|emoji| *emoji != reacted.emoji);
                facts.reactions.extend(reacted.on.then(|| reacted.emoji.clone()));
            }
            _ => {}
        }
    }
    facts
}

/// The message that an event is about.
fn subject(event: &RoomEvent) -> Option<Seq> {
    match event {
        RoomEvent::MessageEdited(edited) => Some(edited.seq),
        RoomEvent::MessageRecalled(recalled) => Some(recalled.seq),
        RoomEvent::MessageReacted(reacted) => Some(reacted.seq),
        RoomEvent::MessagePinned(pinned) => Some(pinned.seq),
        RoomEvent::MessageOpened(opened) => Some(opened.seq),
        RoomEvent::MessageBurnt(burnt) => Some(burnt.seq),
        _ => None,
    }
}

pub(crate) fn check(live: &Live<Room>) {
    let mut sent: BTreeMap<Seq, &MessageSent> = BTreeMap::new();
    let mut gone: BTreeSet<Seq> = BTreeSet::new();
    let mut set: BTreeSet<(Option<AccountId>, Seq, &str)> = BTreeSet::new();
    for (seq, _, by, event) in &live.log {
        let audience = live.audiences.get(seq);
        if let Some(about) = subject(event) {
            assert!(sent.contains_key(&about), "about no message: {event:?}");
            assert!(!gone.contains(&about), "about what is gone: {event:?}");
            assert_eq!(audience, live.audiences.get(&about), "{event:?}");
        }
        match event {
            RoomEvent::MessageSent(message) => {
                sent.insert(*seq, message);
                assert_eq!(audience.is_some(), !message.visible_to.is_empty());
                assert!(
                    audience.is_none_or(|audience| by.is_some_and(|by| audience.contains(&by)))
                );
                let answered = message.reply_to.and_then(|seq| live.audiences.get(&seq));
                let inside = |one: &AccountId| answered.is_none_or(|among| among.contains(one));
                assert!(answered.is_none() || audience.is_some_and(|all| all.iter().all(inside)));
            }
            RoomEvent::MessagePinned(pinned) => {
                assert!(sent[&pinned.seq].burn_ms.is_none() && audience.is_none());
            }
            RoomEvent::MessageReacted(reacted) => {
                let key = (*by, reacted.seq, reacted.emoji.as_str());
                assert_eq!(set.insert(key), reacted.on, "set twice or taken back from nowhere");
                if !reacted.on {
                    set.remove(&key);
                }
            }
            RoomEvent::MessageRecalled(MessageRecalled { seq })
            | RoomEvent::MessageBurnt(MessageBurnt { seq }) => {
                gone.insert(*seq);
                assert!(live.redacted.contains(seq));
            }
            _ => {}
        }
    }
    for (seq, _, _, event) in &live.log {
        let RoomEvent::MessageEdited(edited) = event else { continue };
        assert_eq!(live.redacted.contains(seq), gone.contains(&edited.seq), "{edited:?}");
    }
}
