//! Area `call` on HTTP: the calls of one's rooms, and how a device inside one comes by sound and
//! pictures. Invariants: a call is shown to who may watch its room; descriptions are answered for
//! the device that has a place in the call, and for its owner alone.

use crate::{
    Edge,
    auth::Caller,
    error::{Answer, Refusal, rate_limited},
    only,
    params::{self, Params},
};
use actix_web::{HttpRequest, HttpResponse, http::Method, web, web::ServiceConfig};
use protocol::{
    AccountId, ErrorBody, LegId, RoomId, StreamId,
    call::{
        CallInfo, CallList, CallStand, CallView, IceConfig, LinesOn, LiveCall, MediaAnswer,
        PastCall, PublishOffer, SubscribeOffer,
    },
};
use serde::de::DeserializeOwned;

/// Past calls that are shown of a room.
const PAST_MAX: usize = 50;

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(only("/v1/calls", Method::GET, calls))
        .service(only("/v1/calls/ice", Method::GET, ice))
        .service(only("/v1/calls/{room}", Method::GET, call))
        .service(only("/v1/calls/{room}/legs/{leg}/publish", Method::POST, publish))
        .service(only("/v1/calls/{room}/legs/{leg}/subscribe", Method::POST, subscribe))
        .service(only("/v1/calls/{room}/legs/{leg}/lines", Method::PUT, lines))
        .service(only("/v1/calls/{room}/legs/{leg}/view", Method::PUT, view));
}

