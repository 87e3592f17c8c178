// A small window that is moved by hand or by the arrow keys, and stays within the page.

import { type KeyboardEvent, type PointerEvent, useCallback, useLayoutEffect, useState } from 'react';

const STEP = 32;
const EDGE = 8;

type At = { x: number; y: number };

export function within({ x, y }: At, size: { width: number; height: number }, page: { width: number; height: number }): At {
  const clamp = (value: number, most: number) => Math.max(EDGE, Math.min(value, Math.max(EDGE, most - EDGE)));
  return { x: clamp(x, page.width - size.width), y: clamp(y, page.height - size.height) };
}

export function useMoved(box: HTMLElement | null, on: boolean) {
  const [at, setAt] = useState<At | null>(null);
  const put = useCallback((next: At) => {
    if (box === null) return;
    setAt(within(next, { width: box.offsetWidth, height: box.offsetHeight }, { width: innerWidth, height: innerHeight }));
  }, [box]);

  // A window that gets narrower takes it along.
  useLayoutEffect(() => {
    if (!on || at === null) return undefined;
    const again = () => put(at);
    addEventListener('resize', again);
    return () => removeEventListener('resize', again);
  }, [on, at, put]);

  const here = (): At => ({ x: box?.offsetLeft ?? 0, y: box?.offsetTop ?? 0 });
  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const { x, y } = here();
    put({ x: x + step[0]! * STEP, y: y + step[1]! * STEP });
  }
  function onPointerDown(event: PointerEvent<HTMLElement>) {
    const handle = event.currentTarget;
    const from = here();
    const { clientX, clientY, pointerId } = event;
    handle.setPointerCapture(pointerId);
    const move = (next: globalThis.PointerEvent) => put({ x: from.x + next.clientX - clientX, y: from.y + next.clientY - clientY });
    handle.addEventListener('pointermove', move);
    handle.addEventListener('lostpointercapture', () => handle.removeEventListener('pointermove', move), { once: true });
  }
  return { style: on && at !== null ? { left: at.x, top: at.y, right: 'auto', bottom: 'auto' } : undefined, onKeyDown, onPointerDown };
}
