//! Calls of two and of groups, event by event, and any history of commands whatever.

use super::*;
use crate::testing::{Bench, account, who};
use crate::{Effect, TimerChange};
use proptest::prelude::*;
use protocol::call::{
    AdmitCaller, CallEnd, CallEnded, CallJoined, CallUnanswered, DeclineCall, EndCall, HostSet,
    JoinCall, LeaveCall, LockCall, MuteCaller, RaiseHand, RemoveCaller, RingPeople, SetHost,
    SetWaitingRoom, StartCall,
};
use protocol::{RoomId, StreamId};
use uuid::Uuid;

const ROOM: u128 = 77;

fn leg(n: u128) -> LegId {
    LegId(Uuid::from_u128(n))
}

fn bench() -> Bench<Call> {
    Bench::new(StreamId::of_calls(RoomId(Uuid::from_u128(ROOM))).id)
}

/// Members of the group are 1 to 6.
fn facts(n: u128) -> CallFacts {
    let members = (1..=6).map(account).collect();
    CallFacts { member: (1..=6).contains(&n), members, ..CallFacts::default() }
}

type Outcome = Result<Vec<CallEvent>, String>;

fn run(bench: &mut Bench<Call>, n: u128, command: impl Into<CallCommand>) -> Outcome {
    let decided = bench.run(&who(n, &[]), command, facts(n));
    decided.map(|decision| decision.events).map_err(|error| error.code.into_owned())
}

fn start(ring: &[u128]) -> StartCall {
    let ring = ring.iter().map(|n| account(*n)).collect();
    StartCall { mode: CallMode::Video, ring, leg: leg(1) }
}

fn join(n: u128) -> JoinCall {
    JoinCall { leg: leg(n) }
}

fn leave(n: u128) -> LeaveCall {
    LeaveCall { leg: leg(n) }
}

/// 1 has called 2, in the room of the two.
fn direct() -> Bench<Call> {
    let mut bench = bench();
    let facts = CallFacts { peer: Some(account(2)), ..facts(1) };
    bench.run(&who(1, &[]), start(&[]), facts).unwrap();
    bench
}

fn ends(outcome: &Outcome) -> Option<CallEnd> {
    let events = outcome.as_ref().ok()?;
    events.iter().find_map(|event| match event {
        CallEvent::CallEnded(ended) => Some(ended.why),
        _ => None,
    })
}

#[test]
fn a_call_of_two_rings_the_other_and_ends_with_either() {
    let mut bench = direct();
    assert_eq!(bench.state.live.as_ref().unwrap().stand(account(2)), Some(CallStand::Ringing));
    assert_eq!(run(&mut bench, 2, join(2)), Ok(vec![CallJoined { leg: leg(2) }.into()]));
    bench.now += 65_000;
    let over = run(&mut bench, 2, leave(2)).unwrap();
    let (call, why, talked_ms) = (1, CallEnd::Over, 65_000);
    let people = vec![account(1), account(2)];
    assert_eq!(over.last(), Some(&CallEnded { call, why, talked_ms, people }.into()));
    assert!(!bench.state.is_live());
}

#[test]
fn the_room_is_told_of_both_ends() {
    let mut bench = bench();
    let facts_of_two = CallFacts { peer: Some(account(2)), ..facts(1) };
    let begun = bench.run(&who(1, &[]), start(&[]), facts_of_two).unwrap();
    let to = StreamId::new(EntityKind::Room, Uuid::from_u128(ROOM));
    let (call, mode, by) = (1, CallMode::Video, account(1));
    assert_eq!(begun.effects, [Effect { to, order: Order::CallStarted { call, mode, by } }]);
    let at = bench.now + bench.policy.call_ring_ms;
    assert_eq!(begun.timers, [TimerChange::Set { name: "ring:1".to_owned(), at }]);
    let fired = bench.settle(Order::TimerFired { name: "ring:1".to_owned() }).unwrap();
    let (why, talked_ms) = (CallEnd::Unanswered, 0);
    let order = Order::CallEnded { call, mode, by, why, talked_ms };
    assert_eq!(fired.effects, [Effect { to, order }]);
    assert_eq!(fired.events[0], CallUnanswered { accounts: vec![account(2)] }.into());
    let again = bench.settle(Order::TimerFired { name: "ring:1".to_owned() }).unwrap();
    assert_eq!(again, Decision::nothing());
}

