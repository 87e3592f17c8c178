//! Signing people in to applications: OpenID Connect, the authorization code flow and nothing
//! else of it. An application sends the browser to `/oauth/authorize`; the hub knows the person
//! by the session and sends the browser back with a code; the application's server changes the
//! code at `/oauth/token` for a signed statement of who that is.
//! Invariants: a browser is sent to a registered address only, compared letter by letter; a code
//! leaves only for a person whom the application is for; every refusal is the application's to
//! read (`domain::app`). Absent on purpose: consent (the hub's own operators register the
//! applications), refresh tokens, implicit and hybrid flows.

use super::{page, token};
use crate::{
    Edge,
    auth::{self, Caller},
    client,
    error::{Answer, Refusal, rate_limited},
    limits::source,
    params,
};
use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use actors::{SignInAsked, SignInCode, SignedInPerson};
use base64::{Engine, prelude::BASE64_STANDARD};
use protocol::{
    AccountId, EntityKind, ErrorBody, ErrorKind, StreamId, app::SignInRefusal, http::AccountCard,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{collections::HashMap, fmt::Write};

/// How long what is signed here is good. An application keeps a session of its own after it.
const TOKEN_SECONDS: i64 = 10 * 60;
/// State and nonce come back as they were given; nobody needs more.
const OPAQUE_CHARS_MAX: usize = 1_000;
/// Says that the hub itself has sent the browser on: the cookie would be there by now.
const SENT_ON: &str = "sent_on";

type Asked = HashMap<String, String>;

/// Where everything is, for an application's library.
#[utoipa::path(
    get, path = "/.well-known/openid-configuration", tag = "app",
    responses((status = 200, description = "OpenID Connect Discovery 1.0", body = Object))
)]
pub(crate) async fn discovery(request: HttpRequest, edge: web::Data<Edge>) -> Answer {
    let issuer = issuer(&request, &edge);
    Ok(HttpResponse::Ok().json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/oauth/authorize"),
        "token_endpoint": format!("{issuer}/oauth/token"),
        "userinfo_endpoint": format!("{issuer}/oauth/userinfo"),
        "jwks_uri": format!("{issuer}/oauth/jwks.json"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "scopes_supported": ["openid", "profile"],
        "claims_supported": ["sub", "name", "locale_names", "unit"],
        "token_endpoint_auth_methods_supported":
            ["client_secret_basic", "client_secret_post", "none"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    })))
}

/// The public key that statements are signed with.
#[utoipa::path(
    get, path = "/oauth/jwks.json", tag = "app",
    responses((status = 200, description = "A JSON Web Key Set (RFC 7517)", body = Object))
)]
pub(crate) async fn jwks(edge: web::Data<Edge>) -> Answer {
    let keys = edge.hub.keys()?;
    let (x, y) = keys.public();
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "max-age=300")).json(json!({
        "keys": [{
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": keys.id(),
            "x": token::encode(x), "y": token::encode(y),
        }]
    })))
}

