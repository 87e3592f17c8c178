//! When a certificate ends, read from its DER, and how soon that is worth a word. Invariant: a
//! certificate that cannot be read is one whose end is not known, never a failure.
//! Absent on purpose: everything else that a certificate says (rustls checks it).

use protocol::{Day, Millis};

const DAY_MS: Millis = 24 * 60 * 60 * 1000;
/// Days left at which somebody should hear of it, each once.
const WORTH_A_WORD: [i64; 3] = [30, 7, 1];

/// How near the end is: the fewest days of [`WORTH_A_WORD`] that it is within; 0 when it is over.
pub(crate) fn stage(ends_at: Millis, now: Millis) -> Option<i64> {
    if ends_at <= now {
        return Some(0);
    }
    WORTH_A_WORD.into_iter().rev().find(|days| ends_at - now <= days * DAY_MS)
}

/// Whole days until then, none of them negative.
pub(crate) fn days_left(ends_at: Millis, now: Millis) -> i64 {
    ((ends_at - now) / DAY_MS).max(0)
}

/// `notAfter` of a certificate (RFC 5280, 4.1).
pub(super) fn ends_at(der: &[u8]) -> Option<Millis> {
    let (_, certificate) = Der(der).next()?;
    let (_, body) = Der(certificate).next()?;
    let mut parts = Der(body);
    // The version is absent in certificates of the first kind.
    let (tag, _) = parts.next()?;
    if tag == VERSION {
        parts.next()?;
    }
    // After the serial number: signature, issuer, validity.
    let (_, validity) = parts.nth(2)?;
    let (tag, text) = Der(validity).nth(1)?;
    time(tag, std::str::from_utf8(text).ok()?)
}

const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The elements that stand one after the other: tag and content.
struct Der<'a>(&'a [u8]);

impl<'a> Iterator for Der<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (tag, rest) = self.0.split_first()?;
        let (first, rest) = rest.split_first()?;
        let (length, rest) = match *first {
            short @ ..=0x7f => (usize::from(short), rest),
            // So many bytes of length follow; a certificate needs three at most.
            long @ 0x81..=0x83 => {
                let (length, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
                (length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((*tag, content))
    }
}

/// `YYMMDDhhmmssZ` with years 1950 to 2049, or `YYYYMMDDhhmmssZ`.
fn time(tag: u8, text: &str) -> Option<Millis> {
    let digits =
        text.strip_suffix('Z').filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
    let (year, rest) = match (tag, digits.len()) {
        (UTC_TIME, 12) => {
            let year: i64 = digits[..2].parse().ok()?;
            (if year < 50 { 2000 + year } else { 1900 + year }, &digits[2..])
        }
        (GENERALIZED_TIME, 14) => (digits[..4].parse().ok()?, &digits[4..]),
        _ => return None,
    };
    let two = |at: usize| rest[at..at + 2].parse::<i64>().ok();
    let (month, day) = (two(0)?, two(2)?);
    let seconds = (two(4)? * 60 + two(6)?) * 60 + two(8)?;
    let valid = (1..=12).contains(&month) && (1..=31).contains(&day);
    valid.then(|| Day::of_civil(year, month, day).0 * DAY_MS + seconds * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    fn certificate(year: i32) -> Vec<u8> {
        let mut params = CertificateParams::new(vec!["hall.example".to_owned()]).unwrap();
        params.not_after = date_time_ymd(year, 3, 9);
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec()
    }

    #[test]
    fn the_end_is_read_in_both_forms_of_time() {
        for year in [2027, 2049, 2050, 2120] {
            let expected = Day::of_civil(i64::from(year), 3, 9).0 * DAY_MS;
            assert_eq!(ends_at(&certificate(year)), Some(expected), "{year}");
        }
    }

    #[test]
    fn what_is_cut_off_or_no_certificate_has_no_known_end() {
        let whole = certificate(2027);
        for length in 0..whole.len() {
            assert_eq!(ends_at(&whole[..length]), None, "{length}");
        }
        for bytes in [&b"nonsense"[..], &[0x30, 0x84, 0, 0, 0, 0], &[0x30, 0x80, 0, 0]] {
            assert_eq!(ends_at(bytes), None);
        }
        for text in ["", "Z", "270309Z", "27030900000é", "271309000000Z", "2703090000000"] {
            assert_eq!(time(UTC_TIME, text), None, "{text}");
        }
    }

    #[test]
    fn a_word_at_thirty_days_at_seven_at_one_and_after_the_end() {
        let at = |left: Millis| stage(1_000 * DAY_MS, 1_000 * DAY_MS - left);
        for (left, expected) in [
            (31 * DAY_MS, None),
            (30 * DAY_MS, Some(30)),
            (8 * DAY_MS, Some(30)),
            (7 * DAY_MS, Some(7)),
            (DAY_MS + 1, Some(7)),
            (DAY_MS, Some(1)),
            (1, Some(1)),
            (0, Some(0)),
            (-DAY_MS, Some(0)),
        ] {
            assert_eq!(at(left), expected, "{left}");
        }
        assert_eq!((days_left(3 * DAY_MS - 1, 0), days_left(0, DAY_MS)), (2, 0));
    }
}
