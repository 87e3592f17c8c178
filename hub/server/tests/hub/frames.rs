//! Bad frames: a typed error that names the field, the connection kept, nothing stored.

use crate::hub::{Folder, Hub, PATIENCE, Person};
use futures_util::{SinkExt, StreamExt};
use protocol::{ErrorKind, SUBPROTOCOL, ServerFrame};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

type Raw = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A socket without the client's manners.
async fn raw(person: &Person) -> Raw {
    let mut request = person.door().socket_url().into_client_request().expect("a good address");
    let bearer = format!("Bearer {}", person.token.0);
    request.headers_mut().insert("Authorization", bearer.parse().expect("ASCII"));
    request.headers_mut().insert("Sec-WebSocket-Protocol", SUBPROTOCOL.parse().expect("ASCII"));
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.expect("it opens");
    assert!(matches!(answer(&mut socket).await, ServerFrame::Welcome { .. }));
    socket
}

async fn answer(socket: &mut Raw) -> ServerFrame {
    loop {
        let message = tokio::time::timeout(PATIENCE, socket.next()).await.expect("an answer");
        match message.expect("open").expect("open") {
            Message::Text(text) => return serde_json::from_str(&text).expect("a frame"),
            Message::Close(frame) => panic!("the connection was closed: {frame:?}"),
            _ => {}
        }
    }
}

async fn ask(socket: &mut Raw, text: &str) -> ServerFrame {
    socket.send(Message::text(text)).await.expect("open");
    answer(socket).await
}

#[tokio::test]
async fn each_bad_frame_is_told_its_field_and_the_connection_stays() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei"]).await;
    let aygul = hub.sign_in("aygul").await;
    let room = aygul.make_room("值班", &[]).await;
    let mut socket = raw(&aygul).await;
    let id = client::ids::command();
    let command = |rest: &str| format!(r#"{{"t":"command","id":"{id}",{rest}}}"#);
    let message = |body: &str| {
        command(&format!(r#""stream":"{room}","type":"room.send_message","body":{body}"#))
    };
    let long = "字".repeat(protocol::limits::MESSAGE_CHARS_MAX + 1);
    let cases = [
        ("not json".to_owned(), "hub.malformed", None),
        ("[]".to_owned(), "hub.malformed", None),
        (r#"{"t":"dance"}"#.to_owned(), "hub.unknown_type", Some("t")),
        (r#"{"t":"watch"}"#.to_owned(), "hub.invalid", Some("streams")),
        (
            r#"{"t":"watch","streams":[{"stream":"room:x","from":0}]}"#.to_owned(),
            "hub.invalid",
            Some("streams"),
        ),
        (r#"{"t":"ping","extra":1}"#.to_owned(), "hub.malformed", Some("extra")),
        (command(r#""type":"room.explode","body":{}"#), "hub.unknown_type", Some("type")),
        (message(r#"{"txt":"x"}"#), "hub.invalid", Some("txt")),
        (message("{}"), "hub.invalid", Some("text")),
        (message(&format!(r#"{{"text":"{long}"}}"#)), "", Some("text")),
        (message(r#"{"text":""}"#), "", Some("text")),
    ];
    for (frame, code, field) in cases {
        let shown: String = frame.chars().take(120).collect();
        let ServerFrame::Error { error, .. } = ask(&mut socket, &frame).await else {
            panic!("no error for {shown}");
        };
        if !code.is_empty() {
            assert_eq!(error.code, code, "{shown}");
        }
        if let Some(field) = field {
            assert_eq!(error.field.as_deref(), Some(field), "{shown}: {error}");
        }
        assert_eq!(ask(&mut socket, r#"{"t":"ping"}"#).await, ServerFrame::Pong {}, "{shown}");
    }
    // The room holds what it held before.
    let page = aygul.door().events_after(room, 0, 10).await.expect("a member may read");
    assert_eq!(page.head, 1);
}

#[tokio::test]
async fn a_stranger_may_neither_watch_nor_write_nor_read() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let room = aygul.make_room("私", &[]).await;
    let mut watch = wang.client.watch(room, 0).await.expect("connected");
    assert_eq!(tokio::time::timeout(PATIENCE, watch.next()).await.expect("refused"), None);
    let refusal = watch.refusal().expect("with a reason");
    assert!(matches!(refusal.kind, ErrorKind::Forbidden | ErrorKind::NotFound), "{refusal}");
    assert!(wang.client.command(room, crate::hub::say("x")).await.is_err());
    assert!(wang.door().events_after(room, 0, 10).await.is_err());
    let strangers = client::Door::new(&hub.url).expect("good").events_after(room, 0, 10).await;
    assert!(strangers.is_err(), "nobody is signed in");
}
