//! Every frame reads and writes as `golden/frames.json` says; the TypeScript tests read the
//! same file. Malformed frames name the field that is wrong.

use protocol::{ClientFrame, CloseCode, ErrorKind, ServerFrame};
use serde_json::Value;

fn golden(side: &str) -> Vec<Value> {
    let text = include_str!("../golden/frames.json");
    let all: Value = serde_json::from_str(text).expect("the golden file is JSON");
    all[side].as_array().expect("a list of frames").clone()
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
    }
}

#[test]
fn malformed_frames_name_the_field() {
    let id = "0195e3a4-7c1a-7000-8000-000000000001";
    for (text, field) in [
        ("{", "frame"),
        (r#"{"t":"nonsense"}"#, "t"),
        (r#"{"t":"ping","extra":1}"#, "extra"),
        (r#"{"t":"watch"}"#, "streams"),
        (r#"{"t":"watch","streams":[{"stream":"room:x","from":1}]}"#, "streams"),
        (r#"{"t":"command","type":"room.leave","body":{}}"#, "id"),
        (
            &format!(r#"{{"t":"command","id":"{id}","type":"room.send_message","body":{{}}}}"#),
            "text",
        ),
        (&format!(r#"{{"t":"command","id":"{id}","type":"room.fly","body":{{}}}}"#), "type"),
        (
            &format!(r#"{{"t":"command","id":"{id}","type":"room.leave","body":{{"why":1}}}}"#),
            "why",
        ),
    ] {
        let (_, error) = ClientFrame::parse(text).expect_err(text);
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
    assert!(CloseCode::comes_back(CloseCode::Draining.number()));
    assert!(CloseCode::comes_back(1006), "an abnormal close is a reason to come back");
    assert!(!CloseCode::comes_back(CloseCode::SignedOut.number()));
}
