//! Area `app` on HTTP: which programs are registered. Tokens are listed without their secrets:
//! the hub has none to show.

use crate::{Edge, auth::Caller, error::Answer, params::Params};
use actix_web::{HttpRequest, HttpResponse, web};
use protocol::{ErrorBody, ErrorKind, Permission, app::AppInfo};

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
