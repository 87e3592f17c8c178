//! Micro-mail from outside: to whom it goes, what is opened and what is not, drafts, answers,
//! boxes over all conversations, and what is taken back.

use crate::hub::{Folder, Hub, Person, next};
use protocol::{
    AccountId, RoomId, Seq, StreamId,
    account::{AccountCommand, DropMailDraft, HideMessage, ReadMails, SetMailDraft},
    mail::{MailDraft, MailPage},
    room::{MarkRead, Part, RecallMessage, RoomCommand, SendMessage},
};
use uuid::Uuid;

async fn boxed(who: &Person, query: &str) -> MailPage {
    who.door().get(&format!("/v1/mails?{query}")).await.expect("a box")
}

async fn seqs(who: &Person, query: &str) -> Vec<Seq> {
    boxed(who, query).await.mails.iter().map(|mail| mail.event.seq).collect()
}

async fn mail(
    who: &Person,
    room: StreamId,
    subject: &str,
    to: &[AccountId],
    answers: Option<Seq>,
) -> Seq {
    let (subject, to) = (subject.to_owned(), to.to_vec());
    let part = Part::Mail { subject, attachments: vec![], to, answers };
    let text = "请查收".to_owned();
    let command = SendMessage { text, part: Some(Box::new(part)), ..SendMessage::default() };
    who.client.command(room, RoomCommand::from(command)).await.expect("a member may").seq
}

async fn own(who: &Person, command: impl Into<AccountCommand>) {
    let command: AccountCommand = command.into();
    who.client.command(StreamId::from(who.account), command).await.expect("the owner may");
}

/// The account hears of its room by an order that is on its way.
async fn joined(who: &Person, room: StreamId) {
    let mut watch = who.client.watch(StreamId::from(who.account), 0).await.expect("connected");
    loop {
        let event = next(&mut watch).await;
        let stream =
            event.body.as_ref().and_then(|body| body["stream"].as_str().map(str::to_owned));
        if event.type_name == "account.stream_joined" && stream == Some(room.to_string()) {
            return;
        }
    }
}

#[tokio::test]
async fn a_mail_is_for_whom_it_names_and_read_when_it_is_opened() {
    let folder = Folder::new();
    let mut hub = Hub::with(&folder.0, &["aygul", "wangwei", "batur"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let batur = hub.sign_in("batur").await;
    let room = aygul.make_room("窗口组", &[wang.account, batur.account]).await;
    let other = aygul.make_room("值班群", &[wang.account]).await;
    joined(&wang, room).await;
    joined(&wang, other).await;

    let all = mail(&aygul, room, "会议纪要", &[], None).await;
    let one = mail(&aygul, room, "单独说明", &[wang.account], None).await;
    let apart = mail(&aygul, other, "值班安排", &[wang.account], None).await;
    aygul.say(room, "会议纪要已发").await;

    assert_eq!(seqs(&wang, "box=received").await, [apart, one, all]);
    assert_eq!(seqs(&batur, "box=received").await, [all], "not to him");
    assert_eq!(seqs(&aygul, "box=sent").await, [apart, one, all]);
    assert!(seqs(&aygul, "box=received").await.is_empty());
    assert_eq!(seqs(&wang, &format!("room={}", other.id)).await, [apart]);
    assert_eq!(seqs(&wang, "q=hyjy").await, [all], "by the initials of its subject");
    let first = boxed(&wang, "limit=2").await;
    let next = first.next.expect("one more");
    assert_eq!(seqs(&wang, &format!("limit=2&cursor={next}")).await, [all]);
    assert!(first.places.iter().any(|place| place.name == "值班群"));

    // The chat was opened; the mails were not.
    let read = RoomCommand::from(MarkRead { seq: one });
    wang.client.command(room, read).await.expect("a member may");
    assert_eq!(boxed(&wang, "box=unread").await.unread, 3);
    let here = Some(RoomId(room.id));
    own(&wang, ReadMails { room: here, seqs: vec![one], until: None }).await;
    assert_eq!(seqs(&wang, "box=unread").await, [apart, all]);
    let answer = mail(&wang, room, "回复：单独说明", &[aygul.account], Some(one)).await;
    assert_eq!(seqs(&aygul, "box=unread").await, [answer]);

    let latest = boxed(&wang, "").await.latest;
    own(&wang, ReadMails { until: latest, ..ReadMails::default() }).await;
    assert_eq!(boxed(&wang, "box=unread").await.unread, 0);
    let later = mail(&aygul, room, "补充", &[], None).await;
    assert_eq!(seqs(&wang, "box=unread").await, [later], "what came after is not read");

    own(&wang, HideMessage { room: RoomId(other.id), seq: apart }).await;
    aygul
        .client
        .command(room, RoomCommand::from(RecallMessage { seq: all }))
        .await
        .expect("its sender may");
    for _ in 0..2 {
        assert_eq!(seqs(&wang, "box=received").await, [later, one]);
        assert_eq!(seqs(&batur, "box=unread").await, [later]);
        hub.kill_and_restart().await;
    }
    assert_eq!(hub.stop().await, Some(0));
    let rebuilt = crate::hub::run(&folder.0, &["rebuild"], "").await;
    assert!(rebuilt.status.success(), "{}", String::from_utf8_lossy(&rebuilt.stderr));
    let hub = Hub::start(&folder.0, "127.0.0.1:0").await;
    let wang = hub.sign_in("wangwei").await;
    assert_eq!(seqs(&wang, "box=received").await, [later, one]);
    assert_eq!(seqs(&wang, "box=unread").await, [later]);
    assert_eq!(hub.stop().await, Some(0));
}

#[tokio::test]
async fn a_draft_is_there_until_it_is_sent_and_its_text_is_gone_with_it() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let room = aygul.make_room("窗口组", &[wang.account]).await;
    joined(&aygul, room).await;
    let draft = Uuid::from_u128(7);
    for text in ["请各", "请各位查收"] {
        let mail = MailDraft {
            room: RoomId(room.id),
            subject: "纪要".to_owned(),
            text: text.to_owned(),
            to: vec![wang.account],
            attachments: vec![],
            answers: None,
        };
        own(&aygul, SetMailDraft { draft, mail }).await;
    }
    let page = boxed(&aygul, "box=drafts").await;
    assert_eq!(page.drafts.len(), 1);
    assert_eq!(page.drafts[0].mail.text, "请各位查收");
    assert!(boxed(&wang, "box=drafts").await.drafts.is_empty());
    own(&aygul, DropMailDraft { draft }).await;
    assert!(boxed(&aygul, "box=drafts").await.drafts.is_empty());
    let stream = StreamId::from(aygul.account);
    let events: serde_json::Value = aygul
        .door()
        .get(&format!("/v1/streams/{stream}/events?limit=50"))
        .await
        .expect("the own stream");
    assert!(!events.to_string().contains("请各"), "{events}");
    assert_eq!(hub.stop().await, Some(0));
}
