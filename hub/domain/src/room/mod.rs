//! A room: a conversation of two people or of a group.
//! Invariants: a group that is not empty has exactly one owner; a direct room keeps its two
//! members for ever; message texts are in no state, so redaction needs no rule here.
//! Absent on purpose: read positions (cursors of the store) and typing (a signal).

mod agent_signs;
mod burn;
mod calls;
mod create;
mod dissolve;
mod edit_message;
mod facts;
mod follow;
mod follow_service;
mod forward;
mod group;
mod hook;
mod invite;
mod join;
mod mail;
mod meet;
mod members;
mod messages;
mod mute;
mod notice;
mod owner;
mod part;
mod pin_message;
mod react;
mod recall_message;
mod rename;
mod seats;
mod send_message;
mod service;
mod urgent;
mod whisper;

use crate::{Context, Decision, Entity, Order, Reach, Who};
use group::Group;
use messages::{Messages, Sent};
use protocol::{
    AccountId, EntityKind, ErrorBody, ErrorKind, Millis, Permission, Seq,
    account::Names,
    call::CallEnd,
    room::{LinkCard, MemberRole, RoomCommand, RoomEvent, RoomKind, ThreadChanged},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub use create::{direct_room_id, own_room_id};
pub use facts::Known;
pub use follow::{Followed, app_room_id, task_room_id};
pub use hook::hook_room;
pub use invite::token_hash;
pub use join::refusal as join_refusal;
pub use meet::{ROUND_MS, meeting_id};
pub use part::link_host;
pub use service::thread_id;
pub(crate) use urgent::{MAIL_AFTER, REPEAT_MS, TIMES_MAX};

#[derive(Default)]
pub struct RoomFacts {
    /// Accounts named by the command that do not exist or are disabled.
    pub missing: Vec<AccountId>,
    /// Messages that the command names, where the sender may see them.
    pub known: Vec<Known>,
    /// What the sender has set under the message that the command names.
    pub reactions: Vec<String>,
    /// A fresh token, for an invite or an incoming webhook.
    pub token: Option<String>,
    /// Face-to-face rounds that the sender came to lately.
    pub tries: u32,
    /// The desk that the command names, if there is one.
    pub desk: Option<DeskFacts>,
    /// Who of the sender and those named is an agent of the thread's desk.
    pub agents: Vec<AccountId>,
    /// The task or the application that the command names, if there is one.
    pub followed: Option<Followed>,
    /// How the sender may reach whom the command concerns.
    pub reach: Vec<Reach>,
    /// The person whose card the command passes on, where the sender may see them.
    pub card: Option<(AccountId, Names)>,
    /// What the hub has read at the link that the command names.
    pub link: Option<LinkCard>,
}

/// What a thread takes from its desk.
#[derive(Clone, Debug, PartialEq)]
pub struct DeskFacts {
    pub name: String,
}

/// One member's place.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Seat {
    role: MemberRole,
    /// Counts up with every joining: the smaller, the longer here.
    order: u64,
    /// The notice that was confirmed last; 0: none.
    confirmed: Seq,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Room {
    /// `None`: nobody created it yet.
    kind: Option<RoomKind>,
    name: String,
    #[serde(with = "seats")]
    members: BTreeMap<AccountId, Seat>,
    joined: u64,
    messages: Messages,
    group: Group,
}

impl Room {
    pub fn exists(&self) -> bool {
        self.kind.is_some()
    }

    pub fn kind(&self) -> Option<RoomKind> {
        self.kind
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn role_of(&self, account: AccountId) -> Option<MemberRole> {
        self.members.get(&account).map(|seat| seat.role)
    }

    /// In order of their ids.
    pub fn members(&self) -> impl Iterator<Item = (AccountId, MemberRole)> + '_ {
        self.members.iter().map(|(account, seat)| (*account, seat.role))
    }

    /// The sender, who must be a member.
    fn sender(&self, who: &Who) -> Result<(AccountId, MemberRole), ErrorBody> {
        if !self.exists() {
            return Err(ErrorBody::new(ErrorKind::NotFound, "room.not_found", "no such room"));
        }
        who.account
            .and_then(|account| Some((account, self.role_of(account)?)))
            .ok_or_else(|| forbidden("room.not_member", "only members may"))
    }

    /// The sender, who must be a member of a group with at least this role.
    fn group_sender(
        &self,
        who: &Who,
        least: MemberRole,
    ) -> Result<(AccountId, MemberRole), ErrorBody> {
        let (account, role) = self.sender(who)?;
        self.changeable()?;
        if role < least {
            return Err(match least {
                MemberRole::Owner => forbidden("room.not_owner", "only the owner may"),
                _ => forbidden("room.not_admin", "only the owner and admins may"),
            });
        }
        Ok((account, role))
    }

    /// Whether members and settings of the room may change at all.
    fn changeable(&self) -> Result<(), ErrorBody> {
        if matches!(self.kind, Some(RoomKind::Direct | RoomKind::Service)) {
            return Err(conflict("room.direct", "a room of two sides stays as it is"));
        }
        self.keeps_its_own_members()?;
        if self.group.dissolved { Err(mute::dissolved()) } else { Ok(()) }
    }

    fn seat(&mut self, account: AccountId, role: MemberRole) {
        self.joined += 1;
        self.members.insert(account, Seat { role, order: self.joined, confirmed: 0 });
        self.group.requests.remove(&account);
    }
}

fn forbidden(code: &'static str, message: &str) -> ErrorBody {
    ErrorBody::new(ErrorKind::Forbidden, code, message)
}

fn conflict(code: &'static str, message: &str) -> ErrorBody {
    ErrorBody::new(ErrorKind::Conflict, code, message)
}

/// Named accounts must exist: nobody can answer from a disabled one.
fn all_known(field: &str, accounts: &[AccountId], facts: &RoomFacts) -> Result<(), ErrorBody> {
    match accounts.iter().find(|account| facts.missing.contains(account)) {
        None => Ok(()),
        Some(account) => {
            let message = format!("no such account, or it is disabled: {account}");
            Err(ErrorBody::new(ErrorKind::NotFound, "room.account_not_found", message).field(field))
        }
    }
}

impl Entity for Room {
    const KIND: EntityKind = EntityKind::Room;
    const SNAPSHOT_VERSION: u32 = 2;
    type Command = RoomCommand;
    type Event = RoomEvent;
    type Facts = RoomFacts;

    fn decide(
        &self,
        command: &RoomCommand,
        facts: &RoomFacts,
        context: &Context<'_>,
    ) -> Result<Decision<RoomEvent>, ErrorBody> {
        use RoomCommand as C;
        let decided = match command {
            RoomCommand::CreateRoom(command) => create::group(self, command, facts, context),
            RoomCommand::OpenDirect(command) => create::direct(self, command, facts, context),
            RoomCommand::SendMessage(command) => {
                send_message::decide(self, command, facts, context)
            }
            RoomCommand::RecallMessage(command) => recall_message::decide(self, command, context),
            RoomCommand::EditMessage(command) => {
                edit_message::decide(self, command, facts, context)
            }
            RoomCommand::React(command) => react::decide(self, command, facts, context),
            RoomCommand::PinMessage(command) => pin_message::decide(self, command, facts, context),
            RoomCommand::OpenMessage(command) => burn::open(self, command, context),
            RoomCommand::RenameRoom(command) => rename::decide(self, command, context),
            RoomCommand::AddMembers(command) => members::add(self, command, facts, context),
            RoomCommand::RemoveMember(command) => members::remove(self, command, context),
            RoomCommand::LeaveRoom(_) => members::leave(self, context),
            RoomCommand::SetMemberRole(command) => members::set_role(self, command, context),
            C::CreateAnnouncement(command) => create::announcement(self, command, facts, context),
            C::TransferOwner(command) => owner::transfer(self, command, context),
            C::DissolveRoom(_) => dissolve::decide(self, context),
            C::SetNotice(command) => notice::set(self, command, context),
            C::ConfirmNotice(command) => notice::confirm(self, command, context),
            C::SetMuted(command) => mute::all(self, command, context),
            C::MuteMember(command) => mute::member(self, command, context),
            C::CreateInvite(command) => invite::create(self, command, facts, context),
            C::RevokeInvite(command) => invite::revoke(self, command, context),
            C::JoinRoom(command) => join::join(self, command, context),
            C::AdmitMember(command) => join::admit(self, command, context),
            C::MeetPeople(command) => meet::decide(self, command, facts, context),
            C::AcknowledgeMessage(command) => urgent::acknowledge(self, command, context),
            C::CreateDesk(command) => service::create_desk(self, command, facts, context),
            C::SetAnswers(command) => service::set_answers(self, command, context),
            C::SetAgentSigns(command) => agent_signs::set(self, command, context),
            C::FollowService(command) => follow_service::follow(self, command, facts, context),
            C::UnfollowService(command) => follow_service::unfollow(self, command, context),
            C::OpenService(command) => service::open(self, command, facts, context),
            C::AssignThread(command) => service::assign(self, command, facts, context),
            C::CloseThread(_) => service::close(self, facts, context),
            C::OpenTask(command) => follow::open_task(self, command, facts, context),
            C::OpenApp(command) => follow::open_app(self, command, facts, context),
            C::CreateHook(command) => hook::create(self, command, facts, context),
            C::RevokeHook(command) => hook::revoke(self, command, context),
            // The cursor is the actor's to move: reading changes nothing in the room.
            RoomCommand::MarkRead(_) => self.sender(context.who).map(|_| Decision::nothing()),
        };
        decided.map(|decision| calls::put_out(self, decision, context))
    }

    /// An order that went astray must not be retried for ever.
    fn settle(
        &self,
        order: &Order,
        context: &Context<'_>,
    ) -> Result<Decision<RoomEvent>, ErrorBody> {
        let settled = match order {
            Order::TimerFired { name } => match burn::of_timer(name) {
                Some(seq) => burn::burn(self, seq),
                None => urgent::fired(self, name, context).unwrap_or_default(),
            },
            Order::OpenOwn { account } => create::own(self, *account, context),
            Order::Meet { people, name } => meet::settle(self, people, name, context),
            Order::ThreadChanged { thread, asker, agent, open } => {
                let (thread, asker, agent, open) = (*thread, *asker, *agent, *open);
                service::settle(self, ThreadChanged { thread, asker, agent, open })
            }
            Order::SeatPeople { people, name, over } => {
                follow::settle(self, people, name, *over, context.stream)
            }
            Order::HookMessage { token_hash, text, mention_all } => {
                hook::message(self, token_hash, text, *mention_all, context)
            }
            other => calls::settle(self, other).unwrap_or_default(),
        };
        Ok(calls::put_out(self, settled, context))
    }

    fn apply(&mut self, seq: Seq, at: Millis, by: Option<AccountId>, event: &RoomEvent) {
        match event {
            RoomEvent::RoomCreated(created) => {
                self.kind = Some(created.kind);
                self.name = created.name.clone();
                for member in &created.members {
                    self.seat(member.account, member.role);
                }
            }
            RoomEvent::MemberAdded(added) => self.seat(added.account, added.role),
            RoomEvent::MembersAdded(added) => {
                added.accounts.iter().for_each(|one| self.seat(*one, MemberRole::Member));
            }
            RoomEvent::MemberRemoved(removed) => {
                self.members.remove(&removed.account);
            }
            RoomEvent::MemberRoleChanged(changed) => {
                if let Some(seat) = self.members.get_mut(&changed.account) {
                    seat.role = changed.role;
                }
            }
            RoomEvent::RoomRenamed(renamed) => self.name = renamed.name.clone(),
            RoomEvent::MessageSent(sent) => {
                self.messages.on_sent(Sent { seq, by, at }, sent);
                if sent.urgent {
                    urgent::apply_sent(self, seq, by);
                }
            }
            RoomEvent::MessageRecalled(recalled) => {
                self.messages.on_gone(recalled.seq);
                urgent::apply_gone(self, recalled.seq);
            }
            RoomEvent::MessageEdited(edited) => self.messages.on_edited(edited.seq, seq),
            RoomEvent::MessagePinned(pinned) => self.messages.on_pinned(pinned.seq, pinned.on),
            RoomEvent::MessageOpened(open) => self.messages.on_opened(open.seq, open.burns_at),
            RoomEvent::MessageBurnt(burnt) => {
                self.messages.on_gone(burnt.seq);
                urgent::apply_gone(self, burnt.seq);
            }
            // The store keeps them: a rule needs only the sender's own.
            RoomEvent::MessageReacted(_) => {}
            other => group::apply(self, seq, at, by, other),
        }
        self.messages.forget_before(seq);
    }

    fn may_watch(&self, who: &Who) -> bool {
        who.account.is_some_and(|account| self.members.contains_key(&account))
            // A room belongs to no unit: it is for auditors of the whole organisation.
            || who.may_everywhere(Permission::AuditRead)
    }

    fn counts(event: &RoomEvent) -> bool {
        // A whisper is counted by its readers' own rows: the tally is everybody's.
        match event {
            RoomEvent::MessageSent(sent) => sent.visible_to.is_empty(),
            RoomEvent::RoomCallEnded(ended) => {
                matches!(ended.why, CallEnd::Cancelled | CallEnd::Busy | CallEnd::Unanswered)
            }
            _ => false,
        }
    }

    fn revokes(event: &RoomEvent) -> Option<AccountId> {
        match event {
            RoomEvent::MemberRemoved(removed) => Some(removed.account),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::create::tests::group;
    use super::*;
    use crate::testing::{account, who};
    use protocol::{
        Role,
        room::{MarkRead, MemberRemoved, MessageSent, RoomRenamed},
    };

    #[test]
    fn reading_is_for_members() {
        let mut bench = group(&[1, 2]);
        let read = || MarkRead { seq: 1 };
        let done = bench.run(&who(2, &[]), read(), RoomFacts::default()).unwrap();
        assert_eq!(done, Decision::nothing());
        let refused = bench.run(&who(3, &[]), read(), RoomFacts::default()).unwrap_err();
        assert_eq!(refused.code, "room.not_member");
        let hub = bench.run(&Who::hub(), read(), RoomFacts::default()).unwrap_err();
        assert_eq!(hub.code, "room.not_member");
    }

    #[test]
    fn members_and_auditors_watch() {
        let room = group(&[1, 2]).state;
        assert!(room.may_watch(&who(2, &[])));
        assert!(!room.may_watch(&who(3, &[(Role::RegionAdmin, 1)])));
        assert!(room.may_watch(&who(3, &[(Role::Auditor, 1)])));
        assert!(!room.may_watch(&who(3, &[(Role::Auditor, 2)])), "auditor of one hall");
    }

    #[test]
    fn only_messages_count_and_only_removal_revokes() {
        let sent = RoomEvent::from(MessageSent { text: "a".into(), ..MessageSent::default() });
        let renamed = RoomEvent::from(RoomRenamed { name: "a".into() });
        let removed = RoomEvent::from(MemberRemoved { account: account(1), left: true });
        assert_eq!([&sent, &renamed, &removed].map(Room::counts), [true, false, false]);
        let revoked = [&sent, &renamed, &removed].map(Room::revokes);
        assert_eq!(revoked, [None, None, Some(account(1))]);
    }
}
