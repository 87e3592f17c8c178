//! Groups in random histories: invites, requests, mutes, notices, urgent messages, face to
//! face, the end of a room. What they promise is read from the log alone, by an oracle that
//! knows nothing of the state.

use super::{Live, PEOPLE, person, who};
use domain::{
    Order, Who,
    room::{Room, RoomFacts, meeting_id},
};
use proptest::prelude::*;
use protocol::{AccountId, Millis, Seq, room::*};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

#[derive(Clone, Debug)]
enum Ask {
    Say { urgent: bool },
    Acknowledge { back: Seq },
    Fire { back: Seq },
    Recall { back: Seq },
    Invite { life: Millis, approval: bool, uses_max: Option<u32> },
    Revoke { back: Seq },
    Join { token: u8 },
    Admit { person: u8, yes: bool },
    Mute { person: u8, ms: Option<Millis> },
    MuteAll { on: bool },
    Notice { text: bool },
    Confirm { back: Seq },
    Leave,
    Transfer { person: u8 },
    Dissolve,
    Wait { ms: Millis },
}

fn asks() -> impl Strategy<Value = Ask> {
    let back = || 0u64..8;
    prop_oneof![
        4 => prop::bool::weighted(0.4).prop_map(|urgent| Ask::Say { urgent }),
        2 => back().prop_map(|back| Ask::Acknowledge { back }),
        3 => back().prop_map(|back| Ask::Fire { back }),
        1 => back().prop_map(|back| Ask::Recall { back }),
        3 => (1i64..60_000, any::<bool>(), prop::option::of(1u32..3))
            .prop_map(|(life, approval, uses_max)| Ask::Invite { life, approval, uses_max }),
        1 => back().prop_map(|back| Ask::Revoke { back }),
        6 => (0u8..4).prop_map(|token| Ask::Join { token }),
        2 => (0..PEOPLE, any::<bool>()).prop_map(|(person, yes)| Ask::Admit { person, yes }),
        2 => (0..PEOPLE, prop::option::of(1i64..60_000))
            .prop_map(|(person, ms)| Ask::Mute { person, ms }),
        1 => any::<bool>().prop_map(|on| Ask::MuteAll { on }),
        1 => any::<bool>().prop_map(|text| Ask::Notice { text }),
        2 => back().prop_map(|back| Ask::Confirm { back }),
        1 => Just(Ask::Leave),
        1 => (0..PEOPLE).prop_map(|person| Ask::Transfer { person }),
        1 => prop::bool::weighted(0.1)
            .prop_map(|yes| if yes { Ask::Dissolve } else { Ask::Wait { ms: 10_000 } }),
    ]
}

struct Scene {
    live: Live<Room>,
    now: Millis,
    tokens: u8,
}

impl Scene {
    fn new() -> Self {
        let mut live = Live::new(Uuid::from_u128(0x900));
        let create = CreateRoom { name: "组".into(), members: vec![person(1)] }.into();
        live.step(&who(0), 1_000_000, |state, context| {
            domain::Entity::decide(state, &create, &RoomFacts::default(), context)
        })
        .expect("staff may");
        Self { live, now: 1_000_000, tokens: 0 }
    }

