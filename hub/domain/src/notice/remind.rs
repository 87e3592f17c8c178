//! What the hub itself reminds of, as a to-do. Invariant: it is made once, whoever it reminds and
//! however often it is asked for; what is over is done for everybody who had not done it.

use super::Notice;
use crate::{Decision, Order};
use protocol::{
    AccountId,
    notice::{
        NoticeAddressed, NoticeEvent, NoticeFinished, NoticeKind, NoticeSent, NoticeWritten, Target,
    },
};

pub(super) fn begin(notice: &Notice, order: &Order) -> Decision<NoticeEvent> {
    let Order::Remind { people, title, link, due_at, reminder } = order else {
        return Decision::nothing();
    };
    if notice.exists() || people.is_empty() {
        return Decision::nothing();
    }
    let target = Target::People { accounts: people.clone() };
    let sent = NoticeSent { kind: NoticeKind::Todo, target, due_at: *due_at, confirm: false };
    let written = NoticeWritten {
        title: title.clone(),
        text: String::new(),
        link: Some(link.clone()),
        reminder: Some(*reminder),
    };
    let addressed = NoticeAddressed { accounts: people.clone(), last: true };
    Decision::event(sent).and(written).and(addressed)
}

/// The table counts those who had not done it; who had is counted once.
pub(super) fn over(notice: &Notice, people: &[AccountId]) -> Decision<NoticeEvent> {
    if !notice.exists() || notice.withdrawn || people.is_empty() {
        return Decision::nothing();
    }
    Decision::event(NoticeFinished { accounts: people.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Bench, account};
    use protocol::{Day, EntityKind, StreamId, notice::Reminder};
    use uuid::Uuid;

    #[test]
    fn it_is_made_once_and_is_over_for_all() {
        let mut bench = Bench::<Notice>::new(Uuid::from_u128(0xa00));
        let over = || Order::ReminderOver { people: vec![account(2)] };
        assert_eq!(bench.settle(over()).unwrap(), Decision::nothing());
        let task = StreamId::new(EntityKind::Task, Uuid::from_u128(1));
        let remind = || Order::Remind {
            people: vec![account(2)],
            title: "例会".into(),
            link: "/#/tasks".into(),
            due_at: Some(9),
            reminder: Reminder::Task { task, on: Day(1), starts_at: 9 },
        };
        assert_eq!(bench.settle(remind()).unwrap().events.len(), 3);
        assert!(bench.state.is_complete());
        assert_eq!(bench.settle(remind()).unwrap(), Decision::nothing());
        let done = NoticeFinished { accounts: vec![account(2)] };
        assert_eq!(bench.settle(over()).unwrap().events, [done.into()]);
    }
}
