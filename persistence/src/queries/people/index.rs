//! The people finder's index: from any one or two characters of what a person is found by to
//! the persons who have them. What is typed is looked up by its rarest pair of characters and
//! the few who remain are compared in full, so a search costs what it finds and not what is
//! stored.
//! Invariant: holds exactly the pairs of the texts it holds; a change takes the old ones away.
//! Absent on purpose: any database. Names here have two characters as often as three and are
//! typed one by one, which is less than a trigram: neither SQLite's trigram table nor
//! PostgreSQL's `pg_trgm` (which openGauss lacks) can look that up. This can, whatever the store.

use std::{
    collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, hash_map},
    ops::Bound,
};
use uuid::Uuid;

/// Two characters that follow each other, one alone, or the one that a word begins with.
type Gram = [char; 2];
const ALONE: char = '\0';
const BEGIN: char = '\u{1}';

/// What one person is found by, in lower case. Words stand between marks, so that a whole
/// word, its beginning and a part of it are all found as pieces of one text.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) account: Uuid,
    pub(crate) unit: Uuid,
    username: Box<str>,
    names: Box<str>,
    readings: Box<str>,
    initials: Box<str>,
    /// Digits only.
    phone: Box<str>,
}

/// Names are kept between these: what is typed has no line breaks.
const LINE: char = '\n';

/// What was typed, in the forms it is compared in.
pub(crate) struct Asked {
    text: String,
    whole_name: String,
    /// Pinyin is typed with or without spaces and apostrophes: zhang wei, xi'an, lü. Empty
    /// when no letter is left of it, which then fits no reading.
    latin: String,
    whole_word: String,
    /// Empty unless it can be the beginning of a phone number.
    digits: String,
}

/// How well a person fits, best first: the whole of a name, its beginning, a part of it.
type Rank = u8;
const WHOLE: Rank = 0;
const BEGINNING: Rank = 1;
const PART: Rank = 2;

/// Digits before a phone number is searched: fewer would list strangers' numbers by guess.
const PHONE_DIGITS_MIN: usize = 4;

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) account: Uuid,
    pub(crate) rank: Rank,
    pub(crate) username: String,
}

#[derive(Default)]
pub(crate) struct Index {
    entries: Vec<Entry>,
    by_account: HashMap<Uuid, u32>,
    by_username: BTreeMap<Box<str>, u32>,
    by_unit: HashMap<Uuid, Vec<u32>>,
    /// Numbers of entries, ascending.
    grams: HashMap<Gram, Vec<u32>>,
}

impl Asked {
    pub(crate) fn new(typed: &str) -> Self {
        let text = typed.trim().to_lowercase();
        let spelt = text.chars().filter(|ch| !ch.is_whitespace() && *ch != '\'');
        let latin: String = spelt.map(|ch| if ch == 'ü' { 'v' } else { ch }).collect();
        let dialled = |ch: char| ch.is_ascii_digit() || " +-()".contains(ch);
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let is_phone = digits.len() >= PHONE_DIGITS_MIN && text.chars().all(dialled);
        Self {
            whole_name: format!("{LINE}{text}{LINE}"),
            whole_word: format!(" {latin} "),
            digits: if is_phone { digits } else { String::new() },
            text,
            latin,
        }
    }
}

impl Entry {
    /// `names` are one a line, readings as `pinyin` makes them: each after a space.
    pub(crate) fn new(
        (account, unit): (Uuid, Uuid),
        username: &str,
        names: &str,
        (readings, initials): (&str, &str),
        phone: &str,
    ) -> Self {
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        Self {
            account,
            unit,
            username: username.into(),
            names: format!("{LINE}{names}{LINE}").into(),
            readings: format!("{readings} ").into(),
            initials: format!("{initials} ").into(),
            phone: digits.into(),
        }
    }

    fn rank(&self, asked: &Asked) -> Option<Rank> {
        let Asked { text, whole_name, latin, whole_word, digits } = asked;
        let (name, word) = (beginning(whole_name), beginning(whole_word));
        if *self.username == **text || self.names.contains(whole_name.as_str()) {
            return Some(WHOLE);
        }
        let spelt = !latin.is_empty();
        if self.username.starts_with(text.as_str())
            || self.names.contains(name)
            || (spelt && self.readings.contains(word))
            || (spelt && self.initials.contains(whole_word.as_str()))
        {
            return Some(BEGINNING);
        }
        let part = self.names.contains(text.as_str())
            || (spelt && self.readings.contains(latin.as_str()))
            || (spelt && self.initials.contains(word))
            || (!digits.is_empty() && self.phone.starts_with(digits.as_str()));
        part.then_some(PART)
    }

