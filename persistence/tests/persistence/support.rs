//! Building appends, and a directory that goes away with its test.

use kernel::{
    IdSource, SeededIds,
    journal::{Append, CommandRecord, Head, StoredEvent},
};
use persistence::{Folder, Queries, SqliteJournal, StoreOptions, open};
use protocol::{
    AccountId, AnyEvent, CommandId, EntityKind, SessionId, StreamId,
    room::{MessageSent, RoomEvent},
};
use std::{
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

/// A database file in a directory of its own.
pub struct Store(PathBuf);

impl Store {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("hub-persistence-{}-{number}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        // Left over from a process of the same number that was killed.
        let _ = std::fs::remove_dir_all(&directory);
        Self(directory)
    }

    pub fn path(&self) -> PathBuf {
        self.0.join("data").join("hub.db")
    }

    pub async fn open(&self) -> (SqliteJournal, Queries) {
        open(&StoreOptions { path: self.path(), readers: 4 }).await.unwrap()
    }

    /// Where its files lie.
    pub fn shelf(&self) -> Folder {
        Folder::open(self.0.join("data").join("drive").join("blobs")).unwrap()
    }

    /// A connection beside the store's own, as an intruder or another process has it.
    pub async fn raw(&self) -> sqlx::SqliteConnection {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(self.path());
        <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options).await.unwrap()
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub struct Maker(SeededIds);

impl Maker {
    pub fn new() -> Self {
        Self(SeededIds::new(7))
    }

    pub fn stream(&self, kind: EntityKind) -> StreamId {
        StreamId::new(kind, self.0.next())
    }

    pub fn account(&self) -> AccountId {
        AccountId(self.0.next())
    }

    pub fn command(&self) -> CommandId {
        CommandId(self.0.next())
    }

    pub fn session(&self) -> SessionId {
        SessionId(self.0.next())
    }

    /// One command with these events, decided on `head`, which moves on.
    pub fn append(&self, stream: StreamId, head: &mut Head, events: &[AnyEvent]) -> Append {
        let first = head.seq + 1;
        let last_seq = head.seq + events.len() as u64;
        let by = self.account();
        let record = CommandRecord {
            id: self.command(),
            fingerprint: u64::MAX - first,
            result: Some(r#"{"n":1}"#.to_owned()),
            last_seq,
        };
        let seal = |event: &AnyEvent| {
            let seq = head.seq + 1;
            let counts = matches!(event, AnyEvent::Room(RoomEvent::MessageSent(_)));
            let mut sealed = StoredEvent {
                stream,
                seq,
                at: 1_000 + seq as i64,
                by: Some(by),
                session: Some(self.session()),
                trace: None,
                command: (seq == first).then(|| record.clone()),
                type_name: event.type_name().to_owned(),
                audience: None,
                body: Some(event.body_json()),
                body_hash: None,
                tally: head.tally + u64::from(counts),
                hash: [0; 32],
            };
            sealed.hash = sealed.chain(&head.hash);
            *head = Head { seq, tally: sealed.tally, hash: sealed.hash };
            sealed
        };
        Append {
            stream,
            events: events.iter().map(seal).collect(),
            redactions: Vec::new(),
            outbox: Vec::new(),
            timers: Vec::new(),
            consumed: None,
            private: None,
        }
    }

    /// A message for some.
    pub fn whisper(
        &self,
        stream: StreamId,
        head: &mut Head,
        audience: &[AccountId],
        text: &str,
    ) -> Append {
        let before = *head;
        let mut append = self.say(stream, head, text);
        for event in &mut append.events {
            event.audience = Some(audience.into());
            event.tally = before.tally;
            event.hash = event.chain(&before.hash);
            *head = Head { seq: event.seq, tally: event.tally, hash: event.hash };
        }
        append
    }

    /// One message.
    pub fn say(&self, stream: StreamId, head: &mut Head, text: &str) -> Append {
        self.append(stream, head, &[message(text)])
    }
}

pub fn message(text: &str) -> AnyEvent {
    let body = MessageSent { text: text.to_owned(), ..MessageSent::default() };
    RoomEvent::from(body).into()
}
