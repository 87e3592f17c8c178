//! Signing people in to applications, and incoming calls that act on an application: what is
//! looked up, what is made of chance, and what the application's own rules say of it.
//! Invariants: a code is known to its holder alone: its SHA-256 is what the hub keeps; a refusal
//! comes with an event where its rules say so.

use crate::{app::secret_hash, areas, env::Env, hub::Hub};
use domain::{Order, Who};
use kernel::journal::StoreError;
use persistence::Keys;
use protocol::{
    AccountId, CommandId, EntityKind, ErrorBody, ErrorKind, Millis, StreamId,
    app::{CodeIssued, Scope, SignInRefusal},
    http::Receipt,
};
use serde::Deserialize;
use std::sync::Arc;

/// A browser is sent back within a second; the application's server asks within another.
const CODE_MS: Millis = 60 * 1_000;
/// Bytes of a code: nobody guesses two hundred and fifty-six bits.
const CODE_BYTES: usize = 32;

/// What an application asked for when it sent somebody here.
#[derive(Clone, Debug)]
pub struct SignInAsked {
    pub app: StreamId,
    pub redirect: String,
    /// `code_challenge`, method S256.
    pub challenge: Option<String>,
    pub nonce: Option<String>,
}

/// What an application's server shows to learn who it is.
#[derive(Clone, Debug)]
pub struct SignInCode {
    pub app: StreamId,
    pub code: String,
    pub redirect: String,
    /// S256 of the verifier that came with it.
    pub challenge: Option<String>,
    /// A token of the application.
    pub secret: Option<String>,
}

/// Who it is.
#[derive(Clone, Debug, Deserialize)]
pub struct SignedInPerson {
    pub account: AccountId,
    pub nonce: Option<String>,
}

#[derive(Deserialize)]
struct Outcome {
    refused: Option<SignInRefusal>,
}

impl Hub {
    /// Called once, when the files are open: their key lies beside these.
    pub fn hold_keys(&self, keys: Arc<Keys>) {
        // A second call would bring the same ones.
        let _ = self.env().keys.set(keys);
    }

    pub fn keys(&self) -> Result<&Arc<Keys>, ErrorBody> {
        self.env().keys()
    }

    /// A code for the person to carry to the application, or why there is none.
    pub async fn begin_sign_in(
        &self,
        person: AccountId,
        asked: SignInAsked,
    ) -> Result<Result<String, SignInRefusal>, ErrorBody> {
        let env = self.env();
        let known = env.queries.app_for(asked.app, person).await.map_err(unavailable)?;
        let for_them = known.is_some_and(|(_, _, for_them)| for_them);
        let code = random_hex()?;
        let issued = CodeIssued {
            code_hash: secret_hash(&code),
            account: person,
            redirect: asked.redirect,
            challenge: asked.challenge,
            nonce: asked.nonce,
            expires_at: env.clock.now() + CODE_MS,
        };
        let order = Order::IssueCode { code: issued, for_them };
        let receipt = give(env, asked.app, order).await?;
        Ok(refused(&receipt).map_or(Ok(code), Err))
    }

    /// Who brought the code, or why that is not told.
    pub async fn finish_sign_in(
        &self,
        asked: SignInCode,
    ) -> Result<Result<SignedInPerson, SignInRefusal>, ErrorBody> {
        let env = self.env();
        let proved = match &asked.secret {
            Some(secret) => Some(self.proves(secret, asked.app).await?),
            None => None,
        };
        let order = Order::RedeemCode {
            code_hash: secret_hash(&asked.code),
            redirect: asked.redirect,
            challenge: asked.challenge,
            proved,
        };
        let receipt = give(env, asked.app, order).await?;
        if let Some(reason) = refused(&receipt) {
            return Ok(Err(reason));
        }
        let person = receipt.result.and_then(|result| SignedInPerson::deserialize(result).ok());
        person.map(Ok).ok_or_else(ErrorBody::internal)
    }

    /// Whether a secret is a token of this application that may sign people in. One that may
    /// not is refused as such, so that its owner learns why.
    async fn proves(&self, secret: &str, app: StreamId) -> Result<bool, ErrorBody> {
        let who: Who = match super::authenticate(self.env(), secret).await {
            Ok(who) => who,
            Err(error) if error.kind == ErrorKind::Unauthenticated => return Ok(false),
            Err(error) => return Err(error),
        };
        if who.app.as_ref().is_none_or(|power| power.app != app) {
            return Ok(false);
        }
        super::may(self.env(), &who, Scope::SignIn, "oauth.token").await?;
        Ok(true)
    }
}

async fn give(env: &Arc<Env>, app: StreamId, order: Order) -> Result<Receipt, ErrorBody> {
    if app.kind != EntityKind::App {
        return Err(ErrorBody::internal());
    }
    areas::order(env, app, CommandId(env.ids.next()), order).await
}

fn refused(receipt: &Receipt) -> Option<SignInRefusal> {
    let result = receipt.result.as_ref()?;
    Outcome::deserialize(result).ok()?.refused
}

fn random_hex() -> Result<String, ErrorBody> {
    let mut bytes = [0_u8; CODE_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| {
        tracing::error!(%error, "the system gives no random bytes");
        ErrorBody::internal()
    })?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn unavailable(_: StoreError) -> ErrorBody {
    ErrorBody::unavailable()
}
