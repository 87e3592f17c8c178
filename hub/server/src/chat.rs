//! `hub chat`: a conversation from the terminal, on the same client as every other program.
//! Shows what comes and what the connection is doing. Absent on purpose: anything that the
//! staff workbench does better.

mod words;

use crate::{log, prompt};
use clap::Args;
use client::{Client, ClientError, Door, Options, State, Watch};
use protocol::http::{AccountCard, Conversation, Page, RoomMember};
use protocol::room::{OpenDirect, RoomCommand, RoomKind, SendMessage};
use protocol::{AccountId, EventFrame, Seq, StreamId};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use tokio::sync::mpsc;

/// Messages shown when a conversation is opened.
const SHOWN: Seq = 20;

#[derive(Args)]
pub(crate) struct ChatArgs {
    /// The hub's address.
    #[arg(long, env = "HUB_URL", default_value = "http://127.0.0.1:8080")]
    url: String,
    /// Sign-in name.
    #[arg(long, env = "HUB_USER")]
    user: String,
    /// Six digits of the authenticator, where the account has one.
    #[arg(long)]
    code: Option<String>,
    /// Open this conversation at once.
    #[arg(long)]
    open: Option<String>,
    /// Believe only hubs whose certificate this authority has signed (PEM).
    #[arg(long, env = "HUB_CA", value_name = "FILE")]
    ca: Option<PathBuf>,
}

struct Chat {
    client: Client,
    door: Door,
    me: AccountId,
    list: Vec<Conversation>,
    people: HashMap<AccountId, String>,
    open: Option<Watch>,
}

pub(crate) async fn run(args: ChatArgs) -> Result<(), String> {
    let password = prompt::secret(&format!("Password of {}", args.user))?;
    let door = door(&args)?;
    let signed = door.sign_in(&args.user, &password, args.code.as_deref()).await;
    let signed = signed.map_err(|error| error.to_string())?;
    let client = Client::through(door.with_token(signed.token), Options::default());
    let door = client.door().clone();
    let me = signed.me.card.account;
    let people = HashMap::new();
    let mut chat = Chat { client, door, me, list: Vec::new(), people, open: None };
    log::say(format_args!("signed in as {}", signed.me.card.names.zh));
    chat.show_list().await?;
    if let Some(name) = &args.open {
        chat.open(name).await?;
    }
    log::say("/list  /open NAME  /find TEXT  /to USERNAME  /quit; anything else is sent");
    chat.talk().await
}

fn door(args: &ChatArgs) -> Result<Door, String> {
    let door = Door::new(&args.url).map_err(|error| error.to_string())?;
    let Some(file) = &args.ca else { return Ok(door) };
    let named = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let pem = std::fs::read(file).map_err(|error| named(&error))?;
    door.trusting(&pem).map_err(|error| named(&error))
}

