//! Writing, handing in and taking back: what its owner does.

use super::{Part, Plan, PlanFacts, conflict, owner, remind};
use crate::{Context, Decision, text};
use protocol::{
    Day, ErrorBody, ErrorKind, Zone,
    limits::MESSAGE_CHARS_MAX,
    plan::{
        PlanEvent, PlanPart, PlanState, PlanSubmitted, PlanWithdrawn, PlanWritten, SubmitPlan,
        WithdrawPlan, WritePlan,
    },
};

/// Tasks that a submission records; a week with more says how many more.
const TASKS_MAX: usize = 100;
/// A plan is written at most a year ahead or behind.
const WEEKS_AWAY_MAX: i64 = 53;

/// What is submitted waits for its review, and what is approved stands.
fn open(part: &Part) -> Result<(), ErrorBody> {
    match part.state {
        PlanState::Draft | PlanState::Returned => Ok(()),
        PlanState::Submitted => Err(conflict("plan.is_submitted", "take it back first")),
        PlanState::Approved => Err(conflict("plan.is_approved", "it is approved")),
    }
}

fn near(week: Day, context: &Context<'_>) -> Result<(), ErrorBody> {
    let this = Zone::default().day(context.now).monday();
    if (week.0 - this.0).abs() <= WEEKS_AWAY_MAX * 7 {
        return Ok(());
    }
    Err(ErrorBody::invalid("week", "at most a year ahead or behind"))
}

pub(super) fn write(
    plan: &Plan,
    command: &WritePlan,
    context: &Context<'_>,
) -> Result<Decision<PlanEvent>, ErrorBody> {
    let WritePlan { week, part, .. } = *command;
    let owner = owner(week, context)?;
    near(week, context)?;
    open(plan.part(part))?;
    let text = text::body("text", &command.text, MESSAGE_CHARS_MAX)?;
    let mut decision = Decision::event(PlanWritten { week, part, text });
    decision.audience = Some(Box::new([owner]));
    decision.redactions.extend(plan.part(part).draft);
    Ok(decision)
}

pub(super) fn submit(
    plan: &Plan,
    command: &SubmitPlan,
    facts: &PlanFacts,
    context: &Context<'_>,
) -> Result<Decision<PlanEvent>, ErrorBody> {
    let SubmitPlan { week, part, .. } = *command;
    owner(week, context)?;
    near(week, context)?;
    open(plan.part(part))?;
    let handed_in = matches!(plan.plan.state, PlanState::Submitted | PlanState::Approved);
    if part == PlanPart::Summary && !handed_in {
        return Err(conflict("plan.plan_first", "a summary follows a plan"));
    }
    let text = text::body("text", &command.text, MESSAGE_CHARS_MAX)?;
    if text.is_empty() {
        return Err(ErrorBody::invalid("text", "must not be empty"));
    }
    let unit = facts.unit.ok_or_else(|| {
        ErrorBody::new(ErrorKind::NotFound, "account.not_found", "the sender has no unit")
    })?;
    let tasks = facts.tasks.as_deref();
    let tasks = tasks.ok_or_else(|| conflict("plan.too_many_tasks", "too many tasks"))?;
    let kept = tasks.len().min(TASKS_MAX);
    let mut decision = Decision::event(PlanSubmitted {
        week,
        part,
        text,
        unit,
        to: facts.reviewers.clone(),
        tasks: tasks[..kept].to_vec(),
        omitted: u32::try_from(tasks.len() - kept).unwrap_or(u32::MAX),
    });
    decision.redactions.extend(plan.part(part).draft);
    Ok(remind::later(decision, part, context))
}

pub(super) fn withdraw(
    plan: &Plan,
    command: &WithdrawPlan,
    context: &Context<'_>,
) -> Result<Decision<PlanEvent>, ErrorBody> {
    let WithdrawPlan { week, part } = *command;
    owner(week, context)?;
    match plan.state(part) {
        PlanState::Submitted => {
            Ok(remind::over(plan, part, Decision::event(PlanWithdrawn { part })))
        }
        PlanState::Draft => Ok(Decision::nothing()),
        PlanState::Approved => Err(conflict("plan.is_approved", "it is approved")),
        PlanState::Returned => Err(conflict("plan.not_submitted", "it was returned already")),
    }
}
