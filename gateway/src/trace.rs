//! Owns the trace id of a request and the one middleware around all requests but the socket's:
//! Origin check, preflights, connection limit, count, log line. Invariant: every answer carries
//! its trace id, so that a person can read it to support and support can find it in the log.

use crate::{
    Edge, auth, client,
    cors::{self, Cors},
    error::{Refusal, too_many_connections},
    upgrade::Connection,
};
use actix_web::{
    Error, HttpMessage, HttpRequest, HttpResponse, ResponseError,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web,
};
use protocol::{ErrorBody, TraceId};
use tracing::Instrument;
use uuid::Uuid;

const TRACE_ID: HeaderName = HeaderName::from_static("x-trace-id");

/// The trace of this request; made here when the middleware did not run.
pub(crate) fn of(request: &HttpRequest, edge: &Edge) -> TraceId {
    let known = request.extensions().get::<TraceId>().copied();
    known.unwrap_or_else(|| TraceId(edge.hub.ids().next()))
}

/// Reads a W3C `traceparent`: `00-<32 hex>-<16 hex>-<2 hex>`.
fn parent(headers: &HeaderMap) -> Option<TraceId> {
    let text = headers.get("traceparent")?.to_str().ok()?;
    let mut parts = text.split('-');
    let (version, trace) = (parts.next()?, parts.next()?);
    let well_formed = version.len() == 2
        && version != "ff"
        && trace.len() == 32
        && parts.next().is_some_and(|span| span.len() == 16)
        && trace.bytes().all(|byte| byte.is_ascii_hexdigit());
    let id = Uuid::try_parse(trace).ok().filter(|id| well_formed && !id.is_nil())?;
    Some(TraceId(id))
}

pub(crate) async fn around(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let Some(edge) = request.app_data::<web::Data<Edge>>().cloned() else {
        return Err(Refusal(ErrorBody::internal()).into());
    };
    let trace = parent(request.headers()).unwrap_or_else(|| TraceId(edge.hub.ids().next()));
    request.extensions_mut().insert(trace);
    let route = request.match_pattern().unwrap_or_else(|| "other".to_owned());
    let client = client::address(request.peer_addr(), request.headers(), &edge.config);
    let client = client.map(tracing::field::display);
    let span = tracing::info_span!("http", %trace, method = %request.method(), route, client);
    let cors = Cors::of(request.headers(), &edge.config.origins);
    async move {
        let result = match admit(&request, &edge) {
            None => next.call(request).await.map(ServiceResponse::map_into_left_body),
            Some(answer) => Ok(request.into_response(answer).map_into_right_body()),
        };
        let status = match &result {
            Ok(response) => response.status(),
            Err(error) => error.as_response_error().status_code(),
        };
        edge.metrics.http.with_label_values(&[route.as_str(), status.as_str()]).inc();
        if status.is_server_error() {
            tracing::warn!(%status, "answered");
        } else {
            tracing::debug!(%status, "answered");
        }
        result.map(|mut response| {
            if let Ok(value) = HeaderValue::from_str(&trace.0.simple().to_string()) {
                response.headers_mut().insert(TRACE_ID, value);
            }
            cors.mark(response.headers_mut());
            response
        })
    }
    .instrument(span)
    .await
}

/// The answer to a request that no handler is to see.
fn admit(request: &ServiceRequest, edge: &Edge) -> Option<HttpResponse> {
    let refused = |error| Some(Refusal(error).error_response());
    if request.conn_data::<Connection>().is_some_and(Connection::is_over_limit) {
        return refused(too_many_connections());
    }
    let (headers, origins) = (request.headers(), &edge.config.origins);
    if let Some(answer) = cors::preflight(request.method(), headers, origins) {
        return Some(answer);
    }
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return None;
    }
    auth::check_origin(headers, origins).err().and_then(refused)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn read(value: &str) -> Option<String> {
        let request = TestRequest::get().insert_header(("traceparent", value)).to_http_request();
        parent(request.headers()).map(|trace| trace.0.simple().to_string())
    }

    #[test]
    fn a_traceparent_is_taken_over_only_when_well_formed() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(read(&format!("00-{id}-00f067aa0ba902b7-01")).as_deref(), Some(id));
        assert_eq!(read(&format!("00-{id}")), None);
        assert_eq!(read(&format!("ff-{id}-00f067aa0ba902b7-01")), None);
        assert_eq!(read("00-00000000000000000000000000000000-00f067aa0ba902b7-01"), None);
        assert_eq!(read("nonsense"), None);
    }
}
