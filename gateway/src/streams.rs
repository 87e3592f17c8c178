//! Owns history over HTTP: pages of a stream's events by number. Entitlement is the watch's:
//! who may not watch a stream may not read it.

use crate::{
    Edge,
    auth::AnyCaller,
    error::Answer,
    params::{self, Params},
};
use actix_web::{HttpRequest, HttpResponse, web};
use protocol::{ErrorBody, Seq, StreamId, http::EventPage};

/// A page of a stream, ascending by number: before a number, after one, or the latest.
#[utoipa::path(
    get, path = "/v1/streams/{stream}/events", tag = "streams",
    params(
        ("stream" = StreamId, Path, description = "Written kind:uuid"),
        ("before" = Option<u64>, Query, description = "The last events below this number; not together with `after`"),
        ("after" = Option<u64>, Query, description = "The first events above this number"),
        ("limit" = Option<u32>, Query, description = "1 to 200, 50 when absent"),
    ),
    responses(
        (status = 200, body = EventPage),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn events(
    request: HttpRequest,
    AnyCaller(caller): AnyCaller,
    edge: web::Data<Edge>,
) -> Answer {
    let stream: StreamId = params::part(&request, "stream", "a stream, written kind:uuid")?;
    let params = Params::of(&request, &["before", "after", "limit"])?;
    let limit = params.limit()?;
    let place = Place::of(&params)?;
    let (head, viewer) = edge.hub.look(&caller.who, stream).await?;
    let journal = edge.hub.journal();
    let events = match place {
        Place::After(after) => journal.read_after(stream, after, limit).await?,
        Place::Before(before) => journal.read_before(stream, before, limit).await?,
    };
    let viewer = edge.hub.viewer_of(&viewer, &events).await?;
    let notes = match (events.first(), events.last()) {
        (Some(first), Some(last)) => {
            edge.hub.queries().notes(stream, first.seq, last.seq, &viewer).await?
        }
        _ => Vec::new(),
    };
    let events: Vec<_> =
        events.iter().map(|event| persistence::event_frame(event, &viewer)).collect();
    // An event may have become durable since the head was read.
    let head = events.last().map_or(head, |last| last.seq.max(head));
    Ok(HttpResponse::Ok().json(EventPage { events, head, notes }))
}

#[derive(Debug, PartialEq)]
enum Place {
    Before(Seq),
    After(Seq),
}

impl Place {
    fn of(params: &Params) -> Result<Self, ErrorBody> {
        // Numbers are kept as 64-bit signed integers by the stores.
        let number = |name: &str| -> Result<Option<Seq>, ErrorBody> {
            let what = "the number of an event";
            let value = params.value::<i64>(name, what)?;
            let value = value.map(Seq::try_from);
            value.transpose().map_err(|_| ErrorBody::invalid(name, format!("not {what}")))
        };
        match (number("before")?, number("after")?) {
            (Some(_), Some(_)) => {
                Err(ErrorBody::invalid("after", "give `before` or `after`, not both"))
            }
            (None, Some(after)) => Ok(Self::After(after)),
            (Some(before), None) => Ok(Self::Before(before)),
            (None, None) => Ok(Self::Before(Seq::try_from(i64::MAX).unwrap_or(Seq::MAX))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn place(query: &str) -> Result<Place, ErrorBody> {
        let request = TestRequest::with_uri(&format!("/?{query}")).to_http_request();
        Params::of(&request, &["before", "after", "limit"]).and_then(|params| Place::of(&params))
    }

    #[test]
    fn a_page_is_before_or_after() {
        assert_eq!(place("after=7"), Ok(Place::After(7)));
        assert_eq!(place("before=7"), Ok(Place::Before(7)));
        assert!(matches!(place(""), Ok(Place::Before(_))));
        for bad in ["after=1&before=2", "after=-1", "after=99999999999999999999", "after=x"] {
            assert_eq!(place(bad).expect_err(bad).field.as_deref(), Some("after"));
        }
    }
}
