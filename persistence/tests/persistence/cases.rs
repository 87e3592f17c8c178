//! The conformance suite: what every journal promises, one case a promise.

pub use crate::units::no_open_unit_comes_to_stand_below_a_closed_one;

use crate::support::{Maker, message};
use kernel::journal::{
    Append, Cursor, Head, Journal, OutboxRow, Snapshot, StoreError, TimerRow, TimerWrite, digest,
};
use protocol::{
    AnyEvent, EntityKind, UnitId, UnitPath,
    account::{AccountCreated, AccountEvent, Names},
};
use std::sync::Arc;

type Store = Arc<dyn Journal>;

async fn one(store: &Store, append: Append) -> Result<(), StoreError> {
    store.append(vec![append]).await.remove(0)
}

pub async fn numbers_are_dense_and_versions_are_checked(store: Store) {
    let make = Maker::new();
    let room = make.stream(EntityKind::Room);
    let mut head = Head::default();
    let first = make.append(room, &mut head, &[message("a"), message("b")]);
    assert_eq!(one(&store, first.clone()).await, Ok(()));
    let before = head;
    assert_eq!(one(&store, make.say(room, &mut head, "c")).await, Ok(()));
    // Decided on a head that is no longer the last, or on none at all.
    assert_eq!(
        one(&store, make.say(room, &mut before.clone(), "x")).await,
        Err(StoreError::Conflict)
    );
    let late = make.say(room, &mut Head::default(), "x");
    assert_eq!(one(&store, late).await, Err(StoreError::Conflict));
    let events = store.read_after(room, 0, 100).await.unwrap();
    assert_eq!(events.iter().map(|e| e.seq).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(events[..2], first.events);
    assert_eq!(store.head(room).await.unwrap(), head);
    assert_eq!(store.verify(None).await.unwrap(), []);
}

pub async fn a_gap_or_a_foreign_history_is_refused(store: Store) {
    let make = Maker::new();
    let room = make.stream(EntityKind::Room);
    let mut head = Head::default();
    let _lost = make.say(room, &mut head, "never stored");
    // Its actor decided the next one on it: that must not be stored either.
    let mut guess = head;
    assert_eq!(one(&store, make.say(room, &mut guess, "2")).await, Err(StoreError::Conflict));
    let mut other = Head::default();
    assert_eq!(one(&store, make.say(room, &mut other, "another first")).await, Ok(()));
    // Now the number fits and the history does not.
    assert_eq!(one(&store, make.say(room, &mut head, "2")).await, Err(StoreError::Conflict));
    assert_eq!(one(&store, make.say(room, &mut other, "2")).await, Ok(()));
}

pub async fn a_repeated_command_gets_its_first_outcome(store: Store) {
    let make = Maker::new();
    let room = make.stream(EntityKind::Room);
    let mut head = Head::default();
    let first = make.append(room, &mut head, &[message("a"), message("b")]);
    one(&store, first.clone()).await.unwrap();
    let record = first.events[0].command.clone().unwrap();
    let found = store.find_command(record.id).await.unwrap().unwrap();
    assert_eq!((found.stream, found.by, &found.record), (room, first.events[0].by, &record));
    // Again as it was, and again decided anew on the present head.
    let mut again = make.say(room, &mut head.clone(), "a");
    again.events[0].command = Some(record);
    let good = make.say(room, &mut head, "c");
    let outcomes = store.append(vec![first, again, good]).await;
    let duplicate = Err(StoreError::Duplicate(Box::new(found)));
    assert_eq!(outcomes, [duplicate.clone(), duplicate, Ok(())]);
    assert_eq!(store.head(room).await.unwrap(), head);
    assert_eq!(store.find_command(make.command()).await.unwrap(), None);
}

pub async fn a_repeated_command_in_one_batch_is_stored_once(store: Store) {
    let make = Maker::new();
    let (a, b) = (make.stream(EntityKind::Room), make.stream(EntityKind::Room));
    let first = make.say(a, &mut Head::default(), "a");
    let mut second = make.say(b, &mut Head::default(), "b");
    second.events[0].command = first.events[0].command.clone();
    let outcomes = store.append(vec![first, second]).await;
    assert_eq!(outcomes[0], Ok(()));
    assert!(matches!(&outcomes[1], Err(StoreError::Duplicate(first)) if first.stream == a));
    assert_eq!(store.head(b).await.unwrap(), Head::default());
}

pub fn account_created(username: &str) -> AnyEvent {
    let event = AccountCreated {
        username: username.to_owned(),
        names: Names { zh: "王芳".to_owned(), ug: None, en: None },
        unit: UnitPath(vec![UnitId(uuid::Uuid::from_u128(1))]),
        post: String::new(),
        phone: None,
        grants: Vec::new(),
        must_change_password: false,
    };
    AccountEvent::from(event).into()
}

pub async fn a_poisoned_member_fails_alone(store: Store) {
    let make = Maker::new();
    let (room, mut head) = (make.stream(EntityKind::Room), Head::default());
    let account = |name: &str| {
        let stream = make.stream(EntityKind::Account);
        make.append(stream, &mut Head::default(), &[account_created(name)])
    };
    one(&store, account("wangfang")).await.unwrap();
    let batch = vec![
        make.say(room, &mut head, "before"),
        account("wangfang"),
        make.say(room, &mut head, "after"),
        account("lina"),
        account("lina"),
    ];
    let taken = Err(StoreError::Constraint("account.username_taken".to_owned()));
    let outcomes = store.append(batch).await;
    assert_eq!(outcomes, [Ok(()), taken.clone(), Ok(()), Ok(()), taken]);
    assert_eq!(store.head(room).await.unwrap(), head);
    // A body that no projector can read is its member's fault as well.
    let mut bad = account("zhao");
    bad.events[0].body = Some("{}".to_owned());
    bad.events[0].hash = bad.events[0].chain(&[0; 32]);
    let outcomes = store.append(vec![bad, make.say(room, &mut head, "still")]).await;
    assert!(matches!(outcomes[..], [Err(StoreError::Constraint(_)), Ok(())]), "{outcomes:?}");
}

pub async fn effects_are_committed_with_their_events(store: Store) {
    let make = Maker::new();
    let (room, mut head) = (make.stream(EntityKind::Room), Head::default());
    let row = |n: i64| OutboxRow {
        id: make.command(),
        to: make.stream(EntityKind::Account),
        order: format!(r#"{{"n":{n}}}"#),
        at: n,
    };
    let timer = |name: &str, at| {
        TimerWrite::Set(TimerRow { stream: room, name: name.to_owned(), at, id: make.command() })
    };
    let mut refused = make.say(room, &mut Head { seq: 9, ..Head::default() }, "x");
    refused.outbox = vec![row(1)];
    refused.timers = vec![timer("x", 1)];
    assert_eq!(one(&store, refused).await, Err(StoreError::Conflict));
    assert_eq!(store.outbox(10).await.unwrap(), []);
    assert_eq!(store.due_timers(100, 10).await.unwrap(), []);

    let mut good = make.say(room, &mut head, "a");
    good.outbox = vec![row(2), row(1)];
    good.timers = vec![timer("late", 50), timer("early", 20), timer("moved", 10)];
    one(&store, good.clone()).await.unwrap();
    assert_eq!(store.outbox(10).await.unwrap(), good.outbox);
    assert_eq!(store.outbox(1).await.unwrap(), good.outbox[..1]);
    let mut next = make.say(room, &mut head, "b");
    let moved = timer("moved", 40);
    let cancel = TimerWrite::Cancel { stream: room, name: "late".to_owned() };
    next.timers = vec![moved.clone(), cancel];
    one(&store, next).await.unwrap();
    let due = store.due_timers(100, 10).await.unwrap();
    let expected = [good.timers[1].clone(), moved];
    assert_eq!(due.into_iter().map(TimerWrite::Set).collect::<Vec<_>>(), expected);
    assert_eq!(store.due_timers(20, 10).await.unwrap().len(), 1);
    assert_eq!(store.due_timers(19, 10).await.unwrap().len(), 0);
}

pub async fn a_consumed_row_leaves_with_its_command(store: Store) {
    let make = Maker::new();
    let (room, mut head) = (make.stream(EntityKind::Room), Head::default());
    let rows: Vec<OutboxRow> = (0..3)
        .map(|at| OutboxRow { id: make.command(), to: room, order: "{}".to_owned(), at })
        .collect();
    let timer = TimerRow { stream: room, name: "t".to_owned(), at: 1, id: make.command() };
    let mut first = make.say(room, &mut head, "a");
    first.outbox = rows.clone();
    first.timers = vec![TimerWrite::Set(timer.clone())];
    one(&store, first).await.unwrap();
    let mut refused = make.say(room, &mut Head::default(), "x");
    refused.consumed = Some(rows[0].id);
    assert_eq!(one(&store, refused).await, Err(StoreError::Conflict));
    assert_eq!(store.outbox(10).await.unwrap().len(), 3);
    let mut consumes = make.say(room, &mut head, "b");
    consumes.consumed = Some(rows[0].id);
    let mut fires = make.say(room, &mut head, "c");
    fires.consumed = Some(timer.id);
    // Set again under its name by the command it fired.
    let again = TimerRow { at: 5, id: make.command(), ..timer };
    fires.timers = vec![TimerWrite::Set(again.clone())];
    assert_eq!(store.append(vec![consumes, fires]).await, [Ok(()), Ok(())]);
    assert_eq!(store.outbox(10).await.unwrap(), rows[1..]);
    assert_eq!(store.due_timers(9, 9).await.unwrap(), [again]);
    store.settle(rows[1].id).await.unwrap();
    assert_eq!(store.outbox(10).await.unwrap(), rows[2..]);
}

pub async fn redaction_removes_the_body_and_the_chain_holds(store: Store) {
    let make = Maker::new();
    let (room, mut head) = (make.stream(EntityKind::Room), Head::default());
    let secret = make.say(room, &mut head, "secret");
    let body = secret.events[0].body.clone().unwrap();
    let mut recall = make.say(room, &mut head, "recalled");
    recall.redactions = vec![1];
    // Both in one batch: the recall sees what was stored a moment before.
    assert_eq!(store.append(vec![secret.clone(), recall]).await, [Ok(()), Ok(())]);
    let events = store.read_after(room, 0, 10).await.unwrap();
    assert_eq!(events[0].body, None);
    assert_eq!(events[0].body_hash, Some(digest(body.as_bytes())));
    assert_eq!(events[0].hash, secret.events[0].hash);
    assert_eq!(store.verify(Some(room)).await.unwrap(), []);
    let mut again = make.say(room, &mut head, "again");
    again.redactions = vec![1];
    assert_eq!(one(&store, again).await, Ok(()));
    let mut none = make.say(room, &mut head, "none");
    none.redactions = vec![99];
    assert!(matches!(one(&store, none).await, Err(StoreError::Constraint(_))));
}

pub async fn cursors_move_forward_and_are_capped(store: Store) {
    let make = Maker::new();
    let (room, mut head) = (make.stream(EntityKind::Room), Head::default());
    for text in ["a", "b", "c"] {
        one(&store, make.say(room, &mut head, text)).await.unwrap();
    }
    let account = make.account();
    let at = |seq| Cursor { account, stream: room, seq, tally: 77, at: seq as i64 };
    let numbers = |cursors: Vec<Cursor>| -> Vec<(u64, u64)> {
        cursors.iter().map(|cursor| (cursor.seq, cursor.tally)).collect()
    };
    let mut moved = Vec::new();
    for cursors in [vec![at(0)], vec![at(2), at(1)], vec![at(1)], vec![at(99)], vec![at(2)]] {
        moved.extend(numbers(store.move_cursors(cursors).await.unwrap()));
    }
    assert_eq!(moved, [(0, 0), (2, 2), (2, 2), (2, 2), (3, 3), (3, 3)]);
    let nowhere = Cursor { stream: make.stream(EntityKind::Room), ..at(5) };
    assert_eq!(numbers(store.move_cursors(vec![nowhere]).await.unwrap()), [(0, 0)]);
}

pub async fn a_snapshot_shortens_the_load(store: Store) {
    let make = Maker::new();
    let (room, mut head) = (make.stream(EntityKind::Room), Head::default());
    for text in ["a", "b", "c"] {
        one(&store, make.say(room, &mut head, text)).await.unwrap();
    }
    let snapshot = Snapshot { stream: room, head, version: 2, state: r#"{"s":1}"#.to_owned() };
    store.save_snapshot(snapshot.clone()).await.unwrap();
    one(&store, make.say(room, &mut head, "d")).await.unwrap();
    let loaded = store.load(room, 2).await.unwrap();
    assert_eq!(loaded.snapshot.as_ref(), Some(&snapshot));
    assert_eq!(loaded.events.iter().map(|e| e.seq).collect::<Vec<_>>(), [4]);
    // Another version is ignored, an older number of the same version kept out.
    let loaded = store.load(room, 3).await.unwrap();
    assert_eq!((loaded.snapshot, loaded.events.len()), (None, 4));
    let older = Snapshot { head: Head { seq: 1, ..head }, ..snapshot.clone() };
    store.save_snapshot(older).await.unwrap();
    assert_eq!(store.load(room, 2).await.unwrap().snapshot, Some(snapshot));
}

pub async fn of_many_appenders_one_wins(store: Store) {
    let make = Maker::new();
    let (room, mut head) = (make.stream(EntityKind::Room), Head::default());
    one(&store, make.say(room, &mut head, "first")).await.unwrap();
    let tasks: Vec<_> = (0..16)
        .map(|n| {
            let append = make.say(room, &mut head.clone(), &format!("rival {n}"));
            let store = store.clone();
            tokio::spawn(async move { one(&store, append).await })
        })
        .collect();
    let mut wins = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(()) => wins += 1,
            Err(error) => assert_eq!(error, StoreError::Conflict),
        }
    }
    assert_eq!((wins, store.head(room).await.unwrap().seq), (1, 2));
}

pub async fn an_id_belongs_to_one_kind(store: Store) {
    let make = Maker::new();
    let (room, mut head) = (make.stream(EntityKind::Room), Head::default());
    one(&store, make.say(room, &mut head, "a")).await.unwrap();
    let unit = protocol::StreamId::new(EntityKind::Unit, room.id);
    assert_eq!(store.head(unit).await.unwrap(), Head::default());
    assert_eq!(store.load(unit, 1).await.unwrap().events, []);
    let intruder = make.say(unit, &mut Head::default(), "x");
    let taken = Err(StoreError::Constraint("hub.id_taken".to_owned()));
    assert_eq!(one(&store, intruder).await, taken);
}

pub async fn pages_are_read_both_ways(store: Store) {
    let make = Maker::new();
    let (room, mut head) = (make.stream(EntityKind::Room), Head::default());
    let batch = (0..10).map(|n| make.say(room, &mut head, &n.to_string())).collect();
    assert!(store.append(batch).await.iter().all(Result::is_ok));
    let seqs = |events: Vec<kernel::journal::StoredEvent>| -> Vec<u64> {
        events.iter().map(|event| event.seq).collect()
    };
    assert_eq!(seqs(store.read_after(room, 3, 2).await.unwrap()), [4, 5]);
    assert_eq!(seqs(store.read_before(room, 4, 2).await.unwrap()), [2, 3]);
    assert_eq!(seqs(store.read_before(room, u64::MAX, 2).await.unwrap()), [9, 10]);
    assert_eq!(seqs(store.read_before(room, 1, 5).await.unwrap()), [0; 0]);
    assert_eq!(seqs(store.read_after(room, 10, 5).await.unwrap()), [0; 0]);
}

/// More rows than one statement holds, in every statement size.
pub async fn a_long_batch_over_many_streams_keeps_its_order(store: Store) {
    let make = Maker::new();
    let mut rooms: Vec<_> =
        (0..83).map(|_| (make.stream(EntityKind::Room), Head::default())).collect();
    for round in 0..3 {
        let batch: Vec<Append> = (0..rooms.len() * 3)
            .map(|n| {
                let index = n % rooms.len();
                let (room, head) = &mut rooms[index];
                make.say(*room, head, &format!("{round}/{n}"))
            })
            .collect();
        assert!(store.append(batch).await.iter().all(Result::is_ok));
    }
    for (room, head) in &rooms {
        assert_eq!(store.head(*room).await.unwrap(), *head);
        assert_eq!(head.seq, 9);
    }
    assert_eq!(store.verify(None).await.unwrap(), []);
}

pub async fn an_empty_store_answers(store: Store) {
    let make = Maker::new();
    let room = make.stream(EntityKind::Room);
    assert_eq!(store.append(Vec::new()).await, []);
    assert_eq!(store.head(room).await.unwrap(), Head::default());
    assert_eq!(store.load(room, 1).await.unwrap().events, []);
    assert_eq!(store.outbox(5).await.unwrap(), []);
    assert_eq!(store.move_cursors(Vec::new()).await.unwrap(), []);
    assert_eq!(store.verify(None).await.unwrap(), []);
    store.settle(make.command()).await.unwrap();
    store.probe().await.unwrap();
    let empty = Append { events: Vec::new(), ..make.say(room, &mut Head::default(), "x") };
    assert!(matches!(one(&store, empty).await, Err(StoreError::Constraint(_))));
}
