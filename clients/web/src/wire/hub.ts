// The SDK's front: one signed-in connection to the hub. Resumes after any interruption
// without losing or repeating anything, and says what it is doing. No UI framework here.

import { Observable } from './observable';
import {
  OBSERVED_MAX, type AccountId, type AnyCommand, type AnySignal, type CommandId, type ErrorBody,
  type ReadCount, type Receipt, type ServerFrame, type SessionId, type StreamId,
} from './generated';
import { ApiError } from './http';
import { Socket, type SocketOptions } from './socket';
import type { Unsent, UnsentStore } from './unsent';
import { uuid7 } from './uuid7';
import { Watches, type WatchListener } from './watches';

export type ConnectionKind = 'connecting' | 'connected' | 'resuming' | 'offline' | 'signed_out';
export type ConnectionState = { kind: ConnectionKind; unsent: number };

export type HubOptions = SocketOptions & {
  unsent: UnsentStore;
  /** Asked after a refused handshake, whose reason a browser does not tell. */
  signedIn?: () => Promise<'yes' | 'no' | 'unknown'>;
};

export type HubListener = {
  cursor?(stream: StreamId, seq: number, unread: number): void;
  signal?(stream: StreamId, by: AccountId, signal: AnySignal): void;
  presence?(account: AccountId, online: boolean): void;
  /** How many have read messages of one's own. */
  readers?(stream: StreamId, counts: readonly ReadCount[]): void;
};

type Pending = Unsent & {
  kept: boolean;
  resolve: (receipt: Receipt) => void;
  reject: (error: ApiError) => void;
  timer?: ReturnType<typeof setTimeout>;
};

/** A command under way: its id is known at once, its outcome later. */
export type Sent = { id: CommandId; outcome: Promise<Receipt> };

export class Hub {
  readonly state = new Observable<ConnectionState>({ kind: 'connecting', unsent: 0 });
  readonly clockSkew = new Observable(0);
  session: SessionId | undefined;

  private readonly socket: Socket;
  private readonly watches: Watches;
  private readonly pending = new Map<CommandId, Pending>();
  private readonly listeners = new Set<HubListener>();
  private observed: AccountId[] = [];
  private kind: ConnectionKind = 'connecting';
  private everConnected = false;
  private greeted = false;

  constructor(private readonly options: HubOptions) {
    this.socket = new Socket(options, {
      opened: () => undefined,
      frame: (frame) => this.onFrame(frame),
      closed: (code, again, wasOpen) => this.onClosed(code, again, wasOpen),
      attempting: (attempt) => {
        if (attempt === 0) this.setKind(this.everConnected ? 'resuming' : 'connecting');
      },
    });
    this.watches = new Watches(
      (frame) => this.greeted && this.socket.send(frame),
      () => this.settle(),
      (ms, run) => setTimeout(run, ms),
    );
  }

  /** Connects. Commands that an earlier page left unsent go out first, with their ids. */
  start(): Unsent[] {
    const left = this.options.unsent.load();
    for (const unsent of left) {
      if (!this.pending.has(unsent.id)) this.hold(unsent, true).catch(() => undefined);
    }
    this.socket.start();
    return left;
  }

  stop(): void {
    this.socket.stop();
    for (const pending of this.pending.values()) clearTimeout(pending.timer);
  }

  wake(): void { this.socket.wake(); }
  networkLost(): void { this.socket.lost(); }