/// Sends the browser of a signed-in person back to the application with a code.
#[utoipa::path(
    get, path = "/oauth/authorize", tag = "app",
    params(
        ("client_id" = String, Query, description = "The id of the application"),
        ("redirect_uri" = String, Query, description = "As registered, letter by letter"),
        ("response_type" = String, Query, description = "`code`"),
        ("scope" = String, Query, description = "`openid`, and `profile`"),
        ("state" = Option<String>, Query, description = "Comes back as it is"),
        ("nonce" = Option<String>, Query, description = "Stands in the signed statement"),
        ("code_challenge" = Option<String>, Query, description = "PKCE; needed without a secret"),
        ("code_challenge_method" = Option<String>, Query, description = "`S256`"),
        ("prompt" = Option<String>, Query, description = "`none`: no page for signing in"),
    ),
    responses(
        (status = 200, description = "A page that goes on by itself"),
        (status = 302, description = "To the application, with `code` or with `error`; or to the page for signing in"),
        (status = "4XX", description = "An application or an address that is not registered", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn authorize(request: HttpRequest, edge: web::Data<Edge>) -> Answer {
    let asked = read(request.query_string())?;
    match begin(&request, &edge, &asked).await {
        Ok(answer) => Ok(answer),
        Err(error) => Ok(page::wrong(&request, error)),
    }
}

async fn begin(
    request: &HttpRequest,
    edge: &Edge,
    asked: &Asked,
) -> Result<HttpResponse, ErrorBody> {
    let app = app_of(text(asked, "client_id"))?;
    let redirect = asked.get("redirect_uri").ok_or_else(|| ErrorBody::missing("redirect_uri"))?;
    let back = Back { redirect, state: asked.get("state"), issuer: issuer(request, edge) };
    let registered = edge.hub.queries().app_redirects(app).await;
    let registered = registered.map_err(|error| crate::error::store(&error))?.contains(redirect);
    let Some(caller) = signed_in(request, edge).await? else {
        if registered && text(asked, "prompt") == "none" {
            return Ok(back.error("login_required", "nobody is signed in"));
        }
        return Ok(sign_in_first(request, asked));
    };
    if let Some((error, why)) = flaw(asked).filter(|_| registered) {
        return Ok(back.error(error, why));
    }
    let asked = SignInAsked {
        app,
        redirect: redirect.clone(),
        challenge: asked.get("code_challenge").cloned(),
        nonce: asked.get("nonce").cloned(),
    };
    match edge.hub.begin_sign_in(caller.account, asked).await? {
        Ok(code) => Ok(back.to(&[("code", &code)])),
        Err(SignInRefusal::NotForYou) => Ok(back.error("access_denied", "it is for others")),
        Err(reason) => Err(refusal(reason)),
    }
}

/// The person whose browser it is; a program is nobody here, nor is who owes a new password.
async fn signed_in(request: &HttpRequest, edge: &Edge) -> Result<Option<Caller>, ErrorBody> {
    let Some(secret) = auth::token(request.headers()) else { return Ok(None) };
    match Caller::of(edge, &secret).await {
        Ok(caller) if caller.who.app.is_some() || caller.who.must_change_password => Ok(None),
        Ok(caller) => Ok(Some(caller)),
        Err(error) if error.kind == ErrorKind::Unauthenticated => Ok(None),
        Err(error) => Err(error),
    }
}

/// First on to the same address, in case the cookie was only left out; then to the page for
/// signing in, which comes back here.
fn sign_in_first(request: &HttpRequest, asked: &Asked) -> HttpResponse {
    let here = format!("/oauth/authorize?{}", request.query_string());
    if !asked.contains_key(SENT_ON) {
        return page::go_on(&format!("{here}&{SENT_ON}=1"));
    }
    let to = format!("/?next={}", encoded(&here));
    HttpResponse::Found()
        .insert_header((header::LOCATION, to))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// What is wrong with a request of a registered application, in the words of RFC 6749.
fn flaw(asked: &Asked) -> Option<(&'static str, &'static str)> {
    let challenge = asked.get("code_challenge");
    let too_long =
        |name: &str| asked.get(name).is_some_and(|one| one.chars().count() > OPAQUE_CHARS_MAX);
    if text(asked, "response_type") != "code" {
        return Some(("unsupported_response_type", "only code"));
    }
    if !text(asked, "scope").split(' ').any(|scope| scope == "openid") {
        return Some(("invalid_scope", "needs openid"));
    }
    if too_long("state") || too_long("nonce") {
        return Some(("invalid_request", "state or nonce is too long"));
    }
    match (challenge, asked.get("code_challenge_method").map(String::as_str)) {
        (None, None) => None,
        (Some(challenge), Some("S256")) if challenge.len() == 43 => None,
        _ => Some(("invalid_request", "code_challenge_method must be S256")),
    }
}

/// The way back to the application.
struct Back<'a> {
    redirect: &'a str,
    state: Option<&'a String>,
    issuer: String,
}

impl Back<'_> {
    fn error(&self, error: &str, why: &str) -> HttpResponse {
        self.to(&[("error", error), ("error_description", why)])
    }

    fn to(&self, fields: &[(&str, &str)]) -> HttpResponse {
        let mut address = self.redirect.to_owned();
        let mut sign = if address.contains('?') { '&' } else { '?' };
        let state = self.state.map(|state| ("state", state.as_str()));
        let all = fields.iter().copied().chain(state).chain([("iss", self.issuer.as_str())]);
        for (name, value) in all {
            // Writing to a String cannot fail.
            let _ = write!(address, "{sign}{name}={}", encoded(value));
            sign = '&';
        }
        HttpResponse::Found()
            .insert_header((header::LOCATION, address))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::REFERRER_POLICY, "no-referrer"))
            .finish()
    }
}

