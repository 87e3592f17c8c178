//! Stored files: what is kept, what is held, what is let go, and what is refused.

use crate::{
    queries::put,
    support::{Maker, Store},
};
use kernel::{
    ManualClock, SystemIds,
    journal::{Head, StoreError},
};
use persistence::{BlobError, BlobOptions, Blobs, Queries, SqliteJournal, Swept, export, import};
use protocol::{
    AccountId, AnyEvent, BlobId, EntityKind,
    file::{BeginUpload, FileRef, FinishUpload},
    room::{MessageSent, Part, RoomEvent},
};
use std::{sync::Arc, time::Duration};

const DAY: i64 = 24 * 60 * 60 * 1000;

struct Bench {
    store: Store,
    journal: SqliteJournal,
    queries: Queries,
    blobs: Blobs,
    clock: Arc<ManualClock>,
    make: Maker,
    me: AccountId,
}

impl Bench {
    async fn new() -> Self {
        let (store, make) = (Store::new(), Maker::new());
        let (journal, queries) = store.open().await;
        let clock = Arc::new(ManualClock::at(1_700_000_000_000));
        let blobs = open(&store, &queries, &clock).await.unwrap();
        let me = make.account();
        Self { store, journal, queries, blobs, clock, make, me }
    }

    async fn keep(&self, name: &str, content: &[u8]) -> Result<FileRef, BlobError> {
        let asked = BeginUpload { name: name.to_owned(), bytes: content.len() as u64 };
        let begun = self.blobs.begin(self.me, asked).await?;
        let mut writer = self.blobs.resume(self.me, begun.upload, 0).await?;
        writer.write(content).await?;
        assert_eq!(writer.close().await?, content.len() as u64);
        self.blobs.finish(self.me, begun.upload, FinishUpload::default()).await
    }

    async fn content(&self, blob: BlobId) -> Option<Vec<u8>> {
        let blob = self.blobs.find(blob).await.unwrap()?;
        let mut reader = self.blobs.read(&blob, 0..u64::MAX).unwrap();
        let mut content = Vec::new();
        while let Some(piece) = reader.next().await.unwrap() {
            content.extend_from_slice(&piece);
        }
        Some(content)
    }

    async fn sweep(&self) -> Swept {
        self.blobs.sweep(0..64, Duration::from_secs(3600)).await.unwrap()
    }
}

async fn open(
    store: &Store,
    queries: &Queries,
    clock: &Arc<ManualClock>,
) -> Result<Blobs, BlobError> {
    let folder = store.path().parent().unwrap().to_owned();
    let options = BlobOptions {
        folder: folder.join("drive"),
        key: folder.join("drive.key"),
        file_bytes_max: 10_000_000,
        account_bytes_max: 20_000_000,
    };
    Blobs::open(options, None, queries, clock.clone(), Arc::new(SystemIds)).await
}

fn code(outcome: Result<impl Sized, BlobError>) -> String {
    match outcome.err() {
        Some(BlobError::Refused(error)) => error.code.into_owned(),
        other => panic!("{other:?}"),
    }
}

fn message(file: &FileRef) -> AnyEvent {
    let part = Some(Box::new(Part::Document { file: file.clone() }));
    RoomEvent::from(MessageSent { part, ..MessageSent::default() }).into()
}

#[tokio::test]
async fn a_file_comes_back_as_it_was_in_any_range_and_after_a_restart() {
    let bench = Bench::new().await;
    let content: Vec<u8> = (0..1_300_000_u32).map(|n| (n * 31 % 253) as u8).collect();
    let file = bench.keep("a.bin", &content).await.unwrap();
    assert_eq!(bench.content(file.blob).await.as_deref(), Some(&content[..]));
    let again = open(&bench.store, &bench.queries, &bench.clock).await.unwrap();
    let blob = again.find(file.blob).await.unwrap().unwrap();
    for range in [0..0, 0..1, 65_535..65_537, 500_000..1_200_000, 1_299_999..1_300_000] {
        let mut reader = again.read(&blob, range.clone()).unwrap();
        let mut read = Vec::new();
        while let Some(piece) = reader.next().await.unwrap() {
            read.extend_from_slice(&piece);
        }
        let (start, end) = (range.start as usize, range.end as usize);
        assert!(read == content[start..end], "{range:?}");
    }
    let empty = bench.keep("empty", b"").await.unwrap();
    assert_eq!(bench.content(empty.blob).await, Some(Vec::new()));
}

