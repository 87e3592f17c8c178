// The SDK against a real socket: resumes, repeats nothing, loses nothing.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { EventFrame } from './generated';
import { ApiError } from './http';
import { Hub, type HubOptions } from './hub';
import type { SocketLike } from './socket';
import { Peer } from './test/peer';
import { MemoryUnsent } from './unsent';

const ROOM = 'room:1';
const say = (text: string) => ({ type: 'room.send_message', body: { text } }) as const;

let peer: Peer;
let hubs: Hub[];

function hub(options: Partial<HubOptions> = {}): Hub {
  const made = new Hub({
    url: peer.url,
    open: (url, protocol) => new WebSocket(url, protocol) as unknown as SocketLike,
    unsent: new MemoryUnsent(),
    backoffMin: 10,
    backoffMax: 40,
    ...options,
  });
  hubs.push(made);
  return made;
}

function watched(one: Hub, stream = ROOM, from = 0) {
  const seen: EventFrame[] = [];
  const holes: [number, number][] = [];
  const gone: unknown[] = [];
  one.watch(stream, from, {
    event: (event) => seen.push(event),
    hole: (after, upTo) => holes.push([after, upTo]),
    gone: (error) => gone.push(error),
  });
  return { seen, holes, gone, seqs: () => seen.map((event) => event.seq) };
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 5_000, interval: 5 });
const untilConnected = (one: Hub) => until(() => expect(one.state.get().kind).toBe('connected'));

beforeEach(async () => {
  peer = new Peer();
  hubs = [];
  await peer.start();
});

afterEach(async () => {
  for (const one of hubs) one.stop();
  await peer.stop();
});

describe('watches', () => {
  it('replays what was missed, then goes on live, under the agreed subprotocol', async () => {
    peer.append(ROOM, 1);
    peer.append(ROOM, 2);
    const one = hub();
    const room = watched(one, ROOM, 1);
    one.start();
    await until(() => expect(room.seqs()).toEqual([2]));
    peer.append(ROOM, 3);
    await until(() => expect(room.seqs()).toEqual([2, 3]));
    expect(peer.protocols).toEqual(['hub.v1.json']);
  });

  it('resumes after a drop from the last number it has', async () => {
    const one = hub();
    const room = watched(one);
    one.start();
    await untilConnected(one);
    peer.append(ROOM, 1);
    await until(() => expect(room.seqs()).toEqual([1]));
    const kinds: string[] = [];
    one.state.subscribe(() => kinds.push(one.state.get().kind));
    peer.drop();
    peer.append(ROOM, 2);
    peer.append(ROOM, 3);
    await until(() => expect(room.seqs()).toEqual([1, 2, 3]));
    await untilConnected(one);
    expect(kinds[0]).toBe('resuming');
    expect(peer.watched.at(-1)).toEqual({ stream: ROOM, from: 1 });
  });

  it('refills a gap without showing anything twice or out of order', async () => {
    const one = hub();
    const room = watched(one);
    one.start();
    await untilConnected(one);
    peer.append(ROOM, 1);
    peer.append(ROOM, 2, { push: false });
    peer.append(ROOM, 3);
    peer.append(ROOM, 4);
    await until(() => expect(room.seqs()).toEqual([1, 2, 3, 4]));
    expect(peer.watched.at(-1)?.from).toBe(1);
  });

  it('watches again when told that it lagged', async () => {
    const one = hub();
    const room = watched(one);
    one.start();
    await untilConnected(one);
    peer.append(ROOM, 1);
    peer.append(ROOM, 2, { push: false });
    peer.say({ t: 'lagged', streams: [ROOM] });
    await until(() => expect(room.seqs()).toEqual([1, 2]));
  });

  it('drops an event that comes twice', async () => {
    const one = hub();
    const room = watched(one);
    one.start();
    await untilConnected(one);
    const event = peer.append(ROOM, 1);
    peer.say({ t: 'event', ...event });
    peer.append(ROOM, 2);
    await until(() => expect(room.seqs()).toEqual([1, 2]));
  });

  it('marks a hole when the hub starts later than asked', async () => {
    for (let i = 0; i < 5; i += 1) peer.append(ROOM, i);
    peer.replayFrom = 3;
    const one = hub();
    const room = watched(one);
    one.start();
    await until(() => expect(room.seqs()).toEqual([4, 5]));
    expect(room.holes).toEqual([[0, 3]]);
  });

  it('ends a watch that is no longer allowed', async () => {
    const one = hub();
    const room = watched(one);
    one.start();
    await untilConnected(one);
    peer.say({ t: 'unwatched', stream: ROOM });
    await until(() => expect(room.gone).toEqual([undefined]));
  });
});

