//! An application's place in the app square: what it shows, who may open it, and where it may
//! send back whoever it signs in.
//! Invariant: an address is one that a browser opens and nothing that it would run; one to send
//! people back to is whole, so that comparing it letter by letter is enough.

use super::{App, AppFacts};
use crate::{Decision, text};
use protocol::{
    ErrorBody,
    app::{AppChanged, AppEvent, AppIcon, ChangeApp},
    limits::{MEMBERS_PER_COMMAND_MAX, TITLE_CHARS_MAX},
    notice::Target,
};
use serde::{Deserialize, Serialize};

const REDIRECTS_MAX: usize = 20;
const ADDRESS_CHARS_MAX: usize = 2_000;
/// Units, roles or rooms of one target, as notices have it.
const PARTS_MAX: usize = 100;
/// An emoji may be made of many characters (families, flags).
const ICON_CHARS_MAX: usize = 12;
/// It is shown small: a larger one would only be carried around.
const ICON_BYTES_MAX: u64 = 1024 * 1024;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Square {
    summary: String,
    icon: Option<AppIcon>,
    url: String,
    order: u32,
    target: Target,
    shown: bool,
    pub(super) redirects: Vec<String>,
}

impl Square {
    pub(super) fn of(changed: &AppChanged) -> Self {
        let AppChanged { summary, icon, url, order, target, shown, redirects, .. } =
            changed.clone();
        Self { summary, icon, url, order, target, shown, redirects }
    }
}

pub(super) fn decide(
    app: &App,
    command: &ChangeApp,
    facts: &AppFacts,
) -> Result<Decision<AppEvent>, ErrorBody> {
    app.there()?;
    let now = &app.square;
    let changed = AppChanged {
        name: match &command.name {
            Some(name) => text::name("name", name)?,
            None => app.name.clone(),
        },
        summary: match &command.summary {
            Some(summary) => text::body("summary", summary, TITLE_CHARS_MAX)?,
            None => now.summary.clone(),
        },
        icon: match &command.icon {
            Some(icon) => Some(checked_icon(icon, facts)?),
            None => now.icon.clone(),
        },
        url: match command.url.as_deref().map(str::trim) {
            Some("") => String::new(),
            Some(url) => address("url", url, true)?,
            None => now.url.clone(),
        },
        order: command.order.unwrap_or(now.order),
        target: match &command.target {
            Some(target) => bounded(target)?,
            None => now.target.clone(),
        },
        shown: command.shown.unwrap_or(now.shown),
        redirects: match &command.redirects {
            Some(redirects) => whole(redirects)?,
            None => now.redirects.clone(),
        },
    };
    if changed.name == app.name && Square::of(&changed) == *now {
        return Ok(Decision::nothing());
    }
    Ok(Decision::event(changed))
}

fn checked_icon(icon: &AppIcon, facts: &AppFacts) -> Result<AppIcon, ErrorBody> {
    match icon {
        AppIcon::Text { text } => {
            let text = text.trim();
            let plain = !text.is_empty() && !text.chars().any(char::is_control);
            if plain && text.chars().count() <= ICON_CHARS_MAX {
                return Ok(AppIcon::Text { text: text.to_owned() });
            }
            Err(ErrorBody::invalid("icon", "an emoji, or a letter or two"))
        }
        AppIcon::Picture { file } => {
            let square = facts.picture.is_some_and(|(width, height)| width == height && width > 0);
            if square && file.media_type.starts_with("image/") && file.bytes <= ICON_BYTES_MAX {
                return Ok(icon.clone());
            }
            Err(ErrorBody::invalid("icon", "a square picture of at most 1 MB"))
        }
    }
}

fn whole(redirects: &[String]) -> Result<Vec<String>, ErrorBody> {
    if redirects.len() > REDIRECTS_MAX {
        return Err(ErrorBody::invalid("redirects", format!("at most {REDIRECTS_MAX}")));
    }
    redirects.iter().map(|one| address("redirects", one.trim(), false)).collect()
}

/// A web address; a path of this hub where that makes sense. Inside a hall's own network many
/// systems still speak plain http.
pub(super) fn address(field: &str, text: &str, path: bool) -> Result<String, ErrorBody> {
    let host = ["https://", "http://"].iter().find_map(|scheme| text.strip_prefix(scheme));
    let named =
        host.is_some_and(|host| host.starts_with(|c: char| c.is_alphanumeric() || c == '['));
    let own = path && text.starts_with('/') && !text.starts_with("//");
    let odd = |c: char| c.is_control() || c.is_whitespace() || c == '\\';
    let fits = text.chars().count() <= ADDRESS_CHARS_MAX && !text.chars().any(odd);
    if fits && (named || own) && (own || !text.contains('#')) {
        return Ok(text.to_owned());
    }
    let message = if path { "a path of this hub, or a web address" } else { "a whole web address" };
    Err(ErrorBody::invalid(field, message))
}

