//! What lists, searches and sign-in read: tables, never streams. Invariant: a query reads
//! one committed state and changes nothing; [`Queries::set_demo`] is the one exception.
//! Whether the caller may see a row is decided above.

mod account;
mod app;
mod calendar;
mod call;
mod contact;
mod drive;
mod mails;
mod me;
mod message;
mod notice;
pub(crate) mod people;
mod plan;
mod push;
mod room;
mod room_faces;
mod room_groups;
mod room_hooks;
mod room_readers;
mod room_services;
mod task;
mod unit;

pub use app::TokenRow;
pub use call::{CallRoom, LegInside};
pub use contact::{PairRow, terms_by_peer};
pub use drive::{LinkRow, Shelved};
pub use mails::MailRequest;
pub use me::Marked;
pub use people::Among;
pub use plan::{PlanFilter, PlanReport};
pub use push::{PushEnds, PushFacts, PushMatter, PushRow, PushesBusy};
pub use room_readers::{MessageOf, READ_COUNTS_MAX};
pub use room_services::MailFacts;
pub(crate) use unit::OPEN_BELOW;

use crate::{
    search::Search,
    sqlite::{
        Writer,
        errors::{corrupt, store_error},
        read,
    },
};
use kernel::journal::StoreError;
use people::People;
use protocol::{AccountId, Grant, Millis, SessionId, UnitId, UnitPath, account::Names};
use sqlx::{Row, SqlitePool, sqlite::SqliteRow};
use std::sync::Arc;

/// The read side of a store. Cheap to clone.
#[derive(Clone)]
pub struct Queries {
    pub(crate) readers: SqlitePool,
    pub(crate) writer: Arc<Writer>,
    pub(crate) people: Arc<People>,
    pub(crate) search: Arc<Search>,
}

/// What sign-in needs to know about a username.
#[derive(Clone, PartialEq, Eq)]
pub struct SignInRow {
    pub account: AccountId,
    pub password_hash: String,
    /// Only when the second factor is confirmed.
    pub totp_secret: Option<String>,
}

/// The secrets of an account.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    pub password_hash: String,
    pub totp_secret: Option<String>,
    pub totp_confirmed: bool,
}

/// A session that has not been signed out; it may have expired.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionRow {
    pub session: SessionId,
    pub account: AccountId,
    pub expires_at: Millis,
    pub grants: Vec<Grant>,
    pub disabled: bool,
    pub must_change_password: bool,
}

/// Sizes, for `/metrics` and `hub doctor`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub accounts: u64,
    pub rooms: u64,
    pub events: u64,
    pub outbox: u64,
    pub timers: u64,
}

/// Rows of one page at most, whatever the caller asks for.
const PAGE_MAX: usize = 500;

impl Queries {
    /// Sizes that cost no scan of the events: their positions have no gaps.
    pub async fn counts(&self) -> Result<Counts, StoreError> {
        let row = sqlx::query(
            "SELECT (SELECT COUNT(*) FROM account_accounts) AS accounts, \
             (SELECT COUNT(*) FROM room_rooms) AS rooms, \
             (SELECT COALESCE(MAX(position), 0) FROM events) AS events, \
             (SELECT COUNT(*) FROM outbox) AS outbox, \
             (SELECT COUNT(*) FROM timers) AS timers",
        )
        .fetch_one(&self.readers)
        .await
        .map_err(store_error)?;
        let count = |column| read::unsigned(&row, column).map_err(store_error);
        Ok(Counts {
            accounts: count("accounts")?,
            rooms: count("rooms")?,
            events: count("events")?,
            outbox: count("outbox")?,
            timers: count("timers")?,
        })
    }
}

/// Cuts a page of `limit` out of `limit + 1` rows; the extra one only says that more follow.
fn cut<T>(rows: &mut Vec<T>, limit: usize) -> bool {
    let more = rows.len() > limit;
    rows.truncate(limit);
    more
}

/// A page has at least one row and at most [`PAGE_MAX`].
fn bounded(limit: usize) -> usize {
    limit.clamp(1, PAGE_MAX)
}

fn names(row: &SqliteRow, zh: &str, ug: &str, en: &str) -> Result<Names, sqlx::Error> {
    Ok(Names { zh: row.try_get(zh)?, ug: row.try_get(ug)?, en: row.try_get(en)? })
}

/// `/<uuid>/<uuid>/` back into ids.
fn path_of_text(text: &str) -> Result<UnitPath, sqlx::Error> {
    let ids = text.split('/').filter(|part| !part.is_empty()).map(str::parse);
    ids.collect::<Result<Vec<UnitId>, _>>()
        .map(UnitPath)
        .map_err(|error| corrupt(format!("path of a unit: {error}")))
}
