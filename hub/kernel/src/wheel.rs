//! A hashed timer wheel: many deadlines, one tick. Pure; an arbiter's single interval
//! drives it, so that neither sessions nor entities own timers.

/// Deadlines in ticks. What lies beyond one turn keeps its remaining turns.
pub struct Wheel<T> {
    slots: Vec<Vec<(u32, T)>>,
    at: usize,
}

impl<T> Wheel<T> {
    pub fn new(slots: usize) -> Self {
        Self { slots: (0..slots.max(1)).map(|_| Vec::new()).collect(), at: 0 }
    }

    /// Due after `ticks` calls of [`Wheel::tick`]; at least one.
    pub fn insert(&mut self, ticks: usize, item: T) {
        let ticks = ticks.max(1);
        let slot = (self.at + ticks) % self.slots.len();
        let turns = u32::try_from((ticks - 1) / self.slots.len()).unwrap_or(u32::MAX);
        self.slots[slot].push((turns, item));
    }

    /// Moves on by one and returns what is due.
    pub fn tick(&mut self) -> Vec<T> {
        self.at = (self.at + 1) % self.slots.len();
        let mut due = Vec::new();
        let waiting = std::mem::take(&mut self.slots[self.at]);
        for (turns, item) in waiting {
            match turns.checked_sub(1) {
                None => due.push(item),
                Some(left) => self.slots[self.at].push((left, item)),
            }
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::Wheel;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn everything_is_due_exactly_at_its_tick(delays in prop::collection::vec(0usize..40, 0..50)) {
            let mut wheel = Wheel::new(8);
            for (n, delay) in delays.iter().enumerate() {
                wheel.insert(*delay, n);
            }
            let mut seen = vec![0; delays.len()];
            for now in 1..=40usize {
                for n in wheel.tick() {
                    seen[n] += 1;
                    prop_assert_eq!(now, delays[n].max(1));
                }
            }
            prop_assert!(seen.iter().all(|times| *times == 1));
        }
    }
}
