//! Owns `/docs`: the generated contract as a page for people, rendered here so that it needs
//! no script and no other server. Invariant: every line comes from the contract itself or
//! from `protocol`; only the introductions are written by hand.

use crate::schema;
use protocol::{CloseCode, ErrorKind, SUBPROTOCOL, limits};
use serde_json::Value;
use std::fmt::{Display, Write as _};

const STYLE: &str = "body{font:16px/1.5 system-ui,'PingFang SC','Microsoft YaHei',sans-serif;\
    max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}\
    table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}\
    th,td{border-bottom:1px solid #ccc;padding:.3rem .6rem;text-align:start;vertical-align:top}\
    code{font-size:.92em}h3{margin:1.5rem 0 .2rem}nav a{margin-inline-end:1rem}\
    @media(prefers-color-scheme:dark){body{color:#eee;background:#161616}a{color:#8cf}\
    th,td{border-color:#444}}";

const CLOSE_CODES: &[(CloseCode, &str)] = &[
    (CloseCode::Draining, "The node is shutting down."),
    (CloseCode::IdleTimeout, "Nothing was heard for a minute, pings included."),
    (CloseCode::SlowReader, "The client did not read for too long."),
    (CloseCode::EntitlementsChanged, "Roles of the account changed; sign-in is still valid."),
    (CloseCode::Fault, "A fault on the hub's side."),
    (CloseCode::SignedOut, "The session was signed out or revoked."),
    (CloseCode::Abusive, "Frames kept breaking the rules."),
    (CloseCode::Version, "No protocol version in common."),
];

const KINDS: &[(ErrorKind, &str)] = &[
    (ErrorKind::Invalid, "The request is wrong; sending it again cannot help."),
    (ErrorKind::Unauthenticated, "Nobody is signed in, or not any more."),
    (ErrorKind::Forbidden, "Signed in, but not entitled."),
    (ErrorKind::NotFound, "There is no such thing."),
    (ErrorKind::Conflict, "The state does not allow it, or the command id means something else."),
    (ErrorKind::TooLarge, "Larger than the bound."),
    (ErrorKind::RateLimited, "Too often; `retry` says when to come back."),
    (ErrorKind::Busy, "A bounded queue is full right now; send the same again."),
    (ErrorKind::Unavailable, "Storage does not answer; nothing was stored."),
    (ErrorKind::Internal, "A fault of the hub, in its log under the trace id."),
];

/// The whole page.
pub(crate) fn page() -> String {
    let openapi = schema::openapi_json();
    let frames = schema::frames();
    let mut html = Html(format!(
        "<!doctype html><html lang=en><meta charset=utf-8>\
         <meta name=viewport content='width=device-width'><title>hub protocol</title>\
         <style>{STYLE}</style><h1>hub protocol</h1><nav><a href=#http>HTTP</a>\
         <a href=#socket>WebSocket</a><a href=#words>Commands, events, signals</a>\
         <a href=#types>Types</a><a href=#errors>Errors</a><a href=#close>Close codes</a>\
         <a href=/openapi.json>openapi.json</a><a href=/frames.json>frames.json</a></nav>"
    ));
    html.routes(&openapi);
    html.socket(&frames);
    html.words(&frames);
    html.types(&frames, &openapi);
    html.errors();
    html.0
}

/// A page under construction. Whatever is not markup of ours goes through [`escape`].
struct Html(String);

impl Html {
    fn add(&mut self, markup: impl Display) {
        // Writing to a String cannot fail.
        let _ = write!(self.0, "{markup}");
    }

    fn table(&mut self, heads: &[&str], rows: impl Iterator<Item = Vec<String>>) {
        self.add("<table><tr>");
        heads.iter().for_each(|head| self.add(format_args!("<th>{head}")));
        for row in rows {
            self.add("<tr>");
            row.iter().for_each(|cell| self.add(format_args!("<td>{cell}")));
        }
        self.add("</table>");
    }

