//! Owns the transport of one WebSocket connection: the only file that names `actix` and
//! `actix-web-actors`. Invariant: it decides nothing; it carries frames between the socket
//! and `socket::Session`. Timers are absent: this actor is not polled while its socket is
//! blocked, so `socket::Sweeper` looks after it from outside.

use crate::{
    Edge,
    auth::{self, Caller},
    error::{Refusal, too_many_connections, unauthenticated},
    limits::Slot,
    params::too_large,
    socket::{Assembled, Assembler, Part, Session, Sweeper},
};
use actix::{Actor, ActorContext, AsyncContext, StreamHandler, fut::ActorFuture};
use actix_web::{
    HttpRequest, HttpResponse, dev::Extensions, http::header, rt::net::TcpStream, web,
};
use actix_web_actors::ws;
use bytestring::ByteString;
use protocol::{CloseCode, ErrorBody, ErrorKind, SUBPROTOCOL, limits};
use std::{
    any::Any,
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll},
};

type Link = ws::WebsocketContext<Socket>;

/// What is known of a connection before its first request.
pub(crate) struct Connection {
    /// A second handle, to shut the connection down while its writer is blocked.
    socket: Option<Arc<socket2::Socket>>,
    /// `None`: the address holds all the connections it may.
    slot: Option<Slot>,
}

impl Connection {
    pub(crate) fn is_over_limit(&self) -> bool {
        self.slot.is_none()
    }

    /// Called by the HTTP server for each accepted connection.
    pub(crate) fn accepted(edge: &Edge, stream: &dyn Any, data: &mut Extensions) {
        let Some(stream) = stream.downcast_ref::<TcpStream>() else { return };
        let Ok(peer) = stream.peer_addr() else { return };
        let socket = socket2::SockRef::from(stream);
        // Frames are small and people wait for them.
        if let Err(error) = socket.set_tcp_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
        data.insert(Self {
            socket: socket.try_clone().ok().map(Arc::new),
            slot: edge.limits.addresses.enter(peer.ip()),
        });
    }
}

/// `GET /v1/ws`: signs in first, so that a stranger costs no session.
pub(crate) async fn upgrade(
    request: HttpRequest,
    payload: web::Payload,
    edge: web::Data<Edge>,
) -> Result<HttpResponse, actix_web::Error> {
    let connection = request.conn_data::<Connection>();
    if connection.is_some_and(Connection::is_over_limit) {
        return Err(Refusal(too_many_connections()).into());
    }
    auth::check_origin(request.headers(), &edge.config.origins).map_err(Refusal)?;
    let token = auth::token(&request).ok_or_else(|| Refusal(unauthenticated()))?;
    let caller = Caller::of(&edge, &token).await.map_err(Refusal)?;
    let socket = connection.and_then(|known| known.socket.clone());
    let session = Session::new(edge.into_inner(), caller, token, socket);
    let actor = Socket {
        session: session.clone(),
        parts: Assembler::default(),
        version: speaks_our_version(&request),
    };
    let response = ws::WsResponseBuilder::new(actor, &request, payload)
        .protocols(&[SUBPROTOCOL])
        .frame_size(limits::FRAME_BYTES_MAX)
        .start()
        .map_err(|error| {
            let kind = ErrorKind::Invalid;
            Refusal(ErrorBody::new(kind, "hub.websocket_expected", error.to_string()))
        })?;
    if let Some(sweeper) = request.app_data::<Rc<Sweeper>>() {
        sweeper.add(&session);
    }
    Ok(response)
}

/// A client that names no subprotocol gets version 1.
fn speaks_our_version(request: &HttpRequest) -> bool {
    let mut offered = request.headers().get_all(header::SEC_WEBSOCKET_PROTOCOL).peekable();
    offered.peek().is_none()
        || offered
            .filter_map(|value| value.to_str().ok())
            .any(|value| value.split(',').any(|one| one.trim() == SUBPROTOCOL))
}

