//! The two small pages that a browser may see on its way to an application: one that comes back
//! by itself, and one that says what is wrong. Without script, in the three languages at once:
//! whoever sees the second one is no longer within any page that knows a language.

use crate::error::Refusal;
use actix_web::{HttpRequest, HttpResponse, ResponseError, http::header};
use protocol::ErrorBody;

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Goes on to a path of this hub. The session's cookie does not come with a browser that was
/// sent here by a page of another site (`SameSite=Strict`); it comes with one that this hub
/// itself sends on.
pub(super) fn go_on(path: &str) -> HttpResponse {
    let path = escape(path);
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .body(format!(
            "<!doctype html><html lang=zh-Hans><meta charset=utf-8>\
             <meta http-equiv=refresh content=\"0; url={path}\"><title>…</title>\
             <p><a href=\"{path}\">继续 · داۋاملاشتۇرۇش · Continue</a>"
        ))
}

/// A refusal as a page for a browser, as JSON for anybody else.
pub(super) fn wrong(request: &HttpRequest, error: ErrorBody) -> HttpResponse {
    let accepts = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    let refusal = Refusal(error);
    if !accepts.is_some_and(|accept| accept.contains("text/html")) {
        return refusal.error_response();
    }
    let code = escape(&refusal.0.code);
    HttpResponse::build(refusal.status_code())
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .body(format!(
            "<!doctype html><html lang=zh-Hans><meta charset=utf-8>\
             <meta name=viewport content='width=device-width,initial-scale=1'>\
             <title>无法打开应用</title><style>body{{font:1rem/1.7 sans-serif;max-width:36rem;\
             margin:15vh auto;padding:0 1rem;color:#1b2b40}}a{{color:#0b4f9e}}\
             code{{color:#5a6779}}</style>\
             <main><h1>无法打开这个应用</h1>\
             <p>这个应用的登录设置有误，请联系应用管理员。\
             <p lang=ug dir=rtl>بۇ ئەپنىڭ كىرىش تەڭشىكى خاتا، ئەپ باشقۇرغۇچى بىلەن ئالاقىلىشىڭ.\
             <p lang=en>This application is not set up correctly for signing in. Please tell \
             whoever looks after it.\
             <p><code>{code}</code>\
             <p><a href=/>返回工作台 · خىزمەت سۇپىسىغا قايتىش · Back to the workbench</a></main>"
        ))
}
