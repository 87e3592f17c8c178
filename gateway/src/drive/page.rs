//! The page that a link opens in a browser: the file's name and size, a field for the password
//! where there is one, one button. Without a script, so that it works on whatever a citizen has.
//! Its few words stand here and not in the workbench's catalogue: who reads it loads nothing else.

use super::{links, send::send};
use crate::{
    Edge,
    docs::html::escape,
    error::{Answer, Refusal},
    params,
};
use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::header::{self, ContentType},
    web,
};
use protocol::{ErrorBody, account::Secret, drive::LinkedFile};
use serde::Deserialize;
use std::fmt::Write;

pub(super) const PATH: &str = "/links/{token}";

#[derive(Deserialize)]
struct Form {
    #[serde(default)]
    password: String,
}

/// What the page says, in one language.
struct Words {
    language: &'static str,
    direction: &'static str,
    title: &'static str,
    password: &'static str,
    download: &'static str,
    wrong: &'static str,
    gone: &'static str,
    expired: &'static str,
    later: &'static str,
}

const CHINESE: Words = Words {
    language: "zh",
    direction: "ltr",
    title: "分享的文件",
    password: "密码",
    download: "下载",
    wrong: "密码不正确，请重新输入。",
    gone: "链接不存在或已失效。",
    expired: "链接已过期。",
    later: "暂时无法下载，请稍后再试。",
};

const UYGHUR: Words = Words {
    language: "ug",
    direction: "rtl",
    title: "ھەمبەھىرلەنگەن ھۆججەت",
    password: "پارول",
    download: "چۈشۈرۈش",
    wrong: "پارول توغرا ئەمەس، قايتا كىرگۈزۈڭ.",
    gone: "ئۇلىنىش مەۋجۇت ئەمەس ياكى ئىناۋەتسىز.",
    expired: "ئۇلىنىشنىڭ ۋاقتى ئۆتكەن.",
    later: "ھازىرچە چۈشۈرگىلى بولمايدۇ، كېيىن قايتا سىناڭ.",
};

const ENGLISH: Words = Words {
    language: "en",
    direction: "ltr",
    title: "Shared file",
    password: "Password",
    download: "Download",
    wrong: "The password is not right. Try again.",
    gone: "There is no such link, or it was withdrawn.",
    expired: "The link has expired.",
    later: "This does not work right now. Try again later.",
};

impl Words {
    /// The reader's first language that is known; Chinese otherwise.
    fn of(request: &HttpRequest) -> &'static Self {
        let asked = request.headers().get(header::ACCEPT_LANGUAGE);
        let asked = asked.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let known = |one: &str| {
            let one = one.trim().to_ascii_lowercase();
            [&CHINESE, &UYGHUR, &ENGLISH].into_iter().find(|words| one.starts_with(words.language))
        };
        asked.split(',').find_map(known).unwrap_or(&CHINESE)
    }

    fn about(&self, error: &ErrorBody) -> &'static str {
        match &*error.code {
            "drive.link_wrong_password" | "drive.link_password_needed" => self.wrong,
            "drive.link_not_found" => self.gone,
            "drive.link_expired" => self.expired,
            _ => self.later,
        }
    }
}

pub(super) async fn show(request: HttpRequest, edge: web::Data<Edge>) -> HttpResponse {
    let words = Words::of(&request);
    match links::told(&request, &edge).await {
        Ok(told) => answer(HttpResponse::Ok(), render(words, Some(&told), None)),
        Err(refusal) => refused(words, None, &refusal),
    }
}

/// The form was sent: the file itself, or the page again with what is wrong.
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
    match links::opened(&request, &edge, password).await {
        Ok((blob, file)) => send(&edge, &request, &blob, &file),
        Err(refusal) => {
            let told = links::told(&request, &edge).await.ok();
            Ok(refused(words, told.as_ref(), &refusal))
        }
    }
}

fn refused(words: &Words, told: Option<&LinkedFile>, refusal: &Refusal) -> HttpResponse {
    let status = refusal.status_code();
    answer(HttpResponse::build(status), render(words, told, Some(words.about(&refusal.0))))
}

fn answer(mut response: actix_web::HttpResponseBuilder, page: String) -> HttpResponse {
    let policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; \
                  frame-ancestors 'none'; base-uri 'none'";
    response
        .content_type(ContentType::html())
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::REFERRER_POLICY, "same-origin"))
        .body(page)
}

const STYLE: &str = "body{font:1.125rem/1.6 system-ui,sans-serif;max-width:32rem;margin:10vh auto;\
     padding:0 1rem;color:#1f1f1f}label,input,button{display:block;width:100%;box-sizing:border-box;\
     font:inherit}input,button{padding:.6rem;margin:.4rem 0;border:1px solid #757575;\
     border-radius:.4rem}button{background:#0958d9;color:#fff;border-color:#0958d9}\
     [role=alert]{color:#a8071a}h1{font-size:1.3rem}h1,p{overflow-wrap:anywhere}";

fn render(words: &Words, told: Option<&LinkedFile>, wrong: Option<&str>) -> String {
    let mut page = format!(
        "<!doctype html><html lang={} dir={}><meta charset=utf-8>\
         <meta name=viewport content='width=device-width'><title>{title}</title>\
         <style>{STYLE}</style><main><h1>{title}</h1>",
        words.language,
        words.direction,
        title = words.title,
    );
    // Writing to a String cannot fail.
    if let Some((name, bytes)) = told.and_then(|told| told.name.as_deref().zip(told.bytes)) {
        let _ = write!(page, "<p><bdi>{}</bdi> · <bdi>{}</bdi></p>", escape(name), size(bytes));
    }
    if let Some(wrong) = wrong {
        let _ = write!(page, "<p role=alert>{wrong}</p>");
    }
    if let Some(told) = told {
        page.push_str("<form method=post>");
        if told.protected {
            let _ = write!(
                page,
                "<label for=password>{}</label>\
                 <input id=password name=password type=password required autocomplete=off>",
                words.password
            );
        }
        let _ = write!(page, "<button>{}</button></form>", words.download);
    }
    page.push_str("</main></html>");
    page
}

fn size(bytes: u64) -> String {
    let units = ["B", "KB", "MB", "GB", "TB"];
    let mut shown = bytes as f64;
    let mut unit = 0;
    while shown >= 1024.0 && unit + 1 < units.len() {
        shown /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} B") } else { format!("{shown:.1} {}", units[unit]) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn the_page_speaks_the_readers_language_and_escapes_names() {
        for (asked, language) in
            [("ug-CN,zh;q=0.8", "ug"), ("en-GB", "en"), ("fr, zh-Hans-CN", "zh"), ("fr", "zh")]
        {
            let request = TestRequest::get().insert_header((header::ACCEPT_LANGUAGE, asked));
            assert_eq!(Words::of(&request.to_http_request()).language, language, "{asked}");
        }
        let told = LinkedFile {
            name: Some("<script>.txt".to_owned()),
            bytes: Some(1_536),
            protected: false,
            expires_at: None,
        };
        let page = render(&UYGHUR, Some(&told), None);
        assert!(page.contains("dir=rtl") && page.contains("&lt;script>.txt"), "{page}");
        assert!(page.contains("1.5 KB") && !page.contains("type=password"), "{page}");
        let gone = render(&CHINESE, None, Some(CHINESE.gone));
        assert!(gone.contains("role=alert") && !gone.contains("<form"), "{gone}");
    }
}
