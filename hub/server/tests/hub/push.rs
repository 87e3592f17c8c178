//! Devices are told of news through a service that the operator has set: once, also when the
//! hub was killed in between, and only while their session lives; of messages, notices and tasks,
//! and of an urgent message again until it is acknowledged.

use crate::hub::{Folder, Hub, PATIENCE, Person, run};
use crate::tasks::create;
use protocol::account::{
    AccountCommand, AddPushDevice, Secret, SetConversation, SetPreferences, SignOut,
};
use protocol::me::{Alerts, Language, PushInfo, PushTarget};
use protocol::notice::{NoticeCommand, NoticeKind, ReadNotice, SendNotice, Target, WithdrawNotice};
use protocol::room::{AcknowledgeMessage, RoomCommand, SendMessage};
use protocol::task::{AssignTask, TaskCommand, TaskPart};
use protocol::{EntityKind, StreamId};
use std::collections::HashMap;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

type Told = HashMap<String, String>;

/// Xiaomi's service, as far as the hub knows it: takes forms and says that it has.
async fn take_pushes(listener: TcpListener, taken: mpsc::UnboundedSender<Told>) {
    while let Ok((stream, _)) = listener.accept().await {
        if let Some(form) = take_push(stream).await {
            // A test that has seen enough has let go.
            let _ = taken.send(form);
        }
    }
}

async fn take_push(mut stream: TcpStream) -> Option<Told> {
    let mut bytes = Vec::new();
    loop {
        let mut more = [0; 4096];
        let count = stream.read(&mut more).await.ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&more[..count]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let length = head.split("content-length:").nth(1)?.lines().next()?.trim().parse().ok()?;
        if bytes.len() - end - 4 < length {
            continue;
        }
        let form = url::form_urlencoded::parse(&bytes[end + 4..]).into_owned().collect();
        let answer = r#"{"result":"ok","code":0}"#;
        let answer = format!(
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{answer}",
            answer.len()
        );
        stream.write_all(answer.as_bytes()).await.ok()?;
        return Some(form);
    }
}

async fn adds(person: &Person, registration: &str) {
    let target = PushTarget::Xiaomi { token: Secret(registration.to_owned()) };
    let add = AddPushDevice { device: client::ids::next(), name: "手机".to_owned(), target };
    let own = StreamId::from(person.account);
    person.client.command(own, AccountCommand::from(add)).await.expect("one's own device");
}

async fn next(told: &mut mpsc::UnboundedReceiver<Told>) -> Told {
    tokio::time::timeout(PATIENCE, told.recv()).await.expect("a push").expect("serving")
}

/// Waits until this device was told; answers the others that were told meanwhile.
async fn until(told: &mut mpsc::UnboundedReceiver<Told>, device: &str, body: &str) -> Vec<String> {
    let mut others = Vec::new();
    loop {
        let one = next(told).await;
        if one["registration_id"] == device && one["description"].contains(body) {
            return others;
        }
        others.push(format!("{} {}", one["registration_id"], one["description"]));
    }
}

async fn show_text(person: &Person) {
    let alerts = Some(Alerts { show_text: true, ..Alerts::default() });
    let set = SetPreferences { alerts, ..SetPreferences::default() };
    let own = StreamId::from(person.account);
    person.client.command(own, AccountCommand::from(set)).await.expect("one's own");
}

/// Speaks Uyghur, and has not asked for words on a locked screen.
async fn in_uyghur(person: &Person) {
    let set = SetPreferences { language: Some(Language::Ug), ..SetPreferences::default() };
    let own = StreamId::from(person.account);
    person.client.command(own, AccountCommand::from(set)).await.expect("one's own");
}

async fn sends(person: &Person, kind: NoticeKind, title: &str) -> StreamId {
    let notice = StreamId::new(EntityKind::Notice, client::ids::next());
    let send = SendNotice {
        kind,
        title: title.to_owned(),
        text: "详情".to_owned(),
        target: Target::All {},
        link: None,
        due_at: None,
        confirm: false,
    };
    person.client.command(notice, NoticeCommand::from(send)).await.expect("an administrator");
    notice
}

/// A service of this machine, and the settings under which a hub knows it.
async fn service() -> (TcpListener, Vec<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let settings = vec![
        format!("push.xiaomi_url=http://{}", listener.local_addr().expect("bound")),
        "push.xiaomi_package=cn.hall.hub".to_owned(),
        "push.xiaomi_secret=only-for-this-test".to_owned(),
    ];
    (listener, settings)
}

/// What came is of each device once, by the device's name.
fn sorted(mut told: Vec<Told>) -> Vec<[String; 4]> {
    told.sort_by(|one, other| one["registration_id"].cmp(&other["registration_id"]));
    let fields = ["registration_id", "title", "description", "payload"];
    told.iter().map(|one| fields.map(|field| one[field].clone())).collect()
}

