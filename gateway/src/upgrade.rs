//! Owns the way from an HTTP request to a live session: admission, handshake, and taking the
//! connection out of the HTTP server, whose buffers a session of hours does not need.
//! Invariant: signs in first, so that a stranger costs no session; a refusal is the same
//! error body as on any other path.

use crate::{
    Edge,
    auth::{self, Caller},
    client,
    error::{Answer, Refusal, not_found, too_many_connections, unauthenticated},
    limits::Slot,
    link, session,
    socket::{Session, Sweeper},
};
use actix_codec::{Framed, FramedParts};
use actix_http::{
    HttpMessage, Request, Response,
    body::{BodySize, MessageBody},
    h1, ws,
};
use actix_web::{
    ResponseError,
    dev::Extensions,
    http::header::{self, HeaderMap},
    rt::net::TcpStream,
};
use futures_util::SinkExt;
use protocol::{ErrorBody, ErrorKind, SUBPROTOCOL};
use std::{io, rc::Rc, sync::Arc};
use tokio::io::{AsyncRead, AsyncWrite};

pub(crate) const PATH: &str = "/v1/ws";

/// What is known of a connection before its first request. `None`: the address holds all the
/// connections it may.
pub(crate) struct Connection(Option<Rc<Slot>>);

impl Connection {
    pub(crate) fn is_over_limit(&self) -> bool {
        self.0.is_none()
    }

    /// Called by the HTTP server for each accepted connection.
    pub(crate) fn accepted(edge: &Edge, stream: &TcpStream, data: &mut Extensions) {
        let Ok(peer) = stream.peer_addr() else { return };
        // Frames are small and people wait for them.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
        data.insert(Self(edge.limits.addresses.enter(peer.ip()).map(Rc::new)));
    }
}

/// Lives until the handshake is done: the session is a task of its own after that. A peer
/// that is gone is no failure of ours.
pub(crate) async fn enter<T>(
    edge: Arc<Edge>,
    sweeper: Rc<Sweeper>,
    request: Request,
    framed: Framed<T, h1::Codec>,
) -> Result<(), actix_web::Error>
where
    T: AsyncRead + AsyncWrite + Unpin + 'static,
{
    match admit(&edge, &request).await {
        Ok((caller, token, slot)) => {
            let version = Offered::of(request.headers()).speaks_our_version();
            let session = Session::new(edge, caller, token, slot);
            match shake_hands(&request, framed).await {
                Ok(parts) => begin(session, version, &sweeper, parts),
                Err(error) => tracing::debug!(%error, "a handshake was not finished"),
            }
        }
        Err(error) => {
            if let Err(error) = refuse(framed, error).await {
                tracing::debug!(%error, "a refusal was not heard");
            }
        }
    }
    Ok(())
}

async fn shake_hands<T>(
    request: &Request,
    mut framed: Framed<T, h1::Codec>,
) -> io::Result<FramedParts<T, h1::Codec>>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let mut answer = ws::handshake_response(request.head());
    if let Some(chosen) = Offered::of(request.headers()).answer() {
        answer.insert_header((header::SEC_WEBSOCKET_PROTOCOL, chosen));
    }
    let answer = answer.finish();
    framed.send(h1::Message::Item((answer.drop_body(), BodySize::None))).await?;
    Ok(framed.into_parts())
}

/// Leaves the HTTP server's task and its buffers behind.
fn begin<T>(
    session: Rc<Session>,
    speaks_our_version: bool,
    sweeper: &Sweeper,
    parts: FramedParts<T, h1::Codec>,
) where
    T: AsyncRead + AsyncWrite + Unpin + 'static,
{
    sweeper.add(&session);
    let (wire, incoming) = link::split(parts.io, &parts.read_buf);
    let replies = session::start(session.clone(), speaks_our_version, incoming);
    tokio::task::spawn_local(link::Link::new(session, wire, replies));
}

