//! When a repeating task comes again. A day is judged alone, by arithmetic from the first one:
//! however old a task is, its occurrences of one month cost one look at each day of that month.
//! Invariant: every occurrence begins at the same time of day in the task's zone.
//! Absent on purpose: exceptions to a rule (`series`), and rules that people cannot say in one
//! breath.

use protocol::{
    Day, Millis, Zone,
    task::{Every, Repeat, Weekday},
};

/// One occurrence; a task that does not repeat has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    pub on: Day,
    pub starts_at: Millis,
    pub ends_at: Millis,
}

impl Occurrence {
    /// Whether it is under way at some moment of `from..to`. One that takes no time at all is
    /// under way at its moment.
    pub(super) fn meets(&self, from: Millis, to: Millis) -> bool {
        self.starts_at < to && (self.ends_at > from || self.starts_at >= from)
    }
}

/// When a task takes place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Schedule<'a> {
    pub starts_at: Millis,
    pub ends_at: Millis,
    pub zone: Zone,
    pub repeat: Option<&'a Repeat>,
}

impl Schedule<'_> {
    pub fn first_day(&self) -> Day {
        self.zone.day(self.starts_at)
    }

    /// Whether an occurrence begins on the day.
    pub fn begins_on(&self, day: Day) -> bool {
        let first = self.first_day();
        match self.repeat {
            None => day == first,
            Some(repeat) => comes_again(first, repeat, day),
        }
    }

    /// Whether what is known of the day's occurrence still holds of one.
    pub fn keeps(&self, day: Day) -> bool {
        self.repeat.is_some() && self.begins_on(day)
    }

    pub(super) fn occurrence(&self, on: Day) -> Occurrence {
        let starts_at = self.zone.instant(on, self.zone.time_of_day(self.starts_at));
        Occurrence { on, starts_at, ends_at: starts_at + (self.ends_at - self.starts_at) }
    }

    /// Occurrences that are under way at some moment of `from..to`, the earliest first.
    pub fn within(&self, from: Millis, to: Millis) -> impl Iterator<Item = Occurrence> + '_ {
        let long = self.ends_at - self.starts_at;
        let first = self.zone.day(from.saturating_sub(long)).max(self.first_day());
        let last = match self.repeat {
            None => self.first_day(),
            Some(_) => self.zone.day(to),
        };
        let days = (first.0..=last.0).map(Day).filter(|day| self.begins_on(*day));
        days.map(|day| self.occurrence(day)).filter(move |one| one.meets(from, to))
    }

    /// After this moment nothing of it takes place; `None`: it never ends.
    pub fn over_at(&self) -> Option<Millis> {
        match self.repeat {
            None => Some(self.ends_at),
            Some(repeat) => repeat.until.map(|until| self.occurrence(until).ends_at),
        }
    }
}

fn comes_again(first: Day, repeat: &Repeat, day: Day) -> bool {
    if day < first || repeat.until.is_some_and(|until| day > until) {
        return false;
    }
    let interval = i64::from(repeat.interval.max(1));
    match repeat.every {
        Every::Day => (day.0 - first.0) % interval == 0,
        Every::Week => {
            let named = repeat.on.contains(&Weekday::of(day));
            let same = repeat.on.is_empty() && day.weekday() == first.weekday();
            (named || same) && ((day.monday().0 - first.monday().0) / 7) % interval == 0
        }
        Every::Month => {
            let ((from_year, from_month, from_day), (year, month, of_month)) =
                (first.civil(), day.civil());
            of_month == from_day && ((year - from_year) * 12 + month - from_month) % interval == 0
        }
    }
}

