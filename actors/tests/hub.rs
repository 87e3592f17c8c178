//! The shells over a real SQLite file: hold and release, repeated and reused command ids,
//! a store that fails and recovers, effects, cursors, sign-in. Rules are tested in `domain`.

mod accounts;
mod apps;
mod messages;

use actors::{Hub, Parts, Request};
use async_trait::async_trait;
use domain::{Policy, Who};
use kernel::{
    Clock, IdSource, ManualClock, Outbox, SystemIds,
    journal::{
        Append, Cursor, FirstOutcome, Head, Journal, Loaded, OutboxRow, Snapshot, StoreError,
        StoredEvent, TimerRow,
    },
};
use protocol::{
    AccountId, AnyCommand, CloseCode, CommandId, EntityKind, ErrorBody, ErrorKind, Millis, Role,
    Seq, StreamId, TraceId, UnitId,
    account::{CreateAccount, Names, Secret, SignOut},
    http::{Receipt, SignInRequest},
    room::{CreateRoom, MarkRead, OpenDirect, RecallMessage, RoomCommand, SendMessage},
    unit::{CreateUnit, UnitCommand, UnitKind},
};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use uuid::Uuid;

/// The real journal with a switch: off, every append is refused as by a full disk.
struct Switched {
    inner: Arc<dyn Journal>,
    broken: Arc<AtomicBool>,
}

#[async_trait]
impl Journal for Switched {
    async fn append(&self, batch: Vec<Append>) -> Vec<Result<(), StoreError>> {
        if self.broken.load(Ordering::SeqCst) {
            return batch
                .iter()
                .map(|_| Err(StoreError::Unavailable("disk full".into())))
                .collect();
        }
        self.inner.append(batch).await
    }
    async fn load(&self, stream: StreamId, version: u32) -> Result<Loaded, StoreError> {
        self.inner.load(stream, version).await
    }
    async fn read_after(
        &self,
        s: StreamId,
        a: Seq,
        l: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        self.inner.read_after(s, a, l).await
    }
    async fn read_before(
        &self,
        s: StreamId,
        b: Seq,
        l: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        self.inner.read_before(s, b, l).await
    }
    async fn head(&self, stream: StreamId) -> Result<Head, StoreError> {
        self.inner.head(stream).await
    }
    async fn find_command(&self, id: CommandId) -> Result<Option<FirstOutcome>, StoreError> {
        self.inner.find_command(id).await
    }
    async fn save_snapshot(&self, snapshot: Snapshot) -> Result<(), StoreError> {
        self.inner.save_snapshot(snapshot).await
    }
    async fn move_cursors(&self, cursors: Vec<Cursor>) -> Result<Vec<Cursor>, StoreError> {
        self.inner.move_cursors(cursors).await
    }
    async fn outbox(&self, limit: usize) -> Result<Vec<OutboxRow>, StoreError> {
        self.inner.outbox(limit).await
    }
    async fn settle(&self, id: CommandId) -> Result<(), StoreError> {
        self.inner.settle(id).await
    }
    async fn due_timers(&self, now: Millis, limit: usize) -> Result<Vec<TimerRow>, StoreError> {
        self.inner.due_timers(now, limit).await
    }
    async fn probe(&self) -> Result<(), StoreError> {
        if self.broken.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable("disk full".into()));
        }
        self.inner.probe().await
    }
    async fn verify(&self, only: Option<StreamId>) -> Result<Vec<(Uuid, Seq)>, StoreError> {
        self.inner.verify(only).await
    }
}

struct Scene {
    hub: Hub,
    clock: Arc<ManualClock>,
    broken: Arc<AtomicBool>,
    ids: SystemIds,
}

const PASSWORD: &str = "Right-Horse-7";

impl Scene {
    async fn open(dir: &Path) -> Self {
        Self::open_later(dir, 0).await
    }

