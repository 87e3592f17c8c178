//! Which events are news to devices, for whom, and how soon each kind has its turn.
//! Invariants: nobody is told of what they did themselves; news for many never keeps news for one
//! waiting, and nothing keeps what is urgent waiting. Absent on purpose: what is told, and
//! whether it still is when its time comes (the module above).

use protocol::{
    AccountId, AnyEvent,
    notice::NoticeEvent,
    room::RoomEvent,
    task::{TaskEvent, TaskPart},
};

/// Every type of event that [`told`] knows.
pub const TYPES: [&str; 5] = [
    "room.message_sent",
    "room.urgent_repeated",
    "notice.addressed",
    "task.created",
    "task.assigned",
];

/// A notice to so many, or a reminder, does not wait behind those to everybody.
const FEW: usize = 100;

/// Whose devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    /// The members of the room besides who wrote it.
    Members,
    These(Vec<AccountId>),
}

/// Whose turn comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    Urgent,
    Ordinary,
    /// To so many that it is queued a page at a time.
    Many,
}

impl Lane {
    pub const ALL: [Self; 3] = [Self::Urgent, Self::Ordinary, Self::Many];
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub whom: Whom,
    pub lane: Lane,
}

/// `None`: no news, or to nobody.
pub fn told(event: &AnyEvent, by: Option<AccountId>) -> Option<Told> {
    let (whom, lane) = match event {
        AnyEvent::Room(RoomEvent::MessageSent(sent)) if sent.urgent => {
            (Whom::Members, Lane::Urgent)
        }
        AnyEvent::Room(RoomEvent::MessageSent(_)) => (Whom::Members, Lane::Ordinary),
        AnyEvent::Room(RoomEvent::UrgentRepeated(again)) => {
            (these(again.waiting.iter().copied(), by), Lane::Urgent)
        }
        AnyEvent::Notice(NoticeEvent::NoticeAddressed(page)) => {
            let few = page.accounts.len() <= FEW;
            let lane = if few { Lane::Ordinary } else { Lane::Many };
            (these(page.accounts.iter().copied(), by), lane)
        }
        // Split from a series, it is the same people's work as before.
        AnyEvent::Task(TaskEvent::TaskCreated(created)) if created.follows.is_none() => {
            let to_do = created.people.iter().filter(|one| one.part != TaskPart::Watcher);
            (these(to_do.map(|one| one.account), by), Lane::Ordinary)
        }
        AnyEvent::Task(TaskEvent::TaskAssigned(given)) if given.part != TaskPart::Watcher => {
            (these([given.account].into_iter(), by), Lane::Ordinary)
        }
        _ => return None,
    };
    let nobody = matches!(&whom, Whom::These(accounts) if accounts.is_empty());
    (!nobody).then_some(Told { whom, lane })
}

fn these(accounts: impl Iterator<Item = AccountId>, by: Option<AccountId>) -> Whom {
    Whom::These(accounts.filter(|account| Some(*account) != by).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::account;
    use proptest::prelude::*;
    use protocol::{
        notice::{NoticeAddressed, NoticeRead},
        room::{MessageAcknowledged, MessageSent, UrgentRepeated},
        task::{TaskAssigned, TaskPerson},
    };

    fn said(urgent: bool) -> AnyEvent {
        RoomEvent::from(MessageSent { urgent, ..MessageSent::default() }).into()
    }

    fn repeated(waiting: Vec<AccountId>) -> AnyEvent {
        RoomEvent::from(UrgentRepeated { seq: 1, times: 1, waiting, last: false }).into()
    }

    fn addressed(accounts: Vec<AccountId>) -> AnyEvent {
        NoticeEvent::from(NoticeAddressed { accounts, last: true }).into()
    }

    /// As it stands in the journal.
    fn created(people: Vec<TaskPerson>) -> AnyEvent {
        let body = serde_json::json!({
            "title": "例会", "note": "", "starts_at": 0, "ends_at": 1, "zone": "Asia/Urumqi",
            "people": people, "private": false,
        });
        AnyEvent::decode("task.created", &body.to_string()).expect("a task")
    }

    fn split(people: Vec<TaskPerson>) -> AnyEvent {
        match created(people) {
            AnyEvent::Task(TaskEvent::TaskCreated(mut task)) => {
                let series = uuid::Uuid::from_u128(5);
                task.follows = Some(protocol::StreamId::new(protocol::EntityKind::Task, series));
                TaskEvent::from(task).into()
            }
            other => other,
        }
    }

    fn assigned(account: AccountId, part: TaskPart) -> AnyEvent {
        TaskEvent::from(TaskAssigned { account, part }).into()
    }

    fn lane(event: &AnyEvent) -> Option<Lane> {
        told(event, Some(account(1))).map(|told| told.lane)
    }

    #[test]
    fn each_kind_of_news_has_its_lane_and_the_rest_none() {
        let two = || vec![account(1), account(2)];
        let me = TaskPerson { account: account(1), part: TaskPart::Owner };
        let other = TaskPerson { account: account(2), part: TaskPart::Assignee };
        for (event, expected) in [
            (said(false), Some(Lane::Ordinary)),
            (said(true), Some(Lane::Urgent)),
            (repeated(two()), Some(Lane::Urgent)),
            (repeated(vec![]), None),
            (addressed(two()), Some(Lane::Ordinary)),
            (addressed((0..=100).map(account).collect()), Some(Lane::Many)),
            (addressed(vec![]), None),
            (created(vec![me, other]), Some(Lane::Ordinary)),
            (created(vec![me]), None),
            (split(vec![me, other]), None),
            (assigned(account(2), TaskPart::Assignee), Some(Lane::Ordinary)),
            (assigned(account(2), TaskPart::Owner), Some(Lane::Ordinary)),
            (assigned(account(2), TaskPart::Watcher), None),
            (assigned(account(1), TaskPart::Assignee), None),
            (RoomEvent::from(MessageAcknowledged { seq: 1 }).into(), None),
            (NoticeEvent::from(NoticeRead {}).into(), None),
        ] {
            assert_eq!(lane(&event), expected, "{}", event.type_name());
            assert!(expected.is_none() || TYPES.contains(&event.type_name()));
        }
    }

    #[test]
    fn watchers_of_a_new_task_hear_nothing() {
        let person = |n, part| TaskPerson { account: account(n), part };
        let people = vec![
            person(1, TaskPart::Owner),
            person(2, TaskPart::Watcher),
            person(3, TaskPart::Assignee),
        ];
        let told = told(&created(people), Some(account(1))).unwrap();
        assert_eq!(told.whom, Whom::These(vec![account(3)]));
    }

    proptest! {
        /// Whoever did it is never among those who are told, and nobody comes in from outside.
        #[test]
        fn nobody_is_told_of_their_own(waiting in prop::collection::vec(0_u128..9, 0..9), by in 0_u128..9) {
            let all: Vec<AccountId> = waiting.iter().copied().map(account).collect();
            for event in [repeated(all.clone()), addressed(all.clone())] {
                let expected = all.iter().copied().filter(|one| *one != account(by)).collect::<Vec<_>>();
                match told(&event, Some(account(by))) {
                    Some(Told { whom: Whom::These(found), .. }) => prop_assert_eq!(found, expected),
                    Some(_) => prop_assert!(false, "a list stays a list"),
                    None => prop_assert!(expected.is_empty()),
                }
            }
        }
    }
}
