// Generated from the types of hub/protocol; a test there fails when this file differs. Written by
//   UPDATE_GENERATED=1 cargo test -p protocol typescript

export const PROTOCOL_VERSION = 1;

export const SUBPROTOCOL = 'hub.v1.json';

/** A frame from a client, bytes. A message of 10,000 Chinese characters is 30 KB. */
export const FRAME_BYTES_MAX = 65536;

/** Characters in one text message (what DingTalk and Feishu allow is of this order). */
export const MESSAGE_CHARS_MAX = 10000;

/** Characters in a room's or a unit's name. */
export const NAME_CHARS_MAX = 64;

/** Streams named in one `watch` frame. */
export const WATCHES_PER_FRAME_MAX = 500;

/** Streams one session may watch at once. */
export const WATCHES_MAX = 2000;

/** Accounts whose presence one session may observe: what fits on a screen, with room. */
export const OBSERVED_MAX = 200;

/** Events in one page of history. */
export const PAGE_MAX = 200;

/** Events replayed to one watcher before it is told to start nearer the head. */
export const CATCH_UP_MAX = 2000;

/** Mentions in one message. */
export const MENTIONS_MAX = 50;

/** People added to a room by one command. */
export const MEMBERS_PER_COMMAND_MAX = 500;

/** Characters of a password; the lower bound is policy and lives in `domain::account`. */
export const PASSWORD_CHARS_MAX = 128;

/** A person as colleagues see them. */
export type AccountCard = {
  account: AccountId;
  username: string;
  names: Names;
  unit: UnitId;
  /** The unit's own name and its hall's or county's, for a line under the name. */
  unit_names: Names;
  post: string;
  /** Masked (`138****1234`) unless the viewer may manage the account. */
  phone?: string;
  disabled: boolean;
};

/** What may be asked of an account. */
export type AccountCommand =
  | { type: 'account.create'; body: CreateAccount }
  | { type: 'account.update_profile'; body: UpdateProfile }
  | { type: 'account.change_password'; body: ChangePassword }
  | { type: 'account.reset_password'; body: ResetPassword }
  | { type: 'account.grant_role'; body: GrantRole }
  | { type: 'account.revoke_role'; body: RevokeRole }
  | { type: 'account.disable'; body: DisableAccount }
  | { type: 'account.enable'; body: EnableAccount }
  | { type: 'account.sign_out'; body: SignOut }
  | { type: 'account.sign_out_everywhere'; body: SignOutEverywhere }
  | { type: 'account.enrol_totp'; body: EnrolTotp }
  | { type: 'account.confirm_totp'; body: ConfirmTotp }
  | { type: 'account.remove_totp'; body: RemoveTotp };

export type AccountCreated = {
  username: string;
  names: Names;
  unit: UnitPath;
  post: string;
  phone?: string;
  grants: Array<Grant>;
  /** The owner must choose a password of their own at the first sign-in. */
  must_change_password: boolean;
};

export type AccountDisabled = Record<string, never>;

export type AccountEnabled = Record<string, never>;

/**
 * What happened to an account. Watched by its owner: the joining and leaving of rooms
 * arrives here, on every device.
 */
export type AccountEvent =
  | { type: 'account.created'; body: AccountCreated }
  | { type: 'account.profile_updated'; body: ProfileUpdated }
  | { type: 'account.password_changed'; body: PasswordChanged }
  | { type: 'account.role_granted'; body: RoleGranted }
  | { type: 'account.role_revoked'; body: RoleRevoked }
  | { type: 'account.disabled'; body: AccountDisabled }
  | { type: 'account.enabled'; body: AccountEnabled }
  | { type: 'account.signed_in'; body: SignedIn }
  | { type: 'account.sign_in_failed'; body: SignInFailed }
  | { type: 'account.check_failed'; body: CheckFailed }
  | { type: 'account.signed_out'; body: SignedOut }
  | { type: 'account.totp_enrolled'; body: TotpEnrolled }
  | { type: 'account.totp_confirmed'; body: TotpConfirmed }
  | { type: 'account.totp_removed'; body: TotpRemoved }
  | { type: 'account.stream_joined'; body: StreamJoined }
  | { type: 'account.stream_left'; body: StreamLeft };