/// The application's server changes a code for who it is. The body is a form (RFC 6749); an
/// application proves itself by a token of its own with the scope `sign_in`, or by PKCE.
#[utoipa::path(
    post, path = "/oauth/token", tag = "app",
    responses(
        (status = 200, description = "`id_token`, `access_token`, `token_type`, `expires_in`", body = Object),
        (status = "4XX", description = "`error` of RFC 6749 beside the usual fields", body = Object),
    )
)]
pub(crate) async fn exchange(
    request: HttpRequest,
    payload: web::Payload,
    edge: web::Data<Edge>,
) -> Answer {
    if let Some(address) = client::of(&request, &edge.config) {
        edge.limits.calls.check(&source(address)).map_err(rate_limited)?;
    }
    let body = params::body(payload).await?;
    let form = std::str::from_utf8(&body).map_err(|_| ErrorBody::invalid("body", "not a form"))?;
    match change(&request, &edge, read(form)?).await {
        Ok(answer) => {
            Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
        }
        Err(error) => Ok(told(error)),
    }
}

async fn change(request: &HttpRequest, edge: &Edge, mut form: Asked) -> Result<Value, ErrorBody> {
    if text(&form, "grant_type") != "authorization_code" {
        let message = "only authorization_code";
        return Err(ErrorBody::new(ErrorKind::Invalid, "app.grant_unknown", message));
    }
    if let Some((id, secret)) = basic(request) {
        form.insert("client_id".to_owned(), id);
        form.insert("client_secret".to_owned(), secret);
    }
    let app = app_of(text(&form, "client_id"))?;
    let code = SignInCode {
        app,
        code: text(&form, "code").to_owned(),
        redirect: text(&form, "redirect_uri").to_owned(),
        challenge: form.get("code_verifier").map(|verifier| token::challenge(verifier)),
        secret: form.remove("client_secret"),
    };
    let person = edge.hub.finish_sign_in(code).await?.map_err(refusal)?;
    statements(request, edge, app, &person).await
}

/// `client_secret_basic`; both halves are form-encoded.
fn basic(request: &HttpRequest) -> Option<(String, String)> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let pair = BASE64_STANDARD.decode(value.strip_prefix("Basic ")?.trim()).ok()?;
    let pair = String::from_utf8(pair).ok()?;
    let (id, secret) = pair.split_once(':')?;
    let plain = |half: &str| read(&format!("half={half}")).ok()?.remove("half");
    Some((plain(id)?, plain(secret)?))
}

/// What opens `/oauth/userinfo`.
#[derive(Serialize, Deserialize)]
struct Access {
    iss: String,
    sub: AccountId,
    aud: String,
    client_id: String,
    iat: i64,
    exp: i64,
}

