//! Checks of short texts that people write: names, posts, telephone numbers.
//! Invariant: what passes is trimmed, within its bound and free of control characters.
//! Absent on purpose: spelling, honorifics, script; a name may be in any language.

use protocol::{ErrorBody, account::Names, limits::NAME_CHARS_MAX};

/// A text that may be empty.
pub(crate) fn line(field: &str, text: &str) -> Result<String, ErrorBody> {
    let text = text.trim();
    if text.chars().count() > NAME_CHARS_MAX {
        let message = format!("at most {NAME_CHARS_MAX} characters");
        return Err(ErrorBody::invalid(field, message));
    }
    if text.chars().any(char::is_control) {
        return Err(ErrorBody::invalid(field, "no line breaks or control characters"));
    }
    Ok(text.to_owned())
}

/// A text that may not be empty.
pub(crate) fn name(field: &str, text: &str) -> Result<String, ErrorBody> {
    let text = line(field, text)?;
    if text.is_empty() {
        return Err(ErrorBody::invalid(field, "must not be empty"));
    }
    Ok(text)
}

/// A text of several lines that may be empty.
pub(crate) fn body(field: &str, text: &str, chars_max: usize) -> Result<String, ErrorBody> {
    let text = text.trim();
    if text.chars().count() > chars_max {
        return Err(ErrorBody::invalid(field, format!("at most {chars_max} characters")));
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t' | '\r')) {
        return Err(ErrorBody::invalid(field, "no control characters but line breaks and tabs"));
    }
    Ok(text.to_owned())
}

/// A SHA-256 in hexadecimal, in lower case.
pub(crate) fn sha256(field: &str, text: &str) -> Result<String, ErrorBody> {
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(text.to_ascii_lowercase());
    }
    Err(ErrorBody::invalid(field, "a SHA-256 is 64 hexadecimal digits"))
}

/// Chinese is required; a blank Uyghur or English name counts as absent.
pub(crate) fn names(names: &Names) -> Result<Names, ErrorBody> {
    Ok(Names {
        zh: name("names.zh", &names.zh)?,
        ug: optional("names.ug", names.ug.as_deref())?,
        en: optional("names.en", names.en.as_deref())?,
    })
}

fn optional(field: &str, text: Option<&str>) -> Result<Option<String>, ErrorBody> {
    let text = line(field, text.unwrap_or_default())?;
    Ok((!text.is_empty()).then_some(text))
}

/// Digits with the usual signs between them; blank counts as absent.
pub(crate) fn phone(text: Option<&str>) -> Result<Option<String>, ErrorBody> {
    let Some(text) = optional("phone", text)? else { return Ok(None) };
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let known = |c: char| c.is_ascii_digit() || "+-() ".contains(c);
    if !(3..=20).contains(&digits) || !text.chars().all(known) {
        return Err(ErrorBody::invalid("phone", "3 to 20 digits, with + - ( ) between them"));
    }
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(name("name", "  古丽 ").unwrap(), "古丽");
        assert_eq!(name("name", &"字".repeat(64)).unwrap().chars().count(), 64);
        for bad in ["", "   ", "a\nb", &"字".repeat(65)] {
            assert_eq!(name("name", bad).unwrap_err().field.as_deref(), Some("name"), "{bad:?}");
        }
        let given = Names { zh: "王".into(), ug: Some(" ".into()), en: Some(" Wang ".into()) };
        let kept = names(&given).unwrap();
        assert_eq!((kept.ug, kept.en.as_deref()), (None, Some("Wang")));
    }

    #[test]
    fn phones() {
        for (text, good) in [
            ("13999123456", true),
            ("+86 991-2345678", true),
            ("12345", true),
            ("12", false),
            ("1399912345x", false),
            ("+++", false),
        ] {
            assert_eq!(phone(Some(text)).is_ok(), good, "{text}");
        }
        assert_eq!(phone(Some("  ")), Ok(None));
    }
}
