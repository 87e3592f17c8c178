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

/** Readers of one whisper. */
export const WHISPER_MAX = 50;

/** Messages forwarded as one. */
export const FORWARD_MAX = 100;

/** Attachments of one micro-mail. */
export const ATTACHMENTS_MAX = 20;

/** Micro-mails that one person has begun. */
export const MAIL_DRAFTS_MAX = 100;

/** Characters of a title: of a link, a micro-mail, a forwarded conversation. */
export const TITLE_CHARS_MAX = 200;

/** Milliseconds of one voice message. */
export const VOICE_MS_MAX = 600000;

/** Bars of a voice message's wave. */
export const LEVELS_MAX = 256;

/** Milliseconds that a burning message may be read: from one second to a day. */
export const BURN_MS_MAX = 86400000;

/** Members of a group up to which everybody in it may mention all. */
export const MENTION_ALL_MEMBERS_MAX = 100;

/** Messages pinned in one room. */
export const PINS_MAX = 50;

/** People added to a room by one command. */
export const MEMBERS_PER_COMMAND_MAX = 500;

/** Characters of a group's notice. */
export const NOTICE_CHARS_MAX = 2000;

/** Invites of one room that are good at the same time. */
export const INVITES_MAX = 20;

/** Incoming webhooks of one room that are good at the same time. */
export const HOOKS_MAX = 20;

/** People who wait at one room's door. */
export const REQUESTS_MAX = 500;

/** Members of one room who are kept from writing. */
export const MUTED_MAX = 1000;

/** People of one face-to-face round. */
export const MEETING_MAX = 200;

/** Urgent messages of one room that somebody has not acknowledged. */
export const URGENT_MAX = 20;

/** Canned answers of one desk. */
export const ANSWERS_MAX = 100;

/** Characters of a canned answer. */
export const ANSWER_CHARS_MAX = 1000;

/** Characters of an agent's number. */
export const AGENT_NUMBER_CHARS_MAX = 20;

/** Conversations that one person may pin. */
export const CONVERSATION_PINS_MAX = 100;

/** Fields of its own that an organisation keeps of its people. */
export const PROFILE_FIELDS_MAX = 30;

/** Characters of what is filled into one. */
export const FIELD_CHARS_MAX = 200;

/** Devices of one account that are pushed to. */
export const PUSH_DEVICES_MAX = 10;

/** Rules of who may talk to whom. */
export const CONTACT_RULES_MAX = 1000;

/** Characters of a line with which somebody asks to be talked to. */
export const CONTACT_TEXT_CHARS_MAX = 200;

/** People whose names are asked for at once. */
export const PEOPLE_PER_REQUEST_MAX = 200;

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
  /** The picture, at `/v1/people/{account}/avatar?blob=…`. */
  avatar?: BlobId;
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
  | { type: 'account.set_conversation'; body: SetConversation }
  | { type: 'account.set_draft'; body: SetDraft }
  | { type: 'account.read_mails'; body: ReadMails }
  | { type: 'account.set_mail_draft'; body: SetMailDraft }
  | { type: 'account.drop_mail_draft'; body: DropMailDraft }
  | { type: 'account.set_mail'; body: SetMail }
  | { type: 'account.enrol_totp'; body: EnrolTotp }
  | { type: 'account.confirm_totp'; body: ConfirmTotp }
  | { type: 'account.hide_message'; body: HideMessage }
  | { type: 'account.set_avatar'; body: SetAvatar }
  | { type: 'account.set_fields'; body: SetFields }
  | { type: 'account.set_preferences'; body: SetPreferences }
  | { type: 'account.clear_history'; body: ClearHistory }
  | { type: 'account.add_push_device'; body: AddPushDevice }
  | { type: 'account.remove_push_device'; body: RemovePushDevice }
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
  | { type: 'account.conversation_set'; body: ConversationSet }
  | { type: 'account.draft_set'; body: DraftSet }
  | { type: 'account.draft_cleared'; body: DraftCleared }
  | { type: 'account.mails_read'; body: MailsRead }
  | { type: 'account.mail_draft_set'; body: MailDraftSet }
  | { type: 'account.mail_draft_dropped'; body: MailDraftDropped }
  | { type: 'account.mail_set'; body: MailSet }
  | { type: 'account.mail_queued'; body: MailQueued }
  | { type: 'account.mail_sent'; body: MailSent }
  | { type: 'account.mail_failed'; body: MailFailed }
  | { type: 'account.stream_joined'; body: StreamJoined }
  | { type: 'account.stream_left'; body: StreamLeft }
  | { type: 'account.contact_moved'; body: ContactMoved }
  | { type: 'account.link_refused'; body: LinkRefused }
  | { type: 'account.message_hidden'; body: MessageHidden }
  | { type: 'account.avatar_set'; body: AvatarSet }
  | { type: 'account.fields_set'; body: FieldsSet }
  | { type: 'account.preferences_set'; body: PreferencesSet }
  | { type: 'account.history_cleared'; body: HistoryCleared }
  | { type: 'account.push_device_added'; body: PushDeviceAdded }
  | { type: 'account.push_device_removed'; body: PushDeviceRemoved };

/** A person who can sign in. */
export type AccountId = string;

/** Says that an urgent message has been seen and understood. */
export type AcknowledgeMessage = { seq: number };

/** Puts a file that the sender uploaded or may see. The ack's number is its place. */
export type AddFile = { parent: number; file: FileRef };

/** Adds people to a group; those already in it stay as they are. */
export type AddMembers = { accounts: Array<AccountId> };

/**
 * Has this device told of news while no page is open, for as long as the session
 * lives. The same device again: its new address.
 */
export type AddPushDevice = {
  /** Made by the device, kept by it. */
  device: string;
  name: string;
  target: PushTarget;
};

/** A newer version of a file; the name in the space stays. */
export type AddVersion = { node: number; file: FileRef };

/** A host lets somebody in who waits at the door, or sends them away. */
export type AdmitCaller = { account: AccountId; yes: boolean };

/** Lets somebody in who waits at the door, or sends them away. */
export type AdmitMember = { account: AccountId; yes: boolean };

/** An agent's number (工号). */
export type AgentNumber = { account: AccountId; number: string };

/** Under what sign askers meet the agents of a service. */
export type AgentShown = 'name' | 'number' | 'both';

/** How the agents of a service are shown, and their numbers. */
export type AgentSigns = { shown: AgentShown; numbers: Array<AgentNumber> };

export type AgentSignsSet = { signs: AgentSigns };

/** What tells the person of something new, and how. */
export type Alerts = {
  /** Small windows of the desktop. */
  desktop: boolean;
  sound: boolean;
  /** Whether they show what was written, or only that something was. */
  show_text: boolean;
  quiet?: QuietHours;
  /** Urgent messages come in quiet hours, too. */
  urgent_through: boolean;
};

/** Changes one occurrence, and no other. The new times are both given, or neither. */
export type AlterOccurrence = {
  on: Day;
  title?: string;
  note?: string;
  starts_at?: number;
  ends_at?: number;
};

/** Answers what the other has asked. */
export type AnswerContact = { peer: AccountId; yes: boolean };

export type AnswersSet = { answers: Array<CannedAnswer> };

/** A command of any kind. */
export type AnyCommand =
  | AccountCommand
  | UnitCommand
  | RoomCommand
  | SpaceCommand
  | TaskCommand
  | CalendarCommand
  | CallCommand
  | PlanCommand
  | NoticeCommand
  | AppCommand
  | OrganisationCommand
  | ContactCommand
  | ContactRulesCommand;

/** An event of any kind. */
export type AnyEvent =
  | AccountEvent
  | UnitEvent
  | RoomEvent
  | SpaceEvent
  | TaskEvent
  | CalendarEvent
  | CallEvent
  | PlanEvent
  | NoticeEvent
  | AppEvent
  | OrganisationEvent
  | ContactEvent
  | ContactRulesEvent;

/** A signal of any kind. */
export type AnySignal = RoomSignal | NoticeSignal | PlanSignal | CallSignal;

/** All of it as it is from here on. */
export type AppChanged = {
  name: string;
  summary: string;
  icon?: AppIcon;
  url: string;
  order: number;
  target: Target;
  shown: boolean;
  redirects: Array<string>;
};

/** What may be asked of an application. */
export type AppCommand =
  | { type: 'app.create'; body: CreateApp }
  | { type: 'app.issue_token'; body: IssueToken }
  | { type: 'app.revoke_token'; body: RevokeToken }
  | { type: 'app.change'; body: ChangeApp }
  | { type: 'app.set_webhook'; body: SetWebhook }
  | { type: 'app.clear_webhook'; body: ClearWebhook };

export type AppCreated = { name: string; account: AccountId };

/** What happened to an application. */
export type AppEvent =
  | { type: 'app.created'; body: AppCreated }
  | { type: 'app.token_issued'; body: TokenIssued }
  | { type: 'app.token_revoked'; body: TokenRevoked }
  | { type: 'app.token_used'; body: TokenUsed }
  | { type: 'app.scope_missing'; body: ScopeMissing }
  | { type: 'app.changed'; body: AppChanged }
  | { type: 'app.code_issued'; body: CodeIssued }
  | { type: 'app.signed_in'; body: PersonSignedIn }
  | { type: 'app.sign_in_refused'; body: PersonRefused }
  | { type: 'app.webhook_set'; body: WebhookSet }
  | { type: 'app.webhook_cleared'; body: WebhookCleared }
  | { type: 'app.webhook_failing'; body: WebhookFailing }
  | { type: 'app.webhook_works'; body: WebhookWorks };

/** What a conversation shows of the application that it is with. */
export type AppFace = { app: StreamId; icon?: AppIcon };

/** What stands for an application in the square. */
export type AppIcon = { kind: 'text'; text: string } | { kind: 'picture'; file: FileRef };

/** `GET /v1/apps` */
export type AppInfo = {
  app: StreamId;
  name: string;
  account: AccountId;
  tokens: Array<TokenInfo>;
  summary: string;
  icon?: AppIcon;
  url: string;
  order: number;
  target: Target;
  shown: boolean;
  redirects: Array<string>;
  webhook?: WebhookInfo;
};

/** Asks the other for permission to talk for a time. */
export type AskContact = { peer: AccountId; text: string };

/** Gives people a part in it. */
export type AssignTask = { accounts: Array<AccountId>; part: TaskPart };

/** Gives a thread to an agent of its desk: oneself, or another. */
export type AssignThread = {
  account: AccountId;
  /** Take it over from who has it now. */
  over: boolean;
};

/** Puts files to it. */
export type AttachFiles = { files: Array<FileRef> };

/** The picture before it has lost its body. */
export type AvatarSet = { picture?: FileRef };

/** `POST /v1/uploads` */
export type BeginUpload = {
  name: string;
  /** The exact size. */
  bytes: number;
};

/** Stored bytes; what `file::FileRef` names them by. */
export type BlobId = string;

/** Neither writes to the other while one of them has blocked the other. */
export type BlockContact = { peer: AccountId; on: boolean };

/** What its owner asks of a calendar. None needs a stream: the ack names it. */
export type CalendarCommand =
  | { type: 'calendar.share'; body: ShareCalendar }
  | { type: 'calendar.write_note'; body: WriteNote }
  | { type: 'calendar.open_feed'; body: OpenFeed }
  | { type: 'calendar.close_feed'; body: CloseFeed };

/** What happened to a calendar. */
export type CalendarEvent =
  | { type: 'calendar.shared'; body: CalendarShared }
  | { type: 'calendar.note_written'; body: NoteWritten }
  | { type: 'calendar.note_removed'; body: NoteRemoved }
  | { type: 'calendar.feed_opened'; body: FeedOpened }
  | { type: 'calendar.feed_closed'; body: FeedClosed };

export type CalendarShared = { account: AccountId; on: boolean };

/** `GET /v1/calendar`: with whom the reader shares, and who shares with the reader. */
export type CalendarShares = {
  calendar: StreamId;
  with: Array<AccountCard>;
  from: Array<AccountCard>;
  /** Whether a feed is open. */
  feed: boolean;
};

