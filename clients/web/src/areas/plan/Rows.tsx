// People and how far their plans are; whoever has submitted can be opened.

import { useRef } from 'react';
import { PersonLine } from '../../kit/pieces';
import { useObservable } from '../../kit/useObservable';
import { useReport } from '../../kit/useReport';
import { useRoving } from '../../kit/useRoving';
import type { PlanPart, PlanRow } from '../../wire/generated';
import type { PlanModel } from './model';
import { StateTag } from './pieces';

export function Rows({ model, rows, part }: { model: PlanModel; rows: readonly PlanRow[]; part: PlanPart }) {
  const report = useReport();
  const { opened } = useObservable(model.plans);
  const list = useRef<HTMLUListElement>(null);
  const rove = useRoving(list);
  const stop = rows.find((row) => row.plan !== undefined && row.plan === opened?.plan) ?? rows.find((row) => row.plan !== undefined);
  return (
    <ul className="plain plan-rows" ref={list} onKeyDown={rove}>
      {rows.map((row) => {
        const { plan } = row;
        const shown = <PersonLine card={row.person} extra={<StateTag state={part === 'plan' ? row.state : row.summary} />} />;
        return (
          <li key={row.person.account}>
            {plan === undefined
              ? <div className="line line-static">{shown}</div>
              : (
                <button type="button" data-rove className={`line${opened?.plan === plan ? ' line-current' : ''}`} aria-current={opened?.plan === plan ? 'true' : undefined} tabIndex={row === stop ? 0 : -1} onClick={() => void report(() => model.look(plan))}>
                  {shown}
                </button>
              )}
          </li>
        );
      })}
    </ul>
  );
}
