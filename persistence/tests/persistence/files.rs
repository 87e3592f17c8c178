//! What only a file can do: be reopened, be shared, be tampered with, be locked.

use crate::support::{Maker, Store, message};
use kernel::journal::{Head, Journal, StoreError};
use protocol::EntityKind;

#[tokio::test]
async fn reopening_keeps_everything() {
    let (store, make) = (Store::new(), Maker::new());
    let (room, mut head) = (make.stream(EntityKind::Room), Head::default());
    let (journal, queries) = store.open().await;
    let append = make.append(room, &mut head, &[message("a"), message("b")]);
    assert_eq!(journal.append(vec![append.clone()]).await, [Ok(())]);
    drop((journal, queries));
    let (journal, queries) = store.open().await;
    assert_eq!(journal.head(room).await.unwrap(), head);
    assert_eq!(journal.read_after(room, 0, 9).await.unwrap(), append.events);
    assert_eq!(queries.counts().await.unwrap().events, 2);
    assert_eq!(journal.append(vec![make.say(room, &mut head, "c")]).await, [Ok(())]);
}

/// A second node, or the same one that believes to be alone after a crash.
#[tokio::test]
async fn two_journals_on_one_file_conflict_and_lose_nothing() {
    let (store, make) = (Store::new(), Maker::new());
    let (room, mut head) = (make.stream(EntityKind::Room), Head::default());
    let ((one, _), (two, _)) = (store.open().await, store.open().await);
    assert_eq!(one.append(vec![make.say(room, &mut head, "1")]).await, [Ok(())]);
    let mut rival = head;
    assert_eq!(two.append(vec![make.say(room, &mut head, "2")]).await, [Ok(())]);
    // `one` still remembers the head it wrote itself.
    let late = make.say(room, &mut rival, "x");
    assert_eq!(one.append(vec![late]).await, [Err(StoreError::Conflict)]);
    // Having been told, it goes on from what the other wrote.
    let third = make.say(room, &mut head, "3");
    assert_eq!(one.append(vec![third.clone()]).await, [Ok(())]);
    let outcome = two.append(vec![third]).await.remove(0);
    assert!(matches!(outcome, Err(StoreError::Duplicate(_))));
    assert_eq!(two.head(room).await.unwrap(), head);
    assert_eq!(two.verify(None).await.unwrap(), []);
}

#[tokio::test]
async fn an_appender_that_only_lags_is_helped() {
    let (store, make) = (Store::new(), Maker::new());
    let (room, mut head) = (make.stream(EntityKind::Room), Head::default());
    let ((one, _), (two, _)) = (store.open().await, store.open().await);
    assert_eq!(one.append(vec![make.say(room, &mut head, "1")]).await, [Ok(())]);
    assert_eq!(two.append(vec![make.say(room, &mut head, "2")]).await, [Ok(())]);
    // Decided on the true head, which `one` has not heard of: its memory is at fault.
    assert_eq!(one.append(vec![make.say(room, &mut head, "3")]).await, [Ok(())]);
}

#[tokio::test]
async fn tampering_is_found() {
    let edits = [
        ("UPDATE events SET body = '{\"text\":\"forged\"}' WHERE seq = 2", 2),
        ("UPDATE events SET at = at + 1 WHERE seq = 3", 3),
        ("UPDATE events SET by_account = NULL WHERE seq = 1", 1),
        ("DELETE FROM events WHERE seq = 2", 2),
        ("DELETE FROM events WHERE seq = 4", 4),
        ("UPDATE events SET hash = x'00' WHERE seq = 2", 2),
        (
            "UPDATE streams SET head_seq = 3, hash = (SELECT hash FROM events WHERE seq = 3), tally = 3",
            4,
        ),
    ];
    for (edit, seq) in edits {
        let (store, make) = (Store::new(), Maker::new());
        let (room, mut head) = (make.stream(EntityKind::Room), Head::default());
        let (journal, _) = store.open().await;
        for text in ["a", "b", "c", "d"] {
            assert_eq!(journal.append(vec![make.say(room, &mut head, text)]).await, [Ok(())]);
        }
        assert_eq!(journal.verify(None).await.unwrap(), []);
        sqlx::query(edit).execute(&mut store.raw().await).await.unwrap();
        assert_eq!(journal.verify(None).await.unwrap(), [(room.id, seq)], "{edit}");
    }
}

