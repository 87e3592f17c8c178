//! A running hub for a test: its own folder and port, killed when the test ends.

use client::{Client, Door};
use protocol::account::Secret;
use protocol::http::{Page, SignInResponse, UnitNode};
use protocol::room::{CreateRoom, RoomCommand, SendMessage};
use protocol::{AccountId, EntityKind, EventFrame, Seq, StreamId};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStderr, Command};
use tokio::sync::mpsc;

pub(crate) const PASSWORD: &str = "Tianshan-2026";

/// Longest wait for anything: a test that needs it has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Hub {
    child: Child,
    pub(crate) url: String,
    data: PathBuf,
    /// What it was started with besides its address and folder.
    settings: Vec<String>,
    /// The authority that its certificate is believed for.
    authority: Option<String>,
    log: mpsc::UnboundedReceiver<String>,
}

/// A folder that is gone when the test ends.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let name = format!("hub-test-{}", client::ids::next());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("the temporary folder can be written");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn program(data: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hub"));
    command.args(words).arg("--data").arg(data);
    // Cheap hashes and no rate limit: tests are about everything else.
    for setting in [
        "passwords.memory_kib=64",
        "web.sign_ins_per_minute=100000",
        "web.commands_per_second=100000",
        "web.commands_burst=100000",
        "web.connections_per_address=10000",
    ] {
        command.args(["--set", setting]);
    }
    command.kill_on_drop(true);
    command
}

/// Runs the program to its end.
pub(crate) async fn run(data: &Path, words: &[&str], input: &str) -> Output {
    let mut command = program(data, words);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program was built");
    let mut stdin = child.stdin.take().expect("piped above");
    // A program that reads nothing closes its end early: no failure.
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    let ended = tokio::time::timeout(PATIENCE, child.wait_with_output()).await;
    ended.expect("the program ends").expect("its output can be read")
}

pub(crate) async fn add_user(data: &Path, username: &str, role: &str) {
    let words = [
        "user",
        "add",
        "--username",
        username,
        "--name",
        username,
        "--role",
        role,
        "--password-stdin",
    ];
    let output = run(data, &words, PASSWORD).await;
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "hub user add {username}: {errors}");
}

impl Hub {
    /// A hub with these people, the first of them its administrator.
    pub(crate) async fn with(data: &Path, people: &[&str]) -> Self {
        Self::people(data, people).await;
        Self::start(data, "127.0.0.1:0").await
    }

    pub(crate) async fn people(data: &Path, people: &[&str]) {
        for (n, username) in people.iter().enumerate() {
            add_user(data, username, if n == 0 { "region_admin" } else { "counter_staff" }).await;
        }
    }

    pub(crate) async fn start(data: &Path, listen: &str) -> Self {
        Self::start_set(data, listen, &[]).await
    }

    /// With further settings, `key=value` each.
    pub(crate) async fn start_set(data: &Path, listen: &str, settings: &[String]) -> Self {
        let mut words = vec!["serve", "--listen", listen];
        words.extend(settings.iter().flat_map(|setting| ["--set", setting]));
        let mut hub = Self::start_as(data, &words).await;
        hub.settings = settings.to_vec();
        hub
    }

    pub(crate) fn trusting(mut self, authority: &str) -> Self {
        self.authority = Some(authority.to_owned());
        self
    }

    pub(crate) async fn start_as(data: &Path, words: &[&str]) -> Self {
        let mut command = program(data, words);
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it was built");
        let log = follow(child.stderr.take().expect("piped above"));
        let mut lines = BufReader::new(child.stdout.take().expect("piped above")).lines();
        let url = tokio::time::timeout(PATIENCE, async {
            while let Some(line) = lines.next_line().await.expect("text") {
                if let Some(url) = line.strip_prefix("listening on ") {
                    return url.to_owned();
                }
            }
            panic!("the hub ended before it served");
        });
        let url = url.await.expect("the hub serves soon");
        let (data, settings, authority) = (data.to_owned(), Vec::new(), None);
        Self { child, url, data, settings, authority, log }
    }

    pub(crate) fn listen(&self) -> &str {
        self.url.split_once("://").expect("it says its scheme").1
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// A door to it for nobody yet.
    pub(crate) fn door(&self) -> Door {
        let door = Door::new(&self.url).expect("it says a good address");
        match &self.authority {
            Some(authority) => door.trusting(authority.as_bytes()).expect("PEM"),
            None => door,
        }
    }

    /// Status and body of a plain request.
    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        self.get_with(path, "").await
    }

    /// The same with a cookie.
    pub(crate) async fn get_with(&self, path: &str, cookie: &str) -> (u16, String) {
        let header = format!("Cookie: {cookie}\r\n");
        let (status, _, body) = self.plain(&format!("GET {path}"), &header, "").await;
        (status, String::from_utf8(body).expect("text"))
    }

    /// Some bytes of a file.
    pub(crate) async fn get_range(
        &self,
        person: &Person,
        path: &str,
        range: std::ops::Range<usize>,
    ) -> (u16, Vec<u8>) {
        let token = &person.token.0;
        let (start, last) = (range.start, range.end - 1);
        let headers = format!("Authorization: Bearer {token}\r\nRange: bytes={start}-{last}\r\n");
        let (status, _, body) = self.plain(&format!("GET {path}"), &headers, "").await;
        (status, body)
    }

