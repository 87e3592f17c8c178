//! Links for people without an account. Invariants: who has no right token learns nothing, not
//! even whether a link was ever there; a password is asked for before a name is told, and
//! guesses are limited like sign-ins; a link to a folder leads downwards only.

use super::send::send;
use crate::{
    Edge, client,
    error::{Answer, Refusal, not_found, rate_limited},
    limits::source,
    params,
};
use actix_web::{HttpRequest, HttpResponse, web};
use persistence::{LinkRow, Shelved};
use protocol::{
    ErrorBody, ErrorKind, Seq,
    account::Secret,
    drive::{DriveNode, LinkedFile, LinkedFolder, LinkedNode, OpenLink},
    limits::PAGE_MAX,
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
    let told = told(&edge, found(&request, &edge).await?).await?;
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(told))
}

/// What may be said of a link to whoever has its token.
pub(super) async fn told(edge: &Edge, link: LinkRow) -> Result<LinkedFile, ErrorBody> {
    let protected = link.password_hash.is_some();
    if !protected {
        edge.hub.opens_link(&link, None).await?;
    }
    let LinkedNode { name, bytes, .. } = linked(&link.node);
    let folder = link.node.file.is_none();
    let (name, bytes) = if protected { (None, None) } else { (Some(name), bytes) };
    Ok(LinkedFile { name, bytes, folder, protected, expires_at: link.expires_at })
}

/// The file that a link leads to, or one below the folder that it leads to.
#[utoipa::path(
    post, path = "/v1/links/{token}/file", tag = "drive", request_body = OpenLink,
    params(("token" = String, Path, description = "From the list of links")),
    responses(
        (status = 200, description = "The file", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 403, description = "`drive.link_password_needed`, `drive.link_wrong_password`", body = ErrorBody),
        (status = 404, description = "`drive.link_not_found`, `drive.link_expired`, `hub.not_found`", body = ErrorBody),
    )
)]
pub(crate) async fn file(
    request: HttpRequest,
    payload: web::Payload,
    edge: web::Data<Edge>,
) -> Answer {
    let (link, asked) = opened(&request, payload, &edge).await?;
    give(&request, &edge, &link, asked.node).await
}

/// What lies in the folder that a link leads to, or in one below it.
#[utoipa::path(
    post, path = "/v1/links/{token}/nodes", tag = "drive", request_body = OpenLink,
    params(("token" = String, Path, description = "From the list of links")),
    responses(
        (status = 200, body = LinkedFolder),
        (status = 403, description = "`drive.link_password_needed`, `drive.link_wrong_password`", body = ErrorBody),
        (status = 404, description = "`drive.link_not_found`, `drive.link_expired`, `hub.not_found`", body = ErrorBody),
    )
)]
pub(crate) async fn nodes(
    request: HttpRequest,
    payload: web::Payload,
    edge: web::Data<Edge>,
) -> Answer {
    let (link, asked) = opened(&request, payload, &edge).await?;
    let listing = listing(&edge, &link, asked.node, asked.after).await?;
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(listing))
}

async fn opened(
    request: &HttpRequest,
    payload: web::Payload,
    edge: &Edge,
) -> Result<(LinkRow, OpenLink), Refusal> {
    let body = params::body(payload).await?;
    let mut asked: OpenLink =
        if body.is_empty() { OpenLink::default() } else { params::json(&body)? };
    let link = found(request, edge).await?;
    open(request, edge, &link, asked.password.take()).await?;
    Ok((link, asked))
}

/// Whether the password is the link's, each try counted.
pub(super) async fn open(
    request: &HttpRequest,
    edge: &Edge,
    link: &LinkRow,
    password: Option<Secret>,
) -> Result<(), Refusal> {
    if let (Some(_), Some(address)) = (&link.password_hash, client::of(request, &edge.config)) {
        edge.limits.sign_ins.check(&source(address)).map_err(rate_limited)?;
    }
    Ok(edge.hub.opens_link(link, password).await?)
}

/// Sends the file at a place of an opened link.
pub(super) async fn give(
    request: &HttpRequest,
    edge: &Edge,
    link: &LinkRow,
    node: Option<Seq>,
) -> Answer {
    let file = inside(edge, link, node).await?.pop().and_then(|node| node.file);
    let file = file.ok_or_else(|| not_found("such file"))?;
    let blob = edge.blobs.find(file.blob).await?.ok_or_else(no_link)?;
    send(edge, request, &blob, &file)
}

pub(super) async fn listing(
    edge: &Edge,
    link: &LinkRow,
    node: Option<Seq>,
    after: Option<String>,
) -> Result<LinkedFolder, Refusal> {
    let path = inside(edge, link, node).await?;
    let folder = path.last().filter(|node| node.file.is_none());
    let folder = folder.ok_or_else(|| not_found("such folder"))?.node;
    let shelved = Shelved::Folder(folder);
    let page = edge.hub.queries().drive_nodes(link.space, shelved, after, PAGE_MAX).await?;
    let of = |nodes: &[DriveNode]| nodes.iter().map(linked).collect();
    Ok(LinkedFolder { path: of(&path), items: of(&page.items), next: page.next })
}

/// From the linked place down to `node`, which must lie in it.
async fn inside(edge: &Edge, link: &LinkRow, node: Option<Seq>) -> Result<Vec<DriveNode>, Refusal> {
    let node = node.unwrap_or(link.node.node);
    let path = edge.hub.queries().drive_linked(link, node).await?;
    Ok(path.ok_or_else(|| not_found("such place"))?)
}

/// What a stranger learns of a place: nothing of who, when, and what else it is.
fn linked(node: &DriveNode) -> LinkedNode {
    let bytes = node.file.as_ref().map(|file| file.bytes);
    LinkedNode { node: node.node, name: node.name.clone(), bytes }
}

pub(super) async fn found(request: &HttpRequest, edge: &Edge) -> Result<LinkRow, Refusal> {
    let token = request.match_info().get("token").unwrap_or_default();
    let (space, link) = edge.blobs.open_link(token).ok_or_else(no_link)?;
    Ok(edge.hub.queries().drive_link(space, link).await?.ok_or_else(no_link)?)
}

fn no_link() -> ErrorBody {
    ErrorBody::new(ErrorKind::NotFound, "drive.link_not_found", "there is no such link")
}
