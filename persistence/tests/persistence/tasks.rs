//! Tasks, notices and applications in the tables: windows of time, pages of a target, counts
//! that are the rows, and all of it the same after a rebuild.

use crate::{
    queries::{Hall, hall, put},
    support::{Maker, Store},
};
use kernel::journal::{Append, Head, Journal};
use persistence::{Queries, rebuild};
use protocol::{
    AccountId, AnyEvent, BlobId, Day, EntityKind, StreamId, Zone,
    account::{AccountCreated, AccountEvent, Names},
    app::{AppCreated, AppEvent, Scope, TokenIssued},
    file::FileRef,
    notice::{
        NoticeAddressed, NoticeBadges, NoticeEvent, NoticeFinished, NoticeKind, NoticeRead,
        NoticeSent, NoticeWithdrawn, NoticeWritten, Target,
    },
    task::{
        Every, FileAttached, OccurrenceAltered, Repeat, TaskCreated, TaskEvent, TaskException,
        TaskFinished, TaskMoved, TaskPart, TaskPerson, TaskStopped,
    },
};
use std::collections::BTreeSet;

const HOUR: i64 = 60 * 60 * 1000;
const DAY: i64 = 24 * HOUR;

/// One command of this person.
pub(crate) fn by(
    make: &Maker,
    who: AccountId,
    stream: StreamId,
    head: &mut Head,
    event: AnyEvent,
) -> Append {
    let before = head.hash;
    let mut append = make.append(stream, head, &[event]);
    let first = &mut append.events[0];
    first.by = Some(who);
    first.hash = first.chain(&before);
    head.hash = first.hash;
    append
}

#[tokio::test]
async fn a_window_holds_what_takes_place_in_it() {
    let store = Store::new();
    let Hall { journal, queries, make, people, .. } = hall(&store).await;
    let [me, other, _] = people;
    let stream = make.stream(EntityKind::Task);
    let mut head = Head::default();
    // Monday 1970-01-05, ten in the morning in Urumqi.
    let starts_at = 4 * DAY + 4 * HOUR;
    let repeat = Repeat { every: Every::Week, interval: 1, on: Vec::new(), until: None };
    let created = TaskCreated {
        title: "例会".to_owned(),
        note: String::new(),
        starts_at,
        ends_at: starts_at + HOUR,
        zone: Zone::Urumqi,
        people: vec![
            TaskPerson { account: me, part: TaskPart::Owner },
            TaskPerson { account: other, part: TaskPart::Assignee },
        ],
        private: true,
        repeat: Some(repeat),
        remind: Vec::new(),
        follows: None,
        done: false,
        finished: Vec::new(),
        exceptions: Vec::new(),
    };
    let finished = TaskFinished { on: Some(Zone::Urumqi.day(starts_at + 7 * DAY)) };
    let events = [TaskEvent::from(created).into(), TaskEvent::from(finished).into()];
    put(&journal, &make, stream, &mut head, &events, None).await;
    let seen = |reader, from, to| {
        let queries = queries.clone();
        async move {
            let items = queries.tasks(me, reader, from, to).await.unwrap().unwrap();
            items.into_iter().map(|item| (item.starts_at, item.done)).collect::<Vec<_>>()
        }
    };
    for time in 0..2 {
        let three = seen(me, starts_at, starts_at + 15 * DAY).await;
        let week = |n: i64| starts_at + n * 7 * DAY;
        assert_eq!(three, [(week(0), false), (week(1), true), (week(2), false)]);
        let far = week(52 * 30);
        assert_eq!(seen(me, far + 1, far + 2).await, [(far, false)], "under way at its border");
        assert_eq!(seen(me, far + HOUR, far + DAY).await, []);
        assert_eq!(seen(other, 0, far).await, [], "private: nobody else's to see");
        if time == 0 {
            rebuild(&journal, |_, _| {}).await.unwrap();
        }
    }
    let moved = TaskMoved { starts_at: starts_at + DAY, ends_at: starts_at + DAY + HOUR };
    put(&journal, &make, stream, &mut head, &[TaskEvent::from(moved).into()], None).await;
    let two = seen(me, starts_at, starts_at + 9 * DAY).await;
    assert_eq!(two, [(starts_at + DAY, false), (starts_at + 8 * DAY, false)]);
}

pub(crate) async fn sent(hall: &Hall, target: Target) -> (StreamId, Head) {
    let (stream, mut head) = (hall.make.stream(EntityKind::Notice), Head::default());
    let sent = NoticeSent { kind: NoticeKind::Todo, target, due_at: None, confirm: false };
    let (text, link, reminder) = (String::new(), None, None);
    let written = NoticeWritten { title: "补".to_owned(), text, link, reminder };
    let events = [NoticeEvent::from(sent).into(), NoticeEvent::from(written).into()];
    let mut append = hall.make.append(stream, &mut head, &events);
    let mut before = [0; 32];
    for event in &mut append.events {
        event.by = Some(hall.people[0]);
        event.hash = event.chain(&before);
        before = event.hash;
    }
    head.hash = before;
    assert_eq!(hall.journal.append(vec![append]).await, [Ok(())]);
    (stream, head)
}

