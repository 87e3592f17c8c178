//! To-dos, announcements and programs from outside: everybody is addressed, each part is
//! proved, and a token opens what its scopes hold and no more.

use crate::hub::{Folder, Hub, PATIENCE, Person, next, say};
use client::{Client, Door};
use kernel::journal::digest;
use protocol::{
    EntityKind, ServerFrame, StreamId,
    account::{AccountCommand, Secret, SetConversation},
    app::{AppCommand, AppInfo, CreateApp, IssueToken, RevokeToken, Scope},
    notice::{
        FinishNoticeFor, NoticeBadges, NoticeCommand, NoticeCounts, NoticeItem, NoticeKind,
        NoticeProof, NoticeRow, ReadNotice, SendNotice, Target, WithdrawNotice,
    },
};

fn todo(target: Target) -> NoticeCommand {
    SendNotice {
        kind: NoticeKind::Todo,
        title: "补交材料".to_owned(),
        text: "周五前".to_owned(),
        target,
        link: Some("/tasks".to_owned()),
        due_at: None,
        confirm: false,
    }
    .into()
}

fn new(kind: EntityKind) -> StreamId {
    StreamId::new(kind, client::ids::next())
}

/// Sends, and waits until everybody was addressed.
pub(crate) async fn send(by: &Person, target: Target) -> StreamId {
    let notice = new(EntityKind::Notice);
    by.client.command(notice, todo(target)).await.expect("it is sent");
    let mut watch = by.client.watch(notice, 0).await.expect("connected");
    loop {
        let event = next(&mut watch).await;
        let last = event.body.as_ref().and_then(|body| body["last"].as_bool());
        if event.type_name == "notice.addressed" && last == Some(true) {
            return notice;
        }
    }
}

async fn badges(of: &Person) -> NoticeBadges {
    of.door().get("/v1/notices/unread").await.expect("badges")
}

#[tokio::test]
async fn everybody_is_addressed_and_each_part_is_proved() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei", "gulnar"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let notice = send(&aygul, Target::All {}).await;
    assert_eq!(badges(&wang).await, NoticeBadges { todos: 1, announcements: 0 });
    let room = NoticeKind::Todo.row();
    let (pinned, muted) = (Some(true), Some(true));
    let set = SetConversation { room, pinned, muted, hidden: None };
    let own = StreamId::from(wang.account);
    wang.client.command(own, AccountCommand::from(set)).await.expect("their own");
    let rows: Vec<NoticeRow> = wang.door().get("/v1/notices/rows").await.expect("rows");
    let [row] = &rows[..] else { panic!("only of the kind that there is: {rows:?}") };
    assert_eq!((row.kind, row.unread, &*row.title), (NoticeKind::Todo, 1, "补交材料"));
    assert!(row.pinned && row.muted && !row.hidden);
    let list = wang.page::<NoticeItem>("/v1/notices?kind=todo").await.items;
    assert_eq!((list.len(), list[0].title.as_str(), list[0].read_at), (1, "补交材料", None));

    let read = NoticeCommand::from(ReadNotice {});
    wang.client.command(notice, read.clone()).await.expect("a recipient reads");
    assert_eq!(wang.client.command(notice, read).await.expect("again").seq, 0);
    assert_eq!(badges(&wang).await.todos, 0);
    let done = FinishNoticeFor { accounts: vec![wang.account] };
    aygul.client.command(notice, NoticeCommand::from(done)).await.expect("the sender writes back");
    let counts = aygul.page::<NoticeCounts>("/v1/notices/sent").await.items;
    let NoticeCounts { complete, addressed, read, done, .. } = counts[0];
    assert_eq!((complete, addressed, read, done), (true, 3, 1, 1));
    let path = format!("/v1/notices/{}/proof", notice.id);
    let proof = aygul.page::<NoticeProof>(&path).await.items;
    let wangs = proof.iter().find(|one| one.account == wang.account).expect("addressed");
    assert!(wangs.read_at.is_some() && wangs.done_at.is_some());
    let refused = wang.door().get::<serde_json::Value>(&path).await;
    assert!(refused.is_err(), "who else got it is the sender's to know");

    let withdraw = NoticeCommand::from(WithdrawNotice {});
    let mut heard = wang.client.notices();
    aygul.client.command(notice, withdraw).await.expect("its sender takes it back");
    let told = async {
        loop {
            let frame = heard.recv().await.expect("connected, and quick enough");
            if matches!(frame, ServerFrame::Signal { stream, .. } if stream == notice) {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, told).await.expect("an open list hears of it at once");
    assert!(wang.page::<NoticeItem>("/v1/notices").await.items.is_empty());
}

#[tokio::test]
async fn who_may_not_manage_a_unit_sends_nothing_to_all() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let refused = wang.client.command(new(EntityKind::Notice), todo(Target::All {})).await;
    assert!(refused.expect_err("not theirs").to_string().contains("notice.not_allowed"));
    let room = wang.make_room("组", &[aygul.account]).await;
    let room = protocol::RoomId(room.id);
    send(&wang, Target::Rooms { rooms: vec![room] }).await;
    assert_eq!(badges(&aygul).await.todos, 1);
}

