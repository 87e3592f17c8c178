//! What a viewer's bandwidth is spent on. Sound first, whatever there is; then hands, then a
//! shared screen, then faces. Within a class everybody is shown before anybody is shown better.
//! Invariants: nothing is taken from a class for one below it; the same bandwidth gives the same
//! choice again, and a little more or less does not make a picture jump to and fro.

use super::Class;

/// Bits in a second.
pub type Rate = u32;

/// A stream that the viewer wants to see. The order of wants is their importance in a class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Want {
    pub class: Class,
    /// What each layer costs that the publisher sends now, the smallest first.
    pub layers: Vec<Rate>,
    /// The best layer that is worth anything at the size at which it is shown.
    pub top: usize,
    /// What is shown of it now.
    pub showing: Option<usize>,
}

/// To show more than now must fit with this much to spare, in hundredths.
const SPARE: u64 = 115;

impl Want {
    fn best(&self) -> Option<usize> {
        Some(self.layers.len().checked_sub(1)?.min(self.top))
    }

    /// What going from one layer to the next costs, and what must be free for it.
    fn step(&self, to: usize) -> (u64, u64) {
        let below = to.checked_sub(1).map_or(0, |below| u64::from(self.layers[below]));
        // Layers are measured: a better one may cost less for a moment.
        let costs = u64::from(self.layers[to]).saturating_sub(below);
        let shown = self.showing.is_some_and(|showing| to <= showing);
        (costs, if shown { costs } else { costs * SPARE / 100 })
    }
}

/// The layer of each want, or nothing.
pub fn allocate(budget: Rate, wants: &[Want]) -> Vec<Option<usize>> {
    let mut spending = Spending { left: u64::from(budget), chosen: vec![None; wants.len()], wants };
    // A conversation without sound is none: it is sent even where it does not fit.
    spending.floor(|want| want.class == Class::Audio);
    // Neither is one without the interpreter.
    let mut signs = 0;
    spending.floor(|want| {
        signs += usize::from(want.class == Class::Sign);
        want.class == Class::Sign && signs == 1
    });
    for class in [Class::Sign, Class::Screen, Class::Camera] {
        spending.raise(class);
    }
    spending.chosen
}

struct Spending<'a> {
    left: u64,
    chosen: Vec<Option<usize>>,
    wants: &'a [Want],
}

