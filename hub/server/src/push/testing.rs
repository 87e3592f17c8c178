//! What the adapters' own tests share: a service on a port of this machine that answers as it
//! was told and shows what it was asked.

use super::Door;
use crate::outbound;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::push::{Note, Tag};
use kernel::SystemClock;
use protocol::{EntityKind, StreamId};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, mpsc};

/// Made for these tests; opens nothing anywhere.
pub(super) const RSA_KEY: &str = "\
-----BEGIN PRIVATE KEY-----\n\
MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCKTQVeO/38yiIn\n\
jbWDNZncMh5cudqK97wuYHZHpkSJ9g3lmO1mE+oygB7nkRFjzprFvAf/91QGbfsZ\n\
/JyFZlbCYSqNlLUAbjY237hKwqc8/KWBaVIo0HMsSyMYHjDEZ4UmrZzgAYoxYqDx\n\
BRD7lUurEwvogRrkD23e046PKss00PyrR7E4+3UbaDEqAiTK6E8Y8nHTa5XLS8ss\n\
zzslZxYNv7NmgvJouvNcCR7y/kSaXMT+ZasyPd+Q+eMim/Bc6lx8CP9ynN7oFio3\n\
B3WCDhOrYP2TYF6PCv70Lwi2orCiWWqLAxfzvN2AfUZnFp7DXFp8f4U29S+qGJKU\n\
+KqEZ8HnAgMBAAECggEAHHwEkQYWJ8ySAEeFjQKrL9j6u+pjgp/HmF2xvswV7bxJ\n\
3HIE4zNS1xfgRZ1xUXcqFXPGygdsvO5F+3I14pvTXrGYjBSGuxH4BJFLacpxm3QF\n\
uoOwsktMjWDkV4FQVgNkPzUezFxE1CsWLs32U3rKXO/NUhPVMAelf3FfOUl9FOFw\n\
xGaTKUl1/PjgUMH0UTbUN/09WFybl75TLeNYOZ5DiLRwbh71G/en2nStfbba/+QW\n\
tkjQyQocYaIy/pdflVin2a3TGWm/3KLnfwimpeb2L8flr2Sxmxh5OqRQsx2fvCkX\n\
HKQqITmQJ6FlEqioRemFFRgdIG/JQDUVGIF8s/cn4QKBgQC/AhoQ7jeJfga3ynU+\n\
lli4Ol5hFY39PK8k/ON58g9jISfAJz/Vr0/7Yxt6fobrDX5+OCBKrh7MdygSHILs\n\
QaoRyIih51UWSmqEdTfsdHPvMBo5KjQIfFTVUWph++DdweMcFgK0nrJ3qOwszlyO\n\
icxZhoBBLPRQHI2fxb8wuyrnTwKBgQC5W89zTs/rpP0VM/ZAsBULE4DPDUHZkKlq\n\
IzQzqOIW2v5rcQo6v5/F0yNuKt9YNWCiwFzWG0yt54LoL1w6OJsKDznfs5+b4yWE\n\
3yEEsxEhz/AkRv1bpyyUKhQhX3zZGgbNMQEEqqhusgXqclhfObfZ14PyNdXAQm6W\n\
weZE2BJV6QKBgHqdCMqRgQk742gcCQNyU+V/YpKD2bAUQoJF7GidoI8L+454I5wy\n\
e+9uAXeyvT0qXmb79I68E31BiHGH5+ttg5UC2+LCs3YpsxLwhEO/xaRnho3nr5s6\n\
5OJC7z2TCRiRnA6tenMj5IC36VQh7Hx7rLhThQVRrEu46JkFweOwYqw1AoGAaZVd\n\
lu4Wy8DglLpTlEd4xSVn4wlHMDoR9q505tRVbPVzpRnv3MUYqqP5c6CiNmm5URvI\n\
BgHo7MqKK94GZ/ekgNdpfP6hdTevQH+lHDswEBWVUeTKHvIcF43ch6IPyM7lfu5i\n\
CRl49g0cB474vc1v53u24jo+NtTgj6mFlEOMNjkCgYEAoRSwjKpfGPz7TfVLTvaV\n\
1XWxZapfSx7v9pAfe7vqoGq15CPeTGMH17b+nDiw85IXZMuFPqwiLPvtK6636omi\n\
WjTx0Y9ph6sqvJHWLYXOqH5XqDYiW3dTaPSKBf98zcIm8GZtsWc+q3sev0HB2yuP\n\
lLNwJCsBkXi2x43mwnQp5fU=\n\
-----END PRIVATE KEY-----\n\
";

pub(super) fn door() -> Door {
    let allow = vec!["127.0.0.0/8".parse().expect("a network")];
    let web = outbound::client(allow).expect("built");
    Door { web, clock: Arc::new(SystemClock) }
}

/// One of a room.
pub(super) fn note() -> Note {
    note_of(EntityKind::Room)
}

/// A message that stays until it is acknowledged.
pub(super) fn urgent() -> Note {
    let note = note();
    Note { urgent: true, tag: Tag { urgent: Some(12), ..note.tag }, ..note }
}

pub(super) fn note_of(kind: EntityKind) -> Note {
    let stream = StreamId::new(kind, uuid::Uuid::from_u128(7));
    Note {
        title: "综合窗口".into(),
        body: "您好".into(),
        shows_text: true,
        tag: Tag { stream, urgent: None },
        unread: 3,
        urgent: false,
    }
}

/// An answer; `status` may bring headers with it.
pub(super) fn answer(status: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
}

pub(super) struct Asked {
    pub line: String,
    headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

impl Asked {
    pub(super) fn header(&self, name: &str) -> String {
        self.headers.get(name).cloned().unwrap_or_default()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    pub(super) fn form(&self) -> HashMap<String, String> {
        url::form_urlencoded::parse(&self.body).into_owned().collect()
    }
}

/// The head and the claims of a token, with or without the scheme before it.
pub(super) fn claims(token: &str) -> (Value, Value) {
    let token = token.rsplit(' ').next().expect("some text");
    let mut parts = token.split('.').map(|part| BASE64_URL_SAFE_NO_PAD.decode(part));
    let mut next = || {
        let part = parts.next().expect("three parts").expect("base64url");
        serde_json::from_slice(&part).expect("JSON")
    };
    (next(), next())
}

pub(super) struct Service {
    pub url: String,
    asked: Mutex<mpsc::UnboundedReceiver<Asked>>,
}

impl Service {
    /// Answers one request after the other, each by its turn.
    pub(super) async fn start(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let (tell, asked) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            for answer in answers {
                let (mut socket, _) = listener.accept().await.expect("a client");
                let asked = read(&mut socket).await;
                socket.write_all(answer.as_bytes()).await.expect("taken");
                drop(tell.send(asked));
            }
        });
        Self { url, asked: Mutex::new(asked) }
    }

    pub(super) async fn asked(&self) -> Asked {
        self.asked.lock().await.recv().await.expect("a request")
    }
}

async fn read(socket: &mut TcpStream) -> Asked {
    let mut bytes = Vec::new();
    loop {
        let mut more = [0; 4096];
        let count = socket.read(&mut more).await.expect("readable");
        assert!(count > 0, "the request broke off");
        bytes.extend_from_slice(&more[..count]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.lines();
        let line = lines.next().unwrap_or_default().trim_end_matches(" HTTP/1.1").to_owned();
        let headers: HashMap<String, String> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
            .collect();
        let length = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        let body = bytes[end + 4..].to_vec();
        if body.len() >= length {
            return Asked { line, headers, body };
        }
    }
}
