//! Where a key frame begins, told from the first bytes of an RTP payload. Reads what anybody
//! may have sent: every length is checked, nothing panics, what is not understood is no key
//! frame. Invariant: looks at headers only, never decodes.

/// What a payload is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    Opus,
    Vp8,
    H264,
}

impl Codec {
    /// Whether a decoder that has seen nothing can begin at this packet.
    pub fn begins_keyframe(self, payload: &[u8]) -> bool {
        match self {
            // Every packet of speech stands for itself.
            Self::Opus => true,
            Self::Vp8 => vp8(payload).unwrap_or(false),
            Self::H264 => h264(payload).unwrap_or(false),
        }
    }
}

/// RFC 7741: the descriptor, then the first byte of the frame in its first partition.
fn vp8(payload: &[u8]) -> Option<bool> {
    let first = *payload.first()?;
    let starts_partition = first & 0x10 != 0 && first & 0x07 == 0;
    let mut at = 1;
    if first & 0x80 != 0 {
        let extension = *payload.get(at)?;
        at += 1;
        if extension & 0x80 != 0 {
            // A picture id of seven or of fifteen bits.
            at += if payload.get(at)? & 0x80 != 0 { 2 } else { 1 };
        }
        at += usize::from(extension & 0x40 != 0);
        at += usize::from(extension & 0x30 != 0);
    }
    let frame = payload.get(at)?;
    Some(starts_partition && frame & 0x01 == 0)
}

const IDR: u8 = 5;
const SPS: u8 = 7;
const STAP_A: u8 = 24;
const FU_A: u8 = 28;

/// RFC 6184: a single unit, several in one packet, or the first piece of one. A parameter set
/// goes before the picture that needs it, so that the frame begins with it.
fn h264(payload: &[u8]) -> Option<bool> {
    let begins = |header: u8| matches!(header & 0x1f, IDR | SPS);
    match payload.first()? & 0x1f {
        STAP_A => {
            let mut rest = &payload[1..];
            while let [high, low, inner @ ..] = rest {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                if begins(*inner.first()?) {
                    return Some(true);
                }
                rest = inner.get(length..)?;
            }
            Some(false)
        }
        FU_A => {
            let header = *payload.get(1)?;
            Some(header & 0x80 != 0 && begins(header))
        }
        _ => Some(begins(payload[0])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn h264(payload: &[u8]) -> bool {
        Codec::H264.begins_keyframe(payload)
    }

    fn vp8(payload: &[u8]) -> bool {
        Codec::Vp8.begins_keyframe(payload)
    }

    #[test]
    fn h264_begins_with_a_parameter_set_or_a_picture_that_needs_no_other() {
        assert!(h264(&[0x67, 0x42]), "SPS");
        assert!(h264(&[0x65, 0x88]), "IDR");
        assert!(!h264(&[0x41, 0x9a]), "a picture that needs another");
        assert!(!h264(&[0x68]), "PPS alone");
        assert!(h264(&[0x78, 0, 2, 0x67, 0x42, 0, 1, 0x68]), "SPS and PPS in one");
        assert!(!h264(&[0x78, 0, 1, 0x68, 0, 2, 0x41, 0x9a]), "nothing of it");
        assert!(h264(&[0x7c, 0x85, 0x88]), "the first piece of an IDR");
        assert!(!h264(&[0x7c, 0x05, 0x88]), "a later piece");
        assert!(!h264(&[0x78, 0xff, 0xff, 0x41]), "a length that lies");
        assert!(!h264(&[]));
    }

    #[test]
    fn vp8_begins_in_the_first_packet_of_a_frame_that_needs_no_other() {
        assert!(vp8(&[0x10, 0x00]));
        assert!(!vp8(&[0x10, 0x01]), "an inter frame");
        assert!(!vp8(&[0x00, 0x00]), "not the start");
        assert!(!vp8(&[0x11, 0x00]), "another partition");
        assert!(vp8(&[0x90, 0x80, 0x81, 0x02, 0x00]), "a picture id of fifteen bits");
        assert!(vp8(&[0x90, 0xe0, 0x01, 0x02, 0x20, 0x00]), "id, layer and index");
        assert!(!vp8(&[0x90, 0x80, 0x81]), "cut short");
    }

    proptest! {
        #[test]
        fn whatever_is_sent_is_read_without_panic(payload in prop::collection::vec(any::<u8>(), 0..64)) {
            for codec in [Codec::Opus, Codec::Vp8, Codec::H264] {
                codec.begins_keyframe(&payload);
            }
        }

        #[test]
        fn a_set_anywhere_in_an_aggregate_is_found(
            before in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..9), 0..5),
        ) {
            let mut payload = vec![0x78];
            for unit in &before {
                payload.extend([0, u8::try_from(unit.len() + 1).expect("short"), 0x41]);
                payload.extend(unit);
            }
            prop_assert!(!h264(&payload));
            payload.extend([0, 2, 0x67, 0x42]);
            prop_assert!(h264(&payload));
        }
    }
}
