//! A short piece of a text around what was found, as pieces of which some are marked: no
//! offsets, which every language counts otherwise.

use super::{asked::Asked, text::fold};
use protocol::search::SnippetPiece;

/// Characters shown, and how many of them before the first place.
const SHOWN: usize = 120;
const BEFORE: usize = 30;

/// The first text with a place to mark, or else the first that has something to show.
pub(super) fn of(asked: &Asked, texts: &[String]) -> Vec<SnippetPiece> {
    let marked = texts.iter().map(|text| (text, marks(asked, text)));
    let mut shown = None;
    for (text, marks) in marked {
        if marks.contains(&true) {
            shown = Some((text, marks));
            break;
        }
        if shown.is_none() && !text.trim().is_empty() {
            shown = Some((text, marks));
        }
    }
    shown.map_or_else(Vec::new, |(text, marks)| cut(text, &marks))
}

/// For each character of the text, whether it was asked for.
fn marks(asked: &Asked, text: &str) -> Vec<bool> {
    // The folded text, and for each byte of it the character it comes from.
    let mut folded = String::new();
    let mut from = Vec::new();
    for (n, ch) in text.chars().enumerate() {
        folded.extend(fold(ch));
        from.resize(folded.len(), n);
    }
    let mut marks = vec![false; text.chars().count()];
    for (start, end) in asked.pieces.iter().flat_map(|piece| piece.places(&folded)) {
        for n in &from[start..end] {
            marks[*n] = true;
        }
    }
    marks
}

fn cut(text: &str, marks: &[bool]) -> Vec<SnippetPiece> {
    let first = marks.iter().position(|mark| *mark).unwrap_or(0);
    let start = if marks.len() <= SHOWN { 0 } else { first.saturating_sub(BEFORE) };
    let mut pieces: Vec<SnippetPiece> = Vec::new();
    let mut put = |ch: char, mark: bool| match pieces.last_mut() {
        Some(last) if last.mark == mark => last.text.push(ch),
        _ => pieces.push(SnippetPiece { text: ch.to_string(), mark }),
    };
    if start > 0 {
        put('…', false);
    }
    for (ch, mark) in text.chars().zip(marks).skip(start).take(SHOWN) {
        // One line, whatever was written.
        put(if ch.is_whitespace() { ' ' } else { ch }, *mark);
    }
    if start + SHOWN < marks.len() {
        put('…', false);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(typed: &str, text: &str) -> String {
        let asked = Asked::new(typed, |han| vec![han.to_owned()]);
        let piece = |piece: &SnippetPiece| match piece.mark {
            true => format!("[{}]", piece.text),
            false => piece.text.clone(),
        };
        of(&asked, &[String::new(), text.to_owned()]).iter().map(piece).collect()
    }

    #[test]
    fn what_was_asked_for_is_marked_as_it_was_written() {
        assert_eq!(shown("社保 abc", "请带社保卡，ＡＢＣd 号"), "请带[社保]卡，[ＡＢＣ]d 号");
        assert_eq!(shown("zw", "张伟.pdf"), "张伟.pdf", "found by its initials: nothing to mark");
        assert_eq!(shown("i", "İ x\ny"), "[İ] x y", "one letter that folds to two");
    }

    #[test]
    fn long_texts_are_cut_around_the_first_place() {
        let text = format!("{}社保卡{}", "前".repeat(200), "后".repeat(200));
        let shown = shown("社保卡", &text);
        assert!(shown.starts_with("…前") && shown.ends_with("后…"), "{shown}");
        assert!(shown.contains("[社保卡]"));
        assert_eq!(shown.chars().count(), SHOWN + "…[]…".chars().count());
    }
}
