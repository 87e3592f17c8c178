//! Meeting face to face: people who stand together send the same four digits within a few
//! minutes and share a group.
//!
//! No node asks another. The digits name a stream, the same on every node, on which those who
//! come write down that they came; the number of the first of them names the round, and
//! digits and round name the stream of the group. What can race is then what always can: two
//! appends to one stream. The store takes one of them; the other is decided again on what the
//! first has left, and so joins the round that the first began instead of beginning one
//! beside it. A clock decides only whether a round is still open, and is read where the round
//! is decided: there is no moment at which people who are quick enough fall on two sides of a
//! boundary.
//!
//! Invariants: a round takes nobody [`ROUND_MS`] after its first; a group comes to be when
//! the second has come, so that nobody is left with an empty one; digits can be tried only so
//! often (`RoomFacts::tries`), because there are no more than ten thousand of them.

use super::{Room, RoomFacts, conflict, create, forbidden};
use crate::{Context, Decision, Order};
use protocol::{
    AccountId, EntityKind, ErrorBody, ErrorKind, Millis, Permission, RoomId, Seq, StreamId,
    limits::MEETING_MAX,
    room::{MeetPeople, Member, MemberAdded, MemberRole, PersonMet, RoomEvent, RoomKind},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How long after its first a round takes others.
pub const ROUND_MS: Millis = 5 * 60 * 1000;
/// Rounds that one person may come to within that time.
const TRIES_MAX: u32 = 10;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Meeting {
    round: Seq,
    began: Millis,
    /// In order of coming: the first will own the group.
    people: Vec<AccountId>,
}

/// Where those meet who send these digits.
pub fn meeting_id(digits: &str) -> RoomId {
    create::derived_id(&[b"meeting", digits.as_bytes()])
}

/// The group of one round, named by the stream on which it met.
fn met_id(meeting: Uuid, round: Seq) -> RoomId {
    create::derived_id(&[b"met", meeting.as_bytes(), &round.to_be_bytes()])
}

pub(super) fn decide(
    room: &Room,
    command: &MeetPeople,
    facts: &RoomFacts,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    let me = context.who.account.filter(|_| context.who.may_somewhere(Permission::RoomCreate));
    let me = me.ok_or_else(|| forbidden("room.not_allowed", "needs room.create"))?;
    let digits = &command.digits;
    if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ErrorBody::invalid("digits", "four digits"));
    }
    if context.stream.id != meeting_id(digits).0 {
        let message = "not where these digits meet";
        return Err(
            ErrorBody::new(ErrorKind::Invalid, "room.wrong_stream", message).field("stream")
        );
    }
    let open = room.group.meeting.as_ref().filter(|meeting| is_open(meeting, context.now));
    let round = open.map_or(context.head + 1, |meeting| meeting.round);
    let before = open.map_or(&[][..], |meeting| &meeting.people);
    let known = before.contains(&me);
    let room_id = met_id(context.stream.id, round);
    let count = before.len() + usize::from(!known);
    let result = serde_json::json!({ "room": room_id, "people": count }).to_string();
    if known {
        return Ok(Decision { result: Some(result), ..Decision::nothing() });
    }
    if facts.tries >= TRIES_MAX {
        let message = "too many digits tried within five minutes";
        return Err(ErrorBody::new(ErrorKind::RateLimited, "room.meet_too_often", message)
            .retry_after(ROUND_MS.unsigned_abs()));
    }
    if before.len() >= MEETING_MAX {
        return Err(conflict("room.full", "as many as can meet at once"));
    }
    let mut decision = Decision::event(PersonMet { round });
    decision.result = Some(result);
    if !before.is_empty() {
        // The first two are named each time: the group does not depend on the order in which
        // these arrive.
        let mut people = before[..before.len().min(2)].to_vec();
        people.push(me);
        let group = StreamId::new(EntityKind::Room, room_id.0);
        decision = decision.tell(group, Order::Meet { people, name: digits.clone() });
    }
    Ok(decision)
}

fn is_open(meeting: &Meeting, now: Millis) -> bool {
    now.saturating_sub(meeting.began) < ROUND_MS
}

pub(super) fn apply(room: &mut Room, at: Millis, by: Option<AccountId>, met: &PersonMet) {
    let Some(account) = by else { return };
    match &mut room.group.meeting {
        Some(meeting) if meeting.round == met.round => meeting.people.push(account),
        other => *other = Some(Meeting { round: met.round, began: at, people: vec![account] }),
    }
}

