//! Searching over HTTP: what the caller may see, found by what was typed. Invariant: the
//! caller's own account decides what is searched; no parameter widens it.

use crate::{Edge, auth::Caller, error::Answer, params::Params};
use actix_web::{HttpRequest, HttpResponse, web};
use persistence::SearchRequest;
use protocol::{
    ErrorBody, ErrorKind, Millis, Permission, RoomId,
    search::{SearchAnswer, SearchKind},
};

const KNOWN: &[&str] = &["q", "kinds", "room", "from", "to", "cursor", "limit"];

/// Finds messages, files, mails, tasks, notices, people and conversations by what they say.
#[utoipa::path(
    get, path = "/v1/search", tag = "search",
    params(
        ("q" = String, Query, description = "Every word of it must be found; in quotes, as it is written"),
        ("kinds" = Option<String>, Query, description = "Some of message,file,mail,task,notice,person,room,app; all when absent"),
        ("room" = Option<RoomId>, Query, description = "Only in this conversation, which the caller may read"),
        ("from" = Option<i64>, Query, description = "From this time on, in milliseconds"),
        ("to" = Option<i64>, Query, description = "Before this time, in milliseconds"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<u32>, Query, description = "1 to 200, 50 when absent"),
    ),
    responses(
        (status = 200, body = SearchAnswer),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn search(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    let params = Params::of(&request, KNOWN)?;
    let text = params.short("q")?.ok_or_else(|| ErrorBody::invalid("q", "say what to look for"))?;
    let mut kinds = kinds(params.text("kinds"))?;
    if !caller.who.may_somewhere(Permission::AccountRead) {
        kinds.retain(|kind| *kind != SearchKind::Person);
    }
    let cursor = params.short("cursor")?;
    if cursor.as_deref().is_some_and(|cursor| cursor.parse::<u64>().is_err()) {
        return Err(ErrorBody::invalid("cursor", "not the `next` of a page").into());
    }
    let room = params.value::<RoomId>("room", "the id of a room")?;
    if let Some(room) = room
        && !edge.hub.queries().may_search(caller.account, room).await?
    {
        let message = "only who may read a conversation searches it";
        return Err(ErrorBody::new(ErrorKind::Forbidden, "search.not_member", message).into());
    }
    let mut answer = edge
        .hub
        .queries()
        .search(SearchRequest {
            asker: caller.account,
            text,
            kinds,
            room,
            from: params.value::<Millis>("from", "a time in milliseconds")?,
            to: params.value::<Millis>("to", "a time in milliseconds")?,
            cursor,
            limit: params.limit()?,
            seen: edge.hub.seen_by(&caller.who).await?,
        })
        .await?;
    let manages = |unit| caller.who.may(Permission::AccountManage, unit);
    edge.hub.queries().unmask(&mut answer.people, manages).await?;
    Ok(HttpResponse::Ok().json(answer))
}

fn kinds(asked: Option<&str>) -> Result<Vec<SearchKind>, ErrorBody> {
    let Some(asked) = asked else { return Ok(SearchKind::ALL.to_vec()) };
    let kind = |name: &str| {
        SearchKind::from_name(name).ok_or_else(|| {
            let known: Vec<&str> = SearchKind::ALL.iter().map(|kind| kind.name()).collect();
            ErrorBody::invalid("kinds", format!("{name:?} is none of {}", known.join(",")))
        })
    };
    asked.split(',').map(str::trim).map(kind).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_a_list_of_known_words() {
        assert_eq!(kinds(None).map(|all| all.len()), Ok(SearchKind::ALL.len()));
        assert_eq!(kinds(Some("file, mail")), Ok(vec![SearchKind::File, SearchKind::Mail]));
        let error = kinds(Some("message,secret")).expect_err("unknown");
        assert_eq!(error.field.as_deref(), Some("kinds"));
        assert!(error.message.contains("message,file,mail,task,notice,person,room,app"), "{error}");
    }
}
