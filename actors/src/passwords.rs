//! Argon2id and one-time codes, off the arbiter threads and at most as many at once as
//! there are cores: each takes a core for tens of milliseconds and its memory.

use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};
use protocol::{ErrorBody, Millis};
use std::sync::Arc;
use tokio::sync::Semaphore;
use totp_rs::Builder;

/// Sign-ins that may wait for a core before the hub says busy.
const WAITING_MAX: usize = 256;

pub(crate) struct Passwords {
    argon2: Argon2<'static>,
    cores: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Passwords {
    pub fn new(memory_kib: u32) -> Self {
        // OWASP's second choice is 19 MiB, two passes, one lane; the memory is configurable.
        let params = Params::new(memory_kib.max(Params::MIN_M_COST), 2, 1, None)
            .expect("the bounds are respected above");
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            cores: Arc::new(Semaphore::new(cores)),
            waiting: Arc::new(Semaphore::new(WAITING_MAX)),
        }
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(Argon2<'static>) -> T + Send + 'static,
    ) -> Result<T, ErrorBody> {
        let _waiting = self.waiting.try_acquire().map_err(|_| ErrorBody::busy())?;
        let _core = self.cores.acquire().await.map_err(|_| ErrorBody::internal())?;
        let argon2 = self.argon2.clone();
        tokio::task::spawn_blocking(move || work(argon2)).await.map_err(|_| ErrorBody::internal())
    }

    pub async fn hash(&self, password: String) -> Result<String, ErrorBody> {
        self.run(move |argon2| {
            let hash: Result<argon2::PasswordHash, _> = argon2.hash_password(password.as_bytes());
            hash.map(|hash| hash.to_string())
        })
        .await?
        .map_err(|error| {
            tracing::error!(%error, "password not hashed");
            ErrorBody::internal()
        })
    }

    /// Whether the password is right. With no hash (an unknown user) it takes as long.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, ErrorBody> {
        self.run(move |argon2| match hash.as_deref().map(PasswordHash::new) {
            Some(Ok(hash)) => argon2.verify_password(password.as_bytes(), &hash).is_ok(),
            Some(Err(_)) => false,
            None => {
                let spent: Result<argon2::PasswordHash, _> =
                    argon2.hash_password(password.as_bytes());
                drop(spent);
                false
            }
        })
        .await
    }
}

/// A fresh second-factor secret: 20 bytes, base32 as authenticators read it.
pub(crate) fn new_totp() -> Result<String, ErrorBody> {
    let mut bytes = [0_u8; 20];
    getrandom::fill(&mut bytes).map_err(|_| ErrorBody::internal())?;
    Ok(base32(&bytes))
}

/// What an authenticator reads from a QR code.
pub(crate) fn totp_uri(username: &str, secret: &str) -> String {
    format!("otpauth://totp/Hub:{username}?secret={secret}&issuer=Hub&digits=6&period=30")
}

/// The half minute that `code` is right for, if it is now: one of clock drift is allowed.
pub(crate) fn totp_step(secret: &str, code: &str, now: Millis) -> Option<u64> {
    let bytes = unbase32(secret)?;
    let totp = Builder::new().with_secret(bytes).with_account_name("account").build();
    let seconds = u64::try_from(now / 1000).unwrap_or(0);
    totp.ok()?.check(code, seconds)
}

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(5) {
        let mut block = [0_u8; 8];
        block[3..3 + chunk.len()].copy_from_slice(chunk);
        let bits = u64::from_be_bytes(block);
        for n in 0..(chunk.len() * 8).div_ceil(5) {
            let index = (bits >> (35 - 5 * n)) & 31;
            text.push(char::from(BASE32[usize::try_from(index).unwrap_or(0)]));
        }
    }
    text
}

fn unbase32(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for letter in text.bytes() {
        let value = BASE32.iter().position(|known| *known == letter)?;
        bits = (bits << 5) | u32::try_from(value).ok()?;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 255).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_survives_its_text_form() {
        let bytes: Vec<u8> = (0..20).collect();
        assert_eq!(unbase32(&base32(&bytes)), Some(bytes));
        assert_eq!(unbase32("not base32"), None);
    }

    #[test]
    fn codes_of_rfc_6238_are_accepted_within_one_step() {
        // The RFC's secret "12345678901234567890"; its 8-digit code at 59 s is 94287082.
        let secret = base32(b"12345678901234567890");
        for (code, now, step) in [
            ("287082", 59_000, Some(1)),
            ("287082", 85_000, Some(1)),
            ("287082", 125_000, None),
            ("000000", 59_000, None),
        ] {
            assert_eq!(totp_step(&secret, code, now), step, "{code} at {now}");
        }
    }
}
