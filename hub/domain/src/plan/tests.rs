//! One week from both sides, and whatever may happen to it.

use super::*;
use crate::{
    TimerChange,
    testing::{Bench, account, tree, unit, who},
};
use proptest::prelude::*;
use protocol::plan::{CommentPlan, ReviewPlan, SharePlan, SubmitPlan, WithdrawPlan, WritePlan};

/// Monday 1970-01-05; the bench's clock stands a few days before.
const WEEK: Day = Day(4);

fn bench() -> Bench<Plan> {
    Bench::new(plan_of(account(1), WEEK).id)
}

fn facts() -> PlanFacts {
    PlanFacts {
        unit: Some(unit(3)),
        reviewers: vec![account(2)],
        tasks: Some(Vec::new()),
        known: true,
    }
}

/// Of the department 3, in which 1 works.
fn head() -> Who {
    who(2, &[(Role::DepartmentHead, 3)])
}

fn write(part: PlanPart) -> PlanCommand {
    WritePlan { week: WEEK, part, text: "草稿".into() }.into()
}

fn submit(part: PlanPart) -> PlanCommand {
    SubmitPlan { week: WEEK, part, text: "本周办结 20 件".into() }.into()
}

fn review(part: PlanPart, seq: Seq, verdict: PlanVerdict, remark: &str) -> PlanCommand {
    ReviewPlan { part, seq, verdict, remark: remark.into() }.into()
}

fn submitted() -> Bench<Plan> {
    let mut bench = bench();
    bench.run(&who(1, &[]), submit(PlanPart::Plan), facts()).unwrap();
    bench
}

fn code(outcome: Result<Decision<PlanEvent>, ErrorBody>) -> String {
    outcome.map_or_else(|error| error.code.into_owned(), |_| "ok".into())
}

#[test]
fn a_plan_is_its_owners_and_a_week_begins_on_monday() {
    assert_ne!(plan_of(account(1), WEEK), plan_of(account(1), Day(WEEK.0 + 7)));
    assert_ne!(plan_of(account(1), WEEK), plan_of(account(2), WEEK));
    let stranger = bench().run(&who(2, &[]), write(PlanPart::Plan), facts());
    assert_eq!(code(stranger), "plan.not_yours");
    let tuesday = WritePlan { week: Day(5), part: PlanPart::Plan, text: "a".into() };
    let refused = bench().run(&who(1, &[]), tuesday, facts()).unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("week"));
    let far = Day(WEEK.0 + 60 * 7);
    let mut bench = Bench::<Plan>::new(plan_of(account(1), far).id);
    let far = WritePlan { week: far, part: PlanPart::Plan, text: "a".into() };
    assert_eq!(bench.run(&who(1, &[]), far, facts()).unwrap_err().field.as_deref(), Some("week"));
}

#[test]
fn a_draft_is_for_ones_own_eyes_and_replaces_the_one_before_for_good() {
    let mut bench = bench();
    let me = who(1, &[]);
    for redacted in [vec![], vec![1]] {
        let kept = bench.run(&me, write(PlanPart::Plan), facts()).unwrap();
        assert_eq!(kept.redactions, redacted);
        assert_eq!(kept.audience.as_deref(), Some(&[account(1)][..]));
    }
    assert!(!bench.state.may_watch(&head()), "nothing was submitted to anybody");
    let sent = bench.run(&me, submit(PlanPart::Plan), facts()).unwrap();
    assert_eq!((sent.redactions, sent.audience), (vec![2], None));
    assert!(bench.state.may_watch(&head()));
}

#[test]
fn heads_above_the_unit_review_it_and_nobody_their_own() {
    for (who, expected) in [
        (head(), "ok"),
        (who(4, &[(Role::HallManager, 2)]), "ok"),
        (who(4, &[(Role::RegionAdmin, 1)]), "ok"),
        (who(4, &[(Role::DepartmentHead, 5)]), "plan.not_found"),
        (who(4, &[(Role::DepartmentStaff, 3)]), "plan.not_found"),
        (who(1, &[(Role::HallManager, 2)]), "plan.not_reviewer"),
        (Who::hub(), "plan.not_found"),
    ] {
        let approve = review(PlanPart::Plan, 1, PlanVerdict::Approve, "");
        assert_eq!(code(submitted().run(&who, approve, facts())), expected, "{who:?}");
    }
    // Whom it is shared with reads it, and reviews nothing.
    let mut bench = submitted();
    let share = SharePlan { week: WEEK, account: account(9), on: true };
    bench.run(&who(1, &[]), share, facts()).unwrap();
    assert!(bench.state.may_watch(&who(9, &[])));
    let approve = review(PlanPart::Plan, 1, PlanVerdict::Approve, "");
    assert_eq!(code(bench.run(&who(9, &[]), approve, facts())), "plan.not_reviewer");
    let comment = CommentPlan { text: "辛苦了".into() };
    assert_eq!(code(bench.run(&who(9, &[]), comment.clone(), facts())), "ok");
    assert_eq!(code(bench.run(&who(8, &[]), comment, facts())), "plan.not_found");
    let stop = SharePlan { week: WEEK, account: account(9), on: false };
    let stopped = bench.run(&who(1, &[]), stop, facts()).unwrap();
    assert_eq!(stopped.events.iter().find_map(Plan::revokes), Some(account(9)));
    assert!(!bench.state.may_watch(&who(9, &[])));
}