/// Managers of the whole organisation say it, so it may name anybody; a target that holds
/// nobody is a mistake.
fn bounded(target: &Target) -> Result<Target, ErrorBody> {
    let (parts, most) = match target {
        Target::All {} => (1, 1),
        Target::Units { units } => (units.len(), PARTS_MAX),
        Target::Roles { roles, .. } => (roles.len(), PARTS_MAX),
        Target::Rooms { rooms } => (rooms.len(), PARTS_MAX),
        Target::People { accounts } => (accounts.len(), MEMBERS_PER_COMMAND_MAX),
    };
    if (1..=most).contains(&parts) {
        return Ok(target.clone());
    }
    Err(ErrorBody::invalid("target", format!("1 to {most} of them")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::tests::{admin, facts, registered};
    use crate::testing::{account, who};
    use protocol::{BlobId, Role, file::FileRef};

    #[test]
    fn what_is_given_is_replaced_and_the_rest_is_kept() {
        let mut bench = registered();
        let first = ChangeApp {
            summary: Some("查询办件进度".into()),
            icon: Some(AppIcon::Text { text: " 📋 ".into() }),
            url: Some("https://case.example.cn/start".into()),
            order: Some(20),
            shown: Some(true),
            redirects: Some(vec!["https://case.example.cn/back".into()]),
            ..ChangeApp::default()
        };
        assert_eq!(bench.run(&admin(), first.clone(), facts()).unwrap().events.len(), 1);
        assert!(bench.run(&admin(), first, facts()).unwrap().events.is_empty());
        let people = Target::People { accounts: vec![account(3)] };
        let second = ChangeApp { target: Some(people.clone()), ..ChangeApp::default() };
        let done = bench.run(&admin(), second, facts()).unwrap();
        let [AppEvent::AppChanged(changed)] = &done.events[..] else { panic!("{done:?}") };
        assert_eq!((changed.order, &changed.target), (20, &people));
        assert_eq!(changed.icon, Some(AppIcon::Text { text: "📋".into() }));
        assert_eq!(changed.redirects, ["https://case.example.cn/back"]);
    }

    #[test]
    fn a_picture_is_square_and_small() {
        let picture = |bytes, media_type: &str| {
            let (blob, media_type) = (BlobId(uuid::Uuid::from_u128(5)), media_type.to_owned());
            let file = FileRef { blob, name: "标志.png".into(), bytes, media_type };
            ChangeApp { icon: Some(AppIcon::Picture { file }), ..ChangeApp::default() }
        };
        for (command, size, good) in [
            (picture(9_000, "image/png"), Some((128, 128)), true),
            (picture(9_000, "image/png"), Some((128, 64)), false),
            (picture(9_000, "image/png"), None, false),
            (picture(9_000, "text/html"), Some((128, 128)), false),
            (picture(ICON_BYTES_MAX + 1, "image/png"), Some((128, 128)), false),
        ] {
            let facts = AppFacts { picture: size, ..facts() };
            let outcome = registered().run(&admin(), command.clone(), facts);
            assert_eq!(outcome.is_ok(), good, "{command:?} {size:?}");
        }
    }

    #[test]
    fn what_is_refused() {
        let url = |url: &str| ChangeApp { url: Some(url.into()), ..ChangeApp::default() };
        let back =
            |url: &str| ChangeApp { redirects: Some(vec![url.into()]), ..Default::default() };
        let nobody = Target::People { accounts: vec![] };
        let icon = AppIcon::Text { text: "x".repeat(13) };
        for (command, field) in [
            (url("javascript:alert(1)"), "url"),
            (url("//evil.example"), "url"),
            (url("https://"), "url"),
            (url("https://a b"), "url"),
            (back("/here"), "redirects"),
            (back("https://a.example/#x"), "redirects"),
            (ChangeApp { target: Some(nobody), ..ChangeApp::default() }, "target"),
            (ChangeApp { icon: Some(icon), ..ChangeApp::default() }, "icon"),
            (ChangeApp { name: Some(" ".into()), ..ChangeApp::default() }, "name"),
        ] {
            let refused = registered().run(&admin(), command, facts()).unwrap_err();
            assert_eq!(refused.field.as_deref(), Some(field), "{refused}");
        }
        let clerk = who(2, &[(Role::HallManager, 2)]);
        let refused = registered().run(&clerk, url("/tasks"), facts()).unwrap_err();
        assert_eq!(refused.code, "app.not_allowed");
        assert!(registered().run(&admin(), url("/tasks"), facts()).is_ok());
    }
}
