//! Who may talk to whom, at hand: the memory from which every message learns in a few look-ups
//! whether it may be sent, for every area that asks.
//! Invariants: nothing that was read before a change is remembered after it; what another
//! process changed is known half a minute later; the end of a permission is a time and needs
//! nobody to forget anything. Absent on purpose: the rule itself (`domain::level`, `Reach`),
//! and what changes it (area `contact`).

use crate::{env::Env, unit};
use dashmap::DashMap;
use domain::{Reach, Standing, Terms, Who, level};
use kernel::journal::StoreError;
use protocol::{
    AccountId, ErrorBody, Millis, RoomId, StreamId, UnitId,
    contact::{ContactLevel, ContactRule},
    http::AccountCard,
    room::RoomCommand,
};
use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// Another process at the same store says nothing of what it changes.
const AGE_MAX_MS: Millis = 30_000;
/// People and rooms remembered; beyond this the memory starts over from the store.
const REMEMBERED_MAX: usize = 100_000;

/// The rules, and how long a permission lasts.
pub(crate) struct Book {
    rules: Vec<ContactRule>,
    pub(crate) grant_ms: Millis,
}

type Aged<T> = (Arc<T>, Millis);

#[derive(Default)]
pub(crate) struct Contacts {
    book: Mutex<Option<Aged<Book>>>,
    standings: DashMap<AccountId, Aged<Option<Standing>>>,
    terms: DashMap<AccountId, Aged<HashMap<AccountId, Terms>>>,
    /// The two of a direct room, for ever; nobody for rooms of another kind.
    rooms: DashMap<RoomId, Option<(AccountId, AccountId)>>,
    /// Rises before anything is forgotten.
    changes: AtomicU64,
}

impl Contacts {
    /// To be asked for before the store is read.
    fn ticket(&self) -> u64 {
        self.changes.load(Ordering::SeqCst)
    }

    fn book(&self) -> std::sync::MutexGuard<'_, Option<Aged<Book>>> {
        // Replaced as a whole, so a poisoned one is whole.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An account's unit or roles have changed.
    pub(crate) fn forget_standing(&self, account: AccountId) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.standings.remove(&account);
    }

    pub(crate) fn forget_terms(&self, people: [AccountId; 2]) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        for account in people {
            self.terms.remove(&account);
        }
    }

    pub(crate) fn forget_all_terms(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.terms.clear();
    }

    pub(crate) fn forget_book(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        *self.book() = None;
    }

    /// Remembers what was read, unless anything changed meanwhile.
    fn keep<T>(
        &self,
        memory: &DashMap<AccountId, Aged<T>>,
        (account, ticket): (AccountId, u64),
        value: &Arc<T>,
        until: Millis,
    ) {
        if memory.len() >= REMEMBERED_MAX {
            memory.clear();
        }
        memory.insert(account, (value.clone(), until));
        // Looked at after the insertion: whoever forgets later finds it there.
        if self.ticket() != ticket {
            memory.remove(&account);
        }
    }
}

fn fresh<T>(
    memory: &DashMap<AccountId, Aged<T>>,
    account: AccountId,
    now: Millis,
) -> Option<Arc<T>> {
    memory.get(&account).filter(|known| now < known.1).map(|known| known.0.clone())
}

pub(crate) async fn book(env: &Env) -> Result<Arc<Book>, StoreError> {
    let (memory, now) = (&env.contacts, env.clock.now());
    if let Some((book, until)) = &*memory.book()
        && now < *until
    {
        return Ok(book.clone());
    }
    let ticket = memory.ticket();
    let (rules, seconds) = env.queries.contact_rules().await?;
    let grant_ms = seconds.map_or(env.policy.contact_grant_ms, |s| Millis::from(s) * 1_000);
    let book = Arc::new(Book { rules, grant_ms });
    let mut known = memory.book();
    if memory.ticket() == ticket {
        *known = Some((book.clone(), now.saturating_add(AGE_MAX_MS)));
    }
    Ok(book)
}

