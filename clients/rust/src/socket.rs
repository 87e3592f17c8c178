//! Opening the WebSocket and turning its messages into frames. Knows the wire, and nothing
//! of what the frames are for.

use crate::Door;
use futures_util::{SinkExt, StreamExt};
use protocol::{AnyCommand, AnySignal, ClientFrame, CommandId, SUBPROTOCOL, ServerFrame, StreamId};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{
    Error, Message, client::IntoClientRequest, handshake::client::Request, http::HeaderValue,
};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_tls_with_config};

/// A hub that takes longer than this to open a socket is as good as gone.
const OPEN_WITHIN: Duration = Duration::from_secs(10);

/// Why there is no socket.
pub(crate) enum Failed {
    /// Try again: the hub is down, draining or full.
    Interrupted(String),
    /// Do not: the token is no longer good, or no version is in common.
    Refused(u16),
}

pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// What came.
pub(crate) enum Arrived {
    Frame(ServerFrame),
    /// A frame of a later protocol, or a ping: proves that the hub lives, says nothing.
    Other,
    Closed(Option<u16>),
}

impl Socket {
    pub(crate) async fn open(door: &Door) -> Result<Self, Failed> {
        let request = request(door).map_err(|_| Failed::Refused(4501))?;
        // A command is one small write: waiting for more only adds delay.
        let no_delay = true;
        let opening = connect_async_tls_with_config(request, None, no_delay, door.connector());
        match tokio::time::timeout(OPEN_WITHIN, opening).await {
            Ok(Ok((stream, _))) => Ok(Self(stream)),
            Ok(Err(Error::Http(answer))) if answer.status() == 401 => Err(Failed::Refused(4500)),
            Ok(Err(Error::Http(answer))) if answer.status() == 403 => Err(Failed::Refused(4501)),
            Ok(Err(error)) => Err(Failed::Interrupted(error.to_string())),
            Err(_) => Err(Failed::Interrupted("no answer".to_owned())),
        }
    }

    /// Safe to cancel: a message is taken whole or not at all.
    pub(crate) async fn receive(&mut self) -> Arrived {
        match self.0.next().await {
            Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
                Ok(frame) => Arrived::Frame(frame),
                Err(error) => {
                    tracing::warn!(%error, "a frame that this client does not know");
                    Arrived::Other
                }
            },
            Some(Ok(Message::Close(frame))) => Arrived::Closed(frame.map(|f| f.code.into())),
            Some(Ok(_)) => Arrived::Other,
            Some(Err(_)) | None => Arrived::Closed(None),
        }
    }

    /// Puts a frame into the write buffer; [`Socket::flush`] sends what is there.
    pub(crate) async fn feed(&mut self, frame: &ClientFrame) -> Result<(), String> {
        let text = serde_json::to_string(frame).map_err(|error| error.to_string())?;
        self.0.feed(Message::text(text)).await.map_err(|error| error.to_string())
    }

    pub(crate) async fn flush(&mut self) -> Result<(), String> {
        self.0.flush().await.map_err(|error| error.to_string())
    }

    pub(crate) async fn close(&mut self) {
        let _ = self.0.close(None).await;
    }
}

fn request(door: &Door) -> Result<Request, String> {
    let mut request = door.socket_url().into_client_request().map_err(|e| e.to_string())?;
    let headers = request.headers_mut();
    headers.insert("Sec-WebSocket-Protocol", HeaderValue::from_static(SUBPROTOCOL));
    if let Some(bearer) = door.bearer() {
        let value = HeaderValue::from_str(&bearer).map_err(|error| error.to_string())?;
        headers.insert("Authorization", value);
    }
    Ok(request)
}

pub(crate) fn command_frame(
    id: CommandId,
    stream: Option<StreamId>,
    command: &AnyCommand,
) -> ClientFrame {
    ClientFrame::Command { id, stream, command: command.clone() }
}

pub(crate) fn signal_frame(stream: StreamId, signal: AnySignal) -> ClientFrame {
    ClientFrame::Signal { stream, signal }
}
