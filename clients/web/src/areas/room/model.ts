// The conversations of the signed-in person: the list, unread counts, what is under way.
// No React here. Every conversation is watched from its head, so the list stays true without
// polling; history is loaded by number where somebody looks (`histories.ts`).

import type { Cards } from '../../kit/cards';
import type {
  AccountCommand, AccountId, Conversation, EventFrame, Receipt, RoomCommand, StreamId,
} from '../../wire/generated';
import type { Http } from '../../wire/http';
import type { Hub } from '../../wire/hub';
import { Observable } from '../../wire/observable';
import type { Uploads } from '../../wire/upload';
import { uuid7 } from '../../wire/uuid7';
import { Attention } from './attention';
import { changeBy } from './changes';
import { Drafts } from './drafts';
import { Histories } from './histories';
import { commandsOf } from './history';
import { Links } from './links';
import { newer } from './list';
import { Names } from './names';
import { Notices } from './notices';
import { Pins } from './pins';
import { Sending } from './sending';
import { Urgents } from './urgent';

const ROOMS_MAX = 1_500;

export class RoomModel {
  readonly conversations = new Observable<ReadonlyMap<StreamId, Conversation>>(new Map());
  /** Threads that the person looks at without being in them. */
  readonly visited = new Observable<ReadonlyMap<StreamId, Conversation>>(new Map());
  /** Told of every event of every conversation. */
  readonly heard = new Set<(event: EventFrame) => void>();
  /** Something can be shown, and everything is there. */
  readonly loaded = new Observable(false);
  readonly complete = new Observable(false);
  readonly open = new Observable<StreamId | null>(null);
  /** A message that somebody wants to see, found elsewhere. */
  readonly seek = new Observable<{ stream: StreamId; seq: number } | null>(null);
  readonly drafts: Drafts;
  /** Out of the list until something happens: the number of the last event then. */
  readonly hiddenAt = new Observable<ReadonlyMap<StreamId, number>>(new Map());
  readonly attention: Attention;
  readonly histories: Histories;
  readonly names: Names;
  readonly links: Links;
  readonly sending: Sending;
  readonly pins: Pins;
  readonly notices: Notices;
  readonly urgents: Urgents;
  /** How many have read messages of one's own, as the hub counts on. */
  readonly readCounts = new Observable<ReadonlyMap<StreamId, ReadonlyMap<number, number>>>(new Map());
  onMessage: (conversation: Conversation, event: EventFrame) => void = () => undefined;

  constructor(
    readonly http: Http,
    readonly hub: Hub,
    readonly cards: Cards,
    readonly me: AccountId,
    uploads: Uploads,
  ) {
    this.sending = new Sending(hub, uploads);
    this.drafts = new Drafts((command) => this.runOwn(command));
    this.histories = new Histories(http);
    this.histories.onPage = (stream, events) => this.arrived(stream, events);
    this.names = new Names(http, cards);
    this.links = new Links(http);
    this.pins = new Pins(http);
    this.notices = new Notices(http);
    this.urgents = new Urgents(http, me);
    this.attention = new Attention(hub, me, (stream, seq) => this.readUpTo(stream, seq));
    hub.listen({
      cursor: (stream, seq, unread) => this.patch(stream, { read: seq, unread }),
      signal: (stream, by, signal) => { if (signal.type === 'room.typing') this.attention.heardTyping(stream, by); },
      readers: (stream, counts) => this.readCounts.update((now) => new Map(now).set(
        stream, new Map([...now.get(stream) ?? [], ...counts.map(({ seq, read }) => [seq, read] as const)]),
      )),
      presence: (account, online) => this.attention.heardPresence(account, online),
    });
    hub.state.subscribe(() => { if (hub.state.get().kind === 'connected') this.histories.again(); });
    const told = hub.onSettled;
    hub.onSettled = (id, outcome) => {
      told(id, outcome);
      this.sending.settled(id, outcome, (stream) => this.histories.of(stream).get().head);
    };
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
    this.complete.set(true);
  }

