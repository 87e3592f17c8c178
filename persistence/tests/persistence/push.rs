//! The queue of what devices are told: each message once a device, in order of commit, for who
//! can be told; and what a person has cleared away.

use crate::{
    queries::{Hall, hall, put},
    support::{Maker, Store},
    tasks::{by, sent},
};
use kernel::journal::{Head, Journal};
use persistence::{PushEnds, PushMatter, PushRow, PushesBusy, Queries, SqliteJournal, rebuild};
use protocol::{
    AccountId, AnyEvent, EntityKind, SessionId, StreamId,
    account::{AccountEvent, HistoryCleared, PushDeviceAdded, PushDeviceRemoved, SignedOut},
    account::{SignOutReason, SignedIn},
    me::{PushEnd, PushProvider},
    notice::{NoticeAddressed, NoticeEvent, NoticeKind, NoticeRead, NoticeWithdrawn, Target},
    room::{MessageAcknowledged, RoomEvent, UrgentRepeated},
    task::{TaskAssigned, TaskEvent, TaskFinished, TaskPart, TaskReleased},
};
use std::collections::BTreeSet;
use uuid::Uuid;

const DEVICE: Uuid = Uuid::from_u128(77);
const TARGET: &str = r#"{"push_target":{"provider":"xiaomi","token":"registration"}}"#;
const PAUSE: i64 = 2_000;
/// Long after everything in the small hall was said.
const NOW: i64 = 8_000;

fn added(session: SessionId) -> AnyEvent {
    let (provider, name) = (PushProvider::Xiaomi, "手机".to_owned());
    AccountEvent::from(PushDeviceAdded { device: DEVICE, provider, name, session }).into()
}

/// The head of somebody's own stream.
async fn head(journal: &impl Journal, account: AccountId) -> Head {
    let stream = StreamId::from(account);
    let events = journal.read_after(stream, 0, 100).await.unwrap();
    let last = events.last().unwrap();
    Head { seq: last.seq, tally: last.tally, hash: last.hash }
}

async fn due(queries: &Queries) -> Vec<PushRow> {
    while queries.feed_push(NOW, PAUSE).await.unwrap() {}
    while queries.spread_push(NOW, PAUSE).await.unwrap() {}
    queries.due_pushes(NOW, 10, &PushesBusy::default()).await.unwrap()
}

/// The device of a signed-in person, told of what happens from now on.
async fn owner_of_a_device(hall: &Hall) -> AccountId {
    let Hall { journal, queries, make, people, session, .. } = hall;
    let mut own = head(journal, people[0]).await;
    put(journal, make, people[0].into(), &mut own, &[added(*session)], Some(TARGET)).await;
    assert_eq!(due(queries).await, [], "what happened before the first look is no news");
    people[0]
}

/// Times of a stream follow its numbers here: it is moved on to where the device is there.
async fn passed(journal: &SqliteJournal, make: &Maker, stream: StreamId, head: &mut Head) {
    while head.seq < 20 {
        let read = NoticeEvent::from(NoticeRead {}).into();
        put(journal, make, stream, head, &[read], None).await;
    }
}

async fn facts(queries: &Queries, row: &PushRow) -> Option<persistence::PushFacts> {
    queries.push_facts(row, NOW).await.unwrap()
}