/// An application that acts as `bot`, and a token of it.
async fn program(admin: &Person, bot: &Person, scopes: &[Scope]) -> (StreamId, uuid::Uuid, Secret) {
    let app = new(EntityKind::App);
    let create = CreateApp { name: "审批系统".to_owned(), account: bot.account };
    admin.client.command(app, AppCommand::from(create)).await.expect("registered");
    let (token, secret) = (client::ids::next(), format!("app_{}", "7a".repeat(32)));
    let issue = IssueToken {
        token,
        label: "生产".to_owned(),
        scopes: scopes.to_vec(),
        hash: digest(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect(),
        expires_at: None,
    };
    admin.client.command(app, AppCommand::from(issue)).await.expect("issued");
    (app, token, Secret(secret))
}

#[tokio::test]
async fn a_token_opens_what_its_scopes_hold_and_no_more() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "approval-bot"]).await;
    let (aygul, bot) = (hub.sign_in("aygul").await, hub.sign_in("approval-bot").await);
    let room = aygul.make_room("组", &[bot.account]).await;
    let scopes = [Scope::Read, Scope::Notices];
    let (app, token, secret) = program(&aygul, &bot, &scopes).await;
    let door: Door = hub.door().with_token(secret);
    let program = Client::through(door.clone(), client::Options::default());
    tokio::time::timeout(PATIENCE, program.ready()).await.expect("soon").expect("welcome");

    let notice = new(EntityKind::Notice);
    let people = Target::People { accounts: vec![aygul.account] };
    program.command(notice, todo(people)).await.expect("its scope");
    let spoken = program.command(room, say("x")).await.expect_err("no such scope");
    assert!(spoken.to_string().contains("app.scope_missing"), "{spoken}");
    let grown = IssueToken {
        token: client::ids::next(),
        label: "更多".to_owned(),
        scopes: vec![Scope::Messages],
        hash: "00".repeat(32),
        expires_at: None,
    };
    let grown = program.command(app, AppCommand::from(grown)).await.expect_err("people only");
    assert!(grown.to_string().contains("app.not_for_programs"), "{grown}");
    // Written down where auditors look.
    let audit = aygul.door().events_after(app, 0, 10).await.expect("managers look");
    let types: Vec<&str> = audit.events.iter().map(|event| event.type_name.as_str()).collect();
    for expected in ["app.token_used", "app.scope_missing"] {
        assert!(types.contains(&expected), "{types:?}");
    }
    let text = serde_json::to_string(&audit.events).expect("JSON");
    assert!(!text.contains("7a7a"), "a secret in an event");

    let revoke = AppCommand::from(RevokeToken { token });
    aygul.client.command(app, revoke).await.expect("revoked");
    let over = door.get::<serde_json::Value>("/v1/notices").await.expect_err("revoked");
    assert!(over.to_string().contains("app.no_token"), "{over}");
    let apps: Vec<AppInfo> = aygul.door().get("/v1/apps").await.expect("a list");
    assert!(apps[0].tokens[0].revoked_at.is_some() && apps[0].tokens[0].used_at.is_some());
}
