// The calls of the signed-in person: which of them are live, which ring, and the one that this
// device is in. No React here. The list is read again at each piece of news; the call that one is
// in is followed by its stream.

import type { Cards } from '../../kit/cards';
import type {
  AccountId, AnySignal, CallCommand, CallEnd, CallInfo, CallList, CallMode, EventFrame, LiveCall, Receipt, StreamId,
} from '../../wire/generated';
import { type Http, errorBodyOf } from '../../wire/http';
import type { Hub } from '../../wire/hub';
import { Observable } from '../../wire/observable';
import { uuid7 } from '../../wire/uuid7';
import { LocalMedia, type Source } from './devices';
import { doorOf } from './door';
import { CallMedia, type Side, placesFor } from './media';
import { type CallState, type Phase, personOf, phaseOf, stateOf, withEvent } from './state';

/** The call that this device is in. */
export type Mine = {
  room: string; leg: string; mode: CallMode; media: CallMedia; local: LocalMedia;
  /** By this person: who can call again. */
  begun: boolean;
  /** Null until the hub has let this device in. */
  state: CallState | null;
  /** A connection is being made again. */
  mending: boolean;
};
/** What the person is told once it is over. */
export type Outcome = {
  room: string; mode: CallMode; why: CallEnd | 'elsewhere' | 'removed' | 'shut' | 'left'; talked: number; begun: boolean;
};
/** Before a call: whom to ring and with which devices. */
export type Lobby = { room: string; mode: CallMode; begin: boolean };

type Wanted = { room: string; mode: CallMode; begin: boolean; ring?: AccountId[]; local?: LocalMedia; mic?: boolean; camera?: boolean };
type Kept = { room: string; leg: string; mode: CallMode; mic: boolean; camera: boolean };

/** Several things happen at once: one question for all of them. */
const GATHER_MS = 60;
const MEND_MS = [0, 500, 1_000, 2_000, 4_000] as const;
const KEPT = 'hub.call';
const NARROW = '(max-width: 767px)';

export class CallModel {
  readonly calls = new Observable<readonly LiveCall[]>([]);
  readonly mine = new Observable<Mine | null>(null);
  readonly outcome = new Observable<Outcome | null>(null);
  readonly lobby = new Observable<Lobby | null>(null);
  /** A host has turned this microphone off; counts up. */
  readonly hushed = new Observable(0);
  /** What came back from the hub in words of its own: refused, or not reached. */
  readonly refused = new Observable<unknown>(null);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;
  private readonly ends: (() => void)[] = [];

  constructor(private readonly http: Http, private readonly hub: Hub, readonly cards: Cards, readonly me: AccountId) {}

  /** Once the person may ask for things. Comes back into a call that a reload has interrupted. */
  start(): void {
    this.ends.push(this.hub.listen({ signal: (stream, _by, signal) => this.heard(stream, signal) }));
    let away = true;
    this.ends.push(this.hub.state.subscribe(() => {
      const up = this.hub.state.get().kind === 'connected';
      if (up && away) this.resumed();
      away = !up;
    }));
    void this.load();
    void this.comeBack();
  }

  stop(): void {
    clearTimeout(this.timer);
    for (const end of this.ends) end();
    this.mine.get()?.media.close();
  }

  liveIn(room: string): LiveCall | undefined {
    const mine = this.mine.get();
    if (mine?.room === room && mine.state !== null) return mine.state.live ?? undefined;
    return this.calls.get().find((one) => one.room === room);
  }

  info(room: string): Promise<CallInfo> {
    return this.http.call<CallInfo>('GET', `/v1/calls/${room}`).then((info) => {
      this.cards.add(info.people);
      return info;
    });
  }

  run(room: string, command: CallCommand): Promise<Receipt> {
    return this.hub.command(command, `call:${room}`).outcome;
  }

  /** Goes into a call, or begins one. Another one is left for it. */
  async enter({ room, mode, begin, ring = [], local = new LocalMedia(), mic = true, camera = mode === 'video' }: Wanted): Promise<void> {
    if (this.mine.get() !== null) await this.leave();
    this.outcome.set(null);
    this.lobby.set(null);
    const mine = this.take({ room, leg: uuid7(), mode, begun: begin }, local);
    // Asked for while the others are rung: a question of the browser holds nobody up.
    const devices = Promise.all([local.set('mic', mic), local.set('camera', camera)]);
    try {
      if (begin) await this.begin(mine, ring);
      else await this.run(room, { type: 'call.join', body: { leg: mine.leg } });
      await this.follow(mine, devices);
    } catch (cause) {
      this.drop(mine);
      this.refused.set(cause);
      this.news();
    }
  }

  decline(room: string, busy: boolean): Promise<Receipt> {
    this.calls.update((now) => now.filter((one) => one.room !== room));
    return this.run(room, { type: 'call.decline', body: { busy } });
  }

