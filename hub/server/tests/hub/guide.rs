//! The user guide: what it shows exists, and what was taken for it is shown; a journey that its
//! table of coverage names is a test of that name.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn guide() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guide")
}

fn names(folder: &Path, ending: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string());
    names.map(|name| name.expect("text")).filter(|name| name.ends_with(ending)).collect()
}

/// Where the links of a page lead within the guide, without what follows a `#`.
fn links(page: &str) -> impl Iterator<Item = &str> {
    page.split("](").skip(1).filter_map(|rest| rest.split(')').next()).filter_map(|link| {
        let path = link.split('#').next().unwrap_or_default();
        (!path.is_empty() && !path.contains("://")).then_some(path)
    })
}

#[test]
fn every_link_of_the_guide_leads_somewhere_and_every_picture_is_shown() {
    let mut shown = BTreeSet::new();
    let mut broken = Vec::new();
    for name in names(&guide(), ".md") {
        let page = fs::read_to_string(guide().join(&name)).expect("a page");
        for link in links(&page) {
            if !guide().join(link).exists() {
                broken.push(format!("{name}: {link}"));
            }
            shown.extend(link.strip_prefix("pictures/").map(str::to_owned));
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
    assert_eq!(names(&guide().join("pictures"), ".webp"), shown, "taken, and shown");
}

#[test]
fn journeys_that_the_coverage_names_exist() {
    let table = fs::read_to_string(guide().join("coverage.md")).expect("the table");
    let journeys = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../clients/web/e2e");
    let mut named = 0;
    for cell in table.split('`').skip(1).step_by(2).filter(|cell| cell.contains(": ")) {
        let (file, journey) = cell.split_once(": ").expect("file: journey");
        let text =
            fs::read_to_string(journeys.join(format!("{file}.test.mjs"))).unwrap_or_default();
        assert!(text.contains(&format!("test('{journey}'")), "{cell}");
        named += 1;
    }
    assert!(named >= 22, "each of the 22 points has one, or says why not: {named}");
}
