//! Owns cross-origin requests of browsers: pages of the listed origins may read answers, and
//! their preflights are answered before any handler is asked.
//! Invariant: an origin is named, never `*`, because cookies come along; whoever is not listed
//! gets no permission header at all. The hub's own pages need none. Whether a request may
//! change something is `auth::check_origin`'s business: this only tells browsers.

use crate::{auth, error::Refusal};
use actix_web::{
    HttpResponse, ResponseError,
    http::{
        Method,
        header::{self, HeaderMap, HeaderValue},
    },
};

/// What the routes of this edge take.
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PATCH, DELETE");
const HEADERS: HeaderValue =
    HeaderValue::from_static("authorization, content-type, traceparent, upload-offset");
/// What a page may read beside the body.
const EXPOSED: HeaderValue = HeaderValue::from_static("x-trace-id, retry-after, upload-offset");
/// Seconds that a browser may remember the answer to a preflight: two hours is what Chromium
/// allows at most.
const MAX_AGE: HeaderValue = HeaderValue::from_static("7200");

/// What is to be said about one request, known before it is handled.
pub(crate) struct Cors {
    /// The listed origin that asks.
    origin: Option<HeaderValue>,
    /// Answers differ by origin, so a cache must not mix them up.
    varies: bool,
}

impl Cors {
    pub(crate) fn of(headers: &HeaderMap, allowed: &[String]) -> Self {
        let origin = headers.get(header::ORIGIN);
        let listed = |origin: &&HeaderValue| {
            origin.to_str().is_ok_and(|origin| auth::is_listed(origin, allowed))
        };
        Self { origin: origin.filter(listed).cloned(), varies: !allowed.is_empty() }
    }

    /// Writes what the browser must be told into the answer.
    pub(crate) fn mark(self, headers: &mut HeaderMap) {
        if self.varies {
            headers.append(header::VARY, HeaderValue::from_static("origin"));
        }
        if let Some(origin) = self.origin {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            let yes = HeaderValue::from_static("true");
            headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, yes);
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
    }
}

/// The answer to a preflight; `None` when the request is none.
pub(crate) fn preflight(
    method: &Method,
    headers: &HeaderMap,
    allowed: &[String],
) -> Option<HttpResponse> {
    let asks = headers.contains_key(header::ORIGIN)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if method != Method::OPTIONS || !asks {
        return None;
    }
    if let Err(error) = auth::check_origin(headers, allowed) {
        return Some(Refusal(error).error_response());
    }
    let answer = HttpResponse::NoContent()
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, METHODS))
        .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, MAX_AGE))
        .finish();
    Some(answer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::{http::StatusCode, test::TestRequest};

    const HALL: &str = "https://hall.example.cn";

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let request =
            lines.iter().fold(TestRequest::get(), |request, line| request.insert_header(*line));
        request.to_http_request().headers().clone()
    }

    fn marked(origin: &'static str, allowed: &[&str]) -> HeaderMap {
        let allowed: Vec<String> = allowed.iter().map(|one| (*one).to_owned()).collect();
        let mut answer = HeaderMap::new();
        let asked = headers(&[("origin", origin), ("host", "hub.example.cn")]);
        Cors::of(&asked, &allowed).mark(&mut answer);
        answer
    }

    #[test]
    fn a_listed_origin_is_named_with_its_cookies() {
        let answer = marked(HALL, &["https://hall.example.cn/", "https://b.cn"]);
        assert_eq!(answer.get("access-control-allow-origin").expect("named"), HALL);
        assert_eq!(answer.get("access-control-allow-credentials").expect("told"), "true");
        assert_eq!(answer.get("vary").expect("told"), "origin");
    }

    #[test]
    fn nobody_else_is_told_anything_and_nobody_ever_a_wildcard() {
        for (origin, allowed) in [
            ("https://evil.example", &[HALL][..]),
            ("https://hall.example.cn.evil.example", &[HALL]),
            ("null", &[HALL]),
            ("https://hub.example.cn", &[HALL]),
            // The settings refuse it; were it let in, it would mean an origin of that name.
            ("https://evil.example", &["*"]),
        ] {
            let answer = marked(origin, allowed);
            assert!(answer.keys().all(|name| name == "vary"), "{origin}: {answer:?}");
        }
        assert!(marked(HALL, &[]).is_empty(), "nothing is configured, nothing varies");
    }

    #[test]
    fn only_a_preflight_is_answered_as_one() {
        let allowed = [HALL.to_owned()];
        let asks = ("access-control-request-method", "POST");
        let status = |method, lines: &[_]| {
            preflight(&method, &headers(lines), &allowed).map(|answer| answer.status())
        };
        let own = ("origin", HALL);
        assert_eq!(status(Method::OPTIONS, &[own, asks]), Some(StatusCode::NO_CONTENT));
        assert_eq!(status(Method::OPTIONS, &[own]), None);
        assert_eq!(status(Method::OPTIONS, &[asks]), None);
        assert_eq!(status(Method::POST, &[own, asks]), None);
        let evil = ("origin", "https://evil.example");
        assert_eq!(status(Method::OPTIONS, &[evil, asks]), Some(StatusCode::FORBIDDEN));
    }
}