  listen(listener: HubListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  watch(stream: StreamId, from: number, listener: WatchListener): void {
    this.watches.add(stream, from, listener);
  }

  unwatch(stream: StreamId): void { this.watches.remove(stream); }
  lastSeen(stream: StreamId): number | undefined { return this.watches.last(stream); }

  /** `keep`: survives a reload. What asks for a secret must never be kept. */
  command(command: AnyCommand, stream?: StreamId, keep = false): Sent {
    const id = uuid7();
    const unsent: Unsent = { id, command, at: Date.now(), ...(stream ? { stream } : {}) };
    if (keep) this.options.unsent.put(unsent);
    const outcome = this.hold(unsent, keep);
    this.transmit(unsent);
    return { id, outcome };
  }

  /** The outcome of a command that is still under way, if it is. */
  isPending(id: CommandId): boolean { return this.pending.has(id); }

  /** Told when a command left over from an earlier page is settled. */
  onSettled: (id: CommandId, outcome: Receipt | ErrorBody) => void = () => undefined;

  signal(stream: StreamId, signal: AnySignal): void {
    if (this.greeted) this.socket.send({ t: 'signal', stream, ...signal });
  }

  observe(accounts: AccountId[]): void {
    this.observed = accounts.slice(0, OBSERVED_MAX);
    if (this.greeted) this.socket.send({ t: 'observe', accounts: this.observed });
  }

  private hold(unsent: Unsent, kept: boolean): Promise<Receipt> {
    const outcome = new Promise<Receipt>((resolve, reject) => {
      this.pending.set(unsent.id, { ...unsent, kept, resolve, reject });
    });
    this.publish();
    return outcome;
  }

  private transmit(unsent: Unsent): void {
    if (!this.greeted) return;
    const to = unsent.stream === undefined ? {} : { stream: unsent.stream };
    this.socket.send({ t: 'command', id: unsent.id, ...to, ...unsent.command });
  }

  private onFrame(frame: ServerFrame): void {
    switch (frame.t) {
      case 'welcome':
        this.greeted = true;
        this.session = frame.session;
        this.clockSkew.set(frame.now - Date.now());
        this.watches.resume();
        if (this.observed.length > 0) this.observe(this.observed);
        for (const pending of [...this.pending.values()].sort((a, b) => (a.id < b.id ? -1 : 1))) {
          this.transmit(pending);
        }
        this.settle();
        break;
      case 'ack': {
        const { id, stream, seq, result } = frame;
        this.finish(id, { id, stream, seq, result });
        break;
      }
      case 'error': this.onError(frame.error, frame.id, frame.stream); break;
      case 'event': {
        const { t: _t, ...event } = frame;
        if (event.cmd !== undefined) this.written(event.cmd);
        this.watches.onEvent(event);
        break;
      }
      case 'watching': this.watches.onWatching(frame.stream, frame.from); break;
      case 'unwatched': this.watches.onUnwatched(frame.stream); break;
      case 'lagged': this.watches.onLagged(frame.streams); break;
      case 'cursor':
        for (const one of this.listeners) one.cursor?.(frame.stream, frame.seq, frame.unread);
        break;
      case 'signal': {
        const { t: _t, stream, by, ...signal } = frame;
        for (const one of this.listeners) one.signal?.(stream, by, signal);
        break;
      }
      case 'presence':
        for (const one of this.listeners) one.presence?.(frame.account, frame.online);
        break;
      case 'readers':
        for (const one of this.listeners) one.readers?.(frame.stream, frame.counts);
        break;
      case 'pong': break;
      // Every frame of this version is handled; one of a newer hub is passed over.
      default: frame satisfies never;
    }
  }

  private onError(error: ErrorBody, id?: CommandId, stream?: StreamId): void {
    if (id === undefined) {
      if (stream !== undefined) this.watches.onError(stream, error);
      return;
    }
    const pending = this.pending.get(id);
    if (pending === undefined) return;
    if (error.retry === undefined) {
      this.finish(id, error);
      return;
    }
    clearTimeout(pending.timer);
    pending.timer = setTimeout(() => {
      if (this.pending.has(id)) this.transmit(pending);
    }, error.retry * (1 + Math.random() / 2));
  }

  /** Its event is durable proof: a page that closes before the reply need not send it again. */
  private written(id: CommandId): void {
    const pending = this.pending.get(id);
    if (pending === undefined || !pending.kept) return;
    pending.kept = false;
    this.options.unsent.remove(id);
    this.publish();
  }

  private finish(id: CommandId, outcome: Receipt | ErrorBody): void {
    const pending = this.pending.get(id);
    if (pending === undefined) return;
    this.pending.delete(id);
    clearTimeout(pending.timer);
    if (pending.kept) this.options.unsent.remove(id);
    if ('code' in outcome) pending.reject(new ApiError(outcome, 0));
    else pending.resolve(outcome);
    this.onSettled(id, outcome);
    this.publish();
  }

  private onClosed(code: number, again: boolean, wasOpen: boolean): void {
    this.greeted = false;
    this.watches.disconnected();
    if (!again) {
      this.setKind(code >= 4500 ? 'signed_out' : 'offline');
      return;
    }
    // The first loss is a hiccup until a new attempt has failed as well.
    this.setKind(wasOpen && this.everConnected ? 'resuming' : 'offline');
    if (!wasOpen) void this.askSignedIn();
  }

  private async askSignedIn(): Promise<void> {
    const answer = await this.options.signedIn?.().catch(() => 'unknown' as const);
    if (answer === 'no') {
      this.socket.stop();
      this.setKind('signed_out');
    }
  }

  private settle(): void {
    if (!this.greeted) return;
    const live = this.watches.allLive;
    if (live) this.everConnected = true;
    if (live) this.setKind('connected');
    else if (this.kind !== 'connected') this.setKind(this.everConnected ? 'resuming' : 'connecting');
  }

  private setKind(kind: ConnectionKind): void {
    if (this.kind === 'signed_out') return;
    this.kind = kind;
    this.publish();
  }

  private publish(): void {
    let unsent = 0;
    for (const pending of this.pending.values()) if (pending.kept) unsent += 1;
    const now = this.state.get();
    if (now.kind !== this.kind || now.unsent !== unsent) this.state.set({ kind: this.kind, unsent });
  }
}
