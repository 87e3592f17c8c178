//! The shape of the source, held by a test rather than by goodwill: which crate may see
//! which, who may name actix, how long a file may be, what no file may say.

use cargo_metadata::{DependencyKind, MetadataCommand};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Which crate may see which others (ARCHITECTURE.md). Nothing else compiles past this.
const ARROWS: &[(&str, &[&str])] = &[
    ("protocol", &[]),
    ("kernel", &["protocol"]),
    ("domain", &["protocol"]),
    ("persistence", &["domain", "protocol", "kernel"]),
    ("actors", &["domain", "protocol", "kernel", "media", "persistence"]),
    // Of the rules the gateway sees who asks (`domain::Who`) and the bounds (`domain::Policy`).
    ("gateway", &["actors", "domain", "protocol", "kernel", "persistence"]),
    ("client", &["protocol"]),
    ("loadtests", &["client", "protocol"]),
    ("media", &["kernel", "protocol"]),
    (
        "server",
        &["actors", "client", "domain", "gateway", "kernel", "media", "persistence", "protocol"],
    ),
];

/// One name for one subject, in every crate. A new area is added here first.
const AREAS: &[&str] = &[
    "account", "app", "calendar", "call", "contact", "drive", "notice", "plan", "room", "search",
    "task", "unit",
];

/// A file of more lines is mentioned, of many more refused.
const LINES_WARN: usize = 400;
const LINES_MAX: usize = 600;

/// What no file may say, and why not.
const BANNED: &[(&str, &str)] = &[
    ("do_send(", "ignores the mailbox's bound"),
    (concat!("todo", "!("), "finish it or leave it out"),
    (concat!("dbg", "!("), "logs are structured"),
    (concat!("FIX", "ME"), "fix it, or file an issue"),
    (concat!("XX", "X:"), "say what is meant"),
];

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("this crate lives two folders deep").to_owned()
}

/// Every Rust file of the workspace, by its path from the root.
fn sources() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let tops = ["hub", "actors", "persistence", "gateway", "media", "clients/rust", "loadtests"];
    let mut folders: Vec<PathBuf> = tops.iter().map(|top| root().join(top)).collect();
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() && path.file_name().is_none_or(|name| name != "target") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root()).expect("below the root").display().to_string();
                found.insert(name, fs::read_to_string(&path).expect("it can be read"));
            }
        }
    }
    assert!(found.len() > 20, "the sources were not found");
    found
}

/// Fails with all that is wrong, not with the first of it.
fn none(what: &str, wrong: &[String]) {
    assert!(wrong.is_empty(), "{what}:\n  {}", wrong.join("\n  "));
}

#[test]
fn crates_see_only_what_lies_below_them() {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .expect("cargo can read the workspace");
    let ours: BTreeSet<&str> =
        metadata.packages.iter().map(|package| package.name.as_str()).collect();
    let mut wrong = Vec::new();
    for package in &metadata.packages {
        let name = package.name.as_str();
        let Some((_, allowed)) = ARROWS.iter().find(|(from, _)| *from == name) else {
            wrong.push(format!("{name} has no line in ARROWS"));
            continue;
        };
        for dependency in &package.dependencies {
            let to = dependency.name.as_str();
            let development = dependency.kind == DependencyKind::Development;
            if ours.contains(to) && !allowed.contains(&to) && !development {
                wrong.push(format!("{name} → {to}"));
            }
        }
    }
    none("arrows that point up or sideways", &wrong);
}

#[test]
fn actix_is_named_by_the_kernel_and_one_session_file() {
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        if name.starts_with("hub/kernel/") || name == "gateway/src/session.rs" {
            continue;
        }
        // A test of actors needs the system that they run in.
        let test = name.contains("/tests/");
        for (n, line) in code(&text).filter(|(_, l)| !(test && l.contains("actix::System"))) {
            if word_at(line, concat!("actix", "::"))
                || line.contains(concat!("actix_web", "_actors"))
            {
                wrong.push(format!("{name}:{n}: {}", line.trim()));
            }
        }
    }
    none("files that name actix", &wrong);
}

#[test]
fn areas_do_not_import_each_other() {
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        let Some(area) = area_of(&name) else { continue };
        // What the words of an area mention of another is the protocol's business; a unit is
        // the organisation's half of area `account`.
        for (n, line) in code(&text) {
            for other in AREAS.iter().filter(|other| **other != area && !kin(area, other)) {
                let paths = [format!("crate::{other}::"), format!("super::{other}::")];
                if paths.iter().any(|path| line.contains(path.as_str())) {
                    wrong.push(format!("{name}:{n}: {}", line.trim()));
                }
            }
        }
    }
    none("areas that import another", &wrong);
}

fn kin(a: &str, b: &str) -> bool {
    matches!((a, b), ("account", "unit") | ("unit", "account"))
}

/// The area that a file of a horizontal crate belongs to.
fn area_of(name: &str) -> Option<&'static str> {
    let crates = ["hub/domain/src/", "actors/src/", "gateway/src/"];
    let inner = crates.iter().find_map(|top| name.strip_prefix(top))?;
    let first = inner.split('/').next()?.trim_end_matches(".rs");
    AREAS.iter().copied().find(|area| *area == first)
}

#[test]
fn files_begin_by_saying_what_they_own() {
    let begins = |text: &str| text.lines().next().is_some_and(|line| line.starts_with("//! "));
    let wrong: Vec<String> =
        sources().into_iter().filter(|(_, text)| !begins(text)).map(|(name, _)| name).collect();
    none("files whose first line is no `//! …`", &wrong);
}

#[test]
fn files_stay_short_enough_to_read() {
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        let lines = text.lines().count();
        if lines > LINES_MAX {
            wrong.push(format!("{name}: {lines} lines (at most {LINES_MAX})"));
        } else if lines > LINES_WARN {
            eprintln!("long: {name}: {lines} lines (wanted: {LINES_WARN})");
        }
    }
    none("files that are too long", &wrong);
}

#[test]
fn banned_words_are_nowhere() {
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        if name.ends_with("tests/hub/tidy.rs") {
            continue;
        }
        for (n, line) in code(&text) {
            for (word, why) in BANNED {
                if line.contains(word) {
                    wrong.push(format!("{name}:{n}: {word} {why}"));
                }
            }
        }
    }
    none("banned words", &wrong);
}

#[test]
fn tests_neither_sleep_nor_are_ignored() {
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        if name.ends_with("tests/hub/tidy.rs") {
            continue;
        }
        let tests_only = name.contains("/tests/");
        let mut in_tests = tests_only;
        for (n, line) in code(&text) {
            in_tests |= line.contains("#[cfg(test)]");
            let sleeps = line.contains("thread::sleep") || line.contains("time::sleep(");
            if in_tests && (sleeps || line.trim_start().starts_with("#[ignore")) {
                wrong.push(format!("{name}:{n}: {}", line.trim()));
            }
        }
    }
    none("tests that sleep or are ignored", &wrong);
}

/// Lines that are no comments, numbered from 1.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = text.lines().enumerate().map(|(n, line)| (n + 1, line));
    numbered.filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Whether `word` stands in `line` with nothing of a name before it.
fn word_at(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && c != '_')
    })
}