/** A person who can sign in. */
export type AccountId = string;

/** Adds people to a group; those already in it stay as they are. */
export type AddMembers = { accounts: Array<AccountId> };

/** A command of any kind. */
export type AnyCommand = AccountCommand | UnitCommand | RoomCommand;

/** An event of any kind. */
export type AnyEvent = AccountEvent | UnitEvent | RoomEvent;

/** A signal of any kind. */
export type AnySignal = RoomSignal;

/** The owner's own change; ends every other session. */
export type ChangePassword = { current: Secret; new: Secret };

/** A wrong password beside a live session: counts towards the lock as a wrong sign-in does. */
export type CheckFailed = {
  /** Failures in a row, those of sign-in among them. */
  failures: number;
  locked_until?: number;
};

/** What a client sends. */
export type ClientFrame =
  | {
      t: 'command';
      id: CommandId;
      /** The entity it is for; absent where the command itself names it. */
      stream?: StreamId;
    } & (
      | AccountCommand
      | UnitCommand
      | RoomCommand
    )
  | { t: 'watch'; streams: Array<WatchFrom> }
  | { t: 'unwatch'; streams: Array<StreamId> }
  | { t: 'signal'; stream: StreamId } & RoomSignal
  | { t: 'observe'; accounts: Array<AccountId> }
  | { t: 'ping' };

/** Takes a unit out of use; refused while units below it are open. */
export type CloseUnit = Record<string, never>;

/** Made by the client; the same id means the same command, however often it is sent. */
export type CommandId = string;

/** `POST /v1/commands`: a command frame without its tag. */
export type CommandRequest = {
  id: CommandId;
  /** The entity it is for; absent where the command itself names it. */
  stream?: StreamId;
} & (
  | AccountCommand
  | UnitCommand
  | RoomCommand
);

/** Proves that the authenticator works; from here on sign-in asks for a code. */
export type ConfirmTotp = { code: Secret };

/** One line of the conversation list. */
export type Conversation = {
  stream: StreamId;
  kind: RoomKind;
  name: string;
  /** The other person of a direct room. */
  peer?: AccountCard;
  members: number;
  head: number;
  last_at: number;
  /** The last message, for the preview; absent in an empty room. */
  last?: EventFrame;
  unread: number;
  read: number;
};

/** Creates an account under an id that the client made. */
export type CreateAccount = {
  /** Lower-case letters, digits, `.`, `_`, `-`; unique. */
  username: string;
  names: Names;
  unit: UnitId;
  /** The post held there, as people say it: 综合受理岗. */
  post: string;
  phone?: string;
  password: Secret;
  /** Roles held from the start, for the account's own unit. */
  roles: Array<Role>;
};

/** Creates a group under an id that the client made; the sender becomes its owner. */
export type CreateRoom = {
  name: string;
  /** The others; the sender need not be listed. */
  members: Array<AccountId>;
};

/** Creates a unit under an id that the client made. */
export type CreateUnit = {
  kind: UnitKind;
  names: Names;
  /** Absent only for the root. */
  parent?: UnitId;
  /** Place among its siblings, smallest first. */
  rank: number;
};

export type DemoAccount = { card: AccountCard; grants: Array<Grant>; password: string };

/** Ends every session and refuses sign-in. Nobody may disable their own account. */
export type DisableAccount = Record<string, never>;

/** Lets a disabled account sign in again. */
export type EnableAccount = Record<string, never>;

/** Begins a second factor. The ack's result holds `{secret, uri}`, once. */
export type EnrolTotp = Record<string, never>;

