//! Tables of the week's plans. Invariant: a draft stands in a column that is read for its owner
//! only; a submission replaces it, as its event replaces the draft's.

use super::word;
use crate::sqlite::errors::corrupt;
use kernel::journal::StoredEvent;
use protocol::{
    AccountId, Day,
    plan::{PlanDeed, PlanEvent, PlanPart, PlanReviewed, PlanState, PlanSubmitted, PlanVerdict},
};
use serde::Serialize;
use sqlx::SqliteConnection;
use uuid::Uuid;

pub(super) async fn apply(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    words: PlanEvent,
) -> Result<(), sqlx::Error> {
    use PlanEvent as E;
    let plan = event.stream.id;
    if matches!(words, E::PlanReminded(_)) {
        // A row of the reviewers' lists, not of the plan.
        return Ok(());
    }
    let by = event.by.ok_or_else(|| corrupt("a plan's event without sender"))?;
    match words {
        E::PlanWritten(body) => {
            exists(connection, plan, by, body.week).await?;
            sqlx::query(
                "INSERT INTO plan_parts (plan_id, part, state, draft) VALUES (?, ?, 'draft', ?) \
                 ON CONFLICT (plan_id, part) DO UPDATE SET draft = excluded.draft",
            )
            .bind(plan)
            .bind(word(&body.part))
            .bind(body.text)
            .execute(connection)
            .await
            .map(|_| ())
        }
        E::PlanSubmitted(body) => {
            exists(connection, plan, by, body.week).await?;
            let part = body.part;
            submitted(connection, event, body).await?;
            line(connection, event, by, PlanDeed::Submitted, Some(part), "").await
        }
        E::PlanReminded(_) => Ok(()),
        E::PlanWithdrawn(body) => {
            state(connection, plan, body.part, PlanState::Draft).await?;
            line(connection, event, by, PlanDeed::Withdrawn, Some(body.part), "").await
        }
        E::PlanShared(body) => {
            exists(connection, plan, by, body.week).await?;
            let statement = if body.on {
                "INSERT INTO plan_shares (plan_id, account_id) VALUES (?, ?) \
                 ON CONFLICT (plan_id, account_id) DO NOTHING"
            } else {
                "DELETE FROM plan_shares WHERE plan_id = ? AND account_id = ?"
            };
            let statement = sqlx::query(statement).bind(plan).bind(body.account.0);
            statement.execute(connection).await.map(|_| ())
        }
        E::PlanReviewed(body) => reviewed(connection, event, by, body).await,
        E::PlanCommented(body) => {
            line(connection, event, by, PlanDeed::Commented, None, &body.text).await
        }
    }
}

async fn exists(
    connection: &mut SqliteConnection,
    plan: Uuid,
    owner: AccountId,
    week: Day,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO plan_plans (plan_id, account_id, week) VALUES (?, ?, ?) \
         ON CONFLICT (plan_id) DO NOTHING",
    )
    .bind(plan)
    .bind(owner.0)
    .bind(week.0)
    .execute(connection)
    .await
    .map(|_| ())
}

async fn submitted(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    body: PlanSubmitted,
) -> Result<(), sqlx::Error> {
    // When the plan itself was submitted, not its summary.
    let sent_at = (body.part == PlanPart::Plan).then_some(event.at);
    sqlx::query(
        "UPDATE plan_plans SET unit_id = ?, sent_at = COALESCE(?, sent_at) WHERE plan_id = ?",
    )
    .bind(body.unit.0)
    .bind(sent_at)
    .bind(event.stream.id)
    .execute(&mut *connection)
    .await?;
    far(connection, event.stream.id, body.part, PlanState::Submitted).await?;
    sqlx::query(
        "INSERT INTO plan_parts (plan_id, part, state, draft, text, tasks, omitted, to_accounts, \
         seq, sent_at) VALUES (?1, ?2, 'submitted', ?3, ?3, ?4, ?5, ?6, ?7, ?8) \
         ON CONFLICT (plan_id, part) DO UPDATE SET state = excluded.state, \
         draft = excluded.draft, text = excluded.text, tasks = excluded.tasks, \
         omitted = excluded.omitted, to_accounts = excluded.to_accounts, seq = excluded.seq, \
         sent_at = excluded.sent_at, reviewed_by = NULL, reviewed_at = NULL, remark = NULL",
    )
    .bind(event.stream.id)
    .bind(word(&body.part))
    .bind(body.text)
    .bind(json(&body.tasks)?)
    .bind(body.omitted)
    .bind(json(&body.to)?)
    .bind(i64::try_from(event.seq).unwrap_or(i64::MAX))
    .bind(event.at)
    .execute(connection)
    .await
    .map(|_| ())
}

async fn reviewed(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    by: AccountId,
    body: PlanReviewed,
) -> Result<(), sqlx::Error> {
    let (to, deed) = match body.verdict {
        PlanVerdict::Approve => (PlanState::Approved, PlanDeed::Approved),
        PlanVerdict::Return => (PlanState::Returned, PlanDeed::Returned),
    };
    state(connection, event.stream.id, body.part, to).await?;
    sqlx::query(
        "UPDATE plan_parts SET reviewed_by = ?, reviewed_at = ?, remark = ? \
         WHERE plan_id = ? AND part = ?",
    )
    .bind(by.0)
    .bind(event.at)
    .bind(&body.remark)
    .bind(event.stream.id)
    .bind(word(&body.part))
    .execute(&mut *connection)
    .await?;
    line(connection, event, by, deed, Some(body.part), &body.remark).await
}

async fn state(
    connection: &mut SqliteConnection,
    plan: Uuid,
    part: PlanPart,
    to: PlanState,
) -> Result<(), sqlx::Error> {
    far(connection, plan, part, to).await?;
    sqlx::query("UPDATE plan_parts SET state = ? WHERE plan_id = ? AND part = ?")
        .bind(word(&to))
        .bind(plan)
        .bind(word(&part))
        .execute(connection)
        .await
        .map(|_| ())
}

/// How far the week is, as the overview reads it.
async fn far(
    connection: &mut SqliteConnection,
    plan: Uuid,
    part: PlanPart,
    to: PlanState,
) -> Result<(), sqlx::Error> {
    let statement = match part {
        PlanPart::Plan => "UPDATE plan_plans SET state = ? WHERE plan_id = ?",
        PlanPart::Summary => "UPDATE plan_plans SET summary = ? WHERE plan_id = ?",
    };
    sqlx::query(statement).bind(word(&to)).bind(plan).execute(connection).await.map(|_| ())
}

async fn line(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    by: AccountId,
    deed: PlanDeed,
    part: Option<PlanPart>,
    text: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO plan_lines (plan_id, seq, at, by_account, deed, part, text) \
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(event.stream.id)
    .bind(i64::try_from(event.seq).unwrap_or(i64::MAX))
    .bind(event.at)
    .bind(by.0)
    .bind(word(&deed))
    .bind(part.map(|part| word(&part)))
    .bind(text)
    .execute(connection)
    .await
    .map(|_| ())
}

fn json(value: &impl Serialize) -> Result<String, sqlx::Error> {
    serde_json::to_string(value).map_err(|error| corrupt(error.to_string()))
}
