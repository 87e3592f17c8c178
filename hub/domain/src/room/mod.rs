//! A room: a conversation of two people or of a group.
//! Invariants: a group that is not empty has exactly one owner; a direct room keeps its two
//! members for ever; message texts are in no state, so redaction needs no rule here.
//! Absent on purpose: read positions (cursors of the store) and typing (a signal).

mod create;
mod members;
mod recall_message;
mod rename;
mod send_message;

use crate::{Context, Decision, Entity, Order, Who};
use protocol::{
    AccountId, EntityKind, ErrorBody, ErrorKind, Millis, Permission, Seq,
    room::{MemberRole, RoomCommand, RoomEvent, RoomKind},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

pub use create::direct_room_id;

/// Messages among this many last events can be recalled. Counted in numbers, not in
/// messages, so that a state loaded without the redacted ones remembers just the same.
const REMEMBERED_EVENTS: u64 = 2_000;

#[derive(Default)]
pub struct RoomFacts {
    /// Accounts named by the command that do not exist or are disabled.
    pub missing: Vec<AccountId>,
}

/// One member's place.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Seat {
    role: MemberRole,
    /// Counts up with every joining: the smaller, the longer here.
    order: u64,
}

/// What is remembered of a message.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Sent {
    seq: Seq,
    by: Option<AccountId>,
    at: Millis,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Room {
    /// `None`: nobody created it yet.
    kind: Option<RoomKind>,
    name: String,
    members: BTreeMap<AccountId, Seat>,
    joined: u64,
    /// Ascending by number.
    sent: VecDeque<Sent>,
    recalled: BTreeSet<Seq>,
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
        if self.kind == Some(RoomKind::Direct) {
            return Err(conflict("room.direct", "a room of two people stays as it is"));
        }
        if role < least {
            return Err(match least {
                MemberRole::Owner => forbidden("room.not_owner", "only the owner may"),
                _ => forbidden("room.not_admin", "only the owner and admins may"),
            });
        }
        Ok((account, role))
    }

    fn seat(&mut self, account: AccountId, role: MemberRole) {
        self.joined += 1;
        self.members.insert(account, Seat { role, order: self.joined });
    }

    /// Forgets what is too long ago to be recalled.
    fn forget_before(&mut self, head: Seq) {
        let first = oldest_remembered(head);
        while self.sent.front().is_some_and(|sent| sent.seq < first) {
            self.sent.pop_front();
        }
        while self.recalled.first().is_some_and(|seq| *seq < first) {
            self.recalled.pop_first();
        }
    }
}

fn oldest_remembered(head: Seq) -> Seq {
    head.saturating_sub(REMEMBERED_EVENTS - 1)
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
    const SNAPSHOT_VERSION: u32 = 1;
    type Command = RoomCommand;
    type Event = RoomEvent;
    type Facts = RoomFacts;

    fn decide(
        &self,
        command: &RoomCommand,
        facts: &RoomFacts,
        context: &Context<'_>,
    ) -> Result<Decision<RoomEvent>, ErrorBody> {
        match command {
            RoomCommand::CreateRoom(command) => create::group(self, command, facts, context),
            RoomCommand::OpenDirect(command) => create::direct(self, command, facts, context),
            RoomCommand::SendMessage(command) => send_message::decide(self, command, context),
            RoomCommand::RecallMessage(command) => recall_message::decide(self, command, context),
            RoomCommand::RenameRoom(command) => rename::decide(self, command, context),
            RoomCommand::AddMembers(command) => members::add(self, command, facts, context),
            RoomCommand::RemoveMember(command) => members::remove(self, command, context),
            RoomCommand::LeaveRoom(_) => members::leave(self, context),
            RoomCommand::SetMemberRole(command) => members::set_role(self, command, context),
            // The cursor is the actor's to move: reading changes nothing in the room.
            RoomCommand::MarkRead(_) => self.sender(context.who).map(|_| Decision::nothing()),
        }
    }

    /// No order concerns a room yet; one that went astray must not be retried for ever.
    fn settle(&self, _: &Order, _: &Context<'_>) -> Result<Decision<RoomEvent>, ErrorBody> {
        Ok(Decision::nothing())
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
            RoomEvent::MemberRemoved(removed) => {
                self.members.remove(&removed.account);
            }
            RoomEvent::MemberRoleChanged(changed) => {
                if let Some(seat) = self.members.get_mut(&changed.account) {
                    seat.role = changed.role;
                }
            }
            RoomEvent::RoomRenamed(renamed) => self.name = renamed.name.clone(),
            RoomEvent::MessageSent(_) => self.sent.push_back(Sent { seq, by, at }),
            RoomEvent::MessageRecalled(recalled) => {
                // A state that was loaded never saw the redacted message.
                if let Ok(place) = self.sent.binary_search_by_key(&recalled.seq, |sent| sent.seq) {
                    self.sent.remove(place);
                }
                self.recalled.insert(recalled.seq);
            }
        }
        self.forget_before(seq);
    }

    fn may_watch(&self, who: &Who) -> bool {
        who.account.is_some_and(|account| self.members.contains_key(&account))
            // A room belongs to no unit: it is for auditors of the whole organisation.
            || who.may_everywhere(Permission::AuditRead)
    }

    fn counts(event: &RoomEvent) -> bool {
        matches!(event, RoomEvent::MessageSent(_))
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
        let sent =
            RoomEvent::from(MessageSent { text: "a".into(), reply_to: None, mentions: vec![] });
        let renamed = RoomEvent::from(RoomRenamed { name: "a".into() });
        let removed = RoomEvent::from(MemberRemoved { account: account(1), left: true });
        assert_eq!([&sent, &renamed, &removed].map(Room::counts), [true, false, false]);
        let revoked = [&sent, &renamed, &removed].map(Room::revokes);
        assert_eq!(revoked, [None, None, Some(account(1))]);
    }
}
