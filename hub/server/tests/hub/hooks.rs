//! Webhooks from outside, both ways: events posted to another machine, signed, in order, over a
//! crash; and messages that other systems post into a room.

use crate::apps::{happened, register};
use crate::hub::{Folder, Hub, PATIENCE, Person, next, next_text, say};
use crate::machine::{Answer, Asked, Machine, http};
use crate::{notices, tasks};
use base64::{Engine, prelude::BASE64_STANDARD};
use protocol::{
    EntityKind, StreamId,
    app::{AppCommand, AppInfo, SetWebhook, WebhookTopic},
    notice::{FinishNotice, NoticeCommand, ReadNotice, Target},
    room::{CreateHook, HookInfo, RevokeHook, RoomCommand, SendMessage},
    task::{FinishTask, TaskCommand},
};
use ring::hmac;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use tokio::sync::mpsc;

/// A machine that takes what is posted, after having refused it so many times.
async fn taker(address: &str, refuse: usize) -> (Machine, mpsc::UnboundedReceiver<Asked>) {
    let (told, taken) = mpsc::unbounded_channel();
    let refused = Arc::new(Mutex::new(0));
    let machine = Machine::at(address, move |asked| {
        let mut refused = refused.lock().expect("lock");
        *refused += 1;
        let busy = *refused <= refuse;
        // Whoever has ended listens no more.
        let _ = told.send(asked);
        async move { Answer::text(if busy { 503 } else { 204 }, "") }
    });
    (machine.await, taken)
}

async fn taken(from: &mut mpsc::UnboundedReceiver<Asked>) -> Asked {
    tokio::time::timeout(PATIENCE, from.recv()).await.expect("it is posted").expect("it listens")
}

/// The event of a post, which must be signed as Standard Webhooks says.
fn checked(asked: &Asked, secret: &str) -> Value {
    let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").expect("a secret"));
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key.expect("base64"));
    let header = |name: &str| asked.headers[&format!("webhook-{name}")].as_str();
    let signed = format!("{}.{}.{}", header("id"), header("timestamp"), asked.body);
    let tag = header("signature").strip_prefix("v1,").expect("version 1");
    let tag = BASE64_STANDARD.decode(tag).expect("base64");
    hmac::verify(&key, signed.as_bytes(), &tag).expect("signed with the secret");
    serde_json::from_str(&asked.body).expect("JSON")
}

fn text(event: &Value) -> &str {
    event["data"]["body"]["text"].as_str().unwrap_or_default()
}

async fn set_webhook(admin: &Person, app: StreamId, url: &str, topics: &[WebhookTopic]) -> String {
    let topics = topics.to_vec();
    let set = AppCommand::from(SetWebhook { url: url.to_owned(), topics });
    let receipt = admin.client.command(app, set).await.expect("set");
    receipt.result.expect("a secret")["secret"].as_str().expect("text").to_owned()
}

async fn start(folder: &Folder, people: &[&str]) -> Hub {
    Hub::people(&folder.0, people).await;
    let allow = ["outbound.allow=127.0.0.0/8".to_owned()];
    Hub::start_set(&folder.0, "127.0.0.1:0", &allow).await
}

