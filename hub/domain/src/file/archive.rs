//! Archives: their list of contents, read without unpacking anything. The hub unpacks none;
//! whoever does must not be harmed. Invariant: a ZIP that was taken names no path outside its
//! folder and unfolds to no more than [`UNFOLDED_MAX`] or [`RATIO_MAX`] times its size.
//! Absent on purpose: the lists of RAR and 7z, which are packed or scattered over the file.

use super::refused;
use protocol::ErrorBody;

/// Bytes from the end in which a ZIP's list of contents is announced: the end record, the longest
/// comment, and the two records of Zip64 before them.
pub const TAIL_BYTES: usize = END_BYTES + 64 * 1024 + LOCATOR_BYTES + END64_BYTES;
/// A longer list of contents is not read, and the archive refused.
pub const DIRECTORY_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Unfolded, no archive of less is a danger.
const UNFOLDED_MAX: u64 = 1024 * 1024 * 1024;
/// Office documents, which are full of repetition, stay below 60.
const RATIO_MAX: u64 = 200;

const END: &[u8; 4] = b"PK\x05\x06";
const END_BYTES: usize = 22;
const LOCATOR: &[u8; 4] = b"PK\x06\x07";
const LOCATOR_BYTES: usize = 20;
const END64: &[u8; 4] = b"PK\x06\x06";
const END64_BYTES: usize = 56;
/// What END64 says of itself: its bytes after the first twelve. Longer ones hold what only the
/// maker of PKZIP writes.
const END64_SIZE: u64 = END64_BYTES as u64 - 12;
/// The extra field in which an entry writes what 32 bits do not hold.
const EXTRA64: usize = 1;
const ENTRY: &[u8; 4] = b"PK\x01\x02";
const ENTRY_BYTES: usize = 46;
const SEVEN_ZIP_HEAD_BYTES: u64 = 32;

/// Where a ZIP's list of contents lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Directory {
    pub offset: u64,
    pub bytes: u64,
}

/// Finds the list in the last bytes of a file of so many. Strict where programs differ: the end
/// record closes the file and the list ends where the records begin, so that every program that
/// unpacks reads the list that was checked.
pub fn find_directory(tail: &[u8], file_bytes: u64) -> Result<Directory, ErrorBody> {
    let closes = |at: &usize| {
        let comment = half(tail, at + 20).unwrap_or(usize::MAX);
        tail[*at..].starts_with(END) && tail.len().checked_sub(at + END_BYTES) == Some(comment)
    };
    let last = tail.len().checked_sub(END_BYTES).ok_or_else(broken)?;
    let at = (0..=last).rev().find(closes).ok_or_else(broken)?;
    let long = at.checked_sub(LOCATOR_BYTES).filter(|place| tail[*place..].starts_with(LOCATOR));
    let short = (word(tail, at + 12), word(tail, at + 16));
    let (begin, bytes, offset) = match (long, short) {
        (Some(locator), _) => find_long(tail, locator, file_bytes)?,
        (None, (Some(bytes), Some(offset))) => (at, bytes, offset),
        (None, _) => return Err(broken()),
    };
    let records = file_bytes.checked_sub((tail.len() - begin) as u64).ok_or_else(broken)?;
    if offset.checked_add(bytes) != Some(records) || bytes > DIRECTORY_BYTES_MAX {
        return Err(broken());
    }
    Ok(Directory { offset, bytes })
}

/// Where the records of a Zip64 begin in the tail, and what they say of the list.
fn find_long(tail: &[u8], locator: usize, bytes: u64) -> Result<(usize, u64, u64), ErrorBody> {
    let at = locator.checked_sub(END64_BYTES).ok_or_else(broken)?;
    let named = long(tail, locator + 8).ok_or_else(broken)?;
    let here = bytes.checked_sub((tail.len() - at) as u64);
    let known = tail[at..].starts_with(END64) && long(tail, at + 4) == Some(END64_SIZE);
    match (long(tail, at + 40), long(tail, at + 48)) {
        (Some(list), Some(offset)) if known && here == Some(named) => Ok((at, list, offset)),
        _ => Err(broken()),
    }
}