#[tokio::test]
async fn the_same_content_is_stored_once_under_each_name() {
    let bench = Bench::new().await;
    let one = bench.keep("a.txt", b"same").await.unwrap();
    let two = bench.keep("b.csv", b"same").await.unwrap();
    assert_eq!((one.blob, &*two.name), (two.blob, "b.csv"));
    let held = bench.queries.held_upload(bench.me, one.blob, 0).await.unwrap();
    assert!(held.is_some());
    let other = bench.make.account();
    assert_eq!(bench.queries.held_upload(other, one.blob, 0).await.unwrap(), None);
}

#[tokio::test]
async fn what_nothing_names_is_let_go_and_what_is_named_stays() {
    let bench = Bench::new().await;
    let (named, unnamed) =
        (bench.keep("a.txt", b"named").await.unwrap(), bench.keep("b.txt", b"not").await.unwrap());
    let (room, mut head) = (bench.make.stream(EntityKind::Room), Head::default());
    put(&bench.journal, &bench.make, room, &mut head, &[message(&named)], None).await;
    bench.clock.advance(DAY - 1);
    assert_eq!(bench.sweep().await, Swept::default(), "its owner may still attach it");
    bench.clock.advance(2);
    assert_eq!(bench.sweep().await.blobs, 1);
    assert_eq!(bench.content(unnamed.blob).await, None);
    assert_eq!(bench.content(named.blob).await.as_deref(), Some(&b"named"[..]));
    // Redacted, it has no use left and goes at once; its quota with it.
    let mut recall = bench.make.append(room, &mut head, &[crate::support::message("recalled")]);
    recall.redactions = vec![1];
    kernel::journal::Journal::append(&bench.journal, vec![recall]).await.remove(0).unwrap();
    assert_eq!(bench.sweep().await.blobs, 1);
    assert_eq!(bench.content(named.blob).await, None);
    let left = bench.blobs.sweep(0..64, Duration::ZERO).await.unwrap();
    assert_eq!(left, Swept::default(), "no file without a row");
}

#[tokio::test]
async fn a_file_that_a_crash_left_without_a_row_is_found() {
    let bench = Bench::new().await;
    let kept = bench.keep("a.txt", b"kept").await.unwrap();
    let folder = bench.store.path().parent().unwrap().join("drive");
    // As a crash between the two leaves it: on the shelf, and no row.
    let (orphan, staged) = (bench.make.account().to_string(), folder.join("staged"));
    std::fs::write(&staged, b"left behind").unwrap();
    let shelf = persistence::Folder::open(folder.join("blobs")).unwrap();
    persistence::Shelf::take(&shelf, orphan.clone(), staged).await.unwrap();
    let foreign = folder.join("blobs/00/notes of an operator");
    std::fs::write(&foreign, b"").unwrap();
    assert_eq!(bench.sweep().await.orphans, 0, "too young to be told from one on its way");
    let swept = bench.blobs.sweep(0..64, Duration::ZERO).await.unwrap();
    assert_eq!(swept, Swept { orphans: 1, ..Swept::default() });
    assert!(persistence::Shelf::read(&shelf, orphan, 0, 1).await.is_err() && foreign.exists());
    assert_eq!(bench.content(kept.blob).await.as_deref(), Some(&b"kept"[..]));
}