    fn routes(&mut self, openapi: &Value) {
        self.add(
            "<h2 id=http>HTTP</h2><p>Bodies are JSON. A browser is signed in by the cookie \
             <code>hub_session</code>, a program by <code>Authorization: Bearer</code>. Every \
             answer names its trace in <code>x-trace-id</code>.",
        );
        for (path, methods) in fields(&openapi["paths"]) {
            for (method, operation) in fields(methods) {
                self.add(format_args!(
                    "<h3><code>{} {}</code></h3><p>{}",
                    escape(&method.to_uppercase()),
                    escape(path),
                    escape(text(&operation["summary"])),
                ));
                let asked = &operation["requestBody"]["content"]["application/json"]["schema"];
                if !asked.is_null() {
                    self.add(format_args!("<p>Body: {}", name_of(asked)));
                }
                let parameters = operation["parameters"].as_array().into_iter().flatten();
                let rows = parameters.map(|one| {
                    vec![
                        code(text(&one["name"])),
                        name_of(&one["schema"]),
                        escape(text(&one["description"])),
                    ]
                });
                if !operation["parameters"].is_null() {
                    self.table(&["parameter", "type", ""], rows);
                }
                let rows = fields(&operation["responses"]).map(|(status, answer)| {
                    let content = fields(&answer["content"]).next();
                    let body = content.map(|(_, body)| name_of(&body["schema"]));
                    vec![
                        code(status),
                        body.unwrap_or_default(),
                        escape(text(&answer["description"])),
                    ]
                });
                self.table(&["status", "body", ""], rows);
            }
        }
    }

    fn socket(&mut self, frames: &Value) {
        self.add(format_args!(
            "<h2 id=socket>WebSocket</h2><p><code>GET /v1/ws</code>, subprotocol \
             <code>{SUBPROTOCOL}</code>: JSON text frames of at most {} bytes, told by \
             <code>t</code>. The first frame is <code>welcome</code>. A watch names a stream and \
             the last number the client has; missed events follow, then live ones, each once, in \
             order. At most {} watches a session; a watch further back than {} events starts \
             later and says so.",
            limits::FRAME_BYTES_MAX,
            limits::WATCHES_MAX,
            limits::CATCH_UP_MAX,
        ));
        for (name, title) in [("ClientFrame", "From the client"), ("ServerFrame", "From the hub")] {
            self.add(format_args!("<h3>{title}</h3>"));
            let variants = frames["$defs"][name]["oneOf"].as_array().into_iter().flatten();
            let rows = variants.map(|variant| {
                let about = escape(text(&variant["description"]));
                vec![code(&tag_of(variant, "t")), shape(variant, &["t"]), about]
            });
            self.table(&["t", "fields", ""], rows);
        }
    }

    fn words(&mut self, frames: &Value) {
        self.add(
            "<h2 id=words>Commands, events, signals</h2><p>Each is told by <code>type</code>; the \
             rest is in <code>body</code>. A command carries an id made by its client (a UUID, \
             version 7); sent again with the same id it returns the first outcome.",
        );
        let openapi = schema::openapi_json();
        let defs = [&frames["$defs"], &openapi["components"]["schemas"]];
        for kind in ["Command", "Event", "Signal"] {
            let mut rows = Vec::new();
            let mut seen = Vec::new();
            for (name, schema) in defs.iter().flat_map(|defs| fields(defs)) {
                let is_words = name.ends_with(kind) && !name.starts_with("Any");
                if !is_words || seen.contains(&name) {
                    continue;
                }
                seen.push(name);
                for variant in schema["oneOf"].as_array().into_iter().flatten() {
                    let body = &variant["properties"]["body"];
                    let about = resolve(&defs, body).map(|body| text(&body["description"]));
                    let about = escape(about.unwrap_or_default());
                    rows.push(vec![code(&tag_of(variant, "type")), name_of(body), about]);
                }
            }
            self.add(format_args!("<h3>{kind}s</h3>"));
            self.table(&["type", "body", ""], rows.into_iter());
        }
    }

    fn types(&mut self, frames: &Value, openapi: &Value) {
        self.add("<h2 id=types>Types</h2>");
        let mut all: Vec<(&String, &Value)> =
            fields(&openapi["components"]["schemas"]).chain(fields(&frames["$defs"])).collect();
        all.sort_by_key(|(name, _)| *name);
        all.dedup_by_key(|(name, _)| *name);
        for (name, schema) in all {
            self.add(format_args!(
                "<h3 id='{0}'>{0}</h3><p>{1}",
                escape(name),
                escape(text(&schema["description"]))
            ));
            if schema["properties"].is_object() {
                let required = &schema["required"];
                let rows = fields(&schema["properties"]).map(|(field, of)| {
                    let needed = required
                        .as_array()
                        .is_some_and(|all| all.contains(&Value::from(field.as_str())));
                    let about = escape(text(&of["description"]));
                    vec![
                        code(field),
                        name_of(of),
                        (if needed { "yes" } else { "" }).to_owned(),
                        about,
                    ]
                });
                self.table(&["field", "type", "required", ""], rows);
            } else {
                self.add(format_args!("<p>{}", name_of(schema)));
            }
        }
    }

