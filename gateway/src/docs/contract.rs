//! The generated documents of [`crate::schema`] as `/docs` reads them: types by name, the fields
//! of a variant wherever its parts hold them, and the golden frame that shows it.

use super::html::{Field, code, escape, link, text};
use crate::schema;
use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use std::{borrow::Cow, collections::BTreeMap};

pub(super) struct Contract {
    pub(super) routes: Value,
    /// Every named type of both documents.
    pub(super) types: BTreeMap<String, Value>,
}

impl Contract {
    pub(super) fn new() -> Self {
        let (mut openapi, mut frames) = (schema::openapi_json(), schema::frames());
        let both = [openapi["components"]["schemas"].take(), frames["$defs"].take()];
        let named = both.into_iter().filter_map(|types| match types {
            Value::Object(types) => Some(types),
            _ => None,
        });
        Self { routes: openapi["paths"].take(), types: named.flatten().collect() }
    }

    /// The type that a reference names, with that name.
    pub(super) fn resolve(&self, reference: &Value) -> Option<(&str, &Value)> {
        let name = text(&reference["$ref"]).rsplit('/').next()?;
        self.types.get_key_value(name).map(|(name, of)| (name.as_str(), of))
    }

    /// The variants of an enumeration and of the enumerations that it is made of.
    pub(super) fn variants(&self, name: &str) -> Vec<&Value> {
        let parts =
            self.types.get(name).and_then(|of| of["oneOf"].as_array()).into_iter().flatten();
        parts
            .flat_map(|part| self.resolve(part).map_or(vec![part], |(of, _)| self.variants(of)))
            .collect()
    }

    /// The fields of an object, without its tags.
    pub(super) fn fields(&self, of: &Value, without: &[&str]) -> Vec<Field> {
        let needed = |name: &String| match of["required"].as_array() {
            Some(all) => all.iter().any(|one| one == name),
            None => false,
        };
        let own = members(&of["properties"]).filter(|(name, _)| !without.contains(&name.as_str()));
        let mut fields: Vec<Field> = own
            .map(|(name, field)| Field {
                name: name.clone(),
                of: self.name_of(field),
                about: about(field).to_owned(),
                needed: needed(name),
            })
            .collect();
        for part in of["allOf"].as_array().into_iter().flatten() {
            match self.resolve(part) {
                Some((_, of)) if of["oneOf"].is_null() => fields.extend(self.fields(of, without)),
                Some((_, _)) => fields.push(Field {
                    name: "type, body".to_owned(),
                    of: format!("of {}", self.name_of(part)),
                    about: String::new(),
                    needed: true,
                }),
                None => fields.extend(self.fields(part, without)),
            }
        }
        fields
    }

    /// A schema in one line, with a link where it has a place of its own on the page.
    pub(super) fn name_of(&self, of: &Value) -> String {
        if let Some((name, named)) = self.resolve(of) {
            return if is_plain(named) { self.name_of(named) } else { link(name, name) };
        }
        for (key, between) in [("oneOf", " or "), ("anyOf", " or "), ("allOf", " + ")] {
            if let Some(parts) = of[key].as_array() {
                // That a field may also be null is said by "optional".
                let parts = parts.iter().filter(|part| part["type"] != "null");
                let names = parts.map(|part| match tag_of(part, "type") {
                    tag if tag.contains('.') => link(&tag, &tag),
                    _ => self.name_of(part),
                });
                return names.collect::<Vec<_>>().join(between);
            }
        }
        if let Some(values) = of["enum"].as_array() {
            return values.iter().map(|value| code(text(value))).collect::<Vec<_>>().join(" or ");
        }
        let kind = match &of["type"] {
            Value::Array(kinds) => kinds.iter().map(text).find(|kind| *kind != "null"),
            kind => kind.as_str(),
        };
        match kind {
            Some("array") => format!("list of {}", self.name_of(&of["items"])),
            Some("object") if of["properties"].is_object() => {
                let fields = self.fields(of, &[]);
                let fields =
                    fields.iter().map(|field| format!("{} {}", code(&field.name), field.of));
                fields.collect::<Vec<_>>().join(", ")
            }
            Some("null") => "nothing".to_owned(),
            Some(kind) => match of["format"].as_str() {
                Some(format) => format!("{} ({})", escape(kind), escape(format)),
                None => escape(kind),
            },
            None => "anything".to_owned(),
        }
    }
}

/// Numbers have names in the documents that say nothing to people.
pub(super) fn is_plain(of: &Value) -> bool {
    of["type"] == "integer" && of["description"].is_null()
}

/// What a schema says of itself, or of the type it may be instead of null.
pub(super) fn about(of: &Value) -> &str {
    let parts = of["oneOf"].as_array().into_iter().flatten();
    std::iter::once(of)
        .chain(parts)
        .map(|of| text(&of["description"]))
        .find(|about| !about.is_empty())
        .unwrap_or_default()
}

pub(super) fn members(of: &Value) -> impl Iterator<Item = (&String, &Value)> {
    of.as_object().into_iter().flatten()
}

/// The fixed value of a tag, wherever the parts of the variant hold it.
pub(super) fn tag_of(variant: &Value, tag: &str) -> String {
    let own = variant["properties"][tag]["enum"].get(0).map(text).unwrap_or_default();
    let mut parts = variant["allOf"].as_array().into_iter().flatten().map(|part| tag_of(part, tag));
    if own.is_empty() {
        parts.find(|tag| !tag.is_empty()).unwrap_or_default()
    } else {
        own.to_owned()
    }
}

/// The golden frames, as text: their fields stay in the order of the file.
#[derive(Deserialize)]
pub(super) struct Examples<'a> {
    #[serde(borrow)]
    pub(super) client: Vec<&'a RawValue>,
    #[serde(borrow)]
    pub(super) server: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Tags<'a> {
    #[serde(borrow)]
    t: Cow<'a, str>,
    #[serde(borrow, rename = "type")]
    type_name: Option<Cow<'a, str>>,
}

impl Examples<'static> {
    pub(super) fn golden() -> Self {
        serde_json::from_str(protocol::GOLDEN).expect("the protocol's tests read it too")
    }

    /// The first frame of either side with this tag and type.
    pub(super) fn word(&self, t: &str, type_name: &str) -> &'static str {
        let of_client = first(&self.client, t, Some(type_name));
        of_client.or_else(|| first(&self.server, t, Some(type_name))).unwrap_or_default()
    }
}

/// The first of `frames` with this tag and, where one is given, this type.
pub(super) fn first<'a>(
    frames: &[&'a RawValue],
    t: &str,
    type_name: Option<&str>,
) -> Option<&'a str> {
    frames.iter().map(|frame| frame.get()).find(|frame| {
        let tags: Tags<'_> = serde_json::from_str(frame).expect("a frame has its tags");
        tags.t == t && (type_name.is_none() || tags.type_name.as_deref() == type_name)
    })
}
