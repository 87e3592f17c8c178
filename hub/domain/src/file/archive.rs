//! Archives: their list of contents, read without unpacking anything. The hub unpacks none;
//! whoever does must not be harmed. Invariant: a ZIP that was taken names no path outside its
//! folder and unfolds to no more than [`UNFOLDED_MAX`] or [`RATIO_MAX`] times its size.

use super::refused;
use protocol::ErrorBody;

/// Bytes from the end in which a ZIP's list of contents is announced.
pub const TAIL_BYTES: usize = 64 * 1024 + 22;
/// A longer list of contents is not read, and the archive refused.
pub const DIRECTORY_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Unfolded, no archive of less is a danger.
const UNFOLDED_MAX: u64 = 1024 * 1024 * 1024;
/// Office documents, which are full of repetition, stay below 60.
const RATIO_MAX: u64 = 200;

const END: &[u8; 4] = b"PK\x05\x06";
const ENTRY: &[u8; 4] = b"PK\x01\x02";
const ENTRY_BYTES: usize = 46;

/// Where a ZIP's list of contents lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Directory {
    pub offset: u64,
    pub bytes: u64,
}

/// Finds the list in the last bytes of a file of so many. `None`: too large a ZIP for the plain
/// form (Zip64), or one that is cut off.
pub fn find_directory(tail: &[u8], file_bytes: u64) -> Result<Option<Directory>, ErrorBody> {
    let Some(at) = tail.windows(END.len()).rposition(|window| window == END) else {
        return Err(broken());
    };
    let word = |place: usize| -> Option<u32> {
        let bytes = tail.get(at + place..at + place + 4)?;
        bytes.try_into().ok().map(u32::from_le_bytes)
    };
    let (Some(bytes), Some(offset)) = (word(12), word(16)) else { return Err(broken()) };
    if bytes == u32::MAX || offset == u32::MAX {
        return Ok(None);
    }
    let (bytes, offset) = (u64::from(bytes), u64::from(offset));
    if offset + bytes > file_bytes || bytes > DIRECTORY_BYTES_MAX {
        return Err(broken());
    }
    Ok(Some(Directory { offset, bytes }))
}

/// Reads the list of a file of so many bytes.
pub fn check_directory(mut list: &[u8], file_bytes: u64) -> Result<(), ErrorBody> {
    let mut unfolded = 0_u64;
    while list.starts_with(ENTRY) {
        let half = |place: usize| {
            let bytes = list.get(place..place + 2)?;
            bytes.try_into().ok().map(|bytes| usize::from(u16::from_le_bytes(bytes)))
        };
        let lengths = (half(28), half(30), half(32));
        let (Some(name), Some(extra), Some(comment)) = lengths else { return Err(broken()) };
        let size = list.get(24..28).and_then(|bytes| bytes.try_into().ok());
        unfolded += size.map_or(0, |bytes| u64::from(u32::from_le_bytes(bytes)));
        let name = list.get(ENTRY_BYTES..ENTRY_BYTES + name).ok_or_else(broken)?;
        if leaves_its_folder(name) {
            let message = "the archive holds a file that would be unpacked outside its folder";
            return Err(refused("drive.archive_hostile", message));
        }
        list = list.get(ENTRY_BYTES + name.len() + extra + comment..).ok_or_else(broken)?;
    }
    if unfolded > UNFOLDED_MAX && unfolded / RATIO_MAX > file_bytes {
        let message = "the archive unfolds to far more than it is";
        return Err(refused("drive.archive_bomb", message));
    }
    Ok(())
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
    }

    #[test]
    fn the_list_is_found_from_the_end() {
        let mut tail = b"....PK\x05\x06".to_vec();
        tail.extend([0; 8]);
        tail.extend(46_u32.to_le_bytes());
        tail.extend(100_u32.to_le_bytes());
        tail.extend([0; 2]);
        let found = find_directory(&tail, 1_000).unwrap();
        assert_eq!(found, Some(Directory { offset: 100, bytes: 46 }));
        assert!(find_directory(&tail, 120).is_err(), "it would lie behind the end");
        assert!(find_directory(b"nothing", 1_000).is_err());
    }
}
