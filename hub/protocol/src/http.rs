//! Bodies of the HTTP door that are not frames: sign-in and the answers of queries.
//! Commands over HTTP use the same words as frames: `POST /v1/commands` takes a
//! [`CommandRequest`] and answers with a [`Receipt`] or an [`crate::ErrorBody`].

use crate::{
    AccountId, AnyCommand, BlobId, CommandId, EventFrame, Grant, Millis, Permission, RoomId, Seq,
    SessionId, StreamId, UnitId,
    account::{Names, Secret},
    app::AppFace,
    me::{FieldValue, Preferences},
    room::{AgentSigns, Member, RoomKind},
    unit::UnitKind,
};
use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;
use utoipa::ToSchema;

/// `POST /v1/commands`: a command frame without its tag.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct CommandRequest {
    pub id: CommandId,
    /// The entity it is for; absent where the command itself names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream: Option<StreamId>,
    #[serde(flatten)]
    pub command: AnyCommand,
}

/// A command's outcome: its events are durable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct Receipt {
    pub id: CommandId,
    pub stream: StreamId,
    /// The last event it made; 0 when nothing had to change.
    pub seq: Seq,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "unknown"))]
    #[schema(value_type = Option<Object>)]
    pub result: Option<serde_json::Value>,
}

/// `POST /v1/sign-in`. The browser gets its session as an HttpOnly cookie; other clients
/// take `token` and send it as `Authorization: Bearer`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
#[serde(deny_unknown_fields)]
pub struct SignInRequest {
    pub username: String,
    pub password: Secret,
    /// The six digits of the authenticator, where the account has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Secret>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct SignInResponse {
    pub token: Secret,
    pub session: SessionId,
    pub expires_at: Millis,
    pub me: Me,
}

/// `GET /v1/me`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct Me {
    pub card: AccountCard,
    pub session: SessionId,
    pub grants: Vec<Grant>,
    pub permissions: Vec<Permission>,
    pub totp: bool,
    pub must_change_password: bool,
    pub preferences: Preferences,
    /// What the person filled into the organisation's own fields.
    pub fields: Vec<FieldValue>,
}

/// A person as colleagues see them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct AccountCard {
    pub account: AccountId,
    pub username: String,
    pub names: Names,
    pub unit: UnitId,
    /// The unit's own name and its hall's or county's, for a line under the name.
    pub unit_names: Names,
    pub post: String,
    /// Masked (`138****1234`) unless the viewer may manage the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    pub disabled: bool,
    /// The picture, at `/v1/people/{account}/avatar?blob=…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<BlobId>,
}

/// `GET /v1/units`: the whole tree, parents before children, siblings by rank.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct UnitNode {
    pub unit: UnitId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<UnitId>,
    pub kind: UnitKind,
    pub names: Names,
    /// People directly in it.
    pub people: u32,
    /// Out of use; absent while it is open.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
    pub closed: bool,
    /// Who sees it; absent where everybody does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visible: Option<crate::unit::Visibility>,
}

/// `GET /v1/sessions`: where the account is signed in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct SessionInfo {
    pub session: SessionId,
    pub signed_in_at: Millis,
    pub expires_at: Millis,
    pub addr: String,
    pub agent: String,
    pub current: bool,
}

/// One line of the conversation list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct Conversation {
    pub stream: StreamId,
    pub kind: RoomKind,
    pub name: String,
    /// The other person of a direct room; in a thread with a service, to its agents: the asker.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer: Option<AccountCard>,
    pub members: u32,
    pub head: Seq,
    pub last_at: Millis,
    /// The last message, for the preview; absent in an empty room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<EventFrame>,
    pub unread: u64,
    pub read: Seq,
    /// Above all that are not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
    pub pinned: bool,
    /// Without sound or badge.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
    pub muted: bool,
    /// Can be read and left only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
    pub dissolved: bool,
    /// Only the owner and admins may write now.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
    pub silenced: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<Draft>,
    /// Of a thread with a service: where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<ThreadState>,
    /// Of a desk and of its threads: how its agents are shown, where it is not by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signs: Option<AgentSigns>,
    /// Of a conversation with an application: which one it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<AppFace>,
}

