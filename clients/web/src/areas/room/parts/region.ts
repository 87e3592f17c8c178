// The outline of Xinjiang and its cities, so that a place can be shown without asking any
// outside map. A sketch: what it shows is where about, the numbers beside it say exactly.

export type Point = { lat: number; lon: number };

/** Longitude and latitude, clockwise from the Friendship Peak. */
const OUTLINE: readonly (readonly [number, number])[] = [
  [87.8, 49.17], [88.2, 48.6], [89.0, 48.1], [89.8, 47.9], [90.3, 47.6], [90.5, 47.2], [91.0, 46.9],
  [90.9, 46.6], [91.0, 46.0], [90.7, 45.6], [90.9, 45.2], [91.6, 45.1], [92.4, 45.0], [93.5, 44.95],
  [94.4, 44.4], [95.3, 44.3], [95.5, 43.9], [95.9, 43.2], [96.4, 42.7], [96.1, 42.3], [96.0, 41.9],
  [95.1, 41.8], [94.6, 41.5], [93.8, 41.1], [93.9, 40.7], [93.0, 40.6], [92.9, 40.1], [92.8, 39.2],
  [92.3, 39.0], [92.4, 38.5], [91.4, 38.0], [90.5, 38.2], [90.2, 37.9], [91.3, 37.1], [90.9, 36.9],
  [91.0, 36.5], [91.1, 36.1], [90.0, 36.1], [89.5, 36.0], [88.6, 36.4], [87.5, 36.3], [86.2, 36.1],
  [85.2, 35.8], [84.2, 35.5], [83.0, 35.4], [82.5, 35.7], [81.9, 35.3], [81.3, 35.3], [80.4, 35.4],
  [80.0, 35.0], [79.5, 34.5], [78.9, 34.35], [78.2, 34.7], [78.0, 35.4], [77.0, 35.6], [76.2, 35.9],
  [75.9, 36.5], [75.2, 36.9], [74.6, 37.1], [74.9, 37.4], [75.1, 38.0], [74.7, 38.5], [74.0, 38.6],
  [73.6, 39.1], [73.7, 39.5], [73.9, 39.9], [74.8, 40.4], [75.5, 40.5], [76.4, 40.4], [76.8, 40.9],
  [78.0, 41.1], [78.5, 41.5], [79.8, 41.9], [80.2, 42.1], [80.3, 42.9], [80.8, 43.2], [80.4, 44.1],
  [80.5, 44.9], [79.9, 44.9], [81.8, 45.3], [82.5, 45.2], [82.3, 45.55], [83.0, 46.8], [83.0, 47.2],
  [84.7, 47.0], [85.6, 47.1], [85.6, 48.0], [85.8, 48.4], [86.6, 48.6], [87.1, 49.1],
];

export type City = Point & { zh: string; ug: string; en: string };

export const CITIES: readonly City[] = [
  { zh: '乌鲁木齐', ug: 'ئۈرۈمچى', en: 'Urumqi', lat: 43.82, lon: 87.62 },
  { zh: '克拉玛依', ug: 'قاراماي', en: 'Karamay', lat: 45.58, lon: 84.87 },
  { zh: '吐鲁番', ug: 'تۇرپان', en: 'Turpan', lat: 42.95, lon: 89.19 },
  { zh: '哈密', ug: 'قۇمۇل', en: 'Hami', lat: 42.83, lon: 93.51 },
  { zh: '昌吉', ug: 'سانجى', en: 'Changji', lat: 44.01, lon: 87.31 },
  { zh: '博乐', ug: 'بۆرتالا', en: 'Bole', lat: 44.9, lon: 82.07 },
  { zh: '库尔勒', ug: 'كورلا', en: 'Korla', lat: 41.76, lon: 86.15 },
  { zh: '阿克苏', ug: 'ئاقسۇ', en: 'Aksu', lat: 41.17, lon: 80.26 },
  { zh: '阿图什', ug: 'ئاتۇش', en: 'Artux', lat: 39.72, lon: 76.17 },
  { zh: '喀什', ug: 'قەشقەر', en: 'Kashgar', lat: 39.47, lon: 75.99 },
  { zh: '和田', ug: 'خوتەن', en: 'Hotan', lat: 37.11, lon: 79.92 },
  { zh: '伊宁', ug: 'غۇلجا', en: 'Yining', lat: 43.92, lon: 81.32 },
  { zh: '塔城', ug: 'تارباغاتاي', en: 'Tacheng', lat: 46.75, lon: 82.98 },
  { zh: '阿勒泰', ug: 'ئالتاي', en: 'Altay', lat: 47.84, lon: 88.13 },
  { zh: '石河子', ug: 'شىخەنزە', en: 'Shihezi', lat: 44.31, lon: 86.08 },
];

const WEST = 73;
const EAST = 97;
const SOUTH = 34;
const NORTH = 49.6;
/** A degree of longitude is shorter up here. */
const SQUEEZE = Math.cos((42 * Math.PI) / 180);
const SCALE = 10;

export const MAP_WIDTH = (EAST - WEST) * SQUEEZE * SCALE;
export const MAP_HEIGHT = (NORTH - SOUTH) * SCALE;

export function toMap({ lat, lon }: Point): { x: number; y: number } {
  return { x: (lon - WEST) * SQUEEZE * SCALE, y: (NORTH - lat) * SCALE };
}

export function fromMap(x: number, y: number): Point {
  const rounded = (value: number) => Math.round(value * 1e4) / 1e4;
  return { lat: rounded(NORTH - y / SCALE), lon: rounded(WEST + x / (SQUEEZE * SCALE)) };
}

export function isOnMap({ lat, lon }: Point): boolean {
  return lat >= SOUTH && lat <= NORTH && lon >= WEST && lon <= EAST;
}

export const OUTLINE_PATH = `M${OUTLINE
  .map(([lon, lat]) => toMap({ lat, lon }))
  .map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join('L')}Z`;
