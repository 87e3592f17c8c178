//! Who may talk to whom, from outside: a rule that an operator sets, permission that is asked
//! for, given, and over by itself, also where the hub was down meanwhile; blocking; and units
//! that are not for everybody.

use crate::hub::{Folder, Hub, Person, add_user, next, say};
use protocol::{
    AccountId, EntityKind, StreamId, UnitId,
    account::{AccountCommand, CreateAccount, Names, Secret},
    contact::{
        AnswerContact, AskContact, BlockContact, ContactCommand, ContactInfo, ContactLevel,
        ContactRule, ContactRulesCommand, ContactSide, ContactState, SetContactRule,
        contact_rules_stream,
    },
    http::AccountCard,
    room::{CreateRoom, OpenDirect, Part, RoomCommand, SendMessage},
    unit::{CreateUnit, SetVisibility, UnitCommand, UnitKind, Visibility},
};
use uuid::Uuid;

/// The hub finds the stream of two people itself.
fn nowhere(kind: EntityKind) -> StreamId {
    StreamId::new(kind, Uuid::nil())
}

async fn contact(who: &Person, command: impl Into<ContactCommand>) -> String {
    let command: ContactCommand = command.into();
    let done = who.client.command(nowhere(EntityKind::Contact), command).await;
    done.map_or_else(|error| error.to_string(), |_| "ok".to_owned())
}

async fn room(who: &Person, stream: StreamId, command: impl Into<RoomCommand>) -> String {
    let command: RoomCommand = command.into();
    let done = who.client.command(stream, command).await;
    done.map_or_else(|error| error.to_string(), |_| "ok".to_owned())
}

async fn state(who: &Person, other: &Person) -> ContactState {
    let path = format!("/v1/contacts/{}", other.account);
    let info: ContactInfo = who.door().get(&path).await.expect("a contact");
    info.state
}

async fn rule(operator: &Person, about: &Person, level: ContactLevel) {
    let rule = ContactRule {
        rule: Uuid::from_u128(1),
        one: ContactSide::Person { account: about.account },
        other: ContactSide::Everyone {},
        level,
    };
    let set = ContactRulesCommand::from(SetContactRule { rule });
    operator.client.command(contact_rules_stream(), set).await.expect("an operator may");
}

/// Waits until the person is told this of somebody, live or catching up.
async fn told(who: &Person, what: &str) {
    let mut watch = who.client.watch(who.account.into(), 0).await.expect("connected");
    loop {
        let event = next(&mut watch).await;
        let body = event.body.as_ref();
        let said = body.and_then(|body| body.get("what")).and_then(serde_json::Value::as_str);
        if event.type_name == "account.contact_moved" && said == Some(what) {
            return;
        }
    }
}

#[tokio::test]
async fn a_permission_is_asked_for_given_and_over_by_itself_though_the_hub_was_killed() {
    let folder = Folder::new();
    Hub::people(&folder.0, &["aygul", "wangwei", "batur"]).await;
    add_user(&folder.0, "oper", "operator").await;
    let short = ["contacts.grant_seconds=5".to_owned()];
    let mut hub = Hub::start_set(&folder.0, "127.0.0.1:0", &short).await;
    let (wang, batur) = (hub.sign_in("wangwei").await, hub.sign_in("batur").await);
    let oper = hub.sign_in("oper").await;
    let open = OpenDirect { peer: wang.account };
    let opened = batur.client.command(nowhere(EntityKind::Room), RoomCommand::from(open)).await;
    let direct = opened.expect("white by default").stream;
    assert_eq!(room(&batur, direct, say("您好")).await, "ok");

    rule(&oper, &wang, ContactLevel::Grey).await;
    let refused = room(&batur, direct, say("在吗")).await;
    assert!(refused.starts_with("contact.ask_first"), "{refused}");
    let refused = room(&wang, direct, say("在")).await;
    assert!(refused.starts_with("contact.ask_first"), "both ways: {refused}");
    let group = StreamId::new(EntityKind::Room, client::ids::next());
    let create = CreateRoom { name: "组".to_owned(), members: vec![wang.account] };
    let refused = room(&batur, group, create).await;
    assert!(refused.starts_with("contact.ask_first"), "{refused}");
    assert_eq!(state(&batur, &wang).await, ContactState::Ask);

    let ask = AskContact { peer: wang.account, text: "请教一件事".to_owned() };
    assert_eq!(contact(&batur, ask).await, "ok");
    told(&wang, "asked").await;
    assert_eq!(state(&wang, &batur).await, ContactState::Asking);
    let asking: Vec<ContactInfo> = wang.door().get("/v1/contacts").await.expect("a list");
    assert_eq!(asking[0].text.as_deref(), Some("请教一件事"));
    assert_eq!(contact(&wang, AnswerContact { peer: batur.account, yes: true }).await, "ok");
    told(&batur, "accepted").await;
    assert_eq!(room(&batur, direct, say("现在可以了")).await, "ok");
    assert_eq!(room(&wang, direct, say("请说")).await, "ok");

    hub.kill_and_restart().await;
    let (wang, batur) = (hub.sign_in("wangwei").await, hub.sign_in("batur").await);
    told(&batur, "ended").await;
    told(&wang, "ended").await;
    let refused = room(&batur, direct, say("还在吗")).await;
    assert!(refused.starts_with("contact.ask_first"), "{refused}");
    let page: protocol::http::EventPage = batur
        .door()
        .get(&format!("/v1/streams/{direct}/events?limit=50"))
        .await
        .expect("what was said stays readable");
    assert!(page.events.len() >= 4);
    assert_eq!(hub.stop().await, Some(0));
}