struct Socket {
    session: Rc<Session>,
    parts: Assembler,
    version: bool,
}

impl Actor for Socket {
    type Context = Link;

    fn started(&mut self, link: &mut Link) {
        self.session.begin();
        if !self.version {
            self.session.outbox.close(CloseCode::Version);
        }
        link.spawn(Writer);
    }

    fn stopped(&mut self, _: &mut Link) {
        self.session.end();
    }
}

impl Drop for Socket {
    /// A connection that breaks may drop the actor without stopping it.
    fn drop(&mut self) {
        self.session.end();
    }
}

impl Socket {
    fn on_part(&mut self, part: Part<'_>, link: &mut Link) {
        match self.parts.add(part) {
            Assembled::Waiting => {}
            Assembled::Text(text) => self.session.on_text(&text),
            Assembled::Binary => self.session.on_binary(),
            Assembled::TooLarge => self.on_too_large(link),
            Assembled::Broken => end(link, ws::CloseCode::Protocol, "broken fragments"),
        }
    }

    /// The rest of the frame is still on its way and was not read: the connection cannot be kept.
    fn on_too_large(&mut self, link: &mut Link) {
        self.session.on_malformed(None, too_large());
        self.flush(link);
        end(link, ws::CloseCode::Size, "frame too large");
    }

    /// Writes everything that waits, in one go.
    fn flush(&mut self, link: &mut Link) -> Option<CloseCode> {
        let mut frames: Vec<ByteString> = Vec::new();
        let close = self.session.take(&mut frames);
        for frame in frames {
            link.text(frame);
        }
        close
    }
}

fn end(link: &mut Link, code: ws::CloseCode, reason: &str) {
    link.close(Some(ws::CloseReason { code, description: Some(reason.to_owned()) }));
    link.stop();
}

/// Lives as long as the connection; polled whenever the outbox has something.
struct Writer;

impl ActorFuture<Socket> for Writer {
    type Output = ();

    fn poll(
        self: Pin<&mut Self>,
        socket: &mut Socket,
        link: &mut Link,
        task: &mut Context<'_>,
    ) -> Poll<()> {
        // Registered before taking: what comes between is then not slept over.
        socket.session.outbox.register(task.waker());
        socket.session.written_by(task.waker());
        if socket.session.take_ping() {
            link.ping(b"");
        }
        if socket.session.outbox.is_empty() {
            return Poll::Pending;
        }
        match socket.flush(link) {
            Some(code) => {
                end(link, ws::CloseCode::Other(code.number()), code.reason());
                Poll::Ready(())
            }
            None => Poll::Pending,
        }
    }
}

impl StreamHandler<Result<ws::Message, ws::ProtocolError>> for Socket {
    fn handle(&mut self, message: Result<ws::Message, ws::ProtocolError>, link: &mut Link) {
        self.session.hear();
        match message {
            Ok(ws::Message::Text(text)) => self.session.on_text(&text),
            Ok(ws::Message::Binary(_)) => self.session.on_binary(),
            Ok(ws::Message::Ping(bytes)) => link.pong(&bytes),
            Ok(ws::Message::Pong(_) | ws::Message::Nop) => {}
            Ok(ws::Message::Close(reason)) => {
                link.close(reason);
                link.stop();
            }
            Ok(ws::Message::Continuation(item)) => {
                use actix_http::ws::Item;
                let part = match &item {
                    Item::FirstText(bytes) => Part::First { text: true, bytes },
                    Item::FirstBinary(bytes) => Part::First { text: false, bytes },
                    Item::Continue(bytes) => Part::More(bytes),
                    Item::Last(bytes) => Part::Last(bytes),
                };
                self.on_part(part, link);
            }
            Err(ws::ProtocolError::Overflow) => self.on_too_large(link),
            Err(ws::ProtocolError::Io(_)) => end(link, ws::CloseCode::Invalid, "unreadable frame"),
            Err(error) => end(link, ws::CloseCode::Protocol, &error.to_string()),
        }
    }
}
