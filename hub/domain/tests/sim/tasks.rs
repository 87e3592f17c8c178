//! Random histories of one task: whoever comes, goes, moves and finishes, it keeps one owner,
//! everybody in it was told so, and it begins on a day of its own rule.

use super::{Live, person};
use domain::{
    Entity, Order, Who,
    task::{Task, TaskFacts},
};
use proptest::prelude::*;
use protocol::{AccountId, BlobId, Day, RoomId, Zone, file::FileRef, task::*};
use std::collections::BTreeSet;
use uuid::Uuid;

const PEOPLE: u8 = 5;
const HOUR: i64 = 60 * 60 * 1000;

fn repeats() -> impl Strategy<Value = Option<Repeat>> {
    let every = prop_oneof![Just(Every::Day), Just(Every::Week), Just(Every::Month)];
    let on = prop::collection::btree_set(0usize..7, 0..3);
    let rule = (every, 1u32..4, on, prop::option::of(0i64..400)).prop_map(
        |(every, interval, on, until)| Repeat {
            every,
            interval,
            on: on.into_iter().map(|n| Weekday::ALL[n]).collect(),
            until: until.map(Day),
        },
    );
    prop::option::of(rule)
}

fn commands() -> impl Strategy<Value = TaskCommand> {
    let one = || (0..PEOPLE).prop_map(person);
    let part =
        prop_oneof![Just(TaskPart::Watcher), Just(TaskPart::Assignee), Just(TaskPart::Owner)];
    let day = || prop::option::of((0i64..60).prop_map(Day));
    prop_oneof![
        2 => (0i64..(60 * 24), 0i64..48, repeats()).prop_map(|(at, long, repeat)| {
            CreateTask {
                title: "盘点".into(),
                note: String::new(),
                starts_at: at * HOUR,
                ends_at: (at + long) * HOUR,
                zone: Zone::Urumqi,
                assignees: vec![person(1)],
                watchers: vec![person(2)],
                private: false,
                repeat,
                files: Vec::new(),
                remind: vec![15],
            }
            .into()
        }),
        2 => (0i64..(60 * 24), 0i64..48).prop_map(|(at, long)| {
            MoveTask { starts_at: at * HOUR, ends_at: (at + long) * HOUR }.into()
        }),
        2 => repeats().prop_map(|repeat| RepeatTask { repeat }.into()),
        4 => (prop::collection::vec(one(), 0..3), part)
            .prop_map(|(accounts, part)| AssignTask { accounts, part }.into()),
        2 => one().prop_map(|account| ReleaseTask { account }.into()),
        3 => day().prop_map(|on| FinishTask { on }.into()),
        3 => day().prop_map(|on| ReopenTask { on }.into()),
        3 => ((0i64..60).prop_map(Day), prop::option::of(0i64..(90 * 24))).prop_map(|(on, at)| {
            let starts_at = at.map(|at| at * HOUR);
            let ends_at = starts_at.map(|at| at + HOUR);
            AlterOccurrence { on, title: Some("改".into()), note: None, starts_at, ends_at }.into()
        }),
        2 => (0i64..60).prop_map(|on| SkipOccurrence { on: Day(on) }.into()),
        1 => (0i64..60).prop_map(|on| RestoreOccurrence { on: Day(on) }.into()),
        1 => (0i64..60).prop_map(|on| StopTask { on: Day(on) }.into()),
        1 => ((0i64..60).prop_map(Day), any::<bool>()).prop_map(|(on, only)| {
            let (title, note, private, repeat, people) = (None, None, None, None, None);
            let (starts_at, ends_at) = (None, None);
            SplitTask { on, only, title, note, private, starts_at, ends_at, repeat, people }.into()
        }),
        2 => (1u128..4).prop_map(|n| AttachFiles { files: vec![file(n)] }.into()),
        2 => (0u64..40).prop_map(|seq| DetachFile { seq }.into()),
        1 => (0u32..99).prop_map(|minutes| RemindTask { minutes: vec![minutes] }.into()),
        2 => Just(LeaveTask {}.into()),
        1 => Just(RemoveTask {}.into()),
        1 => any::<bool>().prop_map(|private| {
            ChangeTask { title: None, note: None, private: Some(private) }.into()
        }),
        1 => (0u128..2).prop_map(|n| SetTaskRoom { room: RoomId(Uuid::from_u128(n)) }.into()),
    ]
}

fn file(n: u128) -> FileRef {
    let (blob, name) = (BlobId(Uuid::from_u128(n)), format!("{n}.pdf"));
    FileRef { blob, name, bytes: 1, media_type: "application/pdf".into() }
}

/// Who was told to watch, and not told to stop since.
fn told(watching: &mut BTreeSet<AccountId>, effects: &[domain::Effect]) {
    for effect in effects {
        let account = AccountId(effect.to.id);
        match effect.order {
            Order::JoinStream { .. } => assert!(watching.insert(account), "told twice"),
            Order::LeaveStream { .. } => assert!(watching.remove(&account), "never told"),
            // Held against the task by the caller, or told to others than accounts.
            Order::SeatPeople { .. } | Order::ContinueTask { .. } => {}
            ref other => panic!("{other:?}"),
        }
    }
}

/// Who the task's own room was told to seat, if it was.
fn seated(effects: &[domain::Effect]) -> Option<BTreeSet<AccountId>> {
    effects.iter().rev().find_map(|effect| match &effect.order {
        Order::SeatPeople { people, .. } => Some(people.iter().copied().collect()),
        _ => None,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_task_keeps_one_owner_and_everybody_in_it_is_told(
        history in prop::collection::vec((0..PEOPLE, commands()), 1..60),
    ) {
        let mut live = Live::<Task>::new(Uuid::from_u128(0x900));
        let mut watching = BTreeSet::new();
        for (n, command) in &history {
            let who = Who { account: Some(person(*n)), ..Who::default() };
            let facts = TaskFacts { missing: vec![], in_room: true };
            let outcome =
                live.step(&who, 1, |state, context| state.decide(command, &facts, context));
            if let Ok(decision) = outcome {
                told(&mut watching, &decision.effects);
                if let Some(seated) = seated(&decision.effects) {
                    let people = live.state.people().map(|(account, _)| account);
                    let gone = live.state.is_removed();
                    prop_assert!(gone || seated == people.collect());
                }
            }
            live.check_loading();
            if !live.state.exists() || live.state.is_removed() {
                prop_assert!(watching.is_empty());
                continue;
            }
            let people: Vec<_> = live.state.people().collect();
            let owners = people.iter().filter(|(_, part)| *part == TaskPart::Owner).count();
            prop_assert_eq!(owners, 1);
            prop_assert_eq!(&watching, &people.iter().map(|(account, _)| *account).collect());
            let schedule = live.state.schedule();
            prop_assert!(schedule.begins_on(schedule.first_day()));
            let all = live.state.series().within(0, 200 * 24 * HOUR);
            prop_assert!(all.iter().all(|one| schedule.begins_on(one.on)));
        }
    }
}
