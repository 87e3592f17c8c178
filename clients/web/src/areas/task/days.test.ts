import { expect, it } from 'vitest';
import {
  clockOf, dayOf, instantOf, minutesOf, minutesOfClock, mondayOf, monthOf, plusDays, plusMonths, touches, weekOf,
  weekdayOf,
} from './days';
import { inLanes } from './lanes';

it('counts days in the zone, not in the browser’s', () => {
  const midnight = Date.parse('2026-11-23T16:00:00Z');
  expect(dayOf(midnight, 'Asia/Shanghai')).toBe('2026-11-24');
  expect(dayOf(midnight, 'Asia/Urumqi')).toBe('2026-11-23');
  expect(minutesOf(midnight, 'Asia/Urumqi')).toBe(22 * 60);
  for (const zone of ['Asia/Shanghai', 'Asia/Urumqi'] as const) {
    expect(instantOf(dayOf(midnight, zone), minutesOf(midnight, zone), zone)).toBe(midnight);
  }
  expect(dayOf(-1, 'Asia/Shanghai')).toBe('1970-01-01');
  expect(minutesOf(-9 * 3_600_000, 'Asia/Shanghai')).toBe(23 * 60);
});

it('knows weeks and months', () => {
  expect(weekdayOf('2026-11-24')).toBe(1);
  expect(mondayOf('2026-11-29')).toBe('2026-11-23');
  expect(weekOf('2026-11-24').at(-1)).toBe('2026-11-29');
  expect(plusDays('2028-02-28', 2)).toBe('2028-03-01');
  expect(plusMonths('2026-12-31', 1)).toBe('2027-01-01');
  expect(plusMonths('2026-01-15', -1)).toBe('2025-12-01');
  for (const [day, length] of [['2026-11-24', 42], ['2027-02-10', 28], ['2026-10-01', 35]] as const) {
    const days = monthOf(day);
    expect(days).toHaveLength(length);
    expect(days.length % 7).toBe(0);
    expect(weekdayOf(days[0]!)).toBe(0);
  }
});

it('reads and writes a clock time', () => {
  expect(clockOf(9 * 60 + 5)).toBe('09:05');
  expect(minutesOfClock('23:45')).toBe(23 * 60 + 45);
});

it('says which days a task touches; midnight ends the day before', () => {
  const at = (day: string, minutes: number) => instantOf(day, minutes, 'Asia/Shanghai');
  const two = [at('2026-11-24', 22 * 60), at('2026-11-26', 0)] as const;
  expect(['2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26'].map((day) => touches(day, ...two, 'Asia/Shanghai')))
    .toEqual([false, true, true, false]);
  const moment = at('2026-11-24', 0);
  expect(touches('2026-11-24', moment, moment, 'Asia/Shanghai')).toBe(true);
  expect(touches('2026-11-23', moment, moment, 'Asia/Shanghai')).toBe(false);
});

it('puts what overlaps side by side, and nothing else', () => {
  const spans = [{ from: 0, to: 60 }, { from: 30, to: 90 }, { from: 60, to: 80 }, { from: 90, to: 100 }];
  expect(inLanes(spans).map(({ lane, lanes }) => [lane, lanes])).toEqual([[0, 2], [1, 2], [0, 2], [0, 1]]);
});
