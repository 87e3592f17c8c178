//! Messages that a command names: read from the store as its sender may see them. A message
//! that names nothing costs nothing here. Invariant: rights over other rooms are asked of their
//! members' rows; an auditor reads there, but passes nothing on.

use super::groups;
use crate::env::Env;
use domain::{Who, room::RoomFacts};
use kernel::{Viewer, journal::StoreError};
use protocol::{
    AccountId, ErrorBody, RoomId, Seq, StreamId,
    limits::{FORWARD_MAX, WHISPER_MAX},
    room::{MessageRef, Part, RoomCommand, SendMessage},
};
use std::collections::BTreeSet;

pub(super) async fn facts(
    env: &Env,
    who: &Who,
    stream: StreamId,
    command: &RoomCommand,
) -> Result<RoomFacts, ErrorBody> {
    let Some(me) = who.account else { return Ok(RoomFacts::default()) };
    let here = |seq| MessageRef { room: RoomId(stream.id), seq };
    let looked_up = async {
        match command {
            RoomCommand::SendMessage(send) => of_send(env, me, here, send).await,
            RoomCommand::React(react) => {
                let place = here(react.seq);
                let known = env.queries.messages(&[place], &Viewer::from(me)).await?;
                let reactions = env.queries.reactions_of(me, place).await?;
                Ok(RoomFacts { known, reactions, ..RoomFacts::default() })
            }
            RoomCommand::PinMessage(pin) if pin.on => {
                let known = env.queries.messages(&[here(pin.seq)], &Viewer::from(me)).await?;
                Ok(RoomFacts { known, ..RoomFacts::default() })
            }
            _ => Ok(RoomFacts::default()),
        }
    };
    looked_up.await.map_err(|_: StoreError| ErrorBody::unavailable())
}

async fn of_send(
    env: &Env,
    me: AccountId,
    here: impl Fn(Seq) -> MessageRef,
    send: &SendMessage,
) -> Result<RoomFacts, StoreError> {
    let mut facts = RoomFacts::default();
    if !send.visible_to.is_empty() {
        // A whisper in a thread is a note among its agents.
        let readers = &send.visible_to[..send.visible_to.len().min(WHISPER_MAX)];
        facts.agents = groups::agents_among(env, here(0).room, me, readers).await?;
    }
    let mut places: Vec<MessageRef> = send.reply_to.map(&here).into_iter().collect();
    match send.part.as_deref() {
        Some(Part::Mail { answers: Some(seq), .. }) => places.push(here(*seq)),
        Some(Part::Card { account }) => {
            facts.missing = env.queries.missing_accounts(&[*account]).await?;
        }
        Some(Part::Link { url, .. }) => {
            facts.link = env.links.known(url, env.clock.now()).flatten();
        }
        _ => {}
    }
    if let Some(forward) = &send.forward {
        // More are refused by the rules, without looking.
        let wanted = &forward.messages[..forward.messages.len().min(FORWARD_MAX)];
        let rooms: BTreeSet<RoomId> = wanted.iter().map(|place| place.room).collect();
        let joined = env.queries.joined_among(me, &rooms).await?;
        places.extend(wanted.iter().filter(|place| joined.contains(&place.room)));
    }
    if !places.is_empty() {
        facts.known = env.queries.messages(&places, &Viewer::from(me)).await?;
    }
    Ok(facts)
}