    /// As long after.
    async fn open_later(dir: &Path, ms: Millis) -> Self {
        let options = persistence::StoreOptions { path: dir.join("hub.db"), readers: 2 };
        let (journal, queries) = persistence::open(&options).await.expect("a writable directory");
        let broken = Arc::new(AtomicBool::new(false));
        // Near the machine's clock, so that fresh command ids count as fresh.
        let clock = Arc::new(ManualClock::at(kernel::SystemClock.now() - 1_000 + ms));
        let journal = Arc::new(Switched { inner: Arc::new(journal), broken: broken.clone() });
        let hub = Hub::start(Parts {
            journal,
            queries,
            clock: clock.clone(),
            ids: Arc::new(SystemIds),
            policy: Policy::default(),
            arbiters: 2,
            argon2_memory_kib: 64,
            mailer: None,
            web: None,
            pusher: None,
            media: Vec::new(),
        });
        Self { hub, clock, broken, ids: SystemIds }
    }

    fn request(&self, stream: Option<StreamId>, command: impl Into<AnyCommand>) -> Request {
        Request {
            id: CommandId(self.ids.next()),
            stream,
            command: command.into(),
            trace: TraceId(self.ids.next()),
        }
    }

    async fn ask(
        &self,
        who: &Who,
        stream: Option<StreamId>,
        command: impl Into<AnyCommand>,
    ) -> Result<Receipt, ErrorBody> {
        self.hub.submit(who, self.request(stream, command)).await
    }

    async fn person(&self, unit: UnitId, username: &str) -> Who {
        self.person_as(unit, username, Role::CounterStaff).await
    }

    async fn person_as(&self, unit: UnitId, username: &str, role: Role) -> Who {
        let account = AccountId(self.ids.next());
        let create = CreateAccount {
            username: username.to_owned(),
            names: Names { zh: "古丽".to_owned(), ..Names::default() },
            unit,
            post: String::new(),
            phone: None,
            password: Secret(PASSWORD.to_owned()),
            roles: vec![role],
        };
        let command = protocol::account::AccountCommand::from(create);
        self.ask(&Who::hub(), Some(account.into()), command).await.expect("created");
        self.sign_in(username).await
    }

    async fn sign_in(&self, username: &str) -> Who {
        let token = self.try_sign_in(username, PASSWORD).await.expect("signed in").token;
        self.hub.authenticate(&token).await.expect("a valid token")
    }

    async fn try_sign_in(
        &self,
        name: &str,
        password: &str,
    ) -> Result<actors::SignedInAs, ErrorBody> {
        let request = SignInRequest {
            username: name.to_owned(),
            password: Secret(password.to_owned()),
            code: None,
        };
        self.hub.sign_in(request, "::1".to_owned(), "test".to_owned()).await
    }

    async fn unit(&self) -> UnitId {
        let unit = UnitId(self.ids.next());
        let create = CreateUnit {
            kind: UnitKind::Region,
            names: Names { zh: "自治区".to_owned(), ..Names::default() },
            parent: None,
            rank: 0,
        };
        let stream = StreamId::new(EntityKind::Unit, unit.0);
        self.ask(&Who::hub(), Some(stream), UnitCommand::from(create)).await.expect("created");
        unit
    }

    async fn direct(&self) -> (Who, Who, StreamId) {
        let unit = self.unit().await;
        let (a, b) = (self.person(unit, "aynur").await, self.person(unit, "batur").await);
        let open = RoomCommand::from(OpenDirect { peer: b.account.expect("a person") });
        let room = self.ask(&a, None, open).await.expect("opened").stream;
        (a, b, room)
    }
}

fn say(text: &str) -> RoomCommand {
    SendMessage { text: text.to_owned(), ..SendMessage::default() }.into()
}

fn run<F: Future<Output = ()>>(test: impl FnOnce(std::path::PathBuf) -> F) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    actix::System::new().block_on(test(dir.path().to_owned()));
}

