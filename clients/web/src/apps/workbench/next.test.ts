import { expect, it } from 'vitest';
import { next } from './next';

it('leads to where an application asked from, and nowhere else', () => {
  const asked = '/oauth/authorize?client_id=1&scope=openid';
  expect(next(`?next=${encodeURIComponent(asked)}`)).toBe(asked);
  for (const other of ['', '?next=/tasks', '?next=https://evil.example', '?next=//evil.example/oauth/authorize?']) {
    expect(next(other), other).toBeNull();
  }
});
