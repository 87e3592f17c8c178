//! Area `room` on HTTP: the caller's conversations, who is in a room and what is pinned there.

use crate::{
    Edge,
    auth::Caller,
    error::Answer,
    params::{self, Params},
};
use actix_web::{HttpRequest, HttpResponse, web};
use protocol::{
    EntityKind, ErrorBody, EventFrame, RoomId, StreamId,
    http::{Conversation, Page, RoomMember},
};

/// The caller's conversations, the latest first.
#[utoipa::path(
    get, path = "/v1/rooms", tag = "room",
    params(
        ("after" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<u32>, Query, description = "1 to 200, 50 when absent"),
    ),
    responses(
        (status = 200, body = Page<Conversation>),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn conversations(
    request: HttpRequest,
    caller: Caller,
    edge: web::Data<Edge>,
) -> Answer {
    let params = Params::of(&request, &["after", "limit"])?;
    let (after, limit) = (params.short("after")?, params.limit()?);
    let page = edge.hub.queries().conversations(caller.account, after, limit).await?;
    Ok(HttpResponse::Ok().json(page))
}

/// Who is in a room that the caller may watch.
#[utoipa::path(
    get, path = "/v1/rooms/{room}/members", tag = "room",
    params(
        ("room" = RoomId, Path, description = "The id of the room"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<u32>, Query, description = "1 to 200, 50 when absent"),
    ),
    responses(
        (status = 200, body = Page<RoomMember>),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn members(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    let room: RoomId = params::part(&request, "room", "the id of a room")?;
    let params = Params::of(&request, &["after", "limit"])?;
    let (after, limit) = (params.short("after")?, params.limit()?);
    edge.hub.watch_head(&caller.who, StreamId::new(EntityKind::Room, room.0)).await?;
    let page = edge.hub.queries().room_members(room, after, limit).await?;
    Ok(HttpResponse::Ok().json(page))
}

/// What is pinned in a room that the caller may watch, the latest pin first.
#[utoipa::path(
    get, path = "/v1/rooms/{room}/pins", tag = "room",
    params(("room" = RoomId, Path, description = "The id of the room")),
    responses(
        (status = 200, description = "The pinned messages, as they were sent", body = Vec<EventFrame>),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn pins(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    let room: RoomId = params::part(&request, "room", "the id of a room")?;
    Params::of(&request, &[])?;
    let (_, viewer) = edge.hub.look(&caller.who, StreamId::new(EntityKind::Room, room.0)).await?;
    let pins = edge.hub.queries().pins(room, &viewer).await?;
    Ok(HttpResponse::Ok().json(pins))
}
