//! Area `call`: voice and video in a room. The stream `call:{room}` holds the calls of one room,
//! one after the other; a call is named by the number of the event that began it. Who rings, comes,
//! goes and leads is durable; what is sent and shown at the moment is told by signals.

use crate::{
    AccountId, LegId, Millis, RoomId, Seq,
    http::AccountCard,
    room::RoomKind,
    words::{commands, events, signals},
};
use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;
use utoipa::ToSchema;

/// As what a call began; cameras may be turned on and off in either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum CallMode {
    Voice,
    Video,
}

/// Where somebody stands in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum CallStand {
    /// Their devices ring.
    Ringing,
    /// At the door, until a host lets them in.
    Waiting,
    Inside,
    Left,
    Declined,
    /// Declined for being in another call.
    Busy,
    /// Did not answer in time.
    Unanswered,
    /// Sent out by a host: comes in again only when rung by one.
    Removed,
}

/// Why somebody is no longer inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum CallLeave {
    Left,
    /// The connection was lost and did not come back.
    Lost,
    Removed,
    /// No longer of the room.
    ShutOut,
}

/// Why a call is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum CallEnd {
    /// The people have left.
    Over,
    /// A host has ended it for everybody.
    Ended,
    /// Taken back before anybody came.
    Cancelled,
    Declined,
    Busy,
    Unanswered,
}

/// What is in a picture, or that it is sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum MediaClass {
    Audio,
    /// Hands that sign: served before all other video, frame rate before resolution.
    Sign,
    Screen,
    Camera,
}

commands! {
    /// What members ask of a room's calls. The stream is `call:` and the id of the room.
    CallCommand {
        /// Begins a call and goes inside. Refused with `call.is_live` where there is one.
        StartCall = "call.start" {
            mode: CallMode,
            /// Whom to ring: members of the room. In a room of two: empty is the other one. In a
            /// group nobody need be rung; who wants to come, comes.
            #[serde(default)]
            ring: Vec<AccountId>,
            /// Made by the client: the place of this device in the call.
            leg: LegId,
        }

        /// Rings more members of the room.
        RingPeople = "call.ring" { accounts: Vec<AccountId> }

        /// Goes inside, or to the door where the call has a waiting room; another device of the
        /// same person leaves its place to this one.
        JoinCall = "call.join" { leg: LegId }

        /// Does not come.
        DeclineCall = "call.decline" {
            /// For being in another call.
            #[serde(default)]
            busy: bool,
        }

        /// Goes, or leaves the door. Of a device whose place another has taken: nothing happens.
        LeaveCall = "call.leave" { leg: LegId }

        /// A host ends it for everybody; in a room of two either does.
        EndCall = "call.end" {}

        RaiseHand = "call.raise_hand" {
            /// Whose; a host may lower others'. Absent: one's own.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            account: Option<AccountId>,
            on: bool,
        }

        /// A host turns somebody's microphone off; they may turn it on again.
        MuteCaller = "call.mute" { account: AccountId }

        /// A host sends somebody out.
        RemoveCaller = "call.remove" { account: AccountId }

        /// A host lets nobody in any more, or lets people in again.
        LockCall = "call.lock" { on: bool }

        /// A host has people wait at the door from here on, or no longer.
        SetWaitingRoom = "call.set_waiting_room" { on: bool }

        /// A host lets somebody in who waits at the door, or sends them away.
        AdmitCaller = "call.admit" { account: AccountId, yes: bool }

        /// A host makes another one, or no longer. The last one stays.
        SetHost = "call.set_host" { account: AccountId, on: bool }
    }
}

events! {
    /// What happened in the calls of a room.
    CallEvent {
        /// Its sender is inside, as its host.
        CallStarted = "call.started" {
            mode: CallMode,
            /// Of a room of two: over as soon as one of them goes.
            direct: bool,
            ring: Vec<AccountId>,
            leg: LegId,
        }

        PeopleRung = "call.rung" { accounts: Vec<AccountId> }

        /// The sender is inside, or another device of theirs is from here on.
        CallJoined = "call.joined" { leg: LegId }

        /// The sender waits at the door.
        CallerWaits = "call.waits" { leg: LegId }

        /// Somebody who waited is inside, or was sent away.
        CallerAdmitted = "call.admitted" {
            account: AccountId,
            yes: bool,
            /// The device that is inside from here on.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            leg: Option<LegId>,
        }

        CallDeclined = "call.declined" { busy: bool }

        /// They have not answered in time.
        CallUnanswered = "call.unanswered" { accounts: Vec<AccountId> }

        CallLeft = "call.left" { account: AccountId, why: CallLeave }

        HandRaised = "call.hand_raised" { account: AccountId, on: bool }

        CallerMuted = "call.muted" { account: AccountId }

        CallLocked = "call.locked" { on: bool }

        WaitingRoomSet = "call.waiting_room_set" { on: bool }

        HostSet = "call.host_set" { account: AccountId, on: bool }

        CallEnded = "call.ended" {
            /// The event that began it.
            call: Seq,
            why: CallEnd,
            /// From the first two being inside, or 0.
            talked_ms: Millis,
            /// Everybody who was inside at any time.
            people: Vec<AccountId>,
        }
    }
}

