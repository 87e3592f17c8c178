// Who is writing, who is there, and what has been read: everything about attention that
// need not last, or is sent late on purpose so that scrolling does not flood the hub.

import type { AccountId, StreamId } from '../../wire/generated';
import type { Hub } from '../../wire/hub';
import { Observable } from '../../wire/observable';

const TYPING_SHOWN = 5_000;
const TYPING_SENT_EVERY = 3_000;
const READ_AFTER = 400;
const OBSERVE_AFTER = 150;

export class Attention {
  readonly typing = new Observable<ReadonlyMap<StreamId, readonly AccountId[]>>(new Map());
  readonly online = new Observable<ReadonlySet<AccountId>>(new Set());

  private readonly typingTimers = new Map<string, ReturnType<typeof setTimeout>>();
  private typingSentAt = 0;
  private readonly readTimers = new Map<StreamId, ReturnType<typeof setTimeout>>();
  private readonly readUpTo = new Map<StreamId, number>();
  private readonly visible = new Map<string, AccountId>();
  private observeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly hub: Hub,
    private readonly me: AccountId,
    private readonly moved: (stream: StreamId, seq: number) => void,
  ) {}

  heardTyping(stream: StreamId, by: AccountId): void {
    if (by === this.me) return;
    const key = `${stream} ${by}`;
    clearTimeout(this.typingTimers.get(key));
    this.typingTimers.set(key, setTimeout(() => this.stoppedTyping(stream, by), TYPING_SHOWN));
    const now = this.typing.get().get(stream) ?? [];
    if (!now.includes(by)) this.setTyping(stream, [...now, by]);
  }

  stoppedTyping(stream: StreamId, by: AccountId): void {
    const key = `${stream} ${by}`;
    clearTimeout(this.typingTimers.get(key));
    if (!this.typingTimers.delete(key)) return;
    this.setTyping(stream, (this.typing.get().get(stream) ?? []).filter((one) => one !== by));
  }

  type(stream: StreamId): void {
    const now = Date.now();
    if (now - this.typingSentAt < TYPING_SENT_EVERY) return;
    this.typingSentAt = now;
    this.hub.signal(stream, { type: 'room.typing', body: {} });
  }

  /** The next letter is told at once again, because the message has gone out. */
  sent(): void { this.typingSentAt = 0; }

  heardPresence(account: AccountId, online: boolean): void {
    this.online.update((now) => {
      if (now.has(account) === online) return now;
      const next = new Set(now);
      if (online) next.add(account);
      else next.delete(account);
      return next;
    });
  }

  /** `place` names where on screen the person is shown. */
  show(place: string, account: AccountId): void {
    this.visible.set(place, account);
    this.observeSoon();
  }

  hide(place: string): void {
    if (this.visible.delete(place)) this.observeSoon();
  }

  markRead(stream: StreamId, seq: number): void {
    if (seq <= (this.readUpTo.get(stream) ?? 0)) return;
    this.readUpTo.set(stream, seq);
    this.moved(stream, seq);
    clearTimeout(this.readTimers.get(stream));
    this.readTimers.set(stream, setTimeout(() => {
      this.hub.command({ type: 'room.mark_read', body: { seq: this.readUpTo.get(stream)! } }, stream)
        .outcome.catch(() => undefined);
    }, READ_AFTER));
  }

  private setTyping(stream: StreamId, accounts: readonly AccountId[]): void {
    this.typing.update((now) => new Map(now).set(stream, accounts));
  }

  private observeSoon(): void {
    clearTimeout(this.observeTimer);
    this.observeTimer = setTimeout(() => {
      this.hub.observe([...new Set(this.visible.values())]);
    }, OBSERVE_AFTER);
  }
}
