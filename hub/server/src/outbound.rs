//! Asking other machines over HTTP, for links, webhooks and push. Invariant: what a person typed
//! reaches the public internet only: literal addresses are looked at before anything is sent,
//! names are resolved here and private answers thrown away, so that a name cannot be swapped
//! between the look and the connection, and each redirect is held against the same rule.

mod public;

use actors::{Reach, Web, WebError, WebMethod, WebRequest, WebResponse};
use async_trait::async_trait;
use gateway::Network;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Url};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

const CONNECT_WITHIN: Duration = Duration::from_secs(5);
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
const REDIRECTS_MAX: usize = 5;
/// Says who asks, as other machines' operators expect.
const AGENT: &str = concat!("hub/", env!("CARGO_PKG_VERSION"));

struct Outbound {
    public: Client,
    trusted: Client,
    rule: Rule,
}

/// What may be reached on a person's word.
#[derive(Clone)]
struct Rule {
    /// Networks that an operator has opened besides.
    allow: Arc<[Network]>,
}

impl Rule {
    fn admits(&self, address: IpAddr) -> bool {
        public::is_public(address) || self.allow.iter().any(|network| network.contains(address))
    }

    /// Refuses what can be refused without a look at the network.
    fn admits_url(&self, url: &Url) -> Result<(), &'static str> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err("only http and https are fetched");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("an address with a password in it");
        }
        // The URL reader has turned every spelling of an address (0x7f.1, 2130706433) into one.
        let literal = match url.host() {
            Some(url::Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(url::Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(url::Host::Domain(_)) => None,
            None => return Err("an address without a host"),
        };
        match literal {
            Some(address) if !self.admits(address) => Err(PRIVATE),
            _ => Ok(()),
        }
    }
}

const PRIVATE: &str = "a private address";

/// Resolves names, and keeps what the rule admits.
struct Names(Rule);

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let rule = self.0.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let kept: Vec<SocketAddr> = found.filter(|found| rule.admits(found.ip())).collect();
            if kept.is_empty() {
                return Err(Private.into());
            }
            Ok(Box::new(kept.into_iter()) as Addrs)
        })
    }
}

/// A name that leads to private addresses only. A type, so that it is found in a chain of causes.
#[derive(Debug)]
struct Private;

impl std::fmt::Display for Private {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(PRIVATE)
    }
}

impl std::error::Error for Private {}

/// The client of a whole program: connections are kept and shared.
pub(crate) fn client(allow: Vec<Network>) -> Result<Arc<dyn Web>, String> {
    // One provider for everything that speaks TLS here; set already is as good.
    let _already = rustls::crypto::ring::default_provider().install_default();
    let rule = Rule { allow: allow.into() };
    let held = rule.clone();
    let redirects = Policy::custom(move |attempt| {
        if attempt.previous().len() > REDIRECTS_MAX {
            return attempt.error("too many redirects");
        }
        match held.admits_url(attempt.url()) {
            Ok(()) => attempt.follow(),
            Err(_) => attempt.error(Private),
        }
    });
    let public = common().redirect(redirects).dns_resolver(Arc::new(Names(rule.clone())));
    let trusted = common().redirect(Policy::none());
    let built = |builder: ClientBuilder| builder.build().map_err(|error| error.to_string());
    Ok(Arc::new(Outbound { public: built(public)?, trusted: built(trusted)?, rule }))
}

fn common() -> ClientBuilder {
    Client::builder().user_agent(AGENT).connect_timeout(CONNECT_WITHIN).timeout(ANSWER_WITHIN)
}