async fn statements(
    request: &HttpRequest,
    edge: &Edge,
    app: StreamId,
    person: &SignedInPerson,
) -> Result<Value, ErrorBody> {
    let (iss, keys) = (issuer(request, edge), edge.hub.keys()?);
    let iat = edge.hub.clock().now().div_euclid(1_000);
    let exp = iat + TOKEN_SECONDS;
    let (sub, client_id) = (person.account, app.id.to_string());
    let mut claims = about(&card(edge, sub).await?);
    for (name, value) in
        [("iss", json!(iss)), ("aud", json!(client_id)), ("iat", json!(iat)), ("exp", json!(exp))]
    {
        claims[name] = value;
    }
    if let Some(nonce) = &person.nonce {
        claims["nonce"] = json!(nonce);
    }
    let aud = format!("{iss}/oauth/userinfo");
    let access = Access { iss, sub, aud, client_id, iat, exp };
    Ok(json!({
        "token_type": "Bearer",
        "access_token": token::write(keys, token::ACCESS, &access)?,
        "expires_in": TOKEN_SECONDS,
        "scope": "openid profile",
        "id_token": token::write(keys, token::ID, &claims)?,
    }))
}

/// Who the access token is about, as the hub knows the person now.
#[utoipa::path(
    get, path = "/oauth/userinfo", tag = "app",
    responses(
        (status = 200, description = "`sub`, `name`, `locale_names`, `unit`", body = Object),
        (status = 401, description = "The token is not good, or no longer", body = ErrorBody),
    )
)]
pub(crate) async fn userinfo(request: HttpRequest, edge: web::Data<Edge>) -> Answer {
    let (keys, now) = (edge.hub.keys()?, edge.hub.clock().now());
    let shown = auth::bearer(request.headers());
    let access = shown.and_then(|shown| token::read::<Access>(keys, token::ACCESS, shown, now));
    let access = access.ok_or_else(|| {
        ErrorBody::new(ErrorKind::Unauthenticated, "app.no_token", "this token opens nothing")
    })?;
    let card = card(&edge, access.sub).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(about(&card)))
}

/// A person who can still be signed in.
async fn card(edge: &Edge, account: AccountId) -> Result<AccountCard, ErrorBody> {
    let gone = || {
        let message = "this person cannot sign in any more";
        ErrorBody::new(ErrorKind::Unauthenticated, "app.person_gone", message)
    };
    let store = |error| crate::error::store(&error);
    let queries = edge.hub.queries();
    if !queries.missing_accounts(&[account]).await.map_err(store)?.is_empty() {
        return Err(gone());
    }
    let found = queries.cards(&[account]).await.map_err(store)?;
    found.into_iter().next().ok_or_else(gone)
}

/// No phone number: what an application must know of somebody it asks that person for.
fn about(card: &AccountCard) -> Value {
    json!({
        "sub": card.account,
        "name": card.names.zh,
        "locale_names": card.names,
        "unit": card.unit,
    })
}

/// RFC 6749 has words of its own for a refusal; ours stand beside them.
fn told(error: ErrorBody) -> HttpResponse {
    let (status, word) = match error.code.as_ref() {
        "app.secret_wrong" | "app.client_unknown" => (StatusCode::UNAUTHORIZED, "invalid_client"),
        "app.scope_missing" => (StatusCode::UNAUTHORIZED, "unauthorized_client"),
        "app.grant_unknown" => (StatusCode::BAD_REQUEST, "unsupported_grant_type"),
        code if code.starts_with("app.") => (StatusCode::BAD_REQUEST, "invalid_grant"),
        _ => {
            let status = StatusCode::from_u16(error.kind.http_status());
            (status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), "invalid_request")
        }
    };
    let mut body = serde_json::to_value(&error).unwrap_or_default();
    body["error"] = json!(word);
    body["error_description"] = json!(error.message);
    HttpResponse::build(status).insert_header((header::CACHE_CONTROL, "no-store")).json(body)
}

