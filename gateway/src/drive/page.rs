//! The page that a link opens in a browser: a file's name and size with one button, or what lies
//! in a folder, file by file; a field for the password where there is one. Without a script, so
//! that it works on whatever a citizen has. Invariant: of what a password protects nothing is
//! shown before it was given; that it was is told by a cookie which the hub signed, for this link
//! and a few hours, and which holds no password.

mod html;
mod words;

use super::links;
use crate::{
    Edge,
    error::{Answer, Refusal},
    params::{self, Params},
};
use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError,
    cookie::{Cookie, SameSite, time::Duration},
    http::header::{self, ContentType},
    web,
};
use persistence::LinkRow;
use protocol::{ErrorBody, Millis, Seq, account::Secret, drive::LinkedFile};
use serde::Deserialize;
use words::Words;

pub(super) const PATH: &str = "/links/{token}";
pub(super) const FILE: &str = "/links/{token}/files/{node}";

const COOKIE: &str = "hub_link";
/// A password is asked for again after so long.
const PASS_MS: Millis = 4 * 60 * 60 * 1000;

#[derive(Deserialize)]
struct Form {
    #[serde(default)]
    password: String,
}

pub(super) async fn show(request: HttpRequest, edge: web::Data<Edge>) -> HttpResponse {
    let words = Words::of(&request);
    match shown(&request, &edge, words).await {
        Ok(page) => answer(HttpResponse::Ok(), page),
        Err(refusal) => refused(words, None, &refusal),
    }
}

async fn shown(request: &HttpRequest, edge: &Edge, words: &Words) -> Result<String, Refusal> {
    let link = links::found(request, edge).await?;
    if link.node.file.is_some() || !is_open(request, edge, &link).await? {
        return Ok(html::door(words, Some(&links::told(edge, link).await?), None));
    }
    let params = Params::of(request, &["folder", "after"])?;
    let folder = params.value::<u32>("folder", "a place")?.map(Seq::from);
    let listing = links::listing(edge, &link, folder, params.short("after")?).await?;
    Ok(html::folder(words, &place(request), &listing))
}

/// The form was sent: the file itself, the way into the folder, or the page again with what is
/// wrong.
pub(super) async fn open(
    request: HttpRequest,
    payload: web::Payload,
    edge: web::Data<Edge>,
) -> Answer {
    let words = Words::of(&request);
    let body = params::body(payload).await?;
    let form: Form = web::Query::<Form>::from_query(&String::from_utf8_lossy(&body))
        .map_err(|error| ErrorBody::invalid("password", error.to_string()))?
        .into_inner();
    let password = (!form.password.is_empty()).then_some(Secret(form.password));
    let link = match links::found(&request, &edge).await {
        Ok(link) => link,
        Err(refusal) => return Ok(refused(words, None, &refusal)),
    };
    if let Err(refusal) = links::open(&request, &edge, &link, password).await {
        let told = links::told(&edge, link).await.ok();
        return Ok(refused(words, told.as_ref(), &refusal));
    }
    if link.node.file.is_some() {
        return links::give(&request, &edge, &link, None).await;
    }
    let mut inside = HttpResponse::SeeOther();
    inside.insert_header((header::LOCATION, place(&request)));
    inside.insert_header((header::CACHE_CONTROL, "no-store"));
    Ok(inside.cookie(pass(&request, &edge, &link)).finish())
}

/// A file of a linked folder.
pub(super) async fn file(request: HttpRequest, edge: web::Data<Edge>) -> Answer {
    let words = Words::of(&request);
    let link = match links::found(&request, &edge).await {
        Ok(link) => link,
        Err(refusal) => return Ok(refused(words, None, &refusal)),
    };
    match is_open(&request, &edge, &link).await {
        Ok(true) => {
            let node: u32 = params::part(&request, "node", "a place")?;
            let given = links::give(&request, &edge, &link, Some(node.into())).await;
            Ok(given.unwrap_or_else(|refusal| refused(words, None, &refusal)))
        }
        Ok(false) => {
            let back = (header::LOCATION, place(&request));
            Ok(HttpResponse::SeeOther().insert_header(back).finish())
        }
        Err(refusal) => Ok(refused(words, None, &refusal)),
    }
}

/// Whether what a link leads to may be shown: it has no password, or it was given before.
async fn is_open(request: &HttpRequest, edge: &Edge, link: &LinkRow) -> Result<bool, Refusal> {
    match edge.hub.opens_link(link, None).await {
        Ok(()) => Ok(true),
        Err(error) if error.code == "drive.link_password_needed" => {
            let now = edge.hub.clock().now();
            let pass = request.cookie(COOKIE);
            Ok(pass.is_some_and(|pass| {
                edge.blobs.is_link_pass(link.space, link.link, pass.value(), now)
            }))
        }
        Err(error) => Err(error.into()),
    }
}

fn pass(request: &HttpRequest, edge: &Edge, link: &LinkRow) -> Cookie<'static> {
    let until = edge.hub.clock().now() + PASS_MS;
    Cookie::build(COOKIE, edge.blobs.link_pass(link.space, link.link, until))
        .path(place(request))
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(edge.config.secure_cookie)
        .max_age(Duration::milliseconds(PASS_MS))
        .finish()
}

/// The page of the link; its token is hexadecimal, or no link was found.
fn place(request: &HttpRequest) -> String {
    format!("/links/{}", request.match_info().get("token").unwrap_or_default())
}

fn refused(words: &Words, told: Option<&LinkedFile>, refusal: &Refusal) -> HttpResponse {
    let status = refusal.status_code();
    let wrong = words.about(&refusal.0);
    answer(HttpResponse::build(status), html::door(words, told, Some(wrong)))
}

fn answer(mut response: HttpResponseBuilder, page: String) -> HttpResponse {
    let policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; \
                  frame-ancestors 'none'; base-uri 'none'";
    response
        .content_type(ContentType::html())
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::REFERRER_POLICY, "same-origin"))
        .body(page)
}
