//! The edge of the hub: HTTP routes, the WebSocket session, sign-in cookies, limits, the
//! generated contract and the web client's files. Invariant: a command comes to
//! `actors::Hub::submit` whichever door it took, and every refusal is a `protocol::ErrorBody`.
//! Absent on purpose: rules, SQL, and any state that a restart would lose.

mod account;
mod app;
mod auth;
mod call;
mod client;
mod commands;
mod contact;
mod cors;
mod docs;
mod drive;
mod error;
mod limits;
mod link;
mod link_card;
#[cfg(test)]
mod live;
mod mail;
mod me;
mod metrics;
mod network;
mod notice;
mod params;
mod plan;
mod room;
mod room_groups;
mod room_readers;
mod schema;
mod search;
mod session;
mod socket;
mod streams;
mod system;
mod task;
mod trace;
mod upgrade;
mod web;

/// What rustls is told about certificates; protocols are the edge's own business.
pub use actix_tls::accept::rustls_0_23::reexports::ServerConfig as TlsConfig;
pub use client::ForwardedHeader;
pub use network::Network;
pub use schema::openapi;

use actix_http::{HttpService, body::MessageBody};
use actix_service::{
    IntoServiceFactory, ServiceFactory, ServiceFactoryExt, fn_service, map_config,
};
use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::{
    App, FromRequest, Handler, Resource, Responder,
    dev::{AppConfig, Server, ServiceRequest, ServiceResponse},
    http::Method,
    middleware::{Compress, DefaultHeaders, from_fn},
    rt::net::TcpStream,
    web as route,
};
use limits::Limits;
use metrics::Metrics;
use protocol::account::Secret;
use socket::Sweeper;
use std::{
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};
use upgrade::Connection;

/// Connections that the kernel holds for us until a worker takes them: a whole hall
/// reconnects at once after a restart.
const BACKLOG: i32 = 4_096;
/// Connections of one worker; far above what one core can serve, so that memory decides.
const CONNECTIONS_PER_WORKER_MAX: usize = 100_000;

/// What an operator decides about the edge.
#[derive(Clone, Debug)]
pub struct GatewayConfig {
    /// Origins whose pages may use this hub, besides its own: `https://hall.example.cn`.
    pub origins: Vec<String>,
    /// The address that people type; without it, the one under which a request came.
    pub public_url: Option<String>,
    pub workers: usize,
    /// Demonstration mode: the accounts that can be clicked through are told to everyone.
    pub demo: bool,
    pub build: String,
    pub commands_per_second: u32,
    pub commands_burst: u32,
    /// Per address (for IPv6 per /64).
    pub sign_ins_per_minute: u32,
    /// 0: no limit. Trusted proxies are not counted.
    pub connections_per_address: usize,
    /// Where requests may come through; what they say of the client is believed.
    pub trusted_proxies: Vec<Network>,
    /// In which header they say it.
    pub forwarded_header: ForwardedHeader,
    /// Who may read `/metrics` without a token.
    pub metrics_networks: Vec<Network>,
    /// A bearer token for `/metrics` from elsewhere.
    pub metrics_token: Option<Secret>,
    pub outbox_bytes_max: usize,
    /// Whether browsers reach the hub over TLS.
    pub secure_cookie: bool,
}

/// What all workers share.
pub(crate) struct Edge {
    pub(crate) config: GatewayConfig,
    pub(crate) hub: actors::Hub,
    pub(crate) blobs: persistence::Blobs,
    pub(crate) thumbs: drive::Thumbs,
    pub(crate) limits: Limits,
    pub(crate) metrics: Metrics,
}

/// What one worker answers at one address. Words rather than a function, because the types of
/// a plain and of a secured connection have nothing in common that could be written down;
/// `$tcp` finds the socket in either.
macro_rules! http_service {
    ($edge:ident, $address:ident, $draining:ident, $tcp:ident) => {{
        let draining = $draining.clone();
        let (entered, accepting) = ($edge.clone(), $edge.clone());
        let sweeper = Sweeper::start($edge.clone());
        HttpService::build()
            .keep_alive(Duration::from_secs(75))
            .client_request_timeout(Duration::from_secs(10))
            .local_addr($address)
            .graceful_shutdown_signal(move || {
                let draining = draining.clone();
                async move { draining.notified().await }
            })
            .on_connect_ext(move |stream, data| {
                Connection::accepted(&accepting, $tcp(stream), data);
            })
            .upgrade(fn_service(move |(request, framed)| {
                upgrade::enter(entered.clone(), sweeper.clone(), request, framed)
            }))
            .finish(map_config(
                app($edge.clone()).into_factory().map_err(|error| error.error_response()),
                |()| AppConfig::default(),
            ))
    }};
}

