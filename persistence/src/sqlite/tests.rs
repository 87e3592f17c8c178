//! What a test from outside cannot arrange: a writer for whom the disk is full. The database
//! may not grow by a page, on every connection that the writer opens, until the test says so.

use super::{SqliteJournal, Writer};
use crate::{StoreOptions, open};
use kernel::{
    IdSource, SeededIds,
    journal::{Append, CommandRecord, Head, Journal, StoreError, StoredEvent},
};
use protocol::{AnyEvent, CommandId, EntityKind, StreamId, room::MessageSent, room::RoomEvent};
use sqlx::SqliteConnection;
use std::{path::PathBuf, sync::Arc};

struct Full {
    journal: SqliteJournal,
    ids: SeededIds,
    folder: PathBuf,
}

impl Drop for Full {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Full {
    async fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("hub-full-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let options = StoreOptions { path: folder.join("hub.db"), readers: 2 };
        let (journal, _) = open(&options).await.expect("a writable folder");
        Self { journal, ids: SeededIds::new(3), folder }
    }

    /// Less than it has is what it has: SQLite answers `SQLITE_FULL` to the next page.
    async fn fill(&mut self) {
        self.set_pages(1).await;
    }

    async fn make_room(&mut self) {
        self.set_pages(u32::MAX - 1).await;
    }

    async fn set_pages(&mut self, pages: u32) {
        let options = self.journal.writer.options.clone();
        let options = options.pragma("max_page_count", pages.to_string());
        let (writer, _) = Writer::connect(options).await.expect("opening needs no page");
        let old = std::mem::replace(&mut self.journal.writer, Arc::new(writer));
        drop(old);
    }

    fn room(&self) -> StreamId {
        StreamId::new(EntityKind::Room, self.ids.next())
    }

    fn say(&self, room: StreamId, head: &mut Head, text: &str) -> Append {
        let body = MessageSent { text: text.to_owned(), ..MessageSent::default() };
        let event = AnyEvent::from(RoomEvent::from(body));
        let seq = head.seq + 1;
        let record = CommandRecord {
            id: CommandId(self.ids.next()),
            fingerprint: 1,
            result: None,
            last_seq: seq,
        };
        let mut sealed = StoredEvent {
            stream: room,
            seq,
            at: 1,
            by: None,
            session: None,
            trace: None,
            command: Some(record),
            type_name: event.type_name().to_owned(),
            audience: None,
            body: Some(event.body_json()),
            body_hash: None,
            tally: head.tally + 1,
            hash: [0; 32],
        };
        sealed.hash = sealed.chain(&head.hash);
        *head = Head { seq, tally: sealed.tally, hash: sealed.hash };
        Append {
            stream: room,
            events: vec![sealed],
            redactions: Vec::new(),
            outbox: Vec::new(),
            timers: Vec::new(),
            consumed: None,
            private: None,
        }
    }

    /// Refused in the right words, and nothing of it can be found.
    async fn is_refused(&self, batch: &[Append]) {
        for outcome in self.journal.append(batch.to_vec()).await {
            let Err(StoreError::Unavailable(why)) = outcome else { panic!("{outcome:?}") };
            assert!(why.starts_with("the disk is full"), "{why}");
        }
        for append in batch {
            let id = append.events[0].command.as_ref().expect("made above").id;
            assert_eq!(self.journal.find_command(id).await, Ok(None));
        }
    }
}

/// One member fits and the other does not, in either order and between others.
#[tokio::test]
async fn a_full_disk_refuses_the_whole_batch_and_takes_it_once_there_is_room() {
    let mut store = Full::new("batch").await;
    let (one, two) = (store.room(), store.room());
    let (mut head, mut other) = (Head::default(), Head::default());
    let before = [store.say(one, &mut head, "一"), store.say(two, &mut other, "二")];
    assert_eq!(store.journal.append(before.to_vec()).await, [Ok(()), Ok(())]);

    store.fill().await;
    let large = "字".repeat(100_000);
    let (durable, mut first) = (head, head);
    let small = store.say(one, &mut first, "三");
    let too_large = store.say(two, &mut other, &large);
    let last = store.say(one, &mut first, "四");
    let batch = [small, too_large, last];
    for _ in 0..3 {
        store.is_refused(&batch).await;
    }
    store.is_refused(&batch[1..2]).await;
    assert_eq!(store.journal.head(one).await, Ok(durable), "the small one is not kept either");
    let read = store.journal.read_after(one, 0, 9).await.expect("reading goes on");
    assert_eq!(read, before[0].events);

    store.make_room().await;
    assert_eq!(store.journal.append(batch.to_vec()).await, [Ok(()), Ok(()), Ok(())]);
    let read = store.journal.read_after(one, 0, 9).await.expect("read");
    assert_eq!(read.iter().map(|event| event.seq).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(store.journal.verify(None).await, Ok(Vec::new()));
}

/// The writer that was refused goes on itself: nothing has to be opened again from outside.
#[tokio::test]
async fn the_refused_writer_itself_recovers() {
    let mut store = Full::new("recovers").await;
    let (room, mut head) = (store.room(), Head::default());
    assert_eq!(store.journal.append(vec![store.say(room, &mut head, "a")]).await, [Ok(())]);
    store.fill().await;
    let large = [store.say(room, &mut head, &"x".repeat(200_000))];
    store.is_refused(&large).await;
    {
        let mut session = store.journal.writer.begin().await.expect("the lock is free");
        raise(&mut session.connection).await;
        session.rollback().await;
    }
    assert_eq!(store.journal.append(large.to_vec()).await, [Ok(())]);
    assert_eq!(store.journal.head(room).await, Ok(head));
    assert_eq!(store.journal.verify(None).await, Ok(Vec::new()));
}

async fn raise(connection: &mut SqliteConnection) {
    let raised = sqlx::query("PRAGMA max_page_count = 1000000").execute(connection).await;
    raised.expect("a pragma");
}

#[tokio::test]
async fn a_closed_store_is_one_file_and_refuses_writes() {
    let store = Full::new("closed").await;
    let (room, mut head) = (store.room(), Head::default());
    assert_eq!(store.journal.append(vec![store.say(room, &mut head, "a")]).await, [Ok(())]);
    store.journal.close().await.expect("closed");
    let names = std::fs::read_dir(&store.folder).expect("it exists").flatten();
    let names: Vec<_> = names.map(|entry| entry.file_name()).collect();
    assert_eq!(names, ["hub.db"], "the log is folded in");
    let outcome = store.journal.append(vec![store.say(room, &mut head, "b")]).await.remove(0);
    assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
    store.journal.close().await.expect("closing twice does no harm");
}
