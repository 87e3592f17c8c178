// Micro-mail: boxes over all conversations, what was opened, and what is begun. No React here.
// A mail is a message of its room; that it was opened is the account's matter, not the room's
// cursor, so opening a chat leaves its mails unread.

import type { Cards } from '../../kit/cards';
import type {
  AccountCommand, AccountId, ErrorBody, EventFrame, FileRef, KeptDraft, MailBox, MailDraft, MailItem,
  MailPage, MessageSent, Part, Receipt, RoomMember, SendMessage, StreamId,
} from '../../wire/generated';
import { type Http, errorBodyOf } from '../../wire/http';
import type { Hub } from '../../wire/hub';
import { Observable } from '../../wire/observable';
import type { Uploads } from '../../wire/upload';
import { uuid7 } from '../../wire/uuid7';

export type Asked = { box: MailBox; room: StreamId | null; q: string };
export type Boxes = {
  mails: readonly MailItem[];
  drafts: readonly KeptDraft[];
  places: MailPage['places'];
  next: string | undefined;
  latest: number | undefined;
  loaded: boolean;
  failure: ErrorBody | null;
};
/** What a new mail begins with. */
export type Begun = { draft: string; mail: Omit<MailDraft, 'room'> & { room: string | null } };

const NOTHING: Boxes = { mails: [], drafts: [], places: [], next: undefined, latest: undefined, loaded: false, failure: null };
/** Several things happen at once: one question for all of them. */
const GATHER_MS = 150;

type MailPart = Extract<Part, { kind: 'mail' }>;

export function mailOf(event: EventFrame): { sent: MessageSent; part: MailPart } | undefined {
  if (event.type !== 'room.message_sent' || event.body?.part?.kind !== 'mail') return undefined;
  return { sent: event.body, part: event.body.part };
}

export const keyOf = ({ stream, seq }: Pick<EventFrame, 'stream' | 'seq'>): string => `${stream}/${seq}`;

/** To whom an answer goes: to its sender, or to everybody that it went to. */
export function answerTo(event: EventFrame, me: AccountId, all: boolean): AccountId[] {
  const mail = mailOf(event);
  if (mail === undefined) return [];
  const by = event.by === undefined || event.by === me ? [] : [event.by];
  const to = (mail.part.to ?? []).filter((one) => one !== me && one !== event.by);
  if (event.by === me) return to;
  if (!all) return by;
  return (mail.part.to ?? []).length === 0 ? [] : [...by, ...to];
}

