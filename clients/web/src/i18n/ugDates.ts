// Uyghur dates: no browser's formatter knows them, and they would come out in Chinese.

const WEEKDAYS = ['يەكشەنبە', 'دۈشەنبە', 'سەيشەنبە', 'چارشەنبە', 'پەيشەنبە', 'جۈمە', 'شەنبە'] as const;

export function ugWeekday(day: Date): string { return WEEKDAYS[day.getDay()]!; }

/** Where a day has the width of a number. */
const SHORT = ['يەك', 'دۈ', 'سەي', 'چار', 'پەي', 'جۈ', 'شەن'] as const;

export function ugWeekdayShort(day: Date): string { return SHORT[day.getDay()]!; }

export function ugDay(day: Date): string {
  return `${day.getMonth() + 1}-ئاينىڭ ${day.getDate()}-كۈنى`;
}

export function ugYear(day: Date): string { return `${day.getFullYear()}-يىلى`; }
