//! Cards of people, and finding them by whatever a colleague types: a name in any of three
//! languages, username, pinyin or its initials, the beginning of a phone number.

use super::{Queries, bounded, cut, names};
use crate::sqlite::{errors::store_error, statements::SELECT_CARDS};
use kernel::{Pii, journal::StoreError};
use protocol::{
    AccountId, UnitId,
    account::Names,
    http::{AccountCard, Page},
};
use sqlx::{Row, sqlite::SqliteRow};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Digits before a phone number is searched: fewer would list strangers' numbers by guess.
const PHONE_DIGITS_MIN: usize = 4;

/// rank: 0 a whole name or username, 1 its beginning or all the initials, 2 anything else.
/// `?1` text as typed, lower case; `?2..?6` patterns; `?7` phone pattern; `?8` unit pattern;
/// `?9, ?10` the last row of the page before; `?11` limit.
const FIND: &str = "SELECT account_id, username, rank FROM ( \
     SELECT a.account_id, a.username, CASE \
       WHEN a.username = ?1 OR a.name_zh = ?1 OR lower(a.name_en) = ?1 OR a.name_ug = ?1 THEN 0 \
       WHEN a.username LIKE ?2 ESCAPE '\\' OR a.search_names LIKE ?2 ESCAPE '\\' \
         OR a.search_names LIKE ?3 ESCAPE '\\' OR (a.pinyin_initials || ' ') LIKE ?4 ESCAPE '\\' \
         OR a.pinyin_full LIKE ?5 ESCAPE '\\' THEN 1 \
       WHEN a.search_names LIKE ?6 ESCAPE '\\' OR a.pinyin_initials LIKE ?5 ESCAPE '\\' \
         OR a.pinyin_full LIKE ?12 ESCAPE '\\' \
         OR (?7 <> '' AND a.phone LIKE ?7 ESCAPE '\\') THEN 2 \
       ELSE 3 END AS rank \
     FROM account_accounts a WHERE a.unit_path LIKE ?8 \
     ) AS found WHERE rank < 3 AND (rank > ?9 OR (rank = ?9 AND username > ?10)) \
     ORDER BY rank, username LIMIT ?11";

impl Queries {
    /// Cards in the order asked for; accounts that do not exist are left out.
    pub async fn cards(&self, accounts: &[AccountId]) -> Result<Vec<AccountCard>, StoreError> {
        let mut connection = self.readers.acquire().await.map_err(store_error)?;
        let rows = SELECT_CARDS
            .fetch(&mut connection, accounts, |query, account| query.bind(account.0))
            .await
            .map_err(store_error)?;
        let cards = rows.iter().map(card).collect::<Result<Vec<_>, _>>().map_err(store_error)?;
        let by_id: HashMap<AccountId, AccountCard> =
            cards.into_iter().map(|card| (card.account, card)).collect();
        Ok(accounts.iter().filter_map(|account| by_id.get(account)).cloned().collect())
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
        unit: Option<UnitId>,
        after: Option<String>,
        limit: usize,
    ) -> Result<Page<AccountCard>, StoreError> {
        let limit = bounded(limit);
        let text = text.trim().to_lowercase();
        let typed = escaped(&text);
        // Pinyin is typed with or without spaces and apostrophes: zhang wei, xi'an.
        let mut latin: String =
            typed.chars().filter(|ch| !ch.is_whitespace() && *ch != '\'').collect();
        if latin.is_empty() && !text.is_empty() {
            // Nothing left to compare: fits no reading.
            latin.push('\n');
        }
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let is_phone = digits.len() >= PHONE_DIGITS_MIN && digits.len() == text.chars().count();
        let (rank, username) = after.as_deref().and_then(parse_after).unwrap_or((-1, ""));
        let rows = sqlx::query(FIND)
            .bind(text.as_str())
            .bind(format!("{typed}%"))
            .bind(format!("%\n{typed}%"))
            .bind(format!("% {latin} %"))
            .bind(format!("% {latin}%"))
            .bind(format!("%{typed}%"))
            .bind(if is_phone { format!("{digits}%") } else { String::new() })
            .bind(unit.map_or_else(|| "%".to_owned(), |unit| format!("%/{unit}/%")))
            .bind(rank)
            .bind(username)
            .bind(limit as i64 + 1)
            .bind(format!("%{latin}%"))
            .fetch_all(&self.readers)
            .await
            .map_err(store_error)?;
        let found = |row: &SqliteRow| {
            Ok((row.try_get("account_id")?, row.try_get("username")?, row.try_get("rank")?))
        };
        let mut rows: Vec<(Uuid, String, i64)> =
            rows.iter().map(found).collect::<Result<_, _>>().map_err(store_error)?;
        let more = cut(&mut rows, limit);
        let next = rows.last().filter(|_| more).map(|(_, name, rank)| format!("{rank}:{name}"));
        let ids: Vec<AccountId> = rows.iter().map(|(id, _, _)| AccountId(*id)).collect();
        Ok(Page { items: self.cards(&ids).await?, next })
    }
}

/// A mark nobody made here starts from the beginning.
fn parse_after(after: &str) -> Option<(i64, &str)> {
    let (rank, username) = after.split_once(':')?;
    Some((rank.parse().ok()?, username))
}

/// What is typed means itself, never a pattern.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
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
