//! Area `room`, messages: what the shells add to the rules. Whispers reach nobody else by any
//! way there is, messages burn on time though the hub was down, what was deleted for oneself
//! is gone for oneself alone.

mod whispers;

use super::{Scene, run, say};
use domain::Who;
use kernel::{Viewer, journal::StoredEvent};
use protocol::{
    AccountId, EventFrame, RoomId, Seq, StreamId,
    account::{AccountCommand, HideMessage},
    room::{
        EditMessage, Forward, ForwardedMessage, MessageRef, OpenMessage, Part, PinMessage, React,
        RecallMessage, RoomCommand, RoomEvent, SendMessage,
    },
};
use std::time::Duration;

fn me(who: &Who) -> AccountId {
    who.account.expect("a person")
}

impl Scene {
    /// What a page over HTTP and a catching-up socket hold of a stream, for somebody.
    async fn page(&self, who: &Who, stream: StreamId) -> Vec<EventFrame> {
        let (_, viewer) = self.hub.look(who, stream).await.expect("entitled");
        let events = self.events(stream).await;
        let viewer = self.hub.viewer_of(&viewer, &events).await.expect("read");
        events.iter().map(|event| persistence::event_frame(event, &viewer)).collect()
    }

    async fn events(&self, stream: StreamId) -> Vec<StoredEvent> {
        self.hub.journal().read_after(stream, 0, 10_000).await.expect("read")
    }

    async fn send(&self, who: &Who, room: StreamId, command: impl Into<RoomCommand>) -> Seq {
        let command: RoomCommand = command.into();
        let what = format!("{command:?}");
        self.ask(who, Some(room), command).await.expect(&what).seq
    }

    /// Waits until the hub itself has appended an event of this type.
    async fn until(&self, stream: StreamId, type_name: &str) {
        self.until_such(stream, |event| event.type_name == type_name).await;
    }

    /// The account learns of the room by an effect, as it does of its own room.
    async fn until_joined(&self, who: &Who, room: StreamId) {
        let id = room.id.to_string();
        let said = |event: &StoredEvent| event.body.as_ref().is_some_and(|body| body.contains(&id));
        let joined = |event: &StoredEvent| event.type_name == "account.stream_joined";
        self.until_such(me(who).into(), |event| joined(event) && said(event)).await;
    }

    async fn until_such(&self, stream: StreamId, such: impl Fn(&StoredEvent) -> bool) {
        let look = async {
            let mut again = tokio::time::interval(Duration::from_millis(20));
            while !self.events(stream).await.iter().any(&such) {
                again.tick().await;
            }
        };
        let seen = tokio::time::timeout(Duration::from_secs(30), look).await;
        assert!(seen.is_ok(), "no such event in {stream}");
    }

    /// What the list of conversations shows of the room.
    async fn last(&self, who: &Who, room: StreamId) -> Option<EventFrame> {
        let list = self.hub.queries().conversations(me(who), None, 10).await.expect("read");
        list.items.into_iter().find(|one| one.stream == room).expect("a member").last
    }
}

fn burning(text: &str, ms: u64) -> SendMessage {
    SendMessage { text: text.to_owned(), burn_ms: Some(ms), ..SendMessage::default() }
}

#[test]
fn a_message_burns_on_time_though_the_hub_was_down_then() {
    run(|dir| async move {
        let scene = Scene::open(&dir).await;
        let (a, b, room) = scene.direct().await;
        let opened = scene.send(&a, room, burning("看后即焚", 60_000)).await;
        let unopened = scene.send(&a, room, burning("还没看", 60_000)).await;
        scene.send(&b, room, OpenMessage { seq: opened }).await;
        let last = scene.last(&b, room).await.expect("a message");
        assert!(!format!("{last:?}").contains("还没看"), "the list shows that it burns, not what");
        scene.hub.shutdown().await;

        let again = Scene::open_later(&dir, 61_000).await;
        again.until(room, "room.message_burnt").await;
        let page = again.page(&b, room).await;
        let at = |seq: Seq| &page[usize::try_from(seq).expect("short") - 1];
        assert_eq!(at(opened).body, None);
        assert!(at(unopened).body.is_some(), "its time has not begun");
        assert!(at(page.len() as Seq).by.is_none(), "the hub did it");
        let text = |event: &StoredEvent| event.body.clone().unwrap_or_default();
        assert!(again.events(room).await.iter().all(|event| !text(event).contains("看后即焚")));
        assert!(again.hub.journal().verify(None).await.expect("walked").is_empty());
        let late = again.ask(&b, Some(room), RoomCommand::from(OpenMessage { seq: opened })).await;
        assert_eq!(late.expect_err("gone").code, "room.not_burning");
        again.hub.shutdown().await;
    });
}

