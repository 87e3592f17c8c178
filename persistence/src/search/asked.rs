//! What a person typed, as pieces that must all be found. Long Chinese is cut into words, so
//! that 补贴申请 finds 申请补贴 too; short Chinese (names have two or three characters) and
//! whatever stands in quotes is looked for as it is.
//! Invariant: [`Asked::finds`] is the last word on whether a text fits; the index only proposes.
//! The dictionary is loaded by the first question that needs it and let go when none has come
//! for a while: it costs more memory than everything else of an idle hub.

use super::text::{Run, cut_word, folded, runs};
use jieba_rs::Jieba;
use std::sync::{Arc, Mutex, PoisonError};

/// Pieces of one question; further ones are left out.
const PIECES_MAX: usize = 16;
/// Chinese of fewer characters is one word: names have as many.
const CUT_FROM: usize = 4;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Anywhere in the text.
    Han(String),
    /// A word that begins so.
    Word(String),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) pieces: Vec<Piece>,
}

impl Asked {
    /// `cut` is only called for Chinese long enough to be more than a word.
    pub(super) fn new(typed: &str, cut: impl Fn(&str) -> Vec<String>) -> Self {
        let typed = folded(typed);
        let mut asked = Self::default();
        // Odd parts stand between quotes, of whichever keyboard.
        let quoted = |ch| matches!(ch, '"' | '“' | '”' | '「' | '」');
        for (n, part) in typed.split(quoted).enumerate() {
            for (_, run) in runs(part) {
                match run {
                    Run::Word(word) => asked.put(Piece::Word(cut_word(word).to_owned())),
                    Run::Han(han) if n % 2 == 1 || han.chars().count() < CUT_FROM => {
                        asked.put(Piece::Han(han.to_owned()));
                    }
                    Run::Han(han) => {
                        words(han, cut(han)).into_iter().for_each(|w| asked.put(Piece::Han(w)));
                    }
                }
            }
        }
        asked
    }

    fn put(&mut self, piece: Piece) {
        if self.pieces.len() < PIECES_MAX && !self.pieces.contains(&piece) {
            self.pieces.push(piece);
        }
    }

    /// Whether every piece is in one of the texts.
    pub(super) fn finds(&self, texts: &[String]) -> bool {
        let texts: Vec<String> = texts.iter().map(|text| folded(text)).collect();
        self.pieces.iter().all(|piece| texts.iter().any(|text| piece.is_in(text)))
    }
}

impl Piece {
    fn is_in(&self, folded: &str) -> bool {
        match self {
            Self::Han(han) => folded.contains(han.as_str()),
            Self::Word(word) => runs(folded).any(|(_, run)| self.fits(word, run)),
        }
    }

    /// A single letter or digit means itself: what begins with it is half of everything.
    fn fits(&self, word: &str, run: Run<'_>) -> bool {
        let Run::Word(found) = run else { return false };
        if word.chars().nth(1).is_none() { found == word } else { found.starts_with(word) }
    }

    /// Where it stands in a folded text, in bytes.
    pub(super) fn places(&self, folded: &str) -> Vec<(usize, usize)> {
        match self {
            Self::Han(han) => {
                folded.match_indices(han.as_str()).map(|(at, _)| (at, at + han.len())).collect()
            }
            Self::Word(word) => runs(folded)
                .filter(|(_, run)| self.fits(word, *run))
                .map(|(at, _)| (at, at + word.len()))
                .collect(),
        }
    }
}

/// Words of two characters and more. Single ones that follow each other are a word that the
/// dictionary does not have (买买提); one alone (的, 了) tells nothing.
fn words(han: &str, cut: Vec<String>) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut singles = String::new();
    let is_word = |text: &str| text.chars().nth(1).is_some();
    for word in cut.into_iter().chain([String::new()]) {
        if word.chars().count() == 1 {
            singles.push_str(&word);
            continue;
        }
        words.extend(Some(std::mem::take(&mut singles)).filter(|single| is_word(single)));
        words.extend(Some(word).filter(|word| is_word(word)));
    }
    if words.is_empty() { vec![han.to_owned()] } else { words }
}

/// The dictionary while it is needed.
#[derive(Default)]
pub(super) struct Dictionary(Mutex<Shelf>);

#[derive(Default)]
struct Shelf {
    words: Option<Arc<Jieba>>,
    /// Asked since [`Dictionary::rest`] was last called.
    used: bool,
}

impl Dictionary {
    /// Loading it takes some tens of milliseconds: not for an arbiter.
    pub(super) fn cut(&self, han: &str) -> Vec<String> {
        let words = {
            let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            shelf.used = true;
            shelf.words.get_or_insert_with(|| Arc::new(Jieba::new())).clone()
        };
        words.cut(han, true).into_iter().map(|token| token.word.to_owned()).collect()
    }

    /// Lets go what was not asked for since the last call.
    pub(super) fn rest(&self) {
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::mem::take(&mut shelf.used) {
            shelf.words = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(typed: &str) -> Vec<String> {
        let dictionary = Dictionary::default();
        let asked = Asked::new(typed, |han| dictionary.cut(han));
        let text = |piece: Piece| match piece {
            Piece::Han(text) | Piece::Word(text) => text,
        };
        asked.pieces.into_iter().map(text).collect()
    }

    #[test]
    fn long_chinese_is_cut_and_names_are_not() {
        assert_eq!(asked("补贴申请"), ["补贴", "申请"]);
        assert_eq!(asked("古丽娜"), ["古丽娜"]);
        assert_eq!(asked("“补贴申请”"), ["补贴申请"], "quoted: as it is");
        assert_eq!(asked("张伟 ZHANG 3"), ["张伟", "zhang", "3"]);
        assert_eq!(asked("！？"), [""; 0]);
    }

    #[test]
    fn single_characters_are_joined_or_dropped() {
        let cut = |parts: &[&str]| parts.iter().map(|part| (*part).to_owned()).collect();
        assert_eq!(words("买买提申请", cut(&["买", "买", "提", "申请"])), ["买买提", "申请"]);
        assert_eq!(words("补贴的申请", cut(&["补贴", "的", "申请"])), ["补贴", "申请"]);
        assert_eq!(words("甲乙", cut(&["甲", "乙"])), ["甲乙"]);
        assert_eq!(words("甲", cut(&["甲"])), ["甲"]);
    }

    #[test]
    fn a_text_fits_when_every_piece_is_in_it() {
        let texts = |text: &str| vec![text.to_owned()];
        let ask = |typed| Asked::new(typed, |han| vec![han.to_owned()]);
        assert!(ask("社保卡").finds(&texts("请带社保卡来")));
        assert!(!ask("社保卡").finds(&texts("社保、保卡")), "pairs alone are not the word");
        assert!(ask("zhang wei").finds(&texts("Weiwei met Zhang")));
        assert!(!ask("hang").finds(&texts("zhang")), "words are found by how they begin");
        assert!(ask("3").finds(&texts("到3号")) && !ask("3").finds(&texts("到33号")));
    }

    #[test]
    fn the_dictionary_is_let_go_when_nobody_asks() {
        let dictionary = Dictionary::default();
        let loaded = || dictionary.0.lock().expect("nobody panicked").words.is_some();
        assert!(!loaded());
        dictionary.cut("政务服务大厅");
        dictionary.rest();
        assert!(loaded(), "asked since");
        dictionary.rest();
        assert!(!loaded());
    }
}