/// The rule after a move: a weekly task that is dragged from Monday to Tuesday comes on
/// Tuesdays, and keeps its other days.
pub fn carried(mut repeat: Repeat, from: Day, to: Day) -> Repeat {
    let (old, new) = (Weekday::of(from), Weekday::of(to));
    if repeat.on.contains(&old) {
        repeat.on.retain(|day| *day != old && *day != new);
        repeat.on.push(new);
        repeat.on.sort_unstable();
    }
    repeat
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    const HOUR: Millis = 60 * 60 * 1000;

    pub(crate) fn repeats() -> impl Strategy<Value = Repeat> {
        let every = prop_oneof![Just(Every::Day), Just(Every::Week), Just(Every::Month)];
        let on = prop::collection::btree_set(0usize..7, 0..4);
        (every, 1u32..5, on, prop::option::of(0i64..500)).prop_map(
            |(every, interval, on, until)| {
                let on = if every == Every::Week { on } else { BTreeSet::new() };
                let on = on.into_iter().map(|n| Weekday::ALL[n]).collect();
                Repeat { every, interval, on, until: until.map(Day) }
            },
        )
    }

    fn zones() -> impl Strategy<Value = Zone> {
        prop_oneof![Just(Zone::Urumqi), Just(Zone::Shanghai)]
    }

    /// Step by step, as a person with a calendar on the wall counts.
    fn counted(first: Day, repeat: &Repeat, until: Day) -> BTreeSet<Day> {
        let last = repeat.until.map_or(until, |end| end.min(until));
        let step = i64::from(repeat.interval);
        let mut found = BTreeSet::new();
        match repeat.every {
            Every::Day => {
                let mut day = first;
                while day <= last {
                    found.insert(day);
                    day = Day(day.0 + step);
                }
            }
            Every::Week => {
                let mut monday = first.monday();
                while monday <= last {
                    for n in 0..7 {
                        let day = Day(monday.0 + n);
                        let wanted = if repeat.on.is_empty() {
                            n == first.weekday()
                        } else {
                            repeat.on.contains(&Weekday::of(day))
                        };
                        if wanted && day >= first && day <= last {
                            found.insert(day);
                        }
                    }
                    monday = Day(monday.0 + 7 * step);
                }
            }
            Every::Month => {
                let (mut year, mut month, of_month) = first.civil();
                while Day::of_civil(year, month, 1) <= last {
                    let day = Day::of_civil(year, month, of_month);
                    if day.civil() == (year, month, of_month) && day <= last {
                        found.insert(day);
                    }
                    month += step;
                    (year, month) = (year + (month - 1) / 12, (month - 1) % 12 + 1);
                }
            }
        }
        found
    }

    proptest! {
        #[test]
        fn a_day_judged_alone_is_a_day_counted(first in 0i64..400, repeat in repeats()) {
            let (first, until) = (Day(first), Day(900));
            let judged: BTreeSet<Day> =
                (0..=until.0).map(Day).filter(|day| comes_again(first, &repeat, *day)).collect();
            prop_assert_eq!(judged, counted(first, &repeat, until));
        }

        /// Whatever the zone and the window: the time of day stays, nothing is lost at a border
        /// and nothing outside is told.
        #[test]
        fn windows_lie_side_by_side(
            zone in zones(),
            start in 0i64..(400 * 24),
            hours in 0i64..60,
            repeat in prop::option::of(repeats()),
            from in 0i64..(500 * 24),
            (one, two) in (1i64..500, 1i64..500),
        ) {
            let starts_at = start * HOUR;
            let schedule = Schedule {
                starts_at, ends_at: starts_at + hours * HOUR, zone, repeat: repeat.as_ref(),
            };
            let (from, middle) = (from * HOUR, (from + one) * HOUR);
            let to = middle + two * HOUR;
            let all: Vec<Occurrence> = schedule.within(from, to).collect();
            for one in &all {
                prop_assert_eq!(zone.time_of_day(one.starts_at), zone.time_of_day(starts_at));
                prop_assert_eq!(zone.day(one.starts_at), one.on);
                prop_assert!(one.starts_at < to && one.ends_at >= from);
                prop_assert!(schedule.over_at().is_none_or(|over| one.ends_at <= over));
            }
            let mut parts: Vec<Occurrence> = schedule.within(from, middle).collect();
            // What reaches over the border is in both.
            parts.extend(schedule.within(middle, to).filter(|one| one.starts_at >= middle));
            parts.extend(schedule.within(middle, to).filter(|o| o.starts_at < from && !all.contains(o)));
            prop_assert_eq!(parts, all);
        }
    }

    #[test]
    fn the_31st_leaves_short_months_out() {
        let first: Day = "2026-01-31".parse().unwrap();
        let repeat = Repeat { every: Every::Month, interval: 1, on: vec![], until: None };
        let found: Vec<String> = (first.0..first.0 + 200)
            .map(Day)
            .filter(|day| comes_again(first, &repeat, *day))
            .map(|day| day.to_string())
            .collect();
        assert_eq!(found, ["2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31"]);
    }

    #[test]
    fn early_morning_in_beijing_is_the_evening_before_in_utc() {
        // Tuesday 07:00 in Shanghai: Monday 23:00 UTC. It stays a Tuesday.
        let day: Day = "2026-11-24".parse().unwrap();
        let starts_at = Zone::Shanghai.instant(day, 7 * HOUR);
        let repeat =
            Repeat { every: Every::Week, interval: 1, on: vec![Weekday::Tuesday], until: None };
        let schedule = Schedule {
            starts_at,
            ends_at: starts_at + HOUR,
            zone: Zone::Shanghai,
            repeat: Some(&repeat),
        };
        let next: Vec<Day> =
            schedule.within(starts_at, starts_at + 15 * 24 * HOUR).map(|one| one.on).collect();
        assert_eq!(next, [day, Day(day.0 + 7), Day(day.0 + 14)]);
    }
}
