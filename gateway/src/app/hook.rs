//! Incoming webhooks: another system writes in a room. It speaks the hub's own words or those
//! of the robots of DingTalk and WeCom, so that what already posts to one of these need only be
//! given another address. Invariant: no session and no cookie is looked at: the token is all.

use crate::{
    Edge, client,
    error::{Answer, Refusal, not_found, rate_limited},
    limits::source,
    params,
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use protocol::{ErrorBody, Seq, StreamId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A message of another system: `{"text": "…"}`, or a robot's
/// `{"msgtype": "text", "text": {"content": "…"}}` and
/// `{"msgtype": "markdown", "markdown": {"title": "…", "text": "…"}}`.
#[derive(Deserialize, ToSchema)]
pub(crate) struct HookBody {
    #[schema(value_type = Option<String>)]
    text: Option<HookText>,
    markdown: Option<Markdown>,
    /// Calls everybody in the room.
    #[serde(default)]
    mention_all: bool,
    at: Option<At>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum HookText {
    Own(String),
    Robot {
        content: String,
        #[serde(default)]
        mentioned_list: Vec<String>,
    },
}

#[derive(Deserialize, ToSchema)]
struct Markdown {
    title: Option<String>,
    /// As DingTalk calls it.
    text: Option<String>,
    /// As WeCom calls it.
    content: Option<String>,
}

#[derive(Deserialize, ToSchema)]
struct At {
    #[serde(default, rename = "isAtAll")]
    all: bool,
}

/// Where the message stands. `errcode` and `errmsg` are what robots' clients look at.
#[derive(Serialize, ToSchema)]
pub(crate) struct HookAnswer {
    errcode: u32,
    errmsg: &'static str,
    stream: StreamId,
    seq: Seq,
}

impl HookBody {
    fn read(self) -> Result<(String, bool), ErrorBody> {
        let called = self.mention_all || self.at.is_some_and(|at| at.all);
        match (self.text, self.markdown) {
            (Some(HookText::Own(text)), None) => Ok((text, called)),
            (Some(HookText::Robot { content, mentioned_list }), None) => {
                Ok((content, called || mentioned_list.iter().any(|one| one == "@all")))
            }
            (None, Some(Markdown { title, text, content })) => {
                let text = text.or(content).ok_or_else(|| ErrorBody::missing("markdown.text"))?;
                // Robots put the title into the preview only; texts mostly begin with it.
                let title = title.filter(|title| !text.contains(title.as_str()));
                let lines: Vec<String> = title.into_iter().chain([text]).collect();
                Ok((lines.join("\n"), called))
            }
            (Some(_), Some(_)) => Err(ErrorBody::invalid("markdown", "a text or markdown")),
            (None, None) => Err(ErrorBody::missing("text")),
        }
    }
}

/// Writes in the room of the webhook, under the name that it has there.
#[utoipa::path(
    post, path = "/v1/hooks/{token}", tag = "app",
    params(("token" = String, Path, description = "Told once to who made the webhook")),
    request_body = HookBody,
    responses(
        (status = 200, description = "Durable", body = HookAnswer),
        (status = "4XX", description = "Refused: a wrong or revoked token, a text that is none, too many in a minute", body = ErrorBody),
    )
)]
pub(crate) async fn post(
    request: HttpRequest,
    payload: web::Payload,
    edge: web::Data<Edge>,
) -> Answer {
    if let Some(address) = client::of(&request, &edge.config) {
        edge.limits.calls.check(&source(address)).map_err(rate_limited)?;
    }
    let token = request.match_info().get("token").unwrap_or_default();
    let room = edge.hub.hook_room(token).ok_or_else(|| not_found("such webhook"))?;
    edge.limits.hooks.check(&room).map_err(rate_limited)?;
    let body = params::body(payload).await?;
    let (text, mention_all) = params::json::<HookBody>(&body)?.read()?;
    let receipt = edge.hub.post_hook(token, text, mention_all).await.map_err(Refusal)?;
    let answer = HookAnswer { errcode: 0, errmsg: "ok", stream: receipt.stream, seq: receipt.seq };
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<(String, bool), String> {
        let body = params::json::<HookBody>(json.as_bytes()).and_then(HookBody::read);
        body.map_err(|error| error.field.unwrap_or_default())
    }

    #[test]
    fn own_words_and_those_of_robots() {
        for (json, text, called) in [
            (r#"{"text":"磁盘已满"}"#, "磁盘已满", false),
            (r#"{"text":"a","mention_all":true}"#, "a", true),
            (r#"{"msgtype":"text","text":{"content":"b"},"at":{"isAtAll":true}}"#, "b", true),
            (r#"{"msgtype":"text","text":{"content":"c","mentioned_list":["@all"]}}"#, "c", true),
            (
                r#"{"msgtype":"markdown","markdown":{"title":"告警","text":"CPU 95%"}}"#,
                "告警\nCPU 95%",
                false,
            ),
            (
                r##"{"msgtype":"markdown","markdown":{"title":"告警","text":"# 告警"}}"##,
                "# 告警",
                false,
            ),
            (r#"{"msgtype":"markdown","markdown":{"content":"d"}}"#, "d", false),
        ] {
            assert_eq!(read(json), Ok((text.to_owned(), called)), "{json}");
        }
        for (json, field) in [
            ("{}", "text"),
            (r#"{"markdown":{"title":"x"}}"#, "markdown.text"),
            (r#"{"text":"a","markdown":{"text":"b"}}"#, "markdown"),
        ] {
            assert_eq!(read(json), Err(field.to_owned()), "{json}");
        }
    }
}
