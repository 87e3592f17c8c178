//! What a person keeps on the account, what holds for the whole organisation, the watermark
//! and the devices that are told of news, on HTTP.
//! Invariants: a picture is sent only to who may see people, and only while it is the person's;
//! where a device is reached is in no answer.

use crate::{
    Edge,
    account::may_read_people,
    auth::{AnyCaller, Caller},
    error::{Answer, not_found},
    params::{self, Params},
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use domain::watermark::Mark;
use protocol::{
    AccountId, BlobId, ErrorBody, ErrorKind, Millis, Permission, Zone,
    me::{PersonProfile, PushInfo, PushLogLine, WatermarkInfo},
    organisation::{OrganisationInfo, organisation_stream},
};

/// What operators have set for everybody: fields of people, and the watermark.
#[utoipa::path(
    get, path = "/v1/organisation", tag = "organisation",
    responses(
        (status = 200, body = OrganisationInfo),
        (status = "4XX", description = "Not signed in", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn organisation(caller: Caller, edge: web::Data<Edge>) -> Answer {
    let stream = organisation_stream();
    // The number first: what is set meanwhile is heard by whoever watches from it.
    let head = match edge.hub.watch_head(&caller.who, stream).await {
        Err(error) if error.kind == ErrorKind::NotFound => 0,
        head => head?,
    };
    let (fields, watermark) = edge.hub.queries().organisation().await?;
    Ok(HttpResponse::Ok().json(OrganisationInfo { stream, head, fields, watermark }))
}

/// A person's card with the organisation's own fields that colleagues may see.
#[utoipa::path(
    get, path = "/v1/people/{account}", tag = "account",
    params(("account" = AccountId, Path, description = "Whose")),
    responses(
        (status = 200, body = PersonProfile),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn person(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    may_read_people(&caller)?;
    let account: AccountId = params::part(&request, "account", "the id of an account")?;
    let queries = edge.hub.queries();
    let visible = edge.hub.visible_among(&caller.who, &[account]).await?;
    let mut cards = queries.cards(&visible).await?;
    let manages = |unit| caller.who.may(Permission::AccountManage, unit);
    queries.unmask(&mut cards, manages).await?;
    let card = cards.pop().ok_or_else(|| not_found("such account"))?;
    let (known, _) = queries.organisation().await?;
    let all = account == caller.account || manages(card.unit);
    let mut fields = queries.field_values(account).await?;
    fields.retain(|value| {
        known.iter().any(|field| field.field == value.field && (field.shown || all))
    });
    Ok(HttpResponse::Ok().json(PersonProfile { card, fields }))
}

/// A person's picture, small.
#[utoipa::path(
    get, path = "/v1/people/{account}/avatar", tag = "account",
    params(
        ("account" = AccountId, Path, description = "Whose"),
        ("blob" = BlobId, Query, description = "From the card"),
    ),
    responses(
        (status = 200, description = "A JPEG", body = Vec<u8>, content_type = "image/jpeg"),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn avatar(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    may_read_people(&caller)?;
    let account: AccountId = params::part(&request, "account", "the id of an account")?;
    let params = Params::of(&request, &["blob"])?;
    let blob = params.value::<BlobId>("blob", "the id of a file")?;
    let blob = blob.ok_or_else(|| ErrorBody::missing("blob"))?;
    let visible = edge.hub.visible_among(&caller.who, &[account]).await?;
    if visible.is_empty() || !edge.hub.queries().is_avatar(account, blob).await? {
        return Err(not_found("such picture").into());
    }
    let blob = edge.blobs.find(blob).await?.ok_or_else(|| not_found("such picture"))?;
    let picture = edge.thumbs.of(&edge.blobs, &blob).await?;
    // Another picture has another address.
    Ok(HttpResponse::Ok()
        .content_type("image/jpeg")
        .insert_header((header::CACHE_CONTROL, "private, max-age=31536000, immutable"))
        .body(picture))
}

/// What lies over the caller's pages today.
#[utoipa::path(
    get, path = "/v1/watermark", tag = "organisation",
    responses(
        (status = 200, body = WatermarkInfo),
        (status = "4XX", description = "Not signed in", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn watermark(caller: Caller, edge: web::Data<Edge>) -> Answer {
    let queries = edge.hub.queries();
    let (_, wanted) = queries.organisation().await?;
    let day = Zone::Shanghai.day(edge.hub.clock().now());
    let text = match wanted.visible {
        true => Some(words_of(&edge, &caller).await?),
        false => None,
    };
    let mark = Mark::new(caller.account, u16::try_from(day.0).unwrap_or(0));
    let cells = wanted.hidden.then(|| mark.rows());
    let until: Millis = Zone::Shanghai.instant(day, 24 * 60 * 60 * 1000);
    Ok(HttpResponse::Ok().json(WatermarkInfo { text, cells, until }))
}

/// The name with the last four digits of the telephone, or with the user name.
async fn words_of(edge: &Edge, caller: &Caller) -> Result<String, crate::error::Refusal> {
    let me = edge.hub.queries().me(caller.account, caller.session).await?;
    let card = me.ok_or_else(ErrorBody::internal)?.card;
    let digits: Vec<char> =
        card.phone.unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
    let last = digits.len().checked_sub(4).map(|from| digits[from..].iter().collect::<String>());
    Ok(format!("{} {}", card.names.zh, last.unwrap_or(card.username)))
}

/// What a device needs to be told of news, and which of the caller's are.
#[utoipa::path(
    get, path = "/v1/push", tag = "account",
    responses(
        (status = 200, body = PushInfo),
        (status = "4XX", description = "Not signed in", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn push(AnyCaller(caller): AnyCaller, edge: web::Data<Edge>) -> Answer {
    let vapid = edge.hub.pusher().and_then(|pusher| pusher.vapid());
    let devices = edge.hub.queries().push_devices(caller.account).await?;
    Ok(HttpResponse::Ok().json(PushInfo { vapid, devices }))
}

/// What devices were told lately, without what it said; for operators.
#[utoipa::path(
    get, path = "/v1/push/log", tag = "system",
    responses(
        (status = 200, body = Vec<PushLogLine>),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn push_log(caller: Caller, edge: web::Data<Edge>) -> Answer {
    if !caller.who.may_everywhere(Permission::SystemOperate) {
        let message = "needs system.operate for the whole organisation";
        return Err(ErrorBody::new(ErrorKind::Forbidden, "push.not_allowed", message).into());
    }
    Ok(HttpResponse::Ok().json(edge.hub.push_log()))
}
