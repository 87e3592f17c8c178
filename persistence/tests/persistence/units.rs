//! The organisation tree in the tables: what a move takes with it, and the last word on
//! commands that were decided side by side.

use crate::{
    queries::{Hall, hall, put},
    support::{Maker, Store},
};
use kernel::journal::{Head, Journal, StoreError};
use persistence::Queries;
use protocol::{
    AnyEvent, EntityKind, StreamId, UnitId, UnitPath,
    account::Names,
    unit::{UnitClosed, UnitCreated, UnitEvent, UnitKind, UnitMoved, UnitRenamed, UnitReopened},
};
use std::sync::Arc;

fn names(zh: &str) -> Names {
    Names { zh: zh.to_owned(), ..Names::default() }
}

fn created(kind: UnitKind, path: &[UnitId]) -> AnyEvent {
    let path = UnitPath(path.to_vec());
    UnitEvent::from(UnitCreated { kind, names: names("科"), path, rank: 1 }).into()
}

fn moved(parent: UnitId) -> AnyEvent {
    UnitEvent::from(UnitMoved { parent, rank: 1 }).into()
}

fn closed() -> AnyEvent {
    UnitEvent::from(UnitClosed {}).into()
}

fn reopened() -> AnyEvent {
    UnitEvent::from(UnitReopened {}).into()
}

/// A unit's stream as its actor knows it.
struct Live {
    unit: UnitId,
    stream: StreamId,
    head: Head,
}

impl Live {
    fn new(make: &Maker) -> Self {
        let stream = make.stream(EntityKind::Unit);
        Self { unit: UnitId(stream.id), stream, head: Head::default() }
    }
}

/// Part of the conformance suite.
pub async fn no_open_unit_comes_to_stand_below_a_closed_one(store: Arc<dyn Journal>) {
    let make = Maker::new();
    let (mut hall, mut desk, mut other) = (Live::new(&make), Live::new(&make), Live::new(&make));
    let root = Live::new(&make).unit;
    let refused = |code: &str| Err(StoreError::Constraint(code.to_owned()));
    let desk_path = [hall.unit, desk.unit];
    let orphan = created(UnitKind::Counter, &[root, desk.unit]);
    let orphan = make.append(desk.stream, &mut desk.head.clone(), &[orphan]);
    assert_eq!(store.append(vec![orphan]).await, [refused("unit.parent_not_found")]);

    // Decided side by side, committed in one batch: the later one has to give way.
    let hall_made = created(UnitKind::Hall, &[hall.unit]);
    let hall_made = make.append(hall.stream, &mut hall.head, &[hall_made]);
    let hall_closed = make.append(hall.stream, &mut hall.head, &[closed()]);
    let desk_made = created(UnitKind::Counter, &desk_path);
    let desk_made = [desk_made];
    let too_late = make.append(desk.stream, &mut desk.head.clone(), &desk_made);
    let outcomes = store.append(vec![hall_made, hall_closed, too_late]).await;
    assert_eq!(outcomes, [Ok(()), Ok(()), refused("unit.parent_closed")]);

    // The other way round it is the closing that comes too late.
    let hall_open = make.append(hall.stream, &mut hall.head, &[reopened()]);
    let desk_made = make.append(desk.stream, &mut desk.head, &desk_made);
    let closing = make.append(hall.stream, &mut hall.head.clone(), &[closed()]);
    let outcomes = store.append(vec![hall_open, desk_made, closing]).await;
    assert_eq!(outcomes, [Ok(()), Ok(()), refused("unit.has_open_units")]);

    // Nor does one come there by moving or by reopening.
    let other_made = created(UnitKind::Hall, &[other.unit]);
    let other_made = make.append(other.stream, &mut other.head, &[other_made, closed()]);
    let move_there = make.append(desk.stream, &mut desk.head.clone(), &[moved(other.unit)]);
    let outcomes = store.append(vec![other_made, move_there]).await;
    assert_eq!(outcomes, [Ok(()), refused("unit.parent_closed")]);
    let desk_closed = make.append(desk.stream, &mut desk.head, &[closed()]);
    let hall_closed = make.append(hall.stream, &mut hall.head, &[closed()]);
    let desk_open = make.append(desk.stream, &mut desk.head.clone(), &[reopened()]);
    let outcomes = store.append(vec![desk_closed, hall_closed, desk_open]).await;
    assert_eq!(outcomes, [Ok(()), Ok(()), refused("unit.parent_closed")]);
}

