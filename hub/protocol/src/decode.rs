//! Reading JSON of strangers: an error names the field that is wrong. Reading goes once over the
//! text; only a text that does not fit is looked at again, to find where.

use serde::{Deserialize, de::DeserializeOwned};
use std::fmt;

/// Why a body could not be read as the type its name promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecodeError {
    /// No command, event or signal has this type name.
    UnknownType(String),
    /// The body does not fit; `field` is the path of the offending field where it is known.
    Body { field: Option<String>, message: String },
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownType(name) => write!(f, "unknown type {name:?}"),
            Self::Body { message, .. } => f.write_str(message),
        }
    }
}

impl std::error::Error for DecodeError {}

/// Reads one body.
pub(crate) fn body<T: DeserializeOwned>(json: &str) -> Result<T, DecodeError> {
    read(json).map_err(|Misfit { field, message }| DecodeError::Body { field, message })
}

/// A text that does not fit its type.
pub(crate) struct Misfit {
    pub(crate) field: Option<String>,
    pub(crate) message: String,
}

pub(crate) fn read<'de, T: Deserialize<'de>>(json: &'de str) -> Result<T, Misfit> {
    serde_json::from_str(json)
        .map_err(|error| Misfit { field: field_of(json, &error), message: error.to_string() })
}

/// The path of the field at fault, as in `grant.unit`: where reading stopped, and the field
/// that the message itself names there. Not a matter of the type that was read: a reader that
/// keeps track of its path would be compiled once more for every body there is.
fn field_of(json: &str, error: &serde_json::Error) -> Option<String> {
    let lines = json.split_inclusive('\n').take(error.line().saturating_sub(1));
    let stopped = lines.map(str::len).sum::<usize>() + error.column();
    let path = path_at(json.get(..stopped).unwrap_or(json));
    let message = error.to_string();
    let named = |start: &str| message.strip_prefix(start)?.split('`').next();
    let path = match named("missing field `") {
        // Noticed at the end of the object that lacks it.
        Some(missing) if path.is_empty() => missing.to_owned(),
        Some(missing) => format!("{path}.{missing}"),
        None => path,
    };
    Some(path).filter(|path| !path.is_empty())
}

/// The path of the value, or of the key, with which `begun` ends: JSON as far as it was read.
fn path_at(begun: &str) -> String {
    enum Step<'a> {
        Key(&'a str),
        Index(usize),
    }
    let mut steps = Vec::new();
    let mut key_next = false;
    let mut rest = begun;
    while let Some(at) = rest.find(['{', '[', '}', ']', ',', '"']) {
        let token = rest.as_bytes()[at];
        rest = &rest[at + 1..];
        match token {
            b'{' => steps.push(Step::Key("")),
            b'[' => steps.push(Step::Index(0)),
            b'}' | b']' => {
                steps.pop();
            }
            b'"' => {
                let (text, after) = string(rest);
                rest = after;
                if let Some(Step::Key(key)) = steps.last_mut().filter(|_| key_next) {
                    *key = text;
                }
            }
            _ => {
                if let Some(Step::Index(index)) = steps.last_mut() {
                    *index += 1;
                }
            }
        }
        key_next = matches!((token, steps.last()), (b'{' | b',', Some(Step::Key(_))));
    }
    steps.into_iter().fold(String::new(), |path, step| match step {
        Step::Key("") => path,
        Step::Key(key) if path.is_empty() => key.to_owned(),
        Step::Key(key) => format!("{path}.{key}"),
        Step::Index(index) => format!("{path}[{index}]"),
    })
}

/// A string that has been opened: its text, and what follows it.
fn string(opened: &str) -> (&str, &str) {
    let mut escaped = false;
    let closing = opened.bytes().position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    });
    match closing {
        Some(at) => (&opened[..at], &opened[at + 1..]),
        None => (opened, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{account::GrantRole, room::SendMessage};

    fn field<T: DeserializeOwned>(json: &str) -> Option<String> {
        read::<T>(json).err().expect(json).field
    }

    #[test]
    fn errors_name_the_field_by_its_path() {
        let unit = "0195e3a4-7c1a-7000-8000-000000000001";
        for (json, path) in [
            (r#"{"grant":{"role":"leader"}}"#.to_owned(), "grant.unit"),
            (format!(r#"{{"grant":{{"role":"king","unit":"{unit}"}}}}"#), "grant.role"),
            (r#"{"grant":{"role":"leader","unit":"x"}}"#.to_owned(), "grant.unit"),
            ("{}".to_owned(), "grant"),
            (r#"{"grant":1}"#.to_owned(), "grant"),
            (r#"{"grants":1}"#.to_owned(), "grants"),
        ] {
            assert_eq!(field::<GrantRole>(&json).as_deref(), Some(path), "{json}");
        }
        for (json, path) in [
            (r#"{"text":3}"#, Some("text")),
            (r#"{"text":"a","reply_to":"b"}"#, Some("reply_to")),
            (r#"{"text":"a","reply_to":-1}"#, Some("reply_to")),
            (r#"{"text":"a","text":"b"}"#, Some("text")),
            (r#"{"text":"a","mentions":["x"]}"#, Some("mentions[0]")),
            (r#"{"text":"`why`"#, Some("text")),
            (r#"{"text":"{\"[,\\","why":[1,{"a":2}]}"#, Some("why")),
            ("{\n \"text\": \"您好\",\n \"mentions\": [\n  1]}", Some("mentions[0]")),
            (r#""text""#, None),
        ] {
            assert_eq!(field::<SendMessage>(json).as_deref(), path, "{json}");
        }
    }
}
