// A list that opens while one writes: arrows move in it, Enter and Tab take what they stand on,
// Escape closes it. The keys stay in the field, where one goes on writing.

import { type KeyboardEvent, useState } from 'react';

export function useChoice<One>(list: readonly One[], take: (one: One) => void, close: () => void) {
  const [at, setAt] = useState(0);
  const current = Math.min(at, list.length - 1);

  function choose(one: One) {
    setAt(0);
    take(one);
  }

  /** Answers whether the key was for the list. */
  function onKeyDown(event: KeyboardEvent): boolean {
    const one = list[current];
    if (one === undefined) return false;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      setAt((current + (event.key === 'ArrowDown' ? 1 : list.length - 1)) % list.length);
    } else if (event.key === 'Enter' || event.key === 'Tab') {
      choose(one);
    } else if (event.key === 'Escape') {
      close();
    } else {
      return false;
    }
    event.preventDefault();
    return true;
  }

  return { current, choose, onKeyDown };
}
