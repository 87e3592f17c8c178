//! Reminding reviewers of what waits for them. Invariants: the timer is a row committed with the
//! submission, so a restart forgets nobody; what was reviewed or taken back meanwhile is not
//! reminded of, and a reminder given before is over with it. Once for each submission.

use super::{Part, Plan};
use crate::{Context, Decision, Order, TimerChange};
use protocol::{
    EntityKind, Seq, StreamId,
    notice::Reminder,
    plan::{PlanEvent, PlanPart, PlanReminded, PlanState},
};
use sha2::{Digest, Sha256};

fn timer(part: PlanPart) -> String {
    match part {
        PlanPart::Plan => "review:plan",
        PlanPart::Summary => "review:summary",
    }
    .to_owned()
}

/// With a submission that was decided.
pub(super) fn later(
    mut decision: Decision<PlanEvent>,
    part: PlanPart,
    context: &Context<'_>,
) -> Decision<PlanEvent> {
    let at = context.now.saturating_add(context.policy.plan_remind_ms);
    decision.timers.push(TimerChange::Set { name: timer(part), at });
    decision
}

/// With a review, or with what takes the submission back.
pub(super) fn over(
    plan: &Plan,
    part: PlanPart,
    mut decision: Decision<PlanEvent>,
) -> Decision<PlanEvent> {
    decision.timers.push(TimerChange::Cancel { name: timer(part) });
    let Part { reminder, to, .. } = plan.part(part);
    match reminder {
        None => decision,
        Some(notice) => decision.tell(*notice, Order::ReminderOver { people: to.clone() }),
    }
}

pub(super) fn fired(plan: &Plan, name: &str, context: &Context<'_>) -> Decision<PlanEvent> {
    let due = PlanPart::ALL.into_iter().find(|part| timer(*part) == name);
    let (Some(part), Some(account), Some(week)) = (due, plan.owner, plan.week) else {
        return Decision::nothing();
    };
    let now = plan.part(part);
    let (PlanState::Submitted, Some(seq), false) = (now.state, now.submission, now.to.is_empty())
    else {
        return Decision::nothing();
    };
    let stream = context.stream;
    let notice = notice_of(stream, seq);
    Decision::event(PlanReminded { part, seq, notice }).tell(
        notice,
        Order::Remind {
            people: now.to.clone(),
            // For programs; people read it in their own words.
            title: format!("周计划待审核 {week}"),
            link: format!("/#/plans/{stream}"),
            due_at: None,
            reminder: Reminder::Review { plan: stream, account, week, part },
        },
    )
}

fn notice_of(stream: StreamId, seq: Seq) -> StreamId {
    let digest = Sha256::new()
        .chain_update(b"review")
        .chain_update(stream.id.as_bytes())
        .chain_update(seq.to_be_bytes())
        .finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    StreamId::new(EntityKind::Notice, uuid::Builder::from_custom_bytes(bytes).into_uuid())
}