#[async_trait]
impl Web for Outbound {
    async fn send(&self, request: WebRequest) -> Result<WebResponse, WebError> {
        let refused = |why: &str| WebError::Refused(why.to_owned());
        let url = Url::parse(&request.url).map_err(|_| refused("not an address"))?;
        let client = match request.reach {
            Reach::Trusted => &self.trusted,
            Reach::Public => {
                self.rule.admits_url(&url).map_err(refused)?;
                &self.public
            }
        };
        let mut asked = match request.method {
            WebMethod::Get => client.get(url),
            WebMethod::Post => client.post(url).body(request.body),
        };
        for (name, value) in &request.headers {
            asked = asked.header(name, value);
        }
        let mut answer = asked.send().await.map_err(|error| told(&error))?;
        let headers = answer.headers().iter().filter_map(|(name, value)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        });
        let mut response = WebResponse {
            status: answer.status().as_u16(),
            headers: headers.collect(),
            body: Vec::new(),
            url: answer.url().to_string(),
        };
        while let Some(chunk) = answer.chunk().await.map_err(|error| told(&error))? {
            let room = request.bytes_max - response.body.len();
            response.body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if response.body.len() == request.bytes_max {
                break;
            }
        }
        Ok(response)
    }
}

/// The library's words repeat the address, which may be a secret: only their kind is told.
fn told(error: &reqwest::Error) -> WebError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(one) = cause {
        if one.is::<Private>() {
            return WebError::Refused(PRIVATE.to_owned());
        }
        cause = one.source();
    }
    let kind = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else if error.is_redirect() {
        "too many redirects"
    } else if error.is_builder() {
        "not a request that can be made"
    } else {
        "the answer broke off"
    };
    WebError::Failed(kind.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// Answers every request on a port of this machine with the same bytes.
    async fn server(answer: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let mut asked = [0; 4096];
                let _ = socket.read(&mut asked).await;
                let _ = socket.write_all(answer.as_bytes()).await;
            }
        });
        address
    }

    fn get(url: String, reach: Reach) -> WebRequest {
        let (headers, body) = (Vec::new(), Vec::new());
        WebRequest { method: WebMethod::Get, url, headers, body, reach, bytes_max: 8 }
    }

    fn outbound(allow: &str) -> Arc<dyn Web> {
        let allow = allow.split(',').filter(|text| !text.is_empty());
        client(allow.map(|text| text.parse().expect("a network")).collect()).expect("built")
    }

    #[tokio::test]
    async fn a_person_s_word_reaches_nothing_private() {
        let port = server("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi").await.port();
        let web = outbound("");
        for url in [
            format!("http://127.0.0.1:{port}/"),
            format!("http://2130706433:{port}/"),
            format!("http://0x7f.1:{port}/"),
            format!("http://[::1]:{port}/"),
            format!("http://[::ffff:127.0.0.1]:{port}/"),
            format!("http://localhost:{port}/"),
            "http://10.0.0.1/".to_owned(),
            "http://169.254.169.254/latest/meta-data".to_owned(),
            "file:///etc/passwd".to_owned(),
            "http://me:secret@93.184.216.34/".to_owned(),
            "hall".to_owned(),
        ] {
            let answer = web.send(get(url.clone(), Reach::Public)).await;
            assert!(matches!(answer, Err(WebError::Refused(_))), "{url}: {answer:?}");
        }
        let url = format!("http://127.0.0.1:{port}/");
        let answer = web.send(get(url, Reach::Trusted)).await.expect("an operator's word");
        assert_eq!((answer.status, answer.body.as_slice()), (200, &b"hi"[..]));
    }

    #[tokio::test]
    async fn a_redirect_to_a_private_address_is_refused_and_an_answer_is_cut() {
        let away = server("HTTP/1.1 302 Found\r\nlocation: http://10.0.0.1/\r\n\r\n").await;
        let web = outbound("127.0.0.0/8");
        let answer = web.send(get(format!("http://{away}/"), Reach::Public)).await;
        assert_eq!(answer.err(), Some(WebError::Refused(PRIVATE.to_owned())));
        let long =
            server("HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n01234567890123456789").await;
        let answer = web.send(get(format!("http://{long}/"), Reach::Public)).await;
        assert_eq!(answer.expect("opened by the operator").body, b"01234567");
    }
}
