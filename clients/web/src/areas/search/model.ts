// One question at a time: what is typed later replaces what was asked before. No React here.
// The hub answers only what the asker may see, so nothing is filtered in this browser.

import type { Cards } from '../../kit/cards';
import type { ErrorBody, HitKind, SearchAnswer, StreamId } from '../../wire/generated';
import { type Http, errorBodyOf } from '../../wire/http';
import { Observable } from '../../wire/observable';

export type Tab = HitKind | 'person' | 'room' | 'task' | 'notice' | 'app' | 'all';
export type Since = 'any' | 'today' | 'week' | 'month';
export type Question = { q: string; tab: Tab; room: StreamId | null; since: Since };
export type Found = { question: Question; answer: SearchAnswer | null; asking: boolean; failure: ErrorBody | null };

const TYPING_MS = 200;
const DAY_MS = 86_400_000;
const BACK: Record<Exclude<Since, 'any' | 'today'>, number> = { week: 7, month: 30 };
const NOTHING: Question = { q: '', tab: 'all', room: null, since: 'any' };

export class SearchModel {
  readonly found = new Observable<Found>({ question: NOTHING, answer: null, asking: false, failure: null });

  private turn = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly http: Http, private readonly cards: Cards, private readonly now = () => Date.now()) {}

  ask(change: Partial<Question>): void {
    const { question, answer } = this.found.get();
    const next = { ...question, ...change };
    const typing = change.q !== undefined;
    this.turn += 1;
    clearTimeout(this.timer);
    const blank = next.q.trim() === '';
    this.found.set({ question: next, answer: blank ? null : answer, asking: !blank, failure: null });
    if (!blank) this.timer = setTimeout(() => void this.load(), typing ? TYPING_MS : 0);
  }

  async more(): Promise<void> {
    const { answer } = this.found.get();
    if (answer?.next !== undefined) await this.load(answer);
  }

  private async load(before?: SearchAnswer): Promise<void> {
    this.turn += 1;
    const mine = this.turn;
    const { q, tab, room, since } = this.found.get().question;
    try {
      const page = await this.http.call<SearchAnswer>('GET', '/v1/search', {
        q: q.trim(), kinds: tab === 'all' ? undefined : tab, from: this.from(since),
        room: room === null ? undefined : room.slice(room.indexOf(':') + 1), cursor: before?.next,
      });
      if (mine !== this.turn) return;
      this.cards.add([...page.people, ...page.authors]);
      const answer = before === undefined ? page : joined(before, page);
      this.found.update((now) => ({ ...now, answer, asking: false, failure: null }));
    } catch (cause) {
      if (mine !== this.turn) return;
      this.found.update((now) => ({ ...now, asking: false, failure: errorBodyOf(cause) }));
    }
  }

  private from(since: Since): number | undefined {
    if (since === 'any') return undefined;
    if (since === 'today') return new Date(this.now()).setHours(0, 0, 0, 0);
    return this.now() - BACK[since] * DAY_MS;
  }
}

/** The following page after the ones before it; people and rooms come with the first only. */
function joined(before: SearchAnswer, page: SearchAnswer): SearchAnswer {
  const { next: _, ...rest } = before;
  return {
    ...rest,
    hits: [...before.hits, ...page.hits], authors: [...before.authors, ...page.authors],
    places: [...before.places, ...page.places], ...(page.next === undefined ? {} : { next: page.next }),
  };
}
