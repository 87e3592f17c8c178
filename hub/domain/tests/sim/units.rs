//! Random histories of the organisation tree, decided on facts that may be old, as they are
//! when two commands about two units are under way side by side. Every unit's stream is its
//! own; only the last word of the store, which sees the tables, puts them in one order.

use super::Live;
use domain::{
    Entity, UnitPlace, UnitTree, Who,
    unit::{Unit, UnitFacts},
};
use proptest::prelude::*;
use protocol::{
    AccountId, Grant, Role, UnitId, UnitPath,
    account::Names,
    unit::{
        CloseUnit, CreateUnit, MoveUnit, RenameUnit, ReopenUnit, UnitCommand, UnitEvent, UnitKind,
    },
};
use std::sync::Arc;
use uuid::Uuid;

/// Two or three of each kind, whatever stands where.
const KINDS: [UnitKind; 12] = [
    UnitKind::Region,
    UnitKind::Prefecture,
    UnitKind::Prefecture,
    UnitKind::County,
    UnitKind::County,
    UnitKind::Hall,
    UnitKind::Hall,
    UnitKind::Hall,
    UnitKind::Department,
    UnitKind::Department,
    UnitKind::Counter,
    UnitKind::Counter,
];

#[derive(Clone, Debug)]
struct Step {
    unit: usize,
    ask: Ask,
    /// The facts are looked up now; otherwise they are those of the last look.
    fresh: bool,
}

#[derive(Clone, Debug)]
enum Ask {
    Create { parent: usize },
    Move { parent: usize },
    Close,
    Reopen,
    Rename,
}

fn steps() -> impl Strategy<Value = Step> {
    let ask = prop_oneof![
        2 => (0..KINDS.len()).prop_map(|parent| Ask::Create { parent }),
        6 => (0..KINDS.len()).prop_map(|parent| Ask::Move { parent }),
        3 => Just(Ask::Close),
        2 => Just(Ask::Reopen),
        1 => Just(Ask::Rename),
    ];
    (0..KINDS.len(), ask, any::<bool>()).prop_map(|(unit, ask, fresh)| Step { unit, ask, fresh })
}

fn id(n: usize) -> UnitId {
    UnitId(Uuid::from_u128(0x400 + n as u128))
}

fn number(unit: UnitId) -> usize {
    usize::try_from(unit.0.as_u128() - 0x400).expect("made above")
}

/// The tables, as far as they matter here.
#[derive(Clone)]
struct Tables(Vec<Unit>);

impl Tables {
    fn of(units: &[Live<Unit>]) -> Self {
        Self(units.iter().map(|live| live.state.clone()).collect())
    }

    fn path(&self, unit: UnitId) -> Vec<UnitId> {
        let above = |unit: &UnitId| self.0[number(*unit)].parent();
        let mut path: Vec<_> = std::iter::successors(Some(unit), above).take(20).collect();
        assert!(path.len() < 20, "a ring");
        path.reverse();
        path
    }

    fn place(&self, unit: UnitId) -> Option<UnitPlace> {
        let state = &self.0[number(unit)];
        let path = UnitPath(self.path(unit));
        Some(UnitPlace { path, kind: state.kind()?, closed: state.is_closed() })
    }

    fn open_below(&self, unit: UnitId) -> bool {
        self.0.iter().any(|one| one.parent() == Some(unit) && !one.is_closed())
    }

    fn tree(&self) -> UnitTree {
        let known = self.0.iter().enumerate().filter(|(_, one)| one.exists());
        known.map(|(n, one)| (id(n), one.parent())).collect()
    }
}

struct World {
    units: Vec<Live<Unit>>,
    seen: Tables,
}

impl World {
    fn new() -> Self {
        let mut units: Vec<Live<Unit>> = (0..KINDS.len()).map(|n| Live::new(id(n).0)).collect();
        let create = create(0, None);
        units[0]
            .step(&Who::hub(), 1, |unit, context| {
                unit.decide(&create, &UnitFacts::default(), context)
            })
            .expect("the hub makes a root");
        let seen = Tables::of(&units);
        Self { units, seen }
    }

