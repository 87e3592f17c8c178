//! Mail about urgent messages: the port that a mail server is behind, and what becomes of a
//! timer that asks for a mail. Invariants: a mail names who waits and in which room, and holds
//! no word of the message; each try ends as an order to the account, under the timer's own id,
//! so that its outcome is written once. A hub that ends between the server's yes and that
//! commit sends the mail again: twice is better than never.

use crate::{areas, env::Env};
use async_trait::async_trait;
use domain::{Order, account::of_mail_timer};
use kernel::journal::TimerRow;
use protocol::{AccountId, EntityKind, RoomId, Seq, StreamId};
use std::sync::Arc;

/// A mail on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub to: String,
    pub subject: String,
    pub text: String,
}

/// Where mails go. An implementation gives up by itself: a server that is silent must not hold
/// the others up.
#[async_trait]
pub trait Mailer: Send + Sync + 'static {
    /// The error is for operators: no address is in it.
    async fn send(&self, mail: Mail) -> Result<(), String>;
}

/// What a due timer asks to be mailed, if that is what it is for.
pub(crate) fn asked(timer: &TimerRow) -> Option<(RoomId, Seq)> {
    if timer.stream.kind == EntityKind::Account { of_mail_timer(&timer.name) } else { None }
}

/// Tries once, and tells the account what came of it.
pub(crate) async fn carry_out(env: &Arc<Env>, timer: TimerRow, room: RoomId, seq: Seq) {
    let error = send(env, timer.stream, room, seq).await.err();
    if let Some(error) = &error {
        tracing::warn!(stream = %timer.stream, %error, "mail not sent");
    }
    let order = Order::MailTried { room, seq, error };
    if let Err(error) = areas::order(env, timer.stream, timer.id, order).await {
        tracing::warn!(stream = %timer.stream, %error, "outcome of a mail not kept; tried again");
    }
}

async fn send(env: &Env, account: StreamId, room: RoomId, seq: Seq) -> Result<(), String> {
    let mailer = env.mailer.as_ref().ok_or("no mail server is set")?;
    let facts = env.queries.mail_facts(AccountId(account.id), room, seq).await;
    let facts = facts.map_err(|error| error.to_string())?.ok_or("no address is known")?;
    mailer.send(compose(&facts)).await
}

fn compose(facts: &persistence::MailFacts) -> Mail {
    let (author, room) = (&facts.author, &facts.room);
    let text = format!(
        "{author} 在“{room}”中发来一条紧急消息，请打开工作台查看并确认。\r\n\
         {author} «{room}» دا جىددىي ئۇچۇر ئەۋەتتى، خىزمەت سۇپىسىنى ئېچىپ كۆرۈپ جەزملەڭ.\r\n\
         {author} has sent an urgent message in “{room}”. Please open the workbench and \
         acknowledge it.\r\n"
    );
    Mail {
        to: facts.address.clone(),
        subject: "紧急消息待确认 · جىددىي ئۇچۇر · Urgent message".to_owned(),
        text,
    }
}
