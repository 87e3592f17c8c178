//! Listings of the drive, for who may watch the space.

use crate::{
    Edge,
    auth::Caller,
    error::{Answer, not_found},
    params::{self, Params},
};
use actix_web::{HttpRequest, HttpResponse, web};
use persistence::Shelved;
use protocol::{
    EntityKind, ErrorBody, Seq, StreamId,
    drive::{DriveLink, DriveListing, DriveNode, DriveVersion, SpaceCard, SpaceMember},
    http::Page,
};
use uuid::Uuid;

/// The caller's spaces, the own one first.
#[utoipa::path(
    get, path = "/v1/drive", tag = "drive",
    responses((status = 200, body = Vec<SpaceCard>)),
    security(("session" = []))
)]
pub(crate) async fn spaces(caller: Caller, edge: web::Data<Edge>) -> Answer {
    let quota = edge.hub.space_bytes_max();
    Ok(HttpResponse::Ok().json(edge.hub.queries().spaces(caller.account, quota).await?))
}

/// What lies in a folder: folders first, each by name.
#[utoipa::path(
    get, path = "/v1/drive/{space}/nodes", tag = "drive",
    params(
        ("space" = String, Path, description = "The id of the space"),
        ("folder" = Option<u64>, Query, description = "The top when absent"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<u32>, Query, description = "1 to 200, 50 when absent"),
    ),
    responses((status = 200, body = DriveListing), (status = "4XX", description = "Refused", body = ErrorBody)),
    security(("session" = []))
)]
pub(crate) async fn nodes(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    let space = seen(&request, &caller, &edge).await?;
    let params = Params::of(&request, &["folder", "after", "limit"])?;
    let folder = Seq::from(params.value::<u32>("folder", "a place")?.unwrap_or(0));
    let (after, limit) = (params.short("after")?, params.limit()?);
    let queries = edge.hub.queries();
    let path = queries.drive_path(space, folder).await?;
    if folder != 0 && path.last().is_none_or(|last| last.file.is_some()) {
        return Err(not_found("such folder").into());
    }
    let page = queries.drive_nodes(space, Shelved::Folder(folder), after, limit).await?;
    Ok(HttpResponse::Ok().json(DriveListing { path, items: page.items, next: page.next }))
}

/// What was removed, the latest first.
#[utoipa::path(
    get, path = "/v1/drive/{space}/bin", tag = "drive",
    params(
        ("space" = String, Path, description = "The id of the space"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<u32>, Query, description = "1 to 200, 50 when absent"),
    ),
    responses((status = 200, body = Page<DriveNode>), (status = "4XX", description = "Refused", body = ErrorBody)),
    security(("session" = []))
)]
pub(crate) async fn bin(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    let space = seen(&request, &caller, &edge).await?;
    let params = Params::of(&request, &["after", "limit"])?;
    let (after, limit) = (params.short("after")?, params.limit()?);
    let page = edge.hub.queries().drive_nodes(space, Shelved::Bin, after, limit).await?;
    Ok(HttpResponse::Ok().json(page))
}

/// The versions of a file, the newest first.
#[utoipa::path(
    get, path = "/v1/drive/{space}/nodes/{node}/versions", tag = "drive",
    params(
        ("space" = String, Path, description = "The id of the space"),
        ("node" = u64, Path, description = "The place of the file"),
    ),
    responses((status = 200, body = Vec<DriveVersion>), (status = "4XX", description = "Refused", body = ErrorBody)),
    security(("session" = []))
)]
pub(crate) async fn versions(
    request: HttpRequest,
    caller: Caller,
    edge: web::Data<Edge>,
) -> Answer {
    let space = seen(&request, &caller, &edge).await?;
    let node: u32 = params::part(&request, "node", "a place")?;
    Ok(HttpResponse::Ok().json(edge.hub.queries().drive_versions(space, node.into()).await?))
}

/// Who is in a space.
#[utoipa::path(
    get, path = "/v1/drive/{space}/members", tag = "drive",
    params(("space" = String, Path, description = "The id of the space")),
    responses((status = 200, body = Vec<SpaceMember>), (status = "4XX", description = "Refused", body = ErrorBody)),
    security(("session" = []))
)]
pub(crate) async fn members(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    let space = seen(&request, &caller, &edge).await?;
    Ok(HttpResponse::Ok().json(edge.hub.queries().space_members(space).await?))
}

/// The links that lead into a space, with what opens them.
#[utoipa::path(
    get, path = "/v1/drive/{space}/links", tag = "drive",
    params(("space" = String, Path, description = "The id of the space")),
    responses((status = 200, body = Vec<DriveLink>), (status = "4XX", description = "Refused", body = ErrorBody)),
    security(("session" = []))
)]
pub(crate) async fn links(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    let space = seen(&request, &caller, &edge).await?;
    let mut links = edge.hub.queries().drive_links(space).await?;
    for link in &mut links {
        link.token = edge.blobs.link_token(space, link.link);
    }
    Ok(HttpResponse::Ok().json(links))
}

async fn seen(request: &HttpRequest, caller: &Caller, edge: &Edge) -> Result<Uuid, ErrorBody> {
    let space: Uuid = params::part(request, "space", "the id of a space")?;
    let stream = StreamId::new(EntityKind::Space, space);
    edge.hub.watch_head(&caller.who, stream).await.map(|_| space)
}
