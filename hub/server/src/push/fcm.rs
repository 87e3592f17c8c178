//! Android with Google: Firebase's HTTP v1, opened by a service account that signs for a token.

use super::{
    Door, Kept, LIVES_SECONDS, PushSettings, bearer, by_status, json_kind, jwt::Key, page,
    token_by_form, word,
};
use actors::{Pushed, Reach};
use domain::push::Note;
use protocol::account::Secret;
use serde::Deserialize;
use serde_json::json;

const SCOPE: &str = "https://www.googleapis.com/auth/firebase.messaging";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// The file that Google gives.
#[derive(Deserialize)]
struct ServiceAccount {
    project_id: String,
    client_email: String,
    private_key: String,
    token_uri: String,
}

pub(super) struct Fcm {
    key: Key,
    account: ServiceAccount,
    url: String,
    kept: Kept,
    door: Door,
}

impl Fcm {
    pub(super) fn of(set: &PushSettings, door: Door) -> Result<Option<Self>, String> {
        let Some(file) = &set.fcm_account else { return Ok(None) };
        let named = |error: String| format!("push.fcm_account = {:?}: {error}", file.display());
        let text = std::fs::read_to_string(file).map_err(|error| named(error.to_string()))?;
        Self::read(&text, &set.fcm_url, door).map(Some).map_err(named)
    }

    fn read(text: &str, url: &str, door: Door) -> Result<Self, String> {
        // The parser's words would repeat what it read.
        let account: ServiceAccount = serde_json::from_str(text)
            .map_err(|_| "not the file of a service account".to_owned())?;
        let key = Key::rs256(&account.private_key)?;
        Ok(Self { key, account, url: url.to_owned(), kept: Kept::default(), door })
    }

    pub(super) async fn push(&self, token: &Secret, note: &Note) -> Result<Pushed, Pushed> {
        let access = self.access().await?;
        let body = json!({ "message": {
            "token": token.0,
            "notification": { "title": note.title, "body": note.body },
            "data": { "url": page(note), "unread": note.unread.to_string() },
            "android": {
                "priority": "HIGH",
                "ttl": format!("{LIVES_SECONDS}s"),
                "collapse_key": note.tag.key(),
                "notification": { "tag": note.tag.to_string(), "notification_count": note.unread },
            },
        } });
        let url = format!("{}/v1/projects/{}/messages:send", self.url, self.account.project_id);
        let headers = vec![bearer(&access), json_kind()];
        let answer = self.door.post(url, headers, body.to_string().into(), Reach::Trusted).await?;
        if answer.status == 401 {
            self.kept.forget();
        }
        // `NOT_FOUND` without this word is a wrong project, not a device that went away.
        match (answer.status, word(&answer, "/error/details/0/errorCode").as_str()) {
            (_, "UNREGISTERED") => Ok(Pushed::Gone),
            (404, _) => Ok(Pushed::Refused("Google knows no such project".to_owned())),
            _ => Ok(by_status(&answer)),
        }
    }

    async fn access(&self) -> Result<String, Pushed> {
        let now = self.door.seconds();
        let claims = json!({
            "iss": self.account.client_email, "scope": SCOPE, "aud": self.account.token_uri,
            "iat": now, "exp": now + 3_600,
        });
        let signed = self.key.sign(json!({ "typ": "JWT" }), &claims).map_err(Pushed::Refused)?;
        let form = [("grant_type", GRANT), ("assertion", signed.as_str())];
        token_by_form(&self.door, &self.kept, &self.account.token_uri, &form).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::push::testing::{RSA_KEY, Service, answer, claims, door, note, note_of, urgent};
    use protocol::EntityKind;

    #[tokio::test]
    async fn a_token_is_asked_for_once_and_the_message_is_google_s() {
        let unregistered = r#"{"error":{"code":404,"details":[{"errorCode":"UNREGISTERED"}]}}"#;
        let service = Service::start(vec![
            answer("200 OK", r#"{"access_token":"opens","expires_in":3599}"#),
            answer("200 OK", r#"{"name":"projects/hub/messages/1"}"#),
            answer("200 OK", r#"{"name":"projects/hub/messages/2"}"#),
            answer("200 OK", r#"{"name":"projects/hub/messages/3"}"#),
            answer("200 OK", r#"{"name":"projects/hub/messages/4"}"#),
            answer("404 Not Found", unregistered),
            answer("401 Unauthorized", "{}"),
            answer("500 Error", ""),
        ])
        .await;
        let file = json!({
            "project_id": "hub", "client_email": "hub@hub.iam.example", "private_key": RSA_KEY,
            "token_uri": format!("{}/token", service.url),
        });
        let fcm = Fcm::read(&file.to_string(), &service.url, door()).expect("an account");
        let device = Secret("device:1".into());
        assert_eq!(fcm.push(&device, &note()).await, Ok(Pushed::Sent));
        let asked = service.asked().await;
        assert_eq!(asked.line, "POST /token");
        let form = asked.form();
        assert_eq!(form["grant_type"], GRANT);
        let (head, said) = claims(&form["assertion"]);
        assert_eq!((&head["alg"], &said["scope"]), (&json!("RS256"), &json!(SCOPE)));
        let asked = service.asked().await;
        assert_eq!(asked.line, "POST /v1/projects/hub/messages:send");
        assert_eq!(asked.header("authorization"), "Bearer opens");
        let message = &asked.json()["message"];
        assert_eq!(message["token"], "device:1");
        assert_eq!(message["notification"]["body"], "您好");
        assert_eq!(message["android"]["notification"]["notification_count"], 3);
        for (told, tag, url) in [
            (urgent(), "room:", "/#/conversations/"),
            (note_of(EntityKind::Notice), "notice:", "/#/notices/"),
            (note_of(EntityKind::Task), "task:", "/#/tasks/"),
        ] {
            assert_eq!(fcm.push(&device, &told).await, Ok(Pushed::Sent));
            let message = service.asked().await.json()["message"].clone();
            let shown = message["android"]["notification"]["tag"].as_str().expect("a tag");
            assert!(shown.starts_with(tag) && shown.ends_with(".12") == told.urgent, "{shown}");
            assert_eq!(message["android"]["collapse_key"], told.tag.key());
            assert!(message["data"]["url"].as_str().expect("a place").starts_with(url));
        }
        assert_eq!(fcm.push(&device, &note()).await, Ok(Pushed::Gone));
        let later = fcm.push(&device, &note()).await;
        assert!(matches!(later, Ok(Pushed::Later(..))), "{later:?}");
        let no_token = fcm.push(&device, &note()).await;
        assert!(matches!(no_token, Err(Pushed::Later(..))), "{no_token:?}");
    }

    #[test]
    fn a_wrong_file_is_told_without_its_content() {
        let told = Fcm::read(r#"{"private_key":"hidden"}"#, "", door()).err().expect("refused");
        assert!(!told.contains("hidden"), "{told}");
    }
}