signals! {
    /// What is so at the moment. Each is the whole state of what it is about, and replaces the
    /// one before.
    CallSignal {
        /// To an account: it is rung, or no longer, or a call of its rooms began or ended; which,
        /// `GET /v1/calls` says.
        CallNews = "call.news" {}

        /// To everybody inside: what is sent in the call, and who speaks.
        CallMedia = "call.media" {
            publications: Vec<CallPublication>,
            /// Who speaks; stays with who spoke last.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            speaker: Option<AccountId>,
        }

        /// To one device: what is in the places it sees and hears through.
        CallPlaces = "call.places" { leg: LegId, places: Vec<CallPlace> }

        /// To one device: how its connections to the media port are.
        CallLink = "call.link" { leg: LegId, sending: bool, receiving: bool }
    }
}

/// A microphone, a camera or a screen in a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(deny_unknown_fields)]
pub struct CallPublication {
    pub id: u32,
    pub by: AccountId,
    pub class: MediaClass,
    /// False: turned off for now by who sends it.
    pub on: bool,
}

/// A line that a device receives through, by the browser's name for it, and what is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
#[serde(deny_unknown_fields)]
pub struct CallPlace {
    pub mid: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publication: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountId>,
}

/// A line that a device sends on, by the browser's name for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(deny_unknown_fields)]
pub struct CallLine {
    pub mid: String,
    pub class: MediaClass,
    pub on: bool,
}

/// `POST /v1/calls/{room}/legs/{leg}/publish`: an offer to send. What the leg sent before ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(deny_unknown_fields)]
pub struct PublishOffer {
    /// SDP.
    pub offer: String,
    pub lines: Vec<CallLine>,
}

/// `POST /v1/calls/{room}/legs/{leg}/subscribe`: an offer to receive, with as many lines as the
/// device wants places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(deny_unknown_fields)]
pub struct SubscribeOffer {
    pub offer: String,
}

/// What either answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct MediaAnswer {
    pub answer: String,
}

/// `PUT /v1/calls/{room}/legs/{leg}/lines`: what of it is on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(deny_unknown_fields)]
pub struct LinesOn {
    pub lines: Vec<CallLine>,
}

/// Something a device wants to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(deny_unknown_fields)]
pub struct CallWish {
    pub publication: u32,
    /// The best layer that is worth anything at its size on the screen: 0 is the smallest.
    pub layer: u8,
}

/// `PUT /v1/calls/{room}/legs/{leg}/view`: what it wants to see, the most important first;
/// absent: everybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
#[serde(deny_unknown_fields)]
pub struct CallView {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wishes: Option<Vec<CallWish>>,
}

/// Somebody of a live call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct CallPerson {
    pub account: AccountId,
    pub stand: CallStand,
    /// Since when.
    pub since: Millis,
    /// Of who is inside or waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leg: Option<LegId>,
    pub host: bool,
    pub hand: bool,
}

/// A call that goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct LiveCall {
    pub room: RoomId,
    pub room_kind: RoomKind,
    /// Of a group; empty in a room of two.
    pub room_name: String,
    /// The event that began it.
    pub call: Seq,
    pub mode: CallMode,
    pub by: AccountId,
    pub began_at: Millis,
    pub locked: bool,
    pub waiting_room: bool,
    pub people: Vec<CallPerson>,
}

/// A call that is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct PastCall {
    pub call: Seq,
    pub mode: CallMode,
    pub by: AccountId,
    pub began_at: Millis,
    pub ended_at: Millis,
    pub why: CallEnd,
    pub talked_ms: Millis,
    pub people: Vec<AccountId>,
}

/// `GET /v1/calls`: the live calls of the caller's rooms, those that ring them first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct CallList {
    pub calls: Vec<LiveCall>,
    /// Everybody named here.
    pub people: Vec<AccountCard>,
}

/// `GET /v1/calls/{room}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct CallInfo {
    pub room: RoomId,
    /// The number of the last event that this holds.
    pub head: Seq,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live: Option<LiveCall>,
    /// What is sent at the moment.
    pub publications: Vec<CallPublication>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speaker: Option<AccountId>,
    /// The latest first, at most fifty.
    pub past: Vec<PastCall>,
    /// Everybody named here.
    pub people: Vec<AccountCard>,
}

/// `GET /v1/calls/ice`: what a browser reaches the media port by, besides the addresses in the
/// answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct IceConfig {
    pub servers: Vec<IceServer>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct IceServer {
    pub urls: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}
