//! Owns the edge's own counters. The machinery's are in `actors::Hub::metrics`; `/metrics`
//! shows both. Invariant: labels come from fixed lists, never from what a client sent.

use prometheus::{IntCounter, IntCounterVec, IntGauge, Opts, Registry, core::Collector};

pub(crate) struct Metrics {
    pub(crate) registry: Registry,
    pub(crate) connections: IntGauge,
    pub(crate) frames_in: IntCounter,
    pub(crate) frames_out: IntCounter,
    pub(crate) malformed: IntCounter,
    pub(crate) killed: IntCounter,
    /// By outcome: `ok` or the kind of the error.
    pub(crate) commands: IntCounterVec,
    /// By route pattern and status.
    pub(crate) http: IntCounterVec,
}

impl Metrics {
    pub(crate) fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        Ok(Self {
            connections: kept(
                &registry,
                IntGauge::new("gateway_connections", "WebSocket sessions open now")?,
            )?,
            frames_in: kept(
                &registry,
                IntCounter::new("gateway_frames_in_total", "Frames read from clients")?,
            )?,
            frames_out: kept(
                &registry,
                IntCounter::new("gateway_frames_out_total", "Frames handed to sockets")?,
            )?,
            malformed: kept(
                &registry,
                IntCounter::new("gateway_frames_malformed_total", "Frames that broke the rules")?,
            )?,
            killed: kept(
                &registry,
                IntCounter::new(
                    "gateway_connections_killed_total",
                    "Connections shut down because nobody read or answered",
                )?,
            )?,
            commands: kept(
                &registry,
                IntCounterVec::new(
                    Opts::new("gateway_commands_total", "Commands by outcome"),
                    &["outcome"],
                )?,
            )?,
            http: kept(
                &registry,
                IntCounterVec::new(
                    Opts::new("gateway_http_requests_total", "HTTP requests"),
                    &["route", "status"],
                )?,
            )?,
            registry,
        })
    }
}

fn kept<C: Collector + Clone + 'static>(
    registry: &Registry,
    collector: C,
) -> Result<C, prometheus::Error> {
    registry.register(Box::new(collector.clone()))?;
    Ok(collector)
}
