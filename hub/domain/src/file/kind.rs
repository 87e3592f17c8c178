//! What bytes are, told by their beginning. Invariant: what no line of the table knows is
//! unknown, and an unknown file may not bear the ending of a known one.

use super::refused;
use protocol::ErrorBody;

macro_rules! kinds {
    ($( $kind:ident = $word:literal $media:literal [$($ending:literal)*] )*) => {
        /// What a file is, by its content. Endings tell kinds of one family apart (a text
        /// document from the archive that it is), nothing else.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum FileKind { $($kind),* }

        impl FileKind {
            pub const ALL: &[FileKind] = &[$(Self::$kind),*];

            /// As stored.
            pub fn word(self) -> &'static str {
                match self { $( Self::$kind => $word, )* }
            }

            /// Of a file of this kind whose ending says no more.
            fn media(self) -> &'static str {
                match self { $( Self::$kind => $media, )* }
            }

            /// Endings that promise this kind.
            fn endings(self) -> &'static [&'static str] {
                match self { $( Self::$kind => &[$($ending),*], )* }
            }
        }
    };
}

kinds! {
    Png = "png" "image/png" ["png"]
    Jpeg = "jpeg" "image/jpeg" ["jpg" "jpeg" "jpe" "jfif"]
    Gif = "gif" "image/gif" ["gif"]
    Webp = "webp" "image/webp" ["webp"]
    Bmp = "bmp" "image/bmp" ["bmp"]
    Tiff = "tiff" "image/tiff" ["tif" "tiff"]
    Heif = "heif" "image/heic" ["heic" "heif" "avif"]
    Pdf = "pdf" "application/pdf" ["pdf"]
    Zip = "zip" "application/zip" ["zip" "docx" "xlsx" "pptx" "odt" "ods" "odp" "ofd" "epub"]
    Ole = "ole" "application/x-ole-storage" ["doc" "xls" "ppt" "wps" "et" "dps"]
    Rar = "rar" "application/vnd.rar" ["rar"]
    SevenZip = "7z" "application/x-7z-compressed" ["7z"]
    Gzip = "gzip" "application/gzip" ["gz" "tgz"]
    Bzip2 = "bzip2" "application/x-bzip2" ["bz2"]
    Xz = "xz" "application/x-xz" ["xz"]
    Tar = "tar" "application/x-tar" ["tar"]
    Mp4 = "mp4" "video/mp4" ["mp4" "m4v" "mov" "m4a" "3gp"]
    Matroska = "matroska" "video/webm" ["webm" "mkv" "weba"]
    Ogg = "ogg" "audio/ogg" ["ogg" "oga" "opus" "ogv"]
    Mp3 = "mp3" "audio/mpeg" ["mp3"]
    Wav = "wav" "audio/wav" ["wav"]
    Avi = "avi" "video/x-msvideo" ["avi"]
    Flac = "flac" "audio/flac" ["flac"]
    Amr = "amr" "audio/amr" ["amr"]
    Program = "program" "application/octet-stream" []
    Text = "text" "text/plain" []
    Unknown = "unknown" "application/octet-stream" []
}

/// Media types told by the ending where the content only says the family.
const BY_ENDING: &[(&str, &str)] = &[
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("odp", "application/vnd.oasis.opendocument.presentation"),
    ("ofd", "application/ofd"),
    ("epub", "application/epub+zip"),
    ("doc", "application/msword"),
    ("xls", "application/vnd.ms-excel"),
    ("ppt", "application/vnd.ms-powerpoint"),
    ("wps", "application/vnd.ms-works"),
    ("avif", "image/avif"),
    ("mov", "video/quicktime"),
    ("m4a", "audio/mp4"),
    ("mkv", "video/x-matroska"),
    ("weba", "audio/webm"),
    ("ogv", "video/ogg"),
];

/// Endings that a double click runs, whatever is inside.
const RUN: &[&str] = &[
    "exe", "com", "scr", "pif", "bat", "cmd", "msi", "msp", "dll", "sys", "cpl", "lnk", "url",
    "vbs", "vbe", "wsf", "wsh", "hta", "ps1", "psm1", "jar", "reg", "scf", "chm", "appx", "msix",
    "desktop", "apk", "iso", "vhd", "vhdx",
];

fn ending(name: &str) -> String {
    name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default()
}

