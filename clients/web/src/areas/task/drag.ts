// Taking a task and putting it elsewhere, with mouse, pen or finger. A finger has to rest
// first, so that scrolling stays scrolling. The keyboard has its own way (`TaskCard`), and the
// dialog has fields: dragging is never the only way.

import { type PointerEvent, useCallback, useEffect, useRef, useState } from 'react';
import type { Day } from '../../wire/generated';

export type Drag = { key: string; dx: number; dy: number; day: Day | null };

const SLOP = 5;
const REST_MS = 350;

function dayAt(x: number, y: number): Day | null {
  const cell = document.elementsFromPoint(x, y).find((one) => one instanceof HTMLElement && one.dataset['day'] !== undefined);
  return (cell as HTMLElement | undefined)?.dataset['day'] ?? null;
}

export function useDrag(drop: (drag: Drag) => void): {
  drag: Drag | null;
  take: (event: PointerEvent, key: string) => void;
  /** A drag just ended: the click that follows it opens nothing. */
  justDropped: () => boolean;
} {
  const [drag, setDrag] = useState<Drag | null>(null);
  const dropRef = useRef(drop);
  const end = useRef<(() => void) | null>(null);
  const dropped = useRef(0);
  useEffect(() => { dropRef.current = drop; });
  useEffect(() => () => end.current?.(), []);

  const take = useCallback((event: PointerEvent, key: string) => {
    if (event.button !== 0 || end.current !== null) return;
    const { clientX, clientY, pointerId, pointerType } = event;
    const touch = pointerType === 'touch';
    let now: Drag | null = null;
    const update = (x: number, y: number) => {
      now = { key, dx: x - clientX, dy: y - clientY, day: dayAt(x, y) };
      setDrag(now);
    };
    const rest = touch ? setTimeout(() => update(clientX, clientY), REST_MS) : undefined;
    const onMove = (moved: globalThis.PointerEvent) => {
      if (moved.pointerId !== pointerId) return;
      const far = Math.hypot(moved.clientX - clientX, moved.clientY - clientY) > SLOP;
      if (now === null && touch && far) return stop();
      if (now !== null || (!touch && far)) update(moved.clientX, moved.clientY);
    };
    const onUp = () => {
      const last = now;
      stop();
      if (last === null) return;
      dropped.current = performance.now();
      dropRef.current(last);
    };
    const onKey = (pressed: KeyboardEvent) => { if (pressed.key === 'Escape') stop(); };
    const hold = (moved: TouchEvent) => { if (now !== null) moved.preventDefault(); };
    const stop = () => {
      clearTimeout(rest);
      removeEventListener('pointermove', onMove);
      removeEventListener('pointerup', onUp);
      removeEventListener('pointercancel', stop);
      removeEventListener('keydown', onKey);
      removeEventListener('touchmove', hold);
      end.current = null;
      now = null;
      setDrag(null);
    };
    addEventListener('pointermove', onMove);
    addEventListener('pointerup', onUp);
    addEventListener('pointercancel', stop);
    addEventListener('keydown', onKey);
    addEventListener('touchmove', hold, { passive: false });
    end.current = stop;
  }, []);
  const justDropped = useCallback(() => performance.now() - dropped.current < 250, []);
  return { drag, take, justDropped };
}