/// Reads the list of a file of so many bytes, to its last byte: what is hidden behind an end that
/// is none would be unpacked all the same.
pub fn check_directory(mut list: &[u8], file_bytes: u64) -> Result<(), ErrorBody> {
    let mut unfolded = 0_u64;
    while !list.is_empty() {
        let lengths = (half(list, 28), half(list, 30), half(list, 32));
        let (Some(name), Some(extra), Some(comment)) = lengths else { return Err(broken()) };
        let (named, noted) = (ENTRY_BYTES + name, ENTRY_BYTES + name + extra);
        let rest = list.get(noted + comment..).ok_or_else(broken)?;
        if !list.starts_with(ENTRY) {
            return Err(broken());
        }
        unfolded = unfolded.saturating_add(size_of(list, &list[named..noted]));
        if leaves_its_folder(&list[ENTRY_BYTES..named]) {
            let message = "the archive holds a file that would be unpacked outside its folder";
            return Err(refused("drive.archive_hostile", message));
        }
        list = rest;
    }
    if unfolded > UNFOLDED_MAX && unfolded / RATIO_MAX > file_bytes {
        let message = "the archive unfolds to far more than it is";
        return Err(refused("drive.archive_bomb", message));
    }
    Ok(())
}

/// What an entry unfolds to: as its header says, or its Zip64 field where that cannot say it.
fn size_of(entry: &[u8], mut extra: &[u8]) -> u64 {
    let plain = word(entry, 24).unwrap_or_default();
    while let (true, Some(id), Some(bytes)) =
        (plain == u64::from(u32::MAX), half(extra, 0), half(extra, 2))
    {
        if let (EXTRA64, 8.., Some(size)) = (id, bytes, long(extra, 4)) {
            return size;
        }
        extra = extra.get(4 + bytes..).unwrap_or_default();
    }
    plain
}

/// The first bytes of a 7z say where its list lies, which is packed itself: a file that was cut
/// off is told, what is inside is not.
pub fn check_seven_zip(head: &[u8], file_bytes: u64) -> Result<(), ErrorBody> {
    let ends = match (long(head, 12), long(head, 20)) {
        (Some(offset), Some(bytes)) => {
            offset.checked_add(bytes).and_then(|end| end.checked_add(SEVEN_ZIP_HEAD_BYTES))
        }
        _ => None,
    };
    if ends.is_some_and(|end| end <= file_bytes) { Ok(()) } else { Err(broken()) }
}

fn half(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..at + 2)?;
    bytes.try_into().ok().map(|bytes| usize::from(u16::from_le_bytes(bytes)))
}

fn word(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..at + 4)?;
    bytes.try_into().ok().map(|bytes| u64::from(u32::from_le_bytes(bytes)))
}

fn long(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..at + 8)?;
    bytes.try_into().ok().map(u64::from_le_bytes)
}

fn leaves_its_folder(name: &[u8]) -> bool {
    let parts = name.split(|byte| matches!(byte, b'/' | b'\\'));
    name.contains(&0)
        || name.first().is_some_and(|byte| matches!(byte, b'/' | b'\\'))
        || name.get(1) == Some(&b':')
        || parts.into_iter().any(|part| part == b"..")
}

