//! Whether a person's device is told of a message, and what it then says.
//! Invariants: who may not see a message is told nothing of it; whispers and burning messages
//! never lend a word to a notice; nobody is told what they have read, have muted or sleep
//! through. Absent on purpose: how a device is reached.

mod words;

use protocol::{AccountId, Millis, Seq, StreamId, me::Preferences, room::MessageSent};

/// A device's screen shows two or three lines.
const CHARS_MAX: usize = 120;

/// What is known when a device is about to be told.
#[derive(Clone, Debug)]
pub struct News<'a> {
    pub account: AccountId,
    pub stream: StreamId,
    pub seq: Seq,
    pub by: Option<AccountId>,
    /// `None`: it has lost its body, or the account may not see it.
    pub message: Option<&'a MessageSent>,
    /// Only some of the room may see it.
    pub whisper: bool,
    pub author: &'a str,
    /// Empty between two people.
    pub room: &'a str,
    pub muted: bool,
    /// How far the account has read the room.
    pub read: Seq,
    /// Unread messages of all rooms, for the badge.
    pub unread: u64,
}

/// What a device shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub title: String,
    pub body: String,
    /// Whether words of the message are in it.
    pub shows_text: bool,
    /// Later ones of the same stream take its place.
    pub tag: StreamId,
    pub unread: u64,
    pub urgent: bool,
}

/// `Err`: in words for operators, why nothing is told.
pub fn note(news: &News<'_>, preferences: &Preferences, now: Millis) -> Result<Note, &'static str> {
    let Some(message) = news.message else { return Err("not theirs to see") };
    if news.by == Some(news.account) {
        return Err("their own");
    }
    if news.read >= news.seq {
        return Err("read already");
    }
    let alerts = preferences.alerts.unwrap_or_default();
    let calls = message.urgent || message.mentions.contains(&news.account) || message.mention_all;
    if news.muted && !calls {
        return Err("muted");
    }
    let sleeps = alerts.quiet.is_some_and(|quiet| quiet.holds(now));
    if sleeps && !(message.urgent && alerts.urgent_through) {
        return Err("quiet hours");
    }
    let language = preferences.language.unwrap_or_default();
    let secret = news.whisper || message.burn_ms.is_some();
    let shows_text = alerts.show_text && !secret;
    let body = if shows_text {
        let said = words::said(message, language);
        if news.room.is_empty() { said } else { format!("{}: {said}", news.author) }
    } else if message.urgent {
        words::urgent(language).to_owned()
    } else {
        words::new_message(language).to_owned()
    };
    let title = if news.room.is_empty() { news.author } else { news.room };
    Ok(Note {
        title: cut(title),
        body: cut(&body),
        shows_text,
        tag: news.stream,
        unread: news.unread,
        urgent: message.urgent,
    })
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::account;
    use protocol::{
        EntityKind, Zone,
        me::{Alerts, Language, QuietHours},
    };
    use uuid::Uuid;

    const NOON: Millis = 4 * 60 * 60 * 1000;

    fn message(text: &str) -> MessageSent {
        MessageSent { text: text.into(), ..MessageSent::default() }
    }

    fn news(message: &MessageSent) -> News<'_> {
        News {
            account: account(2),
            stream: StreamId::new(EntityKind::Room, Uuid::from_u128(9)),
            seq: 7,
            by: Some(account(1)),
            message: Some(message),
            whisper: false,
            author: "古丽",
            room: "综合窗口",
            muted: false,
            read: 6,
            unread: 3,
        }
    }

    fn showing(quiet: Option<QuietHours>) -> Preferences {
        let alerts = Some(Alerts { show_text: true, quiet, ..Alerts::default() });
        Preferences { alerts, language: Some(Language::Zh), ..Preferences::default() }
    }

    #[test]
    fn text_is_shown_to_who_asked_for_it() {
        let said = message("您好");
        let shown = note(&news(&said), &showing(None), NOON).unwrap();
        assert_eq!((&*shown.title, &*shown.body, shown.unread), ("综合窗口", "古丽: 您好", 3));
        let bare = note(&news(&said), &Preferences::default(), NOON).unwrap();
        assert_eq!((&*bare.body, bare.shows_text), ("您有一条新消息", false));
        let direct = note(&News { room: "", ..news(&said) }, &showing(None), NOON).unwrap();
        assert_eq!((&*direct.title, &*direct.body), ("古丽", "您好"));
        let long = message(&"字".repeat(500));
        let long = note(&news(&long), &showing(None), NOON).unwrap();
        assert_eq!(long.body.chars().count(), CHARS_MAX + 1);
    }

    #[test]
    fn whispers_and_burning_messages_show_no_word() {
        for language in [Language::Zh, Language::Ug, Language::En] {
            let preferences = Preferences { language: Some(language), ..showing(None) };
            let burning = MessageSent { burn_ms: Some(5_000), ..message("SECRET") };
            let plain = message("SECRET");
            let whisper = News { whisper: true, ..news(&plain) };
            for told in [whisper, news(&burning)] {
                let told = note(&told, &preferences, NOON).unwrap();
                assert!(!told.shows_text && !format!("{told:?}").contains("SECRET"));
            }
        }
    }

    #[test]
    fn when_nothing_is_told() {
        let said = message("您好");
        let base = || news(&said);
        let called = MessageSent { mentions: vec![account(2)], ..message("@") };
        for (told, why) in [
            (News { message: None, ..base() }, Some("not theirs to see")),
            (News { by: Some(account(2)), ..base() }, Some("their own")),
            (News { read: 7, ..base() }, Some("read already")),
            (News { muted: true, ..base() }, Some("muted")),
            (News { muted: true, message: Some(&called), ..base() }, None),
        ] {
            assert_eq!(note(&told, &showing(None), NOON).err(), why);
        }
    }

    #[test]
    fn urgent_messages_come_through_quiet_hours_if_they_may() {
        let noon = Some(QuietHours { from: 12 * 60, to: 13 * 60, zone: Zone::Shanghai });
        let (said, urgent) = (message("您好"), MessageSent { urgent: true, ..message("快") });
        assert_eq!(note(&news(&said), &showing(noon), NOON).err(), Some("quiet hours"));
        assert!(note(&news(&urgent), &showing(noon), NOON).unwrap().urgent);
        let mut deaf = showing(noon);
        deaf.alerts = deaf.alerts.map(|alerts| Alerts { urgent_through: false, ..alerts });
        assert_eq!(note(&news(&urgent), &deaf, NOON).err(), Some("quiet hours"));
    }
}
