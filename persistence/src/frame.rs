//! A stored event as one viewer sees it. Every frame that leaves the hub is made here, and
//! `kernel::Viewer::sees` alone says what is in it: an event that is not for the viewer keeps
//! its number and loses everything else. The text form is built without parsing the body: it
//! is stored as JSON and is embedded as it is, once for all watchers who see the same.

use kernel::{Viewer, journal::StoredEvent};
use protocol::EventFrame;
use std::fmt::Write;

/// The event as a value, for HTTP answers.
pub fn event_frame(event: &StoredEvent, viewer: &Viewer) -> EventFrame {
    let numbered = EventFrame {
        stream: event.stream,
        seq: event.seq,
        at: event.at,
        by: None,
        cmd: None,
        type_name: String::new(),
        body: None,
        withheld: true,
    };
    if !viewer.sees(event) {
        return numbered;
    }
    EventFrame {
        by: event.by,
        cmd: event.command.as_ref().map(|command| command.id),
        type_name: event.type_name.clone(),
        // A body that is no JSON cannot have been written by this build; it reads as redacted.
        body: event.body.as_deref().and_then(|body| serde_json::from_str(body).ok()),
        withheld: false,
        ..numbered
    }
}

/// The event as the text of a `ServerFrame::Event`.
pub fn event_frame_json(event: &StoredEvent, viewer: &Viewer) -> String {
    let body = event.body.as_deref();
    let mut json = String::with_capacity(256 + body.map_or(0, str::len));
    // Writing to a String cannot fail; type names are the protocol's own and need no escape.
    let _ = write!(
        json,
        r#"{{"t":"event","stream":"{}","seq":{},"at":{}"#,
        event.stream, event.seq, event.at
    );
    if !viewer.sees(event) {
        json.push_str(r#","withheld":true}"#);
        return json;
    }
    if let Some(by) = event.by {
        let _ = write!(json, r#","by":"{by}""#);
    }
    if let Some(command) = &event.command {
        let _ = write!(json, r#","cmd":"{}""#, command.id);
    }
    let _ = write!(json, r#","type":"{}""#, event.type_name);
    if let Some(body) = body {
        json.push_str(r#","body":"#);
        json.push_str(body);
    }
    json.push('}');
    json
}
