//! Searching from outside: what was just said is found, by those who may see it and nobody
//! else, until it is taken back; after a restart, a kill and a rebuild as before.

use crate::hub::{Folder, Hub, PATIENCE, Person, run};
use crate::{apps, notices, tasks};
use client::Search;
use protocol::{
    EntityKind, RoomId, Seq, StreamId,
    app::ChangeApp,
    drive::{CreateFolder, CreateSpace, RemoveNode, SpaceCommand, SpaceMember, SpaceRole},
    notice::{NoticeCommand, Target, WithdrawNotice},
    room::{
        AddMembers, CreateDesk, LeaveRoom, OpenService, RecallMessage, RoomCommand, SendMessage,
    },
    search::{SearchAnswer, SearchKind},
    task::{ReleaseTask, TaskCommand},
};

async fn search(person: &Person, text: &str) -> SearchAnswer {
    person.door().search(&Search::of(text)).await.expect("answered")
}

async fn seqs(person: &Person, text: &str) -> Vec<Seq> {
    search(person, text).await.hits.iter().map(|hit| hit.seq).collect()
}

/// Asks again until the answer is this.
async fn until(person: &Person, text: &str, wanted: &[Seq]) {
    let asked = async { while seqs(person, text).await != wanted {} };
    let found = tokio::time::timeout(PATIENCE, asked).await;
    assert!(found.is_ok(), "{text} is not {wanted:?}: {:?}", seqs(person, text).await);
}

/// Asks again until some part of the answer is this: the index follows within a second.
async fn until_found<T: PartialEq + std::fmt::Debug>(
    person: &Person,
    text: &str,
    part: impl Fn(&SearchAnswer) -> Vec<T>,
    wanted: &[T],
) {
    let asked = async { while part(&search(person, text).await) != wanted {} };
    let found = tokio::time::timeout(PATIENCE, asked).await;
    assert!(found.is_ok(), "{text} is not {wanted:?}: {:?}", part(&search(person, text).await));
}

fn tasks_of(answer: &SearchAnswer) -> Vec<StreamId> {
    answer.tasks.iter().map(|one| one.task).collect()
}

fn notices_of(answer: &SearchAnswer) -> Vec<StreamId> {
    answer.notices.iter().map(|one| one.notice).collect()
}

fn nodes_of(answer: &SearchAnswer) -> Vec<Seq> {
    answer.files.iter().map(|one| one.node).collect()
}

async fn whisper(person: &Person, room: StreamId, text: &str, to: &Person) -> Seq {
    let command = SendMessage {
        text: text.to_owned(),
        visible_to: vec![to.account],
        ..SendMessage::default()
    };
    let sent = person.client.command(room, RoomCommand::from(command)).await;
    sent.expect("a member may whisper").seq
}

