// Numbers and scroll positions, for a short list and for one of a million.

import { describe, expect, it } from 'vitest';
import { SPACE_MAX, around, numberAt, spaceFor, topOf } from './numberScale';

describe.each([[3], [500], [1_000_000]])('a list of %i', (count) => {
  const scale = { count, height: spaceFor(count, 56), view: 600 };

  it('never needs more height than a browser gives', () => {
    expect(scale.height).toBeLessThanOrEqual(SPACE_MAX);
  });

  it('has its first number at the top and its last at the bottom', () => {
    expect(numberAt(0, scale)).toBe(1);
    if (scale.height > scale.view) expect(numberAt(scale.height - scale.view, scale)).toBe(count);
  });

  it('finds every number where it was put', () => {
    if (scale.height <= scale.view) return expect(topOf(count, scale)).toBe(0);
    for (const number of [1, 2, Math.ceil(count / 3), count - 1, count]) {
      expect(numberAt(topOf(number, scale), scale)).toBe(number);
    }
  });
});

it('takes positions beyond either end for the end', () => {
  const scale = { count: 100, height: 5_600, view: 600 };
  expect(numberAt(-50, scale)).toBe(1);
  expect(numberAt(9_999, scale)).toBe(100);
  expect(around(2, 100, 10, 10)).toEqual({ from: 1, to: 12 });
  expect(around(99, 100, 10, 10)).toEqual({ from: 89, to: 100 });
});