fn refusal(reason: SignInRefusal) -> ErrorBody {
    use SignInRefusal as R;
    let (kind, code, message) = match reason {
        R::RedirectUnknown => {
            (ErrorKind::Invalid, "app.redirect_unknown", "an address that is not registered")
        }
        R::NotForYou => (ErrorKind::Forbidden, "app.not_for_you", "it is for others"),
        R::CodeUnknown => (ErrorKind::Invalid, "app.code_unknown", "no such code"),
        R::CodeExpired => (ErrorKind::Invalid, "app.code_expired", "the code is over"),
        R::CodeUsed => (ErrorKind::Conflict, "app.code_used", "the code was used already"),
        R::RedirectDiffers => {
            (ErrorKind::Invalid, "app.redirect_differs", "not the address the code was made for")
        }
        R::VerifierWrong => (ErrorKind::Invalid, "app.verifier_wrong", "not who asked for it"),
        R::SecretWrong => {
            (ErrorKind::Unauthenticated, "app.secret_wrong", "not a token of this application")
        }
    };
    ErrorBody::new(kind, code, message)
}

fn app_of(client_id: &str) -> Result<StreamId, ErrorBody> {
    let id = client_id.strip_prefix("app:").unwrap_or(client_id).parse();
    id.map(|id| StreamId::new(EntityKind::App, id)).map_err(|_| {
        ErrorBody::new(ErrorKind::NotFound, "app.client_unknown", "no such application")
            .field("client_id")
    })
}

/// What an application knows this hub by: the address that people type, or else the one under
/// which it was asked, as a proxy passes it on.
fn issuer(request: &HttpRequest, edge: &Edge) -> String {
    if let Some(set) = &edge.config.public_url {
        return set.clone();
    }
    let scheme = if edge.config.secure_cookie { "https" } else { "http" };
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    format!("{scheme}://{}", host.unwrap_or_default())
}

/// Parameters that are not known are read over, as the standard asks.
fn read(query: &str) -> Result<Asked, Refusal> {
    web::Query::<Asked>::from_query(query)
        .map(web::Query::into_inner)
        .map_err(|error| ErrorBody::invalid("query", error.to_string()).into())
}

fn text<'a>(asked: &'a Asked, name: &str) -> &'a str {
    asked.get(name).map_or("", String::as_str)
}

/// As a value of a query.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_application_gets_wrong_is_said_in_its_own_words() {
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        let good = "response_type=code&scope=openid%20profile";
        let pkce = format!("{good}&code_challenge={challenge}");
        for (query, word) in [
            (good.to_owned(), None),
            (format!("{pkce}&code_challenge_method=S256"), None),
            (format!("{pkce}&code_challenge_method=plain"), Some("invalid_request")),
            (pkce, Some("invalid_request")),
            (
                format!("{good}&code_challenge=short&code_challenge_method=S256"),
                Some("invalid_request"),
            ),
            ("response_type=token&scope=openid".to_owned(), Some("unsupported_response_type")),
            ("response_type=code&scope=profile".to_owned(), Some("invalid_scope")),
            (format!("{good}&state={}", "x".repeat(1_001)), Some("invalid_request")),
        ] {
            let asked = read(&query).unwrap_or_default();
            assert_eq!(flaw(&asked).map(|(word, _)| word), word, "{query}");
        }
    }

    #[test]
    fn the_way_back_keeps_what_the_address_has() {
        let state = "a b&c".to_owned();
        for (redirect, expected) in [
            (
                "https://a.example/x",
                "https://a.example/x?code=1&state=a%20b%26c&iss=http%3A%2F%2Fh",
            ),
            (
                "https://a.example/?y=1",
                "https://a.example/?y=1&code=1&state=a%20b%26c&iss=http%3A%2F%2Fh",
            ),
        ] {
            let back = Back { redirect, state: Some(&state), issuer: "http://h".to_owned() };
            let answer = back.to(&[("code", "1")]);
            let location = answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
            assert_eq!(location, Some(expected));
        }
    }

    #[test]
    fn every_refusal_has_a_word_of_the_standard() {
        use SignInRefusal as R;
        for (reason, status) in [
            (R::CodeUsed, 400),
            (R::CodeExpired, 400),
            (R::VerifierWrong, 400),
            (R::SecretWrong, 401),
        ] {
            assert_eq!(told(refusal(reason)).status(), status, "{reason:?}");
        }
    }
}