#[tokio::test]
async fn what_is_said_is_found_by_those_who_may_see_it() {
    let folder = Folder::new();
    let mut hub = Hub::with(&folder.0, &["admin", "anna", "bela", "cili"]).await;
    let (anna, bela) = (hub.sign_in("anna").await, hub.sign_in("bela").await);
    let cili = hub.sign_in("cili").await;
    let room = anna.make_room("值班群", &[bela.account, cili.account]).await;
    let other = anna.make_room("别的群", &[bela.account]).await;

    let said = anna.say(room, "请带社保卡到三号窗口办理补贴申请").await;
    until(&bela, "社保卡", &[said]).await;
    let answer = search(&cili, "申请补贴").await;
    assert_eq!(answer.hits.len(), 1, "the words in another order");
    assert_eq!((answer.hits[0].stream, answer.hits[0].by), (room, Some(anna.account)));
    assert!(answer.hits[0].snippet.iter().any(|piece| piece.mark && piece.text == "补贴申请"));
    assert_eq!(answer.places[0].name, "值班群");
    assert_eq!(answer.authors[0].username, "anna");
    assert!(search(&cili, "zbq").await.rooms.iter().any(|found| found.stream == room));
    assert!(search(&cili, "bela").await.people.iter().any(|card| card.account == bela.account));

    let apart = anna.say(other, "社保卡在别处").await;
    until(&bela, "别处", &[apart]).await;
    assert!(seqs(&cili, "别处").await.is_empty(), "a member of the other room only");
    let restricted = Search { room: Some(RoomId(other.id)), ..Search::of("社保卡") };
    let refused = cili.door().search(&restricted).await.expect_err("no member");
    assert!(refused.to_string().contains("search.not_member"), "{refused}");

    let secret = whisper(&anna, room, "悄悄话：低保名单", &bela).await;
    until(&bela, "低保", &[secret]).await;
    assert_eq!(seqs(&anna, "低保").await, [secret], "its sender");
    assert!(seqs(&cili, "低保").await.is_empty());

    hub.kill_and_restart().await;
    until(&bela, "低保", &[secret]).await;
    let recall = RoomCommand::from(RecallMessage { seq: said });
    anna.client.command(room, recall).await.expect("its sender may");
    assert!(seqs(&bela, "补贴").await.is_empty(), "gone at once: a hit is read from the journal");
    let last = anna.say(room, "补贴 最后一条").await;
    until(&bela, "补贴", &[last]).await;

    assert_eq!(hub.stop().await, Some(0));
    let rebuilt = run(&folder.0, &["rebuild"], "").await;
    assert!(rebuilt.status.success(), "{}", String::from_utf8_lossy(&rebuilt.stderr));
    let hub = Hub::start(&folder.0, "127.0.0.1:0").await;
    let (bela, cili) = (hub.sign_in("bela").await, hub.sign_in("cili").await);
    assert_eq!(seqs(&bela, "补贴").await, [last], "found before anything new is fed");
    assert!(seqs(&cili, "低保").await.is_empty());
    let only_files = Search { kinds: vec![SearchKind::File], ..Search::of("补贴") };
    assert!(bela.door().search(&only_files).await.expect("answered").hits.is_empty());
    let (_, metrics) = hub.get("/metrics").await;
    assert!(metrics.contains("hub_search_lag_events 0"), "{metrics}");
}

#[tokio::test]
async fn tasks_files_and_applications_are_found_by_those_whose_they_are() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["admin", "anna", "bela", "bot"]).await;
    let (admin, anna) = (hub.sign_in("admin").await, hub.sign_in("anna").await);
    let (bela, bot) = (hub.sign_in("bela").await, hub.sign_in("bot").await);

    let task = StreamId::new(EntityKind::Task, client::ids::next());
    let create = TaskCommand::from(tasks::create("核对低保清单", &[bela.account]));
    anna.client.command(task, create).await.expect("made");
    for (person, typed) in [(&anna, "低保清单"), (&bela, "hddb"), (&bela, "dibao")] {
        until_found(person, typed, tasks_of, &[task]).await;
    }
    assert!(search(&admin, "低保清单").await.tasks.is_empty(), "no part in it");
    let release = TaskCommand::from(ReleaseTask { account: bela.account });
    anna.client.command(task, release).await.expect("its owner");
    assert!(search(&bela, "低保清单").await.tasks.is_empty(), "no part any more");

    let space = StreamId::new(EntityKind::Space, client::ids::next());
    let member = SpaceMember { account: bela.account, role: SpaceRole::Reader };
    let made = CreateSpace { name: "业务资料".to_owned(), members: vec![member] };
    let ask =
        async |command: SpaceCommand| anna.client.command(space, command).await.expect("hers");
    ask(made.into()).await;
    let outer = ask(CreateFolder { parent: 0, name: "二零二六".to_owned() }.into()).await.seq;
    let inner = CreateFolder { parent: outer, name: "合同模板".to_owned() };
    let inner = ask(inner.into()).await.seq;
    until_found(&bela, "hetong", nodes_of, &[inner]).await;
    let found = search(&bela, "hetong").await.files;
    assert_eq!((found.len(), found[0].node, found[0].place.as_str()), (1, inner, "业务资料"));
    assert_eq!(found[0].path.iter().map(|step| step.node).collect::<Vec<_>>(), [outer]);
    assert!(search(&admin, "合同").await.files.is_empty(), "no member");
    ask(RemoveNode { node: outer }.into()).await;
    assert!(search(&bela, "合同").await.files.is_empty(), "in the bin with its folder");

    let app = apps::register(&admin, "排班系统", bot.account).await;
    let target = Target::People { accounts: vec![anna.account] };
    let change = ChangeApp { target: Some(target), shown: Some(true), ..Default::default() };
    apps::change(&admin, app, change).await;
    let found = search(&anna, "paiban").await.apps;
    assert_eq!(found.iter().map(|one| one.app).collect::<Vec<_>>(), [app]);
    assert!(search(&bela, "排班").await.apps.is_empty(), "not for her");
    let only = Search { kinds: vec![SearchKind::Task], ..Search::of("排班") };
    assert!(anna.door().search(&only).await.expect("answered").apps.is_empty());
}

