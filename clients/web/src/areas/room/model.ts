// The conversations of the signed-in person: the list, unread counts, what is under way.
// No React here. Every conversation is watched from its head, so the list stays true without
// polling; history is loaded by number where somebody looks (`histories.ts`).

import type { Cards } from '../../kit/cards';
import type {
  AccountId, Conversation, ErrorBody, EventFrame, Receipt, RoomCommand, SendMessage, StreamId,
} from '../../wire/generated';
import type { Http } from '../../wire/http';
import type { Hub } from '../../wire/hub';
import { Observable } from '../../wire/observable';
import type { Unsent } from '../../wire/unsent';
import { uuid7 } from '../../wire/uuid7';
import { Attention } from './attention';
import { Histories } from './histories';
import { commandsOf } from './history';
import { Names } from './names';
import { type Outgoing, type OutgoingList, arrived, begun, ended, settled } from './outgoing';

const ROOMS_MAX = 1_500;

export class RoomModel {
  readonly conversations = new Observable<ReadonlyMap<StreamId, Conversation>>(new Map());
  /** Something can be shown, and everything is there. */
  readonly loaded = new Observable(false);
  readonly complete = new Observable(false);
  readonly open = new Observable<StreamId | null>(null);
  /** Begun and not sent, as long as the page lives. */
  readonly drafts = new Observable<ReadonlyMap<StreamId, string>>(new Map());
  readonly attention: Attention;
  readonly histories: Histories;
  readonly names: Names;
  onMessage: (conversation: Conversation, event: EventFrame) => void = () => undefined;

  private readonly lists = new Map<StreamId, Observable<OutgoingList>>();

  constructor(
    readonly http: Http,
    readonly hub: Hub,
    readonly cards: Cards,
    readonly me: AccountId,
  ) {
    this.histories = new Histories(http);
    this.histories.onPage = (stream, events) => this.arrived(stream, events);
    this.names = new Names(http, cards);
    this.attention = new Attention(hub, me, (stream, seq) => this.readUpTo(stream, seq));
    hub.listen({
      cursor: (stream, seq, unread) => this.patch(stream, { read: seq, unread }),
      signal: (stream, by) => this.attention.heardTyping(stream, by),
      presence: (account, online) => this.attention.heardPresence(account, online),
    });
    hub.state.subscribe(() => { if (hub.state.get().kind === 'connected') this.histories.again(); });
    const told = hub.onSettled;
    hub.onSettled = (id, outcome) => {
      told(id, outcome);
      this.settled(id, outcome);
    };
  }

  outgoing(stream: StreamId): Observable<OutgoingList> {
    let found = this.lists.get(stream);
    if (found === undefined) this.lists.set(stream, (found = new Observable<OutgoingList>([])));
    return found;
  }

  /** Messages that an earlier page left unsent are shown where they belong. */
  adopt(left: readonly Unsent[]): void {
    for (const { id, stream, command, at } of left) {
      if (stream === undefined || command.type !== 'room.send_message') continue;
      const { text, reply_to: replyTo } = command.body;
      const one: Outgoing = { id, text, at, ...(replyTo ? { replyTo } : {}) };
      this.outgoing(stream).update((now) => begun(now, one));
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
    this.hub.unwatch(stream);
    this.conversations.update((now) => {
      const next = new Map(now);
      next.delete(stream);
      return next;
    });
  }

  async openRoom(stream: StreamId | null): Promise<void> {
    const before = this.open.get();
    if (before !== null && before !== stream) this.histories.leave(before);
    this.open.set(stream);
    if (stream === null) return;
    if (!this.conversations.get().has(stream)) await this.reload();
    await this.names.loadMembers(stream);
  }

  draft(stream: StreamId, text: string): void {
    this.drafts.update((now) => {
      const next = new Map(now);
      if (text.trim() === '') next.delete(stream);
      else next.set(stream, text);
      return next;
    });
  }

  send(stream: StreamId, text: string, replyTo?: number): void {
    const body: SendMessage = { text, ...(replyTo === undefined ? {} : { reply_to: replyTo }) };
    const { id, outcome } = this.hub.command({ type: 'room.send_message', body }, stream, true);
    outcome.catch(() => undefined);
    const one: Outgoing = { id, text, at: Date.now(), ...(replyTo ? { replyTo } : {}) };
    this.outgoing(stream).update((now) => begun(now, one));
  }

  /** A refused message is a new command: its first outcome stands. */
  retry(stream: StreamId, failed: Outgoing): void {
    this.discard(stream, failed);
    this.send(stream, failed.text, failed.replyTo);
  }

  discard(stream: StreamId, failed: Outgoing): void {
    this.outgoing(stream).update((now) => ended(now, failed.id));
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
      if (event.body !== undefined) change.name = event.body.name;
    } else if (event.type === 'room.member_added' || event.type === 'room.member_removed') {
      change.members = conversation.members + (event.type === 'room.member_added' ? 1 : -1);
    } else if (event.type === 'room.message_recalled') {
      if (event.body !== undefined && conversation.last?.seq === event.body.seq) change.last = event;
    }
    if (event.type.startsWith('room.member_') && this.open.get() === event.stream) {
      void this.names.loadMembers(event.stream);
    }
    this.patch(event.stream, change);
    if (event.type === 'room.message_sent' && !mine) {
      this.onMessage({ ...conversation, ...change }, event);
    }
  }

  /** How much is unread above what was read the hub tells by a cursor frame. */
  private readUpTo(stream: StreamId, seq: number): void {
    const head = this.conversations.get().get(stream)?.head ?? 0;
    this.patch(stream, seq >= head ? { read: seq, unread: 0 } : { read: seq });
  }

  private arrived(stream: StreamId, events: readonly EventFrame[]): void {
    const { head } = this.histories.of(stream).get();
    this.lists.get(stream)?.update((now) => arrived(now, commandsOf(events), head));
  }

  private settled(id: string, outcome: Receipt | ErrorBody): void {
    for (const [stream, list] of this.lists) {
      const { head } = this.histories.of(stream).get();
      list.update((now) => settled(now, id, outcome, head));
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
