// The address and the place it stands for.

import { afterAll, beforeAll, expect, it, vi } from 'vitest';

const NOTICE = 'notice:01a20d5e-1e8a-70c8-b09b-f16adfa8bd67';
const TASK = 'task:01a20d5e-1e8a-70c8-b09b-f16adfa8bd67';
const ROOM = 'room:01a20d5e-1e8a-70c8-b09b-f16adfa8bd67';
let hashOf: typeof import('./route').hashOf;
let routeOf: typeof import('./route').routeOf;

beforeAll(async () => {
  vi.stubGlobal('location', { hash: '' });
  ({ hashOf, routeOf } = await import('./route'));
});
afterAll(() => { vi.unstubAllGlobals(); });

it('comes back to the place it was written for', () => {
  for (const route of [
    { place: 'people', stream: null }, { place: 'me', stream: null },
    { place: 'conversations', stream: null }, { place: 'conversations', stream: ROOM },
    { place: 'notices', stream: null, seek: NOTICE }, { place: 'tasks', stream: null, seek: TASK },
    { place: 'services', stream: null }, { place: 'services', stream: ROOM },
  ] as const) expect(routeOf(hashOf(route))).toEqual(route);
});

it('takes an address that nobody here wrote for the first page', () => {
  for (const hash of ['', '#main', '#/nowhere', '#/people/x', '#/conversations/room:1', '#/conversations/account:x', `#/notices/${TASK}`, `#/people/${TASK}`]) {
    expect(routeOf(hash).stream).toBeNull();
    expect(routeOf(hash).seek).toBeUndefined();
  }
  expect(routeOf('#main').place).toBe('conversations');
});