#[tokio::test]
async fn events_are_posted_signed_and_in_order_over_refusals_and_a_crash() {
    let folder = Folder::new();
    let mut hub = start(&folder, &["aygul", "wangwei", "bot"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let bot = hub.sign_in("bot").await;
    let app = register(&aygul, "办件助手", bot.account).await;
    let room = aygul.make_room("大厅", &[wang.account, bot.account]).await;
    let elsewhere = aygul.make_room("别处", &[wang.account]).await;
    aygul.say(room, "此前").await;
    let (machine, mut posts) = taker("127.0.0.1:0", 1).await;
    let secret = set_webhook(&aygul, app, &machine.url, &[WebhookTopic::Messages]).await;

    wang.say(elsewhere, "与机器人无关").await;
    let whisper = SendMessage {
        text: "悄悄".to_owned(),
        visible_to: vec![wang.account],
        ..SendMessage::default()
    };
    aygul.client.command(room, RoomCommand::from(whisper)).await.expect("whispered");
    bot.say(room, "自己说的").await;
    wang.say(room, "一").await;
    // Refused once, posted again under the same id.
    let first = taken(&mut posts).await;
    let again = taken(&mut posts).await;
    assert_eq!(text(&checked(&first, &secret)), "一");
    assert_eq!(first.headers["webhook-id"], again.headers["webhook-id"]);
    assert_eq!(first.body, again.body);
    let event = checked(&again, &secret);
    assert_eq!(
        (&event["type"], &event["data"]["stream"]),
        (&"room.message_sent".into(), &json!(room))
    );

    // Nobody is there, then the hub's own power is cut: nothing is lost, the order holds.
    let address = machine.url.strip_prefix("http://").expect("an address").to_owned();
    drop(machine);
    for n in ["二", "三", "四"] {
        wang.say(room, n).await;
    }
    until(&aygul, |webhook| webhook["failing"].is_object()).await;
    hub.kill_and_restart().await;
    let (_machine, mut posts) = taker(&address, 0).await;
    let mut seen = HashSet::new();
    let mut order = Vec::new();
    while order.len() < 3 {
        let post = taken(&mut posts).await;
        let event = checked(&post, &secret);
        if seen.insert(post.headers["webhook-id"].clone()) {
            order.push(text(&event).to_owned());
        }
    }
    assert_eq!(order, ["二", "三", "四"]);
    let aygul = hub.sign_in("aygul").await;
    until(&aygul, |webhook| webhook["waiting"] == 0 && webhook["failing"].is_null()).await;
    let log = format!("{:?}", happened(&aygul, app).await);
    assert!(
        !log.contains(secret.strip_prefix("whsec_").expect("a secret")),
        "a secret in an event"
    );
}

#[tokio::test]
async fn what_people_do_with_its_notices_and_tasks_is_posted_to_an_application() {
    let folder = Folder::new();
    let hub = start(&folder, &["aygul", "wangwei", "bot"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let bot = hub.sign_in("bot").await;
    let app = register(&aygul, "审批系统", bot.account).await;
    let (machine, mut posts) = taker("127.0.0.1:0", 0).await;
    let topics = [WebhookTopic::Notices, WebhookTopic::Tasks];
    let secret = set_webhook(&aygul, app, &machine.url, &topics).await;

    // Somebody else's to-do is none of the application's.
    let others = notices::send(&aygul, Target::People { accounts: vec![wang.account] }).await;
    wang.client.command(others, NoticeCommand::from(ReadNotice {})).await.expect("addressed");
    let notice = notices::send(&bot, Target::People { accounts: vec![wang.account] }).await;
    for command in [NoticeCommand::from(ReadNotice {}), FinishNotice {}.into()] {
        wang.client.command(notice, command).await.expect("addressed");
    }
    let task = StreamId::new(EntityKind::Task, client::ids::next());
    let create = TaskCommand::from(tasks::create("核对清单", &[wang.account]));
    bot.client.command(task, create).await.expect("made");
    let finish = TaskCommand::from(FinishTask { on: None });
    wang.client.command(task, finish).await.expect("assigned");

    for (stream, name) in
        [(notice, "notice.was_read"), (notice, "notice.finished"), (task, "task.finished")]
    {
        let event = checked(&taken(&mut posts).await, &secret);
        let data = &event["data"];
        assert_eq!((&event["type"], &data["stream"]), (&name.into(), &json!(stream)));
        assert_eq!(data["by"], json!(wang.account), "{event}");
    }
    until(&aygul, |webhook| webhook["waiting"] == 0).await;
    assert!(posts.try_recv().is_err(), "no more than that");
}

/// Waits until the one webhook is doing so.
async fn until(admin: &Person, so: impl Fn(&Value) -> bool) {
    let waited = async {
        loop {
            let apps: Vec<AppInfo> = admin.door().get("/v1/apps").await.expect("a list");
            let webhook = serde_json::to_value(&apps[0].webhook).expect("JSON");
            if so(&webhook) {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, waited).await.expect("soon");
}

#[tokio::test]
async fn an_address_of_the_halls_own_network_is_asked_only_when_an_operator_says_so() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "bot"]).await;
    let (aygul, bot) = (hub.sign_in("aygul").await, hub.sign_in("bot").await);
    let app = register(&aygul, "办件助手", bot.account).await;
    let room = aygul.make_room("大厅", &[bot.account]).await;
    let (machine, mut posts) = taker("127.0.0.1:0", 0).await;
    set_webhook(&aygul, app, &machine.url, &[WebhookTopic::Messages]).await;
    aygul.say(room, "一").await;
    until(&aygul, |webhook| webhook["failing"]["error"] == "a private address").await;
    assert!(posts.try_recv().is_err(), "it was asked");
}

/// Posts as another system does; status and body.
async fn post(hub: &Hub, token: &str, body: &Value) -> (u16, Value) {
    let url = format!("{}/v1/hooks/{token}", hub.url);
    let request = http().post(url).header("content-type", "application/json");
    let answer = request.body(body.to_string()).send().await.expect("an answer");
    let status = answer.status().as_u16();
    let text = answer.text().await.expect("text");
    (status, serde_json::from_str(&text).unwrap_or_default())
}

#[tokio::test]
async fn another_system_writes_in_a_room_until_its_webhook_is_revoked() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let room = aygul.make_room("值班", &[wang.account]).await;
    let create = || RoomCommand::from(CreateHook { label: "机房告警".to_owned() });
    let member = wang.client.command(room, create()).await.expect_err("admins only");
    assert_eq!(member.code(), Some("room.not_admin"));
    let made = aygul.client.command(room, create()).await.expect("an admin makes it");
    let token = made.result.expect("told once")["hook"].as_str().expect("text").to_owned();
    let mut watch = wang.client.watch(room, 0).await.expect("a member");

    let (status, answer) = post(&hub, &token, &json!({ "text": "磁盘已满" })).await;
    assert_eq!((status, &answer["errcode"], &answer["stream"]), (200, &0.into(), &json!(room)));
    let event = loop {
        let event = next(&mut watch).await;
        if event.type_name == "room.message_sent" {
            break event;
        }
    };
    let body = event.body.expect("a body");
    assert_eq!((event.by, &body["hook"]["label"]), (None, &"机房告警".into()));
    let robot = json!({ "msgtype": "text", "text": { "content": "CPU 95%" } });
    assert_eq!(post(&hub, &token, &robot).await.0, 200);
    assert_eq!(next_text(&mut watch).await, "CPU 95%");
    assert_eq!(post(&hub, &token, &json!({ "text": " " })).await.1["code"], "room.message_blank");

    let hooks: Vec<HookInfo> =
        aygul.door().get(&format!("/v1/rooms/{}/hooks", room.id)).await.expect("admins look");
    let revoke = RoomCommand::from(RevokeHook { seq: hooks[0].seq });
    aygul.client.command(room, revoke).await.expect("revoked");
    let news = json!({ "text": "还在" });
    for (token, status, code) in [
        (token.clone(), 403, "room.hook_revoked"),
        (format!("{}{}", room.id.simple(), "0".repeat(36)), 404, "room.hook_not_found"),
        ("nothing".to_owned(), 404, "hub.not_found"),
        (format!("{}00", client::ids::next().simple()), 404, "room.hook_not_found"),
    ] {
        let answer = post(&hub, &token, &news).await;
        assert_eq!((answer.0, &answer.1["code"]), (status, &code.into()), "{token}");
    }
    let log = aygul.door().events_after(room, 0, 100).await.expect("a member").events;
    let refused = log.iter().filter(|event| event.type_name == "room.hook_refused").count();
    assert_eq!(refused, 1, "once a minute");
    assert!(!serde_json::to_string(&log).expect("JSON").contains(&token), "a token in an event");
    let nowhere = StreamId::new(EntityKind::Room, client::ids::next());
    assert!(aygul.client.command(nowhere, say("x")).await.is_err());
}
