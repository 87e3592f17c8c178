//! Who may talk to whom, and until when: the one function that every area asks before anybody
//! speaks to somebody or fetches them into a room. Reading what was said before is not asked.
//! Invariants: it holds in both directions alike; of the rules that fit the most specific one
//! decides, the stricter of two that are alike; a permission ends at its very millisecond, by
//! the clock of the decision, whether its timer has fired or not.
//! Absent on purpose: where the rules and the people come from (`actors`), who sets them
//! (`contact`).

use crate::UnitTree;
use protocol::{
    AccountId, ErrorBody, ErrorKind, Millis, Role, UnitId,
    contact::{ContactLevel, ContactRule, ContactSide},
};
use serde::{Deserialize, Serialize};

/// What the rules ask of a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    pub account: AccountId,
    pub unit: UnitId,
    pub roles: Vec<Role>,
}

/// What two people have settled between themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    pub granted_until: Option<Millis>,
    /// The one whose terms these are has blocked the other.
    pub blocked: bool,
    /// The other has.
    pub blocked_by: bool,
}

/// How the sender of a command may reach somebody.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    pub account: AccountId,
    pub level: ContactLevel,
    pub terms: Terms,
}

/// How closely a side names somebody; `None`: not at all.
fn closeness(side: &ContactSide, who: &Standing, tree: &UnitTree) -> Option<usize> {
    match side {
        ContactSide::Everyone {} => Some(0),
        ContactSide::Role { role } => who.roles.contains(role).then_some(1),
        // The lower a unit stands, the fewer it means.
        ContactSide::Unit { unit } => {
            tree.is_within(who.unit, *unit).then(|| 1 + tree.depth(*unit))
        }
        ContactSide::Person { account } => (*account == who.account).then_some(usize::MAX),
    }
}

/// How closely a rule names the two, its closer side first; `None`: it does not.
fn specific(
    rule: &ContactRule,
    one: &Standing,
    other: &Standing,
    tree: &UnitTree,
) -> Option<(usize, usize)> {
    let ways = [(one, other), (other, one)].into_iter().filter_map(|(left, right)| {
        let left = closeness(&rule.one, left, tree)?;
        let right = closeness(&rule.other, right, tree)?;
        Some((left.max(right), left.min(right)))
    });
    ways.max()
}

/// Whether the rule names this very unit or one of the two people.
fn names(rule: &ContactRule, one: &Standing, other: &Standing) -> bool {
    [&rule.one, &rule.other].into_iter().any(|side| match side {
        ContactSide::Unit { unit } => *unit == one.unit,
        ContactSide::Person { account } => [one.account, other.account].contains(account),
        ContactSide::Everyone {} | ContactSide::Role { .. } => false,
    })
}

/// What the rules say of two people. Colleagues of one unit talk at any time unless a rule names
/// their unit or one of them; everybody else does unless a rule says otherwise.
pub fn level(
    rules: &[ContactRule],
    tree: &UnitTree,
    one: &Standing,
    other: &Standing,
) -> ContactLevel {
    let colleagues = one.unit == other.unit;
    let fitting = rules
        .iter()
        .filter(|rule| !colleagues || names(rule, one, other))
        .filter_map(|rule| Some((specific(rule, one, other, tree)?, rule.level)));
    fitting.max().map_or(ContactLevel::White, |(_, level)| level)
}

impl Reach {
    /// Whether they may be spoken to now, or what the sender can do about it. That the other
    /// has blocked the sender looks like a rule: it is the other's own business.
    pub fn open(&self, now: Millis) -> Result<(), ErrorBody> {
        let refused = |kind, code, message: &str| {
            Err(ErrorBody::new(kind, code, format!("{message}: {}", self.account)))
        };
        if self.terms.blocked {
            let message = "you have blocked this person; unblock them first";
            return refused(ErrorKind::Conflict, "contact.you_blocked", message);
        }
        match self.level {
            _ if self.terms.blocked_by => {}
            ContactLevel::White => return Ok(()),
            ContactLevel::Grey if self.terms.granted_until.is_some_and(|until| now < until) => {
                return Ok(());
            }
            ContactLevel::Grey => {
                let message = "ask for permission first";
                return refused(ErrorKind::Forbidden, "contact.ask_first", message);
            }
            ContactLevel::Black => {}
        }
        refused(ErrorKind::Forbidden, "contact.not_reachable", "may not be written to")
    }
}

