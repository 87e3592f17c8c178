//! Random histories over a few rooms and accounts, from a seed: whatever is asked, in
//! whatever order, the invariants hold after every step. A failing history prints shrunk.

mod groups;
mod messages;
mod scopes;
mod steps;
mod tasks;
mod units;

use domain::{
    Context, Decision, Entity, Order, Policy, UnitPlace, UnitTree, Who,
    account::{Account, AccountFacts},
    room::{Room, direct_room_id},
};
use proptest::prelude::*;
use protocol::{
    AccountId, ErrorBody, Grant, Millis, Role, RoomId, Seq, SessionId, StreamId, UnitId, UnitPath,
    account::*, room::*, unit::UnitKind,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use steps::{Ask, AskAccount, Step, steps};
use uuid::Uuid;

const PEOPLE: u8 = 6;
/// As a sender: whoever owns the room or the account that is asked.
const OWNER: u8 = PEOPLE;
/// Two groups and one direct room, of the persons 0 and 1.
const ROOMS: u8 = 3;

fn person(n: u8) -> AccountId {
    AccountId(Uuid::from_u128(0x100 + u128::from(n)))
}

fn session(n: u8) -> SessionId {
    SessionId(Uuid::from_u128(0x200 + u128::from(n)))
}

fn room_id(n: u8) -> Uuid {
    if n == 2 {
        direct_room_id(person(0), person(1)).0
    } else {
        Uuid::from_u128(0x300 + u128::from(n))
    }
}

fn hall() -> UnitPath {
    UnitPath(vec![UnitId(Uuid::from_u128(1)), UnitId(Uuid::from_u128(2))])
}

/// Small bounds, so that short histories reach them.
fn policy() -> Policy {
    Policy { room_members_max: 4, sign_in_failures_max: 3, sessions_max: 2, ..Policy::default() }
}

type Stored<E> = (Seq, Millis, Option<AccountId>, E);

/// One entity with everything that it ever said, as the journal would hold it.
struct Live<E: Entity> {
    stream: StreamId,
    state: E,
    log: Vec<Stored<E::Event>>,
    redacted: BTreeSet<Seq>,
    audiences: BTreeMap<Seq, Box<[AccountId]>>,
}

impl<E: Entity> Live<E>
where
    E::Event: Clone,
{
    fn new(id: Uuid) -> Self {
        let stream = StreamId::new(E::KIND, id);
        let (redacted, audiences) = (BTreeSet::new(), BTreeMap::new());
        Self { stream, state: E::default(), log: vec![], redacted, audiences }
    }

    fn step(
        &mut self,
        who: &Who,
        now: Millis,
        decide: impl FnOnce(&E, &Context<'_>) -> Result<Decision<E::Event>, ErrorBody>,
    ) -> Result<Decision<E::Event>, ErrorBody> {
        let policy = policy();
        let head = self.log.len() as Seq;
        let context = Context { stream: self.stream, who, now, policy: &policy, head };
        let decision = decide(&self.state, &context)?;
        for event in &decision.events {
            let seq = self.log.len() as Seq + 1;
            self.state.apply(seq, now, who.account, event);
            self.log.push((seq, now, who.account, event.clone()));
            self.audiences.extend(decision.audience.clone().map(|audience| (seq, audience)));
        }
        self.redacted.extend(&decision.redactions);
        Ok(decision)
    }

    /// What a fresh activation would load: redacted events have no body to apply.
    fn replayed(&self) -> E {
        let mut state = E::default();
        for (seq, at, by, event) in &self.log {
            if !self.redacted.contains(seq) {
                state.apply(*seq, *at, *by, event);
            }
        }
        state
    }

    fn check_loading(&self)
    where
        E: PartialEq + std::fmt::Debug,
    {
        assert_eq!(self.replayed(), self.state, "replay differs from the live state");
        let text = serde_json::to_string(&self.state).expect("a state is JSON");
        let back: E = serde_json::from_str(&text).expect("a snapshot reads back");
        assert_eq!(back, self.state, "the snapshot differs from the live state");
    }
}

struct World {
    rooms: Vec<Live<Room>>,
    accounts: Vec<Live<Account>>,
    now: Millis,
    /// Codes of the second factor used so far.
    steps: u64,
}

/// Everybody may start conversations; the last person also manages accounts.
fn who(n: u8) -> Who {
    let role = if n + 1 == PEOPLE { Role::HallManager } else { Role::CounterStaff };
    let grants = vec![Grant { role, unit: hall().0[1] }];
    let edges = hall().0.into_iter().zip([None, Some(hall().0[0])]);
    let tree: UnitTree = edges.collect();
    Who {
        account: Some(person(n)),
        session: Some(session(n)),
        grants,
        tree: Arc::new(tree),
        ..Who::default()
    }
}

fn account_facts(ok: bool, path: UnitPath) -> AccountFacts {
    AccountFacts {
        unit: Some(UnitPlace { path, kind: UnitKind::Hall, closed: false }),
        password_hash: Some("hash".into()),
        password_ok: Some(ok),
        code_ok: Some(ok),
        totp_sealed: Some("secret".into()),
        ..AccountFacts::default()
    }
}

impl World {
    fn new() -> Self {
        let mut world = Self {
            rooms: (0..ROOMS).map(|n| Live::new(room_id(n))).collect(),
            accounts: (0..2).map(|n| Live::new(person(n).0)).collect(),
            now: 1_000_000,
            steps: 0,
        };
        for (n, account) in world.accounts.iter_mut().enumerate() {
            let create = AccountCommand::from(CreateAccount {
                username: format!("person{n}"),
                names: Names { zh: "古丽".into(), ..Names::default() },
                unit: hall().0[1],
                post: String::new(),
                phone: None,
                password: Secret("Kashi-2026-x".into()),
                roles: vec![Role::CounterStaff],
            });
            let facts = account_facts(true, hall());
            account
                .step(&Who::hub(), world.now, |state, context| {
                    state.decide(&create, &facts, context)
                })
                .expect("the hub creates accounts");
        }
        world
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Room { room, by, ask } => self.ask_room(*room, *by, ask),
            Step::Account { account, by, ask } => self.ask_account(*account, *by, ask),
            Step::SignIn { account, session: n, right, code } => {
                self.sign_in(*account, *n, *right, *code);
            }
            Step::Wait { ms } => self.now += ms,
        }
    }

    fn ask_room(&mut self, room: u8, by: u8, ask: &Ask) {
        let live = &self.rooms[usize::from(room)];
        let head = live.log.len() as Seq;
        let from = |back: Seq| head.saturating_sub(back);
        let owner = (0..PEOPLE)
            .find(|n| live.state.role_of(person(*n)) == Some(MemberRole::Owner))
            .unwrap_or_default();
        let by = if by == OWNER { owner } else { by };
        let people = |numbers: &[u8]| numbers.iter().map(|n| person(*n)).collect::<Vec<_>>();
        let command: RoomCommand = match ask {
            Ask::Create { members } => {
                CreateRoom { name: "组".into(), members: people(members) }.into()
            }
            Ask::Open { peer } => OpenDirect { peer: person(*peer) }.into(),
            Ask::Say { reply_to, mention, readers, burns, forward } => SendMessage {
                text: "好".into(),
                reply_to: *reply_to,
                mentions: mention.iter().map(|n| person(*n)).collect(),
                visible_to: people(readers),
                burn_ms: burns.then_some(5_000),
                forward: forward.map(|back| {
                    let place = MessageRef { room: RoomId(live.stream.id), seq: from(back) };
                    Forward { title: "记录".into(), messages: vec![place] }
                }),
                ..SendMessage::default()
            }
            .into(),
            Ask::Edit { back } => EditMessage { seq: from(*back), text: "改".into() }.into(),
            Ask::React { back, on } => {
                React { seq: from(*back), emoji: "👍".into(), on: *on }.into()
            }
            Ask::Pin { back, on } => PinMessage { seq: from(*back), on: *on }.into(),
            Ask::Burn { back } => OpenMessage { seq: from(*back) }.into(),
            Ask::TimeUp { back } => return self.time_up(room, from(*back)),
            Ask::Recall { back } => RecallMessage { seq: from(*back) }.into(),
            Ask::Rename { name } => RenameRoom { name: name.clone() }.into(),
            Ask::Add { people: numbers } => AddMembers { accounts: people(numbers) }.into(),
            Ask::Remove { person: n } => RemoveMember { account: person(*n) }.into(),
            Ask::Leave => LeaveRoom {}.into(),
            Ask::SetRole { person: n, role } => {
                SetMemberRole { account: person(*n), role: *role }.into()
            }
        };
        let now = self.now;
        let live = &mut self.rooms[usize::from(room)];
        let facts = messages::facts(live, person(by), &command);
        let outcome =
            live.step(&who(by), now, |state, context| state.decide(&command, &facts, context));
        if let Ok(decision) = outcome {
            self.deliver(&decision);
        }
    }

    /// A timer may be late and may come twice.
    fn time_up(&mut self, room: u8, seq: Seq) {
        let order = Order::TimerFired { name: format!("burn:{seq}") };
        let live = &mut self.rooms[usize::from(room)];
        for time in 0..2 {
            let settled = live
                .step(&Who::hub(), self.now, |state, context| state.settle(&order, context))
                .expect("a timer is never refused");
            assert!(time == 0 || settled.events.is_empty(), "burnt twice");
        }
    }

    /// Orders arrive twice: the second changes nothing.
    fn deliver(&mut self, decision: &Decision<RoomEvent>) {
        for effect in &decision.effects {
            let Some(live) = self.accounts.iter_mut().find(|live| live.stream == effect.to) else {
                continue;
            };
            for time in 0..2 {
                let settled = live.step(&Who::hub(), self.now, |state, context| {
                    state.settle(&effect.order, context)
                });
                let events = settled.expect("an order is never refused").events;
                assert!(time == 0 || events.is_empty(), "a repeated order changed something");
            }
        }
    }

    fn ask_account(&mut self, account: u8, by: u8, ask: &AskAccount) {
        let secret = |text: &str| Secret(text.into());
        let grant = |role: &Role| Grant { role: *role, unit: hall().0[1] };
        let mut checked = true;
        let command: AccountCommand = match ask {
            AskAccount::ChangePassword { ok } => {
                checked = *ok;
                ChangePassword { current: secret("Kashi-2026-x"), new: secret("Other-2026-y") }
                    .into()
            }
            AskAccount::Reset => ResetPassword { password: secret("Third-2026-z") }.into(),
            AskAccount::Disable => DisableAccount {}.into(),
            AskAccount::Enable => EnableAccount {}.into(),
            AskAccount::SignOut { session: n } => SignOut { session: session(*n) }.into(),
            AskAccount::Everywhere { keep } => SignOutEverywhere { keep_current: *keep }.into(),
            AskAccount::Enrol => EnrolTotp {}.into(),
            AskAccount::Confirm { ok } => {
                checked = *ok;
                ConfirmTotp { code: secret("123456") }.into()
            }
            AskAccount::RemoveTotp { ok } => {
                checked = *ok;
                RemoveTotp { password: secret("Kashi-2026-x") }.into()
            }
            AskAccount::Grant { role } => GrantRole { grant: grant(role) }.into(),
            AskAccount::Revoke { role } => RevokeRole { grant: grant(role) }.into(),
        };
        let live = &mut self.accounts[usize::from(account)];
        let facts = account_facts(checked, hall());
        let locked = live.state.is_locked(self.now);
        let asked = who(if by == OWNER { account } else { by });
        let outcome =
            live.step(&asked, self.now, |state, context| state.decide(&command, &facts, context));
        let Ok(decision) = outcome else { return };
        // Nobody guesses for free: what was wrong is counted, and five of it lock.
        let owner = asked.account == Some(person(account));
        let guessed =
            matches!(command, AccountCommand::ChangePassword(_) | AccountCommand::RemoveTotp(_))
                && !checked;
        let counted = matches!(decision.events[..], [AccountEvent::CheckFailed(_)]);
        assert_eq!(counted, guessed && owner && !locked, "{command:?}");
        for event in &decision.events {
            match event {
                AccountEvent::PasswordChanged(changed) => {
                    assert!(changed.reset || (!locked && checked), "lock-out was bypassed");
                    let left: Vec<_> = live.state.sessions().collect();
                    let own = asked.session.filter(|_| !changed.reset);
                    assert!(left.iter().all(|id| Some(*id) == own), "a session outlived");
                }
                AccountEvent::TotpRemoved(_) => assert!(!locked && checked, "factor was removed"),
                AccountEvent::RoleGranted(granted) => {
                    assert_ne!(granted.grant.role, Role::Auditor, "power out of nothing");
                }
                _ => {}
            }
        }
    }

    fn sign_in(&mut self, account: u8, n: u8, right: bool, code_ok: Option<bool>) {
        let live = &mut self.accounts[usize::from(account)];
        self.steps += 1;
        let (locked, totp) = (live.state.is_locked(self.now), live.state.has_totp());
        let disabled = live.state.is_disabled();
        let order = Order::SignIn {
            password_ok: right,
            code_ok,
            // Codes of a time of their own: none is used twice.
            code_step: Some(self.steps),
            session: session(n),
            token_hash: "hash".into(),
            addr: "10.0.0.1".into(),
            agent: "sim".into(),
        };
        let outcome =
            live.step(&Who::hub(), self.now, |state, context| state.settle(&order, context));
        let signed_in = outcome.is_ok_and(|decision| {
            decision.events.iter().any(|event| matches!(event, AccountEvent::SignedIn(_)))
        });
        let entitled = right && !locked && !disabled && (!totp || code_ok == Some(true));
        assert_eq!(signed_in, entitled, "{order:?}");
    }

    fn check(&self) {
        for live in &self.rooms {
            check_room(live);
        }
        for live in &self.accounts {
            live.check_loading();
            assert!(live.state.sessions().count() <= policy().sessions_max);
            assert!(!live.state.is_disabled() || live.state.sessions().count() == 0);
        }
        // What an account believes to have joined is what the rooms say.
        for (n, live) in self.accounts.iter().enumerate() {
            let me = person(u8::try_from(n).expect("two accounts"));
            let joined = self.rooms.iter().filter(|room| room.state.role_of(me).is_some());
            let joined: BTreeSet<StreamId> = joined.map(|room| room.stream).collect();
            assert_eq!(&joined, live.state.streams());
        }
    }
}

fn check_room(live: &Live<Room>) {
    live.check_loading();
    messages::check(live);
    let mut members = BTreeSet::new();
    for (_, _, _, event) in &live.log {
        match event {
            RoomEvent::RoomCreated(created) => {
                members.extend(created.members.iter().map(|member| member.account));
            }
            RoomEvent::MemberAdded(added) => assert!(members.insert(added.account)),
            RoomEvent::MembersAdded(added) => members.extend(&added.accounts),
            RoomEvent::MemberRemoved(removed) => assert!(members.remove(&removed.account)),
            _ => {}
        }
    }
    assert_eq!(members, live.state.members().map(|(account, _)| account).collect());
    assert!(members.len() <= policy().room_members_max);
    let owners = live.state.members().filter(|(_, role)| *role == MemberRole::Owner).count();
    match live.state.kind() {
        Some(RoomKind::Group | RoomKind::Announcement | RoomKind::Desk) => {
            assert_eq!(owners, usize::from(!members.is_empty()))
        }
        Some(RoomKind::Direct) => assert_eq!((owners, members.len()), (0, 2)),
        Some(RoomKind::Service | RoomKind::Task | RoomKind::App) => assert_eq!(owners, 0),
        None => assert!(members.is_empty()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn invariants_hold_after_every_step(history in prop::collection::vec(steps(), 1..80)) {
        let mut world = World::new();
        for step in &history {
            world.take(step);
            world.check();
        }
    }

    /// Loaded events may be in any order that a bug or a tamperer thinks of: `apply` bears it.
    #[test]
    fn apply_never_panics(
        history in prop::collection::vec(steps(), 1..60),
        seqs in prop::collection::vec(any::<Seq>(), 60),
    ) {
        let mut world = World::new();
        history.iter().for_each(|step| world.take(step));
        let mut room = Room::default();
        let mut account = Account::default();
        let log = world.rooms.iter().flat_map(|live| live.log.iter().rev());
        for ((_, at, by, event), seq) in log.zip(&seqs) {
            room.apply(*seq, *at, *by, event);
        }
        let log = world.accounts.iter().flat_map(|live| live.log.iter().rev());
        for ((_, at, by, event), seq) in log.zip(&seqs) {
            account.apply(*seq, *at, *by, event);
        }
    }
}
