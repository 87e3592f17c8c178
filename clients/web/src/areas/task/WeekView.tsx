// The week plan: seven days side by side, below one another on a phone.

import PlusOutlined from '@ant-design/icons/es/icons/PlusOutlined';
import Button from 'antd/es/button';
import { useI18n } from '../../i18n';
import type { Day, TaskItem } from '../../wire/generated';
import { type Moves, TaskCard } from './TaskCard';
import { touches, weekOf } from './days';
import { keyOf } from './model';
import { dayWords, weekdayWords } from './words';

export function WeekView({ day, today, items, moves, onAdd }: {
  day: Day; today: Day; items: readonly TaskItem[]; moves: Moves; onAdd: ((day: Day) => void) | undefined;
}) {
  const i18n = useI18n();
  const { t } = i18n;
  return (
    <ol className="plain task-week">
      {weekOf(day).map((one) => (
        <li
          key={one}
          data-day={one}
          className={`task-cell${one === today ? ' task-today' : ''}${moves.drag?.day === one ? ' task-over' : ''}`}
          aria-label={dayWords(one, i18n)}
        >
          <div className="task-cell-head">
            <span className="task-date">{Number(one.slice(8))}</span>
            <span className="small">{weekdayWords(one, i18n, 'long')}</span>
            {onAdd && (
              <Button type="text" size="small" icon={<PlusOutlined aria-hidden="true" />} aria-label={`${t('task.new')} ${dayWords(one, i18n)}`} onClick={() => onAdd(one)} />
            )}
          </div>
          {items.filter((item) => touches(one, item.starts_at, item.ends_at, moves.zone)).map((item) => (
            <TaskCard key={keyOf(item)} item={item} moves={moves} steps={{ across: 1, down: 'none' }} />
          ))}
        </li>
      ))}
    </ol>
  );
}
