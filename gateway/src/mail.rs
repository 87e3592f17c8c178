//! Micro-mail on HTTP: the caller's boxes. Invariant: the caller's own account decides what is
//! in them; no parameter widens it.

use crate::{Edge, auth::Caller, error::Answer, params::Params};
use actix_web::{HttpRequest, HttpResponse, web};
use persistence::MailRequest;
use protocol::{
    ErrorBody, RoomId,
    mail::{MailBox, MailPage},
};

/// The caller's micro-mails over all conversations, the latest first.
#[utoipa::path(
    get, path = "/v1/mails", tag = "room",
    params(
        ("box" = Option<MailBox>, Query, description = "received when absent"),
        ("room" = Option<RoomId>, Query, description = "Only of this conversation"),
        ("q" = Option<String>, Query, description = "Every word of it must be found"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<u32>, Query, description = "1 to 200, 50 when absent"),
    ),
    responses(
        (status = 200, body = MailPage),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn mails(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    let params = Params::of(&request, &["box", "room", "q", "cursor", "limit"])?;
    let which = match params.text("box") {
        None => MailBox::Received,
        Some(name) => MailBox::from_name(name)
            .ok_or_else(|| ErrorBody::invalid("box", "received, sent, unread or drafts"))?,
    };
    let page = edge
        .hub
        .queries()
        .mails(MailRequest {
            account: caller.account,
            which,
            room: params.value("room", "the id of a room")?,
            text: params.short("q")?,
            cursor: params.short("cursor")?,
            limit: params.limit()?,
        })
        .await?;
    Ok(HttpResponse::Ok().json(page))
}
