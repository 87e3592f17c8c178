//! A database of an earlier build is brought up to date with what is in it.

use crate::{
    queries::put,
    support::{Maker, Store},
};
use kernel::journal::{Head, Journal};
use protocol::{
    AccountId, EntityKind, UnitId, UnitPath,
    account::Names,
    unit::{UnitCreated, UnitEvent, UnitKind},
};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use uuid::Uuid;

/// Before push told of more than messages.
const BEFORE_PUSH: usize = 14;

/// The schema as it was after so many migrations.
async fn older(store: &Store, migrations: usize) -> SqliteConnection {
    std::fs::create_dir_all(store.path().parent().unwrap()).unwrap();
    let options = SqliteConnectOptions::new().filename(store.path()).create_if_missing(true);
    let mut raw = SqliteConnection::connect_with(&options).await.unwrap();
    let mut migrator = sqlx::migrate!("./migrations");
    migrator.migrations.to_mut().truncate(migrations);
    migrator.run(&mut raw).await.unwrap();
    raw
}

#[tokio::test]
async fn people_and_units_from_before_units_moved_are_still_found() {
    let (store, make) = (Store::new(), Maker::new());
    let mut raw = older(&store, 2).await;
    let (hall, desk) = (make.account().0, make.account().0);
    let (hall_path, desk_path) = (format!("/{hall}/"), format!("/{hall}/{desk}/"));
    for (unit, parent, kind, path, place) in [
        (hall, None, "hall", &hall_path, None),
        (desk, Some(hall), "counter", &desk_path, Some(hall)),
    ] {
        sqlx::query(
            "INSERT INTO account_units (unit_id, parent_id, kind, name_zh, path, rank, place_id) \
             VALUES (?, ?, ?, '厅', ?, 0, ?)",
        )
        .bind(unit)
        .bind::<Option<Uuid>>(parent)
        .bind(kind)
        .bind(path)
        .bind::<Option<Uuid>>(place)
        .execute(&mut raw)
        .await
        .unwrap();
    }
    let mut people: Vec<Uuid> = Vec::new();
    for username in ["aynur", "batur", "ceyhan"] {
        people.push(make.account().0);
        sqlx::query(
            "INSERT INTO account_accounts (account_id, username, name_zh, unit_id, unit_path, \
             post, search_names, pinyin_full, pinyin_initials) \
             VALUES (?, ?, '古丽', ?, ?, '', '古丽', ' guli', ' gl')",
        )
        .bind(people.last())
        .bind(username)
        .bind(desk)
        .bind(&desk_path)
        .execute(&mut raw)
        .await
        .unwrap();
    }
    drop(raw);

    let (journal, queries) = store.open().await;
    let page =
        queries.find_people("gl", persistence::Among::unit(UnitId(hall)), None, 9).await.unwrap();
    let found: Vec<AccountId> = page.items.iter().map(|card| card.account).collect();
    assert_eq!(found, people.into_iter().map(AccountId).collect::<Vec<_>>());
    let place = queries.unit_place(UnitId(desk)).await.unwrap().unwrap();
    assert_eq!((place.path.0, place.closed), (vec![UnitId(hall), UnitId(desk)], false));
    // The tree grows on from there.
    let stream = make.stream(EntityKind::Unit);
    let event = UnitEvent::from(UnitCreated {
        kind: UnitKind::Department,
        names: Names { zh: "科".to_owned(), ..Names::default() },
        path: UnitPath(vec![UnitId(hall), UnitId(stream.id)]),
        rank: 0,
    });
    put(&journal, &make, stream, &mut Head::default(), &[event.into()], None).await;
    assert_eq!(queries.units().await.unwrap().len(), 3);
    assert_eq!(journal.verify(None).await.unwrap(), []);
}

#[tokio::test]
async fn messages_that_waited_to_be_told_still_are() {
    let (store, make) = (Store::new(), Maker::new());
    let mut raw = older(&store, BEFORE_PUSH).await;
    let (room, account, device) = (make.stream(EntityKind::Room), make.account(), make.account().0);
    sqlx::query(
        "INSERT INTO streams (stream_id, kind, head_seq, tally, hash, last_at) \
         VALUES (?, 'room', 1, 1, zeroblob(32), 5)",
    )
    .bind(room.id)
    .execute(&mut raw)
    .await
    .unwrap();
    sqlx::query(
        "INSERT INTO events (stream_id, seq, at, type, body, tally, hash) \
         VALUES (?, 1, 5, 'room.message_sent', '{\"text\":\"您好\"}', 1, zeroblob(32))",
    )
    .bind(room.id)
    .execute(&mut raw)
    .await
    .unwrap();
    sqlx::query(
        "INSERT INTO push_queue (account_id, device_id, room_id, seq, at, due_at, tries) \
         VALUES (?, ?, ?, 1, 5, 7, 3)",
    )
    .bind(account.0)
    .bind(device)
    .bind(room.id)
    .execute(&mut raw)
    .await
    .unwrap();
    drop(raw);

    let (_journal, queries) = store.open().await;
    let rows = queries.due_pushes(7, 9, &persistence::PushesBusy::default()).await.unwrap();
    let [row] = &rows[..] else { panic!("the one that waited: {rows:?}") };
    assert_eq!((row.account, row.device, row.stream), (account, device, room));
    assert_eq!((row.seq, row.repeats, row.at, row.tries), (1, None, 5, 3));
}