/** What members ask of a room's calls. The stream is `call:` and the id of the room. */
export type CallCommand =
  | { type: 'call.start'; body: StartCall }
  | { type: 'call.ring'; body: RingPeople }
  | { type: 'call.join'; body: JoinCall }
  | { type: 'call.decline'; body: DeclineCall }
  | { type: 'call.leave'; body: LeaveCall }
  | { type: 'call.end'; body: EndCall }
  | { type: 'call.raise_hand'; body: RaiseHand }
  | { type: 'call.mute'; body: MuteCaller }
  | { type: 'call.remove'; body: RemoveCaller }
  | { type: 'call.lock'; body: LockCall }
  | { type: 'call.set_waiting_room'; body: SetWaitingRoom }
  | { type: 'call.admit'; body: AdmitCaller }
  | { type: 'call.set_host'; body: SetHost };

export type CallDeclined = { busy: boolean };

/** Why a call is over. */
export type CallEnd = 'over' | 'ended' | 'cancelled' | 'declined' | 'busy' | 'unanswered';

export type CallEnded = {
  /** The event that began it. */
  call: number;
  why: CallEnd;
  /** From the first two being inside, or 0. */
  talked_ms: number;
  /** Everybody who was inside at any time. */
  people: Array<AccountId>;
};

/** What happened in the calls of a room. */
export type CallEvent =
  | { type: 'call.started'; body: CallStarted }
  | { type: 'call.rung'; body: PeopleRung }
  | { type: 'call.joined'; body: CallJoined }
  | { type: 'call.waits'; body: CallerWaits }
  | { type: 'call.admitted'; body: CallerAdmitted }
  | { type: 'call.declined'; body: CallDeclined }
  | { type: 'call.unanswered'; body: CallUnanswered }
  | { type: 'call.left'; body: CallLeft }
  | { type: 'call.hand_raised'; body: HandRaised }
  | { type: 'call.muted'; body: CallerMuted }
  | { type: 'call.locked'; body: CallLocked }
  | { type: 'call.waiting_room_set'; body: WaitingRoomSet }
  | { type: 'call.host_set'; body: HostSet }
  | { type: 'call.ended'; body: CallEnded };

/** `GET /v1/calls/{room}`. */
export type CallInfo = {
  room: RoomId;
  /** The number of the last event that this holds. */
  head: number;
  live?: LiveCall;
  /** What is sent at the moment. */
  publications: Array<CallPublication>;
  speaker?: AccountId;
  /** The latest first, at most fifty. */
  past: Array<PastCall>;
  /** Everybody named here. */
  people: Array<AccountCard>;
};

/** The sender is inside, or another device of theirs is from here on. */
export type CallJoined = { leg: LegId };

/** Why somebody is no longer inside. */
export type CallLeave = 'left' | 'lost' | 'removed' | 'shut_out';

export type CallLeft = { account: AccountId; why: CallLeave };

/** A line that a device sends on, by the browser's name for it. */
export type CallLine = { mid: string; class: MediaClass; on: boolean };

/** To one device: how its connections to the media port are. */
export type CallLink = { leg: LegId; sending: boolean; receiving: boolean };

/** `GET /v1/calls`: the live calls of the caller's rooms, those that ring them first. */
export type CallList = {
  calls: Array<LiveCall>;
  /** Everybody named here. */
  people: Array<AccountCard>;
};

export type CallLocked = { on: boolean };

/** To everybody inside: what is sent in the call, and who speaks. */
export type CallMedia = {
  publications: Array<CallPublication>;
  /** Who speaks; stays with who spoke last. */
  speaker?: AccountId;
};

/** As what a call began; cameras may be turned on and off in either. */
export type CallMode = 'voice' | 'video';

/**
 * To an account: it is rung, or no longer, or a call of its rooms began or ended; which,
 * `GET /v1/calls` says.
 */
export type CallNews = Record<string, never>;

/** Somebody of a live call. */
export type CallPerson = {
  account: AccountId;
  stand: CallStand;
  /** Since when. */
  since: number;
  /** Of who is inside or waits. */
  leg?: LegId;
  host: boolean;
  hand: boolean;
};

/** A line that a device receives through, by the browser's name for it, and what is in it. */
export type CallPlace = { mid: string; publication?: number; by?: AccountId };

/** To one device: what is in the places it sees and hears through. */
export type CallPlaces = { leg: LegId; places: Array<CallPlace> };

/** A microphone, a camera or a screen in a call. */
export type CallPublication = {
  id: number;
  by: AccountId;
  class: MediaClass;
  /** False: turned off for now by who sends it. */
  on: boolean;
};

/**
 * What is so at the moment. Each is the whole state of what it is about, and replaces the
 * one before.
 */
export type CallSignal =
  | { type: 'call.news'; body: CallNews }
  | { type: 'call.media'; body: CallMedia }
  | { type: 'call.places'; body: CallPlaces }
  | { type: 'call.link'; body: CallLink };

/** Where somebody stands in a call. */
export type CallStand =
  | 'ringing'
  | 'waiting'
  | 'inside'
  | 'left'
  | 'declined'
  | 'busy'
  | 'unanswered'
  | 'removed';

/** Its sender is inside, as its host. */
export type CallStarted = {
  mode: CallMode;
  /** Of a room of two: over as soon as one of them goes. */
  direct: boolean;
  ring: Array<AccountId>;
  leg: LegId;
};

/** They have not answered in time. */
export type CallUnanswered = { accounts: Array<AccountId> };

/**
 * `PUT /v1/calls/{room}/legs/{leg}/view`: what it wants to see, the most important first;
 * absent: everybody.
 */
export type CallView = { wishes?: Array<CallWish> };

/** Something a device wants to see. */
export type CallWish = {
  publication: number;
  /** The best layer that is worth anything at its size on the screen: 0 is the smallest. */
  layer: number;
};

/** Somebody who waited is inside, or was sent away. */
export type CallerAdmitted = {
  account: AccountId;
  yes: boolean;
  /** The device that is inside from here on. */
  leg?: LegId;
};

export type CallerMuted = { account: AccountId };

/** The sender waits at the door. */
export type CallerWaits = { leg: LegId };

/** Something an agent says so often that it is kept at hand. */
export type CannedAnswer = { title: string; text: string };

/** Replaces what is given, keeps the rest. */
export type ChangeApp = {
  name?: string;
  summary?: string;
  icon?: AppIcon;
  /** Where it begins; an empty text: it has no page. */
  url?: string;
  /** The smaller, the further to the front of the square. */
  order?: number;
  /** Who may open it. */
  target?: Target;
  /** Whether it stands in the square. */
  shown?: boolean;
  /** Where somebody who signs in may be sent back to: compared letter by letter. */
  redirects?: Array<string>;
};

/** The owner's own change; ends every other session. */
export type ChangePassword = { current: Secret; new: Secret };

/** Replaces what is given, keeps the rest. */
export type ChangeTask = { title?: string; note?: string; private?: boolean };

/** A wrong password beside a live session: counts towards the lock as a wrong sign-in does. */
export type CheckFailed = {
  /** Failures in a row, those of sign-in among them. */
  failures: number;
  locked_until?: number;
};

/**
 * Deletes for oneself what was said in a room up to `seq`; without a room, what was
 * said up to now in all of them. It stays for everybody else.
 */
export type ClearHistory = { room?: RoomId; seq?: number };

/** Nothing is posted any more; what waits is forgotten. */
export type ClearWebhook = Record<string, never>;

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
      | SpaceCommand
      | TaskCommand
      | CalendarCommand
      | CallCommand
      | PlanCommand
      | NoticeCommand
      | AppCommand
      | OrganisationCommand
      | ContactCommand
      | ContactRulesCommand
    )
  | { t: 'watch'; streams: Array<WatchFrom> }
  | { t: 'unwatch'; streams: Array<StreamId> }
  | { t: 'signal'; stream: StreamId } & (RoomSignal | NoticeSignal | PlanSignal | CallSignal)
  | { t: 'observe'; accounts: Array<AccountId> }
  | { t: 'ping' };

/** The secret address leads nowhere any more. */
export type CloseFeed = Record<string, never>;

/** Ends a thread until its asker comes again. */
export type CloseThread = Record<string, never>;

/** Takes a unit out of use; refused while units below it are open. */
export type CloseUnit = Record<string, never>;

/** Somebody opens it: a code that its own server changes for who it is. */
export type CodeIssued = {
  /** SHA-256 of the code, in hex. */
  code_hash: string;
  account: AccountId;
  redirect: string;
  /** `code_challenge` of PKCE, method S256. */
  challenge?: string;
  nonce?: string;
  expires_at: number;
};

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
  | SpaceCommand
  | TaskCommand
  | CalendarCommand
  | CallCommand
  | PlanCommand
  | NoticeCommand
  | AppCommand
  | OrganisationCommand
  | ContactCommand
  | ContactRulesCommand
);

/** Says something about it to everybody who sees it. */
export type CommentPlan = { text: string };

/** Confirms the notice that the event `seq` has set. */
export type ConfirmNotice = { seq: number };

/** The sender confirms it. */
export type ConfirmReceipt = Record<string, never>;

/** Proves that the authenticator works; from here on sign-in asks for a code. */
export type ConfirmTotp = { code: Secret };

export type ContactAccepted = { asker: AccountId; peer: AccountId; until: number };

export type ContactAsked = { asker: AccountId; peer: AccountId; text: string };

export type ContactBlocked = { account: AccountId; peer: AccountId };

/** What may be asked of two people's terms. The hub knows their stream from the two. */
export type ContactCommand =
  | { type: 'contact.ask'; body: AskContact }
  | { type: 'contact.answer'; body: AnswerContact }
  | { type: 'contact.end'; body: EndContact }
  | { type: 'contact.block'; body: BlockContact };

/** A permission is over, or a request was taken back. */
export type ContactEnded = Record<string, never>;

export type ContactEvent =
  | { type: 'contact.asked'; body: ContactAsked }
  | { type: 'contact.accepted'; body: ContactAccepted }
  | { type: 'contact.refused'; body: ContactRefused }
  | { type: 'contact.ended'; body: ContactEnded }
  | { type: 'contact.blocked'; body: ContactBlocked }
  | { type: 'contact.unblocked'; body: ContactUnblocked };

export type ContactGrantSet = { grant_seconds: number };

/** `GET /v1/contacts/{account}`, and a line of `GET /v1/contacts`. */
export type ContactInfo = {
  card: AccountCard;
  state: ContactState;
  /** When the permission ends. */
  until?: number;
  /** What was written with the request that waits. */
  text?: string;
};

/** From the mildest to the strictest. */
export type ContactLevel = 'white' | 'grey' | 'black';

/** What has changed between two people. */
export type ContactMove = 'asked' | 'accepted' | 'refused' | 'ended' | 'blocked' | 'unblocked';

/** Something has changed between the owner and somebody else: see area `contact`. */
export type ContactMoved = { peer: AccountId; what: ContactMove };

export type ContactRefused = { asker: AccountId; peer: AccountId };

/** Between whoever is on the one side and whoever is on the other. */
export type ContactRule = {
  /** Made by the client; the same again replaces the rule. */
  rule: string;
  one: ContactSide;
  other: ContactSide;
  level: ContactLevel;
};

export type ContactRuleRemoved = { rule: string };

export type ContactRuleSet = { rule: ContactRule };

/** `GET /v1/contact-rules` */
export type ContactRules = {
  stream: StreamId;
  /** The number to watch from. */
  head: number;
  rules: Array<ContactRule>;
  /** How long a permission lasts. */
  grant_seconds: number;
  /** Whom the rules name. */
  people: Array<AccountCard>;
};

/** What operators may ask of the rules. The hub knows their stream. */
export type ContactRulesCommand =
  | { type: 'contact_rules.set'; body: SetContactRule }
  | { type: 'contact_rules.remove'; body: RemoveContactRule }
  | { type: 'contact_rules.set_grant'; body: SetContactGrant };

export type ContactRulesEvent =
  | { type: 'contact_rules.was_set'; body: ContactRuleSet }
  | { type: 'contact_rules.removed'; body: ContactRuleRemoved }
  | { type: 'contact_rules.grant_set'; body: ContactGrantSet };

/** One of the two sides that a rule is about. */
export type ContactSide =
  | { who: 'everyone' }
  | { who: 'role'; role: Role }
  | { who: 'unit'; unit: UnitId }
  | { who: 'person'; account: AccountId };

