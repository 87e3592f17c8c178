//! The media port: where it listens and under which addresses browsers reach it.
//! Invariant: a port that an operator has named is taken or the program does not start; one that
//! nobody named is a convenience, and the hub serves without calls where it is taken already.

use crate::config::Config;
use media::shard::{News, Shard, ShardConfig};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, UdpSocket};
use tokio::sync::mpsc;

type Shards = Vec<(Shard, mpsc::Receiver<News>)>;

pub(crate) fn open(config: &Config, listeners: &[TcpListener]) -> Result<Shards, String> {
    let named = !config.media_listen.is_empty();
    let listen = if named { config.media_listen.clone() } else { beside(listeners) };
    if listen.is_empty() {
        return Ok(Vec::new());
    }
    let announce = match config.media_announce.as_slice() {
        [] => listen.iter().flat_map(|address| own(address.ip())).collect(),
        named => named.to_vec(),
    };
    match Shard::start(ShardConfig { listen: listen.clone(), announce: announce.clone() }) {
        Ok((shard, news)) => {
            tracing::info!(ports = ?shard.addresses(), ?announce, "the media port is open");
            Ok(vec![(shard, news)])
        }
        Err(error) if !named => {
            tracing::warn!(?listen, %error, "no voice and video: set media.listen to a free port");
            Ok(Vec::new())
        }
        Err(error) => Err(format!("media.listen = {listen:?}: {error}")),
    }
}

/// TCP and UDP do not share their numbers: the first address of each family serves both.
fn beside(listeners: &[TcpListener]) -> Vec<SocketAddr> {
    let all = listeners.iter().filter_map(|one| one.local_addr().ok());
    let (v4, v6): (Vec<_>, Vec<_>) = all.partition(SocketAddr::is_ipv4);
    v4.into_iter().take(1).chain(v6.into_iter().take(1)).collect()
}

/// The addresses of this machine that a port at `listen` is reached under.
fn own(listen: IpAddr) -> Vec<IpAddr> {
    if !listen.is_unspecified() {
        return vec![listen];
    }
    // Nothing is sent: the system says which of its addresses it would send from.
    let towards = |from: SocketAddr, to: SocketAddr| -> Option<IpAddr> {
        let socket = UdpSocket::bind(from).ok()?;
        socket.connect(to).ok()?;
        socket.local_addr().ok().map(|address| address.ip())
    };
    let (v4, v6) = (Ipv4Addr::UNSPECIFIED, Ipv6Addr::UNSPECIFIED);
    // Addresses for documentation: anywhere beyond this machine.
    let far = match listen {
        IpAddr::V4(_) => towards((v4, 0).into(), (Ipv4Addr::new(192, 0, 2, 1), 9).into()),
        IpAddr::V6(_) => {
            let beyond = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
            towards((v6, 0).into(), (beyond, 9).into())
        }
    };
    let near: IpAddr = match listen {
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    far.into_iter().chain([near]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_announced_where_it_listens() {
        let named = IpAddr::from([192, 0, 2, 7]);
        assert_eq!(own(named), [named]);
        let own = own(Ipv4Addr::UNSPECIFIED.into());
        assert!(own.contains(&Ipv4Addr::LOCALHOST.into()), "{own:?}");
        assert!(own.iter().all(|one| !one.is_unspecified()), "{own:?}");
    }
}