#[test]
fn what_is_returned_is_edited_and_submitted_again() {
    let mut bench = submitted();
    let me = who(1, &[]);
    assert_eq!(code(bench.run(&me, write(PlanPart::Plan), facts())), "plan.is_submitted");
    let silent = review(PlanPart::Plan, 1, PlanVerdict::Return, " ");
    assert_eq!(bench.run(&head(), silent, facts()).unwrap_err().field.as_deref(), Some("remark"));
    let back = review(PlanPart::Plan, 1, PlanVerdict::Return, "补充目标");
    bench.run(&head(), back, facts()).unwrap();
    assert_eq!(bench.state.state(PlanPart::Plan), PlanState::Returned);
    bench.run(&me, write(PlanPart::Plan), facts()).unwrap();
    assert_eq!(bench.state.state(PlanPart::Plan), PlanState::Returned);
    bench.run(&me, submit(PlanPart::Plan), facts()).unwrap();
    let old = review(PlanPart::Plan, 1, PlanVerdict::Approve, "");
    assert_eq!(code(bench.run(&head(), old, facts())), "plan.changed");
    let new = review(PlanPart::Plan, bench.head, PlanVerdict::Approve, "");
    bench.run(&head(), new, facts()).unwrap();
    for command in [write(PlanPart::Plan), submit(PlanPart::Plan)] {
        assert_eq!(code(bench.run(&me, command, facts())), "plan.is_approved");
    }
}

#[test]
fn whom_it_is_submitted_to_may_review_it() {
    use Role::*;
    for role in [
        CounterStaff,
        DepartmentStaff,
        DepartmentHead,
        HallManager,
        RegionAdmin,
        SignInterpreter,
        Leader,
        Operator,
        Auditor,
    ] {
        let may = crate::permissions_of(role).contains(&Permission::PlanReview);
        assert_eq!(REVIEWING_ROLES.contains(&role), may, "{role:?}");
    }
}

#[test]
fn a_summary_follows_a_plan() {
    let mut bench = bench();
    let me = who(1, &[]);
    assert_eq!(code(bench.run(&me, submit(PlanPart::Summary), facts())), "plan.plan_first");
    bench.run(&me, submit(PlanPart::Plan), facts()).unwrap();
    bench.run(&me, submit(PlanPart::Summary), facts()).unwrap();
    let approve = review(PlanPart::Summary, 2, PlanVerdict::Approve, "好");
    bench.run(&head(), approve, facts()).unwrap();
    assert_eq!(bench.state.state(PlanPart::Plan), PlanState::Submitted);
    assert_eq!(bench.state.state(PlanPart::Summary), PlanState::Approved);
}

#[test]
fn a_week_with_very_many_tasks_says_how_many_are_left_out() {
    let task = |n: u128| PlanTask {
        task: StreamId::new(EntityKind::Task, uuid::Uuid::from_u128(n)),
        title: "盘点".into(),
        starts_at: 0,
        ends_at: 0,
        done: false,
    };
    let facts = PlanFacts { tasks: Some((0..103).map(task).collect()), ..facts() };
    let decision = bench().run(&who(1, &[]), submit(PlanPart::Plan), facts).unwrap();
    let [PlanEvent::PlanSubmitted(sent)] = &decision.events[..] else { panic!("{decision:?}") };
    assert_eq!((sent.tasks.len(), sent.omitted), (100, 3));
}

#[derive(Clone, Debug)]
enum Step {
    Owner(PlanCommand),
    Head(PlanPart, bool, PlanVerdict),
    Other(PlanCommand),
}

