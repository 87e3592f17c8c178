// How days and spans are put into words.

import type { I18n } from '../../i18n';
import { ugDay, ugWeekday, ugWeekdayShort, ugYear } from '../../i18n/ugDates';
import type { Day, TaskItem, Zone } from '../../wire/generated';
import { clockOf, dayOf, minutesOf } from './days';

const made = new Map<string, Intl.DateTimeFormat>();

function format(day: Day, tag: string, options: Intl.DateTimeFormatOptions): string {
  const key = `${tag} ${JSON.stringify(options)}`;
  let found = made.get(key);
  if (found === undefined) made.set(key, (found = new Intl.DateTimeFormat(tag, { ...options, timeZone: 'UTC' })));
  return found.format(Date.parse(`${day}T12:00:00Z`));
}

function local(day: Day): Date { return new Date(`${day}T12:00:00`); }

export function weekdayWords(day: Day, i18n: I18n, style: 'short' | 'long' = 'short'): string {
  if (i18n.language === 'ug') return style === 'short' ? ugWeekdayShort(local(day)) : ugWeekday(local(day));
  return format(day, i18n.tag, { weekday: style });
}

export function dayWords(day: Day, i18n: I18n): string {
  if (i18n.language === 'ug') return `${ugDay(local(day))}، ${ugWeekday(local(day))}`;
  return format(day, i18n.tag, { month: 'long', day: 'numeric', weekday: 'long' });
}

export function monthWords(day: Day, i18n: I18n): string {
  if (i18n.language === 'ug') return `${ugYear(local(day))} ${Number(day.slice(5, 7))}-ئاي`;
  return format(day, i18n.tag, { year: 'numeric', month: 'long' });
}

export function rangeWords(from: Day, to: Day, i18n: I18n): string {
  if (i18n.language === 'ug') return `${ugDay(local(from))} – ${ugDay(local(to))}`;
  const short = (day: Day) => format(day, i18n.tag, { month: 'long', day: 'numeric' });
  return `${short(from)} – ${short(to)}`;
}

/** How long before it begins. */
export function remindWords(minutes: number, { t }: I18n): string {
  if (minutes === 0) return t('task.remind.now');
  if (minutes % (24 * 60) === 0) return t('task.remind.days', { n: minutes / (24 * 60) });
  return minutes % 60 === 0 ? t('task.remind.hours', { n: minutes / 60 }) : t('task.remind.minutes', { n: minutes });
}

/** When it is, as short as may be: clock times within one day, days otherwise. */
export function spanWords(item: Pick<TaskItem, 'starts_at' | 'ends_at'>, zone: Zone, i18n: I18n): string {
  const [from, to] = [dayOf(item.starts_at, zone), dayOf(item.ends_at, zone)];
  const clock = (at: number) => clockOf(minutesOf(at, zone));
  if (from === to) return `${clock(item.starts_at)}–${clock(item.ends_at)}`;
  const short = (day: Day) => (i18n.language === 'ug' ? ugDay(local(day)) : format(day, i18n.tag, { month: 'numeric', day: 'numeric' }));
  return `${short(from)} ${clock(item.starts_at)} – ${short(to)} ${clock(item.ends_at)}`;
}
