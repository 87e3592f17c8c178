//! The week's plans: one as its reader may see it, those of a unit with their counts, and whom
//! one is submitted to. Invariant: a draft is read for its owner only. A person counts where the
//! week's plan was submitted to, and in the own unit until then: whoever moves in the middle of
//! a week is in no two lists.

use super::{Queries, bounded, cut, names};
use crate::{
    project::{of_word, word},
    sqlite::{errors::corrupt, errors::store_error, read},
};
use kernel::journal::StoreError;
use protocol::{
    AccountId, Day, EntityKind, Role, StreamId, UnitId, UnitPath,
    http::AccountCard,
    plan::{
        PlanCounts, PlanEntry, PlanInfo, PlanLine, PlanOverview, PlanPart, PlanRow, PlanState,
        PlanTally,
    },
};
use serde::de::DeserializeOwned;
use sqlx::{QueryBuilder, Row, Sqlite, sqlite::SqliteRow};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Whom one plan is submitted to.
const REVIEWERS_MAX: i64 = 50;
/// What is shown of what was done to one plan: the latest.
const LINES_MAX: i64 = 300;
/// Plans of one week that colleagues share with one person.
const SHARED_MAX: i64 = 500;

/// ?1 the week, ?2 the unit at the top: its people, and those whose plan was submitted there before
/// they left. A plan that was never submitted is nobody's to see. The join orders and the index
/// are given: whoever looks at 50,000 people reads two ranges of two indexes and no text.
macro_rules! weeks {
    ($tail:literal) => {
        concat!(
            "WITH units AS (SELECT u.unit_id FROM account_units top JOIN account_units u \
             ON u.path >= top.path AND u.path < rtrim(top.path, '/') || '0' \
             WHERE top.unit_id = ?2), \
             people AS (SELECT a.account_id, a.username, a.unit_id AS own \
             FROM units CROSS JOIN account_accounts a \
             ON a.unit_id = units.unit_id AND a.disabled = 0 UNION ALL \
             SELECT a.account_id, a.username, a.unit_id FROM units CROSS JOIN plan_plans p \
             ON p.week = ?1 AND p.unit_id = units.unit_id CROSS JOIN account_accounts a \
             ON a.account_id = p.account_id AND a.disabled = 0 \
             AND a.unit_id NOT IN (SELECT unit_id FROM units)), \
             weeks AS (SELECT a.account_id, a.username, COALESCE(p.unit_id, a.own) AS unit_id, \
             CASE WHEN p.unit_id IS NULL THEN NULL ELSE p.plan_id END AS plan_id, \
             COALESCE(p.state, 'draft') AS state, COALESCE(p.summary, 'draft') AS summary, \
             p.sent_at FROM people a LEFT JOIN plan_plans p INDEXED BY plan_plans_by_week \
             ON p.week = ?1 AND p.account_id = a.account_id \
             WHERE (p.unit_id IS NULL OR p.unit_id IN (SELECT unit_id FROM units)) \
             AND a.account_id NOT IN (SELECT account_id FROM app_apps)) ",
            $tail
        )
    };
}

const COUNTS: &str = weeks!(
    ", tally AS (SELECT w.unit_id, COUNT(*) AS people, \
     SUM(w.state = 'draft') AS m_missing, SUM(w.state = 'submitted') AS m_submitted, \
     SUM(w.state = 'approved') AS m_approved, SUM(w.state = 'returned') AS m_returned, \
     SUM(w.summary = 'draft') AS s_missing, SUM(w.summary = 'submitted') AS s_submitted, \
     SUM(w.summary = 'approved') AS s_approved, SUM(w.summary = 'returned') AS s_returned \
     FROM weeks w GROUP BY w.unit_id) SELECT t.*, u.name_zh, u.name_ug, u.name_en \
     FROM tally t JOIN account_units u ON u.unit_id = t.unit_id ORDER BY u.path"
);

/// ?3 and ?4 the state to show of which part, ?5 after whom, ?6 how many.
const ROWS: &str = weeks!(
    "SELECT * FROM weeks WHERE (?3 IS NULL OR \
     CASE ?4 WHEN 'summary' THEN summary ELSE state END = ?3) \
     AND username > ?5 ORDER BY username LIMIT ?6"
);

const PARTS: &str = weeks!(
    "SELECT pp.* FROM weeks w JOIN plan_parts pp ON pp.plan_id = w.plan_id \
     ORDER BY pp.plan_id, pp.part"
);