#[tokio::test]
async fn bounds_and_mistakes_are_told() {
    let bench = Bench::new().await;
    let begin = |bytes| bench.blobs.begin(bench.me, BeginUpload { name: "a".into(), bytes });
    assert_eq!(code(begin(10_000_001).await), "drive.file_too_large");
    let one = begin(9_000_000).await.unwrap();
    begin(9_000_000).await.unwrap();
    assert_eq!(code(begin(9_000_000).await), "drive.quota_spent");
    let stranger = bench.make.account();
    assert_eq!(code(bench.blobs.upload(stranger, one.upload).await), "drive.upload_not_found");
    assert_eq!(code(bench.blobs.resume(bench.me, one.upload, 7).await), "drive.wrong_offset");
    let mut writer = bench.blobs.resume(bench.me, one.upload, 0).await.unwrap();
    assert_eq!(code(bench.blobs.resume(bench.me, one.upload, 0).await), "drive.upload_busy");
    assert_eq!(code(writer.write(&vec![0; 9_000_001]).await), "drive.too_many_bytes");
    drop(writer);
    bench.blobs.cancel(bench.me, one.upload).await.unwrap();
    begin(9_000_000).await.unwrap();
    let small = bench.blobs.begin(bench.me, BeginUpload { name: "s".into(), bytes: 3 }).await;
    let small = small.unwrap().upload;
    bench.blobs.resume(bench.me, small, 0).await.unwrap().write(b"abc").await.unwrap();
    let early = bench.blobs.finish(bench.me, small, FinishUpload::default()).await;
    assert_eq!(code(early), "drive.incomplete", "dropped before it was closed");
    let mut writer = bench.blobs.resume(bench.me, small, 0).await.unwrap();
    writer.write(b"abc").await.unwrap();
    writer.close().await.unwrap();
    let wrong = FinishUpload { sha256: Some("00".repeat(32)) };
    assert_eq!(code(bench.blobs.finish(bench.me, small, wrong).await), "drive.wrong_sha256");
    assert_eq!(code(bench.blobs.upload(bench.me, small).await), "drive.upload_not_found");
    assert_eq!(code(bench.keep("a.exe", b"\0\0").await), "drive.type_refused");
}

#[tokio::test]
async fn an_unfinished_upload_is_forgotten_after_some_days() {
    let bench = Bench::new().await;
    let asked = BeginUpload { name: "a".into(), bytes: 100_000 };
    let begun = bench.blobs.begin(bench.me, asked).await.unwrap();
    let mut writer = bench.blobs.resume(bench.me, begun.upload, 0).await.unwrap();
    writer.write(&[1; 70_000]).await.unwrap();
    assert_eq!(writer.close().await.unwrap(), 65_536);
    bench.clock.advance(3 * DAY);
    assert_eq!(bench.sweep().await, Swept::default());
    bench.clock.advance(2 * DAY);
    assert_eq!(bench.sweep().await.uploads, 1);
    assert_eq!(code(bench.blobs.upload(bench.me, begun.upload).await), "drive.upload_not_found");
}

#[tokio::test]
async fn without_the_right_key_nothing_opens() {
    let bench = Bench::new().await;
    bench.keep("a.txt", b"secret").await.unwrap();
    let key = bench.store.path().parent().unwrap().join("drive.key");
    let text = std::fs::read_to_string(&key).unwrap();
    std::fs::write(&key, "ab".repeat(32)).unwrap();
    let other = open(&bench.store, &bench.queries, &bench.clock).await.err();
    assert!(
        matches!(&other, Some(BlobError::Key(why)) if why.contains("not the key")),
        "{other:?}"
    );
    std::fs::remove_file(&key).unwrap();
    let gone = open(&bench.store, &bench.queries, &bench.clock).await.err();
    assert!(matches!(&gone, Some(BlobError::Key(why)) if why.contains("missing")), "{gone:?}");
    std::fs::write(&key, text).unwrap();
    open(&bench.store, &bench.queries, &bench.clock).await.unwrap();
    let token = bench.blobs.link_token(bench.make.account().0, 7);
    assert_eq!(bench.blobs.open_link(&token).map(|(_, link)| link), Some(7));
    assert_eq!(bench.blobs.open_link(&token.replace('0', "1")), None);
}

/// The lines of an export of what `bench` holds.
async fn exported(bench: &Bench) -> (persistence::Exported, Vec<String>) {
    let mut out = Vec::new();
    let done = export(&bench.journal, &bench.store.shelf(), &mut out, |_, _| {}).await.unwrap();
    (done, String::from_utf8(out).unwrap().lines().map(str::to_owned).collect())
}

