//! Which place of a viewer's connection shows what. A connection has a fixed number of places,
//! agreed on once: who comes and goes changes only what is in them, so that nobody's connection
//! is negotiated anew. Invariants: whoever keeps being shown keeps their place; nobody is shown
//! twice.

/// What is in each place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slots<T>(Vec<Option<T>>);

impl<T: Copy + Eq> Slots<T> {
    pub fn new(count: usize) -> Self {
        Self(vec![None; count])
    }

    pub fn held(&self) -> &[Option<T>] {
        &self.0
    }

    pub fn of(&self, what: T) -> Option<usize> {
        self.0.iter().position(|held| *held == Some(what))
    }

    /// Shows these, the most important first, as far as there are places. Says which places
    /// changed.
    pub fn show(&mut self, wanted: impl IntoIterator<Item = T>) -> Vec<(usize, Option<T>)> {
        let mut chosen: Vec<T> = Vec::with_capacity(self.0.len());
        for one in wanted {
            if chosen.len() == self.0.len() {
                break;
            }
            if !chosen.contains(&one) {
                chosen.push(one);
            }
        }
        let mut new = chosen.iter().copied().filter(|one| self.of(*one).is_none());
        let mut changed = Vec::new();
        let next: Vec<_> = self
            .0
            .iter()
            .enumerate()
            .map(|(place, held)| {
                if held.is_some_and(|held| chosen.contains(&held)) {
                    return *held;
                }
                let now = new.next();
                if now != *held {
                    changed.push((place, now));
                }
                now
            })
            .collect();
        self.0 = next;
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn who_stays_keeps_the_place_and_who_comes_takes_a_free_one() {
        let mut slots = Slots::new(3);
        assert_eq!(slots.show("abc".chars()), [(0, Some('a')), (1, Some('b')), (2, Some('c'))]);
        assert_eq!(slots.show("cda".chars()), [(1, Some('d'))]);
        assert_eq!(slots.show("c".chars()), [(0, None), (1, None)]);
        assert_eq!(slots.of('c'), Some(2));
    }

    proptest! {
        #[test]
        fn exactly_the_first_wanted_are_shown_and_nobody_moves(
            count in 1..6_usize,
            wishes in prop::collection::vec(prop::collection::vec(0..9_u8, 0..12), 1..20),
        ) {
            let mut slots = Slots::new(count);
            for wish in wishes {
                let before = slots.clone();
                let changed = slots.show(wish.iter().copied());
                let mut first = Vec::new();
                for one in wish {
                    if !first.contains(&one) && first.len() < count {
                        first.push(one);
                    }
                }
                let mut shown: Vec<_> = slots.held().iter().flatten().copied().collect();
                shown.sort_unstable();
                for one in &first {
                    if let Some(place) = before.of(*one) {
                        prop_assert_eq!(slots.of(*one), Some(place), "moved");
                    }
                }
                first.sort_unstable();
                prop_assert_eq!(shown, first);
                for (place, held) in slots.held().iter().enumerate() {
                    let told = changed.contains(&(place, *held));
                    prop_assert_eq!(told, *held != before.held()[place]);
                }
            }
        }
    }
}
