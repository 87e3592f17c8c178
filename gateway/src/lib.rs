//! The edge of the hub: HTTP routes, the WebSocket session, sign-in cookies, limits, the
//! generated contract and the web client's files. Invariant: a command comes to
//! `actors::Hub::submit` whichever door it took, and every refusal is a `protocol::ErrorBody`.
//! Absent on purpose: rules, SQL, and any state that a restart would lose.

mod account;
mod auth;
mod commands;
mod docs;
mod error;
mod limits;
#[cfg(test)]
mod live;
mod metrics;
mod params;
mod room;
mod schema;
mod session;
mod socket;
mod streams;
mod system;
mod trace;
mod web;

pub use schema::openapi;

use actix_web::{
    App, HttpServer, Resource, Route,
    middleware::{Compress, DefaultHeaders, from_fn},
    web as route,
};
use limits::Limits;
use metrics::Metrics;
use socket::Sweeper;
use std::{
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

/// Connections that the kernel holds for us until a worker takes them: a whole hall
/// reconnects at once after a restart.
const BACKLOG: i32 = 4_096;
/// Connections of one worker; far above what one core can serve, so that memory decides.
const CONNECTIONS_PER_WORKER_MAX: usize = 100_000;

/// What an operator decides about the edge.
#[derive(Clone, Debug)]
pub struct GatewayConfig {
    pub listen: Vec<SocketAddr>,
    /// Origins whose pages may use this hub, besides its own: `https://hall.example.cn`.
    pub origins: Vec<String>,
    pub workers: usize,
    /// Demonstration mode: the accounts that can be clicked through are told to everyone.
    pub demo: bool,
    pub build: String,
    pub commands_per_second: u32,
    pub commands_burst: u32,
    /// Per address (for IPv6 per /64).
    pub sign_ins_per_minute: u32,
    /// 0: no limit, for a hub behind a proxy.
    pub connections_per_address: usize,
    pub outbox_bytes_max: usize,
    /// Whether browsers reach the hub over TLS.
    pub secure_cookie: bool,
}

/// What all workers share.
pub(crate) struct Edge {
    pub(crate) config: GatewayConfig,
    pub(crate) hub: actors::Hub,
    pub(crate) limits: Limits,
    pub(crate) metrics: Metrics,
}

/// Binds every address and answers the server, which runs once it is polled. Signals are the
/// program's business: stop it by its handle.
pub fn serve(config: GatewayConfig, hub: actors::Hub) -> io::Result<actix_web::dev::Server> {
    let listeners =
        config.listen.iter().map(|address| listen(*address)).collect::<io::Result<Vec<_>>>()?;
    let workers = config.workers.max(1);
    let limits = Limits::new(&config);
    let metrics = Metrics::new().map_err(io::Error::other)?;
    let edge = Arc::new(Edge { config, hub, limits, metrics });
    let accepting = edge.clone();
    let server = HttpServer::new(move || {
        let sweeper = Sweeper::start(edge.clone());
        App::new()
            .app_data(route::Data::from(edge.clone()))
            .app_data(sweeper)
            // Outside the middleware: a session lives for hours and wants no wrapper around it.
            .service(route::resource("/v1/ws").route(route::get().to(session::upgrade)))
            .service(
                route::scope("")
                    .wrap(Compress::default())
                    .wrap(DefaultHeaders::new().add(("X-Content-Type-Options", "nosniff")))
                    .wrap(from_fn(trace::around))
                    .configure(routes)
                    .default_service(route::to(web::file)),
            )
    })
    .on_connect(move |stream, data| session::Connection::accepted(&accepting, stream, data))
    .workers(workers)
    .max_connections(CONNECTIONS_PER_WORKER_MAX)
    .keep_alive(Duration::from_secs(75))
    .client_request_timeout(Duration::from_secs(10))
    .shutdown_timeout(10)
    .disable_signals();
    let server = listeners.into_iter().try_fold(server, HttpServer::listen)?;
    Ok(server.run())
}

fn routes(config: &mut route::ServiceConfig) {
    config
        .service(only("/v1/sign-in", route::post().to(account::sign_in)))
        .service(only("/v1/sign-out", route::post().to(account::sign_out)))
        .service(only("/v1/me", route::get().to(account::me)))
        .service(only("/v1/sessions", route::get().to(account::sessions)))
        .service(only("/v1/units", route::get().to(account::units)))
        .service(only("/v1/people", route::get().to(account::people)))
        .service(only("/v1/rooms", route::get().to(room::conversations)))
        .service(only("/v1/rooms/{room}/members", route::get().to(room::members)))
        .service(only("/v1/streams/{stream}/events", route::get().to(streams::events)))
        .service(only("/v1/commands", route::post().to(commands::submit)))
        .service(only("/v1/hello", route::get().to(system::hello)))
        .service(only("/healthz", route::get().to(system::healthz)))
        .service(only("/readyz", route::get().to(system::readyz)))
        .service(only("/metrics", route::get().to(system::metrics)))
        .service(only("/openapi.json", route::get().to(system::openapi)))
        .service(only("/frames.json", route::get().to(system::frames)))
        .service(only("/docs", route::get().to(system::docs)));
}

/// A path with one method; any other is a typed error.
fn only(path: &str, method: Route) -> Resource {
    route::resource(path).route(method).default_service(route::to(wrong_method))
}

async fn wrong_method() -> error::Answer {
    let kind = protocol::ErrorKind::Invalid;
    let message = "this path does not take this method; see /docs";
    Err(protocol::ErrorBody::new(kind, "hub.method", message).field("method").into())
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    bind(address).map_err(|error| io::Error::new(error.kind(), format!("{address}: {error}")))
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    use socket2::{Domain, Protocol, Socket, Type};
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        // So that 0.0.0.0 and [::] can be listened on side by side, whatever the system's default.
        socket.set_only_v6(true)?;
    }
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_families_listen_and_a_taken_port_is_named() {
        let four = listen("127.0.0.1:0".parse().expect("address")).expect("IPv4");
        let taken = four.local_addr().expect("bound");
        let error = listen(taken).expect_err("taken");
        assert!(error.to_string().contains(&taken.to_string()), "{error}");
        // A machine without IPv6 is allowed; one with it must not collide with IPv4.
        if let Ok(six) = listen(format!("[::]:{}", taken.port()).parse().expect("address")) {
            assert!(six.local_addr().expect("bound").is_ipv6());
        }
    }
}
