//! A series with those of its occurrences that are not as its rule says: moved, changed or left
//! out. Invariants: an exception is of a day on which the rule has an occurrence, and is told by
//! that day wherever it was moved; what the rule says of all other days is untouched.

use super::recur::{Occurrence, Schedule};
use protocol::{Day, Millis, task::TaskException};
use std::collections::BTreeMap;

pub type Exceptions = BTreeMap<Day, TaskException>;

#[derive(Clone, Copy, Debug)]
pub struct Series<'a> {
    pub schedule: Schedule<'a>,
    pub exceptions: &'a Exceptions,
}

impl Series<'_> {
    /// The occurrence that is told by the day; none where the rule has none, or it is left out.
    pub fn occurrence(&self, on: Day) -> Option<Occurrence> {
        if !self.schedule.begins_on(on) {
            return None;
        }
        let ruled = self.schedule.occurrence(on);
        let Some(exception) = self.exceptions.get(&on) else { return Some(ruled) };
        if exception.skipped {
            return None;
        }
        let (starts_at, ends_at) =
            exception.starts_at.zip(exception.ends_at).unwrap_or((ruled.starts_at, ruled.ends_at));
        Some(Occurrence { on, starts_at, ends_at })
    }

    /// Occurrences that are under way at some moment of `from..to`, the earliest first.
    pub fn within(&self, from: Millis, to: Millis) -> Vec<Occurrence> {
        let ruled = self.schedule.within(from, to);
        let ruled = ruled.filter(|one| !self.exceptions.contains_key(&one.on));
        let others = self.exceptions.keys().filter_map(|on| self.occurrence(*on));
        let mut all: Vec<Occurrence> =
            ruled.chain(others.filter(|one| one.meets(from, to))).collect();
        all.sort_by_key(|one| (one.starts_at, one.on));
        all
    }

    /// After this moment nothing of it takes place; `None`: it never ends.
    pub fn over_at(&self) -> Option<Millis> {
        let moved = self.exceptions.values().filter_map(|one| one.ends_at).max();
        self.schedule.over_at().map(|over| over.max(moved.unwrap_or(over)))
    }

    /// Nothing of it takes place before.
    pub fn begins_at(&self) -> Millis {
        let moved = self.exceptions.values().filter_map(|one| one.starts_at).min();
        self.schedule.starts_at.min(moved.unwrap_or(Millis::MAX))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::task::recur::tests::repeats;
    use proptest::prelude::*;
    use protocol::{Zone, task::Repeat};

    const HOUR: Millis = 60 * 60 * 1000;

    pub(crate) fn exception(on: Day) -> TaskException {
        let (title, note, starts_at, ends_at) = (None, None, None, None);
        TaskException { on, skipped: false, title, note, starts_at, ends_at }
    }

    /// Left out (`None`), moved to hours and how many, or only renamed.
    type Change = Option<Option<(i64, i64)>>;

    /// Days after the first, and what became of them.
    fn changes() -> impl Strategy<Value = Vec<(i64, Change)>> {
        let moved = (-2_000i64..9_000, 0i64..40);
        let change = prop::option::of(prop::option::of(moved));
        prop::collection::vec((0i64..200, change), 0..12)
    }

    /// Each day looked at, one after the other, and what happened to it.
    fn expanded(schedule: &Schedule<'_>, exceptions: &Exceptions) -> Vec<Occurrence> {
        let first = schedule.first_day();
        let mut found = Vec::new();
        for on in (first.0..first.0 + 300).map(Day).filter(|day| schedule.begins_on(*day)) {
            let mut one = schedule.occurrence(on);
            match exceptions.get(&on) {
                Some(exception) if exception.skipped => continue,
                Some(TaskException { starts_at: Some(from), ends_at: Some(to), .. }) => {
                    (one.starts_at, one.ends_at) = (*from, *to);
                }
                _ => {}
            }
            found.push(one);
        }
        found.sort_by_key(|one| (one.starts_at, one.on));
        found
    }

    proptest! {
        /// Whatever was moved where: a window has what a person with a calendar on the wall finds.
        #[test]
        fn a_window_has_what_each_day_has(
            start in 2_000i64..9_000,
            hours in 0i64..60,
            repeat in repeats(),
            changes in changes(),
            (from, long) in (0i64..10_000, 1i64..900),
        ) {
            let (starts_at, zone) = (start * HOUR, Zone::Urumqi);
            let repeat = Repeat { until: None, ..repeat };
            let schedule = Schedule {
                starts_at, ends_at: starts_at + hours * HOUR, zone, repeat: Some(&repeat),
            };
            let first = schedule.first_day();
            let exceptions: Exceptions = changes
                .into_iter()
                .map(|(day, change)| (Day(first.0 + day), change))
                .filter(|(day, _)| schedule.begins_on(*day))
                .map(|(day, change)| {
                    let mut one = exception(day);
                    one.skipped = change.is_none();
                    if let Some(Some((at, long))) = change {
                        one.starts_at = Some(at * HOUR);
                        one.ends_at = Some((at + long) * HOUR);
                    }
                    (day, one)
                })
                .collect();
            let series = Series { schedule, exceptions: &exceptions };
            // Far enough ahead for the 300 days that are counted by hand.
            let to = (from + long).min(start + 200 * 24);
            let (from, to) = (from * HOUR, to * HOUR);
            let expected: Vec<Occurrence> = expanded(&schedule, &exceptions)
                .into_iter()
                .filter(|one| one.starts_at < to && (one.ends_at > from || one.starts_at >= from))
                .collect();
            prop_assert_eq!(series.within(from, to), expected.clone());
            for one in &expected {
                prop_assert!(series.begins_at() <= one.starts_at);
                prop_assert_eq!(series.occurrence(one.on), Some(*one));
            }
        }
    }
}