#[tokio::test]
async fn a_message_is_queued_once_for_each_device_that_can_be_told() {
    let store = Store::new();
    let Hall { journal, queries, make, people, session, mut group, .. } = hall(&store).await;
    let owner = people[0];
    let mut own = head(&journal, owner).await;
    assert_eq!(due(&queries).await, [], "what was said before the first look is no news");
    put(&journal, &make, owner.into(), &mut own, &[added(session)], Some(TARGET)).await;
    // The times of a stream follow its numbers here: the message is to come after the device.
    let mut seq = 0;
    while seq <= own.seq {
        let said = make.say(group.0, &mut group.1, "您好");
        seq = said.events[0].seq;
        assert_eq!(journal.append(vec![said]).await, [Ok(())]);
    }
    let rows = due(&queries).await;
    let row = rows.last().unwrap();
    assert_eq!((row.account, row.device, row.seq), (owner, DEVICE, seq));
    let earlier = rows.iter().filter(|row| row.seq < own.seq).count();
    assert_eq!(earlier, 0, "a device is told of nothing from before it was there");
    assert_eq!(due(&queries).await, rows, "looked at again, they are the same rows");
    let facts = queries.push_facts(row, NOW).await.unwrap().unwrap();
    let PushMatter::Message { hidden, .. } = facts.matter else { panic!("a message") };
    assert_eq!((facts.seen, hidden, facts.unread > 0), (false, false, true));

    // Not twice at a time, and not to a service that has enough to do.
    let ids = rows.iter().map(|row| row.id).collect();
    for busy in [
        PushesBusy { rows: ids, full: vec![] },
        PushesBusy { rows: vec![], full: vec![PushProvider::Xiaomi] },
    ] {
        assert_eq!(queries.due_pushes(NOW, 10, &busy).await.unwrap(), []);
    }
    let others = PushesBusy { rows: vec![], full: vec![PushProvider::Web, PushProvider::Apns] };
    assert_eq!(queries.due_pushes(NOW, 10, &others).await.unwrap(), rows);

    // Later, and then no more.
    let later = PushEnds { later: vec![(row.id, NOW + 1)], ..PushEnds::default() };
    assert_eq!(queries.end_pushes(&later).await.unwrap(), 0);
    assert!(
        queries
            .due_pushes(NOW, 10, &PushesBusy::default())
            .await
            .unwrap()
            .iter()
            .all(|one| one.id != row.id)
    );
    let again = queries.due_pushes(NOW + 1, 10, &PushesBusy::default()).await.unwrap();
    assert_eq!(again.last().map(|row| row.tries), Some(1));
    let settled = PushEnds { settled: vec![row.id], ..PushEnds::default() };
    queries.end_pushes(&settled).await.unwrap();
    assert!(
        queries
            .due_pushes(NOW + 1, 10, &PushesBusy::default())
            .await
            .unwrap()
            .iter()
            .all(|one| one.id != row.id)
    );
}

#[tokio::test]
async fn who_is_told_ends_with_the_session_and_the_device() {
    let store = Store::new();
    let Hall { journal, queries, make, people, mut group, .. } = hall(&store).await;
    let owner = people[1];
    let mut own = head(&journal, owner).await;
    let session = make.session();
    let signed_in = SignedIn {
        session,
        expires_at: NOW + 1_000,
        addr: "::1".to_owned(),
        agent: "test".to_owned(),
        code_step: None,
    };
    let signed_in = AccountEvent::from(signed_in).into();
    put(&journal, &make, owner.into(), &mut own, &[signed_in], None).await;
    put(&journal, &make, owner.into(), &mut own, &[added(session)], Some(TARGET)).await;
    let said = make.say(group.0, &mut group.1, "您好");
    let seq = said.events[0].seq;
    assert_eq!(journal.append(vec![said]).await, [Ok(())]);
    let row = PushRow {
        id: 1,
        account: owner,
        device: DEVICE,
        stream: group.0,
        seq,
        repeats: None,
        at: 1,
        tries: 0,
        provider: Some(PushProvider::Xiaomi),
    };
    let known = async |now| queries.push_facts(&row, now).await.unwrap().is_some();
    assert!(known(NOW).await);
    assert!(!known(NOW + 1_000).await, "the sign-in has run out");
    rebuild(&journal, |_, _| {}).await.unwrap();
    assert!(known(NOW).await, "a rebuild carries over where the device is reached");
    let out = SignedOut { session, reason: SignOutReason::Asked };
    let out = AccountEvent::from(out).into();
    put(&journal, &make, owner.into(), &mut own, &[out], None).await;
    assert!(!known(NOW).await, "signed out");
    assert_eq!(queries.push_devices(owner).await.unwrap().len(), 1);
    let gone = AccountEvent::from(PushDeviceRemoved { device: DEVICE, reason: PushEnd::Gone });
    put(&journal, &make, owner.into(), &mut own, &[gone.into()], None).await;
    assert_eq!(queries.push_devices(owner).await.unwrap(), []);
}