fn broken() -> ErrorBody {
    refused("drive.archive_broken", "the archive's list of contents cannot be read")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, unfolded: u32) -> Vec<u8> {
        let mut entry = vec![0; ENTRY_BYTES];
        entry[..4].copy_from_slice(ENTRY);
        entry[24..28].copy_from_slice(&unfolded.to_le_bytes());
        entry[28..30].copy_from_slice(&u16::try_from(name.len()).unwrap().to_le_bytes());
        entry.extend(name.as_bytes());
        entry
    }

    fn check(entries: &[Vec<u8>], file_bytes: u64) -> Option<String> {
        let checked = check_directory(&entries.concat(), file_bytes);
        checked.err().map(|error| error.code.into_owned())
    }

    #[test]
    fn hostile_archives_are_told() {
        assert_eq!(check(&[entry("word/document.xml", 9_000)], 900), None);
        for name in ["../evil", "a/../../b", "/etc/passwd", "C:\\x", "a\\..\\b", "a\0b"] {
            let refused = check(&[entry("good", 1), entry(name, 1)], 900);
            assert_eq!(refused.as_deref(), Some("drive.archive_hostile"), "{name:?}");
        }
        let bomb: Vec<_> = (0..16).map(|n| entry(&n.to_string(), u32::MAX)).collect();
        assert_eq!(check(&bomb, 42_000).as_deref(), Some("drive.archive_bomb"));
        assert_eq!(check(&bomb, 16 << 30), None, "large, and no bomb");
        let mut cut = entry("name", 1);
        cut.pop();
        assert_eq!(check(&[cut], 900).as_deref(), Some("drive.archive_broken"));
        let hidden = [entry("good", 1), vec![0], entry("../evil", 1)];
        assert_eq!(check(&hidden, 900).as_deref(), Some("drive.archive_broken"));
    }

    /// What closes a ZIP of one entry, list and all.
    fn closed(offset: u32, comment: &[u8]) -> Vec<u8> {
        let mut tail = entry("a", 1);
        let bytes = u32::try_from(tail.len()).unwrap();
        tail.extend(END);
        tail.extend([0; 8]);
        tail.extend(bytes.to_le_bytes());
        tail.extend(offset.to_le_bytes());
        tail.extend(u16::try_from(comment.len()).unwrap().to_le_bytes());
        tail.extend(comment);
        tail
    }

    #[test]
    fn the_list_is_found_from_the_end() {
        let bytes = (ENTRY_BYTES + 1) as u64;
        for comment in [&b""[..], b"2026", b"PK\x05\x06 is only said"] {
            let tail = closed(100, comment);
            let file_bytes = 100 + tail.len() as u64;
            let found = find_directory(&tail, file_bytes).unwrap();
            assert_eq!(found, Directory { offset: 100, bytes });
            assert!(find_directory(&tail, file_bytes + 1).is_err(), "something lies between");
            assert!(find_directory(&[&tail[..], b"\n"].concat(), file_bytes + 1).is_err());
        }
        assert!(find_directory(b"nothing", 7).is_err());
        assert!(find_directory(b"nothing that would be the end of a ZIP", 38).is_err());
    }

    /// As Python's `zipfile` writes it when told that nothing fits into the plain form.
    const LONG: &str = "504b03042d00000000000000215c86a61036ffffffffffffffff05001400612e747874\
        010010000500000000000000050000000000000068656c6c6f504b01022d032d00000000000000215c86a610\
        36ffffffffffffffff050014000000000000000000800100000000612e747874010010000500000000000000\
        0500000000000000504b06062c000000000000002d002d000000000000000000010000000000000001000000\
        0000000047000000000000003c00000000000000504b060700000000830000000000000001000000504b0506\
        0000000001000100470000003c0000000000";

    fn bytes_of(hex: &str) -> Vec<u8> {
        let pairs = hex.as_bytes().chunks(2);
        pairs.map(|two| u8::from_str_radix(str::from_utf8(two).unwrap(), 16).unwrap()).collect()
    }

    #[test]
    fn a_zip64_is_held_to_the_same() {
        let good = bytes_of(LONG);
        let verdict = |file: &[u8]| {
            let bytes = file.len() as u64;
            let Directory { offset, bytes: list } = find_directory(file, bytes)?;
            let at = usize::try_from(offset).unwrap();
            check_directory(&file[at..at + usize::try_from(list).unwrap()], bytes)
        };
        let told = |file: &[u8]| verdict(file).err().map(|error| error.code.into_owned());
        assert_eq!(told(&good), None);
        // The first eight bytes of the last field that begins so are what it unfolds to.
        let field = good.windows(4).rposition(|four| four == [1, 0, 16, 0]).unwrap();
        let mut bomb = good.clone();
        bomb[field + 4..field + 12].copy_from_slice(&(1_u64 << 40).to_le_bytes());
        assert_eq!(told(&bomb).as_deref(), Some("drive.archive_bomb"));
        let mut hostile = good.clone();
        let name = good.windows(5).rposition(|five| five == b"a.txt").unwrap();
        hostile[name..name + 5].copy_from_slice(b"../xt");
        assert_eq!(told(&hostile).as_deref(), Some("drive.archive_hostile"));
        // Every record must be where the one after it says, and say where the list is.
        let end = good.len();
        for place in [end - 22 - 20 + 8, end - 22 - 20 - 56 + 40, end - 22 - 20 - 56 + 48] {
            for by in [1, 0xff] {
                let mut moved = good.clone();
                moved[place] = moved[place].wrapping_add(by);
                assert_eq!(told(&moved).as_deref(), Some("drive.archive_broken"), "{place}");
            }
        }
        for cut in 1..good.len() {
            assert!(verdict(&good[..cut]).is_err(), "{cut}");
        }
    }

    #[test]
    fn a_7z_that_was_cut_off_is_told() {
        let mut head = b"7z\xbc\xaf\x27\x1c\0\x04crc!".to_vec();
        head.extend(500_u64.to_le_bytes());
        head.extend(68_u64.to_le_bytes());
        head.extend([0; 4]);
        assert_eq!(check_seven_zip(&head, 600), Ok(()));
        assert!(check_seven_zip(&head, 599).is_err());
        assert!(check_seven_zip(&head[..20], 600).is_err());
        head[12..20].copy_from_slice(&u64::MAX.to_le_bytes());
        assert!(check_seven_zip(&head, u64::MAX).is_err());
    }
}
