// Times as people read them: today's as a clock time, yesterday by its word, this week's by
// weekday, older ones by date.

import type { I18n } from '../i18n';
import { ugDay, ugWeekday, ugYear } from '../i18n/ugDates';

const DAY = 86_400_000;

function midnight(ms: number): number {
  const day = new Date(ms);
  day.setHours(0, 0, 0, 0);
  return day.getTime();
}

/** Days from one moment's date to another's, whatever a clock change does to their length. */
function daysBetween(ms: number, now: number): number {
  return Math.round((midnight(now) - midnight(ms)) / DAY);
}

function sameYear(a: number, b: number): boolean {
  return new Date(a).getFullYear() === new Date(b).getFullYear();
}

/** Formatters are dear to make and asked for at every message. */
const made = new Map<string, Intl.DateTimeFormat>();

function format(ms: number, tag: string, options: Intl.DateTimeFormatOptions): string {
  const key = `${tag} ${JSON.stringify(options)}`;
  let found = made.get(key);
  if (found === undefined) made.set(key, (found = new Intl.DateTimeFormat(tag, options)));
  return found.format(ms);
}

export function sameDay(a: number, b: number): boolean { return midnight(a) === midnight(b); }

export function clockTime(ms: number): string {
  return format(ms, 'en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

export function dayName(ms: number, now: number, i18n: I18n): string {
  const days = daysBetween(ms, now);
  if (days === 0) return i18n.t('time.today');
  if (days === 1) return i18n.t('time.yesterday');
  const year = !sameYear(ms, now);
  if (i18n.language === 'ug') {
    const day = new Date(ms);
    return `${year ? `${ugYear(day)} ` : ''}${ugDay(day)}، ${ugWeekday(day)}`;
  }
  return format(ms, i18n.tag, {
    month: 'long', day: 'numeric', weekday: 'long', ...(year ? { year: 'numeric' } : {}),
  });
}

export function shortTime(ms: number, now: number, i18n: I18n): string {
  const days = daysBetween(ms, now);
  if (days <= 0) return clockTime(ms);
  if (days === 1) return i18n.t('time.yesterday');
  if (days < 7) {
    return i18n.language === 'ug' ? ugWeekday(new Date(ms)) : format(ms, i18n.tag, { weekday: 'short' });
  }
  const tag = i18n.language === 'ug' ? 'en' : i18n.tag;
  return format(ms, tag, { month: 'numeric', day: 'numeric', ...(sameYear(ms, now) ? {} : { year: '2-digit' }) });
}

export function fullTime(ms: number, i18n: I18n): string {
  if (i18n.language === 'ug') {
    const day = new Date(ms);
    return `${ugYear(day)} ${ugDay(day)} ${clockTime(ms)}`;
  }
  return format(ms, i18n.tag, { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' });
}
