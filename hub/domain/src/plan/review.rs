//! What others do with a plan: it is shared with them, reviewed and commented on.

use super::{Plan, PlanFacts, conflict, forbidden, owner, remind};
use crate::{Context, Decision, text};
use protocol::{
    AccountId, ErrorBody, ErrorKind,
    limits::NOTICE_CHARS_MAX,
    plan::{
        CommentPlan, PlanCommented, PlanEvent, PlanReviewed, PlanShared, PlanState, PlanVerdict,
        ReviewPlan, SharePlan,
    },
};

/// People with whom one week is shared.
const SHARES_MAX: usize = 200;
/// What is said about one week.
const COMMENTS_MAX: usize = 1_000;

pub(super) fn share(
    plan: &Plan,
    command: &SharePlan,
    facts: &PlanFacts,
    context: &Context<'_>,
) -> Result<Decision<PlanEvent>, ErrorBody> {
    let SharePlan { week, account, on } = *command;
    if account == owner(week, context)? {
        return Err(ErrorBody::invalid("account", "your own plan is yours already"));
    }
    if plan.shared.contains(&account) == on {
        return Ok(Decision::nothing());
    }
    if on && !facts.known {
        let message = "no such account, or it is disabled";
        let error = ErrorBody::new(ErrorKind::NotFound, "plan.account_not_found", message);
        return Err(error.field("account"));
    }
    if on && plan.shared.len() >= SHARES_MAX {
        return Err(conflict("plan.too_many_shares", format!("at most {SHARES_MAX} people")));
    }
    Ok(Decision::event(PlanShared { week, account, on }))
}

/// Whose plan it is, for somebody who sees it.
fn seen(plan: &Plan, context: &Context<'_>) -> Result<AccountId, ErrorBody> {
    let error = || ErrorBody::new(ErrorKind::NotFound, "plan.not_found", "no such plan");
    plan.owner.filter(|_| plan.is_for(context.who)).ok_or_else(error)
}

pub(super) fn review(
    plan: &Plan,
    command: &ReviewPlan,
    context: &Context<'_>,
) -> Result<Decision<PlanEvent>, ErrorBody> {
    let account = seen(plan, context)?;
    if !plan.is_reviewed_by(context.who) {
        return Err(forbidden("plan.not_reviewer", "a head of the unit reviews it"));
    }
    let ReviewPlan { part, seq, verdict, .. } = *command;
    let now = plan.part(part);
    // What was approved by mistake can still be returned.
    let waits = match now.state {
        PlanState::Submitted => true,
        PlanState::Approved => verdict == PlanVerdict::Return,
        PlanState::Draft | PlanState::Returned => false,
    };
    if !waits {
        return Err(conflict("plan.not_submitted", "there is nothing to review"));
    }
    if now.submission != Some(seq) {
        return Err(conflict("plan.changed", "it was submitted anew: read it again"));
    }
    let remark = text::body("remark", &command.remark, NOTICE_CHARS_MAX)?;
    if verdict == PlanVerdict::Return && remark.is_empty() {
        return Err(ErrorBody::invalid("remark", "say what is missing"));
    }
    let reviewed = PlanReviewed { account, part, seq, verdict, remark };
    Ok(remind::over(plan, part, Decision::event(reviewed)))
}

pub(super) fn comment(
    plan: &Plan,
    command: &CommentPlan,
    context: &Context<'_>,
) -> Result<Decision<PlanEvent>, ErrorBody> {
    let account = seen(plan, context)?;
    let text = text::body("text", &command.text, NOTICE_CHARS_MAX)?;
    if text.is_empty() {
        return Err(ErrorBody::invalid("text", "must not be empty"));
    }
    if plan.comments >= COMMENTS_MAX {
        return Err(conflict("plan.too_many_comments", format!("at most {COMMENTS_MAX}")));
    }
    Ok(Decision::event(PlanCommented { account, text }))
}
