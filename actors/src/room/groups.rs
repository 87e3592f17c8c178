//! Groups, services and urgent messages: what must be looked up before a room decides, what
//! of a committed command is a refusal, and who may look at a thread without being in it.

use super::RowMoved;
use crate::env::Env;
use domain::{
    Who,
    room::{DeskFacts, ROUND_MS, RoomFacts, join_refusal, meeting_id, thread_id},
};
use kernel::journal::{StoreError, StoredEvent};
use protocol::{
    AccountId, AnyEvent, CloseCode, EntityKind, ErrorBody, ErrorKind, RoomId, StreamId,
    http::Receipt,
    room::{JoinFailure, RoomCommand, RoomEvent},
};
use serde::Deserialize;
use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

/// Bytes of an invite's token: nobody guesses a hundred and forty-four bits.
const TOKEN_BYTES: usize = 18;

/// The stream of a command that names it by what it asks.
pub(super) fn target(who: &Who, command: &RoomCommand) -> Option<StreamId> {
    let room = match (command, who.account) {
        (RoomCommand::MeetPeople(meet), _) => meeting_id(&meet.digits),
        (RoomCommand::OpenService(open), Some(me)) => thread_id(open.service, me),
        (RoomCommand::FollowService(follow), Some(me)) => thread_id(follow.service, me),
        (RoomCommand::UnfollowService(unfollow), Some(me)) => thread_id(unfollow.service, me),
        _ => return None,
    };
    Some(StreamId::new(EntityKind::Room, room.0))
}

/// `None`: not one of these commands.
pub(super) async fn facts(
    env: &Env,
    who: &Who,
    stream: StreamId,
    command: &RoomCommand,
) -> Result<Option<RoomFacts>, ErrorBody> {
    let queries = &env.queries;
    let (mut facts, thread) = (RoomFacts::default(), RoomId(stream.id));
    let looked_up = async {
        match (command, who.account) {
            (RoomCommand::CreateAnnouncement(create), _) => {
                facts.missing = queries.missing_accounts(&create.members).await?;
            }
            (RoomCommand::CreateDesk(create), _) => {
                facts.missing = queries.missing_accounts(&create.members).await?;
            }
            (RoomCommand::MeetPeople(_), Some(me)) => {
                let since = env.clock.now() - ROUND_MS;
                facts.tries = queries.meetings_since(me, since).await?;
            }
            (RoomCommand::OpenService(open), _) => {
                facts.desk = queries.desk(open.service).await?.map(|name| DeskFacts { name });
            }
            (RoomCommand::FollowService(follow), _) => {
                facts.desk = queries.desk(follow.service).await?.map(|name| DeskFacts { name });
            }
            (RoomCommand::AssignThread(assign), Some(me)) => {
                facts.missing = queries.missing_accounts(&[assign.account]).await?;
                facts.agents = agents(env, thread, &[me, assign.account]).await?;
            }
            (RoomCommand::CloseThread(_), Some(me)) => {
                facts.agents = agents(env, thread, &[me]).await?;
            }
            _ => return Ok(None),
        }
        Ok::<_, StoreError>(Some(facts))
    };
    if matches!(command, RoomCommand::CreateInvite(_) | RoomCommand::CreateHook(_)) {
        return Ok(Some(RoomFacts { token: Some(token()?), ..RoomFacts::default() }));
    }
    looked_up.await.map_err(|_| ErrorBody::unavailable())
}

/// Agents of the thread among these; none where the sender is none.
pub(super) async fn agents_among(
    env: &Env,
    thread: RoomId,
    me: AccountId,
    others: &[AccountId],
) -> Result<Vec<AccountId>, StoreError> {
    let mut found = agents(env, thread, &[me]).await?;
    if !found.is_empty() {
        found.extend(agents(env, thread, others).await?);
    }
    Ok(found)
}

async fn agents(
    env: &Env,
    thread: RoomId,
    asked: &[AccountId],
) -> Result<Vec<AccountId>, StoreError> {
    let mut agents = Vec::with_capacity(asked.len());
    for account in asked {
        if env.queries.agent_of(thread, *account).await?.is_some() {
            agents.push(*account);
        }
    }
    Ok(agents)
}

fn token() -> Result<String, ErrorBody> {
    let mut bytes = [0_u8; TOKEN_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| {
        tracing::error!(%error, "the system gives no random bytes");
        ErrorBody::internal()
    })?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// An invite that is good no more is written down, and to the sender a refusal all the same.
pub(super) fn outcome(receipt: Receipt) -> Result<Receipt, ErrorBody> {
    let failed = receipt.result.as_ref().and_then(|result| result.get("failed"));
    let failed = failed.and_then(|reason| JoinFailure::deserialize(reason).ok());
    match failed {
        Some(reason) => Err(join_refusal(reason)),
        None => Ok(receipt),
    }
}

/// Whom the store has admitted to threads as agents of a desk, so that they are put out when
/// they leave the desk.
#[derive(Default)]
pub(crate) struct Admitted(Mutex<HashSet<(RoomId, AccountId)>>);

impl Admitted {
    fn known(&self) -> std::sync::MutexGuard<'_, HashSet<(RoomId, AccountId)>> {
        // Each change is one call, so a poisoned set is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Every agent of a desk reads every thread of it; only the one who has it is a member.
pub(crate) async fn admits(
    env: &Env,
    who: &Who,
    stream: StreamId,
    refused: ErrorBody,
) -> Result<(), ErrorBody> {
    let Some(me) = who.account else { return Err(refused) };
    if stream.kind != EntityKind::Room || refused.kind != ErrorKind::Forbidden {
        return Err(refused);
    }
    let desk = env.queries.agent_of(RoomId(stream.id), me).await;
    match desk.map_err(|_| ErrorBody::unavailable())? {
        Some(desk) => {
            env.admitted.known().insert((desk, me));
            Ok(())
        }
        None => Err(refused),
    }
}

/// Whether the notes of this thread are theirs to read, also those from before they came.
pub(crate) async fn reads_notes(
    env: &Env,
    me: AccountId,
    stream: StreamId,
) -> Result<bool, ErrorBody> {
    if stream.kind != EntityKind::Room {
        return Ok(false);
    }
    let desk = env.queries.notes_of(RoomId(stream.id), me).await;
    let desk = desk.map_err(|_| ErrorBody::unavailable())?;
    if let Some(desk) = desk {
        env.admitted.known().insert((desk, me));
    }
    Ok(desk.is_some())
}

/// Who waits is told how far the row has moved. Who is no agent any more looks at no thread:
/// their sessions come back with what is left.
pub(super) fn committed(env: &Env, stream: StreamId, events: &[StoredEvent]) {
    if events.iter().any(|stored| stored.type_name == "room.thread_changed") {
        // A full mailbox means that the rows are about to be read anyway.
        let _ = env.rows.get().map(|rows| rows.tell(RowMoved(RoomId(stream.id))));
    }
    for stored in events.iter().filter(|stored| stored.type_name == "room.member_removed") {
        let Some(body) = &stored.body else { continue };
        if let Ok(AnyEvent::Room(RoomEvent::MemberRemoved(removed))) =
            AnyEvent::decode(&stored.type_name, body)
            && env.admitted.known().remove(&(RoomId(stream.id), removed.account))
        {
            let code = CloseCode::EntitlementsChanged;
            env.fanout.close_sessions(removed.account, None, code);
        }
    }
}
