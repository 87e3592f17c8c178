//! Owns the generated contract: OpenAPI for HTTP and a JSON Schema for frames, both made from
//! the types of `protocol`, so that neither can say what the code does not do.

use crate::{
    account, app, auth, call, commands, contact, drive, link_card, mail, me, notice, plan, room,
    room_groups, room_readers, search, streams, system, task,
};
use protocol::{ClientFrame, ErrorBody, PROTOCOL_VERSION, RoomId, ServerFrame};
use serde::Serialize;
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
        account::people, contact::contacts, contact::contact, contact::rules, me::organisation, me::person, me::avatar, me::watermark, me::push,
        me::push_log, room::conversations, room::members, room_groups::notice, room_groups::invites, room_groups::invitation,
        room_groups::threads, room_groups::answers, room_groups::waiting, room_groups::services,
        room_readers::readers, room::pins, link_card::link, mail::mails, search::search,
        streams::events, commands::submit,
        call::calls, call::ice, call::call, call::publish, call::subscribe, call::lines, call::view,
        plan::plans, plan::table, plan::own, plan::shared, plan::plan,
        task::tasks, task::task, task::calendar, task::feed, notice::notices, notice::unread,
        notice::rows, notice::sent, notice::proof, app::apps, app::square, app::icon, app::hook::post,
        room_groups::hooks, app::oidc::discovery, app::oidc::jwks, app::oidc::authorize,
        app::oidc::exchange, app::oidc::userinfo,
        drive::uploads::begin, drive::uploads::state, drive::uploads::append,
        drive::uploads::finish, drive::uploads::cancel, drive::blobs::file,
        drive::spaces::spaces, drive::spaces::nodes, drive::spaces::versions,
        drive::spaces::bin, drive::spaces::members, drive::spaces::links,
        drive::links::info, drive::links::file, drive::links::nodes,
        system::hello, system::healthz, system::readyz, system::metrics,
    ),
    components(schemas(ErrorBody, RoomId, protocol::mail::MailBox)),
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

/// The contract of the HTTP door.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Contract::openapi()
}

pub(crate) fn openapi_json() -> Value {
    json_of(openapi())
}

fn json_of(schema: impl Serialize) -> Value {
    serde_json::to_value(schema).expect("a schema has string keys, so JSON can hold it")
}

/// `{client, server, $defs}`: JSON Schema of what either side of the socket sends.
pub(crate) fn frames() -> Value {
    let mut parts = vec![
        ("ClientFrame".to_owned(), ClientFrame::schema()),
        ("ServerFrame".to_owned(), ServerFrame::schema()),
    ];
    ClientFrame::schemas(&mut parts);
    ServerFrame::schemas(&mut parts);
    let defs: Map<String, Value> =
        parts.into_iter().map(|(name, schema)| (name, json_of(schema))).collect();
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
        assert_eq!(paths.len(), 79);
        let mut found = Vec::new();
        dangling(&openapi, &openapi, &mut found);
        assert_eq!(found, Vec::<String>::new());
    }

    /// A schema of `document`, to hold values to.
    struct Held {
        schemas: boon::Schemas,
        at: boon::SchemaIndex,
    }

    impl Held {
        fn new(document: &Value, place: &str) -> Self {
            let mut schemas = boon::Schemas::new();
            let mut compiler = boon::Compiler::new();
            compiler.set_default_draft(boon::Draft::V2020_12);
            compiler.add_resource("hub:contract", document.clone()).expect("a document");
            let at = compiler.compile(&format!("hub:contract#{place}"), &mut schemas);
            Self { at: at.expect(place), schemas }
        }

        fn wrong(&self, value: &Value) -> Option<String> {
            let wrong = self.schemas.validate(value, self.at).err();
            wrong.map(|error| format!("{value}: {error}"))
        }
    }

    fn golden(side: &str) -> Vec<Value> {
        let all: Value = serde_json::from_str(protocol::GOLDEN).expect("JSON");
        all[side].as_array().expect("a list").clone()
    }

    /// Golden frames of one sort, without their tag: what HTTP sends of them.
    fn untagged(side: &str, t: &str) -> Vec<Value> {
        let mut found: Vec<Value> = golden(side).into_iter().filter(|one| one["t"] == t).collect();
        found.iter_mut().filter_map(Value::as_object_mut).for_each(|one| {
            one.remove("t");
        });
        found
    }

    #[test]
    fn golden_frames_fit_the_frames_schema_and_bent_ones_do_not() {
        let frames = frames();
        for side in ["client", "server"] {
            let held = Held::new(&frames, &format!("/{side}"));
            for frame in golden(side) {
                assert_eq!(held.wrong(&frame), None);
                let mut bent = frame.clone();
                bent["t"] = json!("dance");
                assert!(held.wrong(&bent).is_some(), "{bent}");
                if frame["body"].is_object() {
                    bent = frame.clone();
                    bent["type"] = json!("room.dance");
                    assert!(held.wrong(&bent).is_some(), "{bent}");
                }
                for (name, value) in frame["body"].as_object().into_iter().flatten() {
                    bent = frame.clone();
                    bent["body"][name] = json!([value]);
                    assert!(held.wrong(&bent).is_some(), "{bent}");
                }
            }
        }
    }

    #[test]
    fn what_http_sends_of_golden_frames_fits_the_contract() {
        let openapi = openapi_json();
        let held = |name: &str| Held::new(&openapi, &format!("/components/schemas/{name}"));
        let fits = |name: &str, values: Vec<Value>| {
            assert!(!values.is_empty(), "{name}");
            let held = held(name);
            values.iter().for_each(|value| assert_eq!(held.wrong(value), None, "{name}"));
        };
        fits("CommandRequest", untagged("client", "command"));
        fits("Receipt", untagged("server", "ack"));
        fits("EventPage", vec![json!({ "events": untagged("server", "event"), "head": 13 })]);
        let errors =
            untagged("server", "error").iter().map(|frame| frame["error"].clone()).collect();
        fits("ErrorBody", errors);
        assert!(held("CommandRequest").wrong(&json!({ "type": "room.leave" })).is_some());
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
