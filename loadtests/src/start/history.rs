//! The store that [`super`] measures on: one room of many messages, written through the hub
//! as people write, so that everything is there that a used store has. Takes half a minute
//! for a million; a kept store is taken as it is.

use crate::{
    Failure,
    bench::Bench,
    hub::{Hub, Person, Store},
    socket::{self, Socket},
};
use std::rc::Rc;
use std::{cell::Cell, time::Instant};
use tokio::task::LocalSet;

/// People writing at once, and commands of each in flight: together just below what the
/// mailbox of one room holds.
const PEOPLE: usize = 16;
const IN_FLIGHT: usize = 60;

/// The store and its room. Built only where the folder does not hold it.
pub(super) async fn of(
    bench: &Bench,
    store: Store,
    messages: u64,
) -> Result<(Store, String), Failure> {
    let note = store.file("room");
    if let Ok(text) = std::fs::read_to_string(&note) {
        let (room, count) = text.trim().split_once(' ').ok_or("unexpected note of a store")?;
        if count.parse::<u64>()? != messages {
            return Err(format!("{} holds {count} messages", note.display()).into());
        }
        return Ok((store, room.to_owned()));
    }
    if store.data().exists() {
        // Left by a run that broke off.
        std::fs::remove_dir_all(store.data())?;
    }
    let hub = Hub::demo(bench, PEOPLE, store)?;
    let room = make_room(&hub.people, hub.address()).await?;
    let began = Instant::now();
    write_all(&hub, &room, messages).await?;
    let rate = messages as f64 / began.elapsed().as_secs_f64();
    eprintln!("{messages} messages written, {rate:.0}/s");
    let store = hub.end()?;
    std::fs::write(&note, format!("{room} {messages}\n"))?;
    Ok((store, room))
}

async fn make_room(people: &[Person], address: &str) -> Result<String, Failure> {
    let (first, others) = people.split_first().ok_or("no people")?;
    let Socket { mut writer, mut reader } = socket::connect(address, &first.token).await?;
    reader.until("welcome").await?;
    let room = format!("room:{}", socket::id());
    let others: Vec<&str> = others.iter().map(|one| one.account.as_str()).collect();
    let body = serde_json::json!({ "name": "百万条", "members": others }).to_string();
    writer.send(&socket::command(&socket::id(), Some(&room), "room.create", &body)).await?;
    reader.until("ack").await?;
    Ok(room)
}

async fn write_all(hub: &Hub, room: &str, messages: u64) -> Result<(), Failure> {
    let local = LocalSet::new();
    let left = Rc::new(Cell::new(messages));
    let mut tasks = Vec::new();
    for person in &hub.people {
        let socket = socket::connect(hub.address(), &person.token).await?;
        tasks.push(local.spawn_local(write(socket, room.to_owned(), left.clone())));
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

async fn write(socket: Socket, room: String, left: Rc<Cell<u64>>) -> Result<(), Failure> {
    let Socket { mut writer, mut reader } = socket;
    reader.until("welcome").await?;
    let mut in_flight = 0;
    loop {
        while in_flight < IN_FLIGHT && left.get() > 0 {
            let n = left.replace(left.get() - 1);
            let body = format!("{{\"text\":\"第 {n} 条：材料已收，请到三号窗口办理。\"}}");
            let id = socket::id();
            writer.queue(&socket::command(&id, Some(&room), "room.send_message", &body));
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
