//! Owns `/docs`: the generated contract as a page for people, rendered here so that it needs
//! no script and no other server. Invariant: every line comes from the contract itself or
//! from `protocol`; only the introductions are written by hand.

mod contract;
pub(crate) mod html;

use contract::{Contract, Examples, about, first, is_plain, members, tag_of};
use html::{Field, Html, STYLE, code, escape, link, prose, text};
use protocol::{CloseCode, ErrorKind, PROTOCOL_VERSION, SUBPROTOCOL, limits};
use serde_json::Value;

/// What words there are: the tag of the frame that carries one, the type that joins them, and
/// how they come and go.
const WORDS: &[(&str, &str, &str, &str)] = &[
    (
        "Commands",
        "command",
        "AnyCommand",
        "Sent in <code>command</code> frames or to <code>POST /v1/commands</code>, told by \
         <code>type</code>. A command carries an id made by its client (a UUID, version 7); sent \
         again with the same id it returns the first outcome.",
    ),
    (
        "Events",
        "event",
        "AnyEvent",
        "Come in <code>event</code> frames and in pages of history, told by <code>type</code>. A \
         redacted event keeps its number and has no body. Pass over types and fields that you do \
         not know: a newer hub may send them.",
    ),
    (
        "Signals",
        "signal",
        "AnySignal",
        "Come and go in <code>signal</code> frames and are never stored.",
    ),
];

/// The whole page.
pub(crate) fn page() -> String {
    let page = Page { contract: Contract::new(), examples: Examples::golden() };
    let mut html = Html(format!(
        "<!doctype html><html lang=en><meta charset=utf-8>\
         <meta name=viewport content='width=device-width,initial-scale=1'>\
         <title>hub protocol</title><style>{STYLE}</style>\
         <header><h1>hub protocol</h1><p>Version {PROTOCOL_VERSION}.<nav aria-label=Contents>"
    ));
    let parts = [
        ("http", "HTTP"),
        ("socket", "WebSocket"),
        ("commands", "Commands"),
        ("events", "Events"),
        ("signals", "Signals"),
        ("types", "Types"),
        ("limits", "Limits"),
        ("errors", "Errors"),
        ("close", "Close codes"),
    ];
    parts.iter().for_each(|(id, name)| html.add(link(id, name)));
    html.add(
        "<a href=/openapi.json>openapi.json</a><a href=/frames.json>frames.json</a></nav>\
         </header><main>",
    );
    page.routes(&mut html);
    page.frames(&mut html);
    page.words(&mut html);
    page.types(&mut html);
    bounds(&mut html);
    html.add("</main></html>");
    html.0
}

struct Page {
    contract: Contract,
    examples: Examples<'static>,
}

impl Page {
    fn routes(&self, html: &mut Html) {
        html.add(
            "<h2 id=http>HTTP</h2><p>Bodies are JSON. A browser is signed in by the cookie \
             <code>hub_session</code>, a program by <code>Authorization: Bearer</code>. Every \
             answer names its trace in <code>x-trace-id</code>.",
        );
        for (path, methods) in members(&self.contract.routes) {
            for (method, route) in members(methods) {
                let name = format!("{} {path}", method.to_uppercase());
                let summary = prose(text(&route["summary"]));
                html.add(format_args!("<h3>{}</h3><p>{summary}", code(&name)));
                let asked = &route["requestBody"]["content"]["application/json"]["schema"];
                if !asked.is_null() {
                    html.add(format_args!("<p>Body: {}", self.contract.name_of(asked)));
                }
                let parameters = route["parameters"].as_array().into_iter().flatten();
                html.fields(&parameters.map(|one| self.parameter(one)).collect::<Vec<_>>());
                let answers = members(&route["responses"]).map(|(status, answer)| {
                    let (_, body) = members(&answer["content"]).next().unzip();
                    let of = body.map(|body| self.contract.name_of(&body["schema"]));
                    let about = text(&answer["description"]).to_owned();
                    Field { name: status.clone(), of: of.unwrap_or_default(), about, needed: true }
                });
                html.fields(&answers.collect::<Vec<_>>());
            }
        }
    }

    fn parameter(&self, of: &Value) -> Field {
        Field {
            name: text(&of["name"]).to_owned(),
            of: self.contract.name_of(&of["schema"]),
            about: text(&of["description"]).to_owned(),
            needed: of["required"] == true,
        }
    }

