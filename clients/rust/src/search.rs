//! Searching, one page at a time.

use crate::{ClientError, Door};
use protocol::{
    Millis, RoomId,
    search::{SearchAnswer, SearchKind},
};
use std::fmt::Write;

/// A question. Only `text` is needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    pub text: String,
    /// All when empty.
    pub kinds: Vec<SearchKind>,
    /// Only in this conversation.
    pub room: Option<RoomId>,
    pub from: Option<Millis>,
    pub to: Option<Millis>,
    /// `next` of the page before.
    pub cursor: Option<String>,
    pub limit: Option<usize>,
}

impl Search {
    pub fn of(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    fn path(&self) -> String {
        let mut path = "/v1/search?q=".to_owned();
        escape(&self.text, &mut path);
        let mut put = |name: &str, value: &str| {
            // Writing to a String cannot fail.
            let _ = write!(path, "&{name}=");
            escape(value, &mut path);
        };
        if !self.kinds.is_empty() {
            let kinds: Vec<&str> = self.kinds.iter().map(|kind| kind.name()).collect();
            put("kinds", &kinds.join(","));
        }
        let numbers = [("from", self.from), ("to", self.to)];
        for (name, number) in numbers {
            number.into_iter().for_each(|number| put(name, &number.to_string()));
        }
        self.room.into_iter().for_each(|room| put("room", &room.to_string()));
        self.cursor.iter().for_each(|cursor| put("cursor", cursor));
        self.limit.into_iter().for_each(|limit| put("limit", &limit.to_string()));
        path
    }
}

impl Door {
    /// What the signed-in account may see, the newest first.
    pub async fn search(&self, search: &Search) -> Result<SearchAnswer, ClientError> {
        self.get(&search.path()).await
    }
}

/// As a query takes it.
fn escape(text: &str, into: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                into.push(char::from(byte));
            }
            other => {
                let _ = write!(into, "%{other:02X}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_becomes_a_path() {
        assert_eq!(Search::of("社 a&b").path(), "/v1/search?q=%E7%A4%BE%20a%26b");
        let search = Search {
            kinds: vec![SearchKind::File, SearchKind::Mail],
            from: Some(-1),
            cursor: Some("7".to_owned()),
            limit: Some(5),
            ..Search::of("x")
        };
        let path = "/v1/search?q=x&kinds=file%2Cmail&from=-1&cursor=7&limit=5";
        assert_eq!(search.path(), path);
    }
}
