// Times in words, in each language.

import { describe, expect, it } from 'vitest';
import { i18nFor } from '../i18n';
import { clockTime, dayName, fullTime, shortTime } from './time';

const at = (day: number, hour = 9, minute = 5, month = 10, year = 2026) =>
  new Date(year, month, day, hour, minute).getTime();
const now = at(24, 11);
const [zh, ug, en] = [i18nFor('zh'), i18nFor('ug'), i18nFor('en')];

describe('times', () => {
  it('are clock times today, in 24 hours', () => {
    expect(clockTime(at(24, 0, 5))).toBe('00:05');
    expect(shortTime(at(24, 18), now, zh)).toBe('18:05');
  });

  it('are words for today and yesterday', () => {
    expect(dayName(at(24), now, zh)).toBe('今天');
    expect(shortTime(at(23, 23, 59), now, zh)).toBe('昨天');
    expect(dayName(at(23), now, ug)).toBe('تۈنۈگۈن');
  });

  it('are weekdays this week and dates before', () => {
    expect(shortTime(at(20), now, zh)).toBe('周五');
    expect(shortTime(at(20), now, ug)).toBe('جۈمە');
    expect(shortTime(at(3), now, zh)).toBe('11/3');
    expect(dayName(at(3), now, zh)).toBe('11月3日星期二');
  });

  it('name the year when it is another one', () => {
    expect(dayName(at(3, 9, 5, 10, 2025), now, zh)).toContain('2025年');
    expect(shortTime(at(3, 9, 5, 10, 2025), now, en)).toContain('25');
    expect(dayName(at(3, 9, 5, 10, 2025), now, ug)).toContain('2025-يىلى');
  });

  it('never mix another language into Uyghur', () => {
    for (const day of [24, 23, 20, 3]) {
      for (const text of [dayName(at(day), now, ug), shortTime(at(day), now, ug), fullTime(at(day), ug)]) {
        expect(text).not.toMatch(/\p{Script=Han}/u);
      }
    }
  });
});