async fn crowd(hall: &Hall, count: usize) {
    let mut appends = Vec::new();
    for n in 0..count {
        let created = AccountCreated {
            username: format!("p{n}"),
            names: Names { zh: "王".to_owned(), ..Names::default() },
            unit: hall.path.clone(),
            post: String::new(),
            phone: None,
            grants: Vec::new(),
            must_change_password: false,
        };
        let stream = hall.make.stream(EntityKind::Account);
        let event = AccountEvent::from(created).into();
        appends.push(hall.make.append(stream, &mut Head::default(), &[event]));
    }
    assert!(hall.journal.append(appends).await.iter().all(Result::is_ok));
}

async fn badge(queries: &Queries, of: AccountId) -> NoticeBadges {
    queries.notice_badges(of).await.unwrap()
}

#[tokio::test]
async fn a_target_is_addressed_page_by_page_and_counted_as_it_happens() {
    let store = Store::new();
    let hall = hall(&store).await;
    crowd(&hall, 2_500).await;
    let me = hall.people[1];
    let (stream, mut head) = sent(&hall, Target::Units { units: vec![hall.path.0[1]] }).await;
    let (mut after, mut all, mut pages) = (None, BTreeSet::new(), 0);
    loop {
        let (accounts, last) = hall.queries.notice_page(stream, after).await.unwrap();
        assert!(accounts.len() <= 1_000 && accounts.is_sorted());
        after = accounts.last().copied();
        pages += 1;
        all.extend(accounts.iter().copied());
        let page: AnyEvent = NoticeEvent::from(NoticeAddressed { accounts, last }).into();
        put(&hall.journal, &hall.make, stream, &mut head, &[page], None).await;
        if last {
            break;
        }
    }
    assert_eq!((all.len(), pages), (2_503, 3));
    assert_eq!(badge(&hall.queries, me).await.todos, 1);
    let read = by(&hall.make, me, stream, &mut head, NoticeEvent::from(NoticeRead {}).into());
    let again = by(&hall.make, me, stream, &mut head, NoticeEvent::from(NoticeRead {}).into());
    let done = NoticeFinished { accounts: hall.people[1..].to_vec() };
    let done = by(&hall.make, me, stream, &mut head, NoticeEvent::from(done).into());
    assert_eq!(hall.journal.append(vec![read, again, done]).await, [Ok(()), Ok(()), Ok(())]);
    for time in 0..2 {
        let counts = hall.queries.notices_sent(hall.people[0], None, 9).await.unwrap().items;
        let one = &counts[0];
        assert_eq!((one.complete, one.addressed, one.read, one.done), (true, 2_503, 1, 2));
        assert_eq!(badge(&hall.queries, me).await.todos, 0);
        assert_eq!(badge(&hall.queries, hall.people[2]).await.todos, 1);
        if time == 0 {
            rebuild(&hall.journal, |_, _| {}).await.unwrap();
        }
    }
    let mut withdrawn = by(
        &hall.make,
        hall.people[0],
        stream,
        &mut head,
        NoticeEvent::from(NoticeWithdrawn {}).into(),
    );
    withdrawn.redactions.push(2);
    assert_eq!(hall.journal.append(vec![withdrawn]).await, [Ok(())]);
    for time in 0..2 {
        assert_eq!(badge(&hall.queries, hall.people[2]).await.todos, 0);
        assert!(hall.queries.notices(me, None, None, 9).await.unwrap().items.is_empty());
        let counts = hall.queries.notices_sent(hall.people[0], None, 9).await.unwrap().items;
        assert_eq!((counts[0].withdrawn, counts[0].title.as_str()), (true, ""));
        if time == 0 {
            rebuild(&hall.journal, |_, _| {}).await.unwrap();
        }
    }
}

#[tokio::test]
async fn roles_and_people_are_found_where_they_are() {
    let store = Store::new();
    let hall = hall(&store).await;
    crowd(&hall, 3).await;
    let roles = |unit| Target::Roles { roles: vec![protocol::Role::HallManager], unit };
    let named = Target::People { accounts: vec![hall.people[2], hall.people[2]] };
    let rooms = Target::Rooms { rooms: vec![protocol::RoomId(hall.direct.0.id)] };
    for (target, found) in [
        (roles(hall.path.0[2]), 3),
        (roles(hall.path.0[0]), 3),
        (roles(hall.path.0[3]), 0),
        (named, 1),
        (rooms, 2),
        (Target::All {}, 6),
    ] {
        let (stream, _) = sent(&hall, target.clone()).await;
        let (accounts, last) = hall.queries.notice_page(stream, None).await.unwrap();
        assert_eq!((accounts.len(), last), (found, true), "{target:?}");
    }
}