#[tokio::test]
async fn a_locked_file_is_unavailable_and_heals_without_reopening() {
    let (store, make) = (Store::new(), Maker::new());
    let (room, mut head) = (make.stream(EntityKind::Room), Head::default());
    let (journal, _) = store.open().await;
    assert_eq!(journal.append(vec![make.say(room, &mut head, "a")]).await, [Ok(())]);
    let mut thief = store.raw().await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut thief).await.unwrap();
    let waiting = make.say(room, &mut head, "b");
    let outcome = journal.append(vec![waiting.clone()]).await.remove(0);
    assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
    assert!(journal.probe().await.is_err());
    // Reading goes on.
    assert_eq!(journal.read_after(room, 0, 9).await.unwrap().len(), 1);
    sqlx::query("ROLLBACK").execute(&mut thief).await.unwrap();
    journal.probe().await.unwrap();
    assert_eq!(journal.append(vec![waiting]).await, [Ok(())]);
}

/// A write that the disk refuses in the middle: a trigger stands for it.
#[tokio::test]
async fn a_failed_batch_leaves_nothing_behind() {
    let (store, make) = (Store::new(), Maker::new());
    let (journal, _) = store.open().await;
    let mut raw = store.raw().await;
    sqlx::query(
        "CREATE TRIGGER refuse BEFORE INSERT ON events WHEN NEW.body LIKE '%bad%' \
         BEGIN SELECT RAISE(ABORT, 'refused'); END",
    )
    .execute(&mut raw)
    .await
    .unwrap();
    let mut heads = vec![(make.stream(EntityKind::Room), Head::default()); 1];
    heads.push((make.stream(EntityKind::Room), Head::default()));
    let batch = heads
        .iter_mut()
        .zip(["good", "bad"])
        .map(|((room, head), text)| make.say(*room, head, text))
        .collect();
    let outcomes = journal.append(batch).await;
    assert!(matches!(outcomes[..], [Ok(()), Err(_)]), "{outcomes:?}");
    assert_eq!(journal.head(heads[0].0).await.unwrap(), heads[0].1);
    assert_eq!(journal.head(heads[1].0).await.unwrap(), Head::default());
    assert_eq!(journal.verify(None).await.unwrap(), []);
}