#[test]
fn a_call_that_nobody_takes_says_why() {
    let no = |busy| DeclineCall { busy };
    assert_eq!(ends(&run(&mut direct(), 2, no(false))), Some(CallEnd::Declined));
    assert_eq!(ends(&run(&mut direct(), 2, no(true))), Some(CallEnd::Busy));
    assert_eq!(ends(&run(&mut direct(), 1, leave(1))), Some(CallEnd::Cancelled));
    assert_eq!(ends(&run(&mut direct(), 1, EndCall {})), Some(CallEnd::Cancelled));
    // One of a group declines: the others still ring.
    let mut group = bench();
    run(&mut group, 1, start(&[2, 3])).unwrap();
    assert_eq!(ends(&run(&mut group, 2, no(false))), None);
    assert_eq!(ends(&run(&mut group, 3, no(true))), Some(CallEnd::Declined));
}

#[test]
fn a_group_call_goes_on_until_the_last_has_left_and_keeps_a_host() {
    let mut bench = bench();
    run(&mut bench, 1, start(&[])).unwrap();
    assert_eq!(run(&mut bench, 2, start(&[])), Err("call.is_live".into()));
    run(&mut bench, 3, join(3)).unwrap();
    run(&mut bench, 2, join(2)).unwrap();
    let left = run(&mut bench, 1, leave(1)).unwrap();
    assert_eq!(left[1], HostSet { account: account(3), on: true }.into(), "the longest there");
    assert_eq!(ends(&run(&mut bench, 3, leave(3))), None);
    assert_eq!(ends(&run(&mut bench, 2, leave(2))), Some(CallEnd::Over));
    assert_eq!(run(&mut bench, 2, join(2)), Err("call.not_live".into()));
    assert_eq!(run(&mut bench, 2, leave(2)), Ok(Vec::new()));
}

#[test]
fn another_device_takes_the_place_over() {
    let mut bench = direct();
    run(&mut bench, 2, join(2)).unwrap();
    assert_eq!(run(&mut bench, 2, join(2)), Ok(Vec::new()));
    assert_eq!(run(&mut bench, 2, join(22)), Ok(vec![CallJoined { leg: leg(22) }.into()]));
    assert_eq!(run(&mut bench, 2, leave(2)), Ok(Vec::new()), "the first device hangs up in vain");
    let lost = Order::LegLost { account: account(2), leg: leg(2) };
    assert_eq!(bench.settle(lost).unwrap(), Decision::nothing());
    let lost = bench.settle(Order::LegLost { account: account(2), leg: leg(22) }).unwrap();
    assert_eq!(ends(&Ok(lost.events)), Some(CallEnd::Over));
}