impl FileKind {
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.word() == word)
    }

    /// Told by the first bytes.
    pub fn of(head: &[u8]) -> Self {
        let at =
            |place: usize, bytes: &[u8]| head.get(place..).is_some_and(|h| h.starts_with(bytes));
        let begins = |bytes: &[u8]| head.starts_with(bytes);
        match head {
            _ if begins(b"\x89PNG\r\n\x1a\n") => Self::Png,
            _ if begins(b"\xff\xd8\xff") => Self::Jpeg,
            _ if begins(b"GIF87a") || begins(b"GIF89a") => Self::Gif,
            _ if begins(b"RIFF") && at(8, b"WEBP") => Self::Webp,
            _ if begins(b"RIFF") && at(8, b"WAVE") => Self::Wav,
            _ if begins(b"RIFF") && at(8, b"AVI ") => Self::Avi,
            _ if begins(b"BM") && at(6, b"\0\0\0\0") => Self::Bmp,
            _ if begins(b"II*\0") || begins(b"MM\0*") => Self::Tiff,
            _ if at(4, b"ftyp") => Self::of_brand(head.get(8..12).unwrap_or_default()),
            _ if begins(b"%PDF-") => Self::Pdf,
            _ if begins(b"PK\x03\x04") || begins(b"PK\x05\x06") => Self::Zip,
            _ if begins(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") => Self::Ole,
            _ if begins(b"Rar!\x1a\x07") => Self::Rar,
            _ if begins(b"7z\xbc\xaf\x27\x1c") => Self::SevenZip,
            _ if begins(b"\x1f\x8b") => Self::Gzip,
            _ if begins(b"BZh") => Self::Bzip2,
            _ if begins(b"\xfd7zXZ\0") => Self::Xz,
            _ if at(257, b"ustar") => Self::Tar,
            _ if begins(b"\x1a\x45\xdf\xa3") => Self::Matroska,
            _ if begins(b"OggS") => Self::Ogg,
            _ if begins(b"ID3") => Self::Mp3,
            [0xff, second, ..] if second & 0xe6 == 0xe2 => Self::Mp3,
            _ if begins(b"fLaC") => Self::Flac,
            _ if begins(b"#!AMR") => Self::Amr,
            _ if is_program(head) => Self::Program,
            _ if is_text(head) => Self::Text,
            _ => Self::Unknown,
        }
    }

    fn of_brand(brand: &[u8]) -> Self {
        match brand {
            b"heic" | b"heix" | b"mif1" | b"msf1" | b"avif" | b"avis" => Self::Heif,
            _ => Self::Mp4,
        }
    }

    /// Whether a file of this content may bear this name.
    pub fn check(self, name: &str) -> Result<(), ErrorBody> {
        check_ending(name)?;
        if self == Self::Program {
            return Err(no_programs());
        }
        let ending = ending(name);
        let promised = Self::ALL.iter().find(|kind| kind.endings().contains(&ending.as_str()));
        match promised {
            Some(kind) if *kind != self => {
                let message = "the content is not what the ending of the name promises";
                Err(refused("drive.type_mismatch", message))
            }
            _ => Ok(()),
        }
    }

    /// The media type of a file of this content under this name.
    pub fn media_type(self, name: &str) -> &'static str {
        let ending = ending(name);
        if !self.endings().contains(&ending.as_str()) {
            return self.media();
        }
        let known = BY_ENDING.iter().find(|(known, _)| *known == ending);
        known.map_or(self.media(), |(_, media)| *media)
    }
}

/// Whether a name may be taken, whatever the file holds.
pub fn check_ending(name: &str) -> Result<(), ErrorBody> {
    if RUN.contains(&ending(name).as_str()) { Err(no_programs()) } else { Ok(()) }
}

fn no_programs() -> ErrorBody {
    refused("drive.type_refused", "programs are not taken")
}

/// Whether a browser may show it in place: pictures, sound, film and plain text run nothing.
/// A drawing in SVG and a page in HTML are text here and shown as their source.
pub fn inline(media_type: &str) -> bool {
    media_type == "text/plain"
        || ["image/", "audio/", "video/"].iter().any(|family| media_type.starts_with(family))
}