#[test]
fn what_one_deletes_for_oneself_is_there_for_the_other() {
    run(|dir| async move {
        let scene = Scene::open(&dir).await;
        let (a, b, room) = scene.direct().await;
        let seq = scene.send(&a, room, say("删给自己")).await;
        let hide = AccountCommand::from(HideMessage { room: RoomId(room.id), seq });
        scene.until_joined(&b, room).await;
        scene.ask(&b, Some(me(&b).into()), hide).await.expect("hidden");
        let index = usize::try_from(seq).expect("short") - 1;
        let (mine, theirs) = (scene.page(&b, room).await, scene.page(&a, room).await);
        assert!(mine[index].withheld && mine[index].body.is_none());
        assert!(theirs[index].body.is_some());
        assert_eq!(scene.last(&b, room).await, None);
        assert!(scene.last(&a, room).await.is_some());
        scene.hub.shutdown().await;
    });
}

#[test]
fn edits_reactions_pins_and_forwards_rest_on_what_the_store_holds() {
    run(|dir| async move {
        let scene = Scene::open(&dir).await;
        let (a, b, room) = scene.direct().await;
        let seq = scene.send(&a, room, say("旧")).await;
        scene.send(&a, room, EditMessage { seq, text: "新".to_owned() }).await;
        let last = scene.last(&b, room).await;
        let last = last.as_ref().and_then(EventFrame::event).expect("a message");
        let text = |event: &protocol::AnyEvent| match event {
            protocol::AnyEvent::Room(RoomEvent::MessageSent(sent)) => sent.text.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(text(&last), "新");

        let react = |on| React { seq, emoji: "👍".to_owned(), on };
        assert!(scene.send(&b, room, react(true)).await > seq);
        assert_eq!(scene.send(&b, room, react(true)).await, 0, "set already");
        assert!(scene.send(&b, room, react(false)).await > seq);
        scene.send(&b, room, PinMessage { seq, on: true }).await;
        let viewer = Viewer::from(me(&a));
        let pins = scene.hub.queries().pins(RoomId(room.id), &viewer).await.expect("read");
        assert_eq!(pins.iter().map(|pin| pin.seq).collect::<Vec<_>>(), [seq]);

        let place = MessageRef { room: RoomId(room.id), seq };
        let forward = Forward { title: "记录".to_owned(), messages: vec![place] };
        let forward = SendMessage { forward: Some(forward), ..SendMessage::default() };
        let at = scene.send(&b, room, forward.clone()).await;
        let page = scene.page(&a, room).await;
        let sent = page[usize::try_from(at).expect("short") - 1].event();
        let Some(protocol::AnyEvent::Room(RoomEvent::MessageSent(sent))) = sent else {
            panic!("no message")
        };
        let Some(Part::Forwarded { messages, .. }) = sent.part.as_deref() else {
            panic!("no forward")
        };
        let copied = |message: &ForwardedMessage| (message.by, message.text.clone());
        assert_eq!(messages.iter().map(copied).collect::<Vec<_>>(), [(a.account, "新".to_owned())]);

        scene.send(&a, room, RecallMessage { seq }).await;
        assert!(scene.hub.queries().pins(RoomId(room.id), &viewer).await.expect("read").is_empty());
        let gone = scene.ask(&b, Some(room), RoomCommand::from(forward)).await;
        assert_eq!(gone.expect_err("recalled").code, "room.message_not_found");
        let reply =
            SendMessage { reply_to: Some(seq), text: "?".to_owned(), ..SendMessage::default() };
        let gone = scene.ask(&b, Some(room), RoomCommand::from(reply)).await;
        assert_eq!(gone.expect_err("recalled").code, "room.message_not_found");
        // The copy is the forwarder's own message; the history of the recalled one is gone.
        let own = scene.events(room).await;
        let left = own
            .iter()
            .filter(|event| event.type_name == "room.message_edited" && event.body.is_some());
        assert_eq!(left.count(), 0);
        scene.hub.shutdown().await;
    });
}