#[test]
fn a_door_is_opened_by_a_host() {
    let mut bench = bench();
    run(&mut bench, 1, start(&[])).unwrap();
    assert_eq!(run(&mut bench, 1, SetWaitingRoom { on: true }).map(|one| one.len()), Ok(1));
    run(&mut bench, 2, join(2)).unwrap();
    run(&mut bench, 3, join(3)).unwrap();
    let stand = |bench: &Bench<Call>, n| bench.state.live.as_ref().unwrap().stand(account(n));
    assert_eq!(stand(&bench, 2), Some(CallStand::Waiting));
    let admit = |n, yes| AdmitCaller { account: account(n), yes };
    assert_eq!(run(&mut bench, 2, admit(2, true)), Err("call.not_inside".into()));
    run(&mut bench, 1, admit(2, true)).unwrap();
    run(&mut bench, 1, admit(3, false)).unwrap();
    assert_eq!(stand(&bench, 2), Some(CallStand::Inside));
    assert_eq!(run(&mut bench, 2, admit(3, true)), Err("call.not_host".into()));
    assert_eq!(run(&mut bench, 3, join(3)), Err("call.removed".into()));
    // Whom somebody inside rings need not wait.
    let ring = RingPeople { accounts: vec![account(4)] };
    run(&mut bench, 2, ring).unwrap();
    run(&mut bench, 4, join(4)).unwrap();
    assert_eq!(stand(&bench, 4), Some(CallStand::Inside));
    run(&mut bench, 1, LockCall { on: true }).unwrap();
    assert_eq!(run(&mut bench, 5, join(5)), Err("call.locked".into()));
    let ring = RingPeople { accounts: vec![account(5)] };
    assert_eq!(run(&mut bench, 2, ring.clone()), Err("call.locked".into()));
    run(&mut bench, 1, ring).unwrap();
    run(&mut bench, 5, join(5)).unwrap();
    assert_eq!(stand(&bench, 5), Some(CallStand::Inside));
}

#[test]
fn hosts_lead_and_others_do_not() {
    let mut bench = bench();
    run(&mut bench, 1, start(&[])).unwrap();
    run(&mut bench, 2, join(2)).unwrap();
    let one = account(1);
    let commands: [CallCommand; 5] = [
        MuteCaller { account: one }.into(),
        RemoveCaller { account: one }.into(),
        LockCall { on: true }.into(),
        SetHost { account: account(2), on: true }.into(),
        EndCall {}.into(),
    ];
    for command in commands {
        let name = command.type_name();
        assert_eq!(run(&mut bench, 2, command.clone()), Err("call.not_host".into()), "{name}");
        assert_eq!(run(&mut bench, 3, command), Err("call.not_inside".into()), "{name}");
    }
    let hand = |account, on| RaiseHand { account, on };
    assert_eq!(run(&mut bench, 2, hand(None, true)).map(|one| one.len()), Ok(1));
    assert_eq!(run(&mut bench, 2, hand(Some(one), false)), Err("call.not_host".into()));
    assert_eq!(run(&mut bench, 1, hand(Some(account(2)), false)).map(|one| one.len()), Ok(1));
    let host = |n, on| SetHost { account: account(n), on };
    assert_eq!(run(&mut bench, 1, host(1, false)), Err("call.host_needed".into()));
    run(&mut bench, 1, host(2, true)).unwrap();
    run(&mut bench, 2, RemoveCaller { account: one }).unwrap();
    assert_eq!(run(&mut bench, 1, join(1)), Err("call.removed".into()));
    assert_eq!(ends(&run(&mut bench, 2, EndCall {})), Some(CallEnd::Ended));
}

#[test]
fn who_is_no_member_is_neither_inside_nor_rung() {
    let mut bench = bench();
    assert_eq!(run(&mut bench, 9, start(&[])), Err("room.not_member".into()));
    assert_eq!(run(&mut bench, 1, start(&[9])), Err("room.member_not_found".into()));
    run(&mut bench, 1, start(&[2])).unwrap();
    assert_eq!(run(&mut bench, 9, join(9)), Err("room.not_member".into()));
    run(&mut bench, 2, join(2)).unwrap();
    let out = bench.settle(Order::ShutOut { account: account(2) }).unwrap();
    assert_eq!(Call::revokes(&out.events[0]), Some(account(2)));
    assert!(!bench.state.live.as_ref().unwrap().is_inside(account(2)));
    let closed = bench.settle(Order::RoomClosed {}).unwrap();
    assert_eq!(ends(&Ok(closed.events)), Some(CallEnd::Ended));
}

