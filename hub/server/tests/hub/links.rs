//! Cards of links, from outside: read by the hub, in any character set, within its bounds; what
//! may not be reached is refused and on record; a message says what the hub read, not its sender.

use crate::hub::{Folder, Hub, PATIENCE, Person, next};
use crate::machine::{Answer, Machine};
use client::ClientError;
use protocol::{
    EntityKind, StreamId,
    room::{LinkCard, Part, RoomCommand, SendMessage},
};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// "乌鲁木齐办事大厅" as GB18030 has it.
const GB: &[u8] = b"\xce\xda\xc2\xb3\xc4\xbe\xc6\xeb\xb0\xec\xca\xc2\xb4\xf3\xcc\xfc";

/// Pages of all sorts, and how often the first of them was asked for.
async fn pages() -> (Machine, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let machine = Machine::at("127.0.0.1:0", move |request| {
        let count = count.clone();
        async move {
            match request.path.as_str() {
                "/gb" => {
                    count.fetch_add(1, Ordering::Relaxed);
                    let body = [&b"<meta charset=gb2312><title>"[..], GB, b"</title>"].concat();
                    Answer::of("text/html", body)
                }
                "/moved" => Answer::to("/gb"),
                "/away" => Answer::to("http://10.20.0.1/"),
                "/cloud" => Answer::to("http://169.254.169.254/latest/meta-data"),
                "/round" => Answer::to("/round"),
                "/long" => {
                    let body = format!("<title>长</title>{}", " ".repeat(4 << 20));
                    Answer::of("text/html; charset=utf-8", body)
                }
                "/late" => {
                    let body = format!("<!--{}--><title>迟</title>", "x".repeat(1 << 20));
                    Answer::of("text/html; charset=utf-8", body)
                }
                "/file" => Answer::of("application/pdf", "%PDF-1.7"),
                "/slow" => std::future::pending().await,
                _ => Answer::text(404, "<title>404</title>"),
            }
        }
    });
    (machine.await, asked)
}

async fn card(person: &Person, url: &str) -> Result<LinkCard, ClientError> {
    let query =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("url", url).finish();
    person.door().get(&format!("/v1/link?{query}")).await
}

async fn start(folder: &Folder) -> Hub {
    Hub::people(&folder.0, &["aygul", "wangwei"]).await;
    let allow = ["outbound.allow=127.0.0.0/8".to_owned()];
    Hub::start_set(&folder.0, "127.0.0.1:0", &allow).await
}

#[tokio::test]
async fn pages_are_read_within_bounds_and_private_addresses_are_put_on_record() {
    let folder = Folder::new();
    let hub = start(&folder).await;
    let aygul = hub.sign_in("aygul").await;
    let (machine, asked) = pages().await;
    let at = |path: &str| format!("{}{path}", machine.url);

    for path in ["/gb", "/moved"] {
        let card = card(&aygul, &at(path)).await.expect(path);
        assert_eq!((card.url, card.title.as_str()), (at(path), "乌鲁木齐办事大厅"));
    }
    assert_eq!(card(&aygul, &at("/long")).await.expect("cut").title, "长");
    let before = asked.load(Ordering::Relaxed);
    card(&aygul, &at("/gb")).await.expect("kept");
    assert_eq!(asked.load(Ordering::Relaxed), before, "read once, told again");
    for path in ["/late", "/file", "/nowhere", "/round", "/slow"] {
        let error = card(&aygul, &at(path)).await.expect_err(path);
        assert_eq!(error.code(), Some("link.unreadable"), "{path}");
    }
    for url in ["ftp://10.20.0.1/", "http://me:secret@10.20.0.1/", "10.20.0.1", ""] {
        let error = card(&aygul, url).await.expect_err(url);
        assert_eq!(error.code().map(|code| code.starts_with("hub.")), Some(true), "{url}: {error}");
    }

    let own = StreamId::new(EntityKind::Account, aygul.account.0);
    let mut watch = aygul.client.watch(own, 0).await.expect("one's own");
    for (url, host) in [
        ("http://10.20.0.1:8080/admin?key=1".to_owned(), "10.20.0.1:8080".to_owned()),
        ("http://169.254.169.254/latest".to_owned(), "169.254.169.254".to_owned()),
        ("http://[::1]/".to_owned(), "[::1]".to_owned()),
        (at("/away"), machine.url.replace("http://", "")),
        (at("/cloud"), machine.url.replace("http://", "")),
    ] {
        let error = card(&aygul, &url).await.expect_err(&url);
        assert_eq!(error.code(), Some("link.refused"), "{url}");
        let event = loop {
            let event = next(&mut watch).await;
            if event.type_name == "account.link_refused" {
                break event;
            }
        };
        let body = event.body.expect("on record");
        assert_eq!(body, serde_json::json!({ "host": host }), "{url}");
    }

    for n in 0..40 {
        if let Err(error) = card(&aygul, &at(&format!("/nowhere/{n}"))).await
            && error.code() == Some("link.too_many")
        {
            return;
        }
    }
    panic!("nobody may make the hub ask for ever");
}

#[tokio::test]
async fn a_message_says_what_the_hub_has_read_and_not_what_its_sender_claims() {
    let folder = Folder::new();
    let hub = start(&folder).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let (machine, _) = pages().await;
    let room = aygul.make_room("大厅", &[wang.account]).await;
    let mut watch = wang.client.watch(room, 0).await.expect("a member");
    for (url, title) in [
        (format!("{}/gb", machine.url), "乌鲁木齐办事大厅"),
        (format!("{}/nowhere", machine.url), machine.url.trim_start_matches("http://")),
        // A page of one's own network may be pointed at; the hub does not go there.
        ("http://10.20.0.1/internal".to_owned(), "10.20.0.1"),
    ] {
        let claimed = Part::Link {
            url: url.clone(),
            title: "银行登录".to_owned(),
            summary: "请输入密码".to_owned(),
            image: None,
        };
        let send = SendMessage { part: Some(Box::new(claimed)), ..SendMessage::default() };
        aygul.client.command(room, RoomCommand::from(send)).await.expect("sent");
        let sent = async {
            loop {
                let event = next(&mut watch).await;
                if event.type_name == "room.message_sent" {
                    break event.body.expect("not redacted");
                }
            }
        };
        let body = tokio::time::timeout(PATIENCE, sent).await.expect("it arrives");
        let told = serde_json::json!({ "kind": "link", "url": url, "title": title, "summary": "" });
        assert_eq!(body["part"], told);
    }
}