/** What the caller and somebody else may do. */
export type ContactState = 'open' | 'granted' | 'ask' | 'asked' | 'asking' | 'blocked' | 'closed';

export type ContactUnblocked = { account: AccountId; peer: AccountId };

/** One line of the conversation list. */
export type Conversation = {
  stream: StreamId;
  kind: RoomKind;
  name: string;
  /** The other person of a direct room; in a thread with a service, to its agents: the asker. */
  peer?: AccountCard;
  members: number;
  head: number;
  last_at: number;
  /** The last message, for the preview; absent in an empty room. */
  last?: EventFrame;
  unread: number;
  read: number;
  /** Above all that are not. */
  pinned?: boolean;
  /** Without sound or badge. */
  muted?: boolean;
  /** Can be read and left only. */
  dissolved?: boolean;
  /** Only the owner and admins may write now. */
  silenced?: boolean;
  draft?: Draft;
  /** Of a thread with a service: where it stands. */
  thread?: ThreadState;
  /** Of a desk and of its threads: how its agents are shown, where it is not by name. */
  signs?: AgentSigns;
  /** Of a conversation with an application: which one it is. */
  app?: AppFace;
};

/** How the owner sees a conversation from here on, whole. */
export type ConversationSet = { room: RoomId; pinned: boolean; muted: boolean; hidden: boolean };

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

/** Creates an announcement room: a group in which only the owner and admins write. */
export type CreateAnnouncement = { name: string; members: Array<AccountId> };

/**
 * Registers a program under an id that the client made. It acts as `account`, which
 * holds the roles and is a member of rooms like any other.
 */
export type CreateApp = { name: string; account: AccountId };

/** Opens a service to askers; the sender and the members answer for it. */
export type CreateDesk = { name: string; members: Array<AccountId> };

/** The ack's number is the folder. */
export type CreateFolder = { parent: number; name: string };

/**
 * Lets another system write here under a name. The ack's result holds `{hook}`, the last
 * part of the address to post to; it is told once. The hook is named by the ack's `seq`.
 */
export type CreateHook = { label: string };

/**
 * Makes an invite, for a link or a QR code. The ack's result holds `{invite}`, the
 * token; it is told once. The invite itself is named by the ack's `seq`.
 */
export type CreateInvite = {
  expires_at: number;
  /** Those who come by it wait until an admin lets them in. */
  approval: boolean;
  /** How many people may come by it; absent: any number. */
  uses_max?: number;
};

/** Creates a group under an id that the client made; the sender becomes its owner. */
export type CreateRoom = {
  name: string;
  /** The others; the sender need not be listed. */
  members: Array<AccountId>;
};

/** Creates a shared space under an id that the client made; the sender becomes an owner. */
export type CreateSpace = { name: string; members?: Array<SpaceMember> };

/** Creates a task under an id that the client made; the sender becomes its owner. */
export type CreateTask = {
  title: string;
  note?: string;
  starts_at: number;
  ends_at: number;
  /** Where its days are counted. */
  zone: Zone;
  /** The others. */
  assignees?: Array<AccountId>;
  watchers?: Array<AccountId>;
  /** Never shown in a shared calendar. */
  private?: boolean;
  repeat?: Repeat;
  files?: Array<FileRef>;
  /** Minutes before it begins at which who has to do it is reminded. */
  remind?: Array<number>;
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

/** Counted in days since 1970-01-01. */
export type Day = string;

/** Does not come. */
export type DeclineCall = {
  /** For being in another call. */
  busy: boolean;
};

export type DemoAccount = { card: AccountCard; grants: Array<Grant>; password: string };

/** Takes a file away, told by the number of the event that brought it. */
export type DetachFile = { seq: number };

/** Ends every session and refuses sign-in. Nobody may disable their own account. */
export type DisableAccount = Record<string, never>;

/** Ends a group for good: it can be read and left, nothing else. */
export type DissolveRoom = Record<string, never>;

/** `GET /v1/rooms/{room}/invites`, for owner and admins: by what people come in. */
export type Doorway = {
  /** Those that were made last, newest first. */
  invites: Array<InviteInfo>;
  /** Who waits to be let in, the longest first. */
  requests: Array<JoinRequest>;
};

/** What somebody has begun to write. */
export type Draft = { text: string; at: number };

export type DraftCleared = { room: RoomId };

/** What the owner has begun to write; the draft before it has lost its body. */
export type DraftSet = { room: RoomId; text: string };

/** `GET /v1/drive/{space}/links` */
export type DriveLink = {
  link: number;
  node: number;
  /** What opens it: `/v1/links/{token}`. */
  token: string;
  protected: boolean;
  expires_at?: number;
  created_at: number;
};

/** `GET /v1/drive/{space}/nodes?folder=`: what lies in a folder. */
export type DriveListing = {
  /** From the top down to the folder, itself last. */
  path: Array<DriveNode>;
  items: Array<DriveNode>;
  /** Passed back as `after` for the following page. */
  next?: string;
};

/** A folder or a file in a listing. */
export type DriveNode = {
  node: number;
  parent: number;
  name: string;
  /** The version shown; a folder has none. */
  file?: FileRef;
  versions: number;
  changed_at: number;
  /** Since when it is in the bin. */
  binned_at?: number;
};

/** `GET /v1/drive/{space}/nodes/{node}/versions`, the newest first. */
export type DriveVersion = {
  /** The event that added it: what the file is read by. */
  seq: number;
  file: FileRef;
  at: number;
  by?: AccountId;
};

/** The draft was sent, or is not wanted any more. */
export type DropMailDraft = { draft: string };

/** Gives a message another text; the earlier ones stay in its history. */
export type EditMessage = { seq: number; text: string };

/** Lets a disabled account sign in again. */
export type EnableAccount = Record<string, never>;

/** A host ends it for everybody; in a room of two either does. */
export type EndCall = Record<string, never>;

/** Ends a permission before its time, or takes back one's request. */
export type EndContact = { peer: AccountId };

/** Begins a second factor. The ack's result holds `{secret, uri}`, once. */
export type EnrolTotp = Record<string, never>;

/** For good, out of the bin: names and contents are removed from the store. */
export type EraseNode = { node: number };

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
  /** Not for this viewer: a number passed, and that is all there is to know. */
  withheld?: boolean;
} & (
  | AnyEvent
  | { type: AnyEvent['type']; body?: undefined }
  | { type?: undefined; body?: undefined }
);

/** `GET /v1/streams/{stream}/events?before=|after=&limit=`, ascending by number. */
export type EventPage = {
  events: Array<EventFrame>;
  head: number;
  /** Of a room: what later events say of the messages of this page, ascending by number. */
  notes?: Array<EventFrame>;
};

export type Every = 'day' | 'week' | 'month';

export type FeedClosed = Record<string, never>;

export type FeedOpened = Record<string, never>;

export type FieldKind = 'text' | 'number' | 'date' | 'choice' | 'phone';

/** Text of one of the organisation's own fields; empty: none. */
export type FieldValue = { field: string; text: string };

export type FieldsSet = { values: Array<FieldValue> };

export type FileAdded = { parent: number; file: FileRef };

export type FileAttached = { file: FileRef };

/** The event that brought it has lost its body. */
export type FileDetached = { seq: number };

/** A stored file under the name that whoever attached it gave it. */
export type FileRef = {
  blob: BlobId;
  /** As the hub cleaned it: no path, no control or direction characters. */
  name: string;
  bytes: number;
  /** The media type that the content has, whatever the sender called it. */
  type: string;
};

/** The sender has done what it asks. */
export type FinishNotice = Record<string, never>;

/** Who sent it says that these have done it: an application writes back. */
export type FinishNoticeFor = { accounts: Array<AccountId> };

/** Says that it is done; of a repeating task, the occurrence that begins on this day. */
export type FinishTask = { on?: Day };

/** `POST /v1/uploads/{upload}/finish` */
export type FinishUpload = {
  /** In hex: what the sender has computed of the whole file, to be held against what arrived. */
  sha256?: string;
};

export type FolderCreated = { parent: number; name: string };

/**
 * Keeps a service among the sender's conversations, asked or not. Needs no stream: the
 * ack names the thread.
 */
export type FollowService = { service: RoomId };

/**
 * Names messages to forward. The sender names them, the hub copies them: nobody can put words
 * into another's mouth, and nothing is copied that the sender may not see.
 */
export type Forward = {
  /** As the reader sees it: 群名的聊天记录. */
  title: string;
  /** In the order in which they are shown. */
  messages: Array<MessageRef>;
};

export type ForwardedMessage = { by?: AccountId; at: number; text: string; part?: Part };

export type FoundApp = { app: StreamId; name: string };

/** A file or a folder of the drive. */
export type FoundFile = {
  space: StreamId;
  node: number;
  folder: boolean;
  name: string;
  /** The name of a shared space; empty: one's own. */
  place: string;
  /** The folders that it lies in, from the top down. */
  path: Array<FoundStep>;
  changed_at: number;
};

/** A to-do or an announcement, found by its title or its text. */
export type FoundNotice = {
  notice: StreamId;
  kind: NoticeKind;
  title: string;
  sent_at: number;
  /** Whether it was sent to the caller; otherwise the caller has sent it to others. */
  received: boolean;
  /** The caller has done what it asks. */
  done: boolean;
};

/** A conversation as a search shows it. */
export type FoundRoom = {
  stream: StreamId;
  kind: RoomKind;
  name: string;
  /** The other person of a direct room. */
  peer?: AccountCard;
};

export type FoundStep = { node: number; name: string };

/** A task, found by its title or its note. */
export type FoundTask = {
  task: StreamId;
  title: string;
  starts_at: number;
  ends_at: number;
  done: boolean;
};

/** A role held for a unit and everything below it. */
export type Grant = { role: Role; unit: UnitId };

/** Gives a role for a unit and everything below it. */
export type GrantRole = { grant: Grant };

export type HandRaised = { account: AccountId; on: boolean };

/** `GET /v1/hello`, before sign-in: what this hub is. */
export type Hello = {
  protocol: number;
  build: string;
  demo: boolean;
  /** Demo mode only: accounts that can be clicked through. */
  demo_accounts: Array<DemoAccount>;
};

/** Deletes a message for oneself: it stays for everybody else. */
export type HideMessage = { room: RoomId; seq: number };

/** Of a room up to `seq`, or of all rooms up to when this happened. */
export type HistoryCleared = { room?: RoomId; seq?: number };

export type Hit = {
  kind: HitKind;
  stream: StreamId;
  seq: number;
  at: number;
  by?: AccountId;
  /** The text around what was found, on one line. */
  snippet: Array<SnippetPiece>;
};

/** What an event was found as. */
export type HitKind = 'message' | 'file' | 'mail';

/** An incoming webhook, from here on named by this event's number. */
export type HookCreated = {
  label: string;
  /** SHA-256 of the token, in hex. */
  token_hash: string;
};

/** `GET /v1/rooms/{room}/hooks`: an incoming webhook, without what opens it. */
export type HookInfo = {
  seq: number;
  label: string;
  by?: AccountId;
  created_at: number;
  revoked: boolean;
};

/** Under what name a program wrote that came through an incoming webhook. */
export type HookName = {
  /** The event that made the hook. */
  seq: number;
  label: string;
};

/**
 * Somebody posted with a token that is good no more or never was, for the first time in
 * a minute.
 */
export type HookRefused = {
  /** The hook that was revoked; absent: there never was one. */
  seq?: number;
};

export type HookRevoked = { seq: number };

export type HostSet = { account: AccountId; on: boolean };

/**
 * `GET /v1/calls/ice`: what a browser reaches the media port by, besides the addresses in the
 * answers.
 */
export type IceConfig = { servers: Array<IceServer> };

export type IceServer = { urls: Array<string>; username?: string; credential?: string };

/** `GET /v1/rooms/{room}/invitation?token=`: what an invite leads to, for who holds it. */
export type Invitation = {
  room: RoomId;
  name: string;
  members: number;
  approval: boolean;
  expires_at: number;
  /** Whether the asker is in the room already. */
  member: boolean;
  /** Whether it still lets people in. */
  good: boolean;
};

