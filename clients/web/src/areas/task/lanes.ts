// Where tasks of one day stand side by side: those that overlap share the width.

export type Span = { from: number; to: number };
export type Placed<T extends Span> = { item: T; lane: number; lanes: number };

/** Each item in the first lane that is free; a run of overlapping items has one number of lanes. */
export function inLanes<T extends Span>(items: readonly T[]): Placed<T>[] {
  const sorted = [...items].sort((a, b) => a.from - b.from || b.to - a.to);
  const placed: Placed<T>[] = [];
  let run: Placed<T>[] = [];
  let ends: number[] = [];
  let until = -Infinity;
  const close = () => {
    for (const one of run) one.lanes = ends.length;
    placed.push(...run);
    run = [];
    ends = [];
  };
  for (const item of sorted) {
    if (item.from >= until) close();
    let lane = ends.findIndex((end) => end <= item.from);
    if (lane < 0) lane = ends.length;
    ends[lane] = item.to;
    until = Math.max(until, item.to);
    run.push({ item, lane, lanes: 0 });
  }
  close();
  return placed;
}
