//! A service: an asker's thread appears at the agents, one of them takes it, no two of them.

use crate::hub::{Folder, Hub, PATIENCE, Person, next, next_text};
use client::ClientError;
use protocol::http::{Conversation, ServiceInfo, ThreadInfo, Waiting};
use protocol::room::*;
use protocol::{AccountId, AnySignal, EntityKind, RoomId, ServerFrame, StreamId};

fn code<T: std::fmt::Debug>(outcome: Result<T, ClientError>) -> String {
    match outcome {
        Err(ClientError::Refused(error)) => error.code.into_owned(),
        other => panic!("{other:?}"),
    }
}

/// Until the desk says of this thread that it is the next.
async fn first_in_row(
    heard: &mut tokio::sync::broadcast::Receiver<ServerFrame>,
    thread: StreamId,
    desk: AccountId,
) {
    loop {
        let frame = heard.recv().await.expect("connected, and quick enough");
        if let ServerFrame::Signal { stream, by, signal: AnySignal::Room(signal) } = frame
            && let RoomSignal::WaitingMoved(WaitingMoved { position: 1 }) = signal
            && (stream, by) == (thread, desk)
        {
            return;
        }
    }
}

#[tokio::test]
async fn a_thread_appears_at_the_agents_and_one_of_them_has_it() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei", "asker", "other", "gulnar"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let (asker, other) = (hub.sign_in("asker").await, hub.sign_in("other").await);
    let desk = StreamId::new(EntityKind::Room, client::ids::next());
    let create = CreateDesk { name: "医保咨询".to_owned(), members: vec![wang.account] };
    aygul.client.command(desk, RoomCommand::from(create)).await.expect("a manager may");
    let mut news = wang.client.watch(desk, 1).await.expect("connected");

    let services: Vec<ServiceInfo> = asker.door().get("/v1/services").await.expect("anybody may");
    let service = services.first().expect("one").service;
    assert_eq!((service, services[0].agents, services[0].agent), (RoomId(desk.id), 2, false));
    let open = || RoomCommand::from(OpenService { service });
    let thread = asker.client.command(None, open()).await.expect("anybody may ask").stream;
    asker.say(thread, "异地就医怎么备案？").await;
    let second = other.client.command(None, open()).await.expect("anybody may ask").stream;

    // It comes to the agents by itself.
    let event = next(&mut news).await;
    assert_eq!(event.type_name, "room.thread_changed");
    assert_eq!(event.body.expect("a body")["thread"], thread.id.to_string());
    let path = format!("/v1/rooms/{}/threads", desk.id);
    let threads: Vec<ThreadInfo> = wang.door().get(&path).await.expect("an agent may");
    let listed: Vec<_> = threads.iter().map(|one| one.thread.0).collect();
    assert_eq!(listed, [thread.id, second.id], "the longest waiting first");
    assert!(asker.door().get::<Vec<ThreadInfo>>(&path).await.is_err(), "the desk is theirs");
    assert!(other.door().events_after(thread, 0, 10).await.is_err(), "each sees only their own");
    let place = format!("/v1/rooms/{}/waiting", second.id);
    let waits: Waiting = other.door().get(&place).await.expect("their own");
    assert_eq!(waits.position, Some(2));

    // A note is for agents, whoever has the thread; the asker gets a number and no word.
    let note = SendMessage {
        visible_to: vec![aygul.account],
        text: "昨天来过".to_owned(),
        ..Default::default()
    };
    let noted = wang.client.command(thread, RoomCommand::from(note)).await.expect("an agent may");
    let seen = asker.door().events_after(thread, noted.seq - 1, 1).await.expect("their own");
    assert!(seen.events[0].withheld && seen.events[0].body.is_none(), "{seen:?}");

    // Who comes to the desk later reads it as well; of other conversations nothing changes.
    let gulnar = hub.sign_in("gulnar").await;
    assert!(gulnar.door().events_after(thread, 0, 10).await.is_err(), "not an agent yet");
    let add = RoomCommand::from(AddMembers { accounts: vec![gulnar.account] });
    aygul.client.command(desk, add).await.expect("the owner may");
    let seen = gulnar.door().events_after(thread, noted.seq - 1, 1).await.expect("an agent may");
    assert_eq!(seen.events[0].body.as_ref().expect("a note")["text"], "昨天来过");

    // Both agents read it; the one who takes it answers.
    let mut heard = other.client.notices();
    let mut reading = wang.client.watch(thread, 0).await.expect("connected");
    assert_eq!(next_text(&mut reading).await, "异地就医怎么备案？");
    assert_eq!(code(wang.client.command(thread, crate::hub::say("我来")).await), "room.not_member");
    let take = |over| RoomCommand::from(AssignThread { account: aygul.account, over });
    let own = RoomCommand::from(AssignThread { account: wang.account, over: false });
    wang.client.command(thread, own).await.expect("an agent may");
    let moved = first_in_row(&mut heard, second, AccountId(desk.id));
    tokio::time::timeout(PATIENCE, moved).await.expect("who waits hears that the row moved");
    wang.say(thread, "请在国家医保APP上办理").await;
    assert_eq!(code(aygul.client.command(thread, take(false)).await), "room.thread_taken");
    let waits: Waiting = other.door().get(&place).await.expect("their own");
    assert_eq!(waits.position, Some(1));
    aygul.client.command(thread, take(true)).await.expect("knowingly");
    aygul.say(thread, "还需要什么帮助？").await;
    let close = RoomCommand::from(CloseThread {});
    aygul.client.command(thread, close).await.expect("an agent may");
    assert_eq!(
        code(asker.client.command(thread, crate::hub::say("有")).await),
        "room.thread_closed"
    );
    asker.client.command(None, open()).await.expect("again");
    asker.say(thread, "有").await;

    // Who leaves the desk sees its threads no more.
    let leave = RoomCommand::from(LeaveRoom {});
    wang.client.command(desk, leave).await.expect("may leave");
    assert!(wang.door().events_after(thread, 0, 10).await.is_err());
    assert_eq!(hub.stop().await, Some(0));
}