export type ErrorBody = {
  /** `area.reason`, stable. */
  code: string;
  kind: ErrorKind;
  message: string;
  /** The field of the request that is wrong, where there is one. */
  field?: string;
  /** Milliseconds to wait before sending the same command with the same id; absent: do not. */
  retry?: number;
};

/** What sort of refusal it is, whatever its code. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'too_large'
  | 'rate_limited'
  | 'busy'
  | 'unavailable'
  | 'internal';

/** One event as its watchers see it, live or from history. */
export type EventFrame = {
  stream: StreamId;
  seq: number;
  at: number;
  /** Who caused it; absent for the hub itself (timers). */
  by?: AccountId;
  /** The command that caused it, on the first event of that command. */
  cmd?: CommandId;
} & (
  | AnyEvent
  | { type: AnyEvent['type']; body?: undefined }
);

/** `GET /v1/streams/{stream}/events?before=|after=&limit=`, ascending by number. */
export type EventPage = { events: Array<EventFrame>; head: number };

/** A role held for a unit and everything below it. */
export type Grant = { role: Role; unit: UnitId };

/** Gives a role for a unit and everything below it. */
export type GrantRole = { grant: Grant };

/** `GET /v1/hello`, before sign-in: what this hub is. */
export type Hello = {
  protocol: number;
  build: string;
  demo: boolean;
  /** Demo mode only: accounts that can be clicked through. */
  demo_accounts: Array<DemoAccount>;
};

/** Takes the sender out of a group. An owner is followed by an admin, or by a member. */
export type LeaveRoom = Record<string, never>;

/** Moves the sender's cursor. Never backwards; never an event. */
export type MarkRead = { seq: number };

/** `GET /v1/me` */
export type Me = {
  card: AccountCard;
  session: SessionId;
  grants: Array<Grant>;
  permissions: Array<Permission>;
  totp: boolean;
  must_change_password: boolean;
};

export type Member = { account: AccountId; role: MemberRole };

export type MemberAdded = { account: AccountId; role: MemberRole };

export type MemberRemoved = {
  account: AccountId;
  /** True when the member left, false when removed by an admin. */
  left: boolean;
};

export type MemberRole = 'member' | 'admin' | 'owner';

export type MemberRoleChanged = { account: AccountId; role: MemberRole };

/** The message `seq` has lost its body. */
export type MessageRecalled = { seq: number };

export type MessageSent = { text: string; reply_to?: number; mentions?: Array<AccountId> };

/** Puts a unit, with everything below it, under another parent or elsewhere among its siblings. */
export type MoveUnit = {
  parent: UnitId;
  /** Absent: the place among its siblings stays. */
  rank?: number;
};

/** A person's names: Chinese first, Uyghur and English where known. */
export type Names = { zh: string; ug?: string; en?: string };

/**
 * Opens the one room of two people, creating it at the first time. Needs no stream: the
 * ack names it.
 */
export type OpenDirect = { peer: AccountId };

/** A page of anything; `next` is passed back as `after` for the following one. */
export type Page<T> = { items: Array<T>; next?: string };

export type PasswordChanged = {
  /** True when an administrator set it. */
  reset: boolean;
};

/** One right, checked against the unit of the record it touches. */
export type Permission =
  | 'account.read'
  | 'account.manage'
  | 'unit.manage'
  | 'room.create'
  | 'audit.read'
  | 'system.operate';

/** The whole profile as it now is. */
export type ProfileUpdated = { names: Names; post: string; phone?: string };

/** Takes a message back: its text is removed from the store for good. */
export type RecallMessage = { seq: number };

/** A command's outcome: its events are durable. */
export type Receipt = {
  id: CommandId;
  stream: StreamId;
  /** The last event it made; 0 when nothing had to change. */
  seq: number;
  result?: unknown;
};

/** Takes a member out of a group; an admin is taken out by the owner only. */
export type RemoveMember = { account: AccountId };

