// One task as it stands in a day, a week or a month. Alt and an arrow key move it, for who
// cannot or will not drag.

import LockOutlined from '@ant-design/icons/es/icons/LockOutlined';
import CheckCircleFilled from '@ant-design/icons/es/icons/CheckCircleFilled';
import RetweetOutlined from '@ant-design/icons/es/icons/RetweetOutlined';
import type { CSSProperties, KeyboardEvent, PointerEvent } from 'react';
import { useI18n } from '../../i18n';
import type { AccountId, TaskItem, Zone } from '../../wire/generated';
import type { Drag } from './drag';
import { isOwner, keyOf } from './model';
import { spanWords } from './words';

export type Moves = {
  /** By so many days and minutes. */
  move: (item: TaskItem, days: number, minutes: number) => void;
  open: (item: TaskItem) => void;
  take: (event: PointerEvent, key: string) => void;
  justDropped: () => boolean;
  drag: Drag | null;
  me: AccountId;
  zone: Zone;
  /** Nothing can be moved in somebody else's calendar. */
  fixed: boolean;
};

export function TaskCard({ item, moves, steps, style, small }: {
  item: TaskItem; moves: Moves; style?: CSSProperties; small?: boolean;
  /** What an arrow key moves it by: days across, and days or minutes down. */
  steps: { across: number; down: 'week' | 'quarter' | 'none' };
}) {
  const i18n = useI18n();
  const { t, dir } = i18n;
  const mine = !moves.fixed && isOwner(item, moves.me);
  const key = keyOf(item);
  const dragged = moves.drag?.key === key ? moves.drag : null;

  function onKeyDown(event: KeyboardEvent) {
    if (!event.altKey || !mine) return;
    const forward = dir === 'rtl' ? -1 : 1;
    const across = { ArrowRight: forward, ArrowLeft: -forward }[event.key] ?? 0;
    const down = { ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0;
    const days = across * steps.across + (steps.down === 'week' ? down * 7 : 0);
    const minutes = steps.down === 'quarter' ? down * 15 : 0;
    if (days === 0 && minutes === 0) return;
    event.preventDefault();
    moves.move(item, days, minutes);
  }

  const marks = [
    item.done && t('task.done'), item.altered && t('task.altered'), item.private && t('task.isPrivate'), item.repeat !== undefined && t('task.isRepeating'),
  ].filter(Boolean).join('，');
  return (
    <button
      type="button"
      className={`task${item.done ? ' task-done' : ''}${small ? ' task-small' : ''}${dragged ? ' task-dragged' : ''}${mine ? ' task-mine' : ''}`}
      data-task={item.task}
      style={dragged ? { ...style, transform: `translate(${dragged.dx}px, ${dragged.dy}px)` } : style}
      onPointerDown={(event) => { if (mine) moves.take(event, key); }}
      onKeyDown={onKeyDown}
      onClick={() => { if (!moves.justDropped()) moves.open(item); }}
    >
      <span className="task-top">
        {item.done && <CheckCircleFilled aria-hidden="true" />}
        <bdi className="task-title">{item.title}</bdi>
        {item.private && <LockOutlined aria-hidden="true" />}
        {item.repeat !== undefined && <RetweetOutlined aria-hidden="true" />}
        {marks !== '' && <span className="sr">{marks}</span>}
      </span>
      <span className="task-when"><bdi>{spanWords(item, moves.zone, i18n)}</bdi></span>
    </button>
  );
}
