//! Owns the web client's files, built into the program. Invariant: a path that is no file is
//! the client's own route and gets its page; below `/v1` it is an error a program can read.

use crate::error::{Answer, not_found, wrong_method};
use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{
        Method,
        header::Header as _,
        header::{self, EntityTag, IfNoneMatch},
    },
};
use rust_embed::{EmbeddedFile, RustEmbed};
use std::fmt::Write as _;

#[derive(RustEmbed)]
#[folder = "../clients/web/dist"]
#[allow_missing = true]
struct Dist;

const INDEX: &str = "index.html";

/// Styles may be inline: component libraries set positions that way. Scripts may not.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self' data:; connect-src 'self'; \
    worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; \
    frame-ancestors 'none'";

pub(crate) async fn file(request: HttpRequest) -> Answer {
    let path = request.path().trim_start_matches('/');
    if path == "v1" || path.starts_with("v1/") {
        return Err(not_found("such route; see /docs").into());
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(wrong_method("GET, HEAD"));
    }
    if let Some(found) = Dist::get(path) {
        return Ok(answer(&request, path, found));
    }
    // A missing script must not be answered with a page: the browser would say "syntax error".
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    match Dist::get(INDEX) {
        Some(index) if !is_file => Ok(answer(&request, INDEX, index)),
        Some(_) => Err(not_found("such file").into()),
        None if path.is_empty() => Ok(unbuilt()),
        None => Err(not_found("such file; the web client is not built into this program").into()),
    }
}

fn answer(request: &HttpRequest, path: &str, file: EmbeddedFile) -> HttpResponse {
    let tag = EntityTag::new_strong(file.metadata.sha256_hash().iter().fold(
        String::new(),
        |mut hex, byte| {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        },
    ));
    let known = match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|one| one.weak_eq(&tag)),
        Err(_) => false,
    };
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    headers(&mut response, path);
    response.insert_header(header::ETag(tag));
    if known {
        return response.finish();
    }
    response.content_type(file.metadata.mimetype()).body(file.data.into_owned())
}

fn headers(response: &mut HttpResponseBuilder, path: &str) {
    // The build puts a hash of the content into the names below assets/.
    let cache = match path.starts_with("assets/") {
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    };
    response
        .insert_header((header::CACHE_CONTROL, cache))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        // Not `no-referrer`: browsers would then send `Origin: null` with our own requests.
        .insert_header((header::REFERRER_POLICY, "same-origin"));
}

fn unbuilt() -> HttpResponse {
    HttpResponse::NotFound().content_type("text/html; charset=utf-8").body(
        "<!doctype html><meta charset=utf-8><title>hub</title>\
         <p>The web client is not built into this program. Run <code>make run</code>, \
         or read <a href=/docs>/docs</a>.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::{http::StatusCode, test::TestRequest};
    use std::borrow::Cow;

    #[actix_web::test]
    async fn unknown_routes_and_files_are_typed_errors() {
        for path in ["/v1/nothing", "/v1", "/assets/gone-1234.js"] {
            let request = TestRequest::with_uri(path).to_http_request();
            let refused = file(request).await.expect_err(path);
            assert_eq!(refused.0.kind, protocol::ErrorKind::NotFound);
        }
        let request = TestRequest::delete().uri("/").to_http_request();
        let refused = file(request).await.expect("an answer");
        assert_eq!(refused.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(value(&refused, header::ALLOW), "GET, HEAD");
    }

    fn some_file() -> EmbeddedFile {
        let data = Cow::Borrowed(b"let a = 1".as_slice());
        EmbeddedFile {
            data,
            metadata: rust_embed::Metadata::__rust_embed_new(
                [7; 32],
                None,
                None,
                "text/javascript",
            ),
        }
    }

    fn value(response: &HttpResponse, name: header::HeaderName) -> String {
        let value = response.headers().get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    }

    #[test]
    fn hashed_names_are_cached_for_good_and_known_content_is_not_sent_again() {
        let request = TestRequest::get().to_http_request();
        let first = answer(&request, "assets/app-1234.js", some_file());
        assert_eq!(first.status(), StatusCode::OK);
        assert!(value(&first, header::CACHE_CONTROL).contains("immutable"));
        let tag = value(&first, header::ETAG);
        let request =
            TestRequest::get().insert_header((header::IF_NONE_MATCH, tag)).to_http_request();
        let second = answer(&request, INDEX, some_file());
        assert_eq!(second.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(value(&second, header::CACHE_CONTROL), "no-cache");
        assert!(second.headers().contains_key(header::CONTENT_SECURITY_POLICY));
    }
}
