//! Keys that the hub keeps beside those of its files: one seals secrets that are used again
//! (webhooks', second factors'), one signs who has signed in to an application (OpenID Connect, ES256).
//! Invariants: a sealed secret opens for what it was sealed for and nothing else; neither key
//! leaves this file. Absent on purpose: what is signed (`gateway`), what a secret is for.

use crate::blobs::{BlobError, hex, open_sealed, random, sealed, unhex, unhex_all, write_key};
use base64::{Engine, prelude::BASE64_STANDARD};
use kernel::journal::digest;
use ring::{
    aead::LessSafeKey,
    hmac,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use std::{fs, io, path::Path};
use uuid::Uuid;

/// Bytes of a webhook's secret, as Standard Webhooks asks (24 to 64).
const SECRET_BYTES: usize = 32;
/// How a sealed second factor begins in the store: none in plain has such a letter.
const SEALED_PREFIX: &str = "sealed:";
/// How a webhook's secret begins, by which programs tell what it is.
const SECRET_PREFIX: &str = "whsec_";

pub struct Keys {
    seals: LessSafeKey,
    signer: EcdsaKeyPair,
    random: SystemRandom,
    id: String,
}

impl Keys {
    /// `seals` comes from the master key; the file of the other is made when there is none.
    /// Losing that one costs nobody anything: what it signed lives for minutes.
    pub(crate) fn open(seals: LessSafeKey, signer: &Path) -> Result<Self, BlobError> {
        let told = |error: &dyn std::fmt::Display| {
            BlobError::Key(format!("{}: {error}", signer.display()))
        };
        let document = match fs::read_to_string(signer) {
            Ok(text) => BASE64_STANDARD.decode(text.trim()).map_err(|error| told(&error))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let made = EcdsaKeyPair::generate_pkcs8(
                    &ECDSA_P256_SHA256_FIXED_SIGNING,
                    &SystemRandom::new(),
                );
                let made = made.map_err(|error| told(&error))?.as_ref().to_vec();
                write_key(signer, &BASE64_STANDARD.encode(&made)).map_err(|error| told(&error))?;
                made
            }
            Err(error) => return Err(told(&error)),
        };
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &document, &random);
        let pair = pair.map_err(|error| told(&error))?;
        let id = hex(&digest(pair.public_key().as_ref())[..8]);
        Ok(Self { seals, signer: pair, random, id })
    }

    /// Which key it is: stands in what it signs, so that another may follow.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The two coordinates of the public point.
    pub fn public(&self) -> (&[u8], &[u8]) {
        // Uncompressed: 4, then 32 bytes each.
        let point = self.signer.public_key().as_ref();
        point.get(1..).unwrap_or_default().split_at(point.len() / 2)
    }

    /// ES256: the two numbers of the signature, 32 bytes each.
    pub fn sign(&self, text: &[u8]) -> Result<Vec<u8>, BlobError> {
        let signed = self.signer.sign(&self.random, text);
        signed.map(|signature| signature.as_ref().to_vec()).map_err(|_| BlobError::Damaged)
    }

    /// Whether this hub signed it.
    pub fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        ring::signature::UnparsedPublicKey::new(
            &ring::signature::ECDSA_P256_SHA256_FIXED,
            self.signer.public_key().as_ref(),
        )
        .verify(text, signature)
        .is_ok()
    }

    /// A fresh secret for the webhook of an application, sealed for it, in hex.
    pub fn webhook_secret(&self, app: Uuid) -> Result<String, BlobError> {
        sealed(&self.seals, app.as_bytes(), &random::<SECRET_BYTES>()?).map(|bytes| hex(&bytes))
    }

    /// The secret as its application is told it.
    pub fn told_secret(&self, app: Uuid, sealed: &str) -> Option<String> {
        let sealed: [u8; SECRET_BYTES + 28] = unhex(sealed)?;
        let secret = self.opened(app, &sealed).ok()?;
        Some(format!("{SECRET_PREFIX}{}", BASE64_STANDARD.encode(secret)))
    }

    /// The secret of an account's second factor, as it is stored.
    pub fn sealed_factor(&self, account: Uuid, secret: &str) -> Result<String, BlobError> {
        let bytes = sealed(&self.seals, &factor_of(account), secret.as_bytes())?;
        Ok(format!("{SEALED_PREFIX}{}", hex(&bytes)))
    }

    /// The secret again; `None`: another account's, or sealed with another key.
    pub fn opened_factor(&self, account: Uuid, stored: &str) -> Option<String> {
        let mut bytes = unhex_all(stored.strip_prefix(SEALED_PREFIX)?)?;
        let plain = open_sealed(&self.seals, &factor_of(account), &mut bytes).ok()?;
        String::from_utf8(plain.to_vec()).ok()
    }

    /// Whether it lies in plain, from before such secrets were sealed.
    pub(crate) fn is_plain(stored: &str) -> bool {
        !stored.starts_with(SEALED_PREFIX)
    }

    /// `webhook-signature` of Standard Webhooks, version 1.
    pub fn webhook_signature(
        &self,
        app: Uuid,
        sealed: &[u8],
        id: &str,
        seconds: i64,
        body: &str,
    ) -> Result<String, BlobError> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.opened(app, sealed)?);
        let tag = hmac::sign(&key, format!("{id}.{seconds}.{body}").as_bytes());
        Ok(format!("v1,{}", BASE64_STANDARD.encode(tag.as_ref())))
    }

    fn opened(&self, app: Uuid, sealed: &[u8]) -> Result<Vec<u8>, BlobError> {
        let mut sealed = sealed.to_vec();
        open_sealed(&self.seals, app.as_bytes(), &mut sealed).map(<[u8]>::to_vec)
    }
}

