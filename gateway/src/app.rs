//! Area `app` on HTTP: which programs are registered, the app square, incoming webhooks (`hook`)
//! and signing people in to applications (`oidc`). Tokens are listed without their secrets: the
//! hub has none to show.

pub(crate) mod hook;
pub(crate) mod oidc;
mod page;
mod token;

use crate::{
    Edge,
    auth::Caller,
    error::{Answer, not_found},
    params::{self, Params},
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use protocol::{
    ErrorBody, ErrorKind, Permission,
    app::{AppIcon, AppInfo, SquareApp},
};
use uuid::Uuid;

/// Every application with its tokens, for who manages accounts everywhere.
#[utoipa::path(
    get, path = "/v1/apps", tag = "app",
    responses(
        (status = 200, body = Vec<AppInfo>),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn apps(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    Params::of(&request, &[])?;
    if !caller.who.may_everywhere(Permission::AccountManage) {
        let message = "needs account.manage for the whole organisation";
        return Err(ErrorBody::new(ErrorKind::Forbidden, "app.not_allowed", message).into());
    }
    Ok(HttpResponse::Ok().json(edge.hub.queries().apps().await?))
}

/// The app square: what the caller may open, in the operators' order.
#[utoipa::path(
    get, path = "/v1/apps/square", tag = "app",
    responses(
        (status = 200, body = Vec<SquareApp>),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn square(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    Params::of(&request, &[])?;
    Ok(HttpResponse::Ok().json(edge.hub.queries().square(caller.account).await?))
}

/// The picture of an application that the caller may open, small. Managers see all of them.
#[utoipa::path(
    get, path = "/v1/apps/{app}/icon", tag = "app",
    params(("app" = String, Path, description = "The id of the application")),
    responses(
        (status = 200, description = "A picture", body = Vec<u8>, content_type = "image/jpeg"),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn icon(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    let id: Uuid = params::part(&request, "app", "the id of an application")?;
    let stream = protocol::StreamId::new(protocol::EntityKind::App, id);
    let known = edge.hub.queries().app_for(stream, caller.account).await?;
    let manages = caller.who.may_everywhere(Permission::AccountManage);
    let seen = known.filter(|(_, _, for_them)| *for_them || manages);
    let Some(AppIcon::Picture { file }) = seen.and_then(|(app, _, _)| app.icon) else {
        return Err(not_found("such picture").into());
    };
    let blob = edge.blobs.find(file.blob).await?.ok_or_else(|| not_found("such picture"))?;
    let picture = edge.thumbs.of(&edge.blobs, &blob).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "image/jpeg"))
        .insert_header((header::CACHE_CONTROL, "private, max-age=300"))
        .body(picture))
}
