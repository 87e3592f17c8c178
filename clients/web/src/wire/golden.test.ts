// hub/protocol/golden/frames.json is read by both sides of the wire. Here: the types hold its
// frames, the SDK handles every one that the hub sends, and sends no other than these.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { ClientFrame, CommandId, ErrorBody, EventFrame, Receipt, ServerFrame } from './generated';
import { Hub } from './hub';
import { type SocketLike, comesBack } from './socket';
import { Peer } from './test/peer';
import { MemoryUnsent } from './unsent';

type Close = { number: number; reason: string; comes_back: boolean };
type Golden = { client: ClientFrame[]; server: ServerFrame[]; close: Close[] };
type Sent<T> = Extract<ClientFrame, { t: T }>;
type Told<T> = Extract<ServerFrame, { t: T }>;

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const golden = JSON.parse(
  readFileSync(here('../../../../hub/protocol/golden/frames.json'), 'utf8'),
) as Golden;

/** Those of `frames` that the compiler refuses as values of the generated type `of`. */
function misfits(of: 'ClientFrame' | 'ServerFrame', frames: unknown[]): unknown[] {
  const path = here('golden.check.ts');
  const lines = frames.map((frame, n) => `export const frame${n}: ${of} = ${JSON.stringify(frame)};`);
  const text = [`import type { ${of} } from './generated';`, ...lines].join('\n');
  const options: ts.CompilerOptions = {
    strict: true, noEmit: true, types: [], lib: ['lib.es2023.d.ts'],
    module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler,
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (name) => name === path || fileExists(name);
  host.getSourceFile = (name, version, ...rest) => (name === path
    ? ts.createSourceFile(name, text, version) : getSourceFile(name, version, ...rest));
  const refused = new Set<unknown>();
  for (const wrong of ts.getPreEmitDiagnostics(ts.createProgram([path], options, host))) {
    const line = wrong.file?.fileName === path ? text.slice(0, wrong.start).split('\n').length - 2 : -1;
    refused.add(frames[line] ?? ts.flattenDiagnosticMessageText(wrong.messageText, '\n'));
  }
  return [...refused];
}

describe('the generated types', () => {
  it('hold every golden frame', () => {
    expect(misfits('ClientFrame', golden.client)).toEqual([]);
    expect(misfits('ServerFrame', golden.server)).toEqual([]);
  }, 60_000);

  it('refuse a frame that is none', () => {
    const bent = golden.client.flatMap((frame) => [
      { ...frame, t: 'dance' }, { ...frame, more: 1 },
      ...('type' in frame ? [{ ...frame, type: 'room.dance' }, { ...frame, body: { text: 1 } }] : []),
    ]);
    expect(new Set(misfits('ClientFrame', bent))).toEqual(new Set(bent));
  }, 60_000);
});

it('comes back after the close codes that say so', () => {
  expect(golden.close.map((close) => ({ ...close, comes_back: comesBack(close.number) })))
    .toEqual(golden.close);
});

const label = (frame: ClientFrame | ServerFrame) => ('type' in frame ? `${frame.t} ${frame.type}` : frame.t);
const until = (check: () => void) => vi.waitFor(check, { timeout: 5_000, interval: 5 });

let peer: Peer;
let hub: Hub;
let unsent: MemoryUnsent;
let settled: [CommandId, Receipt | ErrorBody][];

beforeEach(async () => {
  peer = new Peer();
  await peer.start();
  unsent = new MemoryUnsent();
  settled = [];
  hub = new Hub({
    url: peer.url,
    open: (url, protocol) => new WebSocket(url, protocol) as unknown as SocketLike,
    unsent,
  });
  hub.onSettled = (id, outcome) => settled.push([id, outcome]);
});

afterEach(async () => {
  hub.stop();
  await peer.stop();
});

const connect = async () => {
  hub.start();
  await until(() => expect(hub.state.get().kind).toBe('connected'));
};

/** A command under way whose answer will be `frame`. */
const answered = async (id: CommandId, frame: ServerFrame) => {
  unsent.put({ id, command: { type: 'room.leave', body: {} }, at: 0 });
  peer.answer = () => frame;
  await connect();
  await until(() => expect(settled).toHaveLength(1));
};

/** A watch of `stream` from `from`, and what its listener is told. */
const watched = async (stream: string, from: number) => {
  const told = { events: [] as EventFrame[], holes: [] as number[][], gone: [] as unknown[] };
  hub.watch(stream, from, {
    event: (event) => told.events.push(event),
    hole: (...hole) => told.holes.push(hole),
    gone: (error) => told.gone.push(error),
  });
  await connect();
  return told;
};

/** What each frame of the hub does. The type asks for every one of them. */
const handled: { [T in ServerFrame['t']]: (frame: Told<T>) => Promise<void> } = {
  welcome: async (frame) => {
    await connect();
    peer.say(frame);
    await until(() => expect(hub.session).toBe(frame.session));
    expect(hub.clockSkew.get()).toBeCloseTo(frame.now - Date.now(), -4);
  },
  ack: async (frame) => {
    await answered(frame.id, frame);
    const { t: _t, ...receipt } = frame;
    expect(settled).toEqual([[frame.id, receipt]]);
  },
  error: async (frame) => {
    if (frame.id !== undefined) {
      await answered(frame.id, frame);
      expect(settled).toEqual([[frame.id, frame.error]]);
    } else if (frame.stream !== undefined) {
      const { gone } = await watched(frame.stream, 0);
      peer.say(frame);
      await until(() => expect(gone).toEqual([frame.error]));
    } else {
      await passedOver(frame);
    }
  },
  event: async (frame) => {
    const { events } = await watched(frame.stream, frame.seq - 1);
    peer.say(frame);
    const { t: _t, ...event } = frame;
    await until(() => expect(events).toEqual([event]));
  },
  watching: async (frame) => {
    const { holes } = await watched(frame.stream, 0);
    peer.say(frame);
    await until(() => expect(holes).toEqual([[0, frame.from]]));
  },
  unwatched: async (frame) => {
    const { gone } = await watched(frame.stream, 0);
    peer.say(frame);
    await until(() => expect(gone).toEqual([undefined]));
  },
  lagged: async (frame) => {
    await watched(frame.streams[0]!, 7);
    peer.watched.length = 0;
    peer.say(frame);
    await until(() => expect(peer.watched).toEqual([{ stream: frame.streams[0], from: 7 }]));
  },
  cursor: async (frame) => {
    const cursor = vi.fn();
    hub.listen({ cursor });
    await connect();
    peer.say(frame);
    await until(() => expect(cursor).toHaveBeenCalledWith(frame.stream, frame.seq, frame.unread));
  },
  signal: async (frame) => {
    const signal = vi.fn();
    hub.listen({ signal });
    await connect();
    peer.say(frame);
    const { t: _t, stream, by, ...told } = frame;
    await until(() => expect(signal).toHaveBeenCalledWith(stream, by, told));
  },
  presence: async (frame) => {
    const presence = vi.fn();
    hub.listen({ presence });
    await connect();
    peer.say(frame);
    await until(() => expect(presence).toHaveBeenCalledWith(frame.account, frame.online));
  },
  readers: async (frame) => {
    const readers = vi.fn();
    hub.listen({ readers });
    await connect();
    peer.say(frame);
    await until(() => expect(readers).toHaveBeenCalledWith(frame.stream, frame.counts));
  },
  pong: (frame) => passedOver(frame),
};

/** Nothing depends on it: what comes after it is handled as ever, on the same connection. */
async function passedOver(frame: ServerFrame): Promise<void> {
  const { events } = await watched('room:1', 0);
  peer.say(frame);
  peer.append('room:1', 'after it');
  await until(() => expect(events).toHaveLength(1));
  expect(peer.connections).toBe(1);
}

describe('frames of the hub', () => {
  it.each(golden.server.map((frame) => [label(frame), frame] as const))(
    'handles %s',
    (_label, frame) => (handled[frame.t] as (frame: ServerFrame) => Promise<void>)(frame),
  );

  it('are all among the golden ones', () => {
    expect(Object.keys(handled).sort()).toEqual([...new Set(golden.server.map(({ t }) => t))].sort());
  });
});

const nobody = { event: () => undefined };

/** What makes the SDK send each frame; a command is given a new id. */
const sends: { [T in ClientFrame['t']]: (frame: Sent<T>) => CommandId | void } = {
  command: ({ t: _t, id: _id, stream, ...command }) => {
    const sent = hub.command(command, stream);
    sent.outcome.catch(() => undefined);
    return sent.id;
  },
  watch: ({ streams }) => streams.forEach(({ stream, from }) => hub.watch(stream, from, nobody)),
  unwatch: ({ streams }) => streams.forEach((stream) => {
    hub.watch(stream, 0, nobody);
    hub.unwatch(stream);
  }),
  signal: ({ t: _t, stream, ...signal }) => hub.signal(stream, signal),
  observe: ({ accounts }) => hub.observe(accounts),
  ping: () => hub.wake(),
};

describe('frames of the SDK', () => {
  it.each(golden.client.map((frame) => [label(frame), frame] as const))(
    'sends %s',
    async (_label, frame) => {
      await connect();
      const id = (sends[frame.t] as (frame: ClientFrame) => CommandId | void)(frame);
      const expected = id === undefined ? frame : { ...frame, id };
      await until(() => expect(peer.heard.at(-1)).toEqual(expected));
    },
  );

  it('are all among the golden ones', () => {
    expect(Object.keys(sends).sort()).toEqual([...new Set(golden.client.map(({ t }) => t))].sort());
  });
});