/// What a second factor is sealed for: never to be taken for another secret of the same id.
fn factor_of(account: Uuid) -> Vec<u8> {
    [b"second factor ".as_slice(), account.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blobs::key_of;
    use std::os::unix::fs::PermissionsExt;

    fn keys() -> (Keys, std::path::PathBuf) {
        let folder =
            std::env::temp_dir().join(format!("hub-keys-{}", hex(&random::<8>().unwrap())));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("sign-in.key");
        (Keys::open(key_of(&[3; 32]).unwrap(), &path).unwrap(), path)
    }

    #[test]
    fn the_signing_key_is_made_once_for_its_owner_alone() {
        let (keys, path) = keys();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let again = Keys::open(key_of(&[3; 32]).unwrap(), &path).unwrap();
        assert_eq!(keys.id(), again.id());
        let signature = keys.sign(b"who").unwrap();
        assert!(again.verify(b"who", &signature) && !again.verify(b"whom", &signature));
        let (x, y) = keys.public();
        assert_eq!((x.len(), y.len(), signature.len()), (32, 32, 64));
        fs::write(&path, "nonsense").unwrap();
        assert!(Keys::open(key_of(&[3; 32]).unwrap(), &path).is_err());
        fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }

    #[test]
    fn a_second_factor_opens_for_its_account_alone() {
        let (keys, path) = keys();
        let (account, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let stored = keys.sealed_factor(account, "JBSWY3DPEHPK3PXP").unwrap();
        assert!(!Keys::is_plain(&stored) && Keys::is_plain("JBSWY3DPEHPK3PXP"));
        assert!(!stored.contains("JBSWY3DPEHPK3PXP"), "in the clear");
        assert_eq!(keys.opened_factor(account, &stored).as_deref(), Some("JBSWY3DPEHPK3PXP"));
        assert_eq!(keys.opened_factor(other, &stored), None);
        assert_eq!(keys.opened_factor(account, "JBSWY3DPEHPK3PXP"), None, "never sealed");
        fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }

    #[test]
    fn a_secret_opens_for_its_application_alone_and_signs_as_the_standard_says() {
        let (keys, path) = keys();
        let (app, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let sealed = keys.webhook_secret(app).unwrap();
        let secret = keys.told_secret(app, &sealed).unwrap();
        assert_eq!(keys.told_secret(other, &sealed), None);
        let plain = BASE64_STANDARD.decode(secret.strip_prefix(SECRET_PREFIX).unwrap()).unwrap();
        assert!(!sealed.contains(&hex(&plain)), "in the clear");
        let bytes: [u8; 60] = unhex(&sealed).unwrap();
        let signature = keys.webhook_signature(app, &bytes, "msg_1", 1_674_087_231, "{}").unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &plain);
        let tag = BASE64_STANDARD.decode(signature.strip_prefix("v1,").unwrap()).unwrap();
        assert!(hmac::verify(&key, b"msg_1.1674087231.{}", &tag).is_ok());
        fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }
}
