//! Cards of links: what the hub itself has read at an address, never what a sender says of it.
//! Invariants: nobody makes the hub ask more than so often a minute, nor all together more than
//! so many machines at once; an answer is kept for a while, so that who sends what they have just
//! been shown waits for nothing; an address that may not be reached leaves an event.
//! Absent on purpose: pictures of pages. A reader's browser would ask a stranger's machine for
//! them and so tell it who reads; and a file of the hub that nobody brought has no owner.

mod page;

use crate::{
    areas,
    env::Env,
    hub::Hub,
    web::{Reach, WebError, WebMethod, WebRequest},
};
use domain::{Order, Who, room::link_host};
use protocol::{
    AccountId, AnyCommand, CommandId, EntityKind, ErrorBody, ErrorKind, Millis, StreamId,
    room::{LinkCard, Part, RoomCommand},
};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::Semaphore;

/// A title stands at the beginning of a page; what is behind is not read.
const BYTES_MAX: usize = 512 * 1024;
/// Somebody waits with a message in hand.
const WITHIN: Duration = Duration::from_secs(5);
/// New addresses an account may have read in a minute: far more than a person pastes.
const READS_PER_MINUTE: u32 = 30;
/// Machines that are asked at the same time, so that slow ones cannot gather.
const UNDER_WAY_MAX: usize = 32;
/// Answers that are kept, about 3 KiB each at most.
const KEPT_MAX: usize = 1_024;
const KEPT_MS: Millis = 10 * 60 * 1000;
/// What could not be read is tried again sooner.
const MISSED_MS: Millis = 60 * 1000;
const MINUTE_MS: Millis = 60 * 1000;

pub(crate) struct Links {
    kept: Mutex<Kept>,
    asked: Mutex<Asked>,
    under_way: Semaphore,
}

impl Default for Links {
    fn default() -> Self {
        let under_way = Semaphore::new(UNDER_WAY_MAX);
        Self { kept: Mutex::default(), asked: Mutex::default(), under_way }
    }
}

/// Answers by address; none: it could not be read.
#[derive(Default)]
struct Kept {
    answers: HashMap<String, (Option<LinkCard>, Millis)>,
    /// The earliest first.
    order: VecDeque<String>,
}

impl Kept {
    fn keep(&mut self, url: &str, card: Option<LinkCard>, now: Millis) {
        let until = now + if card.is_some() { KEPT_MS } else { MISSED_MS };
        if self.answers.insert(url.to_owned(), (card, until)).is_some() {
            return;
        }
        self.order.push_back(url.to_owned());
        if self.order.len() > KEPT_MAX
            && let Some(earliest) = self.order.pop_front()
        {
            self.answers.remove(&earliest);
        }
    }
}

/// Who has asked how often within one minute of the clock; the next begins with nobody.
#[derive(Default)]
struct Asked {
    minute: Millis,
    by: HashMap<AccountId, u32>,
}

impl Asked {
    fn admit(&mut self, account: AccountId, now: Millis) -> Result<(), ErrorBody> {
        let minute = now - now % MINUTE_MS;
        if self.minute != minute {
            *self = Self { minute, by: HashMap::new() };
        }
        let times = self.by.entry(account).or_default();
        if *times >= READS_PER_MINUTE {
            let message = format!("at most {READS_PER_MINUTE} new addresses a minute");
            let wait = u64::try_from(minute + MINUTE_MS - now).unwrap_or_default();
            let error = ErrorBody::new(ErrorKind::RateLimited, "link.too_many", message);
            return Err(error.retry_after(wait));
        }
        *times += 1;
        Ok(())
    }
}

impl Links {
    /// What was read at the address lately; `Some(None)`: it could not be.
    pub(crate) fn known(&self, url: &str, now: Millis) -> Option<Option<LinkCard>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (card, until) = kept.answers.get(url)?;
        (now < *until).then(|| card.clone())
    }

    fn keep(&self, url: &str, card: Option<LinkCard>, now: Millis) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).keep(url, card, now);
    }

    fn admit(&self, account: AccountId, now: Millis) -> Result<(), ErrorBody> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).admit(account, now)
    }
}

/// Reads what a message links to before its room decides: the rule takes the card from what was
/// read. A link that cannot be read may be sent all the same, and says its host only.
pub(crate) async fn ahead(env: &Arc<Env>, who: &Who, command: &AnyCommand) {
    if let AnyCommand::Room(RoomCommand::SendMessage(send)) = command
        && let Some(Part::Link { url, .. }) = send.part.as_deref()
        && let Err(error) = read(env, who, url).await
    {
        tracing::debug!(code = %error.code, "link not read");
    }
}

