//! Blocking somebody for oneself. Invariant: only who did it hears of it; to the other it is as
//! if a rule forbade it.

use super::{Contact, ContactFacts};
use crate::{Context, Decision, Order};
use protocol::{
    ErrorBody, ErrorKind,
    contact::{BlockContact, ContactBlocked, ContactEvent, ContactMove, ContactUnblocked},
};

pub(super) fn decide(
    contact: &Contact,
    command: &BlockContact,
    facts: &ContactFacts,
    context: &Context<'_>,
) -> Result<Decision<ContactEvent>, ErrorBody> {
    let BlockContact { peer, on } = *command;
    let account = contact.sender(peer, context)?;
    if contact.blocked.contains(&account) == on {
        return Ok(Decision::nothing());
    }
    if on && !facts.known {
        let message = "no such account, or it is disabled";
        return Err(ErrorBody::new(ErrorKind::NotFound, "contact.not_found", message).field("peer"));
    }
    let (event, what): (ContactEvent, _) = if on {
        (ContactBlocked { account, peer }.into(), ContactMove::Blocked)
    } else {
        (ContactUnblocked { account, peer }.into(), ContactMove::Unblocked)
    };
    let decision = Decision { audience: Some([account].into()), ..Decision::event(event) };
    Ok(decision.tell(account.into(), Order::ContactMoved { peer, what }))
}
