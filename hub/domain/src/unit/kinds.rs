//! Which kind of unit stands below which: region → prefecture → county → hall → department →
//! counter, where levels may be left out as they are in Xinjiang (cities directly under the
//! region, a region's own hall, bureaus beside halls).
//! Invariant: whatever stands below something comes strictly after it in that order. The tree
//! is free of cycles because of this alone, so no kind may ever be let in below itself.

use protocol::{ErrorBody, ErrorKind, unit::UnitKind};

pub(super) fn stands_below(kind: UnitKind, parent: UnitKind) -> bool {
    use UnitKind::{Counter, County, Department, Hall, Prefecture, Region};
    match kind {
        Region => false,
        Prefecture => matches!(parent, Region),
        County => matches!(parent, Region | Prefecture),
        Hall => matches!(parent, Region | Prefecture | County),
        Department => matches!(parent, Region | Prefecture | County | Hall),
        Counter => matches!(parent, Hall | Department),
    }
}

/// A hub may serve a region, or only a prefecture, a county or a hall of one.
pub(super) fn may_be_root(kind: UnitKind) -> bool {
    !matches!(kind, UnitKind::Department | UnitKind::Counter)
}

pub(super) fn refused(kind: UnitKind, parent: Option<UnitKind>) -> ErrorBody {
    let message = match parent {
        Some(parent) => format!("a {kind:?} does not stand below a {parent:?}"),
        None => format!("a {kind:?} cannot be a root"),
    };
    let message = message.to_lowercase();
    ErrorBody::new(ErrorKind::Invalid, "unit.kind_not_allowed", message).field("kind")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDER: [UnitKind; 6] = [
        UnitKind::Region,
        UnitKind::Prefecture,
        UnitKind::County,
        UnitKind::Hall,
        UnitKind::Department,
        UnitKind::Counter,
    ];

    #[test]
    fn whatever_stands_below_comes_strictly_after() {
        for (above, parent) in ORDER.iter().enumerate() {
            for (below, kind) in ORDER.iter().enumerate() {
                assert!(!stands_below(*kind, *parent) || below > above, "{kind:?} {parent:?}");
            }
        }
    }

    #[test]
    fn every_kind_but_the_first_stands_below_the_one_before_it() {
        for pair in ORDER.windows(2) {
            assert!(stands_below(pair[1], pair[0]), "{pair:?}");
        }
        assert!(stands_below(UnitKind::Hall, UnitKind::Region), "the region's own hall");
        assert!(stands_below(UnitKind::Counter, UnitKind::Hall), "a hall without departments");
        assert!(!stands_below(UnitKind::Counter, UnitKind::County));
        assert!(may_be_root(UnitKind::Hall) && !may_be_root(UnitKind::Counter));
        let error = refused(UnitKind::Hall, Some(UnitKind::Counter));
        assert_eq!(error.message, "a hall does not stand below a counter");
    }
}
