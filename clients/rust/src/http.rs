//! The HTTP door: sign-in and queries. Blocking calls on tokio's blocking threads, since
//! they are few; commands and events take the socket.

use crate::ClientError;
use crate::trust::Trust;
use protocol::account::Secret;
use protocol::http::{CommandRequest, EventPage, Receipt, SignInRequest, SignInResponse};
use protocol::{ErrorBody, Seq, StreamId};
use serde::{Serialize, de::DeserializeOwned};
use tokio_tungstenite::Connector;

/// A hub and, once signed in, a session on it.
#[derive(Clone, Debug)]
pub struct Door {
    pub(crate) base: String,
    token: Option<Secret>,
    pub(crate) trust: Trust,
}

/// [`Door::sign_in`] at an address whose certificate the machine trusts.
pub async fn sign_in(
    base_url: &str,
    username: &str,
    password: &str,
    code: Option<&str>,
) -> Result<SignInResponse, ClientError> {
    Door::new(base_url)?.sign_in(username, password, code).await
}

impl Door {
    pub fn new(base_url: &str) -> Result<Self, ClientError> {
        let base = base_url.trim_end_matches('/').to_owned();
        if !base.starts_with("http://") && !base.starts_with("https://") {
            let reason = "an address begins with http:// or https://".to_owned();
            return Err(ClientError::Url { url: base, reason });
        }
        Ok(Self { base, token: None, trust: Trust::machine() })
    }

    /// Believes only certificates that these, as PEM, have signed: a hall's own authority.
    pub fn trusting(mut self, pem: &[u8]) -> Result<Self, ClientError> {
        self.trust = Trust::only(pem)?;
        Ok(self)
    }

    pub fn with_token(mut self, token: Secret) -> Self {
        self.token = Some(token);
        self
    }

    pub fn token(&self) -> Option<&Secret> {
        self.token.as_ref()
    }

    /// Signs in with a password and, where the account has a second factor, its six digits.
    pub async fn sign_in(
        &self,
        username: &str,
        password: &str,
        code: Option<&str>,
    ) -> Result<SignInResponse, ClientError> {
        let request = SignInRequest {
            username: username.to_owned(),
            password: Secret(password.to_owned()),
            code: code.map(|code| Secret(code.to_owned())),
        };
        self.post("/v1/sign-in", &request).await
    }

    /// The address of the socket.
    pub fn socket_url(&self) -> String {
        // http → ws, https → wss.
        format!("ws{}/v1/ws", self.base.strip_prefix("http").unwrap_or(&self.base))
    }

    pub async fn get<T: DeserializeOwned + Send + 'static>(
        &self,
        path: &str,
    ) -> Result<T, ClientError> {
        let request = self.trust.agent.get(format!("{}{path}", self.base));
        let request = match self.bearer() {
            Some(bearer) => request.header("Authorization", bearer),
            None => request,
        };
        blocking(move || read(request.call())).await
    }

    pub async fn post<B: Serialize, T: DeserializeOwned + Send + 'static>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<T, ClientError> {
        let text = serde_json::to_string(body)
            .map_err(|error| ClientError::Unreachable(error.to_string()))?;
        let request = self
            .trust
            .agent
            .post(format!("{}{path}", self.base))
            .header("Content-Type", "application/json");
        let request = match self.bearer() {
            Some(bearer) => request.header("Authorization", bearer),
            None => request,
        };
        blocking(move || read(request.send(text))).await
    }

    /// The same commands as over the socket, for a caller that has none open.
    pub async fn command(&self, request: &CommandRequest) -> Result<Receipt, ClientError> {
        self.post("/v1/commands", request).await
    }

    /// One page of a stream's history, ascending after a number.
    pub async fn events_after(
        &self,
        stream: StreamId,
        after: Seq,
        limit: usize,
    ) -> Result<EventPage, ClientError> {
        self.get(&format!("/v1/streams/{stream}/events?after={after}&limit={limit}")).await
    }

    /// The page that ends just before a number.
    pub async fn events_before(
        &self,
        stream: StreamId,
        before: Seq,
        limit: usize,
    ) -> Result<EventPage, ClientError> {
        self.get(&format!("/v1/streams/{stream}/events?before={before}&limit={limit}")).await
    }

    pub(crate) fn bearer(&self) -> Option<String> {
        self.token.as_ref().map(|token| format!("Bearer {}", token.0))
    }

    pub(crate) fn connector(&self) -> Option<Connector> {
        self.trust.connector()
    }
}

pub(crate) async fn blocking<T: Send + 'static>(
    call: impl FnOnce() -> Result<T, ClientError> + Send + 'static,
) -> Result<T, ClientError> {
    match tokio::task::spawn_blocking(call).await {
        Ok(outcome) => outcome,
        Err(error) => Err(ClientError::Unreachable(error.to_string())),
    }
}

pub(crate) fn read<T: DeserializeOwned>(
    answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<T, ClientError> {
    let unreachable = |error: String| ClientError::Unreachable(error);
    let mut answer = answer.map_err(|error| unreachable(error.to_string()))?;
    let status = answer.status();
    let text = answer.body_mut().read_to_string().map_err(|e| unreachable(e.to_string()))?;
    if status.is_success() {
        return serde_json::from_str(&text).map_err(|error| unreachable(error.to_string()));
    }
    match serde_json::from_str::<ErrorBody>(&text) {
        Ok(error) => Err(ClientError::Refused(error)),
        Err(_) => Err(unreachable(format!("HTTP status {status}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::Door;

    #[test]
    fn the_socket_lives_beside_the_http_door() {
        let url = |base| Door::new(base).map(|door| door.socket_url()).ok();
        assert_eq!(url("http://[::1]:8080/").as_deref(), Some("ws://[::1]:8080/v1/ws"));
        assert_eq!(url("https://hall.example").as_deref(), Some("wss://hall.example/v1/ws"));
        assert_eq!(url("hall.example"), None);
    }
}
