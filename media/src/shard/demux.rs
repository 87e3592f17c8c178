//! Whose packet it is, on the one port that all connections share. Reads what anybody on the
//! network may send: nothing panics, what belongs to nobody is nobody's.
//! Invariants: an address belongs to a connection only after a STUN request that names the
//! connection's own user name fragment, and stays with it until the connection is forgotten;
//! addresses of one connection are bounded. Whether the request was signed with the right
//! password is the connection's to check before it sends anything there.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::net::SocketAddr;

/// What shares a port with media (RFC 7983).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Stun,
    Dtls,
    Media,
    Other,
}

pub fn kind(packet: &[u8]) -> Kind {
    match packet.first() {
        Some(0..=3) => Kind::Stun,
        Some(20..=63) => Kind::Dtls,
        Some(128..=191) => Kind::Media,
        _ => Kind::Other,
    }
}

const BINDING_REQUEST: [u8; 2] = [0, 1];
const MAGIC: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const HEADER: usize = 20;
const USERNAME: u16 = 6;

/// The connection that a STUN request is for: the part of its user name before the colon.
pub fn called(packet: &[u8]) -> Option<&str> {
    if packet.get(..2)? != BINDING_REQUEST || packet.get(4..8)? != MAGIC {
        return None;
    }
    let length = usize::from(u16::from_be_bytes([packet[2], packet[3]]));
    let mut rest = packet.get(HEADER..HEADER + length)?;
    while let [a, b, c, d, value @ ..] = rest {
        let (kind, length) =
            (u16::from_be_bytes([*a, *b]), usize::from(u16::from_be_bytes([*c, *d])));
        if kind == USERNAME {
            let name = std::str::from_utf8(value.get(..length)?).ok()?;
            return name.split_once(':').map(|(own, _)| own);
        }
        rest = value.get(length.next_multiple_of(4)..)?;
    }
    None
}

/// A phone that goes from one network to the next is known from this many at a time.
const ADDRESSES_MAX: usize = 8;

/// Connections by name and by address.
#[derive(Clone, Debug)]
pub struct Demux<K> {
    names: HashMap<String, K>,
    addresses: HashMap<SocketAddr, K>,
    of: HashMap<K, VecDeque<SocketAddr>>,
}

impl<K> Default for Demux<K> {
    fn default() -> Self {
        Self { names: HashMap::new(), addresses: HashMap::new(), of: HashMap::new() }
    }
}

impl<K: Copy + Eq + Hash> Demux<K> {
    pub fn add(&mut self, name: String, connection: K) {
        self.names.insert(name, connection);
    }

    pub fn forget(&mut self, connection: K) {
        self.names.retain(|_, of| *of != connection);
        for address in self.of.remove(&connection).into_iter().flatten() {
            self.addresses.remove(&address);
        }
    }

    /// Whose packet this is.
    pub fn route(&mut self, from: SocketAddr, packet: &[u8]) -> Option<K> {
        match kind(packet) {
            Kind::Stun => match called(packet) {
                Some(name) => {
                    let connection = *self.names.get(name)?;
                    self.learn(from, connection);
                    Some(connection)
                }
                // Answers and indications come from where a request came from.
                None => self.addresses.get(&from).copied(),
            },
            Kind::Dtls | Kind::Media => self.addresses.get(&from).copied(),
            Kind::Other => None,
        }
    }

    fn learn(&mut self, from: SocketAddr, connection: K) {
        // What is somebody's stays theirs: a forged sender takes nothing over.
        if self.addresses.contains_key(&from) {
            return;
        }
        let known = self.of.entry(connection).or_default();
        if known.len() == ADDRESSES_MAX
            && let Some(oldest) = known.pop_front()
        {
            self.addresses.remove(&oldest);
        }
        known.push_back(from);
        self.addresses.insert(from, connection);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn request(name: &str) -> Vec<u8> {
        let mut attributes = vec![0x80, 0x22, 0, 3, b'a', b'b', b'c', 0];
        attributes.extend([0, 6, 0, u8::try_from(name.len()).expect("short")]);
        attributes.extend(name.bytes());
        attributes.resize(attributes.len().next_multiple_of(4), 0);
        let mut packet = vec![0, 1, 0, u8::try_from(attributes.len()).expect("short")];
        packet.extend(MAGIC);
        packet.extend([7; 12]);
        packet.extend(attributes);
        packet
    }

    fn address(port: u16) -> SocketAddr {
        ([127, 0, 0, 1], port).into()
    }

    const MEDIA: &[u8] = &[0x80, 0x60, 0, 1];

    #[test]
    fn a_request_names_its_connection_and_what_follows_is_known_by_its_address() {
        let mut demux = Demux::default();
        demux.add("left".to_owned(), 1);
        demux.add("right".to_owned(), 2);
        assert_eq!(demux.route(address(1), MEDIA), None, "nobody yet");
        assert_eq!(demux.route(address(1), &request("left:theirs")), Some(1));
        assert_eq!(demux.route(address(1), MEDIA), Some(1));
        assert_eq!(demux.route(address(1), &request("right:theirs")), Some(2), "it is asked");
        assert_eq!(demux.route(address(1), MEDIA), Some(1), "and takes nothing over");
        assert_eq!(demux.route(address(2), &request("nobody:theirs")), None);
        assert_eq!(demux.route(address(2), &[0xff, 0]), None);
        demux.forget(1);
        assert_eq!(demux.route(address(1), MEDIA), None);
        assert_eq!(demux.route(address(1), &request("left:theirs")), None);
    }

    #[test]
    fn addresses_of_one_connection_are_bounded() {
        let mut demux = Demux::default();
        demux.add("left".to_owned(), 1);
        for port in 1..=100 {
            demux.route(address(port), &request("left:theirs"));
        }
        assert_eq!((demux.addresses.len(), demux.of[&1].len()), (ADDRESSES_MAX, ADDRESSES_MAX));
        assert_eq!(demux.route(address(100), MEDIA), Some(1));
        assert_eq!(demux.route(address(1), MEDIA), None);
    }

    proptest! {
        #[test]
        fn whatever_is_sent_is_read_without_panic(packet in prop::collection::vec(any::<u8>(), 0..200)) {
            called(&packet);
            let mut like = vec![0, 1, 0, u8::try_from(packet.len()).expect("short")];
            like.extend(MAGIC);
            like.extend([0; 12]);
            like.extend(&packet);
            called(&like);
        }

        #[test]
        fn a_name_is_found_and_a_cut_packet_names_nobody(name in "[a-z0-9]{1,20}:[a-z]{1,9}", cut in 0..60_usize) {
            let whole = request(&name);
            prop_assert_eq!(called(&whole), name.split_once(':').map(|(own, _)| own));
            if cut < whole.len() {
                prop_assert_eq!(called(&whole[..cut]), None);
            }
        }
    }
}
