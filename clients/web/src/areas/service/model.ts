// Services: whom one can ask, one's place in the row, and what an agent's desks have before
// them. No React here. Nothing is polled: the desk's own stream, which its agents watch as a
// conversation, says when a thread has changed, and the hub tells who waits how far the row is.

import type { Cards } from '../../kit/cards';
import type {
  AccountId, AgentSigns, CannedAnswer, Conversation, ErrorBody, EventFrame, Receipt, RoomCommand, RoomId, RoomMember,
  ServiceInfo, StreamId, ThreadInfo, Waiting,
} from '../../wire/generated';
import { type Http, errorBodyOf } from '../../wire/http';
import type { Hub } from '../../wire/hub';
import { Observable } from '../../wire/observable';
import { uuid7 } from '../../wire/uuid7';

/** Several threads change at once when an agent takes one and closes another. */
const GATHER = 150;
const THREADS = 200;

export type Desk = {
  open: readonly ThreadInfo[];
  closed: readonly ThreadInfo[];
  answers: readonly CannedAnswer[];
  agents: readonly RoomMember[];
};
const EMPTY: Desk = { open: [], closed: [], answers: [], agents: [] };

export function streamOf(room: RoomId): StreamId { return `room:${room}`; }

/** A thread as a conversation, for an agent who looks at it without having it. */
export function looked(thread: ThreadInfo, service: ServiceInfo): Conversation {
  return {
    stream: streamOf(thread.thread), kind: 'service', name: service.name, peer: thread.asker,
    members: 1, head: thread.head, last_at: thread.since, unread: 0, read: thread.head,
    ...(thread.last === undefined ? {} : { last: thread.last }),
    thread: {
      service: service.service, asker: thread.asker.account, open: thread.open,
      asked: true, ...(thread.agent === undefined ? {} : { agent: thread.agent }),
    },
  };
}