    fn take(&mut self, step: &Step) {
        if step.fresh {
            self.seen = Tables::of(&self.units);
        }
        let unit = id(step.unit);
        let (command, facts) = self.asked(step, unit);
        let who = self.admin();
        let now = Tables::of(&self.units);
        let live = &mut self.units[step.unit];
        let outcome = live.step(&who, 1, |state, context| {
            let decision = state.decide(&command, &facts, context)?;
            // Refused by the store: the actor dies and its guess with it.
            let refused = decision.events.iter().any(|event| !admits(&now, unit, event));
            if refused { Err(protocol::ErrorBody::busy()) } else { Ok(decision) }
        });
        if let (Ok(decision), Ask::Move { parent }) = (outcome, &step.ask) {
            let stays = decision.events.is_empty();
            assert!(stays || self.units[step.unit].state.parent() == Some(id(*parent)));
        }
    }

    fn asked(&self, step: &Step, unit: UnitId) -> (UnitCommand, UnitFacts) {
        let below = |parent: Option<UnitPlace>| UnitFacts { parent, open_below: false };
        match step.ask {
            Ask::Create { parent } => {
                (create(step.unit, Some(parent)), below(self.seen.place(id(parent))))
            }
            Ask::Move { parent } => {
                let to = MoveUnit { parent: id(parent), rank: None };
                (to.into(), below(self.seen.place(id(parent))))
            }
            Ask::Close => {
                let open_below = self.seen.open_below(unit);
                (CloseUnit {}.into(), UnitFacts { parent: None, open_below })
            }
            Ask::Reopen => {
                let parent = self.units[step.unit].state.parent();
                let parent = parent.and_then(|parent| self.seen.place(parent));
                (ReopenUnit {}.into(), below(parent))
            }
            Ask::Rename => (RenameUnit { names: names("新") }.into(), UnitFacts::default()),
        }
    }

    /// Manages the region, judged by a tree that may be as old as the facts are.
    fn admin(&self) -> Who {
        Who {
            account: Some(AccountId(Uuid::from_u128(1))),
            grants: vec![Grant { role: Role::RegionAdmin, unit: id(0) }],
            tree: Arc::new(self.seen.tree()),
            ..Who::default()
        }
    }

    fn check(&self) {
        let tables = Tables::of(&self.units);
        for (n, live) in self.units.iter().enumerate() {
            live.check_loading();
            let Some(kind) = live.state.kind() else { continue };
            // No ring: `path` counts its steps.
            assert_eq!(tables.path(id(n))[0], id(0), "everything hangs on the root");
            let Some(parent) = live.state.parent() else { continue };
            let above = &self.units[number(parent)].state;
            let order = |kind: UnitKind| KINDS.iter().position(|one| *one == kind);
            assert!(above.kind().and_then(order) < order(kind), "{kind:?} in the wrong place");
            assert!(live.state.is_closed() || !above.is_closed(), "open below a closed one");
        }
    }
}

fn names(zh: &str) -> Names {
    Names { zh: zh.into(), ..Names::default() }
}

fn create(unit: usize, parent: Option<usize>) -> UnitCommand {
    let parent = parent.map(id);
    CreateUnit { kind: KINDS[unit], names: names("一"), parent, rank: 0 }.into()
}

/// The last word of the store (`persistence/src/project/unit.rs`). It says nothing of rings:
/// that there are none is the doing of the kinds alone.
fn admits(now: &Tables, unit: UnitId, event: &UnitEvent) -> bool {
    let open =
        |parent: Option<UnitId>| parent.is_none_or(|above| !now.0[number(above)].is_closed());
    match event {
        UnitEvent::UnitCreated(created) => open(created.path.0.iter().rev().nth(1).copied()),
        UnitEvent::UnitMoved(moved) => open(Some(moved.parent)),
        UnitEvent::UnitReopened(_) => open(now.0[number(unit)].parent()),
        UnitEvent::UnitClosed(_) => !now.open_below(unit),
        UnitEvent::UnitRenamed(_) | UnitEvent::VisibilitySet(_) => true,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn the_tree_stays_whole_whatever_is_decided_on_old_facts(
        history in prop::collection::vec(steps(), 1..120),
    ) {
        let mut world = World::new();
        for step in &history {
            world.take(step);
            world.check();
        }
    }
}
