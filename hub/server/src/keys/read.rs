//! How the text of a setting is read. Each reader says in words what it expected.

use crate::mail::MailTls;
use gateway::{ForwardedHeader, Network};
use protocol::account::Secret;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

pub(super) fn text(text: &str) -> Result<String, String> {
    if text.is_empty() { Err("some text".to_owned()) } else { Ok(text.to_owned()) }
}

pub(super) fn optional(text: &str) -> Result<Option<String>, String> {
    Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
}

pub(super) fn mail_tls(text: &str) -> Result<MailTls, String> {
    match one_of(text, &["starttls", "tls", "none"])?.as_str() {
        "tls" => Ok(MailTls::Tls),
        "none" => Ok(MailTls::None),
        _ => Ok(MailTls::StartTls),
    }
}

/// An empty text is no file.
pub(super) fn file(text: &str) -> Result<Option<PathBuf>, String> {
    Ok(Some(text).filter(|text| !text.is_empty()).map(PathBuf::from))
}

pub(super) fn number<T: FromStr + PartialOrd + std::fmt::Display>(
    text: &str,
    least: T,
    most: T,
) -> Result<T, String> {
    match text.replace('_', "").parse::<T>() {
        Ok(value) if value >= least && value <= most => Ok(value),
        _ => Err(format!("a whole number from {least} to {most}")),
    }
}

pub(super) fn seconds(text: &str) -> Result<i64, String> {
    number(text, 1_i64, 10 * 365 * 86_400).map(|seconds| seconds * 1000)
}

pub(super) fn yes_or_no(text: &str) -> Result<bool, String> {
    one_of(text, &["true", "false"]).map(|word| word == "true")
}

pub(super) fn one_of(text: &str, words: &[&str]) -> Result<String, String> {
    if words.contains(&text) {
        Ok(text.to_owned())
    } else {
        Err(format!("one of {}", words.join(", ")))
    }
}

pub(super) fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

pub(super) fn addresses(text: &str) -> Result<Vec<SocketAddr>, String> {
    let expected = "addresses with a port: 127.0.0.1:8080 or [::1]:8080";
    let read: Result<Vec<SocketAddr>, _> = list(text).map(str::parse).collect();
    match read {
        Ok(read) if !read.is_empty() => Ok(read),
        _ => Err(expected.to_owned()),
    }
}

/// None, or one of each family.
pub(super) fn ports(text: &str) -> Result<Vec<SocketAddr>, String> {
    let read: Result<Vec<SocketAddr>, _> = list(text).map(str::parse).collect();
    let one_each = |read: &Vec<SocketAddr>| {
        let v4 = read.iter().filter(|address| address.is_ipv4()).count();
        v4 <= 1 && read.len() - v4 <= 1
    };
    read.ok().filter(one_each).ok_or_else(|| {
        "at most one address of IPv4 and one of IPv6, with ports: 0.0.0.0:8080, [::]:8080".into()
    })
}

pub(super) fn ips(text: &str) -> Result<Vec<IpAddr>, String> {
    let read: Result<Vec<IpAddr>, _> = list(text).map(str::parse).collect();
    read.map_err(|_| "IP addresses, separated by commas: 192.0.2.1, 2001:db8::1".to_owned())
}

pub(super) fn networks(text: &str) -> Result<Vec<Network>, String> {
    let read: Result<Vec<Network>, _> = list(text).map(str::parse).collect();
    read.map_err(|_| "networks: 10.0.0.0/8, 2001:db8::/32".to_owned())
}

pub(super) fn forwarded_header(text: &str) -> Result<ForwardedHeader, String> {
    match one_of(&text.to_lowercase(), &["x-forwarded-for", "forwarded"])?.as_str() {
        "forwarded" => Ok(ForwardedHeader::Forwarded),
        _ => Ok(ForwardedHeader::XForwardedFor),
    }
}

/// Short ones are guessed; others do not fit into a header.
pub(super) fn token(text: &str) -> Result<Option<Secret>, String> {
    match text {
        "" => Ok(None),
        text if text.len() >= 16 && text.bytes().all(|c| c.is_ascii_graphic()) => {
            Ok(Some(Secret(text.to_owned())))
        }
        _ => Err("at least 16 letters, digits or signs, without spaces".to_owned()),
    }
}

/// One origin, or nothing: then it is the address under which a request came.
pub(super) fn public_url(text: &str) -> Result<Option<String>, String> {
    match origins(text.trim().trim_end_matches('/')) {
        Ok(mut one) if one.len() <= 1 => Ok(one.pop()),
        _ => Err("one address without a path: https://hall.example".to_owned()),
    }
}

pub(super) fn origins(text: &str) -> Result<Vec<String>, String> {
    let well = |origin: &&str| {
        let rest = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        rest.is_some_and(|rest| !rest.is_empty() && !rest.contains('/'))
    };
    if list(text).all(|origin| well(&origin)) {
        Ok(list(text).map(str::to_owned).collect())
    } else {
        // `*` would let every page of the world act with the cookies of whoever looks at it.
        Err("origins without a path: https://hall.example".to_owned())
    }
}
