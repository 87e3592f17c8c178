//! The few words of the page that a link opens. They stand here and not in the workbench's
//! catalogue: who reads the page loads nothing else.

use actix_web::{HttpRequest, http::header};
use protocol::ErrorBody;

/// What the page says, in one language.
pub(super) struct Words {
    pub(super) language: &'static str,
    pub(super) direction: &'static str,
    pub(super) title: &'static str,
    pub(super) folder: &'static str,
    pub(super) open: &'static str,
    pub(super) path: &'static str,
    pub(super) empty: &'static str,
    pub(super) more: &'static str,
    pub(super) password: &'static str,
    pub(super) download: &'static str,
    pub(super) wrong: &'static str,
    pub(super) gone: &'static str,
    pub(super) expired: &'static str,
    pub(super) later: &'static str,
}

pub(super) const CHINESE: Words = Words {
    language: "zh",
    direction: "ltr",
    title: "分享的文件",
    folder: "分享的文件夹",
    open: "打开",
    path: "当前位置",
    empty: "这里没有文件。",
    more: "下一页",
    password: "密码",
    download: "下载",
    wrong: "密码不正确，请重新输入。",
    gone: "链接不存在或已失效。",
    expired: "链接已过期。",
    later: "暂时无法下载，请稍后再试。",
};

pub(super) const UYGHUR: Words = Words {
    language: "ug",
    direction: "rtl",
    title: "ھەمبەھىرلەنگەن ھۆججەت",
    folder: "ھەمبەھىرلەنگەن قىسقۇچ",
    open: "ئېچىش",
    path: "ھازىرقى ئورۇن",
    empty: "بۇ يەردە ھۆججەت يوق.",
    more: "كېيىنكى بەت",
    password: "پارول",
    download: "چۈشۈرۈش",
    wrong: "پارول توغرا ئەمەس، قايتا كىرگۈزۈڭ.",
    gone: "ئۇلىنىش مەۋجۇت ئەمەس ياكى ئىناۋەتسىز.",
    expired: "ئۇلىنىشنىڭ ۋاقتى ئۆتكەن.",
    later: "ھازىرچە چۈشۈرگىلى بولمايدۇ، كېيىن قايتا سىناڭ.",
};

pub(super) const ENGLISH: Words = Words {
    language: "en",
    direction: "ltr",
    title: "Shared file",
    folder: "Shared folder",
    open: "Open",
    path: "Where you are",
    empty: "There are no files here.",
    more: "Next page",
    password: "Password",
    download: "Download",
    wrong: "The password is not right. Try again.",
    gone: "There is no such link, or it was withdrawn.",
    expired: "The link has expired.",
    later: "This does not work right now. Try again later.",
};

impl Words {
    /// The reader's first language that is known; Chinese otherwise.
    pub(super) fn of(request: &HttpRequest) -> &'static Self {
        let asked = request.headers().get(header::ACCEPT_LANGUAGE);
        let asked = asked.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let known = |one: &str| {
            let one = one.trim().to_ascii_lowercase();
            [&CHINESE, &UYGHUR, &ENGLISH].into_iter().find(|words| one.starts_with(words.language))
        };
        asked.split(',').find_map(known).unwrap_or(&CHINESE)
    }

    pub(super) fn about(&self, error: &ErrorBody) -> &'static str {
        match &*error.code {
            "drive.link_wrong_password" | "drive.link_password_needed" => self.wrong,
            "drive.link_not_found" | "hub.not_found" => self.gone,
            "drive.link_expired" => self.expired,
            _ => self.later,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn the_page_speaks_the_readers_language() {
        for (asked, language) in
            [("ug-CN,zh;q=0.8", "ug"), ("en-GB", "en"), ("fr, zh-Hans-CN", "zh"), ("fr", "zh")]
        {
            let request = TestRequest::get().insert_header((header::ACCEPT_LANGUAGE, asked));
            assert_eq!(Words::of(&request.to_http_request()).language, language, "{asked}");
        }
    }
}
