//! Killed with -9 while people write: nothing acknowledged is lost, nothing happens twice,
//! all see one order.

use crate::hub::{Folder, Hub, next, say, text};
use protocol::{Seq, StreamId};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tokio::sync::Notify;

const CLIENTS: usize = 20;
const ROUNDS: usize = 10;
/// Acknowledgements between two kills.
const PER_ROUND: usize = 100;

#[derive(Default)]
struct Tally {
    acked: AtomicUsize,
    stop: AtomicBool,
    changed: Notify,
}

impl Tally {
    async fn reaches(&self, wanted: usize) {
        loop {
            let changed = self.changed.notified();
            if self.acked.load(Ordering::Acquire) >= wanted {
                return;
            }
            changed.await;
        }
    }
}

/// Writes until told to stop; gives the number of each acknowledged text.
async fn write(
    client: client::Client,
    room: StreamId,
    who: usize,
    tally: Arc<Tally>,
) -> BTreeMap<Seq, String> {
    let mut acked = BTreeMap::new();
    let mut n = 0;
    while !tally.stop.load(Ordering::Acquire) {
        let text = format!("{who}-{n}");
        n += 1;
        let receipt = client.command(room, say(&text)).await.expect("answered in the end");
        assert_eq!(acked.insert(receipt.seq, text), None, "one number, one message");
        tally.acked.fetch_add(1, Ordering::AcqRel);
        tally.changed.notify_waiters();
    }
    acked
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_nine_loses_nothing_doubles_nothing_and_keeps_one_order() {
    let folder = Folder::new();
    let names: Vec<String> = (0..CLIENTS).map(|n| format!("staff{n:02}")).collect();
    let people: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut hub = Hub::with(&folder.0, &people).await;
    let mut staff = Vec::new();
    for name in &people {
        staff.push(hub.sign_in(name).await);
    }
    let members: Vec<_> = staff.iter().map(|person| person.account).collect();
    let room = staff[0].make_room("应急演练", &members).await;
    let mut watches = Vec::new();
    for person in &staff {
        watches.push(person.client.watch(room, 0).await.expect("connected"));
    }
    let tally = Arc::new(Tally::default());
    let writing: Vec<_> = staff
        .iter()
        .enumerate()
        .map(|(n, person)| tokio::spawn(write(person.client.clone(), room, n, tally.clone())))
        .collect();
    for _ in 0..ROUNDS {
        let before = tally.acked.load(Ordering::Acquire);
        let enough = tokio::time::timeout(crate::hub::PATIENCE, tally.reaches(before + PER_ROUND));
        enough.await.expect("everybody carries on after a restart");
        hub.kill_and_restart().await;
    }
    tally.stop.store(true, Ordering::Release);
    let mut acked = BTreeMap::new();
    for writer in writing {
        acked.extend(writer.await.expect("no panic"));
    }
    let last = staff[0].say(room, "end").await;

    let mut first: Option<Vec<(Seq, Option<String>)>> = None;
    for watch in &mut watches {
        let mut seen = Vec::new();
        while seen.last().is_none_or(|(seq, _)| *seq < last) {
            let event = next(watch).await;
            seen.push((event.seq, text(&event)));
        }
        let dense = seen.iter().enumerate().all(|(n, (seq, _))| *seq == n as Seq + 1);
        assert!(dense, "each once, in order");
        match &first {
            None => first = Some(seen),
            Some(first) => assert_eq!(first, &seen, "one order for all"),
        }
    }
    let seen: BTreeMap<Seq, Option<String>> =
        first.expect("somebody watched").into_iter().collect();
    for (seq, text) in &acked {
        assert_eq!(seen[seq].as_ref(), Some(text), "acknowledged, so it is there");
    }
    let texts: Vec<&String> = seen.values().flatten().collect();
    assert_eq!(texts.iter().collect::<HashSet<_>>().len(), texts.len(), "nothing twice");
    assert_eq!(hub.stop().await, Some(0));
    let verified = crate::hub::run(&folder.0, &["verify"], "").await;
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}