export class MailModel {
  readonly asked = new Observable<Asked>({ box: 'received', room: null, q: '' });
  readonly boxes = new Observable<Boxes>(NOTHING);
  /** Of all conversations, whatever is on screen. */
  readonly unread = new Observable(0);
  /** The mail that is read, by its key: of the list, or one that was come to from elsewhere. */
  readonly chosen = new Observable<MailItem | null>(null);
  private shown = false;
  private asking = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly http: Http,
    private readonly hub: Hub,
    readonly cards: Cards,
    readonly me: AccountId,
    readonly uploads: Uploads,
  ) {}

  stop(): void { clearTimeout(this.timer); }

  /** The page is on screen until the answer is called. */
  open(): () => void {
    this.shown = true;
    void this.load();
    return () => { this.shown = false; };
  }

  show(change: Partial<Asked>): void {
    this.chosen.set(null);
    this.asked.set({ ...this.asked.get(), ...change });
    this.boxes.set(NOTHING);
    void this.load();
  }

  async load(more = false): Promise<void> {
    const { box, room, q } = this.asked.get();
    const turn = ++this.asking;
    const held = this.boxes.get();
    try {
      const cursor = more ? held.next : undefined;
      const page = await this.page({ box, q: q.trim() || undefined, room: room?.slice('room:'.length), cursor });
      if (turn !== this.asking) return;
      const places = new Map([...(more ? held.places : []), ...page.places].map((one) => [one.stream, one]));
      this.boxes.set({
        mails: [...(more ? held.mails : []), ...page.mails],
        drafts: page.drafts, places: [...places.values()],
        next: page.next, latest: page.latest, loaded: true, failure: null,
      });
      if (room === null) this.unread.set(page.unread);
      const chosen = this.chosen.get();
      const now = chosen === null ? undefined : page.mails.find((one) => keyOf(one.event) === keyOf(chosen.event));
      if (now !== undefined) this.chosen.set(now);
    } catch (cause) {
      if (turn === this.asking) this.boxes.set({ ...held, loaded: true, failure: errorBodyOf(cause) });
    }
  }

  /** How many there are, with no page on screen. */
  async count(): Promise<void> {
    try {
      this.unread.set((await this.page({ box: 'unread', limit: 1 })).unread);
    } catch {
      // Offline: counted again with the next news.
    }
  }

  /** Reads a mail: from here on it is read on all devices. */
  choose(item: MailItem | null): void {
    this.chosen.set(item === null ? null : { ...item, unread: false });
    if (item?.unread !== true) return;
    const { stream, seq } = item.event;
    this.mark((one) => keyOf(one.event) === keyOf(item.event));
    this.unread.update((n) => Math.max(0, n - 1));
    this.runOwn({ type: 'account.read_mails', body: { room: stream.slice('room:'.length), seqs: [seq] } })
      .catch(() => this.news());
  }

  /** Comes to a mail from its conversation. */
  async seek(stream: StreamId, seq: number): Promise<void> {
    this.asked.set({ box: 'received', room: null, q: '' });
    const { events } = await this.http.events(stream, { before: seq + 1 }, 1);
    const event = events.find((one) => one.seq === seq);
    if (event === undefined || mailOf(event) === undefined) return;
    this.choose({ event, unread: event.by !== this.me });
  }

  async readAll(): Promise<void> {
    const { room } = this.asked.get();
    const until = this.boxes.get().latest;
    if (until === undefined) return;
    await this.runOwn({
      type: 'account.read_mails', body: { until, ...(room === null ? {} : { room: room.slice('room:'.length) }) },
    });
    this.mark(() => true);
    await this.load();
  }

  /** Deletes a mail for oneself, here and in its conversation. */
  async remove({ event: { stream, seq } }: MailItem): Promise<void> {
    await this.runOwn({ type: 'account.hide_message', body: { room: stream.slice('room:'.length), seq } });
    this.chosen.set(null);
    await this.load();
  }

  begin(room: StreamId | null): Begun {
    const mail = { room: room?.slice('room:'.length) ?? null, subject: '', text: '', to: [], attachments: [] };
    return { draft: uuid7(), mail };
  }

  answer({ event }: MailItem, all: boolean, subject: string): Begun {
    const { draft, mail } = this.begin(event.stream);
    return { draft, mail: { ...mail, subject, to: answerTo(event, this.me, all), answers: event.seq } };
  }

  members(room: StreamId): Promise<readonly RoomMember[]> {
    return this.http.roomMembers(room).then(({ items }) => items);
  }

  upload(file: File, stream: StreamId): Promise<FileRef> {
    const { key, done } = this.uploads.begin(file, stream);
    return done.finally(() => this.uploads.drop(key));
  }

  keep(draft: string, mail: MailDraft): Promise<Receipt> {
    return this.runOwn({ type: 'account.set_mail_draft', body: { draft, mail } });
  }

  drop(draft: string): Promise<Receipt> {
    return this.runOwn({ type: 'account.drop_mail_draft', body: { draft } });
  }

  /** The draft goes when the hub has the mail, not before. */
  async send(draft: string, { room, subject, text, to, attachments, answers }: MailDraft): Promise<void> {
    const part: Part = {
      kind: 'mail', subject, attachments, ...(to.length === 0 ? {} : { to }), ...(answers === undefined ? {} : { answers }),
    };
    const body: SendMessage = { text, part };
    await this.hub.command({ type: 'room.send_message', body }, `room:${room}`, true).outcome;
    await this.drop(draft).catch(() => undefined);
  }

  /** What happened in any conversation. */
  heard(event: EventFrame): void {
    const about = mailOf(event) !== undefined || event.type === 'room.message_recalled';
    const edited = event.type === 'room.message_edited' && this.shown;
    if (about || edited) this.news();
  }

  /** What happened on this person's own stream, here or on another device. */
  ownEvent({ type }: EventFrame): void {
    if (type?.startsWith('account.mail') || type === 'account.message_hidden' || type === 'account.stream_left') this.news();
  }

  news(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void (this.shown ? this.again() : this.count()), GATHER_MS);
  }

  /** What stands beyond the first page is asked for again where somebody goes there. */
  private async again(): Promise<void> {
    await this.load();
    if (this.asked.get().room !== null) await this.count();
  }

  private mark(which: (item: MailItem) => boolean): void {
    this.boxes.update((now) => ({ ...now, mails: now.mails.map((one) => (which(one) ? { ...one, unread: false } : one)) }));
  }

  private async page(params: Record<string, string | number | undefined>): Promise<MailPage> {
    const page = await this.http.call<MailPage>('GET', '/v1/mails', params);
    this.cards.add(page.people);
    return page;
  }

  private runOwn(command: AccountCommand): Promise<Receipt> {
    return this.hub.command(command, `account:${this.me}`).outcome;
  }
}
