//! The rules of who may talk to whom, and how long a permission lasts. One stream, so that it
//! says who changed what and when. Invariant: only operators of the whole hub change anything.
//! Absent on purpose: what the rules mean (`reach.rs`).

use super::{conflict, forbidden};
use crate::{Context, Decision, Entity, Order, Who};
use protocol::{
    AccountId, EntityKind, ErrorBody, ErrorKind, Millis, Permission, Seq,
    contact::{
        ContactGrantSet, ContactRule, ContactRuleRemoved, ContactRuleSet, ContactRulesCommand,
        ContactRulesEvent, ContactSide,
    },
    limits::CONTACT_RULES_MAX,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// From a minute to a month: shorter is no time to talk, longer is a rule.
const GRANT_SECONDS: std::ops::RangeInclusive<u32> = 60..=31 * 24 * 60 * 60;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ContactRules {
    rules: BTreeMap<Uuid, ContactRule>,
    grant_seconds: Option<u32>,
}

fn set(
    rules: &ContactRules,
    rule: &ContactRule,
    missing: &[AccountId],
    who: &Who,
) -> Result<Decision<ContactRulesEvent>, ErrorBody> {
    for (field, side) in [("rule.one", &rule.one), ("rule.other", &rule.other)] {
        let known = match side {
            ContactSide::Unit { unit } => who.is_hub() || who.tree.contains(*unit),
            ContactSide::Person { account } => !missing.contains(account),
            ContactSide::Everyone {} | ContactSide::Role { .. } => true,
        };
        if !known {
            let message = "no such unit or person";
            let error = ErrorBody::new(ErrorKind::NotFound, "contact_rules.not_found", message);
            return Err(error.field(field));
        }
    }
    match rules.rules.get(&rule.rule) {
        Some(present) if present == rule => Ok(Decision::nothing()),
        None if rules.rules.len() >= CONTACT_RULES_MAX => {
            Err(conflict("contact_rules.too_many", "remove one first"))
        }
        _ => Ok(Decision::event(ContactRuleSet { rule: rule.clone() })),
    }
}

impl Entity for ContactRules {
    const KIND: EntityKind = EntityKind::ContactRules;
    const SNAPSHOT_VERSION: u32 = 1;
    type Command = ContactRulesCommand;
    type Event = ContactRulesEvent;
    /// People named by the command who do not exist.
    type Facts = Vec<AccountId>;

    fn decide(
        &self,
        command: &ContactRulesCommand,
        missing: &Vec<AccountId>,
        context: &Context<'_>,
    ) -> Result<Decision<ContactRulesEvent>, ErrorBody> {
        if !context.who.may_everywhere(Permission::SystemOperate) {
            let message = "needs system.operate for the whole organisation";
            return Err(forbidden("contact_rules.not_allowed", message));
        }
        match command {
            ContactRulesCommand::SetContactRule(command) => {
                set(self, &command.rule, missing, context.who)
            }
            ContactRulesCommand::RemoveContactRule(gone) if self.rules.contains_key(&gone.rule) => {
                Ok(Decision::event(ContactRuleRemoved { rule: gone.rule }))
            }
            ContactRulesCommand::RemoveContactRule(_) => Ok(Decision::nothing()),
            ContactRulesCommand::SetContactGrant(command) => {
                let grant_seconds = command.grant_seconds;
                if !GRANT_SECONDS.contains(&grant_seconds) {
                    let message = "from a minute to 31 days";
                    return Err(ErrorBody::invalid("grant_seconds", message));
                }
                if self.grant_seconds == Some(grant_seconds) {
                    return Ok(Decision::nothing());
                }
                Ok(Decision::event(ContactGrantSet { grant_seconds }))
            }
        }
    }

    fn settle(&self, _: &Order, _: &Context<'_>) -> Result<Decision<ContactRulesEvent>, ErrorBody> {
        // One that went astray must not be retried for ever.
        Ok(Decision::nothing())
    }

    fn apply(&mut self, _: Seq, _: Millis, _: Option<AccountId>, event: &ContactRulesEvent) {
        match event {
            ContactRulesEvent::ContactRuleSet(set) => {
                self.rules.insert(set.rule.rule, set.rule.clone());
            }
            ContactRulesEvent::ContactRuleRemoved(removed) => {
                self.rules.remove(&removed.rule);
            }
            ContactRulesEvent::ContactGrantSet(set) => self.grant_seconds = Some(set.grant_seconds),
        }
    }

    /// Those who set them, and auditors: a rule says how the organisation sees a person.
    fn may_watch(&self, who: &Who) -> bool {
        who.may_everywhere(Permission::SystemOperate) || who.may_everywhere(Permission::AuditRead)
    }

    fn counts(_: &ContactRulesEvent) -> bool {
        false
    }

    fn revokes(_: &ContactRulesEvent) -> Option<AccountId> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Bench, account, unit, who};
    use protocol::{
        Role,
        contact::{
            ContactLevel, RemoveContactRule, SetContactGrant, SetContactRule, contact_rules_stream,
        },
    };

    fn rule(other: ContactSide) -> SetContactRule {
        let (rule, one) = (Uuid::from_u128(1), ContactSide::Everyone {});
        SetContactRule { rule: ContactRule { rule, one, other, level: ContactLevel::Grey } }
    }

    #[test]
    fn operators_of_the_whole_hub_set_them_and_nobody_else() {
        let operator = who(1, &[(Role::Operator, 1)]);
        let person = |n| ContactSide::Person { account: account(n) };
        let at = |n| ContactSide::Unit { unit: unit(n) };
        let mut bench = Bench::<ContactRules>::new(contact_rules_stream().id);
        for (sender, command, expected) in [
            (&who(1, &[(Role::Operator, 2)]), rule(at(2)), Err("contact_rules.not_allowed")),
            (&who(1, &[(Role::RegionAdmin, 1)]), rule(at(2)), Err("contact_rules.not_allowed")),
            (&operator, rule(at(99)), Err("contact_rules.not_found")),
            (&operator, rule(person(99)), Err("contact_rules.not_found")),
            (&operator, rule(at(2)), Ok(1)),
            (&operator, rule(at(2)), Ok(0)),
            (&operator, rule(person(3)), Ok(1)),
        ] {
            let done = bench.run(sender, command, vec![account(99)]).map(|done| done.events.len());
            let done = done.map_err(|error| error.code.into_owned());
            assert_eq!(done, expected.map_err(str::to_owned));
        }
        assert_eq!(bench.state.rules.len(), 1, "the same id replaces");
        let gone = RemoveContactRule { rule: Uuid::from_u128(1) };
        bench.run(&operator, gone.clone(), vec![]).unwrap();
        assert_eq!(bench.run(&operator, gone, vec![]).unwrap(), Decision::nothing());
        let short = bench.run(&operator, SetContactGrant { grant_seconds: 59 }, vec![]);
        assert_eq!(short.unwrap_err().code, "hub.invalid");
        bench.run(&operator, SetContactGrant { grant_seconds: 60 }, vec![]).unwrap();
        assert_eq!(bench.state.grant_seconds, Some(60));
    }
}
