//! Every query, on an empty store and on a small hall.

use crate::support::{Maker, Store, message};
use kernel::journal::{Cursor, Head, Journal};
use persistence::{Among, Queries, SqliteJournal, event_frame, event_frame_json};
use protocol::{
    AccountId, AnyEvent, EntityKind, Grant, Permission, Role, RoomId, ServerFrame, SessionId,
    StreamId, UnitId, UnitPath,
    account::*,
    room::{Member, MemberAdded, MemberRole, RoomCreated, RoomEvent, RoomKind},
    unit::{UnitCreated, UnitEvent, UnitKind},
};

/// One store with units, three people, two rooms.
pub struct Hall {
    pub journal: SqliteJournal,
    pub queries: Queries,
    pub make: Maker,
    pub region: UnitId,
    pub path: UnitPath,
    pub counter: UnitId,
    pub people: [AccountId; 3],
    pub session: SessionId,
    pub group: (StreamId, Head),
    pub direct: (StreamId, Head),
}

const USERS: [(&str, &str, &str); 3] = [
    ("shanli", "单丽", "13812341234"),
    ("zhangwei", "张伟", "13900005678"),
    ("gulnar", "古丽娜尔", "13912345678"),
];

pub async fn put(
    journal: &SqliteJournal,
    make: &Maker,
    stream: StreamId,
    head: &mut Head,
    events: &[AnyEvent],
    private: Option<&str>,
) {
    let mut append = make.append(stream, head, events);
    append.private = private.map(str::to_owned);
    assert_eq!(journal.append(vec![append]).await, [Ok(())]);
}

fn names(zh: &str, en: &str) -> Names {
    Names { zh: zh.to_owned(), ug: None, en: Some(en.to_owned()) }
}

pub async fn units(journal: &SqliteJournal, make: &Maker) -> UnitPath {
    let kinds = [
        (UnitKind::Region, "新疆", "Xinjiang"),
        (UnitKind::County, "天山区", "Tianshan"),
        (UnitKind::Hall, "政务服务大厅", "Service Hall"),
        (UnitKind::Counter, "综合窗口", "Counter 1"),
    ];
    let mut path = UnitPath::default();
    for (kind, zh, en) in kinds {
        let stream = make.stream(EntityKind::Unit);
        path.0.push(UnitId(stream.id));
        let event = UnitCreated { kind, names: names(zh, en), path: path.clone(), rank: 1 };
        let event = UnitEvent::from(event).into();
        put(journal, make, stream, &mut Head::default(), &[event], None).await;
    }
    path
}

fn created(index: usize, path: &UnitPath) -> AnyEvent {
    let (username, zh, phone) = USERS[index];
    AccountEvent::from(AccountCreated {
        username: username.to_owned(),
        names: names(zh, &format!("Person {index}")),
        unit: path.clone(),
        post: "综合受理岗".to_owned(),
        phone: Some(phone.to_owned()),
        grants: vec![Grant { role: Role::HallManager, unit: path.0[2] }],
        must_change_password: true,
    })
    .into()
}

