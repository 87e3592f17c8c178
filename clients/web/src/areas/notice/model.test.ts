import { afterEach, expect, it, vi } from 'vitest';
import { Cards } from '../../kit/cards';
import type { NoticeItem } from '../../wire/generated';
import { Http } from '../../wire/http';
import { Hub } from '../../wire/hub';
import type { SocketLike } from '../../wire/socket';
import { MemoryUnsent } from '../../wire/unsent';
import { NoticeModel, isOpen } from './model';
import { type Chosen, targetOf } from './targets';

const SILENT: SocketLike = {
  readyState: 0, onopen: null, onmessage: null, onclose: null, onerror: null, send: () => undefined, close: () => undefined,
};
const item = (more: Partial<NoticeItem>): NoticeItem => ({
  notice: 'notice:1', kind: 'todo', title: '', text: '', by: 'a', sent_at: 0, confirm: false, ...more,
});
const none: Chosen = { to: 'all', units: [], roles: [], unit: undefined, rooms: [], accounts: [] };

function made(): NoticeModel {
  const hub = new Hub({ url: 'ws://hub', unsent: new MemoryUnsent(), open: () => SILENT });
  return new NoticeModel(new Http(), hub, new Cards(), 'me');
}

afterEach(() => { vi.unstubAllGlobals(); });

it('knows what is still to be done', () => {
  expect(isOpen(item({}))).toBe(true);
  expect(isOpen(item({ read_at: 1, confirmed_at: 1 }))).toBe(true);
  expect(isOpen(item({ done_at: 1 }))).toBe(false);
  expect(isOpen(item({ kind: 'announcement' }))).toBe(false);
  expect(isOpen(item({ kind: 'announcement', confirm: true }))).toBe(true);
  expect(isOpen(item({ kind: 'announcement', confirm: true, confirmed_at: 1 }))).toBe(false);
});

it('sends to nobody by mistake: a target is complete or none', () => {
  expect(targetOf(none)).toEqual({ to: 'all' });
  expect(targetOf({ ...none, to: 'units' })).toBeNull();
  expect(targetOf({ ...none, to: 'units', units: ['u'] })).toEqual({ to: 'units', units: ['u'] });
  expect(targetOf({ ...none, to: 'roles', roles: ['leader'] })).toBeNull();
  expect(targetOf({ ...none, to: 'roles', roles: ['leader'], unit: 'u' })).toEqual({ to: 'roles', roles: ['leader'], unit: 'u' });
  expect(targetOf({ ...none, to: 'rooms' })).toBeNull();
  expect(targetOf({ ...none, to: 'people' })).toBeNull();
  expect(targetOf({ ...none, to: 'people', accounts: ['a'] })).toEqual({ to: 'people', accounts: ['a'] });
});

it('goes to the list that holds what a device was told of', async () => {
  const listed = [item({ notice: 'notice:2', kind: 'announcement' }), item({ notice: 'notice:3', done_at: 1 })];
  vi.stubGlobal('fetch', async () => Response.json({ items: listed }));
  const model = made();
  for (const [notice, tab, which] of [['notice:2', 'announcement', 'closed'], ['notice:3', 'todo', 'closed']] as const) {
    expect(await model.goTo(notice)).toBe(true);
    expect(model.list.get()).toMatchObject({ tab, which });
  }
  model.seek.set('notice:9');
  expect(await model.goTo('notice:9')).toBe(false);
  expect(model.seek.get()).toBeNull();
});

it('reads on until a part of the proof has rows to show, or has ended', async () => {
  const asked: string[] = [];
  // Three pages of two; only the very last person has not read it.
  vi.stubGlobal('fetch', async (path: string) => {
    const url = new URL(path, 'http://hub');
    if (url.pathname === '/v1/people') return Response.json({ items: [] });
    const after = url.searchParams.get('after') ?? '0';
    asked.push(after);
    const page = Number(after);
    const items = [0, 1].map((n) => ({ account: `${page}${n}`, ...(page === 2 && n === 1 ? {} : { read_at: 1 }) }));
    return Response.json({ items, ...(page < 2 ? { next: String(page + 1) } : {}) });
  });
  const page = await made().proof('notice:1', 'unread');
  expect(page.items.map((one) => one.account)).toEqual(['21']);
  expect(page.next).toBeUndefined();
  expect(asked).toEqual(['0', '1', '2']);
});

it('shows the list of the tab that was asked for last', async () => {
  const held = new Map<string, (items: unknown[]) => void>();
  vi.stubGlobal('fetch', (path: string) => new Promise((resolve) => {
    const url = new URL(path, 'http://hub');
    held.set(url.searchParams.get('kind') ?? url.pathname, (items) => resolve(Response.json({ items })));
  }));
  const model = made();
  model.show('todo', 'open');
  model.show('announcement', 'open');
  held.get('announcement')!([item({ kind: 'announcement', title: '公告' })]);
  await vi.waitFor(() => expect(model.list.get().loaded).toBe(true));
  held.get('todo')!([item({ title: '待办' })]);
  await new Promise((resolve) => { setImmediate(resolve); });
  expect(model.list.get()).toMatchObject({ tab: 'announcement', items: [{ title: '公告' }] });
});
