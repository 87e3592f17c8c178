//! What a field of the organisation's own may be, and what may be filled into it.

use crate::text;
use protocol::{
    Day, ErrorBody,
    limits::{FIELD_CHARS_MAX, PROFILE_FIELDS_MAX},
    organisation::{FieldKind, ProfileField},
};
use std::collections::BTreeSet;

/// Choices of one field.
const CHOICES_MAX: usize = 50;
const KEY_CHARS_MAX: usize = 32;

pub(super) fn checked(fields: &[ProfileField]) -> Result<Vec<ProfileField>, ErrorBody> {
    let invalid = |message: &str| Err(ErrorBody::invalid("fields", message));
    if fields.len() > PROFILE_FIELDS_MAX {
        return invalid("too many fields");
    }
    let mut known = BTreeSet::new();
    let mut checked = Vec::with_capacity(fields.len());
    for field in fields {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let key = field.field.as_str();
        if key.is_empty() || key.len() > KEY_CHARS_MAX || !key.bytes().all(plain) {
            return invalid("a field is called by small letters, digits and _");
        }
        if !known.insert(key) {
            return invalid("two fields of one name");
        }
        let choices = field.choices.iter().map(|choice| text::name("fields", choice));
        let choices = choices.collect::<Result<Vec<_>, _>>()?;
        let different = choices.iter().collect::<BTreeSet<_>>().len() == choices.len();
        let fit = match field.kind {
            FieldKind::Choice => !choices.is_empty() && choices.len() <= CHOICES_MAX,
            _ => choices.is_empty(),
        };
        if !fit || !different {
            return invalid("a choice has different choices, and nothing else has any");
        }
        checked.push(ProfileField { names: text::names(&field.names)?, choices, ..field.clone() });
    }
    Ok(checked)
}

/// The text as it is kept; empty takes back what was there.
pub fn check_value(field: &ProfileField, value: &str) -> Result<String, ErrorBody> {
    let wrong = |message: &str| ErrorBody::invalid(&field.field, message);
    let value = text::body(&field.field, value, FIELD_CHARS_MAX)?;
    if value.contains('\n') {
        return Err(wrong("one line"));
    }
    let fits = value.is_empty()
        || match field.kind {
            FieldKind::Text => true,
            FieldKind::Number => value.parse::<f64>().is_ok_and(f64::is_finite),
            FieldKind::Date => value.parse::<Day>().is_ok(),
            FieldKind::Choice => field.choices.contains(&value),
            FieldKind::Phone => text::phone(Some(&value)).is_ok(),
        };
    if fits { Ok(value) } else { Err(wrong("not what this field holds")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::account::Names;

    #[test]
    fn what_may_be_filled_in() {
        for (kind, value, good) in [
            (FieldKind::Text, " 0421 ", true),
            (FieldKind::Text, "a\nb", false),
            (FieldKind::Number, "3.5", true),
            (FieldKind::Number, "inf", false),
            (FieldKind::Date, "2026-11-24", true),
            (FieldKind::Date, "24.11.2026", false),
            (FieldKind::Choice, "甲", true),
            (FieldKind::Choice, "丙", false),
            (FieldKind::Phone, "0991-1234567", true),
            (FieldKind::Phone, "x", false),
            (FieldKind::Date, "", true),
        ] {
            let field = ProfileField {
                field: "a".into(),
                names: Names::default(),
                kind,
                choices: vec!["甲".into()],
                own: true,
                shown: true,
            };
            assert_eq!(check_value(&field, value).is_ok(), good, "{kind:?} {value:?}");
        }
    }
}
