// The conversations of the signed-in person: the list, one timeline each, unread counts,
// typing and presence. No React here. Every conversation is watched from its head, so the
// list stays true without polling; history is loaded when a room is opened.

import type { Cards } from '../../kit/cards';
import type {
  AccountId, Conversation, ErrorBody, EventFrame, Receipt, RoomCommand, RoomMember, SendMessage,
  StreamId,
} from '../../wire/generated';
import type { Http } from '../../wire/http';
import type { Hub } from '../../wire/hub';
import { Observable } from '../../wire/observable';
import type { Unsent } from '../../wire/unsent';
import { uuid7 } from '../../wire/uuid7';
import { Attention } from './attention';
import {
  EMPTY, type Outgoing, type Timeline, appended, changedOutgoing, firstSeq, prepended,
  withOutgoing, withoutOutgoing,
} from './timeline';

const HISTORY_PAGE = 50;
const ROOMS_MAX = 1_500;

export class RoomModel {
  readonly conversations = new Observable<ReadonlyMap<StreamId, Conversation>>(new Map());
  readonly loaded = new Observable(false);
  readonly open = new Observable<StreamId | null>(null);
  readonly attention: Attention;
  onMessage: (conversation: Conversation, event: EventFrame) => void = () => undefined;

  private readonly timelines = new Map<StreamId, Observable<Timeline>>();
  private readonly memberLists = new Map<StreamId, Observable<readonly RoomMember[]>>();

  constructor(
    readonly http: Http,
    readonly hub: Hub,
    readonly cards: Cards,
    readonly me: AccountId,
  ) {
    this.attention = new Attention(hub, me, (stream, seq) => {
      this.patch(stream, { unread: 0, read: seq });
    });
    hub.listen({
      cursor: (stream, seq, unread) => this.patch(stream, { read: seq, unread }),
      signal: (stream, by) => this.attention.heardTyping(stream, by),
      presence: (account, online) => this.attention.heardPresence(account, online),
    });
    const settled = hub.onSettled;
    hub.onSettled = (id, outcome) => {
      settled(id, outcome);
      this.settled(id, outcome);
    };
  }

  timeline(stream: StreamId): Observable<Timeline> {
    let found = this.timelines.get(stream);
    if (found === undefined) this.timelines.set(stream, (found = new Observable(EMPTY)));
    return found;
  }

  members(stream: StreamId): Observable<readonly RoomMember[]> {
    let found = this.memberLists.get(stream);
    if (found === undefined) {
      this.memberLists.set(stream, (found = new Observable<readonly RoomMember[]>([])));
    }
    return found;
  }

  /** Messages that an earlier page left unsent are shown where they belong. */
  adopt(left: readonly Unsent[]): void {
    for (const { id, stream, command, at } of left) {
      if (stream === undefined || command.type !== 'room.send_message') continue;
      const { text, reply_to: replyTo } = command.body;
      const one: Outgoing = { id, text, at, acked: false, ...(replyTo ? { replyTo } : {}) };
      this.timeline(stream).update((now) => withOutgoing(now, one));
    }
  }

  async load(): Promise<void> {
    let after: string | undefined;
    let count = 0;
    do {
      const page = await this.http.rooms(after);
      this.take(page.items);
      count += page.items.length;
      after = page.next;
      this.loaded.set(true);
    } while (after !== undefined && count < ROOMS_MAX);
  }

  /** After a hole or a joined room: the newest conversations again. */
  async reload(): Promise<void> {
    try {
      this.take((await this.http.rooms()).items);
    } catch {
      // Offline: the resumed connection brings it again.
    }
  }

  left(stream: StreamId): void {
    this.hub.unwatch(stream);
    this.conversations.update((now) => {
      const next = new Map(now);
      next.delete(stream);
      return next;
    });
  }

  async openRoom(stream: StreamId | null): Promise<void> {
    this.open.set(stream);
    if (stream === null) return;
    if (!this.conversations.get().has(stream)) await this.reload();
    await Promise.all([
      this.timeline(stream).get().events.length < HISTORY_PAGE ? this.older(stream) : undefined,
      this.loadMembers(stream),
    ]);
  }

  /** One page of history before what is held. Resolves to whether anything came. */
  async older(stream: StreamId): Promise<boolean> {
    const timeline = this.timeline(stream);
    const now = timeline.get();
    const before = firstSeq(now) || (this.hub.lastSeen(stream) ?? 0) + 1;
    if (now.loading || before <= 1) return false;
    timeline.set({ ...now, loading: true });
    try {
      const page = await this.http.events(stream, { before }, HISTORY_PAGE);
      timeline.update((current) => prepended(current, page.events));
      return page.events.length > 0;
    } catch {
      return false;
    } finally {
      timeline.update((current) => ({ ...current, loading: false }));
    }
  }

