//! Whispers: messages for some members of a group. Invariants: a whisper is for members only;
//! nobody is called to one that he cannot see; an answer to a whisper stays among its people.

use super::{Room, RoomFacts, conflict, facts::Readable, service};
use protocol::{
    AccountId, ErrorBody, ErrorKind,
    limits::WHISPER_MAX,
    room::{RoomKind, SendMessage},
};

/// Who may see the message; `None`: everybody in the room.
pub(super) fn audience(
    room: &Room,
    command: &SendMessage,
    facts: &RoomFacts,
    me: AccountId,
) -> Result<Option<Box<[AccountId]>>, ErrorBody> {
    if command.visible_to.is_empty() {
        return Ok(None);
    }
    if room.kind == Some(RoomKind::Direct) {
        return Err(conflict("room.direct", "two people have nobody to whisper past"));
    }
    if command.visible_to.len() > WHISPER_MAX {
        let message = format!("at most {WHISPER_MAX} people");
        return Err(ErrorBody::invalid("visible_to", message));
    }
    if command.mention_all || command.urgent {
        let message = "a whisper calls nobody but its readers";
        return Err(ErrorBody::invalid("visible_to", message));
    }
    let mut audience: Vec<AccountId> = Vec::with_capacity(command.visible_to.len() + 1);
    for account in &command.visible_to {
        if !service::hears_notes(room, *account, facts)
            .unwrap_or_else(|| room.role_of(*account).is_some())
        {
            let message = format!("not a member: {account}");
            return Err(ErrorBody::new(ErrorKind::Invalid, "room.whisper_not_member", message)
                .field("visible_to"));
        }
        if *account != me && !audience.contains(account) {
            audience.push(*account);
        }
    }
    if audience.is_empty() {
        return Err(ErrorBody::invalid("visible_to", "a whisper needs another reader"));
    }
    audience.push(me);
    if let Some(outside) = command.mentions.iter().find(|account| !audience.contains(account)) {
        let message = format!("does not see the whisper: {outside}");
        return Err(ErrorBody::invalid("mentions", message));
    }
    Ok(Some(audience.into()))
}

/// An answer shows that there was something to answer. In a thread every agent reads the notes,
/// those of before too, and only agents are written one.
pub(super) fn stays_inside(
    room: &Room,
    answered: &Readable<'_>,
    audience: Option<&[AccountId]>,
) -> Result<(), ErrorBody> {
    let Some(whisper) = &answered.known.audience else { return Ok(()) };
    let among_agents = room.group.thread.is_some();
    let inside =
        |audience: &[AccountId]| among_agents || audience.iter().all(|one| whisper.contains(one));
    if audience.is_some_and(inside) {
        return Ok(());
    }
    Err(conflict("room.leaves_whisper", "answer a whisper among its own people"))
}