fn is_program(head: &[u8]) -> bool {
    let begins = |bytes: &[u8]| head.starts_with(bytes);
    begins(b"\x7fELF")
        || begins(b"MZ") && !is_text(head)
        || begins(b"\xca\xfe\xba\xbe")
        || begins(b"\xfe\xed\xfa")
        || begins(b"\xcf\xfa\xed\xfe")
        || begins(b"\xce\xfa\xed\xfe")
        || begins(b"L\0\0\0\x01\x14\x02\0")
        || begins(b"#!/")
        || begins(b"#! /")
        || begins(b"dex\n")
        || begins(b"\0asm")
}

/// Without control characters: UTF-8, or the national encoding GB 18030.
fn is_text(head: &[u8]) -> bool {
    let control = |byte: &u8| *byte < 0x20 && !matches!(*byte, b'\n' | b'\r' | b'\t' | 0x0c | 0x1b);
    if head.is_empty() || head.iter().any(|byte| control(byte) || *byte == 0x7f) {
        return false;
    }
    // A cut may fall into a character.
    let whole = match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    whole || is_gb18030(head)
}

fn is_gb18030(mut rest: &[u8]) -> bool {
    loop {
        rest = match rest {
            [] | [0x81..=0xfe] => return true,
            [0..=0x7f, rest @ ..] => rest,
            [0x81..=0xfe, 0x40..=0x7e | 0x80..=0xfe, rest @ ..] => rest,
            [0x81..=0xfe, 0x30..=0x39, 0x81..=0xfe, 0x30..=0x39, rest @ ..] => rest,
            [0x81..=0xfe, 0x30..=0x39, ..] if rest.len() < 4 => return true,
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_tells_what_a_file_is() {
        for (head, kind) in [
            (&b"\x89PNG\r\n\x1a\n\0\0"[..], FileKind::Png),
            (b"\xff\xd8\xff\xe0", FileKind::Jpeg),
            (b"RIFF\0\0\0\0WEBPVP8 ", FileKind::Webp),
            (b"\0\0\0\x18ftypmp42", FileKind::Mp4),
            (b"\0\0\0\x18ftypheic", FileKind::Heif),
            (b"%PDF-1.7", FileKind::Pdf),
            (b"PK\x03\x04", FileKind::Zip),
            (b"MZ\x90\0\x03", FileKind::Program),
            (b"\x7fELF\x02", FileKind::Program),
            (b"#!/bin/sh\n", FileKind::Program),
            ("你好，世界".as_bytes(), FileKind::Text),
            (b"\xc4\xe3\xba\xc3", FileKind::Text),
            (b"<svg onload=alert(1)>", FileKind::Text),
            (b"\0\x01\x02", FileKind::Unknown),
            (b"", FileKind::Unknown),
        ] {
            assert_eq!(FileKind::of(head), kind, "{head:?}");
            assert_eq!(FileKind::of_word(kind.word()), Some(kind));
        }
        // A cut inside a character.
        assert_eq!(FileKind::of(&"你好".as_bytes()[..5]), FileKind::Text);
    }

    #[test]
    fn an_ending_must_keep_its_promise() {
        for (kind, name, expected) in [
            (FileKind::Png, "a.png", None),
            (FileKind::Png, "a.PNG", None),
            (FileKind::Jpeg, "a.png", Some("drive.type_mismatch")),
            (FileKind::Text, "a.pdf", Some("drive.type_mismatch")),
            (FileKind::Unknown, "a.docx", Some("drive.type_mismatch")),
            (FileKind::Zip, "a.docx", None),
            (FileKind::Text, "a.csv", None),
            (FileKind::Unknown, "a.dwg", None),
            (FileKind::Program, "a.txt", Some("drive.type_refused")),
            (FileKind::Unknown, "a.exe", Some("drive.type_refused")),
            (FileKind::Text, "photo.jpg.vbs", Some("drive.type_refused")),
        ] {
            let refused = kind.check(name).err().map(|error| error.code.into_owned());
            assert_eq!(refused.as_deref(), expected, "{kind:?} {name}");
        }
    }

    #[test]
    fn media_types_and_what_is_shown_in_place() {
        assert_eq!(FileKind::Zip.media_type("a.zip"), "application/zip");
        assert!(FileKind::Zip.media_type("a.docx").ends_with("wordprocessingml.document"));
        assert_eq!(FileKind::Text.media_type("page.html"), "text/plain");
        assert_eq!(FileKind::Png.media_type("a"), "image/png");
        assert!(inline("image/png") && inline("video/mp4") && inline("text/plain"));
        assert!(!inline("application/pdf") && !inline("text/html"));
    }
}
