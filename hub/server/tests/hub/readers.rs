//! Who has read a message: lists for its author, counts while they read.

use crate::hub::{Folder, Hub, PATIENCE};
use protocol::ServerFrame;
use protocol::http::Readers;
use protocol::room::{MarkRead, RoomCommand};

#[tokio::test]
async fn the_author_sees_who_has_read_and_hears_it_live() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei", "reyhan", "lina"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let (reyhan, lina) = (hub.sign_in("reyhan").await, hub.sign_in("lina").await);
    let members = [wang.account, reyhan.account, lina.account];
    let room = aygul.make_room("通知", &members).await;
    let seq = wang.say(room, "明天起三号窗口暂停").await;
    let path = format!("/v1/rooms/{}/messages/{seq}/readers", room.id);
    let readers: Readers = wang.door().get(&path).await.expect("its author may");
    assert_eq!((readers.read_count, readers.unread_count), (0, 3));

    let mut notices = wang.client.notices();
    let read = RoomCommand::from(MarkRead { seq });
    reyhan.client.command(room, read).await.expect("a member reads");
    let counted = async {
        loop {
            let Ok(frame) = notices.recv().await else { continue };
            if let ServerFrame::Readers { stream, counts } = frame
                && stream == room
                && counts.iter().any(|count| (count.seq, count.read) == (seq, 1))
            {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, counted).await.expect("it is told live");

    let readers: Readers = wang.door().get(&path).await.expect("its author may");
    assert_eq!((readers.read_count, readers.unread_count), (1, 2));
    let read: Vec<_> = readers.read.items.iter().map(|reader| reader.card.account).collect();
    assert_eq!(read, [reyhan.account]);
    assert!(readers.read.items[0].at.is_some() && readers.unread.items[0].at.is_none());
    let by_unit: u32 = readers.units.iter().map(|unit| unit.read + unit.unread).sum();
    assert_eq!(by_unit, 3);
    let first: Readers = wang.door().get(&format!("{path}?limit=1")).await.expect("its author may");
    let next = first.unread.next.expect("there is another");
    let rest = format!("{path}?limit=1&after_unread={next}");
    let rest: Readers = wang.door().get(&rest).await.expect("its author may");
    assert_ne!(first.unread.items[0].card.account, rest.unread.items[0].card.account);

    aygul.door().get::<Readers>(&path).await.expect("the owner may");
    assert!(lina.door().get::<Readers>(&path).await.is_err(), "other members may not");
    let nothing = format!("/v1/rooms/{}/messages/1/readers", room.id);
    assert!(aygul.door().get::<Readers>(&nothing).await.is_err(), "1 is no message");
    assert_eq!(hub.stop().await, Some(0));
}
