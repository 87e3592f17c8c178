// The timeline: one day by the hour, its week above it.

import { useEffect, useRef } from 'react';
import { useI18n } from '../../i18n';
import { Nothing } from '../../kit/pieces';
import type { Day, TaskItem } from '../../wire/generated';
import { type Moves, TaskCard } from './TaskCard';
import { clockOf, instantOf, minutesOf, touches, weekOf, DAY_MS, MINUTE_MS } from './days';
import { inLanes } from './lanes';
import { isLong, keyOf } from './model';
import { dayWords, weekdayWords } from './words';

/** One hour's height, in rem: large letters get more room. */
export const HOUR_REM = 3.5;
const DAY_MINUTES = 24 * 60;
/** Shorter tasks are drawn as if they took so long: their name must be readable. */
const SHOWN_MINUTES_MIN = 30;
const OPENS_AT = 8;

export function DayView({ day, today, now, items, moves, onDay, onAdd }: {
  day: Day; today: Day; now: number; items: readonly TaskItem[]; moves: Moves;
  onDay: (day: Day) => void; onAdd: (minutes: number) => void;
}) {
  const i18n = useI18n();
  const { t } = i18n;
  const { zone } = moves;
  const hours = useRef<HTMLDivElement>(null);
  const here = items.filter((item) => touches(day, item.starts_at, item.ends_at, zone));
  const begins = instantOf(day, 0, zone);
  const whole = here.filter((item) => isLong(item) || item.starts_at < begins || item.ends_at > begins + DAY_MS);
  const placed = inLanes(here.filter((item) => !whole.includes(item)).map((item) => {
    const from = minutesOf(item.starts_at, zone);
    const length = (item.ends_at - item.starts_at) / MINUTE_MS;
    return { item, from, to: Math.min(DAY_MINUTES, from + Math.max(SHOWN_MINUTES_MIN, length)) };
  }));

  // The working day is what one wants to see first.
  useEffect(() => {
    const frame = hours.current;
    if (frame !== null) frame.scrollTop = (frame.scrollHeight / 24) * OPENS_AT;
  }, [day]);

  return (
    <section className="card task-day" aria-label={dayWords(day, i18n)}>
      <ul className="plain task-strip">
        {weekOf(day).map((one) => {
          const count = items.filter((item) => touches(one, item.starts_at, item.ends_at, zone)).length;
          return (
            <li key={one}>
              <button type="button" data-day={one} aria-current={one === day ? 'date' : undefined} className={one === today ? 'task-today' : ''} onClick={() => onDay(one)}>
                <span className="small" aria-hidden="true">{weekdayWords(one, i18n)}</span>
                <span className="sr">{weekdayWords(one, i18n, 'long')}</span>
                <span className="task-date">{Number(one.slice(8))}</span>
                <span className="task-count">{count > 0 && <><span aria-hidden="true">{count}</span><span className="sr">{t('task.count', { n: count })}</span></>}</span>
              </button>
            </li>
          );
        })}
      </ul>
      {whole.length > 0 && (
        <div className="task-whole">
          <span className="soft small">{t('task.allDay')}</span>
          {whole.map((item) => <TaskCard key={keyOf(item)} item={item} moves={moves} steps={{ across: 1, down: 'none' }} small />)}
        </div>
      )}
      {here.length === 0 && <Nothing>{t('task.none')}</Nothing>}
      <div className="task-hours" ref={hours} tabIndex={0} role="group" aria-label={dayWords(day, i18n)}>
        <div className="task-grid" style={{ blockSize: `${24 * HOUR_REM}rem` }}>
          {Array.from({ length: 24 }, (_, hour) => (
            <div
              key={hour}
              className="task-hour"
              style={{ insetBlockStart: `${hour * HOUR_REM}rem`, blockSize: `${HOUR_REM}rem` }}
              onDoubleClick={() => onAdd(hour * 60)}
            >
              <span dir="ltr">{clockOf(hour * 60)}</span>
            </div>
          ))}
          {day === today && (
            <div className="task-now" style={{ insetBlockStart: `${(minutesOf(now, zone) / 60) * HOUR_REM}rem` }}>
              <span className="sr">{t('task.now')}</span>
            </div>
          )}
          <div className="task-lanes">
            {placed.map(({ item: { item, from, to }, lane, lanes }) => (
              <TaskCard
                key={keyOf(item)}
                item={item}
                moves={moves}
                steps={{ across: 1, down: 'quarter' }}
                style={{
                  position: 'absolute',
                  insetBlockStart: `${(from / 60) * HOUR_REM}rem`,
                  blockSize: `calc(${((to - from) / 60) * HOUR_REM}rem - 2px)`,
                  insetInlineStart: `${(lane / lanes) * 100}%`,
                  inlineSize: `calc(${100 / lanes}% - 4px)`,
                }}
              />
            ))}
          </div>
        </div>
      </div>
    </section>
  );
}
