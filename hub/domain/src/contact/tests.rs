//! Two people, their requests and permissions, and histories of both against what was said in
//! their room: nobody writes against the level of that moment, and a permission ends on time.

use super::*;
use crate::{
    Reach,
    room::{Room, RoomFacts, direct_room_id},
    testing::{Bench, account, who},
};
use ContactLevel::{Black, Grey, White};
use proptest::prelude::*;
use protocol::{
    Role,
    contact::{AnswerContact, AskContact, BlockContact, EndContact},
    room::{OpenDirect, SendMessage},
};

const HOUR: Millis = 60 * 60 * 1000;

fn facts(level: ContactLevel) -> ContactFacts {
    ContactFacts { known: true, level, grant_ms: 12 * HOUR }
}

fn pair() -> Bench<Contact> {
    Bench::new(contact_of(account(1), account(2)).id)
}

fn ask(peer: u128) -> ContactCommand {
    AskContact { peer: account(peer), text: "想请教".into() }.into()
}

fn answer(peer: u128, yes: bool) -> ContactCommand {
    AnswerContact { peer: account(peer), yes }.into()
}

fn end(peer: u128) -> ContactCommand {
    EndContact { peer: account(peer) }.into()
}

fn block(peer: u128, on: bool) -> ContactCommand {
    BlockContact { peer: account(peer), on }.into()
}

fn fired() -> Order {
    Order::TimerFired { name: END.into() }
}

fn run(
    bench: &mut Bench<Contact>,
    n: u128,
    command: ContactCommand,
    level: ContactLevel,
) -> String {
    let done = bench.run(&who(n, &[]), command, facts(level));
    done.map_or_else(|error| error.code.into_owned(), |done| done.events.len().to_string())
}

#[test]
fn a_permission_is_asked_for_given_and_over_on_time() {
    let mut bench = pair();
    for (n, command, level, expected) in [
        (1, ask(2), White, "contact.open_already"),
        (1, ask(2), Black, "contact.not_reachable"),
        (1, ask(1), Grey, "contact.wrong_stream"),
        (3, ask(2), Grey, "contact.wrong_stream"),
        (2, answer(1, true), Grey, "contact.not_asked"),
        (1, ask(2), Grey, "1"),
        (1, ask(2), Grey, "contact.asked_already"),
        (2, ask(1), Grey, "contact.asks_you"),
        (1, answer(2, true), Grey, "contact.not_asked"),
        (2, answer(1, true), Black, "contact.not_reachable"),
        (2, answer(1, true), Grey, "1"),
        (2, answer(1, true), Grey, "contact.not_asked"),
        (1, ask(2), Grey, "contact.open_already"),
    ] {
        assert_eq!(run(&mut bench, n, command, level), expected);
    }
    let until = bench.now + 12 * HOUR;
    assert_eq!(bench.state.terms_of(account(2)).granted_until, Some(until));
    bench.now = until - 1;
    let early = bench.settle(fired()).unwrap();
    assert!(early.events.is_empty() && early.timers.len() == 1, "a clock that was put back");
    bench.now = until;
    let over = bench.settle(fired()).unwrap();
    let to: Vec<_> = over.effects.iter().map(|effect| effect.to).collect();
    assert_eq!(to, [1, 2].map(|n| StreamId::from(account(n))));
    assert_eq!(bench.settle(fired()).unwrap(), Decision::nothing());
    assert_eq!(run(&mut bench, 2, ask(1), Grey), "1", "the next may come from the other");
}

#[test]
fn refused_one_waits_before_asking_again_and_the_other_need_not() {
    let mut bench = pair();
    run(&mut bench, 1, ask(2), Grey);
    assert_eq!(run(&mut bench, 2, answer(1, false), Grey), "1");
    assert_eq!(run(&mut bench, 1, ask(2), Grey), "contact.refused_lately");
    bench.now += HOUR;
    assert_eq!(run(&mut bench, 1, ask(2), Grey), "1");
    assert_eq!(run(&mut bench, 1, end(2), Grey), "1", "taken back");
    assert_eq!(run(&mut bench, 1, end(2), Grey), "0");
    run(&mut bench, 1, ask(2), Grey);
    assert_eq!(run(&mut bench, 2, end(1), Grey), "0", "it is not the other's to take back");
    run(&mut bench, 2, answer(1, false), Grey);
    assert_eq!(run(&mut bench, 2, ask(1), Grey), "1");
}