#[tokio::test]
async fn files_travel_sealed_and_come_back_as_they_were() {
    let bench = Bench::new().await;
    let content: Vec<u8> = (0..900_001_u32).map(|n| (n * 7 % 251) as u8).collect();
    let (large, empty) =
        (bench.keep("a.bin", &content).await.unwrap(), bench.keep("b", b"").await.unwrap());
    bench.keep("draft.txt", b"never sent").await.unwrap();
    let (room, mut head) = (bench.make.stream(EntityKind::Room), Head::default());
    let messages = [message(&large), message(&empty)];
    put(&bench.journal, &bench.make, room, &mut head, &messages, None).await;
    let (done, lines) = exported(&bench).await;
    assert_eq!((done.events, done.files, done.gone, done.sealed), (2, 2, 0, true));
    let longest = lines.iter().map(String::len).max().unwrap();
    assert!(longest < 400_000, "one piece a line: {longest}");

    let (other, key) = (Store::new(), bench.store.path().with_file_name("drive.key"));
    let (journal, queries) = other.open().await;
    let text = lines.join("\n");
    let keyless = import(&journal, None, text.as_bytes(), |_, _| {}).await;
    assert_eq!(keyless, Err(StoreError::Constraint("store.key_missing".to_owned())));
    std::fs::copy(key, other.path().with_file_name("drive.key")).unwrap();
    let blobs = open(&other, &queries, &bench.clock).await.unwrap();
    let read = import(&journal, Some(&blobs), text.as_bytes(), |_, _| {}).await.unwrap();
    assert_eq!((read.events, read.files), (2, 2));
    let there = Bench { store: other, journal, queries, blobs, ..bench };
    assert!(there.content(large.blob).await == Some(content), "the same bytes");
    assert_eq!(there.content(empty.blob).await, Some(Vec::new()));
    assert_eq!(there.sweep().await, Swept::default(), "named, so kept");
}

#[tokio::test]
async fn a_changed_file_or_another_key_is_refused() {
    let bench = Bench::new().await;
    let file = bench.keep("a.bin", &[7; 300_000]).await.unwrap();
    let (room, mut head) = (bench.make.stream(EntityKind::Room), Head::default());
    put(&bench.journal, &bench.make, room, &mut head, &[message(&file)], None).await;
    let (_, lines) = exported(&bench).await;
    let piece = lines.iter().position(|line| line.starts_with(r#"{"piece""#)).unwrap();
    let mut changed = lines.clone();
    let middle = changed[piece].len() / 2;
    let other = if changed[piece].as_bytes()[middle] == b'A' { "B" } else { "A" };
    changed[piece].replace_range(middle..=middle, other);
    let mut short = lines.clone();
    short.remove(piece + 1);
    let mut renamed = lines.clone();
    let named = lines.iter().position(|line| line.starts_with(r#"{"file""#)).unwrap();
    let sha = renamed[named].find(r#""sha256":""#).unwrap() + 10;
    renamed[named].replace_range(sha..sha + 8, "01234567");
    for (what, lines) in [("changed", changed), ("short", short), ("another hash", renamed)] {
        let store = Store::new();
        let (journal, queries) = store.open().await;
        let key = bench.store.path().with_file_name("drive.key");
        std::fs::copy(key, store.path().with_file_name("drive.key")).unwrap();
        let blobs = open(&store, &queries, &bench.clock).await.unwrap();
        let text = lines.join("\n");
        let refused = import(&journal, Some(&blobs), text.as_bytes(), |_, _| {}).await;
        assert!(matches!(refused, Err(StoreError::Corrupt(_))), "{what}: {refused:?}");
        assert!(blobs.find(file.blob).await.unwrap().is_none(), "{what}: nothing half there");
    }
    let store = Store::new();
    let (journal, queries) = store.open().await;
    let blobs = open(&store, &queries, &bench.clock).await.unwrap();
    let foreign = import(&journal, Some(&blobs), lines.join("\n").as_bytes(), |_, _| {}).await;
    assert_eq!(foreign, Err(StoreError::Constraint("store.another_key".to_owned())));
}
