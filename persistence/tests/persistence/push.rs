//! The queue of what devices are told: each message once a device, in order of commit, for who
//! can be told; and what a person has cleared away.

use crate::{
    queries::{Hall, hall, put},
    support::Store,
};
use kernel::journal::{Head, Journal};
use persistence::{PushRow, Queries, rebuild};
use protocol::{
    AccountId, AnyEvent, SessionId, StreamId,
    account::{AccountEvent, HistoryCleared, PushDeviceAdded, PushDeviceRemoved, SignedOut},
    account::{SignOutReason, SignedIn},
    me::{PushEnd, PushProvider},
};
use uuid::Uuid;

const DEVICE: Uuid = Uuid::from_u128(77);
const TARGET: &str = r#"{"push_target":{"provider":"xiaomi","token":"registration"}}"#;
const PAUSE: i64 = 2_000;
/// Long after everything in the small hall was said.
const NOW: i64 = 8_000;

fn added(session: SessionId) -> AnyEvent {
    let (provider, name) = (PushProvider::Xiaomi, "手机".to_owned());
    AccountEvent::from(PushDeviceAdded { device: DEVICE, provider, name, session }).into()
}

/// The head of somebody's own stream.
async fn head(journal: &impl Journal, account: AccountId) -> Head {
    let stream = StreamId::from(account);
    let events = journal.read_after(stream, 0, 100).await.unwrap();
    let last = events.last().unwrap();
    Head { seq: last.seq, tally: last.tally, hash: last.hash }
}

async fn due(queries: &Queries) -> Vec<PushRow> {
    while queries.feed_push(NOW, PAUSE).await.unwrap() {}
    queries.due_pushes(NOW, 10).await.unwrap()
}

#[tokio::test]
async fn a_message_is_queued_once_for_each_device_that_can_be_told() {
    let store = Store::new();
    let Hall { journal, queries, make, people, session, mut group, .. } = hall(&store).await;
    let owner = people[0];
    let mut own = head(&journal, owner).await;
    assert_eq!(due(&queries).await, [], "what was said before the first look is no news");
    put(&journal, &make, owner.into(), &mut own, &[added(session)], Some(TARGET)).await;
    // The times of a stream follow its numbers here: the message is to come after the device.
    let mut seq = 0;
    while seq <= own.seq {
        let said = make.say(group.0, &mut group.1, "您好");
        seq = said.events[0].seq;
        assert_eq!(journal.append(vec![said]).await, [Ok(())]);
    }
    let rows = due(&queries).await;
    let row = rows.last().unwrap();
    assert_eq!((row.account, row.device, row.seq), (owner, DEVICE, seq));
    let earlier = rows.iter().filter(|row| row.seq < own.seq).count();
    assert_eq!(earlier, 0, "a device is told of nothing from before it was there");
    assert_eq!(due(&queries).await, rows, "looked at again, they are the same rows");
    let facts = queries.push_facts(row, NOW).await.unwrap().unwrap();
    assert_eq!((facts.read < seq, facts.hidden, facts.unread > 0), (true, false, true));

    // Later, and then no more.
    queries.delay_push(row.id, NOW + 1).await.unwrap();
    assert!(queries.due_pushes(NOW, 10).await.unwrap().iter().all(|one| one.id != row.id));
    let again = queries.due_pushes(NOW + 1, 10).await.unwrap();
    assert_eq!(again.last().map(|row| row.tries), Some(1));
    queries.settle_push(row.id).await.unwrap();
    assert!(queries.due_pushes(NOW + 1, 10).await.unwrap().iter().all(|one| one.id != row.id));
}

#[tokio::test]
async fn who_is_told_ends_with_the_session_and_the_device() {
    let store = Store::new();
    let Hall { journal, queries, make, people, mut group, .. } = hall(&store).await;
    let owner = people[1];
    let mut own = head(&journal, owner).await;
    let session = make.session();
    let signed_in = SignedIn {
        session,
        expires_at: NOW + 1_000,
        addr: "::1".to_owned(),
        agent: "test".to_owned(),
        code_step: None,
    };
    let signed_in = AccountEvent::from(signed_in).into();
    put(&journal, &make, owner.into(), &mut own, &[signed_in], None).await;
    put(&journal, &make, owner.into(), &mut own, &[added(session)], Some(TARGET)).await;
    let said = make.say(group.0, &mut group.1, "您好");
    let seq = said.events[0].seq;
    assert_eq!(journal.append(vec![said]).await, [Ok(())]);
    let row = PushRow {
        id: 1,
        account: owner,
        device: DEVICE,
        room: protocol::RoomId(group.0.id),
        seq,
        at: 1,
        tries: 0,
    };
    let known = async |now| queries.push_facts(&row, now).await.unwrap().is_some();
    assert!(known(NOW).await);
    assert!(!known(NOW + 1_000).await, "the sign-in has run out");
    rebuild(&journal, |_, _| {}).await.unwrap();
    assert!(known(NOW).await, "a rebuild carries over where the device is reached");
    let out = SignedOut { session, reason: SignOutReason::Asked };
    let out = AccountEvent::from(out).into();
    put(&journal, &make, owner.into(), &mut own, &[out], None).await;
    assert!(!known(NOW).await, "signed out");
    assert_eq!(queries.push_devices(owner).await.unwrap().len(), 1);
    let gone = AccountEvent::from(PushDeviceRemoved { device: DEVICE, reason: PushEnd::Gone });
    put(&journal, &make, owner.into(), &mut own, &[gone.into()], None).await;
    assert_eq!(queries.push_devices(owner).await.unwrap(), []);
}

#[tokio::test]
async fn what_is_cleared_is_left_out_of_previews_also_after_a_rebuild() {
    let store = Store::new();
    let Hall { journal, queries, make, people, mut group, .. } = hall(&store).await;
    let (owner, room) = (people[0], group.0);
    let said = make.say(room, &mut group.1, "以前");
    let seq = said.events[0].seq;
    assert_eq!(journal.append(vec![said]).await, [Ok(())]);
    let last = async |account| {
        let page = queries.conversations(account, None, 9).await.unwrap();
        let line = page.items.into_iter().find(|line| line.stream == room).unwrap();
        line.last.map(|last| last.seq)
    };
    assert_eq!(last(owner).await, Some(seq));
    let mut own = head(&journal, owner).await;
    let cleared = HistoryCleared { room: Some(protocol::RoomId(room.id)), seq: Some(seq) };
    let cleared = AccountEvent::from(cleared).into();
    put(&journal, &make, owner.into(), &mut own, &[cleared], None).await;
    for _ in 0..2 {
        assert_eq!((last(owner).await, last(people[1]).await), (None, Some(seq)));
        let mark = queries.cleared(owner, protocol::RoomId(room.id)).await.unwrap();
        assert_eq!(mark, (seq, 0));
        rebuild(&journal, |_, _| {}).await.unwrap();
    }
}