impl Spending<'_> {
    fn floor(&mut self, mut which: impl FnMut(&Want) -> bool) {
        for (want, chosen) in self.wants.iter().zip(&mut self.chosen) {
            if which(want) && want.best().is_some() {
                *chosen = Some(0);
                self.left = self.left.saturating_sub(u64::from(want.layers[0]));
            }
        }
    }

    /// A layer for each in turn, until nothing more fits. A better layer of one is not given for
    /// the first layer of another that came too short: that one is over.
    fn raise(&mut self, class: Class) {
        let mut over: Vec<bool> = self.wants.iter().map(|want| want.class != class).collect();
        while over.contains(&false) {
            for (place, want) in self.wants.iter().enumerate() {
                if over[place] {
                    continue;
                }
                let next = self.chosen[place].map_or(0, |layer| layer + 1);
                if want.best().is_none_or(|best| next > best) {
                    over[place] = true;
                    continue;
                }
                let (costs, needs) = want.step(next);
                if needs <= self.left {
                    self.left -= costs;
                    self.chosen[place] = Some(next);
                } else {
                    over[place] = true;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn want(class: Class, layers: &[Rate]) -> Want {
        Want { class, layers: layers.to_vec(), top: layers.len(), showing: None }
    }

    const VIDEO: &[Rate] = &[150_000, 500_000, 1_500_000];

    #[test]
    fn sound_comes_first_then_hands_then_the_screen_then_faces() {
        let wants = [
            want(Class::Camera, VIDEO),
            want(Class::Screen, &[1_000_000]),
            want(Class::Sign, VIDEO),
            want(Class::Audio, &[32_000]),
        ];
        assert_eq!(allocate(0, &wants), [None, None, Some(0), Some(0)]);
        assert_eq!(allocate(700_000, &wants), [None, None, Some(1), Some(0)]);
        assert_eq!(allocate(3_000_000, &wants), [Some(0), Some(0), Some(2), Some(0)]);
        assert_eq!(allocate(9_000_000, &wants), [Some(2), Some(0), Some(2), Some(0)]);
    }

    #[test]
    fn everybody_is_shown_before_anybody_is_shown_better() {
        let wants = [want(Class::Camera, VIDEO), want(Class::Camera, VIDEO)];
        assert_eq!(allocate(400_000, &wants), [Some(0), Some(0)]);
        assert_eq!(allocate(800_000, &wants), [Some(1), Some(0)]);
        let small = [Want { top: 0, ..want(Class::Camera, VIDEO) }];
        assert_eq!(allocate(9_000_000, &small), [Some(0)], "no more than can be seen");
        assert_eq!(allocate(9_000_000, &[want(Class::Camera, &[])]), [None], "sends nothing");
    }

    #[test]
    fn a_little_less_takes_nothing_away_and_a_little_more_gives_nothing() {
        let shown = |showing| vec![Want { showing, ..want(Class::Camera, VIDEO) }];
        assert_eq!(allocate(510_000, &shown(Some(0))), [Some(0)]);
        assert_eq!(allocate(510_000, &shown(Some(1))), [Some(1)]);
        assert_eq!(allocate(490_000, &shown(Some(1))), [Some(0)]);
    }

    fn wants() -> impl Strategy<Value = Vec<Want>> {
        let class = prop_oneof![
            Just(Class::Audio),
            Just(Class::Sign),
            Just(Class::Screen),
            Just(Class::Camera)
        ];
        let layers = prop::collection::vec(10_000..2_000_000_u32, 0..4);
        let one = (class, layers, 0..4_usize, prop::option::of(0..3_usize)).prop_map(
            |(class, mut layers, top, showing)| {
                layers.sort_unstable();
                Want { class, layers, top, showing }
            },
        );
        prop::collection::vec(one, 0..8)
    }

    fn cost(want: &Want, layer: Option<usize>) -> u64 {
        layer.map_or(0, |layer| u64::from(want.layers[layer]))
    }

    proptest! {
        #[test]
        fn no_more_is_spent_than_there_is_beyond_the_floor(budget in 0..8_000_000_u32, wants in wants()) {
            let chosen = allocate(budget, &wants);
            let spent: u64 = wants.iter().zip(&chosen).map(|(want, layer)| cost(want, *layer)).sum();
            let floor: u64 = wants.iter().zip(allocate(0, &wants)).map(|(want, layer)| cost(want, layer)).sum();
            prop_assert!(spent <= floor.max(u64::from(budget)), "{spent} of {budget}, floor {floor}");
            for (want, layer) in wants.iter().zip(&chosen) {
                prop_assert!(layer.is_none_or(|layer| layer <= want.top && layer < want.layers.len()));
                if want.class == Class::Audio && !want.layers.is_empty() {
                    prop_assert!(layer.is_some(), "sound is always sent");
                }
            }
        }

        #[test]
        fn the_choice_stands_once_it_is_shown(budget in 0..8_000_000_u32, mut wants in wants()) {
            let chosen = allocate(budget, &wants);
            for (want, layer) in wants.iter_mut().zip(&chosen) {
                want.showing = *layer;
            }
            prop_assert_eq!(allocate(budget, &wants), chosen);
        }

        #[test]
        fn what_is_below_a_class_takes_nothing_from_it(budget in 0..8_000_000_u32, wants in wants()) {
            let all = allocate(budget, &wants);
            for class in [Class::Sign, Class::Screen] {
                let without: Vec<_> = wants.iter().filter(|want| want.class <= class).cloned().collect();
                let alone = allocate(budget, &without);
                let within: Vec<_> = wants.iter().zip(&all)
                    .filter(|(want, _)| want.class <= class).map(|(_, layer)| *layer).collect();
                prop_assert_eq!(alone, within);
            }
        }
    }
}