#[tokio::test]
async fn a_notice_is_found_by_whom_it_was_sent_to_until_it_is_withdrawn() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei", "gulnar"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let gulnar = hub.sign_in("gulnar").await;
    let to = Target::People { accounts: vec![wang.account] };
    let notice = notices::send(&aygul, to).await;
    for (person, received) in [(&wang, true), (&aygul, false)] {
        until_found(person, "buchong 材料", notices_of, &[]).await;
        until_found(person, "bjcl", notices_of, &[notice]).await;
        let found = search(person, "补交").await.notices;
        assert_eq!((found[0].title.as_str(), found[0].received), ("补交材料", received));
    }
    assert!(search(&gulnar, "补交材料").await.notices.is_empty(), "not for her");
    let withdraw = NoticeCommand::from(WithdrawNotice {});
    aygul.client.command(notice, withdraw).await.expect("its sender");
    assert!(search(&wang, "补交材料").await.notices.is_empty(), "gone at once");
}

#[tokio::test]
async fn an_agent_who_came_later_finds_earlier_notes_and_answers_them() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei", "asker", "gulnar"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let (asker, gulnar) = (hub.sign_in("asker").await, hub.sign_in("gulnar").await);
    let desk = StreamId::new(EntityKind::Room, client::ids::next());
    let create = CreateDesk { name: "医保咨询".to_owned(), members: vec![wang.account] };
    aygul.client.command(desk, RoomCommand::from(create)).await.expect("a manager may");
    let open = RoomCommand::from(OpenService { service: RoomId(desk.id) });
    let thread = asker.client.command(None, open).await.expect("anybody may ask").stream;
    let asked = asker.say(thread, "异地就医怎么备案").await;
    let noted = whisper(&wang, thread, "昨天来过窗口，材料不全", &aygul).await;
    until(&wang, "异地就医", &[asked]).await;
    until(&aygul, "材料不全", &[noted]).await;
    assert!(seqs(&gulnar, "异地就医").await.is_empty(), "no agent yet");
    assert!(seqs(&asker, "材料不全").await.is_empty(), "a note among agents");

    let add = RoomCommand::from(AddMembers { accounts: vec![gulnar.account] });
    aygul.client.command(desk, add).await.expect("the owner may");
    assert_eq!(seqs(&gulnar, "材料不全").await, [noted], "written before she came");
    let here = Search { room: Some(RoomId(thread.id)), ..Search::of("异地就医") };
    let answer = gulnar.door().search(&here).await.expect("an agent may");
    assert_eq!((answer.hits.len(), answer.places[0].name.as_str()), (1, "医保咨询"));
    let quote = SendMessage {
        text: "我来跟进".to_owned(),
        visible_to: vec![wang.account],
        reply_to: Some(noted),
        ..SendMessage::default()
    };
    let quoted = gulnar.client.command(thread, RoomCommand::from(quote)).await;
    quoted.expect("an agent quotes what an agent reads");
    assert!(seqs(&asker, "我来跟进").await.is_empty());
    let leave = RoomCommand::from(LeaveRoom {});
    gulnar.client.command(desk, leave).await.expect("may leave");
    assert!(seqs(&gulnar, "材料不全").await.is_empty(), "no agent any more");
}
