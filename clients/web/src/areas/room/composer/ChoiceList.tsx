// What fits what is being typed, to choose from. The field keeps the focus and the keys.

import type { ReactNode } from 'react';

export function ChoiceList<One>({ id, label, className = '', list, current, keyOf, onChoose, children }: {
  id: string; label: string; className?: string; list: readonly One[]; current: number;
  keyOf: (one: One) => string; onChoose: (one: One) => void; children: (one: One) => ReactNode;
}) {
  return (
    <ul className={`plain mention-list ${className}`} id={id} role="listbox" aria-label={label}>
      {list.map((one, at) => (
        <li
          key={keyOf(one)}
          id={`${id}-${at}`}
          role="option"
          aria-selected={at === current}
          className={`line${at === current ? ' line-current' : ''}`}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onChoose(one)}
        >
          {children(one)}
        </li>
      ))}
    </ul>
  );
}
