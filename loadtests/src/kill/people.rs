//! The people of [`super`]: clients of the SDK, in rooms, each writing and watching until
//! told to stop. They know nothing of kills; they only note what they were told and saw.

use super::ledger::{Ledger, Said};
use crate::{Failure, hub::Hub};
use client::{Client, Door, Watch};
use protocol::{
    AccountId, EntityKind, EventFrame, Millis, StreamId, limits,
    room::{CreateRoom, RoomCommand, SendMessage},
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};
use tokio::sync::Notify;

/// Longest wait for anything; who needs it has not resumed.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) struct People {
    groups: Vec<Rc<Group>>,
    /// A watch ends with the last handle of its client.
    _clients: Vec<Client>,
    shared: Rc<Shared>,
}

struct Group {
    room: StreamId,
    accounts: Vec<AccountId>,
    ledger: RefCell<Ledger>,
    /// Of each person: whether it has resumed in this round.
    resumed: RefCell<Vec<bool>>,
}

#[derive(Default)]
struct Shared {
    stop: Cell<bool>,
    speaking: Cell<usize>,
    /// What the hub decided after this is of the round's hub.
    since: Cell<Millis>,
    /// The first promise that broke.
    broken: RefCell<Option<String>>,
    changed: Notify,
}

impl Shared {
    fn broke(&self, why: String) {
        self.broken.borrow_mut().get_or_insert(why);
        self.changed.notify_one();
    }

    fn failed(&self) -> Result<(), Failure> {
        self.broken.borrow().clone().map_or(Ok(()), |why| Err(why.into()))
    }
}

impl People {
    pub(super) async fn gather(hub: &Hub, group: usize, pause: Duration) -> Result<Self, Failure> {
        let shared = Rc::new(Shared::default());
        let (mut groups, mut all) = (Vec::new(), Vec::new());
        for people in hub.people.chunks(group.max(1)) {
            let mut clients = Vec::new();
            for person in people {
                let client = Client::connect(&hub.url(), person.secret())?;
                client.ready().await?;
                clients.push(client);
            }
            let accounts: Result<Vec<AccountId>, _> =
                people.iter().map(|person| person.account.parse()).collect();
            let group = Rc::new(Group::make(&clients[0], accounts?).await?);
            for (who, client) in clients.into_iter().enumerate() {
                let watch = client.watch(group.room, 0).await?;
                tokio::task::spawn_local(follow(watch, group.clone(), who, shared.clone()));
                all.push(client.clone());
                shared.speaking.set(shared.speaking.get() + 1);
                tokio::task::spawn_local(speak(client, group.clone(), who, pause, shared.clone()));
            }
            groups.push(group);
        }
        Ok(Self { groups, _clients: all, shared })
    }

    /// From now on only what was decided after this moment counts as resumed.
    pub(super) fn next_round(&self, since: Millis) {
        self.shared.since.set(since);
        for group in &self.groups {
            group.resumed.borrow_mut().fill(false);
        }
    }

    pub(super) async fn all_resumed(&self) -> Result<(), Failure> {
        let missing = || -> usize { self.groups.iter().map(|group| group.missing()).sum() };
        let outcome = tokio::time::timeout(PATIENCE, self.until(|| missing() == 0)).await;
        outcome.map_err(|_| format!("{} clients have not resumed", missing()))?
    }

    async fn until(&self, mut done: impl FnMut() -> bool) -> Result<(), Failure> {
        loop {
            self.shared.failed()?;
            if done() {
                return Ok(());
            }
            self.shared.changed.notified().await;
        }
    }

    pub(super) fn acknowledged(&self) -> u64 {
        self.groups.iter().map(|group| group.ledger.borrow().acknowledged()).sum()
    }

    /// Holds every acknowledgement against what was seen.
    pub(super) fn check(&self) -> Result<(), Failure> {
        self.shared.failed()?;
        for group in &self.groups {
            group.ledger.borrow_mut().check().map_err(|why| group.named(&why))?;
        }
        Ok(())
    }

