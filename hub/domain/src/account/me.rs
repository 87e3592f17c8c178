//! What the owner keeps on the account: the picture, the organisation's own fields, how they
//! want the hub, and how much of what was said they have cleared away for themself.
//! Invariants: only the owner (of fields: or a manager) changes it; there is one picture, and
//! the one before it loses its body; clearing is a mark in a room or in time, never a row for
//! each message.

use super::{Account, AccountFacts, forbidden};
use crate::{Context, Decision, organisation::check_value};
use protocol::{
    EntityKind, ErrorBody, Seq, StreamId,
    account::{
        AccountEvent, AvatarSet, ClearHistory, FieldsSet, HistoryCleared, PreferencesSet,
        SetAvatar, SetFields, SetPreferences,
    },
    me::{FieldValue, Preferences, QuietHours},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const MINUTES_OF_DAY: u16 = 24 * 60;
/// What is shown is small; a larger one would only be carried around.
const AVATAR_BYTES_MAX: u64 = 2 * 1024 * 1024;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Own {
    /// The event that holds the picture.
    avatar: Option<Seq>,
    fields: BTreeMap<String, String>,
    preferences: Preferences,
}

pub(super) fn set_avatar(
    account: &Account,
    command: &SetAvatar,
    facts: &AccountFacts,
    context: &Context<'_>,
) -> Result<Decision<AccountEvent>, ErrorBody> {
    account.by_owner(context)?;
    let before = account.own.avatar;
    if let Some(picture) = &command.picture {
        let square = facts.picture.is_some_and(|(width, height)| width == height && width > 0);
        if !square || picture.bytes > AVATAR_BYTES_MAX {
            let message = "a square picture of at most 2 MB";
            return Err(ErrorBody::invalid("picture", message));
        }
    } else if before.is_none() {
        return Ok(Decision::nothing());
    }
    let mut decision = Decision::event(AvatarSet { picture: command.picture.clone() });
    decision.redactions.extend(before);
    Ok(decision)
}

pub(super) fn set_fields(
    account: &Account,
    command: &SetFields,
    facts: &AccountFacts,
    context: &Context<'_>,
) -> Result<Decision<AccountEvent>, ErrorBody> {
    let manager = account.by_manager(context);
    if let Err(refused) = &manager {
        account.by_owner(context).map_err(|_| refused.clone())?;
    }
    let mut values = Vec::new();
    for FieldValue { field: name, text } in &command.values {
        let field = facts.fields.iter().find(|field| field.field == *name);
        let field = field.ok_or_else(|| ErrorBody::invalid("values", "no such field"))?;
        if !field.own && manager.is_err() {
            let message = "this field is a manager's";
            return Err(forbidden("account.field_managed", message).field(name));
        }
        let text = check_value(field, text)?;
        if account.own.fields.get(name).map_or("", String::as_str) != text {
            values.push(FieldValue { field: name.clone(), text });
        }
    }
    if values.is_empty() {
        return Ok(Decision::nothing());
    }
    Ok(Decision::event(FieldsSet { values }))
}

pub(super) fn set_preferences(
    account: &Account,
    command: &SetPreferences,
    context: &Context<'_>,
) -> Result<Decision<AccountEvent>, ErrorBody> {
    account.by_owner(context)?;
    if let Some(QuietHours { from, to, .. }) = command.alerts.and_then(|alerts| alerts.quiet)
        && (from >= MINUTES_OF_DAY || to >= MINUTES_OF_DAY)
    {
        return Err(ErrorBody::invalid("alerts", "minutes of a day are 0 to 1439"));
    }
    let now = account.own.preferences;
    let preferences = Preferences {
        language: command.language.or(now.language),
        text_size: command.text_size.or(now.text_size),
        contrast: command.contrast.or(now.contrast),
        alerts: command.alerts.or(now.alerts),
    };
    if preferences == now {
        return Ok(Decision::nothing());
    }
    Ok(Decision::event(PreferencesSet { preferences }))
}

pub(super) fn clear_history(
    account: &Account,
    command: &ClearHistory,
    context: &Context<'_>,
) -> Result<Decision<AccountEvent>, ErrorBody> {
    account.by_owner(context)?;
    let ClearHistory { room, seq } = *command;
    match (room, seq) {
        (None, None) => {}
        (Some(_), None | Some(0)) => return Err(ErrorBody::invalid("seq", "up to which message")),
        (None, Some(_)) => return Err(ErrorBody::invalid("room", "of which room")),
        (Some(room), Some(_)) => {
            if !account.streams.contains(&StreamId::new(EntityKind::Room, room.0)) {
                let message = "not one of your conversations";
                return Err(forbidden("account.not_in_room", message));
            }
        }
    }
    Ok(Decision::event(HistoryCleared { room, seq }))
}

pub(super) fn apply_avatar(account: &mut Account, seq: Seq, set: &AvatarSet) {
    account.own.avatar = set.picture.is_some().then_some(seq);
}

pub(super) fn apply_fields(account: &mut Account, set: &FieldsSet) {
    for FieldValue { field, text } in &set.values {
        if text.is_empty() {
            account.own.fields.remove(field);
        } else {
            account.own.fields.insert(field.clone(), text.clone());
        }
    }
}

pub(super) fn apply_preferences(account: &mut Account, set: &PreferencesSet) {
    account.own.preferences = set.preferences;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Order;
    use crate::account::create::tests::{admin, made};
    use crate::testing::{Bench, who};
    use protocol::{
        BlobId, RoomId, Zone,
        account::Names,
        file::FileRef,
        me::{Alerts, Language},
        organisation::{FieldKind, ProfileField},
    };
    use uuid::Uuid;

    fn code<T>(outcome: Result<T, ErrorBody>) -> String {
        outcome.err().map_or_else(|| "ok".to_owned(), |error| error.code.into_owned())
    }

    fn picture() -> SetAvatar {
        let (blob, name) = (BlobId(Uuid::from_u128(5)), "我.jpg".into());
        let media_type = "image/jpeg".into();
        SetAvatar { picture: Some(FileRef { blob, name, bytes: 9_000, media_type }) }
    }

    fn square() -> AccountFacts {
        AccountFacts { picture: Some((256, 256)), ..AccountFacts::default() }
    }

    #[test]
    fn one_square_picture_and_the_one_before_is_forgotten() {
        let mut bench = made(&[]);
        let oblong = AccountFacts { picture: Some((256, 200)), ..AccountFacts::default() };
        assert_eq!(code(bench.run(&who(7, &[]), picture(), oblong)), "hub.invalid");
        assert_eq!(code(bench.run(&admin(), picture(), square())), "account.not_owner");
        let first = bench.run(&who(7, &[]), picture(), square()).unwrap();
        assert!(first.redactions.is_empty());
        let held = bench.head;
        let second = bench.run(&who(7, &[]), picture(), square()).unwrap();
        assert_eq!(second.redactions, [held]);
        let none = SetAvatar { picture: None };
        let third = bench.run(&who(7, &[]), none.clone(), AccountFacts::default()).unwrap();
        assert_eq!(third.redactions, [held + 1]);
        let fourth = bench.run(&who(7, &[]), none, AccountFacts::default()).unwrap();
        assert_eq!(fourth, Decision::nothing());
    }

    fn fields() -> AccountFacts {
        let field = |name: &str, own| ProfileField {
            field: name.into(),
            names: Names::default(),
            kind: FieldKind::Text,
            choices: vec![],
            own,
            shown: true,
        };
        let fields = vec![field("hobby", true), field("staff_no", false)];
        AccountFacts { fields, ..AccountFacts::default() }
    }

    #[test]
    fn some_fields_are_one_s_own_and_some_a_manager_s() {
        let set = |field: &str, text: &str| SetFields {
            values: vec![FieldValue { field: field.into(), text: text.into() }],
        };
        let mut bench = made(&[]);
        for (sender, command, expected) in [
            (who(7, &[]), set("hobby", "书法"), "ok"),
            (who(7, &[]), set("staff_no", "1"), "account.field_managed"),
            (who(7, &[]), set("unknown", "1"), "hub.invalid"),
            (who(8, &[]), set("hobby", "1"), "account.not_allowed"),
            (admin(), set("staff_no", "0421"), "ok"),
            (admin(), set("hobby", "篮球"), "ok"),
        ] {
            assert_eq!(code(bench.run(&sender, command, fields())), expected);
        }
        let again = bench.run(&admin(), set("hobby", "篮球"), fields()).unwrap();
        assert_eq!(again, Decision::nothing());
        bench.run(&admin(), set("hobby", ""), fields()).unwrap();
        assert_eq!(bench.state.own.fields.len(), 1);
    }

    #[test]
    fn preferences_change_one_by_one() {
        let mut bench: Bench<Account> = made(&[]);
        let language = SetPreferences { language: Some(Language::Ug), ..Default::default() };
        bench.run(&who(7, &[]), language.clone(), AccountFacts::default()).unwrap();
        let quiet = Some(QuietHours { from: 1_320, to: 420, zone: Zone::Urumqi });
        let alerts = Some(Alerts { quiet, ..Alerts::default() });
        let set = SetPreferences { alerts, ..Default::default() };
        bench.run(&who(7, &[]), set, AccountFacts::default()).unwrap();
        let kept = bench.state.own.preferences;
        assert_eq!((kept.language, kept.alerts), (Some(Language::Ug), alerts));
        let again = bench.run(&who(7, &[]), language, AccountFacts::default()).unwrap();
        assert_eq!(again, Decision::nothing());
        let quiet = Some(QuietHours { from: 1_440, to: 0, zone: Zone::Urumqi });
        let alerts = Some(Alerts { quiet, ..Alerts::default() });
        let late = SetPreferences { alerts, ..Default::default() };
        let refused = bench.run(&who(7, &[]), late, AccountFacts::default());
        assert_eq!(code(refused), "hub.invalid");
    }

    #[test]
    fn history_is_cleared_up_to_a_mark() {
        let mut bench = made(&[]);
        let room = RoomId(Uuid::from_u128(0x700));
        let mut clear = |room, seq| {
            code(bench.run(&who(7, &[]), ClearHistory { room, seq }, AccountFacts::default()))
        };
        assert_eq!(clear(None, None), "ok");
        assert_eq!(clear(None, Some(3)), "hub.invalid");
        assert_eq!(clear(Some(room), None), "hub.invalid");
        assert_eq!(clear(Some(room), Some(3)), "account.not_in_room");
        let stream = StreamId::new(EntityKind::Room, room.0);
        bench.settle(Order::JoinStream { stream }).unwrap();
        let clear = ClearHistory { room: Some(room), seq: Some(3) };
        bench.run(&who(7, &[]), clear.clone(), AccountFacts::default()).unwrap();
        let other = bench.run(&who(8, &[]), clear, AccountFacts::default());
        assert_eq!(code(other), "account.not_owner");
    }
}
