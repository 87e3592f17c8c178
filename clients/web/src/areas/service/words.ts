// How long somebody waits, in a few letters. Pure.

import type { I18n } from '../../i18n';

const MINUTE = 60_000;

export function waited(since: number, now: number, { t }: Pick<I18n, 't'>): string {
  const minutes = Math.floor((now - since) / MINUTE);
  if (minutes < 1) return t('desk.now');
  if (minutes < 60) return t('desk.minutes', { n: minutes });
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? t('desk.hours', { n: hours }) : t('desk.days', { n: Math.floor(hours / 24) });
}
