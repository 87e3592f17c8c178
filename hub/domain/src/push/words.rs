//! The few words of a notice, in the person's language: no page is there to find them.

use protocol::{
    me::Language,
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
