//! Uploads over HTTP: begin, send pieces from wherever the last request ended, finish.
//! Invariants: a body is never held in memory, and what arrived before a connection broke is
//! kept; a file that is not taken, at its beginning or its end, is on record for the audit.

use crate::{
    Edge,
    auth::Caller,
    error::{Answer, Refusal},
    params,
};
use actix_web::{HttpRequest, HttpResponse, http::Method, web};
use futures_util::StreamExt;
use persistence::{BlobError, UploadWriter, clean_name};
use protocol::{
    ErrorBody, ErrorKind, UploadId,
    file::{BeginUpload, FileRef, FinishUpload, UploadState},
};
use std::time::Duration;

/// Where a request's bytes belong, and, in answers, how much is kept.
const OFFSET: &str = "Upload-Offset";
/// A sender that is silent for so long has lost its connection: the place goes to another.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// Begins an upload. What its name or size alone forbid is refused here, and on record.
#[utoipa::path(
    post, path = "/v1/uploads", tag = "drive", request_body = BeginUpload,
    responses(
        (status = 200, body = UploadState),
        (status = 400, description = "`drive.type_refused`", body = ErrorBody),
        (status = 409, description = "`drive.quota_spent`, `drive.too_many_uploads`", body = ErrorBody),
        (status = 413, description = "`drive.file_too_large`", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn begin(caller: Caller, payload: web::Payload, edge: web::Data<Edge>) -> Answer {
    let asked: BeginUpload = params::json(&params::body(payload).await?)?;
    let name = clean_name(&asked.name);
    let begun = edge.blobs.begin(caller.account, asked).await;
    Ok(HttpResponse::Ok().json(recorded(&edge, &caller, name, begun).await?))
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
    let with_body = *request.method() != Method::HEAD;
    stands(&edge, &caller, id(&request)?, with_body).await
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
    stands(&edge, &caller, upload, true).await
}

/// How much of an upload is kept.
async fn stands(edge: &Edge, caller: &Caller, upload: UploadId, with_body: bool) -> Answer {
    let state = edge.blobs.upload(caller.account, upload).await?;
    let mut answer = HttpResponse::Ok();
    answer.insert_header((OFFSET, state.offset)).insert_header(("Cache-Control", "no-store"));
    Ok(if with_body { answer.json(state) } else { answer.finish() })
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
    let finished = edge.blobs.finish(caller.account, upload, asked).await;
    Ok(HttpResponse::Ok().json(recorded(&edge, &caller, name, finished).await?))
}

/// Passes an outcome on; that the file itself was refused is put on record.
async fn recorded<T>(
    edge: &Edge,
    caller: &Caller,
    name: String,
    outcome: Result<T, BlobError>,
) -> Result<T, Refusal> {
    let refusal = match outcome {
        Ok(done) => return Ok(done),
        Err(error) => Refusal::from(error),
    };
    // The hundredth of a minute says nothing that the first did not.
    if is_the_files_fault(&refusal.0) && edge.limits.records.check(&caller.account).is_ok() {
        edge.hub.record_refusal(caller.account, name, &refusal.0).await?;
    }
    Err(refusal)
}

/// Not what merely came at the wrong moment.
fn is_the_files_fault(refused: &ErrorBody) -> bool {
    match refused.kind {
        ErrorKind::Invalid | ErrorKind::TooLarge => refused.code.starts_with("drive."),
        _ => matches!(&*refused.code, "drive.quota_spent" | "drive.too_many_uploads"),
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
