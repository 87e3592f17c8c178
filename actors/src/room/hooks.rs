//! Messages that come into a room through an incoming webhook. The room's own rules say whether
//! the token is good; a refusal of theirs may come with an event.

use crate::{areas, hub::Hub};
use domain::{
    Order,
    room::{hook_room, token_hash},
};
use protocol::{CommandId, EntityKind, ErrorBody, ErrorKind, RoomId, StreamId, http::Receipt};
use serde::Deserialize;

#[derive(Deserialize)]
struct Outcome {
    refused: Option<ErrorBody>,
}

impl Hub {
    /// The room that a token is for, whether it is good or not.
    pub fn hook_room(&self, token: &str) -> Option<RoomId> {
        hook_room(token)
    }

    /// Writes in the room of the token, under the name of its hook.
    pub async fn post_hook(
        &self,
        token: &str,
        text: String,
        mention_all: bool,
    ) -> Result<Receipt, ErrorBody> {
        let room = hook_room(token).ok_or_else(|| {
            ErrorBody::new(ErrorKind::NotFound, "room.hook_not_found", "no such webhook")
        })?;
        let order = Order::HookMessage { token_hash: token_hash(token), text, mention_all };
        let (env, stream) = (self.env(), StreamId::new(EntityKind::Room, room.0));
        let receipt = areas::order(env, stream, CommandId(env.ids.next()), order).await?;
        let outcome = receipt.result.as_ref().and_then(|result| Outcome::deserialize(result).ok());
        match outcome.and_then(|outcome| outcome.refused) {
            Some(error) => Err(error),
            None => Ok(receipt),
        }
    }
}
