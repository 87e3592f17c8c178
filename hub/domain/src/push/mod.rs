//! Whether a person's device is told of something, and what it then says.
//! Invariants: who may not see a message is told nothing of it; whispers and burning messages
//! never lend a word to a notice; nobody is told what they have seen, have muted or sleep
//! through; an urgent message that comes again rings although it was read, until it is
//! acknowledged. Absent on purpose: how a device is reached.

mod whom;
mod words;

pub use whom::{Lane, TYPES, Told, Whom, told};

use protocol::{
    AccountId, Millis, Seq, StreamId,
    me::{Language, Preferences},
    notice::{NoticeKind, Reminder},
    room::MessageSent,
};
use std::fmt;

/// A device's screen shows two or three lines.
const CHARS_MAX: usize = 120;

/// What is known when a device is about to be told.
#[derive(Clone, Debug)]
pub struct News<'a> {
    pub account: AccountId,
    pub stream: StreamId,
    pub by: Option<AccountId>,
    pub author: &'a str,
    pub muted: bool,
    /// On whatever device: the message read, or acknowledged where it comes again; the notice
    /// read; the task done.
    pub seen: bool,
    /// Unread messages of all rooms, for the badge.
    pub unread: u64,
    pub matter: Matter<'a>,
}

#[derive(Clone, Debug)]
pub enum Matter<'a> {
    /// It has lost its body, or the account may not see it.
    Hidden,
    Message {
        message: &'a MessageSent,
        seq: Seq,
        /// Only some of the room may see it.
        whisper: bool,
        /// Empty between two people.
        room: &'a str,
        /// Urgent, and not acknowledged so far.
        again: bool,
    },
    Notice {
        kind: NoticeKind,
        title: &'a str,
        /// The hub wrote it.
        reminder: Option<Reminder>,
    },
    /// It is the account's to do.
    Task { title: &'a str },
}

/// What takes whose place on a screen: a later one of the same conversation, but never the place
/// of an urgent message, which gives way to its own repeats alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tag {
    pub stream: StreamId,
    pub urgent: Option<Seq>,
}

impl Tag {
    /// At most 24 bytes, which are the 32 letters that RFC 8030 allows a topic.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.stream.id.as_bytes().to_vec();
        bytes.extend(self.urgent.iter().flat_map(|seq| seq.to_be_bytes()));
        bytes
    }

    /// Without the kind: at most 57 letters, of the 64 that Apple allows.
    pub fn key(&self) -> String {
        match self.urgent {
            Some(seq) => format!("{}.{seq}", self.stream.id),
            None => self.stream.id.to_string(),
        }
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.urgent {
            Some(seq) => write!(f, "{}.{seq}", self.stream),
            None => write!(f, "{}", self.stream),
        }
    }
}

/// What a device shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub title: String,
    pub body: String,
    /// Whether words that somebody wrote are in it.
    pub shows_text: bool,
    pub tag: Tag,
    pub unread: u64,
    pub urgent: bool,
}

/// `Err`: in words for operators, why nothing is told.
pub fn note(news: &News<'_>, preferences: &Preferences, now: Millis) -> Result<Note, &'static str> {
    let urgent = news.matter.is_urgent();
    if matches!(news.matter, Matter::Hidden) {
        return Err("not theirs to see");
    }
    if news.by == Some(news.account) {
        return Err("their own");
    }
    if news.seen {
        return Err("seen already");
    }
    if news.muted && !news.matter.calls(news.account) {
        return Err("muted");
    }
    let alerts = preferences.alerts.unwrap_or_default();
    let sleeps = alerts.quiet.is_some_and(|quiet| quiet.holds(now));
    if sleeps && !(urgent && alerts.urgent_through) {
        return Err("quiet hours");
    }
    let shows_text = alerts.show_text && news.matter.has_text();
    let (title, body) = said(news, preferences.language.unwrap_or_default(), shows_text);
    let seq = match news.matter {
        Matter::Message { seq, .. } if urgent => Some(seq),
        _ => None,
    };
    Ok(Note {
        title: cut(&title),
        body: cut(&body),
        shows_text,
        tag: Tag { stream: news.stream, urgent: seq },
        unread: news.unread,
        urgent,
    })
}

impl Matter<'_> {
    fn is_urgent(&self) -> bool {
        matches!(self, Self::Message { message, .. } if message.urgent)
    }

    /// Whether it calls this person out of a room that they have muted.
    fn calls(&self, account: AccountId) -> bool {
        let Self::Message { message, .. } = self else { return false };
        message.urgent || message.mention_all || message.mentions.contains(&account)
    }

    /// Whether somebody wrote what it says, for all to see who hold the device.
    fn has_text(&self) -> bool {
        match self {
            Self::Hidden => false,
            Self::Message { message, whisper, .. } => !whisper && message.burn_ms.is_none(),
            Self::Notice { reminder, .. } => !matches!(reminder, Some(Reminder::Review { .. })),
            Self::Task { .. } => true,
        }
    }
}

/// Title and body.
fn said(news: &News<'_>, language: Language, shows_text: bool) -> (String, String) {
    let author = news.author;
    match &news.matter {
        Matter::Hidden => (String::new(), String::new()),
        Matter::Message { message, room, again, .. } => {
            let title = if room.is_empty() { author } else { room };
            let body = match (shows_text, message.urgent, again) {
                (true, _, again) => {
                    let said = words::said(message, language);
                    let said = if room.is_empty() { said } else { format!("{author}: {said}") };
                    if *again { format!("{} {said}", words::waiting(language)) } else { said }
                }
                (false, _, true) => words::urgent_again(language).to_owned(),
                (false, true, false) => words::urgent(language).to_owned(),
                (false, false, false) => words::new_message(language).to_owned(),
            };
            (title.to_owned(), body)
        }
        Matter::Notice { kind, title, reminder } => {
            let (head, bare) = match reminder {
                Some(reminder) => words::reminder(*reminder, language),
                None => words::notice(*kind, language),
            };
            (head.to_owned(), titled(author, title, bare, shows_text))
        }
        Matter::Task { title } => {
            let (head, bare) = words::task(language);
            (head.to_owned(), titled(author, title, bare, shows_text))
        }
    }
}

/// What somebody called it, or only that there is one. The hub itself has no name.
fn titled(author: &str, title: &str, bare: &str, shows_text: bool) -> String {
    match (shows_text, author, title) {
        (false, ..) | (true, _, "") => bare.to_owned(),
        (true, "", title) => title.to_owned(),
        (true, author, title) => format!("{author}: {title}"),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
