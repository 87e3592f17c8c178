//! Rebuilding read models, and moving a store to another file.

use crate::{
    queries::{hall, put},
    support::{Maker, Store},
};
use kernel::journal::{Cursor, Head, Journal, OutboxRow, StoreError, TimerRow, TimerWrite};
use persistence::{Queries, export, import, rebuild};
use protocol::{
    AccountId, EntityKind, StreamId,
    account::{AccountEvent, Names, ProfileUpdated},
    app::{AppCreated, AppEvent, TokenIssued, WebhookSet},
    drive::{LinkShared, SpaceEvent},
    unit::{UnitClosed, UnitEvent, UnitMoved},
};

/// Every row of every read model, as text: what must be the same afterwards.
async fn tables(store: &Store) -> Vec<String> {
    let mut raw = store.raw().await;
    let mut all = Vec::new();
    let dumps = [
        "SELECT hex(account_id) || username || name_zh || hex(unit_id) || disabled || totp_confirmed \
         || must_change_password || pinyin_full || changed FROM account_accounts ORDER BY 1",
        "SELECT hex(account_id) || role || hex(unit_id) FROM account_grants ORDER BY 1",
        "SELECT hex(session_id) || token_hash || signed_in_at FROM account_sessions ORDER BY 1",
        "SELECT hex(account_id) || password_hash || COALESCE(totp_secret, '-') \
         FROM account_credentials ORDER BY 1",
        "SELECT hex(unit_id) || path || COALESCE(hex(place_id), '-') || closed || rank \
         FROM account_units ORDER BY 1",
        "SELECT hex(room_id) || kind || name || created_at FROM room_rooms ORDER BY 1",
        "SELECT hex(room_id) || hex(account_id) || joined_seq || role FROM room_members ORDER BY 1",
        "SELECT hex(account_id) || hex(stream_id) || seq || tally FROM cursors ORDER BY 1",
        "SELECT hex(stream_id) || head_seq || hex(hash) || last_counted_seq FROM streams ORDER BY 1",
        "SELECT hex(id) || order_json FROM outbox ORDER BY 1",
        "SELECT hex(id) || name || at FROM timers ORDER BY 1",
        "SELECT hex(account_id) || password FROM demo_accounts ORDER BY 1",
        "SELECT hex(app_id) || url || hex(secret_sealed) FROM app_webhooks ORDER BY 1",
        "SELECT hex(token_id) || token_hash FROM app_tokens ORDER BY 1",
        "SELECT hex(space_id) || link || password_hash FROM drive_link_passwords ORDER BY 1",
    ];
    for dump in dumps {
        let rows: Vec<String> = sqlx::query_scalar(dump).fetch_all(&mut raw).await.unwrap();
        all.extend(rows);
    }
    all
}

async fn full(store: &Store) -> (persistence::SqliteJournal, Queries) {
    let hall = hall(store).await;
    let make: &Maker = &hall.make;
    let (room, mut head) = hall.group;
    let mut append = make.say(room, &mut head, "redacts");
    append.redactions = vec![2];
    let row = OutboxRow { id: make.command(), to: room, order: "{}".to_owned(), at: 1 };
    append.outbox = vec![row];
    let timer = TimerRow { stream: room, name: "t".to_owned(), at: 5, id: make.command() };
    append.timers = vec![TimerWrite::Set(timer)];
    assert_eq!(hall.journal.append(vec![append]).await, [Ok(())]);
    let cursor = Cursor { account: hall.people[0], stream: room, seq: 3, tally: 0, at: 1 };
    hall.journal.move_cursors(vec![cursor]).await.unwrap();
    // A renamed person, a moved and closed counter: rows that two events made.
    let person = StreamId::from(hall.people[1]);
    let mut head = hall.journal.head(person).await.unwrap();
    let names = Names { zh: "张维".to_owned(), ..Names::default() };
    let profile = AccountEvent::from(ProfileUpdated { names, post: String::new(), phone: None });
    put(&hall.journal, make, person, &mut head, &[profile.into()], None).await;
    let counter = StreamId::new(EntityKind::Unit, hall.counter.0);
    let mut head = hall.journal.head(counter).await.unwrap();
    let moved = UnitEvent::from(UnitMoved { parent: hall.path.0[1], rank: 7 });
    let closed = UnitEvent::from(UnitClosed {});
    put(&hall.journal, make, counter, &mut head, &[moved.into(), closed.into()], None).await;
    secrets(&hall.journal, make, hall.people[0]).await;
    hall.queries.set_demo(&[(hall.people[0], "pw".to_owned())]).await.unwrap();
    (hall.journal, hall.queries)
}

