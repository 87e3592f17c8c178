//! Statements over many rows, built for a few fixed row counts so that each is prepared
//! once and cached. The only file that builds SQL text: from constants, never from data.

use sqlx::{AssertSqlSafe, Sqlite, SqliteConnection, query::Query, sqlite::SqliteArguments};
use std::sync::{Arc, OnceLock};

/// Row counts a statement exists in, largest first. 64 rows of 16 columns stay far below
/// SQLite's bound of 32,766 parameters.
const SIZES: [usize; 3] = [64, 8, 1];

pub(crate) type Bound<'q> = Query<'q, Sqlite, SqliteArguments>;

/// `<head> (?, …), (?, …) <tail>`.
pub(crate) struct MultiRow {
    head: &'static str,
    columns: usize,
    tail: &'static str,
    texts: [OnceLock<Arc<str>>; SIZES.len()],
}

impl MultiRow {
    const fn new(head: &'static str, columns: usize, tail: &'static str) -> Self {
        Self { head, columns, tail, texts: [const { OnceLock::new() }; SIZES.len()] }
    }

    fn text(&self, size: usize) -> Arc<str> {
        let build = || {
            let row = format!("({})", vec!["?"; self.columns].join(","));
            let rows = vec![row; SIZES[size]].join(",");
            format!("{} {} {}", self.head, rows, self.tail).into()
        };
        self.texts[size].get_or_init(build).clone()
    }

    /// The fewest statements that cover `items`, bound.
    fn cover<'i, 'q, T>(
        &self,
        items: &'i [T],
        bind: impl Fn(Bound<'q>, &'i T) -> Bound<'q>,
    ) -> Vec<Bound<'q>> {
        let mut statements = Vec::new();
        let mut rest = items;
        for (size, rows) in SIZES.iter().enumerate() {
            while rest.len() >= *rows {
                let (now, later) = rest.split_at(*rows);
                let statement = sqlx::query(AssertSqlSafe(self.text(size)));
                statements.push(now.iter().fold(statement, &bind));
                rest = later;
            }
        }
        statements
    }

    /// Executes over all of `items`; answers how many rows it changed.
    pub(crate) async fn execute<'i, 'q, T>(
        &self,
        connection: &mut SqliteConnection,
        items: &'i [T],
        bind: impl Fn(Bound<'q>, &'i T) -> Bound<'q>,
    ) -> Result<u64, sqlx::Error> {
        let mut changed = 0;
        for statement in self.cover(items, bind) {
            changed += statement.execute(&mut *connection).await?.rows_affected();
        }
        Ok(changed)
    }

    /// Fetches the rows for all of `items`.
    pub(crate) async fn fetch<'i, 'q, T>(
        &self,
        connection: &mut SqliteConnection,
        items: &'i [T],
        bind: impl Fn(Bound<'q>, &'i T) -> Bound<'q>,
    ) -> Result<Vec<sqlx::sqlite::SqliteRow>, sqlx::Error> {
        let mut rows = Vec::new();
        for statement in self.cover(items, bind) {
            rows.extend(statement.fetch_all(&mut *connection).await?);
        }
        Ok(rows)
    }

    #[cfg(test)]
    pub(crate) fn texts(&self) -> Vec<Arc<str>> {
        (0..SIZES.len()).map(|size| self.text(size)).collect()
    }
}

pub(crate) static INSERT_EVENTS: MultiRow = MultiRow::new(
    "INSERT INTO events (stream_id, seq, at, by_account, session_id, trace_id, command_id, \
     fingerprint, result, command_last_seq, type, body, body_hash, tally, hash, audience) VALUES",
    16,
    "",
);

pub(crate) static INSERT_STREAMS: MultiRow = MultiRow::new(
    "INSERT INTO streams (stream_id, kind, head_seq, tally, hash, last_at, last_counted_seq) \
     VALUES",
    7,
    "",
);

/// Moves heads only from where the commands were decided: number and hash must be the same.
pub(crate) static MOVE_HEADS: MultiRow = MultiRow::new(
    "UPDATE streams SET head_seq = v.column4, tally = v.column5, hash = v.column6, \
     last_at = v.column7, last_counted_seq = CASE WHEN v.column8 > 0 THEN v.column8 \
     ELSE streams.last_counted_seq END FROM (VALUES",
    8,
    ") AS v WHERE streams.stream_id = v.column1 AND streams.head_seq = v.column2 \
     AND streams.hash = v.column3",
);

