//! What a page says of itself: its title and its summary, whatever it is written in.
//! Invariant: nothing of a page is taken as it stands: each text becomes one bounded line without
//! control characters and without those that turn letters round.

use crate::web::WebResponse;
use encoding_rs::{Encoding, GB18030, UTF_8};
use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use protocol::{limits::TITLE_CHARS_MAX, room::LinkCard};
use std::borrow::Cow;

const SUMMARY_CHARS_MAX: usize = 200;
/// Where a page must have said its character set (HTML asks for the first 1,024 bytes; older
/// pages are late).
const SAID_WITHIN: usize = 4_096;

/// The card of a page; none where there is no page, or one without a title.
pub(super) fn card(url: &str, response: &WebResponse) -> Option<LinkCard> {
    let kind = response.header("content-type").unwrap_or("text/html").to_ascii_lowercase();
    let is_page = kind.starts_with("text/html") || kind.starts_with("application/xhtml+xml");
    if !(200..300).contains(&response.status) || !is_page {
        return None;
    }
    let words = Words::read(&text(&response.body, &kind));
    let title = one_line(&words.title, TITLE_CHARS_MAX);
    let summary = one_line(&words.summary, SUMMARY_CHARS_MAX);
    (!title.is_empty()).then(|| LinkCard { url: url.to_owned(), title, summary })
}

/// By the mark before it, the answer's header, the page's own word; without any, what is no UTF-8
/// is what pages of this country were written in before it.
fn text<'a>(body: &'a [u8], kind: &str) -> Cow<'a, str> {
    let said = || {
        let begin = String::from_utf8_lossy(&body[..body.len().min(SAID_WITHIN)]);
        charset(&begin.to_ascii_lowercase())
    };
    let encoding = match Encoding::for_bom(body) {
        Some((encoding, _)) => encoding,
        None => charset(kind).or_else(said).unwrap_or_else(|| guessed(body)),
    };
    // A page that says GB2312 means its successor, and so does the standard.
    encoding.decode(body).0
}

fn guessed(body: &[u8]) -> &'static Encoding {
    match std::str::from_utf8(body) {
        Ok(_) => UTF_8,
        // Cut at its bound, in the middle of a letter.
        Err(error) if error.error_len().is_none() => UTF_8,
        Err(_) => GB18030,
    }
}

/// What stands behind `charset=`.
fn charset(text: &str) -> Option<&'static Encoding> {
    let (_, behind) = text.split_once("charset=")?;
    let name = behind.trim_start_matches(['"', '\'', ' ']);
    let ends = |c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c));
    Encoding::for_label(name.split(ends).next()?.as_bytes())
}

/// Titles and summaries that were found, the better of each.
#[derive(Default)]
struct Words {
    title: String,
    summary: String,
}

impl Words {
    fn read(page: &str) -> Self {
        let mut emitter = DefaultEmitter::default();
        // So that what a script or a comment says of titles is none.
        emitter.naively_switch_states(true);
        let (mut words, mut shared) = (Self::default(), Self::default());
        let mut in_title = false;
        for token in Tokenizer::new_with_emitter(page, emitter) {
            let Ok(token) = token;
            match token {
                Token::StartTag(tag) if *tag.name == b"title" => {
                    in_title = words.title.is_empty();
                }
                Token::StartTag(tag) if *tag.name == b"meta" => {
                    meta(&tag, &mut words, &mut shared);
                }
                Token::String(text) if in_title => {
                    words.title.push_str(&String::from_utf8_lossy(&text));
                }
                Token::EndTag(tag) if *tag.name == b"title" => in_title = false,
                // The head is over: a drawing in the body has titles of its own.
                Token::StartTag(tag) if *tag.name == b"body" => break,
                _ => {}
            }
        }
        let better = |shared: String, own| if shared.is_empty() { own } else { shared };
        Self {
            title: better(shared.title, words.title),
            summary: better(shared.summary, words.summary),
        }
    }
}

