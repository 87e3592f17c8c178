//! Creating a group, and opening the one room of two people.
//! Invariant: the id of a direct room follows from its two people and is a version 8 UUID;
//! a group may never take such an id, or a stranger could occupy it beforehand.

use super::{Room, RoomFacts, all_known, conflict, forbidden};
use crate::{Context, Decision, Order, reach::all_open, text};
use protocol::{
    AccountId, ErrorBody, ErrorKind, Permission, RoomId, StreamId, is_derived,
    limits::MEMBERS_PER_COMMAND_MAX,
    room::{
        CreateAnnouncement, CreateRoom, Member, MemberRole, OpenDirect, RoomCreated, RoomEvent,
        RoomKind,
    },
};
use sha2::{Digest, Sha256};
use std::collections::HashSet;

/// The same for both, whoever asks.
pub fn direct_room_id(a: AccountId, b: AccountId) -> RoomId {
    let (first, second) = if a <= b { (a, b) } else { (b, a) };
    derived_id(&[b"direct room", first.0.as_bytes(), second.0.as_bytes()])
}

/// The room that carries files between one's own devices.
pub fn own_room_id(account: AccountId) -> RoomId {
    direct_room_id(account, account)
}

/// An id that follows from these, each of a fixed length or the last: whoever knows them names
/// the same room, on whatever node.
pub(super) fn derived_id(parts: &[&[u8]]) -> RoomId {
    let sha = parts.iter().fold(Sha256::new(), |sha, part| sha.chain_update(part));
    let digest = sha.finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    RoomId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

pub(super) fn group(
    room: &Room,
    command: &CreateRoom,
    facts: &RoomFacts,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    start(room, RoomKind::Group, &command.name, &command.members, facts, context)
}

pub(super) fn announcement(
    room: &Room,
    command: &CreateAnnouncement,
    facts: &RoomFacts,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    start(room, RoomKind::Announcement, &command.name, &command.members, facts, context)
}

/// A room that the sender owns, under an id that the client made.
pub(super) fn start(
    room: &Room,
    kind: RoomKind,
    name: &str,
    others: &[AccountId],
    facts: &RoomFacts,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    let owner = starter(context)?;
    if room.exists() {
        return Err(conflict("room.exists", "a room with this id exists"));
    }
    if is_derived(context.stream.id) {
        let message = "ids of version 8 belong to rooms whose id follows from who is in them";
        return Err(ErrorBody::new(ErrorKind::Invalid, "room.reserved_id", message).field("stream"));
    }
    let name = text::name("name", name)?;
    if others.len() > MEMBERS_PER_COMMAND_MAX {
        let message = format!("at most {MEMBERS_PER_COMMAND_MAX} at once");
        return Err(ErrorBody::invalid("members", message));
    }
    let mut seen = HashSet::from([owner]);
    let mut members = vec![Member { account: owner, role: MemberRole::Owner }];
    for account in others {
        if seen.insert(*account) {
            members.push(Member { account: *account, role: MemberRole::Member });
        }
    }
    if kind != RoomKind::Announcement && members.len() > context.policy.room_members_max {
        return Err(full(context.policy.room_members_max));
    }
    all_known("members", others, facts)?;
    all_open(&facts.reach, |_| true, "members", context.now)?;
    Ok(created(kind, name, members, context.stream))
}

pub(super) fn direct(
    room: &Room,
    command: &OpenDirect,
    facts: &RoomFacts,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    let Some(me) = context.who.account else { return Err(no_account()) };
    if context.stream.id != direct_room_id(me, command.peer).0 {
        let message = "not the room of these two people";
        return Err(
            ErrorBody::new(ErrorKind::Invalid, "room.wrong_stream", message).field("stream")
        );
    }
    if room.exists() {
        return room.sender(context.who).map(|_| Decision::nothing());
    }
    // With oneself it carries files from one device to another, which everybody may.
    if command.peer != me {
        starter(context)?;
    }
    all_known("peer", &[command.peer], facts)?;
    all_open(&facts.reach, |_| true, "peer", context.now)?;
    let seat = |account| Member { account, role: MemberRole::Member };
    let peer = (command.peer != me).then(|| seat(command.peer));
    let members = std::iter::once(seat(me)).chain(peer).collect();
    Ok(created(RoomKind::Direct, String::new(), members, context.stream))
}

/// The hub makes everybody's own room, so that it is there whatever program they use. It may
/// have been opened before, and the order may come twice.
pub(super) fn own(room: &Room, account: AccountId, context: &Context<'_>) -> Decision<RoomEvent> {
    if room.exists() || context.stream.id != own_room_id(account).0 {
        return Decision::nothing();
    }
    let members = vec![Member { account, role: MemberRole::Member }];
    created(RoomKind::Direct, String::new(), members, context.stream)
}

/// The sender, who must hold the right to start conversations.
fn starter(context: &Context<'_>) -> Result<AccountId, ErrorBody> {
    let account = context.who.account.ok_or_else(no_account)?;
    if context.who.may_somewhere(Permission::RoomCreate) {
        Ok(account)
    } else {
        Err(forbidden("room.not_allowed", "needs room.create"))
    }
}

pub(super) fn no_account() -> ErrorBody {
    forbidden("room.not_member", "a room is started by a person")
}

pub(super) fn full(members_max: usize) -> ErrorBody {
    conflict("room.full", &format!("at most {members_max} members"))
}

pub(super) fn created(
    kind: RoomKind,
    name: String,
    members: Vec<Member>,
    stream: StreamId,
) -> Decision<RoomEvent> {
    let accounts: Vec<AccountId> = members.iter().map(|member| member.account).collect();
    let decision = Decision::event(RoomCreated { kind, name, members });
    accounts.into_iter().fold(decision, |decision, account| {
        decision.tell(account.into(), Order::JoinStream { stream })
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::{
        Who,
        testing::{Bench, account, who},
    };
    use proptest::prelude::*;
    use protocol::Role;
    use uuid::Uuid;

    pub(crate) const ROOM: Uuid = Uuid::from_u128(0x700);

    /// A member of staff: may start conversations.
    pub(crate) fn staff(n: u128) -> Who {
        who(n, &[(Role::CounterStaff, 1)])
    }

    /// A group of these people; the first is its owner.
    pub(crate) fn group(people: &[u128]) -> Bench<Room> {
        let mut bench = Bench::new(ROOM);
        let members = people[1..].iter().map(|n| account(*n)).collect();
        let create = CreateRoom { name: "综合窗口".into(), members };
        bench.run(&staff(people[0]), create, RoomFacts::default()).unwrap();
        bench
    }

    /// The room of the persons 1 and 2.
    pub(crate) fn direct_room() -> Bench<Room> {
        let mut bench = Bench::new(direct_room_id(account(1), account(2)).0);
        let open = OpenDirect { peer: account(2) };
        bench.run(&staff(1), open, RoomFacts::default()).unwrap();
        bench
    }

    #[test]
    fn a_group_tells_every_member() {
        let mut bench = Bench::<Room>::new(ROOM);
        let members = vec![account(2), account(3), account(2), account(1)];
        let create = CreateRoom { name: "  综合窗口 ".into(), members };
        let done = bench.run(&staff(1), create.clone(), RoomFacts::default()).unwrap();
        assert_eq!(bench.state.name(), "综合窗口");
        let told: Vec<_> = done.effects.iter().map(|effect| effect.to).collect();
        assert_eq!(told, [1, 2, 3].map(|n| StreamId::from(account(n))));
        assert_eq!(bench.state.role_of(account(1)), Some(MemberRole::Owner));
        assert_eq!(bench.state.role_of(account(3)), Some(MemberRole::Member));
        let again = bench.run(&staff(1), create, RoomFacts::default()).unwrap_err();
        assert_eq!((again.code.as_ref(), again.kind), ("room.exists", ErrorKind::Conflict));
    }

    #[test]
    fn groups_that_are_refused() {
        let many: Vec<_> = (2..600).map(account).collect();
        for (sender, name, members, code) in [
            (Who::hub(), "a", vec![], "room.not_member"),
            (who(1, &[(Role::Auditor, 1)]), "a", vec![], "room.not_allowed"),
            (staff(1), "  ", vec![], "hub.invalid"),
            (staff(1), &"字".repeat(65), vec![], "hub.invalid"),
            (staff(1), "a", many.clone(), "hub.invalid"),
            (staff(1), "a", many[..500].to_vec(), "room.full"),
            (staff(1), "a", vec![account(2), account(99)], "room.account_not_found"),
        ] {
            let mut bench = Bench::<Room>::new(ROOM);
            let create = CreateRoom { name: name.into(), members };
            let facts = RoomFacts { missing: vec![account(99)], ..RoomFacts::default() };
            // The person 99 is in the crowd too, but the size is seen first.
            assert_eq!(bench.run(&sender, create, facts).unwrap_err().code, code);
            assert!(!bench.state.exists());
        }
        let mut bench = Bench::<Room>::new(direct_room_id(account(1), account(2)).0);
        let create = CreateRoom { name: "a".into(), members: vec![] };
        let refused = bench.run(&staff(3), create, RoomFacts::default()).unwrap_err();
        assert_eq!(refused.code, "room.reserved_id");
    }

    #[test]
    fn a_direct_room_is_opened_once() {
        let mut bench = Bench::<Room>::new(direct_room_id(account(1), account(2)).0);
        let open = |n| OpenDirect { peer: account(n) };
        let missing = RoomFacts { missing: vec![account(2)], ..RoomFacts::default() };
        let unknown = bench.run(&staff(1), open(2), missing).unwrap_err();
        assert_eq!(unknown.code, "room.account_not_found");
        for (sender, peer, code) in [
            (staff(1), 1, "room.wrong_stream"),
            (staff(1), 3, "room.wrong_stream"),
            (staff(3), 2, "room.wrong_stream"),
            (who(1, &[]), 2, "room.not_allowed"),
            (Who::hub(), 2, "room.not_member"),
        ] {
            let refused = bench.run(&sender, open(peer), RoomFacts::default()).unwrap_err();
            assert_eq!(refused.code, code);
        }
        let done = bench.run(&staff(1), open(2), RoomFacts::default()).unwrap();
        assert_eq!((done.events.len(), done.effects.len()), (1, 2));
        let other = bench.run(&staff(2), open(1), RoomFacts::default()).unwrap();
        assert_eq!(other, Decision::nothing());
        let roles: Vec<_> = bench.state.members().map(|(_, role)| role).collect();
        assert_eq!(roles, [MemberRole::Member; 2]);
    }

    #[test]
    fn with_oneself_one_is_alone() {
        let mut bench = Bench::<Room>::new(direct_room_id(account(1), account(1)).0);
        let open = OpenDirect { peer: account(1) };
        let done = bench.run(&staff(1), open.clone(), RoomFacts::default()).unwrap();
        assert_eq!((done.events.len(), done.effects.len()), (1, 1));
        assert_eq!(bench.state.members().count(), 1);
        let again = bench.run(&staff(1), open.clone(), RoomFacts::default()).unwrap();
        assert_eq!(again, Decision::nothing());
        let mut fresh = Bench::<Room>::new(direct_room_id(account(1), account(1)).0);
        let citizen = fresh.run(&who(1, &[]), open, RoomFacts::default()).unwrap();
        assert_eq!(citizen.events.len(), 1, "no right is needed for it");
    }

    proptest! {
        #[test]
        fn the_direct_id_is_symmetric_and_its_own(a: u128, b: u128, c: u128) {
            let id = direct_room_id(account(a), account(b));
            prop_assert_eq!(id, direct_room_id(account(b), account(a)));
            prop_assert_eq!(id.0.get_version_num(), 8);
            if c != a && c != b {
                prop_assert_ne!(id, direct_room_id(account(a), account(c)));
            }
        }
    }
}
