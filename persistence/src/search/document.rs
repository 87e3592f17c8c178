//! What of an event is searched: one function a type of event, one line each in [`BUILDERS`].
//! Invariant: pure, and the same for the index, for the last check of a hit and for its
//! snippet, so that nothing is shown that was not searched.
//! Absent on purpose: messages that burn after reading. They are for one look and no list.

use super::text::{Run, folded, runs};
use crate::pinyin;
use protocol::{
    Seq,
    file::FileRef,
    room::{ForwardedMessage, MessageSent, Part},
    search::HitKind,
};

/// One thing to find.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Document {
    /// What a question for kinds finds it under; the first is what it is shown as.
    pub(super) kinds: Vec<HitKind>,
    /// In the order in which they are shown.
    pub(super) texts: Vec<String>,
    /// Pinyin and initials of names: searched, never shown.
    pub(super) readings: String,
}

impl Document {
    /// Of what has a name and a text beside it.
    pub(super) fn named(name: &str, text: &str) -> Self {
        let mut document = Self::default();
        document.name(name);
        document.text(text);
        document
    }

    /// What fits a question: the texts and the readings.
    pub(super) fn searched(&self) -> Vec<String> {
        self.texts.iter().cloned().chain([self.readings.clone()]).collect()
    }

    fn text(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.texts.push(text.to_owned());
        }
    }

    /// A name is found by its pinyin, too, from any of its characters on.
    fn name(&mut self, name: &str) {
        self.text(name);
        readings(name, &mut self.readings);
    }

    fn kind(&mut self, kind: HitKind) {
        if !self.kinds.contains(&kind) {
            self.kinds.push(kind);
        }
    }
}

/// Reads a body. `edited` is the present text of a message that was edited.
type Builder = fn(body: &str, edited: Option<&str>) -> Result<Option<Document>, serde_json::Error>;

/// Every type of event that can be found.
pub(super) const BUILDERS: &[(&str, Builder)] = &[("room.message_sent", message)];

/// The document of an event; `None`: it has nothing to find.
pub(super) fn of(
    type_name: &str,
    body: &str,
    edited: Option<&str>,
) -> Result<Option<Document>, serde_json::Error> {
    match BUILDERS.iter().find(|(name, _)| *name == type_name) {
        Some((_, build)) => build(body, edited),
        None => Ok(None),
    }
}

/// Events that change what was written before: the numbers of their targets stand in `seq`.
pub(super) const EDITS: &[&str] = &["room.message_edited"];

/// The number that an edit is about.
pub(super) fn edited_seq(body: &str) -> Option<Seq> {
    #[derive(serde::Deserialize)]
    struct About {
        seq: Seq,
    }
    serde_json::from_str::<About>(body).ok().map(|about| about.seq)
}

fn message(body: &str, edited: Option<&str>) -> Result<Option<Document>, serde_json::Error> {
    let sent: MessageSent = serde_json::from_str(body)?;
    if sent.burn_ms.is_some() {
        return Ok(None);
    }
    let mut document = Document::default();
    if let Some(Part::Mail { subject, .. }) = sent.part.as_deref() {
        document.name(subject);
    }
    document.text(edited.unwrap_or(&sent.text));
    if let Some(part) = &sent.part {
        add_part(&mut document, part);
    }
    document.kind(HitKind::Message);
    Ok(Some(document).filter(|document| !document.texts.is_empty()))
}

fn add_part(document: &mut Document, part: &Part) {
    match part {
        Part::Image { file, .. } | Part::Video { file, .. } | Part::Document { file } => {
            add_file(document, file);
        }
        // Its name is the recorder's, not a person's.
        Part::Voice { .. } | Part::Card { .. } => {}
        Part::Location { name, address, .. } => {
            document.name(name);
            document.text(address);
        }
        Part::Link { title, summary, url, .. } => {
            document.name(title);
            document.text(summary);
            document.text(url);
        }
        Part::Forwarded { title, messages } => {
            document.text(title);
            messages.iter().for_each(|message| add_forwarded(document, message));
        }
        Part::Mail { attachments, .. } => {
            document.kind(HitKind::Mail);
            attachments.iter().for_each(|file| add_file(document, file));
        }
    }
}

fn add_file(document: &mut Document, file: &FileRef) {
    document.kind(HitKind::File);
    document.name(&file.name);
}