/** An invite, from here on named by this event's number. */
export type InviteCreated = {
  /** SHA-256 of the token, in hex: whoever watches cannot pass the invite on. */
  token_hash: string;
  expires_at: number;
  approval: boolean;
  uses_max?: number;
};

export type InviteInfo = {
  seq: number;
  expires_at: number;
  approval: boolean;
  uses_max?: number;
  uses: number;
  revoked: boolean;
  by?: AccountId;
};

export type InviteRevoked = { seq: number };

/** The sender came in by the invite `seq`. */
export type InviteUsed = { seq: number };

/**
 * Gives out a token. The program that will use it makes it, `app_` and 32 random bytes
 * in hexadecimal, and sends its SHA-256 only: the hub cannot show it to anybody.
 */
export type IssueToken = {
  token: string;
  label: string;
  scopes: Array<Scope>;
  hash: string;
  expires_at?: number;
};

/**
 * Goes inside, or to the door where the call has a waiting room; another device of the
 * same person leaves its place to this one.
 */
export type JoinCall = { leg: LegId };

/** The sender came with an invite that is good no more. */
export type JoinFailed = { seq: number; reason: JoinFailure };

/** Why an invite did not open the door. */
export type JoinFailure = 'expired' | 'used_up' | 'revoked';

/** Somebody who waited was sent away. */
export type JoinRefused = { account: AccountId };

export type JoinRequest = { card: AccountCard; at: number };

/** The sender waits to be let in, by the invite `seq`. */
export type JoinRequested = { seq: number };

/** Joins a group by the token of an invite. */
export type JoinRoom = { invite: string };

export type KeptDraft = {
  draft: string;
  /** The event of the caller's own stream that holds it, and its attachments. */
  seq: number;
  at: number;
  mail: MailDraft;
};

/** A language of the interface. */
export type Language = 'zh' | 'ug' | 'en';

/** Goes, or leaves the door. Of a device whose place another has taken: nothing happens. */
export type LeaveCall = { leg: LegId };

/** Takes the sender out of a group. An owner is followed by an admin, or by a member. */
export type LeaveRoom = Record<string, never>;

/** Takes the sender out. An owner is followed by an assignee, or by a watcher. */
export type LeaveTask = Record<string, never>;

/** A device's place in a call; made by the client. */
export type LegId = string;

/** `PUT /v1/calls/{room}/legs/{leg}/lines`: what of it is on. */
export type LinesOn = { lines: Array<CallLine> };

/** `GET /v1/link`: what the page at an address says of itself. */
export type LinkCard = {
  url: string;
  title: string;
  /** Empty where the page says nothing. */
  summary: string;
};

/**
 * The hub was to read an address that it may not reach: a private one, most likely. For
 * the audit; the rest of the address may be a secret.
 */
export type LinkRefused = { host: string };

export type LinkRevoked = { link: number };

export type LinkShared = { node: number; protected: boolean; expires_at?: number };

/** `GET /v1/links/{token}`: what a stranger is told of a linked place. */
export type LinkedFile = {
  /** Absent while a password is needed. */
  name?: string;
  /** Of a file. */
  bytes?: number;
  /** A folder: what lies in it is listed by `…/nodes`. */
  folder: boolean;
  protected: boolean;
  expires_at?: number;
};

/** `POST /v1/links/{token}/nodes`: what lies in a linked folder, or in one below it. */
export type LinkedFolder = {
  /** From the linked folder down to this one, itself last; nothing above. */
  path: Array<LinkedNode>;
  items: Array<LinkedNode>;
  /** Passed back as `after` for the following page. */
  next?: string;
};

/** A place below a linked folder. */
export type LinkedNode = {
  node: number;
  name: string;
  /** Of a file; a folder has none. */
  bytes?: number;
};

/** A call that goes on. */
export type LiveCall = {
  room: RoomId;
  room_kind: RoomKind;
  /** Of a group; empty in a room of two. */
  room_name: string;
  /** The event that began it. */
  call: number;
  mode: CallMode;
  by: AccountId;
  began_at: number;
  locked: boolean;
  waiting_room: boolean;
  people: Array<CallPerson>;
};

/** A host lets nobody in any more, or lets people in again. */
export type LockCall = { on: boolean };

/** What of the caller's mails is listed. */
export type MailBox = 'received' | 'sent' | 'unread' | 'drafts';

/** A micro-mail as far as it is written: nothing of it need be there yet. */
export type MailDraft = {
  room: RoomId;
  subject: string;
  text: string;
  /** Empty: everybody in the conversation. */
  to: Array<AccountId>;
  attachments: Array<FileRef>;
  answers?: number;
};

export type MailDraftDropped = { draft: string };

/** A micro-mail that the owner has begun; what it was before has lost its body. */
export type MailDraftSet = { draft: string; mail: MailDraft };

/** The mail server has not taken it; tried again at `again_at`, or given up. */
export type MailFailed = { room: RoomId; seq: number; error: string; again_at?: number };

export type MailItem = {
  /** As it was sent. */
  event: EventFrame;
  /** What its body says now, where it was edited. */
  edited?: string;
  unread: boolean;
};

/** `GET /v1/mails` */
export type MailPage = {
  /** The latest first. */
  mails: Array<MailItem>;
  /** Of the box of drafts; the one changed last first. */
  drafts: Array<KeptDraft>;
  /** Who sent them, and to whom. */
  people: Array<AccountCard>;
  /** The conversations that they are in. */
  places: Array<FoundRoom>;
  /** How many the caller has not opened, of the room that was asked for or of all. */
  unread: number;
  /** When the latest received one was sent: as far as all may be marked as read. */
  latest?: number;
  /** Passed back as `cursor` for the following page; absent on the last. */
  next?: string;
};

/** A mail about the urgent message `seq` is on its way. */
export type MailQueued = { room: RoomId; seq: number };

/** The mail server has taken it. */
export type MailSent = { room: RoomId; seq: number };

export type MailSet = { address?: string };

/**
 * Micro-mails that the owner has opened: these of a room, or all up to a time, there or
 * everywhere.
 */
export type MailsRead = { room?: RoomId; seqs?: Array<number>; until?: number };

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
  preferences: Preferences;
  /** What the person filled into the organisation's own fields. */
  fields: Array<FieldValue>;
};

/** What either answers. */
export type MediaAnswer = { answer: string };

/** What is in a picture, or that it is sound. */
export type MediaClass = 'audio' | 'sign' | 'screen' | 'camera';

/**
 * Meets others face to face: whoever sends the same four digits within a few minutes
 * shares a group. Needs no stream. The ack's result holds `{room, people}`.
 */
export type MeetPeople = { digits: string };

export type Member = { account: AccountId; role: MemberRole };

export type MemberAdded = { account: AccountId; role: MemberRole };

export type MemberMuted = { account: AccountId; until?: number };

export type MemberRemoved = {
  account: AccountId;
  /** True when the member left, false when removed by an admin. */
  left: boolean;
};

export type MemberRole = 'member' | 'admin' | 'owner';

export type MemberRoleChanged = { account: AccountId; role: MemberRole };

/** Everybody whom one command has added, in rooms that may be large. */
export type MembersAdded = { accounts: Array<AccountId> };

/** The sender has acknowledged the urgent message `seq`. */
export type MessageAcknowledged = { seq: number };

/** Its time is over: the message `seq` has lost its body. */
export type MessageBurnt = { seq: number };

/** The message `seq` reads so from now on. */
export type MessageEdited = { seq: number; text: string };

export type MessageHidden = { room: RoomId; seq: number };

/** The reader has opened the message: it burns then. */
export type MessageOpened = { seq: number; burns_at: number };

export type MessagePinned = { seq: number; on: boolean };

export type MessageReacted = { seq: number; emoji: string; on: boolean };

/** The message `seq` has lost its body. */
export type MessageRecalled = { seq: number };

export type MessageRef = { room: RoomId; seq: number };

export type MessageSent = {
  text: string;
  part?: Part;
  reply_to?: number;
  mentions?: Array<AccountId>;
  mention_all?: boolean;
  urgent?: boolean;
  burn_ms?: number;
  /** A whisper's readers besides its sender. Other members see that a number passed. */
  visible_to?: Array<AccountId>;
  /** Set where no account wrote it but an incoming webhook. */
  hook?: HookName;
};

export type MoveNode = { node: number; parent: number };

/** Puts it elsewhere in time, with all its occurrences. */
export type MoveTask = { starts_at: number; ends_at: number };

/** Puts a unit, with everything below it, under another parent or elsewhere among its siblings. */
export type MoveUnit = {
  parent: UnitId;
  /** Absent: the place among its siblings stays. */
  rank?: number;
};

/** A host turns somebody's microphone off; they may turn it on again. */
export type MuteCaller = { account: AccountId };

/** Keeps a member from writing until a time; without one, lets them write again. */
export type MuteMember = { account: AccountId; until?: number };

/** A person's names: Chinese first, Uyghur and English where known. */
export type Names = { zh: string; ug?: string; en?: string };

export type NodeErased = { node: number };

export type NodeMoved = { node: number; parent: number };

export type NodeRemoved = { node: number };

export type NodeRenamed = { node: number; name: string };

export type NodeRestored = { node: number; parent: number };

export type NoteRemoved = { task: StreamId };

export type NoteWritten = { task: StreamId; text: string };

/** A page of those whom it addresses: the proof of delivery. */
export type NoticeAddressed = {
  accounts: Array<AccountId>;
  /** No more pages follow. */
  last: boolean;
};

/** `GET /v1/notices/unread`: the badges. */
export type NoticeBadges = { todos: number; announcements: number };

/** What may be asked of a notice. */
export type NoticeCommand =
  | { type: 'notice.send'; body: SendNotice }
  | { type: 'notice.withdraw'; body: WithdrawNotice }
  | { type: 'notice.read'; body: ReadNotice }
  | { type: 'notice.confirm'; body: ConfirmReceipt }
  | { type: 'notice.finish'; body: FinishNotice }
  | { type: 'notice.finish_for'; body: FinishNoticeFor };

/** The sender confirms the notice that the event `seq` has set. */
export type NoticeConfirmed = { seq: number };

/** `GET /v1/notices/sent` and `GET /v1/notices/{notice}/proof`: how far it has come. */
export type NoticeCounts = {
  notice: StreamId;
  kind: NoticeKind;
  title: string;
  sent_at: number;
  /** Whether everybody has been addressed. */
  complete: boolean;
  withdrawn: boolean;
  addressed: number;
  read: number;
  confirmed: number;
  done: number;
};

/** What happened to a notice. Who did it is the event's sender. */
export type NoticeEvent =
  | { type: 'notice.sent'; body: NoticeSent }
  | { type: 'notice.written'; body: NoticeWritten }
  | { type: 'notice.addressed'; body: NoticeAddressed }
  | { type: 'notice.withdrawn'; body: NoticeWithdrawn }
  | { type: 'notice.was_read'; body: NoticeRead }
  | { type: 'notice.confirmed'; body: ReceiptConfirmed }
  | { type: 'notice.finished'; body: NoticeFinished };

export type NoticeFinished = { accounts: Array<AccountId> };

/** `GET /v1/rooms/{room}/notice` */
export type NoticeInfo = {
  seq: number;
  text: string;
  confirm: boolean;
  by?: AccountId;
  at: number;
  /** Whether the asker has confirmed it. */
  confirmed: boolean;
  confirmed_count: number;
  members: number;
};

/** `GET /v1/notices`: a notice as one recipient has it. */
export type NoticeItem = {
  notice: StreamId;
  kind: NoticeKind;
  title: string;
  text: string;
  by: AccountId;
  sent_at: number;
  /** The hub wrote it. */
  reminder?: Reminder;
  link?: string;
  due_at?: number;
  confirm: boolean;
  read_at?: number;
  confirmed_at?: number;
  done_at?: number;
};

export type NoticeKind = 'todo' | 'announcement';

/** The list of notices is another than before: one came, or was read elsewhere. */
export type NoticeNews = Record<string, never>;

/** `GET /v1/notices/{notice}/proof`: one person's part. */
export type NoticeProof = {
  account: AccountId;
  read_at?: number;
  confirmed_at?: number;
  done_at?: number;
};

export type NoticeRead = Record<string, never>;

