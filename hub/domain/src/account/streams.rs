//! Which streams the account may watch beside its own: told by the entities that let it in.
//! Invariant: orders arrive at least once, so each is decided by the wish, not by counting.

use super::{Account, conversation, micro_mail};
use crate::Decision;
use protocol::{
    StreamId,
    account::{AccountEvent, StreamJoined, StreamLeft},
};

/// An order to an account that does not exist changes nothing: retrying could not help.
pub(super) fn join(account: &Account, stream: StreamId) -> Decision<AccountEvent> {
    if !account.exists() || account.streams.contains(&stream) {
        return Decision::nothing();
    }
    Decision::event(StreamJoined { stream })
}

pub(super) fn leave(account: &Account, stream: StreamId) -> Decision<AccountEvent> {
    if !account.streams.contains(&stream) {
        return Decision::nothing();
    }
    let mut decision = Decision::event(StreamLeft { stream });
    decision.redactions.extend(conversation::redacted_on_leaving(account, stream));
    decision.redactions.extend(micro_mail::redacted_on_leaving(account, stream));
    decision
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Order;
    use crate::account::create::tests::made;
    use crate::testing::{Bench, account};

    #[test]
    fn joining_and_leaving_are_idempotent() {
        let stream = StreamId::from(account(3));
        let mut bench = made(&[]);
        for (order, events) in [
            (Order::LeaveStream { stream }, 0),
            (Order::JoinStream { stream }, 1),
            (Order::JoinStream { stream }, 0),
            (Order::LeaveStream { stream }, 1),
            (Order::LeaveStream { stream }, 0),
        ] {
            assert_eq!(bench.settle(order).unwrap().events.len(), events);
        }
        let mut nobody = Bench::<Account>::new(account(9).0);
        assert!(nobody.settle(Order::JoinStream { stream }).unwrap().events.is_empty());
    }
}
