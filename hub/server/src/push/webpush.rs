//! Browsers: the message is encrypted for the browser's keys (RFC 8291, in the form of RFC 8188)
//! and handed to the service that the browser chose (RFC 8030), signed with the hub's own key
//! (RFC 8292). Invariants: the service sees who is told and how long the message is, never a
//! word; a key pair and a salt serve one message only.

use super::{Door, LIVES_SECONDS, by_status, jwt::Key, page};
use crate::push::jwt;
use actors::{Pushed, Reach};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::push::Note;
use ring::{
    aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral},
    hmac,
    rand::{SecureRandom, SystemRandom},
};
use serde_json::json;
use std::path::Path;

/// A service takes a signature of at most a day ahead.
const SIGNED_SECONDS: i64 = 12 * 60 * 60;
/// The one record is never longer.
const RECORD_BYTES: u32 = 4_096;

pub(super) struct WebPush {
    key: Key,
    subject: String,
    door: Door,
}

impl WebPush {
    pub(super) fn of(file: &Path, subject: &str, door: Door) -> Result<Self, String> {
        let key = read_or_make(file).map_err(|error| format!("{}: {error}", file.display()))?;
        Ok(Self { key, subject: subject.to_owned(), door })
    }

    pub(super) fn public_key(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.key.public())
    }

    pub(super) async fn push(
        &self,
        endpoint: &str,
        p256dh: &str,
        auth: &str,
        note: &Note,
    ) -> Result<Pushed, Pushed> {
        let said = json!({
            "title": note.title, "body": note.body, "tag": note.tag.to_string(), "url": page(note),
            "unread": note.unread, "urgent": note.urgent,
        });
        let sealed = seal(p256dh, auth, said.to_string().as_bytes());
        let sealed = sealed.map_err(|why| Pushed::Refused(why.to_owned()))?;
        let headers = vec![
            ("authorization", self.authorization(endpoint).map_err(Pushed::Refused)?),
            ("content-encoding", "aes128gcm".to_owned()),
            ("content-type", "application/octet-stream".to_owned()),
            ("ttl", LIVES_SECONDS.to_string()),
            ("urgency", if note.urgent { "high" } else { "normal" }.to_owned()),
            // A later one of the same room takes the place of one that still waits.
            ("topic", BASE64_URL_SAFE_NO_PAD.encode(note.tag.bytes())),
        ];
        let answer = self.door.post(endpoint.to_owned(), headers, sealed, Reach::Public).await?;
        Ok(by_status(&answer))
    }

    /// For the origin of the service, as it asks.
    fn authorization(&self, endpoint: &str) -> Result<String, String> {
        let url = url::Url::parse(endpoint).map_err(|_| "not an address".to_owned())?;
        let claims = json!({
            "aud": url.origin().ascii_serialization(),
            "exp": self.door.seconds() + SIGNED_SECONDS,
            "sub": self.subject,
        });
        let token = self.key.sign(json!({ "typ": "JWT" }), &claims)?;
        Ok(format!("vapid t={token}, k={}", self.public_key()))
    }
}

/// A browser's subscription holds for this key only: it is made once and kept.
fn read_or_make(file: &Path) -> Result<Key, String> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    match std::fs::read_to_string(file) {
        Ok(pem) => return Key::es256(&pem),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error.to_string()),
    }
    let (pem, key) = jwt::fresh()?;
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    }
    // Nobody else reads it; a file that came between is not written over.
    let mut options = std::fs::OpenOptions::new();
    let made = options.write(true).create_new(true).mode(0o600).open(file);
    let mut made = made.map_err(|error| error.to_string())?;
    made.write_all(pem.as_bytes()).and_then(|()| made.sync_all()).map_err(|e| e.to_string())?;
    Ok(key)
}

