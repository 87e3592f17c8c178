// The schedule: the same tasks by day, by week and by month.

import CalendarOutlined from '@ant-design/icons/es/icons/CalendarOutlined';
import DownloadOutlined from '@ant-design/icons/es/icons/DownloadOutlined';
import LeftOutlined from '@ant-design/icons/es/icons/LeftOutlined';
import FileDoneOutlined from '@ant-design/icons/es/icons/FileDoneOutlined';
import PlusOutlined from '@ant-design/icons/es/icons/PlusOutlined';
import RightOutlined from '@ant-design/icons/es/icons/RightOutlined';
import Button from 'antd/es/button';
import Select from 'antd/es/select';
import { useEffect, useState } from 'react';
import { useI18n } from '../../i18n';
import { Choice, Nothing } from '../../kit/pieces';
import type { RenderPicker } from '../../kit/picker';
import { useObservable } from '../../kit/useObservable';
import { useReport } from '../../kit/useReport';
import type { AccountId, Day, StreamId, TaskItem } from '../../wire/generated';
import { DayView } from './DayView';
import { MonthView } from './MonthView';
import { NewTask } from './NewTask';
import { useScope } from './ScopeDialog';
import { ShareDialog } from './ShareDialog';
import type { Moves } from './TaskCard';
import { TaskDrawer } from './TaskDrawer';
import { type Draft, newDraft } from './TaskFields';
import type { RenderFiles } from './TaskFiles';
import { WeekView } from './WeekView';
import { DAY_MS, MINUTE_MS, daysFrom, dayOf, mondayOf, plusDays, plusMonths, touches } from './days';
import { useDrag } from './drag';
import { save, tableOf } from './exported';
import { type Look, type TaskModel, keyOf } from './model';
import './task.css';
import { dayWords, monthWords, rangeWords } from './words';

const QUARTER = 15;
const WORK_BEGINS = 10 * 60;

export function TasksView({ model, picker, files, onRoom, onPerson, onPlans }: {
  model: TaskModel; picker: RenderPicker; files: RenderFiles;
  onRoom: (stream: StreamId) => void; onPerson?: (account: AccountId) => void; onPlans: () => void;
}) {
  const i18n = useI18n();
  const { t, error } = i18n;
  const { shown, items, failure, loaded } = useObservable(model.tasks);
  const report = useReport();
  const [making, setMaking] = useState<Draft | null>(null);
  const [opened, setOpened] = useState<string | null>(null);
  const [sharing, setSharing] = useState(false);
  const [said, setSaid] = useState('');
  const { ask, dialog } = useScope();
  const today = model.today();
  const { look, day, of } = shown;

  useEffect(() => model.open(), [model]);
  const seek = useObservable(model.seek);
  useEffect(() => { if (seek !== null) void report(() => model.goTo(seek)); }, [model, seek, report]);
  useEffect(() => {
    const found = items.filter((one) => one.task === seek);
    const sought = found.find((one) => touches(day, one.starts_at, one.ends_at, model.zone)) ?? found[0];
    if (sought === undefined) return;
    model.seek.set(null);
    setOpened(keyOf(sought));
  }, [model, seek, items, day]);
  useEffect(() => { model.loadShares().catch(() => undefined); }, [model]);

  async function move(item: TaskItem, days: number, minutes: number) {
    const by = days * DAY_MS + minutes * MINUTE_MS;
    if (by === 0) return;
    const scope = await ask(item);
    if (scope === null) return;
    const moved = await report(() => model.move(item, item.starts_at + by, item.ends_at + by, scope));
    if (moved) setSaid(t('task.moved', { title: item.title, when: dayWords(dayOf(item.starts_at + by, model.zone), i18n) }));
  }

  const { drag, take, justDropped } = useDrag((drop) => {
    const item = items.find((one) => keyOf(one) === drop.key);
    if (item === undefined) return;
    if (drop.day !== null) return void move(item, daysFrom(dayOf(item.starts_at, model.zone), drop.day), 0);
    const hour = document.querySelector('.task-hour')?.clientHeight;
    if (look !== 'day' || hour === undefined) return;
    void move(item, 0, Math.round(((drop.dy / hour) * 60) / QUARTER) * QUARTER);
  });
  const moves: Moves = {
    move: (item, days, minutes) => void move(item, days, minutes),
    open: (item) => setOpened(keyOf(item)),
    take, drag, justDropped, me: model.me, zone: model.zone, fixed: of !== null,
  };
  const add = (on: Day, minutes = WORK_BEGINS) => setMaking(newDraft(on, minutes));
  const item = items.find((one) => keyOf(one) === opened);

  async function exportTable() {
    const [from] = model.window();
    await report(() => model.loadNames());
    save(tableOf(items, model.zone, model.cards, i18n), `${t('task.exportName')} ${from}.csv`);
  }

  const heading = look === 'day' ? dayWords(day, i18n)
    : look === 'month' ? monthWords(day, i18n)
      : rangeWords(mondayOf(day), plusDays(mondayOf(day), 6), i18n);
  return (
    <main className="page tasks" id="main">
      <h1 className="sr">{t('task.title')}</h1>
      <TasksHead model={model} heading={heading} onExport={() => void exportTable()} onNew={() => add(day < today && look === 'day' ? today : day)} onShare={() => setSharing(true)} onPlans={onPlans} />
      <p className="sr" role="status">{said}</p>
      {failure !== null && <p className="wrong" role="alert">{error(failure)}</p>}
      {!loaded && <Nothing>{t('app.loading')}</Nothing>}
      {look === 'day' && (
        <DayView day={day} today={today} now={model.now()} items={items} moves={moves} onDay={(next) => model.show({ day: next })} onAdd={(minutes) => { if (of === null) add(day, minutes); }} />
      )}
      {look === 'week' && <WeekView day={day} today={today} items={items} moves={moves} onAdd={of === null ? (next) => add(next) : undefined} />}
      {look === 'month' && <MonthView day={day} today={today} items={items} moves={moves} onDay={(next) => model.show({ look: 'day', day: next })} />}
      {of === null && <p className="soft small task-hint">{t('task.moveHint')}</p>}
      {making !== null && <NewTask model={model} begin={making} picker={picker} onClose={() => setMaking(null)} />}
      {item !== undefined && (
        <TaskDrawer
          key={keyOf(item)}
          model={model}
          item={item}
          picker={picker}
          files={files}
          fixed={of !== null}
          ask={ask}
          onRoom={onRoom}
          onPerson={onPerson}
          onMoved={(task) => model.seek.set(task)}
          onClose={() => setOpened(null)}
        />
      )}
      {dialog}
      {sharing && <ShareDialog model={model} picker={picker} onClose={() => setSharing(false)} />}
    </main>
  );
}

