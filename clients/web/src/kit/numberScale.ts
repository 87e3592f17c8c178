// How numbers map to a scroll bar. Browsers cap the height of an element (Firefox at about
// 17 million pixels), so a long list gets a space of bounded height in which the bar's
// position is a share of the numbers, while small movements stay true to the pixel.

export type Scale = { count: number; height: number; view: number };
export type Range = { from: number; to: number };

/** Well below every browser's cap, and far more positions than a screen has pixels. */
export const SPACE_MAX = 6_000_000;

export function spaceFor(count: number, estimate: number): number {
  return Math.min(count * estimate, SPACE_MAX);
}

/** The number that a scroll position stands for. */
export function numberAt(top: number, { count, height, view }: Scale): number {
  if (count <= 1 || height <= view) return 1;
  const share = Math.min(1, Math.max(0, top / (height - view)));
  return 1 + Math.round(share * (count - 1));
}

/** Where on the bar a number belongs: the inverse of `numberAt`. */
export function topOf(number: number, { count, height, view }: Scale): number {
  if (count <= 1 || height <= view) return 0;
  return ((number - 1) / (count - 1)) * (height - view);
}

export function around(number: number, count: number, before: number, after: number): Range {
  return { from: Math.max(1, number - before), to: Math.min(count, number + after) };
}
