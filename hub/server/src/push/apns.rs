//! iPhones and iPads: Apple's service over HTTP/2, with a token signed by the team's key. A
//! token serves for less than an hour, and asking Apple with a new one each time is refused.

use super::{Door, Kept, LIVES_SECONDS, PushSettings, both, by_status, jwt::Key, page, word};
use actors::{Pushed, Reach};
use domain::push::Note;
use protocol::account::Secret;
use serde_json::json;

/// Apple refuses tokens older than an hour, and new ones within twenty minutes.
const TOKEN_MS: i64 = 50 * 60 * 1000;

pub(super) struct Apns {
    key: Key,
    key_id: String,
    team: String,
    topic: String,
    url: String,
    kept: Kept,
    door: Door,
}

impl Apns {
    pub(super) fn of(set: &PushSettings, door: Door) -> Result<Option<Self>, String> {
        let file = set.apns_key.as_ref().map(|file| file.display().to_string());
        let parts = [
            ("push.apns_key", &file),
            ("push.apns_key_id", &set.apns_key_id),
            ("push.apns_team", &set.apns_team),
            ("push.apns_topic", &set.apns_topic),
        ];
        let Some(given) = both("Apple's push", &parts)? else { return Ok(None) };
        let read = std::fs::read_to_string(given[0]).map_err(|error| error.to_string());
        let key = read.and_then(|pem| Key::es256(&pem));
        let key = key.map_err(|error| format!("push.apns_key = {:?}: {error}", given[0]))?;
        Ok(Some(Self {
            key,
            key_id: given[1].to_owned(),
            team: given[2].to_owned(),
            topic: given[3].to_owned(),
            url: set.apns_url.clone(),
            kept: Kept::default(),
            door,
        }))
    }

    pub(super) async fn push(&self, token: &Secret, note: &Note) -> Result<Pushed, Pushed> {
        let expires = self.door.seconds() + i64::from(LIVES_SECONDS);
        let level = if note.urgent { "time-sensitive" } else { "active" };
        let body = json!({
            "aps": {
                "alert": { "title": note.title, "body": note.body },
                "badge": note.unread,
                "sound": "default",
                "thread-id": note.tag.stream,
                "interruption-level": level,
            },
            "url": page(note),
        });
        let headers = vec![
            ("authorization", format!("bearer {}", self.token().map_err(Pushed::Refused)?)),
            ("apns-topic", self.topic.clone()),
            ("apns-push-type", "alert".to_owned()),
            ("apns-priority", "10".to_owned()),
            ("apns-expiration", expires.to_string()),
            ("apns-collapse-id", note.tag.key()),
        ];
        let url = format!("{}/3/device/{}", self.url, token.0);
        let answer = self.door.post(url, headers, body.to_string().into(), Reach::Trusted).await?;
        Ok(match word(&answer, "/reason").as_str() {
            "BadDeviceToken" | "Unregistered" | "DeviceTokenNotForTopic" => Pushed::Gone,
            "ExpiredProviderToken" | "InvalidProviderToken" => {
                self.kept.forget();
                Pushed::Later("Apple wants another token".to_owned(), None)
            }
            _ => by_status(&answer),
        })
    }

    fn token(&self) -> Result<String, String> {
        let now = self.door.clock.now();
        if let Some(token) = self.kept.get(now) {
            return Ok(token);
        }
        let claims = json!({ "iss": self.team, "iat": now / 1000 });
        let token = self.key.sign(json!({ "kid": self.key_id }), &claims)?;
        self.kept.put(&token, now + TOKEN_MS);
        Ok(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::push::{
        jwt,
        testing::{Service, answer, door, note, note_of, urgent},
    };
    use protocol::EntityKind;

    #[tokio::test]
    async fn the_request_and_what_the_answers_mean() {
        let service = Service::start(vec![
            answer("200 OK", ""),
            answer("410 Gone", r#"{"reason":"Unregistered"}"#),
            answer("400 Bad Request", r#"{"reason":"BadDeviceToken"}"#),
            answer("403 Forbidden", r#"{"reason":"ExpiredProviderToken"}"#),
            answer("503 Unavailable", ""),
        ])
        .await;
        let (_, key) = jwt::fresh().expect("a key");
        let apns = Apns {
            key,
            key_id: "KEY1".into(),
            team: "TEAM1".into(),
            topic: "cn.hall.hub".into(),
            url: service.url.clone(),
            kept: Kept::default(),
            door: door(),
        };
        let token = Secret("a1b2".into());
        let mut bearers = Vec::new();
        for expected in ["Sent", "Gone", "Gone", "Later", "Later"] {
            let done = format!("{:?}", apns.push(&token, &note()).await.unwrap_or_else(|not| not));
            assert!(done.starts_with(expected), "{done}");
            let asked = service.asked().await;
            assert_eq!(asked.line, "POST /3/device/a1b2");
            assert_eq!(asked.header("apns-topic"), "cn.hall.hub");
            assert_eq!(asked.header("apns-push-type"), "alert");
            assert_eq!(asked.json()["aps"]["alert"]["title"], "综合窗口");
            assert_eq!(asked.json()["aps"]["badge"], 3);
            bearers.push(asked.header("authorization"));
        }
        assert_eq!(bearers[0], bearers[3], "one token for many");
        assert_ne!(bearers[3], bearers[4], "another when Apple wants one");
        let claims = crate::push::testing::claims(&bearers[0]);
        assert_eq!((&claims.0["kid"], &claims.1["iss"]), (&json!("KEY1"), &json!("TEAM1")));
    }

    #[tokio::test]
    async fn each_kind_of_news_leads_to_its_place() {
        let ok = || answer("200 OK", "");
        let service = Service::start(vec![ok(), ok(), ok(), ok()]).await;
        let (_, key) = jwt::fresh().expect("a key");
        let apns = Apns {
            key,
            key_id: "KEY1".into(),
            team: "TEAM1".into(),
            topic: "cn.hall.hub".into(),
            url: service.url.clone(),
            kept: Kept::default(),
            door: door(),
        };
        let id = uuid::Uuid::from_u128(7);
        for (told, place, level, collapse) in [
            (note(), format!("/#/conversations/room:{id}"), "active", id.to_string()),
            (
                note_of(EntityKind::Notice),
                format!("/#/notices/notice:{id}"),
                "active",
                id.to_string(),
            ),
            (note_of(EntityKind::Task), format!("/#/tasks/task:{id}"), "active", id.to_string()),
            (urgent(), format!("/#/conversations/room:{id}"), "time-sensitive", format!("{id}.12")),
        ] {
            let done = apns.push(&Secret("a1b2".into()), &told).await;
            assert_eq!(done, Ok(Pushed::Sent));
            let asked = service.asked().await;
            assert_eq!(asked.json()["url"], place.as_str());
            assert_eq!(asked.json()["aps"]["interruption-level"], level);
            assert_eq!(asked.header("apns-collapse-id"), collapse);
        }
    }

    #[test]
    fn half_of_the_settings_is_a_mistake() {
        let set = PushSettings { apns_team: Some("T".into()), ..PushSettings::default() };
        let told = Apns::of(&set, door()).err().expect("refused");
        assert!(told.contains("push.apns_key_id") && told.contains("push.apns_topic"), "{told}");
        assert!(Apns::of(&PushSettings::default(), door()).expect("none").is_none());
    }
}
