//! Who has a part in a task: assigning, releasing, leaving.
//! Invariant: whoever comes or goes, a task that is there keeps exactly one owner, and the
//! account concerned is told which stream it may or may no longer watch.

use super::{Task, TaskFacts, all_known, conflict, create::PEOPLE_MAX, remove};
use crate::{Context, Decision, Order};
use protocol::{
    AccountId, ErrorBody,
    task::{AssignTask, ReleaseTask, TaskAssigned, TaskEvent, TaskPart, TaskReleased},
};

pub(super) fn assign(
    task: &Task,
    command: &AssignTask,
    facts: &TaskFacts,
    context: &Context<'_>,
) -> Result<Decision<TaskEvent>, ErrorBody> {
    let (me, _) = task.sender(context.who, TaskPart::Owner)?;
    let part = command.part;
    let mut changed = command.accounts.clone();
    changed.sort_unstable();
    changed.dedup();
    changed.retain(|account| task.part_of(*account) != Some(part));
    let fresh = changed.iter().filter(|account| task.part_of(**account).is_none()).count();
    if task.people.len() + fresh > PEOPLE_MAX {
        return Err(ErrorBody::invalid("accounts", format!("at most {PEOPLE_MAX} people")));
    }
    all_known("accounts", &changed, facts)?;
    match (part, changed.as_slice()) {
        (_, []) => return Ok(Decision::nothing()),
        (TaskPart::Owner, [_]) => {}
        (TaskPart::Owner, _) => return Err(ErrorBody::invalid("accounts", "one owner only")),
        (_, some) if some.contains(&me) => {
            return Err(conflict("task.owner_needed", "make somebody else the owner instead"));
        }
        _ => {}
    }
    let start = match part {
        // The former owner stays in it.
        TaskPart::Owner => Decision::event(TaskAssigned { account: me, part: TaskPart::Assignee }),
        _ => Decision::nothing(),
    };
    let stream = context.stream;
    Ok(changed.into_iter().fold(start, |decision, account| {
        let decision = decision.and(TaskAssigned { account, part });
        if task.part_of(account).is_some() {
            return decision;
        }
        decision.tell(account.into(), Order::JoinStream { stream })
    }))
}

pub(super) fn release(
    task: &Task,
    command: &ReleaseTask,
    context: &Context<'_>,
) -> Result<Decision<TaskEvent>, ErrorBody> {
    let (me, _) = task.sender(context.who, TaskPart::Watcher)?;
    if command.account == me {
        return leave(task, context);
    }
    task.sender(context.who, TaskPart::Owner)?;
    if task.part_of(command.account).is_none() {
        return Ok(Decision::nothing());
    }
    Ok(released(command.account, false, context))
}

pub(super) fn leave(task: &Task, context: &Context<'_>) -> Result<Decision<TaskEvent>, ErrorBody> {
    let (me, part) = task.sender(context.who, TaskPart::Watcher)?;
    if part != TaskPart::Owner {
        return Ok(released(me, true, context));
    }
    let Some(account) = heir(task, me) else { return remove::decide(task, context) };
    let decision = released(me, true, context);
    Ok(decision.and(TaskAssigned { account, part: TaskPart::Owner }))
}

/// Who owns it after `owner`: who has to do it before who watches, the longest here first.
fn heir(task: &Task, owner: AccountId) -> Option<AccountId> {
    let others = task.people.iter().filter(|(account, _)| **account != owner);
    others
        .min_by_key(|(_, place)| (place.part != TaskPart::Assignee, place.order))
        .map(|(account, _)| *account)
}

fn released(account: AccountId, left: bool, context: &Context<'_>) -> Decision<TaskEvent> {
    Decision::event(TaskReleased { account, left })
        .tell(account.into(), Order::LeaveStream { stream: context.stream })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::create::tests::{made, new};
    use crate::testing::{Bench, account, who};
    use TaskPart::{Assignee, Owner, Watcher};
    use protocol::task::{LeaveTask, TaskCommand};

    fn run(bench: &mut Bench<Task>, n: u128, command: impl Into<TaskCommand>) -> Outcome {
        let facts = TaskFacts { missing: vec![account(99)], in_room: false };
        let outcome = bench.run(&who(n, &[]), command.into(), facts);
        outcome.map_err(|error| error.code.into_owned())
    }
    type Outcome = Result<Decision<TaskEvent>, String>;

    fn assign_to(ns: &[u128], part: TaskPart) -> AssignTask {
        AssignTask { accounts: ns.iter().map(|n| account(*n)).collect(), part }
    }

    fn parts(bench: &Bench<Task>) -> Vec<(u128, TaskPart)> {
        bench.state.people().map(|(account, part)| (account.0.as_u128(), part)).collect()
    }

    #[test]
    fn assigning() {
        for (n, command, expected) in [
            (1, assign_to(&[4, 5, 4], Assignee), Ok((2, 2))),
            (1, assign_to(&[3], Assignee), Ok((1, 0))),
            (1, assign_to(&[2], Assignee), Ok((0, 0))),
            (1, assign_to(&[2], Owner), Ok((2, 0))),
            (1, assign_to(&[7], Owner), Ok((2, 1))),
            (1, assign_to(&[2, 3], Owner), Err("hub.invalid")),
            (1, assign_to(&[1], Watcher), Err("task.owner_needed")),
            (1, assign_to(&[99], Watcher), Err("task.account_not_found")),
            (1, assign_to(&(10..300).collect::<Vec<_>>(), Watcher), Err("hub.invalid")),
            (2, assign_to(&[4], Watcher), Err("task.not_owner")),
            (9, assign_to(&[9], Watcher), Err("task.not_yours")),
        ] {
            let outcome = run(&mut made(new("盘点")), n, command);
            let told = outcome.map(|decision| (decision.events.len(), decision.effects.len()));
            assert_eq!(told, expected.map_err(str::to_owned));
        }
    }

    #[test]
    fn ownership_passes_on_and_the_last_one_removes_it() {
        let mut bench = made(new("盘点"));
        run(&mut bench, 1, LeaveTask {}).unwrap();
        assert_eq!(parts(&bench), [(2, Owner), (3, Watcher)]);
        run(&mut bench, 2, LeaveTask {}).unwrap();
        assert_eq!(parts(&bench), [(3, Owner)]);
        run(&mut bench, 3, LeaveTask {}).unwrap();
        assert!(bench.state.is_removed());
        assert_eq!(run(&mut bench, 3, LeaveTask {}), Err("task.not_found".into()));
    }

    #[test]
    fn releasing() {
        let out = |n| ReleaseTask { account: account(n) };
        let mut bench = made(new("盘点"));
        assert_eq!(run(&mut bench, 2, out(3)), Err("task.not_owner".into()));
        assert_eq!(run(&mut bench, 1, out(9)).unwrap(), Decision::nothing());
        let left = run(&mut bench, 3, out(3)).unwrap();
        assert_eq!(left.events, [TaskReleased { account: account(3), left: true }.into()]);
        run(&mut bench, 1, out(2)).unwrap();
        assert_eq!(parts(&bench), [(1, Owner)]);
    }
}
