//! Owns `POST /v1/commands`: the HTTP door of the one dispatcher. A body reads exactly as a
//! command frame does, with the same errors for the same mistakes.

use crate::{
    Edge,
    auth::AnyCaller,
    error::{Answer, rate_limited},
    params, trace,
};
use actix_web::{HttpRequest, HttpResponse, web};
use actors::Request;
use protocol::{AnyCommand, CommandId, ErrorBody, ErrorKind, StreamId, http};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// The command read through one flat struct: it borrows the body, and unknown fields are named.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Flat<'a> {
    id: CommandId,
    stream: Option<StreamId>,
    #[serde(borrow, rename = "type")]
    type_name: Cow<'a, str>,
    #[serde(borrow)]
    body: Option<&'a RawValue>,
}

fn parse(bytes: &[u8]) -> Result<(CommandId, Option<StreamId>, AnyCommand), ErrorBody> {
    let flat: Flat<'_> =
        serde_json::from_slice(bytes).map_err(|error| params::malformed(&error))?;
    let command = AnyCommand::decode(&flat.type_name, flat.body.map_or("{}", RawValue::get))?;
    Ok((flat.id, flat.stream, command))
}

/// Submits a command. Sent again with the same id it returns the first outcome.
#[utoipa::path(
    post, path = "/v1/commands", tag = "commands",
    request_body = http::CommandRequest,
    responses(
        (status = 200, description = "Durable", body = http::Receipt),
        (status = "4XX", description = "Refused; nothing was stored", body = ErrorBody),
        (status = "5XX", description = "Busy or unavailable; send it again with the same id", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn submit(
    request: HttpRequest,
    AnyCaller(caller): AnyCaller,
    payload: web::Payload,
    edge: web::Data<Edge>,
) -> Answer {
    edge.limits.commands.check(&caller.session).map_err(|ms| {
        edge.metrics.commands.with_label_values(&["rate_limited"]).inc();
        rate_limited(ms)
    })?;
    let body = params::body(payload).await?;
    let (id, stream, command) = parse(&body)?;
    let trace = trace::of(&request, &edge);
    let asked = Request { id, stream, command, trace };
    let result = edge.hub.submit(&caller.who, asked).await;
    edge.metrics.commands.with_label_values(&[outcome(&result)]).inc();
    Ok(HttpResponse::Ok().json(result?))
}

/// The label under which a command is counted.
pub(crate) fn outcome(result: &Result<http::Receipt, ErrorBody>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(error) => match error.kind {
            ErrorKind::Invalid => "invalid",
            ErrorKind::Unauthenticated => "unauthenticated",
            ErrorKind::Forbidden => "forbidden",
            ErrorKind::NotFound => "not_found",
            ErrorKind::Conflict => "conflict",
            ErrorKind::TooLarge => "too_large",
            ErrorKind::RateLimited => "rate_limited",
            ErrorKind::Busy => "busy",
            ErrorKind::Unavailable => "unavailable",
            ErrorKind::Internal => "internal",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0195e3a4-0000-7000-8000-000000000001";

    fn refused(body: &str) -> (String, String) {
        let error = parse(body.as_bytes()).expect_err("bad");
        (error.code.into_owned(), error.field.unwrap_or_default())
    }

    #[test]
    fn a_command_reads_as_its_frame_does() {
        let body = format!(
            r#"{{"id":"{ID}","stream":"room:{ID}","type":"room.send_message","body":{{"text":"你好"}}}}"#
        );
        let (_, stream, command) = parse(body.as_bytes()).expect("good");
        assert_eq!(command.type_name(), "room.send_message");
        assert!(stream.is_some());
        let bare = format!(r#"{{"id":"{ID}","type":"room.leave"}}"#);
        assert!(parse(bare.as_bytes()).is_ok(), "an empty body may be left out");
    }

    #[test]
    fn mistakes_are_named() {
        let pair = |code: &str, field: &str| (code.to_owned(), field.to_owned());
        let send =
            |body: &str| format!(r#"{{"id":"{ID}","type":"room.send_message","body":{body}}}"#);
        assert_eq!(refused(&send(r#"{"txt":"x"}"#)), pair("hub.invalid", "txt"));
        assert_eq!(refused(&send("{}")), pair("hub.invalid", "text"));
        assert_eq!(
            refused(&format!(r#"{{"id":"{ID}","type":"room.explode"}}"#)),
            pair("hub.unknown_type", "type")
        );
        assert_eq!(refused(r#"{"type":"room.leave"}"#), pair("hub.malformed", "id"));
        assert_eq!(
            refused(&format!(r#"{{"id":"{ID}","type":"room.leave","who":1}}"#)),
            pair("hub.malformed", "who")
        );
        assert_eq!(refused("[").0, "hub.malformed");
    }
}
