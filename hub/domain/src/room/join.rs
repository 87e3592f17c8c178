//! Coming in by an invite: at once, or after an admin has said yes.
//! Invariants: an invite lets in no more people than it is for, whatever races; one that is
//! good no more is refused, and the refusal is written down where an audit finds it, at most
//! [`FAILURES_MAX`] times, so that nobody can fill a room with them.

use super::{Room, conflict, create, invite};
use crate::{Context, Decision, Order};
use protocol::{
    AccountId, ErrorBody, ErrorKind, Seq,
    limits::REQUESTS_MAX,
    room::{
        AdmitMember, InviteUsed, JoinFailed, JoinFailure, JoinRefused, JoinRequested, JoinRoom,
        MemberAdded, MemberRole, RoomEvent, RoomKind,
    },
};

/// Refusals of one invite that are written down.
const FAILURES_MAX: u32 = 20;

pub(super) fn join(
    room: &Room,
    command: &JoinRoom,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    // Where there is no room there is no invite either: a stranger learns nothing more.
    let hash = invite::token_hash(&command.invite);
    let found = room.group.invites.iter().find(|invite| invite.token_hash == hash);
    let (Some(me), Some(found)) = (context.who.account, found) else {
        return Err(invite::unknown().field("invite"));
    };
    if room.role_of(me).is_some() || room.group.requests.contains_key(&me) {
        return Ok(Decision::nothing());
    }
    if room.group.dissolved {
        return Err(super::mute::dissolved());
    }
    let failure = if found.revoked {
        Some(JoinFailure::Revoked)
    } else if context.now >= found.expires_at {
        Some(JoinFailure::Expired)
    } else if found.uses_max.is_some_and(|max| found.uses >= max) {
        Some(JoinFailure::UsedUp)
    } else {
        None
    };
    if let Some(reason) = failure {
        return failed(found, reason);
    }
    if room.members.len() >= room.members_max(context.policy) {
        return Err(create::full(room.members_max(context.policy)));
    }
    if !found.approval {
        let used = Decision::event(InviteUsed { seq: found.seq });
        return Ok(came(used, me, context));
    }
    if room.group.requests.len() >= REQUESTS_MAX {
        return Err(conflict("room.too_many_requests", "so many wait at the door already"));
    }
    let mut decision = Decision::event(JoinRequested { seq: found.seq });
    decision.result = Some(r#"{"waiting":true}"#.to_owned());
    Ok(decision)
}

/// Committed like a wrong password, and to the sender a refusal all the same.
fn failed(invite: &invite::Invite, reason: JoinFailure) -> Result<Decision<RoomEvent>, ErrorBody> {
    if invite.failures >= FAILURES_MAX {
        return Err(refusal(reason));
    }
    let mut decision = Decision::event(JoinFailed { seq: invite.seq, reason });
    decision.result = Some(serde_json::json!({ "failed": reason }).to_string());
    Ok(decision)
}

/// What the sender is told of an invite that is good no more.
pub fn refusal(reason: JoinFailure) -> ErrorBody {
    let (code, message) = match reason {
        JoinFailure::Expired => ("room.invite_expired", "the invite's time has passed"),
        JoinFailure::UsedUp => ("room.invite_used_up", "as many came by it as it was made for"),
        JoinFailure::Revoked => ("room.invite_revoked", "the invite was taken back"),
    };
    ErrorBody::new(ErrorKind::Conflict, code, message).field("invite")
}

fn came(
    decision: Decision<RoomEvent>,
    account: AccountId,
    context: &Context<'_>,
) -> Decision<RoomEvent> {
    decision
        .and(MemberAdded { account, role: MemberRole::Member })
        .tell(account.into(), Order::JoinStream { stream: context.stream })
}

pub(super) fn admit(
    room: &Room,
    command: &AdmitMember,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    room.group_sender(context.who, MemberRole::Admin)?;
    let account = command.account;
    if !room.group.requests.contains_key(&account) {
        if room.role_of(account).is_some() && command.yes {
            return Ok(Decision::nothing());
        }
        let message = "nobody of this name waits";
        return Err(
            ErrorBody::new(ErrorKind::NotFound, "room.request_not_found", message).field("account")
        );
    }
    if !command.yes {
        return Ok(Decision::event(JoinRefused { account }));
    }
    if room.members.len() >= room.members_max(context.policy) {
        return Err(create::full(room.members_max(context.policy)));
    }
    Ok(came(Decision::nothing(), account, context))
}

impl Room {
    pub(super) fn members_max(&self, policy: &crate::Policy) -> usize {
        match self.kind {
            Some(RoomKind::Announcement) => policy.announcement_members_max,
            _ => policy.room_members_max,
        }
    }
}

pub(super) fn apply_used(room: &mut Room, seq: Seq) {
    invite::change(room, seq, |invite| invite.uses += 1);
}

pub(super) fn apply_requested(room: &mut Room, by: Option<AccountId>, seq: Seq) {
    apply_used(room, seq);
    if let Some(account) = by {
        room.group.requests.insert(account, seq);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::{
        RoomFacts,
        create::tests::group,
        invite::tests::{invite, token},
    };
    use crate::testing::{Bench, account, who};
    use protocol::room::RevokeInvite;

    fn run(bench: &mut Bench<Room>, n: u128, token: &str) -> Result<usize, String> {
        let join = JoinRoom { invite: token.into() };
        let done = bench.run(&who(n, &[]), join, RoomFacts::default());
        let done = done.map_err(|error| error.code.into_owned())?;
        match done.result.as_deref().and_then(|text| text.split_once("\"failed\":")) {
            Some((_, reason)) => Err(reason.trim_matches(['"', '}']).to_owned()),
            None => Ok(done.events.len()),
        }
    }

    #[test]
    fn an_invite_is_for_a_time_and_for_so_many() {
        let mut bench = group(&[1]);
        let create = invite(&bench, false, Some(2));
        bench.run(&who(1, &[]), create, token(1)).unwrap();
        assert_eq!(run(&mut bench, 2, "token-2"), Err("room.invite_not_found".into()));
        assert_eq!(run(&mut bench, 2, "token-1"), Ok(2));
        assert_eq!(run(&mut bench, 2, "token-1"), Ok(0), "is in already");
        assert_eq!(run(&mut bench, 3, "token-1"), Ok(2));
        assert_eq!(run(&mut bench, 4, "token-1"), Err("used_up".into()));
        let create = invite(&bench, false, None);
        bench.run(&who(1, &[]), create.clone(), token(2)).unwrap();
        let revoked = bench.head;
        bench.run(&who(1, &[]), RevokeInvite { seq: revoked }, token(0)).unwrap();
        assert_eq!(run(&mut bench, 4, "token-2"), Err("revoked".into()));
        bench.run(&who(1, &[]), create, token(3)).unwrap();
        bench.now += 60_000;
        for _ in 0..FAILURES_MAX {
            assert_eq!(run(&mut bench, 4, "token-3"), Err("expired".into()));
        }
        let head = bench.head;
        assert_eq!(run(&mut bench, 4, "token-3"), Err("room.invite_expired".into()));
        assert_eq!(bench.head, head, "no more of them are written down");
        let nothing = &mut Bench::<Room>::new(crate::room::create::tests::ROOM);
        assert_eq!(run(nothing, 4, "token-3"), Err("room.invite_not_found".into()));
    }

    #[test]
    fn a_request_waits_for_an_admin() {
        let mut bench = group(&[1, 2]);
        let create = invite(&bench, true, Some(2));
        bench.run(&who(1, &[]), create, token(1)).unwrap();
        assert_eq!(run(&mut bench, 3, "token-1"), Ok(1));
        assert_eq!(run(&mut bench, 3, "token-1"), Ok(0), "waits already");
        assert_eq!(run(&mut bench, 4, "token-1"), Ok(1));
        assert_eq!(run(&mut bench, 5, "token-1"), Err("used_up".into()), "a request is a use");
        let admit = |n, yes| AdmitMember { account: account(n), yes };
        for (by, command, expected) in [
            (2, admit(3, true), Err("room.not_admin")),
            (1, admit(5, true), Err("room.request_not_found")),
            (1, admit(3, true), Ok((1, 1))),
            (1, admit(3, true), Ok((0, 0))),
            (1, admit(4, false), Ok((1, 0))),
            (1, admit(4, false), Err("room.request_not_found")),
        ] {
            let done = bench.run(&who(by, &[]), command, RoomFacts::default());
            let done = done.map(|done| (done.events.len(), done.effects.len()));
            assert_eq!(
                done.map_err(|error| error.code.into_owned()),
                expected.map_err(str::to_owned)
            );
        }
        assert_eq!(bench.state.role_of(account(3)), Some(MemberRole::Member));
        assert_eq!(bench.state.role_of(account(4)), None);
        assert!(bench.state.group.requests.is_empty());
    }

    #[test]
    fn nobody_comes_into_a_full_room() {
        let mut bench = group(&[1, 2]);
        bench.policy.room_members_max = 3;
        let create = invite(&bench, false, None);
        bench.run(&who(1, &[]), create, token(1)).unwrap();
        assert_eq!(run(&mut bench, 3, "token-1"), Ok(2));
        assert_eq!(run(&mut bench, 4, "token-1"), Err("room.full".into()));
    }
}
