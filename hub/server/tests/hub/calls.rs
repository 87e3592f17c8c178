//! Calls from outside, without sound and pictures: who rings, who comes and goes, what the room
//! keeps of it; a device that never comes by its connection, a hub that ends in mid-call.

use crate::hub::{Folder, Hub, Person};
use client::ClientError;
use protocol::{
    AccountId, AnyEvent, EntityKind, LegId, RoomId, StreamId,
    call::{
        CallCommand, CallEnd, CallInfo, CallList, CallMode, CallStand, DeclineCall, EndCall,
        IceConfig, JoinCall, LeaveCall, LiveCall, PublishOffer, RingPeople, StartCall,
        SubscribeOffer,
    },
    http::{Conversation, Page},
    room::{OpenDirect, RemoveMember, RoomCallEnded, RoomCommand, RoomEvent},
};

fn leg() -> LegId {
    LegId(client::ids::next())
}

impl Person {
    async fn ask_call(
        &self,
        room: RoomId,
        command: impl Into<CallCommand>,
    ) -> Result<u64, ClientError> {
        let stream = StreamId::of_calls(room);
        self.client.command(stream, command.into()).await.map(|receipt| receipt.seq)
    }

    async fn calls(&self) -> Vec<LiveCall> {
        let list: CallList = self.door().get("/v1/calls").await.expect("one's own");
        list.calls
    }

    async fn call(&self, room: RoomId) -> Result<CallInfo, ClientError> {
        self.door().get(&format!("/v1/calls/{room}")).await
    }

    fn stand(&self, call: &LiveCall) -> Option<CallStand> {
        call.people.iter().find(|one| one.account == self.account).map(|one| one.stand)
    }

    async fn opens_with(&self, peer: AccountId) -> RoomId {
        let open = RoomCommand::from(OpenDirect { peer });
        let own = StreamId::from(self.account);
        let receipt = self.client.command(own, open).await.expect("opened");
        RoomId(receipt.stream.id)
    }
}

fn start(ring: Vec<AccountId>, leg: LegId) -> StartCall {
    StartCall { mode: CallMode::Video, ring, leg }
}