#[test]
fn both_sides_open_the_same_direct_room_and_each_message_counts_once() {
    run(|dir| async move {
        let scene = Scene::open(&dir).await;
        let (a, b, room) = scene.direct().await;
        let open = RoomCommand::from(OpenDirect { peer: a.account.expect("a person") });
        assert_eq!(scene.ask(&b, None, open).await.expect("opened").stream, room);
        for text in ["您好", "ياخشىمۇسىز", "hello"] {
            scene.ask(&a, Some(room), say(text)).await.expect("durable");
        }
        let unread = scene.hub.queries().unread(b.account.expect("a person"), room).await;
        assert_eq!(unread.expect("read"), 3);
        let head = scene.hub.watch_head(&b, room).await.expect("a member");
        scene.ask(&b, Some(room), RoomCommand::from(MarkRead { seq: head })).await.expect("marked");
        let unread = scene.hub.queries().unread(b.account.expect("a person"), room).await;
        assert_eq!(unread.expect("read"), 0);
    });
}

#[test]
fn the_same_id_returns_the_first_outcome_also_after_a_restart() {
    run(|dir| async move {
        let scene = Scene::open(&dir).await;
        let (a, _, room) = scene.direct().await;
        let request = scene.request(Some(room), say("once"));
        let first = scene.hub.submit(&a, request.clone()).await.expect("durable");
        assert_eq!(scene.hub.submit(&a, request.clone()).await.expect("repeated"), first);
        let other = Request { command: say("twice").into(), ..request.clone() };
        let error = scene.hub.submit(&a, other.clone()).await.expect_err("another body");
        assert_eq!((error.kind, &*error.code), (ErrorKind::Conflict, "hub.command_id_reused"));
        scene.hub.shutdown().await;

        let again = Scene::open(&dir).await;
        assert_eq!(again.hub.submit(&a, request).await.expect("repeated"), first);
        let error = again.hub.submit(&a, other).await.expect_err("another body");
        assert_eq!(error.kind, ErrorKind::Conflict);
        let events = again.hub.journal().read_after(room, 0, 100).await.expect("read");
        assert_eq!(events.iter().filter(|e| e.type_name == "room.message_sent").count(), 1);
    });
}

#[test]
fn a_failing_disk_refuses_and_recovers_without_a_restart() {
    run(|dir| async move {
        let scene = Scene::open(&dir).await;
        let (a, _, room) = scene.direct().await;
        scene.ask(&a, Some(room), say("before")).await.expect("durable");
        scene.broken.store(true, Ordering::SeqCst);
        let lost = scene.request(Some(room), say("during"));
        let error = scene.hub.submit(&a, lost.clone()).await.expect_err("the disk is full");
        assert_eq!(error.kind, ErrorKind::Unavailable);
        assert!(error.retry.is_some(), "the client is told to try again");
        assert!(scene.hub.ready().await.is_err());
        scene.hub.watch_head(&a, room).await.expect("reading goes on");
        scene.broken.store(false, Ordering::SeqCst);
        let receipt = scene.hub.submit(&a, lost).await.expect("durable now");
        let last = scene.ask(&a, Some(room), say("after")).await.expect("durable");
        assert_eq!(last.seq, receipt.seq + 1, "no hole where the guess died");
        assert!(scene.hub.ready().await.is_ok());
        assert!(scene.hub.journal().verify(None).await.expect("walked").is_empty());
    });
}

#[test]
fn watchers_get_every_event_once_in_order_and_nothing_that_is_not_durable() {
    run(|dir| async move {
        let scene = Scene::open(&dir).await;
        let (a, b, room) = scene.direct().await;
        let outbox = Outbox::new(1 << 20);
        let fanout = scene.hub.fanout().clone();
        let head = scene.hub.watch_head(&b, room).await.expect("a member");
        fanout.subscribe(room, b.account.expect("a person"), &outbox, head);
        assert!(fanout.go_live(room, &outbox, head));
        for n in 0..20 {
            scene.ask(&a, Some(room), say(&format!("{n}"))).await.expect("durable");
        }
        scene.broken.store(true, Ordering::SeqCst);
        scene.ask(&a, Some(room), say("never")).await.expect_err("the disk is full");
        let mut frames = Vec::new();
        outbox.take(std::task::Waker::noop(), &mut frames);
        let seqs: Vec<u64> = frames
            .iter()
            .map(|frame| serde_json::from_str::<serde_json::Value>(frame).expect("JSON"))
            .map(|frame| frame["seq"].as_u64().expect("numbered"))
            .collect();
        assert_eq!(seqs, (head + 1..=head + 20).collect::<Vec<_>>());
        assert!(frames.iter().all(|frame| !frame.contains("never")));
    });
}