describe('commands', () => {
  it('sends again with the same id after a lost reply, and it happens once', async () => {
    peer.swallowAcks = true;
    const one = hub();
    const room = watched(one);
    one.start();
    await untilConnected(one);
    const { id, outcome } = one.command(say('你好'), ROOM, true);
    await until(() => expect(peer.commands).toHaveLength(1));
    peer.swallowAcks = false;
    peer.drop();
    expect((await outcome).seq).toBe(1);
    expect(peer.commands.map((command) => command.id)).toEqual([id, id]);
    await until(() => expect(room.seen.map((event) => event.cmd)).toEqual([id]));
    expect(one.state.get().unsent).toBe(0);
  });

  it('is no longer unsent once its event is seen, though the reply is still to come', async () => {
    peer.swallowAcks = true;
    const kept = new MemoryUnsent();
    const one = hub({ unsent: kept });
    const room = watched(one);
    one.start();
    await untilConnected(one);
    const { id } = one.command(say('你好'), ROOM, true);
    expect(kept.load().map((unsent) => unsent.id)).toEqual([id]);
    await until(() => expect(peer.events.get(ROOM)).toHaveLength(1));
    peer.say({ t: 'event', ...peer.events.get(ROOM)![0]! });
    await until(() => expect(room.seqs()).toEqual([1]));
    expect(kept.load()).toEqual([]);
    expect(one.state.get()).toEqual({ kind: 'connected', unsent: 0 });
    expect(one.isPending(id)).toBe(true);
  });

  it('keeps what was written offline over a new instance, in order', async () => {
    const kept = new MemoryUnsent();
    await peer.stop();
    const before = hub({ unsent: kept });
    before.start();
    const ids = ['一', '二', '三'].map((text) => before.command(say(text), ROOM, true).id);
    await until(() => expect(before.state.get()).toEqual({ kind: 'offline', unsent: 3 }));
    before.stop();

    await peer.start();
    const after = hub({ unsent: kept });
    const settled: string[] = [];
    after.onSettled = (id) => settled.push(id);
    expect(after.start().map((unsent) => unsent.id)).toEqual(ids);
    await until(() => expect(settled).toEqual(ids));
    expect(peer.events.get(ROOM)?.map((event) => event.cmd)).toEqual(ids);
    expect(kept.load()).toEqual([]);
  });

  it('does not keep what was not asked to be kept', () => {
    const kept = new MemoryUnsent();
    const one = hub({ unsent: kept });
    one.command({ type: 'account.confirm_totp', body: { code: '123456' } }, 'account:1')
      .outcome.catch(() => undefined);
    expect(kept.load()).toEqual([]);
  });

  it('tries again, with the same id, when the hub says how long to wait', async () => {
    peer.answer = (command) => (peer.commands.length > 1 ? null : {
      t: 'error', id: command.id, error: { code: 'hub.busy', kind: 'busy', message: '', retry: 5 },
    });
    const one = hub();
    one.start();
    const { id, outcome } = one.command(say('x'), ROOM, true);
    await outcome;
    expect(peer.commands.map((command) => command.id)).toEqual([id, id]);
  });

  it('gives up on a refusal and forgets the command', async () => {
    peer.answer = (command) => ({
      t: 'error', id: command.id, error: { code: 'room.not_member', kind: 'forbidden', message: '' },
    });
    const kept = new MemoryUnsent();
    const one = hub({ unsent: kept });
    one.start();
    const { outcome } = one.command(say('x'), ROOM, true);
    await expect(outcome).rejects.toSatisfy(
      (error) => error instanceof ApiError && error.body.code === 'room.not_member',
    );
    expect(kept.load()).toEqual([]);
  });
});

describe('connection', () => {
  it('stays away after a close that asks for a person', async () => {
    const one = hub();
    one.start();
    await untilConnected(one);
    peer.close(4500);
    await until(() => expect(one.state.get().kind).toBe('signed_out'));
    expect(peer.connections).toBe(1);
  });

  it('comes back after a close that allows it', async () => {
    const one = hub();
    one.start();
    await untilConnected(one);
    peer.close(4000);
    await until(() => expect(peer.connections).toBe(2));
    await untilConnected(one);
  });

  it('takes silence for death and connects anew', async () => {
    const one = hub({ pingEvery: 15, deadAfter: 40 });
    peer.silent = true;
    one.start();
    await until(() => expect(peer.connections).toBeGreaterThan(1));
    peer.silent = false;
    await untilConnected(one);
  });

  it('learns from HTTP that it is signed out when the handshake is refused', async () => {
    await peer.stop();
    const one = hub({ signedIn: () => Promise.resolve('no') });
    one.start();
    await until(() => expect(one.state.get().kind).toBe('signed_out'));
  });
});
