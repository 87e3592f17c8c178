//! Meeting face to face: the same four digits, sent at the same time, are one group.

use crate::hub::{Folder, Hub, PATIENCE, next};
use protocol::room::{MeetPeople, RoomCommand};
use protocol::{EntityKind, StreamId};
use std::collections::BTreeSet;

#[tokio::test]
async fn the_same_digits_at_the_same_time_are_one_group() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei", "reyhan", "lina"]).await;
    let mut people = Vec::new();
    for name in ["aygul", "wangwei", "reyhan", "lina"] {
        people.push(hub.sign_in(name).await);
    }
    let meet = |digits: &str| RoomCommand::from(MeetPeople { digits: digits.to_owned() });
    // All at once: whoever is first, they meet.
    let sent = people.iter().map(|person| person.client.command(None, meet("0429")));
    let answers = futures_util::future::join_all(sent).await;
    let rooms: BTreeSet<String> = answers
        .into_iter()
        .map(|answer| {
            let result = answer.expect("staff may meet").result.expect("the group is named");
            result["room"].as_str().expect("an id").to_owned()
        })
        .collect();
    assert_eq!(rooms.len(), 1, "{rooms:?}");
    let id = rooms.first().and_then(|room| room.parse().ok()).expect("an id");
    let room = StreamId::new(EntityKind::Room, id);

    for person in &people {
        // Each hears of it on their own stream.
        let mut own = person.client.watch(person.account.into(), 0).await.expect("connected");
        let joined = async {
            loop {
                let event = next(&mut own).await;
                let body = event.body.unwrap_or_default();
                if event.type_name == "account.stream_joined" && body["stream"] == room.to_string()
                {
                    return;
                }
            }
        };
        tokio::time::timeout(PATIENCE, joined).await.expect("everybody is in");
    }
    people[3].say(room, "到齐了").await;

    let alone = people[0].client.command(None, meet("1111")).await.expect("staff may meet");
    let alone = alone.result.expect("named");
    assert_eq!(alone["people"], 1, "nobody else has come");
    let refused = people[0].client.command(None, meet("12345")).await;
    assert!(refused.is_err(), "four digits");
    assert_eq!(hub.stop().await, Some(0));
}
