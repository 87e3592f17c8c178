//! A to-do or an announcement to many. The notice addresses its target page by page: it asks
//! itself for the next page by an effect, and the hub looks the page up as it delivers it. So
//! nothing here or in the store is ever longer than one page, however many people there are.
//! Invariants: whoever was addressed stands in an event; a withdrawn notice addresses nobody
//! any more and its text is gone. Absent on purpose: who read and did what. That is a row for
//! each recipient, looked up before deciding: a state with 50,000 of them would be rewritten
//! with every snapshot.

mod proof;
mod remind;
mod send;

use crate::{Context, Decision, Entity, Order, Who};
use protocol::{
    AccountId, EntityKind, ErrorBody, ErrorKind, Millis, Permission, Seq,
    notice::{NoticeAddressed, NoticeCommand, NoticeEvent, NoticeKind, NoticeWithdrawn},
};
use serde::{Deserialize, Serialize};

/// What a recipient has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    pub read: bool,
    pub confirmed: bool,
    pub done: bool,
}

/// What is looked up before a command is decided.
#[derive(Default)]
pub struct NoticeFacts {
    /// The sender's part, where the sender is a recipient.
    pub part: Option<Part>,
    /// Of the accounts that the command names: recipients who have not done it yet.
    pub open: Vec<AccountId>,
    /// Rooms of the target in which the sender is a member.
    pub rooms: usize,
    /// Units of the target that exist.
    pub units: usize,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// Absent: nobody sent it yet.
    kind: Option<NoticeKind>,
    by: Option<AccountId>,
    /// The event that holds what it says.
    text: Seq,
    confirm: bool,
    /// Whether everybody of the target was addressed.
    complete: bool,
    withdrawn: bool,
}

impl Notice {
    pub fn exists(&self) -> bool {
        self.kind.is_some()
    }

    pub fn is_complete(&self) -> bool {
        self.complete
    }

    fn there(&self) -> Result<NoticeKind, ErrorBody> {
        self.kind.filter(|_| !self.withdrawn).ok_or_else(|| {
            ErrorBody::new(ErrorKind::NotFound, "notice.not_found", "no such notice")
        })
    }

    fn by_sender(&self, who: &Who) -> Result<(), ErrorBody> {
        if who.is_hub() || who.account == self.by {
            return Ok(());
        }
        Err(forbidden("notice.not_sender", "only who sent it may"))
    }

    fn withdraw(&self, context: &Context<'_>) -> Result<Decision<NoticeEvent>, ErrorBody> {
        self.there()?;
        self.by_sender(context.who)?;
        let mut decision = Decision::event(NoticeWithdrawn {});
        decision.redactions.push(self.text);
        // Lists that are open show it until their owners hear of it.
        Ok(decision.tell(context.stream, Order::TellWithdrawn {}))
    }

    /// The next page of the target, as the hub found it.
    fn address(
        &self,
        accounts: &[AccountId],
        last: bool,
        context: &Context<'_>,
    ) -> Decision<NoticeEvent> {
        if self.complete || self.withdrawn || !self.exists() {
            return Decision::nothing();
        }
        let decision = Decision::event(NoticeAddressed { accounts: accounts.to_vec(), last });
        match accounts.last() {
            Some(after) if !last => {
                decision.tell(context.stream, Order::address_after(Some(*after)))
            }
            _ => decision,
        }
    }
}

fn forbidden(code: &'static str, message: &str) -> ErrorBody {
    ErrorBody::new(ErrorKind::Forbidden, code, message)
}

impl Entity for Notice {
    const KIND: EntityKind = EntityKind::Notice;
    const SNAPSHOT_VERSION: u32 = 1;
    type Command = NoticeCommand;
    type Event = NoticeEvent;
    type Facts = NoticeFacts;

    fn decide(
        &self,
        command: &NoticeCommand,
        facts: &NoticeFacts,
        context: &Context<'_>,
    ) -> Result<Decision<NoticeEvent>, ErrorBody> {
        use NoticeCommand as C;
        match command {
            C::SendNotice(command) => send::decide(self, command, facts, context),
            C::WithdrawNotice(_) => self.withdraw(context),
            C::ReadNotice(_) => proof::read(self, facts),
            C::ConfirmReceipt(_) => proof::confirm(self, facts),
            C::FinishNotice(_) => proof::finish(self, facts, context),
            C::FinishNoticeFor(command) => proof::finish_for(self, command, facts, context),
        }
    }

    fn settle(
        &self,
        order: &Order,
        context: &Context<'_>,
    ) -> Result<Decision<NoticeEvent>, ErrorBody> {
        match order {
            Order::Address { accounts, last, .. } => Ok(self.address(accounts, *last, context)),
            Order::Remind { .. } => Ok(remind::begin(self, order)),
            Order::ReminderOver { people } => Ok(remind::over(self, people)),
            // One that went astray must not be retried for ever.
            _ => Ok(Decision::nothing()),
        }
    }

    fn apply(&mut self, seq: Seq, _: Millis, by: Option<AccountId>, event: &NoticeEvent) {
        match event {
            NoticeEvent::NoticeSent(sent) => {
                self.kind = Some(sent.kind);
                (self.by, self.confirm) = (by, sent.confirm);
            }
            NoticeEvent::NoticeWritten(_) => self.text = seq,
            NoticeEvent::NoticeAddressed(addressed) => self.complete = addressed.last,
            NoticeEvent::NoticeWithdrawn(_) => self.withdrawn = true,
            NoticeEvent::NoticeRead(_)
            | NoticeEvent::ReceiptConfirmed(_)
            | NoticeEvent::NoticeFinished(_) => {}
        }
    }

    /// Who sent it sees who read it, and auditors of the whole organisation do. A recipient
    /// reads the list: whom else it addresses is not theirs to know.
    fn may_watch(&self, who: &Who) -> bool {
        (self.by.is_some() && who.account == self.by) || who.may_everywhere(Permission::AuditRead)
    }

    fn counts(_: &NoticeEvent) -> bool {
        false
    }

    fn revokes(_: &NoticeEvent) -> Option<AccountId> {
        None
    }
}