pub(crate) static SELECT_HEADS: MultiRow = MultiRow::new(
    "SELECT stream_id, head_seq, tally, hash FROM streams WHERE stream_id IN (VALUES",
    1,
    ")",
);

pub(crate) static INSERT_OUTBOX: MultiRow =
    MultiRow::new("INSERT INTO outbox (id, to_kind, to_id, order_json, at) VALUES", 5, "");

pub(crate) static INSERT_MEMBERS: MultiRow = MultiRow::new(
    "INSERT INTO room_members (room_id, account_id, role, joined_seq, joined_tally) VALUES",
    5,
    "",
);

pub(crate) static INSERT_TASK_PEOPLE: MultiRow =
    MultiRow::new("INSERT INTO task_people (task_id, account_id, part, over_at) VALUES", 4, "");

pub(crate) static SELECT_TASK_PEOPLE: MultiRow = MultiRow::new(
    "SELECT task_id, account_id, part FROM task_people WHERE task_id IN (VALUES",
    1,
    ")",
);

pub(crate) static SELECT_TASK_EXCEPTIONS: MultiRow =
    MultiRow::new("SELECT * FROM task_exceptions WHERE task_id IN (VALUES", 1, ")");

pub(crate) static SELECT_TASK_FILES: MultiRow =
    MultiRow::new("SELECT * FROM task_files WHERE task_id IN (VALUES", 1, ") ORDER BY seq");

/// Events by position, each with its present text, its thread, and whether the asker (column2)
/// has deleted or cleared it away. The listed positions lead: the planner must not walk a table.
pub(crate) static SELECT_HITS: MultiRow = MultiRow::new(
    "SELECT e.*, s.kind, x.body AS edit_body, t.service_id AS desk, t.asker_id AS desk_asker, \
     COALESCE(h.seq, (SELECT e.seq FROM account_cleared k WHERE k.account_id = v.column2 \
      AND k.room_id IN (e.stream_id, zeroblob(16)) AND (k.seq >= e.seq OR k.at >= e.at) LIMIT 1)) \
     AS hidden FROM (VALUES",
    2,
    ") AS v CROSS JOIN events e ON e.position = v.column1 \
     JOIN streams s ON s.stream_id = e.stream_id \
     LEFT JOIN room_threads t ON t.thread_id = e.stream_id \
     LEFT JOIN room_edits r ON r.room_id = e.stream_id AND r.seq = e.seq \
     LEFT JOIN events x ON x.stream_id = r.room_id AND x.seq = r.edit_seq \
     LEFT JOIN account_hidden h ON h.account_id = v.column2 AND h.room_id = e.stream_id \
     AND h.seq = e.seq",
);

/// Addressed once, whoever is found twice.
pub(crate) static INSERT_RECIPIENTS: MultiRow = MultiRow::new(
    "INSERT INTO notice_recipients (notice_id, account_id, kind, sent_at) VALUES",
    4,
    "ON CONFLICT (notice_id, account_id) DO NOTHING",
);

/// A person's card: own unit and place by name. Used by every query that shows people.
pub(crate) static SELECT_CARDS: MultiRow = MultiRow::new(
    "SELECT a.account_id, a.username, a.name_zh, a.name_ug, a.name_en, a.unit_id, a.post, \
     a.phone, a.disabled, a.avatar, u.name_zh AS unit_zh, u.name_ug AS unit_ug, u.name_en AS unit_en, \
     p.name_zh AS place_zh, p.name_ug AS place_ug, p.name_en AS place_en \
     FROM account_accounts a \
     LEFT JOIN account_units u ON u.unit_id = a.unit_id \
     LEFT JOIN account_units p ON p.unit_id = u.place_id \
     WHERE a.account_id IN (VALUES",
    1,
    ")",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_is_built_from_the_same_text() {
        for statement in [&INSERT_EVENTS, &MOVE_HEADS, &SELECT_HEADS, &SELECT_HITS, &SELECT_CARDS] {
            let texts = statement.texts();
            for (text, rows) in texts.iter().zip(SIZES) {
                assert_eq!(text.matches('?').count(), rows * statement.columns);
            }
        }
    }

    #[test]
    fn covers_with_the_fewest_statements() {
        let items = vec![0_i64; 64 + 8 + 8 + 3];
        let bound = SELECT_HEADS.cover(&items, |query, item| query.bind(*item));
        assert_eq!(bound.len(), 1 + 2 + 3);
    }
}
