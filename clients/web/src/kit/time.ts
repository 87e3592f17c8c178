// Times as people read them: today's as a clock time, yesterday by its word, this week's by
// weekday, older ones by date.

import type { I18n } from '../i18n';

const DAY = 86_400_000;

function midnight(ms: number): number {
  const day = new Date(ms);
  day.setHours(0, 0, 0, 0);
  return day.getTime();
}

export function sameDay(a: number, b: number): boolean { return midnight(a) === midnight(b); }

export function clockTime(ms: number, i18n: I18n): string {
  return new Intl.DateTimeFormat(i18n.tag, { hour: '2-digit', minute: '2-digit', hour12: false })
    .format(ms);
}

export function dayName(ms: number, now: number, i18n: I18n): string {
  const days = Math.round((midnight(now) - midnight(ms)) / DAY);
  if (days === 0) return i18n.t('time.today');
  if (days === 1) return i18n.t('time.yesterday');
  const thisYear = new Date(ms).getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat(i18n.tag, {
    month: 'long', day: 'numeric', weekday: 'long', ...(thisYear ? {} : { year: 'numeric' }),
  }).format(ms);
}

export function shortTime(ms: number, now: number, i18n: I18n): string {
  const days = Math.round((midnight(now) - midnight(ms)) / DAY);
  if (days <= 0) return clockTime(ms, i18n);
  if (days === 1) return i18n.t('time.yesterday');
  if (days < 7) return new Intl.DateTimeFormat(i18n.tag, { weekday: 'short' }).format(ms);
  return new Intl.DateTimeFormat(i18n.tag, { month: 'numeric', day: 'numeric' }).format(ms);
}

export function fullTime(ms: number, i18n: I18n): string {
  return new Intl.DateTimeFormat(i18n.tag, { dateStyle: 'medium', timeStyle: 'short', hour12: false })
    .format(ms);
}
