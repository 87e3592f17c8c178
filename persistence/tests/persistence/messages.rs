//! Messages for some of a room: who counts them, who is shown them, what becomes of them when
//! the store moves or is rebuilt.

use crate::{
    queries::{Hall, hall, put},
    support::Store,
};
use kernel::{
    Viewer,
    journal::{Cursor, Journal},
};
use persistence::{event_frame_json, export, import, rebuild};
use protocol::{
    EntityKind, RoomId, StreamId,
    account::{AccountEvent, MessageHidden},
    room::{MessageEdited, MessageReacted, MessageRef, RoomEvent},
};

#[tokio::test]
async fn a_whisper_is_counted_and_previewed_for_its_people_alone() {
    let store = Store::new();
    let Hall { journal, queries, make, people, mut group, .. } = hall(&store).await;
    let (reader, room) = (people[0], group.0);
    let before = queries.unread(reader, room).await.unwrap();
    let whisper = make.whisper(room, &mut group.1, &[reader, make.account()], "悄悄话");
    let seq = whisper.events[0].seq;
    assert_eq!(journal.append(vec![whisper]).await, [Ok(())]);
    assert_eq!(queries.unread(reader, room).await.unwrap(), before + 1);
    assert_eq!(queries.unread(people[1], room).await.unwrap(), before, "in nobody's tally");
    for (account, shown) in [(reader, true), (people[1], false)] {
        let page = queries.conversations(account, None, 9).await.unwrap();
        let line = page.items.iter().find(|line| line.stream == room).unwrap();
        assert_eq!(serde_json::to_string(line).unwrap().contains("悄悄话"), shown);
        assert_eq!(line.last.as_ref().unwrap().seq == seq, shown);
        let known =
            queries.messages(&[MessageRef { room: RoomId(room.id), seq }], &account.into()).await;
        assert_eq!(known.unwrap().len(), usize::from(shown));
    }
    let cursor = Cursor { account: reader, stream: room, seq, tally: 0, at: 1 };
    journal.move_cursors(vec![cursor]).await.unwrap();
    assert_eq!(queries.unread(reader, room).await.unwrap(), 0);
}

#[tokio::test]
async fn whispers_survive_a_rebuild_and_a_move_as_whispers() {
    let store = Store::new();
    let Hall { journal, queries, make, people, mut group, .. } = hall(&store).await;
    let (reader, room) = (people[0], group.0);
    let whisper = make.whisper(room, &mut group.1, &[reader], "悄悄话");
    let seq = whisper.events[0].seq;
    assert_eq!(journal.append(vec![whisper]).await, [Ok(())]);
    let mut redacting = make.say(room, &mut group.1, "收回");
    redacting.redactions = vec![seq];
    assert_eq!(journal.append(vec![redacting]).await, [Ok(())]);
    let unread = queries.unread(reader, room).await.unwrap();
    rebuild(&journal, |_, _| {}).await.unwrap();
    assert_eq!(queries.unread(reader, room).await.unwrap(), unread, "told by its audience");

    let mut file = Vec::new();
    export(&journal, &store.shelf(), &mut file, |_, _| {}).await.unwrap();
    let elsewhere = Store::new();
    let (moved, _) = elsewhere.open().await;
    import(&moved, None, file.as_slice(), |_, _| {}).await.unwrap();
    let event = moved.read_after(room, seq - 1, 1).await.unwrap().remove(0);
    assert_eq!(event.audience.as_deref(), Some(&[reader][..]));
    let frame = event_frame_json(&event, &Viewer::from(people[1]));
    assert!(frame.ends_with(r#","withheld":true}"#), "{frame}");
}

#[tokio::test]
async fn who_changes_an_audience_breaks_the_chain() {
    let store = Store::new();
    let Hall { journal, make, people, mut group, .. } = hall(&store).await;
    let whisper = make.whisper(group.0, &mut group.1, &people[..1], "悄悄话");
    let seq = whisper.events[0].seq;
    assert_eq!(journal.append(vec![whisper]).await, [Ok(())]);
    assert_eq!(journal.verify(Some(group.0)).await.unwrap(), []);
    let mut raw = store.raw().await;
    let everybody = "UPDATE events SET audience = NULL WHERE stream_id = ? AND seq = ?";
    sqlx::query(everybody).bind(group.0.id).bind(seq as i64).execute(&mut raw).await.unwrap();
    assert_eq!(journal.verify(Some(group.0)).await.unwrap(), [(group.0.id, seq)]);
}

#[tokio::test]
async fn edits_reactions_and_own_deletions_are_read_back() {
    let store = Store::new();
    let Hall { journal, queries, make, people, mut group, .. } = hall(&store).await;
    let (room, head) = (group.0, &mut group.1);
    let sent = make.say(room, head, "旧");
    let seq = sent.events[0].seq;
    let by = sent.events[0].by.unwrap();
    assert_eq!(journal.append(vec![sent]).await, [Ok(())]);
    let place = MessageRef { room: RoomId(room.id), seq };
    let edited = RoomEvent::from(MessageEdited { seq, text: "新".to_owned() });
    put(&journal, &make, room, head, &[edited.into()], None).await;
    let known = queries.messages(&[place], &Viewer::from(by)).await.unwrap();
    assert_eq!(known[0].message.as_ref().unwrap().text, "新");

    let set = |on| RoomEvent::from(MessageReacted { seq, emoji: "👍".to_owned(), on });
    let reacted = make.append(room, head, &[set(true).into()]);
    let person = reacted.events[0].by.unwrap();
    assert_eq!(journal.append(vec![reacted]).await, [Ok(())]);
    assert_eq!(queries.reactions_of(person, place).await.unwrap(), ["👍"]);

    let own = StreamId::from(people[0]);
    let mut own_head = journal.head(own).await.unwrap();
    let hidden = AccountEvent::from(MessageHidden { room: RoomId(room.id), seq });
    put(&journal, &make, own, &mut own_head, &[hidden.into()], None).await;
    assert_eq!(queries.hidden(people[0], room, 1, seq).await.unwrap().len(), 1);
    assert_eq!(queries.hidden(people[0], room, 1, seq - 1).await.unwrap().len(), 0);
    assert_eq!(queries.hidden(people[1], room, 1, seq).await.unwrap().len(), 0);
    let elsewhere = StreamId::new(EntityKind::Account, room.id);
    assert_eq!(queries.hidden(people[0], elsewhere, 1, seq).await.unwrap().len(), 0);
}