const SHARED: &str = "SELECT p.account_id, p.plan_id, COALESCE(m.state, 'draft') AS state, \
     COALESCE(s.state, 'draft') AS summary, m.sent_at \
     FROM plan_shares h JOIN plan_plans p ON p.plan_id = h.plan_id \
     LEFT JOIN plan_parts m ON m.plan_id = p.plan_id AND m.part = 'plan' \
     LEFT JOIN plan_parts s ON s.plan_id = p.plan_id AND s.part = 'summary' \
     WHERE h.account_id = ?1 AND p.week = ?2 ORDER BY p.account_id LIMIT ?3";

/// Which rows of a week are listed.
#[derive(Clone, Debug, Default)]
pub struct PlanFilter {
    /// Those whose part is in this state.
    pub state: Option<PlanState>,
    pub part: Option<PlanPart>,
    pub after: Option<String>,
    pub limit: usize,
}

/// One person's week with all that was submitted: for an export.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanReport {
    pub row: PlanRow,
    pub parts: Vec<PlanEntry>,
}

impl Queries {
    /// Heads of the nearest unit that has any, from this one upwards, without the owner.
    pub async fn plan_reviewers(
        &self,
        path: &UnitPath,
        owner: AccountId,
        roles: &[Role],
    ) -> Result<Vec<AccountId>, StoreError> {
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT g.account_id, g.unit_id FROM account_grants g JOIN account_accounts a \
             ON a.account_id = g.account_id WHERE a.disabled = 0 AND g.account_id <> ",
        );
        query.push_bind(owner.0).push(" AND g.role IN (");
        let mut list = query.separated(", ");
        roles.iter().for_each(|role| {
            list.push_bind(word(role));
        });
        query.push(") AND g.unit_id IN (");
        let mut list = query.separated(", ");
        path.0.iter().for_each(|unit| {
            list.push_bind(unit.0);
        });
        query.push(") ORDER BY g.account_id LIMIT ").push_bind(REVIEWERS_MAX * 10);
        let found: Vec<(Uuid, Uuid)> =
            query.build_query_as().fetch_all(&self.readers).await.map_err(store_error)?;
        let at = |unit: &UnitId| -> Vec<AccountId> {
            let here = found.iter().filter(|(_, at)| *at == unit.0);
            let mut heads: Vec<AccountId> = here.map(|(head, _)| AccountId(*head)).collect();
            heads.dedup();
            heads
        };
        let mut nearest = path.0.iter().rev().map(at).find(|heads| !heads.is_empty());
        if let Some(heads) = &mut nearest {
            heads.truncate(usize::try_from(REVIEWERS_MAX).unwrap_or_default());
        }
        Ok(nearest.unwrap_or_default())
    }

    /// A plan as `reader` may see it; whether the reader may is decided above. Who is named in
    /// it and who reviews it is filled in there.
    pub async fn plan(
        &self,
        plan: StreamId,
        reader: AccountId,
    ) -> Result<Option<PlanInfo>, StoreError> {
        let row: Option<(Uuid, i64)> =
            sqlx::query_as("SELECT account_id, week FROM plan_plans WHERE plan_id = ?")
                .bind(plan.id)
                .fetch_optional(&self.readers)
                .await
                .map_err(store_error)?;
        let Some((owner, week)) = row else { return Ok(None) };
        let own = owner == reader.0;
        let rows = sqlx::query("SELECT * FROM plan_parts WHERE plan_id = ? ORDER BY part")
            .bind(plan.id)
            .fetch_all(&self.readers)
            .await
            .map_err(store_error)?;
        let parts = rows.iter().map(|row| entry(row, own)).collect::<Result<Vec<_>, _>>();
        let shared: Vec<Uuid> = if own {
            sqlx::query_scalar(
                "SELECT account_id FROM plan_shares WHERE plan_id = ? ORDER BY account_id",
            )
            .bind(plan.id)
            .fetch_all(&self.readers)
            .await
            .map_err(store_error)?
        } else {
            Vec::new()
        };
        let rows = sqlx::query(
            "SELECT * FROM (SELECT * FROM plan_lines WHERE plan_id = ? \
             ORDER BY seq DESC LIMIT ?) ORDER BY seq",
        )
        .bind(plan.id)
        .bind(LINES_MAX)
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let lines = rows.iter().map(line).collect::<Result<Vec<_>, _>>().map_err(store_error)?;
        Ok(Some(PlanInfo {
            plan,
            exists: true,
            account: AccountId(owner),
            week: Day(week),
            parts: both(parts.map_err(store_error)?),
            shared: shared.into_iter().map(AccountId).collect(),
            lines,
            reviews: false,
            people: Vec::new(),
        }))
    }

    /// The unit that a plan was submitted to.
    pub async fn plan_unit(&self, plan: StreamId) -> Result<Option<UnitId>, StoreError> {
        let unit: Option<Option<Uuid>> =
            sqlx::query_scalar("SELECT unit_id FROM plan_plans WHERE plan_id = ?")
                .bind(plan.id)
                .fetch_optional(&self.readers)
                .await
                .map_err(store_error)?;
        Ok(unit.flatten().map(UnitId))
    }

    /// Plans of a week that others share with the account.
    pub async fn plans_shared(
        &self,
        account: AccountId,
        week: Day,
    ) -> Result<Vec<PlanRow>, StoreError> {
        let rows = sqlx::query(SHARED)
            .bind(account.0)
            .bind(week.0)
            .bind(SHARED_MAX)
            .fetch_all(&self.readers)
            .await
            .map_err(store_error)?;
        self.plan_rows(&rows).await
    }

    /// A week of a unit and all below it: counts by unit, and a page of its people.
    pub async fn plan_overview(
        &self,
        unit: UnitId,
        week: Day,
        filter: &PlanFilter,
    ) -> Result<PlanOverview, StoreError> {
        let counted = sqlx::query(COUNTS).bind(week.0).bind(unit.0).fetch_all(&self.readers).await;
        let units = counted.map_err(store_error)?.iter().map(counts).collect::<Result<_, _>>();
        let limit = bounded(filter.limit);
        let rows = sqlx::query(ROWS)
            .bind(week.0)
            .bind(unit.0)
            .bind(filter.state.map(|state| word(&state)))
            .bind(filter.part.map(|part| word(&part)))
            .bind(filter.after.as_deref().unwrap_or_default())
            .bind(limit as i64 + 1)
            .fetch_all(&self.readers)
            .await
            .map_err(store_error)?;
        let mut items = self.plan_rows(&rows).await?;
        let more = cut(&mut items, limit);
        let next = items.last().filter(|_| more).map(|last| last.person.username.clone());
        Ok(PlanOverview { week, unit, units: units.map_err(store_error)?, items, next })
    }

    /// Everybody of a unit and below with what was submitted; `None`: more than `people_max`.
    pub async fn plan_report(
        &self,
        unit: UnitId,
        week: Day,
        people_max: usize,
    ) -> Result<Option<Vec<PlanReport>>, StoreError> {
        let rows = sqlx::query(ROWS)
            .bind(week.0)
            .bind(unit.0)
            .bind(None::<String>)
            .bind(None::<String>)
            .bind("")
            .bind(people_max as i64 + 1)
            .fetch_all(&self.readers)
            .await
            .map_err(store_error)?;
        if rows.len() > people_max {
            return Ok(None);
        }
        let mut parts: HashMap<Uuid, Vec<PlanEntry>> = HashMap::new();
        let found = sqlx::query(PARTS).bind(week.0).bind(unit.0).fetch_all(&self.readers).await;
        for row in found.map_err(store_error)? {
            let plan: Uuid = row.try_get("plan_id").map_err(store_error)?;
            parts.entry(plan).or_default().push(entry(&row, false).map_err(store_error)?);
        }
        let people = self.plan_rows(&rows).await?.into_iter().map(|row| {
            let parts = row.plan.and_then(|plan| parts.remove(&plan.id)).unwrap_or_default();
            PlanReport { row, parts: both(parts) }
        });
        Ok(Some(people.collect()))
    }

    async fn plan_rows(&self, rows: &[SqliteRow]) -> Result<Vec<PlanRow>, StoreError> {
        let ids: Vec<AccountId> = rows
            .iter()
            .map(|row| row.try_get("account_id").map(AccountId))
            .collect::<Result<_, _>>()
            .map_err(store_error)?;
        let cards = self.cards(&ids).await?;
        let mut cards: HashMap<AccountId, AccountCard> =
            cards.into_iter().map(|card| (card.account, card)).collect();
        let mut found = Vec::new();
        for (row, id) in rows.iter().zip(&ids) {
            // The card is of the same store: an account is never deleted.
            let Some(person) = cards.remove(id) else { continue };
            found.push(plan_row(row, person).map_err(store_error)?);
        }
        Ok(found)
    }
}