#[tokio::test]
async fn what_is_cleared_is_left_out_of_previews_also_after_a_rebuild() {
    let store = Store::new();
    let Hall { journal, queries, make, people, mut group, .. } = hall(&store).await;
    let (owner, room) = (people[0], group.0);
    let said = make.say(room, &mut group.1, "以前");
    let seq = said.events[0].seq;
    assert_eq!(journal.append(vec![said]).await, [Ok(())]);
    let last = async |account| {
        let page = queries.conversations(account, None, 9).await.unwrap();
        let line = page.items.into_iter().find(|line| line.stream == room).unwrap();
        line.last.map(|last| last.seq)
    };
    assert_eq!(last(owner).await, Some(seq));
    let mut own = head(&journal, owner).await;
    let cleared = HistoryCleared { room: Some(protocol::RoomId(room.id)), seq: Some(seq) };
    let cleared = AccountEvent::from(cleared).into();
    put(&journal, &make, owner.into(), &mut own, &[cleared], None).await;
    for _ in 0..2 {
        assert_eq!((last(owner).await, last(people[1]).await), (None, Some(seq)));
        let mark = queries.cleared(owner, protocol::RoomId(room.id)).await.unwrap();
        assert_eq!(mark, (seq, 0));
        rebuild(&journal, |_, _| {}).await.unwrap();
    }
}

#[tokio::test]
async fn a_notice_is_told_to_its_recipients_until_read_or_withdrawn() {
    let store = Store::new();
    let hall = hall(&store).await;
    let owner = owner_of_a_device(&hall).await;
    let Hall { journal, queries, make, people, .. } = &hall;
    let (stream, mut head) = sent(&hall, Target::All {}).await;
    passed(journal, make, stream, &mut head).await;
    let accounts = BTreeSet::from(*people).into_iter().collect();
    let page = NoticeEvent::from(NoticeAddressed { accounts, last: true }).into();
    put(journal, make, stream, &mut head, &[page], None).await;
    let rows = due(queries).await;
    let [row] = &rows[..] else { panic!("one device: {rows:?}") };
    assert_eq!((row.account, row.stream, row.seq), (owner, stream, head.seq));
    assert_eq!(due(queries).await, rows, "looked at again, it is the same row");
    let known = facts(queries, row).await.unwrap();
    assert_eq!((known.by, known.muted, known.seen), (Some(owner), false, false));
    let title = "补".to_owned();
    assert_eq!(known.matter, PushMatter::Notice { kind: NoticeKind::Todo, title, reminder: None });
    let stranger = PushRow { account: people[2], ..row.clone() };
    assert!(facts(queries, &stranger).await.is_none(), "no device of theirs");

    let read = NoticeEvent::from(NoticeRead {}).into();
    let read = by(make, owner, stream, &mut head, read);
    assert_eq!(journal.append(vec![read]).await, [Ok(())]);
    assert!(facts(queries, row).await.unwrap().seen);
    let withdrawn = NoticeEvent::from(NoticeWithdrawn {}).into();
    put(journal, make, stream, &mut head, &[withdrawn], None).await;
    assert!(facts(queries, row).await.is_none(), "withdrawn, it is told to nobody");
}

#[tokio::test]
async fn an_urgent_message_comes_again_to_who_has_not_acknowledged() {
    let store = Store::new();
    let mut hall = hall(&store).await;
    let owner = owner_of_a_device(&hall).await;
    let Hall { journal, queries, make, people, group, .. } = &mut hall;
    let (room, head) = (group.0, &mut group.1);
    while head.seq < 20 {
        let said = make.say(room, head, "停电");
        assert_eq!(journal.append(vec![said]).await, [Ok(())]);
    }
    let seq = head.seq;
    let waiting = vec![owner, people[1]];
    let again = UrgentRepeated { seq, times: 1, waiting, last: false };
    put(journal, make, room, head, &[RoomEvent::from(again).into()], None).await;
    let rows = due(queries).await;
    let first = rows.first().unwrap();
    assert_eq!((first.seq, first.repeats), (head.seq, Some(seq)), "urgent before what was said");
    let known = facts(queries, first).await.unwrap();
    let PushMatter::Message { event, .. } = known.matter else { panic!("a message") };
    assert_eq!((event.seq, known.seen), (seq, false));

    let other = RoomEvent::from(MessageAcknowledged { seq: seq - 1 }).into();
    let done = RoomEvent::from(MessageAcknowledged { seq }).into();
    for (event, seen) in [(other, false), (done, true)] {
        let said = by(make, owner, room, head, event);
        assert_eq!(journal.append(vec![said]).await, [Ok(())]);
        assert_eq!(facts(queries, first).await.unwrap().seen, seen);
    }
}

