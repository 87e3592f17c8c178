//! Who is told what: each rule by itself, and what holds whatever the case.

use super::*;
use crate::testing::account;
use proptest::prelude::*;
use protocol::{
    EntityKind, Zone,
    me::{Alerts, QuietHours},
};
use uuid::Uuid;

const NOON: Millis = 4 * 60 * 60 * 1000;
const LANGUAGES: [Language; 3] = [Language::Zh, Language::Ug, Language::En];

fn text(text: &str) -> MessageSent {
    MessageSent { text: text.into(), ..MessageSent::default() }
}

fn message(message: &MessageSent) -> Matter<'_> {
    Matter::Message { message, seq: 7, whisper: false, room: "综合窗口", again: false }
}

fn between_two(message: &MessageSent) -> Matter<'_> {
    Matter::Message { message, seq: 7, whisper: false, room: "", again: false }
}

fn whisper(message: &MessageSent) -> Matter<'_> {
    Matter::Message { message, seq: 7, whisper: true, room: "综合窗口", again: false }
}

fn again(message: &MessageSent) -> Matter<'_> {
    Matter::Message { message, seq: 7, whisper: false, room: "综合窗口", again: true }
}

fn todo(title: &str) -> Matter<'_> {
    Matter::Notice { kind: NoticeKind::Todo, title, reminder: None }
}

fn news(matter: Matter<'_>) -> News<'_> {
    News {
        account: account(2),
        stream: StreamId::new(EntityKind::Room, Uuid::from_u128(9)),
        by: Some(account(1)),
        author: "古丽",
        muted: false,
        seen: false,
        unread: 3,
        matter,
    }
}

fn showing(quiet: Option<QuietHours>) -> Preferences {
    let alerts = Some(Alerts { show_text: true, quiet, ..Alerts::default() });
    Preferences { alerts, language: Some(Language::Zh), ..Preferences::default() }
}

fn noon() -> Option<QuietHours> {
    Some(QuietHours { from: 12 * 60, to: 13 * 60, zone: Zone::Shanghai })
}

#[test]
fn text_is_shown_to_who_asked_for_it() {
    let said = text("您好");
    let shown = note(&news(message(&said)), &showing(None), NOON).unwrap();
    assert_eq!((&*shown.title, &*shown.body, shown.unread), ("综合窗口", "古丽: 您好", 3));
    let bare = note(&news(message(&said)), &Preferences::default(), NOON).unwrap();
    assert_eq!((&*bare.body, bare.shows_text), ("您有一条新消息", false));
    let direct = note(&news(between_two(&said)), &showing(None), NOON).unwrap();
    assert_eq!((&*direct.title, &*direct.body), ("古丽", "您好"));
    let long = text(&"字".repeat(500));
    let long = note(&news(between_two(&long)), &showing(None), NOON).unwrap();
    assert_eq!(long.body.chars().count(), CHARS_MAX + 1);
}

#[test]
fn notices_and_tasks_say_what_they_are_in_the_person_s_language() {
    let announcement =
        Matter::Notice { kind: NoticeKind::Announcement, title: "停电通知", reminder: None };
    for (matter, language, title, bare) in [
        (todo("交周报"), Language::Zh, "待办", "您有一条新待办"),
        (announcement.clone(), Language::Zh, "通知公告", "您有一条新通知"),
        (announcement, Language::Ug, "ئۇقتۇرۇش", "يېڭى ئۇقتۇرۇش كەلدى"),
        (Matter::Task { title: "盘点" }, Language::En, "Task", "You have been given a task"),
    ] {
        let preferences = Preferences { language: Some(language), ..Preferences::default() };
        let told = note(&news(matter), &preferences, NOON).unwrap();
        assert_eq!((&*told.title, &*told.body, told.shows_text), (title, bare, false));
    }
    let shown = note(&news(todo("交周报")), &showing(None), NOON).unwrap();
    assert_eq!(shown.body, "古丽: 交周报");
    let by_the_hub = News { author: "", by: None, ..news(todo("交周报")) };
    assert_eq!(note(&by_the_hub, &showing(None), NOON).unwrap().body, "交周报");
}

#[test]
fn when_nothing_is_told() {
    let said = text("您好");
    let called = MessageSent { mentions: vec![account(2)], ..text("@") };
    let base = || news(message(&said));
    for (told, why) in [
        (news(Matter::Hidden), Some("not theirs to see")),
        (News { by: Some(account(2)), ..base() }, Some("their own")),
        (News { seen: true, ..base() }, Some("seen already")),
        (News { muted: true, ..base() }, Some("muted")),
        (News { muted: true, ..news(message(&called)) }, None),
        (News { muted: true, ..news(todo("交周报")) }, Some("muted")),
        (News { seen: true, ..news(todo("交周报")) }, Some("seen already")),
        (News { by: Some(account(2)), ..news(Matter::Task { title: "盘点" }) }, Some("their own")),
    ] {
        assert_eq!(note(&told, &showing(None), NOON).err(), why);
    }
}

#[test]
fn urgent_messages_come_through_quiet_hours_if_they_may() {
    let (said, urgent) = (text("您好"), MessageSent { urgent: true, ..text("快") });
    for quiet in [message(&said), todo("交周报"), Matter::Task { title: "盘点" }] {
        assert_eq!(note(&news(quiet), &showing(noon()), NOON).err(), Some("quiet hours"));
    }
    let mut deaf = showing(noon());
    deaf.alerts = deaf.alerts.map(|alerts| Alerts { urgent_through: false, ..alerts });
    for told in [message(&urgent), again(&urgent)] {
        assert!(note(&news(told.clone()), &showing(noon()), NOON).unwrap().urgent);
        assert_eq!(note(&news(told), &deaf, NOON).err(), Some("quiet hours"));
    }
}

#[test]
fn an_urgent_message_gives_way_to_its_own_repeats_alone() {
    let (said, urgent) = (text("您好"), MessageSent { urgent: true, ..text("停电") });
    let told = |matter| note(&news(matter), &showing(None), NOON).unwrap();
    let (first, second, plain) =
        (told(message(&urgent)), told(again(&urgent)), told(message(&said)));
    assert_eq!(first.tag, second.tag);
    assert_ne!(first.tag, plain.tag);
    assert_eq!(plain.tag.to_string(), news(message(&said)).stream.to_string());
    assert_eq!(second.body, "[待确认] 古丽: 停电");
    let bare = note(&news(again(&urgent)), &Preferences::default(), NOON).unwrap();
    assert_eq!(bare.body, "有一条紧急消息等您确认");
    let far = Tag { urgent: Some(u64::MAX), ..first.tag };
    assert!(far.bytes().len() <= 24 && far.key().len() <= 64);
}

#[test]
fn what_the_hub_reminds_of_is_in_its_own_words() {
    let id = |kind| StreamId::new(kind, Uuid::from_u128(5));
    let (task, plan) = (id(EntityKind::Task), id(EntityKind::Plan));
    let week = protocol::Day(1);
    let begins = Reminder::Task { task, on: week, starts_at: NOON };
    let part = protocol::plan::PlanPart::Summary;
    let waits = Reminder::Review { plan, account: account(1), week, part };
    for (reminder, title, shown, bare) in [
        (begins, "任务提醒", "例会", "您有一项任务即将开始"),
        (waits, "待审核", "周总结待审核", "周总结待审核"),
    ] {
        let kind = NoticeKind::Todo;
        let matter = Matter::Notice { kind, title: "例会", reminder: Some(reminder) };
        let told = News { author: "", by: None, ..news(matter) };
        let with = note(&told, &showing(None), NOON).unwrap();
        assert_eq!((&*with.title, &*with.body), (title, shown));
        assert_eq!(with.shows_text, shown == "例会");
        let without = note(&told, &Preferences::default(), NOON).unwrap();
        assert_eq!((&*without.body, without.shows_text), (bare, false));
    }
}

fn matter<'a>(which: u8, message: &'a MessageSent) -> Matter<'a> {
    match which {
        0 => self::message(message),
        1 => whisper(message),
        2 => again(message),
        3 => between_two(message),
        4 => todo(&message.text),
        _ => Matter::Task { title: &message.text },
    }
}