/** `GET /v1/notices/rows`: all notices of one kind as one row among the conversations. */
export type NoticeRow = {
  kind: NoticeKind;
  /** What `account.set_conversation` calls it. */
  row: RoomId;
  /** Of the newest one. */
  title: string;
  reminder?: Reminder;
  sent_at: number;
  unread: number;
  pinned: boolean;
  muted: boolean;
  /** Out of the list: nothing has come since the person hid it. */
  hidden: boolean;
};

export type NoticeSent = { kind: NoticeKind; target: Target; due_at?: number; confirm: boolean };

/** The notice as it is from here on; an empty text takes it away. */
export type NoticeSet = { text: string; confirm: boolean };

/** What each recipient is told at once; the list says it again to who was away. */
export type NoticeSignal = { type: 'notice.news'; body: NoticeNews };

export type NoticeWithdrawn = Record<string, never>;

/** What it says; redacted once it is withdrawn. */
export type NoticeWritten = {
  title: string;
  text: string;
  link?: string;
  /** The hub wrote it. */
  reminder?: Reminder;
};

/** One occurrence is another than its series says. */
export type OccurrenceAltered = { exception: TaskException };

/** One occurrence is as its series says again. */
export type OccurrenceRestored = { on: Day };

/**
 * Opens the sender's own room with an application, or, asked by the application's token,
 * a person's room with it. Needs no stream: the ack names it.
 */
export type OpenApp = {
  app: StreamId;
  /** With whom: said by an application, and by nobody else. */
  account?: AccountId;
};

/**
 * Opens the one room of two people, creating it at the first time; with oneself, the room
 * that carries files between one's devices. Needs no stream: the
 * ack names it.
 */
export type OpenDirect = { peer: AccountId };

/**
 * Opens a feed for calendar programs at a secret address, in place of the one before.
 * The client makes the secret, 32 random bytes in hexadecimal, and sends its SHA-256
 * only: the hub cannot tell it to anybody.
 */
export type OpenFeed = { hash: string };

/** `POST /v1/links/{token}/file`: the file itself; `…/nodes`: what lies in a folder. */
export type OpenLink = {
  password?: Secret;
  /** A place below the linked folder; absent, the linked place itself. */
  node?: number;
  /** `next` of the page before. */
  after?: string;
};

/** Opens a message that burns after reading: from here on its time runs. */
export type OpenMessage = { seq: number };

/**
 * Opens the sender's own space, creating it at the first time. Needs no stream: the ack
 * names it.
 */
export type OpenPersonal = Record<string, never>;

/**
 * Opens the sender's own thread with a service, again where it was closed. Needs no
 * stream: the ack names it.
 */
export type OpenService = { service: RoomId };

/** Opens the room in which the people of a task talk. Needs no stream: the ack names it. */
export type OpenTask = { task: StreamId };

/** What operators may ask of the organisation. The hub knows its stream. */
export type OrganisationCommand =
  | { type: 'organisation.set_profile_fields'; body: SetProfileFields }
  | { type: 'organisation.set_watermark'; body: SetWatermark };

export type OrganisationEvent =
  | { type: 'organisation.profile_fields_set'; body: ProfileFieldsSet }
  | { type: 'organisation.watermark_set'; body: WatermarkSet };

/** `GET /v1/organisation` */
export type OrganisationInfo = {
  stream: StreamId;
  /** The number to watch from. */
  head: number;
  fields: Array<ProfileField>;
  watermark: Watermark;
};

/** A page of anything; `next` is passed back as `after` for the following one. */
export type Page<T> = { items: Array<T>; next?: string };

export type Part =
  | { kind: 'image'; file: FileRef; width: number; height: number }
  | { kind: 'voice'; file: FileRef; ms: number; levels: Array<number> }
  | { kind: 'video'; file: FileRef; width: number; height: number; ms: number }
  | { kind: 'document'; file: FileRef }
  | { kind: 'location'; lat: number; lon: number; name: string; address: string }
  | { kind: 'card'; account: AccountId; names?: Names }
  | { kind: 'link'; url: string; title: string; summary: string; image?: FileRef }
  | { kind: 'forwarded'; title: string; messages: Array<ForwardedMessage> }
  | {
      kind: 'mail';
      subject: string;
      attachments: Array<FileRef>;
      /** For whom of the conversation it is; empty: for everybody in it. */
      to?: Array<AccountId>;
      /** The micro-mail that this one answers. */
      answers?: number;
    };

export type PasswordChanged = {
  /** True when an administrator set it. */
  reset: boolean;
};

/** A call that is over. */
export type PastCall = {
  call: number;
  mode: CallMode;
  by: AccountId;
  began_at: number;
  ended_at: number;
  why: CallEnd;
  talked_ms: number;
  people: Array<AccountId>;
};

export type PeopleRung = { accounts: Array<AccountId> };

/** One right, checked against the unit of the record it touches. */
export type Permission =
  | 'account.read'
  | 'account.manage'
  | 'unit.manage'
  | 'room.create'
  | 'notice.send'
  | 'plan.review'
  | 'audit.read'
  | 'system.operate';

/** The sender has met the others of the round that began with the event `round`. */
export type PersonMet = { round: number };

/** `GET /v1/people/{account}`: a card and the organisation's own fields. */
export type PersonProfile = { card: AccountCard; fields: Array<FieldValue> };

/**
 * Somebody was not signed in, or a code not changed. Of what anybody may try the first
 * in a minute.
 */
export type PersonRefused = { reason: SignInRefusal; account?: AccountId };

/** The code was changed: the application knows who that is. */
export type PersonSignedIn = { code_hash: string; account: AccountId };

/** Pins a message in the room, or takes it down. */
export type PinMessage = { seq: number; on: boolean };

/**
 * What may be asked of a week's plan. Where a command names the week, it is for the sender's
 * own plan, and needs no stream: the ack names it. A week is told by its Monday.
 */
export type PlanCommand =
  | { type: 'plan.write'; body: WritePlan }
  | { type: 'plan.submit'; body: SubmitPlan }
  | { type: 'plan.withdraw'; body: WithdrawPlan }
  | { type: 'plan.share'; body: SharePlan }
  | { type: 'plan.review'; body: ReviewPlan }
  | { type: 'plan.comment'; body: CommentPlan };

export type PlanCommented = {
  /** Whose plan it is. */
  account: AccountId;
  text: string;
};

export type PlanCounts = {
  unit: UnitId;
  names: Names;
  people: number;
  plan: PlanTally;
  summary: PlanTally;
};

export type PlanDeed = 'submitted' | 'withdrawn' | 'approved' | 'returned' | 'commented';

/** One part of a plan as the reader may see it. */
export type PlanEntry = {
  part: PlanPart;
  state: PlanState;
  /** What its owner has kept; for the owner only. */
  draft?: string;
  /** What was submitted last. */
  text?: string;
  /** The tasks of that submission. */
  tasks: Array<PlanTask>;
  omitted: number;
  to: Array<AccountId>;
  /** The number of that submission. */
  seq?: number;
  sent_at?: number;
  reviewed_by?: AccountId;
  reviewed_at?: number;
  remark?: string;
};

/** What happened to a week's plan. */
export type PlanEvent =
  | { type: 'plan.written'; body: PlanWritten }
  | { type: 'plan.submitted'; body: PlanSubmitted }
  | { type: 'plan.reminded'; body: PlanReminded }
  | { type: 'plan.withdrawn'; body: PlanWithdrawn }
  | { type: 'plan.shared'; body: PlanShared }
  | { type: 'plan.reviewed'; body: PlanReviewed }
  | { type: 'plan.commented'; body: PlanCommented };

/** `GET /v1/plans/own` and `GET /v1/plans/{plan}`. */
export type PlanInfo = {
  plan: StreamId;
  /** False: nothing has been written yet, and there is nothing to watch. */
  exists: boolean;
  account: AccountId;
  week: Day;
  /** The plan and the summary. */
  parts: Array<PlanEntry>;
  /** With whom it is shared; for the owner only. */
  shared: Array<AccountId>;
  /** The latest last. */
  lines: Array<PlanLine>;
  /** Whether the reader is one of those who review it. */
  reviews: boolean;
  /** Everybody named here. */
  people: Array<AccountCard>;
};

/** What was done to a plan, for everybody who sees it. */
export type PlanLine = {
  seq: number;
  at: number;
  by: AccountId;
  deed: PlanDeed;
  part?: PlanPart;
  /** A remark or a comment. */
  text: string;
};

/** A plan was submitted to, shared with, reviewed or commented on for the reader. */
export type PlanNews = Record<string, never>;

/** `GET /v1/plans`: a week of the units that the reader reviews. */
export type PlanOverview = {
  week: Day;
  unit: UnitId;
  /** Each unit with people of its own, by their place in the organisation. */
  units: Array<PlanCounts>;
  items: Array<PlanRow>;
  next?: string;
};

/** What is submitted. */
export type PlanPart = 'plan' | 'summary';

/** It has waited long: its reviewers were reminded, by a to-do of this id. */
export type PlanReminded = { part: PlanPart; seq: number; notice: StreamId };

export type PlanReviewed = {
  /** Whose plan it is. */
  account: AccountId;
  part: PlanPart;
  seq: number;
  verdict: PlanVerdict;
  remark: string;
};

/** One person's week in a list. */
export type PlanRow = {
  person: AccountCard;
  /** Absent: nothing has been submitted. */
  plan?: StreamId;
  state: PlanState;
  summary: PlanState;
  /** When the plan itself was submitted last. */
  sent_at?: number;
};

export type PlanShared = { week: Day; account: AccountId; on: boolean };

/** What those concerned are told at once; the lists say it again to who was away. */
export type PlanSignal = { type: 'plan.news'; body: PlanNews };

export type PlanState = 'draft' | 'submitted' | 'approved' | 'returned';

export type PlanSubmitted = {
  week: Day;
  part: PlanPart;
  text: string;
  /** The owner's unit, whose heads review it. */
  unit: UnitId;
  /** The nearest of those heads. */
  to: Array<AccountId>;
  tasks: Array<PlanTask>;
  /** How many tasks more the week had. */
  omitted: number;
};

/** How many people of a unit have come how far. */
export type PlanTally = { missing: number; submitted: number; approved: number; returned: number };

/** A task of the week as it stood when it was submitted. */
export type PlanTask = {
  task: StreamId;
  title: string;
  starts_at: number;
  ends_at: number;
  done: boolean;
};

export type PlanVerdict = 'approve' | 'return';

export type PlanWithdrawn = { part: PlanPart };

/** For its owner's eyes only; redacted once something else is written. */
export type PlanWritten = { week: Day; part: PlanPart; text: string };

/** How the person wants the hub, on all devices. What is absent each device decides. */
export type Preferences = {
  language?: Language;
  text_size?: TextSize;
  contrast?: boolean;
  alerts?: Alerts;
};

/** All of them, as they now are. */
export type PreferencesSet = { preferences: Preferences };

/** A field that the organisation keeps of its people. */
export type ProfileField = {
  /** Letters, digits and `_`; what values are kept under. */
  field: string;
  names: Names;
  kind: FieldKind;
  choices?: Array<string>;
  /** Whether people fill it in themselves; else who manages them does. */
  own: boolean;
  /** Whether colleagues see it on the card. */
  shown: boolean;
};

export type ProfileFieldsSet = { fields: Array<ProfileField> };

/** The whole profile as it now is. */
export type ProfileUpdated = { names: Names; post: string; phone?: string };

/** `POST /v1/calls/{room}/legs/{leg}/publish`: an offer to send. What the leg sent before ends. */
export type PublishOffer = {
  /** SDP. */
  offer: string;
  lines: Array<CallLine>;
};

export type PushDevice = {
  device: string;
  provider: PushProvider;
  name: string;
  session: SessionId;
  added_at: number;
};

export type PushDeviceAdded = {
  device: string;
  provider: PushProvider;
  name: string;
  session: SessionId;
};

export type PushDeviceRemoved = { device: string; reason: PushEnd };

/** Why a device is not pushed to any more. */
export type PushEnd = 'asked' | 'gone' | 'too_many';

/** `GET /v1/push`: what a device needs to be pushed to, and which are. */
export type PushInfo = {
  /** The key that a browser subscribes with (RFC 8292), base64url; absent: no push here. */
  vapid?: string;
  devices: Array<PushDevice>;
};

