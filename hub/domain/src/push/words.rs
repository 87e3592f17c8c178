//! The few words of a notice, in the person's language: no page is there to find them.

use protocol::{
    me::Language,
    notice::{NoticeKind, Reminder},
    plan::PlanPart,
    room::{MessageSent, Part},
};

type Words = [&'static str; 3];

fn of(words: Words, language: Language) -> &'static str {
    match language {
        Language::Zh => words[0],
        Language::Ug => words[1],
        Language::En => words[2],
    }
}

pub(super) fn new_message(language: Language) -> &'static str {
    of(["您有一条新消息", "يېڭى ئۇچۇر كەلدى", "You have a new message"], language)
}

pub(super) fn urgent(language: Language) -> &'static str {
    of(["您有一条紧急消息", "جىددىي ئۇچۇر كەلدى", "You have an urgent message"], language)
}

/// Before the text of one that comes again.
pub(super) fn waiting(language: Language) -> &'static str {
    of(["[待确认]", "[جەزملەش كېرەك]", "[Not acknowledged]"], language)
}

pub(super) fn urgent_again(language: Language) -> &'static str {
    let words = [
        "有一条紧急消息等您确认",
        "جىددىي ئۇچۇر جەزملىشىڭىزنى كۈتۈۋاتىدۇ",
        "An urgent message waits for you to acknowledge it",
    ];
    of(words, language)
}

/// What it is, and the words for who did not ask to see more.
pub(super) fn notice(kind: NoticeKind, language: Language) -> (&'static str, &'static str) {
    let (head, bare) = match kind {
        NoticeKind::Todo => (
            ["待办", "قىلىدىغان ئىش", "To-do"],
            ["您有一条新待办", "يېڭى قىلىدىغان ئىش كەلدى", "You have a new to-do"],
        ),
        NoticeKind::Announcement => (
            ["通知公告", "ئۇقتۇرۇش", "Announcement"],
            ["您有一条新通知", "يېڭى ئۇقتۇرۇش كەلدى", "You have a new announcement"],
        ),
    };
    (of(head, language), of(bare, language))
}

/// The same for what the hub reminds of.
pub(super) fn reminder(reminder: Reminder, language: Language) -> (&'static str, &'static str) {
    let (head, bare) = match reminder {
        Reminder::Task { .. } => (
            ["任务提醒", "ۋەزىپە ئەسكەرتىشى", "Task reminder"],
            [
                "您有一项任务即将开始",
                "بىر ۋەزىپىڭىز باشلىنىش ئالدىدا",
                "A task of yours is about to begin",
            ],
        ),
        Reminder::Review { part: PlanPart::Plan, .. } => (
            ["待审核", "تەستىقلاش", "To be reviewed"],
            ["周计划待审核", "ھەپتىلىك پىلان تەستىق كۈتۈۋاتىدۇ", "A week plan awaits your review"],
        ),
        Reminder::Review { part: PlanPart::Summary, .. } => (
            ["待审核", "تەستىقلاش", "To be reviewed"],
            [
                "周总结待审核",
                "ھەپتىلىك خۇلاسە تەستىق كۈتۈۋاتىدۇ",
                "A week summary awaits your review",
            ],
        ),
    };
    (of(head, language), of(bare, language))
}

pub(super) fn task(language: Language) -> (&'static str, &'static str) {
    let head = ["任务", "ۋەزىپە", "Task"];
    let bare = ["您有一项新任务", "سىزگە يېڭى ۋەزىپە تاپشۇرۇلدى", "You have been given a task"];
    (of(head, language), of(bare, language))
}

/// A message on one line: its text, or what it is.
pub(super) fn said(message: &MessageSent, language: Language) -> String {
    let text = message.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some(part) = &message.part else { return text };
    let kind = of(kind_of(part), language);
    if text.is_empty() { kind.to_owned() } else { format!("{kind} {text}") }
}

fn kind_of(part: &Part) -> Words {
    match part {
        Part::Image { .. } => ["[图片]", "[رەسىم]", "[Picture]"],
        Part::Voice { .. } => ["[语音]", "[ئاۋاز]", "[Voice]"],
        Part::Video { .. } => ["[视频]", "[سىن]", "[Video]"],
        Part::Document { .. } => ["[文件]", "[ھۆججەت]", "[File]"],
        Part::Location { .. } => ["[位置]", "[ئورۇن]", "[Location]"],
        Part::Card { .. } => ["[名片]", "[كارتا]", "[Name card]"],
        Part::Link { .. } => ["[链接]", "[ئۇلىنىش]", "[Link]"],
        Part::Forwarded { .. } => ["[聊天记录]", "[سۆھبەت خاتىرىسى]", "[Messages]"],
        Part::Mail { .. } => ["[微邮]", "[كىچىك خەت]", "[Micro-mail]"],
    }
}