#[tokio::test]
async fn notices_and_tasks_reach_the_devices_of_whom_they_are_for() {
    let folder = Folder::new();
    Hub::people(&folder.0, &["aygul", "wangwei", "reyhan"]).await;
    let (listener, settings) = service().await;
    let mut hub = Hub::start_set(&folder.0, "127.0.0.1:0", &settings).await;
    let (taken, mut told) = mpsc::unbounded_channel();
    let serving = tokio::spawn(take_pushes(listener, taken));
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let reyhan = hub.sign_in("reyhan").await;
    show_text(&wang).await;
    in_uyghur(&reyhan).await;
    for (person, device) in
        [(&aygul, "device-of-aygul"), (&wang, "device-of-wang"), (&reyhan, "device-of-reyhan")]
    {
        adds(person, device).await;
    }

    // To everybody but who sent it, also when the hub is killed before the pause is over.
    let notice = sends(&aygul, NoticeKind::Announcement, "停电通知").await;
    hub.kill_and_restart().await;
    let both = sorted(vec![next(&mut told).await, next(&mut told).await]);
    let leads = format!("/#/notices/{notice}");
    let reyhans = ["device-of-reyhan", "ئۇقتۇرۇش", "يېڭى ئۇقتۇرۇش كەلدى", &leads];
    assert_eq!(both[0], reyhans, "in their language, without a word of it");
    assert_eq!(both[1], ["device-of-wang", "通知公告", "aygul: 停电通知", &leads]);

    // Withdrawn at once it is told to nobody; read on a page, not to who has read it.
    let withdrawn = sends(&aygul, NoticeKind::Todo, "撤回的").await;
    let withdraw = NoticeCommand::from(WithdrawNotice {});
    aygul.client.command(withdrawn, withdraw).await.expect("its sender");
    let todo = sends(&aygul, NoticeKind::Todo, "交周报").await;
    let read = || NoticeCommand::from(ReadNotice {});
    while wang.client.command(todo, read()).await.is_err() {}
    let one = next(&mut told).await;
    assert_eq!((&*one["registration_id"], &*one["title"]), ("device-of-reyhan", "قىلىدىغان ئىش"));

    // A task: to who has to do it, and not to who made it or only watches.
    let mut task = create("盘点", &[wang.account]);
    task.watchers = vec![reyhan.account];
    let task = aygul.make_task(task).await;
    let one = sorted(vec![next(&mut told).await]);
    let leads = format!("/#/tasks/{task}");
    assert_eq!(one[0], ["device-of-wang", "任务", "aygul: 盘点", &leads]);
    let give = AssignTask { accounts: vec![reyhan.account], part: TaskPart::Assignee };
    aygul.client.command(task, TaskCommand::from(give)).await.expect("its owner");
    let one = sorted(vec![next(&mut told).await]);
    let bare = ["device-of-reyhan", "ۋەزىپە", "سىزگە يېڭى ۋەزىپە تاپشۇرۇلدى", &leads];
    assert_eq!(one[0], bare);
    serving.abort();
    assert_eq!(hub.stop().await, Some(0));
}

#[tokio::test]
async fn an_urgent_message_rings_again_until_it_is_acknowledged() {
    let folder = Folder::new();
    Hub::people(&folder.0, &["aygul", "wangwei", "reyhan"]).await;
    let (listener, mut settings) = service().await;
    settings.push("rooms.urgent_repeat_seconds=1".to_owned());
    settings.push("rooms.urgent_times_max=50".to_owned());
    let hub = Hub::start_set(&folder.0, "127.0.0.1:0", &settings).await;
    let (taken, mut told) = mpsc::unbounded_channel();
    let serving = tokio::spawn(take_pushes(listener, taken));
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let reyhan = hub.sign_in("reyhan").await;
    let room = aygul.make_room("应急", &[wang.account, reyhan.account]).await;
    for (person, device) in [(&wang, "device-of-wang"), (&reyhan, "device-of-reyhan")] {
        show_text(person).await;
        adds(person, device).await;
    }
    // Muted rooms and what was read do not keep an urgent one from coming again.
    let mute = SetConversation {
        room: protocol::RoomId(room.id),
        pinned: None,
        muted: Some(true),
        hidden: None,
    };
    let own = StreamId::from(wang.account);
    wang.client.command(own, AccountCommand::from(mute)).await.expect("one's own");
    let urgent =
        SendMessage { text: "一号楼停电".to_owned(), urgent: true, ..SendMessage::default() };
    let seq = aygul.client.command(room, RoomCommand::from(urgent)).await.expect("sent").seq;
    let done = || RoomCommand::from(AcknowledgeMessage { seq });
    reyhan.client.command(room, done()).await.expect("acknowledged");
    let read = RoomCommand::from(protocol::room::MarkRead { seq });
    wang.client.command(room, read).await.expect("a member");

    let mut places = Vec::new();
    while places.len() < 3 {
        let one = next(&mut told).await;
        // The first ring may still reach who acknowledged without having read; a repeat does not.
        if one["registration_id"] == "device-of-reyhan" {
            assert_eq!(one["description"], "aygul: 一号楼停电");
            continue;
        }
        assert_eq!(one["description"], "[待确认] aygul: 一号楼停电");
        assert_eq!(one["payload"], format!("/#/conversations/{room}"));
        places.push(one["notify_id"].clone());
    }
    places.dedup();
    assert_eq!(places.len(), 1, "each takes the place of the one before");

    // Acknowledged, the next thing that rings is something else, in a place of its own.
    wang.client.command(room, done()).await.expect("acknowledged");
    let mentions = vec![wang.account];
    let called = SendMessage { text: "收到？".to_owned(), mentions, ..SendMessage::default() };
    aygul.client.command(room, RoomCommand::from(called)).await.expect("sent");
    let last = loop {
        let one = next(&mut told).await;
        if one["registration_id"] == "device-of-wang" && !one["description"].starts_with("[待确认]")
        {
            break one;
        }
    };
    assert_eq!(last["description"], "aygul: 收到？");
    assert_ne!(last["notify_id"], places[0]);
    serving.abort();
    assert_eq!(hub.stop().await, Some(0));
}