async fn standing(env: &Env, account: AccountId) -> Result<Arc<Option<Standing>>, StoreError> {
    let (memory, now) = (&env.contacts, env.clock.now());
    if let Some(known) = fresh(&memory.standings, account, now) {
        return Ok(known);
    }
    let ticket = memory.ticket();
    let read = Arc::new(env.queries.standing(account).await?);
    memory.keep(&memory.standings, (account, ticket), &read, now.saturating_add(AGE_MAX_MS));
    Ok(read)
}

async fn terms(
    env: &Env,
    account: AccountId,
) -> Result<Arc<HashMap<AccountId, Terms>>, StoreError> {
    let (memory, now) = (&env.contacts, env.clock.now());
    if let Some(known) = fresh(&memory.terms, account, now) {
        return Ok(known);
    }
    let ticket = memory.ticket();
    let read = Arc::new(persistence::terms_by_peer(env.queries.pairs_of(account).await?));
    memory.keep(&memory.terms, (account, ticket), &read, now.saturating_add(AGE_MAX_MS));
    Ok(read)
}

async fn pair_of(env: &Env, room: RoomId) -> Result<Option<(AccountId, AccountId)>, StoreError> {
    let memory = &env.contacts.rooms;
    if let Some(known) = memory.get(&room) {
        return Ok(*known);
    }
    let Some(people) = env.queries.direct_pair(room).await? else { return Ok(None) };
    let pair = match people[..] {
        [one, other] => Some((one, other)),
        _ => None,
    };
    if memory.len() >= REMEMBERED_MAX {
        memory.clear();
    }
    memory.insert(room, pair);
    Ok(pair)
}

/// The unit that somebody works in.
async fn unit_of(env: &Env, account: AccountId) -> Result<Option<UnitId>, ErrorBody> {
    let standing = standing(env, account).await.map_err(|_| ErrorBody::unavailable())?;
    Ok(standing.as_ref().as_ref().map(|standing| standing.unit))
}

async fn seen_by(env: &Env, who: &Who) -> Result<Option<HashSet<UnitId>>, ErrorBody> {
    let who = &*unit::placed(env, who).await?;
    let Some(me) = who.account else { return Ok(None) };
    let own = unit_of(env, me).await?;
    Ok(own.and_then(|own| domain::seen_by(who, own)))
}

/// Cards of those whom the caller sees in the organisation or has met in a room.
async fn cards_seen(
    env: &Env,
    who: &Who,
    accounts: &[AccountId],
) -> Result<Vec<AccountCard>, ErrorBody> {
    let seen = seen_by(env, who).await?;
    let look = async {
        let cards = env.queries.cards(accounts).await?;
        let (Some(seen), Some(me)) = (seen, who.account) else { return Ok(cards) };
        let (mut shown, hidden): (Vec<_>, Vec<_>) =
            cards.into_iter().partition(|card| seen.contains(&card.unit) || card.account == me);
        let ids: Vec<AccountId> = hidden.iter().map(|card| card.account).collect();
        let met = env.queries.met_among(me, &ids).await?;
        shown.extend(hidden.into_iter().filter(|card| met.contains(&card.account)));
        Ok::<_, StoreError>(shown)
    };
    look.await.map_err(|_| ErrorBody::unavailable())
}

/// The card that the sender may pass on: of somebody whom they see, and who is still there.
pub(crate) async fn card_seen(
    env: &Env,
    who: &Who,
    account: AccountId,
) -> Result<Option<AccountCard>, ErrorBody> {
    let cards = cards_seen(env, who, &[account]).await?;
    Ok(cards.into_iter().find(|card| !card.disabled))
}

/// What the rules say of two people; black where one of them does not exist.
pub(crate) async fn level_of(
    env: &Env,
    book: &Book,
    who: &Who,
    other: AccountId,
) -> Result<ContactLevel, StoreError> {
    let Some(me) = who.account else { return Ok(ContactLevel::White) };
    if book.rules.is_empty() || me == other {
        return Ok(ContactLevel::White);
    }
    let (mine, theirs) = (standing(env, me).await?, standing(env, other).await?);
    Ok(match (&*mine, &*theirs) {
        (Some(mine), Some(theirs)) => level(&book.rules, &who.tree, mine, theirs),
        _ => ContactLevel::Black,
    })
}

