//! What people type, class by class. Invariant: every class finds something in a store that
//! [`super::history`] has made, but for the one that is named for finding nothing: whatever is
//! quick because it is not there measures nothing.

use super::words::{self, Random};
use client::Search;
use protocol::{RoomId, search::SearchKind};

pub(super) struct Class {
    pub(super) name: &'static str,
    pub(super) questions: Vec<Search>,
    finds: bool,
}

impl Class {
    pub(super) fn is_wrong(&self, found: usize) -> bool {
        !self.questions.is_empty() && self.finds != (found > 0)
    }
}

/// Three quarters of all rooms are not the asker's; `rooms` are.
pub(super) fn classes(each: usize, rooms: &[RoomId]) -> Vec<Class> {
    let mut random = Random::new(11);
    let mut class = |name, one: &mut dyn FnMut(&mut Random) -> Search| {
        let questions = (0..each).map(|_| one(&mut random)).collect();
        Class { name, questions, finds: true }
    };
    let kind = |kind, text: String| Search { kinds: vec![kind], ..Search::of(text) };
    let one_of = |random: &mut Random, typed: &[&str]| typed[random.below(typed.len())].to_owned();
    let mut classes = vec![
        class("two characters, frequent", &mut |r| Search::of(words::frequent(r))),
        class("two characters, any", &mut |r| Search::of(words::any(r))),
        class("a person's name in a text", &mut |r| Search::of(words::name(r))),
        class("a rare number", &mut |r| Search::of(words::number(r))),
        class("words in another order", &mut |r| {
            Search::of(format!("{}{}", words::any(r), words::frequent(r)))
        }),
        class("pinyin of a file's name", &mut |r| Search::of(words::pinyin(r))),
        class("initials of a file's name", &mut |r| Search::of(words::initials(r))),
        class("files only", &mut |r| kind(SearchKind::File, words::any(r))),
        class("one character", &mut |r| {
            Search::of(words::any(r).chars().take(1).collect::<String>())
        }),
        class("frequent, in one room", &mut |r| Search {
            room: Some(rooms[r.below(rooms.len())]),
            ..Search::of(words::frequent(r))
        }),
        class("a colleague", &mut |r| {
            kind(SearchKind::Person, one_of(r, &["压测", "yace", "yc", "load0000", "压测3"]))
        }),
        class("a conversation", &mut |r| {
            kind(SearchKind::Room, one_of(r, &["窗口", "chuangkou", "ck", "第"]))
        }),
    ];
    let absent = class("not there at all", &mut |r| Search::of(words::absent(r)));
    classes.push(Class { finds: false, ..absent });
    classes
}