    /// What the person is found by, word for word.
    fn words(&self) -> impl Iterator<Item = &str> {
        let keys = [&self.readings, &self.initials, &self.username, &self.phone];
        let keys = keys.into_iter().flat_map(|key| key.split_whitespace());
        self.names.split(LINE).chain(keys)
    }

    /// Every gram once, in order.
    fn grams(&self) -> Vec<Gram> {
        let mut grams = Vec::with_capacity(128);
        // A pair spans no two words.
        for word in self.words() {
            let mut before = BEGIN;
            for one in word.chars() {
                grams.extend([[before, one], [one, ALONE]]);
                before = one;
            }
        }
        grams.sort_unstable();
        grams.dedup();
        grams
    }
}

impl Index {
    /// Takes a person in, or what has changed of one.
    pub(crate) fn put(&mut self, entry: Entry) {
        let now = entry.grams();
        let number = match self.by_account.get(&entry.account) {
            Some(number) => {
                let (number, unit) = (*number, entry.unit);
                let held = std::mem::replace(&mut self.entries[number as usize], entry);
                if held.unit != unit {
                    self.by_unit.entry(held.unit).or_default().retain(|one| *one != number);
                    self.by_unit.entry(unit).or_default().push(number);
                }
                let held = held.grams().into_iter();
                held.filter(|gram| now.binary_search(gram).is_err())
                    .for_each(|gone| self.take_out(number, gone));
                number
            }
            None => {
                // 2³² persons do not fit into memory.
                let number = self.entries.len() as u32;
                self.by_account.insert(entry.account, number);
                self.by_username.insert(entry.username.clone(), number);
                self.by_unit.entry(entry.unit).or_default().push(number);
                self.entries.push(entry);
                number
            }
        };
        for gram in now {
            let numbers = self.grams.entry(gram).or_default();
            // A new person has the highest number.
            if numbers.last().is_none_or(|last| *last < number) {
                numbers.push(number);
            } else if let Err(place) = numbers.binary_search(&number) {
                numbers.insert(place, number);
            }
        }
    }

    fn take_out(&mut self, number: u32, gone: Gram) {
        let hash_map::Entry::Occupied(mut numbers) = self.grams.entry(gone) else { return };
        if let Ok(place) = numbers.get().binary_search(&number) {
            numbers.get_mut().remove(place);
        }
        if numbers.get().is_empty() {
            numbers.remove();
        }
    }

    /// At most `limit` persons of `units` (or anywhere), best first and then by username,
    /// after the one named. Nothing typed lists everybody.
    pub(crate) fn find(
        &self,
        asked: &Asked,
        units: Option<&HashSet<Uuid>>,
        after: Option<(Rank, &str)>,
        limit: usize,
    ) -> Vec<Found> {
        if asked.text.is_empty() {
            return self.everybody(units, after.map(|(_, name)| name), limit);
        }
        let there = |entry: &&Entry| units.is_none_or(|units| units.contains(&entry.unit));
        // Whoever begins with what was typed comes before whoever has it inside: one letter is
        // inside nearly everybody, and a page full of beginnings needs none of those.
        if after.is_none_or(|(rank, _)| rank < PART) {
            let beginnings = self.candidates(asked, true).into_iter().filter(there);
            let page = best(beginnings, asked, BEGINNING, after, limit);
            if page.len() == limit {
                return page;
            }
        }
        best(self.candidates(asked, false).into_iter().filter(there), asked, PART, after, limit)
    }