/// An application with a token and a webhook, and a link with a password.
async fn secrets(journal: &persistence::SqliteJournal, make: &Maker, account: AccountId) {
    let (app, mut head) = (make.stream(EntityKind::App), Head::default());
    let created = AppCreated { name: "办件系统".to_owned(), account };
    let issued = TokenIssued {
        token: make.command().0,
        label: "生产".to_owned(),
        scopes: vec![],
        expires_at: None,
    };
    let set = WebhookSet { url: "https://oa.example.cn".to_owned(), topics: vec![] };
    let (space, mut end) = (make.stream(EntityKind::Space), Head::default());
    let shared = LinkShared { node: 1, protected: true, expires_at: None };
    for (event, private) in [
        (AppEvent::from(created), None),
        (issued.into(), Some(r#"{"token_hash":"a1"}"#)),
        (set.into(), Some(r#"{"secret_sealed":"0aff"}"#)),
    ] {
        put(journal, make, app, &mut head, &[event.into()], private).await;
    }
    let private = Some(r#"{"password_hash":"argon"}"#);
    put(journal, make, space, &mut end, &[SpaceEvent::from(shared).into()], private).await;
}

#[tokio::test]
async fn a_rebuild_gives_the_same_rows() {
    let store = Store::new();
    let (journal, queries) = full(&store).await;
    let before = tables(&store).await;
    let mut raw = store.raw().await;
    sqlx::query("UPDATE account_accounts SET name_zh = '?'").execute(&mut raw).await.unwrap();
    assert_ne!(tables(&store).await, before);
    let mut told = (0, 0);
    let events = rebuild(&journal, |done, total| told = (done, total)).await.unwrap();
    assert_eq!((events, events), told);
    assert_eq!(tables(&store).await, before);
    assert!(queries.session_by_token("t0").await.unwrap().is_some());
    rebuild(&journal, |_, _| {}).await.unwrap();
    assert_eq!(tables(&store).await, before);
}

#[tokio::test]
async fn an_export_is_imported_as_it_was() {
    let (from, to) = (Store::new(), Store::new());
    let (journal, _) = full(&from).await;
    let mut file = Vec::new();
    let done = export(&journal, &from.shelf(), &mut file, |_, _| {}).await.unwrap();
    let (copy, _) = to.open().await;
    let read = import(&copy, None, &file[..], |_, _| {}).await.unwrap();
    assert_eq!((read.events, read.files, done.sealed), (done.events, 0, true));
    assert_eq!(tables(&to).await, tables(&from).await);
    let mut raw = to.raw().await;
    let followed: i64 =
        sqlx::query_scalar("SELECT position FROM app_followed").fetch_one(&mut raw).await.unwrap();
    assert_eq!(followed as u64, read.events, "history is posted to no webhook");
    assert_eq!(copy.verify(None).await.unwrap(), []);
    let refused = import(&copy, None, &file[..], |_, _| {}).await;
    assert_eq!(refused, Err(StoreError::Constraint("store.not_empty".to_owned())));
}

#[tokio::test]
async fn a_changed_or_cut_file_is_refused() {
    let from = Store::new();
    let (journal, _) = full(&from).await;
    let mut file = Vec::new();
    export(&journal, &from.shelf(), &mut file, |_, _| {}).await.unwrap();
    let text = String::from_utf8(file).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let cut = lines[..lines.len() - 1].join("\n");
    let without_one = [&lines[..3], &lines[4..]].concat().join("\n");
    for bad in [cut, without_one, text.replace("在吗", "不在"), "{}".to_owned(), String::new()]
    {
        let to = Store::new();
        let (copy, _) = to.open().await;
        let refused = import(&copy, None, bad.as_bytes(), |_, _| {}).await;
        assert!(matches!(refused, Err(StoreError::Corrupt(_))), "{refused:?}");
    }
}
