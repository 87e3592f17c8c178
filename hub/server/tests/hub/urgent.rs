//! An urgent message that nobody acknowledges is shown again and goes on by mail, to a server
//! that speaks SMTP.

use crate::hub::{Folder, Hub, PATIENCE, next};
use protocol::StreamId;
use protocol::account::{AccountCommand, SetMail};
use protocol::room::{AcknowledgeMessage, RoomCommand, SendMessage};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// Takes mails as RFC 5321 has it and passes them on: envelope and content.
async fn take_mails(listener: TcpListener, taken: mpsc::UnboundedSender<(String, String)>) {
    while let Ok((stream, _)) = listener.accept().await {
        if let Some(mail) = take_mail(stream).await {
            // A test that has seen enough has let go.
            let _ = taken.send(mail);
        }
    }
}

async fn take_mail(stream: TcpStream) -> Option<(String, String)> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    let (mut envelope, mut content) = (String::new(), String::new());
    writer.write_all(b"220 mail.test ESMTP\r\n").await.ok()?;
    while let Some(line) = lines.next_line().await.ok()? {
        let word = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        let answer = match word.as_str() {
            "EHLO" => "250-mail.test\r\n250 8BITMIME\r\n",
            "MAIL" | "RCPT" => {
                envelope.push_str(&line);
                envelope.push('\n');
                "250 OK\r\n"
            }
            "DATA" => {
                writer.write_all(b"354 go on\r\n").await.ok()?;
                while let Some(line) = lines.next_line().await.ok()? {
                    if line == "." {
                        break;
                    }
                    content.push_str(&line);
                    content.push('\n');
                }
                "250 taken\r\n"
            }
            "QUIT" => {
                writer.write_all(b"221 bye\r\n").await.ok()?;
                break;
            }
            _ => "502 what?\r\n",
        };
        writer.write_all(answer.as_bytes()).await.ok()?;
    }
    Some((envelope, content))
}

#[tokio::test]
async fn an_urgent_message_is_repeated_mailed_and_acknowledged() {
    let folder = Folder::new();
    Hub::people(&folder.0, &["aygul", "wangwei", "reyhan"]).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let server = listener.local_addr().expect("bound");
    let settings = [
        format!("mail.server={server}"),
        "mail.tls=none".to_owned(),
        "mail.from=hub@hall.example.cn".to_owned(),
        "rooms.urgent_repeat_seconds=1".to_owned(),
        "rooms.urgent_mail_after=1".to_owned(),
        "rooms.urgent_times_max=50".to_owned(),
    ];
    let hub = Hub::start_set(&folder.0, "127.0.0.1:0", &settings).await;
    let (taken, mut mails) = mpsc::unbounded_channel();
    let serving = tokio::spawn(take_mails(listener, taken));
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let reyhan = hub.sign_in("reyhan").await;
    let address = SetMail { address: Some("wangwei@hall.example.cn".to_owned()) };
    let own = StreamId::from(wang.account);
    wang.client.command(own, AccountCommand::from(address)).await.expect("one's own");
    let room = aygul.make_room("应急", &[wang.account, reyhan.account]).await;
    let say = SendMessage {
        text: "一号楼停电，请疏散群众".to_owned(),
        urgent: true,
        ..SendMessage::default()
    };
    let seq = aygul.client.command(room, RoomCommand::from(say)).await.expect("sent").seq;
    let done = || RoomCommand::from(AcknowledgeMessage { seq });
    reyhan.client.command(room, done()).await.expect("acknowledged");

    let (envelope, content) =
        tokio::time::timeout(PATIENCE, mails.recv()).await.expect("a mail").expect("serving");
    assert!(envelope.contains("FROM:<hub@hall.example.cn>"), "{envelope}");
    assert!(envelope.contains("TO:<wangwei@hall.example.cn>"), "{envelope}");
    assert!(!envelope.contains("reyhan"), "who has acknowledged is left alone");
    assert!(content.contains("Subject: =?utf-8?"), "{content}");

    let mut watch = wang.client.watch(own, 0).await.expect("connected");
    while next(&mut watch).await.type_name != "account.mail_sent" {}
    let mut talk = wang.client.watch(room, seq).await.expect("connected");
    loop {
        let event = next(&mut talk).await;
        if event.type_name == "room.urgent_repeated" {
            let body = event.body.expect("a body");
            assert_eq!(body["waiting"], serde_json::json!([wang.account]));
            break;
        }
    }
    wang.client.command(room, done()).await.expect("acknowledged");
    while next(&mut talk).await.by != Some(wang.account) {}
    serving.abort();
    assert_eq!(hub.stop().await, Some(0));
}