/// Refuses where one of these people may not be spoken to now.
pub(crate) fn all_open(
    reach: &[Reach],
    among: impl Fn(AccountId) -> bool,
    field: &str,
    now: Millis,
) -> Result<(), ErrorBody> {
    reach
        .iter()
        .filter(|one| among(one.account))
        .try_for_each(|one| one.open(now))
        .map_err(|error| if field.is_empty() { error } else { error.field(field) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{account, tree, unit};
    use ContactLevel::{Black, Grey, White};
    use proptest::prelude::*;
    use uuid::Uuid;

    fn person(n: u128, at: u128, roles: &[Role]) -> Standing {
        Standing { account: account(n), unit: unit(at), roles: roles.to_vec() }
    }

    fn rule(one: ContactSide, other: ContactSide, level: ContactLevel) -> ContactRule {
        ContactRule { rule: Uuid::nil(), one, other, level }
    }

    const ALL: ContactSide = ContactSide::Everyone {};

    fn role(role: Role) -> ContactSide {
        ContactSide::Role { role }
    }

    fn at(n: u128) -> ContactSide {
        ContactSide::Unit { unit: unit(n) }
    }

    fn one(n: u128) -> ContactSide {
        ContactSide::Person { account: account(n) }
    }

    #[test]
    fn the_most_specific_rule_decides_and_the_stricter_of_two_alike() {
        let (staff, leader) = (person(1, 3, &[Role::CounterStaff]), person(2, 5, &[Role::Leader]));
        for (rules, expected) in [
            (vec![], White),
            (vec![rule(ALL, ALL, Black)], Black),
            (vec![rule(ALL, role(Role::Leader), Grey)], Grey),
            (vec![rule(role(Role::Leader), ALL, Grey)], Grey),
            (vec![rule(ALL, role(Role::Auditor), Black)], White),
            (vec![rule(ALL, role(Role::Leader), Grey), rule(ALL, at(2), White)], White),
            (vec![rule(ALL, at(2), Grey), rule(ALL, at(3), White)], White),
            (vec![rule(ALL, at(2), Grey), rule(ALL, at(5), Black)], Black),
            (vec![rule(ALL, at(3), White), rule(role(Role::Leader), at(3), Grey)], Grey),
            (vec![rule(at(3), at(5), Black), rule(one(1), ALL, White)], White),
            (vec![rule(one(1), ALL, White), rule(one(1), one(2), Grey)], Grey),
            (vec![rule(one(1), ALL, White), rule(one(2), ALL, Black)], Black),
        ] {
            assert_eq!(level(&rules, &tree(), &staff, &leader), expected, "{rules:?}");
        }
    }

    #[test]
    fn colleagues_of_one_unit_talk_unless_a_rule_names_them() {
        let (a, b) = (person(1, 3, &[]), person(2, 3, &[Role::Leader]));
        for (rules, expected) in [
            (vec![rule(ALL, ALL, Black)], White),
            (vec![rule(ALL, role(Role::Leader), Black)], White),
            (vec![rule(ALL, at(2), Black)], White),
            (vec![rule(ALL, at(3), Grey)], Grey),
            (vec![rule(one(1), ALL, Black)], Black),
        ] {
            assert_eq!(level(&rules, &tree(), &a, &b), expected, "{rules:?}");
        }
    }

    #[test]
    fn what_is_refused_says_what_can_be_done() {
        let terms = Terms { granted_until: Some(10), ..Terms::default() };
        let blocked = Terms { blocked: true, ..terms };
        let blocked_by = Terms { blocked_by: true, ..terms };
        for (level, terms, now, expected) in [
            (White, Terms::default(), 0, "ok"),
            (Grey, Terms::default(), 0, "contact.ask_first"),
            (Grey, terms, 9, "ok"),
            (Grey, terms, 10, "contact.ask_first"),
            (Black, terms, 9, "contact.not_reachable"),
            (White, blocked, 0, "contact.you_blocked"),
            (Grey, blocked_by, 0, "contact.not_reachable"),
        ] {
            let outcome = Reach { account: account(2), level, terms }.open(now);
            let code = outcome.err().map_or("ok".into(), |error| error.code);
            assert_eq!(code, expected, "{level:?} {terms:?} at {now}");
        }
    }

    fn any_side() -> impl Strategy<Value = ContactSide> {
        prop_oneof![
            Just(ALL),
            prop_oneof![Just(Role::Leader), Just(Role::CounterStaff)].prop_map(role),
            (1_u128..8).prop_map(at),
            (1_u128..4).prop_map(one),
        ]
    }

    fn any_rule() -> impl Strategy<Value = ContactRule> {
        let level = prop_oneof![Just(White), Just(Grey), Just(Black)];
        (any_side(), any_side(), level).prop_map(|(one, other, level)| rule(one, other, level))
    }

    fn any_person(n: u128) -> impl Strategy<Value = Standing> {
        let roles = prop::sample::subsequence(vec![Role::Leader, Role::CounterStaff], 0..=2);
        (1_u128..8, roles).prop_map(move |(at, roles)| person(n, at, &roles))
    }

    proptest! {
        #[test]
        fn it_holds_both_ways_whatever_the_order_of_rules(
            mut rules in prop::collection::vec(any_rule(), 0..8),
            a in any_person(1),
            b in any_person(2),
        ) {
            let there = level(&rules, &tree(), &a, &b);
            prop_assert_eq!(there, level(&rules, &tree(), &b, &a));
            for rule in &mut rules {
                std::mem::swap(&mut rule.one, &mut rule.other);
            }
            rules.reverse();
            prop_assert_eq!(there, level(&rules, &tree(), &a, &b));
        }

        #[test]
        fn a_rule_for_the_very_two_is_the_last_word(
            mut rules in prop::collection::vec(any_rule(), 0..8),
            a in any_person(1),
            b in any_person(2),
        ) {
            let both = |rule: &ContactRule| {
                [rule.one, rule.other] == [one(1), one(2)] || [rule.one, rule.other] == [one(2), one(1)]
            };
            rules.retain(|rule| !both(rule));
            rules.push(rule(one(2), one(1), White));
            prop_assert_eq!(level(&rules, &tree(), &a, &b), White);
        }
    }
}