#[test]
fn who_is_blocked_hears_nothing_of_it() {
    let mut bench = pair();
    let done = bench.run(&who(1, &[]), block(2, true), facts(White)).unwrap();
    assert_eq!(done.audience.as_deref(), Some(&[account(1)][..]));
    assert_eq!(done.effects.len(), 1);
    assert_eq!(done.effects[0].to, StreamId::from(account(1)));
    assert!(
        bench.state.terms_of(account(1)).blocked && bench.state.terms_of(account(2)).blocked_by
    );
    assert_eq!(run(&mut bench, 1, block(2, true), White), "0");
    assert_eq!(run(&mut bench, 2, ask(1), Grey), "contact.not_reachable");
    assert_eq!(run(&mut bench, 1, ask(2), Grey), "contact.you_blocked");
    assert_eq!(run(&mut bench, 2, block(1, false), White), "0", "one takes back only one's own");
    assert_eq!(run(&mut bench, 1, block(2, false), White), "1");
    assert_eq!(bench.state.terms_of(account(2)), Terms::default());
}

#[derive(Clone, Debug)]
enum Step {
    Level(ContactLevel),
    Contact(u128, ContactCommand),
    Say(u128),
    /// Time goes by; the timer is late by a part of it, as after a night without power.
    Wait(Millis, bool),
}

fn step() -> impl Strategy<Value = Step> {
    let pair = || prop_oneof![Just((1_u128, 2_u128)), Just((2, 1))];
    let level = prop_oneof![Just(White), Just(Grey), Just(Black)];
    prop_oneof![
        level.prop_map(Step::Level),
        pair().prop_map(|(me, peer)| Step::Contact(me, ask(peer))),
        (pair(), any::<bool>()).prop_map(|((me, peer), yes)| Step::Contact(me, answer(peer, yes))),
        pair().prop_map(|(me, peer)| Step::Contact(me, end(peer))),
        (pair(), any::<bool>()).prop_map(|((me, peer), on)| Step::Contact(me, block(peer, on))),
        (1_u128..3).prop_map(Step::Say),
        (1_u128..3).prop_map(Step::Say),
        (1..14 * HOUR, any::<bool>()).prop_map(|(ms, late)| Step::Wait(ms, late)),
    ]
}

/// What should hold, told by nothing but the history of what was granted and blocked.
#[derive(Default)]
struct Oracle {
    granted_at: Option<Millis>,
    blocked: BTreeSet<u128>,
}

proptest! {
    #[test]
    fn nobody_writes_against_the_level_of_the_moment(steps in prop::collection::vec(step(), 1..60)) {
        let mut contact = pair();
        let mut room = Bench::<Room>::new(direct_room_id(account(1), account(2)).0);
        let staff = |n| who(n, &[(Role::CounterStaff, 1)]);
        room.run(&staff(1), OpenDirect { peer: account(2) }, RoomFacts::default()).unwrap();
        let (mut level, mut oracle) = (Grey, Oracle::default());
        for step in steps {
            match step {
                Step::Level(to) => level = to,
                Step::Contact(n, command) => {
                    let now = contact.now;
                    if contact.run(&who(n, &[]), command.clone(), facts(level)).is_err() {
                        continue;
                    }
                    match command {
                        ContactCommand::AnswerContact(given) if given.yes => oracle.granted_at = Some(now),
                        ContactCommand::EndContact(_) => oracle.granted_at = None,
                        ContactCommand::BlockContact(given) if given.on => { oracle.blocked.insert(n); }
                        ContactCommand::BlockContact(_) => { oracle.blocked.remove(&n); }
                        _ => {}
                    }
                }
                Step::Say(n) => {
                    let terms = contact.state.terms_of(account(n));
                    let reach = vec![Reach { account: account(3 - n), level, terms }];
                    let say = SendMessage { text: "您好".into(), ..SendMessage::default() };
                    room.now = contact.now;
                    let facts = RoomFacts { reach, ..RoomFacts::default() };
                    let said = room.run(&staff(n), say, facts).is_ok();
                    let granted = oracle.granted_at.is_some_and(|at| contact.now < at + 12 * HOUR);
                    let may = oracle.blocked.is_empty()
                        && (level == White || (level == Grey && granted));
                    prop_assert_eq!(said, may);
                }
                Step::Wait(ms, late) => {
                    contact.now += ms;
                    if !late {
                        contact.settle(fired()).unwrap();
                    }
                }
            }
        }
    }
}
