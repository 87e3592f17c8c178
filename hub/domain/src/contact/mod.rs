//! Two people and what they have settled: a request, a permission for a time, and whether one
//! has blocked the other. Invariants: the id follows from the two; one request waits at a time;
//! a permission is over at its time by the clock (`reach.rs`), its timer only says so.
//! Absent on purpose: the rules (`rules`), and what the two say to each other (`room`).

mod ask;
mod block;
mod rules;

pub use rules::ContactRules;

use crate::{Context, Decision, Entity, Order, Terms, TimerChange, Who};
use protocol::{
    AccountId, EntityKind, ErrorBody, ErrorKind, Millis, Permission, Seq, StreamId,
    contact::{ContactCommand, ContactEnded, ContactEvent, ContactLevel, ContactMove},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// The stream of two people, the same for both.
pub fn contact_of(a: AccountId, b: AccountId) -> StreamId {
    let (first, second) = in_order(a, b);
    let sha = Sha256::new().chain_update(b"contact");
    let digest = sha.chain_update(first.0.as_bytes()).chain_update(second.0.as_bytes()).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    let id = uuid::Builder::from_custom_bytes(bytes).into_uuid();
    StreamId::new(EntityKind::Contact, id)
}

fn in_order(a: AccountId, b: AccountId) -> (AccountId, AccountId) {
    if a <= b { (a, b) } else { (b, a) }
}

/// The one timer: the end of a permission.
const END: &str = "end";

/// What is looked up before a command is decided.
#[derive(Default)]
pub struct ContactFacts {
    /// Whether the other exists and may sign in.
    pub known: bool,
    /// What the rules say of the two.
    pub level: ContactLevel,
    /// How long a permission lasts today.
    pub grant_ms: Millis,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Asked {
    asker: AccountId,
    answered: bool,
    at: Millis,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// Absent: nothing ever happened between them. In order of their ids.
    people: Option<(AccountId, AccountId)>,
    asked: Option<Asked>,
    granted_until: Option<Millis>,
    /// Who of the two has blocked the other.
    blocked: BTreeSet<AccountId>,
}

impl Contact {
    /// What holds for one of the two.
    pub fn terms_of(&self, account: AccountId) -> Terms {
        Terms {
            granted_until: self.granted_until,
            blocked: self.blocked.contains(&account),
            blocked_by: self.blocked.iter().any(|other| *other != account),
        }
    }

    /// The sender, for whom the command must name the other of this stream's two.
    fn sender(&self, peer: AccountId, context: &Context<'_>) -> Result<AccountId, ErrorBody> {
        let me = context.who.account.ok_or_else(|| forbidden("contact.not_yours", "a person's"))?;
        if me == peer || context.stream != contact_of(me, peer) {
            let message = "not what these two people have settled";
            return Err(
                ErrorBody::new(ErrorKind::Invalid, "contact.wrong_stream", message).field("stream")
            );
        }
        Ok(me)
    }

    fn is_granted(&self, now: Millis) -> bool {
        self.granted_until.is_some_and(|until| now < until)
    }

    /// The request that waits for an answer.
    fn waiting(&self) -> Option<AccountId> {
        self.asked.filter(|asked| !asked.answered).map(|asked| asked.asker)
    }
}

fn forbidden(code: &'static str, message: &str) -> ErrorBody {
    ErrorBody::new(ErrorKind::Forbidden, code, message)
}

fn conflict(code: &'static str, message: &str) -> ErrorBody {
    ErrorBody::new(ErrorKind::Conflict, code, message)
}

/// Both hear of it, on all their devices.
fn told(
    decision: Decision<ContactEvent>,
    (one, other): (AccountId, AccountId),
    what: ContactMove,
) -> Decision<ContactEvent> {
    decision
        .tell(one.into(), Order::ContactMoved { peer: other, what })
        .tell(other.into(), Order::ContactMoved { peer: one, what })
}

impl Entity for Contact {
    const KIND: EntityKind = EntityKind::Contact;
    const SNAPSHOT_VERSION: u32 = 1;
    type Command = ContactCommand;
    type Event = ContactEvent;
    type Facts = ContactFacts;

    fn decide(
        &self,
        command: &ContactCommand,
        facts: &ContactFacts,
        context: &Context<'_>,
    ) -> Result<Decision<ContactEvent>, ErrorBody> {
        match command {
            ContactCommand::AskContact(command) => ask::ask(self, command, facts, context),
            ContactCommand::AnswerContact(command) => ask::answer(self, command, facts, context),
            ContactCommand::EndContact(command) => ask::end(self, command, context),
            ContactCommand::BlockContact(command) => block::decide(self, command, facts, context),
        }
    }

    /// An order that went astray must not be retried for ever.
    fn settle(
        &self,
        order: &Order,
        context: &Context<'_>,
    ) -> Result<Decision<ContactEvent>, ErrorBody> {
        let (Order::TimerFired { name }, Some(people)) = (order, self.people) else {
            return Ok(Decision::nothing());
        };
        match self.granted_until {
            Some(until) if name == END && until <= context.now => {
                Ok(told(Decision::event(ContactEnded {}), people, ContactMove::Ended))
            }
            // Set again meanwhile, by a clock that was put back.
            Some(until) if name == END => {
                let later = TimerChange::Set { name: END.to_owned(), at: until };
                Ok(Decision { timers: vec![later], ..Decision::nothing() })
            }
            _ => Ok(Decision::nothing()),
        }
    }

    fn apply(&mut self, _: Seq, at: Millis, _: Option<AccountId>, event: &ContactEvent) {
        match event {
            ContactEvent::ContactAsked(asked) => {
                self.people = Some(in_order(asked.asker, asked.peer));
                self.asked = Some(Asked { asker: asked.asker, answered: false, at });
            }
            ContactEvent::ContactAccepted(accepted) => {
                self.asked = None;
                self.granted_until = Some(accepted.until);
            }
            ContactEvent::ContactRefused(refused) => {
                self.asked = Some(Asked { asker: refused.asker, answered: true, at });
            }
            ContactEvent::ContactEnded(_) => {
                self.asked = None;
                self.granted_until = None;
            }
            ContactEvent::ContactBlocked(blocked) => {
                self.people = Some(in_order(blocked.account, blocked.peer));
                self.blocked.insert(blocked.account);
            }
            ContactEvent::ContactUnblocked(unblocked) => {
                self.blocked.remove(&unblocked.account);
            }
        }
    }

    fn may_watch(&self, who: &Who) -> bool {
        let one_of = |(one, other)| who.account == Some(one) || who.account == Some(other);
        self.people.is_some_and(one_of) || who.may_everywhere(Permission::AuditRead)
    }

    fn counts(_: &ContactEvent) -> bool {
        false
    }

    fn revokes(_: &ContactEvent) -> Option<AccountId> {
        None
    }
}

#[cfg(test)]
mod tests;
