//! The files of the index: what a sweep leaves, and what a reopened index knows.

use super::index::{Entry, Mark, Opened};
use std::path::PathBuf;
use tantivy::Term;
use uuid::Uuid;

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn folder(name: &str) -> Folder {
    Folder(std::env::temp_dir().join(format!("hub-search-{name}-{}", std::process::id())))
}

fn entry(seq: u64, text: &str) -> Entry {
    Entry {
        stream: Uuid::from_u128(7),
        seq,
        position: seq.cast_signed(),
        at: 0,
        kinds: 1,
        audience: None,
        desk: None,
        named: None,
        text: text.to_owned(),
    }
}

/// How many documents of the files hold a term, forgotten ones included.
fn holds(opened: &Opened, term: &str) -> u64 {
    let searcher = opened.reader.searcher();
    let term = Term::from_field_text(opened.fields.terms, term);
    searcher.doc_freq(&term).expect("readable")
}

#[test]
fn a_sweep_takes_forgotten_terms_out_of_the_files() {
    let folder = folder("sweep");
    let opened = Opened::create(&folder.0).expect("writable");
    let mut writer = opened.writer().expect("nobody else");
    for (seq, text) in [(1, "绝密"), (2, "公开"), (3, "绝密公开")] {
        opened.add(&writer, entry(seq, text)).expect("taken");
        opened.commit(&mut writer, Mark::new(1, [1; 32])).expect("committed");
    }
    assert_eq!((holds(&opened, "绝密"), holds(&opened, "公开")), (2, 2));
    opened.forget(&writer, Uuid::from_u128(7), 1).expect("taken");
    opened.forget(&writer, Uuid::from_u128(7), 3).expect("taken");
    opened.commit(&mut writer, Mark::new(2, [2; 32])).expect("committed");
    for merge in opened.begin_sweep(&mut writer).expect("begun") {
        merge.wait().expect("nothing else merges");
    }
    opened.end_sweep(&writer).expect("swept");
    assert_eq!(opened.is_dirty(), Ok(false));
    assert_eq!((holds(&opened, "绝密"), holds(&opened, "公开")), (0, 1));
    let files = std::fs::read_dir(&folder.0).expect("there").flatten();
    let terms = files.filter(|file| file.path().extension().is_some_and(|one| one == "term"));
    assert_eq!(terms.count(), 1, "the files of before are gone");
}

#[test]
fn an_index_says_how_far_it_is_and_one_process_writes() {
    let folder = folder("mark");
    assert!(Opened::open(&folder.0).expect("readable").is_none());
    let opened = Opened::create(&folder.0).expect("writable");
    let mut writer = opened.writer().expect("nobody else");
    assert!(opened.writer().is_err(), "taken");
    opened.add(&writer, entry(1, "x")).expect("taken");
    let mark = Mark::new(41, [9; 32]);
    opened.commit(&mut writer, mark).expect("committed");
    drop(writer);
    let (again, known) = Opened::open(&folder.0).expect("readable").expect("there");
    assert_eq!(known, mark);
    assert_eq!(holds(&again, "x"), 1);
    std::fs::write(folder.0.join("meta.json"), "{").expect("writable");
    assert!(Opened::open(&folder.0).expect("said in the log").is_none(), "made again");
}