#[tokio::test]
async fn a_rule_holds_at_once_and_who_is_blocked_is_not_told_why() {
    let folder = Folder::new();
    Hub::people(&folder.0, &["aygul", "wangwei", "batur"]).await;
    add_user(&folder.0, "oper", "operator").await;
    let hub = Hub::start(&folder.0, "127.0.0.1:0").await;
    let (wang, batur) = (hub.sign_in("wangwei").await, hub.sign_in("batur").await);
    let oper = hub.sign_in("oper").await;
    let open = OpenDirect { peer: wang.account };
    let opened = batur.client.command(nowhere(EntityKind::Room), RoomCommand::from(open)).await;
    let direct = opened.expect("white by default").stream;
    assert_eq!(room(&batur, direct, say("一")).await, "ok");
    assert_eq!(contact(&wang, BlockContact { peer: batur.account, on: true }).await, "ok");
    let refused = room(&batur, direct, say("二")).await;
    assert!(refused.starts_with("contact.not_reachable"), "{refused}");
    assert_eq!(state(&batur, &wang).await, ContactState::Closed);
    let refused = room(&wang, direct, say("三")).await;
    assert!(refused.starts_with("contact.you_blocked"), "{refused}");
    assert_eq!(contact(&wang, BlockContact { peer: batur.account, on: false }).await, "ok");
    assert_eq!(room(&batur, direct, say("四")).await, "ok");
    rule(&oper, &wang, ContactLevel::Black).await;
    let refused = room(&batur, direct, say("五")).await;
    assert!(refused.starts_with("contact.not_reachable"), "{refused}");
    rule(&oper, &wang, ContactLevel::White).await;
    assert_eq!(room(&batur, direct, say("六")).await, "ok");
    let denied =
        ContactRulesCommand::from(protocol::contact::SetContactGrant { grant_seconds: 60 });
    let denied = batur.client.command(contact_rules_stream(), denied).await;
    assert!(denied.expect_err("no operator").to_string().contains("contact_rules.not_allowed"));
    assert_eq!(hub.stop().await, Some(0));
}

#[tokio::test]
async fn a_unit_that_is_not_for_everybody_is_in_no_tree_and_no_search() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei", "batur"]).await;
    let (aygul, batur) = (hub.sign_in("aygul").await, hub.sign_in("batur").await);
    let root = aygul.units().await[0].unit;
    let hidden = UnitId(client::ids::next());
    let stream = StreamId::new(EntityKind::Unit, hidden.0);
    let names = Names { zh: "督查室".to_owned(), ..Names::default() };
    let create = CreateUnit { kind: UnitKind::Department, names, parent: Some(root), rank: 9 };
    for command in
        [UnitCommand::from(create), SetVisibility { visible: Visibility::OwnTree {} }.into()]
    {
        aygul.client.command(stream, command).await.expect("she manages it");
    }
    let sees = async |who: &Person| who.units().await.iter().any(|unit| unit.unit == hidden);
    assert!(sees(&aygul).await && !sees(&batur).await);
    let within = batur.page::<AccountCard>(&format!("/v1/people?unit={hidden}")).await;
    assert_eq!(within.items, []);
    let both = format!("/v1/people?accounts={},{}", aygul.account, batur.account);
    assert_eq!(batur.page::<AccountCard>(&both).await.items.len(), 2);

    // A card carries the name to who may not see the person, and opens nothing more of them; who
    // does not see them has no card of theirs to pass on.
    let unseen = AccountId(client::ids::next());
    let zh = |zh: &str| Names { zh: zh.to_owned(), ..Names::default() };
    let create = CreateAccount {
        username: "inspector".to_owned(),
        names: zh("督查员"),
        unit: hidden,
        post: String::new(),
        phone: None,
        password: Secret("Right-Horse-7".to_owned()),
        roles: Vec::new(),
    };
    let create = AccountCommand::from(create);
    aygul.client.command(StreamId::from(unseen), create).await.expect("she manages it");
    let card = |names| {
        let part = Some(Box::new(Part::Card { account: unseen, names }));
        RoomCommand::from(SendMessage { part, ..SendMessage::default() })
    };
    let group = aygul.make_room("组", &[batur.account]).await;
    let refused = room(&batur, group, card(None)).await;
    assert!(refused.starts_with("room.account_not_found"), "{refused}");
    let claimed = card(Some(zh("局长")));
    let sent = aygul.client.command(group, claimed).await.expect("she sees them").seq;
    let page = batur.door().events_after(group, sent - 1, 1).await.expect("a member");
    let body = page.events[0].body.as_ref().expect("not redacted");
    assert_eq!(body["part"]["names"]["zh"], "督查员", "what the hub knows, not what was claimed");
    let them = format!("/v1/people?accounts={unseen}");
    assert_eq!(batur.page::<AccountCard>(&them).await.items, []);
    assert_eq!(hub.stop().await, Some(0));
}
