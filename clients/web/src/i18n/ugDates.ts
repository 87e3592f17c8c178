// Uyghur dates: no browser's formatter knows them, and they would come out in Chinese.

const WEEKDAYS = ['يەكشەنبە', 'دۈشەنبە', 'سەيشەنبە', 'چارشەنبە', 'پەيشەنبە', 'جۈمە', 'شەنبە'] as const;

export function ugWeekday(day: Date): string { return WEEKDAYS[day.getDay()]!; }

export function ugDay(day: Date): string {
  return `${day.getMonth() + 1}-ئاينىڭ ${day.getDate()}-كۈنى`;
}

export function ugYear(day: Date): string { return `${day.getFullYear()}-يىلى`; }
