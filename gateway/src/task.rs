//! Area `task` on HTTP: tasks in a window of time, shared calendars, and the feed for calendar
//! programs. Invariant: a feed is opened by its secret and by nothing else, so no page of
//! another site can ask for it in somebody's name.

mod ics;

use crate::{
    Edge,
    auth::Caller,
    error::{Answer, not_found},
    params::{self, Params},
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use protocol::{
    AccountId, EntityKind, ErrorBody, ErrorKind, Millis, StreamId, calendar::CalendarShares,
    task::TaskItem,
};

/// A window of time is a year and a month at most: what a calendar shows, with room.
const WINDOW_MAX_MS: Millis = 400 * 24 * 60 * 60 * 1000;
/// A feed reaches back so far.
const FEED_BACK_MS: Millis = 92 * 24 * 60 * 60 * 1000;

/// Tasks that take place in a window: the caller's, or those of who shares the calendar.
#[utoipa::path(
    get, path = "/v1/tasks", tag = "task",
    params(
        ("from" = i64, Query, description = "Milliseconds since 1970 UTC: the reader's own zone says where a day begins"),
        ("to" = i64, Query, description = "At most 400 days later"),
        ("of" = Option<AccountId>, Query, description = "Whose; the caller's when absent"),
    ),
    responses(
        (status = 200, description = "Every occurrence, the earliest first", body = Vec<TaskItem>),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn tasks(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    let params = Params::of(&request, &["from", "to", "of"])?;
    let (from, to) = window(&params)?;
    let of = params.value::<AccountId>("of", "the id of an account")?.unwrap_or(caller.account);
    let queries = edge.hub.queries();
    if !queries.sees_calendar(of, caller.account).await? {
        let message = "this calendar is not shared with you";
        return Err(ErrorBody::new(ErrorKind::Forbidden, "calendar.not_shared", message).into());
    }
    let tasks = queries.tasks(of, caller.account, from, to).await?;
    let tasks = tasks.ok_or_else(|| ErrorBody::invalid("to", "too many tasks for one window"))?;
    Ok(HttpResponse::Ok().json(tasks))
}

fn window(params: &Params) -> Result<(Millis, Millis), ErrorBody> {
    let moment = |name: &str| {
        let at = params.value::<Millis>(name, "a time in milliseconds")?;
        at.ok_or_else(|| ErrorBody::missing(name))
    };
    let (from, to) = (moment("from")?, moment("to")?);
    let within = to.checked_sub(from).is_some_and(|long| (1..=WINDOW_MAX_MS).contains(&long));
    if within { Ok((from, to)) } else { Err(ErrorBody::invalid("to", "1 ms to 400 days later")) }
}

/// One task that the caller may watch, by its rule.
#[utoipa::path(
    get, path = "/v1/tasks/{task}", tag = "task",
    params(("task" = String, Path, description = "The id of the task")),
    responses(
        (status = 200, body = TaskItem),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn task(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    let id: uuid::Uuid = params::part(&request, "task", "the id of a task")?;
    Params::of(&request, &[])?;
    let stream = StreamId::new(EntityKind::Task, id);
    edge.hub.watch_head(&caller.who, stream).await?;
    let task = edge.hub.queries().task(stream, caller.account).await?;
    Ok(HttpResponse::Ok().json(task.ok_or_else(|| not_found("such task"))?))
}

/// With whom the caller shares the calendar, and who shares with the caller.
#[utoipa::path(
    get, path = "/v1/calendar", tag = "task",
    responses(
        (status = 200, body = CalendarShares),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn calendar(
    request: HttpRequest,
    caller: Caller,
    edge: web::Data<Edge>,
) -> Answer {
    Params::of(&request, &[])?;
    let queries = edge.hub.queries();
    let (with, from) = queries.calendar_shares(caller.account).await?;
    Ok(HttpResponse::Ok().json(CalendarShares {
        calendar: actors::calendar_of(caller.account),
        with: queries.cards(&with).await?,
        from: queries.cards(&from).await?,
        feed: queries.has_feed(caller.account).await?,
    }))
}

/// The tasks of whoever made this address, for calendar programs (RFC 5545). The address is the
/// secret: it is asked for without a session.
#[utoipa::path(
    get, path = "/v1/feeds/{secret}", tag = "task",
    params(("secret" = String, Path, description = "32 bytes in hexadecimal; `.ics` may follow")),
    responses(
        (status = 200, description = "An iCalendar object", body = String, content_type = "text/calendar"),
        (status = 404, description = "The address leads nowhere, or no longer", body = ErrorBody),
    )
)]
pub(crate) async fn feed(request: HttpRequest, edge: web::Data<Edge>) -> Answer {
    let secret = request.match_info().get("secret").unwrap_or_default();
    let secret = secret.strip_suffix(".ics").unwrap_or(secret);
    let (queries, now) = (edge.hub.queries(), edge.hub.clock().now());
    let owner = queries.feed_owner(&actors::secret_hash(secret)).await?;
    let owner = owner.ok_or_else(|| not_found("such feed"))?;
    let tasks = queries.feed_tasks(owner, now - FEED_BACK_MS).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/calendar; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .body(ics::calendar(&tasks, now)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn a_window_has_two_ends_and_a_bound() {
        let read = |query: &str| {
            let request = TestRequest::with_uri(&format!("/?{query}")).to_http_request();
            Params::of(&request, &["from", "to", "of"]).and_then(|params| window(&params))
        };
        assert_eq!(read("from=1&to=2"), Ok((1, 2)));
        for (query, field) in [
            ("to=2", "from"),
            ("from=2", "to"),
            ("from=2&to=2", "to"),
            ("from=x&to=2", "from"),
            ("from=0&to=34560000001", "to"),
            ("from=-9223372036854775808&to=9223372036854775807", "to"),
        ] {
            assert_eq!(read(query).expect_err(query).field.as_deref(), Some(field), "{query}");
        }
    }
}