#[tokio::test]
async fn devices_are_told_once_while_their_session_lives() {
    let folder = Folder::new();
    Hub::people(&folder.0, &["aygul", "wangwei", "reyhan"]).await;
    let (listener, settings) = service().await;
    let mut hub = Hub::start_set(&folder.0, "127.0.0.1:0", &settings).await;
    let (taken, mut told) = mpsc::unbounded_channel();
    let serving = tokio::spawn(take_pushes(listener, taken));
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let reyhan = hub.sign_in("reyhan").await;
    let room = aygul.make_room("综合窗口", &[wang.account, reyhan.account]).await;
    for (person, device) in [(&wang, "device-of-wang"), (&reyhan, "device-of-reyhan")] {
        show_text(person).await;
        adds(person, device).await;
    }

    // Killed before the pause is over: the row is on the disk, and the device is told once.
    aygul.say(room, "第一条").await;
    hub.kill_and_restart().await;
    let mut both = [next(&mut told).await, next(&mut told).await];
    both.sort_by(|one, other| one["registration_id"].cmp(&other["registration_id"]));
    assert_eq!(both[1]["registration_id"], "device-of-wang");
    assert_eq!(both[1]["title"], "综合窗口");
    assert_eq!(both[1]["description"], "aygul: 第一条");
    assert_eq!(both[1]["payload"], format!("/#/conversations/{room}"));

    // Where a device is reached is in no answer.
    let info: PushInfo = wang.door().get("/v1/push").await.expect("one's own");
    assert_eq!((info.devices.len(), info.vapid.map(|key| key.len())), (1, Some(87)));
    let log: Result<serde_json::Value, _> = wang.door().get("/v1/push/log").await;
    assert!(log.is_err(), "for operators alone");

    // A whisper, and a message that burns, lend no word.
    let secret = "绝密内容";
    let whisper = SendMessage {
        text: secret.to_owned(),
        visible_to: vec![wang.account],
        ..SendMessage::default()
    };
    aygul.client.command(room, RoomCommand::from(whisper)).await.expect("sent");
    let whispered = next(&mut told).await;
    assert_eq!(whispered["registration_id"], "device-of-wang");
    assert!(!format!("{whispered:?}").contains(secret));

    // Muted by one, and then signed out: told no more, and the other still is.
    let room_id = protocol::RoomId(room.id);
    let mute = SetConversation { room: room_id, pinned: None, muted: Some(true), hidden: None };
    let own = StreamId::from(wang.account);
    wang.client.command(own, AccountCommand::from(mute)).await.expect("one's own");
    aygul.say(room, "静音时").await;
    let mut others = until(&mut told, "device-of-reyhan", "静音时").await;
    let mentions = vec![wang.account];
    let called = SendMessage { text: "请回复".to_owned(), mentions, ..SendMessage::default() };
    aygul.client.command(room, RoomCommand::from(called)).await.expect("sent");
    others.extend(until(&mut told, "device-of-wang", "请回复").await);
    assert!(others.iter().all(|one| one.starts_with("device-of-reyhan")), "{others:?}");

    let out = SignOut { session: wang.signed.session };
    // The socket may close before the answer is out: either way it is durable.
    let ended = wang.client.command(own, AccountCommand::from(out)).await;
    assert!(matches!(ended, Ok(_) | Err(client::ClientError::Ended(4500))), "{ended:?}");
    assert_eq!(hub.stop().await, Some(0));
    let rebuilt = run(&folder.0, &["rebuild"], "").await;
    assert!(rebuilt.status.success(), "the devices are carried over");
    let hub = Hub::start_set(&folder.0, "127.0.0.1:0", &settings).await;
    let aygul = hub.sign_in("aygul").await;
    for text in ["退出后", "再一条"] {
        aygul.say(room, text).await;
        let others = until(&mut told, "device-of-reyhan", text).await;
        let wang = others.iter().find(|one| one.starts_with("device-of-wang"));
        assert_eq!(wang, None, "{text}");
    }
    serving.abort();
    assert_eq!(hub.stop().await, Some(0));
}