pub async fn hall(store: &Store) -> Hall {
    let (journal, queries) = store.open().await;
    let make = Maker::new();
    let path = units(&journal, &make).await;
    let session = make.session();
    let mut people = Vec::new();
    for index in 0..USERS.len() {
        let stream = make.stream(EntityKind::Account);
        let mut head = Head::default();
        let private = Some(r#"{"password_hash":"$argon2id$x"}"#);
        put(&journal, &make, stream, &mut head, &[created(index, &path)], private).await;
        people.push(AccountId(stream.id));
        if index == 0 {
            let signed_in = SignedIn {
                session,
                expires_at: 9_000,
                addr: "::1".to_owned(),
                agent: "test".to_owned(),
                code_step: None,
            };
            let event = AccountEvent::from(signed_in).into();
            let private = Some(r#"{"token_hash":"t0"}"#);
            put(&journal, &make, stream, &mut head, &[event], private).await;
            let event = AccountEvent::from(TotpEnrolled {}).into();
            let private = Some(r#"{"totp_secret":"SECRET"}"#);
            put(&journal, &make, stream, &mut head, &[event], private).await;
        }
    }
    let people: [AccountId; 3] = people.try_into().unwrap();
    let group = room(&journal, &make, RoomKind::Group, "值班群", &people[..2]).await;
    let direct = room(&journal, &make, RoomKind::Direct, "", &people[..2]).await;
    let (region, counter) = (path.0[0], path.0[3]);
    Hall { journal, queries, make, region, path, counter, people, session, group, direct }
}

async fn room(
    journal: &SqliteJournal,
    make: &Maker,
    kind: RoomKind,
    name: &str,
    people: &[AccountId],
) -> (StreamId, Head) {
    let (stream, mut head) = (make.stream(EntityKind::Room), Head::default());
    let member = |account: &AccountId| Member { account: *account, role: MemberRole::Member };
    let members = people.iter().map(member).collect();
    let event = RoomEvent::from(RoomCreated { kind, name: name.to_owned(), members }).into();
    put(journal, make, stream, &mut head, &[event, message("你好"), message("在吗")], None).await;
    (stream, head)
}

#[tokio::test]
async fn an_empty_store_answers_every_query() {
    let store = Store::new();
    let (_journal, queries) = store.open().await;
    let make = Maker::new();
    let (account, unit) = (make.account(), UnitId(make.account().0));
    assert!(queries.find_sign_in("nobody").await.unwrap().is_none());
    assert!(queries.credentials(account).await.unwrap().is_none());
    assert!(queries.session_by_token("t").await.unwrap().is_none());
    assert!(queries.me(account, make.session()).await.unwrap().is_none());
    assert_eq!(queries.cards(&[account]).await.unwrap(), []);
    assert_eq!(queries.missing_accounts(&[account]).await.unwrap(), [account]);
    assert_eq!(queries.find_people("", Among::default(), None, 9).await.unwrap().items, []);
    assert_eq!(queries.units().await.unwrap(), []);
    assert_eq!(queries.unit_place(unit).await.unwrap(), None);
    assert_eq!(queries.unit_above(unit).await.unwrap(), None);
    assert_eq!(queries.unit_tree().await.unwrap(), domain::UnitTree::default());
    assert!(!queries.has_open_units(unit).await.unwrap());
    assert!(!queries.must_change_password(account).await.unwrap());
    assert_eq!(queries.find_people("", Among::unit(unit), None, 9).await.unwrap().items, []);
    assert_eq!(queries.sessions(account, 0).await.unwrap(), []);
    assert_eq!(queries.conversations(account, None, 9).await.unwrap().items, []);
    assert_eq!(queries.room_members(RoomId(unit.0), None, 9).await.unwrap().items, []);
    assert_eq!(queries.unread(account, make.stream(EntityKind::Room)).await.unwrap(), 0);
    assert_eq!(queries.demo_accounts().await.unwrap(), []);
    assert_eq!(queries.counts().await.unwrap(), persistence::Counts::default());
    queries.set_demo(&[]).await.unwrap();
}

#[tokio::test]
async fn sign_in_and_sessions_are_read() {
    let store = Store::new();
    let Hall { journal, queries, make, people, session, .. } = hall(&store).await;
    let row = queries.find_sign_in("shanli").await.unwrap().unwrap();
    // Enrolled and not confirmed: no code is asked for.
    assert_eq!((row.account, row.totp_secret), (people[0], None));
    let secrets = queries.credentials(people[0]).await.unwrap().unwrap();
    assert_eq!(secrets.totp_secret.as_deref(), Some("SECRET"));
    let found = queries.session_by_token("t0").await.unwrap().unwrap();
    assert_eq!((found.account, found.session, found.disabled), (people[0], session, false));
    assert!(found.must_change_password);
    assert!(queries.must_change_password(people[0]).await.unwrap());
    assert_eq!(found.grants[0].role, Role::HallManager);
    let me = queries.me(people[0], session).await.unwrap().unwrap();
    assert_eq!(me.card.phone.as_deref(), Some("13812341234"));
    assert!(me.permissions.contains(&Permission::AccountManage) && me.must_change_password);
    assert_eq!(queries.sessions(people[0], 0).await.unwrap().len(), 1);
    assert_eq!(queries.sessions(people[0], 9_000).await.unwrap(), []);

    let stream = StreamId::from(people[0]);
    let mut head = journal.head(stream).await.unwrap();
    let events: [AnyEvent; 3] = [
        AccountEvent::from(TotpConfirmed {}).into(),
        AccountEvent::from(AccountDisabled {}).into(),
        AccountEvent::from(SignedOut { session, reason: SignOutReason::Disabled }).into(),
    ];
    put(&journal, &make, stream, &mut head, &events, None).await;
    assert!(queries.session_by_token("t0").await.unwrap().is_none());
    let row = queries.find_sign_in("shanli").await.unwrap().unwrap();
    assert_eq!(row.totp_secret.as_deref(), Some("SECRET"));
    assert_eq!(queries.missing_accounts(&people).await.unwrap(), people[..1]);
}

#[tokio::test]
async fn people_are_found_by_whatever_is_typed() {
    let store = Store::new();
    let Hall { queries, region, people, make, .. } = hall(&store).await;
    let typed = [
        ("单丽", 0),
        ("单", 0),
        ("shanli", 0),
        ("dan", 0),
        ("sl", 0),
        ("zhang wei", 1),
        ("zw", 1),
        ("zhangw", 1),
        ("person 1", 1),
        ("1390000", 1),
        ("GULN", 2),
        ("古丽", 2),
        ("glne", 2),
    ];
    for (text, who) in typed {
        let page = queries.find_people(text, Among::default(), None, 9).await.unwrap();
        let first = page.items.first().map(|card| card.account);
        assert_eq!(first, Some(people[who]), "{text}: {:?}", page.items);
    }
    for text in ["%", "_", "'", "139", "nobody", "\\"] {
        assert_eq!(
            queries.find_people(text, Among::default(), None, 9).await.unwrap().items,
            [],
            "{text}"
        );
    }
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let page = queries.find_people("", Among::unit(region), after, 1).await.unwrap();
        seen.extend(page.items.iter().map(|card| card.username.clone()));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["gulnar", "shanli", "zhangwei"]);
    let elsewhere = Some(UnitId(make.account().0));
    assert_eq!(
        queries
            .find_people("", Among { unit: elsewhere, ..Among::default() }, None, 9)
            .await
            .unwrap()
            .items,
        []
    );
    let card = &queries.cards(&[people[1]]).await.unwrap()[0];
    assert_eq!(card.phone.as_deref(), Some("139****5678"));
    assert_eq!(card.unit_names.zh, "综合窗口 · 政务服务大厅");
}

/// Nobody tells this one what another process or node has committed.
#[tokio::test]
async fn people_are_found_whoever_committed_them() {
    let store = Store::new();
    let Hall { queries, make, path, people, .. } = hall(&store).await;
    assert_eq!(queries.find_people("reyhan", Among::default(), None, 9).await.unwrap().items, []);
    let (other, _) = store.open().await;
    let created = AccountCreated {
        username: "reyhan".to_owned(),
        names: names("热依汗", "Reyhan"),
        unit: path,
        post: String::new(),
        phone: None,
        grants: Vec::new(),
        must_change_password: false,
    };
    let (stream, mut head) = (make.stream(EntityKind::Account), Head::default());
    put(&other, &make, stream, &mut head, &[AccountEvent::from(created).into()], None).await;
    let found = queries.find_people("reyhan", Among::default(), None, 9).await.unwrap();
    assert_eq!(found.items[0].account.0, stream.id);
    // The one whose name was changed first is found by the new name, and not by the old one.
    let stream = StreamId::from(people[0]);
    let mut head = other.head(stream).await.unwrap();
    let renamed =
        ProfileUpdated { names: names("吕西安", "Lucien"), post: String::new(), phone: None };
    put(&other, &make, stream, &mut head, &[AccountEvent::from(renamed).into()], None).await;
    let found = queries.find_people("lxa", Among::default(), None, 9).await.unwrap();
    assert_eq!(found.items.iter().map(|card| card.account).collect::<Vec<_>>(), people[..1]);
    assert_eq!(queries.find_people("单丽", Among::default(), None, 9).await.unwrap().items, []);
}

#[tokio::test]
async fn units_demo_and_counts_are_read() {
    let store = Store::new();
    let Hall { queries, people, counter, .. } = hall(&store).await;
    let units = queries.units().await.unwrap();
    assert_eq!(units.iter().map(|unit| unit.people).collect::<Vec<_>>(), [0, 0, 0, 3]);
    assert_eq!(units.iter().filter(|unit| unit.parent.is_none()).count(), 1);
    let place = queries.unit_place(counter).await.unwrap().unwrap();
    assert_eq!((place.path.0.len(), place.kind, place.closed), (4, UnitKind::Counter, false));
    let above = queries.unit_above(counter).await.unwrap().unwrap();
    assert_eq!((above.path.unit(), above.kind), (Some(place.path.0[2]), UnitKind::Hall));
    let tree = queries.unit_tree().await.unwrap();
    assert!(tree.is_within(counter, place.path.0[0]) && tree.is_root(place.path.0[0]));
    let demo = [(people[1], "pw-1".to_owned()), (people[0], "pw-0".to_owned())];
    queries.set_demo(&demo).await.unwrap();
    let shown = queries.demo_accounts().await.unwrap();
    let shown: Vec<_> = shown.into_iter().map(|d| (d.card.account, d.password)).collect();
    assert_eq!(shown, demo);
    let counts = queries.counts().await.unwrap();
    assert_eq!((counts.accounts, counts.rooms, counts.events), (3, 2, 15));
}

#[tokio::test]
async fn conversations_and_unread_follow_the_tallies() {
    let store = Store::new();
    let Hall { journal, queries, make, people, mut group, direct, .. } = hall(&store).await;
    let page = queries.conversations(people[0], None, 9).await.unwrap();
    assert_eq!(page.items.len(), 2);
    assert!(page.items.iter().all(|line| (line.unread, line.head, line.members) == (2, 3, 2)));
    let with_peer = page.items.iter().find(|line| line.stream == direct.0).unwrap();
    assert_eq!(with_peer.peer.as_ref().unwrap().account, people[1]);
    // Whoever joins later has nothing unread of what was said before.
    let joined = MemberAdded { account: people[2], role: MemberRole::Member };
    let events = [RoomEvent::from(joined).into(), message("欢迎")];
    put(&journal, &make, group.0, &mut group.1, &events, None).await;
    assert_eq!(queries.unread(people[2], group.0).await.unwrap(), 1);
    assert_eq!(queries.unread(people[0], group.0).await.unwrap(), 3);
    let cursor = Cursor { account: people[0], stream: group.0, seq: 3, tally: 0, at: 1 };
    journal.move_cursors(vec![cursor]).await.unwrap();
    let first = queries.conversations(people[0], None, 1).await.unwrap();
    let line = &first.items[0];
    assert_eq!((line.stream, line.unread, line.read, line.members), (group.0, 1, 3, 3));
    let last = line.last.as_ref().unwrap();
    assert_eq!((last.seq, last.type_name.as_str()), (5, "room.message_sent"));
    let second = queries.conversations(people[0], first.next, 1).await.unwrap();
    assert_eq!((second.items[0].stream, second.next), (direct.0, None));
    let members = queries.room_members(RoomId(group.0.id), None, 2).await.unwrap();
    let rest = queries.room_members(RoomId(group.0.id), members.next, 2).await.unwrap();
    assert_eq!((members.items.len(), rest.items.len(), rest.next), (2, 1, None));
}

#[tokio::test]
async fn the_frame_text_is_the_frame() {
    let make = Maker::new();
    let room = make.stream(EntityKind::Room);
    let append = make.append(room, &mut Head::default(), &[message("\"引号\" \\"), message("b")]);
    let mut redacted = append.events[0].clone();
    (redacted.body, redacted.by) = (None, None);
    let mut whisper = append.events[1].clone();
    whisper.audience = Some(Box::new([make.account()]));
    let viewer = kernel::Viewer::nobody();
    for event in append.events.iter().chain([&redacted, &whisper]) {
        let text: serde_json::Value =
            serde_json::from_str(&event_frame_json(event, &viewer)).unwrap();
        let frame = ServerFrame::Event(event_frame(event, &viewer));
        assert_eq!(text, serde_json::to_value(frame).unwrap());
    }
}