fn plan_row(row: &SqliteRow, person: AccountCard) -> Result<PlanRow, sqlx::Error> {
    let plan: Option<Uuid> = row.try_get("plan_id")?;
    Ok(PlanRow {
        person,
        plan: plan.map(|plan| StreamId::new(EntityKind::Plan, plan)),
        state: of_word(row.try_get("state")?)?,
        summary: of_word(row.try_get("summary")?)?,
        sent_at: row.try_get("sent_at")?,
    })
}

fn counts(row: &SqliteRow) -> Result<PlanCounts, sqlx::Error> {
    let count = |column: &'static str| -> Result<u32, sqlx::Error> {
        Ok(u32::try_from(read::unsigned(row, column)?).unwrap_or(u32::MAX))
    };
    Ok(PlanCounts {
        unit: UnitId(row.try_get("unit_id")?),
        names: names(row, "name_zh", "name_ug", "name_en")?,
        people: count("people")?,
        plan: PlanTally {
            missing: count("m_missing")?,
            submitted: count("m_submitted")?,
            approved: count("m_approved")?,
            returned: count("m_returned")?,
        },
        summary: PlanTally {
            missing: count("s_missing")?,
            submitted: count("s_submitted")?,
            approved: count("s_approved")?,
            returned: count("s_returned")?,
        },
    })
}

