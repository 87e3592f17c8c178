// Loads the pages of rooms that somebody looks at. Few requests at a time, and always for
// what is in view now: who drags the scroll bar over a million messages loads only where it
// stops. Memory is bounded by the number of pages kept.

import type { EventFrame, StreamId } from '../../wire/generated';
import type { Http } from '../../wire/http';
import { Observable } from '../../wire/observable';
import {
  type History, NOTHING, PAGE, PAGES_MAX, PAGES_UNSEEN, forgotten, kept, missing, withEvents,
  withHead, withHidden, withNotes,
} from './history';

const AT_ONCE = 2;
/** A page asked for in passing is not worth a request. */
const REST = 60;
const AGAIN_AFTER = 2_000;

type Wanted = { stream: StreamId; from: number; to: number };

export class Histories {
  /** Told of every page that came, so that what waits for its events hears of them. */
  onPage: (stream: StreamId, events: readonly EventFrame[]) => void = () => undefined;

  private readonly byStream = new Map<StreamId, Observable<History>>();
  private readonly loading = new Set<string>();
  private wanted: Wanted | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly http: Pick<Http, 'events'>) {}

  of(stream: StreamId): Observable<History> {
    let found = this.byStream.get(stream);
    if (found === undefined) this.byStream.set(stream, (found = new Observable(NOTHING)));
    return found;
  }

  /** `from`–`to` is in view. */
  want(stream: StreamId, from: number, to: number): void {
    this.wanted = { stream, from, to };
    this.later(REST);
  }

  /** The room is not on screen any more. */
  leave(stream: StreamId): void {
    if (this.wanted?.stream === stream) this.wanted = null;
    const history = this.of(stream);
    history.update((now) => kept(now, now.head, PAGES_UNSEEN));
  }

  /** A live event. Of a room that nobody has looked at only the number is kept. */
  add(event: EventFrame): void {
    const history = this.of(event.stream);
    history.update((now) => {
      if (now.pages.size === 0 && this.wanted?.stream !== event.stream) return withHead(now, event.seq);
      return this.bounded(event.stream, withEvents(now, [event]));
    });
  }

  headIs(stream: StreamId, head: number): void { this.of(stream).update((now) => withHead(now, head)); }

  hide(stream: StreamId, seq: number): void { this.of(stream).update((now) => withHidden(now, seq)); }

  forget(stream: StreamId, head: number): void {
    this.of(stream).update((now) => forgotten(now, head));
    if (this.wanted?.stream === stream) this.later(0);
  }

  /** The connection is back. */
  again(): void { this.later(0); }

  private later(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(), ms);
  }

  private load(): void {
    if (this.wanted === null) return;
    const { stream, from, to } = this.wanted;
    for (const number of missing(this.of(stream).get(), from, to)) {
      if (this.loading.size >= AT_ONCE) return;
      const key = `${stream} ${number}`;
      if (this.loading.has(key)) continue;
      this.loading.add(key);
      void this.page(stream, number).then((done) => {
        this.loading.delete(key);
        this.later(done ? 0 : AGAIN_AFTER);
      });
    }
  }

  private async page(stream: StreamId, number: number): Promise<boolean> {
    try {
      const { events, head, notes = [] } = await this.http.events(stream, { after: number * PAGE }, PAGE);
      const history = this.of(stream);
      history.update((now) => this.bounded(stream, withNotes(withEvents(withHead(now, head), events), notes)));
      this.onPage(stream, events);
      return events.length > 0;
    } catch {
      // The connection's own state tells what is wrong; the placeholder stays meanwhile.
      return false;
    }
  }

  private bounded(stream: StreamId, history: History): History {
    const { wanted } = this;
    return wanted?.stream === stream
      ? kept(history, Math.round((wanted.from + wanted.to) / 2), PAGES_MAX)
      : kept(history, history.head, PAGES_UNSEEN);
  }
}
