import { expect, it } from 'vitest';
import { uuid7 } from './uuid7';

it('makes version 7 ids that ascend, within one millisecond and when the clock steps back', () => {
  const ids = [...Array.from({ length: 5_000 }, () => uuid7(1_700_000_000_000)), uuid7(1)];
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});