/// The group of a round: made by the first order that comes, joined by the others.
pub(super) fn settle(
    room: &Room,
    people: &[AccountId],
    name: &str,
    context: &Context<'_>,
) -> Decision<RoomEvent> {
    if !room.exists() {
        let seat = |(n, account): (usize, &AccountId)| Member {
            account: *account,
            role: if n == 0 { MemberRole::Owner } else { MemberRole::Member },
        };
        let members = people.iter().enumerate().map(seat).collect();
        return create::created(RoomKind::Group, name.to_owned(), members, context.stream);
    }
    let stream = context.stream;
    // Who left since, or was sent away, is not brought back by who comes later.
    let Some(last) = people.last().filter(|last| room.role_of(**last).is_none()) else {
        return Decision::nothing();
    };
    Decision::event(MemberAdded { account: *last, role: MemberRole::Member })
        .tell((*last).into(), Order::JoinStream { stream })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::create::tests::staff;
    use crate::testing::{Bench, account, who};

    fn meet(bench: &mut Bench<Room>, n: u128) -> Decision<RoomEvent> {
        let meet = MeetPeople { digits: "0429".into() };
        bench.run(&staff(n), meet, RoomFacts::default()).unwrap()
    }

    fn told(decision: &Decision<RoomEvent>) -> Option<(StreamId, Vec<AccountId>)> {
        decision.effects.first().map(|effect| match &effect.order {
            Order::Meet { people, .. } => (effect.to, people.clone()),
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn those_who_come_in_time_share_a_group_and_others_begin_anew() {
        let mut bench = Bench::<Room>::new(meeting_id("0429").0);
        let first = meet(&mut bench, 1);
        assert!(first.effects.is_empty(), "nobody is there yet");
        bench.now += ROUND_MS - 1;
        let second = meet(&mut bench, 2);
        let (group, people) = told(&second).unwrap();
        assert_eq!(people, [account(1), account(2)]);
        let again = meet(&mut bench, 1);
        assert!(again.events.is_empty() && again.result == second.result, "{again:?}");
        let third = told(&meet(&mut bench, 3)).unwrap();
        assert_eq!((third.0, third.1.last()), (group, Some(&account(3))));
        bench.now += 1;
        assert!(meet(&mut bench, 4).effects.is_empty(), "a new round");
        let fifth = told(&meet(&mut bench, 5)).unwrap();
        assert_ne!(fifth.0, group);
        assert_eq!(fifth.1, [account(4), account(5)]);
        assert!(!bench.state.exists(), "the meeting itself is no conversation");
    }

    #[test]
    fn what_is_refused() {
        let id = meeting_id("0429").0;
        let digits = |digits: &str| MeetPeople { digits: digits.into() };
        let tired = RoomFacts { tries: TRIES_MAX, ..RoomFacts::default() };
        for (sender, command, facts, code) in [
            (staff(1), digits("429"), RoomFacts::default(), "hub.invalid"),
            (staff(1), digits("042x"), RoomFacts::default(), "hub.invalid"),
            (staff(1), digits("٠٤٢٩"), RoomFacts::default(), "hub.invalid"),
            (staff(1), digits("1111"), RoomFacts::default(), "room.wrong_stream"),
            (who(1, &[]), digits("0429"), RoomFacts::default(), "room.not_allowed"),
            (staff(1), digits("0429"), tired, "room.meet_too_often"),
        ] {
            let mut bench = Bench::<Room>::new(id);
            assert_eq!(bench.run(&sender, command, facts).unwrap_err().code, code);
        }
    }

    #[test]
    fn the_group_does_not_depend_on_the_order_of_arrival() {
        let orders = |order: [usize; 3]| {
            let mut bench = Bench::<Room>::new(met_id(meeting_id("0429").0, 1).0);
            let told = [vec![1, 2], vec![1, 2, 3], vec![1, 2, 4]];
            for n in order {
                let people = told[n].iter().map(|n| account(*n)).collect();
                bench.settle(Order::Meet { people, name: "0429".into() }).unwrap();
            }
            bench.state.members().collect::<Vec<_>>()
        };
        let all = orders([0, 1, 2]);
        assert_eq!(all.len(), 4);
        assert_eq!(all, orders([2, 1, 0]));
        assert_eq!(all, orders([1, 2, 0]));
    }

    #[test]
    fn who_left_is_not_brought_back() {
        let mut bench = Bench::<Room>::new(met_id(meeting_id("0429").0, 1).0);
        let meet = |people: &[u128]| Order::Meet {
            people: people.iter().map(|n| account(*n)).collect(),
            name: "0429".into(),
        };
        bench.settle(meet(&[1, 2])).unwrap();
        let leave = protocol::room::LeaveRoom {};
        bench.run(&who(2, &[]), leave, RoomFacts::default()).unwrap();
        bench.settle(meet(&[1, 2, 3])).unwrap();
        assert_eq!(bench.state.role_of(account(2)), None);
        assert!(bench.state.role_of(account(3)).is_some());
    }
}