fn add_forwarded(document: &mut Document, message: &ForwardedMessage) {
    document.text(&message.text);
    if let Some(part) = &message.part {
        add_part(document, part);
    }
}

/// Chinese characters whose readings are typed in one go.
const SPELT: usize = 8;
/// Starts within one run of characters, and readings of each.
const STARTS_MAX: usize = 24;
const READINGS_MAX: usize = 4;

pub(super) fn readings(name: &str, into: &mut String) {
    let folded = folded(name);
    for (_, run) in runs(&folded) {
        let Run::Han(han) = run else { continue };
        for (at, _) in han.char_indices().take(STARTS_MAX) {
            let spelt: String = han[at..].chars().take(SPELT).collect();
            let keys = pinyin::keys(&spelt);
            for readings in [&keys.full, &keys.initials] {
                for reading in readings.split_whitespace().take(READINGS_MAX) {
                    into.push_str(reading);
                    into.push(' ');
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::asked::Asked;
    use super::*;
    use protocol::{BlobId, Millis, room::RoomEvent};
    use uuid::Uuid;

    fn file(name: &str) -> FileRef {
        let blob = BlobId(Uuid::from_u128(1));
        FileRef { blob, name: name.to_owned(), bytes: 1, media_type: "text/plain".to_owned() }
    }

    fn sent(text: &str, part: Option<Part>) -> MessageSent {
        MessageSent { text: text.to_owned(), part: part.map(Box::new), ..MessageSent::default() }
    }

    fn document(sent: MessageSent, edited: Option<&str>) -> Option<Document> {
        let event = RoomEvent::from(sent);
        of(event.type_name(), &event.body_json(), edited).expect("its own body")
    }

    fn finds(document: &Document, typed: &str) -> bool {
        Asked::new(typed, |han| vec![han.to_owned()]).finds(&document.searched())
    }

    #[test]
    fn a_message_is_found_by_its_present_text() {
        let found = document(sent("原来的话", None), Some("改过的话")).expect("a text");
        assert_eq!(
            (found.kinds.as_slice(), found.texts.as_slice()),
            ([HitKind::Message].as_slice(), ["改过的话".to_owned()].as_slice())
        );
        assert!(document(sent(" ", None), None).is_none(), "nothing to find");
    }

    #[test]
    fn a_message_that_burns_is_never_in_the_index() {
        let burning = MessageSent { burn_ms: Some(5_000), ..sent("阅后即焚", None) };
        assert_eq!(document(burning, None), None);
    }

    #[test]
    fn files_and_mails_are_found_as_such_and_by_pinyin() {
        let document_part = Part::Document { file: file("身份证复印件.pdf") };
        let found = document(sent("请查收", Some(document_part)), None).expect("a file");
        assert_eq!(found.kinds, [HitKind::File, HitKind::Message]);
        for typed in ["身份证", "sfz", "shenfenzheng", "fuyinjian", "pdf", "请查收"] {
            assert!(finds(&found, typed), "{typed}");
        }
        let mail = Part::Mail {
            subject: "会议通知".to_owned(),
            attachments: vec![file("议程.docx")],
            to: vec![],
            answers: None,
        };
        let found = document(sent("明天开会", Some(mail)), None).expect("a mail");
        assert_eq!(found.kinds, [HitKind::Mail, HitKind::File, HitKind::Message]);
        assert_eq!(found.texts, ["会议通知", "明天开会", "议程.docx"]);
        assert!(finds(&found, "hytz") && finds(&found, "yicheng"));
    }

    #[test]
    fn forwarded_messages_are_found_by_what_they_say() {
        let at: Millis = 0;
        let part = Some(Box::new(Part::Document { file: file("名单.xlsx") }));
        let message = ForwardedMessage { by: None, at, text: "里面的话".to_owned(), part };
        let forwarded =
            Part::Forwarded { title: "聊天记录".to_owned(), messages: vec![message] };
        let found = document(sent("", Some(forwarded)), None).expect("texts");
        assert!(finds(&found, "里面的话") && finds(&found, "聊天记录") && finds(&found, "mingdan"));
    }

    #[test]
    fn every_builder_is_for_a_type_that_exists() {
        for (name, _) in BUILDERS {
            assert!(protocol::AnyEvent::types().any(|known| known == *name), "{name}");
        }
        for name in EDITS {
            assert!(protocol::AnyEvent::types().any(|known| known == *name), "{name}");
        }
    }
}