/** `GET /v1/push/log`: what was pushed lately, without what it said. For operators. */
export type PushLogLine = {
  at: number;
  account: AccountId;
  name: string;
  provider: PushProvider;
  /** Whether words of the message were in it. */
  text: boolean;
  /** `sent`, `gone`, `later`, `refused` or `no_provider`. */
  outcome: string;
  /** In words, for the three last. */
  why: string;
};

/** Whose service reaches a device. */
export type PushProvider = 'web' | 'apns' | 'fcm' | 'huawei' | 'xiaomi';

/**
 * Where a device is reached. Whoever knows it can write to the device: it is kept like a
 * password.
 */
export type PushTarget =
  | { provider: 'web'; endpoint: Secret; p256dh: Secret; auth: Secret }
  | { provider: 'apns'; token: Secret }
  | { provider: 'fcm'; token: Secret }
  | { provider: 'huawei'; token: Secret }
  | { provider: 'xiaomi'; token: Secret };

/** A part of each day in which nothing rings. It may go over midnight. */
export type QuietHours = {
  /** Minutes of the day, 0 to 1439. */
  from: number;
  /** The first minute that is loud again. */
  to: number;
  zone: Zone;
};

export type RaiseHand = {
  /** Whose; a host may lower others'. Absent: one's own. */
  account?: AccountId;
  on: boolean;
};

/** Sets or takes back an emoji under a message. */
export type React = { seq: number; emoji: string; on: boolean };

/** How many members have read as far as a message, its author left out. */
export type ReadCount = { seq: number; read: number };

/**
 * Micro-mails that the owner has opened: these of a room, or all up to a time, there or
 * everywhere.
 */
export type ReadMails = {
  room?: RoomId;
  seqs?: Array<number>;
  /** When the latest that the owner knows of was sent; instead of `seqs`. */
  until?: number;
};

/** The sender has seen it. */
export type ReadNotice = Record<string, never>;

export type Reader = {
  card: AccountCard;
  /** When the reader last read on in this room; absent for who has not read the message. */
  at?: number;
};

/** `GET /v1/rooms/{room}/messages/{seq}/readers`: for its author, and for owner and admins. */
export type Readers = {
  read_count: number;
  unread_count: number;
  /** Department by department, the largest first. */
  units: Array<UnitReaders>;
  read: Page<Reader>;
  unread: Page<Reader>;
};

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

export type ReceiptConfirmed = Record<string, never>;

/** Takes somebody out of it. */
export type ReleaseTask = { account: AccountId };

/** When who has to do it is reminded: minutes before it begins. None: never. */
export type RemindTask = { minutes: Array<number> };

/** What the hub itself reminds of. The reader's program puts it into the reader's words. */
export type Reminder =
  | { about: 'task'; task: StreamId; on: Day; starts_at: number }
  | { about: 'review'; plan: StreamId; account: AccountId; week: Day; part: PlanPart };

export type ReminderSet = { minutes: Array<number> };

/** A host sends somebody out. */
export type RemoveCaller = { account: AccountId };

export type RemoveContactRule = { rule: string };

/** Takes a member out of a group; an admin is taken out by the owner only. */
export type RemoveMember = { account: AccountId };

/** Into the bin, with all that lies in it. */
export type RemoveNode = { node: number };

export type RemovePushDevice = { device: string };

/** Takes somebody out; members may take themselves out. */
export type RemoveSpaceMember = { account: AccountId };

/** Does away with it, for everybody. */
export type RemoveTask = Record<string, never>;

/** Gives the second factor up. */
export type RemoveTotp = { password: Secret };

export type RenameNode = { node: number; name: string };

/** Names a group. */
export type RenameRoom = { name: string };

export type RenameSpace = { name: string };

/** Replaces the names in all three languages. */
export type RenameUnit = { names: Names };

/** Takes that back. */
export type ReopenTask = { on?: Day };

/** Takes a closed unit into use again. */
export type ReopenUnit = Record<string, never>;

/** When a task comes again: the part of an RRULE of RFC 5545 that people use. */
export type Repeat = {
  every: Every;
  /** Every second, third … day, week or month; 1 when absent. */
  interval?: number;
  /** Weeks only: which days, the one it begins on among them. Empty: that one alone. */
  on?: Array<Weekday>;
  /** The last day on which it may begin; absent: for ever. */
  until?: Day;
};

/** Makes it come again, or no longer. */
export type RepeatTask = { repeat?: Repeat };

/** An administrator's reset; ends every session, and the owner must change it at next sign-in. */
export type ResetPassword = { password: Secret };

/** Out of the bin; to the top where its folder is gone. */
export type RestoreNode = { node: number };

/** Makes one occurrence what its series says again. */
export type RestoreOccurrence = { on: Day };

/** A head of the unit approves it or returns it; to return needs a remark. */
export type ReviewPlan = {
  part: PlanPart;
  /** The number of the submission that was read: a later one is not meant. */
  seq: number;
  verdict: PlanVerdict;
  remark?: string;
};

/** Ends an incoming webhook. */
export type RevokeHook = { seq: number };

/** Ends an invite before its time. */
export type RevokeInvite = { seq: number };

export type RevokeLink = { link: number };

/** Takes a granted role back. */
export type RevokeRole = { grant: Grant };

/** The token opens nothing any more. */
export type RevokeToken = { token: string };

/** Rings more members of the room. */
export type RingPeople = { accounts: Array<AccountId> };

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

/** It is over. What nobody answered counts as unread. */
export type RoomCallEnded = {
  call: number;
  mode: CallMode;
  by: AccountId;
  why: CallEnd;
  talked_ms: number;
};

/** A call has begun in the room: number `call` of its calls' stream. */
export type RoomCallStarted = { call: number; mode: CallMode; by: AccountId };

/** What members ask of a room. */
export type RoomCommand =
  | { type: 'room.create'; body: CreateRoom }
  | { type: 'room.open_direct'; body: OpenDirect }
  | { type: 'room.send_message'; body: SendMessage }
  | { type: 'room.edit_message'; body: EditMessage }
  | { type: 'room.react'; body: React }
  | { type: 'room.pin_message'; body: PinMessage }
  | { type: 'room.open_message'; body: OpenMessage }
  | { type: 'room.recall_message'; body: RecallMessage }
  | { type: 'room.rename'; body: RenameRoom }
  | { type: 'room.add_members'; body: AddMembers }
  | { type: 'room.remove_member'; body: RemoveMember }
  | { type: 'room.leave'; body: LeaveRoom }
  | { type: 'room.set_member_role'; body: SetMemberRole }
  | { type: 'room.create_announcement'; body: CreateAnnouncement }
  | { type: 'room.transfer_owner'; body: TransferOwner }
  | { type: 'room.dissolve'; body: DissolveRoom }
  | { type: 'room.set_notice'; body: SetNotice }
  | { type: 'room.confirm_notice'; body: ConfirmNotice }
  | { type: 'room.set_muted'; body: SetMuted }
  | { type: 'room.mute_member'; body: MuteMember }
  | { type: 'room.create_invite'; body: CreateInvite }
  | { type: 'room.revoke_invite'; body: RevokeInvite }
  | { type: 'room.join'; body: JoinRoom }
  | { type: 'room.admit'; body: AdmitMember }
  | { type: 'room.meet'; body: MeetPeople }
  | { type: 'room.acknowledge'; body: AcknowledgeMessage }
  | { type: 'room.create_desk'; body: CreateDesk }
  | { type: 'room.set_answers'; body: SetAnswers }
  | { type: 'room.set_agent_signs'; body: SetAgentSigns }
  | { type: 'room.follow_service'; body: FollowService }
  | { type: 'room.unfollow_service'; body: UnfollowService }
  | { type: 'room.open_service'; body: OpenService }
  | { type: 'room.assign'; body: AssignThread }
  | { type: 'room.close_thread'; body: CloseThread }
  | { type: 'room.open_task'; body: OpenTask }
  | { type: 'room.open_app'; body: OpenApp }
  | { type: 'room.create_hook'; body: CreateHook }
  | { type: 'room.revoke_hook'; body: RevokeHook }
  | { type: 'room.mark_read'; body: MarkRead };

export type RoomCreated = {
  kind: RoomKind;
  /** Empty for a direct room: each side shows the other's name. */
  name: string;
  members: Array<Member>;
};

/** The room is over; it can still be read. */
export type RoomDissolved = Record<string, never>;

/** What happened in a room. */
export type RoomEvent =
  | { type: 'room.created'; body: RoomCreated }
  | { type: 'room.member_added'; body: MemberAdded }
  | { type: 'room.member_removed'; body: MemberRemoved }
  | { type: 'room.member_role_changed'; body: MemberRoleChanged }
  | { type: 'room.renamed'; body: RoomRenamed }
  | { type: 'room.members_added'; body: MembersAdded }
  | { type: 'room.dissolved'; body: RoomDissolved }
  | { type: 'room.notice_set'; body: NoticeSet }
  | { type: 'room.notice_confirmed'; body: NoticeConfirmed }
  | { type: 'room.muted'; body: RoomMuted }
  | { type: 'room.member_muted'; body: MemberMuted }
  | { type: 'room.invite_created'; body: InviteCreated }
  | { type: 'room.invite_revoked'; body: InviteRevoked }
  | { type: 'room.invite_used'; body: InviteUsed }
  | { type: 'room.join_requested'; body: JoinRequested }
  | { type: 'room.join_refused'; body: JoinRefused }
  | { type: 'room.join_failed'; body: JoinFailed }
  | { type: 'room.person_met'; body: PersonMet }
  | { type: 'room.urgent_repeated'; body: UrgentRepeated }
  | { type: 'room.message_acknowledged'; body: MessageAcknowledged }
  | { type: 'room.answers_set'; body: AnswersSet }
  | { type: 'room.agent_signs_set'; body: AgentSignsSet }
  | { type: 'room.service_followed'; body: ServiceFollowed }
  | { type: 'room.service_unfollowed'; body: ServiceUnfollowed }
  | { type: 'room.thread_opened'; body: ThreadOpened }
  | { type: 'room.thread_assigned'; body: ThreadAssigned }
  | { type: 'room.thread_closed'; body: ThreadClosed }
  | { type: 'room.thread_changed'; body: ThreadChanged }
  | { type: 'room.message_sent'; body: MessageSent }
  | { type: 'room.hook_created'; body: HookCreated }
  | { type: 'room.hook_revoked'; body: HookRevoked }
  | { type: 'room.hook_refused'; body: HookRefused }
  | { type: 'room.message_edited'; body: MessageEdited }
  | { type: 'room.reacted'; body: MessageReacted }
  | { type: 'room.message_pinned'; body: MessagePinned }
  | { type: 'room.message_opened'; body: MessageOpened }
  | { type: 'room.message_burnt'; body: MessageBurnt }
  | { type: 'room.call_started'; body: RoomCallStarted }
  | { type: 'room.call_ended'; body: RoomCallEnded }
  | { type: 'room.message_recalled'; body: MessageRecalled };

/** A conversation. */
export type RoomId = string;

export type RoomKind = 'direct' | 'group' | 'announcement' | 'desk' | 'service' | 'task' | 'app';

/** `GET /v1/rooms/{room}/members` */
export type RoomMember = { card: AccountCard; account: AccountId; role: MemberRole };

export type RoomMuted = { on: boolean };

export type RoomRenamed = { name: string };

/** What need not last. */
export type RoomSignal =
  | { type: 'room.typing'; body: Typing }
  | { type: 'room.waiting_moved'; body: WaitingMoved };

/** What a token opens. Nothing opens accounts, units and applications to a program. */
export type Scope = 'read' | 'tasks' | 'notices' | 'messages' | 'sign_in';

/** It asked for what its scopes do not hold, for the first time in a minute. */
export type ScopeMissing = { token: string; scope: Scope; asked: string };

