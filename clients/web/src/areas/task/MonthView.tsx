// The month: whole weeks, each day with its first tasks and how many more there are.

import { useI18n } from '../../i18n';
import type { Day, TaskItem } from '../../wire/generated';
import { type Moves, TaskCard } from './TaskCard';
import { monthOf, touches, weekOf } from './days';
import { keyOf } from './model';
import { dayWords, weekdayWords } from './words';

const SHOWN_MAX = 3;
/** A line that says how many more there are takes a task's place. */
const SHOWN_WITH_REST = 2;

export function MonthView({ day, today, items, moves, onDay }: {
  day: Day; today: Day; items: readonly TaskItem[]; moves: Moves; onDay: (day: Day) => void;
}) {
  const i18n = useI18n();
  const { t } = i18n;
  const month = day.slice(0, 7);
  return (
    <div className="task-month-frame">
      <div className="task-month-head" aria-hidden="true">
        {weekOf(day).map((one) => <span key={one}>{weekdayWords(one, i18n)}</span>)}
      </div>
      <ol className="plain task-month">
        {monthOf(day).map((one) => {
          const here = items.filter((item) => touches(one, item.starts_at, item.ends_at, moves.zone));
          const shown = here.length > SHOWN_MAX ? SHOWN_WITH_REST : SHOWN_MAX;
          return (
            <li
              key={one}
              data-day={one}
              className={`task-cell${one === today ? ' task-today' : ''}${one.startsWith(month) ? '' : ' task-outside'}${moves.drag?.day === one ? ' task-over' : ''}`}
            >
              <button type="button" className="task-date-button" aria-label={dayWords(one, i18n)} aria-current={one === today ? 'date' : undefined} onClick={() => onDay(one)}>
                <span className="task-date">{Number(one.slice(8))}</span>
                {here.length > 0 && <span className="task-dots" aria-hidden="true">{here.length}</span>}
              </button>
              {here.slice(0, shown).map((item) => (
                <TaskCard key={keyOf(item)} item={item} moves={moves} steps={{ across: 1, down: 'week' }} small />
              ))}
              {here.length > shown && (
                <button type="button" className="task-rest" onClick={() => onDay(one)}>{t('task.more', { n: here.length - shown })}</button>
              )}
            </li>
          );
        })}
      </ol>
    </div>
  );
}