/// The plan and the summary, whether anything was written or not.
fn both(found: Vec<PlanEntry>) -> Vec<PlanEntry> {
    let there: HashSet<PlanPart> = found.iter().map(|entry| entry.part).collect();
    let absent = PlanPart::ALL.into_iter().filter(|part| !there.contains(part)).map(nothing);
    let mut parts: Vec<PlanEntry> = found.iter().cloned().chain(absent).collect();
    parts.sort_by_key(|entry| entry.part);
    parts
}

/// A part of which nothing has been written.
fn nothing(part: PlanPart) -> PlanEntry {
    PlanEntry {
        part,
        state: PlanState::Draft,
        draft: None,
        text: None,
        tasks: Vec::new(),
        omitted: 0,
        to: Vec::new(),
        seq: None,
        sent_at: None,
        reviewed_by: None,
        reviewed_at: None,
        remark: None,
    }
}

/// What was taken back shows nothing of what it said.
fn entry(row: &SqliteRow, own: bool) -> Result<PlanEntry, sqlx::Error> {
    let part = of_word(row.try_get("part")?)?;
    let state: PlanState = of_word(row.try_get("state")?)?;
    let draft = if own { Some(row.try_get("draft")?) } else { None };
    if state == PlanState::Draft {
        return Ok(PlanEntry { draft, ..nothing(part) });
    }
    let seq: Option<i64> = row.try_get("seq")?;
    Ok(PlanEntry {
        part,
        state,
        draft,
        text: row.try_get("text")?,
        tasks: list(row.try_get("tasks")?)?,
        omitted: row.try_get("omitted")?,
        to: list(row.try_get("to_accounts")?)?,
        seq: seq.and_then(|seq| seq.try_into().ok()),
        sent_at: row.try_get("sent_at")?,
        reviewed_by: row.try_get::<Option<Uuid>, _>("reviewed_by")?.map(AccountId),
        reviewed_at: row.try_get("reviewed_at")?,
        remark: row.try_get("remark")?,
    })
}

fn line(row: &SqliteRow) -> Result<PlanLine, sqlx::Error> {
    let part: Option<String> = row.try_get("part")?;
    Ok(PlanLine {
        seq: read::unsigned(row, "seq")?,
        at: row.try_get("at")?,
        by: AccountId(row.try_get("by_account")?),
        deed: of_word(row.try_get("deed")?)?,
        part: part.map(of_word).transpose()?,
        text: row.try_get("text")?,
    })
}

fn list<T: DeserializeOwned>(text: String) -> Result<Vec<T>, sqlx::Error> {
    serde_json::from_str(&text).map_err(|error| corrupt(format!("stored list: {error}")))
}

impl Queries {
    /// A week of which its owner has written nothing.
    pub fn no_plan(plan: StreamId, account: AccountId, week: Day) -> PlanInfo {
        PlanInfo {
            plan,
            exists: false,
            account,
            week,
            parts: both(Vec::new()),
            shared: Vec::new(),
            lines: Vec::new(),
            reviews: false,
            people: Vec::new(),
        }
    }
}