/** Gives the second factor up. */
export type RemoveTotp = { password: Secret };

/** Names a group. */
export type RenameRoom = { name: string };

/** Replaces the names in all three languages. */
export type RenameUnit = { names: Names };

/** Takes a closed unit into use again. */
export type ReopenUnit = Record<string, never>;

/** An administrator's reset; ends every session, and the owner must change it at next sign-in. */
export type ResetPassword = { password: Secret };

/** Takes a granted role back. */
export type RevokeRole = { grant: Grant };

/** What a person is in the organisation. A role is always granted for a unit and below. */
export type Role =
  | 'counter_staff'
  | 'department_staff'
  | 'department_head'
  | 'hall_manager'
  | 'region_admin'
  | 'sign_interpreter'
  | 'leader'
  | 'operator'
  | 'auditor';

export type RoleGranted = { grant: Grant };

export type RoleRevoked = { grant: Grant };

/** What members ask of a room. */
export type RoomCommand =
  | { type: 'room.create'; body: CreateRoom }
  | { type: 'room.open_direct'; body: OpenDirect }
  | { type: 'room.send_message'; body: SendMessage }
  | { type: 'room.recall_message'; body: RecallMessage }
  | { type: 'room.rename'; body: RenameRoom }
  | { type: 'room.add_members'; body: AddMembers }
  | { type: 'room.remove_member'; body: RemoveMember }
  | { type: 'room.leave'; body: LeaveRoom }
  | { type: 'room.set_member_role'; body: SetMemberRole }
  | { type: 'room.mark_read'; body: MarkRead };

export type RoomCreated = {
  kind: RoomKind;
  /** Empty for a direct room: each side shows the other's name. */
  name: string;
  members: Array<Member>;
};

/** What happened in a room. */
export type RoomEvent =
  | { type: 'room.created'; body: RoomCreated }
  | { type: 'room.member_added'; body: MemberAdded }
  | { type: 'room.member_removed'; body: MemberRemoved }
  | { type: 'room.member_role_changed'; body: MemberRoleChanged }
  | { type: 'room.renamed'; body: RoomRenamed }
  | { type: 'room.message_sent'; body: MessageSent }
  | { type: 'room.message_recalled'; body: MessageRecalled };

export type RoomKind = 'direct' | 'group';

/** `GET /v1/rooms/{room}/members` */
export type RoomMember = { card: AccountCard; account: AccountId; role: MemberRole };

export type RoomRenamed = { name: string };

/** What need not last. */
export type RoomSignal = { type: 'room.typing'; body: Typing };

/** Text that must not reach a log: prints as dots. */
export type Secret = string;

/** Writes to everybody in the room. */
export type SendMessage = {
  text: string;
  /** The message this one answers. */
  reply_to?: number;
  mentions?: Array<AccountId>;
};

/** What the hub sends. */
export type ServerFrame =
  | {
      t: 'welcome';
      protocol: number;
      session: SessionId;
      account: AccountId;
      now: number;
      /** The hub's build, for support. */
      build: string;
    }
  | { t: 'ack'; id: CommandId; stream: StreamId; seq: number; result?: unknown }
  | { t: 'error'; id?: CommandId; stream?: StreamId; error: ErrorBody }
  | { t: 'event' } & EventFrame
  | { t: 'watching'; stream: StreamId; from: number; head: number }
  | { t: 'unwatched'; stream: StreamId }
  | { t: 'lagged'; streams: Array<StreamId> }
  | { t: 'cursor'; stream: StreamId; seq: number; unread: number }
  | { t: 'signal'; stream: StreamId; by: AccountId } & RoomSignal
  | { t: 'presence'; account: AccountId; online: boolean }
  | { t: 'pong' };

/** One signed-in client of an account. */
export type SessionId = string;

/** `GET /v1/sessions`: where the account is signed in. */
export type SessionInfo = {
  session: SessionId;
  signed_in_at: number;
  expires_at: number;
  addr: string;
  agent: string;
  current: boolean;
};

