//! The store that [`super`] measures on: rooms of a few people each, written through the hub as
//! people write, every twentieth message with a file. A kept store is taken as it is.

use super::words::{Random, file_name, message};
use crate::{
    Failure,
    bench::Bench,
    hub::{Hub, Person, Store},
    socket::{self, Socket},
};
use protocol::{
    RoomId,
    file::FileRef,
    room::{Part, SendMessage},
};
use serde::{Deserialize, Serialize};
use std::{cell::Cell, io::Cursor, rc::Rc, time::Instant};
use tokio::task::LocalSet;

/// Everybody has a room of their own making, with the next ones in it: an asker is in a fourth
/// of all rooms, so that most of what fits a question is not for them.
const PEOPLE: usize = 16;
const IN_EACH: usize = 4;
/// Commands of each writer in flight: just below what the hub's queue between decision and
/// commit holds for all of them.
const IN_FLIGHT: usize = 60;
/// Of so many messages one has a file.
const WITH_FILE: usize = 20;

/// What lies beside a finished store.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Note {
    pub(super) messages: u64,
    /// Those of the first person.
    pub(super) rooms: Vec<RoomId>,
    pub(super) written_per_second: f64,
    /// From the last commit until all were indexed.
    pub(super) indexed_after_seconds: f64,
}

impl Note {
    /// `None`: there is no finished store.
    pub(super) fn of(store: &Store) -> Result<Option<Self>, Failure> {
        match std::fs::read_to_string(store.file("search.json")) {
            Ok(text) => Ok(Some(serde_json::from_str(&text)?)),
            Err(_) => Ok(None),
        }
    }
}

/// Writes a store, lets it be indexed and ends its hub in order.
pub(super) async fn make(
    bench: &Bench,
    store: Store,
    messages: u64,
) -> Result<(Store, Note), Failure> {
    if store.data().exists() {
        // Left by a run that broke off.
        std::fs::remove_dir_all(store.data())?;
    }
    let hub = Hub::demo(bench, PEOPLE, store)?;
    let mut rooms = Vec::new();
    for n in 0..PEOPLE {
        rooms.push(make_room(&hub, n).await?);
    }
    let began = Instant::now();
    write_all(&hub, &rooms, messages).await?;
    let written_per_second = messages as f64 / began.elapsed().as_secs_f64();
    eprintln!("{messages} messages written, {written_per_second:.0}/s");
    let began = Instant::now();
    indexed(&hub).await?;
    let indexed_after_seconds = began.elapsed().as_secs_f64();
    // Those that the first person is in: their own and the ones before it, around the circle.
    let rooms = (0..IN_EACH).map(|back| rooms[(PEOPLE - back) % PEOPLE]).collect();
    let note = Note { messages, rooms, written_per_second, indexed_after_seconds };
    let store = hub.end()?;
    std::fs::write(store.file("search.json"), serde_json::to_string(&note)?)?;
    Ok((store, note))
}

/// A hub on a finished store, once its index lacks nothing, and how many seconds that took: an
/// index of an older shape is made again.
pub(super) async fn open(bench: &Bench, store: Store) -> Result<(Hub, f64), Failure> {
    let hub = Hub::serve(bench, store, "127.0.0.1:0")?;
    let began = Instant::now();
    indexed(&hub).await?;
    Ok((hub, began.elapsed().as_secs_f64()))
}

async fn make_room(hub: &Hub, owner: usize) -> Result<RoomId, Failure> {
    let person = &hub.people[owner];
    let Socket { mut writer, mut reader } = socket::connect(hub.address(), &person.token).await?;
    reader.until("welcome").await?;
    let id = socket::id();
    let others = (1..IN_EACH).map(|ahead| &hub.people[(owner + ahead) % PEOPLE]);
    let others: Vec<&str> = others.map(|one| one.account.as_str()).collect();
    let body =
        serde_json::json!({ "name": format!("第{owner}窗口"), "members": others }).to_string();
    let room = format!("room:{id}");
    writer.send(&socket::command(&socket::id(), Some(&room), "room.create", &body)).await?;
    reader.until("ack").await?;
    Ok(id.parse()?)
}

async fn write_all(hub: &Hub, rooms: &[RoomId], messages: u64) -> Result<(), Failure> {
    let local = LocalSet::new();
    let left = Rc::new(Cell::new(messages));
    let mut tasks = Vec::new();
    for (n, person) in hub.people.iter().enumerate() {
        let socket = socket::connect(hub.address(), &person.token).await?;
        let door = client::Door::new(&hub.url())?.with_token(person.secret());
        // The bytes do not matter: files are found by the name that each message gives them.
        let file = door.upload("材料.txt", Cursor::new(format!("第{n}号"))).await?;
        tasks.push(local.spawn_local(write(socket, rooms[n], file, n, left.clone())));
    }
    local
        .run_until(async {
            for task in tasks {
                task.await??;
            }
            Ok(())
        })
        .await
}

async fn write(
    socket: Socket,
    room: RoomId,
    file: FileRef,
    seed: usize,
    left: Rc<Cell<u64>>,
) -> Result<(), Failure> {
    let Socket { mut writer, mut reader } = socket;
    reader.until("welcome").await?;
    let stream = format!("room:{room}");
    let mut random = Random::new(seed as u64);
    let mut in_flight = 0;
    loop {
        while in_flight < IN_FLIGHT && left.get() > 0 {
            left.set(left.get() - 1);
            let part = (random.below(WITH_FILE) == 0).then(|| {
                let name = file_name(&mut random);
                Box::new(Part::Document { file: FileRef { name, ..file.clone() } })
            });
            let sent = SendMessage { text: message(&mut random), part, ..SendMessage::default() };
            let body = serde_json::to_string(&sent)?;
            let id = socket::id();
            writer.queue(&socket::command(&id, Some(&stream), "room.send_message", &body));
            in_flight += 1;
        }
        if in_flight == 0 {
            return Ok(());
        }
        writer.flush().await?;
        reader.until("ack").await?;
        in_flight -= 1;
    }
}

/// Waits until the hub says that its index lacks nothing, which it says after its first look.
async fn indexed(hub: &Hub) -> Result<(), Failure> {
    let person: &Person = hub.people.first().ok_or("no people")?;
    let door = client::Door::new(&hub.url())?.with_token(person.secret());
    let marker = client::Search::of("材料");
    let mut wait = tokio::time::interval(std::time::Duration::from_millis(200));
    loop {
        wait.tick().await;
        let lag = lag(hub.address()).await?;
        if lag == Some(0) && !door.search(&marker).await?.hits.is_empty() {
            return Ok(());
        }
    }
}

async fn lag(address: &str) -> Result<Option<u64>, Failure> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(address).await?;
    let ask = format!("GET /metrics HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(ask.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let line = answer.lines().find_map(|line| line.strip_prefix("hub_search_lag_events "));
    Ok(line.map(|number| number.trim().parse()).transpose()?)
}