/// One `<meta>`: of the page itself, or what it says of itself to be shared (Open Graph).
fn meta(tag: &StartTag<()>, own: &mut Words, shared: &mut Words) {
    let attribute = |name: &[u8]| {
        tag.attributes.get(name).map(|value| String::from_utf8_lossy(value).into_owned())
    };
    let name = attribute(b"property").or_else(|| attribute(b"name")).unwrap_or_default();
    let place = match name.to_ascii_lowercase().as_str() {
        "og:title" => &mut shared.title,
        "og:description" => &mut shared.summary,
        "description" => &mut own.summary,
        _ => return,
    };
    if place.is_empty() {
        *place = attribute(b"content").unwrap_or_default();
    }
}

fn one_line(text: &str, chars_max: usize) -> String {
    let turns = |c: char| matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}');
    let plain: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !turns(*c)).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    words.join(" ").chars().take(chars_max).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(kind: Option<&str>, body: &[u8]) -> WebResponse {
        let headers = kind.map(|kind| ("content-type".to_owned(), kind.to_owned()));
        let (headers, body) = (headers.into_iter().collect(), body.to_vec());
        WebResponse { status: 200, headers, body, url: String::new() }
    }

    fn read(kind: Option<&str>, body: &[u8]) -> Option<(String, String)> {
        card("https://hall", &answer(kind, body)).map(|card| (card.title, card.summary))
    }

    fn title(page: &str) -> Option<String> {
        read(Some("text/html; charset=utf-8"), page.as_bytes()).map(|(title, _)| title)
    }

    #[test]
    fn whatever_a_page_is_written_in_it_is_read() {
        let page = |said: &str| format!("<head>{said}<title>乌鲁木齐</title></head>");
        let gb = |said: &str| GB18030.encode(&page(said)).0.into_owned();
        let utf16: Vec<u8> = std::iter::once('\u{FEFF}')
            .chain(page("").chars())
            .flat_map(|c| (c as u16).to_le_bytes())
            .collect();
        for (kind, body) in [
            (Some("text/html; charset=UTF-8"), page("").into_bytes()),
            (Some("text/html;charset=\"gb18030\""), gb("")),
            (Some("text/html"), gb("<meta charset=gb2312>")),
            (None, gb(r#"<META http-equiv="Content-Type" content="text/html; charset=GBK">"#)),
            (None, gb("")),
            (None, page("").into_bytes()),
            (Some("text/html; charset=gbk"), utf16),
        ] {
            assert_eq!(read(kind, &body), Some(("乌鲁木齐".to_owned(), String::new())), "{kind:?}");
        }
    }

    #[test]
    fn what_a_page_says_to_be_shared_comes_first() {
        let page = r#"<!doctype html><title>首页 - 站</title><meta name="description" content="旧">
            <meta property="og:title" content="办事&amp;指南"><meta content="新" name="OG:description">
            <meta property="og:title" content="第二个"><body><meta property="og:title" content="晚">"#;
        assert_eq!(read(None, page.as_bytes()), Some(("办事&指南".to_owned(), "新".to_owned())));
        let plain = r#"<title>
            首页 </title><meta name=description content=旧><svg><title>图</title></svg>"#;
        assert_eq!(read(None, plain.as_bytes()), Some(("首页".to_owned(), "旧".to_owned())));
    }

    #[test]
    fn a_title_is_one_bounded_line_that_turns_nothing_round() {
        assert_eq!(title("<title>a\u{202E}b\u{7}c\n d</title>").as_deref(), Some("ab c d"));
        let long = title(&format!("<title>{}</title>", "字".repeat(999))).expect("a title");
        assert_eq!(long.chars().count(), TITLE_CHARS_MAX);
        let script = "<script>document.write('<title>假</title>')</script><!-- <title>假</title> --><title>真</title>";
        assert_eq!(title(script).as_deref(), Some("真"));
        assert_eq!(title("<title>cut off in the mid").as_deref(), Some("cut off in the mid"));
    }

    #[test]
    fn what_is_no_page_has_no_card() {
        assert_eq!(read(Some("application/pdf"), b"<title>x</title>"), None);
        assert_eq!(title("<title> </title>"), None);
        assert_eq!(title(""), None);
        let missing = WebResponse { status: 404, ..answer(None, b"<title>404</title>") };
        assert_eq!(card("https://hall", &missing), None);
    }
}
