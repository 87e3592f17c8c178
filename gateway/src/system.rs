//! Owns what the hub says about itself: hello, health, readiness, metrics, its own contract.
//! Nothing here needs a session; demonstration accounts are told in demonstration mode only,
//! and counters only to the networks and the token that the operator names.

use crate::{Edge, auth, client, docs, error::Answer, schema};
use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, ContentType},
    web,
};
use kernel::journal::digest;
use prometheus::TextEncoder;
use protocol::{ErrorBody, ErrorKind, PROTOCOL_VERSION, http::Hello};
use std::sync::OnceLock;

/// What this hub is; asked before sign-in.
#[utoipa::path(
    get, path = "/v1/hello", tag = "system",
    responses((status = 200, body = Hello))
)]
pub(crate) async fn hello(edge: web::Data<Edge>) -> Answer {
    let demo_accounts = match edge.config.demo {
        true => edge.hub.queries().demo_accounts().await?,
        false => Vec::new(),
    };
    Ok(HttpResponse::Ok().json(Hello {
        protocol: PROTOCOL_VERSION,
        build: edge.config.build.clone(),
        demo: edge.config.demo,
        demo_accounts,
    }))
}

/// The process answers.
#[utoipa::path(
    get, path = "/healthz", tag = "system",
    responses((status = 200, description = "Alive", body = String))
)]
pub(crate) async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::plaintext()).body("ok\n")
}

/// The hub can take commands: storage writes and it is not draining.
#[utoipa::path(
    get, path = "/readyz", tag = "system",
    responses(
        (status = 200, description = "Ready", body = String),
        (status = 503, description = "Not ready; the message says why", body = ErrorBody),
    )
)]
pub(crate) async fn readyz(edge: web::Data<Edge>) -> Answer {
    let ready = edge.hub.ready().await;
    ready.map_err(|why| ErrorBody::new(ErrorKind::Unavailable, "hub.not_ready", why))?;
    Ok(HttpResponse::Ok().content_type(ContentType::plaintext()).body("ready\n"))
}

/// Counters in the Prometheus text format, for the networks and the token of the settings.
#[utoipa::path(
    get, path = "/metrics", tag = "system",
    responses(
        (status = 200, description = "Prometheus text format", body = String),
        (status = 403, description = "Not from here; see the setting `metrics.networks`", body = ErrorBody),
    )
)]
pub(crate) async fn metrics(request: HttpRequest, edge: web::Data<Edge>) -> Answer {
    if !may_measure(&request, &edge) {
        let message = "counters are for the networks and the token of the hub's settings";
        return Err(ErrorBody::new(ErrorKind::Forbidden, "hub.metrics_refused", message).into());
    }
    let mut families = edge.hub.metrics().gather();
    families.extend(edge.metrics.registry.gather());
    let text = TextEncoder::new().encode_to_string(&families).map_err(|error| {
        tracing::error!(%error, "metrics cannot be written");
        ErrorBody::internal()
    })?;
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text))
}

fn may_measure(request: &HttpRequest, edge: &Edge) -> bool {
    let config = &edge.config;
    if let (Some(token), Some(shown)) = (&config.metrics_token, auth::bearer(request.headers())) {
        // Of hashes: how long the comparison takes says nothing about the token.
        return digest(token.0.as_bytes()) == digest(shown.as_bytes());
    }
    let client = client::of(request, config);
    client.is_some_and(|client| {
        // What a proxy hands on in its own name, declared or not, may come from anywhere.
        let in_its_name =
            request.peer_addr().is_some_and(|peer| peer.ip().to_canonical() == client);
        let is_known = !(in_its_name && client::is_forwarded(request.headers()));
        is_known && client::is_one_of(&config.metrics_networks, client)
    })
}

/// The documents are the same for the life of the process: built at the first request.
static OPENAPI: OnceLock<String> = OnceLock::new();
static FRAMES: OnceLock<String> = OnceLock::new();
static DOCS: OnceLock<String> = OnceLock::new();

pub(crate) async fn openapi() -> HttpResponse {
    let text = OPENAPI.get_or_init(|| schema::openapi_json().to_string());
    HttpResponse::Ok().content_type(ContentType::json()).body(text.as_str())
}

pub(crate) async fn frames() -> HttpResponse {
    let text = FRAMES.get_or_init(|| schema::frames().to_string());
    HttpResponse::Ok().content_type(ContentType::json()).body(text.as_str())
}

pub(crate) async fn docs() -> HttpResponse {
    let html = DOCS.get_or_init(docs::page);
    HttpResponse::Ok()
        .content_type(ContentType::html())
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        ))
        .body(html.as_str())
}