/// Encrypts for the keys of a subscription.
fn seal(p256dh: &str, auth: &str, plain: &[u8]) -> Result<Vec<u8>, &'static str> {
    const WRONG: &str = "not the keys of a subscription";
    let theirs = BASE64_URL_SAFE_NO_PAD.decode(p256dh).map_err(|_| WRONG)?;
    let auth = BASE64_URL_SAFE_NO_PAD.decode(auth).map_err(|_| WRONG)?;
    let rng = SystemRandom::new();
    let no_chance = "no random numbers";
    let private = EphemeralPrivateKey::generate(&ECDH_P256, &rng).map_err(|_| no_chance)?;
    let own = private.compute_public_key().map_err(|_| no_chance)?;
    let mut salt = [0; 16];
    rng.fill(&mut salt).map_err(|_| no_chance)?;
    let peer = UnparsedPublicKey::new(&ECDH_P256, &theirs);
    let shared = agree_ephemeral(private, &peer, <[u8]>::to_vec).map_err(|_| WRONG)?;
    let keys = Schedule { shared: &shared, auth: &auth, theirs: &theirs, own: own.as_ref() };
    keys.seal(salt, plain).ok_or("too long")
}

/// What the key of one message follows from.
struct Schedule<'a> {
    shared: &'a [u8],
    auth: &'a [u8],
    theirs: &'a [u8],
    own: &'a [u8],
}

