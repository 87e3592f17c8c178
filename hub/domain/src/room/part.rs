//! What may stand beside a message's text. Invariants: an accepted part is bounded in every
//! field, a link leads to the web and nowhere else, and nobody writes a forwarded part himself.
//! Absent on purpose: whether a file is what it says (the store of files checked that when it
//! came in) and reading what a link leads to.

use super::RoomFacts;
use protocol::{
    AccountId, ErrorBody, ErrorKind,
    account::Names,
    file::FileRef,
    limits::{ATTACHMENTS_MAX, LEVELS_MAX, TITLE_CHARS_MAX, VOICE_MS_MAX},
    room::Part,
};

const FILE_NAME_CHARS_MAX: usize = 255;
const URL_BYTES_MAX: usize = 2_048;
const SUMMARY_CHARS_MAX: usize = 500;
/// Of a picture's side: what a browser can still draw.
const PIXELS_MAX: u32 = 32_768;
/// A day: longer than any recording here.
const VIDEO_MS_MAX: u64 = 24 * 60 * 60 * 1000;

pub(super) fn check(part: &Part, facts: &RoomFacts) -> Result<(), ErrorBody> {
    match part {
        Part::Image { file, width, height } => {
            is_file(file, "image/")?;
            is_size(*width, *height)
        }
        Part::Voice { file, ms, levels } => {
            is_file(file, "audio/")?;
            lasts(*ms, VOICE_MS_MAX)?;
            if levels.len() > LEVELS_MAX {
                return Err(invalid("levels", &format!("at most {LEVELS_MAX}")));
            }
            Ok(())
        }
        Part::Video { file, width, height, ms } => {
            is_file(file, "video/")?;
            is_size(*width, *height)?;
            lasts(*ms, VIDEO_MS_MAX)
        }
        Part::Document { file } => is_file(file, ""),
        Part::Location { lat, lon, name, address } => {
            if !(-90.0..=90.0).contains(lat) || !(-180.0..=180.0).contains(lon) {
                return Err(invalid("lat", "degrees: 90 to either side, 180 around"));
            }
            is_line("name", name, TITLE_CHARS_MAX)?;
            is_line("address", address, TITLE_CHARS_MAX)
        }
        Part::Card { account, .. } => card(*account, facts).map(drop),
        Part::Link { url, title, summary, image } => {
            is_web(url)?;
            is_line("title", title, TITLE_CHARS_MAX)?;
            is_line("summary", summary, SUMMARY_CHARS_MAX)?;
            image.as_ref().map_or(Ok(()), |image| is_file(image, "image/"))
        }
        Part::Forwarded { .. } => {
            let message = "name the messages in `forward`: the hub copies them";
            Err(ErrorBody::new(ErrorKind::Invalid, "room.forward_by_name", message).field("part"))
        }
        // Who may be written to is checked where the audience is made (`whisper`).
        Part::Mail { subject, attachments, .. } => {
            if subject.trim().is_empty() {
                return Err(invalid("subject", "must not be empty"));
            }
            is_line("subject", subject, TITLE_CHARS_MAX)?;
            if attachments.len() > ATTACHMENTS_MAX {
                return Err(invalid("attachments", &format!("at most {ATTACHMENTS_MAX}")));
            }
            attachments.iter().try_for_each(|file| is_file(file, ""))
        }
    }
}

/// The part as everybody will see it: of a card, the names that the hub knows; of a link, what the
/// hub has read there. Nothing that its sender says of either.
pub(super) fn read(part: &Part, facts: &RoomFacts) -> Part {
    match part {
        Part::Card { account, .. } => {
            Part::Card { account: *account, names: card(*account, facts).ok().cloned() }
        }
        Part::Link { url, .. } => link(url, facts),
        _ => part.clone(),
    }
}

/// Whoever may not see somebody hears what they would hear of nobody.
fn card(account: AccountId, facts: &RoomFacts) -> Result<&Names, ErrorBody> {
    match &facts.card {
        Some((of, names)) if *of == account => Ok(names),
        _ => {
            let message = format!("no such account, or it is disabled: {account}");
            let error = ErrorBody::new(ErrorKind::NotFound, "room.account_not_found", message);
            Err(error.field("part.account"))
        }
    }
}

