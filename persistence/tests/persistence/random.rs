//! Property: whatever is tried in whatever order, SQLite and memory answer and read the same.

use crate::support::{Maker, Store, message};
use kernel::journal::{Append, Cursor, Head, Journal, StoreError};
use persistence::MemoryJournal;
use proptest::prelude::*;
use protocol::{EntityKind, StreamId};

/// One member of a batch: which stream, and what is wrong with it.
#[derive(Clone, Debug)]
enum Try {
    Good { stream: usize, events: usize },
    Stale { stream: usize },
    Repeat { past: usize },
    Redact { stream: usize, seq: u64 },
}

fn tries() -> impl Strategy<Value = Vec<Vec<Try>>> {
    let one = prop_oneof![
        4 => (0..3_usize, 1..4_usize).prop_map(|(stream, events)| Try::Good { stream, events }),
        1 => (0..3_usize).prop_map(|stream| Try::Stale { stream }),
        1 => (0..40_usize).prop_map(|past| Try::Repeat { past }),
        1 => (0..3_usize, 1..9_u64).prop_map(|(stream, seq)| Try::Redact { stream, seq }),
    ];
    prop::collection::vec(prop::collection::vec(one, 1..6), 1..8)
}

/// What a caller may rely on: the kind of refusal, not its words.
fn told(outcome: &Result<(), StoreError>) -> &'static str {
    match outcome {
        Ok(()) => "ok",
        Err(StoreError::Conflict) => "conflict",
        Err(StoreError::Duplicate(_)) => "duplicate",
        Err(StoreError::Constraint(_)) => "constraint",
        Err(_) => "other",
    }
}

fn build(make: &Maker, tried: &Try, heads: &mut [(StreamId, Head)], past: &[Append]) -> Append {
    match *tried {
        Try::Good { stream, events } => {
            let (id, head) = &mut heads[stream];
            make.append(*id, head, &vec![message("hello"); events])
        }
        Try::Stale { stream } => {
            let (id, head) = heads[stream];
            let mut stale = if head.seq == 0 { Head { seq: 3, ..head } } else { Head::default() };
            make.say(id, &mut stale, "stale")
        }
        Try::Repeat { past: which } if !past.is_empty() => past[which % past.len()].clone(),
        Try::Repeat { .. } => make.say(heads[0].0, &mut heads[0].1, "first"),
        Try::Redact { stream, seq } => {
            let (id, head) = &mut heads[stream];
            // Within what this append will see, or beyond it: both are tried.
            let mut append = make.say(*id, &mut head.clone(), "redact");
            append.redactions = vec![seq];
            if seq <= head.seq + 1 {
                let last = &append.events[0];
                *head = Head { seq: last.seq, tally: last.tally, hash: last.hash };
            }
            append
        }
    }
}

async fn same(batches: Vec<Vec<Try>>) {
    let (store, make) = (Store::new(), Maker::new());
    let ((sqlite, _), memory) = (store.open().await, MemoryJournal::new());
    let mut heads: Vec<_> =
        (0..3).map(|_| (make.stream(EntityKind::Room), Head::default())).collect();
    let mut past: Vec<Append> = Vec::new();
    for tries in batches {
        let mut batch = Vec::new();
        for tried in &tries {
            let append = build(&make, tried, &mut heads, &past);
            past.push(append.clone());
            batch.push(append);
        }
        let ours = sqlite.append(batch.clone()).await;
        let theirs = memory.append(batch).await;
        assert_eq!(
            ours.iter().map(told).collect::<Vec<_>>(),
            theirs.iter().map(told).collect::<Vec<_>>(),
            "{tries:?}"
        );
    }
    let account = make.account();
    for (stream, head) in heads {
        assert_eq!(sqlite.head(stream).await.unwrap(), head);
        assert_eq!(memory.head(stream).await.unwrap(), head);
        let (ours, theirs) = (sqlite.load(stream, 1).await, memory.load(stream, 1).await);
        assert_eq!(ours.unwrap().events, theirs.unwrap().events);
        let cursor = Cursor { account, stream, seq: 4, tally: 0, at: 9 };
        let ours = sqlite.move_cursors(vec![cursor]).await.unwrap();
        assert_eq!(ours, memory.move_cursors(vec![cursor]).await.unwrap());
    }
    assert_eq!(sqlite.verify(None).await.unwrap(), []);
    assert_eq!(memory.verify(None).await.unwrap(), []);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() })]

    #[test]
    fn sqlite_and_memory_agree(batches in tries()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(same(batches));
    }
}
