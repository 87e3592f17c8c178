//! Mail to the owner: where it goes, and what became of each.
//! Invariants: a mail is a timer of the account, so that it survives a restart and a dead mail
//! server; it is tried a bounded number of times, further and further apart; each outcome is
//! an event, and so the proof of delivery. Absent on purpose: what a mail says, and sending it
//! (`actors/src/mail.rs`): no content of a conversation leaves the hub by mail.

use super::Account;
use crate::{Context, Decision, TimerChange};
use protocol::{
    ErrorBody, Millis, RoomId, Seq,
    account::{AccountEvent, MailFailed, MailQueued, MailSent, MailSet, SetMail},
};
use std::collections::BTreeMap;

const TIMER: &str = "mail:";
/// Tried for about two hours: 1, 2, 4 … 64 minutes apart.
const TRIES_MAX: u32 = 8;
const FIRST_PAUSE_MS: Millis = 60 * 1000;
/// RFC 5321: the longest path is 256 octets, with its brackets.
const ADDRESS_BYTES_MAX: usize = 254;
/// Mails of one account that are under way.
const UNDER_WAY_MAX: usize = 100;

/// Mails under way by the name of their timer, and how often each was tried.
pub(super) type UnderWay = BTreeMap<String, u32>;

/// The timer that asks for a mail about an urgent message.
pub fn mail_timer(room: RoomId, seq: Seq) -> String {
    format!("{TIMER}{room}:{seq}")
}

/// What such a timer is about; `None`: it is another timer.
pub fn of_mail_timer(name: &str) -> Option<(RoomId, Seq)> {
    let (room, seq) = name.strip_prefix(TIMER)?.split_once(':')?;
    Some((room.parse().ok()?, seq.parse().ok()?))
}

pub(super) fn set(
    account: &Account,
    command: &SetMail,
    context: &Context<'_>,
) -> Result<Decision<AccountEvent>, ErrorBody> {
    account.by_owner(context)?;
    let address = command.address.as_deref().map(str::trim).filter(|text| !text.is_empty());
    if let Some(address) = address
        && !is_address(address)
    {
        return Err(ErrorBody::invalid("address", "an address as in name@example.cn"));
    }
    let address = address.map(str::to_owned);
    if account.mail == address {
        return Ok(Decision::nothing());
    }
    Ok(Decision::event(MailSet { address }))
}

/// Enough to refuse what no server would take, and everything that could break out of an
/// envelope or a header; whether somebody reads it shows when a mail is sent.
fn is_address(text: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part.ends_with('.')
            && !part.contains("..")
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_+".contains(&byte))
    };
    text.len() <= ADDRESS_BYTES_MAX
        && text.rsplit_once('@').is_some_and(|(name, host)| {
            plain(name) && plain(host) && host.contains('.') && !host.contains(['_', '+'])
        })
}

/// Somebody waits for the owner to acknowledge an urgent message.
pub(super) fn queue(
    account: &Account,
    room: RoomId,
    seq: Seq,
    context: &Context<'_>,
) -> Decision<AccountEvent> {
    let name = mail_timer(room, seq);
    let full = account.mails.len() >= UNDER_WAY_MAX || account.mails.contains_key(&name);
    if account.mail.is_none() || account.disabled || full {
        return Decision::nothing();
    }
    let mut decision = Decision::event(MailQueued { room, seq });
    decision.timers.push(TimerChange::Set { name, at: context.now });
    decision
}

/// What came of a try; `None`: the mail server has taken it.
pub(super) fn tried(
    account: &Account,
    room: RoomId,
    seq: Seq,
    error: Option<&str>,
    context: &Context<'_>,
) -> Decision<AccountEvent> {
    let name = mail_timer(room, seq);
    let Some(tries) = account.mails.get(&name) else { return Decision::nothing() };
    let Some(error) = error else { return Decision::event(MailSent { room, seq }) };
    let again_at = (tries + 1 < TRIES_MAX).then(|| context.now + (FIRST_PAUSE_MS << *tries));
    let error = error.chars().take(200).collect();
    let mut decision = Decision::event(MailFailed { room, seq, error, again_at });
    decision.timers.extend(again_at.map(|at| TimerChange::Set { name, at }));
    decision
}