/// Where nothing could be read, its host.
fn link(url: &str, facts: &RoomFacts) -> Part {
    let (title, summary) = match facts.link.as_ref().filter(|card| card.url == url) {
        Some(card) => (card.title.clone(), card.summary.clone()),
        None => (link_host(url).unwrap_or_default().to_owned(), String::new()),
    };
    let title = title.chars().take(TITLE_CHARS_MAX).collect();
    Part::Link { url: url.to_owned(), title, summary, image: None }
}

fn invalid(field: &str, message: &str) -> ErrorBody {
    ErrorBody::invalid(format!("part.{field}"), message)
}

pub(super) fn is_line(field: &str, text: &str, chars_max: usize) -> Result<(), ErrorBody> {
    if text.chars().count() > chars_max || text.chars().any(char::is_control) {
        return Err(invalid(field, &format!("one line of at most {chars_max} characters")));
    }
    Ok(())
}

fn is_size(width: u32, height: u32) -> Result<(), ErrorBody> {
    if (1..=PIXELS_MAX).contains(&width) && (1..=PIXELS_MAX).contains(&height) {
        return Ok(());
    }
    Err(invalid("width", &format!("1 to {PIXELS_MAX} pixels a side")))
}

fn lasts(ms: u64, ms_max: u64) -> Result<(), ErrorBody> {
    if ms <= ms_max {
        return Ok(());
    }
    Err(invalid("ms", &format!("at most {ms_max} milliseconds")))
}

