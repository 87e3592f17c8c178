//! Who is in a group: adding, removing, leaving, roles.
//! Invariant: whoever comes or goes, a group that is not empty keeps exactly one owner, and
//! the account concerned is told which stream it may or may no longer watch.

use super::{Room, RoomFacts, all_known, conflict, create, forbidden};
use crate::{Context, Decision, Order, reach::all_open};
use protocol::{
    AccountId, ErrorBody, ErrorKind,
    limits::MEMBERS_PER_COMMAND_MAX,
    room::{
        AddMembers, MemberAdded, MemberRemoved, MemberRole, MemberRoleChanged, MembersAdded,
        RemoveMember, RoomEvent, RoomKind, SetMemberRole,
    },
};

pub(super) fn add(
    room: &Room,
    command: &AddMembers,
    facts: &RoomFacts,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    room.group_sender(context.who, MemberRole::Admin)?;
    if command.accounts.len() > MEMBERS_PER_COMMAND_MAX {
        let message = format!("at most {MEMBERS_PER_COMMAND_MAX} at once");
        return Err(ErrorBody::invalid("accounts", message));
    }
    let mut fresh: Vec<AccountId> = command.accounts.clone();
    fresh.sort_unstable();
    fresh.dedup();
    fresh.retain(|account| room.role_of(*account).is_none());
    if room.members.len() + fresh.len() > room.members_max(context.policy) {
        return Err(create::full(room.members_max(context.policy)));
    }
    all_known("accounts", &fresh, facts)?;
    all_open(&facts.reach, |account| fresh.contains(&account), "accounts", context.now)?;
    let stream = context.stream;
    if room.kind == Some(RoomKind::Announcement) && !fresh.is_empty() {
        // One event: each would go to everybody who is in the room already.
        let added = Decision::event(MembersAdded { accounts: fresh.clone() });
        return Ok(fresh.into_iter().fold(added, |decision, account| {
            decision.tell(account.into(), Order::JoinStream { stream })
        }));
    }
    Ok(fresh.into_iter().fold(Decision::nothing(), |decision, account| {
        decision
            .and(MemberAdded { account, role: MemberRole::Member })
            .tell(account.into(), Order::JoinStream { stream })
    }))
}

pub(super) fn remove(
    room: &Room,
    command: &RemoveMember,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    let (me, role) = room.group_sender(context.who, MemberRole::Member)?;
    if command.account == me {
        return leave(room, context);
    }
    if role < MemberRole::Admin {
        return Err(forbidden("room.not_admin", "only the owner and admins may"));
    }
    match room.role_of(command.account) {
        None => Ok(Decision::nothing()),
        Some(other) if other < role => Ok(removed(command.account, false, context)),
        Some(_) => Err(forbidden("room.not_owner", "admins are removed by the owner")),
    }
}

pub(super) fn leave(room: &Room, context: &Context<'_>) -> Result<Decision<RoomEvent>, ErrorBody> {
    let (me, role) = room.sender(context.who)?;
    // A dissolved one can still be left.
    if !room.group.dissolved {
        room.changeable()?;
    }
    let mut decision = removed(me, true, context);
    if role == MemberRole::Owner
        && let Some(account) = heir(room, me)
    {
        decision = decision.and(MemberRoleChanged { account, role: MemberRole::Owner });
    }
    Ok(decision)
}

/// Who owns the group after `owner`: admins before members, the longest here first.
fn heir(room: &Room, owner: AccountId) -> Option<AccountId> {
    let others = room.members.iter().filter(|(account, _)| **account != owner);
    others
        .min_by_key(|(_, seat)| (seat.role != MemberRole::Admin, seat.order))
        .map(|(account, _)| *account)
}

fn removed(account: AccountId, left: bool, context: &Context<'_>) -> Decision<RoomEvent> {
    Decision::event(MemberRemoved { account, left })
        .tell(account.into(), Order::LeaveStream { stream: context.stream })
}