/// Paths, places and people as they are read, of the given units.
async fn standing(queries: &Queries, units: &[UnitId]) -> Vec<(Vec<UnitId>, usize)> {
    let mut all = Vec::new();
    for unit in units {
        let path = queries.unit_place(*unit).await.unwrap().unwrap().path.0;
        let people = queries
            .find_people("", persistence::Among::unit(*unit), None, 9)
            .await
            .unwrap()
            .items
            .len();
        all.push((path, people));
    }
    all
}

#[tokio::test]
async fn a_move_takes_everything_below_with_it() {
    let store = Store::new();
    // Region, county, hall and counter, and three people at the counter.
    let Hall { journal, queries, make, path, people, .. } = hall(&store).await;
    let [region, county, hall, counter] = path.0[..] else { panic!("{path:?}") };
    let mut added = Vec::new();
    for (kind, above) in [(UnitKind::County, region), (UnitKind::Department, hall)] {
        let mut live = Live::new(&make);
        let mut path = queries.unit_place(above).await.unwrap().unwrap().path.0;
        path.push(live.unit);
        put(&journal, &make, live.stream, &mut live.head, &[created(kind, &path)], None).await;
        added.push(live);
    }
    let (elsewhere, department) = (added[0].unit, added[1].unit);

    // The counter joins the department, then the hall with both goes to the other county.
    for (unit, parent) in [(counter, department), (hall, elsewhere)] {
        let stream = StreamId::new(EntityKind::Unit, unit.0);
        let mut head = journal.head(stream).await.unwrap();
        put(&journal, &make, stream, &mut head, &[moved(parent)], None).await;
    }
    let expected = [
        (vec![region], 3),
        (vec![region, county], 0),
        (vec![region, elsewhere], 3),
        (vec![region, elsewhere, hall], 3),
        (vec![region, elsewhere, hall, department], 3),
        (vec![region, elsewhere, hall, department, counter], 3),
    ];
    let units = [region, county, elsewhere, hall, department, counter];
    assert_eq!(standing(&queries, &units).await, expected);
    let card = &queries.cards(&people[..1]).await.unwrap()[0];
    assert_eq!(card.unit_names.zh, "综合窗口 · 政务服务大厅", "the hall is still the place");
    let nodes = queries.units().await.unwrap();
    let parent = |unit| nodes.iter().find(|node| node.unit == unit).unwrap().parent;
    assert_eq!((parent(counter), parent(hall)), (Some(department), Some(elsewhere)));

    // Below the county itself there is no hall, so the county is what is named.
    let stream = StreamId::new(EntityKind::Unit, department.0);
    let mut head = journal.head(stream).await.unwrap();
    put(&journal, &make, stream, &mut head, &[moved(elsewhere)], None).await;
    let card = &queries.cards(&people[..1]).await.unwrap()[0];
    assert_eq!(card.unit_names.zh, "综合窗口 · 科");
}

#[tokio::test]
async fn closed_units_are_told_and_renamed_ones_too() {
    let store = Store::new();
    let Hall { journal, queries, make, counter, path, .. } = hall(&store).await;
    let stream = StreamId::new(EntityKind::Unit, counter.0);
    let mut head = journal.head(stream).await.unwrap();
    let renamed = UnitEvent::from(UnitRenamed { names: names("二号窗口") }).into();
    put(&journal, &make, stream, &mut head, &[renamed, closed()], None).await;
    let nodes = queries.units().await.unwrap();
    let told: Vec<_> = nodes.iter().filter(|node| node.closed).collect();
    assert_eq!((told.len(), told[0].unit, told[0].names.zh.as_str()), (1, counter, "二号窗口"));
    assert!(!queries.has_open_units(path.0[2]).await.unwrap());
    assert!(queries.has_open_units(path.0[1]).await.unwrap());
}

/// A tree whose kinds are out of order, as one from before they were held: the tables still
/// let nothing come to stand below itself.
#[tokio::test]
async fn nothing_comes_to_stand_below_itself() {
    let store = Store::new();
    let (journal, _) = store.open().await;
    let make = Maker::new();
    let (mut one, mut two) = (Live::new(&make), Live::new(&make));
    let first = created(UnitKind::Hall, &[one.unit]);
    put(&journal, &make, one.stream, &mut one.head, &[first], None).await;
    let second = created(UnitKind::Region, &[one.unit, two.unit]);
    put(&journal, &make, two.stream, &mut two.head, &[second], None).await;
    for below in [one.unit, two.unit] {
        let ring = make.append(one.stream, &mut one.head.clone(), &[moved(below)]);
        let refused = Err(StoreError::Constraint("unit.below_itself".to_owned()));
        assert_eq!(journal.append(vec![ring]).await, [refused]);
    }
}
