// One WebSocket that comes back: jittered exponential back-off, a ping every 20 s, and a
// connection on which nothing was heard for too long counts as dead. Knows frames only as
// text that parses; what they mean is the hub's business.

import { SUBPROTOCOL, type ClientFrame, type ServerFrame } from './generated';

export type SocketLike = {
  readyState: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string): void;
  close(code?: number): void;
};

export type SocketOptions = {
  url: string;
  open?: (url: string, protocol: string) => SocketLike;
  pingEvery?: number;
  /** Silence after which a connection counts as dead. */
  deadAfter?: number;
  backoffMin?: number;
  backoffMax?: number;
  /** How long a handshake may take. */
  openWithin?: number;
};

export type SocketHandler = {
  opened(): void;
  frame(frame: ServerFrame): void;
  /** `again`: another attempt follows by itself. `wasOpen`: the handshake had succeeded. */
  closed(code: number, again: boolean, wasOpen: boolean): void;
  attempting(attempt: number): void;
};

/** 4500–4999: a person must act first. */
export function comesBack(code: number): boolean { return !(code >= 4500 && code < 5000); }

export class Socket {
  private ws: SocketLike | null = null;
  private isOpen = false;
  private stopped = true;
  private attempt = 0;
  private heardAt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private pinger: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly options: SocketOptions, private readonly handler: SocketHandler) {}

  get open(): boolean { return this.isOpen; }

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.drop(1000);
  }

  /** The network is back, or the page woke up: do not wait out the back-off. */
  wake(): void {
    if (this.stopped) return;
    if (this.ws === null) {
      clearTimeout(this.timer);
      this.attempt = 0;
      this.connect();
    } else if (this.isOpen) {
      this.send({ t: 'ping' });
    }
  }

  /** The system says that the network is gone: do not wait for silence to prove it. */
  lost(): void {
    if (!this.stopped && this.ws !== null) this.ended(1006);
  }

  send(frame: ClientFrame): boolean {
    if (!this.isOpen || this.ws === null) return false;
    this.ws.send(JSON.stringify(frame));
    return true;
  }

  private connect(): void {
    const open = this.options.open
      ?? ((url, protocol) => new WebSocket(url, protocol) as unknown as SocketLike);
    this.handler.attempting(this.attempt);
    let ws: SocketLike;
    try {
      ws = open(this.options.url, SUBPROTOCOL);
    } catch {
      this.ended(1006);
      return;
    }
    this.ws = ws;
    this.timer = setTimeout(() => {
      if (this.ws === ws && !this.isOpen) this.ended(1006);
    }, this.options.openWithin ?? 10_000);
    ws.onopen = () => {
      if (this.ws !== ws) return;
      clearTimeout(this.timer);
      this.isOpen = true;
      this.heardAt = Date.now();
      this.beat();
      this.handler.opened();
    };
    ws.onmessage = (event: { data: unknown }) => {
      if (this.ws !== ws) return;
      this.heardAt = Date.now();
      const frame = parse(event.data);
      if (frame === null) return;
      // A greeted connection is a good one: the next failure starts from a short wait.
      if (frame.t === 'welcome') this.attempt = 0;
      this.handler.frame(frame);
    };
    ws.onclose = (event: { code: number }) => {
      if (this.ws === ws) this.ended(event.code);
    };
    ws.onerror = () => undefined;
  }

  private beat(): void {
    const every = this.options.pingEvery ?? 20_000;
    clearInterval(this.pinger);
    this.pinger = setInterval(() => {
      if (Date.now() - this.heardAt > (this.options.deadAfter ?? every * 2.25)) this.ended(1006);
      else this.send({ t: 'ping' });
    }, every);
  }

  private ended(code: number): void {
    const wasOpen = this.isOpen;
    clearTimeout(this.timer);
    this.drop(1000);
    const again = !this.stopped && comesBack(code);
    if (again) {
      const min = this.options.backoffMin ?? 300;
      const ceiling = Math.min(this.options.backoffMax ?? 15_000, min * 2 ** this.attempt);
      this.attempt += 1;
      // Half fixed, half random: a restarted node is not met by everybody at once.
      this.timer = setTimeout(() => this.connect(), ceiling / 2 + (Math.random() * ceiling) / 2);
    } else {
      this.stopped = true;
    }
    this.handler.closed(code, again, wasOpen);
  }

  private drop(code: number): void {
    clearInterval(this.pinger);
    const ws = this.ws;
    this.ws = null;
    this.isOpen = false;
    if (ws === null) return;
    ws.onopen = null;
    ws.onmessage = null;
    ws.onclose = null;
    // A handshake cut short reports an error that nobody needs.
    ws.onerror = () => undefined;
    try {
      ws.close(code);
    } catch {
      // Already closed.
    }
  }
}

function parse(data: unknown): ServerFrame | null {
  try {
    const frame = JSON.parse(String(data)) as ServerFrame;
    return typeof frame === 'object' && frame !== null && typeof frame.t === 'string' ? frame : null;
  } catch {
    return null;
  }
}
