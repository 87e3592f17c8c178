// To-dos and announcements: what one has, what one has sent, and the proof of it. No React
// here. Every number comes from the hub; a signal says when to ask again.

import type { Cards } from '../../kit/cards';
import type {
  AccountId, ErrorBody, EventFrame, NoticeBadges, NoticeCommand, NoticeCounts, NoticeItem, NoticeKind, NoticeProof, NoticeRow, Page, StreamId,
} from '../../wire/generated';
import { type Http, errorBodyOf } from '../../wire/http';
import type { Hub } from '../../wire/hub';
import { Observable } from '../../wire/observable';
import { uuid7 } from '../../wire/uuid7';

export type Which = 'open' | 'closed';
export type Tab = NoticeKind | 'sent';
export type Listed = {
  tab: Tab; which: Which;
  items: readonly NoticeItem[]; sent: readonly NoticeCounts[]; next?: string;
  loaded: boolean; failure: ErrorBody | null;
};
export type SendNotice = Extract<NoticeCommand, { type: 'notice.send' }>['body'];

export type ProofPart = 'all' | 'unread' | 'read' | 'confirmed' | 'done';

const NEWS_MS = 150;
/** Of the newest, in which one that a device was told of is looked for. */
const SOUGHT_AMONG = 200;
const PROOF_PAGE = 200;
const PROOF_SHOWN_MIN = 50;
const NONE = { items: [], sent: [], loaded: false, failure: null } as const;

export class NoticeModel {
  readonly list = new Observable<Listed>({ tab: 'todo', which: 'open', ...NONE });
  /** One for each kind of which there was any, as they stand among the conversations. */
  readonly rows = new Observable<readonly NoticeRow[]>([]);
  /** A notice that somebody wants to see, told of elsewhere. */
  readonly seek = new Observable<StreamId | null>(null);
  readonly badges = new Observable<NoticeBadges>({ todos: 0, announcements: 0 });

  private turn = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private active = false;

  constructor(
    readonly http: Http,
    private readonly hub: Hub,
    readonly cards: Cards,
    readonly me: AccountId,
  ) {
    hub.listen({
      signal: (stream) => { if (stream.startsWith('notice:')) this.news(); },
    });
    hub.state.subscribe(() => { if (hub.state.get().kind === 'connected') this.news(); });
  }

  open(): () => void {
    this.active = true;
    void this.load();
    return () => { this.active = false; };
  }

  news(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      void this.loadBadges();
      if (this.active) void this.load();
    }, NEWS_MS);
  }

  show(tab: Tab, which: Which): void {
    this.list.set({ tab, which, ...NONE });
    void this.load();
  }

  /** Shows the list that holds it; false: it was withdrawn, or is not for this person. */
  async goTo(notice: StreamId): Promise<boolean> {
    const page = await this.http.call<Page<NoticeItem>>('GET', '/v1/notices', { limit: SOUGHT_AMONG });
    const found = page.items.find((one) => one.notice === notice);
    if (found === undefined) {
      this.seek.set(null);
      return false;
    }
    this.show(found.kind, isOpen(found) ? 'open' : 'closed');
    return true;
  }

  async loadBadges(): Promise<void> {
    try {
      const rows = await this.http.call<NoticeRow[]>('GET', '/v1/notices/rows');
      const unread = (kind: NoticeKind) => rows.find((one) => one.kind === kind)?.unread ?? 0;
      this.rows.set(rows);
      this.badges.set({ todos: unread('todo'), announcements: unread('announcement') });
    } catch {
      // The last known numbers stand; the connection's own state tells what is wrong.
    }
  }

  async load(more = false): Promise<void> {
    this.turn += 1;
    const mine = this.turn;
    const { tab, which, next } = this.list.get();
    const after = more ? next : undefined;
    try {
      const page = tab === 'sent'
        ? await this.http.call<Page<NoticeCounts>>('GET', '/v1/notices/sent', { after })
        : await this.http.call<Page<NoticeItem>>('GET', '/v1/notices', { kind: tab, after });
      if (mine !== this.turn) return;
      this.list.update((now) => {
        const items = tab === 'sent' ? now.items : [...(more ? now.items : []), ...(page.items as NoticeItem[])];
        const sent = tab === 'sent' ? [...(more ? now.sent : []), ...(page.items as NoticeCounts[])] : now.sent;
        return { tab, which, items, sent, loaded: true, failure: null, ...(page.next === undefined ? {} : { next: page.next }) };
      });
      if (tab !== 'sent') await this.loadCards((page.items as NoticeItem[]).map((one) => (one.reminder?.about === 'review' ? one.reminder.account : one.by)));
    } catch (cause) {
      if (mine === this.turn) this.list.update((now) => ({ ...now, loaded: true, failure: errorBodyOf(cause) }));
    }
  }

  /** Pinned, muted or out of the conversation list, on every device. */
  async setRow(kind: NoticeKind, set: { pinned?: boolean; muted?: boolean; hidden?: boolean }): Promise<void> {
    const row = this.rows.get().find((one) => one.kind === kind);
    if (row === undefined) return;
    await this.hub.command({ type: 'account.set_conversation', body: { room: row.row, ...set } }, `account:${this.me}`).outcome;
    await this.loadBadges();
  }

  /** Set on another device. */
  ownEvent(event: EventFrame): void {
    if (event.type !== 'account.conversation_set' || event.body === undefined) return;
    const { room } = event.body;
    if (this.rows.get().some((one) => one.row === room)) this.news();
  }

  async loadCards(accounts: readonly AccountId[]): Promise<void> {
    await this.cards.load(this.http, accounts);
  }

  async send(body: SendNotice): Promise<void> {
    await this.run(`notice:${uuid7()}`, { type: 'notice.send', body });
  }

  async run(stream: StreamId, command: NoticeCommand): Promise<void> {
    await this.hub.command(command, stream).outcome;
    this.news();
  }

  /** Whoever sent it and looks at its proof hears of each that reads it, from now on. */
  follow(notice: StreamId): () => void {
    let over = false;
    this.http.events(notice, {}, 1).then(({ head }) => {
      if (over) return;
      this.hub.watch(notice, head, { event: () => this.news(), hole: () => this.news() });
    }, () => undefined);
    return () => {
      over = true;
      this.hub.unwatch(notice);
    };
  }

  /** The next rows of that part: pages are read until some fit, so that a list is never empty
   *  while there is more. */
  async proof(notice: StreamId, part: ProofPart, after?: string): Promise<Page<NoticeProof>> {
    const id = notice.slice(notice.indexOf(':') + 1);
    const items: NoticeProof[] = [];
    let next = after;
    do {
      const page = await this.http.call<Page<NoticeProof>>('GET', `/v1/notices/${id}/proof`, { after: next, limit: PROOF_PAGE });
      items.push(...page.items.filter((one) => fits(one, part)));
      next = page.next;
    } while (next !== undefined && items.length < PROOF_SHOWN_MIN);
    await this.loadCards(items.map((one) => one.account));
    return { items, ...(next === undefined ? {} : { next }) };
  }
}

function fits(row: NoticeProof, part: ProofPart): boolean {
  switch (part) {
    case 'all': return true;
    case 'unread': return row.read_at === undefined;
    case 'read': return row.read_at !== undefined;
    case 'confirmed': return row.confirmed_at !== undefined;
    case 'done': return row.done_at !== undefined;
  }
}

/** Whether something is still to be done about it. */
export function isOpen(item: NoticeItem): boolean {
  return item.kind === 'todo' ? item.done_at === undefined : item.confirm && item.confirmed_at === undefined;
}
