//! Area `room` on HTTP: the notice and the door of a group, and services with their threads.
//! Invariant: what only owner and admins may see is asked of the members' rows, whoever may
//! watch; of an invite only who holds its token is told where it leads.

use crate::{
    Edge,
    auth::Caller,
    error::{Answer, Refusal},
    params::{self, Params},
};
use actix_web::{HttpRequest, HttpResponse, web};
use protocol::{
    EntityKind, ErrorBody, ErrorKind, RoomId, StreamId,
    http::{Doorway, Invitation, NoticeInfo, ServiceInfo, ThreadInfo, Waiting},
    room::{CannedAnswer, MemberRole},
};

/// The room of the path, which the caller may watch.
async fn watched(
    request: &HttpRequest,
    caller: &Caller,
    edge: &Edge,
    known: &[&str],
) -> Result<(RoomId, Params), Refusal> {
    let room: RoomId = params::part(request, "room", "the id of a room")?;
    let params = Params::of(request, known)?;
    edge.hub.watch_head(&caller.who, StreamId::new(EntityKind::Room, room.0)).await?;
    Ok((room, params))
}

/// Refuses who does not hold at least this role in the room.
async fn holds(
    caller: &Caller,
    edge: &Edge,
    room: RoomId,
    least: MemberRole,
) -> Result<(), Refusal> {
    let role = edge.hub.queries().role_in(room, caller.account).await?;
    if role.is_some_and(|role| role >= least) {
        return Ok(());
    }
    let (code, message) = match least {
        MemberRole::Member => ("room.not_member", "only members may"),
        _ => ("room.not_admin", "only the owner and admins may"),
    };
    Err(ErrorBody::new(ErrorKind::Forbidden, code, message).into())
}

/// The notice of a room, and how many have confirmed it; `null` where there is none.
#[utoipa::path(
    get, path = "/v1/rooms/{room}/notice", tag = "room",
    params(("room" = RoomId, Path, description = "The id of the room")),
    responses(
        (status = 200, body = Option<NoticeInfo>),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn notice(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    let (room, _) = watched(&request, &caller, &edge, &[]).await?;
    let notice = edge.hub.queries().notice(room, caller.account).await?;
    Ok(HttpResponse::Ok().json(notice))
}

/// Invites of a room and who waits at its door: for owner and admins.
#[utoipa::path(
    get, path = "/v1/rooms/{room}/invites", tag = "room",
    params(("room" = RoomId, Path, description = "The id of the room")),
    responses(
        (status = 200, body = Doorway),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn invites(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    let (room, _) = watched(&request, &caller, &edge, &[]).await?;
    holds(&caller, &edge, room, MemberRole::Admin).await?;
    let doorway = edge.hub.queries().doorway(room).await?;
    Ok(HttpResponse::Ok().json(doorway))
}

/// Incoming webhooks of a room: for owner and admins. What opens them is not told again.
#[utoipa::path(
    get, path = "/v1/rooms/{room}/hooks", tag = "room",
    params(("room" = RoomId, Path, description = "The id of the room")),
    responses(
        (status = 200, body = Vec<protocol::room::HookInfo>),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn hooks(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    let (room, _) = watched(&request, &caller, &edge, &[]).await?;
    holds(&caller, &edge, room, MemberRole::Admin).await?;
    Ok(HttpResponse::Ok().json(edge.hub.queries().hooks(room).await?))
}

/// What an invite leads to, for whoever holds its token.
#[utoipa::path(
    get, path = "/v1/rooms/{room}/invitation", tag = "room",
    params(
        ("room" = RoomId, Path, description = "The id of the room"),
        ("token" = String, Query, description = "The token of the invite"),
    ),
    responses(
        (status = 200, body = Invitation),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn invitation(
    request: HttpRequest,
    caller: Caller,
    edge: web::Data<Edge>,
) -> Answer {
    let room: RoomId = params::part(&request, "room", "the id of a room")?;
    let params = Params::of(&request, &["token"])?;
    let token = params.short("token")?.ok_or_else(|| ErrorBody::missing("token"))?;
    let now = edge.hub.clock().now();
    let found = edge.hub.queries().invitation(room, &token, caller.account, now).await?;
    let invitation = found.ok_or_else(|| {
        ErrorBody::new(ErrorKind::NotFound, "room.invite_not_found", "no such invite")
            .field("token")
    })?;
    Ok(HttpResponse::Ok().json(invitation))
}

/// Whom one can ask.
#[utoipa::path(
    get, path = "/v1/services", tag = "room",
    responses(
        (status = 200, body = Vec<ServiceInfo>),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn services(
    request: HttpRequest,
    caller: Caller,
    edge: web::Data<Edge>,
) -> Answer {
    Params::of(&request, &[])?;
    let services = edge.hub.queries().services(caller.account).await?;
    Ok(HttpResponse::Ok().json(services))
}

/// The open threads of a desk, those that wait first, or the closed ones: for its agents.
#[utoipa::path(
    get, path = "/v1/rooms/{room}/threads", tag = "room",
    params(
        ("room" = RoomId, Path, description = "The id of the desk"),
        ("closed" = Option<bool>, Query, description = "Those that are closed, the latest first"),
        ("limit" = Option<u32>, Query, description = "1 to 200, 50 when absent"),
    ),
    responses(
        (status = 200, body = Vec<ThreadInfo>),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn threads(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    let (room, params) = watched(&request, &caller, &edge, &["closed", "limit"]).await?;
    holds(&caller, &edge, room, MemberRole::Member).await?;
    let closed = params.value("closed", "true or false")?.unwrap_or(false);
    let threads = edge.hub.queries().threads(room, closed, params.limit()?).await?;
    Ok(HttpResponse::Ok().json(threads))
}

/// The answers that a desk keeps at hand: for its agents.
#[utoipa::path(
    get, path = "/v1/rooms/{room}/answers", tag = "room",
    params(("room" = RoomId, Path, description = "The id of the desk")),
    responses(
        (status = 200, body = Vec<CannedAnswer>),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn answers(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    let (room, _) = watched(&request, &caller, &edge, &[]).await?;
    holds(&caller, &edge, room, MemberRole::Member).await?;
    let answers = edge.hub.queries().answers(room).await?;
    Ok(HttpResponse::Ok().json(answers))
}

/// Where a thread stands among those that wait.
#[utoipa::path(
    get, path = "/v1/rooms/{room}/waiting", tag = "room",
    params(("room" = RoomId, Path, description = "The id of the thread")),
    responses(
        (status = 200, body = Waiting),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn waiting(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    let (room, _) = watched(&request, &caller, &edge, &[]).await?;
    let waiting = edge.hub.queries().waiting(room).await?.ok_or_else(|| {
        ErrorBody::new(ErrorKind::NotFound, "room.not_found", "no such thread").field("room")
    })?;
    Ok(HttpResponse::Ok().json(waiting))
}