    fn frames(&self, html: &mut Html) {
        html.add(format_args!(
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
        for (name, title, examples) in [
            ("ClientFrame", "From the client", &self.examples.client),
            ("ServerFrame", "From the hub", &self.examples.server),
        ] {
            html.add(format_args!("<h3 id={name}>{title}</h3>"));
            for variant in self.contract.variants(name) {
                let t = tag_of(variant, "t");
                let about = prose(about(variant));
                html.add(format_args!("<h4>{}</h4><p>{about}", code(&t)));
                html.fields(&self.contract.fields(variant, &["t"]));
                html.example(first(examples, &t, None).unwrap_or_default());
            }
        }
    }

    fn words(&self, html: &mut Html) {
        for (title, t, any, intro) in WORDS {
            let id = title.to_lowercase();
            html.add(format_args!("<h2 id={id}>{title}</h2><p>{intro}"));
            let variants = self.contract.variants(any);
            html.add("<p class=index>");
            variants
                .iter()
                .map(|variant| tag_of(variant, "type"))
                .for_each(|name| html.add(link(&name, &name)));
            for variant in variants {
                let name = tag_of(variant, "type");
                let body = self.contract.resolve(&variant["properties"]["body"]);
                let (body_name, body) = body.unwrap_or(("", &Value::Null));
                html.add(format_args!(
                    "<h3 id='{0}'><code>{0}</code></h3><p id='{1}'>{2}",
                    escape(&name),
                    escape(body_name),
                    prose(text(&body["description"])),
                ));
                html.fields(&self.contract.fields(body, &[]));
                html.example(self.examples.word(t, &name));
            }
        }
    }

    /// The types that neither frames nor words have shown.
    fn types(&self, html: &mut Html) {
        html.add("<h2 id=types>Types</h2>");
        for (name, of) in &self.contract.types {
            if is_plain(of) || html.0.contains(&format!("id='{}'", escape(name))) {
                continue;
            }
            html.add(format_args!("<h3 id='{0}'>{0}</h3><p>{1}", escape(name), prose(about(of))));
            match self.contract.fields(of, &[]) {
                fields if fields.is_empty() => {
                    html.add(format_args!("<p>{}", self.contract.name_of(of)));
                }
                fields => html.fields(&fields),
            }
        }
    }
}

fn bounds(html: &mut Html) {
    let line = |name: &str, of: String, about: &str| Field {
        name: name.to_owned(),
        of,
        about: about.to_owned(),
        needed: true,
    };
    html.add("<h2 id=limits>Limits</h2>");
    let limits =
        limits::ALL.iter().map(|(name, value, about)| line(name, value.to_string(), about));
    html.fields(&limits.collect::<Vec<_>>());
    html.add(
        "<h2 id=errors>Errors</h2><p>One shape through both doors: <code>code</code> is stable \
         and specific, <code>kind</code> decides status and retry, <code>field</code> names \
         what is wrong, <code>retry</code> is the milliseconds to wait before sending the same \
         command with the same id; where it is absent, do not. The kinds:",
    );
    let kinds = ErrorKind::ALL
        .iter()
        .map(|kind| line(kind.name(), format!("HTTP {}", kind.http_status()), kind.about()));
    html.fields(&kinds.collect::<Vec<_>>());
    html.add("<h2 id=close>Close codes</h2>");
    let codes = CloseCode::ALL.iter().map(|close| {
        let back = match CloseCode::comes_back(close.number()) {
            true => "come back with your numbers",
            false => "a person must act first",
        };
        line(&format!("{} {}", close.number(), close.reason()), back.to_owned(), close.about())
    });
    html.fields(&codes.collect::<Vec<_>>());
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{AnyCommand, AnyEvent, AnySignal};

    #[test]
    fn the_page_says_everything_and_needs_nothing_else() {
        let html = page();
        for word in [
            "POST /v1/sign-in",
            "GET /v1/streams/{stream}/events",
            "rate_limited",
            "4501",
            "FRAME_BYTES_MAX",
            ">watching<",
            ">observe<",
            ">command<",
            "id='AccountCard'",
        ] {
            assert!(html.contains(word), "{word}");
        }
        // Addresses may be spoken of in examples; nothing is fetched or led to.
        for foreign in ["<script", "href='http", "href=http", "src=", "url(", "@import"] {
            assert!(!html.contains(foreign), "{foreign}");
        }
    }

    #[test]
    fn every_word_is_shown_with_an_example() {
        let html = page();
        let words = AnyCommand::types().chain(AnyEvent::types()).chain(AnySignal::types());
        for word in words {
            let start = html.find(&format!("id='{word}'")).expect(word);
            let shown = html[start..].split("<h3").next().unwrap_or_default();
            assert!(shown.contains(&format!("&quot;type&quot;: &quot;{word}&quot;")), "{word}");
        }
        assert!(!html.contains("<pre><code></code></pre>"), "an example is missing");
    }

    #[test]
    fn every_link_of_the_page_leads_to_one_place() {
        let html = page();
        for link in html.split("href='#").skip(1) {
            let name = link.split('\'').next().unwrap_or_default();
            let places = [format!("id='{name}'"), format!("id={name}>")];
            let found: usize =
                places.iter().map(|place| html.matches(place.as_str()).count()).sum();
            assert_eq!(found, 1, "{name}");
        }
    }
}
