import { expect, it } from 'vitest';
import { isQuiet } from './quiet';

const night = (zone: 'Asia/Shanghai' | 'Asia/Urumqi') => ({
  desktop: true, sound: false, show_text: false, urgent_through: true, quiet: { from: 1350, to: 420, zone },
});

it('counts the night in the zone it was set for', () => {
  for (const [utc, shanghai, urumqi] of [
    ['14:00', false, false], ['15:00', true, false], ['17:00', true, true], ['23:00', false, true], ['03:00', false, false],
  ] as const) {
    const now = Date.parse(`2026-11-24T${utc}:00Z`);
    expect(isQuiet(night('Asia/Shanghai'), now)).toBe(shanghai);
    expect(isQuiet(night('Asia/Urumqi'), now)).toBe(urumqi);
  }
  expect(isQuiet({ ...night('Asia/Urumqi'), quiet: undefined } as never, 0)).toBe(false);
});
