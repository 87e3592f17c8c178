//! Following a service: its thread stands among the asker's conversations, asked or not.
//! Invariant: who follows is who is a member of their own thread, so asking is following too, and
//! nobody waits in a row that they have turned away from. What was said stays for who comes back.

use super::{Room, RoomFacts, service};
use crate::{Context, Decision, Order};
use protocol::{
    ErrorBody,
    room::{
        FollowService, MemberRemoved, RoomEvent, ServiceFollowed, ServiceUnfollowed,
        UnfollowService,
    },
};

pub(super) fn follow(
    room: &Room,
    command: &FollowService,
    facts: &RoomFacts,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    let service = command.service;
    let me = service::asker(service, context)?;
    if room.role_of(me).is_some() {
        return Ok(Decision::nothing());
    }
    if facts.desk.is_none() {
        return Err(service::not_found());
    }
    let seated = service::seat(room, me, facts, context)?;
    Ok(seated.and(ServiceFollowed { service, asker: me }))
}

pub(super) fn unfollow(
    room: &Room,
    command: &UnfollowService,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    let me = service::asker(command.service, context)?;
    let (Some(thread), Some(_)) = (&room.group.thread, room.role_of(me)) else {
        return Ok(Decision::nothing());
    };
    let ended = if thread.open { service::ended(thread, context) } else { Decision::nothing() };
    Ok(ended
        .and(ServiceUnfollowed {})
        .and(MemberRemoved { account: me, left: true })
        .tell(me.into(), Order::LeaveStream { stream: context.stream }))
}

pub(super) fn apply(room: &mut Room, followed: &ServiceFollowed) {
    let ServiceFollowed { service, asker } = *followed;
    room.group.thread.get_or_insert(service::Thread { service, asker, agent: None, open: false });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::{DeskFacts, send_message::tests::say, thread_id};
    use crate::testing::{Bench, account, who};
    use proptest::prelude::*;
    use protocol::{
        RoomId,
        room::{AssignThread, CloseThread, OpenService, RoomCommand},
    };
    use uuid::Uuid;

    const DESK: RoomId = RoomId(Uuid::from_u128(0x800));

    /// 2 is its agent.
    fn facts() -> RoomFacts {
        let desk = Some(DeskFacts { name: "医保咨询".into() });
        RoomFacts { desk, agents: vec![account(2)], ..RoomFacts::default() }
    }

    fn bench() -> Bench<Room> {
        Bench::new(thread_id(DESK, account(1)).0)
    }

    fn run(
        bench: &mut Bench<Room>,
        n: u128,
        command: impl Into<RoomCommand>,
    ) -> Result<Vec<&'static str>, String> {
        let done = bench.run(&who(n, &[]), command.into(), facts());
        done.map(|done| done.events.iter().map(RoomEvent::type_name).collect())
            .map_err(|error| error.code.into_owned())
    }

    fn follow() -> RoomCommand {
        FollowService { service: DESK }.into()
    }

    fn unfollow() -> RoomCommand {
        UnfollowService { service: DESK }.into()
    }

    #[test]
    fn a_service_is_followed_before_anything_is_asked() {
        let mut bench = bench();
        let nowhere = bench.run(&who(1, &[]), follow(), RoomFacts::default()).unwrap_err();
        assert_eq!(nowhere.code, "room.service_not_found");
        assert_eq!(run(&mut bench, 3, follow()), Err("room.wrong_stream".into()));
        let followed = ["room.created", "room.service_followed"];
        assert_eq!(run(&mut bench, 1, follow()).unwrap(), followed);
        assert_eq!(run(&mut bench, 1, follow()).unwrap(), [""; 0], "once");
        assert_eq!(run(&mut bench, 1, say("在吗")), Err("room.thread_closed".into()));
        let open = OpenService { service: DESK };
        assert_eq!(run(&mut bench, 1, open).unwrap(), ["room.thread_opened"]);
        assert_eq!(run(&mut bench, 1, say("在吗")).unwrap(), ["room.message_sent"]);
    }

    #[test]
    fn who_turns_away_waits_in_no_row_and_may_come_back() {
        let mut bench = bench();
        assert_eq!(run(&mut bench, 1, unfollow()).unwrap(), [""; 0]);
        run(&mut bench, 1, OpenService { service: DESK }).unwrap();
        run(&mut bench, 2, AssignThread { account: account(2), over: false }).unwrap();
        let gone = bench.run(&who(1, &[]), unfollow(), facts()).unwrap();
        let types: Vec<_> = gone.events.iter().map(RoomEvent::type_name).collect();
        let removed = "room.member_removed";
        let expected = ["room.thread_closed", removed, "room.service_unfollowed", removed];
        assert_eq!(types, expected, "its agent is free, too");
        let told = |order: &Order| gone.effects.iter().any(|effect| effect.order == *order);
        let thread = RoomId(bench.stream.id);
        let (asker, agent, open) = (account(1), None, false);
        assert!(told(&Order::ThreadChanged { thread, asker, agent, open }));
        assert!(told(&Order::LeaveStream { stream: bench.stream }));
        assert_eq!(bench.state.members().count(), 0, "neither of the two");
        let open = OpenService { service: DESK };
        let again = ["room.member_added", "room.thread_opened"];
        assert_eq!(run(&mut bench, 1, open).unwrap(), again);
    }

    proptest! {
        /// Whatever is asked in whatever order: who has turned away waits nowhere, and an agent
        /// has only threads that are open.
        #[test]
        fn nobody_waits_who_does_not_follow(steps in proptest::collection::vec(0..5_u8, 0..40)) {
            let mut bench = bench();
            for step in steps {
                let (n, command): (u128, RoomCommand) = match step {
                    0 => (1, follow()),
                    1 => (1, unfollow()),
                    2 => (1, OpenService { service: DESK }.into()),
                    3 => (2, AssignThread { account: account(2), over: true }.into()),
                    _ => (2, CloseThread {}.into()),
                };
                drop(run(&mut bench, n, command));
                if let Some(thread) = &bench.state.group.thread {
                    let follows = bench.state.role_of(account(1)).is_some();
                    prop_assert!(follows || !thread.open);
                    prop_assert!(thread.open || thread.agent.is_none());
                    let seated = bench.state.role_of(account(2)).is_some();
                    prop_assert_eq!(seated, thread.agent == Some(account(2)));
                }
            }
        }
    }
}
