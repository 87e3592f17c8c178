//! Area `account` on HTTP: sign-in and sign-out, the caller, people and units.
//! Invariant: a token leaves in the answer to its own sign-in and nowhere else.

use crate::{
    Edge,
    auth::{AnyCaller, COOKIE, Caller},
    client,
    error::{Answer, not_found, rate_limited},
    limits::source,
    params::{self, Params},
    trace,
};
use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time::Duration},
    http::header,
    web,
};
use actors::Request;
use persistence::Among;
use protocol::{
    AccountId, AnyCommand, CommandId, ErrorBody, ErrorKind, Permission, UnitId,
    account::{AccountCommand, Secret, SignOut},
    http::{AccountCard, Me, Page, SessionInfo, SignInRequest, SignInResponse, UnitNode},
    limits::PEOPLE_PER_REQUEST_MAX,
};

/// Signs in. Browsers get the session as a cookie, programs take the token.
#[utoipa::path(
    post, path = "/v1/sign-in", tag = "account", request_body = SignInRequest,
    responses(
        (status = 200, description = "Signed in", body = SignInResponse),
        (status = 400, description = "The body is wrong", body = ErrorBody),
        (status = 401, description = "`account.wrong_password`, `account.code_required`, `account.wrong_code`, `account.code_used`, `account.locked`", body = ErrorBody),
        (status = 429, description = "Too many attempts from this address", body = ErrorBody),
    )
)]
pub(crate) async fn sign_in(
    request: HttpRequest,
    payload: web::Payload,
    edge: web::Data<Edge>,
) -> Answer {
    let address = client::of(&request, &edge.config);
    if let Some(address) = address {
        edge.limits.sign_ins.check(&source(address)).map_err(rate_limited)?;
    }
    let body = params::body(payload).await?;
    let asked: SignInRequest = params::json(&body)?;
    let address = address.map(|address| address.to_string()).unwrap_or_default();
    let signed = edge.hub.sign_in(asked, address, agent(&request)).await?;
    let me = edge.hub.queries().me(signed.account, signed.session).await?;
    let me = me.ok_or_else(ErrorBody::internal)?;
    let left = signed.expires_at - edge.hub.clock().now();
    let cookie = cookie(&edge, signed.token.clone(), Duration::milliseconds(left.max(0)));
    Ok(HttpResponse::Ok().cookie(cookie).insert_header((header::CACHE_CONTROL, "no-store")).json(
        SignInResponse {
            token: Secret(signed.token),
            session: signed.session,
            expires_at: signed.expires_at,
            me,
        },
    ))
}

fn cookie(edge: &Edge, token: String, age: Duration) -> Cookie<'static> {
    Cookie::build(COOKIE, token)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(edge.config.secure_cookie)
        .max_age(age)
        .finish()
}

/// What the client calls itself, as the list of sessions shows it.
fn agent(request: &HttpRequest) -> String {
    let agent = request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    agent.unwrap_or_default().chars().take(200).collect()
}

