// The watched streams of one hub connection: each event once, in order, whatever the
// connection does. Gaps, lag and holes are told apart here:
// - gap: a number was skipped on this connection; the stream is watched again from `last`;
// - lagged: the hub dropped our queue; the same remedy;
// - hole: too much was missed for the hub to replay; the listener pages it over HTTP.

import {
  WATCHES_PER_FRAME_MAX, type ClientFrame, type ErrorBody, type EventFrame, type StreamId,
} from './generated';

export type WatchListener = {
  event(event: EventFrame): void;
  /** Events in (after, upTo] exist but will not be pushed: page them over HTTP. */
  hole?(after: number, upTo: number): void;
  /** The stream may no longer be watched. */
  gone?(error?: ErrorBody): void;
};

type Watch = {
  last: number;
  /** Asked for and not yet answered by `watching`. */
  asked: boolean;
  listener: WatchListener;
};

export class Watches {
  private readonly byStream = new Map<StreamId, Watch>();

  constructor(
    private readonly send: (frame: ClientFrame) => boolean,
    private readonly settled: () => void,
    private readonly later: (ms: number, run: () => void) => void,
  ) {}

  /** Whether the hub has confirmed every watch. */
  get allLive(): boolean {
    for (const watch of this.byStream.values()) if (watch.asked) return false;
    return true;
  }

  last(stream: StreamId): number | undefined { return this.byStream.get(stream)?.last; }

  add(stream: StreamId, from: number, listener: WatchListener): void {
    const known = this.byStream.get(stream);
    this.byStream.set(stream, { last: Math.max(from, known?.last ?? 0), asked: true, listener });
    this.ask([stream]);
  }

  remove(stream: StreamId): void {
    if (this.byStream.delete(stream)) this.send({ t: 'unwatch', streams: [stream] });
  }

  /** A new connection: everything is asked for again, from the last number held. */
  resume(): void { this.ask([...this.byStream.keys()]); }

  disconnected(): void { for (const watch of this.byStream.values()) watch.asked = true; }

  onEvent(event: EventFrame): void {
    const watch = this.byStream.get(event.stream);
    if (watch === undefined || event.seq <= watch.last) return;
    if (event.seq === watch.last + 1) {
      watch.last = event.seq;
      watch.listener.event(event);
    } else if (!watch.asked) {
      this.ask([event.stream]);
    }
  }

  onWatching(stream: StreamId, from: number): void {
    const watch = this.byStream.get(stream);
    if (watch === undefined) return;
    watch.asked = false;
    if (from > watch.last) {
      const after = watch.last;
      watch.last = from;
      watch.listener.hole?.(after, from);
    }
    this.settled();
  }

  onLagged(streams: StreamId[]): void {
    this.ask(streams.filter((stream) => this.byStream.has(stream)));
  }

  onUnwatched(stream: StreamId): void {
    const watch = this.byStream.get(stream);
    this.byStream.delete(stream);
    watch?.listener.gone?.();
    this.settled();
  }

  onError(stream: StreamId, error: ErrorBody): void {
    const watch = this.byStream.get(stream);
    if (watch === undefined) return;
    if (error.retry !== undefined) {
      this.later(error.retry, () => {
        if (this.byStream.get(stream) === watch && watch.asked) this.ask([stream]);
      });
      return;
    }
    this.byStream.delete(stream);
    watch.listener.gone?.(error);
    this.settled();
  }

  private ask(streams: StreamId[]): void {
    for (let i = 0; i < streams.length; i += WATCHES_PER_FRAME_MAX) {
      const some = streams.slice(i, i + WATCHES_PER_FRAME_MAX).map((stream) => {
        const watch = this.byStream.get(stream)!;
        watch.asked = true;
        return { stream, from: watch.last };
      });
      this.send({ t: 'watch', streams: some });
    }
  }
}