    /// In the order of usernames.
    fn everybody(
        &self,
        units: Option<&HashSet<Uuid>>,
        after: Option<&str>,
        limit: usize,
    ) -> Vec<Found> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let in_order = self.by_username.range::<str, _>((from, Bound::Unbounded));
        let all = in_order.map(|(_, number)| &self.entries[*number as usize]);
        let entries: Vec<&Entry> = match units {
            None => all.take(limit).collect(),
            Some(units) => {
                let lists = units.iter().filter_map(|unit| self.by_unit.get(unit));
                let people = lists.clone().map(Vec::len).sum::<usize>();
                if people > self.entries.len() / 8 {
                    // Every eighth at least belongs to them: a page is soon full.
                    all.filter(|entry| units.contains(&entry.unit)).take(limit).collect()
                } else {
                    let own = lists.flatten().map(|number| &self.entries[*number as usize]);
                    let mut own: Vec<&Entry> = own
                        .filter(|entry| after.is_none_or(|name| *entry.username > *name))
                        .collect();
                    own.sort_unstable_by(|one, two| one.username.cmp(&two.username));
                    own.truncate(limit);
                    own
                }
            }
        };
        entries.into_iter().map(|entry| found(BEGINNING, entry)).collect()
    }

    /// Everybody who can fit (or can begin so), each once.
    fn candidates(&self, asked: &Asked, beginning: bool) -> Vec<&Entry> {
        let mut forms: BTreeSet<&str> = [&*asked.text, &*asked.latin, &*asked.digits].into();
        forms.remove("");
        let lists = forms.iter().filter_map(|form| self.rarest(form, beginning));
        let mut numbers: Vec<u32> = lists.flatten().copied().collect();
        if forms.len() > 1 {
            numbers.sort_unstable();
            numbers.dedup();
        }
        numbers.into_iter().map(|number| &self.entries[number as usize]).collect()
    }

    /// Those who have the gram of the text that the fewest have; `None` when nobody has all.
    fn rarest(&self, text: &str, beginning: bool) -> Option<&Vec<u32>> {
        let first = text.chars().next()?;
        let lead = if beginning { [BEGIN, first] } else { [first, ALONE] };
        let pairs = text.chars().zip(text.chars().skip(1)).map(|(one, two)| [one, two]);
        let grams = std::iter::once(lead).chain(pairs);
        let lists = grams.map(|gram| self.grams.get(&gram)).collect::<Option<Vec<_>>>()?;
        lists.into_iter().min_by_key(|list| list.len())
    }
}

/// Without the mark at the end, which is one byte.
fn beginning(whole: &str) -> &str {
    &whole[..whole.len() - 1]
}

/// Of those who fit no worse than `worst`, the best after the mark.
fn best<'e>(
    entries: impl Iterator<Item = &'e Entry>,
    asked: &Asked,
    worst: Rank,
    after: Option<(Rank, &str)>,
    limit: usize,
) -> Vec<Found> {
    // The worst of those kept is on top and gives way to a better one.
    let mut kept = BinaryHeap::with_capacity(limit + 1);
    for entry in entries {
        let Some(rank) = entry.rank(asked).filter(|rank| *rank <= worst) else { continue };
        let place = (rank, &*entry.username, entry.account);
        let is_later = after.is_none_or(|mark| (rank, &*entry.username) > mark);
        let is_better = kept.len() < limit || kept.peek().is_some_and(|last| place < *last);
        if is_later && is_better {
            kept.push(place);
            if kept.len() > limit {
                kept.pop();
            }
        }
    }
    let kept = kept.into_sorted_vec().into_iter();
    kept.map(|(rank, name, account)| Found { account, rank, username: name.to_owned() }).collect()
}