/// Lines of the terminal, from a thread of their own: reading it cannot be cancelled.
fn typed() -> mpsc::Receiver<String> {
    let (lines, receiver) = mpsc::channel(16);
    std::thread::spawn(move || {
        for line in std::io::stdin().lines() {
            let Ok(line) = line else { return };
            if lines.blocking_send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

impl Chat {
    async fn talk(&mut self) -> Result<(), String> {
        let mut typed = typed();
        let mut state = self.client.state();
        loop {
            let event = async {
                match &mut self.open {
                    Some(watch) => watch.next().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                line = typed.recv() => match line.as_deref().map(str::trim) {
                    None | Some("/quit") => return Ok(()),
                    Some("") => {}
                    Some(line) => if let Err(error) = self.line(line).await {
                        log::say(format_args!("! {error}"));
                    },
                },
                event = event => match event {
                    Some(event) => self.show(&event),
                    None => {
                        self.open = None;
                        log::say("! this conversation can no longer be seen");
                    }
                },
                changed = state.changed() => {
                    let now = *state.borrow_and_update();
                    match (changed, now) {
                        (_, State::Ended(code)) => return Err(format!("signed out ({code})")),
                        (Err(_), _) => return Err("the connection has ended".to_owned()),
                        (Ok(()), State::Connected { .. }) => log::say("· connected"),
                        (Ok(()), State::Connecting) => log::say("· connecting"),
                        (Ok(()), State::Resuming { unsent }) => {
                            log::say(format_args!("· reconnecting, {unsent} unsent"));
                        }
                    }
                }
            }
        }
    }

    async fn line(&mut self, line: &str) -> Result<(), String> {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "/list" => self.show_list().await,
            "/open" => self.open(rest.trim()).await,
            "/find" => self.find(rest.trim()).await,
            "/to" => self.direct(rest.trim()).await,
            _ if word.starts_with('/') => Err(format!("no such command: {word}")),
            _ => self.send(line).await,
        }
    }

    async fn show_list(&mut self) -> Result<(), String> {
        let page: Page<Conversation> = self.get("/v1/rooms?limit=50").await?;
        self.list = page.items;
        for (place, conversation) in self.list.iter().enumerate() {
            let unread = match conversation.unread {
                0 => String::new(),
                unread => format!("  ({unread} unread)"),
            };
            log::say(format_args!("{:>3}  {}{unread}", place + 1, title(conversation)));
        }
        Ok(())
    }

    async fn open(&mut self, name: &str) -> Result<(), String> {
        let by_place = name.parse::<usize>().ok().and_then(|n| self.list.get(n.wrapping_sub(1)));
        let found = by_place
            .or_else(|| self.list.iter().find(|one| title(one).contains(name)))
            .ok_or_else(|| format!("no conversation is called {name:?}"))?;
        let (stream, head, title) = (found.stream, found.head, title(found));
        log::say(format_args!("— {title} —"));
        self.watch(stream, head.saturating_sub(SHOWN)).await
    }

    async fn watch(&mut self, stream: StreamId, from: Seq) -> Result<(), String> {
        let path = format!("/v1/rooms/{}/members?limit=200", stream.id);
        let members: Page<RoomMember> = self.get(&path).await?;
        for member in members.items {
            self.people.insert(member.card.account, member.card.names.zh);
        }
        let watch = self.client.watch(stream, from).await.map_err(|error| error.to_string())?;
        self.open = Some(watch);
        Ok(())
    }

    async fn find(&mut self, text: &str) -> Result<(), String> {
        for card in self.search(text).await? {
            let (name, unit) = (&card.names.zh, &card.unit_names.zh);
            log::say(format_args!("{:<20} {name}  {unit} {}", card.username, card.post));
        }
        Ok(())
    }

    async fn search(&self, text: &str) -> Result<Vec<AccountCard>, String> {
        let page: Page<AccountCard> =
            self.get(&format!("/v1/people?q={}&limit=20", escaped(text))).await?;
        Ok(page.items)
    }

    async fn direct(&mut self, username: &str) -> Result<(), String> {
        let found = self.search(username).await?;
        let peer = found
            .iter()
            .find(|card| card.username == username)
            .ok_or_else(|| format!("nobody is called {username:?}; /find looks for people"))?;
        let open = RoomCommand::from(OpenDirect { peer: peer.account });
        let receipt = self.client.command(None, open).await.map_err(|error| error.to_string())?;
        log::say(format_args!("— {} —", peer.names.zh));
        self.watch(receipt.stream, receipt.seq.saturating_sub(SHOWN)).await
    }

    async fn send(&mut self, text: &str) -> Result<(), String> {
        let open = self.open.as_ref().ok_or("open a conversation first: /open NAME")?;
        let message = SendMessage { text: text.to_owned(), ..SendMessage::default() };
        let sent = self.client.command(open.stream(), RoomCommand::from(message)).await;
        sent.map(|_| ()).map_err(|error| error.to_string())
    }

    fn show(&self, event: &EventFrame) {
        let name = |account: Option<AccountId>| match account {
            Some(account) if account == self.me => "me".to_owned(),
            Some(account) => self.people.get(&account).map_or("…", String::as_str).to_owned(),
            None => "hub".to_owned(),
        };
        let by = if event.withheld { String::new() } else { name(event.by) };
        let words = words::of(event, &name);
        let space = if words.starts_with(':') { "" } else { " " };
        log::say(format_args!("{:>4} {by}{space}{words}", event.seq));
    }

    async fn get<T: serde::de::DeserializeOwned + Send + 'static>(
        &self,
        path: &str,
    ) -> Result<T, String> {
        self.door.get(path).await.map_err(|error: ClientError| error.to_string())
    }
}

fn title(conversation: &Conversation) -> String {
    match (&conversation.peer, conversation.kind) {
        (Some(peer), RoomKind::Direct) => peer.names.zh.clone(),
        _ => conversation.name.clone(),
    }
}

/// Text as a query's value.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