/// Answers the server, which runs once it is polled, with TLS at every address or at none.
/// Signals are the program's business: stop it by its handle.
pub fn serve(
    config: GatewayConfig,
    listeners: Vec<TcpListener>,
    tls: Option<TlsConfig>,
    hub: actors::Hub,
    blobs: persistence::Blobs,
) -> io::Result<Server> {
    let workers = config.workers.max(1);
    let limits = Limits::new(&config);
    let metrics = Metrics::new().map_err(io::Error::other)?;
    hub.hold_keys(blobs.keys().clone());
    let edge =
        Arc::new(Edge { config, hub, blobs, thumbs: drive::Thumbs::default(), limits, metrics });
    let server = Server::build()
        .workers(workers)
        .max_concurrent_connections(CONNECTIONS_PER_WORKER_MAX)
        .shutdown_timeout(10)
        .disable_signals();
    let server = listeners.into_iter().try_fold(server, |server, listener| {
        let address = listener.local_addr()?;
        let draining = server.graceful_shutdown_signal();
        let edge = edge.clone();
        match tls.clone() {
            None => server.listen("hub", listener, move || {
                http_service!(edge, address, draining, plain).tcp()
            }),
            Some(tls) => server.listen("hub", listener, move || {
                http_service!(edge, address, draining, secured).rustls_0_23(tls.clone())
            }),
        }
    })?;
    Ok(server.run())
}

fn plain(stream: &TcpStream) -> &TcpStream {
    stream
}

fn secured(stream: &TlsStream<TcpStream>) -> &TcpStream {
    stream.get_ref().0
}

/// What answers plain requests. Sessions are absent: see `upgrade.rs`.
fn app(
    edge: Arc<Edge>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    let headers = headers(edge.config.secure_cookie);
    App::new()
        .app_data(route::Data::from(edge))
        .service(only(upgrade::PATH, Method::GET, upgrade::not_a_socket))
        .service(
            route::scope("")
                .wrap(Compress::default())
                .wrap(headers)
                .wrap(from_fn(trace::around))
                .configure(routes)
                .default_service(route::to(web::file)),
        )
}

/// What stands on every answer.
fn headers(secure: bool) -> DefaultHeaders {
    let headers = DefaultHeaders::new().add(("X-Content-Type-Options", "nosniff"));
    if !secure {
        return headers;
    }
    // A browser that came over HTTPS once is not talked down to plain HTTP for a year.
    headers.add(("Strict-Transport-Security", "max-age=31536000"))
}

