//! What one person may search: their conversations, and from which event on.
//! Invariant: [`first_visible`] is the one place that says how far back a member sees.

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

pub(super) struct Scope {
    pub(super) asker: AccountId,
    rooms: HashMap<Uuid, Room>,
    /// The same by the keys of the index.
    first_by_key: HashMap<u64, Seq, BuildHasherDefault<AsItIs>>,
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
        let mut scope = Self { asker, rooms: HashMap::new(), first_by_key: HashMap::default() };
        for row in &rows {
            let (id, room) = room(row).map_err(store_error)?;
            scope.put(id, room);
        }
        Ok(scope)
    }

    fn put(&mut self, id: Uuid, room: Room) {
        // Of two that share a key the wider one counts: the whole id is checked later.
        let first = self.first_by_key.entry(key(id)).or_insert(room.first);
        *first = room.first.min(*first);
        self.rooms.insert(id, room);
    }

    pub(super) fn len(&self) -> usize {
        self.rooms.len()
    }

    pub(super) fn streams(&self) -> impl Iterator<Item = Uuid> {
        self.rooms.keys().copied()
    }

    pub(super) fn has(&self, stream: Uuid) -> bool {
        self.rooms.contains_key(&stream)
    }

    pub(super) fn sees_key(&self, key: u64, seq: Seq) -> bool {
        self.first_by_key.get(&key).is_some_and(|first| seq >= *first)
    }

    pub(super) fn sees(&self, stream: StreamId, seq: Seq) -> bool {
        stream.kind == EntityKind::Room
            && self.rooms.get(&stream.id).is_some_and(|room| seq >= room.first)
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
