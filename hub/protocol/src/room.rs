//! Area `room`: conversations. One-to-one and group, members and roles, text messages.

use crate::{
    AccountId, Seq,
    words::{commands, events, signals},
};
use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum RoomKind {
    /// Two people; its id follows from theirs, so both sides open the same room.
    Direct,
    Group,
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum MemberRole {
    Member,
    Admin,
    Owner,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct Member {
    pub account: AccountId,
    pub role: MemberRole,
}

commands! {
    /// What members ask of a room.
    RoomCommand {
        /// Creates a group under an id that the client made; the sender becomes its owner.
        CreateRoom = "room.create" {
            name: String,
            /// The others; the sender need not be listed.
            members: Vec<AccountId>,
        }

        /// Opens the one room of two people, creating it at the first time. Needs no stream: the
        /// ack names it.
        OpenDirect = "room.open_direct" { peer: AccountId }

        /// Writes to everybody in the room.
        SendMessage = "room.send_message" {
            text: String,
            /// The message this one answers.
            #[serde(skip_serializing_if = "Option::is_none")]
            reply_to: Option<Seq>,
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            #[cfg_attr(test, ts(optional, as = "Option<Vec<AccountId>>"))]
            mentions: Vec<AccountId>,
        }

        /// Takes a message back: its text is removed from the store for good.
        RecallMessage = "room.recall_message" { seq: Seq }

        /// Names a group.
        RenameRoom = "room.rename" { name: String }

        /// Adds people to a group; those already in it stay as they are.
        AddMembers = "room.add_members" { accounts: Vec<AccountId> }

        /// Takes a member out of a group; an admin is taken out by the owner only.
        RemoveMember = "room.remove_member" { account: AccountId }

        /// Takes the sender out of a group. An owner is followed by an admin, or by a member.
        LeaveRoom = "room.leave" {}

        /// The owner makes an admin of a member or a member of an admin, or hands the group over.
        SetMemberRole = "room.set_member_role" { account: AccountId, role: MemberRole }

        /// Moves the sender's cursor. Never backwards; never an event.
        MarkRead = "room.mark_read" { seq: Seq }
    }
}

events! {
    /// What happened in a room.
    RoomEvent {
        RoomCreated = "room.created" {
            kind: RoomKind,
            /// Empty for a direct room: each side shows the other's name.
            name: String,
            members: Vec<Member>,
        }

        MemberAdded = "room.member_added" { account: AccountId, role: MemberRole }

        MemberRemoved = "room.member_removed" {
            account: AccountId,
            /// True when the member left, false when removed by an admin.
            left: bool,
        }

        MemberRoleChanged = "room.member_role_changed" { account: AccountId, role: MemberRole }

        RoomRenamed = "room.renamed" { name: String }

        MessageSent = "room.message_sent" {
            text: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            reply_to: Option<Seq>,
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            #[cfg_attr(test, ts(optional, as = "Option<Vec<AccountId>>"))]
            mentions: Vec<AccountId>,
        }

        /// The message `seq` has lost its body.
        MessageRecalled = "room.message_recalled" { seq: Seq }
    }
}

signals! {
    /// What need not last.
    RoomSignal {
        /// The sender is writing. Shown for a few seconds, sent at most every three.
        Typing = "room.typing" {}
    }
}