impl Schedule<'_> {
    fn seal(&self, salt: [u8; 16], plain: &[u8]) -> Option<Vec<u8>> {
        // RFC 8291, 3.4: one block of HKDF each, so HMAC alone.
        let secret = mac(self.auth, &[self.shared]);
        let input = mac(&secret, &[b"WebPush: info\0", self.theirs, self.own, &[1]]);
        // RFC 8188, 2.2 and 2.3.
        let secret = mac(&salt, &[&input]);
        let key = mac(&secret, &[b"Content-Encoding: aes128gcm\0", &[1]]);
        let nonce = mac(&secret, &[b"Content-Encoding: nonce\0", &[1]]);
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key[..16]).ok()?);
        let nonce = Nonce::try_assume_unique_for_key(&nonce[..12]).ok()?;
        // The last record ends with 2.
        let mut record = [plain, &[2]].concat();
        key.seal_in_place_append_tag(nonce, Aad::empty(), &mut record).ok()?;
        if record.len() > RECORD_BYTES as usize {
            return None;
        }
        let own_len = [u8::try_from(self.own.len()).ok()?];
        Some([&salt[..], &RECORD_BYTES.to_be_bytes(), &own_len, self.own, &record].concat())
    }
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    parts.iter().for_each(|part| context.update(part));
    context.sign().as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::push::testing::{Service, answer, door, note, note_of, urgent};
    use protocol::EntityKind;

    fn bytes(text: &str) -> Vec<u8> {
        BASE64_URL_SAFE_NO_PAD.decode(text).expect("base64url")
    }

    /// RFC 8291, section 5 and appendix A.
    #[test]
    fn seals_as_the_standard_s_example() {
        let shared = bytes("kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs");
        let auth = bytes("BTBZMqHH6r4Tts7J_aSIgg");
        let theirs = bytes(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        );
        let own = bytes(
            "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8",
        );
        let salt = bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().expect("16 bytes");
        let keys = Schedule { shared: &shared, auth: &auth, theirs: &theirs, own: &own };
        let sealed = keys.seal(salt, b"When I grow up, I want to be a watermelon").expect("short");
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll\
             6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWy\
             ouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(BASE64_URL_SAFE_NO_PAD.encode(sealed), expected);
        assert_eq!(keys.seal(salt, &[0; 5_000]), None);
    }

    #[test]
    fn a_key_is_made_once_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = std::env::temp_dir().join(format!("push-{}", uuid::Uuid::new_v4()));
        let file = folder.join("deep").join("push.key");
        let made = read_or_make(&file).expect("made");
        let again = read_or_make(&file).expect("read");
        assert_eq!(made.public(), again.public());
        let mode = std::fs::metadata(&file).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::write(&file, "nonsense").expect("written");
        assert!(read_or_make(&file).is_err(), "a damaged key is not silently replaced");
        std::fs::remove_dir_all(folder).expect("removed");
    }

    #[tokio::test]
    async fn what_the_service_is_given_and_what_its_answers_mean() {
        let (_, key) = jwt::fresh().expect("a key");
        for (told, expected) in [
            (answer("201 Created", ""), Pushed::Sent),
            (answer("410 Gone", ""), Pushed::Gone),
            (answer("404 Not Found", ""), Pushed::Gone),
            (answer("413 Too Large", ""), Pushed::Refused("the service answered 413".into())),
            (
                answer("429 Too Many Requests\r\nretry-after: 90", ""),
                Pushed::Later("the service answered 429".into(), Some(90_000)),
            ),
        ] {
            let service = Service::start(vec![told]).await;
            let (_, fresh) = jwt::fresh().expect("a key");
            let push = WebPush { key: fresh, subject: "mailto:a@hall.cn".into(), door: door() };
            let p256dh = BASE64_URL_SAFE_NO_PAD.encode(key.public());
            let endpoint = format!("{}/send/1", service.url);
            let done = push.push(&endpoint, &p256dh, &"A".repeat(22), &note()).await;
            assert_eq!(done.unwrap_or_else(|not| not), expected);
            let asked = service.asked().await;
            let vapid = asked.header("authorization");
            let token = vapid.strip_prefix("vapid t=").expect("the scheme of RFC 8292");
            let claims = token.split('.').nth(1).map(bytes).expect("claims");
            let claims: serde_json::Value = serde_json::from_slice(&claims).expect("JSON");
            assert_eq!(claims["aud"], service.url.as_str());
            assert!(vapid.ends_with(&format!("k={}", push.public_key())));
            for (name, value) in
                [("content-encoding", "aes128gcm"), ("urgency", "normal"), ("ttl", "21600")]
            {
                assert_eq!(asked.header(name), value);
            }
            assert_eq!(asked.header("topic").len(), 22);
            assert!(!String::from_utf8_lossy(&asked.body).contains("您好"));
        }
    }

    /// Each kind of news takes the place of its own kind alone, and an urgent one is in a hurry.
    #[tokio::test]
    async fn each_kind_of_news_has_a_topic_of_its_own() {
        let ok = || answer("201 Created", "");
        let service = Service::start(vec![ok(), ok(), ok(), ok()]).await;
        let (_, key) = jwt::fresh().expect("a key");
        let p256dh = BASE64_URL_SAFE_NO_PAD.encode(key.public());
        let push = WebPush { key, subject: "mailto:a@hall.cn".into(), door: door() };
        let endpoint = format!("{}/send/1", service.url);
        let mut topics = Vec::new();
        for (told, urgency) in [
            (note(), "normal"),
            (note_of(EntityKind::Notice), "normal"),
            (urgent(), "high"),
            (urgent(), "high"),
        ] {
            let done = push.push(&endpoint, &p256dh, &"A".repeat(22), &told).await;
            assert_eq!(done, Ok(Pushed::Sent));
            let asked = service.asked().await;
            assert_eq!(asked.header("urgency"), urgency);
            topics.push(asked.header("topic"));
        }
        assert_eq!(topics[0], topics[1], "the id of the stream");
        assert_ne!(topics[0], topics[2]);
        assert_eq!((&topics[2], topics[2].len()), (&topics[3], 32), "what RFC 8030 allows");
    }

    #[tokio::test]
    async fn a_wrong_key_is_refused_before_anything_is_sent() {
        let (_, key) = jwt::fresh().expect("a key");
        let push = WebPush { key, subject: String::new(), door: door() };
        let done = push.push("http://127.0.0.1:9/", &"A".repeat(87), "AAAA", &note()).await;
        assert!(matches!(done, Err(Pushed::Refused(_))));
    }
}