proptest! {
    /// Whatever a person has set, no word of a whisper or of a burning message leaves the hub.
    #[test]
    fn secrets_show_no_word(
        which in 0_u8..4, burns: bool, urgent: bool, show_text: bool, language in 0_usize..3,
    ) {
        let burn_ms = burns.then_some(5_000);
        let said = MessageSent { burn_ms, urgent, ..text("SECRET") };
        let alerts = Some(Alerts { show_text, ..Alerts::default() });
        let language = Some(LANGUAGES[language]);
        let preferences = Preferences { alerts, language, ..Preferences::default() };
        let told = note(&news(matter(which, &said)), &preferences, NOON).unwrap();
        let shows = format!("{told:?}").contains("SECRET");
        prop_assert_eq!(shows, show_text && !burns && which != 1);
        prop_assert_eq!(told.shows_text, shows);
    }

    /// What is told was not one's own, not seen, and either loud or allowed to be.
    #[test]
    fn what_is_told_may_be(
        which in 0_u8..6, urgent: bool, mentioned: bool, muted: bool, seen: bool, own: bool,
        sleeps: bool, urgent_through: bool,
    ) {
        let mentions = if mentioned { vec![account(2)] } else { vec![] };
        let said = MessageSent { urgent, mentions, ..text("您好") };
        let by = Some(account(if own { 2 } else { 1 }));
        let told = News { by, muted, seen, ..news(matter(which, &said)) };
        let quiet = if sleeps { noon() } else { None };
        let alerts = Some(Alerts { quiet, urgent_through, ..Alerts::default() });
        let preferences = Preferences { alerts, ..Preferences::default() };
        let is_message = which < 4;
        let rings = is_message && urgent;
        let expected = !own && !seen
            && (!muted || rings || (is_message && mentioned))
            && (!sleeps || (rings && urgent_through));
        let note = note(&told, &preferences, NOON);
        prop_assert_eq!(note.is_ok(), expected);
        prop_assert!(note.is_err() || note.is_ok_and(|note| note.urgent == rings));
    }
}