#[test]
fn a_recalled_text_is_gone_from_the_store_and_the_chain_still_holds() {
    run(|dir| async move {
        let scene = Scene::open(&dir).await;
        let (a, _, room) = scene.direct().await;
        let seq = scene.ask(&a, Some(room), say("秘密")).await.expect("durable").seq;
        let recall = RoomCommand::from(RecallMessage { seq });
        scene.ask(&a, Some(room), recall).await.expect("recalled");
        let events = scene.hub.journal().read_after(room, 0, 100).await.expect("read");
        assert!(events.iter().all(|event| !event.body.as_deref().unwrap_or("").contains("秘密")));
        assert!(scene.hub.journal().verify(None).await.expect("walked").is_empty());
    });
}

#[test]
fn effects_reach_every_member_of_a_new_group_exactly_once() {
    run(|dir| async move {
        let scene = Scene::open(&dir).await;
        let (a, b, _) = scene.direct().await;
        let room = StreamId::new(EntityKind::Room, scene.ids.next());
        let b_account = b.account.expect("a person");
        let create = CreateRoom { name: "综窗组".to_owned(), members: vec![b_account] };
        scene.ask(&a, Some(room), RoomCommand::from(create)).await.expect("created");
        let outbox = Outbox::new(1 << 20);
        let fanout = scene.hub.fanout().clone();
        let stream = StreamId::from(b_account);
        fanout.subscribe(stream, b_account, &outbox, 0);
        // The account learns of the room by an effect: wait for its event, live or stored.
        loop {
            let events = scene.hub.journal().read_after(stream, 0, 100).await.expect("read");
            let joined = |event: &&StoredEvent| {
                event.type_name == "account.stream_joined"
                    && event.body.as_deref().is_some_and(|body| body.contains(&room.to_string()))
            };
            let times = events.iter().filter(joined).count();
            assert!(times <= 1);
            if times == 1 && scene.hub.queries().counts().await.expect("counted").outbox == 0 {
                break;
            }
            tokio::task::yield_now().await;
        }
    });
}

#[test]
fn five_wrong_passwords_lock_for_fifteen_minutes_also_for_the_right_one() {
    run(|dir| async move {
        let scene = Scene::open(&dir).await;
        let unit = scene.unit().await;
        scene.person(unit, "aynur").await;
        for _ in 0..5 {
            let error = scene.try_sign_in("aynur", "wrong").await.err().expect("refused");
            assert_eq!(error.kind, ErrorKind::Unauthenticated);
        }
        let error = scene.try_sign_in("aynur", PASSWORD).await.err().expect("locked");
        assert_eq!(error.code, "account.locked");
        scene.clock.advance(15 * 60 * 1000 + 1);
        scene.try_sign_in("aynur", PASSWORD).await.expect("the lock has ended");
        let error = scene.try_sign_in("nobody", PASSWORD).await.err().expect("refused");
        assert_eq!(error.code, "account.wrong_password", "as for a known user");
    });
}

#[test]
fn a_token_dies_with_its_session() {
    run(|dir| async move {
        let scene = Scene::open(&dir).await;
        let unit = scene.unit().await;
        let who = scene.person(unit, "aynur").await;
        let signed_in = scene.try_sign_in("aynur", PASSWORD).await.expect("signed in");
        let outbox = Outbox::new(1 << 16);
        scene.hub.fanout().attach(signed_in.account, signed_in.session, &outbox);
        scene.hub.authenticate(&signed_in.token).await.expect("valid");
        let out = SignOut { session: signed_in.session };
        let command = protocol::account::AccountCommand::from(out);
        scene.ask(&who, Some(signed_in.account.into()), command).await.expect("signed out");
        let error = scene.hub.authenticate(&signed_in.token).await.expect_err("ended");
        assert_eq!(error.kind, ErrorKind::Unauthenticated);
        assert_eq!(
            outbox.take(std::task::Waker::noop(), &mut Vec::new()).close,
            Some(CloseCode::SignedOut)
        );
    });
}