  /** After a hole or a joined room: the newest conversations again. What was missed is told
   *  as if it had been pushed, once a room. */
  async reload(): Promise<void> {
    try {
      const { items } = await this.http.rooms();
      const before = this.conversations.get();
      this.take(items);
      for (const one of items) {
        const held = before.get(one.stream);
        const fresh = one.head > (held?.head ?? 0) && one.unread > (held?.unread ?? 0);
        if (fresh && one.last !== undefined && one.last.by !== this.me) this.onMessage(one, one.last);
      }
    } catch {
      // Offline: the resumed connection brings it again.
    }
  }

  left(stream: StreamId): void {
    this.urgents.left(stream);
    this.hub.unwatch(stream);
    for (const kept of [this.conversations, this.visited]) {
      if (!kept.get().has(stream)) continue;
      kept.update((now) => {
        const next = new Map(now);
        next.delete(stream);
        return next;
      });
    }
  }

  /** The conversation, whether it is the person's own or only looked at. */
  of(stream: StreamId): Conversation | undefined {
    return this.conversations.get().get(stream) ?? this.visited.get().get(stream);
  }

  /** Looks at a thread that is in nobody's list here. */
  visit(conversation: Conversation): void {
    const { stream, head } = conversation;
    if (this.of(stream) !== undefined) return;
    if (conversation.peer !== undefined) this.cards.add([conversation.peer]);
    this.visited.update((now) => new Map(now).set(stream, conversation));
    this.histories.headIs(stream, head);
    this.follow(stream, head);
    if (this.open.get() === stream) void this.names.loadMembers(stream);
  }

  async openRoom(stream: StreamId | null): Promise<void> {
    const before = this.open.get();
    if (before !== null && before !== stream) this.histories.leave(before);
    this.open.set(stream);
    if (stream === null) return;
    if (this.of(stream) === undefined) await this.reload();
    this.pins.load(stream);
    if (this.of(stream)?.kind !== 'direct') this.notices.load(stream);
    await this.names.loadMembers(stream);
  }

  run(stream: StreamId, command: RoomCommand): Promise<Receipt> {
    return this.hub.command(command, stream).outcome;
  }

  /** Deletes a message for this person; the page does not wait for the own stream to say so. */
  async hide(stream: StreamId, seq: number): Promise<void> {
    const room = stream.slice('room:'.length);
    await this.runOwn({ type: 'account.hide_message', body: { room, seq } });
    this.hidden(stream, seq);
  }

  /** Nothing comes back where it had been said before, on another device. */
  async acknowledge({ stream, seq }: EventFrame): Promise<void> {
    await this.run(stream, { type: 'room.acknowledge', body: { seq } });
    this.urgents.drop(stream, seq);
  }

  hidden(stream: StreamId, seq: number): void {
    this.histories.hide(stream, seq);
    if (this.conversations.get().get(stream)?.last?.seq === seq) void this.reload();
  }

  /** What concerns this person's own view of a room. */
  runOwn(command: AccountCommand): Promise<Receipt> {
    return this.hub.command(command, `account:${this.me}`).outcome;
  }

  async openDirect(peer: AccountId): Promise<StreamId> {
    const known = [...this.conversations.get().values()].find((one) => one.peer?.account === peer);
    if (known !== undefined) return known.stream;
    const receipt = await this.hub.command({ type: 'room.open_direct', body: { peer } }).outcome;
    await this.reload();
    return receipt.stream;
  }

  async createGroup(name: string, members: AccountId[], announcement = false): Promise<StreamId> {
    const stream: StreamId = `room:${uuid7()}`;
    await this.run(stream, { type: announcement ? 'room.create_announcement' : 'room.create', body: { name, members } });
    await this.reload();
    return stream;
  }