/// Whose a thread with a service is, and who answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct ThreadState {
    pub service: RoomId,
    pub asker: AccountId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<AccountId>,
    pub open: bool,
    /// Whether anything was ever asked: a service can be followed before.
    pub asked: bool,
}

/// `GET /v1/rooms/{room}/members`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct RoomMember {
    #[serde(flatten)]
    pub member: Member,
    pub card: AccountCard,
}

/// `GET /v1/streams/{stream}/events?before=|after=&limit=`, ascending by number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct EventPage {
    pub events: Vec<EventFrame>,
    pub head: Seq,
    /// Of a room: what later events say of the messages of this page, ascending by number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<EventFrame>>"))]
    pub notes: Vec<EventFrame>,
}

/// A page of anything; `next` is passed back as `after` for the following one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct Page<T> {
    pub items: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// `GET /v1/hello`, before sign-in: what this hub is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct Hello {
    pub protocol: u32,
    pub build: String,
    pub demo: bool,
    /// Demo mode only: accounts that can be clicked through.
    #[serde(default)]
    pub demo_accounts: Vec<DemoAccount>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct DemoAccount {
    pub card: AccountCard,
    pub grants: Vec<Grant>,
    pub password: String,
}

/// `GET /v1/rooms/{room}/messages/{seq}/readers`: for its author, and for owner and admins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct Readers {
    pub read_count: u32,
    pub unread_count: u32,
    /// Department by department, the largest first.
    pub units: Vec<UnitReaders>,
    pub read: Page<Reader>,
    pub unread: Page<Reader>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct UnitReaders {
    pub unit: UnitId,
    pub names: Names,
    pub read: u32,
    pub unread: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct Reader {
    pub card: AccountCard,
    /// When the reader last read on in this room; absent for who has not read the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Millis>,
}

/// `GET /v1/rooms/{room}/notice`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct NoticeInfo {
    pub seq: Seq,
    pub text: String,
    pub confirm: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountId>,
    pub at: Millis,
    /// Whether the asker has confirmed it.
    pub confirmed: bool,
    pub confirmed_count: u32,
    pub members: u32,
}

/// `GET /v1/rooms/{room}/invites`, for owner and admins: by what people come in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct Doorway {
    /// Those that were made last, newest first.
    pub invites: Vec<InviteInfo>,
    /// Who waits to be let in, the longest first.
    pub requests: Vec<JoinRequest>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct InviteInfo {
    pub seq: Seq,
    pub expires_at: Millis,
    pub approval: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uses_max: Option<u32>,
    pub uses: u32,
    pub revoked: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountId>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct JoinRequest {
    pub card: AccountCard,
    pub at: Millis,
}

/// `GET /v1/rooms/{room}/invitation?token=`: what an invite leads to, for who holds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct Invitation {
    pub room: RoomId,
    pub name: String,
    pub members: u32,
    pub approval: bool,
    pub expires_at: Millis,
    /// Whether the asker is in the room already.
    pub member: bool,
    /// Whether it still lets people in.
    pub good: bool,
}

/// `GET /v1/services`: whom one can ask.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct ServiceInfo {
    pub service: RoomId,
    pub name: String,
    pub agents: u32,
    /// Threads that wait for an agent.
    pub waiting: u32,
    /// Whether the asker is one of the agents.
    pub agent: bool,
    /// Whether it stands among the asker's conversations.
    pub followed: bool,
    /// How many follow it; told to its agents alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub followers: Option<u32>,
}

/// `GET /v1/rooms/{room}/threads`, for the agents of a desk: open ones, the longest waiting
/// first, then those that are with an agent; with `closed=true`, closed ones, the latest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct ThreadInfo {
    pub thread: RoomId,
    pub asker: AccountCard,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<AccountId>,
    pub open: bool,
    pub since: Millis,
    /// The last number of the thread.
    pub head: Seq,
    /// What was said last, to everybody in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<EventFrame>,
}

/// `GET /v1/rooms/{room}/waiting`, for the asker of a thread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct Waiting {
    pub open: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<AccountId>,
    /// 1: the next; absent when an agent has the thread, or it is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<u32>,
}

/// What somebody has begun to write.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct Draft {
    pub text: String,
    pub at: Millis,
}
