//! Role → permission → record scope, against an oracle of a few lines that walks the tree by
//! hand: a manager may touch the accounts that work in the manager's own units and below, and
//! of those only such as hold nothing the manager lacks; nothing else, and nothing less. Units
//! move between the making of an account and what is asked of it.

use super::{Live, account_facts};
use domain::{
    Entity, UnitPlace, UnitTree, Who,
    account::{Account, AccountFacts},
    permissions_of,
    unit::{Unit, UnitFacts},
};
use proptest::prelude::*;
use protocol::{
    AccountId, Grant, Permission, Role, SessionId, UnitId, UnitPath,
    account::*,
    unit::{CloseUnit, CreateUnit, MoveUnit, RenameUnit, UnitCommand, UnitKind},
};
use std::sync::Arc;
use uuid::Uuid;

const UNITS: usize = 8;
const ROLES: [Role; 9] = [
    Role::CounterStaff,
    Role::DepartmentStaff,
    Role::DepartmentHead,
    Role::HallManager,
    Role::RegionAdmin,
    Role::SignInterpreter,
    Role::Leader,
    Role::Operator,
    Role::Auditor,
];

fn unit(n: usize) -> UnitId {
    UnitId(Uuid::from_u128(0x500 + n as u128))
}

/// The parent of each unit but the first, always one before it.
type Parents = Vec<usize>;

fn parents() -> impl Strategy<Value = Parents> {
    prop::collection::vec(any::<prop::sample::Index>(), UNITS - 1)
        .prop_map(|picks| picks.iter().enumerate().map(|(n, pick)| pick.index(n + 1)).collect())
}

fn grants(most: usize) -> impl Strategy<Value = Vec<Grant>> {
    let grant = (0..ROLES.len(), 0..UNITS);
    let grant = grant.prop_map(|(role, at)| Grant { role: ROLES[role], unit: unit(at) });
    prop::collection::vec(grant, 0..most)
}

fn above(parents: &Parents, mut at: usize) -> Vec<usize> {
    let mut all = vec![at];
    while at > 0 {
        at = parents[at - 1];
        all.push(at);
    }
    all
}

fn tree(parents: &Parents) -> Arc<UnitTree> {
    let edges = (0..UNITS).map(|n| (unit(n), n.checked_sub(1).map(|at| unit(parents[at]))));
    Arc::new(edges.collect())
}

/// The oracle.
fn holds(grants: &[Grant], parents: &Parents, permission: Permission, at: UnitId) -> bool {
    let at = (0..UNITS).find(|n| unit(*n) == at).expect("one of ours");
    let scope = above(parents, at);
    grants.iter().any(|grant| {
        permissions_of(grant.role).contains(&permission)
            && scope.iter().any(|n| unit(*n) == grant.unit)
    })
}

fn holds_all(grants: &[Grant], parents: &Parents, wanted: &Grant) -> bool {
    permissions_of(wanted.role).iter().all(|one| holds(grants, parents, *one, wanted.unit))
}

fn path(parents: &Parents, at: usize) -> UnitPath {
    let mut path: Vec<_> = above(parents, at).into_iter().map(unit).collect();
    path.reverse();
    UnitPath(path)
}

fn place(parents: &Parents, at: usize) -> AccountFacts {
    account_facts(true, path(parents, at))
}

/// A counter, wherever it stands: every unit here passes for a hall that takes it.
fn counter(parents: &Parents, at: usize) -> Live<Unit> {
    let mut live: Live<Unit> = Live::new(unit(at).0);
    let create = CreateUnit {
        kind: UnitKind::Counter,
        names: Names { zh: "窗".into(), ..Names::default() },
        parent: Some(unit(parents[at - 1])),
        rank: 0,
    };
    let (create, facts) = (UnitCommand::from(create), below(parents, parents[at - 1]));
    live.step(&Who::hub(), 1, |state, context| state.decide(&create, &facts, context))
        .expect("the hub may");
    live
}

fn below(parents: &Parents, at: usize) -> UnitFacts {
    let parent = UnitPlace { path: path(parents, at), kind: UnitKind::Hall, closed: false };
    UnitFacts { parent: Some(parent), open_below: false }
}

