// Watching what is in view: whatever happens to it after it was read is news. For lists that are
// read over HTTP and told by events only that they are to be read again.

import type { StreamId } from './generated';
import type { Hub } from './hub';

/** How much older than the reading an event may be and still be news: clocks differ. */
const SLACK_MS = 2_000;

export class Follower {
  private readonly watched = new Set<StreamId>();
  private readAt = 0;

  /** A hub bound, `WATCHES_MAX`, is for all areas together: each takes its part of it. */
  constructor(private readonly hub: Hub, private readonly most: number, private readonly news: () => void) {}

  /** What was read, and when the reading began. */
  follow(streams: Iterable<StreamId>, readAt: number): void {
    this.readAt = readAt;
    for (const stream of streams) {
      if (this.watched.has(stream) || this.watched.size >= this.most) continue;
      this.watched.add(stream);
      this.hub.watch(stream, 0, {
        event: (event) => { if (event.at >= this.readAt - SLACK_MS) this.news(); },
        hole: this.news,
        gone: () => {
          this.watched.delete(stream);
          this.news();
        },
      });
    }
  }
}
