//! How large a picture is, read from its header without decoding anything.
//! Invariant: a picture above [`PIXELS_MAX`] is refused before a decoder sees it; one whose
//! header cannot be read is no picture to us and gets no thumbnail.

use super::{FileKind, refused};
use protocol::ErrorBody;

/// Decoded, such a picture takes 256 MB: the most that one thumbnail at a time may need. The
/// cameras of telephones stay below it.
pub const PIXELS_MAX: u64 = 64 * 1024 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub width: u32,
    pub height: u32,
}

/// Refuses what would explode when decoded.
pub fn check_size(size: Size) -> Result<(), ErrorBody> {
    if u64::from(size.width) * u64::from(size.height) > PIXELS_MAX {
        let message = format!("{} × {} pixels are too many", size.width, size.height);
        return Err(refused("drive.picture_too_large", &message));
    }
    Ok(())
}

/// The size that the header names.
pub fn picture_size(kind: FileKind, head: &[u8]) -> Option<Size> {
    match kind {
        FileKind::Png => png(head),
        FileKind::Gif => gif(head),
        FileKind::Jpeg => jpeg(head),
        FileKind::Webp => webp(head),
        _ => None,
    }
}

fn number<const N: usize>(head: &[u8], at: usize) -> Option<[u8; N]> {
    head.get(at..at + N)?.try_into().ok()
}

fn png(head: &[u8]) -> Option<Size> {
    let width = u32::from_be_bytes(number(head, 16)?);
    let height = u32::from_be_bytes(number(head, 20)?);
    (head.get(12..16)? == b"IHDR").then_some(Size { width, height })
}

fn gif(head: &[u8]) -> Option<Size> {
    let width = u16::from_le_bytes(number(head, 6)?).into();
    let height = u16::from_le_bytes(number(head, 8)?).into();
    Some(Size { width, height })
}

/// Walks the segments up to the first that begins a frame.
fn jpeg(head: &[u8]) -> Option<Size> {
    let mut at = 2;
    loop {
        let [mark, kind] = number(head, at)?;
        if mark != 0xff {
            return None;
        }
        match kind {
            // Filling, and marks that stand alone.
            0xff => at += 1,
            0x01 | 0xd0..=0xd8 => at += 2,
            0xc0..=0xcf if !matches!(kind, 0xc4 | 0xc8 | 0xcc) => {
                let height = u16::from_be_bytes(number(head, at + 5)?).into();
                let width = u16::from_be_bytes(number(head, at + 7)?).into();
                return Some(Size { width, height });
            }
            _ => at += 2 + usize::from(u16::from_be_bytes(number(head, at + 2)?)),
        }
    }
}

fn webp(head: &[u8]) -> Option<Size> {
    match head.get(12..16)? {
        b"VP8X" => {
            let [a, b, c, d, e, f] = number(head, 24)?;
            let of = |low, middle, high| 1 + u32::from_le_bytes([low, middle, high, 0]);
            Some(Size { width: of(a, b, c), height: of(d, e, f) })
        }
        b"VP8 " => {
            let width = u16::from_le_bytes(number(head, 26)?) & 0x3fff;
            let height = u16::from_le_bytes(number(head, 28)?) & 0x3fff;
            Some(Size { width: width.into(), height: height.into() })
        }
        b"VP8L" => {
            let bits = u32::from_le_bytes(number(head, 21)?);
            Some(Size { width: 1 + (bits & 0x3fff), height: 1 + (bits >> 14 & 0x3fff) })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_from_headers() {
        let size = |width, height| Some(Size { width, height });
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x75\x30\0\0\x75\x30".to_vec();
        assert_eq!(picture_size(FileKind::Png, &png), size(30_000, 30_000));
        let refused = super::super::inspect("a.png", &png).unwrap_err();
        assert_eq!(refused.code, "drive.picture_too_large");
        png[16..24].copy_from_slice(b"\0\0\x04\0\0\0\x03\0");
        let (kind, small) = super::super::inspect("a.png", &png).unwrap();
        assert_eq!((kind, small), (FileKind::Png, size(1024, 768)));
        assert_eq!(picture_size(FileKind::Gif, b"GIF89a\x02\0\x03\0"), size(2, 3));
        // A comment, then the frame.
        let jpeg = b"\xff\xd8\xff\xfe\0\x04ab\xff\xc2\0\x11\x08\x01\x02\x03\x04\x03";
        assert_eq!(picture_size(FileKind::Jpeg, jpeg), size(0x304, 0x102));
        let webp = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x0f\x27\0\x07\0\0";
        assert_eq!(picture_size(FileKind::Webp, webp), size(10_000, 8));
    }

    #[test]
    fn a_broken_header_has_no_size_and_ends_the_search() {
        for head in [&b"\xff\xd8\xff"[..], b"\xff\xd8\xff\xe0\0\0", b"\xff\xd8\xff\xe0\xff\xff"] {
            assert_eq!(picture_size(FileKind::Jpeg, head), None);
        }
        assert_eq!(picture_size(FileKind::Png, b"\x89PNG"), None);
    }
}
