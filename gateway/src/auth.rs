//! Owns who is asking: the token from header or cookie, and whether the page that asks may.
//! Invariant: a request that changes something, or opens a socket, passes the Origin check
//! before anything else looks at it. Passwords and their checks are absent: see `actors`.

use crate::{
    Edge,
    error::{Refusal, unauthenticated},
};
use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::{
        Method,
        header::{self, HeaderMap},
    },
    web::Data,
};
use domain::Who;
use futures_util::future::LocalBoxFuture;
use protocol::{AccountId, ErrorBody, ErrorKind, SessionId};

pub(crate) const COOKIE: &str = "hub_session";

/// The signed-in sender of a request.
pub(crate) struct Caller {
    pub(crate) who: Who,
    pub(crate) account: AccountId,
    pub(crate) session: SessionId,
}

/// A caller who may still owe a password of his own: for the few routes that such a one may
/// use, and for those where `actors` looks again at what is asked.
pub(crate) struct AnyCaller(pub(crate) Caller);

/// Handlers that take a [`Caller`] are closed to whoever must change the password first.
impl FromRequest for Caller {
    type Error = Refusal;
    type Future = LocalBoxFuture<'static, Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let any = AnyCaller::from_request(request, payload);
        let edge = request.app_data::<Data<Edge>>().cloned();
        let (method, path) = (request.method().clone(), request.match_pattern());
        Box::pin(async move {
            let AnyCaller(caller) = any.await?;
            if caller.who.app.is_some() {
                // What a program changes goes through commands, where its scopes are asked.
                if method != Method::GET {
                    return Err(not_for_programs().into());
                }
                let edge = edge.ok_or_else(ErrorBody::internal)?;
                edge.hub.may_read(&caller.who, path.as_deref().unwrap_or_default()).await?;
            }
            if caller.who.must_change_password {
                return Err(actors::must_change_password().into());
            }
            Ok(caller)
        })
    }
}

impl FromRequest for AnyCaller {
    type Error = Refusal;
    type Future = LocalBoxFuture<'static, Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let token = token(request.headers());
        let edge = request.app_data::<Data<Edge>>().cloned();
        Box::pin(async move {
            let edge = edge.ok_or_else(ErrorBody::internal)?;
            Ok(Self(Caller::of(&edge, &token.ok_or_else(unauthenticated)?).await?))
        })
    }
}

impl Caller {
    pub(crate) async fn of(edge: &Edge, token: &str) -> Result<Self, ErrorBody> {
        let who = edge.hub.authenticate(token).await?;
        // Only the hub itself has no account, and the hub does not sign in over HTTP.
        match (who.account, who.session) {
            (Some(account), Some(session)) => Ok(Self { who, account, session }),
            _ => Err(unauthenticated()),
        }
    }
}

fn not_for_programs() -> ErrorBody {
    ErrorBody::new(ErrorKind::Forbidden, "app.not_for_programs", "people only")
}

/// `Authorization: Bearer` first, so that a program on a signed-in machine says who it is.
pub(crate) fn token(headers: &HeaderMap) -> Option<String> {
    bearer(headers).map(str::to_owned).or_else(|| cookie(headers))
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == COOKIE).then(|| value.to_owned()))
}

pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ").map(str::trim)
}

/// Refuses a browser page of another site. A request without `Origin` is no browser's
/// cross-site request, and a program could write any header it likes anyway.
pub(crate) fn check_origin(headers: &HeaderMap, allowed: &[String]) -> Result<(), ErrorBody> {
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    match origin.to_str() {
        Ok(origin) if origin_allowed(origin, host, allowed) => Ok(()),
        _ => Err(ErrorBody::new(
            ErrorKind::Forbidden,
            "hub.origin_refused",
            "pages of this origin may not use this hub",
        )
        .field("Origin")),
    }
}

/// The scheme is left out of the same-origin comparison: behind a TLS proxy the hub sees
/// plain HTTP while the page is https.
fn origin_allowed(origin: &str, host: Option<&str>, allowed: &[String]) -> bool {
    if is_listed(origin, allowed) {
        return true;
    }
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let port = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return false,
    };
    host.is_some_and(|host| {
        let host = host.strip_suffix(port).unwrap_or(host);
        host.eq_ignore_ascii_case(authority.strip_suffix(port).unwrap_or(authority))
    })
}

/// Whether the operator named this origin.
pub(crate) fn is_listed(origin: &str, allowed: &[String]) -> bool {
    allowed.iter().any(|one| one.trim_end_matches('/').eq_ignore_ascii_case(origin))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::{cookie::Cookie, test::TestRequest};

    fn allowed(origin: &str, host: &str) -> bool {
        origin_allowed(origin, Some(host), &["https://hall.example.cn/".to_owned()])
    }

    #[test]
    fn same_origin_and_listed_origins_pass() {
        assert!(allowed("http://127.0.0.1:8080", "127.0.0.1:8080"));
        assert!(allowed("http://[::1]:8080", "[::1]:8080"));
        assert!(allowed("https://hub.example", "HUB.example"), "behind a TLS proxy");
        assert!(allowed("https://hub.example", "hub.example:443"));
        assert!(allowed("https://hall.example.cn", "10.0.0.7:8080"), "listed");
    }

    #[test]
    fn other_origins_do_not() {
        assert!(!allowed("http://evil.example", "127.0.0.1:8080"));
        assert!(
            !allowed("http://127.0.0.1:9090", "127.0.0.1:8080"),
            "another port is another site"
        );
        assert!(!allowed("http://127.0.0.1:8080.evil.example", "127.0.0.1:8080"));
        assert!(!allowed("null", "127.0.0.1:8080"), "a sandboxed frame");
        assert!(!allowed("file://127.0.0.1:8080", "127.0.0.1:8080"));
        assert!(!origin_allowed("http://a", None, &[]));
    }

    #[test]
    fn no_origin_is_no_browser_page() {
        let request = TestRequest::post().to_http_request();
        assert!(check_origin(request.headers(), &[]).is_ok());
        let request = TestRequest::post()
            .insert_header((header::HOST, "hub"))
            .insert_header((header::ORIGIN, "http://evil"))
            .to_http_request();
        let error = check_origin(request.headers(), &[]).expect_err("another site");
        assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::Forbidden, Some("Origin")));
    }

    #[test]
    fn a_bearer_token_goes_before_the_cookie() {
        let request = TestRequest::get().cookie(Cookie::new(COOKIE, "c")).to_http_request();
        assert_eq!(token(request.headers()).as_deref(), Some("c"));
        let request = TestRequest::get()
            .cookie(Cookie::new(COOKIE, "c"))
            .insert_header((header::AUTHORIZATION, "Bearer b"))
            .to_http_request();
        assert_eq!(token(request.headers()).as_deref(), Some("b"));
    }
}
