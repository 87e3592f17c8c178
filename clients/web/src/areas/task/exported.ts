// The tasks in view as a table that office programs open: CSV (RFC 4180) in UTF-8 with the
// mark by which Excel knows it. A text that such a program would run as a formula is quoted.

import type { I18n } from '../../i18n';
import type { Cards } from '../../kit/cards';
import type { TaskItem, Zone } from '../../wire/generated';
import { clockOf, dayOf, minutesOf } from './days';

const MARK = '\uFEFF';

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/u.test(text) ? `'${text}` : text;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function tableOf(items: readonly TaskItem[], zone: Zone, cards: Cards, i18n: I18n): string {
  const { t } = i18n;
  const when = (at: number) => `${dayOf(at, zone)} ${clockOf(minutesOf(at, zone))}`;
  const who = (item: TaskItem) => item.people
    .map(({ account }) => cards.get(account)).flatMap((card) => (card === undefined ? [] : [i18n.name(card.names)])).join('、');
  const head = [t('task.starts'), t('task.ends'), t('task.name'), t('task.people'), t('task.done'), t('task.note')];
  const rows = items.map((item) => [
    when(item.starts_at), when(item.ends_at), item.title, who(item), item.done ? t('task.done') : '', item.note,
  ]);
  return MARK + [head, ...rows].map((row) => row.map(cell).join(',')).join('\r\n');
}

export function save(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