fn found(rank: Rank, entry: &Entry) -> Found {
    Found { account: entry.account, rank, username: entry.username.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pinyin;
    use proptest::prelude::*;

    fn entry(n: u128, unit: u128, username: &str, names: &[&str], phone: &str) -> Entry {
        let keys = pinyin::keys(names[0]);
        let ids = (Uuid::from_u128(n), Uuid::from_u128(unit));
        let names = names.join("\n").to_lowercase();
        Entry::new(ids, username, &names, (&keys.full, &keys.initials), phone)
    }

    fn hall() -> Index {
        let mut index = Index::default();
        for (n, (username, names, phone)) in [
            ("shanli", &["单丽", "Shan Li"][..], "13812341234"),
            ("zhangwei", &["张伟", "Zhang Wei"], "13900005678"),
            ("zhangweiwei", &["张薇薇"], "09912345678"),
            ("gulnar", &["古丽娜尔", "گۈلنار", "Gulnar"], "13912345678"),
            ("lvxian", &["吕西安"], ""),
        ]
        .into_iter()
        .enumerate()
        {
            index.put(entry(n as u128, 0, username, names, phone));
        }
        index
    }

    fn usernames(index: &Index, typed: &str) -> Vec<String> {
        let found = index.find(&Asked::new(typed), None, None, 10);
        found.into_iter().map(|found| found.username).collect()
    }

    #[test]
    fn whatever_is_typed_finds_the_best_first() {
        let index = hall();
        for (typed, expected) in [
            ("单丽", &["shanli"][..]),
            ("丽", &["gulnar", "shanli"]),
            ("danli", &["shanli"]),
            ("ZW", &["zhangwei", "zhangweiwei"]),
            ("zhangwei", &["zhangwei", "zhangweiwei"]),
            ("zhang wei", &["zhangwei", "zhangweiwei"]),
            ("wei", &["zhangwei", "zhangweiwei"]),
            ("xi'an", &["lvxian"]),
            ("lüx", &["lvxian"]),
            ("g w", &["zhangwei", "zhangweiwei"]),
            ("گۈل", &["gulnar"]),
            ("1390000", &["zhangwei"]),
            ("+139-0000", &["zhangwei"]),
            ("0991 2345", &["zhangweiwei"]),
            ("139", &[]),
            ("5678", &[]),
            ("%", &[]),
            ("'", &[]),
            ("丽 单", &[]),
            ("li\nsh", &[]),
        ] {
            assert_eq!(usernames(&index, typed), expected, "{typed:?}");
        }
    }

    #[test]
    fn a_change_is_found_by_its_new_name_only_and_leaves_nothing_behind() {
        let mut index = hall();
        let before = index.grams.len();
        index.put(entry(3, 0, "gulnar", &["热娜"], ""));
        assert_eq!(usernames(&index, "古丽"), [""; 0]);
        assert_eq!(usernames(&index, "rena"), ["gulnar"]);
        assert_eq!(usernames(&index, "gul"), ["gulnar"], "the username stays");
        index.put(entry(3, 0, "gulnar", &["古丽娜尔", "گۈلنار", "Gulnar"], "13912345678"));
        assert_eq!(index.grams.len(), before);
        assert_eq!(index.entries.len(), 5);
    }

    /// Everybody compared in full, which is what the index spares.
    fn scan(
        entries: &[Entry],
        asked: &Asked,
        units: Option<&HashSet<Uuid>>,
        limit: usize,
    ) -> Vec<Found> {
        let mut all: Vec<Found> = entries
            .iter()
            .filter(|entry| units.is_none_or(|units| units.contains(&entry.unit)))
            .filter_map(|entry| {
                let anybody = asked.text.is_empty().then_some(BEGINNING);
                Some(found(anybody.or_else(|| entry.rank(asked))?, entry))
            })
            .collect();
        all.sort_by(|a, b| (a.rank, &a.username).cmp(&(b.rank, &b.username)));
        all.truncate(limit);
        all
    }

    proptest! {
        #[test]
        fn pages_of_the_index_are_the_pages_of_a_scan(
            people in prop::collection::vec(
                (0u8..40, 0u128..10, "[a-c]{1,4}", "[张王单丽娜]{1,3}", "[0-2]{0,6}"), 1..60),
            typed in "[a-c张王单丽娜0-2 ']{0,4}|zhang?w?|[sd]han?l?i?",
            unit in prop::option::of(0u128..10),
            limit in 1usize..6,
        ) {
            let mut index = Index::default();
            // A number that comes up again is a change of the same person.
            for (n, unit, latin, zh, phone) in people {
                index.put(entry(n.into(), unit, &format!("u{n}"), &[&zh, &latin], &phone));
            }
            let units = unit.map(|unit| HashSet::from([Uuid::from_u128(unit)]));
            let asked = Asked::new(&typed);
            let expected = scan(&index.entries, &asked, units.as_ref(), usize::MAX);
            let (mut pages, mut after) = (Vec::new(), None::<(Rank, String)>);
            loop {
                let mark = after.as_ref().map(|(rank, name)| (*rank, name.as_str()));
                let page = index.find(&asked, units.as_ref(), mark, limit);
                let Some(last) = page.last() else { break };
                after = Some((last.rank, last.username.clone()));
                pages.extend(page);
            }
            prop_assert_eq!(pages, expected);
        }
    }
}