#[test]
fn no_more_come_in_than_there_are_places() {
    let mut bench = bench();
    bench.policy.call_people_max = 2;
    run(&mut bench, 1, start(&[])).unwrap();
    run(&mut bench, 2, join(2)).unwrap();
    assert_eq!(run(&mut bench, 3, join(3)), Err("call.full".into()));
    run(&mut bench, 2, join(22)).unwrap();
}

fn any_command() -> impl Strategy<Value = CallCommand> {
    let person = || (1..=7_u128).prop_map(account);
    let device = || (1..=9_u128).prop_map(leg);
    prop_oneof![
        (proptest::collection::vec(person(), 0..3), device()).prop_map(|(ring, leg)| StartCall {
            mode: CallMode::Voice,
            ring,
            leg
        }
        .into()),
        proptest::collection::vec(person(), 0..3)
            .prop_map(|accounts| RingPeople { accounts }.into()),
        device().prop_map(|leg| JoinCall { leg }.into()),
        device().prop_map(|leg| JoinCall { leg }.into()),
        device().prop_map(|leg| LeaveCall { leg }.into()),
        any::<bool>().prop_map(|busy| DeclineCall { busy }.into()),
        any::<bool>().prop_map(|on| RaiseHand { account: None, on }.into()),
        person().prop_map(|account| RemoveCaller { account }.into()),
        any::<bool>().prop_map(|on| SetWaitingRoom { on }.into()),
        (person(), any::<bool>()).prop_map(|(account, yes)| AdmitCaller { account, yes }.into()),
        (person(), any::<bool>()).prop_map(|(account, on)| SetHost { account, on }.into()),
        Just(EndCall {}.into()),
    ]
}

#[derive(Clone, Debug)]
enum Step {
    Ask(u128, CallCommand),
    Fire(u64),
    Lose(u128, u128),
    PutOut(u128),
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (1..=7_u128, any_command()).prop_map(|(n, command)| Step::Ask(n, command)),
        1 => (1..60_u64).prop_map(Step::Fire),
        1 => (1..=7_u128, 1..=9_u128).prop_map(|(n, device)| Step::Lose(n, device)),
        1 => (1..=7_u128).prop_map(Step::PutOut),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_a_live_call_has_somebody_inside_who_leads_it(
        steps in proptest::collection::vec(any_step(), 1..60),
    ) {
        let mut bench = bench();
        let (mut begun, mut over) = (0, 0);
        for step in steps {
            let effects = match step {
                Step::Ask(n, command) => {
                    let decided = bench.run(&who(n, &[]), command, facts(n));
                    decided.map(|decision| decision.effects).unwrap_or_default()
                }
                Step::Fire(seq) => {
                    bench.settle(Order::TimerFired { name: format!("ring:{seq}") }).unwrap().effects
                }
                Step::Lose(n, device) => {
                    let lost = Order::LegLost { account: account(n), leg: leg(device) };
                    bench.settle(lost).unwrap().effects
                }
                Step::PutOut(n) => {
                    bench.settle(Order::ShutOut { account: account(n) }).unwrap().effects
                }
            };
            for effect in effects {
                match effect.order {
                    Order::CallStarted { .. } => begun += 1,
                    Order::CallEnded { .. } => over += 1,
                    other => prop_assert!(false, "{other:?}"),
                }
            }
            prop_assert_eq!(begun - over, u32::from(bench.state.is_live()));
            let Some(live) = &bench.state.live else { continue };
            prop_assert!(live.inside() > 0);
            let led = live.with(CallStand::Inside).any(|one| live.is_host(one));
            prop_assert!(led, "{live:?}");
            for person in live.people.values() {
                let there = matches!(person.stand, CallStand::Inside | CallStand::Waiting);
                prop_assert_eq!(person.leg.is_some(), there, "{:?}", live);
                prop_assert!(there || !(person.host || person.hand), "{live:?}");
            }
        }
    }
}
