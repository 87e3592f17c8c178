//! Owns how a refusal leaves over HTTP: always `protocol::ErrorBody` as JSON with the
//! status of its kind. No other error body exists on this edge, so a client needs one parser.

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use kernel::journal::StoreError;
use protocol::{ErrorBody, ErrorKind};
use std::fmt;

/// An [`ErrorBody`] that actix can send.
#[derive(Debug)]
pub(crate) struct Refusal(pub(crate) ErrorBody);

pub(crate) type Answer = Result<HttpResponse, Refusal>;

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.kind.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        if let Some(ms) = self.0.retry {
            // The header counts whole seconds: rounding down would invite a second refusal.
            response.insert_header((header::RETRY_AFTER, ms.div_ceil(1_000).to_string()));
        }
        response.insert_header((header::CACHE_CONTROL, "no-store")).json(&self.0)
    }
}

impl From<ErrorBody> for Refusal {
    fn from(error: ErrorBody) -> Self {
        Self(error)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self(store(&error))
    }
}

/// What a reader is told when the store fails. The detail goes to the log, not to the client.
pub(crate) fn store(error: &StoreError) -> ErrorBody {
    if let StoreError::Unavailable(_) = error {
        tracing::warn!(%error, "the store does not answer a read");
        ErrorBody::unavailable()
    } else {
        tracing::error!(%error, "a read failed");
        ErrorBody::internal()
    }
}

pub(crate) fn unauthenticated() -> ErrorBody {
    ErrorBody::new(ErrorKind::Unauthenticated, "hub.not_signed_in", "nobody is signed in")
}

/// The one refusal whose status is not its kind's: HTTP has a status of its own for it, and
/// asks for the methods that would have been right.
pub(crate) fn wrong_method(allowed: &str) -> HttpResponse {
    let message = format!("this path takes {allowed}; see /docs");
    let error = ErrorBody::new(ErrorKind::Invalid, "hub.method_not_allowed", message);
    HttpResponse::MethodNotAllowed()
        .insert_header((header::ALLOW, allowed))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(error.field("method"))
}

pub(crate) fn not_found(what: &str) -> ErrorBody {
    ErrorBody::new(ErrorKind::NotFound, "hub.not_found", format!("there is no {what}"))
}

pub(crate) fn rate_limited(ms: u64) -> ErrorBody {
    ErrorBody::new(ErrorKind::RateLimited, "hub.rate_limited", "too many requests; wait a little")
        .retry_after(ms)
}

pub(crate) fn too_many_connections() -> ErrorBody {
    let message = "this address holds all the connections it may";
    ErrorBody::new(ErrorKind::RateLimited, "hub.too_many_connections", message).retry_after(5_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_keeps_its_status_and_says_when_to_come_back() {
        let response = Refusal(rate_limited(1_200)).error_response();
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        let retry = response.headers().get(header::RETRY_AFTER).expect("a header");
        assert_eq!(retry, "2");
    }

    #[test]
    fn the_stores_own_words_stay_in_the_log() {
        let error = store(&StoreError::Corrupt("row 7 of accounts".to_owned()));
        assert_eq!(error.kind, ErrorKind::Internal);
        assert!(!error.message.contains("accounts"));
        let busy = store(&StoreError::Unavailable("disk full".to_owned()));
        assert_eq!((busy.kind, busy.retry), (ErrorKind::Unavailable, Some(1_000)));
    }
}
