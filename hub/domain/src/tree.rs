//! The organisation tree as the rules need it: which unit stands under which. Permissions are
//! held for a unit and everything below it, units move, and so a record keeps the unit it
//! belongs to and never that unit's path: where the unit stands is asked here, each time.
//! Invariant: a unit that the tree does not know is within nothing.
//! Absent on purpose: names, ranks, and any change; a tree is a picture of what is committed.

use protocol::{
    UnitId, UnitPath,
    unit::{UnitKind, Visibility},
};
use std::collections::HashMap;

/// More levels than there are kinds of units: a walk upwards ends even in a broken tree.
const LEVELS_MAX: usize = 12;

/// Every unit with its parent, and who sees it where not everybody does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UnitTree {
    above: HashMap<UnitId, Option<UnitId>>,
    limits: HashMap<UnitId, Visibility>,
}

impl UnitTree {
    /// Whether `unit` is `above` or stands somewhere below it.
    pub fn is_within(&self, unit: UnitId, above: UnitId) -> bool {
        self.upwards(unit).any(|one| one == above)
    }

    /// Whether nothing stands above the unit.
    pub fn is_root(&self, unit: UnitId) -> bool {
        self.above.get(&unit).is_some_and(Option::is_none)
    }

    /// The unit itself, its parent, and so on up to the root.
    pub(crate) fn upwards(&self, unit: UnitId) -> impl Iterator<Item = UnitId> + '_ {
        let known = self.above.contains_key(&unit).then_some(unit);
        let above = |unit: &UnitId| self.above.get(unit).copied().flatten();
        std::iter::successors(known, above).take(LEVELS_MAX)
    }

    /// Units from the root down to this one; 0: the tree does not know it.
    pub(crate) fn depth(&self, unit: UnitId) -> usize {
        self.upwards(unit).count()
    }

    pub fn contains(&self, unit: UnitId) -> bool {
        self.above.contains_key(&unit)
    }

    pub(crate) fn units(&self) -> impl Iterator<Item = UnitId> + '_ {
        self.above.keys().copied()
    }

    /// The tree with who sees these units.
    pub fn with_limits(mut self, limits: impl IntoIterator<Item = (UnitId, Visibility)>) -> Self {
        self.limits = limits.into_iter().collect();
        self
    }

    /// Whether any unit is not for everybody.
    pub(crate) fn is_limited(&self) -> bool {
        !self.limits.is_empty()
    }

    /// Who sees the unit, where that was set.
    pub(crate) fn limit(&self, unit: UnitId) -> Option<&Visibility> {
        self.limits.get(&unit)
    }
}

impl FromIterator<(UnitId, Option<UnitId>)> for UnitTree {
    fn from_iter<I: IntoIterator<Item = (UnitId, Option<UnitId>)>>(units: I) -> Self {
        Self { above: units.into_iter().collect(), limits: HashMap::new() }
    }
}

/// A unit that a command names, as it stood when the command was decided.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitPlace {
    /// Itself and its ancestors, root first.
    pub path: UnitPath,
    pub kind: UnitKind,
    pub closed: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::unit;

    fn tree(edges: &[(u128, Option<u128>)]) -> UnitTree {
        edges.iter().map(|(one, above)| (unit(*one), above.map(unit))).collect()
    }

    #[test]
    fn a_unit_is_within_itself_and_all_above_it() {
        let tree = tree(&[(1, None), (2, Some(1)), (3, Some(2)), (4, Some(1))]);
        for (one, above, within) in
            [(3, 3, true), (3, 2, true), (3, 1, true), (3, 4, false), (1, 3, false), (9, 9, false)]
        {
            assert_eq!(tree.is_within(unit(one), unit(above)), within, "{one} within {above}");
        }
        assert!(tree.is_root(unit(1)) && !tree.is_root(unit(2)) && !tree.is_root(unit(9)));
    }

    #[test]
    fn a_broken_tree_ends_the_walk() {
        let ring = tree(&[(1, Some(2)), (2, Some(1))]);
        assert!(ring.is_within(unit(1), unit(2)));
        assert!(!ring.is_within(unit(1), unit(3)));
    }
}