/// How the sender may reach these people. Only where something stands in the way is it listed
/// with more than white.
pub(crate) async fn reach(
    env: &Env,
    who: &Who,
    others: &[AccountId],
) -> Result<Vec<Reach>, ErrorBody> {
    let Some(me) = who.account else { return Ok(Vec::new()) };
    let looked_up = async {
        let (book, mine) = (book(env).await?, terms(env, me).await?);
        let mut reach = Vec::new();
        for account in others.iter().copied().filter(|other| *other != me) {
            let level = level_of(env, &book, who, account).await?;
            let terms = mine.get(&account).copied().unwrap_or_default();
            if level != ContactLevel::White || terms != Terms::default() {
                reach.push(Reach { account, level, terms });
            }
        }
        Ok::<_, StoreError>(reach)
    };
    looked_up.await.map_err(|_| ErrorBody::unavailable())
}

/// How the sender may reach whom a command in this room concerns. A room of two has an id of
/// version 8; others cost nothing here.
pub(crate) async fn reach_in(
    env: &Env,
    who: &Who,
    stream: StreamId,
    command: &RoomCommand,
) -> Result<Vec<Reach>, ErrorBody> {
    use RoomCommand as C;
    let writes = matches!(command, C::SendMessage(_) | C::EditMessage(_) | C::React(_));
    if !writes || stream.id.get_version_num() != 8 {
        return Ok(Vec::new());
    }
    let pair = pair_of(env, RoomId(stream.id)).await.map_err(|_| ErrorBody::unavailable())?;
    let (Some((one, other)), Some(me)) = (pair, who.account) else { return Ok(Vec::new()) };
    match (me == one, me == other) {
        (true, _) => reach(env, who, &[other]).await,
        (_, true) => reach(env, who, &[one]).await,
        // No member: the room says so.
        _ => Ok(Vec::new()),
    }
}

impl crate::Hub {
    /// How the caller may reach these people now.
    pub async fn reach(&self, who: &Who, others: &[AccountId]) -> Result<Vec<Reach>, ErrorBody> {
        let who = &*unit::placed(self.env(), who).await?;
        reach(self.env(), who, others).await
    }

    /// The units whose people the caller sees; `None`: all.
    pub async fn seen_by(&self, who: &Who) -> Result<Option<HashSet<UnitId>>, ErrorBody> {
        seen_by(self.env(), who).await
    }

    /// Those of `accounts` whom the caller sees in the organisation or has met in a room.
    pub async fn visible_among(
        &self,
        who: &Who,
        accounts: &[AccountId],
    ) -> Result<Vec<AccountId>, ErrorBody> {
        let cards = cards_seen(self.env(), who, accounts).await?;
        Ok(cards.into_iter().map(|card| card.account).collect())
    }

    /// The rules' text for pages: how long a permission lasts today.
    pub async fn contact_grant_ms(&self) -> Result<Millis, ErrorBody> {
        let book = book(self.env()).await.map_err(|_| ErrorBody::unavailable())?;
        Ok(book.grant_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{IdSource, SeededIds};

    #[test]
    fn what_was_read_before_a_change_is_not_kept_after_it() {
        let (memory, ids) = (Contacts::default(), SeededIds::new(1));
        let (one, other) = (AccountId(ids.next()), AccountId(ids.next()));
        let read = Arc::new(HashMap::from([(other, Terms::default())]));
        let before = memory.ticket();
        memory.forget_terms([one, other]);
        memory.keep(&memory.terms, (one, before), &read, 10);
        assert!(fresh(&memory.terms, one, 0).is_none(), "it was read before the change");
        memory.keep(&memory.terms, (one, memory.ticket()), &read, 10);
        assert!(fresh(&memory.terms, one, 9).is_some() && fresh(&memory.terms, one, 10).is_none());
        memory.forget_terms([other, one]);
        assert!(fresh(&memory.terms, one, 0).is_none());
    }
}