async fn read(env: &Arc<Env>, who: &Who, url: &str) -> Result<LinkCard, ErrorBody> {
    let host = link_host(url).ok_or_else(|| {
        ErrorBody::invalid("url", "an address that begins with http:// or https://")
    })?;
    if let Some(known) = env.links.known(url, env.clock.now()) {
        return known.ok_or_else(unreadable);
    }
    let (Some(web), Some(account)) = (&env.web, who.account) else { return Err(unreadable()) };
    env.links.admit(account, env.clock.now())?;
    let Ok(_turn) = env.links.under_way.try_acquire() else { return Err(ErrorBody::busy()) };
    let card = match tokio::time::timeout(WITHIN, web.send(request(url))).await {
        Ok(Ok(response)) => page::card(url, &response),
        Ok(Err(WebError::Refused(_))) => {
            refused(env, account, host).await?;
            let message = "the hub reads public addresses only";
            return Err(ErrorBody::new(ErrorKind::Forbidden, "link.refused", message).field("url"));
        }
        Ok(Err(WebError::Failed(_))) | Err(_) => None,
    };
    env.links.keep(url, card.clone(), env.clock.now());
    card.ok_or_else(unreadable)
}

fn request(url: &str) -> WebRequest {
    WebRequest {
        method: WebMethod::Get,
        url: url.to_owned(),
        headers: vec![
            ("accept".to_owned(), "text/html, application/xhtml+xml".to_owned()),
            ("accept-language".to_owned(), "zh-CN, ug, en;q=0.5".to_owned()),
        ],
        body: Vec::new(),
        reach: Reach::Public,
        bytes_max: BYTES_MAX,
    }
}

/// Puts on record, on the account's own stream, where it wanted the hub to go. The host alone:
/// the rest of an address may be a secret.
async fn refused(env: &Arc<Env>, account: AccountId, host: &str) -> Result<(), ErrorBody> {
    let to = StreamId::new(EntityKind::Account, account.0);
    let order = Order::LinkRefused { host: host.to_owned() };
    areas::order(env, to, CommandId(env.ids.next()), order).await.map(|_| ())
}

/// A page that is not there, is slow, or has no name.
fn unreadable() -> ErrorBody {
    let message = "nothing could be read at this address";
    ErrorBody::new(ErrorKind::NotFound, "link.unreadable", message).field("url")
}

impl Hub {
    /// What the page at an address says of itself.
    pub async fn link_card(&self, who: &Who, url: &str) -> Result<LinkCard, ErrorBody> {
        self.may_read(who, "link").await?;
        read(self.env(), who, url).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn card(url: &str) -> LinkCard {
        LinkCard { url: url.to_owned(), title: "题".to_owned(), summary: String::new() }
    }

    #[test]
    fn an_account_is_held_back_until_the_minute_is_over() {
        let (one, other) = (AccountId(Uuid::from_u128(1)), AccountId(Uuid::from_u128(2)));
        let mut asked = Asked::default();
        let now = 7 * MINUTE_MS + 20_000;
        for _ in 0..READS_PER_MINUTE {
            assert_eq!(asked.admit(one, now), Ok(()));
        }
        let error = asked.admit(one, now).expect_err("once too often");
        assert_eq!((error.code.as_ref(), error.retry), ("link.too_many", Some(40_000)));
        assert_eq!(asked.admit(other, now), Ok(()));
        assert_eq!(asked.admit(one, now + 40_000), Ok(()));
    }

    #[test]
    fn answers_are_kept_for_a_while_and_so_many() {
        let links = Links::default();
        links.keep("https://a", Some(card("https://a")), 0);
        links.keep("https://b", None, 0);
        assert_eq!(links.known("https://a", KEPT_MS - 1), Some(Some(card("https://a"))));
        assert_eq!(links.known("https://a", KEPT_MS), None);
        assert_eq!(links.known("https://b", MISSED_MS - 1), Some(None));
        assert_eq!(links.known("https://b", MISSED_MS), None);
        for n in 0..KEPT_MAX {
            links.keep(&format!("https://c/{n}"), None, 0);
        }
        assert_eq!(links.known("https://a", 0), None);
        assert_eq!(links.kept.lock().expect("lock").answers.len(), KEPT_MAX);
    }
}