/// A name that opens no folder and turns no letters round, and a type of the wanted sort.
fn is_file(file: &FileRef, sort: &str) -> Result<(), ErrorBody> {
    let turns = |c: char| matches!(c, '\u{200E}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let bad = |c: char| c.is_control() || matches!(c, '/' | '\\') || turns(c);
    let name = file.name.trim();
    if matches!(name, "" | "." | "..")
        || name.chars().count() > FILE_NAME_CHARS_MAX
        || name.chars().any(bad)
    {
        return Err(invalid("file.name", "the name of a file, without its path"));
    }
    let token = |text: &str| {
        let known = |c: char| c.is_ascii_alphanumeric() || "!#$&^_.+-".contains(c);
        !text.is_empty() && text.len() <= 80 && text.chars().all(known)
    };
    let whole = file.media_type.split_once('/').is_some_and(|(of, sub)| token(of) && token(sub));
    if !whole || !file.media_type.starts_with(sort) {
        return Err(invalid("file.type", &format!("a media type: {sort}…")));
    }
    Ok(())
}

fn is_web(url: &str) -> Result<(), ErrorBody> {
    match link_host(url) {
        Some(_) => Ok(()),
        None => Err(invalid("url", "an address that begins with http:// or https://")),
    }
}

/// The host that an address leads to, with its port: `http` or `https`, and no name or password
/// before it, for those make a stranger's address look like a known one.
pub fn link_host(url: &str) -> Option<&str> {
    let strange =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '\\' | '<' | '>' | '"');
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    let web = ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    let plain = !host.is_empty() && !host.contains('@') && !url.contains(strange);
    (web && plain && url.len() <= URL_BYTES_MAX).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::account;
    use protocol::{BlobId, room::LinkCard};
    use uuid::Uuid;

    fn file(name: &str, media_type: &str) -> FileRef {
        let blob = BlobId(Uuid::from_u128(5));
        FileRef { blob, name: name.into(), bytes: 9, media_type: media_type.into() }
    }

    fn field(part: &Part) -> Option<String> {
        let card = Some((account(1), Names::default()));
        let facts = RoomFacts { card, ..RoomFacts::default() };
        check(part, &facts).err().map(|error| error.field.unwrap_or(error.code.into_owned()))
    }

    #[test]
    fn links_lead_to_the_web() {
        for (url, good) in [
            ("https://www.example.cn/a?b=c#d", true),
            ("HTTP://192.0.2.1:8080", true),
            ("https://[2001:db8::1]/", true),
            ("javascript:alert(1)", false),
            ("file:///etc/passwd", false),
            ("data://text/html,x", false),
            ("https://", false),
            ("https:///path", false),
            ("https://bank.cn@evil.example/", false),
            ("https://a b/", false),
            ("https://a\\@b/", false),
            ("www.example.cn", false),
            ("", false),
        ] {
            assert_eq!(is_web(url).is_ok(), good, "{url}");
        }
    }

    #[test]
    fn a_link_says_what_the_hub_has_read_there() {
        let url = "https://hall.example:8443/a?b";
        let claimed = Part::Link {
            url: url.into(),
            title: "银行登录".into(),
            summary: "请输入密码".into(),
            image: Some(file("a.png", "image/png")),
        };
        let link = |title: &str, summary: &str| Part::Link {
            url: url.into(),
            title: title.into(),
            summary: summary.into(),
            image: None,
        };
        let told = |card: Option<(&str, &str)>| {
            let link = card.map(|(url, title)| LinkCard {
                url: url.into(),
                title: title.into(),
                summary: "摘要".into(),
            });
            read(&claimed, &RoomFacts { link, ..RoomFacts::default() })
        };
        assert_eq!(told(Some((url, "办事大厅"))), link("办事大厅", "摘要"));
        assert_eq!(told(None), link("hall.example:8443", ""));
        assert_eq!(told(Some(("https://other.example", "别处"))), link("hall.example:8443", ""));
    }

    #[test]
    fn a_card_bears_the_names_that_the_hub_knows() {
        let names = |zh: &str| Names { zh: zh.into(), ..Names::default() };
        let claimed = Part::Card { account: account(1), names: Some(names("局长")) };
        let card = Some((account(1), names("古丽娜尔")));
        let facts = RoomFacts { card, ..RoomFacts::default() };
        assert!(check(&claimed, &facts).is_ok());
        let names = Some(names("古丽娜尔"));
        assert_eq!(read(&claimed, &facts), Part::Card { account: account(1), names });
        let unseen = check(&claimed, &RoomFacts::default()).unwrap_err();
        assert_eq!(unseen.code, "room.account_not_found", "as of nobody");
    }

    #[test]
    fn files_have_plain_names_and_the_right_sort() {
        for (name, good) in [
            ("指南.pdf", true),
            ("a b (1).pdf", true),
            ("", false),
            ("..", false),
            ("../a", false),
            ("a\\b", false),
            ("a\nb", false),
            ("fdp\u{202E}exe", false),
            (&"字".repeat(256), false),
        ] {
            assert_eq!(is_file(&file(name, "application/pdf"), "").is_ok(), good, "{name}");
        }
        let picture = |media_type| Part::Image { file: file("a", media_type), width: 1, height: 1 };
        assert_eq!(field(&picture("image/png")), None);
        assert_eq!(field(&picture("text/html")).as_deref(), Some("part.file.type"));
        assert_eq!(field(&picture("image/")).as_deref(), Some("part.file.type"));
    }

    #[test]
    fn every_field_is_bounded() {
        let voice =
            |ms, bars| Part::Voice { file: file("a", "audio/webm"), ms, levels: vec![1; bars] };
        let place =
            |lat, lon| Part::Location {
                lat, lon, name: "市民中心".into(), address: String::new()
            };
        let mail = |subject: &str, files| Part::Mail {
            subject: subject.into(),
            attachments: vec![file("a", "text/plain"); files],
            to: vec![],
            answers: None,
        };
        let film = |width, ms| Part::Video { file: file("a", "video/mp4"), width, height: 9, ms };
        for (part, wrong) in [
            (voice(VOICE_MS_MAX, LEVELS_MAX), None),
            (voice(VOICE_MS_MAX + 1, 0), Some("part.ms")),
            (voice(0, LEVELS_MAX + 1), Some("part.levels")),
            (place(43.8, 87.6), None),
            (place(90.1, 0.0), Some("part.lat")),
            (place(0.0, f64::NAN), Some("part.lat")),
            (mail("会议", ATTACHMENTS_MAX), None),
            (mail(" ", 0), Some("part.subject")),
            (mail(&"字".repeat(201), 0), Some("part.subject")),
            (mail("会议", ATTACHMENTS_MAX + 1), Some("part.attachments")),
            (film(1, 1), None),
            (film(0, 1), Some("part.width")),
            (film(PIXELS_MAX + 1, 1), Some("part.width")),
            (film(1, VIDEO_MS_MAX + 1), Some("part.ms")),
            (Part::Card { account: account(1), names: None }, None),
            (Part::Card { account: account(99), names: None }, Some("part.account")),
            (Part::Forwarded { title: String::new(), messages: vec![] }, Some("part")),
        ] {
            assert_eq!(field(&part).as_deref(), wrong, "{part:?}");
        }
    }
}
