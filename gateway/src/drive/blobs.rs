//! `GET /v1/blobs/{blob}`: a stored file, for who may see a place that names it.

use super::send::{dress, send};
use crate::{
    Edge,
    auth::Caller,
    error::{Answer, not_found},
    params::{self, Params},
};
use actix_web::{HttpRequest, HttpResponse, web};
use persistence::Blob;
use protocol::{BlobId, EntityKind, ErrorBody, Seq, StreamId, file::FileRef};
use uuid::Uuid;

/// A file. Where it is named must be said: in an event (`stream`, `seq`), in a drive (`drive`,
/// `node`), or nowhere, within the hour after the caller uploaded it. Ranges are answered.
#[utoipa::path(
    get, path = "/v1/blobs/{blob}", tag = "drive",
    params(
        ("blob" = BlobId, Path, description = "From a file reference"),
        ("stream" = Option<StreamId>, Query, description = "The stream of an event that names it"),
        ("seq" = Option<u64>, Query, description = "The number of that event"),
        ("drive" = Option<String>, Query, description = "The id of a space that holds it"),
        ("node" = Option<u64>, Query, description = "Its place there"),
        ("size" = Option<String>, Query, description = "`thumb`: a small picture of it"),
    ),
    responses(
        (status = 200, description = "The file", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 206, description = "The range asked for", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn file(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    let id: BlobId = params::part(&request, "blob", "the id of a file")?;
    let params = Params::of(&request, &["stream", "seq", "drive", "node", "size"])?;
    let file = named(&edge, &caller, &params, id).await?;
    let blob = edge.blobs.find(id).await?.ok_or_else(|| not_found("such file"))?;
    match params.text("size") {
        None => send(&edge, &request, &blob, &file),
        Some("thumb") => thumb(&edge, &blob, file).await,
        Some(_) => Err(ErrorBody::invalid("size", "only `thumb`").into()),
    }
}

async fn named(
    edge: &Edge,
    caller: &Caller,
    params: &Params,
    blob: BlobId,
) -> Result<FileRef, ErrorBody> {
    let stream = params.value::<StreamId>("stream", "a stream, written kind:uuid")?;
    let space = params.value::<Uuid>("drive", "the id of a space")?;
    let number = |name: &str| -> Result<Seq, ErrorBody> {
        let number = params.value::<u32>(name, "a number")?;
        number.map(Seq::from).ok_or_else(|| ErrorBody::missing(name))
    };
    match (stream, space) {
        (Some(stream), None) => {
            edge.hub.file_in_event(&caller.who, stream, number("seq")?, blob).await
        }
        (None, Some(space)) => {
            let space = StreamId::new(EntityKind::Space, space);
            edge.hub.file_in_space(&caller.who, space, number("node")?, blob).await
        }
        (None, None) => edge.hub.file_of_upload(caller.account, blob).await,
        (Some(_), Some(_)) => {
            Err(ErrorBody::invalid("drive", "give `stream` or `drive`, not both"))
        }
    }
}

async fn thumb(edge: &Edge, blob: &Blob, mut file: FileRef) -> Answer {
    let picture = edge.thumbs.of(&edge.blobs, blob).await?;
    "image/jpeg".clone_into(&mut file.media_type);
    let mut answer = HttpResponse::Ok();
    dress(&mut answer, &file);
    Ok(answer.body(picture))
}
