//! Names of files. Invariant: a clean name is one component of a path, visible as what it is,
//! and no device of any system; cleaning a clean name changes nothing.

/// Characters of a name; the ending is kept when it is cut.
const CHARS_MAX: usize = 120;
/// Bytes of a name: what file systems take.
const BYTES_MAX: usize = 240;

/// What is left when nothing of a name can be kept.
const NAMELESS: &str = "file";

/// The name without path, control and direction characters, signs that a file system refuses,
/// dots and spaces at either end; a device's name gets a line before it.
pub fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|c| !is_hidden(*c)).map(replace).collect();
    let trimmed = kept.trim_matches(|c: char| c.is_whitespace() || c == '.');
    // A leading dot hides a file; the ending `.gz` of nothing is a name all the same.
    let cut = cut(trimmed);
    let cut = cut.trim_matches(|c: char| c.is_whitespace() || c == '.');
    match cut {
        "" => NAMELESS.to_owned(),
        device if is_device(device) => format!("_{device}"),
        good => good.to_owned(),
    }
}

/// Control characters, and those that turn the direction of what follows or take no room: with
/// them `photo`, turn, `gpj.exe` reads as `photoexe.jpg`.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{061c}' | '\u{fff9}'..='\u{fffb}')
}

fn replace(c: char) -> char {
    match c {
        '<' | '>' | ':' | '"' | '|' | '?' | '*' => '_',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

/// Names that Windows gives to devices, whatever their ending.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$")
        || ["COM", "LPT"].iter().any(|device| {
            let rest = stem.strip_prefix(device);
            rest.is_some_and(|n| n.chars().count() == 1 && "0123456789¹²³".contains(n))
        })
}

fn cut(name: &str) -> String {
    let fits = |name: &str| name.chars().count() <= CHARS_MAX && name.len() <= BYTES_MAX;
    if fits(name) {
        return name.to_owned();
    }
    let (mut stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if ending.chars().count() <= 16 => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    while !fits(&format!("{stem}{ending}")) {
        let Some((at, _)) = stem.char_indices().next_back() else { break };
        stem = &stem[..at];
    }
    format!("{stem}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hostile_names_become_harmless_ones() {
        for (name, clean) in [
            ("报告.docx", "报告.docx"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Windows\\win.ini", "win.ini"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("a\u{0}b\r\n.txt", "ab.txt"),
            ("a\u{200b}b.txt", "ab.txt"),
            ("CON", "_CON"),
            ("nul.txt", "_nul.txt"),
            ("com1.tar.gz", "_com1.tar.gz"),
            ("com10", "com10"),
            ("a<b>:\"|?*.txt", "a_b______.txt"),
            (" .hidden. ", "hidden"),
            ("...", "file"),
            ("", "file"),
            ("/", "file"),
            ("ھۆججەت.pdf", "ھۆججەت.pdf"),
        ] {
            assert_eq!(clean_name(name), clean, "{name:?}");
        }
        let long = format!("{}.docx", "长".repeat(300));
        let cut = clean_name(&long);
        assert!(cut.ends_with(".docx") && cut.chars().count() <= CHARS_MAX && cut.len() <= 240);
    }

    proptest! {
        #[test]
        fn a_clean_name_is_clean(name in "\\PC{0,200}|[./\\\\a\u{202e}\u{0} CON]{0,30}") {
            let clean = clean_name(&name);
            prop_assert_eq!(clean_name(&clean), clean.clone());
            prop_assert!(!clean.is_empty() && !clean.contains(['/', '\\', '\0']));
            prop_assert!(!clean.chars().any(is_hidden) && clean.len() <= BYTES_MAX + 1);
        }
    }
}
