//! The page as text. Invariant: whatever a person wrote is escaped and set apart in its own
//! direction; there is no script.

use super::words::Words;
use crate::docs::html::escape;
use protocol::drive::{LinkedFile, LinkedFolder, LinkedNode};
use std::fmt::Write;

const STYLE: &str = "body{font:1.125rem/1.6 system-ui,sans-serif;max-width:40rem;margin:8vh auto;\
     padding:0 1rem;color:#1f1f1f}label,input,button{display:block;width:100%;box-sizing:border-box;\
     font:inherit}input,button{padding:.6rem;margin:.4rem 0;border:1px solid #757575;\
     border-radius:.4rem}button{background:#0958d9;color:#fff;border-color:#0958d9}\
     [role=alert]{color:#a8071a}h1{font-size:1.3rem}h1,p,li{overflow-wrap:anywhere}\
     a{color:#0958d9}nav ol{display:flex;flex-wrap:wrap;gap:0 .6rem;list-style:none;padding:0}\
     nav li+li::before{content:'/';color:#595959;margin-inline-end:.6rem}\
     ul{list-style:none;padding:0;border-top:1px solid #d9d9d9}\
     ul li{display:flex;gap:1rem;justify-content:space-between;border-bottom:1px solid #d9d9d9}\
     ul a{flex:1;padding:.6rem 0}ul span{padding:.6rem 0;color:#595959;white-space:nowrap}";

fn head(words: &Words, title: &str) -> String {
    format!(
        "<!doctype html><html lang={} dir={}><meta charset=utf-8>\
         <meta name=viewport content='width=device-width'><title>{title}</title>\
         <style>{STYLE}</style><main><h1>{title}</h1>",
        words.language, words.direction,
    )
}

/// Before a file is given, or a password was: what it is, what is wrong, one button.
pub(super) fn door(words: &Words, told: Option<&LinkedFile>, wrong: Option<&str>) -> String {
    let folder = told.is_some_and(|told| told.folder);
    let mut page = head(words, if folder { words.folder } else { words.title });
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
        let button = if folder { words.open } else { words.download };
        let _ = write!(page, "<button>{button}</button></form>");
    }
    page.push_str("</main></html>");
    page
}

/// What lies in a folder; `place` is the page's own path.
pub(super) fn folder(words: &Words, place: &str, listing: &LinkedFolder) -> String {
    let mut page = head(words, words.folder);
    let _ = write!(page, "<nav aria-label=\"{}\"><ol>", words.path);
    let last = listing.path.last().map_or(0, |node| node.node);
    for LinkedNode { node, name, .. } in &listing.path {
        let name = escape(name);
        if *node == last {
            let _ = write!(page, "<li aria-current=page><bdi>{name}</bdi></li>");
        } else {
            let _ = write!(page, "<li><a href='{place}?folder={node}'><bdi>{name}</bdi></a></li>");
        }
    }
    page.push_str("</ol></nav>");
    if listing.items.is_empty() {
        let _ = write!(page, "<p>{}</p>", words.empty);
    } else {
        page.push_str("<ul>");
        for LinkedNode { node, name, bytes } in &listing.items {
            let name = escape(name);
            let _ = match bytes {
                None => {
                    write!(page, "<li><a href='{place}?folder={node}'><bdi>{name}/</bdi></a></li>")
                }
                Some(bytes) => write!(
                    page,
                    "<li><a href='{place}/files/{node}' download><bdi>{name}</bdi></a>\
                     <span><bdi>{}</bdi></span></li>",
                    size(*bytes)
                ),
            };
        }
        page.push_str("</ul>");
    }
    if let Some(next) = &listing.next {
        let next = escape(next);
        let _ = write!(
            page,
            "<p><a href='{place}?folder={last}&amp;after={next}'>{}</a></p>",
            words.more
        );
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
    use super::super::words::{CHINESE, UYGHUR};
    use super::*;

    #[test]
    fn a_name_is_escaped_and_a_dead_link_offers_nothing() {
        let told = LinkedFile {
            name: Some("<script>.txt".to_owned()),
            bytes: Some(1_536),
            folder: false,
            protected: false,
            expires_at: None,
        };
        let page = door(&UYGHUR, Some(&told), None);
        assert!(page.contains("dir=rtl") && page.contains("&lt;script>.txt"), "{page}");
        assert!(page.contains("1.5 KB") && !page.contains("type=password"), "{page}");
        let gone = door(&CHINESE, None, Some(CHINESE.gone));
        assert!(gone.contains("role=alert") && !gone.contains("<form"), "{gone}");
    }

    #[test]
    fn a_folder_leads_down_to_its_files_and_back_to_itself() {
        let node = |node, name: &str, bytes| LinkedNode { node, name: name.to_owned(), bytes };
        let listing = LinkedFolder {
            path: vec![node(2, "资料", None), node(5, "<b>", None)],
            items: vec![node(6, "下级", None), node(7, "a'.txt", Some(3))],
            next: Some("200".to_owned()),
        };
        let page = folder(&CHINESE, "/links/ab", &listing);
        for part in [
            "<a href='/links/ab?folder=2'><bdi>资料</bdi></a>",
            "<li aria-current=page><bdi>&lt;b></bdi></li>",
            "<a href='/links/ab?folder=6'>",
            "<a href='/links/ab/files/7' download><bdi>a&#39;.txt</bdi></a>",
            "?folder=5&amp;after=200",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
    }
}
