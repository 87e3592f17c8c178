//! Area `room` on HTTP: who has read a message. For its author, and for owner and admins of
//! the room; whoever may only watch the room is not told.

use crate::{
    Edge,
    auth::Caller,
    error::Answer,
    params::{self, Params},
};
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::future::try_join3;
use protocol::{
    EntityKind, ErrorBody, ErrorKind, RoomId, Seq, StreamId, http::Readers, room::MemberRole,
};

/// Who has read a message of any age, and who has not.
#[utoipa::path(
    get, path = "/v1/rooms/{room}/messages/{seq}/readers", tag = "room",
    params(
        ("room" = RoomId, Path, description = "The id of the room"),
        ("seq" = u64, Path, description = "The number of the message"),
        ("after_read" = Option<String>, Query, description = "`next` of the readers before"),
        ("after_unread" = Option<String>, Query, description = "`next` of the others before"),
        ("limit" = Option<u32>, Query, description = "1 to 200, 50 when absent"),
    ),
    responses(
        (status = 200, body = Readers),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn readers(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    let room: RoomId = params::part(&request, "room", "the id of a room")?;
    let seq: Seq = params::part(&request, "seq", "the number of a message")?;
    let params = Params::of(&request, &["after_read", "after_unread", "limit"])?;
    let (after_read, after_unread) = (params.short("after_read")?, params.short("after_unread")?);
    let limit = params.limit()?;
    edge.hub.watch_head(&caller.who, StreamId::new(EntityKind::Room, room.0)).await?;
    let queries = edge.hub.queries();
    let role = queries.role_in(room, caller.account).await?;
    let message = queries.message_of(room, seq).await?;
    let own = message.is_some_and(|message| message.author == caller.account);
    let admin = role.is_some_and(|role| role >= MemberRole::Admin);
    // A whisper is its author's alone to ask about: even that there is one is no one else's.
    let message =
        message.filter(|message| own || (admin && !message.whisper)).ok_or_else(|| {
            let (code, kind, message) = match (message.filter(|message| !message.whisper), admin) {
                (Some(_), false) => (
                    "room.readers_not_yours",
                    ErrorKind::Forbidden,
                    "for its author and for admins",
                ),
                _ => ("room.message_not_found", ErrorKind::NotFound, "no message has this number"),
            };
            ErrorBody::new(kind, code, message).field("seq")
        })?;
    // Side by side: each goes through all members of a room that may be large.
    let (units, read, unread) = try_join3(
        queries.readers_by_unit(message),
        queries.readers_page(message, true, after_read, limit),
        queries.readers_page(message, false, after_unread, limit),
    )
    .await?;
    let read_count = units.iter().map(|unit| unit.read).sum();
    let unread_count = units.iter().map(|unit| unit.unread).sum();
    let readers = Readers { read_count, unread_count, units, read, unread };
    Ok(HttpResponse::Ok().json(readers))
}
