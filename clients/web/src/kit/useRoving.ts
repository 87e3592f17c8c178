// A list whose items share one stop of the Tab key: arrows, Home and End go through those
// marked `data-rove`.

import { type KeyboardEvent, type RefObject, useCallback } from 'react';

export function useRoving(list: RefObject<HTMLElement | null>): (event: KeyboardEvent) => void {
  return useCallback((event: KeyboardEvent) => {
    const items = [...(list.current?.querySelectorAll<HTMLElement>('[data-rove]') ?? [])];
    const at = items.findIndex((item) => item === document.activeElement);
    if (at < 0) return;
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    items[Math.min(items.length - 1, Math.max(0, next))]?.focus();
  }, [list]);
}
