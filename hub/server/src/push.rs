//! How devices are told of news: one adapter for each service, behind the port of `actors`.
//! Invariants: services that an operator set are reached as set, browsers' services as far as
//! what a person typed reaches; addresses, tokens and keys are in no error and no log. Absent on
//! purpose: whether a device is told at all, and what (`domain::push`).

mod apns;
mod fcm;
mod huawei;
mod jwt;
mod settings;
#[cfg(test)]
mod testing;
mod webpush;
mod xiaomi;

pub(crate) use settings::PushSettings;

use crate::config::Config;
use actors::{Pushed, Pusher, Reach, Web, WebError, WebMethod, WebRequest, WebResponse};
use async_trait::async_trait;
use domain::push::Note;
use kernel::Clock;
use protocol::{EntityKind, Millis, account::Secret, me::PushTarget};
use std::sync::{Arc, Mutex, PoisonError};

/// What was said longer ago is no news: services forget it then.
const LIVES_SECONDS: u32 = 6 * 60 * 60;
/// Of a service's answer; the longest word that matters is a reason.
const ANSWER_BYTES_MAX: usize = 16 * 1024;

/// Every service that this hub knows.
pub(crate) struct Services {
    web: webpush::WebPush,
    apns: Option<apns::Apns>,
    fcm: Option<fcm::Fcm>,
    huawei: Option<huawei::Huawei>,
    xiaomi: Option<xiaomi::Xiaomi>,
}

impl Services {
    /// Reads the keys that the settings name; the one for browsers is made at the first start.
    pub(crate) fn of(
        config: &Config,
        web: &Arc<dyn Web>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Arc<dyn Pusher>, String> {
        let door = Door { web: web.clone(), clock: clock.clone() };
        let set = &config.push;
        let key = set.key.clone().unwrap_or_else(|| config.data.join("push.key"));
        Ok(Arc::new(Self {
            web: webpush::WebPush::of(&key, &set.subject, door.clone())?,
            apns: apns::Apns::of(set, door.clone())?,
            fcm: fcm::Fcm::of(set, door.clone())?,
            huawei: huawei::Huawei::of(set, door.clone())?,
            xiaomi: xiaomi::Xiaomi::of(set, door)?,
        }))
    }
}

#[async_trait]
impl Pusher for Services {
    async fn push(&self, target: &PushTarget, note: &Note) -> Pushed {
        let told = match target {
            PushTarget::Web { endpoint, p256dh, auth } => {
                self.web.push(&endpoint.0, &p256dh.0, &auth.0, note).await
            }
            PushTarget::Apns { token } => match &self.apns {
                Some(apns) => apns.push(token, note).await,
                None => Ok(Pushed::NoProvider),
            },
            PushTarget::Fcm { token } => match &self.fcm {
                Some(fcm) => fcm.push(token, note).await,
                None => Ok(Pushed::NoProvider),
            },
            PushTarget::Huawei { token } => match &self.huawei {
                Some(huawei) => huawei.push(token, note).await,
                None => Ok(Pushed::NoProvider),
            },
            PushTarget::Xiaomi { token } => match &self.xiaomi {
                Some(xiaomi) => xiaomi.push(token, note).await,
                None => Ok(Pushed::NoProvider),
            },
        };
        // Not sent is one of the outcomes, too.
        told.unwrap_or_else(|not| not)
    }

    fn vapid(&self) -> Option<String> {
        Some(self.web.public_key())
    }
}

/// The way out, with the time.
#[derive(Clone)]
struct Door {
    web: Arc<dyn Web>,
    clock: Arc<dyn Clock>,
}

impl Door {
    async fn post(
        &self,
        url: String,
        headers: Vec<(&str, String)>,
        body: Vec<u8>,
        reach: Reach,
    ) -> Result<WebResponse, Pushed> {
        let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let (method, bytes_max) = (WebMethod::Post, ANSWER_BYTES_MAX);
        let request = WebRequest { method, url, headers, body, reach, bytes_max };
        self.web.send(request).await.map_err(|error| match error {
            WebError::Refused(why) => Pushed::Refused(why),
            WebError::Failed(why) => Pushed::Later(why, None),
        })
    }

