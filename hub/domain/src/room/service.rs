//! Services: many askers, a desk of agents, a thread between each asker and the desk.
//! Invariants: an asker has one thread with a service, whoever opens it, because its id
//! follows from the two; a thread has at most one agent, and none takes it from another by
//! accident. A desk is a group: its members are the agents, and every agent may read every
//! thread of the desk (the watch asks the store, `Shell::admits`); the one who has a thread is
//! its member and writes in it. What becomes of a thread is told to the desk, where all see it.
//! A note is a whisper in a thread among its agents: any of them writes one, the asker is never
//! among its readers.

use super::{DeskFacts, Room, RoomFacts, all_known, conflict, create, forbidden};
use crate::{Context, Decision, Order};
use protocol::{
    AccountId, EntityKind, ErrorBody, ErrorKind, Permission, RoomId, StreamId,
    limits::{ANSWER_CHARS_MAX, ANSWERS_MAX, NAME_CHARS_MAX},
    room::{
        AnswersSet, AssignThread, CreateDesk, Member, MemberAdded, MemberRemoved, MemberRole,
        OpenService, RoomCreated, RoomEvent, RoomKind, SendMessage, SetAnswers, ThreadAssigned,
        ThreadChanged, ThreadClosed, ThreadOpened,
    },
};
use serde::{Deserialize, Serialize};

/// What a thread knows of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Thread {
    pub(super) service: RoomId,
    pub(super) asker: AccountId,
    pub(super) agent: Option<AccountId>,
    pub(super) open: bool,
}

/// The thread of one asker with one service.
pub fn thread_id(service: RoomId, asker: AccountId) -> RoomId {
    create::derived_id(&[b"service thread", service.0.as_bytes(), asker.0.as_bytes()])
}

pub(super) fn create_desk(
    room: &Room,
    command: &CreateDesk,
    facts: &RoomFacts,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    // A service speaks for an office: whoever answers for the office opens it.
    if !context.who.may_somewhere(Permission::AccountManage) {
        return Err(forbidden("room.not_allowed", "needs account.manage"));
    }
    create::start(room, RoomKind::Desk, &command.name, &command.members, facts, context)
}

/// The sender manages the desk.
pub(super) fn runs_desk(room: &Room, context: &Context<'_>) -> Result<(), ErrorBody> {
    room.group_sender(context.who, MemberRole::Admin)?;
    match room.kind {
        Some(RoomKind::Desk) => Ok(()),
        _ => Err(conflict("room.not_desk", "this is a desk's")),
    }
}

pub(super) fn set_answers(
    room: &Room,
    command: &SetAnswers,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    runs_desk(room, context)?;
    if command.answers.len() > ANSWERS_MAX {
        return Err(ErrorBody::invalid("answers", format!("at most {ANSWERS_MAX}")));
    }
    let fits = |text: &str, max| !text.trim().is_empty() && text.chars().count() <= max;
    let good = command
        .answers
        .iter()
        .all(|answer| fits(&answer.title, NAME_CHARS_MAX) && fits(&answer.text, ANSWER_CHARS_MAX));
    if !good {
        let message = format!(
            "a title of at most {NAME_CHARS_MAX} and a text of at most {ANSWER_CHARS_MAX} characters"
        );
        return Err(ErrorBody::invalid("answers", message));
    }
    Ok(Decision::event(AnswersSet { answers: command.answers.clone() }))
}

pub(super) fn open(
    room: &Room,
    command: &OpenService,
    facts: &RoomFacts,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    let service = command.service;
    let me = asker(service, context)?;
    if room.group.thread.as_ref().is_some_and(|thread| thread.open) {
        return Ok(Decision::nothing());
    }
    let decision = seat(room, me, facts, context)?.and(ThreadOpened { service, asker: me });
    Ok(tell_desk(decision, service, me, None, true, context))
}

/// The sender, whose thread this must be.
pub(super) fn asker(service: RoomId, context: &Context<'_>) -> Result<AccountId, ErrorBody> {
    let me = context.who.account.ok_or_else(create::no_account)?;
    if context.stream.id == thread_id(service, me).0 {
        return Ok(me);
    }
    let message = "not the thread of this asker";
    Err(ErrorBody::new(ErrorKind::Invalid, "room.wrong_stream", message).field("stream"))
}

