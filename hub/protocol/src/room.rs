//! Area `room`: conversations. One-to-one and group, members and roles, text messages.

use crate::{AccountId, Seq, area::words};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoomKind {
    /// Two people; its id follows from theirs, so both sides open the same room.
    Direct,
    Group,
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum MemberRole {
    Member,
    Admin,
    Owner,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Member {
    pub account: AccountId,
    pub role: MemberRole,
}

words! {
    /// What members ask of a room.
    RoomCommand {
        CreateRoom = "room.create",
        OpenDirect = "room.open_direct",
        SendMessage = "room.send_message",
        RecallMessage = "room.recall_message",
        RenameRoom = "room.rename",
        AddMembers = "room.add_members",
        RemoveMember = "room.remove_member",
        LeaveRoom = "room.leave",
        SetMemberRole = "room.set_member_role",
        MarkRead = "room.mark_read",
    }
}

words! {
    /// What happened in a room.
    RoomEvent {
        RoomCreated = "room.created",
        MemberAdded = "room.member_added",
        MemberRemoved = "room.member_removed",
        MemberRoleChanged = "room.member_role_changed",
        RoomRenamed = "room.renamed",
        MessageSent = "room.message_sent",
        MessageRecalled = "room.message_recalled",
    }
}

words! {
    /// What need not last.
    RoomSignal { Typing = "room.typing" }
}

/// Creates a group under an id that the client made; the sender becomes its owner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateRoom {
    pub name: String,
    /// The others; the sender need not be listed.
    pub members: Vec<AccountId>,
}

/// Opens the one room of two people, creating it at the first time. Needs no stream: the
/// ack names it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenDirect {
    pub peer: AccountId,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SendMessage {
    pub text: String,
    /// The message this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub reply_to: Option<Seq>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<AccountId>>")]
    pub mentions: Vec<AccountId>,
}

/// Takes a message back: its text is removed from the store for good.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecallMessage {
    #[ts(type = "number")]
    pub seq: Seq,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenameRoom {
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddMembers {
    pub accounts: Vec<AccountId>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveMember {
    pub account: AccountId,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaveRoom {}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetMemberRole {
    pub account: AccountId,
    pub role: MemberRole,
}

/// Moves the sender's cursor. Never backwards; never an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkRead {
    #[ts(type = "number")]
    pub seq: Seq,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct RoomCreated {
    pub kind: RoomKind,
    /// Empty for a direct room: each side shows the other's name.
    pub name: String,
    pub members: Vec<Member>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct MemberAdded {
    pub account: AccountId,
    pub role: MemberRole,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct MemberRemoved {
    pub account: AccountId,
    /// True when the member left, false when removed by an admin.
    pub left: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct MemberRoleChanged {
    pub account: AccountId,
    pub role: MemberRole,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct RoomRenamed {
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct MessageSent {
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub reply_to: Option<Seq>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<AccountId>>")]
    pub mentions: Vec<AccountId>,
}

/// The message `seq` has lost its body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct MessageRecalled {
    #[ts(type = "number")]
    pub seq: Seq,
}

/// The sender is writing. Shown for a few seconds, sent at most every three.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Typing {}