  /** Goes. A call of two is over by that. */
  async leave(): Promise<void> {
    const mine = this.mine.get();
    if (mine === null) return;
    const { state } = mine;
    const phase = state === null ? 'gone' : phaseOf(state, this.me, mine.leg);
    this.drop(mine);
    const calledOff = phase === 'calling' && state?.live?.room_kind === 'direct';
    const command: CallCommand = calledOff
      ? { type: 'call.end', body: {} } : { type: 'call.leave', body: { leg: mine.leg } };
    // Over already, or the hub notices by itself that this device has gone.
    await this.run(mine.room, command).catch(() => undefined);
    this.news();
  }

  async endForAll(): Promise<void> {
    const mine = this.mine.get();
    if (mine !== null) await this.run(mine.room, { type: 'call.end', body: {} });
  }

  /** The microphone, the camera or the screen of this device in its call. */
  turn(source: Source, on: boolean): void {
    const mine = this.mine.get();
    if (mine === null) return;
    void mine.local.set(source, on).then(() => this.keep(mine));
  }

  /** What happened in any conversation: a call that rings nobody is told there alone. */
  heardRoom({ type }: EventFrame): void {
    if (type === 'room.call_started' || type === 'room.call_ended') this.news();
  }

  /** Follows a call from outside, until the answer is called. */
  look(room: string): () => void {
    const stream: StreamId = `call:${room}`;
    if (this.mine.get()?.room === room) return () => undefined;
    let on = true;
    const news = () => { if (on) this.news(); };
    this.info(room).then(({ head }) => {
      if (on && this.mine.get()?.room !== room) this.hub.watch(stream, head, { event: news, hole: news });
    }, () => undefined);
    return () => {
      on = false;
      if (this.mine.get()?.room !== room) this.hub.unwatch(stream);
    };
  }

