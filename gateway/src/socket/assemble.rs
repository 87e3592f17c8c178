//! Owns messages that arrive in pieces. Invariant: never more than one frame's bound is held.

use protocol::limits;

/// A piece of a fragmented message.
pub(crate) enum Part<'a> {
    First { text: bool, bytes: &'a [u8] },
    More(&'a [u8]),
    Last(&'a [u8]),
}

/// What the pieces so far come to.
#[derive(Debug, PartialEq)]
pub(crate) enum Assembled {
    Waiting,
    Text(String),
    Binary,
    TooLarge,
    /// Pieces out of order, or text that is not UTF-8: the stream of frames is not to be trusted.
    Broken,
}

/// Boxed, because nearly no client sends fragments and every connection holds one of these.
#[derive(Default)]
pub(crate) struct Assembler(Option<Box<(bool, Vec<u8>)>>);

impl Assembler {
    pub(crate) fn add(&mut self, part: Part<'_>) -> Assembled {
        let (bytes, last) = match part {
            Part::First { text, bytes } => {
                if self.0.is_some() {
                    return Assembled::Broken;
                }
                self.0 = Some(Box::new((text, Vec::new())));
                (bytes, false)
            }
            Part::More(bytes) => (bytes, false),
            Part::Last(bytes) => (bytes, true),
        };
        let Some(held) = &mut self.0 else { return Assembled::Broken };
        if held.1.len() + bytes.len() > limits::FRAME_BYTES_MAX {
            self.0 = None;
            return Assembled::TooLarge;
        }
        held.1.extend_from_slice(bytes);
        if !last {
            return Assembled::Waiting;
        }
        match self.0.take() {
            Some(held) if held.0 => {
                String::from_utf8(held.1).map_or(Assembled::Broken, Assembled::Text)
            }
            _ => Assembled::Binary,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_become_one_text() {
        let mut assembler = Assembler::default();
        // The cut goes through a character.
        let first = Part::First { text: true, bytes: &"你".as_bytes()[..1] };
        assert_eq!(assembler.add(first), Assembled::Waiting);
        assert_eq!(assembler.add(Part::More(&"你".as_bytes()[1..])), Assembled::Waiting);
        assert_eq!(assembler.add(Part::Last(b"!")), Assembled::Text("你!".to_owned()));
    }

    #[test]
    fn the_bound_holds_over_all_pieces() {
        let mut assembler = Assembler::default();
        let half = vec![b'x'; limits::FRAME_BYTES_MAX / 2 + 1];
        assembler.add(Part::First { text: true, bytes: &half });
        assert_eq!(assembler.add(Part::More(&half)), Assembled::TooLarge);
    }

    #[test]
    fn disorder_is_seen() {
        let mut assembler = Assembler::default();
        assert_eq!(assembler.add(Part::Last(b"x")), Assembled::Broken);
        assembler.add(Part::First { text: false, bytes: b"x" });
        assert_eq!(assembler.add(Part::First { text: true, bytes: b"x" }), Assembled::Broken);
        assert_eq!(assembler.add(Part::Last(b"y")), Assembled::Binary);
        assembler.add(Part::First { text: true, bytes: &[0xff] });
        assert_eq!(assembler.add(Part::Last(b"")), Assembled::Broken, "not UTF-8");
    }
}
