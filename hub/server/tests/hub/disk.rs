//! A disk that takes no more, under the running program. A limit on the size of its files
//! stands for it: the same writes fail in the same places, and it can be put on and taken off
//! a process that runs.

use crate::hub::{Folder, Hub, Person, next, next_text, say, text};
use client::ClientError;
use protocol::http::CommandRequest;
use protocol::room::{RoomSignal, Typing};
use protocol::{ErrorBody, ErrorKind, Seq, ServerFrame, StreamId};
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};
use std::collections::BTreeMap;
use tokio::task::JoinSet;

/// Commands under way at once, so that several share a commit.
const AT_ONCE: usize = 16;

/// No file of the hub may grow beyond this.
fn limit_files(hub: &Hub, bytes: Option<u64>) {
    let pid = i32::try_from(hub.pid()).ok().and_then(Pid::from_raw);
    let limit = Rlimit { current: bytes, maximum: getrlimit(Resource::Fsize).maximum };
    prlimit(Some(pid.expect("it runs")), Resource::Fsize, limit).expect("its own child");
}

fn request(room: StreamId, text: String) -> CommandRequest {
    CommandRequest { id: client::ids::command(), stream: Some(room), command: say(&text).into() }
}

/// Over HTTP, where nothing is sent again behind our back.
async fn send(person: &Person, request: &CommandRequest) -> Result<Seq, ErrorBody> {
    match person.door().command(request).await {
        Ok(receipt) => Ok(receipt.seq),
        Err(ClientError::Refused(error)) => Err(error),
        Err(error) => panic!("the hub answers: {error}"),
    }
}

/// What people got for what they wrote while the disk filled up.
#[derive(Default)]
struct Written {
    acked: BTreeMap<Seq, String>,
    refused: Vec<(CommandRequest, String)>,
}

/// Writes until the disk has refused a few.
async fn write_until_refused(person: &Person, room: StreamId) -> Written {
    let mut written = Written::default();
    let mut under_way = JoinSet::new();
    let mut n = 0;
    while written.refused.len() < AT_ONCE || !under_way.is_empty() {
        while written.refused.len() < AT_ONCE && under_way.len() < AT_ONCE {
            let text = format!("{n} {}", "字".repeat(n % 300));
            let (door, request) = (person.door().clone(), request(room, text.clone()));
            under_way.spawn(async move { (door.command(&request).await, request, text) });
            n += 1;
        }
        let Some(done) = under_way.join_next().await else { continue };
        match done.expect("no panic") {
            (Ok(receipt), _, text) => {
                assert_eq!(written.acked.insert(receipt.seq, text), None, "one number, one text");
            }
            (Err(ClientError::Refused(error)), request, text) => {
                assert_eq!(error.kind, ErrorKind::Unavailable, "{error}");
                assert!(error.retry.is_some(), "it says when to come back");
                written.refused.push((request, text));
            }
            (Err(error), ..) => panic!("the hub answers: {error}"),
        }
    }
    written
}

#[tokio::test]
async fn a_full_disk_refuses_writes_serves_reads_and_heals_without_a_restart() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let room = aygul.make_room("值班", &[wang.account]).await;
    let mut watch = wang.client.watch(room, 0).await.expect("connected");
    let before = aygul.say(room, "before").await;
    assert_eq!(next_text(&mut watch).await, "before");
    assert_eq!(hub.get("/readyz").await.0, 200);

    let log = std::fs::metadata(folder.0.join("hub.db-wal")).expect("the store is open");
    limit_files(&hub, Some(log.len() + 100_000));
    let mut written = write_until_refused(&aygul, room).await;
    assert!(!written.acked.is_empty(), "some still fitted");
    // Now not even what SQLite could write into room that it has.
    limit_files(&hub, Some(0));
    let late = request(room, "late".to_owned());
    let error = send(&aygul, &late).await.expect_err("the disk is full");
    assert_eq!((error.kind, &*error.code), (ErrorKind::Unavailable, "hub.unavailable"));
    written.refused.push((late, "late".to_owned()));

    let (status, why) = hub.get("/readyz").await;
    assert_eq!(status, 503, "{why}");
    assert!(why.contains("storage refuses commits") && why.contains("the disk"), "{why}");
    reads_go_on(&aygul, &wang, room, before).await;
    // A client that waits is answered when there is room again.
    let (patient, words) = (aygul.client.clone(), say("patient"));
    let patient = tokio::spawn(async move { patient.command(room, words).await });

    limit_files(&hub, getrlimit_files());
    assert_eq!(hub.get("/readyz").await.0, 200, "it is found out without a command");
    for (request, text) in &written.refused {
        let seq = send(&aygul, request).await.expect("there is room again");
        assert_eq!(written.acked.insert(seq, text.clone()), None, "one number, one text");
        assert_eq!(send(&aygul, request).await, Ok(seq), "and once");
    }
    let patient = patient.await.expect("no panic").expect("answered in the end").seq;
    written.acked.insert(patient, "patient".to_owned());
    let last = aygul.say(room, "after").await;

    // Number by number: the watch went through all of it.
    for seq in before + 1..=last {
        let event = next(&mut watch).await;
        assert_eq!(event.seq, seq);
        let wanted = written.acked.remove(&seq);
        assert_eq!(text(&event), wanted.or((seq == last).then(|| "after".to_owned())));
    }
    assert!(written.acked.is_empty(), "acknowledged, so it is there: {:?}", written.acked);
    assert_eq!(hub.stop().await, Some(0));
    let verified = crate::hub::run(&folder.0, &["verify"], "").await;
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}

fn getrlimit_files() -> Option<u64> {
    getrlimit(Resource::Fsize).current
}

async fn reads_go_on(aygul: &Person, wang: &Person, room: StreamId, before: Seq) {
    let page = wang.door().events_after(room, 0, 10).await.expect("history");
    assert!(page.head >= before);
    aygul.door().get::<serde_json::Value>("/v1/rooms?limit=10").await.expect("lists");
    let mut fresh = aygul.client.watch(room, 0).await.expect("a new watch");
    for seq in 1..=before {
        assert_eq!(next(&mut fresh).await.seq, seq);
    }
    let mut notices = wang.client.notices();
    aygul.client.signal(room, RoomSignal::from(Typing {})).await.expect("connected");
    let typing = async { while !matches!(notices.recv().await, Ok(ServerFrame::Signal { .. })) {} };
    tokio::time::timeout(crate::hub::PATIENCE, typing).await.expect("live pushes go on");
}
