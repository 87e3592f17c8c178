//! Owns the answer to: from which address does this request come? Rate limits, the audit and
//! the log all ask here.
//! Invariant: only what a trusted proxy says is believed, and of that only the part that a
//! trusted proxy wrote: the list of hops is read from its end, where our own proxies append,
//! up to the first address that is none of ours. Whatever stands before it was sent by a
//! stranger. One header is read and the other never, since a proxy that writes the one passes
//! a forged other on untouched.

use crate::{GatewayConfig, Network};
use actix_web::{
    HttpRequest,
    http::header::{self, HeaderMap, HeaderName},
};
use std::net::{IpAddr, SocketAddr};

/// The header in which the proxies in front of this hub name the client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For: client, proxy`
    #[default]
    XForwardedFor,
    /// RFC 7239: `Forwarded: for=client, for=proxy`
    Forwarded,
}

impl ForwardedHeader {
    fn name(self) -> HeaderName {
        match self {
            Self::XForwardedFor => header::X_FORWARDED_FOR,
            Self::Forwarded => header::FORWARDED,
        }
    }

    /// The address that one hop of the list names, if it names one.
    fn address(self, hop: &str) -> Option<IpAddr> {
        match self {
            Self::XForwardedFor => node(hop),
            Self::Forwarded => {
                let pairs = hop.split(';').filter_map(|pair| pair.split_once('='));
                let mut named = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
                named.next().and_then(|(_, value)| node(value))
            }
        }
    }
}

/// The address of the client; `None` where there is no network between (tests of handlers).
pub(crate) fn of(request: &HttpRequest, config: &GatewayConfig) -> Option<IpAddr> {
    address(request.peer_addr(), request.headers(), config)
}

pub(crate) fn address(
    peer: Option<SocketAddr>,
    headers: &HeaderMap,
    config: &GatewayConfig,
) -> Option<IpAddr> {
    let peer = peer?.ip().to_canonical();
    Some(behind(peer, headers, &config.trusted_proxies, config.forwarded_header))
}

pub(crate) fn is_one_of(networks: &[Network], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(address))
}

/// Whether the request came through a proxy, ours or not.
pub(crate) fn is_forwarded(headers: &HeaderMap) -> bool {
    const SIGNS: [&str; 6] = [
        "forwarded",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-real-ip",
        "via",
    ];
    SIGNS.into_iter().any(|sign| headers.contains_key(sign))
}

fn behind(
    peer: IpAddr,
    headers: &HeaderMap,
    trusted: &[Network],
    header: ForwardedHeader,
) -> IpAddr {
    let mut nearest = peer;
    if !is_one_of(trusted, peer) {
        return peer;
    }
    // Several lines of one header are one list, in their order.
    let lines: Vec<&str> =
        headers.get_all(header.name()).map(|line| line.to_str().unwrap_or_default()).collect();
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        // A hop that names nobody (`unknown`, `_hidden`) hides all that is before it.
        let Some(address) = header.address(hop) else { break };
        nearest = address;
        if !is_one_of(trusted, address) {
            break;
        }
    }
    nearest
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]`, `"[2001:db8::1]:4711"`
fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse::<IpAddr>().ok();
    let address = address.or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn seen(peer: &str, header: ForwardedHeader, lines: &[(&str, &str)]) -> String {
        let trusted = ["10.0.0.0/8", "::1", "2001:db8:1::/48"];
        let trusted = trusted.map(|network| network.parse().expect("a network"));
        let request =
            lines.iter().fold(TestRequest::get(), |request, line| request.append_header(*line));
        let request = request.to_http_request();
        behind(peer.parse().expect("an address"), request.headers(), &trusted, header).to_string()
    }

    #[test]
    fn the_last_address_that_is_none_of_ours_is_the_client() {
        for (peer, list, client) in [
            ("10.0.0.1", "203.0.113.7", "203.0.113.7"),
            ("10.0.0.1", "203.0.113.7, 10.0.0.2, 10.0.0.3", "203.0.113.7"),
            ("::1", "2001:db8:2::9", "2001:db8:2::9"),
            ("2001:db8:1::5", "\"[2001:db8:2::9]:4711\", 10.0.0.2", "2001:db8:2::9"),
            ("10.0.0.1", "203.0.113.7:60123", "203.0.113.7"),
            ("10.0.0.1", "::ffff:203.0.113.7", "203.0.113.7"),
            // Everybody is ours: the first of them asked.
            ("10.0.0.1", "10.0.0.9, 10.0.0.2", "10.0.0.9"),
            ("10.0.0.1", "", "10.0.0.1"),
        ] {
            let lines = [("X-Forwarded-For", list)];
            assert_eq!(seen(peer, ForwardedHeader::XForwardedFor, &lines), client, "{list}");
        }
    }

    #[test]
    fn what_a_stranger_writes_is_not_believed() {
        let header = ForwardedHeader::XForwardedFor;
        for (peer, lines, client) in [
            // No proxy of ours.
            ("203.0.113.7", &[("X-Forwarded-For", "192.0.2.1")][..], "203.0.113.7"),
            // Sent along by the client, before what our proxy added.
            ("10.0.0.1", &[("X-Forwarded-For", "192.0.2.1, 203.0.113.7")], "203.0.113.7"),
            ("10.0.0.1", &[("X-Forwarded-For", "10.0.0.5, 203.0.113.7")], "203.0.113.7"),
            (
                "10.0.0.1",
                &[("X-Forwarded-For", "192.0.2.1"), ("X-Forwarded-For", "203.0.113.7")],
                "203.0.113.7",
            ),
            ("10.0.0.1", &[("X-Forwarded-For", "192.0.2.1, unknown, 10.0.0.2")], "10.0.0.2"),
            ("10.0.0.1", &[("X-Forwarded-For", "192.0.2.1, , ")], "10.0.0.1"),
            // The other header is never read.
            ("10.0.0.1", &[("Forwarded", "for=192.0.2.1")], "10.0.0.1"),
            (
                "10.0.0.1",
                &[("Forwarded", "for=192.0.2.1"), ("X-Forwarded-For", "203.0.113.7")],
                "203.0.113.7",
            ),
        ] {
            assert_eq!(seen(peer, header, lines), client, "{lines:?}");
        }
    }

    #[test]
    fn the_standard_header_is_read_where_it_is_chosen() {
        for (list, client) in [
            ("for=203.0.113.7;proto=https;by=10.0.0.1", "203.0.113.7"),
            ("for=192.0.2.1, For=\"[2001:db8:2::9]:4711\";host=hub, for=10.0.0.2", "2001:db8:2::9"),
            ("for=192.0.2.1, for=_hidden", "10.0.0.1"),
            ("for=192.0.2.1, proto=https", "10.0.0.1"),
        ] {
            let lines = [("Forwarded", list), ("X-Forwarded-For", "198.51.100.4")];
            assert_eq!(seen("10.0.0.1", ForwardedHeader::Forwarded, &lines), client, "{list}");
        }
    }
}
