//! Who may write. The one gate that every message passes, whatever closes it: a dissolved
//! room, a closed thread, an announcement room, a room muted for all, a member muted till a
//! time. Invariant: owner and admins are never muted.

use super::{Room, conflict, forbidden};
use crate::{Context, Decision};
use protocol::{
    AccountId, ErrorBody, ErrorKind, Millis,
    limits::MUTED_MAX,
    room::{MemberMuted, MemberRole, MuteMember, RoomEvent, RoomKind, RoomMuted, SetMuted},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Longer than this is meant for ever; then a member is better removed.
const MUTE_MS_MAX: Millis = 365 * 24 * 60 * 60 * 1000;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Mutes {
    all: bool,
    members: BTreeMap<AccountId, Millis>,
}

impl Room {
    /// Whether the sender, a member, may write now.
    pub(super) fn may_write(
        &self,
        account: AccountId,
        role: MemberRole,
        now: Millis,
    ) -> Result<(), ErrorBody> {
        if self.group.dissolved {
            return Err(dissolved());
        }
        if self.group.thread.as_ref().is_some_and(|thread| !thread.open) {
            return Err(conflict("room.thread_closed", "open the service again to go on"));
        }
        if role >= MemberRole::Admin {
            return Ok(());
        }
        if self.kind == Some(RoomKind::Announcement) {
            return Err(forbidden("room.announcement", "only the owner and admins write here"));
        }
        let mutes = &self.group.mutes;
        if mutes.all {
            return Err(forbidden("room.muted", "only the owner and admins may write now"));
        }
        match mutes.members.get(&account) {
            Some(until) if now < *until => {
                Err(forbidden("room.member_muted", &format!("may write again at {until}")))
            }
            _ => Ok(()),
        }
    }
}

pub(super) fn dissolved() -> ErrorBody {
    conflict("room.dissolved", "the room was dissolved")
}

pub(super) fn all(
    room: &Room,
    command: &SetMuted,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    room.group_sender(context.who, MemberRole::Admin)?;
    if room.group.mutes.all == command.on {
        return Ok(Decision::nothing());
    }
    Ok(Decision::event(RoomMuted { on: command.on }))
}

pub(super) fn member(
    room: &Room,
    command: &MuteMember,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    room.group_sender(context.who, MemberRole::Admin)?;
    let MuteMember { account, until } = *command;
    let present = room.role_of(account).ok_or_else(|| {
        let message = "not a member of this group";
        ErrorBody::new(ErrorKind::NotFound, "room.member_not_found", message).field("account")
    })?;
    if present >= MemberRole::Admin {
        return Err(forbidden("room.not_owner", "owner and admins are not muted"));
    }
    let mutes = &room.group.mutes.members;
    if until.is_some_and(|until| !(1..=MUTE_MS_MAX).contains(&(until.saturating_sub(context.now))))
    {
        return Err(ErrorBody::invalid("until", "a time within a year from now"));
    }
    let running = mutes.values().filter(|until| **until > context.now).count();
    if until.is_some() && running >= MUTED_MAX && !mutes.contains_key(&account) {
        return Err(conflict("room.too_many_muted", "so many are muted already"));
    }
    if mutes.get(&account).copied() == until {
        return Ok(Decision::nothing());
    }
    Ok(Decision::event(MemberMuted { account, until }))
}

pub(super) fn apply_all(room: &mut Room, muted: &RoomMuted) {
    room.group.mutes.all = muted.on;
}

/// Those whose time has passed are forgotten on the way, so that the state stays bounded.
pub(super) fn apply_member(room: &mut Room, at: Millis, muted: &MemberMuted) {
    let mutes = &mut room.group.mutes.members;
    mutes.retain(|_, until| *until > at);
    match muted.until {
        Some(until) => drop(mutes.insert(muted.account, until)),
        None => drop(mutes.remove(&muted.account)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::{
        RoomFacts,
        create::tests::{group, staff},
        send_message::tests::say,
    };
    use crate::testing::{Bench, account, who};
    use protocol::room::{CreateAnnouncement, SetMemberRole};

    fn code<T>(outcome: Result<T, ErrorBody>) -> Result<(), String> {
        outcome.map(drop).map_err(|error| error.code.into_owned())
    }

    fn write(bench: &mut Bench<Room>, n: u128) -> Result<(), String> {
        code(bench.run(&who(n, &[]), say("好"), RoomFacts::default()))
    }

    #[test]
    fn a_member_is_muted_till_a_time_and_no_longer() {
        let mut bench = group(&[1, 2, 3]);
        let admin = SetMemberRole { account: account(2), role: MemberRole::Admin };
        bench.run(&who(1, &[]), admin, RoomFacts::default()).unwrap();
        let now = bench.now;
        let mute = |n, until| MuteMember { account: account(n), until };
        for (by, command, expected) in [
            (3, mute(3, Some(now + 1)), Err("room.not_admin")),
            (2, mute(1, Some(now + 1)), Err("room.not_owner")),
            (1, mute(2, Some(now + 1)), Err("room.not_owner")),
            (1, mute(9, Some(now + 1)), Err("room.member_not_found")),
            (1, mute(3, Some(now)), Err("hub.invalid")),
            (1, mute(3, Some(now + MUTE_MS_MAX + 1)), Err("hub.invalid")),
            (2, mute(3, Some(now + 1_000)), Ok(())),
        ] {
            let outcome = code(bench.run(&who(by, &[]), command, RoomFacts::default()));
            assert_eq!(outcome, expected.map_err(str::to_owned), "{by}");
        }
        assert_eq!(write(&mut bench, 3), Err("room.member_muted".into()));
        bench.now += 1_000;
        assert_eq!(write(&mut bench, 3), Ok(()));
        bench.run(&who(1, &[]), mute(3, Some(bench.now + 9)), RoomFacts::default()).unwrap();
        bench.run(&who(1, &[]), mute(3, None), RoomFacts::default()).unwrap();
        assert_eq!(write(&mut bench, 3), Ok(()));
        assert!(bench.state.group.mutes.members.is_empty());
    }

    #[test]
    fn a_muted_room_is_for_owner_and_admins() {
        let mut bench = group(&[1, 2]);
        let mute = |on| SetMuted { on };
        let refused = bench.run(&who(2, &[]), mute(true), RoomFacts::default()).unwrap_err();
        assert_eq!(refused.code, "room.not_admin");
        bench.run(&who(1, &[]), mute(true), RoomFacts::default()).unwrap();
        let again = bench.run(&who(1, &[]), mute(true), RoomFacts::default()).unwrap();
        assert_eq!(again, Decision::nothing());
        assert_eq!(write(&mut bench, 2), Err("room.muted".into()));
        assert_eq!(write(&mut bench, 1), Ok(()));
        bench.run(&who(1, &[]), mute(false), RoomFacts::default()).unwrap();
        assert_eq!(write(&mut bench, 2), Ok(()));
    }

    #[test]
    fn only_admins_write_in_an_announcement_room() {
        let mut bench = Bench::<Room>::new(crate::room::create::tests::ROOM);
        let create = CreateAnnouncement { name: "通知".into(), members: vec![account(2)] };
        bench.run(&staff(1), create, RoomFacts::default()).unwrap();
        assert_eq!(write(&mut bench, 1), Ok(()));
        assert_eq!(write(&mut bench, 2), Err("room.announcement".into()));
    }
}
