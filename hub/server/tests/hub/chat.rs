//! Two people talk; what was sent twice happens once.

use crate::hub::{Folder, Hub, next, next_text, say};
use client::ids;
use protocol::EventFrame;
use protocol::http::Conversation;
use protocol::room::{MarkRead, OpenDirect, RoomCommand};

#[tokio::test]
async fn two_people_chat_in_three_languages() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let open = |peer| RoomCommand::from(OpenDirect { peer });
    let opened = aygul.client.command(None, open(wang.account)).await.expect("opened");
    let again = wang.client.command(None, open(aygul.account)).await.expect("opened");
    assert_eq!(opened.stream, again.stream, "both sides open the same room");

    let room = opened.stream;
    let mut theirs = wang.client.watch(room, 0).await.expect("connected");
    let mut own = aygul.client.watch(room, 0).await.expect("connected");
    let lines = ["早上好，一号窗口今天开吗？", "خەيرلىك ئەتىگەن!", "Good morning"];
    for line in lines {
        aygul.say(room, line).await;
        assert_eq!(next_text(&mut theirs).await, line);
        assert_eq!(next_text(&mut own).await, line);
    }
    let list = wang.page::<Conversation>("/v1/rooms?limit=10").await;
    assert_eq!(list.items[0].unread, 3);
    let read = RoomCommand::from(MarkRead { seq: list.items[0].head });
    wang.client.command(room, read).await.expect("read");
    let list = wang.page::<Conversation>("/v1/rooms?limit=10").await;
    assert_eq!(list.items[0].unread, 0);
    assert_eq!(hub.stop().await, Some(0), "SIGTERM ends it in order");
}

#[tokio::test]
async fn the_same_id_means_the_same_command() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let room = aygul.make_room("值班", &[wang.account]).await;
    let id = ids::command();
    let first = aygul.client.command_as(id, room, say("一次")).await.expect("sent");
    let second = aygul.client.command_as(id, room, say("一次")).await.expect("the first outcome");
    assert_eq!(first, second);

    let other = aygul.client.command_as(id, room, say("两次")).await;
    let refusal = other.expect_err("another body under the same id");
    assert!(
        matches!(&refusal, client::ClientError::Refused(error)
        if error.kind == protocol::ErrorKind::Conflict),
        "{refusal}"
    );
    let theft = wang.client.command_as(id, room, say("一次")).await;
    assert!(theft.is_err(), "another sender's id");

    let mut watch = wang.client.watch(room, 0).await.expect("connected");
    wang.say(room, "完").await;
    let mut texts = Vec::new();
    while texts.last().is_none_or(|text| text != "完") {
        texts.push(next_text(&mut watch).await);
    }
    assert_eq!(texts, ["一次", "完"]);
}

#[tokio::test]
async fn a_long_history_is_watched_whole_from_its_beginning() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let room = aygul.make_room("长", &[wang.account]).await;
    // More than one watch replays: the client reads the rest as pages.
    let count = protocol::limits::CATCH_UP_MAX + 300;
    let mut sending = tokio::task::JoinSet::new();
    for n in 0..count {
        let client = aygul.client.clone();
        sending.spawn(async move { client.command(room, say(&n.to_string())).await });
    }
    let mut head = 0;
    while let Some(sent) = sending.join_next().await {
        head = head.max(sent.expect("no panic").expect("sent").seq);
    }
    let mut watch = wang.client.watch(room, 0).await.expect("connected");
    for seq in 1..=head {
        let event: EventFrame = next(&mut watch).await;
        assert_eq!(event.seq, seq);
    }
    wang.say(room, "末").await;
    assert_eq!(next_text(&mut watch).await, "末", "and then it is live");
}