  news(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.load(), GATHER_MS);
  }

  private async load(): Promise<void> {
    const turn = ++this.asked;
    try {
      const { calls, people } = await this.http.call<CallList>('GET', '/v1/calls');
      if (turn !== this.asked) return;
      this.cards.add(people);
      this.calls.set(calls);
    } catch {
      // Offline: read again when the connection is back.
    }
  }

  private take({ room, leg, mode, begun }: Pick<Mine, 'room' | 'leg' | 'mode' | 'begun'>, local: LocalMedia): Mine {
    const media = new CallMedia(doorOf(this.http, room, leg), local, placesFor(matchMedia(NARROW).matches));
    const mine: Mine = { room, leg, mode, begun, media, local, state: null, mending: false };
    media.onLost = (side) => void this.mend(mine, [side]);
    this.mine.set(mine);
    return mine;
  }

  /** Somebody else was faster: their call is the one. */
  private async begin({ room, leg, mode }: Mine, ring: AccountId[]): Promise<void> {
    try {
      await this.run(room, { type: 'call.start', body: { mode, ring, leg } });
    } catch (cause) {
      if (errorBodyOf(cause).code !== 'call.is_live') throw cause;
      await this.run(room, { type: 'call.join', body: { leg } });
    }
  }

  private async follow(mine: Mine, devices: Promise<unknown>): Promise<void> {
    const info = await this.info(mine.room);
    if (!this.isMine(mine)) return;
    this.hub.watch(`call:${mine.room}`, info.head, {
      event: (event) => this.event(mine, event),
      hole: () => void this.again(mine),
      gone: () => this.over(mine, 'shut'),
    });
    this.keep(mine);
    // Devices may wait for the person's permission; what they give is sent when it is there.
    void devices.then(() => this.keep(mine));
    this.become(mine, stateOf(info));
  }

  private isMine({ leg }: Mine): boolean { return this.mine.get()?.leg === leg; }

  private change(mine: Mine, change: Partial<Mine>): void {
    this.mine.update((now) => (now?.leg === mine.leg ? { ...now, ...change } : now));
  }

  private event(mine: Mine, event: EventFrame): void {
    const state = this.isMine(mine) ? this.mine.get()!.state : null;
    if (state === null) return void this.again(mine);
    if (event.type === 'call.muted' && event.body?.account === this.me && mine.local.is('mic')) {
      this.turn('mic', false);
      this.hushed.update((n) => n + 1);
    }
    const next = withEvent(state, event);
    if (next === null) void this.again(mine);
    else this.become(mine, next);
  }

  private async again(mine: Mine): Promise<void> {
    try {
      const info = await this.info(mine.room);
      if (this.isMine(mine)) this.become(mine, stateOf(info));
    } catch {
      // Offline: asked again when the connection is back.
    }
  }

  /** What follows from where this device stands now. */
  private become(mine: Mine, state: CallState): void {
    if (!this.isMine(mine)) return;
    const phase: Phase = phaseOf(state, this.me, mine.leg);
    this.change(mine, { state });
    switch (phase) {
      case 'over': return this.over(mine, state.over?.why ?? 'over', state.over?.talked_ms ?? 0);
      case 'elsewhere': return this.over(mine, 'elsewhere');
      case 'removed': return this.over(mine, 'removed');
      // Put out for having been lost: this device is here all the same.
      case 'gone': return void this.rejoin(mine);
      case 'door': return;
      default:
        if (!mine.media.begun) void this.mend(mine, ['sending', 'receiving']);
    }
  }

  private over(mine: Mine, why: Outcome['why'], talked = 0): void {
    const { room, mode, begun } = mine;
    this.drop(mine);
    this.outcome.set({ room, mode, why, talked, begun });
    this.news();
  }

  private drop(mine: Mine): void {
    if (!this.isMine(mine)) return;
    this.hub.unwatch(`call:${mine.room}`);
    mine.media.close();
    sessionStorage.removeItem(KEPT);
    this.mine.set(null);
  }

  private heard(stream: StreamId, signal: AnySignal): void {
    if (signal.type === 'call.news') return this.news();
    const mine = this.mine.get();
    if (mine === null || stream !== `call:${mine.room}`) return;
    if (signal.type === 'call.places' && signal.body.leg === mine.leg) mine.media.place(signal.body.places);
    if (signal.type === 'call.link' && signal.body.leg === mine.leg) mine.media.told(signal.body);
    if (signal.type === 'call.media' && mine.state !== null) {
      const { publications, speaker } = signal.body;
      this.change(mine, { state: { ...mine.state, publications, speaker } });
    }
  }

  /** Back after an interruption: signals were missed, and perhaps more. */
  private resumed(): void {
    this.news();
    const mine = this.mine.get();
    if (mine === null || mine.state === null || !mine.media.begun) return;
    const { sending } = mine.media.links.get();
    // What is in the places is told anew to a new connection.
    void this.mend(mine, sending === 'up' ? ['receiving'] : ['sending', 'receiving']);
  }

  /** Connects until it holds, or the hub says that it is over. */
  private async mend(mine: Mine, sides: readonly Side[]): Promise<void> {
    if (!this.isMine(mine) || this.mine.get()!.mending) return;
    const first = !mine.media.begun;
    this.change(mine, { mending: true });
    for (let attempt = 0; this.isMine(mine); attempt += 1) {
      try {
        if ((!first || attempt > 0) && !(await this.check(mine))) break;
        await mine.media.connect(attempt === 0 ? sides : undefined);
        break;
      } catch {
        const wait = MEND_MS[Math.min(attempt + 1, MEND_MS.length - 1)]!;
        await new Promise((done) => setTimeout(done, wait));
      }
    }
    this.change(mine, { mending: false });
    // Lost again while the other side was mended.
    const links = mine.media.links.get();
    const lost = (['sending', 'receiving'] as const).filter((side) => links[side] === 'lost');
    if (lost.length > 0 && this.isMine(mine)) void this.mend(mine, lost);
  }

  /** Whether this device is inside; if it was put out for being lost, it goes in again. */
  private async check(mine: Mine): Promise<boolean> {
    const info = await this.info(mine.room);
    const state = stateOf(info);
    if (phaseOf(state, this.me, mine.leg) === 'gone') {
      await this.run(mine.room, { type: 'call.join', body: { leg: mine.leg } });
      await this.again(mine);
    } else {
      this.become(mine, state);
    }
    const now = this.isMine(mine) ? this.mine.get()!.state : null;
    return now !== null && ['calling', 'alone', 'talking'].includes(phaseOf(now, this.me, mine.leg));
  }

  private async rejoin(mine: Mine): Promise<void> {
    try {
      await this.run(mine.room, { type: 'call.join', body: { leg: mine.leg } });
      await this.again(mine);
      await this.mend(mine, ['sending', 'receiving']);
    } catch (cause) {
      this.over(mine, 'left');
      this.refused.set(cause);
    }
  }

  /** For a reload of this page; another page is another device. */
  private keep({ room, leg, mode, local }: Mine): void {
    if (this.mine.get()?.leg !== leg) return;
    const kept: Kept = { room, leg, mode, mic: local.is('mic'), camera: local.is('camera') };
    sessionStorage.setItem(KEPT, JSON.stringify(kept));
  }

  private async comeBack(): Promise<void> {
    const text = sessionStorage.getItem(KEPT);
    if (text === null || this.mine.get() !== null) return;
    const { room, leg, mode, mic, camera } = JSON.parse(text) as Kept;
    const live = await this.info(room).then((info) => info.live, () => undefined);
    const person = live === undefined ? undefined : personOf(live, this.me);
    // Answered elsewhere meanwhile, or over.
    if (person?.leg !== leg) return sessionStorage.removeItem(KEPT);
    if (this.mine.get() !== null) return;
    const local = new LocalMedia();
    const mine = this.take({ room, leg, mode, begun: false }, local);
    try {
      await this.follow(mine, Promise.all([local.set('mic', mic), local.set('camera', camera)]));
    } catch (cause) {
      this.drop(mine);
      this.refused.set(cause);
    }
  }
}
