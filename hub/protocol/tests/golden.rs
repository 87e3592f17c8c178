//! Every frame reads and writes as `golden/frames.json` says; the TypeScript tests read the
//! same file. Malformed frames name the field that is wrong.

use protocol::{
    AnyCommand, AnyEvent, AnySignal, ClientFrame, CloseCode, ErrorKind, GOLDEN, ServerFrame,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use utoipa::PartialSchema;

fn golden(part: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(GOLDEN).expect("the golden file is JSON");
    all[part].as_array().expect("a list").clone()
}

/// What the frames hold at `name`, where they hold it.
fn named(name: &str, frames: &[Value]) -> BTreeSet<String> {
    frames.iter().filter_map(|frame| frame[name].as_str().map(str::to_owned)).collect()
}

#[test]
fn client_frames_read_and_write_as_golden() {
    for frame in golden("client") {
        let parsed =
            ClientFrame::parse(&frame.to_string()).unwrap_or_else(|e| panic!("{frame}: {e:?}"));
        assert_eq!(serde_json::to_value(&parsed).expect("a frame is JSON"), frame);
    }
}

#[test]
fn server_frames_read_and_write_as_golden() {
    for frame in golden("server") {
        let parsed: ServerFrame = serde_json::from_value(frame.clone()).expect("a known frame");
        assert_eq!(serde_json::to_value(&parsed).expect("a frame is JSON"), frame);
        let ServerFrame::Event(event) = parsed else { continue };
        let told = event.event();
        assert_eq!(told.is_some(), event.body.is_some(), "{frame}");
        let written = told.map(|told| serde_json::to_value(told).expect("an event is JSON"));
        let word = json!({ "type": frame["type"], "body": frame["body"] });
        assert!(written.is_none_or(|written| written == word), "{frame}");
    }
}

#[test]
fn every_word_and_every_frame_has_its_golden_one() {
    let (client, server) = (golden("client"), golden("server"));
    let words: BTreeSet<String> =
        named("type", &client).into_iter().chain(named("type", &server)).collect();
    for word in AnyCommand::types().chain(AnyEvent::types()).chain(AnySignal::types()) {
        assert!(words.contains(word), "{word} has no line in golden/frames.json");
    }
    for (schema, frames) in [(ClientFrame::schema(), client), (ServerFrame::schema(), server)] {
        let schema = serde_json::to_value(schema).expect("a schema is JSON");
        let mut tags = BTreeSet::new();
        find_tags(&schema, &mut tags);
        assert!(tags.len() > 5, "{schema}");
        assert_eq!(named("t", &frames), tags);
    }
}

/// Every value that a schema lets `t` have.
fn find_tags(schema: &Value, tags: &mut BTreeSet<String>) {
    let values = schema["properties"]["t"]["enum"].as_array().into_iter().flatten();
    tags.extend(values.filter_map(Value::as_str).map(str::to_owned));
    for parts in ["oneOf", "allOf"] {
        schema[parts].as_array().into_iter().flatten().for_each(|part| find_tags(part, tags));
    }
}

#[test]
fn malformed_frames_name_the_field() {
    let id = "0195e3a4-7c1a-7000-8000-000000000001";
    let send = |body: &str| {
        format!(r#"{{"t":"command","id":"{id}","type":"room.send_message","body":{body}}}"#)
    };
    for (text, field) in [
        ("{".to_owned(), "frame"),
        (r#"{"t":"nonsense"}"#.to_owned(), "t"),
        (r#"{"t":1}"#.to_owned(), "t"),
        (r#"{"t":"ping","extra":1}"#.to_owned(), "extra"),
        (r#"{"t":"watch"}"#.to_owned(), "streams"),
        (r#"{"t":"watch","streams":[{"stream":"room:x","from":1}]}"#.to_owned(), "streams"),
        (r#"{"t":"observe","accounts":["x"]}"#.to_owned(), "accounts[0]"),
        (r#"{"t":"command","type":"room.leave","body":{}}"#.to_owned(), "id"),
        (r#"{"t":"command","id":"x","type":"room.leave","body":{}}"#.to_owned(), "id"),
        (send("{}"), "text"),
        (send(r#"{"text":3}"#), "text"),
        (send(r#"{"text":"a","mentions":"b"}"#), "mentions"),
        (send("[]").replace("room.send_message", "room.fly"), "type"),
        (send(r#"{"text":"a","why":1}"#), "why"),
    ] {
        let (_, error) = ClientFrame::parse(&text).expect_err(&text);
        assert_eq!(error.field.as_deref(), Some(field), "{text}: {error}");
        assert_eq!(error.kind, ErrorKind::Invalid);
    }
}

#[test]
fn a_bad_command_still_tells_its_id() {
    let text = r#"{"t":"command","id":"0195e3a4-7c1a-7000-8000-000000000001","type":"room.send_message","body":{}}"#;
    let (id, _) = ClientFrame::parse(text).expect_err("text is missing");
    assert!(id.is_some());
}

#[test]
fn close_codes_say_whether_to_come_back() {
    let codes: Vec<Value> = CloseCode::ALL
        .iter()
        .map(|code| {
            let (number, reason) = (code.number(), code.reason());
            json!({ "number": number, "reason": reason, "comes_back": CloseCode::comes_back(number) })
        })
        .collect();
    assert_eq!(golden("close"), codes);
    assert!(CloseCode::comes_back(1006), "an abnormal close is a reason to come back");
}