    /// Sends a form as a page does; answers the status and the cookie that was set.
    pub(crate) async fn post_form(&self, path: &str, form: &str) -> (u16, String) {
        let headers = "Content-Type: application/x-www-form-urlencoded\r\n";
        let (status, head, _) = self.plain(&format!("POST {path}"), headers, form).await;
        let cookie = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("set-cookie").then(|| value.split(';').next())?
        });
        (status, cookie.unwrap_or_default().trim().to_owned())
    }

    async fn plain(&self, what: &str, headers: &str, body: &str) -> (u16, String, Vec<u8>) {
        let mut stream = TcpStream::connect(self.listen()).await.expect("it listens");
        let request = format!(
            "{what} HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n{headers}\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.expect("taken");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("an answer");
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
        let body = answer.split_off(end + 4);
        let head = String::from_utf8(answer).expect("text");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        (status.expect("a status line"), head, body)
    }

    /// Waits until it logs this, after what was waited for before.
    pub(crate) async fn says(&mut self, words: &str) {
        let said = async { while !self.log.recv().await.expect("it lives").contains(words) {} };
        tokio::time::timeout(PATIENCE, said).await.expect("it says so soon");
    }

    pub(crate) async fn signal(&self, name: &str) {
        let told = Command::new("kill").args([name, &self.pid().to_string()]).status().await;
        assert!(told.expect("kill exists").success());
    }

    /// As a power cut would end it, then a new one at the same address.
    pub(crate) async fn kill_and_restart(&mut self) {
        self.child.kill().await.expect("it ran");
        let listen = self.listen().to_owned();
        let authority = self.authority.take();
        *self = Self::start_set(&self.data.clone(), &listen, &self.settings.clone()).await;
        self.authority = authority;
    }

    /// Ends it in order and gives its exit code.
    pub(crate) async fn stop(mut self) -> Option<i32> {
        self.signal("-TERM").await;
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        ended.expect("it drains").expect("it ran").code()
    }

    pub(crate) async fn sign_in(&self, username: &str) -> Person {
        Person::through(self.door(), username).await
    }
}

/// Passes the log on to the test's own output, and to who waits for a line of it.
fn follow(log: ChildStderr) -> mpsc::UnboundedReceiver<String> {
    let (told, said) = mpsc::unbounded_channel();
    let mut lines = BufReader::new(log).lines();
    tokio::spawn(async move {
        while let Ok(Some(line)) = lines.next_line().await {
            eprintln!("{line}");
            // Whoever restarted the hub has let the old one's log go.
            let _ = told.send(line);
        }
    });
    said
}

/// Somebody signed in and connected.
pub(crate) struct Person {
    pub(crate) account: AccountId,
    pub(crate) token: Secret,
    pub(crate) signed: SignInResponse,
    pub(crate) client: Client,
}

impl Person {
    pub(crate) async fn through(door: Door, username: &str) -> Self {
        let signed = door.sign_in(username, PASSWORD, None).await;
        let signed = signed.expect("the password is right");
        let door = door.with_token(signed.token.clone());
        let client = Client::through(door, client::Options::default());
        let ready = tokio::time::timeout(PATIENCE, client.ready()).await;
        ready.expect("the hub welcomes").expect("the session is good");
        Self { account: signed.me.card.account, token: signed.token.clone(), signed, client }
    }

    pub(crate) fn door(&self) -> &Door {
        self.client.door()
    }

    pub(crate) async fn make_room(&self, name: &str, members: &[AccountId]) -> StreamId {
        let stream = StreamId::new(EntityKind::Room, client::ids::next());
        let create = CreateRoom { name: name.to_owned(), members: members.to_vec() };
        let made = self.client.command(stream, RoomCommand::from(create)).await;
        made.expect("a room can be made").stream
    }

    pub(crate) async fn say(&self, room: StreamId, text: &str) -> Seq {
        let said = self.client.command(room, say(text)).await;
        said.expect("a member may write").seq
    }

    pub(crate) async fn units(&self) -> Vec<UnitNode> {
        // The tree may come bare or as a page.
        let value: serde_json::Value = self.door().get("/v1/units").await.expect("units");
        let items = value.get("items").cloned().unwrap_or(value);
        serde_json::from_value(items).expect("a list of units")
    }

    pub(crate) async fn page<T: serde::de::DeserializeOwned + Send + 'static>(
        &self,
        path: &str,
    ) -> Page<T> {
        self.door().get(path).await.expect("a page")
    }
}

pub(crate) fn say(text: &str) -> RoomCommand {
    SendMessage { text: text.to_owned(), ..SendMessage::default() }.into()
}

/// The text of a message event.
pub(crate) fn text(event: &EventFrame) -> Option<String> {
    if event.type_name != "room.message_sent" {
        return None;
    }
    event.body.as_ref()?.get("text")?.as_str().map(str::to_owned)
}

/// The next event of a watch, or a failed test.
pub(crate) async fn next(watch: &mut client::Watch) -> EventFrame {
    let event = tokio::time::timeout(PATIENCE, watch.next()).await;
    event.expect("an event comes").expect("the watch goes on")
}

/// The next message of a watch.
pub(crate) async fn next_text(watch: &mut client::Watch) -> String {
    loop {
        if let Some(text) = text(&next(watch).await) {
            return text;
        }
    }
}
