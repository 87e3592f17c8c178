//! Who sees which part of the organisation: the tree, the finder, the search and the pickers
//! all ask here. Invariant: nothing below an unseen unit is seen, except by who manages it
//! there. Absent on purpose: people met in a shared room; they have a name wherever they work.

use crate::Who;
use protocol::{Permission, UnitId, unit::Visibility};
use std::collections::HashSet;

/// What lets somebody see a unit whoever it is shown to.
const OVERSEEING: [Permission; 4] = [
    Permission::AccountManage,
    Permission::UnitManage,
    Permission::AuditRead,
    Permission::SystemOperate,
];

/// Whether `who`, working in `own`, sees the unit. The tree is the sender's.
pub fn sees(who: &Who, own: UnitId, unit: UnitId) -> bool {
    !who.tree.is_limited()
        || OVERSEEING.iter().any(|permission| who.may(*permission, unit))
        || who.tree.upwards(unit).all(|one| admits(who, own, one))
}

/// Every unit that `who` sees; `None`: all of them.
pub fn seen_by(who: &Who, own: UnitId) -> Option<HashSet<UnitId>> {
    let tree = &who.tree;
    tree.is_limited().then(|| tree.units().filter(|unit| sees(who, own, *unit)).collect())
}

/// Whether a unit's own setting lets them in, whatever stands above it.
fn admits(who: &Who, own: UnitId, unit: UnitId) -> bool {
    let within = |above| who.tree.is_within(own, above);
    match who.tree.limit(unit) {
        None | Some(Visibility::All {}) => true,
        Some(Visibility::OwnTree {}) => within(unit),
        Some(Visibility::Named { units, roles }) => {
            within(unit)
                || units.iter().any(|named| within(*named))
                || who.grants.iter().any(|grant| roles.contains(&grant.role))
        }
        Some(Visibility::Managers {}) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        UnitTree,
        testing::{tree, unit, who},
    };
    use proptest::prelude::*;
    use protocol::Role;
    use std::sync::Arc;

    fn limited(limits: &[(u128, Visibility)]) -> Arc<UnitTree> {
        let limits = limits.iter().map(|(at, visible)| (unit(*at), visible.clone()));
        Arc::new(UnitTree::clone(&tree()).with_limits(limits))
    }

    fn named(units: &[u128], roles: &[Role]) -> Visibility {
        Visibility::Named { units: units.iter().map(|n| unit(*n)).collect(), roles: roles.to_vec() }
    }

    #[test]
    fn each_setting_lets_in_whom_it_says() {
        let staff = [(Role::CounterStaff, 1)];
        for (visible, roles, own, sees_it) in [
            (Visibility::All {}, &staff[..], 5, true),
            (Visibility::OwnTree {}, &staff, 3, true),
            (Visibility::OwnTree {}, &staff, 5, false),
            (named(&[5], &[]), &staff, 5, true),
            (named(&[6], &[]), &staff, 7, true),
            (named(&[5], &[]), &staff, 1, false),
            (named(&[], &[Role::CounterStaff]), &staff, 7, true),
            (Visibility::Managers {}, &staff, 3, false),
            (Visibility::Managers {}, &[(Role::HallManager, 2)], 5, true),
            (Visibility::Managers {}, &[(Role::HallManager, 5)], 5, false),
        ] {
            // The hall 2 is set; the department 3 stands below it.
            let viewer = Who { tree: limited(&[(2, visible.clone())]), ..who(9, roles) };
            for at in [2, 3] {
                assert_eq!(sees(&viewer, unit(own), unit(at)), sees_it, "{visible:?} from {own}");
            }
            assert!(sees(&viewer, unit(own), unit(1)), "what stands above is as it was");
        }
        assert_eq!(seen_by(&who(9, &staff), unit(3)), None);
    }

    fn any_visibility() -> impl Strategy<Value = Visibility> {
        prop_oneof![
            Just(Visibility::All {}),
            Just(Visibility::OwnTree {}),
            Just(Visibility::Managers {}),
            (prop::collection::vec(1_u128..8, 0..3), any::<bool>())
                .prop_map(|(at, leaders)| named(&at, if leaders { &[Role::Leader] } else { &[] })),
        ]
    }

    /// The same said another way: going down from the root along the path to the unit.
    fn oracle(limits: &[(u128, Visibility)], roles: &[(Role, u128)], own: u128, at: u128) -> bool {
        const PATHS: [(u128, &[u128]); 6] =
            [(1, &[1]), (2, &[1, 2]), (3, &[1, 2, 3]), (5, &[1, 5]), (6, &[6]), (7, &[6, 7])];
        let path = |n| PATHS.iter().find(|(end, _)| *end == n).map_or(&[][..], |(_, path)| *path);
        let manages =
            |(role, of): &(Role, u128)| *role == Role::HallManager && path(at).contains(of);
        if roles.iter().any(manages) {
            return true;
        }
        path(at).iter().all(|step| {
            let Some((_, visible)) = limits.iter().find(|(of, _)| of == step) else { return true };
            let mine = path(own).contains(step);
            match visible {
                Visibility::All {} => true,
                Visibility::OwnTree {} => mine,
                Visibility::Named { units, roles: allowed } => {
                    mine || path(own).iter().any(|one| units.contains(&unit(*one)))
                        || roles.iter().any(|(role, _)| allowed.contains(role))
                }
                Visibility::Managers {} => false,
            }
        })
    }

    proptest! {
        #[test]
        fn it_is_what_the_settings_along_the_path_say(
            set in prop::collection::btree_map(prop::sample::select(vec![1_u128, 2, 3, 5, 6, 7]), any_visibility(), 0..5),
            role in prop::sample::select(vec![Role::Leader, Role::CounterStaff, Role::HallManager]),
            over in prop::sample::select(vec![1_u128, 2, 3, 5, 6, 7]),
            own in prop::sample::select(vec![1_u128, 2, 3, 5, 6, 7]),
        ) {
            let limits: Vec<_> = set.into_iter().collect();
            let roles = [(role, over)];
            let viewer = Who { tree: limited(&limits), ..who(9, &roles) };
            let all = seen_by(&viewer, unit(own));
            for at in [1, 2, 3, 5, 6, 7] {
                let expected = oracle(&limits, &roles, own, at);
                prop_assert_eq!(sees(&viewer, unit(own), unit(at)), expected, "{}", at);
                let listed = all.as_ref().is_none_or(|all| all.contains(&unit(at)));
                prop_assert_eq!(listed, expected);
            }
        }
    }
}
