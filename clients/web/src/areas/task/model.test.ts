// The schedule's model over a real socket, with a server that answers the lists.

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { Cards } from '../../kit/cards';
import { Http } from '../../wire/http';
import { Hub } from '../../wire/hub';
import type { SocketLike } from '../../wire/socket';
import { Peer } from '../../wire/test/peer';
import { MemoryUnsent } from '../../wire/unsent';
import { Uploads } from '../../wire/upload';
import { instantOf } from './days';
import { TaskModel, isOwner } from './model';

const TASK = 'task:1';
const ME = 'me';
const at = (hour: number) => instantOf('2026-11-24', hour * 60, 'Asia/Shanghai');
const item = (starts: number, more = {}) => ({
  task: TASK, title: '盘点', note: '', starts_at: at(starts), ends_at: at(starts + 1), zone: 'Asia/Shanghai',
  private: false, done: false, people: [{ account: ME, part: 'owner' }], ...more,
});

let peer: Peer;
let hub: Hub;
let model: TaskModel;
let listed: unknown[];
let asked: URL[];
let held: (() => void)[] | null;

beforeEach(async () => {
  peer = new Peer();
  await peer.start();
  listed = [item(9)];
  asked = [];
  held = null;
  vi.stubGlobal('fetch', async (path: string) => {
    const url = new URL(path, 'http://hub');
    asked.push(url);
    const answer = url.pathname === '/v1/tasks' ? listed : item(9, { starts_at: at(9) - 7 * 86_400_000, ends_at: at(10) - 7 * 86_400_000 });
    if (held !== null) await new Promise<void>((resolve) => held!.push(resolve));
    return Response.json(answer);
  });
  hub = new Hub({
    url: peer.url, unsent: new MemoryUnsent(),
    open: (url, protocol) => new WebSocket(url, protocol) as unknown as SocketLike,
  });
  model = new TaskModel(new Http(), hub, new Cards(), ME, new Uploads(new Http(), { load: () => [], save: () => undefined }));
  hub.start();
  await vi.waitFor(() => expect(hub.state.get().kind).toBe('connected'));
});
afterEach(async () => {
  hub.stop();
  await peer.stop();
  vi.unstubAllGlobals();
});

it('asks for the days that the view covers', async () => {
  model.show({ look: 'month', day: '2026-11-24' });
  await vi.waitFor(() => expect(model.tasks.get().loaded).toBe(true));
  const { searchParams } = asked.at(-1)!;
  expect(Number(searchParams.get('from'))).toBe(instantOf('2026-10-26', 0, model.zone));
  expect(Number(searchParams.get('to'))).toBe(instantOf('2026-12-07', 0, model.zone));
  expect(model.window({ look: 'week', day: '2026-11-29', of: null })).toEqual(['2026-11-23', '2026-11-30']);
});

it('passes over an answer to an earlier question', async () => {
  held = [];
  model.show({ day: '2026-11-24' });
  model.show({ day: '2026-12-24' });
  await vi.waitFor(() => expect(held).toHaveLength(2));
  listed = [];
  held[1]!();
  await vi.waitFor(() => expect(model.tasks.get().loaded).toBe(true));
  const shown = model.tasks.get();
  held[0]!();
  await new Promise((resolve) => { setImmediate(resolve); });
  expect(model.tasks.get()).toBe(shown);
});

it('moves at once, sends where to, and a repeating task with all its occurrences', async () => {
  await model.load();
  const moved = model.move(model.tasks.get().items[0]!, at(11), at(12));
  expect(model.tasks.get().items[0]).toMatchObject({ starts_at: at(11), ends_at: at(12) });
  await moved;
  expect(peer.commands.at(-1)).toMatchObject({ stream: TASK, type: 'task.move', body: { starts_at: at(11), ends_at: at(12) } });
  listed = [item(9, { on: '2026-11-24', repeat: { every: 'week' } })];
  await model.load();
  await model.move(model.tasks.get().items[0]!, at(10), at(11));
  expect(peer.commands.at(-1)).toMatchObject({ body: { starts_at: at(10) - 7 * 86_400_000 } });
});

it('puts it back where the hub refuses', async () => {
  await model.load();
  peer.answer = ({ id }) => ({ t: 'error', id, error: { code: 'task.not_owner', kind: 'forbidden', message: '' } });
  await expect(model.move(model.tasks.get().items[0]!, at(15), at(16))).rejects.toMatchObject({ body: { code: 'task.not_owner' } });
  expect(model.tasks.get().items[0]).toMatchObject({ starts_at: at(9) });
});

it('reads again when a task in view changes, while somebody looks', async () => {
  const close = model.open();
  await vi.waitFor(() => expect(peer.watched.map((one) => one.stream)).toContain(TASK));
  await vi.waitFor(() => expect(hub.state.get().kind).toBe('connected'));
  listed = [item(9, { done: true })];
  // An event of just now; the peer's own events are from the beginning of time.
  peer.say({ t: 'event', stream: TASK, seq: 1, at: model.now(), type: 'room.message_sent', body: { text: '' } });
  await vi.waitFor(() => expect(model.tasks.get().items[0]?.done).toBe(true));
  close();
  vi.useFakeTimers();
  model.news();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

it('knows whose a task is', () => {
  expect(isOwner(item(9) as never, ME)).toBe(true);
  expect(isOwner(item(9) as never, 'other')).toBe(false);
});
