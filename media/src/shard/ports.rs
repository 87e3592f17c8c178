//! The UDP ports of a shard: one an address family. Invariant: what is sent to an address leaves
//! by the port of its family, which is the one that its owner was told of.

use std::io;
use std::net::{SocketAddr, UdpSocket as StdSocket};
use tokio::net::UdpSocket;

/// Taken, but not yet served.
pub(super) struct Ports(Vec<StdSocket>);

impl Ports {
    pub(super) fn bind(listen: &[SocketAddr]) -> io::Result<Self> {
        listen.iter().map(|address| bind(*address)).collect::<io::Result<Vec<_>>>().map(Self)
    }

    pub(super) fn addresses(&self) -> Vec<SocketAddr> {
        self.0.iter().filter_map(|socket| socket.local_addr().ok()).collect()
    }

    /// Must be called where they are served.
    pub(super) fn serve(self) -> io::Result<Sockets> {
        let mut sockets = Sockets { v4: None, v6: None };
        for socket in self.0 {
            let local = socket.local_addr()?;
            let place = if local.is_ipv4() { &mut sockets.v4 } else { &mut sockets.v6 };
            *place = Some((UdpSocket::from_std(socket)?, local));
        }
        Ok(sockets)
    }
}

fn bind(address: SocketAddr) -> io::Result<StdSocket> {
    use socket2::{Domain, Protocol, Socket, Type};
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    if address.is_ipv6() {
        // So that both families can be listened on under one number.
        socket.set_only_v6(true)?;
    }
    socket.bind(&address.into())?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

pub(super) struct Sockets {
    v4: Option<(UdpSocket, SocketAddr)>,
    v6: Option<(UdpSocket, SocketAddr)>,
}

impl Sockets {
    fn of(&self, to: SocketAddr) -> Option<&(UdpSocket, SocketAddr)> {
        if to.is_ipv4() { self.v4.as_ref() } else { self.v6.as_ref() }
    }

    /// The port that an address of this family talks to.
    pub(super) fn local(&self, peer: SocketAddr) -> Option<SocketAddr> {
        self.of(peer).map(|(_, local)| *local)
    }

    /// Until something may have come to one of them; true: to the one of IPv4.
    pub(super) async fn readable(&self) -> io::Result<bool> {
        tokio::select! {
            v4 = ready(self.v4.as_ref()) => v4.map(|()| true),
            v6 = ready(self.v6.as_ref()) => v6.map(|()| false),
        }
    }

    pub(super) fn try_recv(&self, v4: bool, buffer: &mut [u8]) -> Option<(usize, SocketAddr)> {
        let (socket, _) = if v4 { self.v4.as_ref() } else { self.v6.as_ref() }?;
        // A port that nobody listens on any more comes back as an error: no concern of ours.
        socket.try_recv_from(buffer).ok()
    }

    pub(super) fn try_send(&self, datagram: &[u8], to: SocketAddr) -> io::Result<usize> {
        let (socket, _) = self.of(to).ok_or(io::ErrorKind::AddrNotAvailable)?;
        socket.try_send_to(datagram, to)
    }
}

async fn ready(socket: Option<&(UdpSocket, SocketAddr)>) -> io::Result<()> {
    match socket {
        Some((socket, _)) => socket.readable().await,
        None => std::future::pending().await,
    }
}