/// Ends the session that asks.
#[utoipa::path(
    post, path = "/v1/sign-out", tag = "account",
    responses(
        (status = 204, description = "Signed out; the cookie is gone"),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn sign_out(
    request: HttpRequest,
    AnyCaller(caller): AnyCaller,
    edge: web::Data<Edge>,
) -> Answer {
    let command = AccountCommand::SignOut(SignOut { session: caller.session });
    let asked = Request {
        id: CommandId(edge.hub.ids().next()),
        stream: Some(caller.account.into()),
        command: AnyCommand::Account(command),
        trace: trace::of(&request, &edge),
    };
    edge.hub.submit(&caller.who, asked).await?;
    let gone = cookie(&edge, String::new(), Duration::ZERO);
    Ok(HttpResponse::NoContent().cookie(gone).finish())
}

/// The caller.
#[utoipa::path(
    get, path = "/v1/me", tag = "account",
    responses(
        (status = 200, body = Me),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn me(AnyCaller(caller): AnyCaller, edge: web::Data<Edge>) -> Answer {
    let me = edge.hub.queries().me(caller.account, caller.session).await?;
    Ok(HttpResponse::Ok().json(me.ok_or_else(|| not_found("such account"))?))
}

/// Where the caller's account is signed in.
#[utoipa::path(
    get, path = "/v1/sessions", tag = "account",
    responses(
        (status = 200, body = Vec<SessionInfo>),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn sessions(AnyCaller(caller): AnyCaller, edge: web::Data<Edge>) -> Answer {
    let now = edge.hub.clock().now();
    let mut sessions = edge.hub.queries().sessions(caller.account, now).await?;
    for session in &mut sessions {
        session.current = session.session == caller.session;
    }
    Ok(HttpResponse::Ok().json(sessions))
}

/// The organisation tree as far as the caller sees it, parents before children, siblings by rank.
#[utoipa::path(
    get, path = "/v1/units", tag = "account",
    responses(
        (status = 200, body = Vec<UnitNode>),
        (status = "4XX", description = "Not signed in, or not entitled", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn units(caller: Caller, edge: web::Data<Edge>) -> Answer {
    may_read_people(&caller)?;
    let mut units = edge.hub.queries().units().await?;
    if let Some(seen) = edge.hub.seen_by(&caller.who).await? {
        units.retain(|node| seen.contains(&node.unit));
    }
    Ok(HttpResponse::Ok().json(units))
}

/// Finds people by name, user name, pinyin, initials or phone.
#[utoipa::path(
    get, path = "/v1/people", tag = "account",
    params(
        ("q" = Option<String>, Query, description = "Any part of a name, pinyin or initials; all people when absent"),
        ("unit" = Option<UnitId>, Query, description = "Only people of this unit and below"),
        ("here" = Option<bool>, Query, description = "Only people of this unit itself"),
        ("accounts" = Option<String>, Query, description = "These people instead, up to 200 ids with commas between: those whom the caller sees or has met in a room"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<u32>, Query, description = "1 to 200, 50 when absent"),
    ),
    responses(
        (status = 200, body = Page<AccountCard>),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn people(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    may_read_people(&caller)?;
    let known = ["q", "unit", "here", "accounts", "after", "limit"];
    let params = Params::of(&request, &known)?;
    if let Some(accounts) = params.list("accounts", PEOPLE_PER_REQUEST_MAX)? {
        let visible = edge.hub.visible_among(&caller.who, &accounts).await?;
        return named(&edge, &caller, &visible).await;
    }
    let text = params.short("q")?.unwrap_or_default();
    let unit = params.value::<UnitId>("unit", "the id of a unit")?;
    let (after, limit) = (params.short("after")?, params.limit()?);
    let seen = edge.hub.seen_by(&caller.who).await?;
    let here = params.value::<bool>("here", "true or false")?.unwrap_or(false);
    let among = Among { unit, here, seen: seen.as_ref() };
    let mut page = edge.hub.queries().find_people(&text, among, after, limit).await?;
    let manages = |unit| caller.who.may(Permission::AccountManage, unit);
    edge.hub.queries().unmask(&mut page.items, manages).await?;
    Ok(HttpResponse::Ok().json(page))
}

async fn named(edge: &Edge, caller: &Caller, accounts: &[AccountId]) -> Answer {
    let mut items = edge.hub.queries().cards(accounts).await?;
    let manages = |unit| caller.who.may(Permission::AccountManage, unit);
    edge.hub.queries().unmask(&mut items, manages).await?;
    Ok(HttpResponse::Ok().json(Page { items, next: None }))
}

pub(crate) fn may_read_people(caller: &Caller) -> Result<(), ErrorBody> {
    if caller.who.may_somewhere(Permission::AccountRead) {
        return Ok(());
    }
    let message = "needs the permission account.read";
    Err(ErrorBody::new(ErrorKind::Forbidden, "account.forbidden", message))
}
