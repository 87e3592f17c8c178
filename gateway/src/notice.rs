//! Area `notice` on HTTP: a recipient's list and badges, a sender's statistics and proof.

use crate::{
    Edge,
    auth::Caller,
    error::Answer,
    params::{self, Params},
};
use actix_web::{HttpRequest, HttpResponse, web};
use protocol::{
    EntityKind, ErrorBody, StreamId,
    http::Page,
    notice::{NoticeBadges, NoticeCounts, NoticeItem, NoticeKind, NoticeProof, NoticeRow},
};

/// To-dos and announcements to the caller, the latest first.
#[utoipa::path(
    get, path = "/v1/notices", tag = "notice",
    params(
        ("kind" = Option<NoticeKind>, Query, description = "Both when absent"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<u32>, Query, description = "1 to 200, 50 when absent"),
    ),
    responses(
        (status = 200, body = Page<NoticeItem>),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn notices(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    let params = Params::of(&request, &["kind", "after", "limit"])?;
    let kind = match params.text("kind") {
        None => None,
        Some("todo") => Some(NoticeKind::Todo),
        Some("announcement") => Some(NoticeKind::Announcement),
        Some(_) => return Err(ErrorBody::invalid("kind", "todo or announcement").into()),
    };
    let (after, limit) = (params.short("after")?, params.limit()?);
    let page = edge.hub.queries().notices(caller.account, kind, after, limit).await?;
    Ok(HttpResponse::Ok().json(page))
}

/// How much the caller has not read.
#[utoipa::path(
    get, path = "/v1/notices/unread", tag = "notice",
    responses(
        (status = 200, body = NoticeBadges),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn unread(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    Params::of(&request, &[])?;
    let badges = edge.hub.queries().notice_badges(caller.account).await?;
    Ok(HttpResponse::Ok().json(badges))
}

/// To-dos and announcements as rows of the conversation list; a kind without any is absent.
#[utoipa::path(
    get, path = "/v1/notices/rows", tag = "notice",
    responses(
        (status = 200, body = Vec<NoticeRow>),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn rows(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    Params::of(&request, &[])?;
    let rows: Vec<NoticeRow> = edge.hub.queries().notice_rows(caller.account).await?;
    Ok(HttpResponse::Ok().json(rows))
}

/// What the caller has sent, the latest first, and how far it has come.
#[utoipa::path(
    get, path = "/v1/notices/sent", tag = "notice",
    params(
        ("after" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<u32>, Query, description = "1 to 200, 50 when absent"),
    ),
    responses(
        (status = 200, body = Page<NoticeCounts>),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn sent(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    let params = Params::of(&request, &["after", "limit"])?;
    let (after, limit) = (params.short("after")?, params.limit()?);
    let page = edge.hub.queries().notices_sent(caller.account, after, limit).await?;
    Ok(HttpResponse::Ok().json(page))
}

/// Who received it, read it, confirmed it and did it, and when: for who sent it.
#[utoipa::path(
    get, path = "/v1/notices/{notice}/proof", tag = "notice",
    params(
        ("notice" = String, Path, description = "The id of the notice"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<u32>, Query, description = "1 to 200, 50 when absent"),
    ),
    responses(
        (status = 200, body = Page<NoticeProof>),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn proof(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    let id: uuid::Uuid = params::part(&request, "notice", "the id of a notice")?;
    let params = Params::of(&request, &["after", "limit"])?;
    let (after, limit) = (params.short("after")?, params.limit()?);
    let stream = StreamId::new(EntityKind::Notice, id);
    edge.hub.watch_head(&caller.who, stream).await?;
    let page = edge.hub.queries().notice_proof(stream, after, limit).await?;
    Ok(HttpResponse::Ok().json(page))
}