/// An account of the unit, with these grants, made while the tree was as it was then.
fn account(parents: &Parents, at: usize, held: &[Grant]) -> Live<Account> {
    let mut live: Live<Account> = Live::new(Uuid::from_u128(0x600));
    let create = CreateAccount {
        username: "guli".into(),
        names: Names { zh: "古丽".into(), ..Names::default() },
        unit: unit(at),
        post: String::new(),
        phone: None,
        password: Secret("Kashi-2026-x".into()),
        roles: Vec::new(),
    };
    let mut commands = vec![(AccountCommand::from(create), place(parents, at))];
    for grant in held {
        let n = (0..UNITS).find(|n| unit(*n) == grant.unit).expect("one of ours");
        commands.push((GrantRole { grant: *grant }.into(), place(parents, n)));
    }
    for (command, facts) in commands {
        live.step(&Who::hub(), 1, |state, context| state.decide(&command, &facts, context))
            .expect("the hub may");
    }
    live
}

/// Everything that a manager may ask of somebody else's account.
fn managing() -> Vec<AccountCommand> {
    vec![
        UpdateProfile { post: Some("后台".into()), ..UpdateProfile::default() }.into(),
        ResetPassword { password: Secret("Other-2026-y".into()) }.into(),
        DisableAccount {}.into(),
        EnableAccount {}.into(),
        SignOut { session: SessionId(Uuid::from_u128(1)) }.into(),
        SignOutEverywhere { keep_current: false }.into(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_manager_reaches_just_the_accounts_below(
        then in parents(),
        now in parents(),
        mine in grants(4),
        held in grants(3),
        at in 0..UNITS,
        asked in (0..ROLES.len(), 0..UNITS),
    ) {
        let who = Who {
            account: Some(AccountId(Uuid::from_u128(0x700))),
            grants: mine.clone(),
            tree: tree(&now),
            ..Who::default()
        };
        let manages = holds(&mine, &now, Permission::AccountManage, unit(at));
        let covers = held.iter().all(|grant| holds_all(&mine, &now, grant));
        for command in managing() {
            let mut live = account(&then, at, &held);
            let facts = place(&now, at);
            let outcome = live.step(&who, 1, |state, context| state.decide(&command, &facts, context));
            prop_assert_eq!(outcome.is_ok(), manages && covers, "{:?}", command);
        }
        let grant = Grant { role: ROLES[asked.0], unit: unit(asked.1) };
        let gives = holds(&mine, &now, Permission::AccountManage, grant.unit)
            && holds_all(&mine, &now, &grant);
        for command in [AccountCommand::from(GrantRole { grant }), RevokeRole { grant }.into()] {
            let mut live = account(&then, at, &held);
            let facts = place(&now, asked.1);
            let outcome = live.step(&who, 1, |state, context| state.decide(&command, &facts, context));
            prop_assert_eq!(outcome.is_ok(), gives, "{:?}", command);
        }
        let audits = holds(&mine, &now, Permission::AuditRead, unit(at));
        prop_assert_eq!(account(&then, at, &held).state.may_watch(&who), audits);
    }

    #[test]
    fn a_unit_is_rearranged_by_who_manages_both_ends(
        now in parents(),
        mine in grants(4),
        at in 1..UNITS,
        to in 0..UNITS,
    ) {
        let who = Who {
            account: Some(AccountId(Uuid::from_u128(0x700))),
            grants: mine.clone(),
            tree: tree(&now),
            ..Who::default()
        };
        let manages = |n: usize| holds(&mine, &now, Permission::UnitManage, unit(n));
        let names = Names { zh: "新".into(), ..Names::default() };
        let over = manages(now[at - 1]);
        for (command, facts, allowed) in [
            (UnitCommand::from(RenameUnit { names }), UnitFacts::default(), manages(at)),
            (CloseUnit {}.into(), UnitFacts::default(), over),
            (
                MoveUnit { parent: unit(to), rank: None }.into(),
                below(&now, to),
                over && manages(to),
            ),
        ] {
            let mut live = counter(&now, at);
            let outcome = live.step(&who, 1, |state, context| state.decide(&command, &facts, context));
            prop_assert_eq!(outcome.is_ok(), allowed, "{:?}", command);
        }
    }
}