fn code(refused: Result<u64, ClientError>) -> String {
    match refused.expect_err("refused") {
        ClientError::Refused(error) => error.code.into_owned(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_call_of_two_is_taken_and_ends_and_the_room_keeps_it() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei", "limei"]).await;
    let (anna, bek, third) =
        (hub.sign_in("aygul").await, hub.sign_in("wangwei").await, hub.sign_in("limei").await);
    let room = anna.opens_with(bek.account).await;
    let (one, two) = (leg(), leg());
    anna.ask_call(room, start(Vec::new(), one)).await.expect("begun");
    let ringing = bek.calls().await;
    assert_eq!(bek.stand(&ringing[0]), Some(CallStand::Ringing));
    assert_eq!((ringing[0].room, ringing[0].by), (room, anna.account));
    assert!(third.calls().await.is_empty() && third.call(room).await.is_err());
    assert_eq!(code(third.ask_call(room, JoinCall { leg: leg() }).await), "room.not_member");
    assert_eq!(code(bek.ask_call(room, start(Vec::new(), two)).await), "call.is_live");

    bek.ask_call(room, JoinCall { leg: two }).await.expect("taken");
    let ice: IceConfig = bek.door().get("/v1/calls/ice").await.expect("for everybody");
    assert!(ice.servers.is_empty());
    // Only the device that is inside comes by sound and pictures, and only with an offer.
    let offer = SubscribeOffer { offer: "v=0".to_owned() };
    for (person, leg, expected) in [
        (&bek, two, "hub.invalid"),
        (&bek, one, "call.not_inside"),
        (&third, two, "call.not_inside"),
    ] {
        let path = format!("/v1/calls/{room}/legs/{leg}/subscribe");
        let refused = person.door().post::<_, serde_json::Value>(&path, &offer).await;
        assert_eq!(code(refused.map(|_| 0)), expected);
    }
    let path = format!("/v1/calls/{room}/legs/{two}/publish");
    let offer = PublishOffer { offer: "m=video\r\n".repeat(99), lines: Vec::new() };
    let refused = bek.door().post::<_, serde_json::Value>(&path, &offer).await;
    assert_eq!(code(refused.map(|_| 0)), "hub.invalid");

    bek.ask_call(room, LeaveCall { leg: two }).await.expect("gone");
    let info = anna.call(room).await.expect("one's own");
    assert_eq!(info.live, None);
    let past = &info.past[0];
    assert_eq!((past.why, past.people.len(), past.by), (CallEnd::Over, 2, anna.account));
    let ended = anna.until_call_ended(room).await;
    assert_eq!((ended.call, ended.why, ended.by), (past.call, CallEnd::Over, anna.account));
    hub.stop().await;
}

impl Person {
    /// The line that the room keeps of its call: it follows within a moment.
    async fn until_call_ended(&self, room: RoomId) -> RoomCallEnded {
        let stream = StreamId::new(EntityKind::Room, room.0);
        let mut watch = self.client.watch(stream, 0).await.expect("a member");
        loop {
            let frame = crate::hub::next(&mut watch).await;
            if let Some(AnyEvent::Room(RoomEvent::RoomCallEnded(ended))) = frame.event() {
                return ended;
            }
        }
    }
}

#[tokio::test]
async fn what_nobody_takes_is_missed_and_a_restart_forgets_no_call() {
    let folder = Folder::new();
    Hub::people(&folder.0, &["aygul", "wangwei", "limei"]).await;
    let short = ["calls.ring_seconds=1".to_owned()];
    let mut hub = Hub::start_set(&folder.0, "127.0.0.1:0", &short).await;
    let (anna, bek) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let third = hub.sign_in("limei").await;
    let room = anna.opens_with(bek.account).await;
    anna.ask_call(room, start(Vec::new(), leg())).await.expect("begun");
    let ended = anna.until_call_ended(room).await;
    assert_eq!(ended.why, CallEnd::Unanswered);
    // News to who did not come, and none to who called.
    let unread = |list: Page<Conversation>| {
        list.items.into_iter().find(|one| one.stream.id == room.0).map(|one| one.unread)
    };
    let of_bek = bek.door().get("/v1/rooms").await.expect("one's own");
    let of_anna = anna.door().get("/v1/rooms").await.expect("one's own");
    assert_eq!((unread(of_bek), unread(of_anna)), (Some(1), Some(0)));
    assert_eq!(bek.calls().await, []);

    let group = RoomId(anna.make_room("窗口组", &[bek.account, third.account]).await.id);
    let inside = leg();
    anna.ask_call(group, start(Vec::new(), inside)).await.expect("begun");
    bek.ask_call(group, JoinCall { leg: leg() }).await.expect("inside");
    // Who is taken out of the room is out of its call.
    let out = RoomCommand::from(RemoveMember { account: bek.account });
    let stream = StreamId::new(EntityKind::Room, group.0);
    anna.client.command(stream, out).await.expect("removed");
    while anna.calls().await[0]
        .people
        .iter()
        .any(|one| one.account == bek.account && one.stand == CallStand::Inside)
    {
        tokio::task::yield_now().await;
    }
    assert!(bek.call(group).await.is_err());
    hub.kill_and_restart().await;

    let (anna, third) = (hub.sign_in("aygul").await, hub.sign_in("limei").await);
    let live = anna.calls().await;
    assert_eq!(anna.stand(&live[0]), Some(CallStand::Inside));
    // The place is there again: the offer is read, and found to be none.
    let path = format!("/v1/calls/{group}/legs/{inside}/subscribe");
    let offer = SubscribeOffer { offer: "v=0".to_owned() };
    loop {
        let refused = anna.door().post::<_, serde_json::Value>(&path, &offer).await;
        if code(refused.map(|_| 0)) == "hub.invalid" {
            break;
        }
        tokio::task::yield_now().await;
    }
    anna.ask_call(group, RingPeople { accounts: vec![third.account] }).await.expect("rung");
    assert_eq!(third.stand(&third.calls().await[0]), Some(CallStand::Ringing));
    third.ask_call(group, DeclineCall { busy: true }).await.expect("declined");
    anna.ask_call(group, EndCall {}).await.expect("ended");
    assert_eq!(anna.calls().await, []);
    hub.stop().await;
}
