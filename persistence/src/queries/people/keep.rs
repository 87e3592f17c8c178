//! Keeping the people finder's index true: before each search it reads the accounts whose
//! `changed` lies above its mark, which is one look at the end of a database index when there
//! are none.
//! Invariant: a search sees every account that was committed before it began, whichever
//! process or node committed it; nobody has to tell this one. Absent on purpose: a projector
//! or a hook that writes into memory, which a crash, a rebuild or a second node would outrun.

use super::index::{Asked, Entry, Found, Index};
use crate::sqlite::errors::store_error;
use kernel::journal::StoreError;
use sqlx::{Row, SqlitePool, sqlite::SqliteRow};
use std::{
    collections::HashSet,
    sync::{PoisonError, RwLock},
};
use tokio::sync::Mutex;
use uuid::Uuid;

/// Rows read at a time: a few milliseconds of work for the thread that searches.
const PAGE: usize = 200;

const CHANGED: &str = "SELECT account_id, unit_id, username, search_names, pinyin_full, \
     pinyin_initials, phone, changed FROM account_accounts WHERE (changed, account_id) > (?, ?) \
     ORDER BY changed, account_id LIMIT ?";

#[derive(Default)]
pub(crate) struct People {
    index: RwLock<Index>,
    /// One reads, the others wait and then find nothing new.
    mark: Mutex<Mark>,
}

/// The last row taken in. Rows from before the column was there have the number 0.
struct Mark(i64, Uuid);

impl Default for Mark {
    fn default() -> Self {
        Self(-1, Uuid::nil())
    }
}

impl People {
    pub(super) async fn catch_up(&self, readers: &SqlitePool) -> Result<(), StoreError> {
        let mut mark = self.mark.lock().await;
        loop {
            let rows = sqlx::query(CHANGED)
                .bind(mark.0)
                .bind(mark.1)
                .bind(PAGE as i64)
                .fetch_all(readers)
                .await
                .map_err(store_error)?;
            let Some(last) = rows.last() else { return Ok(()) };
            let last = mark_of(last).map_err(store_error)?;
            let entries = rows.iter().map(entry).collect::<Result<Vec<_>, _>>();
            let entries = entries.map_err(store_error)?;
            // What a panic left half done is put again: the mark has not moved.
            let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
            entries.into_iter().for_each(|entry| index.put(entry));
            drop(index);
            *mark = last;
            if rows.len() < PAGE {
                return Ok(());
            }
        }
    }

    pub(super) fn find(
        &self,
        asked: &Asked,
        units: Option<&HashSet<Uuid>>,
        after: Option<(u8, &str)>,
        limit: usize,
    ) -> Vec<Found> {
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        index.find(asked, units, after, limit)
    }
}

fn mark_of(row: &SqliteRow) -> Result<Mark, sqlx::Error> {
    Ok(Mark(row.try_get("changed")?, row.try_get("account_id")?))
}

fn entry(row: &SqliteRow) -> Result<Entry, sqlx::Error> {
    let ids = (row.try_get("account_id")?, row.try_get("unit_id")?);
    let keys = (row.try_get("pinyin_full")?, row.try_get("pinyin_initials")?);
    let phone: Option<&str> = row.try_get("phone")?;
    let (username, names) = (row.try_get("username")?, row.try_get("search_names")?);
    Ok(Entry::new(ids, username, names, keys, phone.unwrap_or_default()))
}
