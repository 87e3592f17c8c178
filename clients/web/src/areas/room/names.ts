// Names for accounts that a room's history speaks of. Members are asked first; who has left
// is no member any more and is asked for by id, many at once and never twice.

import type { Cards } from '../../kit/cards';
import {
  PAGE_MAX, PEOPLE_PER_REQUEST_MAX, type AccountId, type EventFrame, type RoomMember,
  type StreamId,
} from '../../wire/generated';
import type { Http } from '../../wire/http';
import { Observable } from '../../wire/observable';
import { messageOf } from './history';

const GATHER = 120;
const MEMBERS_MAX = 2_000;
/** Of those added at once, named in one line. */
const LISTED_MAX = 5;

/** Everybody whom an event names. */
export function namedIn(event: EventFrame): AccountId[] {
  const named: AccountId[] = event.by === undefined ? [] : [event.by];
  const { body } = event;
  if (body === undefined) return named;
  if ('account' in body && body.account !== undefined) named.push(body.account);
  if (event.type === 'room.call_started' || event.type === 'room.call_ended') named.push(event.body!.by);
  if (event.type === 'room.members_added') named.push(...event.body!.accounts.slice(0, LISTED_MAX));
  const message = messageOf(event);
  if (message === undefined) return named;
  named.push(...(message.mentions ?? []), ...(message.visible_to ?? []));
  if (message.part?.kind === 'card') named.push(message.part.account);
  if (message.part?.kind === 'forwarded') {
    named.push(...message.part.messages.flatMap((one) => (one.by === undefined ? [] : [one.by])));
  }
  return named;
}

export class Names {
  private readonly lists = new Map<StreamId, Observable<readonly RoomMember[]>>();
  private readonly asked = new Set<StreamId>();
  private readonly wanted = new Map<AccountId, StreamId>();
  /** Not asked for again. */
  private readonly nobody = new Set<AccountId>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private looking = false;

  constructor(private readonly http: Pick<Http, 'peopleOf' | 'roomMembers'>, private readonly cards: Cards) {}

  members(stream: StreamId): Observable<readonly RoomMember[]> {
    let found = this.lists.get(stream);
    if (found === undefined) this.lists.set(stream, (found = new Observable<readonly RoomMember[]>([])));
    return found;
  }

  /** These appear on screen. Those already known cost nothing. */
  want(stream: StreamId, accounts: Iterable<AccountId>): void {
    for (const account of accounts) {
      if (this.cards.get(account) !== undefined || this.nobody.has(account)) continue;
      this.wanted.set(account, stream);
    }
    if (this.wanted.size === 0) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), GATHER);
  }

  async loadMembers(stream: StreamId): Promise<void> {
    try {
      const all: RoomMember[] = [];
      let after: string | undefined;
      do {
        const page = await this.http.roomMembers(stream, after, PAGE_MAX);
        all.push(...page.items);
        after = page.next;
      } while (after !== undefined && all.length < MEMBERS_MAX);
      this.asked.add(stream);
      this.cards.add(all.map((member) => member.card));
      this.members(stream).set(all);
    } catch {
      // Names fall back to a neutral word until the next attempt.
    }
  }

  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      const rooms = new Set([...this.unknown()].map(([, stream]) => stream));
      for (const stream of rooms) if (!this.asked.has(stream)) await this.loadMembers(stream);
      await this.ask([...this.unknown().keys()]);
      // Whoever is still unknown cannot be found.
      for (const account of this.unknown().keys()) this.nobody.add(account);
      this.wanted.clear();
    } catch {
      // Tried again when somebody unknown appears next.
    } finally {
      this.looking = false;
    }
  }

  private async ask(accounts: readonly AccountId[]): Promise<void> {
    for (let from = 0; from < accounts.length; from += PEOPLE_PER_REQUEST_MAX) {
      this.cards.add(await this.http.peopleOf(accounts.slice(from, from + PEOPLE_PER_REQUEST_MAX)));
    }
  }

  private unknown(): ReadonlyMap<AccountId, StreamId> {
    for (const account of this.wanted.keys()) {
      if (this.cards.get(account) !== undefined) this.wanted.delete(account);
    }
    return this.wanted;
  }
}
