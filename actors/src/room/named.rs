//! Messages that a command names: read from the store as its sender may see them. A message
//! that names nothing costs nothing here. Invariant: rights over other rooms are asked of their
//! members' rows; an auditor reads there, but passes nothing on.

use super::groups;
use crate::{env::Env, reach::card_seen};
use domain::{Who, room::RoomFacts};
use kernel::{Viewer, journal::StoreError};
use protocol::{
    AccountId, ErrorBody, RoomId, StreamId,
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
            RoomCommand::SendMessage(send) => of_send(env, me, stream, send).await,
            RoomCommand::React(react) => {
                let place = here(react.seq);
                let known = env.queries.messages(&[place], &viewer(env, me, stream).await?).await?;
                let reactions = env.queries.reactions_of(me, place).await?;
                Ok(RoomFacts { known, reactions, ..RoomFacts::default() })
            }
            RoomCommand::PinMessage(pin) if pin.on => {
                let viewer = viewer(env, me, stream).await?;
                let known = env.queries.messages(&[here(pin.seq)], &viewer).await?;
                Ok(RoomFacts { known, ..RoomFacts::default() })
            }
            _ => Ok(RoomFacts::default()),
        }
    };
    let mut facts = looked_up.await.map_err(|_: StoreError| ErrorBody::unavailable())?;
    if let RoomCommand::SendMessage(send) = command
        && let Some(Part::Card { account, .. }) = send.part.as_deref()
    {
        facts.card = card_seen(env, who, *account).await?.map(|card| (card.account, card.names));
    }
    Ok(facts)
}

async fn of_send(
    env: &Env,
    me: AccountId,
    stream: StreamId,
    send: &SendMessage,
) -> Result<RoomFacts, StoreError> {
    let mut facts = RoomFacts::default();
    let here = |seq| MessageRef { room: RoomId(stream.id), seq };
    if !send.visible_to.is_empty() {
        // A whisper in a thread is a note among its agents.
        let readers = &send.visible_to[..send.visible_to.len().min(WHISPER_MAX)];
        facts.agents = groups::agents_among(env, here(0).room, me, readers).await?;
    }
    let mut answered: Vec<MessageRef> = send.reply_to.map(here).into_iter().collect();
    match send.part.as_deref() {
        Some(Part::Mail { answers: Some(seq), .. }) => answered.push(here(*seq)),
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
        let places: Vec<MessageRef> =
            wanted.iter().filter(|place| joined.contains(&place.room)).copied().collect();
        facts.known = env.queries.messages(&places, &Viewer::from(me)).await?;
    }
    if !answered.is_empty() {
        let viewer = viewer(env, me, stream).await?;
        facts.known.extend(env.queries.messages(&answered, &viewer).await?);
    }
    Ok(facts)
}

/// As what viewer the sender reads this room: an agent of a desk reads the notes of its threads,
/// also those written before they came.
async fn viewer(env: &Env, me: AccountId, stream: StreamId) -> Result<Viewer, StoreError> {
    let notes = env.queries.notes_of(RoomId(stream.id), me).await?.is_some();
    Ok(Viewer::from(me).reading_notes(notes))
}
