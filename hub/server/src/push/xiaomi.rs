//! Xiaomi's phones: Mi Push, opened by the application's secret in each request.

use super::{Door, LIVES_SECONDS, PushSettings, both, by_status, open, page, word};
use actors::{Pushed, Reach};
use domain::push::Note;
use protocol::account::Secret;

pub(super) struct Xiaomi {
    package: String,
    secret: Secret,
    url: String,
    door: Door,
}

impl Xiaomi {
    pub(super) fn of(set: &PushSettings, door: Door) -> Result<Option<Self>, String> {
        let secret = open(&set.xiaomi_secret);
        let parts = [("push.xiaomi_package", &set.xiaomi_package), ("push.xiaomi_secret", &secret)];
        let Some(given) = both("Xiaomi's push", &parts)? else { return Ok(None) };
        let (package, secret) = (given[0].to_owned(), Secret(given[1].to_owned()));
        Ok(Some(Self { package, secret, url: set.xiaomi_url.clone(), door }))
    }

    pub(super) async fn push(&self, token: &Secret, note: &Note) -> Result<Pushed, Pushed> {
        let (lives, place) = ((u64::from(LIVES_SECONDS) * 1000).to_string(), notify_id(note));
        let url = page(note);
        let form = [
            ("registration_id", token.0.as_str()),
            ("restricted_package_name", &self.package),
            ("pass_through", "0"),
            ("notify_type", "-1"),
            ("notify_id", &place),
            ("title", &note.title),
            ("description", &note.body),
            ("payload", &url),
            ("time_to_live", &lives),
        ];
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let headers = vec![
            ("authorization", format!("key={}", self.secret.0)),
            ("content-type", "application/x-www-form-urlencoded".to_owned()),
        ];
        let url = format!("{}/v3/message/regid", self.url);
        let answer = self.door.post(url, headers, body.into_bytes(), Reach::Trusted).await?;
        let code = word(&answer, "/code");
        Ok(match code.as_str() {
            "0" => Pushed::Sent,
            // No such registration; one of another application.
            "20301" | "20302" => Pushed::Gone,
            // The service is busy; too much at once.
            "10001" | "10002" | "22102" => Pushed::Later(format!("Xiaomi answered {code}"), None),
            "" => by_status(&answer),
            _ => Pushed::Refused(format!("Xiaomi answered {code}")),
        })
    }
}

/// The same number takes the place of what the device shows under it.
fn notify_id(note: &Note) -> String {
    let bytes = note.tag.stream.id.into_bytes();
    let stream = u32::from_be_bytes([bytes[12], bytes[13], bytes[14], bytes[15]]);
    // An urgent message has a place of its own: its number, folded into the room's.
    let urgent = note.tag.urgent.map_or(0, |seq| (seq as u32).wrapping_mul(0x9e37_79b1));
    ((stream ^ urgent) >> 1).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::push::testing::{Service, answer, door, note, note_of, urgent};
    use protocol::EntityKind;

    #[tokio::test]
    async fn the_request_and_what_the_codes_mean() {
        let code = |code: u32| answer("200 OK", &format!(r#"{{"result":"ok","code":{code}}}"#));
        let answers = vec![code(0), code(20301), code(21301), code(10002), answer("502 Bad", "")];
        let service = Service::start(answers).await;
        let set = PushSettings {
            xiaomi_package: Some("cn.hall.hub".into()),
            xiaomi_secret: Some(Secret("hidden".into())),
            xiaomi_url: service.url.clone(),
            ..PushSettings::default()
        };
        let xiaomi = Xiaomi::of(&set, door()).expect("fits").expect("set");
        for expected in ["Sent", "Gone", "Refused", "Later", "Later"] {
            let done = xiaomi.push(&Secret("device1".into()), &note()).await;
            let done = format!("{:?}", done.unwrap_or_else(|not| not));
            assert!(done.starts_with(expected), "{expected}: {done}");
            let asked = service.asked().await;
            assert_eq!(asked.line, "POST /v3/message/regid");
            assert_eq!(asked.header("authorization"), "key=hidden");
            let form = asked.form();
            assert_eq!(form["registration_id"], "device1");
            assert_eq!(form["restricted_package_name"], "cn.hall.hub");
            assert_eq!((&*form["title"], &*form["description"]), ("综合窗口", "您好"));
        }
    }

    #[tokio::test]
    async fn each_kind_of_news_leads_to_its_place() {
        let ok = || answer("200 OK", r#"{"result":"ok","code":0}"#);
        let service = Service::start(vec![ok(), ok(), ok()]).await;
        let set = PushSettings {
            xiaomi_package: Some("cn.hall.hub".into()),
            xiaomi_secret: Some(Secret("hidden".into())),
            xiaomi_url: service.url.clone(),
            ..PushSettings::default()
        };
        let xiaomi = Xiaomi::of(&set, door()).expect("fits").expect("set");
        for (told, place) in [
            (urgent(), "/#/conversations/room:"),
            (note_of(EntityKind::Notice), "/#/notices/notice:"),
            (note_of(EntityKind::Task), "/#/tasks/task:"),
        ] {
            let done = xiaomi.push(&Secret("device1".into()), &told).await;
            assert_eq!(done, Ok(Pushed::Sent));
            let form = service.asked().await.form();
            assert!(form["payload"].starts_with(place), "{}", form["payload"]);
            assert_eq!(form["notify_id"], notify_id(&told));
            assert_eq!(form["notify_id"] == notify_id(&note()), !told.urgent, "its own place");
        }
    }
}
