// A small real WebSocket server that speaks the hub's frames, for the SDK's tests: streams
// with numbers, commands told apart by id, and faults on demand. Not a copy of the rules.

import { type AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ClientFrame, EventFrame, ServerFrame } from '../generated';

type Command = Extract<ClientFrame, { t: 'command' }>;

export class Peer {
  readonly events = new Map<string, EventFrame[]>();
  readonly heard: ClientFrame[] = [];
  readonly commands: Command[] = [];
  readonly watched: { stream: string; from: number }[] = [];
  readonly protocols: string[] = [];
  /** Commands are stored, but the answer is lost. */
  swallowAcks = false;
  /** What a command gets instead of an ack. */
  answer: ((command: Command) => ServerFrame | null) | null = null;
  /** The least number that a watch may start from. */
  replayFrom = 0;
  silent = false;
  connections = 0;
  private server: WebSocketServer | null = null;
  private sockets = new Set<WebSocket>();
  private watching = new Map<WebSocket, Set<string>>();
  private outcomes = new Map<string, number>();
  port = 0;

  get url(): string { return `ws://127.0.0.1:${this.port}/v1/ws`; }

  async start(): Promise<void> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: this.port });
    this.server = server;
    server.on('connection', (ws) => this.accept(ws));
    await new Promise<void>((resolve) => server.once('listening', resolve));
    this.port = (server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.drop();
    const server = this.server;
    this.server = null;
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /** Cuts every connection without a word. */
  drop(): void { for (const ws of this.sockets) ws.terminate(); }

  close(code: number): void { for (const ws of this.sockets) ws.close(code); }

  say(frame: ServerFrame): void {
    for (const ws of this.sockets) ws.send(JSON.stringify(frame));
  }

  /** Appends a message; `push: false` loses it on the way to the watchers. */
  append(stream: string, text: unknown, options: { cmd?: string; push?: boolean } = {}): EventFrame {
    const list = this.events.get(stream) ?? [];
    this.events.set(stream, list);
    const event: EventFrame = {
      stream, seq: list.length + 1, at: 0, type: 'room.message_sent', body: { text: String(text) },
      ...(options.cmd ? { cmd: options.cmd } : {}),
    };
    list.push(event);
    if (options.push !== false) {
      for (const [ws, streams] of this.watching) {
        if (streams.has(stream)) ws.send(JSON.stringify({ t: 'event', ...event }));
      }
    }
    return event;
  }

  private accept(ws: WebSocket): void {
    this.connections += 1;
    this.sockets.add(ws);
    this.watching.set(ws, new Set());
    this.protocols.push(ws.protocol);
    ws.on('close', () => {
      this.sockets.delete(ws);
      this.watching.delete(ws);
    });
    if (this.silent) return;
    this.tell(ws, { t: 'welcome', protocol: 1, session: 's', account: 'a', now: 0, build: 'test' });
    ws.on('message', (data) => this.hear(ws, JSON.parse(String(data)) as ClientFrame));
  }

  private hear(ws: WebSocket, frame: ClientFrame): void {
    if (this.silent) return;
    this.heard.push(frame);
    if (frame.t === 'ping') this.tell(ws, { t: 'pong' });
    if (frame.t === 'watch') for (const one of frame.streams) this.watch(ws, one.stream, one.from);
    if (frame.t === 'command') this.command(ws, frame);
  }

  private watch(ws: WebSocket, stream: string, asked: number): void {
    this.watched.push({ stream, from: asked });
    const list = this.events.get(stream) ?? [];
    const from = Math.max(asked, this.replayFrom);
    this.watching.get(ws)?.add(stream);
    this.tell(ws, { t: 'watching', stream, from, head: list.length });
    for (const event of list.slice(from)) this.tell(ws, { t: 'event', ...event });
  }

  private command(ws: WebSocket, frame: Command): void {
    this.commands.push(frame);
    const other = this.answer?.(frame);
    if (other) {
      this.tell(ws, other);
      return;
    }
    const stream = frame.stream ?? 'room:none';
    let seq = this.outcomes.get(frame.id);
    if (seq === undefined) {
      seq = (this.events.get(stream)?.length ?? 0) + 1;
      this.outcomes.set(frame.id, seq);
      this.append(stream, JSON.stringify(frame.body), { cmd: frame.id, push: !this.swallowAcks });
    }
    if (!this.swallowAcks) this.tell(ws, { t: 'ack', id: frame.id, stream, seq });
  }

  private tell(ws: WebSocket, frame: ServerFrame): void { ws.send(JSON.stringify(frame)); }
}
