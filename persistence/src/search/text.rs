//! What of a text is searched. Chinese has no spaces, so it is indexed by pairs of neighbouring
//! characters: any two or more characters of it are found, whatever a dictionary thinks of them.
//! Other scripts are indexed by whole words and asked for by how a word begins, which serves
//! Uyghur, whose words grow at the end.
//! Invariant: index and question go through the same [`fold`], so that they meet.

/// Longer words are cut here, in the index and in the question alike: nobody types more.
const WORD_CHARS_MAX: usize = 32;

/// A character as it is compared: lower case, half width, without what is only ornament.
pub(super) fn fold(ch: char) -> impl Iterator<Item = char> {
    let plain = match ch {
        // Full-width forms of ASCII, as Chinese keyboards type them.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(ch) - 0xfee0),
        // Arabic script: marks, elongation and joiners are never typed when searching.
        '\u{064b}'..='\u{0652}' | '\u{0640}' | '\u{200c}' | '\u{200d}' => None,
        // The Persian kaf of some keyboards.
        '\u{06a9}' => Some('\u{0643}'),
        ch => Some(ch),
    };
    plain.into_iter().flat_map(char::to_lowercase)
}

pub(super) fn folded(text: &str) -> String {
    text.chars().flat_map(fold).collect()
}

pub(super) fn is_han(ch: char) -> bool {
    matches!(ch,
        '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{323af}' | '\u{3005}' | '\u{3007}')
}

/// A stretch of one sort of characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Run<'a> {
    Han(&'a str),
    Word(&'a str),
}

/// The runs of a folded text, each with its place in bytes; what is neither is between them.
pub(super) fn runs(folded: &str) -> impl Iterator<Item = (usize, Run<'_>)> {
    let mut chars = folded.char_indices().peekable();
    std::iter::from_fn(move || {
        loop {
            let (start, first) = chars.next()?;
            let han = is_han(first);
            if !han && !first.is_alphanumeric() {
                continue;
            }
            let same = |ch: char| is_han(ch) == han && (han || ch.is_alphanumeric());
            while chars.next_if(|(_, ch)| same(*ch)).is_some() {}
            let end = chars.peek().map_or(folded.len(), |(at, _)| *at);
            let run = &folded[start..end];
            return Some((start, if han { Run::Han(run) } else { Run::Word(run) }));
        }
    })
}

/// A word as the index holds it.
pub(super) fn cut_word(word: &str) -> &str {
    word.char_indices().nth(WORD_CHARS_MAX).map_or(word, |(at, _)| &word[..at])
}

/// Pairs of neighbouring characters.
pub(super) fn pairs(han: &str) -> impl Iterator<Item = &str> {
    let ends = han.char_indices().skip(2).map(|(at, _)| at).chain([han.len()]);
    let starts = han.char_indices().map(|(at, _)| at);
    let is_pair = han.chars().nth(1).is_some();
    starts.zip(ends).filter(move |_| is_pair).map(|(start, end)| &han[start..end])
}

/// Calls `each` with every term of a text. The last character of a run is a term of its own:
/// with it every single character begins some term.
pub(super) fn terms(text: &str, mut each: impl FnMut(&str)) {
    let folded = folded(text);
    for (_, run) in runs(&folded) {
        match run {
            Run::Word(word) => each(cut_word(word)),
            Run::Han(han) => {
                pairs(han).for_each(&mut each);
                if let Some((at, _)) = han.char_indices().next_back() {
                    each(&han[at..]);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        terms(text, |term| found.push(term.to_owned()));
        found
    }

    #[test]
    fn chinese_goes_in_pairs_and_the_rest_in_words() {
        assert_eq!(all("社保卡"), ["社保", "保卡", "卡"]);
        assert_eq!(all("去3号窗口 OK!"), ["去", "3", "号窗", "窗口", "口", "ok"]);
        assert_eq!(all("，。！ "), [""; 0]);
        assert_eq!(all("Ａ１Ｂ"), ["a1b"], "full width is half width");
    }

    #[test]
    fn uyghur_words_lose_their_ornament() {
        assert_eq!(all("ئائىلـــە كىنىشكىسى"), all("ئائىلە كىنىشكىسى"));
        assert_eq!(all("خىزمەت").len(), 1);
    }

    #[test]
    fn long_words_are_cut_alike_on_both_sides() {
        let long = "x".repeat(100);
        assert_eq!(all(&long), [cut_word(&long).to_owned()]);
        assert_eq!(cut_word(&long).len(), WORD_CHARS_MAX);
    }

    proptest! {
        #[test]
        fn any_piece_of_chinese_has_its_pairs_in_the_whole(
            before in "[一-龥]{0,5}", piece in "[一-龥]{2,6}", after in "[一-龥]{0,5}",
        ) {
            let whole = all(&format!("{before}{piece}{after}"));
            for pair in pairs(&piece) {
                prop_assert!(whole.iter().any(|term| term == pair));
            }
            let first: String = piece.chars().take(1).collect();
            prop_assert!(whole.iter().any(|term| term.starts_with(&first)));
        }

        #[test]
        fn no_text_breaks_it(text in "\\PC{0,60}") {
            for term in all(&text) {
                prop_assert!(!term.is_empty() && term.chars().count() <= WORD_CHARS_MAX);
            }
        }
    }
}
