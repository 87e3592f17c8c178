// Urgent messages that wait for this person's word, over all rooms: shown until acknowledged.
// Live ones come as they are sent, and again each time the hub repeats them; those that
// waited before this page was opened are found where they are the last word of their room.

import type { AccountId, Conversation, EventFrame, StreamId } from '../../wire/generated';
import type { Http } from '../../wire/http';
import { Observable } from '../../wire/observable';
import { messageOf } from './history';

export class Urgents {
  readonly waiting = new Observable<readonly EventFrame[]>([]);
  private readonly asked = new Set<string>();

  constructor(private readonly http: Pick<Http, 'events'>, private readonly me: AccountId) {}

  heard(event: EventFrame): void {
    const { stream } = event;
    if (event.type === 'room.message_acknowledged') {
      if (event.by === this.me && event.body !== undefined) this.drop(stream, event.body.seq);
    } else if (event.type === 'room.message_recalled') {
      if (event.body !== undefined) this.drop(stream, event.body.seq);
    } else if (event.type === 'room.urgent_repeated') {
      if (event.body?.waiting.includes(this.me) === true) void this.look(stream, event.body.seq);
    } else if (messageOf(event)?.urgent === true && event.by !== this.me) {
      this.waiting.update((now) => (now.some((one) => one.stream === stream && one.seq === event.seq)
        ? now : [...now, event]));
    }
  }

  /** From the list of conversations: whether it was acknowledged stands below it. */
  listed(items: readonly Conversation[]): void {
    for (const { stream, last } of items) {
      if (last === undefined || last.by === this.me || messageOf(last)?.urgent !== true) continue;
      const key = `${stream} ${last.seq}`;
      if (this.asked.has(key)) continue;
      this.asked.add(key);
      void this.look(stream, last.seq);
    }
  }

  /** A room was left: nobody can answer there any more. */
  left(stream: StreamId): void {
    this.waiting.update((now) => now.filter((one) => one.stream !== stream));
  }

  drop(stream: StreamId, seq: number): void {
    this.waiting.update((now) => now.filter((one) => one.stream !== stream || one.seq !== seq));
  }

  private async look(stream: StreamId, seq: number): Promise<void> {
    try {
      const { events } = await this.http.events(stream, { after: seq - 1 }, 100);
      for (const event of events) if (event.type !== 'room.urgent_repeated') this.heard(event);
    } catch {
      // Asked again when the hub repeats it.
    }
  }
}
