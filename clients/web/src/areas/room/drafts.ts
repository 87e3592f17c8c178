// What this person has begun to write, here and on their other devices. Told to the hub when
// they pause: the text before it is then removed there for good.

import type { AccountCommand, Conversation, StreamId } from '../../wire/generated';
import { Observable } from '../../wire/observable';

const TELL_AFTER = 1_500;

export class Drafts {
  readonly all = new Observable<ReadonlyMap<StreamId, string>>(new Map());
  private readonly timers = new Map<StreamId, ReturnType<typeof setTimeout>>();
  /** What the hub holds. */
  private readonly told = new Map<StreamId, string>();

  constructor(private readonly run: (command: AccountCommand) => Promise<unknown>) {}

  get(stream: StreamId): string { return this.all.get().get(stream) ?? ''; }

  write(stream: StreamId, text: string): void {
    const kept = text.trim() === '' ? '' : text;
    this.put(stream, kept);
    clearTimeout(this.timers.get(stream));
    // A draft that was never told needs no taking back.
    if (kept === (this.told.get(stream) ?? '')) return void this.timers.delete(stream);
    this.timers.set(stream, setTimeout(() => this.tell(stream), kept === '' ? 0 : TELL_AFTER));
  }

  /** From the list of conversations, or from another device. */
  heard(stream: StreamId, text: string): void {
    this.told.set(stream, text);
    if (!this.timers.has(stream)) this.put(stream, text);
  }

  listed(items: readonly Conversation[]): void {
    for (const { stream, draft } of items) {
      if (draft !== undefined || this.told.has(stream)) this.heard(stream, draft?.text ?? '');
    }
  }

  private tell(stream: StreamId): void {
    this.timers.delete(stream);
    const text = this.get(stream);
    this.told.set(stream, text);
    // Kept here in any case; the next pause tells it again.
    this.run({ type: 'account.set_draft', body: { room: stream.slice('room:'.length), text } })
      .catch(() => this.told.delete(stream));
  }

  private put(stream: StreamId, text: string): void {
    this.all.update((now) => {
      if ((now.get(stream) ?? '') === text) return now;
      const next = new Map(now);
      if (text === '') next.delete(stream);
      else next.set(stream, text);
      return next;
    });
  }
}
