//! Markup of `/docs`: what a piece of the contract looks like. Invariant: whatever is not markup
//! of ours goes through [`escape`]; nothing is wider than a phone: lists instead
//! of tables, and examples that wrap.

use serde_json::Value;
use std::fmt::{Display, Write as _};

pub(super) const STYLE: &str = "*{box-sizing:border-box}\
    body{font:16px/1.5 system-ui,'PingFang SC','Microsoft YaHei',sans-serif;max-width:62rem;\
    margin:0 auto;padding:1rem;color:#1a1a1a;background:#fff;overflow-wrap:break-word}\
    h2{margin-top:3rem;border-bottom:2px solid}h3{margin:2.5rem 0 .5rem}\
    h4{margin:2rem 0 0;font-size:1rem}p{margin:.3rem 0}a{color:#0b57a4}\
    h3 code,h4 code,li code{overflow-wrap:anywhere}code{font-size:.92em}\
    nav,.index{display:flex;flex-wrap:wrap;gap:.3rem 1rem;margin:.5rem 0}nav a,.index a{padding:.2rem 0}\
    ul{margin:.4rem 0;padding:0;list-style:none}li{margin:.3rem 0}li span{color:#555}\
    pre{margin:.5rem 0;padding:.6rem .8rem;background:#f3f4f6;border-radius:.4rem;\
    white-space:pre-wrap;overflow-wrap:anywhere}\
    @media(prefers-color-scheme:dark){body{color:#eee;background:#161616}a{color:#8cf}\
    pre{background:#242424}li span{color:#bbb}}";

/// One line of a list: a field of a body, a parameter, an answer, a bound, an error.
pub(super) struct Field {
    pub(super) name: String,
    /// Its type, as markup.
    pub(super) of: String,
    pub(super) about: String,
    pub(super) needed: bool,
}

/// A page under construction.
pub(super) struct Html(pub(super) String);

impl Html {
    pub(super) fn add(&mut self, markup: impl Display) {
        // Writing to a String cannot fail.
        let _ = write!(self.0, "{markup}");
    }

    pub(super) fn fields(&mut self, fields: &[Field]) {
        if fields.is_empty() {
            return;
        }
        self.add("<ul>");
        for Field { name, of, about, needed } in fields {
            let optional = if *needed { "" } else { ", optional" };
            self.add(format_args!("<li>{} {of}{optional}", code(name)));
            if !about.is_empty() {
                self.add(format_args!("<br><span>{}</span>", prose(about)));
            }
        }
        self.add("</ul>");
    }

    pub(super) fn example(&mut self, json: &str) {
        self.add(format_args!("<pre><code>{}</code></pre>", escape(&indented(json))));
    }
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

pub(super) fn code(text: &str) -> String {
    format!("<code>{}</code>", escape(text))
}

pub(super) fn link(to: &str, name: &str) -> String {
    format!("<a href='#{}'>{}</a>", escape(to), escape(name))
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// A sentence of the contract; what stands between backticks is code.
pub(super) fn prose(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(n, part)| if n % 2 == 1 { code(part) } else { escape(part) }).collect()
}

/// JSON on lines of its own, its fields in the order in which they are written.
fn indented(json: &str) -> String {
    let mut laid = String::with_capacity(json.len() * 2);
    let mut depth = 0;
    let mut in_string = false;
    let mut escaped = false;
    let mut before = ' ';
    for c in json.chars() {
        let line = |depth: usize| format!("\n{}", "  ".repeat(depth));
        let opened = matches!(before, '{' | '[') && !in_string;
        if in_string {
            in_string = escaped || c != '"';
            escaped = c == '\\' && !escaped;
            laid.push(c);
        } else {
            match c {
                '}' | ']' => {
                    depth -= 1;
                    if !opened {
                        laid += &line(depth);
                    }
                }
                _ if opened => laid += &line(depth),
                _ => {}
            }
            laid.push(c);
            match c {
                '"' => in_string = true,
                '{' | '[' => depth += 1,
                ',' => laid += &line(depth),
                ':' => laid.push(' '),
                _ => {}
            }
        }
        before = if in_string { '"' } else { c };
    }
    laid
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_markup_is_escaped() {
        assert_eq!(escape("<a href='x'>&"), "&lt;a href=&#39;x&#39;>&amp;");
        assert_eq!(prose("say `<t>` & go"), "say <code>&lt;t></code> &amp; go");
    }

    #[test]
    fn examples_keep_their_order_and_their_strings() {
        let json = r#"{"t":"x","list":["{a,\"b:",{}],"body":{"n":1,"empty":[]}}"#;
        let laid = indented(json);
        assert_eq!(
            laid,
            "{\n  \"t\": \"x\",\n  \"list\": [\n    \"{a,\\\"b:\",\n    {}\n  ],\n  \
             \"body\": {\n    \"n\": 1,\n    \"empty\": []\n  }\n}"
        );
        let value = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
        assert_eq!(value(&laid), value(json));
    }
}
