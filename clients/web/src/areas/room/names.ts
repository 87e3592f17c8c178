// Names for accounts that a room's history speaks of. Members are asked first; who has left
// is no member any more and is looked for among all people, a bounded part of the directory
// at a time and never twice.

import type { Cards } from '../../kit/cards';
import {
  PAGE_MAX, type AccountCard, type AccountId, type EventFrame, type RoomMember,
  type StreamId,
} from '../../wire/generated';
import { type Http, errorBodyOf } from '../../wire/http';
import { Observable } from '../../wire/observable';
import { messageOf } from './history';

const GATHER = 120;
const MEMBERS_MAX = 2_000;
/** Of those added at once, named in one line. */
const LISTED_MAX = 5;
/** Of the directory, over the life of one page: 5,000 people. */
const DIRECTORY_PAGES_MAX = 25;

/** Everybody whom an event names. */
export function namedIn(event: EventFrame): AccountId[] {
  const named: AccountId[] = event.by === undefined ? [] : [event.by];
  const { body } = event;
  if (body === undefined) return named;
  if ('account' in body) named.push(body.account);
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
  /** Passed in the directory while somebody else was looked for. */
  private readonly passed = new Map<AccountId, AccountCard>();
  private directory: { after: string | undefined; pages: number } | 'done' = { after: undefined, pages: 0 };
  private timer: ReturnType<typeof setTimeout> | undefined;
  private looking = false;

  constructor(private readonly http: Pick<Http, 'people' | 'roomMembers'>, private readonly cards: Cards) {}

  members(stream: StreamId): Observable<readonly RoomMember[]> {
    let found = this.lists.get(stream);
    if (found === undefined) this.lists.set(stream, (found = new Observable<readonly RoomMember[]>([])));
    return found;
  }

  /** These appear on screen. Those already known cost nothing. */
  want(stream: StreamId, accounts: Iterable<AccountId>): void {
    for (const account of accounts) {
      if (this.cards.get(account) !== undefined) continue;
      const card = this.passed.get(account);
      if (card !== undefined) this.cards.add([card]);
      else this.wanted.set(account, stream);
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
      while (this.unknown().size > 0 && this.directory !== 'done') await this.nextPage(this.directory);
      // Whoever is still unknown cannot be found: not asked for again.
      if (this.directory === 'done') this.wanted.clear();
    } catch (error) {
      // Not entitled to the directory, or tried again when somebody unknown appears next.
      if (errorBodyOf(error).kind === 'forbidden') this.directory = 'done';
    } finally {
      this.looking = false;
    }
  }

  private async nextPage(at: { after: string | undefined; pages: number }): Promise<void> {
    const page = await this.http.people('', undefined, at.after, PAGE_MAX);
    for (const card of page.items) this.passed.set(card.account, card);
    this.cards.add(page.items.filter((card) => this.wanted.has(card.account)));
    const pages = at.pages + 1;
    this.directory = page.next === undefined || pages >= DIRECTORY_PAGES_MAX
      ? 'done' : { after: page.next, pages };
  }

  private unknown(): ReadonlyMap<AccountId, StreamId> {
    for (const account of this.wanted.keys()) {
      if (this.cards.get(account) !== undefined) this.wanted.delete(account);
    }
    return this.wanted;
  }
}
