//! Area `room`: conversations. One-to-one and group, members and roles, messages.

mod part;
mod service;

pub use part::{Forward, ForwardedMessage, LinkCard, MessageRef, Part};
pub use service::{AgentNumber, AgentShown, AgentSigns, CannedAnswer};

use crate::{
    AccountId, Millis, RoomId, Seq, StreamId,
    call::{CallEnd, CallMode},
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
    /// A group in which only the owner and admins write; far larger than others may be.
    Announcement,
    /// The people who answer for a service; each asker has a thread of their own with them.
    Desk,
    /// One asker's thread with a desk; its id follows from the two.
    Service,
    /// The people of a task; its id follows from the task's, its members from the task's people.
    Task,
    /// A person and an application; its id follows from the two.
    App,
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

/// Under what name a program wrote that came through an incoming webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct HookName {
    /// The event that made the hook.
    pub seq: Seq,
    pub label: String,
}

/// `GET /v1/rooms/{room}/hooks`: an incoming webhook, without what opens it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct HookInfo {
    pub seq: Seq,
    pub label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountId>,
    pub created_at: Millis,
    pub revoked: bool,
}

/// Why an invite did not open the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum JoinFailure {
    Expired,
    UsedUp,
    Revoked,
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

        /// Opens the one room of two people, creating it at the first time; with oneself, the room
        /// that carries files between one's devices. Needs no stream: the
        /// ack names it.
        OpenDirect = "room.open_direct" { peer: AccountId }

        /// Writes to everybody in the room, or to some of it.
        #[derive(Default)]
        SendMessage = "room.send_message" {
            /// May be empty where there is a part.
            text: String,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            part: Option<Box<Part>>,
            /// Messages to forward as one; instead of `part`.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            forward: Option<Forward>,
            /// The message this one answers.
            #[serde(skip_serializing_if = "Option::is_none")]
            reply_to: Option<Seq>,
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            #[cfg_attr(test, ts(optional, as = "Option<Vec<AccountId>>"))]
            mentions: Vec<AccountId>,
            /// Mentions everybody: in a large group the owner and admins only may.
            #[serde(default, skip_serializing_if = "std::ops::Not::not")]
            #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
            mention_all: bool,
            /// Stays before the reader until acknowledged.
            #[serde(default, skip_serializing_if = "std::ops::Not::not")]
            #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
            urgent: bool,
            /// Burns so long after it was opened; in rooms of two only.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            burn_ms: Option<u64>,
            /// A whisper: for these members of the group and the sender alone.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            #[cfg_attr(test, ts(optional, as = "Option<Vec<AccountId>>"))]
            visible_to: Vec<AccountId>,
        }

        /// Gives a message another text; the earlier ones stay in its history.
        EditMessage = "room.edit_message" { seq: Seq, text: String }

        /// Sets or takes back an emoji under a message.
        React = "room.react" { seq: Seq, emoji: String, on: bool }

        /// Pins a message in the room, or takes it down.
        PinMessage = "room.pin_message" { seq: Seq, on: bool }

        /// Opens a message that burns after reading: from here on its time runs.
        OpenMessage = "room.open_message" { seq: Seq }

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

        /// Creates an announcement room: a group in which only the owner and admins write.
        CreateAnnouncement = "room.create_announcement" { name: String, members: Vec<AccountId> }

        /// Hands a group over to another member; the sender stays as an admin.
        TransferOwner = "room.transfer_owner" { account: AccountId }

        /// Ends a group for good: it can be read and left, nothing else.
        DissolveRoom = "room.dissolve" {}

        /// Sets the notice of a group; an empty text takes it away.
        SetNotice = "room.set_notice" {
            text: String,
            /// Ask every member to confirm having read it.
            #[serde(default)]
            confirm: bool,
        }

        /// Confirms the notice that the event `seq` has set.
        ConfirmNotice = "room.confirm_notice" { seq: Seq }

        /// Lets members write again, or only the owner and admins.
        SetMuted = "room.set_muted" { on: bool }

        /// Keeps a member from writing until a time; without one, lets them write again.
        MuteMember = "room.mute_member" {
            account: AccountId,
            #[serde(skip_serializing_if = "Option::is_none")]
            until: Option<Millis>,
        }

        /// Makes an invite, for a link or a QR code. The ack's result holds `{invite}`, the
        /// token; it is told once. The invite itself is named by the ack's `seq`.
        CreateInvite = "room.create_invite" {
            expires_at: Millis,
            /// Those who come by it wait until an admin lets them in.
            #[serde(default)]
            approval: bool,
            /// How many people may come by it; absent: any number.
            #[serde(skip_serializing_if = "Option::is_none")]
            uses_max: Option<u32>,
        }

        /// Ends an invite before its time.
        RevokeInvite = "room.revoke_invite" { seq: Seq }

        /// Joins a group by the token of an invite.
        JoinRoom = "room.join" { invite: String }

        /// Lets somebody in who waits at the door, or sends them away.
        AdmitMember = "room.admit" { account: AccountId, yes: bool }

        /// Meets others face to face: whoever sends the same four digits within a few minutes
        /// shares a group. Needs no stream. The ack's result holds `{room, people}`.
        MeetPeople = "room.meet" { digits: String }

        /// Says that an urgent message has been seen and understood.
        AcknowledgeMessage = "room.acknowledge" { seq: Seq }

        /// Opens a service to askers; the sender and the members answer for it.
        CreateDesk = "room.create_desk" { name: String, members: Vec<AccountId> }

        /// Sets the answers that the agents of a desk keep at hand.
        SetAnswers = "room.set_answers" { answers: Vec<CannedAnswer> }

        /// Sets the numbers of a desk's agents, and whether askers see name, number or both.
        SetAgentSigns = "room.set_agent_signs" { signs: AgentSigns }

        /// Keeps a service among the sender's conversations, asked or not. Needs no stream: the
        /// ack names the thread.
        FollowService = "room.follow_service" { service: RoomId }

        /// Takes it out again, and with it the sender's place in the row. Needs no stream.
        UnfollowService = "room.unfollow_service" { service: RoomId }

        /// Opens the sender's own thread with a service, again where it was closed. Needs no
        /// stream: the ack names it.
        OpenService = "room.open_service" { service: RoomId }

        /// Gives a thread to an agent of its desk: oneself, or another.
        AssignThread = "room.assign" {
            account: AccountId,
            /// Take it over from who has it now.
            #[serde(default)]
            over: bool,
        }

        /// Ends a thread until its asker comes again.
        CloseThread = "room.close_thread" {}

        /// Opens the room in which the people of a task talk. Needs no stream: the ack names it.
        OpenTask = "room.open_task" { task: StreamId }

        /// Opens the sender's own room with an application, or, asked by the application's token,
        /// a person's room with it. Needs no stream: the ack names it.
        OpenApp = "room.open_app" {
            app: StreamId,
            /// With whom: said by an application, and by nobody else.
            #[serde(skip_serializing_if = "Option::is_none")]
            account: Option<AccountId>,
        }

        /// Lets another system write here under a name. The ack's result holds `{hook}`, the last
        /// part of the address to post to; it is told once. The hook is named by the ack's `seq`.
        CreateHook = "room.create_hook" { label: String }

        /// Ends an incoming webhook.
        RevokeHook = "room.revoke_hook" { seq: Seq }

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

        /// Everybody whom one command has added, in rooms that may be large.
        MembersAdded = "room.members_added" { accounts: Vec<AccountId> }

        /// The room is over; it can still be read.
        RoomDissolved = "room.dissolved" {}

        /// The notice as it is from here on; an empty text takes it away.
        NoticeSet = "room.notice_set" { text: String, confirm: bool }

        /// The sender confirms the notice that the event `seq` has set.
        NoticeConfirmed = "room.notice_confirmed" { seq: Seq }

        RoomMuted = "room.muted" { on: bool }

        MemberMuted = "room.member_muted" {
            account: AccountId,
            #[serde(skip_serializing_if = "Option::is_none")]
            until: Option<Millis>,
        }

        /// An invite, from here on named by this event's number.
        InviteCreated = "room.invite_created" {
            /// SHA-256 of the token, in hex: whoever watches cannot pass the invite on.
            token_hash: String,
            expires_at: Millis,
            approval: bool,
            #[serde(skip_serializing_if = "Option::is_none")]
            uses_max: Option<u32>,
        }

        InviteRevoked = "room.invite_revoked" { seq: Seq }

        /// The sender came in by the invite `seq`.
        InviteUsed = "room.invite_used" { seq: Seq }

        /// The sender waits to be let in, by the invite `seq`.
        JoinRequested = "room.join_requested" { seq: Seq }

        /// Somebody who waited was sent away.
        JoinRefused = "room.join_refused" { account: AccountId }

        /// The sender came with an invite that is good no more.
        JoinFailed = "room.join_failed" { seq: Seq, reason: JoinFailure }

        /// The sender has met the others of the round that began with the event `round`.
        PersonMet = "room.person_met" { round: Seq }

        /// An urgent message that these people have not acknowledged; shown to them again.
        UrgentRepeated = "room.urgent_repeated" {
            seq: Seq,
            times: u32,
            waiting: Vec<AccountId>,
            /// It will not be shown again.
            last: bool,
        }

        /// The sender has acknowledged the urgent message `seq`.
        MessageAcknowledged = "room.message_acknowledged" { seq: Seq }

        AnswersSet = "room.answers_set" { answers: Vec<CannedAnswer> }

        AgentSignsSet = "room.agent_signs_set" { signs: AgentSigns }

        /// The asker follows the service from here on.
        ServiceFollowed = "room.service_followed" { service: RoomId, asker: AccountId }

        ServiceUnfollowed = "room.service_unfollowed" {}

        /// A thread with a service has begun, or begins again.
        ThreadOpened = "room.thread_opened" { service: RoomId, asker: AccountId }

        /// An agent has a thread from here on.
        ThreadAssigned = "room.thread_assigned" {
            account: AccountId,
            #[serde(skip_serializing_if = "Option::is_none")]
            from: Option<AccountId>,
        }

        ThreadClosed = "room.thread_closed" {}

        /// At a desk: what has become of one of its threads.
        ThreadChanged = "room.thread_changed" {
            thread: RoomId,
            asker: AccountId,
            #[serde(skip_serializing_if = "Option::is_none")]
            agent: Option<AccountId>,
            open: bool,
        }

        #[derive(Default)]
        MessageSent = "room.message_sent" {
            text: String,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            part: Option<Box<Part>>,
            #[serde(skip_serializing_if = "Option::is_none")]
            reply_to: Option<Seq>,
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            #[cfg_attr(test, ts(optional, as = "Option<Vec<AccountId>>"))]
            mentions: Vec<AccountId>,
            #[serde(default, skip_serializing_if = "std::ops::Not::not")]
            #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
            mention_all: bool,
            #[serde(default, skip_serializing_if = "std::ops::Not::not")]
            #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
            urgent: bool,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            burn_ms: Option<u64>,
            /// A whisper's readers besides its sender. Other members see that a number passed.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            #[cfg_attr(test, ts(optional, as = "Option<Vec<AccountId>>"))]
            visible_to: Vec<AccountId>,
            /// Set where no account wrote it but an incoming webhook.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            hook: Option<HookName>,
        }

        /// An incoming webhook, from here on named by this event's number.
        HookCreated = "room.hook_created" {
            label: String,
            /// SHA-256 of the token, in hex.
            token_hash: String,
        }

        HookRevoked = "room.hook_revoked" { seq: Seq }

        /// Somebody posted with a token that is good no more or never was, for the first time in
        /// a minute.
        HookRefused = "room.hook_refused" {
            /// The hook that was revoked; absent: there never was one.
            #[serde(skip_serializing_if = "Option::is_none")]
            seq: Option<Seq>,
        }

        /// The message `seq` reads so from now on.
        MessageEdited = "room.message_edited" { seq: Seq, text: String }

        MessageReacted = "room.reacted" { seq: Seq, emoji: String, on: bool }

        MessagePinned = "room.message_pinned" { seq: Seq, on: bool }

        /// The reader has opened the message: it burns then.
        MessageOpened = "room.message_opened" { seq: Seq, burns_at: Millis }

        /// Its time is over: the message `seq` has lost its body.
        MessageBurnt = "room.message_burnt" { seq: Seq }

        /// A call has begun in the room: number `call` of its calls' stream.
        RoomCallStarted = "room.call_started" { call: Seq, mode: CallMode, by: AccountId }

        /// It is over. What nobody answered counts as unread.
        RoomCallEnded = "room.call_ended" {
            call: Seq,
            mode: CallMode,
            by: AccountId,
            why: CallEnd,
            talked_ms: Millis,
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

        /// From the hub to who waits in a thread, in the name of the desk's id: the place in the
        /// row has changed. 1: the next. At most once a second.
        WaitingMoved = "room.waiting_moved" { position: u32 }
    }
}