    fn take(&mut self, by: u8, ask: &Ask) {
        let head = self.live.log.len() as Seq;
        let from = |back: &Seq| head.saturating_sub(*back);
        let command: RoomCommand = match ask {
            Ask::Say { urgent } => {
                SendMessage { text: "好".into(), urgent: *urgent, ..SendMessage::default() }.into()
            }
            Ask::Acknowledge { back } => AcknowledgeMessage { seq: from(back) }.into(),
            Ask::Fire { back } => return self.fire(from(back)),
            Ask::Recall { back } => RecallMessage { seq: from(back) }.into(),
            Ask::Invite { life, approval, uses_max } => {
                self.tokens = (self.tokens + 1) % 4;
                let expires_at = self.now + life;
                CreateInvite { expires_at, approval: *approval, uses_max: *uses_max }.into()
            }
            Ask::Revoke { back } => RevokeInvite { seq: from(back) }.into(),
            Ask::Join { token } => JoinRoom { invite: format!("token-{token}") }.into(),
            Ask::Admit { person: n, yes } => AdmitMember { account: person(*n), yes: *yes }.into(),
            Ask::Mute { person: n, ms } => {
                MuteMember { account: person(*n), until: ms.map(|ms| self.now + ms) }.into()
            }
            Ask::MuteAll { on } => SetMuted { on: *on }.into(),
            Ask::Notice { text } => {
                let text = if *text { "通知".to_owned() } else { String::new() };
                SetNotice { text, confirm: true }.into()
            }
            Ask::Confirm { back } => ConfirmNotice { seq: from(back) }.into(),
            Ask::Leave => LeaveRoom {}.into(),
            Ask::Transfer { person: n } => TransferOwner { account: person(*n) }.into(),
            Ask::Dissolve => DissolveRoom {}.into(),
            Ask::Wait { ms } => return self.now += ms,
        };
        let token = Some(format!("token-{}", self.tokens));
        let facts = RoomFacts { token, ..RoomFacts::default() };
        // A refusal changes nothing: that is checked like everything else.
        let _ = self.live.step(&who(by), self.now, |state, context| {
            domain::Entity::decide(state, &command, &facts, context)
        });
    }

    /// Timers come late, and for messages that never were.
    fn fire(&mut self, seq: Seq) {
        let order = Order::TimerFired { name: format!("urgent:{seq}") };
        let settled = self.live.step(&Who::hub(), self.now, |state, context| {
            domain::Entity::settle(state, &order, context)
        });
        assert!(settled.is_ok(), "a timer is never refused");
    }
}

/// What the log has said so far.
#[derive(Default)]
struct Told {
    members: BTreeMap<AccountId, MemberRole>,
    /// Until when it is good, how many it is for, and how many came.
    invites: BTreeMap<Seq, (Millis, u32, u32)>,
    waiting: BTreeSet<AccountId>,
    muted: BTreeMap<AccountId, Millis>,
    all_muted: bool,
    notice: Option<Seq>,
    acknowledged: BTreeSet<(Seq, AccountId)>,
    dissolved: bool,
}