    /// Stops everybody and holds what each saw against the others, against what was
    /// acknowledged, and against what the store holds. Answers how many messages that is.
    pub(super) async fn finish(self, hub: &Hub) -> Result<u64, Failure> {
        self.shared.stop.set(true);
        let all_seen = || self.groups.iter().all(|group| group.ledger.borrow().is_seen_by_all());
        let settled = self.until(|| self.shared.speaking.get() == 0 && all_seen());
        tokio::time::timeout(PATIENCE, settled).await.map_err(|_| "some have not seen all")??;
        let mut messages = 0;
        for (group, people) in self.groups.iter().zip(hub.people.chunks(self.groups[0].size())) {
            let door = Door::new(&hub.url())?.with_token(people[0].secret());
            group.compare_with_store(&door).await?;
            group.ledger.borrow_mut().close().map_err(|why| group.named(&why))?;
            messages += group.ledger.borrow().messages();
        }
        Ok(messages)
    }
}

impl Group {
    async fn make(first: &Client, accounts: Vec<AccountId>) -> Result<Self, Failure> {
        let room = StreamId::new(EntityKind::Room, client::ids::next());
        let create = CreateRoom { name: "演练".to_owned(), members: accounts[1..].to_vec() };
        first.command(room, RoomCommand::from(create)).await?;
        let people = accounts.len();
        Ok(Self {
            room,
            accounts,
            ledger: RefCell::new(Ledger::new(people)),
            resumed: RefCell::new(vec![false; people]),
        })
    }

    fn size(&self) -> usize {
        self.accounts.len()
    }

    fn missing(&self) -> usize {
        self.resumed.borrow().iter().filter(|resumed| !**resumed).count()
    }

    fn named(&self, why: &str) -> String {
        format!("{}: {why}", self.room)
    }

    /// Whether this is the first sign of the round that this person has resumed.
    fn saw(&self, who: usize, event: &EventFrame, since: Millis) -> Result<bool, String> {
        let saw = self.ledger.borrow_mut().saw(who, event.seq, said(event)?);
        saw.map_err(|why| self.named(&why))?;
        let own = event.by == Some(self.accounts[who]) && event.at > since;
        Ok(own && !std::mem::replace(&mut self.resumed.borrow_mut()[who], true))
    }

    /// Reads the whole room over a door that has seen nothing of it.
    async fn compare_with_store(&self, door: &Door) -> Result<(), Failure> {
        let mut last = 0;
        loop {
            let page = door.events_after(self.room, last, limits::PAGE_MAX).await?;
            for event in &page.events {
                if event.seq != last + 1 {
                    return Err(self.named(&format!("stored: {} after {last}", event.seq)).into());
                }
                last = event.seq;
                let stands = self.ledger.borrow_mut().stands(last, said(event)?);
                stands.map_err(|why| self.named(&format!("stored: {why}")))?;
            }
            if page.events.is_empty() {
                break;
            }
        }
        match self.ledger.borrow().head() {
            head if head == last => Ok(()),
            head => Err(self.named(&format!("{head} numbers were seen, {last} are stored")).into()),
        }
    }
}

/// The message of an event; an error where it is one that nobody here sent.
fn said(event: &EventFrame) -> Result<Option<Said>, String> {
    if event.type_name != "room.message_sent" {
        return Ok(None);
    }
    let text = event.body.as_ref().and_then(|body| body.get("text")?.as_str());
    let said = text.and_then(Said::of_text).ok_or(format!("not ours: {event:?}"))?;
    Ok(Some(said))
}

async fn follow(mut watch: Watch, group: Rc<Group>, who: usize, shared: Rc<Shared>) {
    while let Some(event) = watch.next().await {
        match group.saw(who, &event, shared.since.get()) {
            Ok(resumed) if resumed || shared.stop.get() => shared.changed.notify_one(),
            Ok(_) => {}
            Err(why) => shared.broke(why),
        }
    }
    let why = watch.refusal();
    shared.broke(group.named(&format!("the watch of {who} ended: {why:?}")));
}

async fn speak(client: Client, group: Rc<Group>, who: usize, pause: Duration, shared: Rc<Shared>) {
    let mut n = 0;
    while !shared.stop.get() {
        let said = Said { who, n };
        let send = SendMessage { text: said.text(), ..SendMessage::default() };
        match client.command(group.room, RoomCommand::from(send)).await {
            Ok(receipt) => group.ledger.borrow_mut().promised(receipt.seq, said),
            Err(error) => return shared.broke(group.named(&format!("{said:?} refused: {error}"))),
        }
        n += 1;
        tokio::time::sleep(pause).await;
    }
    shared.speaking.set(shared.speaking.get() - 1);
    shared.changed.notify_one();
}