  async loadMembers(stream: StreamId): Promise<void> {
    try {
      const all: RoomMember[] = [];
      let after: string | undefined;
      do {
        const page = await this.http.roomMembers(stream, after);
        all.push(...page.items);
        after = page.next;
      } while (after !== undefined && all.length < 2_000);
      this.cards.add(all.map((member) => member.card));
      this.members(stream).set(all);
    } catch {
      // Names fall back to a neutral word until the next attempt.
    }
  }

  send(stream: StreamId, text: string, replyTo?: number): void {
    const body: SendMessage = { text, ...(replyTo === undefined ? {} : { reply_to: replyTo }) };
    const { id, outcome } = this.hub.command({ type: 'room.send_message', body }, stream, true);
    outcome.catch(() => undefined);
    const one: Outgoing = { id, text, at: Date.now(), acked: false, ...(replyTo ? { replyTo } : {}) };
    this.timeline(stream).update((now) => withOutgoing(now, one));
  }

  /** A refused message is a new command: its first outcome stands. */
  retry(stream: StreamId, failed: Outgoing): void {
    this.discard(stream, failed);
    this.send(stream, failed.text, failed.replyTo);
  }

  discard(stream: StreamId, failed: Outgoing): void {
    this.timeline(stream).update((now) => withoutOutgoing(now, failed.id));
  }

  run(stream: StreamId, command: RoomCommand): Promise<Receipt> {
    return this.hub.command(command, stream).outcome;
  }

  async openDirect(peer: AccountId): Promise<StreamId> {
    const known = [...this.conversations.get().values()].find((one) => one.peer?.account === peer);
    if (known !== undefined) return known.stream;
    const receipt = await this.hub.command({ type: 'room.open_direct', body: { peer } }).outcome;
    await this.reload();
    return receipt.stream;
  }

  async createGroup(name: string, members: AccountId[]): Promise<StreamId> {
    const stream: StreamId = `room:${uuid7()}`;
    await this.run(stream, { type: 'room.create', body: { name, members } });
    await this.reload();
    return stream;
  }

  private take(items: readonly Conversation[]): void {
    const peers = items.flatMap((one) => (one.peer ? [one.peer] : []));
    this.cards.add(peers);
    this.conversations.update((now) => {
      const next = new Map(now);
      for (const one of items) {
        const held = now.get(one.stream);
        next.set(one.stream, held !== undefined && held.head > one.head ? held : one);
      }
      return next;
    });
    for (const one of items) {
      if (this.hub.lastSeen(one.stream) === undefined) this.follow(one.stream, one.head);
    }
  }

  private follow(stream: StreamId, from: number): void {
    this.hub.watch(stream, from, {
      event: (event) => this.onEvent(event),
      hole: (after, upTo) => this.refill(stream, after, upTo),
      gone: () => this.left(stream),
    });
  }

  /** Too much was missed to be pushed: start anew from the latest page. */
  private refill(stream: StreamId, after: number, upTo: number): void {
    if (upTo <= after) return;
    this.timeline(stream).update((now) => ({ ...now, events: [] }));
    void this.reload();
    if (this.open.get() === stream) void this.older(stream);
  }

  private onEvent(event: EventFrame): void {
    const onScreen = this.open.get() === event.stream;
    this.timeline(event.stream).update((now) => appended(now, event, onScreen));
    const conversation = this.conversations.get().get(event.stream);
    if (conversation === undefined) return;
    const change: Partial<Conversation> = { head: event.seq };
    const mine = event.by === this.me;
    if (event.type === 'room.message_sent') {
      change.last = event;
      change.last_at = event.at;
      if (!mine && event.seq > conversation.read) change.unread = conversation.unread + 1;
      if (event.by !== undefined) this.attention.stoppedTyping(event.stream, event.by);
    } else if (event.type === 'room.renamed') {
      change.name = (event.body as { name: string }).name;
    } else if (event.type === 'room.member_added' || event.type === 'room.member_removed') {
      change.members = conversation.members + (event.type === 'room.member_added' ? 1 : -1);
    } else if (event.type === 'room.message_recalled') {
      const { seq } = event.body as { seq: number };
      if (conversation.last?.seq === seq) change.last = event;
    }
    if (event.type.startsWith('room.member_') && onScreen) void this.loadMembers(event.stream);
    this.patch(event.stream, change);
    if (event.type === 'room.message_sent' && !mine) {
      this.onMessage({ ...conversation, ...change }, event);
    }
  }

  private settled(id: string, outcome: Receipt | ErrorBody): void {
    for (const timeline of this.timelines.values()) {
      if (!timeline.get().outgoing.some((one) => one.id === id)) continue;
      timeline.update((now) => ('code' in outcome
        ? changedOutgoing(now, id, { failed: outcome })
        : changedOutgoing(now, id, { acked: true })));
    }
  }

  private patch(stream: StreamId, change: Partial<Conversation>): void {
    this.conversations.update((now) => {
      const held = now.get(stream);
      if (held === undefined) return now;
      return new Map(now).set(stream, { ...held, ...change });
    });
  }
}