impl Told {
    fn hear(&mut self, seq: Seq, at: Millis, by: Option<AccountId>, event: &RoomEvent) {
        use RoomEvent as E;
        let may_follow = matches!(event, E::MemberRemoved(_) | E::MemberRoleChanged(_));
        // A timer that ends, and an acknowledgement, take nothing from anybody.
        let quiet = matches!(event, E::UrgentRepeated(_) | E::MessageAcknowledged(_));
        let recalled = matches!(event, E::MessageRecalled(_));
        assert!(!self.dissolved || may_follow || quiet || recalled, "after the end: {event:?}");
        match event {
            E::RoomCreated(created) => {
                self.members = created.members.iter().map(|m| (m.account, m.role)).collect();
            }
            E::MemberAdded(added) => {
                self.waiting.remove(&added.account);
                assert!(self.members.insert(added.account, added.role).is_none(), "in twice");
            }
            E::MemberRemoved(removed) => drop(self.members.remove(&removed.account)),
            E::MemberRoleChanged(changed) => {
                self.members.insert(changed.account, changed.role);
            }
            E::MessageSent(_) => {
                let by = by.expect("people write");
                let role = self.members[&by];
                let free = role > MemberRole::Member;
                assert!(free || !self.all_muted, "muted with all others");
                assert!(free || self.muted.get(&by).is_none_or(|until| at >= *until), "muted");
            }
            E::MemberMuted(muted) => match muted.until {
                Some(until) => drop(self.muted.insert(muted.account, until)),
                None => drop(self.muted.remove(&muted.account)),
            },
            E::RoomMuted(muted) => self.all_muted = muted.on,
            E::InviteCreated(made) => {
                let max = made.uses_max.unwrap_or(u32::MAX);
                self.invites.insert(seq, (made.expires_at, max, 0));
            }
            E::InviteRevoked(revoked) => self.invites.entry(revoked.seq).or_default().0 = 0,
            E::InviteUsed(InviteUsed { seq }) | E::JoinRequested(JoinRequested { seq }) => {
                let (until, max, uses) = self.invites.get_mut(seq).expect("it was made");
                *uses += 1;
                assert!(at < *until && *uses <= *max, "an invite that was good no more");
                if matches!(event, E::JoinRequested(_)) {
                    assert!(self.waiting.insert(by.expect("people ask")), "waits twice");
                }
            }
            E::JoinRefused(refused) => assert!(self.waiting.remove(&refused.account)),
            E::NoticeSet(set) => self.notice = (!set.text.is_empty()).then_some(seq),
            E::NoticeConfirmed(confirmed) => assert_eq!(Some(confirmed.seq), self.notice),
            E::MessageAcknowledged(done) => {
                let by = by.expect("people acknowledge");
                assert!(self.acknowledged.insert((done.seq, by)), "acknowledged twice");
            }
            E::UrgentRepeated(again) => {
                for account in &again.waiting {
                    assert!(self.members.contains_key(account), "shown to who has left");
                    assert!(!self.acknowledged.contains(&(again.seq, *account)), "shown again");
                }
            }
            E::RoomDissolved(_) => self.dissolved = true,
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn groups_keep_their_promises(
        history in prop::collection::vec((0..PEOPLE, asks()), 1..80),
    ) {
        let mut scene = Scene::new();
        for (by, ask) in &history {
            // The owner asks half of the time: anybody else is mostly refused.
            let by = if by % 2 == 0 { owner(&scene.live).unwrap_or(*by) } else { *by };
            scene.take(by, ask);
            scene.live.check_loading();
        }
        let mut told = Told::default();
        for (seq, at, by, event) in &scene.live.log {
            told.hear(*seq, *at, *by, event);
        }
        let members: BTreeMap<_, _> = scene.live.state.members().collect();
        prop_assert_eq!(members, told.members);
    }

    /// Two nodes decide on the same head; the store takes one, the other decides again. However
    /// those who come are spread over them, everybody of a round is in its one group.
    #[test]
    fn everybody_of_a_round_is_in_its_group(
        comers in prop::collection::vec((0..PEOPLE, 0i64..120_000), 2..12),
        order in any::<u64>(),
    ) {
        let meeting = meeting_id("0429").0;
        let mut live: Live<Room> = Live::new(meeting);
        let (mut now, mut orders) = (1_000_000, vec![]);
        let meet = MeetPeople { digits: "0429".into() }.into();
        for (n, pause) in comers {
            now += pause;
            let decision = live.step(&who(n), now, |state, context| {
                domain::Entity::decide(state, &meet, &RoomFacts::default(), context)
            });
            orders.extend(decision.expect("staff may meet").effects);
        }
        // Of each round of the log: who came.
        let mut rounds: BTreeMap<Seq, Vec<AccountId>> = BTreeMap::new();
        for (_, _, by, event) in &live.log {
            if let RoomEvent::PersonMet(met) = event {
                rounds.entry(met.round).or_default().push(by.expect("people meet"));
            }
        }
        let mut groups: BTreeMap<Uuid, Live<Room>> = BTreeMap::new();
        let length = orders.len().max(1);
        let turn = usize::try_from(order % length as u64).unwrap_or(0);
        orders.rotate_left(turn);
        for effect in orders {
            let group = groups.entry(effect.to.id).or_insert_with(|| Live::new(effect.to.id));
            let settled = group.step(&Who::hub(), now, |state, context| {
                domain::Entity::settle(state, &effect.order, context)
            });
            prop_assert!(settled.is_ok());
        }
        let met: BTreeSet<BTreeSet<AccountId>> = rounds
            .into_values()
            .filter(|people| people.len() > 1)
            .map(|people| people.into_iter().collect())
            .collect();
        let made: BTreeSet<BTreeSet<AccountId>> = groups
            .values()
            .map(|group| group.state.members().map(|(account, _)| account).collect())
            .collect();
        prop_assert_eq!(met, made);
    }
}

fn owner(live: &Live<Room>) -> Option<u8> {
    (0..PEOPLE).find(|n| live.state.role_of(person(*n)) == Some(MemberRole::Owner))
}
