//! Signed claims (RFC 7515, 7519) by the two ways that push services ask for, and the keys they
//! are signed with.

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use ring::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
    },
};
use serde_json::Value;

pub(super) enum Key {
    Es256(EcdsaKeyPair),
    Rs256(RsaKeyPair),
}

impl Key {
    /// A private key of PKCS#8 in PEM: of P-256, as Apple gives them.
    pub(super) fn es256(pem: &str) -> Result<Self, String> {
        Self::es256_der(&der(pem)?)
    }

    pub(super) fn es256_der(der: &[u8]) -> Result<Self, String> {
        let rng = SystemRandom::new();
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der, &rng)
            .map(Self::Es256)
            .map_err(|error| format!("not a key of P-256: {error}"))
    }

    /// Of RSA, as Google gives them.
    pub(super) fn rs256(pem: &str) -> Result<Self, String> {
        RsaKeyPair::from_pkcs8(&der(pem)?)
            .map(Self::Rs256)
            .map_err(|error| format!("not a key of RSA: {error}"))
    }

    /// The public key's bytes.
    pub(super) fn public(&self) -> &[u8] {
        match self {
            Self::Es256(key) => key.public_key().as_ref(),
            Self::Rs256(key) => key.public_key().as_ref(),
        }
    }

    /// The token that says `claims`; `more` goes beside the algorithm.
    pub(super) fn sign(&self, mut head: Value, claims: &Value) -> Result<String, String> {
        head["alg"] = Value::from(match self {
            Self::Es256(_) => "ES256",
            Self::Rs256(_) => "RS256",
        });
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let said = format!("{}.{}", part(&head), part(claims));
        let rng = SystemRandom::new();
        let failed = |_| "the key does not sign".to_owned();
        let signature = match self {
            Self::Es256(key) => key.sign(&rng, said.as_bytes()).map_err(failed)?.as_ref().to_vec(),
            Self::Rs256(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &rng, said.as_bytes(), &mut signature)
                    .map_err(failed)?;
                signature
            }
        };
        Ok(format!("{said}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature)))
    }
}

fn der(pem: &str) -> Result<Vec<u8>, String> {
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let text: String = body.split_whitespace().collect();
    BASE64_STANDARD.decode(text).map_err(|_| "not a PEM file".to_owned())
}

/// A fresh key of P-256 as PEM, and read.
pub(super) fn fresh() -> Result<(String, Key), String> {
    let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    let made = made.map_err(|_| "no key could be made".to_owned())?;
    let text = BASE64_STANDARD.encode(made.as_ref());
    let lines: Vec<&str> =
        (0..text.len()).step_by(64).map(|from| &text[from..(from + 64).min(text.len())]).collect();
    let pem =
        format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"));
    Ok((pem, Key::es256_der(made.as_ref())?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    #[test]
    fn a_fresh_key_reads_back_and_signs() {
        let (pem, made) = fresh().expect("a key");
        let key = Key::es256(&pem).expect("the same key");
        assert_eq!(made.public(), key.public());
        let token = key.sign(serde_json::json!({}), &serde_json::json!({"sub": "a"}));
        let token = token.expect("signed");
        let (said, signature) = token.rsplit_once('.').expect("three parts");
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).expect("base64url");
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.public())
            .verify(said.as_bytes(), &signature)
            .expect("its own signature");
        assert!(Key::es256("nonsense").is_err() && Key::rs256(&pem).is_err());
    }
}