    fn seconds(&self) -> i64 {
        self.clock.now() / 1000
    }
}

/// What every service means by its status, where it says nothing finer.
fn by_status(response: &WebResponse) -> Pushed {
    let status = response.status;
    let why = format!("the service answered {status}");
    match status {
        200..=299 => Pushed::Sent,
        404 | 410 => Pushed::Gone,
        // 401: its token had just run out; the next try has another.
        401 | 408 | 429 | 500..=599 => {
            let seconds = response.header("retry-after").and_then(|text| text.parse::<i64>().ok());
            Pushed::Later(why, seconds.map(|seconds| seconds.clamp(0, 3_600) * 1000))
        }
        _ => Pushed::Refused(why),
    }
}

/// A reason out of a JSON answer, as text.
fn word(response: &WebResponse, pointer: &str) -> String {
    let answer: serde_json::Value = serde_json::from_slice(&response.body).unwrap_or_default();
    match answer.pointer(pointer) {
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(serde_json::Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// The page that a click leads to.
fn page(note: &Note) -> String {
    let stream = note.tag.stream;
    let place = match stream.kind {
        EntityKind::Notice => "notices",
        EntityKind::Task => "tasks",
        _ => "conversations",
    };
    format!("/#/{place}/{stream}")
}

/// A token that a service gave for a while.
#[derive(Default)]
struct Kept(Mutex<Option<(String, Millis)>>);

impl Kept {
    fn get(&self, now: Millis) -> Option<String> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|(_, until)| now < *until).map(|(token, _)| token.clone())
    }

    fn put(&self, token: &str, until: Millis) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((token.to_owned(), until));
    }

    fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Asks for a token by a form, and keeps it a minute less than it lives.
async fn token_by_form(
    door: &Door,
    kept: &Kept,
    url: &str,
    form: &[(&str, &str)],
) -> Result<String, Pushed> {
    let now = door.clock.now();
    if let Some(token) = kept.get(now) {
        return Ok(token);
    }
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let kind = ("content-type", "application/x-www-form-urlencoded".to_owned());
    let answer = door.post(url.to_owned(), vec![kind], body.into_bytes(), Reach::Trusted).await?;
    let token = word(&answer, "/access_token");
    if answer.status != 200 || token.is_empty() {
        return Err(match by_status(&answer) {
            Pushed::Later(why, wait) => Pushed::Later(format!("no token: {why}"), wait),
            _ => Pushed::Refused(format!("no token: the service answered {}", answer.status)),
        });
    }
    let lives: i64 = word(&answer, "/expires_in").parse().unwrap_or(600);
    kept.put(&token, now + (lives - 60).max(0) * 1000);
    Ok(token)
}

fn bearer(token: &str) -> (&'static str, String) {
    ("authorization", format!("Bearer {token}"))
}

fn json_kind() -> (&'static str, String) {
    ("content-type", "application/json; charset=utf-8".to_owned())
}

/// All or none of the settings of one service.
fn both<'a>(
    name: &str,
    parts: &[(&str, &'a Option<String>)],
) -> Result<Option<Vec<&'a str>>, String> {
    let given: Vec<&str> = parts.iter().filter_map(|(_, part)| part.as_deref()).collect();
    if given.is_empty() {
        return Ok(None);
    }
    if given.len() == parts.len() {
        return Ok(Some(given));
    }
    let missing: Vec<&str> =
        parts.iter().filter(|(_, part)| part.is_none()).map(|(key, _)| *key).collect();
    Err(format!("{name} needs {} as well", missing.join(", ")))
}

fn open(secret: &Option<Secret>) -> Option<String> {
    secret.as_ref().map(|secret| secret.0.clone())
}
