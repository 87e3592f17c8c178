//! Putting a hub together, serving it, and ending it in order: stop accepting, tell every
//! session that the node is draining, commit what was decided, exit.

use crate::config::Config;
use crate::log;
use actors::{Hub, Parts};
use gateway::GatewayConfig;
use kernel::{Clock, SystemClock, SystemIds};
use persistence::{Queries, SqliteJournal, StoreOptions};
use protocol::CloseCode;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

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
    }
}

pub(crate) async fn serve(config: Config, demo: bool) -> Result<(), String> {
    let (journal, queries) = open(&config).await?;
    let hub = Hub::start(parts(&config, journal, queries, Arc::new(SystemClock)));
    serve_hub(config, hub, demo).await
}

/// Serves a hub that runs already, until a signal.
pub(crate) async fn serve_hub(config: Config, hub: Hub, demo: bool) -> Result<(), String> {
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| error.to_string())?;
    let listen = addresses(&config.listen)?;
    let web = gateway_config(&config, listen.clone(), demo);
    let server = gateway::serve(web, hub.clone()).map_err(|error| bind_error(&listen, &error))?;
    let handle = server.handle();
    let mut serving = tokio::spawn(server);
    for address in &listen {
        log::say(format_args!("listening on http://{address}"));
    }
    let ended = tokio::select! {
        ended = &mut serving => Some(ended),
        _ = terminate.recv() => None,
        _ = interrupt.recv() => None,
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
        handle.stop(true).await;
        hub.shutdown().await;
    };
    if tokio::time::timeout(DRAIN_WITHIN, drain).await.is_err() {
        tracing::warn!("draining took too long; ending anyway");
    }
    tracing::info!("ended");
    Ok(())
}

fn gateway_config(config: &Config, listen: Vec<SocketAddr>, demo: bool) -> GatewayConfig {
    GatewayConfig {
        listen,
        origins: config.origins.clone(),
        workers: config.workers,
        demo,
        build: env!("CARGO_PKG_VERSION").to_owned(),
        commands_per_second: config.commands_per_second,
        commands_burst: config.commands_burst,
        sign_ins_per_minute: config.sign_ins_per_minute,
        connections_per_address: config.connections_per_address,
        outbox_bytes_max: config.outbox_bytes_max,
        secure_cookie: config.secure_cookie,
    }
}

/// The addresses that can be had: port 0 becomes a real one, so that it can be said aloud,
/// and IPv6 is left out with a word on a machine that has none.
fn addresses(wanted: &[SocketAddr]) -> Result<Vec<SocketAddr>, String> {
    let mut had = Vec::new();
    for address in wanted {
        if address.is_ipv6() && TcpListener::bind((address.ip(), 0)).is_err() && wanted.len() > 1 {
            tracing::warn!(%address, "this machine has no such IPv6 address; serving without it");
            continue;
        }
        if address.port() != 0 {
            had.push(*address);
            continue;
        }
        // Free again as soon as the probe closes; the server binds it a moment later.
        let free = TcpListener::bind(address).and_then(|probe| probe.local_addr());
        had.push(free.map_err(|error| bind_error(&[*address], &error))?);
    }
    Ok(had)
}

fn bind_error(addresses: &[SocketAddr], error: &std::io::Error) -> String {
    let shown: Vec<String> = addresses.iter().map(ToString::to_string).collect();
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
    format!("cannot listen on {}: {error}{advice}", shown.join(", "))
}
