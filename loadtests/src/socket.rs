//! A lean WebSocket for load: text in, text out, no retries, no parsing it does not need.

use futures_util::{SinkExt, StreamExt, stream::SplitSink, stream::SplitStream};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest},
};

type Failure = Box<dyn std::error::Error>;
type Socket = WebSocketStream<TcpStream>;

pub(crate) struct Writer(SplitSink<Socket, Message>);
pub(crate) struct Reader(SplitStream<Socket>);

pub(crate) async fn connect(address: &str, token: &str) -> Result<(Writer, Reader), Failure> {
    let mut request = format!("ws://{address}/v1/ws").into_client_request()?;
    let headers = request.headers_mut();
    headers.insert("authorization", format!("Bearer {token}").parse()?);
    headers.insert("sec-websocket-protocol", "hub.v1.json".parse()?);
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (socket, _) = tokio_tungstenite::client_async(request, stream).await?;
    let (writer, reader) = socket.split();
    Ok((Writer(writer), Reader(reader)))
}

impl Writer {
    pub(crate) async fn send(&mut self, text: String) -> Result<(), Failure> {
        Ok(self.0.send(Message::text(text)).await?)
    }
}

impl Reader {
    /// The next text frame; `None` once closed.
    pub(crate) async fn next(&mut self) -> Result<Option<String>, Failure> {
        while let Some(message) = self.0.next().await {
            match message? {
                Message::Text(text) => return Ok(Some(text.as_str().to_owned())),
                Message::Close(_) => return Ok(None),
                _ => {}
            }
        }
        Ok(None)
    }

    /// Reads until a frame of this type, which it returns; an `error` frame fails.
    pub(crate) async fn until(&mut self, kind: &str) -> Result<String, Failure> {
        let wanted = format!("\"t\":\"{kind}\"");
        while let Some(text) = self.next().await? {
            if text.contains(&wanted) {
                return Ok(text);
            }
            if text.contains("\"t\":\"error\"") {
                return Err(text.into());
            }
        }
        Err("closed".into())
    }
}

/// A version 7 id of now, as clients make them.
#[expect(
    clippy::disallowed_methods,
    reason = "a load generator is a client with a clock of its own"
)]
pub(crate) fn id() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// A command frame.
pub(crate) fn command(id: &str, stream: Option<&str>, kind: &str, body: &str) -> String {
    let stream = stream.map(|s| format!("\"stream\":\"{s}\",")).unwrap_or_default();
    format!("{{\"t\":\"command\",\"id\":\"{id}\",{stream}\"type\":\"{kind}\",\"body\":{body}}}")
}

/// The text of a string field, by its first occurrence.
pub(crate) fn field<'a>(frame: &'a str, name: &str) -> Option<&'a str> {
    let start = frame.find(&format!("\"{name}\":\""))? + name.len() + 4;
    let rest = &frame[start..];
    rest.find('"').map(|end| &rest[..end])
}