  private take(items: readonly Conversation[]): void {
    const peers = items.flatMap((one) => (one.peer ? [one.peer] : []));
    this.cards.add(peers);
    this.drafts.listed(items);
    this.urgents.listed(items);
    this.conversations.update((now) => {
      const next = new Map(now);
      for (const one of items) {
        const held = now.get(one.stream);
        next.set(one.stream, held === undefined ? one : newer(held, one));
      }
      return next;
    });
    const looked = this.visited.get();
    if (items.some((one) => looked.has(one.stream))) {
      this.visited.set(new Map([...looked].filter(([stream]) => !items.some((one) => one.stream === stream))));
    }
    for (const one of items) {
      this.histories.headIs(one.stream, one.head);
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

  /** Too much was missed to be pushed: what is looked at is loaded anew. */
  private refill(stream: StreamId, after: number, upTo: number): void {
    if (upTo <= after) return;
    this.histories.forget(stream, upTo);
    void this.reload();
  }

  private onEvent(event: EventFrame): void {
    this.histories.add(event);
    this.arrived(event.stream, [event]);
    for (const listener of this.heard) listener(event);
    const conversation = this.of(event.stream);
    if (conversation === undefined) return;
    this.urgents.heard(event);
    if (this.open.get() === event.stream) this.notices.heard(event);
    if (event.type === 'room.message_pinned' && this.open.get() === event.stream) this.pins.load(event.stream);
    if (event.type === 'room.message_sent' && event.by !== undefined) {
      this.attention.stoppedTyping(event.stream, event.by);
    }
    if (event.type?.startsWith('room.member') === true && this.open.get() === event.stream) {
      void this.names.loadMembers(event.stream);
    }
    const change = changeBy(conversation, event, this.me);
    this.patch(event.stream, change);
    if (event.type === 'room.message_sent' && event.by !== this.me && !this.visited.get().has(event.stream)) {
      this.onMessage({ ...conversation, ...change }, event);
    }
  }

  /** What happened on this person's own stream, here or on another device. */
  ownEvent(event: EventFrame): void {
    if (event.body === undefined) return;
    if (event.type === 'account.conversation_set') {
      const { room, pinned, muted, hidden } = event.body;
      this.setAs(`room:${room}`, { pinned, muted, hidden });
    } else if (event.type === 'account.draft_set') {
      this.drafts.heard(`room:${event.body.room}`, event.body.text);
    } else if (event.type === 'account.draft_cleared') {
      this.drafts.heard(`room:${event.body.room}`, '');
    } else if (event.type === 'account.message_hidden') {
      this.hidden(`room:${event.body.room}`, event.body.seq);
    }
  }

  /** Pinned, muted or out of the list: told to the hub, seen on every device. */
  async set(stream: StreamId, set: { pinned?: boolean; muted?: boolean; hidden?: boolean }): Promise<void> {
    await this.runOwn({ type: 'account.set_conversation', body: { room: stream.slice('room:'.length), ...set } });
    this.setAs(stream, set);
  }

  private setAs(stream: StreamId, { pinned, muted, hidden }: { pinned?: boolean; muted?: boolean; hidden?: boolean }): void {
    this.patch(stream, { ...(pinned === undefined ? {} : { pinned }), ...(muted === undefined ? {} : { muted }) });
    const held = this.conversations.get().get(stream);
    if (hidden === undefined || held === undefined) return;
    this.hiddenAt.update((now) => {
      const next = new Map(now);
      if (hidden) next.set(stream, held.head);
      else next.delete(stream);
      return next;
    });
  }

  /** How much is unread above what was read the hub tells by a cursor frame. */
  private readUpTo(stream: StreamId, seq: number): void {
    const head = this.conversations.get().get(stream)?.head ?? 0;
    this.patch(stream, seq >= head ? { read: seq, unread: 0 } : { read: seq });
  }

  private arrived(stream: StreamId, events: readonly EventFrame[]): void {
    this.sending.arrived(stream, commandsOf(events), this.histories.of(stream).get().head);
  }

  private patch(stream: StreamId, change: Partial<Conversation>): void {
    for (const kept of [this.conversations, this.visited]) {
      kept.update((now) => {
        const held = now.get(stream);
        if (held === undefined) return now;
        return new Map(now).set(stream, { ...held, ...change });
      });
    }
  }
}