/// The asker is in the thread, which is made at the first time; again, when they had left it.
pub(super) fn seat(
    room: &Room,
    me: AccountId,
    facts: &RoomFacts,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    if room.role_of(me).is_some() {
        return Ok(Decision::nothing());
    }
    let role = MemberRole::Member;
    let seated = if room.exists() {
        Decision::event(MemberAdded { account: me, role })
    } else {
        let Some(DeskFacts { name }) = &facts.desk else { return Err(not_found()) };
        let members = vec![Member { account: me, role }];
        Decision::event(RoomCreated { kind: RoomKind::Service, name: name.clone(), members })
    };
    Ok(seated.tell(me.into(), Order::JoinStream { stream: context.stream }))
}

pub(super) fn not_found() -> ErrorBody {
    let message = "no such service";
    ErrorBody::new(ErrorKind::NotFound, "room.service_not_found", message).field("service")
}

/// Whoever has another's thread before them is told so, unless they take it over knowingly.
pub(super) fn assign(
    room: &Room,
    command: &AssignThread,
    facts: &RoomFacts,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    let thread = of_agent(room, facts, context)?;
    let account = command.account;
    if !thread.open {
        return Err(conflict("room.thread_closed", "its asker has nothing more to ask"));
    }
    all_known("account", &[account], facts)?;
    if !facts.agents.contains(&account) {
        let message = "not an agent of this service";
        return Err(ErrorBody::new(ErrorKind::Invalid, "room.not_agent", message).field("account"));
    }
    if account == thread.asker {
        return Err(conflict("room.peer_is_self", "nobody answers their own question"));
    }
    if thread.agent == Some(account) {
        return Ok(Decision::nothing());
    }
    let from = thread.agent;
    if from.is_some() && from != context.who.account && !command.over {
        return Err(conflict("room.thread_taken", "another agent has it; take it over?"));
    }
    let mut decision = Decision::event(ThreadAssigned { account, from });
    if room.role_of(account).is_none() {
        decision = decision
            .and(MemberAdded { account, role: MemberRole::Member })
            .tell(account.into(), Order::JoinStream { stream: context.stream });
    }
    if let Some(from) = from {
        decision = left(decision, from, context);
    }
    Ok(tell_desk(decision, thread.service, thread.asker, Some(account), true, context))
}

pub(super) fn close(
    room: &Room,
    facts: &RoomFacts,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    let thread = of_agent(room, facts, context)?;
    if !thread.open {
        return Ok(Decision::nothing());
    }
    Ok(ended(thread, context))
}

/// The thread leaves the row, and its agent the thread.
pub(super) fn ended(thread: &Thread, context: &Context<'_>) -> Decision<RoomEvent> {
    let mut decision = Decision::event(ThreadClosed {});
    if let Some(agent) = thread.agent {
        decision = left(decision, agent, context);
    }
    tell_desk(decision, thread.service, thread.asker, None, false, context)
}

/// The sender of a note: an agent, whoever has the thread.
pub(super) fn noting(
    room: &Room,
    command: &SendMessage,
    facts: &RoomFacts,
    context: &Context<'_>,
) -> Option<AccountId> {
    let me = context.who.account.filter(|me| facts.agents.contains(me))?;
    (room.kind == Some(RoomKind::Service) && !command.visible_to.is_empty()).then_some(me)
}

/// Whether a note may be for this account; `None`: the room has no notes.
pub(super) fn hears_notes(room: &Room, account: AccountId, facts: &RoomFacts) -> Option<bool> {
    let thread = room.group.thread.as_ref()?;
    Some(account != thread.asker && facts.agents.contains(&account))
}

fn left(
    decision: Decision<RoomEvent>,
    account: AccountId,
    context: &Context<'_>,
) -> Decision<RoomEvent> {
    decision
        .and(MemberRemoved { account, left: false })
        .tell(account.into(), Order::LeaveStream { stream: context.stream })
}

/// The thread, of which the sender must be an agent.
fn of_agent<'a>(
    room: &'a Room,
    facts: &RoomFacts,
    context: &Context<'_>,
) -> Result<&'a Thread, ErrorBody> {
    let Some(thread) = &room.group.thread else {
        return Err(ErrorBody::new(ErrorKind::NotFound, "room.not_found", "no such thread"));
    };
    match context.who.account {
        Some(me) if facts.agents.contains(&me) => Ok(thread),
        _ => Err(forbidden("room.not_agent", "only agents of the service may")),
    }
}

