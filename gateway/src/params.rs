//! Owns the reading of paths, query strings and bodies. Invariant: whatever does not fit is
//! a typed error that names its field; nothing is silently defaulted or cut.

use crate::error::Refusal;
use actix_web::{HttpRequest, web};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use protocol::{ErrorBody, ErrorKind, limits};
use serde::de::DeserializeOwned;
use std::{collections::HashMap, str::FromStr};

/// The query string of one request.
#[derive(Debug)]
pub(crate) struct Params(HashMap<String, String>);

impl Params {
    /// Reads the query; a parameter that the route does not know is refused, because a
    /// misspelt `before` would otherwise answer with the wrong page.
    pub(crate) fn of(request: &HttpRequest, known: &[&str]) -> Result<Self, ErrorBody> {
        Self::parse(request.query_string(), known)
    }

    fn parse(query: &str, known: &[&str]) -> Result<Self, ErrorBody> {
        let read = web::Query::<HashMap<String, String>>::from_query(query)
            .map_err(|error| ErrorBody::invalid("query", error.to_string()))?
            .into_inner();
        match read.keys().find(|name| !known.contains(&name.as_str())) {
            Some(unknown) => Err(ErrorBody::invalid(
                unknown.clone(),
                format!("unknown parameter; this route takes {}", known.join(", ")),
            )),
            None => Ok(Self(read)),
        }
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    pub(crate) fn value<T: FromStr>(&self, name: &str, what: &str) -> Result<Option<T>, ErrorBody> {
        self.text(name)
            .map(|text| text.parse().map_err(|_| ErrorBody::invalid(name, format!("not {what}"))))
            .transpose()
    }

    pub(crate) fn limit(&self) -> Result<usize, ErrorBody> {
        match self.value("limit", "a number")? {
            None => Ok(50),
            Some(limit @ 1..=limits::PAGE_MAX) => Ok(limit),
            Some(_) => {
                Err(ErrorBody::invalid("limit", format!("must be 1 to {}", limits::PAGE_MAX)))
            }
        }
    }

    /// At most `max` values with commas between.
    pub(crate) fn list<T: FromStr>(
        &self,
        name: &str,
        max: usize,
    ) -> Result<Option<Vec<T>>, ErrorBody> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let parts: Vec<&str> = text.split(',').collect();
        if parts.len() > max {
            return Err(ErrorBody::invalid(name, format!("more than {max}")));
        }
        let read = parts.into_iter().map(str::parse).collect::<Result<_, _>>();
        read.map(Some).map_err(|_| ErrorBody::invalid(name, "not ids with commas between"))
    }

    /// A bounded piece of text: what a person types, or a page's `next`.
    pub(crate) fn short(&self, name: &str) -> Result<Option<String>, ErrorBody> {
        match self.text(name) {
            Some(text) if text.chars().count() > 256 => {
                Err(ErrorBody::invalid(name, "longer than 256 characters"))
            }
            text => Ok(text.map(str::to_owned)),
        }
    }
}

/// A part of the path, in its own type.
pub(crate) fn part<T: FromStr>(
    request: &HttpRequest,
    name: &str,
    what: &str,
) -> Result<T, ErrorBody> {
    let text = request.match_info().get(name).unwrap_or_default();
    text.parse().map_err(|_| ErrorBody::invalid(name, format!("not {what}")))
}

/// The whole body, within the same bound as a frame.
pub(crate) async fn body(mut payload: web::Payload) -> Result<Bytes, Refusal> {
    let mut read = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| ErrorBody::invalid("body", error.to_string()))?;
        if read.len() + chunk.len() > limits::FRAME_BYTES_MAX {
            return Err(Refusal(too_large()));
        }
        read.extend_from_slice(&chunk);
    }
    Ok(read.freeze())
}

pub(crate) fn too_large() -> ErrorBody {
    let message = format!("more than {} bytes", limits::FRAME_BYTES_MAX);
    ErrorBody::new(ErrorKind::TooLarge, "hub.too_large", message)
}

/// Reads a JSON body; the error names the field as frames' errors do.
pub(crate) fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, ErrorBody> {
    serde_json::from_slice(body).map_err(|error| malformed(&error))
}

pub(crate) fn malformed(error: &serde_json::Error) -> ErrorBody {
    let message = error.to_string();
    let field = message.split('`').nth(1).unwrap_or("body").to_owned();
    ErrorBody::new(ErrorKind::Invalid, "hub.malformed", message).field(field)
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::http::SignInRequest;

    fn field(error: ErrorBody) -> String {
        error.field.unwrap_or_default()
    }

    #[test]
    fn bad_parameters_are_named() {
        let parse = |query| Params::parse(query, &["after", "limit"]);
        assert_eq!(field(parse("befor=1").expect_err("unknown")), "befor");
        for bad in ["limit=0", "limit=201", "limit=-1", "limit=many"] {
            assert_eq!(field(parse(bad).and_then(|p| p.limit()).expect_err(bad)), "limit");
        }
        assert_eq!(parse("limit=200").and_then(|p| p.limit()), Ok(200));
        assert_eq!(parse("").and_then(|p| p.limit()), Ok(50));
        let long = format!("after={}", "x".repeat(257));
        assert_eq!(field(parse(&long).and_then(|p| p.short("after")).expect_err("long")), "after");
        let number = parse("after=x").and_then(|p| p.value::<u64>("after", "a number"));
        assert_eq!(field(number.expect_err("not a number")), "after");
    }

    #[test]
    fn bad_bodies_name_their_field() {
        let read = |text: &str| json::<SignInRequest>(text.as_bytes()).expect_err("bad");
        assert_eq!(field(read(r#"{"username":"a"}"#)), "password");
        assert_eq!(field(read(r#"{"username":"a","password":"b","admin":true}"#)), "admin");
        assert_eq!(field(read("{")), "body");
    }
}
