//! Area `notice`: the pages of a target, what must be looked up before a notice decides, and
//! word to recipients who are here. Invariant: a page is looked up when its order is delivered,
//! one after the other: the next is asked for in the commit of the one before.

use crate::{env::Env, shell::Shell};
use bytestring::ByteString;
use domain::{
    Order, Who,
    notice::{Notice, NoticeFacts, Part},
};
use kernel::journal::{StoreError, StoredEvent};
use protocol::{
    AccountId, AnyEvent, AnySignal, DecodeError, ErrorBody, ServerFrame, StreamId,
    notice::{NoticeCommand, NoticeEvent, NoticeNews, NoticeProof, NoticeSignal, Target},
};

impl Shell for Notice {
    fn encode(event: &NoticeEvent) -> (&'static str, String) {
        (event.type_name(), event.body_json())
    }

    fn decode(type_name: &str, body: &str) -> Result<NoticeEvent, DecodeError> {
        NoticeEvent::decode(type_name, body)
    }

    async fn facts(
        env: &Env,
        who: &Who,
        stream: StreamId,
        command: &NoticeCommand,
    ) -> Result<NoticeFacts, ErrorBody> {
        let facts = facts(env, who, stream, command).await;
        facts.map_err(|_| ErrorBody::unavailable())
    }

    async fn brief(env: &Env, stream: StreamId, order: Order) -> Result<Order, ErrorBody> {
        match order {
            Order::Address { after, .. } => {
                let page = env.queries.notice_page(stream, after).await;
                let (accounts, last) = page.map_err(|_| ErrorBody::unavailable())?;
                Ok(Order::Address { after, accounts, last })
            }
            Order::TellWithdrawn {} => {
                let told = tell_withdrawn(env, stream).await;
                told.map(|()| order).map_err(|_| ErrorBody::unavailable())
            }
            _ => Ok(order),
        }
    }

    /// Recipients learn at once that their list has changed; who is away reads it later.
    fn committed(env: &Env, stream: StreamId, events: &[StoredEvent]) {
        for stored in events {
            let Some(body) = &stored.body else { continue };
            let Ok(AnyEvent::Notice(event)) = AnyEvent::decode(&stored.type_name, body) else {
                continue;
            };
            let (accounts, by) = match event {
                NoticeEvent::NoticeAddressed(page) => (page.accounts, stored.by),
                NoticeEvent::NoticeFinished(done) => (done.accounts, stored.by),
                NoticeEvent::NoticeRead(_) => (Vec::from_iter(stored.by), stored.by),
                _ => continue,
            };
            tell(env, stream, by.unwrap_or(AccountId(stream.id)), &accounts);
        }
    }
}

/// A page of recipients after the other, so that a large organisation is never in memory.
async fn tell_withdrawn(env: &Env, stream: StreamId) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let page = env.queries.notice_recipients(stream, after).await?;
        let Some(last) = page.last() else { return Ok(()) };
        tell(env, stream, AccountId(stream.id), &page);
        after = Some(*last);
    }
}

fn tell(env: &Env, stream: StreamId, by: AccountId, accounts: &[AccountId]) {
    let signal = AnySignal::Notice(NoticeSignal::NoticeNews(NoticeNews {}));
    let frame = ByteString::from(ServerFrame::Signal { stream, by, signal }.to_json());
    for account in accounts.iter().filter(|account| env.fanout.is_online(**account)) {
        env.fanout.tell_account(*account, frame.clone());
    }
}

async fn facts(
    env: &Env,
    who: &Who,
    stream: StreamId,
    command: &NoticeCommand,
) -> Result<NoticeFacts, StoreError> {
    let mut facts = NoticeFacts::default();
    match command {
        NoticeCommand::SendNotice(send) => match &send.target {
            Target::Units { units } => {
                for unit in units {
                    facts.units += usize::from(env.queries.unit_place(*unit).await?.is_some());
                }
            }
            Target::Roles { unit, .. } => {
                facts.units = usize::from(env.queries.unit_place(*unit).await?.is_some());
            }
            Target::Rooms { rooms } => {
                if let Some(me) = who.account {
                    facts.rooms = env.queries.rooms_of(me, rooms).await?;
                }
            }
            Target::All {} | Target::People { .. } => {}
        },
        NoticeCommand::FinishNoticeFor(finish) => {
            for account in &finish.accounts {
                let part = env.queries.notice_part(stream, *account).await?;
                if part.is_some_and(|part| part.done_at.is_none()) {
                    facts.open.push(*account);
                }
            }
        }
        NoticeCommand::WithdrawNotice(_) => {}
        NoticeCommand::ReadNotice(_)
        | NoticeCommand::ConfirmReceipt(_)
        | NoticeCommand::FinishNotice(_) => {
            if let Some(me) = who.account {
                facts.part = env.queries.notice_part(stream, me).await?.map(part);
            }
        }
    }
    Ok(facts)
}

fn part(proof: NoticeProof) -> Part {
    Part {
        read: proof.read_at.is_some(),
        confirmed: proof.confirmed_at.is_some(),
        done: proof.done_at.is_some(),
    }
}