/// An actor that dies while its append is under way.
#[tokio::test]
async fn a_dropped_append_does_not_block_the_next() {
    let (store, make) = (Store::new(), Maker::new());
    let (journal, _) = store.open().await;
    for polls in 0..12 {
        let (room, mut head) = (make.stream(EntityKind::Room), Head::default());
        let append = make.say(room, &mut head, "dropped");
        {
            let mut under_way = std::pin::pin!(journal.append(vec![append.clone()]));
            for _ in 0..polls {
                let step = futures_util::future::poll_immediate(under_way.as_mut()).await;
                if step.is_some() {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
        let outcome = journal.append(vec![append]).await.remove(0);
        assert!(matches!(outcome, Ok(()) | Err(StoreError::Duplicate(_))), "{outcome:?}");
        assert_eq!(journal.head(room).await.unwrap(), head);
    }
}

/// Everything the store has on the disk, as text.
fn text(store: &Store) -> String {
    let folder = store.path();
    let files = std::fs::read_dir(folder.parent().unwrap()).unwrap().flatten();
    let bytes = files.flat_map(|file| std::fs::read(file.path()).unwrap_or_default());
    String::from_utf8_lossy(&bytes.collect::<Vec<u8>>()).into_owned()
}

/// Waits for something that nobody tells.
async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let look = async {
        let mut again = tokio::time::interval(std::time::Duration::from_millis(20));
        while !is_so() {
            again.tick().await;
        }
    };
    let seen = tokio::time::timeout(std::time::Duration::from_secs(30), look).await;
    assert!(seen.is_ok(), "{what}");
}

async fn is_gone(store: &Store, marks: &[String]) {
    let left = || {
        let text = text(store);
        marks.iter().any(|mark| text.contains(mark))
    };
    until("redacted text is still in the files", || !left()).await;
}

/// Every start erases what a crash may have left; a test of later erasures waits for it.
async fn has_begun(store: &Store) {
    let log = format!("{}-wal", store.path().display());
    until("the log is emptied at the start", || {
        std::fs::metadata(&log).is_ok_and(|log| log.len() == 0)
    })
    .await;
}

/// Not only the row: the log keeps old copies of its page, and a page keeps what was freed.
#[tokio::test]
async fn a_redacted_text_leaves_the_files() {
    let (store, make) = (Store::new(), Maker::new());
    let (room, mut head) = (make.stream(EntityKind::Room), Head::default());
    let (journal, _queries) = store.open().await;
    has_begun(&store).await;
    // From a few bytes to several pages, whose own marks may lie on different ones.
    let marks = |n: usize| [format!("begins-{n:02}-"), format!("-{n:02}-ends")];
    for n in 0..60 {
        let [begins, ends] = marks(n);
        let text = format!("{begins}{}{ends}", "字".repeat(n * n));
        assert_eq!(journal.append(vec![make.say(room, &mut head, &text)]).await, [Ok(())]);
    }
    let stays = |n: usize| {
        let text = text(&store);
        marks(n).iter().all(|mark| text.contains(mark))
    };
    assert!((0..60).all(stays), "what the test looks for is there");
    // A reader that began before may go on reading what it sees, so the log must stay.
    let mut reader = store.raw().await;
    sqlx::query("BEGIN").execute(&mut reader).await.unwrap();
    sqlx::query("SELECT COUNT(*) FROM events").execute(&mut reader).await.unwrap();
    for n in (0..60).filter(|n| n % 3 != 0) {
        let mut append = make.say(room, &mut head, "recalled");
        append.redactions = vec![n as u64 + 1];
        assert_eq!(journal.append(vec![append]).await, [Ok(())]);
    }
    assert!(stays(1), "the reader's copy");
    sqlx::query("ROLLBACK").execute(&mut reader).await.unwrap();
    let gone: Vec<String> = (0..60).filter(|n| n % 3 != 0).flat_map(marks).collect();
    is_gone(&store, &gone).await;
    assert!((0..60).step_by(3).all(stays), "the others stay");
    assert_eq!(journal.verify(None).await.unwrap(), []);
}

/// Killed between the redaction and the erasure: the next start sees to it.
#[tokio::test]
async fn a_redacted_text_left_by_a_crash_is_erased_at_the_next_start() {
    let (store, make) = (Store::new(), Maker::new());
    let (room, mut head) = (make.stream(EntityKind::Room), Head::default());
    let (journal, queries) = store.open().await;
    assert_eq!(journal.append(vec![make.say(room, &mut head, "taken-back")]).await, [Ok(())]);
    let mut append = make.say(room, &mut head, "recalled");
    append.redactions = vec![1];
    assert_eq!(journal.append(vec![append]).await, [Ok(())]);
    // As the files were at this moment, in a folder that nobody has open.
    let after = Store::new();
    std::fs::create_dir_all(after.path().parent().unwrap()).unwrap();
    for end in ["", "-wal"] {
        let from = format!("{}{end}", store.path().display());
        std::fs::copy(from, format!("{}{end}", after.path().display())).unwrap();
    }
    drop((journal, queries));
    assert!(text(&after).contains("taken-back"));
    let (journal, _queries) = after.open().await;
    is_gone(&after, &["taken-back".to_owned()]).await;
    assert_eq!(journal.head(room).await.unwrap(), head);
    assert_eq!(journal.verify(None).await.unwrap(), []);
}
