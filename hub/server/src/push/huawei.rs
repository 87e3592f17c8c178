//! Huawei's phones: Push Kit, opened by the client's credentials. It answers 200 to most
//! mistakes, and says by a code of its own what was wrong.

use super::{
    Door, Kept, LIVES_SECONDS, PushSettings, bearer, both, by_status, json_kind, open, page,
    token_by_form, word,
};
use actors::{Pushed, Reach};
use domain::push::Note;
use protocol::{EntityKind, account::Secret};
use serde_json::json;

pub(super) struct Huawei {
    app: String,
    secret: Secret,
    url: String,
    sign_in_url: String,
    kept: Kept,
    door: Door,
}

impl Huawei {
    pub(super) fn of(set: &PushSettings, door: Door) -> Result<Option<Self>, String> {
        let secret = open(&set.huawei_secret);
        let parts = [("push.huawei_app", &set.huawei_app), ("push.huawei_secret", &secret)];
        let Some(given) = both("Huawei's push", &parts)? else { return Ok(None) };
        Ok(Some(Self {
            app: given[0].to_owned(),
            secret: Secret(given[1].to_owned()),
            url: set.huawei_url.clone(),
            sign_in_url: set.huawei_sign_in_url.clone(),
            kept: Kept::default(),
            door,
        }))
    }

    pub(super) async fn push(&self, token: &Secret, note: &Note) -> Result<Pushed, Pushed> {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", self.app.as_str()),
            ("client_secret", self.secret.0.as_str()),
        ];
        let access = token_by_form(&self.door, &self.kept, &self.sign_in_url, &form).await?;
        let body = json!({
            "validate_only": false,
            "message": {
                "notification": { "title": note.title, "body": note.body },
                "data": json!({ "url": page(note) }).to_string(),
                "android": {
                    "urgency": if note.urgent { "HIGH" } else { "NORMAL" },
                    "ttl": format!("{LIVES_SECONDS}s"),
                    "notification": {
                        "click_action": { "type": 3 },
                        "tag": note.tag.to_string(),
                        "badge": { "set_num": note.unread.min(99) },
                        "category": category(note),
                    },
                },
                "token": [token.0],
            },
        });
        let url = format!("{}/v1/{}/messages:send", self.url, self.app);
        let headers = vec![bearer(&access), json_kind()];
        let answer = self.door.post(url, headers, body.to_string().into(), Reach::Trusted).await?;
        let code = word(&answer, "/code");
        Ok(match code.as_str() {
            "80000000" => Pushed::Sent,
            // All the tokens of the request are invalid.
            "80300007" => Pushed::Gone,
            // The access token is wrong, or has run out.
            "80200001" | "80200003" => {
                self.kept.forget();
                Pushed::Later("Huawei wants another token".to_owned(), None)
            }
            // Too much at once; an error of its own.
            "80300008" | "81000001" => Pushed::Later(format!("Huawei answered {code}"), None),
            "" => by_status(&answer),
            _ => Pushed::Refused(format!("Huawei answered {code}")),
        })
    }
}

/// Its own kinds of news: a message of a person, or something to do at work.
fn category(note: &Note) -> &'static str {
    if note.tag.stream.kind == EntityKind::Room { "IM" } else { "WORK" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::push::testing::{Service, answer, door, note, note_of, urgent};

    #[tokio::test]
    async fn the_request_and_what_the_codes_mean() {
        let token = || answer("200 OK", r#"{"access_token":"opens","expires_in":3600}"#);
        let code = |code: &str| answer("200 OK", &format!(r#"{{"code":"{code}","msg":"…"}}"#));
        let service = Service::start(vec![
            token(),
            code("80000000"),
            code("80300007"),
            code("80100001"),
            code("80200003"),
            token(),
            answer("503 Unavailable", ""),
        ])
        .await;
        let set = PushSettings {
            huawei_app: Some("1001".into()),
            huawei_secret: Some(Secret("hidden".into())),
            huawei_url: service.url.clone(),
            huawei_sign_in_url: format!("{}/oauth2/v3/token", service.url),
            ..PushSettings::default()
        };
        let huawei = Huawei::of(&set, door()).expect("fits").expect("set");
        for expected in ["Sent", "Gone", "Refused", "Later", "Later"] {
            let done = huawei.push(&Secret("device1".into()), &note()).await;
            let done = format!("{:?}", done.unwrap_or_else(|not| not));
            assert!(done.starts_with(expected), "{expected}: {done}");
        }
        let form = service.asked().await.form();
        assert_eq!((&*form["client_id"], &*form["client_secret"]), ("1001", "hidden"));
        let asked = service.asked().await;
        assert_eq!(asked.line, "POST /v1/1001/messages:send");
        assert_eq!(asked.json()["message"]["token"], json!(["device1"]));
        assert_eq!(asked.json()["message"]["notification"]["title"], "综合窗口");
    }

    #[tokio::test]
    async fn each_kind_of_news_is_of_the_service_s_own_kind() {
        let sent = || answer("200 OK", r#"{"code":"80000000","msg":"…"}"#);
        let token = answer("200 OK", r#"{"access_token":"opens","expires_in":3600}"#);
        let service = Service::start(vec![token, sent(), sent(), sent()]).await;
        let set = PushSettings {
            huawei_app: Some("1001".into()),
            huawei_secret: Some(Secret("hidden".into())),
            huawei_url: service.url.clone(),
            huawei_sign_in_url: format!("{}/oauth2/v3/token", service.url),
            ..PushSettings::default()
        };
        let huawei = Huawei::of(&set, door()).expect("fits").expect("set");
        let told = [urgent(), note_of(EntityKind::Notice), note_of(EntityKind::Task)];
        for note in &told {
            assert_eq!(huawei.push(&Secret("device1".into()), note).await, Ok(Pushed::Sent));
        }
        assert_eq!(service.asked().await.line, "POST /oauth2/v3/token");
        for (note, (category, urgency)) in
            told.iter().zip([("IM", "HIGH"), ("WORK", "NORMAL"), ("WORK", "NORMAL")])
        {
            let android = service.asked().await.json()["message"]["android"].clone();
            assert_eq!(android["notification"]["category"], category);
            assert_eq!(android["notification"]["tag"], note.tag.to_string());
            assert_eq!(android["urgency"], urgency);
        }
    }
}
