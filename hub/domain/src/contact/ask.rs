//! Asking for permission, and what the other answers. Invariant: only where the rules say grey;
//! everywhere else there is nothing to permit.

use super::{Asked, Contact, ContactFacts, END, conflict, forbidden, told};
use crate::{Context, Decision, TimerChange, text};
use protocol::{
    ErrorBody, ErrorKind, Millis,
    contact::{
        AnswerContact, AskContact, ContactAccepted, ContactAsked, ContactEnded, ContactEvent,
        ContactLevel, ContactMove, ContactRefused, EndContact,
    },
    limits::CONTACT_TEXT_CHARS_MAX,
};

/// Who was refused may not ask again before this.
const AGAIN_MS: Millis = 60 * 60 * 1000;

pub(super) fn ask(
    contact: &Contact,
    command: &AskContact,
    facts: &ContactFacts,
    context: &Context<'_>,
) -> Result<Decision<ContactEvent>, ErrorBody> {
    let me = contact.sender(command.peer, context)?;
    if !facts.known {
        let message = "no such account, or it is disabled";
        let error = ErrorBody::new(ErrorKind::NotFound, "contact.not_found", message);
        return Err(error.field("peer"));
    }
    grey(contact, facts, context)?;
    if contact.is_granted(context.now) {
        return Err(conflict("contact.open_already", "you may talk already"));
    }
    match contact.asked {
        Some(Asked { asker, answered: false, .. }) if asker == me => {
            return Err(conflict("contact.asked_already", "wait for the answer"));
        }
        Some(Asked { answered: false, .. }) => {
            return Err(conflict("contact.asks_you", "answer what the other has asked"));
        }
        Some(Asked { asker, at, .. }) if asker == me && context.now < at + AGAIN_MS => {
            let error = conflict("contact.refused_lately", "ask again later");
            return Err(error);
        }
        _ => {}
    }
    let text = text::body("text", &command.text, CONTACT_TEXT_CHARS_MAX)?;
    let asked = ContactAsked { asker: me, peer: command.peer, text };
    let pair = (me, command.peer);
    Ok(told(Decision::event(asked), pair, ContactMove::Asked))
}

pub(super) fn answer(
    contact: &Contact,
    command: &AnswerContact,
    facts: &ContactFacts,
    context: &Context<'_>,
) -> Result<Decision<ContactEvent>, ErrorBody> {
    let me = contact.sender(command.peer, context)?;
    let asker = command.peer;
    if contact.waiting() != Some(asker) {
        return Err(conflict("contact.not_asked", "no request of this person waits"));
    }
    if !command.yes {
        let refused = Decision::event(ContactRefused { asker, peer: me });
        return Ok(told(refused, (asker, me), ContactMove::Refused));
    }
    grey(contact, facts, context)?;
    let until = context.now.saturating_add(facts.grant_ms);
    let mut decision = Decision::event(ContactAccepted { asker, peer: me, until });
    decision.timers.push(TimerChange::Set { name: END.to_owned(), at: until });
    Ok(told(decision, (asker, me), ContactMove::Accepted))
}

pub(super) fn end(
    contact: &Contact,
    command: &EndContact,
    context: &Context<'_>,
) -> Result<Decision<ContactEvent>, ErrorBody> {
    let me = contact.sender(command.peer, context)?;
    if contact.granted_until.is_none() && contact.waiting() != Some(me) {
        return Ok(Decision::nothing());
    }
    let mut decision = Decision::event(ContactEnded {});
    decision.timers.push(TimerChange::Cancel { name: END.to_owned() });
    Ok(told(decision, (me, command.peer), ContactMove::Ended))
}

/// Whether there is something to permit.
fn grey(contact: &Contact, facts: &ContactFacts, context: &Context<'_>) -> Result<(), ErrorBody> {
    let blocked_by_me =
        context.who.account.is_some_and(|account| contact.blocked.contains(&account));
    if blocked_by_me {
        return Err(conflict("contact.you_blocked", "unblock them first"));
    }
    match facts.level {
        _ if !contact.blocked.is_empty() => {}
        ContactLevel::Grey => return Ok(()),
        ContactLevel::White => {
            return Err(conflict("contact.open_already", "you may talk already"));
        }
        ContactLevel::Black => {}
    }
    Err(forbidden("contact.not_reachable", "may not be written to"))
}