async fn admit(
    edge: &Edge,
    request: &Request,
) -> Result<(Caller, String, Option<Rc<Slot>>), ErrorBody> {
    if request.path() != PATH {
        return Err(not_found("such route; see /docs"));
    }
    if request.conn_data::<Connection>().is_some_and(Connection::is_over_limit) {
        return Err(too_many_connections());
    }
    ws::verify_handshake(request.head()).map_err(|error| expected(&error.to_string()))?;
    auth::check_origin(request.headers(), &edge.config.origins)?;
    let token = auth::token(request.headers()).ok_or_else(unauthenticated)?;
    let caller = Caller::of(edge, &token).await?;
    Ok((caller, token, slot(edge, request)?))
}

/// What counts this session for its address. Through a proxy of ours that is the client's
/// address, not the one that the connection came from.
fn slot(edge: &Edge, request: &Request) -> Result<Option<Rc<Slot>>, ErrorBody> {
    let peer = request.peer_addr();
    let client = client::address(peer, request.headers(), &edge.config);
    match client.filter(|client| Some(*client) != peer.map(|peer| peer.ip().to_canonical())) {
        Some(client) => match edge.limits.addresses.enter(client) {
            Some(slot) => Ok(Some(Rc::new(slot))),
            None => Err(too_many_connections()),
        },
        None => Ok(request.conn_data::<Connection>().and_then(|known| known.0.clone())),
    }
}

/// Answers a plain request to the path of the socket.
pub(crate) async fn not_a_socket() -> Answer {
    Err(expected("this path speaks WebSocket only").into())
}

fn expected(why: &str) -> ErrorBody {
    ErrorBody::new(ErrorKind::Invalid, "hub.websocket_expected", why)
}

async fn refuse<T>(mut framed: Framed<T, h1::Codec>, error: ErrorBody) -> io::Result<()>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let mut answer: Response<_> = Refusal(error).error_response().into();
    answer.head_mut().set_connection_type(actix_http::ConnectionType::Close);
    let (answer, body) = answer.into_parts();
    let size = body.size();
    // The body is JSON made a moment ago: it is all there.
    let body = body.try_into_bytes().unwrap_or_default();
    framed.send(h1::Message::Item((answer.drop_body(), size))).await?;
    framed.send(h1::Message::Chunk(Some(body))).await?;
    framed.send(h1::Message::Chunk(None)).await?;
    framed.close().await
}

/// The subprotocols that a client names, in its order.
struct Offered<'a>(Vec<&'a str>);

impl<'a> Offered<'a> {
    fn of(headers: &'a HeaderMap) -> Self {
        let lines = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL);
        let words = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(','));
        Self(words.map(str::trim).collect())
    }

    /// A client that names none gets version 1.
    fn speaks_our_version(&self) -> bool {
        self.0.is_empty() || self.0.contains(&SUBPROTOCOL)
    }

    /// A browser drops a connection whose answer names none of what it offered, and tells its
    /// page nothing: one that speaks another version is answered in its own words, and then
    /// told by the close code.
    fn answer(&self) -> Option<&'a str> {
        match self.0.first() {
            Some(_) if self.0.contains(&SUBPROTOCOL) => Some(SUBPROTOCOL),
            first => first.copied(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use header::HeaderValue;

    fn offered(line: Option<&'static str>) -> (bool, Option<String>) {
        let mut headers = HeaderMap::new();
        if let Some(line) = line {
            headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(line));
        }
        let offered = Offered::of(&headers);
        (offered.speaks_our_version(), offered.answer().map(str::to_owned))
    }

    #[test]
    fn the_answer_names_what_was_offered_and_nothing_else() {
        assert_eq!(offered(None), (true, None));
        assert_eq!(offered(Some("x, hub.v1.json")), (true, Some(SUBPROTOCOL.to_owned())));
        assert_eq!(offered(Some("hub.v9.json, x")), (false, Some("hub.v9.json".to_owned())));
    }
}
