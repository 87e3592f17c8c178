//! Deleting a message for oneself. Invariant: it stays for everybody else, and it is gone on all
//! of the owner's devices; the store leaves it out of every page from here on.

use super::{Account, forbidden};
use crate::{Context, Decision};
use protocol::{
    EntityKind, ErrorBody, StreamId,
    account::{AccountEvent, HideMessage, MessageHidden},
};

pub(super) fn decide(
    account: &Account,
    command: &HideMessage,
    context: &Context<'_>,
) -> Result<Decision<AccountEvent>, ErrorBody> {
    account.by_owner(context)?;
    let HideMessage { room, seq } = *command;
    if seq == 0 {
        return Err(ErrorBody::invalid("seq", "the number of a message"));
    }
    if !account.streams.contains(&StreamId::new(EntityKind::Room, room.0)) {
        return Err(forbidden("account.not_in_room", "not one of your conversations"));
    }
    Ok(Decision::event(MessageHidden { room, seq }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Order;
    use crate::account::create::tests::made;
    use crate::testing::{account, who};
    use protocol::RoomId;
    use uuid::Uuid;

    #[test]
    fn owners_delete_in_their_own_conversations() {
        let mut bench = made(&[]);
        let room = RoomId(Uuid::from_u128(0x700));
        let me = bench.stream.id.as_u128();
        let hide = |seq| HideMessage { room, seq };
        let refused = bench.run(&who(me, &[]), hide(3), Default::default()).unwrap_err();
        assert_eq!(refused.code, "account.not_in_room");
        let stream = StreamId::new(EntityKind::Room, room.0);
        bench.settle(Order::JoinStream { stream }).unwrap();
        let hidden = bench.run(&who(me, &[]), hide(3), Default::default()).unwrap();
        assert_eq!(hidden.events, [MessageHidden { room, seq: 3 }.into()]);
        let zero = bench.run(&who(me, &[]), hide(0), Default::default()).unwrap_err();
        assert_eq!(zero.field.as_deref(), Some("seq"));
        let other = account(0x77).0.as_u128();
        let stranger = bench.run(&who(other, &[]), hide(3), Default::default()).unwrap_err();
        assert_eq!(stranger.code, "account.not_owner");
    }
}
