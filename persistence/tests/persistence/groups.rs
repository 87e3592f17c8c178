//! Readers, settings, notices, invites and threads: read back from their tables, and the same
//! after a rebuild.

use crate::queries::{Hall, hall, put};
use crate::support::{Store, message};
use kernel::journal::{Cursor, Head, Journal};
use protocol::{
    AccountId, AnyEvent, EntityKind, RoomId, StreamId,
    account::{AccountEvent, ConversationSet, DraftCleared, DraftSet, MailSet, StreamLeft},
    http::{Conversation, Readers},
    room::*,
};

fn room_event(event: impl Into<RoomEvent>) -> AnyEvent {
    event.into().into()
}

fn own(event: impl Into<AccountEvent>) -> AnyEvent {
    event.into().into()
}

async fn read(hall: &Hall, account: AccountId, stream: StreamId, seq: u64) {
    let cursor = Cursor { account, stream, seq, tally: 0, at: 77 };
    hall.journal.move_cursors(vec![cursor]).await.unwrap();
}

async fn readers(hall: &Hall, room: RoomId, seq: u64) -> Readers {
    let message = hall.queries.message_of(room, seq).await.unwrap().expect("a message");
    let units = hall.queries.readers_by_unit(message).await.unwrap();
    Readers {
        read_count: units.iter().map(|unit| unit.read).sum(),
        unread_count: units.iter().map(|unit| unit.unread).sum(),
        units,
        read: hall.queries.readers_page(message, true, None, 9).await.unwrap(),
        unread: hall.queries.readers_page(message, false, None, 9).await.unwrap(),
    }
}

#[tokio::test]
async fn readers_are_those_whose_cursor_stands_on_the_message_or_after() {
    let store = Store::new();
    let mut hall = hall(&store).await;
    let (stream, mut head) = hall.group;
    let room = RoomId(stream.id);
    let early = readers(&hall, room, 2).await;
    assert_eq!((early.read_count, early.unread_count), (0, 2));
    assert_eq!(early.units[0].names.zh, "综合窗口");
    let joined = MemberAdded { account: hall.people[2], role: MemberRole::Member };
    let events = [room_event(joined), message("欢迎")];
    put(&hall.journal, &hall.make, stream, &mut head, &events, None).await;
    hall.group.1 = head;
    read(&hall, hall.people[0], stream, 3).await;
    read(&hall, hall.people[2], stream, 5).await;
    let early = readers(&hall, room, 2).await;
    assert_eq!((early.read_count, early.unread_count), (1, 1), "who came later is in neither");
    assert_eq!(early.read.items[0].card.account, hall.people[0]);
    assert_eq!((early.read.items[0].at, early.unread.items[0].at), (Some(77), None));
    let late = readers(&hall, room, 5).await;
    assert_eq!((late.read_count, late.unread_count), (1, 2));
    let messages = hall.queries.last_messages(room, 100).await.unwrap();
    assert_eq!(messages.iter().map(|one| one.seq).collect::<Vec<_>>(), [5, 3, 2]);
    let counts = hall.queries.read_counts(stream, &messages).await.unwrap();
    assert_eq!(counts, [1, 1, 1], "the same as the lists");
    assert_eq!(hall.queries.message_of(room, 1).await.unwrap(), None);
    assert_eq!(hall.queries.read_counts(stream, &[]).await.unwrap(), Vec::<u32>::new());
}

async fn listed(hall: &Hall, account: AccountId) -> Vec<Conversation> {
    hall.queries.conversations(account, None, 9).await.unwrap().items
}

#[tokio::test]
async fn settings_order_the_list_and_a_hidden_conversation_comes_back() {
    let store = Store::new();
    let hall = hall(&store).await;
    let me = hall.people[0];
    let account = StreamId::from(me);
    let mut head = hall.journal.head(account).await.unwrap();
    let ((group, mut group_head), (direct, _)) = (hall.group, hall.direct);
    let (first, second) = (RoomId(group.id), RoomId(direct.id));
    let newest = listed(&hall, me).await[0].stream;
    let older = if newest == group { second } else { first };
    let pin = |room| ConversationSet { room, pinned: true, muted: true, hidden: false };
    let draft = |text: &str| DraftSet { room: first, text: text.to_owned() };
    let events = [own(pin(older)), own(draft("各位")), own(draft("各位同事"))];
    put(&hall.journal, &hall.make, account, &mut head, &events, None).await;
    let lines = listed(&hall, me).await;
    assert_eq!((lines[0].stream.id, lines[0].pinned, lines[0].muted), (older.0, true, true));
    let drafted = lines.iter().find(|line| line.stream == group).unwrap();
    assert_eq!(drafted.draft.as_ref().unwrap().text, "各位同事");
    let page = hall.queries.conversations(me, None, 1).await.unwrap();
    let rest = hall.queries.conversations(me, page.next, 9).await.unwrap();
    assert_eq!((rest.items.len(), rest.items[0].stream), (1, newest));

    let hide = ConversationSet { room: first, pinned: false, muted: false, hidden: true };
    let events = [own(DraftCleared { room: first }), own(hide)];
    put(&hall.journal, &hall.make, account, &mut head, &events, None).await;
    let streams: Vec<_> = listed(&hall, me).await.iter().map(|line| line.stream).collect();
    assert_eq!(streams, [direct]);
    persistence::rebuild(&hall.journal, |_, _| {}).await.unwrap();
    assert_eq!(listed(&hall, me).await.len(), 1, "hidden after a rebuild as well");
    while group_head.seq <= head.seq {
        put(&hall.journal, &hall.make, group, &mut group_head, &[message("新")], None).await;
    }
    let lines = listed(&hall, me).await;
    let back = lines.iter().find(|line| line.stream == group).expect("it came back");
    assert_eq!((back.draft.clone(), back.members), (None, 2));
    let left = StreamLeft { stream: direct };
    put(&hall.journal, &hall.make, account, &mut head, &[own(left)], None).await;
    assert!(listed(&hall, me).await.iter().all(|line| !line.pinned), "nothing stays of it");
}

