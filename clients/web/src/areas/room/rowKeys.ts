// Messages by keyboard: one of them takes the Tab key, arrows go on from there, Enter opens
// what can be done with it.

import { type FocusEvent, type KeyboardEvent, type RefObject, useCallback, useState } from 'react';
import type { RowItem } from './rows';

function seqOf(element: Element | null): number | null {
  const row = element?.closest<HTMLElement>('.row[data-seq]');
  return row == null ? null : Number(row.dataset['seq']);
}

export function useRowKeys(rows: RefObject<HTMLOListElement | null>, items: readonly RowItem[], last: number) {
  const [chosen, setChosen] = useState<number | null>(null);
  const messages = items.filter((item) => item.message !== undefined);
  const at = chosen !== null && messages.some((item) => item.seq === chosen) ? chosen : last;
  const current = (messages.findLast((item) => item.seq <= at) ?? messages[0])?.seq ?? null;

  const focus = useCallback((seq: number) => {
    rows.current?.querySelector<HTMLElement>(`.row[data-seq="${seq}"]`)?.focus();
  }, [rows]);

  function onFocus(event: FocusEvent) { setChosen(seqOf(event.target)); }

  function onKeyDown(event: KeyboardEvent, open: (seq: number) => void) {
    if (!(event.target instanceof HTMLElement) || !event.target.matches('.row[data-seq]')) return;
    const seq = Number(event.target.dataset['seq']);
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    if (step !== 0) {
      const index = messages.findIndex((item) => item.seq === seq) + step;
      const next = messages[index];
      if (next !== undefined) focus(next.seq);
      event.preventDefault();
    } else if (event.key === 'Enter' || event.key === 'ContextMenu') {
      event.preventDefault();
      open(seq);
    }
  }
  return { current, focus, onFocus, onKeyDown };
}
