//! Tests of the whole edge: a real hub on a real store behind a real socket, spoken to in raw
//! bytes so that nothing on the client's side forgives a mistake.

mod edge;

use crate::GatewayConfig;
use actors::{Hub, Parts, Request};
use domain::{Policy, Who};
use kernel::{Clock, IdSource, ManualClock, SystemClock, SystemIds};
use persistence::StoreOptions;
use protocol::{
    AccountId, AnyCommand, CommandId, Role, StreamId, TraceId, UnitId,
    account::{AccountCommand, CreateAccount, Names, Secret},
    unit::{CreateUnit, UnitCommand, UnitKind},
};
use serde_json::{Value, json};
use std::{net::SocketAddr, sync::Arc};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const PASSWORD: &str = "Hetian-2026-hall";

struct Scene {
    address: SocketAddr,
    hub: Hub,
    directory: std::path::PathBuf,
}

impl Drop for Scene {
    fn drop(&mut self) {
        // A directory that stays behind harms nobody.
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

impl Scene {
    async fn start() -> Self {
        Self::start_at(Arc::new(SystemClock)).await
    }

    async fn start_at(clock: Arc<dyn Clock>) -> Self {
        Self::start_with(clock, |_| {}).await
    }

    async fn start_with(clock: Arc<dyn Clock>, set: impl FnOnce(&mut GatewayConfig)) -> Self {
        let directory = std::env::temp_dir().join(format!("hub-gateway-{}", SystemIds.next()));
        let options = StoreOptions { path: directory.join("hub.db"), readers: 2 };
        let (journal, queries) = persistence::open(&options).await.expect("store");
        let hub = Hub::start(Parts {
            journal: Arc::new(journal),
            queries,
            clock,
            ids: Arc::new(SystemIds),
            policy: Policy::default(),
            arbiters: 1,
            argon2_memory_kib: 1_024,
            mailer: None,
            web: None,
            pusher: None,
            media: Vec::new(),
        });
        let files = persistence::BlobOptions {
            folder: directory.join("drive"),
            key: directory.join("drive.key"),
            file_bytes_max: 1 << 30,
            account_bytes_max: 1 << 30,
        };
        let (clock, ids) = (hub.clock().clone(), hub.ids().clone());
        let blobs = persistence::Blobs::open(files, None, hub.queries(), clock, ids);
        let blobs = blobs.await.expect("a folder for files");
        let listener = crate::listen("127.0.0.1:0".parse().expect("address")).expect("free");
        let address = listener.local_addr().expect("bound");
        let mut config = GatewayConfig {
            origins: Vec::new(),
            public_url: None,
            workers: 1,
            demo: false,
            build: "test".to_owned(),
            commands_per_second: 100,
            commands_burst: 100,
            sign_ins_per_minute: 60,
            connections_per_address: 0,
            trusted_proxies: Vec::new(),
            forwarded_header: crate::ForwardedHeader::default(),
            metrics_networks: vec!["127.0.0.1".parse().expect("a network")],
            metrics_token: None,
            outbox_bytes_max: 1 << 20,
            secure_cookie: false,
        };
        set(&mut config);
        let server =
            crate::serve(config, vec![listener], None, hub.clone(), blobs).expect("listening");
        tokio::task::spawn_local(server);
        let scene = Self { address, hub, directory };
        scene.people(&["aygul", "wangfang"]).await;
        scene
    }

    async fn people(&self, names: &[&str]) {
        let unit = UnitId(SystemIds.next());
        let create = CreateUnit {
            kind: UnitKind::Region,
            names: Names { zh: "自治区".to_owned(), ..Names::default() },
            parent: None,
            rank: 0,
        };
        let stream = StreamId::new(protocol::EntityKind::Unit, unit.0);
        self.submit(stream, AnyCommand::Unit(UnitCommand::CreateUnit(create))).await;
        for name in names {
            let create = CreateAccount {
                username: (*name).to_owned(),
                names: Names { zh: "古丽".to_owned(), ..Names::default() },
                unit,
                post: String::new(),
                phone: None,
                password: Secret(PASSWORD.to_owned()),
                roles: vec![Role::CounterStaff],
            };
            let account = AccountId(SystemIds.next());
            let command = AnyCommand::Account(AccountCommand::CreateAccount(create));
            self.submit(account.into(), command).await;
        }
    }

    async fn submit(&self, stream: StreamId, command: AnyCommand) {
        let (id, trace) = (CommandId(SystemIds.next()), TraceId(SystemIds.next()));
        let request = Request { id, stream: Some(stream), command, trace };
        self.hub.submit(&Who::hub(), request).await.expect("set up");
    }

    /// One request over its own connection: status and JSON body.
    async fn http(&self, head: &str, headers: &str, body: &str) -> (u16, Value) {
        let (status, _, body) = self.exchange(head, headers, body).await;
        (status, body)
    }

    /// The same with the head of the answer, in lower case.
    async fn exchange(&self, head: &str, headers: &str, body: &str) -> (u16, String, Value) {
        let mut stream = TcpStream::connect(self.address).await.expect("connected");
        let request = format!(
            "{head} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        stream.write_all(request.as_bytes()).await.expect("written");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("read");
        let answer = String::from_utf8(answer).expect("text");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
        (status, head.to_lowercase(), serde_json::from_str(body).unwrap_or_default())
    }

    async fn sign_in(&self, name: &str) -> (String, Value) {
        let body = json!({ "username": name, "password": PASSWORD }).to_string();
        let (status, answer) = self.http("POST /v1/sign-in", "", &body).await;
        assert_eq!(status, 200, "{answer}");
        (answer["token"].as_str().expect("a token").to_owned(), answer)
    }
}

struct Wire(TcpStream);

impl Wire {
    /// Answers the connection and the status of the upgrade.
    async fn open(scene: &Scene, headers: &str) -> (Self, u16) {
        let mut stream = TcpStream::connect(scene.address).await.expect("connected");
        let request = format!(
            "GET /v1/ws HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             {headers}\r\n",
            scene.address
        );
        stream.write_all(request.as_bytes()).await.expect("written");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.expect("a head"));
        }
        let head = String::from_utf8(head).expect("text");
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
        (Self(stream), status)
    }

    async fn signed_in(scene: &Scene, token: &str) -> Self {
        let headers =
            format!("Authorization: Bearer {token}\r\nSec-WebSocket-Protocol: hub.v1.json\r\n");
        let (mut wire, status) = Self::open(scene, &headers).await;
        assert_eq!(status, 101);
        assert_eq!(wire.next().await["t"], "welcome");
        wire
    }

    async fn write(&mut self, opcode: u8, payload: &[u8]) {
        let mut frame = vec![0x80 | opcode];
        match u16::try_from(payload.len()) {
            Ok(length) if length < 126 => frame.push(0x80 | payload.len() as u8),
            Ok(length) => {
                frame.push(0x80 | 126);
                frame.extend(length.to_be_bytes());
            }
            Err(_) => {
                frame.push(0x80 | 127);
                frame.extend((payload.len() as u64).to_be_bytes());
            }
        }
        // A mask of zeros leaves the payload as it is.
        frame.extend([0; 4]);
        frame.extend(payload);
        self.0.write_all(&frame).await.expect("written");
    }

    async fn say(&mut self, frame: Value) {
        self.write(1, frame.to_string().as_bytes()).await;
    }

    async fn read(&mut self) -> (u8, Vec<u8>) {
        let opcode = self.0.read_u8().await.expect("a frame") & 0x0f;
        let length = match self.0.read_u8().await.expect("a length") {
            126 => usize::from(self.0.read_u16().await.expect("a length")),
            127 => self.0.read_u64().await.expect("a length") as usize,
            short => usize::from(short),
        };
        let mut payload = vec![0; length];
        self.0.read_exact(&mut payload).await.expect("a payload");
        (opcode, payload)
    }

    async fn next(&mut self) -> Value {
        let (opcode, payload) = self.read().await;
        assert_eq!(opcode, 1, "a text frame: {}", String::from_utf8_lossy(&payload));
        serde_json::from_slice(&payload).expect("JSON")
    }

    /// The next frame of one kind; others are passed over.
    async fn until(&mut self, t: &str) -> Value {
        loop {
            let frame = self.next().await;
            if frame["t"] == t {
                return frame;
            }
        }
    }

    /// The code of the close frame, which must come.
    async fn closed(&mut self) -> u16 {
        loop {
            let (opcode, payload) = self.read().await;
            if opcode == 8 {
                return u16::from_be_bytes([payload[0], payload[1]]);
            }
        }
    }
}

fn command(stream: &str, name: &str, body: Value) -> Value {
    json!({ "t": "command", "id": SystemIds.next(), "stream": stream, "type": name, "body": body })
}

#[actix_web::test]
async fn two_people_chat_and_a_later_watcher_gets_what_it_missed() {
    let scene = Scene::start().await;
    let (token, _) = scene.sign_in("aygul").await;
    let (peer_token, peer) = scene.sign_in("wangfang").await;
    let mut wire = Wire::signed_in(&scene, &token).await;
    let room = format!("room:{}", SystemIds.next());
    let members = json!([peer["me"]["card"]["account"]]);
    wire.say(command(&room, "room.create", json!({ "name": "大厅", "members": members }))).await;
    let created = wire.until("ack").await;
    wire.say(json!({ "t": "watch", "streams": [{ "stream": room, "from": created["seq"] }] }))
        .await;
    assert_eq!(wire.until("watching").await["head"], created["seq"]);
    let send = command(&room, "room.send_message", json!({ "text": "你好" }));
    wire.say(send.clone()).await;
    let event = wire.until("event").await;
    assert_eq!(
        (&event["type"], &event["body"]["text"]),
        (&json!("room.message_sent"), &json!("你好"))
    );
    wire.say(send).await;
    assert_eq!(wire.until("ack").await["seq"], event["seq"], "sent twice, done once");

    let mut late = Wire::signed_in(&scene, &peer_token).await;
    late.say(json!({ "t": "watch", "streams": [{ "stream": room, "from": 0 }] })).await;
    assert_eq!(late.until("watching").await["from"], 0);
    let mut numbers = Vec::new();
    while numbers.last() != Some(&event["seq"]) {
        numbers.push(late.until("event").await["seq"].clone());
    }
    let all: Vec<Value> = (1..=event["seq"].as_u64().expect("a number")).map(Value::from).collect();
    assert_eq!(numbers, all, "each once, in order");
    late.say(json!({ "t": "signal", "stream": room, "type": "room.typing", "body": {} })).await;
    assert_eq!(wire.until("signal").await["by"], peer["me"]["card"]["account"]);

    let bearer = format!("Authorization: Bearer {peer_token}\r\n");
    let (status, page) =
        scene.http(&format!("GET /v1/streams/{room}/events?limit=1"), &bearer, "").await;
    assert_eq!((status, &page["events"][0]["seq"]), (200, &event["seq"]));
    let (status, page) = scene.http("GET /v1/rooms", &bearer, "").await;
    assert_eq!((status, &page["items"][0]["stream"]), (200, &json!(room)));
}

#[actix_web::test]
async fn bad_frames_get_typed_errors_and_the_connection_is_kept_while_that_is_safe() {
    let scene = Scene::start().await;
    let (token, _) = scene.sign_in("aygul").await;
    let mut wire = Wire::signed_in(&scene, &token).await;
    wire.write(1, b"{").await;
    assert_eq!(wire.until("error").await["error"]["code"], "hub.malformed");
    wire.write(2, b"{}").await;
    assert_eq!(wire.until("error").await["error"]["code"], "hub.binary_frame");
    let stranger = format!("room:{}", SystemIds.next());
    wire.say(json!({ "t": "watch", "streams": [{ "stream": stranger, "from": 0 }] })).await;
    assert_eq!(wire.until("error").await["stream"], json!(stranger));
    wire.say(json!({ "t": "ping" })).await;
    assert_eq!(wire.until("pong").await["t"], "pong", "kept");
    wire.write(1, &vec![b' '; protocol::limits::FRAME_BYTES_MAX + 1]).await;
    assert_eq!(wire.until("error").await["error"]["kind"], "too_large");
    assert_eq!(wire.closed().await, 1009);

    let mut rude = Wire::signed_in(&scene, &token).await;
    for _ in 0..50 {
        rude.write(1, b"?").await;
    }
    assert_eq!(rude.closed().await, protocol::CloseCode::Abusive.number());
}

#[actix_web::test]
async fn strangers_stay_outside_and_a_sign_out_ends_the_socket() {
    let scene = Scene::start().await;
    assert_eq!(Wire::open(&scene, "").await.1, 401);
    let (token, _) = scene.sign_in("aygul").await;
    let bearer = format!("Authorization: Bearer {token}\r\n");
    let evil = format!("{bearer}Origin: http://evil.example\r\n");
    assert_eq!(Wire::open(&scene, &evil).await.1, 403);
    let (status, error) = scene.http("POST /v1/sign-out", &evil, "").await;
    assert_eq!((status, &error["code"]), (403, &json!("hub.origin_refused")));
    let (status, error) = scene.http("GET /v1/rooms?limit=0", &bearer, "").await;
    assert_eq!((status, &error["field"]), (400, &json!("limit")));
    let (status, error) = scene.http("DELETE /v1/rooms", &bearer, "").await;
    assert_eq!((status, &error["code"]), (405, &json!("hub.method_not_allowed")));
    for path in
        ["/healthz", "/readyz", "/metrics", "/docs", "/openapi.json", "/frames.json", "/v1/hello"]
    {
        assert_eq!(scene.http(&format!("GET {path}"), "", "").await.0, 200, "{path}");
    }
    let old = format!("{bearer}Sec-WebSocket-Protocol: hub.v0.json\r\n");
    let (mut wire, status) = Wire::open(&scene, &old).await;
    assert_eq!(status, 101);
    assert_eq!(wire.closed().await, protocol::CloseCode::Version.number());
    let mut wire = Wire::signed_in(&scene, &token).await;
    assert_eq!(scene.http("POST /v1/sign-out", &bearer, "").await.0, 204);
    assert_eq!(wire.closed().await, protocol::CloseCode::SignedOut.number());
    assert_eq!(scene.http("GET /v1/me", &bearer, "").await.0, 401);
}

#[actix_web::test]
async fn a_silent_connection_is_pinged_then_closed_and_a_stuck_one_is_shut_down() {
    let clock = Arc::new(ManualClock::at(1_800_000_000_000));
    let scene = Scene::start_at(clock.clone()).await;
    let (token, _) = scene.sign_in("aygul").await;
    let mut wire = Wire::signed_in(&scene, &token).await;
    clock.advance(26_000);
    assert_eq!(wire.read().await.0, 9, "a ping");
    clock.advance(35_000);
    assert_eq!(wire.closed().await, protocol::CloseCode::IdleTimeout.number());

    let mut stuck = Wire::signed_in(&scene, &token).await;
    // Past the moment to ask: the sweeper goes straight for the socket.
    clock.advance(66_000);
    let mut rest = Vec::new();
    stuck.0.read_to_end(&mut rest).await.expect("the end of the connection");
    assert_eq!(rest, b"", "no close frame: the connection itself was shut down");
}
