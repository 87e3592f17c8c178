//! Coming into a group by an invite: at once, by consent, and not when it is good no more.

use crate::hub::{Folder, Hub, Person, next};
use client::ClientError;
use protocol::StreamId;
use protocol::http::{Doorway, Invitation};
use protocol::room::*;

const HOUR_MS: i64 = 60 * 60 * 1000;

fn now() -> i64 {
    client::ids::command().made_at().expect("the ids of commands hold a time")
}

async fn invite(person: &Person, room: StreamId, approval: bool, uses_max: Option<u32>) -> String {
    let create = CreateInvite { expires_at: now() + HOUR_MS, approval, uses_max };
    let made = person.client.command(room, RoomCommand::from(create)).await.expect("an admin may");
    let result = made.result.expect("the token is told once");
    result["invite"].as_str().expect("a token").to_owned()
}

async fn join(person: &Person, room: StreamId, token: &str) -> Result<u64, String> {
    let join = JoinRoom { invite: token.to_owned() };
    match person.client.command(room, RoomCommand::from(join)).await {
        Ok(receipt) => Ok(receipt.seq),
        Err(ClientError::Refused(error)) => Err(error.code.into_owned()),
        Err(other) => panic!("{other}"),
    }
}

/// Waits until the room says something of this type.
async fn until(watch: &mut client::Watch, type_name: &str) -> protocol::EventFrame {
    loop {
        let event = next(watch).await;
        if event.type_name == type_name {
            return event;
        }
    }
}

#[tokio::test]
async fn an_invite_lets_in_at_once_or_after_consent() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei", "reyhan"]).await;
    let aygul = hub.sign_in("aygul").await;
    let (wang, reyhan) = (hub.sign_in("wangwei").await, hub.sign_in("reyhan").await);
    let room = aygul.make_room("业务交流", &[]).await;
    let mut watch = aygul.client.watch(room, 1).await.expect("connected");

    let token = invite(&aygul, room, false, Some(1)).await;
    let path = format!("/v1/rooms/{}/invitation?token={token}", room.id);
    let leads: Invitation = wang.door().get(&path).await.expect("who holds it may look");
    assert_eq!((leads.name.as_str(), leads.members, leads.good), ("业务交流", 1, true));
    assert!(wang.door().events_after(room, 0, 10).await.is_err(), "outside");
    join(&wang, room, &token).await.expect("it is good");
    until(&mut watch, "room.member_added").await;
    let page = wang.door().events_after(room, 0, 10).await.expect("inside");
    let told: Vec<String> = page.events.iter().map(|event| format!("{:?}", event.body)).collect();
    assert!(told.iter().all(|body| !body.contains(&token)), "the token is in no event");

    assert_eq!(join(&reyhan, room, &token).await, Err("room.invite_used_up".into()));
    let failed = until(&mut watch, "room.join_failed").await;
    assert_eq!(failed.by, Some(reyhan.account), "an audit finds who tried");
    assert_eq!(join(&reyhan, room, "0123456789").await, Err("room.invite_not_found".into()));

    let token = invite(&aygul, room, true, None).await;
    join(&reyhan, room, &token).await.expect("may ask");
    until(&mut watch, "room.join_requested").await;
    assert!(reyhan.door().events_after(room, 0, 10).await.is_err(), "waits outside");
    let path = format!("/v1/rooms/{}/invites", room.id);
    assert!(wang.door().get::<Doorway>(&path).await.is_err(), "the door is the admins'");
    let door: Doorway = aygul.door().get(&path).await.expect("an admin may");
    assert_eq!((door.invites.len(), door.invites[1].uses), (2, 1));
    assert_eq!(door.requests[0].card.account, reyhan.account);
    let admit = RoomCommand::from(AdmitMember { account: reyhan.account, yes: true });
    aygul.client.command(room, admit).await.expect("an admin may");
    until(&mut watch, "room.member_added").await;
    reyhan.say(room, "大家好").await;
    let door: Doorway = aygul.door().get(&path).await.expect("an admin may");
    assert!(door.requests.is_empty());
    assert_eq!(hub.stop().await, Some(0));
}