#[tokio::test]
async fn a_service_is_followed_left_and_its_agents_bear_numbers() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "asker", "other"]).await;
    let (aygul, asker) = (hub.sign_in("aygul").await, hub.sign_in("asker").await);
    let other = hub.sign_in("other").await;
    let desk = StreamId::new(EntityKind::Room, client::ids::next());
    let create = CreateDesk { name: "医保咨询".to_owned(), members: Vec::new() };
    aygul.client.command(desk, RoomCommand::from(create)).await.expect("a manager may");
    let service = RoomId(desk.id);
    let told = async |who: &Person| {
        let list: Vec<ServiceInfo> = who.door().get("/v1/services").await.expect("anybody may");
        (list[0].followed, list[0].followers)
    };
    let threads = async |closed: &str| {
        let path = format!("/v1/rooms/{service}/threads{closed}");
        aygul.door().get::<Vec<ThreadInfo>>(&path).await.expect("an agent may").len()
    };
    let listed = async |who: &Person, thread: StreamId| {
        let rooms = who.page::<Conversation>("/v1/rooms").await.items;
        rooms.into_iter().find(|one| one.stream == thread)
    };
    let follow = || RoomCommand::from(FollowService { service });
    let thread = asker.client.command(None, follow()).await.expect("anybody may").stream;
    other.client.command(None, follow()).await.expect("anybody may");
    assert_eq!(told(&asker).await, (true, None), "how many follow is the agents' to know");
    assert_eq!(told(&aygul).await, (false, Some(2)));
    assert_eq!((threads("").await, threads("?closed=true").await), (0, 0), "nothing was asked");
    let state = listed(&asker, thread).await.expect("it stands in the list").thread;
    assert!(state.is_some_and(|state| !state.open && !state.asked));

    // What askers meet the agents under is the service's to say.
    let number = AgentNumber { account: aygul.account, number: "0107".to_owned() };
    let signs = AgentSigns { shown: AgentShown::Number, numbers: vec![number] };
    let set = || RoomCommand::from(SetAgentSigns { signs: signs.clone() });
    assert_eq!(code(asker.client.command(desk, set()).await), "room.not_member");
    aygul.client.command(desk, set()).await.expect("she runs it");
    assert_eq!(listed(&asker, thread).await.expect("a follower").signs, Some(signs));

    // Who waits and turns away waits no more, and may come back to what was said.
    let open = || RoomCommand::from(OpenService { service });
    asker.client.command(None, open()).await.expect("anybody may ask");
    asker.say(thread, "怎么备案？").await;
    assert_eq!(threads("").await, 1);
    let unfollow = RoomCommand::from(UnfollowService { service });
    asker.client.command(None, unfollow).await.expect("as they like");
    assert!(listed(&asker, thread).await.is_none());
    assert_eq!((threads("").await, threads("?closed=true").await), (0, 1));
    assert_eq!(told(&aygul).await, (false, Some(1)));
    assert_eq!(asker.client.command(None, open()).await.expect("again").stream, thread);
    let mut heard = asker.client.watch(thread, 0).await.expect("their own");
    assert_eq!(next_text(&mut heard).await, "怎么备案？");
    assert_eq!(told(&asker).await, (true, None));
    assert_eq!(hub.stop().await, Some(0));
}