fn tell_desk(
    decision: Decision<RoomEvent>,
    service: RoomId,
    asker: AccountId,
    agent: Option<AccountId>,
    open: bool,
    context: &Context<'_>,
) -> Decision<RoomEvent> {
    let thread = RoomId(context.stream.id);
    let order = Order::ThreadChanged { thread, asker, agent, open };
    decision.tell(StreamId::new(EntityKind::Room, service.0), order)
}

/// At the desk: what a thread has told.
pub(super) fn settle(room: &Room, changed: ThreadChanged) -> Decision<RoomEvent> {
    match room.kind {
        Some(RoomKind::Desk) => Decision::event(changed),
        _ => Decision::nothing(),
    }
}

pub(super) fn apply_opened(room: &mut Room, opened: &ThreadOpened) {
    let ThreadOpened { service, asker } = *opened;
    room.group.thread = Some(Thread { service, asker, agent: None, open: true });
}

pub(super) fn apply_assigned(room: &mut Room, assigned: &ThreadAssigned) {
    if let Some(thread) = &mut room.group.thread {
        thread.agent = Some(assigned.account);
    }
}

pub(super) fn apply_closed(room: &mut Room) {
    if let Some(thread) = &mut room.group.thread {
        thread.agent = None;
        thread.open = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::send_message::tests::say;
    use crate::testing::{Bench, account, who};
    use protocol::{
        Role,
        room::{CannedAnswer, CloseThread, RoomCommand},
    };
    use uuid::Uuid;

    const DESK: RoomId = RoomId(Uuid::from_u128(0x800));

    /// 2 and 3 are agents.
    fn facts() -> RoomFacts {
        let desk = Some(DeskFacts { name: "医保咨询".into() });
        RoomFacts { desk, agents: vec![account(2), account(3)], ..RoomFacts::default() }
    }

    fn run(
        bench: &mut Bench<Room>,
        n: u128,
        command: impl Into<RoomCommand>,
    ) -> Result<usize, String> {
        let done = bench.run(&who(n, &[]), command.into(), facts());
        done.map(|done| done.events.len()).map_err(|error| error.code.into_owned())
    }

    fn assign(n: u128, over: bool) -> AssignThread {
        AssignThread { account: account(n), over }
    }

    /// The thread of the asker 1.
    fn thread() -> Bench<Room> {
        let mut bench = Bench::new(thread_id(DESK, account(1)).0);
        assert_eq!(run(&mut bench, 1, OpenService { service: DESK }), Ok(2));
        bench
    }

    #[test]
    fn an_asker_has_one_thread_and_the_desk_is_told() {
        let mut bench = Bench::<Room>::new(thread_id(DESK, account(1)).0);
        let open = OpenService { service: DESK };
        let nowhere = bench.run(&who(1, &[]), open.clone(), RoomFacts::default()).unwrap_err();
        assert_eq!(nowhere.code, "room.service_not_found");
        assert_eq!(run(&mut bench, 4, open.clone()), Err("room.wrong_stream".into()));
        let done = bench.run(&who(1, &[]), open.clone(), facts()).unwrap();
        let thread = RoomId(bench.stream.id);
        let order = Order::ThreadChanged { thread, asker: account(1), agent: None, open: true };
        assert_eq!(done.effects.last().map(|effect| &effect.order), Some(&order));
        assert_eq!(run(&mut bench, 1, open), Ok(0));
        let mut desk = Bench::<Room>::new(DESK.0);
        let manager = who(2, &[(Role::HallManager, 2)]);
        let create = CreateDesk { name: "医保咨询".into(), members: vec![account(3)] };
        let refused = desk.run(&who(2, &[(Role::CounterStaff, 2)]), create.clone(), facts());
        assert_eq!(refused.unwrap_err().code, "room.not_allowed");
        desk.run(&manager, create, facts()).unwrap();
        assert_eq!(desk.settle(order.clone()).unwrap().events.len(), 1);
        assert_eq!(bench.settle(order).unwrap(), Decision::nothing(), "a thread is no desk");
    }

    #[test]
    fn one_agent_has_it_and_none_takes_it_unawares() {
        let mut bench = thread();
        assert_eq!(run(&mut bench, 2, say("好")), Err("room.not_member".into()));
        for (n, command, expected) in [
            (1, assign(2, false), Err("room.not_agent")),
            (2, assign(4, false), Err("room.not_agent")),
            (2, assign(2, false), Ok(2)),
            (2, assign(2, false), Ok(0)),
            (3, assign(3, false), Err("room.thread_taken")),
            (3, assign(3, true), Ok(3)),
            (3, assign(2, false), Ok(3)),
        ] {
            assert_eq!(run(&mut bench, n, command), expected.map_err(str::to_owned));
        }
        assert_eq!(run(&mut bench, 2, say("请带身份证")), Ok(1));
        assert_eq!(run(&mut bench, 3, say("好")), Err("room.not_member".into()));
    }

    #[test]
    fn a_closed_thread_opens_again_and_waits() {
        let mut bench = thread();
        assert_eq!(run(&mut bench, 2, assign(2, false)), Ok(2));
        assert_eq!(run(&mut bench, 1, CloseThread {}), Err("room.not_agent".into()));
        assert_eq!(run(&mut bench, 3, CloseThread {}), Ok(2));
        assert_eq!(run(&mut bench, 3, CloseThread {}), Ok(0));
        assert_eq!(run(&mut bench, 1, say("还有")), Err("room.thread_closed".into()));
        assert_eq!(run(&mut bench, 2, assign(2, false)), Err("room.thread_closed".into()));
        assert_eq!(run(&mut bench, 1, OpenService { service: DESK }), Ok(1));
        assert_eq!(run(&mut bench, 1, say("还有")), Ok(1));
        let rename = protocol::room::RenameRoom { name: "a".into() };
        assert_eq!(run(&mut bench, 1, rename), Err("room.direct".into()));
    }

    #[test]
    fn a_note_is_among_agents_whoever_has_the_thread() {
        let note = |readers: &[u128]| SendMessage {
            visible_to: readers.iter().map(|n| account(*n)).collect(),
            ..say("他昨天来过")
        };
        let mut bench = thread();
        assert_eq!(run(&mut bench, 2, assign(2, false)), Ok(2));
        for (n, command, expected) in [
            (2, note(&[3]), Ok(1)),
            (3, note(&[2]), Ok(1)),
            (3, say("好"), Err("room.not_member")),
            (2, note(&[1]), Err("room.whisper_not_member")),
            (3, note(&[4]), Err("room.whisper_not_member")),
            (4, note(&[2]), Err("room.not_member")),
            (1, SendMessage { mention_all: true, ..note(&[2]) }, Err("hub.invalid")),
        ] {
            assert_eq!(run(&mut bench, n, command), expected.map_err(str::to_owned), "{n}");
        }
        let written = bench.run(&who(3, &[]), note(&[2]), facts()).unwrap();
        assert_eq!(written.audience.as_deref(), Some(&[account(2), account(3)][..]));
    }

    #[test]
    fn answers_are_a_desks_and_bounded() {
        let mut desk = Bench::<Room>::new(DESK.0);
        let manager = who(2, &[(Role::HallManager, 2)]);
        desk.run(&manager, CreateDesk { name: "医保".into(), members: vec![] }, facts()).unwrap();
        let answer = |text: &str| CannedAnswer { title: "材料".into(), text: text.into() };
        let set = |answers: Vec<CannedAnswer>| SetAnswers { answers };
        for (answers, expected) in [
            (vec![answer("身份证、户口簿")], Ok(1)),
            (vec![], Ok(1)),
            (vec![answer(" ")], Err("hub.invalid")),
            (vec![answer(&"字".repeat(ANSWER_CHARS_MAX + 1))], Err("hub.invalid")),
            (vec![answer("a"); ANSWERS_MAX + 1], Err("hub.invalid")),
        ] {
            assert_eq!(run(&mut desk, 2, set(answers)), expected.map_err(str::to_owned));
        }
        let mut group = crate::room::create::tests::group(&[2]);
        assert_eq!(run(&mut group, 2, set(vec![])), Err("room.not_desk".into()));
    }
}
