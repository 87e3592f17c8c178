//! Owns the actor of one WebSocket connection: the only file that names `actix` and
//! `actix-web-actors`. Invariant: it decides nothing; it hands what arrives to
//! `socket::Session`. Writing is absent: `link.rs` writes what waits in the outbox without
//! waking this actor, which is what makes a broadcast cheap.

use crate::{
    params::too_large,
    socket::{Assembled, Assembler, Part, Session},
};
use actix::{Actor, ActorContext, StreamHandler};
use actix_http::ws::Codec;
use actix_web::{Error, error::PayloadError};
use actix_web_actors::ws;
use bytes::Bytes;
use futures_util::Stream;
use protocol::{CloseCode, limits};
use std::{pin::Pin, rc::Rc};

/// What the actor itself wants written: pongs and the close frame. It ends with the actor.
pub(crate) type Replies = Pin<Box<dyn Stream<Item = Result<Bytes, Error>>>>;

/// Starts the actor over the bytes that `incoming` reads. It runs when its replies are polled.
pub(crate) fn start<S>(session: Rc<Session>, speaks_our_version: bool, incoming: S) -> Replies
where
    S: Stream<Item = Result<Bytes, PayloadError>> + 'static,
{
    let actor = Socket { session, parts: Assembler::default(), speaks_our_version };
    let codec = Codec::new().max_size(limits::FRAME_BYTES_MAX);
    Box::pin(ws::WebsocketContext::with_codec(actor, incoming, codec))
}

type Context = ws::WebsocketContext<Socket>;

struct Socket {
    session: Rc<Session>,
    parts: Assembler,
    speaks_our_version: bool,
}

impl Actor for Socket {
    type Context = Context;

    fn started(&mut self, _: &mut Context) {
        self.session.begin();
        if !self.speaks_our_version {
            self.session.outbox.close(CloseCode::Version);
        }
    }

    fn stopped(&mut self, _: &mut Context) {
        self.session.end();
    }
}

impl Drop for Socket {
    /// A connection that breaks drops the actor without stopping it.
    fn drop(&mut self) {
        self.session.end();
    }
}

impl Socket {
    fn on_part(&mut self, part: Part<'_>, context: &mut Context) {
        match self.parts.add(part) {
            Assembled::Waiting => {}
            Assembled::Text(text) => self.session.on_text(&text),
            Assembled::Binary => self.session.on_binary(),
            Assembled::TooLarge => self.on_too_large(context),
            Assembled::Broken => end(context, ws::CloseCode::Protocol, "broken fragments"),
        }
    }

    /// The rest of the frame is still on its way and was not read: the connection cannot be kept.
    fn on_too_large(&mut self, context: &mut Context) {
        self.session.on_malformed(None, too_large());
        end(context, ws::CloseCode::Size, "frame too large");
    }
}

fn end(context: &mut Context, code: ws::CloseCode, reason: &str) {
    context.close(Some(ws::CloseReason { code, description: Some(reason.to_owned()) }));
    context.stop();
}

impl StreamHandler<Result<ws::Message, ws::ProtocolError>> for Socket {
    fn handle(&mut self, message: Result<ws::Message, ws::ProtocolError>, context: &mut Context) {
        self.session.hear();
        match message {
            Ok(ws::Message::Text(text)) => self.session.on_text(&text),
            Ok(ws::Message::Binary(_)) => self.session.on_binary(),
            Ok(ws::Message::Ping(bytes)) => context.pong(&bytes),
            Ok(ws::Message::Pong(_) | ws::Message::Nop) => {}
            Ok(ws::Message::Close(reason)) => {
                context.close(reason);
                context.stop();
            }
            Ok(ws::Message::Continuation(item)) => {
                use actix_http::ws::Item;
                let part = match &item {
                    Item::FirstText(bytes) => Part::First { text: true, bytes },
                    Item::FirstBinary(bytes) => Part::First { text: false, bytes },
                    Item::Continue(bytes) => Part::More(bytes),
                    Item::Last(bytes) => Part::Last(bytes),
                };
                self.on_part(part, context);
            }
            Err(ws::ProtocolError::Overflow) => self.on_too_large(context),
            Err(ws::ProtocolError::Io(_)) => {
                end(context, ws::CloseCode::Invalid, "unreadable frame");
            }
            Err(error) => end(context, ws::CloseCode::Protocol, &error.to_string()),
        }
    }
}