export class ServiceModel {
  readonly services = new Observable<readonly ServiceInfo[] | null>(null);
  readonly desks = new Observable<ReadonlyMap<RoomId, Desk>>(new Map());
  /** One's own place in the rows one waits in. */
  readonly places = new Observable<ReadonlyMap<StreamId, number>>(new Map());
  /** Why there is nothing to show. */
  readonly failure = new Observable<ErrorBody | null>(null);
  /** Threads that wait at the person's own desks. */
  readonly waiting = new Observable(0);
  private readonly stale = new Set<RoomId>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly http: Http,
    private readonly hub: Hub,
    private readonly cards: Cards,
    readonly me: AccountId,
  ) {
    hub.listen({
      signal: (stream, by, signal) => {
        // In the name of the desk: what a person sends bears the person's name.
        if (signal.type !== 'room.waiting_moved' || !this.isDesk(by)) return;
        this.places.update((now) => new Map(now).set(stream, signal.body.position));
      },
    });
    // A connection that comes back may have missed what happened at the desks.
    let before = hub.state.get().kind;
    hub.state.subscribe(() => {
      const { kind } = hub.state.get();
      if (kind === 'connected' && before === 'resuming' && this.services.get() !== null) void this.load();
      before = kind;
    });
  }

  desk(service: RoomId): Desk { return this.desks.get().get(service) ?? EMPTY; }

  /** The service list, and what waits at the person's own desks. */
  async load(): Promise<void> {
    await this.told(async () => {
      const services = await this.http.call<ServiceInfo[]>('GET', '/v1/services');
      this.services.set(services);
      await Promise.all(services.filter((one) => one.agent).map((one) => this.loadDesk(one.service)));
    });
  }

  /** Runs it; what fails is shown on the page until something works again. */
  private async told(run: () => Promise<void>): Promise<void> {
    try {
      await run();
      this.failure.set(null);
    } catch (cause) {
      this.failure.set(errorBodyOf(cause));
    }
  }

  /** What the desk's page shows beside its open threads. */
  async openDesk(service: RoomId): Promise<void> {
    await this.told(() => this.readDesk(service));
  }

  private async readDesk(service: RoomId): Promise<void> {
    const [closed, answers, agents] = await Promise.all([
      this.threads(service, true),
      this.http.call<CannedAnswer[]>('GET', `/v1/rooms/${service}/answers`),
      this.http.roomMembers(streamOf(service)),
    ]);
    this.cards.add([...agents.items.map((one) => one.card), ...closed.map((one) => one.asker)]);
    this.set(service, { closed, answers, agents: agents.items });
  }

  /** Any event that the person's conversations bring. */
  heard(event: EventFrame): void {
    const room = event.stream.slice('room:'.length);
    if (event.type === 'room.thread_changed') this.again(room);
    else if (event.type === 'room.answers_set' && event.body !== undefined) this.set(room, { answers: event.body.answers });
    else if (event.type?.startsWith('room.member') === true && this.isMine(room)) this.again(room, true);
    else if (event.type === 'room.message_sent') this.said(room, event);
    else if (event.type === 'room.thread_assigned' || event.type === 'room.thread_closed') {
      this.places.update((now) => {
        const next = new Map(now);
        next.delete(event.stream);
        return next;
      });
    }
  }

  /** A desk was joined or left. */
  joined(): void {
    if (this.services.get() !== null) void this.load();
  }

  /** Where one stands before the hub tells of the next move. */
  async askPlace(thread: StreamId): Promise<void> {
    const { position } = await this.http.call<Waiting>('GET', `/v1/rooms/${thread.slice('room:'.length)}/waiting`);
    if (position !== undefined) this.places.update((now) => new Map(now).set(thread, position));
  }

  async ask(service: RoomId): Promise<StreamId> {
    const receipt = await this.hub.command({ type: 'room.open_service', body: { service } }).outcome;
    return receipt.stream;
  }

  /** Into the list of conversations, asked or not. */
  async follow(service: RoomId): Promise<StreamId> {
    const receipt = await this.hub.command({ type: 'room.follow_service', body: { service } }).outcome;
    await this.load();
    return receipt.stream;
  }

  async unfollow(service: RoomId): Promise<void> {
    await this.hub.command({ type: 'room.unfollow_service', body: { service } }).outcome;
    await this.load();
  }

  async setSigns(service: RoomId, signs: AgentSigns): Promise<void> {
    await this.run(streamOf(service), { type: 'room.set_agent_signs', body: { signs } });
  }

  assign(thread: StreamId, account: AccountId, over: boolean): Promise<Receipt> {
    return this.run(thread, { type: 'room.assign', body: { account, over } });
  }

  close(thread: StreamId): Promise<Receipt> {
    return this.run(thread, { type: 'room.close_thread', body: {} });
  }

  async setAnswers(service: RoomId, answers: CannedAnswer[]): Promise<void> {
    await this.run(streamOf(service), { type: 'room.set_answers', body: { answers } });
    this.set(service, { answers });
  }

  async createDesk(name: string, members: AccountId[]): Promise<RoomId> {
    const service = uuid7();
    await this.run(streamOf(service), { type: 'room.create_desk', body: { name, members } });
    await this.load();
    return service;
  }

  private run(stream: StreamId, command: RoomCommand): Promise<Receipt> {
    return this.hub.command(command, stream).outcome;
  }

  private isDesk(id: string): boolean {
    return this.services.get()?.some((one) => one.service === id) === true;
  }

  private isMine(room: RoomId): boolean { return this.desks.get().has(room); }

  private again(desk: RoomId, whole = false): void {
    this.stale.add(desk);
    if (whole) void this.openDesk(desk);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      const desks = [...this.stale];
      this.stale.clear();
      for (const one of desks) void this.told(() => this.loadDesk(one));
    }, GATHER);
  }

  private async loadDesk(service: RoomId): Promise<void> {
    const before = this.desk(service).open;
    const open = await this.threads(service, false);
    this.cards.add(open.map((one) => one.asker));
    const gone = before.some((one) => !open.some((now) => now.thread === one.thread));
    this.set(service, { open, ...(gone ? { closed: await this.threads(service, true) } : {}) });
  }

  private threads(service: RoomId, closed: boolean): Promise<ThreadInfo[]> {
    return this.http.call('GET', `/v1/rooms/${service}/threads`, { limit: THREADS, ...(closed ? { closed: 'true' } : {}) });
  }

  private said(room: RoomId, event: EventFrame): void {
    const entry = [...this.desks.get()].find(([, desk]) => desk.open.some((one) => one.thread === room));
    if (entry === undefined || event.body === undefined) return;
    const open = entry[1].open.map((one) => (one.thread === room && event.seq > one.head ? { ...one, head: event.seq, last: event } : one));
    this.set(entry[0], { open });
  }

  private set(service: RoomId, change: Partial<Desk>): void {
    this.desks.update((now) => new Map(now).set(service, { ...(now.get(service) ?? EMPTY), ...change }));
    let waiting = 0;
    for (const { open } of this.desks.get().values()) waiting += open.filter((one) => one.agent === undefined).length;
    if (waiting !== this.waiting.get()) this.waiting.set(waiting);
  }
}
