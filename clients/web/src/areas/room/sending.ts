// What this person sends, until its event has come: messages under way, files first.

import type {
  CommandId, ErrorBody, FileRef, Part, Receipt, SendMessage, StreamId,
} from '../../wire/generated';
import type { Hub } from '../../wire/hub';
import { errorBodyOf } from '../../wire/http';
import { Observable } from '../../wire/observable';
import type { Unsent } from '../../wire/unsent';
import type { Source, Uploads } from '../../wire/upload';
import { type Outgoing, type OutgoingList, arrived, begun, ended, settled } from './outgoing';

/** What a message may carry beside its text, chosen before it is written. */
export type Manner = Pick<SendMessage, 'visible_to' | 'burn_ms' | 'urgent' | 'reply_to'>;

export class Sending {
  private readonly lists = new Map<StreamId, Observable<OutgoingList>>();
  /** How to begin a file's message again, by the key of its upload. */
  private readonly again = new Map<string, () => void>();

  constructor(private readonly hub: Hub, readonly uploads: Uploads) {}

  list(stream: StreamId): Observable<OutgoingList> {
    let found = this.lists.get(stream);
    if (found === undefined) this.lists.set(stream, (found = new Observable<OutgoingList>([])));
    return found;
  }

  /** Messages that an earlier page left unsent are shown where they belong. */
  adopt(left: readonly Unsent[]): void {
    for (const { id, stream, command, at } of left) {
      if (stream === undefined || command.type !== 'room.send_message') continue;
      this.list(stream).update((now) => begun(now, { id, body: command.body, at }));
    }
  }

  send(stream: StreamId, body: SendMessage): void {
    const { id, outcome } = this.hub.command({ type: 'room.send_message', body }, stream, true);
    outcome.catch(() => undefined);
    this.list(stream).update((now) => begun(now, { id, body, at: Date.now() }));
  }

  /** A file first, then the message that names it. */
  attach(stream: StreamId, source: Source, part: (file: FileRef) => Part, manner: Manner = {}): void {
    const { key, done } = this.uploads.begin(source, stream);
    const body: SendMessage = { text: '', ...manner };
    const one: Outgoing = { id: key, body, at: Date.now(), file: { key, name: source.name } };
    this.again.set(key, () => this.attach(stream, source, part, manner));
    this.list(stream).update((now) => begun(now, one));
    done.then((file) => {
      this.discard(stream, one);
      this.send(stream, { ...body, part: part(file) });
    }, (cause: unknown) => {
      const failed = errorBodyOf(cause);
      this.list(stream).update((now) => now.map((other) => (other.id === key ? { ...other, failed } : other)));
    });
  }

  /** A refused message is a new command: its first outcome stands. */
  retry(stream: StreamId, failed: Outgoing): void {
    const again = this.again.get(failed.id);
    this.discard(stream, failed);
    if (again === undefined) this.send(stream, failed.body);
    else again();
  }

  discard(stream: StreamId, one: Outgoing): void {
    this.list(stream).update((now) => ended(now, one.id));
    if (one.file === undefined) return;
    this.again.delete(one.id);
    this.uploads.drop(one.file.key);
  }

  arrived(stream: StreamId, commands: ReadonlySet<CommandId>, head: number): void {
    this.lists.get(stream)?.update((now) => arrived(now, commands, head));
  }

  settled(id: string, outcome: Receipt | ErrorBody, headOf: (stream: StreamId) => number): void {
    for (const [stream, list] of this.lists) list.update((now) => settled(now, id, outcome, headOf(stream)));
  }
}
