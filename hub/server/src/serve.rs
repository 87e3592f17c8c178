//! Putting a hub together, serving it, and ending it in order: stop accepting, tell every
//! session that the node is draining, commit what was decided, close the store, exit.

use crate::config::Config;
use crate::files;
use crate::log;
use crate::mail::Smtp;
use crate::media;
use crate::outbound;
use crate::push::Services;
use crate::tls::{Certificate, days_left, stage};
use actors::{Hub, Parts};
use gateway::GatewayConfig;
use kernel::{Clock, SystemClock, SystemIds};
use persistence::{Blobs, Queries, Shelf, SqliteJournal, StoreOptions};
use protocol::CloseCode;
use rustix::process::{Resource, Rlimit, Signal, getrlimit, setrlimit};
use std::io::IsTerminal;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// How often the end of the certificate is looked at.
const LOOK_AT_THE_END: Duration = Duration::from_secs(60 * 60);
/// Draining may take this long; then the program ends. Nothing acknowledged depends on it.
const DRAIN_WITHIN: Duration = Duration::from_secs(10);

pub(crate) async fn open(config: &Config) -> Result<(SqliteJournal, Queries), String> {
    let path = config.database();
    let options = StoreOptions { path: path.clone(), readers: config.readers };
    persistence::open(&options).await.map_err(|error| format!("{}: {error}", path.display()))
}

pub(crate) fn parts(
    config: &Config,
    journal: SqliteJournal,
    queries: Queries,
    clock: Arc<dyn Clock>,
) -> Parts {
    Parts {
        journal: Arc::new(journal),
        queries,
        clock,
        ids: Arc::new(SystemIds),
        policy: config.policy.clone(),
        arbiters: config.arbiters,
        argon2_memory_kib: config.argon2_memory_kib,
        mailer: None,
        web: None,
        pusher: None,
        media: Vec::new(),
    }
}

/// Serves until a signal. What can be found wrong before anything is opened, is.
pub(crate) async fn serve(config: Config, demo: bool) -> Result<(), String> {
    let certificate = Certificate::of(&config)?;
    let mailer = Smtp::of(&config)?;
    let shelf = files::shelf(&config)?;
    let listeners = listen(&config.listen)?;
    survive_full_files()?;
    allow_files();
    let (journal, queries) = open(&config).await?;
    let parts = parts(&config, journal.clone(), queries, Arc::new(SystemClock));
    let web = outbound::client(config.outbound_allow.clone())?;
    let pusher = Some(Services::of(&config, &web, &parts.clock)?);
    let media = media::open(&config, &listeners)?;
    let hub = Hub::start(Parts { mailer, web: Some(web), pusher, media, ..parts });
    if let Err(error) = hub.found_organisation().await {
        // A store that refuses writes is told by /readyz; reading goes on.
        tracing::warn!(%error, "the organisation's settings have no stream yet");
    }
    let served = serve_hub(&config, listeners, certificate, shelf, &hub, demo).await;
    // Within the same patience as the draining: a query that hangs must not hold the end up.
    match tokio::time::timeout(DRAIN_WITHIN, journal.close()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "the store did not close; its log is kept"),
        Err(_) => tracing::warn!("the store is still read; its log is kept"),
    }
    tracing::info!("ended");
    served
}

async fn serve_hub(
    config: &Config,
    listeners: Vec<TcpListener>,
    certificate: Option<Arc<Certificate>>,
    shelf: Option<Arc<dyn Shelf>>,
    hub: &Hub,
    demo: bool,
) -> Result<(), String> {
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| error.to_string())?;
    let scheme = if certificate.is_some() { "https" } else { "http" };
    let mut said = Vec::new();
    for listener in &listeners {
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        said.push(format!("listening on {scheme}://{address}"));
    }
    let tls = certificate.as_ref().map(Certificate::config).transpose()?;
    let (clock, ids) = (hub.clock().clone(), hub.ids().clone());
    let blobs = Blobs::open(config.files(), shelf, hub.queries(), clock, ids);
    let blobs = blobs.await.map_err(|error| error.to_string())?;
    match hub.queries().seal_second_factors(blobs.keys()).await {
        Ok(0) => {}
        Ok(sealed) => tracing::info!(sealed, "second factors sealed"),
        // A store that refuses writes is told by /readyz; reading goes on.
        Err(error) => tracing::warn!(%error, "second factors lie in plain until the next start"),
    }
    let web = gateway_config(config, certificate.is_some(), demo);
    let server = gateway::serve(web, listeners, tls, hub.clone(), blobs);
    let server = server.map_err(|error| error.to_string())?;
    let handle = server.handle();
    let mut serving = tokio::spawn(server);
    said.iter().for_each(log::say);
    let ended = tokio::select! {
        ended = &mut serving => Some(ended),
        _ = terminate.recv() => None,
        _ = interrupt.recv() => None,
        error = follow(certificate) => return Err(error),
    };
    match ended {
        // The server may hear the signal first and stop by itself: that is no failure.
        Some(Ok(Err(error))) => tracing::error!(%error, "the HTTP server failed"),
        Some(Err(error)) => tracing::error!(%error, "the HTTP server failed"),
        Some(Ok(Ok(()))) | None => {}
    }
    tracing::info!(sessions = hub.fanout().sessions(), "draining");
    hub.fanout().close_all(CloseCode::Draining);
    let drain = async {
        // Each session writes its close frame and ends; then the doors close.
        hub.fanout().until_empty().await;
        handle.stop(true).await;
        hub.shutdown().await;
    };
    if tokio::time::timeout(DRAIN_WITHIN, drain).await.is_err() {
        tracing::warn!("draining took too long; ending anyway");
    }
    Ok(())
}

