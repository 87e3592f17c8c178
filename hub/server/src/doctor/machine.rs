//! Limits of the machine: open files, memory, addresses.

use super::Found;
use rustix::process::{Resource, getrlimit};
use std::io::ErrorKind;
use std::net::{Ipv6Addr, SocketAddr, TcpListener};

/// Descriptors for everything but connections: database, logs, libraries, threads.
const FILES_KEPT: u64 = 256;
/// A hall of a thousand people with several tabs each, and room to grow.
const FILES_WANTED: u64 = 16_384;
const FILES_LEAST: u64 = 1_024;

/// Of one idle connection, measured (docs/figures.md).
const CONNECTION_BYTES: u64 = 21 * 1024;
const MEMORY_WANTED: u64 = 1 << 30;
const MEMORY_LEAST: u64 = 256 << 20;

/// The hard limit: `hub serve` raises its own soft limit to it.
pub(super) fn open_files() -> Found {
    const CHECK: &str = "open files";
    let limit = getrlimit(Resource::Nofile).maximum.unwrap_or(u64::MAX);
    let connections = limit.saturating_sub(FILES_KEPT);
    let words = format!("{limit} descriptors, that is about {connections} connections at once");
    let advice = "raise it: `ulimit -n 65536`, or LimitNOFILE=65536 in the systemd unit";
    match limit {
        0..FILES_LEAST => Found::bad(CHECK, format!("{words}, too few to serve; {advice}")),
        FILES_LEAST..FILES_WANTED => Found::weak(CHECK, format!("{words}; {advice}")),
        _ => Found::ok(CHECK, words),
    }
}

pub(super) fn memory() -> Found {
    const CHECK: &str = "memory";
    let Some(free) = memory_free() else {
        return Found::weak(CHECK, "could not be told: /proc/meminfo cannot be read");
    };
    let words = format!(
        "{} MiB free, room for about {} idle connections",
        free >> 20,
        free.saturating_sub(MEMORY_LEAST / 2) / CONNECTION_BYTES
    );
    match free {
        0..MEMORY_LEAST => Found::bad(CHECK, format!("{words}: too little to serve a hall")),
        MEMORY_LEAST..MEMORY_WANTED => {
            Found::weak(CHECK, format!("{words}: little for a whole hall"))
        }
        _ => Found::ok(CHECK, words),
    }
}

/// What the machine has left, or the container this runs in when that is less.
fn memory_free() -> Option<u64> {
    let machine = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = machine.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let free = line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024;
    let number = |file: &str| {
        let text = std::fs::read_to_string(format!("/sys/fs/cgroup/{file}")).ok()?;
        text.trim().parse::<u64>().ok()
    };
    // `max` is no number: the container has no limit of its own.
    match (number("memory.max"), number("memory.current")) {
        (Some(most), Some(used)) => Some(free.min(most.saturating_sub(used))),
        _ => Some(free),
    }
}

pub(super) fn port(address: SocketAddr) -> Found {
    const CHECK: &str = "port";
    match TcpListener::bind(address) {
        Ok(_) if address.port() == 0 => Found::ok(CHECK, format!("{address}: any free one")),
        Ok(_) => Found::ok(CHECK, format!("{address} is free")),
        Err(error) if error.kind() == ErrorKind::AddrInUse => Found::bad(
            CHECK,
            format!(
                "{address} is taken. If the hub itself runs there, this is as it should be; \
                 otherwise stop the other program or choose another port with --listen"
            ),
        ),
        Err(error) if address.is_ipv6() && error.kind() == ErrorKind::AddrNotAvailable => {
            Found::weak(CHECK, format!("{address} does not exist here; the hub serves without it"))
        }
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Found::bad(
            CHECK,
            format!(
                "{address}: ports below 1024 need CAP_NET_BIND_SERVICE (see deploy/hub.service)"
            ),
        ),
        Err(error) => Found::bad(CHECK, format!("{address} cannot be used: {error}")),
    }
}

pub(super) fn ipv6() -> Found {
    const CHECK: &str = "IPv6";
    match TcpListener::bind((Ipv6Addr::LOCALHOST, 0)) {
        Ok(_) => Found::ok(CHECK, "the loopback address works"),
        Err(error) => Found::weak(
            CHECK,
            format!(
                "no IPv6 loopback ({error}); clients with IPv6 only cannot reach this machine. \
                 See `sysctl net.ipv6.conf.all.disable_ipv6`"
            ),
        ),
    }
}