/// The calls that go on in the caller's rooms, those that ring first.
#[utoipa::path(
    get, path = "/v1/calls", tag = "call",
    responses(
        (status = 200, body = CallList),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn calls(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    Params::of(&request, &[])?;
    let mut calls = edge.hub.queries().live_calls(caller.account).await?;
    let rings = |call: &LiveCall| {
        let mine = call.people.iter().find(|one| one.account == caller.account);
        mine.is_some_and(|one| one.stand == CallStand::Ringing)
    };
    calls.sort_by_key(|call| !rings(call));
    let people = edge.hub.queries().cards(&named(&calls, &[])).await?;
    Ok(HttpResponse::Ok().json(CallList { calls, people }))
}

/// The call of a room that goes on, what is sent in it, and those that are over.
#[utoipa::path(
    get, path = "/v1/calls/{room}", tag = "call",
    params(("room" = RoomId, Path, description = "The room")),
    responses(
        (status = 200, body = CallInfo),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn call(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    Params::of(&request, &[])?;
    let room: RoomId = params::part(&request, "room", "the id of a room")?;
    // The number first: what happens meanwhile is heard by whoever watches from it.
    let head = edge.hub.watch_head(&caller.who, StreamId::of_calls(room)).await?;
    let queries = edge.hub.queries();
    let live = queries.live_call(room).await?;
    let past = queries.past_calls(room, PAST_MAX).await?;
    let (publications, speaker) = edge.hub.call_media(room);
    let people = queries.cards(&named(live.as_slice(), &past)).await?;
    Ok(HttpResponse::Ok().json(CallInfo { room, head, live, publications, speaker, past, people }))
}

/// What a browser reaches the media port by, besides the addresses in the answers.
#[utoipa::path(
    get, path = "/v1/calls/ice", tag = "call",
    responses(
        (status = 200, body = IceConfig),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn ice(request: HttpRequest, _: Caller) -> Answer {
    Params::of(&request, &[])?;
    Ok(HttpResponse::Ok().json(IceConfig { servers: Vec::new() }))
}

/// Answers an offer to send.
#[utoipa::path(
    post, path = "/v1/calls/{room}/legs/{leg}/publish", tag = "call",
    params(
        ("room" = RoomId, Path, description = "The room"),
        ("leg" = LegId, Path, description = "The device's place in the call"),
    ),
    request_body = PublishOffer,
    responses(
        (status = 200, body = MediaAnswer),
        (status = 400, description = "Not an offer that can be answered", body = ErrorBody),
        (status = 403, description = "`call.not_inside`", body = ErrorBody),
        (status = 503, description = "`call.no_media`: this hub has no media port", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn publish(
    request: HttpRequest,
    caller: Caller,
    payload: web::Payload,
    edge: web::Data<Edge>,
) -> Answer {
    let asked: Asked<PublishOffer> = asked(&request, &caller, payload, &edge).await?;
    let answer = edge.hub.call_publish(&caller.who, asked.room, asked.leg, asked.body).await?;
    Ok(HttpResponse::Ok().json(MediaAnswer { answer }))
}

/// Answers an offer to receive.
#[utoipa::path(
    post, path = "/v1/calls/{room}/legs/{leg}/subscribe", tag = "call",
    params(
        ("room" = RoomId, Path, description = "The room"),
        ("leg" = LegId, Path, description = "The device's place in the call"),
    ),
    request_body = SubscribeOffer,
    responses(
        (status = 200, body = MediaAnswer),
        (status = 400, description = "Not an offer that can be answered", body = ErrorBody),
        (status = 403, description = "`call.not_inside`", body = ErrorBody),
        (status = 503, description = "`call.no_media`: this hub has no media port", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn subscribe(
    request: HttpRequest,
    caller: Caller,
    payload: web::Payload,
    edge: web::Data<Edge>,
) -> Answer {
    let asked: Asked<SubscribeOffer> = asked(&request, &caller, payload, &edge).await?;
    let Asked { room, leg, body } = asked;
    let answer = edge.hub.call_subscribe(&caller.who, room, leg, body.offer).await?;
    Ok(HttpResponse::Ok().json(MediaAnswer { answer }))
}

/// Turns what a device sends on and off.
#[utoipa::path(
    put, path = "/v1/calls/{room}/legs/{leg}/lines", tag = "call",
    params(
        ("room" = RoomId, Path, description = "The room"),
        ("leg" = LegId, Path, description = "The device's place in the call"),
    ),
    request_body = LinesOn,
    responses(
        (status = 204, description = "So it is"),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn lines(
    request: HttpRequest,
    caller: Caller,
    payload: web::Payload,
    edge: web::Data<Edge>,
) -> Answer {
    let asked: Asked<LinesOn> = asked(&request, &caller, payload, &edge).await?;
    edge.hub.call_lines(&caller.who, asked.room, asked.leg, asked.body.lines)?;
    Ok(HttpResponse::NoContent().finish())
}

/// What a device wants to see.
#[utoipa::path(
    put, path = "/v1/calls/{room}/legs/{leg}/view", tag = "call",
    params(
        ("room" = RoomId, Path, description = "The room"),
        ("leg" = LegId, Path, description = "The device's place in the call"),
    ),
    request_body = CallView,
    responses(
        (status = 204, description = "So it is"),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn view(
    request: HttpRequest,
    caller: Caller,
    payload: web::Payload,
    edge: web::Data<Edge>,
) -> Answer {
    let asked: Asked<CallView> = asked(&request, &caller, payload, &edge).await?;
    edge.hub.call_view(&caller.who, asked.room, asked.leg, asked.body)?;
    Ok(HttpResponse::NoContent().finish())
}

/// What is asked for a device in a call.
struct Asked<T> {
    room: RoomId,
    leg: LegId,
    body: T,
}

async fn asked<T: DeserializeOwned>(
    request: &HttpRequest,
    caller: &Caller,
    payload: web::Payload,
    edge: &Edge,
) -> Result<Asked<T>, Refusal> {
    // A description costs a key exchange: as many as commands, and no more.
    edge.limits.commands.check(&caller.session).map_err(rate_limited)?;
    let room = params::part(request, "room", "the id of a room")?;
    let leg = params::part(request, "leg", "the id of a device's place")?;
    Ok(Asked { room, leg, body: params::json(&params::body(payload).await?)? })
}

fn named(live: &[LiveCall], past: &[PastCall]) -> Vec<AccountId> {
    let of_live =
        live.iter().flat_map(|call| call.people.iter().map(|one| one.account).chain([call.by]));
    let of_past = past.iter().flat_map(|call| call.people.iter().copied().chain([call.by]));
    let mut named: Vec<AccountId> = of_live.chain(of_past).collect();
    named.sort();
    named.dedup();
    named
}
