//! Cards of people, and finding them by whatever a colleague types: a name in any of three
//! languages, username, pinyin or its initials, the beginning of a phone number.

mod index;
mod keep;

pub(crate) use keep::People;

use super::{Queries, bounded, cut, names};
use crate::sqlite::{errors::store_error, statements::SELECT_CARDS};
use index::Asked;
use kernel::{Pii, journal::StoreError};
use protocol::{
    AccountId, BlobId, UnitId,
    account::Names,
    http::{AccountCard, Page},
};
use sqlx::{Row, sqlite::SqliteRow};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Whom a search is among.
#[derive(Clone, Copy, Debug, Default)]
pub struct Among<'a> {
    /// Only who works in this unit or below it.
    pub unit: Option<UnitId>,
    /// In the unit itself, and not below it.
    pub here: bool,
    /// Only who works in one of these; `None`: everybody.
    pub seen: Option<&'a HashSet<UnitId>>,
}

impl Among<'_> {
    pub fn unit(unit: UnitId) -> Self {
        Self { unit: Some(unit), ..Self::default() }
    }
}

impl Queries {
    /// Cards in the order asked for; accounts that do not exist are left out.
    pub async fn cards(&self, accounts: &[AccountId]) -> Result<Vec<AccountCard>, StoreError> {
        let rows = self.card_rows(accounts).await?;
        let cards = rows.iter().map(card).collect::<Result<Vec<_>, _>>().map_err(store_error)?;
        let by_id: HashMap<AccountId, AccountCard> =
            cards.into_iter().map(|card| (card.account, card)).collect();
        Ok(accounts.iter().filter_map(|account| by_id.get(account)).cloned().collect())
    }

    async fn card_rows(&self, accounts: &[AccountId]) -> Result<Vec<SqliteRow>, StoreError> {
        let mut connection = self.readers.acquire().await.map_err(store_error)?;
        // The last one named again and again: one long statement costs less than many short.
        let padding = accounts.last().into_iter().cycle().take(missing_to_full(accounts.len()));
        let accounts: Vec<&AccountId> = accounts.iter().chain(padding).collect();
        SELECT_CARDS
            .fetch(&mut connection, &accounts, |query, account| query.bind(account.0))
            .await
            .map_err(store_error)
    }

    /// Puts whole phone numbers on the cards of people whose unit the viewer manages.
    pub async fn unmask(
        &self,
        cards: &mut [AccountCard],
        manages: impl Fn(UnitId) -> bool,
    ) -> Result<(), StoreError> {
        let mut own: Vec<&mut AccountCard> =
            cards.iter_mut().filter(|card| card.phone.is_some() && manages(card.unit)).collect();
        if own.is_empty() {
            return Ok(());
        }
        let accounts: Vec<AccountId> = own.iter().map(|card| card.account).collect();
        for row in self.card_rows(&accounts).await? {
            let account = AccountId(row.try_get("account_id").map_err(store_error)?);
            if let Some(card) = own.iter_mut().find(|card| card.account == account) {
                card.phone = row.try_get("phone").map_err(store_error)?;
            }
        }
        Ok(())
    }

    /// Those that do not exist or are disabled.
    pub async fn missing_accounts(
        &self,
        accounts: &[AccountId],
    ) -> Result<Vec<AccountId>, StoreError> {
        let cards = self.cards(accounts).await?;
        let present: HashSet<AccountId> =
            cards.iter().filter(|card| !card.disabled).map(|card| card.account).collect();
        Ok(accounts.iter().filter(|account| !present.contains(account)).copied().collect())
    }

    /// People whose name, username, pinyin or phone fits, best first. An empty text lists
    /// everybody of the unit and below.
    pub async fn find_people(
        &self,
        text: &str,
        among: Among<'_>,
        after: Option<String>,
        limit: usize,
    ) -> Result<Page<AccountCard>, StoreError> {
        let limit = bounded(limit);
        let mut units = match among.unit {
            Some(unit) if among.here => Some(HashSet::from([unit.0])),
            Some(unit) => Some(self.units_within(unit).await?),
            None => None,
        };
        if let Some(seen) = among.seen {
            match &mut units {
                Some(units) => units.retain(|unit| seen.contains(&UnitId(*unit))),
                None => units = Some(seen.iter().map(|unit| unit.0).collect()),
            }
        }
        let after = after.as_deref().and_then(parse_after);
        self.people.catch_up(&self.readers).await?;
        let mut found = self.people.find(&Asked::new(text), units.as_ref(), after, limit + 1);
        let more = cut(&mut found, limit);
        let next = found.last().filter(|_| more);
        let next = next.map(|last| format!("{}:{}", last.rank, last.username));
        let ids: Vec<AccountId> = found.iter().map(|one| AccountId(one.account)).collect();
        Ok(Page { items: self.cards(&ids).await?, next })
    }
}

/// Rows that the largest form of the statement lacks; a few are asked for as they are.
fn missing_to_full(rows: usize) -> usize {
    const FULL: usize = 64;
    if rows % FULL > 8 { FULL - rows % FULL } else { 0 }
}

/// A mark nobody made here starts from the beginning.
fn parse_after(after: &str) -> Option<(u8, &str)> {
    let (rank, username) = after.split_once(':')?;
    Some((rank.parse().ok()?, username))
}

/// Columns of `SELECT_CARDS`; the phone number is masked.
fn card(row: &SqliteRow) -> Result<AccountCard, sqlx::Error> {
    let phone: Option<String> = row.try_get("phone")?;
    Ok(AccountCard {
        account: AccountId(row.try_get("account_id")?),
        username: row.try_get("username")?,
        names: names(row, "name_zh", "name_ug", "name_en")?,
        unit: UnitId(row.try_get("unit_id")?),
        unit_names: unit_names(row)?,
        post: row.try_get("post")?,
        phone: phone.map(|phone| Pii::new(phone).masked_phone()),
        disabled: row.try_get("disabled")?,
        avatar: row.try_get::<Option<Uuid>, _>("avatar")?.map(BlobId),
    })
}

/// `综合窗口 · 天山区政务服务大厅`; a language that one of the two lacks keeps the other.
fn unit_names(row: &SqliteRow) -> Result<Names, sqlx::Error> {
    let joined = |own: &str, place: &str| -> Result<Option<String>, sqlx::Error> {
        let own: Option<String> = row.try_get(own)?;
        let place: Option<String> = row.try_get(place)?;
        Ok(match (own, place) {
            (Some(own), Some(place)) => Some(format!("{own} · {place}")),
            (own, place) => own.or(place),
        })
    };
    Ok(Names {
        zh: joined("unit_zh", "place_zh")?.unwrap_or_default(),
        ug: joined("unit_ug", "place_ug")?,
        en: joined("unit_en", "place_en")?,
    })
}
