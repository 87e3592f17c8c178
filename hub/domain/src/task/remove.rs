//! Doing away with a task. Its events stay; its people no longer watch it.

use super::Task;
use crate::{Context, Decision, Order};
use protocol::{
    ErrorBody,
    task::{TaskEvent, TaskPart, TaskRemoved},
};

pub(super) fn decide(task: &Task, context: &Context<'_>) -> Result<Decision<TaskEvent>, ErrorBody> {
    task.sender(context.who, TaskPart::Owner)?;
    let stream = context.stream;
    Ok(task.people().fold(Decision::event(TaskRemoved {}), |decision, (account, _)| {
        decision.tell(account.into(), Order::LeaveStream { stream })
    }))
}

#[cfg(test)]
mod tests {
    use crate::task::TaskFacts;
    use crate::task::create::tests::{made, new};
    use crate::testing::who;
    use protocol::task::{FinishTask, RemoveTask};

    #[test]
    fn it_is_gone_for_everybody() {
        let mut bench = made(new("盘点"));
        let refused = bench.run(&who(2, &[]), RemoveTask {}, TaskFacts::default()).unwrap_err();
        assert_eq!(refused.code, "task.not_owner");
        let done = bench.run(&who(1, &[]), RemoveTask {}, TaskFacts::default()).unwrap();
        assert_eq!(done.effects.len(), 3);
        let gone = bench.run(&who(1, &[]), FinishTask { on: None }, TaskFacts::default());
        assert_eq!(gone.unwrap_err().code, "task.not_found");
    }
}
