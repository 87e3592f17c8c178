//! How a file leaves: one range of it, piece by piece, with headers under which no browser runs
//! what a stranger wrote. Invariant: only pictures, sound, film and plain text are shown in
//! place; everything is sandboxed, and the type is never guessed.

use crate::Edge;
use crate::error::Answer;
use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    body::SizedStream,
    http::header::{self, HeaderMap},
};
use futures_util::stream;
use persistence::{Blob, BlobError, BlobReader, shown_in_place};
use protocol::{ErrorBody, ErrorKind, file::FileRef};
use std::{fmt::Write, ops::Range};

/// Sends a blob under the name and type of a reference to it.
pub(super) fn send(edge: &Edge, request: &HttpRequest, blob: &Blob, file: &FileRef) -> Answer {
    let tag = format!("\"{}\"", blob.id);
    let headers = request.headers();
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag)) {
        return Ok(HttpResponse::NotModified().insert_header((header::ETAG, tag)).finish());
    }
    let (mut answer, range) = match asked(headers, &tag, blob.bytes) {
        None => (HttpResponse::Ok(), 0..blob.bytes),
        Some(Ok(range)) => {
            let mut answer = HttpResponse::PartialContent();
            let told = format!("bytes {}-{}/{}", range.start, range.end - 1, blob.bytes);
            answer.insert_header((header::CONTENT_RANGE, told));
            (answer, range)
        }
        Some(Err(())) => return Ok(unsatisfiable(blob.bytes)),
    };
    dress(&mut answer, file);
    answer.insert_header((header::ETAG, tag)).insert_header((header::ACCEPT_RANGES, "bytes"));
    let length = range.end - range.start;
    let reader = edge.blobs.read(blob, range)?;
    Ok(answer.body(SizedStream::new(length, pieces(reader))))
}

/// Headers of a file's content.
pub(super) fn dress(answer: &mut HttpResponseBuilder, file: &FileRef) {
    let shown = shown_in_place(&file.media_type);
    let (kind, how) = match (shown, file.media_type.as_str()) {
        (true, "text/plain") => ("text/plain; charset=utf-8", "inline"),
        (true, media) => (media, "inline"),
        (false, media) => (media, "attachment"),
    };
    answer
        .insert_header((header::CONTENT_TYPE, kind.to_owned()))
        .insert_header((header::CONTENT_DISPOSITION, disposition(how, &file.name)))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header(("Cross-Origin-Resource-Policy", "same-origin"))
        // Asked again each time: what was recalled must not live on in a browser.
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        // Compressed already, for the most part; and a range is of the bytes as they are.
        .insert_header((header::CONTENT_ENCODING, "identity"));
}

fn pieces(
    reader: BlobReader,
) -> impl futures_util::Stream<Item = Result<bytes::Bytes, std::io::Error>> {
    stream::try_unfold(reader, |mut reader| async move {
        let piece = reader.next().await.map_err(|error: BlobError| {
            tracing::error!(%error, "a file broke off while it was sent");
            std::io::Error::other(error.to_string())
        })?;
        Ok(piece.map(|piece| (piece, reader)))
    })
}

/// The one range that is asked for; several are answered with the whole.
fn asked(headers: &HeaderMap, tag: &str, bytes: u64) -> Option<Result<Range<u64>, ()>> {
    let text = headers.get(header::RANGE)?.to_str().ok()?;
    if headers.get(header::IF_RANGE).is_some_and(|value| value.as_bytes() != tag.as_bytes()) {
        return None;
    }
    range(text, bytes)
}

fn range(text: &str, bytes: u64) -> Option<Result<Range<u64>, ()>> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    let range = match (first.trim(), last.trim()) {
        ("", last) => bytes.saturating_sub(last.parse().ok()?)..bytes,
        (first, "") => first.parse().ok()?..bytes,
        (first, last) => {
            let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
            if last < first {
                return None;
            }
            first..last.saturating_add(1).min(bytes)
        }
    };
    Some(if range.is_empty() { Err(()) } else { Ok(range) })
}

fn unsatisfiable(bytes: u64) -> HttpResponse {
    let message = "the file has no such range";
    let error = ErrorBody::new(ErrorKind::Invalid, "drive.no_such_range", message).field("Range");
    HttpResponse::RangeNotSatisfiable()
        .insert_header((header::CONTENT_RANGE, format!("bytes */{bytes}")))
        .json(error)
}

/// RFC 6266: a plain name for old readers, the real one in UTF-8.
fn disposition(how: &str, name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._- ".contains(c) { c } else { '_' };
    let mut text = format!("{how}; filename=\"{}\"", name.chars().map(plain).collect::<String>());
    text.push_str("; filename*=UTF-8''");
    for byte in name.bytes() {
        // Writing to a String cannot fail.
        let _ = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
                write!(text, "{}", char::from(byte))
            }
            _ => write!(text, "%{byte:02X}"),
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        for (text, expected) in [
            ("bytes=0-9", Some(Ok(0..10))),
            ("bytes=5-", Some(Ok(5..100))),
            ("bytes=-5", Some(Ok(95..100))),
            ("bytes=-500", Some(Ok(0..100))),
            ("bytes=90-500", Some(Ok(90..100))),
            ("bytes=100-", Some(Err(()))),
            ("bytes=-0", Some(Err(()))),
            ("bytes=9-5", None),
            ("bytes=0-1,5-6", None),
            ("lines=0-1", None),
            ("bytes=x-", None),
        ] {
            assert_eq!(range(text, 100), expected, "{text}");
        }
        assert_eq!(range("bytes=0-", 0), Some(Err(())));
    }

    #[test]
    fn a_name_leaves_in_both_forms_and_breaks_no_header() {
        assert_eq!(
            disposition("attachment", "报告\".pdf"),
            "attachment; filename=\"___.pdf\"; filename*=UTF-8''%E6%8A%A5%E5%91%8A%22.pdf"
        );
    }
}
