//! Owns the generated contract: OpenAPI for HTTP and a JSON Schema for frames, both made from
//! the types of `protocol`, so that neither can say what the code does not do.

use crate::{account, auth, commands, room, streams, system};
use protocol::{
    AnyEvent, ClientFrame, ErrorBody, PROTOCOL_VERSION, RoomId, ServerFrame,
    account::{AccountCommand, AccountEvent},
    room::{RoomCommand, RoomEvent, RoomSignal},
    unit::{UnitCommand, UnitEvent},
};
use serde_json::{Map, Value, json};
use utoipa::{
    Modify, OpenApi, PartialSchema, ToSchema,
    openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "hub",
        description = "Streams of numbered events, commands that make them, and queries. \
            Live events come over the WebSocket at /v1/ws; its frames are in /frames.json."
    ),
    paths(
        account::sign_in, account::sign_out, account::me, account::sessions, account::units,
        account::people, room::conversations, room::members, streams::events, commands::submit,
        system::hello, system::healthz, system::readyz, system::metrics,
    ),
    components(schemas(ErrorBody, AnyEvent, RoomId)),
    modifiers(&Doors)
)]
struct Contract;

/// The two ways to show a session.
struct Doors;

impl Modify for Doors {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let cookie = ApiKey::Cookie(ApiKeyValue::new(auth::COOKIE));
        components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        openapi.info.version = PROTOCOL_VERSION.to_string();
    }
}

/// The words of every area with their names on the wire, in the order of declaration. The
/// schema derive sees the variants' Rust names only: their wire names come out of a macro.
const WORDS: &[(&str, &[&str])] = &[
    ("AccountCommand", AccountCommand::TYPES),
    ("AccountEvent", AccountEvent::TYPES),
    ("RoomCommand", RoomCommand::TYPES),
    ("RoomEvent", RoomEvent::TYPES),
    ("RoomSignal", RoomSignal::TYPES),
    ("UnitCommand", UnitCommand::TYPES),
    ("UnitEvent", UnitEvent::TYPES),
];

fn name_words(schemas: &mut Value) {
    for (words, types) in WORDS {
        let variants = schemas.get_mut(words).and_then(|schema| schema.get_mut("oneOf"));
        let Some(variants) = variants.and_then(Value::as_array_mut) else { continue };
        for (variant, name) in variants.iter_mut().zip(*types) {
            variant["properties"]["type"]["enum"] = json!([name]);
        }
    }
}

/// The contract of the HTTP door.
pub fn openapi() -> utoipa::openapi::OpenApi {
    serde_json::from_value(openapi_json())
        .expect("it was an OpenAPI document before its words were named")
}

pub(crate) fn openapi_json() -> Value {
    let mut openapi = serde_json::to_value(Contract::openapi()).unwrap_or_default();
    name_words(&mut openapi["components"]["schemas"]);
    openapi
}

/// `{client, server, $defs}`: JSON Schema of what either side of the socket sends.
pub(crate) fn frames() -> Value {
    let mut parts = Vec::new();
    ClientFrame::schemas(&mut parts);
    ServerFrame::schemas(&mut parts);
    let mut defs = Map::new();
    for (name, schema) in parts {
        defs.insert(name, serde_json::to_value(schema).unwrap_or_default());
    }
    for (name, schema) in
        [("ClientFrame", ClientFrame::schema()), ("ServerFrame", ServerFrame::schema())]
    {
        defs.insert(name.to_owned(), serde_json::to_value(schema).unwrap_or_default());
    }
    let mut defs = Value::Object(defs);
    name_words(&mut defs);
    let mut frames = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": protocol::SUBPROTOCOL,
        "client": { "$ref": "#/$defs/ClientFrame" },
        "server": { "$ref": "#/$defs/ServerFrame" },
        "$defs": defs,
    });
    move_references(&mut frames);
    frames
}

/// OpenAPI keeps its types elsewhere than JSON Schema does.
fn move_references(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                match field {
                    Value::String(to) if name == "$ref" => {
                        *to = to.replace("#/components/schemas/", "#/$defs/");
                    }
                    other => move_references(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(move_references),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every reference of `value` that `root` does not hold.
    fn dangling(root: &Value, value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(to)) = fields.get("$ref")
                    && root.pointer(to.trim_start_matches('#')).is_none()
                {
                    found.push(to.clone());
                }
                fields.values().for_each(|field| dangling(root, field, found));
            }
            Value::Array(items) => items.iter().for_each(|item| dangling(root, item, found)),
            _ => {}
        }
    }

    #[test]
    fn the_contract_names_every_route_and_holds_what_it_refers_to() {
        let openapi = openapi_json();
        let paths = openapi["paths"].as_object().expect("paths");
        assert_eq!(paths.len(), 14);
        let mut found = Vec::new();
        dangling(&openapi, &openapi, &mut found);
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn no_area_is_forgotten_in_the_table_of_words() {
        let schemas = &openapi_json()["components"]["schemas"];
        let frames = frames();
        for any in [&schemas["AnyCommand"], &schemas["AnyEvent"], &frames["$defs"]["AnySignal"]] {
            for words in any["oneOf"].as_array().expect("one of each area") {
                let name = words["$ref"].as_str().and_then(|to| to.rsplit('/').next());
                let name = name.expect("a reference");
                let (_, types) = WORDS.iter().find(|(known, _)| *known == name).expect(name);
                let holder = if name.ends_with("Signal") { &frames["$defs"] } else { schemas };
                let variants = holder[name]["oneOf"].as_array().expect("variants");
                assert_eq!(variants.len(), types.len(), "{name}");
            }
        }
        assert_eq!(serde_json::to_value(openapi()).expect("JSON"), openapi_json());
    }

    #[test]
    fn the_frames_hold_what_they_refer_to() {
        let frames = frames();
        let mut found = Vec::new();
        dangling(&frames, &frames, &mut found);
        assert_eq!(found, Vec::<String>::new());
        let text = frames.to_string();
        for word in ["room.send_message", "account.sign_out", "watching", "room.typing"] {
            assert!(text.contains(word), "{word}");
        }
    }
}