function TasksHead({ model, heading, onExport, onNew, onShare, onPlans }: {
  model: TaskModel; heading: string; onExport: () => void; onNew: () => void; onShare: () => void; onPlans: () => void;
}) {
  const { t, name } = useI18n();
  const { look, day, of } = useObservable(model.tasks).shown;
  const shares = useObservable(model.shares);
  const step = (by: number) => model.show({
    day: look === 'month' ? plusMonths(day, by) : plusDays(day, look === 'week' ? by * 7 : by),
  });
  return (
    <div className="task-head">
      <Choice<Look>
        label={t('task.look')}
        value={look}
        onChange={(next) => model.show({ look: next })}
        options={(['day', 'week', 'month'] as const).map((value) => ({ value, label: t(`task.look.${value}`) }))}
      />
      <div className="task-steps">
        <Button type="text" icon={<LeftOutlined className="flip" aria-hidden="true" />} aria-label={t('task.earlier')} onClick={() => step(-1)} />
        <h2 aria-live="polite"><bdi>{heading}</bdi></h2>
        <Button type="text" icon={<RightOutlined className="flip" aria-hidden="true" />} aria-label={t('task.later')} onClick={() => step(1)} />
        <Button onClick={() => model.show({ day: model.today() })}>{t('task.today')}</Button>
      </div>
      <div className="task-tools">
        {shares !== null && shares.from.length > 0 && (
          <Select
            aria-label={t('task.whose')}
            value={of ?? ''}
            popupMatchSelectWidth={false}
            onChange={(next: string) => model.show({ of: next === '' ? null : next, ...(next === '' ? {} : { look: 'month' as const }) })}
            options={[
              { value: '', label: t('task.mine') },
              ...shares.from.map((card) => ({ value: card.account, label: t('task.others', { name: name(card.names) }) })),
            ]}
          />
        )}
        <Button icon={<FileDoneOutlined aria-hidden="true" />} onClick={onPlans}>{t('task.plans')}</Button>
        <Button icon={<DownloadOutlined aria-hidden="true" />} onClick={onExport}>{t('task.export')}</Button>
        <Button icon={<CalendarOutlined aria-hidden="true" />} onClick={onShare}>{t('task.share')}</Button>
        {of === null && <Button type="primary" icon={<PlusOutlined aria-hidden="true" />} onClick={onNew}>{t('task.new')}</Button>}
      </div>
    </div>
  );
}