fn steps() -> impl Strategy<Value = Step> {
    let part = prop_oneof![Just(PlanPart::Plan), Just(PlanPart::Summary)];
    let verdict = prop_oneof![Just(PlanVerdict::Approve), Just(PlanVerdict::Return)];
    prop_oneof![
        part.clone().prop_map(|part| Step::Owner(write(part))),
        part.clone().prop_map(|part| Step::Owner(submit(part))),
        part.clone().prop_map(|part| Step::Owner(WithdrawPlan { week: WEEK, part }.into())),
        any::<bool>()
            .prop_map(|on| Step::Owner(SharePlan { week: WEEK, account: account(9), on }.into())),
        (part, any::<bool>(), verdict)
            .prop_map(|(part, new, verdict)| Step::Head(part, new, verdict)),
        Just(Step::Other(CommentPlan { text: "看".into() }.into())),
    ]
}

proptest! {
    /// Whatever is tried: only a submission that was read is reviewed, a summary never precedes
    /// a plan, no draft is left behind or shown, and the tree is the reviewers' alone.
    #[test]
    fn a_history_keeps_the_rules(steps in prop::collection::vec(steps(), 0..40)) {
        prop_assert!(tree().contains(unit(3)));
        let mut bench = bench();
        let mut drafts: Vec<Seq> = Vec::new();
        let mut last = [None; 2];
        let mut planned = false;
        for step in steps {
            let outcome = match step {
                Step::Owner(command) => bench.run(&who(1, &[]), command, facts()),
                Step::Head(part, new, verdict) => {
                    let seq = last[part as usize].unwrap_or(0);
                    let seq = if new { seq } else { seq + 1 };
                    let outcome = bench.run(&head(), review(part, seq, verdict, "看过"), facts());
                    prop_assert!(new || outcome.is_err(), "an unread submission was reviewed");
                    outcome
                }
                Step::Other(command) => bench.run(&who(9, &[]), command, facts()),
            };
            let Ok(decision) = outcome else { continue };
            let first = bench.head + 1 - decision.events.len() as Seq;
            drafts.retain(|seq| !decision.redactions.contains(seq));
            for (seq, event) in (first..).zip(&decision.events) {
                match event {
                    PlanEvent::PlanWritten(_) => {
                        prop_assert_eq!(decision.audience.as_deref(), Some(&[account(1)][..]));
                        drafts.push(seq);
                    }
                    PlanEvent::PlanSubmitted(sent) => {
                        prop_assert!(sent.part == PlanPart::Plan || planned);
                        planned = true;
                        last[sent.part as usize] = Some(seq);
                    }
                    PlanEvent::PlanReviewed(reviewed) => {
                        prop_assert_eq!(Some(reviewed.seq), last[reviewed.part as usize]);
                    }
                    _ => {}
                }
            }
            prop_assert!(drafts.len() <= 2, "one draft of each part");
            prop_assert!(bench.state.unit.is_some() == planned);
            prop_assert_eq!(bench.state.may_watch(&head()), planned);
        }
    }
}

#[test]
fn reviewers_are_reminded_once_of_what_waits_and_of_nothing_else() {
    let fired = || Order::TimerFired { name: "review:plan".into() };
    let mut bench = bench();
    let sent = bench.run(&who(1, &[]), submit(PlanPart::Plan), facts()).unwrap();
    let at = bench.now + bench.policy.plan_remind_ms;
    assert_eq!(sent.timers, [TimerChange::Set { name: "review:plan".into(), at }]);
    let told = bench.settle(fired()).unwrap();
    let [effect] = &told.effects[..] else { panic!("{told:?}") };
    assert!(matches!(&effect.order, Order::Remind { people, .. } if *people == [account(2)]));
    // Reviewed, the to-do is over.
    let approved = review(PlanPart::Plan, 1, PlanVerdict::Approve, "");
    let done = bench.run(&head(), approved, facts()).unwrap();
    assert_eq!(done.effects[0].to, effect.to);
    assert!(matches!(done.effects[0].order, Order::ReminderOver { .. }));
    assert_eq!(done.timers, [TimerChange::Cancel { name: "review:plan".into() }]);
    assert_eq!(bench.settle(fired()).unwrap(), Decision::nothing(), "nothing waits any more");

    let mut early = submitted();
    let withdraw = WithdrawPlan { week: WEEK, part: PlanPart::Plan };
    let back = early.run(&who(1, &[]), withdraw, facts()).unwrap();
    assert!(back.effects.is_empty());
    assert_eq!(early.settle(fired()).unwrap(), Decision::nothing());
}
