//! Signed statements about who signed in (JSON Web Tokens, ES256): written and read here.
//! Invariant: what is read was signed by this hub, for the purpose it is shown for, and is not
//! over. Absent on purpose: any other algorithm, `none` among them: what a token's header says
//! is compared, never obeyed.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use kernel::journal::digest;
use persistence::Keys;
use protocol::{ErrorBody, Millis};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;

/// `typ` of what an application keeps as proof of who it is.
pub(super) const ID: &str = "JWT";
/// `typ` of what opens `/oauth/userinfo`.
pub(super) const ACCESS: &str = "at+jwt";

pub(super) fn encode(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// S256 of PKCE.
pub(super) fn challenge(verifier: &str) -> String {
    encode(&digest(verifier.as_bytes()))
}

pub(super) fn write(
    keys: &Keys,
    purpose: &str,
    claims: &impl Serialize,
) -> Result<String, ErrorBody> {
    let part = |value: serde_json::Value| encode(value.to_string().as_bytes());
    let header = part(json!({ "alg": "ES256", "kid": keys.id(), "typ": purpose }));
    let claims = serde_json::to_value(claims).map_err(|_| ErrorBody::internal())?;
    let signed = format!("{header}.{}", part(claims));
    let signature = keys.sign(signed.as_bytes()).map_err(|error| {
        tracing::error!(%error, "not signed");
        ErrorBody::internal()
    })?;
    Ok(format!("{signed}.{}", encode(&signature)))
}

/// The claims of a token of this purpose; `None`: it is not ours, for something else, or over.
pub(super) fn read<T: DeserializeOwned>(
    keys: &Keys,
    purpose: &str,
    token: &str,
    now: Millis,
) -> Option<T> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let decode = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).ok();
    if !keys.verify(signed.as_bytes(), &decode(signature)?) {
        return None;
    }
    let header: serde_json::Value = serde_json::from_slice(&decode(header)?).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&decode(claims)?).ok()?;
    let alive = claims["exp"].as_i64().is_some_and(|seconds| now < seconds.saturating_mul(1_000));
    if header["typ"] != purpose || header["alg"] != "ES256" || !alive {
        return None;
    }
    serde_json::from_value(claims).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_the_one_of_rfc_7636() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(challenge(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