fn routes(config: &mut route::ServiceConfig) {
    config
        .configure(drive::routes)
        .configure(call::routes)
        .service(only("/v1/sign-in", Method::POST, account::sign_in))
        .service(only("/v1/sign-out", Method::POST, account::sign_out))
        .service(only("/v1/me", Method::GET, account::me))
        .service(only("/v1/sessions", Method::GET, account::sessions))
        .service(only("/v1/units", Method::GET, account::units))
        .service(only("/v1/people", Method::GET, account::people))
        .service(only("/v1/people/{account}", Method::GET, me::person))
        .service(only("/v1/people/{account}/avatar", Method::GET, me::avatar))
        .service(only("/v1/contacts", Method::GET, contact::contacts))
        .service(only("/v1/contacts/{account}", Method::GET, contact::contact))
        .service(only("/v1/contact-rules", Method::GET, contact::rules))
        .service(only("/v1/organisation", Method::GET, me::organisation))
        .service(only("/v1/watermark", Method::GET, me::watermark))
        .service(only("/v1/push", Method::GET, me::push))
        .service(only("/v1/push/log", Method::GET, me::push_log))
        .service(only("/v1/rooms", Method::GET, room::conversations))
        .service(only("/v1/rooms/{room}/members", Method::GET, room::members))
        .service(only("/v1/rooms/{room}/notice", Method::GET, room_groups::notice))
        .service(only("/v1/rooms/{room}/invites", Method::GET, room_groups::invites))
        .service(only("/v1/rooms/{room}/invitation", Method::GET, room_groups::invitation))
        .service(only("/v1/rooms/{room}/threads", Method::GET, room_groups::threads))
        .service(only("/v1/rooms/{room}/answers", Method::GET, room_groups::answers))
        .service(only("/v1/rooms/{room}/waiting", Method::GET, room_groups::waiting))
        .service(only("/v1/services", Method::GET, room_groups::services))
        .service(only(
            "/v1/rooms/{room}/messages/{seq}/readers",
            Method::GET,
            room_readers::readers,
        ))
        .service(only("/v1/rooms/{room}/pins", Method::GET, room::pins))
        .service(only("/v1/link", Method::GET, link_card::link))
        .service(only("/v1/mails", Method::GET, mail::mails))
        .service(only("/v1/search", Method::GET, search::search))
        .service(only("/v1/streams/{stream}/events", Method::GET, streams::events))
        .service(only("/v1/tasks", Method::GET, task::tasks))
        .service(only("/v1/tasks/{task}", Method::GET, task::task))
        .service(only("/v1/calendar", Method::GET, task::calendar))
        .service(only("/v1/feeds/{secret}", Method::GET, task::feed))
        .service(only("/v1/plans", Method::GET, plan::plans))
        .service(only("/v1/plans.xlsx", Method::GET, plan::table))
        .service(only("/v1/plans/own", Method::GET, plan::own))
        .service(only("/v1/plans/shared", Method::GET, plan::shared))
        .service(only("/v1/plans/{plan}", Method::GET, plan::plan))
        .service(only("/v1/notices", Method::GET, notice::notices))
        .service(only("/v1/notices/unread", Method::GET, notice::unread))
        .service(only("/v1/notices/rows", Method::GET, notice::rows))
        .service(only("/v1/notices/sent", Method::GET, notice::sent))
        .service(only("/v1/notices/{notice}/proof", Method::GET, notice::proof))
        .service(only("/v1/apps", Method::GET, app::apps))
        .service(only("/v1/apps/square", Method::GET, app::square))
        .service(only("/v1/apps/{app}/icon", Method::GET, app::icon))
        .service(only("/v1/hooks/{token}", Method::POST, app::hook::post))
        .service(only("/v1/rooms/{room}/hooks", Method::GET, room_groups::hooks))
        .service(only("/.well-known/openid-configuration", Method::GET, app::oidc::discovery))
        .service(only("/oauth/jwks.json", Method::GET, app::oidc::jwks))
        .service(only("/oauth/authorize", Method::GET, app::oidc::authorize))
        .service(only("/oauth/token", Method::POST, app::oidc::exchange))
        .service(only("/oauth/userinfo", Method::GET, app::oidc::userinfo))
        .service(only("/v1/commands", Method::POST, commands::submit))
        .service(only("/v1/hello", Method::GET, system::hello))
        .service(only("/healthz", Method::GET, system::healthz))
        .service(only("/readyz", Method::GET, system::readyz))
        .service(only("/metrics", Method::GET, system::metrics))
        .service(only("/openapi.json", Method::GET, system::openapi))
        .service(only("/frames.json", Method::GET, system::frames))
        .service(only("/docs", Method::GET, system::docs));
}

/// A path with one method; any other is a typed error that names it.
fn only<F, Args>(path: &str, method: Method, handler: F) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    let allowed = method.clone();
    let others = move || std::future::ready(error::wrong_method(allowed.as_str()));
    route::resource(path)
        .route(route::method(method).to(handler))
        .default_service(route::to(others))
}

/// Takes an address: port 0 is a real one from here on, and stays taken until it is served.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
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

    #[actix_web::test]
    async fn over_https_browsers_are_told_to_stay_there() {
        for (secure, expected) in [(true, Some("max-age=31536000")), (false, None)] {
            let app = App::new().wrap(headers(secure)).default_service(route::to(web::file));
            let app = actix_web::test::init_service(app).await;
            let asked = actix_web::test::TestRequest::with_uri("/v1/nowhere").to_request();
            let answer = actix_web::test::call_service(&app, asked).await;
            let told = answer.headers().get("strict-transport-security");
            assert_eq!(told.and_then(|value| value.to_str().ok()), expected);
        }
    }

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
