//! Invites of a group: by link or QR code, for a time, for so many people, with or without an
//! admin's consent. Invariants: the token is told once, to who made the invite; event and
//! state hold its SHA-256 alone, so that nobody who watches the room can pass it on. An
//! invite is named by the number of the event that made it.

use super::{Room, RoomFacts, conflict};
use crate::{Context, Decision};
use protocol::{
    ErrorBody, ErrorKind, Millis, Seq,
    limits::INVITES_MAX,
    room::{CreateInvite, InviteCreated, InviteRevoked, MemberRole, RevokeInvite, RoomEvent},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// A code on a wall is made anew once a quarter.
const LIFE_MS_MAX: Millis = 90 * 24 * 60 * 60 * 1000;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Invite {
    pub(super) seq: Seq,
    pub(super) token_hash: String,
    pub(super) expires_at: Millis,
    pub(super) approval: bool,
    pub(super) uses_max: Option<u32>,
    pub(super) uses: u32,
    pub(super) revoked: bool,
    /// Refusals that were written down.
    pub(super) failures: u32,
}

impl Invite {
    fn is_good(&self, now: Millis) -> bool {
        now < self.expires_at && !self.revoked && self.uses_max.is_none_or(|max| self.uses < max)
    }
}

/// SHA-256 of a token, in hex.
pub fn token_hash(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

pub(super) fn create(
    room: &Room,
    command: &CreateInvite,
    facts: &RoomFacts,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    room.group_sender(context.who, MemberRole::Admin)?;
    let life = command.expires_at.saturating_sub(context.now);
    if !(1..=LIFE_MS_MAX).contains(&life) {
        return Err(ErrorBody::invalid("expires_at", "a time within ninety days from now"));
    }
    if command.uses_max == Some(0) {
        return Err(ErrorBody::invalid("uses_max", "at least one"));
    }
    let invites = &room.group.invites;
    if invites.iter().filter(|invite| invite.is_good(context.now)).count() >= INVITES_MAX {
        return Err(conflict("room.too_many_invites", "revoke one of the others first"));
    }
    let token = facts.token.clone().ok_or_else(ErrorBody::internal)?;
    let mut decision = Decision::event(InviteCreated {
        token_hash: token_hash(&token),
        expires_at: command.expires_at,
        approval: command.approval,
        uses_max: command.uses_max,
    });
    decision.result = Some(serde_json::json!({ "invite": token }).to_string());
    Ok(decision)
}

pub(super) fn revoke(
    room: &Room,
    command: &RevokeInvite,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    room.group_sender(context.who, MemberRole::Admin)?;
    match room.group.invites.iter().find(|invite| invite.seq == command.seq) {
        Some(invite) if invite.revoked => Ok(Decision::nothing()),
        Some(_) => Ok(Decision::event(InviteRevoked { seq: command.seq })),
        None => Err(unknown().field("seq")),
    }
}

pub(super) fn unknown() -> ErrorBody {
    ErrorBody::new(ErrorKind::NotFound, "room.invite_not_found", "no such invite")
}

/// Invites that are good no more make room for new ones, the oldest first: until then whoever
/// comes with one is told what is wrong with it.
pub(super) fn apply(room: &mut Room, seq: Seq, at: Millis, created: &InviteCreated) {
    let invites = &mut room.group.invites;
    while invites.len() >= 2 * INVITES_MAX {
        let Some(spent) = invites.iter().position(|invite| !invite.is_good(at)) else { break };
        invites.remove(spent);
    }
    invites.push(Invite {
        seq,
        token_hash: created.token_hash.clone(),
        expires_at: created.expires_at,
        approval: created.approval,
        uses_max: created.uses_max,
        uses: 0,
        revoked: false,
        failures: 0,
    });
}

/// Changes the invite of this number, while it is remembered.
pub(super) fn change(room: &mut Room, seq: Seq, change: impl FnOnce(&mut Invite)) {
    if let Some(invite) = room.group.invites.iter_mut().find(|invite| invite.seq == seq) {
        change(invite);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::room::create::tests::group;
    use crate::testing::{Bench, who};

    /// What the shell makes for each command.
    pub(crate) fn token(n: u32) -> RoomFacts {
        RoomFacts { token: Some(format!("token-{n}")), ..RoomFacts::default() }
    }

    pub(crate) fn invite(
        bench: &Bench<Room>,
        approval: bool,
        uses_max: Option<u32>,
    ) -> CreateInvite {
        CreateInvite { expires_at: bench.now + 60_000, approval, uses_max }
    }

    #[test]
    fn the_token_is_told_once_and_is_in_no_event() {
        let mut bench = group(&[1, 2]);
        let create = invite(&bench, false, None);
        let done = bench.run(&who(1, &[]), create, token(1)).unwrap();
        assert_eq!(done.result.as_deref(), Some(r#"{"invite":"token-1"}"#));
        assert!(!format!("{:?}", done.events).contains("token-1"));
        assert!(!serde_json::to_string(&bench.state).unwrap().contains("token-1"));
    }

    #[test]
    fn what_is_refused() {
        let mut bench = group(&[1, 2]);
        let good = invite(&bench, true, Some(1));
        let late = CreateInvite { expires_at: bench.now, ..good.clone() };
        let far = CreateInvite { expires_at: bench.now + LIFE_MS_MAX + 1, ..good.clone() };
        let useless = CreateInvite { uses_max: Some(0), ..good.clone() };
        for (n, command, code) in [
            (2, &good, "room.not_admin"),
            (9, &good, "room.not_member"),
            (1, &late, "hub.invalid"),
            (1, &far, "hub.invalid"),
            (1, &useless, "hub.invalid"),
        ] {
            let refused = bench.run(&who(n, &[]), command.clone(), token(1)).unwrap_err();
            assert_eq!(refused.code, code);
        }
        for n in 0..INVITES_MAX {
            bench.run(&who(1, &[]), good.clone(), token(n as u32)).unwrap();
        }
        let refused = bench.run(&who(1, &[]), good.clone(), token(99)).unwrap_err();
        assert_eq!(refused.code, "room.too_many_invites");
        let revoke = |seq| RevokeInvite { seq };
        bench.run(&who(1, &[]), revoke(2), token(0)).unwrap();
        let again = bench.run(&who(1, &[]), revoke(2), token(0)).unwrap();
        assert_eq!(again, Decision::nothing());
        let refused = bench.run(&who(1, &[]), revoke(1), token(0)).unwrap_err();
        assert_eq!(refused.code, "room.invite_not_found");
        bench.run(&who(1, &[]), good, token(99)).unwrap();
    }

    #[test]
    fn memory_of_invites_is_bounded() {
        let mut bench = group(&[1]);
        for n in 0..200 {
            let create = invite(&bench, false, None);
            bench.run(&who(1, &[]), create, token(n)).unwrap();
            bench.now += 10_000;
        }
        assert_eq!(bench.state.group.invites.len(), 2 * INVITES_MAX);
    }
}
