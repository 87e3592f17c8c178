//! Opening the room as a client does that is signed in and connected: it watches from the
//! number it knows (a little behind the head: somebody has written since) and asks for the
//! newest page, at once; open means that the last frame of both has come.

use super::ms;
use crate::{
    Failure,
    hub::{Hub, Person},
    socket::{self, Socket},
};
use client::Door;
use protocol::{StreamId, http::EventPage};
use std::time::Instant;

/// Messages on the first screen.
const PAGE: usize = 50;
/// What has been written since the client last looked.
const BEHIND: u64 = 20;
/// Before every number there can be: the newest page.
const NEWEST: u64 = i64::MAX as u64;

/// Somebody connected, with a warm HTTP connection, as a client has that shows its lists.
struct Visitor {
    socket: Socket,
    door: Door,
}

impl Visitor {
    async fn come(hub: &Hub, person: &Person) -> Result<Self, Failure> {
        let mut socket = socket::connect(hub.address(), &person.token).await?;
        socket.reader.until("welcome").await?;
        let door = Door::new(&hub.url())?.with_token(person.secret());
        let _: protocol::http::Me = door.get("/v1/me").await?;
        Ok(Self { socket, door })
    }

    /// Milliseconds, and the head.
    async fn open(&mut self, room: &str, from: u64) -> Result<(f64, u64), Failure> {
        let stream: StreamId = room.parse()?;
        let began = Instant::now();
        let watched = async {
            self.socket.writer.send(&socket::watch(room, from)).await?;
            let watching = self.socket.reader.until("watching").await?;
            let head = socket::count(&watching, "head").ok_or("no head")?;
            let start = socket::count(&watching, "from").ok_or("no from")?;
            for _ in start..head {
                self.socket.reader.until("event").await?;
            }
            Ok::<u64, Failure>(head)
        };
        let page = async { Ok(self.door.events_before(stream, NEWEST, PAGE).await?) };
        let (head, page) = tokio::try_join!(watched, page)?;
        let took = ms(began);
        check(&page, head, PAGE)?;
        Ok((took, head))
    }
}

/// The first open after a start: nothing of the room is in memory.
pub(super) async fn first(hub: &Hub, room: &str) -> Result<f64, Failure> {
    let person = hub.people.first().ok_or("no people")?;
    // Where the head is stands in the list of conversations, which every client has read.
    let door = Door::new(&hub.url())?.with_token(person.secret());
    let rooms: protocol::http::Page<protocol::http::Conversation> = door.get("/v1/rooms").await?;
    let known = rooms.items.iter().find(|one| one.stream.to_string() == room);
    let head = known.ok_or("the room is not in the list")?.head;
    let mut visitor = Visitor::come(hub, person).await?;
    Ok(visitor.open(room, head.saturating_sub(BEHIND)).await?.0)
}

/// Later opens, by everybody in turn, each on a connection that does not know the room.
pub(super) async fn again(hub: &Hub, room: &str, times: usize) -> Result<Vec<f64>, Failure> {
    let mut took = Vec::with_capacity(times);
    let mut head = 0;
    for n in 0..=times {
        let mut visitor = Visitor::come(hub, &hub.people[n % hub.people.len()]).await?;
        let (ms, found) = visitor.open(room, u64::max(head, BEHIND) - BEHIND).await?;
        // The first of them only learns where the head is, and reads all that a watch gives.
        if head > 0 {
            took.push(ms);
        }
        head = found;
    }
    Ok(took)
}

/// Pages from anywhere in history, by number.
pub(super) async fn pages(
    hub: &Hub,
    room: &str,
    messages: u64,
    times: usize,
) -> Result<Vec<f64>, Failure> {
    let stream: StreamId = room.parse()?;
    let visitor = Visitor::come(hub, hub.people.first().ok_or("no people")?).await?;
    let mut took = Vec::with_capacity(times);
    for _ in 0..times {
        let before = PAGE as u64 + 1 + random() % (messages - PAGE as u64);
        let began = Instant::now();
        let page = visitor.door.events_before(stream, before, PAGE).await?;
        took.push(ms(began));
        check(&page, before - 1, PAGE)?;
    }
    Ok(took)
}

/// A full page that ends where it should, no number missing.
fn check(page: &EventPage, last: u64, length: usize) -> Result<(), Failure> {
    let numbers: Vec<u64> = page.events.iter().map(|event| event.seq).collect();
    let wanted: Vec<u64> = (last + 1 - length as u64..=last).collect();
    if numbers == wanted { Ok(()) } else { Err(format!("a page of {numbers:?}").into()) }
}

/// The random end of a fresh id.
fn random() -> u64 {
    client::ids::next().as_u128() as u64 & 0xffff_ffff
}
