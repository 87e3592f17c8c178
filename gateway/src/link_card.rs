//! Cards of links on HTTP: what a page says of itself, read by the hub on a person's behalf.
//! Absent on purpose: how it is read and what is refused (`actors::Hub::link_card`).

use crate::{Edge, auth::Caller, error::Answer, params::Params};
use actix_web::{HttpRequest, HttpResponse, web};
use protocol::{ErrorBody, room::LinkCard};

/// What the page at an address says of itself. Public addresses only, 30 new ones a minute.
#[utoipa::path(
    get, path = "/v1/link", tag = "room",
    params(("url" = String, Query, description = "Begins with http:// or https://")),
    responses(
        (status = 200, body = LinkCard),
        (status = 403, description = "`link.refused`: not a public address; it is on record", body = ErrorBody),
        (status = 404, description = "`link.unreadable`: no page, or none in time", body = ErrorBody),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn link(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    let params = Params::of(&request, &["url"])?;
    let url = params.text("url").ok_or_else(|| ErrorBody::missing("url"))?;
    Ok(HttpResponse::Ok().json(edge.hub.link_card(&caller.who, url).await?))
}
