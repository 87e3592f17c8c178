//! Uploads over HTTP: begin, send pieces from wherever the last request ended, finish.
//! Invariant: a body is never held in memory, and what arrived before a connection broke is kept.

use crate::{
    Edge,
    auth::Caller,
    error::{Answer, Refusal},
    params,
};
use actix_web::{HttpRequest, HttpResponse, http::Method, web};
use futures_util::StreamExt;
use persistence::UploadWriter;
use protocol::{
    ErrorBody, ErrorKind, UploadId,
    file::{BeginUpload, FileRef, FinishUpload, UploadState},
};
use std::time::Duration;

/// Where a request's bytes belong, and, in answers, how much is kept.
const OFFSET: &str = "Upload-Offset";
/// A sender that is silent for so long has lost its connection: the place goes to another.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// Begins an upload.
#[utoipa::path(
    post, path = "/v1/uploads", tag = "drive", request_body = BeginUpload,
    responses(
        (status = 200, body = UploadState),
        (status = 409, description = "`drive.quota_spent`, `drive.too_many_uploads`", body = ErrorBody),
        (status = 413, description = "`drive.file_too_large`", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn begin(caller: Caller, payload: web::Payload, edge: web::Data<Edge>) -> Answer {
    let asked: BeginUpload = params::json(&params::body(payload).await?)?;
    Ok(HttpResponse::Ok().json(edge.blobs.begin(caller.account, asked).await?))
}

/// Where an upload stands; the offset comes as a header too, so that HEAD tells it.
#[utoipa::path(
    get, path = "/v1/uploads/{upload}", tag = "drive",
    params(("upload" = UploadId, Path, description = "The id of the upload")),
    responses(
        (status = 200, body = UploadState),
        (status = 404, description = "`drive.upload_not_found`", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn state(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    let state = edge.blobs.upload(caller.account, id(&request)?).await?;
    let mut answer = HttpResponse::Ok();
    answer.insert_header((OFFSET, state.offset)).insert_header(("Cache-Control", "no-store"));
    if *request.method() == Method::HEAD {
        return Ok(answer.finish());
    }
    Ok(answer.json(state))
}

/// Sends bytes from `Upload-Offset` on; the answer says how much is kept. Send on from there.
#[utoipa::path(
    patch, path = "/v1/uploads/{upload}", tag = "drive",
    params(
        ("upload" = UploadId, Path, description = "The id of the upload"),
        ("Upload-Offset" = u64, Header, description = "Where the first byte belongs"),
    ),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 200, body = UploadState),
        (status = 409, description = "`drive.wrong_offset`, `drive.upload_busy`, `drive.upload_finished`", body = ErrorBody),
        (status = 503, description = "Too many are sending; try again", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn append(
    request: HttpRequest,
    caller: Caller,
    payload: web::Payload,
    edge: web::Data<Edge>,
) -> Answer {
    let upload = id(&request)?;
    let offset = request.headers().get(OFFSET).and_then(|value| value.to_str().ok());
    let offset: u64 = offset
        .ok_or_else(|| ErrorBody::missing(OFFSET))?
        .parse()
        .map_err(|_| ErrorBody::invalid(OFFSET, "a number of bytes"))?;
    let mut writer = edge.blobs.resume(caller.account, upload, offset).await?;
    feed(&mut writer, payload).await?;
    writer.close().await?;
    let state = edge.blobs.upload(caller.account, upload).await?;
    Ok(HttpResponse::Ok().insert_header((OFFSET, state.offset)).json(state))
}

/// A body that ends early is no error: what came of it is kept.
async fn feed(writer: &mut UploadWriter, mut payload: web::Payload) -> Result<(), Refusal> {
    loop {
        match tokio::time::timeout(SILENCE_MAX, payload.next()).await {
            Ok(Some(Ok(bytes))) => writer.write(&bytes).await?,
            Ok(Some(Err(error))) => {
                tracing::debug!(%error, "an upload broke off");
                return Ok(());
            }
            Ok(None) | Err(_) => return Ok(()),
        }
    }
}

/// Ends an upload: the file is read back, looked at, and kept or refused.
#[utoipa::path(
    post, path = "/v1/uploads/{upload}/finish", tag = "drive", request_body = FinishUpload,
    params(("upload" = UploadId, Path, description = "The id of the upload")),
    responses(
        (status = 200, body = FileRef),
        (status = 400, description = "Refused and gone: `drive.type_refused`, `drive.type_mismatch`, `drive.picture_too_large`, `drive.archive_bomb`, `drive.archive_hostile`, `drive.archive_broken`, `drive.wrong_sha256`", body = ErrorBody),
        (status = 409, description = "`drive.incomplete`", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn finish(
    request: HttpRequest,
    caller: Caller,
    payload: web::Payload,
    edge: web::Data<Edge>,
) -> Answer {
    let upload = id(&request)?;
    let asked: FinishUpload = params::json(&params::body(payload).await?)?;
    let name = edge.blobs.upload(caller.account, upload).await?.name;
    match edge.blobs.finish(caller.account, upload, asked).await {
        Ok(file) => Ok(HttpResponse::Ok().json(file)),
        Err(error) => {
            let refusal = Refusal::from(error);
            if refusal.0.kind == ErrorKind::Invalid && refusal.0.code.starts_with("drive.") {
                edge.hub.record_refusal(caller.account, name, &refusal.0).await?;
            }
            Err(refusal)
        }
    }
}

/// Gives an upload up.
#[utoipa::path(
    delete, path = "/v1/uploads/{upload}", tag = "drive",
    params(("upload" = UploadId, Path, description = "The id of the upload")),
    responses(
        (status = 204, description = "Gone"),
        (status = 404, description = "`drive.upload_not_found`", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn cancel(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    edge.blobs.cancel(caller.account, id(&request)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn id(request: &HttpRequest) -> Result<UploadId, ErrorBody> {
    params::part(request, "upload", "the id of an upload")
}