/// Reads the certificate again at each SIGHUP; comes back only when that cannot be done.
/// At a terminal and without a certificate SIGHUP keeps its usual meaning: nobody is there.
async fn follow(certificate: Option<Arc<Certificate>>) -> String {
    if certificate.is_none() && std::io::stdin().is_terminal() {
        return std::future::pending().await;
    }
    let mut hangup = match signal(SignalKind::hangup()) {
        Ok(hangup) => hangup,
        Err(error) => return error.to_string(),
    };
    let mut look = tokio::time::interval(LOOK_AT_THE_END);
    let mut told = None;
    loop {
        tokio::select! {
            again = hangup.recv() => match (again, &certificate) {
                (None, _) => return std::future::pending().await,
                (Some(()), Some(certificate)) => certificate.reload(),
                (Some(()), None) => {
                    tracing::info!("nothing to read again: there is no certificate");
                }
            },
            _ = look.tick() => {}
        }
        tell_end(certificate.as_deref(), &mut told);
    }
}

/// Says that the certificate ends, once at each stage.
fn tell_end(certificate: Option<&Certificate>, told: &mut Option<i64>) {
    let (ends_at, now) = (certificate.and_then(Certificate::ends_at), SystemClock.now());
    let stage = ends_at.and_then(|at| stage(at, now));
    if stage == std::mem::replace(told, stage) {
        return;
    }
    let days = ends_at.map_or(0, |at| days_left(at, now));
    match stage {
        Some(0) => tracing::error!("the certificate is over: browsers refuse to connect"),
        Some(_) => tracing::warn!(days, "the certificate ends: put a new one in its place"),
        None => {}
    }
}

/// A file that has reached its limit fails one write; the signal that comes with it would end
/// the program. A handler that does nothing is enough, and stays for good.
fn survive_full_files() -> Result<(), String> {
    let kind = SignalKind::from_raw(Signal::XFSZ.as_raw());
    signal(kind).map(drop).map_err(|error| error.to_string())
}

/// Takes as many open files as the system allows without being asked: each connection is one.
fn allow_files() {
    let limit = getrlimit(Resource::Nofile);
    let all = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(error) = setrlimit(Resource::Nofile, all) {
        tracing::debug!(%error, "the limit of open files stays as it is");
    }
}

fn gateway_config(config: &Config, secure: bool, demo: bool) -> GatewayConfig {
    GatewayConfig {
        origins: config.origins.clone(),
        public_url: config.public_url.clone(),
        workers: config.workers,
        demo,
        build: env!("CARGO_PKG_VERSION").to_owned(),
        commands_per_second: config.commands_per_second,
        commands_burst: config.commands_burst,
        sign_ins_per_minute: config.sign_ins_per_minute,
        connections_per_address: config.connections_per_address,
        trusted_proxies: config.trusted_proxies.clone(),
        forwarded_header: config.forwarded_header,
        metrics_networks: config.metrics_networks.clone(),
        metrics_token: config.metrics_token.clone(),
        outbox_bytes_max: config.outbox_bytes_max,
        secure_cookie: config.secure_cookie || secure,
    }
}

/// Takes the addresses. IPv6 is left out with a word on a machine that has none.
fn listen(wanted: &[SocketAddr]) -> Result<Vec<TcpListener>, String> {
    let mut taken = Vec::new();
    for address in wanted {
        if address.is_ipv6() && wanted.len() > 1 && TcpListener::bind((address.ip(), 0)).is_err() {
            tracing::warn!(%address, "this machine has no such IPv6 address; serving without it");
            continue;
        }
        taken.push(gateway::listen(*address).map_err(|error| bind_error(&error))?);
    }
    Ok(taken)
}

fn bind_error(error: &std::io::Error) -> String {
    let advice = match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            "; another program serves there. Stop it, or choose another port with --listen"
        }
        std::io::ErrorKind::PermissionDenied => {
            "; ports below 1024 need CAP_NET_BIND_SERVICE (see deploy/hub.service)"
        }
        std::io::ErrorKind::AddrNotAvailable => "; this machine has no such address",
        _ => "",
    };
    // The error names the address.
    format!("cannot listen on {error}{advice}")
}