    fn errors(&mut self) {
        self.add(
            "<h2 id=errors>Errors</h2><p>One shape through both doors: <code>code</code> is stable \
             and specific, <code>kind</code> decides status and retry, <code>field</code> names \
             what is wrong, <code>retry</code> is the milliseconds to wait before sending the same \
             command with the same id; where it is absent, do not.",
        );
        let rows = KINDS.iter().map(|(kind, about)| {
            let name = serde_json::to_value(kind).unwrap_or_default();
            vec![code(text(&name)), kind.http_status().to_string(), escape(about)]
        });
        self.table(&["kind", "HTTP", ""], rows);
        self.add("<h2 id=close>Close codes</h2><p>4000–4499: come back. 4500–4999: a person must act first.");
        let rows = CLOSE_CODES.iter().map(|(close, about)| {
            let back = if CloseCode::comes_back(close.number()) { "yes" } else { "no" };
            vec![close.number().to_string(), code(close.reason()), back.to_owned(), escape(about)]
        });
        self.table(&["code", "reason", "come back", ""], rows);
    }
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", escape(text))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;").replace('\'', "&#39;")
}

fn resolve<'a>(defs: &[&'a Value], reference: &Value) -> Option<&'a Value> {
    let name = text(&reference["$ref"]).rsplit('/').next()?;
    defs.iter().find_map(|defs| defs.get(name))
}

/// The fixed value of a tag, wherever the parts of the variant hold it.
fn tag_of(variant: &Value, tag: &str) -> String {
    let own = &variant["properties"][tag];
    let fixed = own["enum"].get(0).or(own.get("const")).and_then(Value::as_str);
    let parts = variant["allOf"].as_array().into_iter().flatten();
    fixed
        .map(str::to_owned)
        .or_else(|| parts.map(|part| tag_of(part, tag)).find(|t| !t.is_empty()))
        .unwrap_or_default()
}

/// The fields of a variant in one line, without its tags.
fn shape(variant: &Value, without: &[&str]) -> String {
    let mut parts: Vec<String> = Vec::new();
    if variant["$ref"].is_string() {
        parts.push(name_of(variant));
    }
    for (name, of) in fields(&variant["properties"]).filter(|(n, _)| !without.contains(&n.as_str()))
    {
        parts.push(format!("{} {}", code(name), name_of(of)));
    }
    for part in variant["allOf"].as_array().into_iter().flatten() {
        parts.push(shape(part, without));
    }
    parts.retain(|part| !part.is_empty());
    parts.join(", ")
}

/// A schema's name, with a link where it has its own place on the page.
fn name_of(schema: &Value) -> String {
    if let Some(to) = schema["$ref"].as_str() {
        let name = escape(to.rsplit('/').next().unwrap_or(to));
        return format!("<a href='#{name}'>{name}</a>");
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        if let Some(parts) = schema[key].as_array() {
            let between = if key == "allOf" { " + " } else { " or " };
            let names = parts.iter().map(|part| match tag_of(part, "type") {
                tag if tag.is_empty() => name_of(part),
                tag => code(&tag),
            });
            return names.collect::<Vec<_>>().join(between);
        }
    }
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().map(|value| code(text(value))).collect::<Vec<_>>().join(" or ");
    }
    match &schema["type"] {
        Value::String(of) if of == "array" => format!("list of {}", name_of(&schema["items"])),
        Value::String(of) if of == "object" => match shape(schema, &[]) {
            shape if shape.is_empty() => "object".to_owned(),
            shape => shape,
        },
        Value::String(of) => match schema["format"].as_str() {
            Some(format) => format!("{} ({})", escape(of), escape(format)),
            None => escape(of),
        },
        Value::Array(of) => of.iter().map(text).map(escape).collect::<Vec<_>>().join(" or "),
        _ => "anything".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_everything_and_needs_nothing_else() {
        let html = page();
        for word in [
            "POST /v1/sign-in",
            "GET /v1/streams/{stream}/events",
            "room.send_message",
            "room.message_sent",
            "account.stream_joined",
            "room.typing",
            "rate_limited",
            "4501",
            ">watching<",
            ">observe<",
            ">command<",
            "id='AccountCard'",
        ] {
            assert!(html.contains(word), "{word}");
        }
        for foreign in ["<script", "http://", "https://", "src="] {
            assert!(!html.contains(foreign), "{foreign}");
        }
    }

    #[test]
    fn every_link_of_the_page_leads_somewhere() {
        let html = page();
        for link in html.split("href='#").skip(1) {
            let name = link.split('\'').next().unwrap_or_default();
            assert!(html.contains(&format!("id='{name}'")), "{name}");
        }
    }

    #[test]
    fn what_is_not_markup_is_escaped() {
        assert_eq!(escape("<a href='x'>&"), "&lt;a href=&#39;x&#39;>&amp;");
    }
}
