//! Another machine for a test: a small HTTP server that hands each request to a function, at an
//! address of its own. Real sockets and real HTTP, and nothing of the hub's code.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// With its query.
    pub(crate) path: String,
    /// Names in lower case.
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    /// The `content-type`, where one is said.
    pub(crate) kind: Option<&'static str>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(status: u16, body: impl Into<String>) -> Self {
        Self { status, location: None, kind: None, body: body.into().into_bytes() }
    }

    pub(crate) fn to(location: impl Into<String>) -> Self {
        Self { status: 302, location: Some(location.into()), kind: None, body: Vec::new() }
    }

    pub(crate) fn of(kind: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, location: None, kind: Some(kind), body: body.into() }
    }
}

/// What another machine, or a browser, asks with: goes nowhere that it is sent.
pub(crate) fn http() -> reqwest::Client {
    // Set already is as good.
    let _already = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    client.build().expect("a client")
}

/// Serves until it is dropped.
pub(crate) struct Machine {
    pub(crate) url: String,
    serving: JoinHandle<()>,
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Machine {
    /// At this address, `127.0.0.1:0` for any.
    pub(crate) async fn at<F, A>(address: &str, answer: F) -> Self
    where
        F: Fn(Asked) -> A + Send + Sync + 'static,
        A: Future<Output = Answer> + Send + 'static,
    {
        let listener = TcpListener::bind(address).await.expect("a free address");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let answer = Arc::new(answer);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let answer = answer.clone();
                tokio::spawn(async move {
                    // A client that goes away in the middle is no failure of the test.
                    let _ = serve(stream, &*answer).await;
                });
            }
        });
        Self { url, serving }
    }
}

/// One request a connection: enough for a test, and nothing is kept that could go stale.
async fn serve<F, A>(stream: TcpStream, answer: &F) -> std::io::Result<()>
where
    F: Fn(Asked) -> A,
    A: Future<Output = Answer>,
{
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        let Some((name, value)) = line.trim().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let bytes = headers.get("content-length").and_then(|bytes| bytes.parse().ok()).unwrap_or(0);
    let mut body = vec![0; bytes];
    stream.read_exact(&mut body).await?;
    let body = String::from_utf8_lossy(&body).into_owned();
    let Answer { status, location, kind, body } = answer(Asked { path, headers, body }).await;
    let location = location.map(|to| format!("location: {to}\r\n")).unwrap_or_default();
    let kind = kind.map(|kind| format!("content-type: {kind}\r\n")).unwrap_or_default();
    let head = format!(
        "HTTP/1.1 {status} -\r\n{location}{kind}content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&body).await
}
