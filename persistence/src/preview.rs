//! A message as one line of the conversation list: the same frame, cut to what the line shows,
//! so that a client words live frames and listed ones by one function.
//! Invariants: a burning message shows that it burns and nothing else; nothing is longer than a
//! line. Absent on purpose: words (图片, voice …): they are the client's, in its language.

use protocol::EventFrame;
use serde_json::{Map, Value};

/// More does not fit on a line of any list.
const CHARS: usize = 100;

/// `edited` is the body of the message's last edit.
pub(crate) fn of(mut frame: EventFrame, edited: Option<&str>) -> EventFrame {
    let Some(Value::Object(body)) = &mut frame.body else { return frame };
    let edited = edited.and_then(|edited| serde_json::from_str::<Value>(edited).ok());
    if let Some(text) = edited.and_then(|edited| edited.get("text").cloned()) {
        body.insert("text".to_owned(), text);
    }
    if body.contains_key("burn_ms") {
        body.retain(|name, _| name == "burn_ms");
        body.insert("text".to_owned(), Value::String(String::new()));
        return frame;
    }
    cut(body, "text");
    if let Some(Value::Object(part)) = body.get_mut("part") {
        // What makes a part long, and is not on the line.
        for list in ["messages", "attachments", "levels"] {
            if let Some(list) = part.get_mut(list) {
                *list = Value::Array(Vec::new());
            }
        }
        for line in ["summary", "title", "subject", "name", "address"] {
            cut(part, line);
        }
    }
    frame
}

fn cut(body: &mut Map<String, Value>, name: &str) {
    if let Some(Value::String(text)) = body.get_mut(name)
        && let Some((end, _)) = text.char_indices().nth(CHARS)
    {
        text.truncate(end);
        text.push('…');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{AnyEvent, EntityKind, StreamId, room::RoomEvent};
    use serde_json::json;
    use uuid::Uuid;

    fn shown(body: Value, edited: Option<&str>) -> Value {
        let frame = EventFrame {
            stream: StreamId::new(EntityKind::Room, Uuid::nil()),
            seq: 2,
            at: 1,
            by: None,
            cmd: None,
            type_name: "room.message_sent".into(),
            body: Some(body),
            withheld: false,
        };
        let shown = of(frame, edited);
        assert!(matches!(shown.event(), Some(AnyEvent::Room(RoomEvent::MessageSent(_)))));
        shown.body.expect("it has one")
    }

    #[test]
    fn one_line_of_any_message() {
        assert_eq!(shown(json!({"text": "您好"}), None), json!({"text": "您好"}));
        let long = shown(json!({"text": "字".repeat(101)}), None);
        assert_eq!(long["text"], json!("字".repeat(100) + "…"));
        let edited = shown(json!({"text": "旧"}), Some(r#"{"seq":2,"text":"新"}"#));
        assert_eq!(edited, json!({"text": "新"}));
        let burning = json!({"text": "秘密", "burn_ms": 5000, "reply_to": 1});
        assert_eq!(shown(burning, None), json!({"text": "", "burn_ms": 5000}));
        let forwarded = json!({"text": "", "part": {"kind": "forwarded", "title": "记录",
            "messages": [{"at": 1, "text": "您好"}]}});
        let line =
            json!({"text": "", "part": {"kind": "forwarded", "title": "记录", "messages": []}});
        assert_eq!(shown(forwarded, None), line);
    }
}
