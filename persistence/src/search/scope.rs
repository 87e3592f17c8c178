//! What one person may search: their conversations, from which event on, and the threads of the
//! desks at which they answer. Invariant: [`first_visible`] is the one place that says how far
//! back a member sees. Threads are many and told by their desk, in the index and here alike.

use super::index::key;
use crate::{
    Queries,
    project::of_word,
    sqlite::{errors::store_error, read},
};
use kernel::journal::StoreError;
use protocol::{AccountId, EntityKind, Seq, StreamId, room::RoomKind, search::FoundRoom};
use sqlx::{Row, sqlite::SqliteRow};
use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};
use uuid::Uuid;

/// The first event of a room that a member sees who joined at `joined`. Today every member
/// reads the whole history, as watching and paging allow; a kind of room that begins at the
/// joining says so here.
fn first_visible(_kind: RoomKind, _joined: Seq) -> Seq {
    1
}

/// Streams as the index knows them. Of two that share a key the wider counts: the whole id is
/// checked later.
pub(super) struct Streams {
    asker: u64,
    first: HashMap<u64, Seq, BuildHasherDefault<AsItIs>>,
    desks: Vec<u64>,
}

impl Streams {
    pub(super) fn of(asker: AccountId, streams: impl IntoIterator<Item = (Uuid, Seq)>) -> Self {
        let mut first: HashMap<u64, Seq, BuildHasherDefault<AsItIs>> = HashMap::default();
        for (id, seq) in streams {
            let known = first.entry(key(id)).or_insert(seq);
            *known = seq.min(*known);
        }
        Self { asker: key(asker.0), first, desks: Vec::new() }
    }

    pub(super) fn asker(&self) -> u64 {
        self.asker
    }

    pub(super) fn len(&self) -> usize {
        self.first.len() + self.desks.len()
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = u64> {
        self.first.keys().copied()
    }

    pub(super) fn desks(&self) -> impl Iterator<Item = u64> {
        self.desks.iter().copied()
    }

    pub(super) fn has(&self, stream: u64, seq: Seq) -> bool {
        self.first.get(&stream).is_some_and(|first| seq >= *first)
    }

    pub(super) fn has_desk(&self, desk: u64) -> bool {
        self.desks.contains(&desk)
    }
}

/// The desk of a thread and whose question it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Thread {
    pub(super) desk: Uuid,
    pub(super) asker: AccountId,
}

pub(super) struct Scope {
    pub(super) asker: AccountId,
    rooms: HashMap<Uuid, Room>,
}

struct Room {
    kind: RoomKind,
    name: String,
    peer: Option<AccountId>,
    first: Seq,
}

const ROOMS: &str = "SELECT r.room_id, r.kind, r.name, m.joined_seq, \
     (SELECT o.account_id FROM room_members o WHERE o.room_id = r.room_id \
      AND o.account_id <> m.account_id AND r.kind = 'direct' LIMIT 1) AS peer \
     FROM room_members m JOIN room_rooms r ON r.room_id = m.room_id WHERE m.account_id = ?";

impl Scope {
    pub(super) async fn of(queries: &Queries, asker: AccountId) -> Result<Self, StoreError> {
        let rows = sqlx::query(ROOMS)
            .bind(asker.0)
            .fetch_all(&queries.readers)
            .await
            .map_err(store_error)?;
        let rooms = rows.iter().map(room).collect::<Result<_, _>>().map_err(store_error)?;
        Ok(Self { asker, rooms })
    }

    pub(super) fn streams(&self) -> Streams {
        let rooms = self.rooms.iter().map(|(id, room)| (*id, room.first));
        let desks = self.rooms.iter().filter(|(_, room)| room.kind == RoomKind::Desk);
        let desks = desks.map(|(id, _)| key(*id)).collect();
        Streams { desks, ..Streams::of(self.asker, rooms) }
    }

    /// Whether the asker answers for this thread: an agent of its desk, unless the question is
    /// their own. Such a one reads the notes among agents, too.
    pub(super) fn answers(&self, thread: Thread) -> bool {
        thread.asker != self.asker
            && self.rooms.get(&thread.desk).is_some_and(|room| room.kind == RoomKind::Desk)
    }

    pub(super) fn sees(&self, stream: StreamId, seq: Seq, thread: Option<Thread>) -> bool {
        stream.kind == EntityKind::Room
            && (thread.is_some_and(|thread| self.answers(thread))
                || self.rooms.get(&stream.id).is_some_and(|room| seq >= room.first))
    }

    /// A room as an answer shows it, without its peer's card, and who that is.
    pub(super) fn room(&self, id: Uuid) -> Option<(FoundRoom, Option<AccountId>)> {
        let room = self.rooms.get(&id)?;
        let found = FoundRoom {
            stream: StreamId::new(EntityKind::Room, id),
            kind: room.kind,
            name: room.name.clone(),
            peer: None,
        };
        Some((found, room.peer))
    }

    /// Rooms by name, in the order of their names.
    pub(super) fn named(&self, fits: impl Fn(&str) -> bool) -> Vec<Uuid> {
        let mut named: Vec<(&str, Uuid)> = self
            .rooms
            .iter()
            .filter(|(_, room)| fits(&room.name))
            .map(|(id, room)| (room.name.as_str(), *id))
            .collect();
        named.sort_unstable();
        named.into_iter().map(|(_, id)| id).collect()
    }
}

fn room(row: &SqliteRow) -> Result<(Uuid, Room), sqlx::Error> {
    let kind = of_word(row.try_get("kind")?)?;
    let room = Room {
        kind,
        name: row.try_get("name")?,
        peer: row.try_get::<Option<Uuid>, _>("peer")?.map(AccountId),
        first: first_visible(kind, read::unsigned(row, "joined_seq")?),
    };
    Ok((row.try_get("room_id")?, room))
}

/// Keys are random already: hashing them again is half the time of a lookup.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}