pub(super) fn apply_queued(account: &mut Account, queued: &MailQueued) {
    account.mails.insert(mail_timer(queued.room, queued.seq), 0);
}

pub(super) fn apply_sent(account: &mut Account, sent: &MailSent) {
    account.mails.remove(&mail_timer(sent.room, sent.seq));
}

pub(super) fn apply_failed(account: &mut Account, failed: &MailFailed) {
    let name = mail_timer(failed.room, failed.seq);
    match (failed.again_at, account.mails.get_mut(&name)) {
        (Some(_), Some(tries)) => *tries += 1,
        _ => drop(account.mails.remove(&name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Order;
    use crate::account::{AccountFacts, create::tests::made};
    use crate::testing::{Bench, who};
    use uuid::Uuid;

    const ROOM: RoomId = RoomId(Uuid::from_u128(1));

    fn reachable() -> Bench<Account> {
        let mut bench = made(&[]);
        let set = SetMail { address: Some(" aygul@hall.example.cn ".into()) };
        bench.run(&who(7, &[]), set, AccountFacts::default()).unwrap();
        bench
    }

    fn notify() -> Order {
        Order::Notify { room: ROOM, seq: 9 }
    }

    fn tried(error: Option<&str>) -> Order {
        Order::MailTried { room: ROOM, seq: 9, error: error.map(str::to_owned) }
    }

    #[test]
    fn addresses() {
        for (text, good) in [
            ("aygul@hall.example.cn", true),
            ("a.b+c_d-e@x.cn", true),
            ("aygul", false),
            ("@hall.cn", false),
            ("aygul@", false),
            ("aygul@localhost", false),
            ("a b@hall.cn", false),
            ("a@hall.cn\r\nRCPT TO:<b@hall.cn>", false),
            ("a@b@hall.cn", false),
            (".a@hall.cn", false),
            ("古丽@hall.cn", false),
        ] {
            assert_eq!(is_address(text), good, "{text:?}");
        }
        assert!(!is_address(&format!("{}@hall.cn", "a".repeat(250))));
        let refused =
            made(&[]).run(&who(8, &[]), SetMail { address: None }, AccountFacts::default());
        assert_eq!(refused.unwrap_err().code, "account.not_owner");
    }

    #[test]
    fn the_name_of_a_timer_reads_back() {
        assert_eq!(of_mail_timer(&mail_timer(ROOM, 9)), Some((ROOM, 9)));
        for other in ["mail:", "mail:x:1", "urgent:9"] {
            assert_eq!(of_mail_timer(other), None);
        }
    }

    #[test]
    fn nobody_is_mailed_who_gave_no_address() {
        assert_eq!(made(&[]).settle(notify()).unwrap(), Decision::nothing());
    }

    #[test]
    fn a_mail_is_tried_ever_further_apart_and_then_given_up() {
        let mut bench = reachable();
        let queued = bench.settle(notify()).unwrap();
        let name = mail_timer(ROOM, 9);
        let timer = TimerChange::Set { name: name.clone(), at: bench.now };
        assert_eq!((queued.events.len(), &queued.timers[..]), (1, &[timer][..]));
        assert_eq!(bench.settle(notify()).unwrap(), Decision::nothing(), "it is under way");
        let mut pauses = vec![];
        for _ in 0..TRIES_MAX {
            let failed = bench.settle(tried(Some("connection refused"))).unwrap();
            assert_eq!(failed.events.len(), 1);
            pauses.extend(failed.timers.iter().map(|timer| match timer {
                TimerChange::Set { at, .. } => (at - bench.now) / FIRST_PAUSE_MS,
                other => panic!("{other:?}"),
            }));
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64]);
        assert!(bench.state.mails.is_empty());
        assert_eq!(bench.settle(tried(None)).unwrap(), Decision::nothing());
    }

    #[test]
    fn a_mail_that_was_taken_is_proof() {
        let mut bench = reachable();
        bench.settle(notify()).unwrap();
        let sent = bench.settle(tried(None)).unwrap();
        assert_eq!(sent, Decision::event(MailSent { room: ROOM, seq: 9 }));
        assert!(bench.state.mails.is_empty());
    }
}
