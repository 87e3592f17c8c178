// Days, weeks and months in the zones in which halls count them. Both zones have kept one
// offset since 1991, so a day is arithmetic; the browser's own zone plays no part, and so a
// task stands on the same day on every device.

import type { Day, Weekday, Zone } from '../../wire/generated';

export const DAY_MS = 86_400_000;
export const MINUTE_MS = 60_000;
const HOURS: Record<Zone, number> = { 'Asia/Urumqi': 6, 'Asia/Shanghai': 8 };

export const WEEKDAYS: readonly Weekday[] = [
  'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday',
];

/** Where this browser stands, if it stands in either zone; Beijing time otherwise. */
export function zoneHere(): Zone {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return timeZone === 'Asia/Urumqi' || timeZone === 'Asia/Kashgar' ? 'Asia/Urumqi' : 'Asia/Shanghai';
}

function offset(zone: Zone): number { return HOURS[zone] * 3_600_000; }

/** A day as the number of days since 1970, and back. */
function numberOf(day: Day): number { return Date.parse(`${day}T00:00:00Z`) / DAY_MS; }
function dayOfNumber(number: number): Day { return new Date(number * DAY_MS).toISOString().slice(0, 10); }

export function dayOf(at: number, zone: Zone): Day {
  return dayOfNumber(Math.floor((at + offset(zone)) / DAY_MS));
}

export function minutesOf(at: number, zone: Zone): number {
  const within = (at + offset(zone)) % DAY_MS;
  return Math.floor((within < 0 ? within + DAY_MS : within) / MINUTE_MS);
}

export function instantOf(day: Day, minutes: number, zone: Zone): number {
  return numberOf(day) * DAY_MS + minutes * MINUTE_MS - offset(zone);
}

export function plusDays(day: Day, days: number): Day { return dayOfNumber(numberOf(day) + days); }
export function daysFrom(a: Day, b: Day): number { return numberOf(b) - numberOf(a); }

/** Monday is 0. 1970-01-01 was a Thursday. */
export function weekdayOf(day: Day): number { return (((numberOf(day) + 3) % 7) + 7) % 7; }
export function mondayOf(day: Day): Day { return plusDays(day, -weekdayOf(day)); }
export function weekOf(day: Day): Day[] {
  const monday = mondayOf(day);
  return WEEKDAYS.map((_, index) => plusDays(monday, index));
}

export function firstOfMonth(day: Day): Day { return `${day.slice(0, 7)}-01`; }

export function plusMonths(day: Day, months: number): Day {
  const at = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 + months;
  return `${String(Math.floor(at / 12)).padStart(4, '0')}-${String((at % 12) + 1).padStart(2, '0')}-01`;
}

/** Whole weeks that cover the month: four to six rows of seven. */
export function monthOf(day: Day): Day[] {
  const first = firstOfMonth(day);
  const next = plusMonths(first, 1);
  const days: Day[] = [];
  for (let at = mondayOf(first); at < next || weekdayOf(at) !== 0; at = plusDays(at, 1)) days.push(at);
  return days;
}

/** `09:30` and back. */
export function clockOf(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

export function minutesOfClock(clock: string): number {
  const [hours, minutes] = clock.split(':').map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}

/** Which days a span touches; an end at midnight belongs to the day before. */
export function touches(day: Day, starts: number, ends: number, zone: Zone): boolean {
  const from = instantOf(day, 0, zone);
  return starts < from + DAY_MS && (ends > from || (starts === ends && starts >= from));
}