#[tokio::test]
async fn a_token_still_opens_after_a_rebuild() {
    let store = Store::new();
    let Hall { journal, queries, make, people, .. } = hall(&store).await;
    let (stream, mut head) = (make.stream(EntityKind::App), Head::default());
    let created = AppCreated { name: "审批".to_owned(), account: people[0] };
    let token = make.stream(EntityKind::App).id;
    let scopes = vec![Scope::Read, Scope::Notices];
    let issued =
        TokenIssued { token, label: "一".to_owned(), scopes: scopes.clone(), expires_at: None };
    let events = [AppEvent::from(created).into(), AppEvent::from(issued).into()];
    put(&journal, &make, stream, &mut head, &events, Some(r#"{"token_hash":"secret"}"#)).await;
    for time in 0..2 {
        let row = queries.app_token("secret").await.unwrap().expect("it opens");
        assert_eq!((row.account, row.scopes, row.disabled), (people[0], scopes.clone(), false));
        assert!(queries.app_token("other").await.unwrap().is_none());
        if time == 0 {
            rebuild(&journal, |_, _| {}).await.unwrap();
        }
    }
}

/// Every day from then on, `done` on one.
fn daily(me: AccountId, starts_at: i64, done: Day) -> TaskCreated {
    TaskCreated {
        title: "晨检".to_owned(),
        note: String::new(),
        starts_at,
        ends_at: starts_at + HOUR,
        zone: Zone::Urumqi,
        people: vec![TaskPerson { account: me, part: TaskPart::Owner }],
        private: false,
        repeat: Some(Repeat { every: Every::Day, interval: 1, on: Vec::new(), until: None }),
        remind: vec![15],
        follows: None,
        done: false,
        finished: vec![done],
        exceptions: Vec::new(),
    }
}

fn plain(on: Day) -> TaskException {
    let (title, note, starts_at, ends_at) = (None, None, None, None);
    TaskException { on, skipped: false, title, note, starts_at, ends_at }
}

fn pdf(blob: BlobId) -> FileRef {
    let (name, media_type) = ("清单.pdf".to_owned(), "application/pdf".to_owned());
    FileRef { blob, name, bytes: 3, media_type }
}

/// What is known of single occurrences, and the files, are the same after a rebuild.
#[tokio::test]
async fn an_occurrence_stands_where_it_was_moved_and_files_stand_with_the_task() {
    let store = Store::new();
    let Hall { journal, queries, make, people, .. } = hall(&store).await;
    let [me, other, _] = people;
    let stream = make.stream(EntityKind::Task);
    let mut head = Head::default();
    let starts_at = 44 * DAY + 4 * HOUR;
    let day = |n: i64| Day(Zone::Urumqi.day(starts_at).0 + n);
    let created = daily(me, starts_at, day(2));
    // Moved before the series begins, and done there.
    let early = starts_at - 30 * DAY;
    let moved = TaskException {
        title: Some("补检".to_owned()),
        starts_at: Some(early),
        ends_at: Some(early + HOUR),
        ..plain(day(3))
    };
    let file = pdf(BlobId(make.stream(EntityKind::Task).id));
    let events: Vec<AnyEvent> = [
        TaskEvent::from(created),
        FileAttached { file: file.clone() }.into(),
        OccurrenceAltered { exception: moved }.into(),
        TaskFinished { on: Some(day(3)) }.into(),
        OccurrenceAltered { exception: TaskException { skipped: true, ..plain(day(1)) } }.into(),
        TaskStopped { on: day(5) }.into(),
    ]
    .map(AnyEvent::from)
    .to_vec();
    put(&journal, &make, stream, &mut head, &events, None).await;
    for time in 0..2 {
        let all = queries.tasks(me, me, 0, starts_at + 99 * DAY).await.unwrap().unwrap();
        let seen: Vec<_> = all
            .iter()
            .map(|one| (one.starts_at - starts_at, one.done, one.title.as_str()))
            .collect();
        assert_eq!(
            seen,
            [
                (-30 * DAY, true, "补检"),
                (0, false, "晨检"),
                (2 * DAY, true, "晨检"),
                (4 * DAY, false, "晨检"),
            ]
        );
        let before = queries.tasks(me, me, early, early + 1).await.unwrap().unwrap();
        assert_eq!(before.len(), 1, "found where it is, not where it was");
        let one = queries.task(stream, me).await.unwrap().unwrap();
        assert_eq!((one.exceptions.len(), one.remind.as_slice()), (2, &[15][..]));
        let files: Vec<_> = one.files.iter().map(|one| (one.seq, &one.file)).collect();
        assert_eq!(files, [(2, &file)]);
        let shown = queries.tasks(me, other, 0, starts_at + DAY).await.unwrap().unwrap();
        assert!(shown.iter().all(|one| one.files.is_empty()), "its people's alone");
        if time == 0 {
            rebuild(&journal, |_, _| {}).await.unwrap();
        }
    }
}
