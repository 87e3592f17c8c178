//! A whisper in a group, seen from outside: its reader gets it, everybody else gets a number,
//! live, catching up, by page and in the list; and a message that burns while the hub is up.

use crate::hub::{Folder, Hub, Person, next, text};
use protocol::http::{Conversation, EventPage};
use protocol::room::{OpenDirect, OpenMessage, React, RoomCommand, SendMessage};
use protocol::{EventFrame, Seq, StreamId};

async fn send(who: &Person, room: StreamId, command: impl Into<RoomCommand>) -> Seq {
    let command: RoomCommand = command.into();
    who.client.command(room, command).await.expect("a member may").seq
}

/// The event of this number, and that none before it was left out.
async fn event(who: &Person, room: StreamId, seq: Seq) -> EventFrame {
    let mut watch = who.client.watch(room, 0).await.expect("connected");
    let mut last = next(&mut watch).await;
    assert_eq!(last.seq, 1);
    while last.seq < seq {
        let event = next(&mut watch).await;
        assert_eq!(event.seq, last.seq + 1, "no hole in anybody's numbers");
        last = event;
    }
    last
}

async fn page(who: &Person, room: StreamId) -> EventPage {
    who.door().get(&format!("/v1/streams/{room}/events?limit=50")).await.expect("a page")
}

#[tokio::test]
async fn a_whisper_reaches_its_reader_and_is_a_number_to_everybody_else() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei", "batur"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let batur = hub.sign_in("batur").await;
    let room = aygul.make_room("窗口组", &[wang.account, batur.account]).await;
    let start = page(&batur, room).await.head;
    let mut live = batur.client.watch(room, start).await.expect("connected");
    let visible_to = vec![wang.account];
    let whisper =
        SendMessage { text: "悄悄话".to_owned(), visible_to, ..SendMessage::default() };
    let seq = send(&aygul, room, whisper).await;
    let react = React { seq, emoji: "👍".to_owned(), on: true };
    let reacted = send(&wang, room, react.clone()).await;
    let after = aygul.say(room, "各位好").await;

    let told: Vec<EventFrame> =
        [next(&mut live).await, next(&mut live).await, next(&mut live).await].into();
    assert_eq!(told.iter().map(|event| event.seq).collect::<Vec<_>>(), [seq, reacted, after]);
    for hidden in &told[..2] {
        let bare = (hidden.by, hidden.cmd, hidden.type_name.as_str(), hidden.event());
        assert_eq!((hidden.withheld, bare), (true, (None, None, "", None)));
    }
    assert_eq!(text(&told[2]).as_deref(), Some("各位好"));
    assert_eq!(text(&event(&wang, room, seq).await).as_deref(), Some("悄悄话"));
    assert!(event(&batur, room, seq).await.withheld);
    for (who, sees) in [(&wang, true), (&batur, false)] {
        let json = serde_json::to_string(&page(who, room).await).expect("JSON");
        assert_eq!(json.contains("悄悄话"), sees);
        let list = who.page::<Conversation>("/v1/rooms?limit=10").await;
        let expected = if sees { 2 } else { 1 };
        assert_eq!(list.items[0].unread, expected);
    }
    let refused = batur.client.command(room, RoomCommand::from(react)).await;
    let refused = refused.expect_err("not for him").to_string();
    assert!(refused.contains("room.message_not_found"), "{refused}");
    assert_eq!(hub.stop().await, Some(0));
}

#[tokio::test]
async fn a_message_burns_a_second_after_it_was_opened() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let open = RoomCommand::from(OpenDirect { peer: wang.account });
    let room = aygul.client.command(None, open).await.expect("opened").stream;
    let burning =
        SendMessage { text: "看后即焚".to_owned(), burn_ms: Some(1_000), ..Default::default() };
    let seq = send(&aygul, room, burning).await;
    let list = wang.page::<Conversation>("/v1/rooms?limit=10").await;
    let line = serde_json::to_string(&list.items[0]).expect("JSON");
    assert!(!line.contains("看后即焚") && line.contains("burn_ms"), "{line}");
    let mut watch = wang.client.watch(room, seq).await.expect("connected");
    send(&wang, room, OpenMessage { seq }).await;
    assert_eq!(next(&mut watch).await.type_name, "room.message_opened");
    let burnt = next(&mut watch).await;
    assert_eq!((burnt.type_name.as_str(), burnt.by), ("room.message_burnt", None));
    assert_eq!(event(&wang, room, seq).await.body, None);
    assert_eq!(event(&aygul, room, seq).await.body, None);
    assert_eq!(hub.stop().await, Some(0));
}