/** `GET /v1/search` */
export type SearchAnswer = {
  /** People who fit, best first: on the first page only. `GET /v1/people` has them all. */
  people: Array<AccountCard>;
  /** Conversations of the caller whose names fit: on the first page only. */
  rooms: Array<FoundRoom>;
  /** Tasks that the caller has a part in: on the first page only. */
  tasks: Array<FoundTask>;
  /** To-dos and announcements that the caller was sent, or has sent: on the first page only. */
  notices: Array<FoundNotice>;
  /**
   * What lies in the caller's spaces of the drive: on the first page only. Files that were
   * sent are hits.
   */
  files: Array<FoundFile>;
  /** Applications that the caller may open: on the first page only. */
  apps: Array<FoundApp>;
  /** What was said and sent, the newest first. */
  hits: Array<Hit>;
  /** Who caused the hits. */
  authors: Array<AccountCard>;
  /** Where the hits stand. */
  places: Array<FoundRoom>;
  /** Passed back as `cursor` for the following page; absent on the last. */
  next?: string;
};

/** Text that must not reach a log: prints as dots. */
export type Secret = string;

/** Writes to everybody in the room, or to some of it. */
export type SendMessage = {
  /** May be empty where there is a part. */
  text: string;
  part?: Part;
  /** Messages to forward as one; instead of `part`. */
  forward?: Forward;
  /** The message this one answers. */
  reply_to?: number;
  mentions?: Array<AccountId>;
  /** Mentions everybody: in a large group the owner and admins only may. */
  mention_all?: boolean;
  /** Stays before the reader until acknowledged. */
  urgent?: boolean;
  /** Burns so long after it was opened; in rooms of two only. */
  burn_ms?: number;
  /** A whisper: for these members of the group and the sender alone. */
  visible_to?: Array<AccountId>;
};

/** Sends it, under an id that the client made. */
export type SendNotice = {
  kind: NoticeKind;
  title: string;
  text?: string;
  target: Target;
  /** Where it is dealt with: a path of this hub, or an https address. */
  link?: string;
  due_at?: number;
  /** Whether each person has to confirm it. */
  confirm?: boolean;
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
  | { t: 'readers'; stream: StreamId; counts: Array<ReadCount> }
  | { t: 'signal'; stream: StreamId; by: AccountId } & (
      | RoomSignal
      | NoticeSignal
      | PlanSignal
      | CallSignal
    )
  | { t: 'presence'; account: AccountId; online: boolean }
  | { t: 'pong' };

/** The asker follows the service from here on. */
export type ServiceFollowed = { service: RoomId; asker: AccountId };

/** `GET /v1/services`: whom one can ask. */
export type ServiceInfo = {
  service: RoomId;
  name: string;
  agents: number;
  /** Threads that wait for an agent. */
  waiting: number;
  /** Whether the asker is one of the agents. */
  agent: boolean;
  /** Whether it stands among the asker's conversations. */
  followed: boolean;
  /** How many follow it; told to its agents alone. */
  followers?: number;
};

export type ServiceUnfollowed = Record<string, never>;

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

/** Sets the numbers of a desk's agents, and whether askers see name, number or both. */
export type SetAgentSigns = { signs: AgentSigns };

/** Sets the answers that the agents of a desk keep at hand. */
export type SetAnswers = { answers: Array<CannedAnswer> };

/** A picture of oneself, square; absent: none. */
export type SetAvatar = { picture?: FileRef };

/** How long permissions last that are given from now on. */
export type SetContactGrant = { grant_seconds: number };

export type SetContactRule = { rule: ContactRule };

/**
 * How the owner wants to see one conversation; what is absent stays as it is. Whatever
 * is set shows a hidden conversation again, and so does the next event in it.
 */
export type SetConversation = {
  room: RoomId;
  /** Above all others. */
  pinned?: boolean;
  /** Without sound or badge. */
  muted?: boolean;
  /** Out of the list until something happens in it. */
  hidden?: boolean;
};

/** Keeps what the owner has begun to write, for all their devices; empty: nothing. */
export type SetDraft = { room: RoomId; text: string };

/** Texts of the organisation's own fields; those not named stay as they are. */
export type SetFields = { values: Array<FieldValue> };

/** A host makes another one, or no longer. The last one stays. */
export type SetHost = { account: AccountId; on: boolean };

/** Where mail reaches the owner; absent: nowhere. */
export type SetMail = { address?: string };

/** Keeps a micro-mail that the owner has begun, for all their devices. */
export type SetMailDraft = {
  /** Made by the client; the same again replaces it. */
  draft: string;
  mail: MailDraft;
};

/** The owner makes an admin of a member or a member of an admin, or hands the group over. */
export type SetMemberRole = { account: AccountId; role: MemberRole };

/** Lets members write again, or only the owner and admins. */
export type SetMuted = { on: boolean };

/** Sets the notice of a group; an empty text takes it away. */
export type SetNotice = {
  text: string;
  /** Ask every member to confirm having read it. */
  confirm: boolean;
};

/** What is named changes, for all devices. */
export type SetPreferences = {
  language?: Language;
  text_size?: TextSize;
  contrast?: boolean;
  alerts?: Alerts;
};

/**
 * All fields, in the order in which they are shown. What people had filled into one
 * that is gone is shown no more.
 */
export type SetProfileFields = { fields: Array<ProfileField> };

/** Adds somebody, or gives a member another role. */
export type SetSpaceMember = { account: AccountId; role: SpaceRole };

/** Names the room in which its people talk about it: once. */
export type SetTaskRoom = { room: RoomId };

/** Says who sees it. */
export type SetVisibility = { visible: Visibility };

/** A host has people wait at the door from here on, or no longer. */
export type SetWaitingRoom = { on: boolean };

export type SetWatermark = { watermark: Watermark };

/**
 * Has events posted to this address from here on. The ack's result holds `{secret}`,
 * with which they are signed; it is told once, and another one each time.
 */
export type SetWebhook = { url: string; topics: Array<WebhookTopic> };

/** Lets somebody see the month, but for private tasks; or no longer. */
export type ShareCalendar = { account: AccountId; on: boolean };

/**
 * A link to a file or a folder for people without an account. The ack's number is the
 * link; what it is opened with stands in the list of links.
 */
export type ShareLink = { node: number; password?: Secret; expires_at?: number };

/** Lets somebody see what is submitted of it, or no longer. */
export type SharePlan = { week: Day; account: AccountId; on: boolean };

export type SignInFailed = {
  addr: string;
  /** Failures in a row; the fifth locks. */
  failures: number;
  locked_until?: number;
};

/** Why somebody was not signed in to an application. */
export type SignInRefusal =
  | 'redirect_unknown'
  | 'not_for_you'
  | 'code_unknown'
  | 'code_expired'
  | 'code_used'
  | 'redirect_differs'
  | 'verifier_wrong'
  | 'secret_wrong';

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
  /** The half minute that the second factor's code was of: it opens no more. */
  code_step?: number;
};

export type SignedOut = { session: SessionId; reason: SignOutReason };

/** Leaves one occurrence out. */
export type SkipOccurrence = { on: Day };

export type SnippetPiece = {
  text: string;
  /** Whether this is what was asked for. */
  mark: boolean;
};

/** `GET /v1/drive`: a space of the caller's. */
export type SpaceCard = {
  stream: StreamId;
  kind: SpaceKind;
  name: string;
  role: SpaceRole;
  members: number;
  /** Of all versions, the bin included. */
  used_bytes: number;
  quota_bytes: number;
  head: number;
};

/** What may be asked of a space. */
export type SpaceCommand =
  | { type: 'drive.create_space'; body: CreateSpace }
  | { type: 'drive.open_personal'; body: OpenPersonal }
  | { type: 'drive.rename_space'; body: RenameSpace }
  | { type: 'drive.set_member'; body: SetSpaceMember }
  | { type: 'drive.remove_member'; body: RemoveSpaceMember }
  | { type: 'drive.create_folder'; body: CreateFolder }
  | { type: 'drive.add_file'; body: AddFile }
  | { type: 'drive.add_version'; body: AddVersion }
  | { type: 'drive.rename'; body: RenameNode }
  | { type: 'drive.move'; body: MoveNode }
  | { type: 'drive.remove'; body: RemoveNode }
  | { type: 'drive.restore'; body: RestoreNode }
  | { type: 'drive.erase'; body: EraseNode }
  | { type: 'drive.share_link'; body: ShareLink }
  | { type: 'drive.revoke_link'; body: RevokeLink };

export type SpaceCreated = {
  kind: SpaceKind;
  /** Empty for a personal one. */
  name: string;
  members: Array<SpaceMember>;
};

/** What happened in a space. */
export type SpaceEvent =
  | { type: 'drive.space_created'; body: SpaceCreated }
  | { type: 'drive.space_renamed'; body: SpaceRenamed }
  | { type: 'drive.member_set'; body: SpaceMemberSet }
  | { type: 'drive.member_removed'; body: SpaceMemberRemoved }
  | { type: 'drive.folder_created'; body: FolderCreated }
  | { type: 'drive.file_added'; body: FileAdded }
  | { type: 'drive.version_added'; body: VersionAdded }
  | { type: 'drive.renamed'; body: NodeRenamed }
  | { type: 'drive.moved'; body: NodeMoved }
  | { type: 'drive.removed'; body: NodeRemoved }
  | { type: 'drive.restored'; body: NodeRestored }
  | { type: 'drive.erased'; body: NodeErased }
  | { type: 'drive.link_shared'; body: LinkShared }
  | { type: 'drive.link_revoked'; body: LinkRevoked }
  | { type: 'drive.upload_refused'; body: UploadRefused };

export type SpaceKind = 'personal' | 'shared';

export type SpaceMember = { account: AccountId; role: SpaceRole };

export type SpaceMemberRemoved = { account: AccountId };

export type SpaceMemberSet = { account: AccountId; role: SpaceRole };

export type SpaceRenamed = { name: string };

export type SpaceRole = 'reader' | 'writer' | 'owner';

/**
 * Makes a task of its own of an occurrence and all that follow, or of that one only. The
 * ack's result holds `{task}`. What is absent stays as it was.
 */
export type SplitTask = {
  on: Day;
  only?: boolean;
  title?: string;
  note?: string;
  private?: boolean;
  starts_at?: number;
  ends_at?: number;
  repeat?: Repeat;
  /** The others; the owner stays the owner. */
  people?: Array<TaskPerson>;
};

/** `GET /v1/apps/square`: an application that the asker may open. */
export type SquareApp = {
  app: StreamId;
  name: string;
  summary: string;
  icon?: AppIcon;
  /** Where it begins; empty: it has no page, only a conversation. */
  url: string;
  /** What its name is found by: the name in lower case, its pinyin and their initials. */
  keys: string;
};

/** Begins a call and goes inside. Refused with `call.is_live` where there is one. */
export type StartCall = {
  mode: CallMode;
  /**
   * Whom to ring: members of the room. In a room of two: empty is the other one. In a
   * group nobody need be rung; who wants to come, comes.
   */
  ring: Array<AccountId>;
  /** Made by the client: the place of this device in the call. */
  leg: LegId;
};

/** Ends a series: neither this occurrence nor any that follow take place. */
export type StopTask = { on: Day };

/** Names one stream, written `kind:uuid`, as in `room:0195e3a4-…`. */
export type StreamId = string;

/** The owner may now watch this stream: a room was joined, later a case or a task. */
export type StreamJoined = { stream: StreamId };

export type StreamLeft = { stream: StreamId };

/** Hands it in as it reads here, with the week's tasks that are not private. */
export type SubmitPlan = { week: Day; part: PlanPart; text: string };

/**
 * `POST /v1/calls/{room}/legs/{leg}/subscribe`: an offer to receive, with as many lines as the
 * device wants places.
 */
export type SubscribeOffer = { offer: string };

/** To whom. Looked up when it is sent: who comes later is not addressed. */
export type Target =
  | { to: 'all' }
  | { to: 'units'; units: Array<UnitId> }
  | { to: 'roles'; roles: Array<Role>; unit: UnitId }
  | { to: 'rooms'; rooms: Array<RoomId> }
  | { to: 'people'; accounts: Array<AccountId> };

export type TaskAssigned = { account: AccountId; part: TaskPart };

/** Title, note and privacy as they are now. */
export type TaskChanged = { title: string; note: string; private: boolean };

