//! What a room is told before it decides. Invariant: of messages it is told only those that
//! the sender may see, so that a rule cannot give away that there are others.

use super::{Room, RoomFacts};
use protocol::{
    AccountId, ErrorBody, ErrorKind, Millis, RoomId, Seq,
    room::{MessageRef, MessageSent},
};

/// A message that the command names, as it reads now.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    pub place: MessageRef,
    pub by: Option<AccountId>,
    pub at: Millis,
    /// `None`: everybody in its room.
    pub audience: Option<Box<[AccountId]>>,
    /// `None`: it was recalled or has burnt.
    pub message: Option<MessageSent>,
}

/// A message of this room that can still be read.
pub(super) struct Readable<'a> {
    pub known: &'a Known,
    pub message: &'a MessageSent,
}

/// The message `seq` of this room, which the sender may see; `field` named it.
pub(super) fn readable<'a>(
    room: &Room,
    at: RoomId,
    seq: Seq,
    facts: &'a RoomFacts,
    field: &str,
) -> Result<Readable<'a>, ErrorBody> {
    let known = find(facts, MessageRef { room: at, seq }).filter(|_| !room.messages.is_gone(seq));
    known
        .and_then(|known| Some(Readable { known, message: known.message.as_ref()? }))
        .ok_or_else(|| not_found(field))
}

pub(super) fn find(facts: &RoomFacts, place: MessageRef) -> Option<&Known> {
    facts.known.iter().find(|known| known.place == place)
}

pub(super) fn not_found(field: &str) -> ErrorBody {
    let message = "no message has this number";
    ErrorBody::new(ErrorKind::NotFound, "room.message_not_found", message).field(field)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::testing::account;
    use uuid::Uuid;

    /// A message of person 1, as the store would tell of it.
    pub(crate) fn known(room: Uuid, seq: Seq, audience: Option<&[u128]>) -> Known {
        let people = |people: &[u128]| people.iter().map(|n| account(*n)).collect();
        Known {
            place: MessageRef { room: RoomId(room), seq },
            by: Some(account(1)),
            at: 1_000_000 + seq as Millis,
            audience: audience.map(people),
            message: Some(MessageSent { text: "好".into(), ..MessageSent::default() }),
        }
    }
}