pub(super) fn set_role(
    room: &Room,
    command: &SetMemberRole,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    let (me, _) = room.group_sender(context.who, MemberRole::Owner)?;
    let SetMemberRole { account, role } = *command;
    let Some(present) = room.role_of(account) else {
        let message = "not a member of this group";
        return Err(
            ErrorBody::new(ErrorKind::NotFound, "room.member_not_found", message).field("account")
        );
    };
    if present == role {
        return Ok(Decision::nothing());
    }
    if account == me {
        let message = "make somebody else the owner instead";
        return Err(conflict("room.owner_needed", message));
    }
    let mut decision = Decision::nothing();
    if role == MemberRole::Owner {
        decision = decision.and(MemberRoleChanged { account: me, role: MemberRole::Admin });
    }
    Ok(decision.and(MemberRoleChanged { account, role }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::create::tests::{group, staff};
    use crate::testing::{Bench, account, who};
    use MemberRole::{Admin, Member, Owner};
    use protocol::room::{LeaveRoom, OpenDirect, RenameRoom, RoomCommand};

    fn run(bench: &mut Bench<Room>, n: u128, command: impl Into<RoomCommand>) -> Outcome {
        let facts = RoomFacts { missing: vec![account(99)], ..RoomFacts::default() };
        let outcome = bench.run(&who(n, &[]), command.into(), facts);
        outcome.map_err(|error| error.code.into_owned())
    }
    type Outcome = Result<Decision<RoomEvent>, String>;

    fn role(n: u128, role: MemberRole) -> SetMemberRole {
        SetMemberRole { account: account(n), role }
    }

    fn out(n: u128) -> RemoveMember {
        RemoveMember { account: account(n) }
    }

    /// Owner 1, admins 2 and 3, members 4 and 5.
    fn five() -> Bench<Room> {
        let mut bench = group(&[1, 2, 3, 4, 5]);
        run(&mut bench, 1, role(3, Admin)).unwrap();
        run(&mut bench, 1, role(2, Admin)).unwrap();
        bench
    }

    fn roles(bench: &Bench<Room>) -> Vec<(u128, MemberRole)> {
        bench.state.members().map(|(account, role)| (account.0.as_u128(), role)).collect()
    }

    #[test]
    fn adding() {
        let people =
            |ns: &[u128]| AddMembers { accounts: ns.iter().map(|n| account(*n)).collect() };
        for (n, accounts, expected) in [
            (1, people(&[7, 6, 7, 2]), Ok(2)),
            (2, people(&[6]), Ok(1)),
            (2, people(&[1, 2]), Ok(0)),
            (4, people(&[6]), Err("room.not_admin")),
            (9, people(&[6]), Err("room.not_member")),
            (1, people(&[6, 99]), Err("room.account_not_found")),
            (1, people(&(10..90).chain(100..520).collect::<Vec<_>>()), Err("room.full")),
            (1, people(&(100..601).collect::<Vec<_>>()), Err("hub.invalid")),
        ] {
            let mut bench = five();
            let outcome = run(&mut bench, n, accounts);
            let told = outcome.as_ref().map(|decision| decision.effects.len());
            assert_eq!(told.map_err(String::as_str), expected);
            let added = outcome.map(|decision| decision.events.len());
            assert_eq!(bench.state.members.len(), 5 + added.unwrap_or(0));
        }
    }

    #[test]
    fn removing() {
        for (n, other, expected) in [
            (1, 2, Ok(1)),
            (1, 4, Ok(1)),
            (2, 4, Ok(1)),
            (2, 9, Ok(0)),
            (2, 3, Err("room.not_owner")),
            (2, 1, Err("room.not_owner")),
            (4, 5, Err("room.not_admin")),
            (9, 5, Err("room.not_member")),
        ] {
            let mut bench = five();
            let outcome = run(&mut bench, n, out(other));
            let events = outcome.as_ref().map(|decision| decision.events.len());
            assert_eq!(events.map_err(String::as_str), expected, "{n} removes {other}");
            if expected == Ok(1) {
                assert_eq!(bench.state.role_of(account(other)), None);
                let decision = outcome.unwrap();
                let order = Order::LeaveStream { stream: bench.stream };
                assert_eq!(
                    decision.effects,
                    Decision::<RoomEvent>::nothing().tell(account(other).into(), order).effects
                );
            }
        }
        let mut bench = five();
        let left = run(&mut bench, 4, out(4)).unwrap();
        assert_eq!(left.events, [MemberRemoved { account: account(4), left: true }.into()]);
    }

    #[test]
    fn ownership_passes_on() {
        let mut bench = five();
        run(&mut bench, 1, LeaveRoom {}).unwrap();
        assert_eq!(roles(&bench), [(2, Owner), (3, Admin), (4, Member), (5, Member)]);
        run(&mut bench, 2, LeaveRoom {}).unwrap();
        assert_eq!(roles(&bench), [(3, Owner), (4, Member), (5, Member)]);
        run(&mut bench, 3, LeaveRoom {}).unwrap();
        run(&mut bench, 5, LeaveRoom {}).unwrap();
        assert_eq!(roles(&bench), [(4, Owner)]);
        run(&mut bench, 4, LeaveRoom {}).unwrap();
        assert_eq!(run(&mut bench, 4, LeaveRoom {}), Err("room.not_member".into()));
        assert!(bench.state.exists());
    }

    #[test]
    fn roles_are_the_owners_to_give() {
        for (n, command, expected) in [
            (1, role(4, Admin), Ok(1)),
            (1, role(2, Member), Ok(1)),
            (1, role(2, Admin), Ok(0)),
            (1, role(1, Owner), Ok(0)),
            (1, role(1, Admin), Err("room.owner_needed")),
            (1, role(9, Admin), Err("room.member_not_found")),
            (1, role(4, Owner), Ok(2)),
            (2, role(4, Admin), Err("room.not_owner")),
            (9, role(4, Admin), Err("room.not_member")),
        ] {
            let outcome = run(&mut five(), n, command).map(|decision| decision.events.len());
            assert_eq!(outcome, expected.map_err(str::to_owned));
        }
        let mut bench = five();
        run(&mut bench, 1, role(4, Owner)).unwrap();
        assert_eq!(roles(&bench)[..4], [(1, Admin), (2, Admin), (3, Admin), (4, Owner)]);
    }

    #[test]
    fn a_room_of_two_stays_as_it_is() {
        let mut bench = Bench::<Room>::new(create::direct_room_id(account(1), account(2)).0);
        let open = OpenDirect { peer: account(2) };
        bench.run(&staff(1), open, RoomFacts::default()).unwrap();
        let commands: [RoomCommand; 5] = [
            LeaveRoom {}.into(),
            out(2).into(),
            AddMembers { accounts: vec![account(3)] }.into(),
            role(2, Admin).into(),
            RenameRoom { name: "a".into() }.into(),
        ];
        for command in commands {
            assert_eq!(run(&mut bench, 1, command), Err("room.direct".into()));
        }
    }
}