#[tokio::test]
async fn notices_and_the_door_are_read_back_and_rebuilt() {
    let store = Store::new();
    let hall = hall(&store).await;
    let (stream, mut head) = hall.group;
    let room = RoomId(stream.id);
    assert_eq!(hall.queries.notice(room, hall.people[0]).await.unwrap(), None);
    let notice = NoticeSet { text: "开会".to_owned(), confirm: true };
    let made = InviteCreated {
        token_hash: domain::room::token_hash("token"),
        expires_at: 9_000,
        approval: true,
        uses_max: Some(2),
    };
    let events = [room_event(notice), room_event(made), room_event(JoinRequested { seq: 5 })];
    put(&hall.journal, &hall.make, stream, &mut head, &events, None).await;
    for rebuilt in [false, true] {
        if rebuilt {
            persistence::rebuild(&hall.journal, |_, _| {}).await.unwrap();
        }
        let notice = hall.queries.notice(room, hall.people[0]).await.unwrap().expect("set");
        assert_eq!((notice.seq, notice.text.as_str(), notice.members), (4, "开会", 2));
        assert_eq!((notice.confirmed, notice.confirmed_count), (false, 0));
        let door = hall.queries.doorway(room).await.unwrap();
        assert_eq!((door.invites[0].seq, door.invites[0].uses), (5, 1));
    }
    let me = hall.people[2];
    let leads = |token: &'static str, now| hall.queries.invitation(room, token, me, now);
    assert_eq!(leads("other", 1).await.unwrap(), None);
    let invitation = leads("token", 1).await.unwrap().expect("it was made");
    assert_eq!((invitation.name.as_str(), invitation.good), ("值班群", true));
    assert!(!leads("token", 9_000).await.unwrap().unwrap().good, "its time has passed");
    put(&hall.journal, &hall.make, stream, &mut head, &[room_event(RoomDissolved {})], None).await;
    assert!(!leads("token", 1).await.unwrap().unwrap().good, "the room is over");
    let lines = listed(&hall, hall.people[0]).await;
    assert!(lines.iter().find(|line| line.stream == stream).unwrap().dissolved);
}

#[tokio::test]
async fn threads_wait_in_order_and_mail_knows_its_address() {
    let store = Store::new();
    let hall = hall(&store).await;
    let [agent, asker, other] = hall.people;
    let desk = hall.make.stream(EntityKind::Room);
    let member = |account| Member { account, role: MemberRole::Owner };
    let created = RoomCreated {
        kind: RoomKind::Desk,
        name: "医保咨询".to_owned(),
        members: vec![member(agent)],
    };
    let answers = AnswersSet {
        answers: vec![CannedAnswer { title: "材料".into(), text: "身份证".into() }],
    };
    let events = [room_event(created), room_event(answers)];
    put(&hall.journal, &hall.make, desk, &mut Head::default(), &events, None).await;
    let service = RoomId(desk.id);
    assert_eq!(hall.queries.desk(service).await.unwrap().as_deref(), Some("医保咨询"));
    assert_eq!(hall.queries.answers(service).await.unwrap()[0].text, "身份证");
    let mut threads = Vec::new();
    for account in [asker, other] {
        let (stream, mut head) = (hall.make.stream(EntityKind::Room), Head::default());
        let opened = ThreadOpened { service, asker: account };
        put(&hall.journal, &hall.make, stream, &mut head, &[room_event(opened)], None).await;
        threads.push((RoomId(stream.id), stream, head));
    }
    let position = async |n: usize| {
        let waiting = hall.queries.waiting(threads[n].0).await.unwrap().expect("a thread");
        waiting.position
    };
    assert_eq!((position(0).await, position(1).await), (Some(1), Some(2)));
    assert_eq!(hall.queries.agent_of(threads[0].0, agent).await.unwrap(), Some(service));
    assert_eq!(hall.queries.agent_of(threads[0].0, other).await.unwrap(), None);
    let assigned = ThreadAssigned { account: agent, from: None };
    let (thread, stream, mut head) = threads[0];
    put(&hall.journal, &hall.make, stream, &mut head, &[room_event(assigned)], None).await;
    assert_eq!((position(0).await, position(1).await), (None, Some(1)));
    let listed = hall.queries.threads(service, false, 9).await.unwrap();
    let listed: Vec<_> = listed.iter().map(|one| (one.thread, one.agent)).collect();
    assert_eq!(listed, [(threads[1].0, None), (thread, Some(agent))]);
    let services = hall.queries.services(agent).await.unwrap();
    assert_eq!((services[0].waiting, services[0].agents, services[0].agent), (1, 1, true));
    assert_eq!(hall.queries.waiting(service).await.unwrap(), None, "a desk waits for nobody");

    let group = RoomId(hall.group.0.id);
    assert_eq!(hall.queries.mail_facts(agent, group, 2).await.unwrap(), None);
    let account = StreamId::from(agent);
    let mut head = hall.journal.head(account).await.unwrap();
    let set = MailSet { address: Some("shanli@hall.example.cn".to_owned()) };
    put(&hall.journal, &hall.make, account, &mut head, &[own(set)], None).await;
    let facts = hall.queries.mail_facts(agent, group, 2).await.unwrap().expect("an address");
    assert_eq!((facts.address.as_str(), facts.room.as_str()), ("shanli@hall.example.cn", "值班群"));
}