#[tokio::test]
async fn a_task_is_told_to_who_has_to_do_it_while_they_have() {
    let store = Store::new();
    let hall = hall(&store).await;
    let owner = owner_of_a_device(&hall).await;
    let Hall { journal, queries, make, people, .. } = &hall;
    let (stream, mut head) = (make.stream(EntityKind::Task), Head::default());
    let created = serde_json::json!({
        "title": "盘点", "note": "", "starts_at": 0, "ends_at": 1, "zone": "Asia/Urumqi",
        "people": [{ "account": people[1], "part": "owner" }], "private": false,
    });
    let created = AnyEvent::decode("task.created", &created.to_string()).unwrap();
    put(journal, make, stream, &mut head, &[created], None).await;
    let event = |event: TaskEvent| AnyEvent::from(event);
    while head.seq < 20 {
        let reopened = TaskEvent::from(protocol::task::TaskReopened { on: None });
        put(journal, make, stream, &mut head, &[event(reopened)], None).await;
    }
    let assigned = |part| event(TaskAssigned { account: owner, part }.into());
    put(journal, make, stream, &mut head, &[assigned(TaskPart::Watcher)], None).await;
    assert_eq!(due(queries).await, [], "watchers are told nothing");
    let given = by(make, people[1], stream, &mut head, assigned(TaskPart::Assignee));
    assert_eq!(journal.append(vec![given]).await, [Ok(())]);
    let rows = due(queries).await;
    let [row] = &rows[..] else { panic!("one device: {rows:?}") };
    let known = facts(queries, row).await.unwrap();
    assert_eq!((known.by, known.seen), (Some(people[1]), false));
    let done = event(TaskFinished { on: None }.into());
    put(journal, make, stream, &mut head, &[done], None).await;
    assert!(facts(queries, row).await.unwrap().seen, "done, it is no news");
    let released = event(TaskReleased { account: owner, left: false }.into());
    put(journal, make, stream, &mut head, &[released], None).await;
    assert!(facts(queries, row).await.is_none(), "no longer theirs to do");
}

/// However many there are, a page at a time waits, and each of them once.
#[tokio::test]
async fn news_for_many_waits_as_one_row_and_is_queued_a_page_at_a_time() {
    const PEOPLE: usize = 2_300;
    let store = Store::new();
    let hall = hall(&store).await;
    let owner = owner_of_a_device(&hall).await;
    let Hall { journal, queries, make, .. } = &hall;
    let room = make.stream(EntityKind::Room);
    crowd(&store, room, PEOPLE).await;
    let mut head = Head::default();
    let said = make.say(room, &mut head, "全区停电");
    assert_eq!(journal.append(vec![said]).await, [Ok(())]);
    while queries.feed_push(NOW, PAUSE).await.unwrap() {}
    assert_eq!(
        queries.due_pushes(NOW, PEOPLE, &PushesBusy::default()).await.unwrap(),
        [],
        "one wave, no row"
    );

    let mut told = BTreeSet::new();
    let mut pages = 0;
    loop {
        while queries.spread_push(NOW, PAUSE).await.unwrap() {}
        let rows = queries.due_pushes(NOW, 2 * PEOPLE, &PushesBusy::default()).await.unwrap();
        assert!(rows.len() <= 1_000, "never more than a page");
        if rows.is_empty() {
            break;
        }
        pages += 1;
        let fresh = rows.iter().all(|row| row.stream == room && told.insert(row.device));
        assert!(fresh, "each device once");
        let settled = rows.iter().map(|row| row.id).collect();
        queries.end_pushes(&PushEnds { settled, ..PushEnds::default() }).await.unwrap();
    }
    assert_eq!((told.len(), pages), (PEOPLE, 3));
    assert!(!told.contains(&DEVICE), "{owner} is not in it");
}

/// Members of a room with a device each, as a large hall has them.
async fn crowd(store: &Store, room: StreamId, count: usize) {
    let mut raw = store.raw().await;
    for statement in [
        "INSERT INTO room_rooms (room_id, kind, name, created_at, members) \
         VALUES (?1, 'announcement', '全区', 0, ?2)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2) \
         INSERT INTO room_members (room_id, account_id, role, joined_seq, joined_tally) \
         SELECT ?1, CAST(printf('%016d', i) AS BLOB), 'member', 0, 0 FROM n",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2) \
         INSERT INTO account_push (account_id, device_id, session_id, provider, name, target, \
         added_at) SELECT CAST(printf('%016d', i) AS BLOB), CAST(printf('d%015d', i) AS BLOB), \
         ?1, 'xiaomi', '手机', '{}', 0 FROM n",
    ] {
        let done = sqlx::query(statement).bind(room.id).bind(count as i64);
        done.execute(&mut raw).await.unwrap();
    }
}