/** What may be asked of a task. */
export type TaskCommand =
  | { type: 'task.create'; body: CreateTask }
  | { type: 'task.change'; body: ChangeTask }
  | { type: 'task.move'; body: MoveTask }
  | { type: 'task.repeat'; body: RepeatTask }
  | { type: 'task.alter'; body: AlterOccurrence }
  | { type: 'task.skip'; body: SkipOccurrence }
  | { type: 'task.restore'; body: RestoreOccurrence }
  | { type: 'task.split'; body: SplitTask }
  | { type: 'task.stop'; body: StopTask }
  | { type: 'task.attach'; body: AttachFiles }
  | { type: 'task.detach'; body: DetachFile }
  | { type: 'task.remind'; body: RemindTask }
  | { type: 'task.assign'; body: AssignTask }
  | { type: 'task.release'; body: ReleaseTask }
  | { type: 'task.finish'; body: FinishTask }
  | { type: 'task.reopen'; body: ReopenTask }
  | { type: 'task.leave'; body: LeaveTask }
  | { type: 'task.remove'; body: RemoveTask }
  | { type: 'task.set_room'; body: SetTaskRoom };

export type TaskCreated = {
  title: string;
  note: string;
  starts_at: number;
  ends_at: number;
  zone: Zone;
  people: Array<TaskPerson>;
  private: boolean;
  repeat?: Repeat;
  remind?: Array<number>;
  /** The series that it was split from, with what was known of its own occurrences. */
  follows?: StreamId;
  done?: boolean;
  finished?: Array<Day>;
  exceptions?: Array<TaskException>;
};

/** What happened to a task. */
export type TaskEvent =
  | { type: 'task.created'; body: TaskCreated }
  | { type: 'task.changed'; body: TaskChanged }
  | { type: 'task.moved'; body: TaskMoved }
  | { type: 'task.repeated'; body: TaskRepeated }
  | { type: 'task.assigned'; body: TaskAssigned }
  | { type: 'task.released'; body: TaskReleased }
  | { type: 'task.finished'; body: TaskFinished }
  | { type: 'task.reopened'; body: TaskReopened }
  | { type: 'task.altered'; body: OccurrenceAltered }
  | { type: 'task.restored'; body: OccurrenceRestored }
  | { type: 'task.split_off'; body: TaskSplit }
  | { type: 'task.stopped'; body: TaskStopped }
  | { type: 'task.file_attached'; body: FileAttached }
  | { type: 'task.file_detached'; body: FileDetached }
  | { type: 'task.remind_set'; body: ReminderSet }
  | { type: 'task.reminded'; body: TaskReminded }
  | { type: 'task.removed'; body: TaskRemoved }
  | { type: 'task.room_set'; body: TaskRoomSet };

/** One occurrence that is not as its series says. What is absent is the series'. */
export type TaskException = {
  /** The day on which the rule has it. */
  on: Day;
  /** It does not take place. */
  skipped?: boolean;
  title?: string;
  note?: string;
  /** Both or neither. */
  starts_at?: number;
  ends_at?: number;
};

/** A file of a task, told by the number of the event that brought it: it is read by that. */
export type TaskFile = {
  seq: number;
  at: number;
  /** Absent: it came along from the series that this task goes on from. */
  by?: AccountId;
  file: FileRef;
};

export type TaskFinished = { on?: Day };

/** `GET /v1/tasks`: a task as it falls into the window, once for each occurrence. */
export type TaskItem = {
  task: StreamId;
  title: string;
  note: string;
  /** Of this occurrence. */
  starts_at: number;
  ends_at: number;
  zone: Zone;
  /** Of a repeating task: which occurrence it is. */
  on?: Day;
  /** This occurrence is another than its series says. */
  altered?: boolean;
  /** Of the task by its rule, not of an occurrence: those that are not as it says. */
  exceptions?: Array<TaskException>;
  repeat?: Repeat;
  private: boolean;
  done: boolean;
  people: Array<TaskPerson>;
  room?: RoomId;
  /** For its people only. */
  files: Array<TaskFile>;
  /** Minutes before it begins. */
  remind: Array<number>;
  /** The series that it was split from. */
  follows?: StreamId;
  /** What the reader noted for himself; nobody else sees it. */
  own_note?: string;
};

export type TaskMoved = { starts_at: number; ends_at: number };

/** How somebody takes part in a task. */
export type TaskPart = 'watcher' | 'assignee' | 'owner';

export type TaskPerson = { account: AccountId; part: TaskPart };

export type TaskReleased = {
  account: AccountId;
  /** True when the person left, false when the owner took him out. */
  left: boolean;
};

/** Who has to do it was reminded, by a to-do of this id. */
export type TaskReminded = { on: Day; starts_at: number; minutes: number; notice: StreamId };

export type TaskRemoved = Record<string, never>;

export type TaskReopened = { on?: Day };

export type TaskRepeated = { repeat?: Repeat };

export type TaskRoomSet = { room: RoomId };

/** The occurrence and all that follow, or that one only, are a task of their own. */
export type TaskSplit = { on: Day; only: boolean; into: StreamId };

/** Nothing of it takes place on that day or later. */
export type TaskStopped = { on: Day };

export type TextSize = 'normal' | 'large' | 'xlarge';

/** An agent has a thread from here on. */
export type ThreadAssigned = { account: AccountId; from?: AccountId };

/** At a desk: what has become of one of its threads. */
export type ThreadChanged = { thread: RoomId; asker: AccountId; agent?: AccountId; open: boolean };

export type ThreadClosed = Record<string, never>;

/**
 * `GET /v1/rooms/{room}/threads`, for the agents of a desk: open ones, the longest waiting
 * first, then those that are with an agent; with `closed=true`, closed ones, the latest first.
 */
export type ThreadInfo = {
  thread: RoomId;
  asker: AccountCard;
  agent?: AccountId;
  open: boolean;
  since: number;
  /** The last number of the thread. */
  head: number;
  /** What was said last, to everybody in it. */
  last?: EventFrame;
};

/** A thread with a service has begun, or begins again. */
export type ThreadOpened = { service: RoomId; asker: AccountId };

/** Whose a thread with a service is, and who answers. */
export type ThreadState = {
  service: RoomId;
  asker: AccountId;
  agent?: AccountId;
  open: boolean;
  /** Whether anything was ever asked: a service can be followed before. */
  asked: boolean;
};

export type TokenInfo = {
  token: string;
  label: string;
  scopes: Array<Scope>;
  issued_at: number;
  expires_at?: number;
  revoked_at?: number;
  /** To the hour. */
  used_at?: number;
};

export type TokenIssued = {
  token: string;
  label: string;
  scopes: Array<Scope>;
  expires_at?: number;
};

export type TokenRevoked = { token: string };

/** It was used, for the first time in an hour. */
export type TokenUsed = { token: string };

export type TotpConfirmed = Record<string, never>;

export type TotpEnrolled = Record<string, never>;

export type TotpRemoved = Record<string, never>;

/** Hands a group over to another member; the sender stays as an admin. */
export type TransferOwner = { account: AccountId };

/** The sender is writing. Shown for a few seconds, sent at most every three. */
export type Typing = Record<string, never>;

/** Takes it out again, and with it the sender's place in the row. Needs no stream. */
export type UnfollowService = { service: RoomId };

export type UnitClosed = Record<string, never>;

/** What may be asked of a unit. */
export type UnitCommand =
  | { type: 'unit.create'; body: CreateUnit }
  | { type: 'unit.rename'; body: RenameUnit }
  | { type: 'unit.move'; body: MoveUnit }
  | { type: 'unit.set_visibility'; body: SetVisibility }
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
  | { type: 'unit.visibility_set'; body: VisibilitySet }
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
  /** Who sees it; absent where everybody does. */
  visible?: Visibility;
};

/** Ids of a unit and all its ancestors, root first. */
export type UnitPath = Array<UnitId>;

export type UnitReaders = { unit: UnitId; names: Names; read: number; unread: number };

export type UnitRenamed = { names: Names };

export type UnitReopened = Record<string, never>;

/** Absent fields stay as they are. */
export type UpdateProfile = { names?: Names; post?: string; phone?: string };

/** A file on its way to the hub. */
export type UploadId = string;

/** A file that its owner sent was not taken: for the audit. */
export type UploadRefused = { name: string; code: string };

/** An upload under way: bytes go to `PATCH /v1/uploads/{upload}` from `offset` on. */
export type UploadState = {
  upload: UploadId;
  /** As cleaned. */
  name: string;
  bytes: number;
  /**
   * How much is kept. Always whole pieces of `piece_bytes`, but at the end of the file: what
   * came after the last whole one is sent again.
   */
  offset: number;
  piece_bytes: number;
  /** Unfinished, it is forgotten then. */
  expires_at: number;
  /** Once finished. */
  file?: FileRef;
};

/** An urgent message that these people have not acknowledged; shown to them again. */
export type UrgentRepeated = {
  seq: number;
  times: number;
  waiting: Array<AccountId>;
  /** It will not be shown again. */
  last: boolean;
};

export type VersionAdded = { node: number; file: FileRef };

/** Who sees a unit, what stands below it and who works there. Whoever manages it always does. */
export type Visibility =
  | { to: 'all' }
  | { to: 'own_tree' }
  | { to: 'named'; units: Array<UnitId>; roles: Array<Role> }
  | { to: 'managers' };

export type VisibilitySet = { visible: Visibility };

/** `GET /v1/rooms/{room}/waiting`, for the asker of a thread. */
export type Waiting = {
  open: boolean;
  agent?: AccountId;
  /** 1: the next; absent when an agent has the thread, or it is closed. */
  position?: number;
};

/**
 * From the hub to who waits in a thread, in the name of the desk's id: the place in the
 * row has changed. 1: the next. At most once a second.
 */
export type WaitingMoved = { position: number };

export type WaitingRoomSet = { on: boolean };

/** A stream and the last number the watcher already has; events after it follow. */
export type WatchFrom = {
  stream: StreamId;
  /** 0 for everything (within the catch-up bound). */
  from: number;
};

/** What lies over pages that show people and what they wrote. */
export type Watermark = {
  /** Name and last digits of the telephone, for eyes. */
  visible: boolean;
  /** A pattern that `hub watermark read` finds in a picture of the screen. */
  hidden: boolean;
};

/** `GET /v1/watermark`: what lies over the pages of who asks. */
export type WatermarkInfo = {
  /** For eyes: the name and the last digits of the telephone. Absent: off. */
  text?: string;
  /** For `hub watermark read`: rows of a square of cells, `1` darker. Absent: off. */
  cells?: Array<string>;
  /** When to ask again. */
  until: number;
};

export type WatermarkSet = { watermark: Watermark };

export type WebhookCleared = Record<string, never>;

/** Its address has not taken an event for a long time, in spite of many tries. */
export type WebhookFailing = {
  since: number;
  /** Why, in words, without the address. */
  error: string;
};

export type WebhookFailure = {
  since: number;
  tries: number;
  error: string;
  /** When it is tried next. */
  again_at: number;
};

/** How an application's webhook is doing. */
export type WebhookInfo = {
  url: string;
  topics: Array<WebhookTopic>;
  /** Events that wait to be posted. */
  waiting: number;
  /** Events given up since it was set. */
  lost: number;
  /** Set while the first of them cannot be posted. */
  failing?: WebhookFailure;
};

export type WebhookSet = { url: string; topics: Array<WebhookTopic> };

/** What a webhook tells. */
export type WebhookTopic = 'messages' | 'notices' | 'tasks';

/** Its address takes events again. */
export type WebhookWorks = Record<string, never>;

export type Weekday =
  | 'monday'
  | 'tuesday'
  | 'wednesday'
  | 'thursday'
  | 'friday'
  | 'saturday'
  | 'sunday';

/** Takes it back: its text is removed for good. */
export type WithdrawNotice = Record<string, never>;

/** Takes it back before it is reviewed. */
export type WithdrawPlan = { week: Day; part: PlanPart };

/**
 * Notes something on a task for oneself; an empty text takes the note away. What was
 * noted before is removed for good.
 */
export type WriteNote = { task: StreamId; text: string };

/**
 * Keeps what is written so far, for oneself only; what was kept before is removed for
 * good.
 */
export type WritePlan = { week: Day; part: PlanPart; text: string };

/** Where a person counts the days. */
export type Zone = 'Asia/Urumqi' | 'Asia/Shanghai';
