// Whether a moment lies in the quiet hours: as the hub counts it (`QuietHours::holds`).

import type { Alerts } from '../wire/generated';

const HOURS = { 'Asia/Shanghai': 8, 'Asia/Urumqi': 6 } as const;

export function isQuiet({ quiet }: Alerts, now: number): boolean {
  if (quiet === undefined) return false;
  const minute = (Math.floor(now / 60_000) + HOURS[quiet.zone] * 60) % 1440;
  const { from, to } = quiet;
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}
