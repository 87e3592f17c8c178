//! The organisation itself: fields of its own that it keeps of its people, and the watermark.
//! Invariants: only operators of the whole hub change anything; a field has one name, kind and
//! place. Absent on purpose: what people filled in. It is theirs, kept on their accounts, and is
//! simply not shown while no field asks for it.

mod field;

pub use field::check_value;

use crate::{Context, Decision, Entity, Order, Who};
use protocol::{
    AccountId, EntityKind, ErrorBody, ErrorKind, Millis, Permission, Seq,
    organisation::{
        OrganisationCommand, OrganisationEvent, ProfileField, ProfileFieldsSet, Watermark,
        WatermarkSet,
    },
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Organisation {
    fields: Vec<ProfileField>,
    /// `None`: nothing was ever set; the first event makes the stream that everybody watches.
    watermark: Option<Watermark>,
}

fn by_operator(who: &Who) -> Result<(), ErrorBody> {
    if who.may_everywhere(Permission::SystemOperate) {
        return Ok(());
    }
    let message = "needs system.operate for the whole organisation";
    Err(ErrorBody::new(ErrorKind::Forbidden, "organisation.not_allowed", message))
}

impl Entity for Organisation {
    const KIND: EntityKind = EntityKind::Organisation;
    const SNAPSHOT_VERSION: u32 = 1;
    type Command = OrganisationCommand;
    type Event = OrganisationEvent;
    type Facts = ();

    fn decide(
        &self,
        command: &OrganisationCommand,
        (): &(),
        context: &Context<'_>,
    ) -> Result<Decision<OrganisationEvent>, ErrorBody> {
        by_operator(context.who)?;
        match command {
            OrganisationCommand::SetProfileFields(set) => {
                let fields = field::checked(&set.fields)?;
                if fields == self.fields {
                    return Ok(Decision::nothing());
                }
                Ok(Decision::event(ProfileFieldsSet { fields }))
            }
            OrganisationCommand::SetWatermark(set) if Some(set.watermark) == self.watermark => {
                Ok(Decision::nothing())
            }
            OrganisationCommand::SetWatermark(set) => {
                Ok(Decision::event(WatermarkSet { watermark: set.watermark }))
            }
        }
    }

    fn settle(&self, _: &Order, _: &Context<'_>) -> Result<Decision<OrganisationEvent>, ErrorBody> {
        // One that went astray must not be retried for ever.
        Ok(Decision::nothing())
    }

    fn apply(&mut self, _: Seq, _: Millis, _: Option<AccountId>, event: &OrganisationEvent) {
        match event {
            OrganisationEvent::ProfileFieldsSet(set) => self.fields.clone_from(&set.fields),
            OrganisationEvent::WatermarkSet(set) => self.watermark = Some(set.watermark),
        }
    }

    /// Everybody of the organisation: it says what their own pages look like.
    fn may_watch(&self, who: &Who) -> bool {
        who.account.is_some()
    }

    fn counts(_: &OrganisationEvent) -> bool {
        false
    }

    fn revokes(_: &OrganisationEvent) -> Option<AccountId> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Bench, who};
    use protocol::{
        Role,
        account::Names,
        organisation::{FieldKind, SetProfileFields, SetWatermark, organisation_stream},
    };

    fn bench() -> Bench<Organisation> {
        Bench::new(organisation_stream().id)
    }

    fn field(name: &str, kind: FieldKind, choices: &[&str]) -> ProfileField {
        ProfileField {
            field: name.into(),
            names: Names { zh: "工号".into(), ..Names::default() },
            kind,
            choices: choices.iter().map(|&choice| choice.to_owned()).collect(),
            own: true,
            shown: true,
        }
    }

    #[test]
    fn operators_of_the_whole_hub_and_nobody_else() {
        let off = SetWatermark { watermark: Watermark { visible: false, hidden: true } };
        for (roles, events) in [
            (&[(Role::Operator, 1)][..], Ok(1)),
            (&[(Role::Operator, 3)], Err("organisation.not_allowed")),
            (&[(Role::RegionAdmin, 1)], Err("organisation.not_allowed")),
        ] {
            let done = bench().run(&who(1, roles), off.clone(), ());
            let done = done.map(|done| done.events.len()).map_err(|error| error.code.into_owned());
            assert_eq!(done, events.map_err(str::to_owned), "{roles:?}");
        }
        let as_it_is = SetWatermark { watermark: Watermark::default() };
        let mut bench = bench();
        let first = bench.run(&Who::hub(), as_it_is.clone(), ()).unwrap();
        assert_eq!(first.events.len(), 1, "the first makes the stream");
        assert_eq!(bench.run(&Who::hub(), as_it_is, ()).unwrap(), Decision::nothing());
    }

    #[test]
    fn fields_are_checked() {
        for (fields, good) in [
            (vec![field("staff_no", FieldKind::Text, &[])], true),
            (vec![field("a", FieldKind::Choice, &["甲", "乙"])], true),
            (vec![field("", FieldKind::Text, &[])], false),
            (vec![field("工号", FieldKind::Text, &[])], false),
            (vec![field("a", FieldKind::Choice, &[])], false),
            (vec![field("a", FieldKind::Text, &["甲"])], false),
            (vec![field("a", FieldKind::Choice, &["甲", "甲"])], false),
            (vec![field("a", FieldKind::Text, &[]), field("a", FieldKind::Date, &[])], false),
        ] {
            let command = SetProfileFields { fields: fields.clone() };
            assert_eq!(bench().run(&Who::hub(), command, ()).is_ok(), good, "{fields:?}");
        }
    }
}
