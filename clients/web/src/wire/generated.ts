// The words of the hub, as TypeScript. Mirrors hub/protocol; written by its generator.

export type AccountId = string;
export type UnitId = string;
export type RoomId = string;
export type SessionId = string;
export type CommandId = string;
export type StreamId = string;
export type Secret = string;
export type UnitPath = string[];

export type Names = { zh: string; ug?: string; en?: string };
export type Role =
  | 'counter_staff' | 'department_staff' | 'department_head' | 'hall_manager' | 'region_admin'
  | 'sign_interpreter' | 'leader' | 'operator' | 'auditor';
export type Permission =
  | 'account.read' | 'account.manage' | 'unit.manage' | 'room.create' | 'audit.read'
  | 'system.operate';
export type Grant = { role: Role; unit: UnitId };

export type ErrorKind =
  | 'invalid' | 'unauthenticated' | 'forbidden' | 'not_found' | 'conflict' | 'too_large'
  | 'rate_limited' | 'busy' | 'unavailable' | 'internal';
export type ErrorBody = {
  code: string; kind: ErrorKind; message: string; field?: string; retry?: number;
};

export type CreateAccount = {
  username: string; names: Names; unit: UnitId; post: string; phone?: string;
  password: Secret; roles: Role[];
};
export type UpdateProfile = { names?: Names; post?: string; phone?: string };
export type ChangePassword = { current: Secret; new: Secret };
export type ResetPassword = { password: Secret };
export type GrantRole = { grant: Grant };
export type RevokeRole = { grant: Grant };
export type DisableAccount = Record<string, never>;
export type EnableAccount = Record<string, never>;
export type SignOut = { session: SessionId };
export type SignOutEverywhere = { keep_current: boolean };
export type EnrolTotp = Record<string, never>;
export type ConfirmTotp = { code: Secret };
export type RemoveTotp = { password: Secret };
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

export type StreamJoined = { stream: StreamId };
export type StreamLeft = { stream: StreamId };
export type PasswordChanged = { reset: boolean };

export type UnitKind = 'region' | 'prefecture' | 'county' | 'hall' | 'department' | 'counter';
export type CreateUnit = { kind: UnitKind; names: Names; parent?: UnitId; rank: number };
export type RenameUnit = { names: Names };
export type UnitCommand =
  | { type: 'unit.create'; body: CreateUnit }
  | { type: 'unit.rename'; body: RenameUnit };

export type RoomKind = 'direct' | 'group';
export type MemberRole = 'member' | 'admin' | 'owner';
export type Member = { account: AccountId; role: MemberRole };
export type CreateRoom = { name: string; members: AccountId[] };
export type OpenDirect = { peer: AccountId };
export type SendMessage = { text: string; reply_to?: number; mentions?: AccountId[] };
export type RecallMessage = { seq: number };
export type RenameRoom = { name: string };
export type AddMembers = { accounts: AccountId[] };
export type RemoveMember = { account: AccountId };
export type LeaveRoom = Record<string, never>;
export type SetMemberRole = { account: AccountId; role: MemberRole };
export type MarkRead = { seq: number };
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

export type RoomCreated = { kind: RoomKind; name: string; members: Member[] };
export type MemberAdded = { account: AccountId; role: MemberRole };
export type MemberRemoved = { account: AccountId; left: boolean };
export type MemberRoleChanged = { account: AccountId; role: MemberRole };
export type RoomRenamed = { name: string };
export type MessageSent = { text: string; reply_to?: number; mentions?: AccountId[] };
export type MessageRecalled = { seq: number };
export type RoomEvent =
  | { type: 'room.created'; body: RoomCreated }
  | { type: 'room.member_added'; body: MemberAdded }
  | { type: 'room.member_removed'; body: MemberRemoved }
  | { type: 'room.member_role_changed'; body: MemberRoleChanged }
  | { type: 'room.renamed'; body: RoomRenamed }
  | { type: 'room.message_sent'; body: MessageSent }
  | { type: 'room.message_recalled'; body: MessageRecalled };
export type Typing = Record<string, never>;
export type RoomSignal = { type: 'room.typing'; body: Typing };

export type AnyCommand = AccountCommand | UnitCommand | RoomCommand;
export type AnySignal = RoomSignal;

export type WatchFrom = { stream: StreamId; from: number };
export type ClientFrame =
  | ({ t: 'command'; id: CommandId; stream?: StreamId } & AnyCommand)
  | { t: 'watch'; streams: WatchFrom[] }
  | { t: 'unwatch'; streams: StreamId[] }
  | ({ t: 'signal'; stream: StreamId } & AnySignal)
  | { t: 'observe'; accounts: AccountId[] }
  | { t: 'ping' };

export type EventFrame = {
  stream: StreamId; seq: number; at: number; by?: AccountId; cmd?: CommandId;
  type: string; body?: unknown;
};
export type ServerFrame =
  | { t: 'welcome'; protocol: number; session: SessionId; account: AccountId; now: number; build: string }
  | { t: 'ack'; id: CommandId; stream: StreamId; seq: number; result?: unknown }
  | { t: 'error'; id?: CommandId; stream?: StreamId; error: ErrorBody }
  | ({ t: 'event' } & EventFrame)
  | { t: 'watching'; stream: StreamId; from: number; head: number }
  | { t: 'unwatched'; stream: StreamId }
  | { t: 'lagged'; streams: StreamId[] }
  | { t: 'cursor'; stream: StreamId; seq: number; unread: number }
  | ({ t: 'signal'; stream: StreamId; by: AccountId } & AnySignal)
  | { t: 'presence'; account: AccountId; online: boolean }
  | { t: 'pong' };

export type CommandRequest = { id: CommandId; stream?: StreamId } & AnyCommand;
export type Receipt = { id: CommandId; stream: StreamId; seq: number; result?: unknown };
export type SignInRequest = { username: string; password: Secret; code?: Secret };
export type AccountCard = {
  account: AccountId; username: string; names: Names; unit: UnitId; unit_names: Names;
  post: string; phone?: string; disabled: boolean;
};
export type Me = {
  card: AccountCard; session: SessionId; grants: Grant[]; permissions: Permission[];
  totp: boolean; must_change_password: boolean;
};
export type SignInResponse = { token: Secret; session: SessionId; expires_at: number; me: Me };
export type UnitNode = {
  unit: UnitId; parent?: UnitId; kind: UnitKind; names: Names; people: number;
};
export type SessionInfo = {
  session: SessionId; signed_in_at: number; expires_at: number; addr: string; agent: string;
  current: boolean;
};
export type Conversation = {
  stream: StreamId; kind: RoomKind; name: string; peer?: AccountCard; members: number;
  head: number; last_at: number; last?: EventFrame; unread: number; read: number;
};
export type RoomMember = Member & { card: AccountCard };
export type EventPage = { events: EventFrame[]; head: number };
export type Page<T> = { items: T[]; next?: string };
export type DemoAccount = { card: AccountCard; grants: Grant[]; password: string };
export type Hello = {
  protocol: number; build: string; demo: boolean; demo_accounts: DemoAccount[];
};
