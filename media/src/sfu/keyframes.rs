//! When a publisher is asked for a key frame. Many viewers want one at once: when twenty join,
//! when a packet was lost on the way to all. One is asked for, and no more often than an
//! encoder can bear; a wish that came too early is not forgotten but put off.

use super::{Micros, SourceId};
use std::collections::HashMap;

/// Between two requests to one publisher's layer. A request or its picture may be lost on the
/// way: a wish that stays open is asked for again after as long.
pub const APART: Micros = 300_000;

#[derive(Clone, Copy, Debug, Default)]
struct Wish {
    open: bool,
    asked_at: Option<Micros>,
}

/// Open wishes, by source.
#[derive(Clone, Debug, Default)]
pub struct Keyframes {
    wishes: HashMap<SourceId, Wish>,
}

impl Keyframes {
    /// Somebody cannot go on without one.
    pub fn want(&mut self, source: SourceId) {
        self.wishes.entry(source).or_default().open = true;
    }

    /// One came.
    pub fn came(&mut self, source: SourceId) {
        if let Some(wish) = self.wishes.get_mut(&source) {
            wish.open = false;
        }
    }

    pub fn forget(&mut self, source: SourceId) {
        self.wishes.remove(&source);
    }

    /// Whether a wish is open.
    pub fn wants(&self, source: SourceId) -> bool {
        self.wishes.get(&source).is_some_and(|wish| wish.open)
    }

    /// Whom to ask now.
    pub fn due(&mut self, now: Micros) -> Vec<SourceId> {
        let mut due = Vec::new();
        for (source, wish) in &mut self.wishes {
            if wish.open && wish.asked_at.is_none_or(|asked| now.saturating_sub(asked) >= APART) {
                wish.asked_at = Some(now);
                due.push(*source);
            }
        }
        due.sort_unstable();
        due
    }

    /// When `due` has something to say next.
    pub fn next(&self) -> Option<Micros> {
        let open = self.wishes.values().filter(|wish| wish.open);
        open.map(|wish| wish.asked_at.map_or(0, |asked| asked + APART)).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const A: SourceId = SourceId(1);

    #[test]
    fn twenty_wishes_are_one_request() {
        let mut keyframes = Keyframes::default();
        for _ in 0..20 {
            keyframes.want(A);
        }
        assert_eq!(keyframes.due(0), [A]);
        assert!(keyframes.due(1).is_empty());
    }

    #[test]
    fn a_wish_that_came_too_early_is_put_off_and_an_answered_one_is_gone() {
        let mut keyframes = Keyframes::default();
        keyframes.want(A);
        assert_eq!(keyframes.due(0), [A]);
        keyframes.came(A);
        assert_eq!(keyframes.next(), None);
        keyframes.want(A);
        assert!(keyframes.due(APART - 1).is_empty());
        assert_eq!(keyframes.next(), Some(APART));
        assert_eq!(keyframes.due(APART), [A]);
        keyframes.came(A);
        assert!(keyframes.due(10 * APART).is_empty());
    }

    proptest! {
        #[test]
        fn requests_keep_their_distance_and_no_wish_is_left(
            steps in prop::collection::vec((0..200_000_u64, any::<bool>(), any::<bool>()), 1..200),
        ) {
            let mut keyframes = Keyframes::default();
            let (mut now, mut asked, mut open) = (0, None, false);
            for (passed, want, came) in steps {
                now += passed;
                if came {
                    keyframes.came(A);
                    open = false;
                }
                if want {
                    keyframes.want(A);
                    open = true;
                }
                let due = keyframes.due(now) == [A];
                let free = asked.is_none_or(|asked| now - asked >= APART);
                prop_assert_eq!(due, open && free);
                if due {
                    asked = Some(now);
                }
            }
        }
    }
}