/** The owner makes an admin of a member or a member of an admin, or hands the group over. */
export type SetMemberRole = { account: AccountId; role: MemberRole };

export type SignInFailed = {
  addr: string;
  /** Failures in a row; the fifth locks. */
  failures: number;
  locked_until?: number;
};

/**
 * `POST /v1/sign-in`. The browser gets its session as an HttpOnly cookie; other clients
 * take `token` and send it as `Authorization: Bearer`.
 */
export type SignInRequest = {
  username: string;
  password: Secret;
  /** The six digits of the authenticator, where the account has one. */
  code?: Secret;
};

export type SignInResponse = { token: Secret; session: SessionId; expires_at: number; me: Me };

/** Ends one session of the account: this one, or another device's. */
export type SignOut = { session: SessionId };

/** Ends every session of the account. */
export type SignOutEverywhere = {
  /** Keep the session that asks. */
  keep_current: boolean;
};

export type SignOutReason = 'asked' | 'password_changed' | 'disabled' | 'expired' | 'too_many';

export type SignedIn = {
  session: SessionId;
  expires_at: number;
  /** The client's address and name, as the owner sees them in the list of sessions. */
  addr: string;
  agent: string;
};

export type SignedOut = { session: SessionId; reason: SignOutReason };

/** Names one stream, written `kind:uuid`, as in `room:0195e3a4-…`. */
export type StreamId = string;

/** The owner may now watch this stream: a room was joined, later a case or a task. */
export type StreamJoined = { stream: StreamId };

export type StreamLeft = { stream: StreamId };

export type TotpConfirmed = Record<string, never>;

export type TotpEnrolled = Record<string, never>;

export type TotpRemoved = Record<string, never>;

/** The sender is writing. Shown for a few seconds, sent at most every three. */
export type Typing = Record<string, never>;

export type UnitClosed = Record<string, never>;

/** What may be asked of a unit. */
export type UnitCommand =
  | { type: 'unit.create'; body: CreateUnit }
  | { type: 'unit.rename'; body: RenameUnit }
  | { type: 'unit.move'; body: MoveUnit }
  | { type: 'unit.close'; body: CloseUnit }
  | { type: 'unit.reopen'; body: ReopenUnit };

export type UnitCreated = {
  kind: UnitKind;
  names: Names;
  /** Itself and its ancestors, root first, as they were then: units move. */
  path: UnitPath;
  rank: number;
};

/** What happened to a unit. */
export type UnitEvent =
  | { type: 'unit.created'; body: UnitCreated }
  | { type: 'unit.renamed'; body: UnitRenamed }
  | { type: 'unit.moved'; body: UnitMoved }
  | { type: 'unit.closed'; body: UnitClosed }
  | { type: 'unit.reopened'; body: UnitReopened };

/** A node of the organisation tree. */
export type UnitId = string;

export type UnitKind = 'region' | 'prefecture' | 'county' | 'hall' | 'department' | 'counter';

export type UnitMoved = { parent: UnitId; rank: number };

/** `GET /v1/units`: the whole tree, parents before children, siblings by rank. */
export type UnitNode = {
  unit: UnitId;
  parent?: UnitId;
  kind: UnitKind;
  names: Names;
  /** People directly in it. */
  people: number;
  /** Out of use; absent while it is open. */
  closed?: boolean;
};

/** Ids of a unit and all its ancestors, root first. */
export type UnitPath = Array<UnitId>;

export type UnitRenamed = { names: Names };

export type UnitReopened = Record<string, never>;

/** Absent fields stay as they are. */
export type UpdateProfile = { names?: Names; post?: string; phone?: string };

/** A stream and the last number the watcher already has; events after it follow. */
export type WatchFrom = {
  stream: StreamId;
  /** 0 for everything (within the catch-up bound). */
  from: number;
};
