//! Links for people without an account. Invariant: who has no right token learns nothing, not
//! even whether a link was ever there; a password is asked for before the file's name is told,
//! and guesses are limited like sign-ins.

use super::send::send;
use crate::{
    Edge, client,
    error::{Answer, Refusal, rate_limited},
    limits::source,
    params,
};
use actix_web::{HttpRequest, HttpResponse, web};
use persistence::{Blob, LinkRow};
use protocol::{
    ErrorBody, ErrorKind,
    account::Secret,
    drive::{LinkedFile, OpenLink},
    file::FileRef,
};

/// What a link leads to.
#[utoipa::path(
    get, path = "/v1/links/{token}", tag = "drive",
    params(("token" = String, Path, description = "From the list of links")),
    responses(
        (status = 200, body = LinkedFile),
        (status = 404, description = "`drive.link_not_found`, `drive.link_expired`", body = ErrorBody),
    )
)]
pub(crate) async fn info(request: HttpRequest, edge: web::Data<Edge>) -> Answer {
    let told = told(&request, &edge).await?;
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(told))
}

pub(super) async fn told(request: &HttpRequest, edge: &Edge) -> Result<LinkedFile, Refusal> {
    let link = found(request, edge).await?;
    let protected = link.password_hash.is_some();
    if !protected {
        edge.hub.opens_link(&link, None).await?;
    }
    let shown = (!protected).then_some((link.file.name, link.file.bytes));
    let (name, bytes) = shown.unzip();
    Ok(LinkedFile { name, bytes, protected, expires_at: link.expires_at })
}

/// The file that a link leads to.
#[utoipa::path(
    post, path = "/v1/links/{token}/file", tag = "drive", request_body = OpenLink,
    params(("token" = String, Path, description = "From the list of links")),
    responses(
        (status = 200, description = "The file", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 403, description = "`drive.link_password_needed`, `drive.link_wrong_password`", body = ErrorBody),
        (status = 404, description = "`drive.link_not_found`, `drive.link_expired`", body = ErrorBody),
    )
)]
pub(crate) async fn file(
    request: HttpRequest,
    payload: web::Payload,
    edge: web::Data<Edge>,
) -> Answer {
    let body = params::body(payload).await?;
    let asked: OpenLink = if body.is_empty() { OpenLink::default() } else { params::json(&body)? };
    let (blob, file) = opened(&request, &edge, asked.password).await?;
    send(&edge, &request, &blob, &file)
}

pub(super) async fn opened(
    request: &HttpRequest,
    edge: &Edge,
    password: Option<Secret>,
) -> Result<(Blob, FileRef), Refusal> {
    let link = found(request, edge).await?;
    if let (Some(_), Some(address)) = (&link.password_hash, client::of(request, &edge.config)) {
        edge.limits.sign_ins.check(&source(address)).map_err(rate_limited)?;
    }
    edge.hub.opens_link(&link, password).await?;
    let blob = edge.blobs.find(link.file.blob).await?.ok_or_else(no_link)?;
    Ok((blob, link.file))
}

async fn found(request: &HttpRequest, edge: &Edge) -> Result<LinkRow, Refusal> {
    let token = request.match_info().get("token").unwrap_or_default();
    let (space, link) = edge.blobs.open_link(token).ok_or_else(no_link)?;
    Ok(edge.hub.queries().drive_link(space, link).await?.ok_or_else(no_link)?)
}

fn no_link() -> ErrorBody {
    ErrorBody::new(ErrorKind::NotFound, "drive.link_not_found", "there is no such link")
}
