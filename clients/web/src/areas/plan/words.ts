// How weeks and moments are put into words.

import type { I18n } from '../../i18n';
import { ugDay } from '../../i18n/ugDates';
import type { Day } from '../../wire/generated';

const DAY_MS = 86_400_000;

export function weekWords(week: Day, i18n: I18n): string {
  if (week === '') return '';
  const monday = new Date(`${week}T12:00:00Z`);
  const sunday = new Date(monday.getTime() + 6 * DAY_MS);
  if (i18n.language === 'ug') return `${ugDay(new Date(`${week}T12:00:00`))} – ${ugDay(new Date(`${sunday.toISOString().slice(0, 10)}T12:00:00`))}`;
  const format = new Intl.DateTimeFormat(i18n.tag, { month: 'long', day: 'numeric', timeZone: 'UTC' });
  return `${format.format(monday)} – ${format.format(sunday)}`;
}
