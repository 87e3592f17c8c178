//! An event of a room as one line of the terminal. Invariant: what a terminal cannot show is
//! named, never left out, and a burning message is not shown unasked.

use protocol::room::{MessageSent, Part, RoomEvent};
use protocol::{AccountId, AnyEvent, EventFrame};

/// The line after the sender's name.
pub(super) fn of(event: &EventFrame, name: &impl Fn(Option<AccountId>) -> String) -> String {
    if event.withheld {
        return "· something for others".to_owned();
    }
    match event.event() {
        Some(AnyEvent::Room(RoomEvent::MessageSent(message))) => sent(&message, name),
        Some(AnyEvent::Room(RoomEvent::MessageEdited(edited))) => {
            format!("changed {}: {}", edited.seq, edited.text)
        }
        Some(AnyEvent::Room(RoomEvent::MessageReacted(reacted))) => {
            let sign = if reacted.on { "" } else { "no longer " };
            format!("{sign}{} to {}", reacted.emoji, reacted.seq)
        }
        Some(AnyEvent::Room(RoomEvent::MessagePinned(pinned))) => {
            let done = if pinned.on { "pinned" } else { "took down" };
            format!("{done} {}", pinned.seq)
        }
        Some(AnyEvent::Room(RoomEvent::MessageOpened(opened))) => {
            format!("opened {}; it burns soon", opened.seq)
        }
        Some(AnyEvent::Room(RoomEvent::MessageRecalled(recalled))) => {
            format!("took {} back", recalled.seq)
        }
        Some(AnyEvent::Room(RoomEvent::MessageBurnt(burnt))) => format!("{} has burnt", burnt.seq),
        Some(other) => format!("· {}", other.type_name()),
        None => "· a message that is gone".to_owned(),
    }
}

fn sent(message: &MessageSent, name: &impl Fn(Option<AccountId>) -> String) -> String {
    if message.burn_ms.is_some() {
        return ": [burns after reading; open it in the workbench]".to_owned();
    }
    let mut line = ":".to_owned();
    let mut add = |words: &str| {
        if !words.is_empty() {
            line.push(' ');
            line.push_str(words);
        }
    };
    if !message.visible_to.is_empty() {
        let readers: Vec<String> = message.visible_to.iter().map(|one| name(Some(*one))).collect();
        add(&format!("(whispers to {})", readers.join(", ")));
    }
    if message.urgent {
        add("[urgent]");
    }
    if message.mention_all {
        add("@all");
    }
    if let Some(part) = &message.part {
        add(&words_of(part, name));
    }
    add(&message.text);
    line
}

fn words_of(part: &Part, name: &impl Fn(Option<AccountId>) -> String) -> String {
    match part {
        Part::Image { file, .. } => format!("[image {}]", file.name),
        Part::Voice { ms, .. } => format!("[voice, {} s]", ms.div_ceil(1_000)),
        Part::Video { file, ms, .. } => format!("[video {}, {} s]", file.name, ms.div_ceil(1_000)),
        Part::Document { file } => format!("[file {}, {} bytes]", file.name, file.bytes),
        Part::Location { lat, lon, name, .. } => format!("[place {name}, {lat:.5} {lon:.5}]"),
        Part::Card { account, names } => {
            let known = names.as_ref().map(|names| names.zh.clone());
            format!("[card of {}]", known.unwrap_or_else(|| name(Some(*account))))
        }
        Part::Link { url, title, .. } => format!("[{title}] {url}"),
        Part::Forwarded { title, messages } => format!("[{title}: {} messages]", messages.len()),
        Part::Mail { subject, attachments, .. } => {
            format!("[mail: {subject}, {} attachments]", attachments.len())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{GOLDEN, ServerFrame};

    /// The lines of every golden event of a room whose type begins so.
    fn lines(type_name: &str) -> Vec<String> {
        let golden: serde_json::Value = serde_json::from_str(GOLDEN).expect("JSON");
        let frames = golden["server"].as_array().expect("a list").iter();
        let frames = frames.filter_map(|frame| serde_json::from_value(frame.clone()).ok());
        let events = frames.filter_map(|frame| match frame {
            ServerFrame::Event(event) => Some(event),
            _ => None,
        });
        let named = events.filter(|event| event.type_name.starts_with(type_name));
        named.map(|event| of(&event, &|_| "Gulnar".to_owned())).collect()
    }

    #[test]
    fn every_kind_of_message_has_words() {
        let lines = lines("room.message_sent");
        for words in [
            ": ياخشىمۇسىز",
            "[image 大厅.jpg] 大厅现场",
            "[voice, 5 s]",
            "[video 大厅.mp4, 15 s]",
            "[file 办事指南.pdf, 182044 bytes]",
            "[place 市民中心, 43.82560 87.61680]",
            "[card of 古丽娜尔]",
            "[办事指南] https://www.example.cn/guide",
            "[早班交接的聊天记录: 2 messages]",
            "[mail: 会议通知, 1 attachments] 会议定于周五上午。",
            "[urgent] @all 各位注意",
            "(whispers to Gulnar) 悄悄说",
            "[burns after reading",
        ] {
            assert!(lines.iter().any(|line| line.contains(words)), "{words}: {lines:#?}");
        }
        assert!(!lines.iter().any(|line| line.contains("只给你看")), "burning, and shown unasked");
    }

    #[test]
    fn what_is_for_others_is_a_line_without_content() {
        let withheld = r#"{"stream":"room:0195e3a4-7c1a-7000-8000-000000000002","seq":3,"at":1,"withheld":true}"#;
        let event: EventFrame = serde_json::from_str(withheld).expect("a frame");
        assert_eq!(of(&event, &|_| String::new()), "· something for others");
    }
}
