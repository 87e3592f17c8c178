// What a task is, as fields: name, when, repeating, privacy, details. The browser's own date
// and time fields: they are known to everybody, and to screen readers and phones.

import Checkbox from 'antd/es/checkbox';
import Input from 'antd/es/input';
import Select from 'antd/es/select';
import Switch from 'antd/es/switch';
import { useId } from 'react';
import { useI18n } from '../../i18n';
import type { Day, Repeat, TaskItem, Weekday, Zone } from '../../wire/generated';
import { WEEKDAYS, clockOf, dayOf, instantOf, minutesOf, minutesOfClock, weekOf, weekdayOf } from './days';
import { remindWords, weekdayWords } from './words';

export type Draft = {
  title: string; note: string; private: boolean;
  fromDay: Day; from: string; toDay: Day; to: string;
  repeat: Repeat | undefined;
  /** Minutes before it begins. */
  remind: number[];
};

const REMINDERS = [0, 5, 15, 30, 60, 24 * 60] as const;
/** A hub bound: reminders of one task. */
const REMINDERS_MAX = 5;

export function newDraft(day: Day, minutes: number): Draft {
  const to = Math.min(minutes + 60, 24 * 60 - 1);
  return { title: '', note: '', private: false, fromDay: day, from: clockOf(minutes), toDay: day, to: clockOf(to), repeat: undefined, remind: [] };
}

export function draftOf(item: TaskItem, zone: Zone): Draft {
  const clock = (at: number) => clockOf(minutesOf(at, zone));
  return {
    title: item.title, note: item.note, private: item.private, repeat: item.repeat, remind: item.remind,
    fromDay: dayOf(item.starts_at, zone), from: clock(item.starts_at),
    toDay: dayOf(item.ends_at, zone), to: clock(item.ends_at),
  };
}

export function spanOf(draft: Draft, zone: Zone): { starts_at: number; ends_at: number } {
  return {
    starts_at: instantOf(draft.fromDay, minutesOfClock(draft.from), zone),
    ends_at: instantOf(draft.toDay, minutesOfClock(draft.to), zone),
  };
}

type Way = 'none' | 'day' | 'week' | 'weeks2' | 'month';

function wayOf(repeat: Repeat | undefined): Way {
  if (repeat === undefined) return 'none';
  return repeat.every === 'week' && repeat.interval === 2 ? 'weeks2' : repeat.every;
}

function repeatOf(way: Way, before: Repeat | undefined): Repeat | undefined {
  if (way === 'none') return undefined;
  const until = before?.until === undefined ? {} : { until: before.until };
  if (way === 'day' || way === 'month') return { every: way, ...until };
  const on = before?.on === undefined ? {} : { on: before.on };
  return { every: 'week', ...(way === 'weeks2' ? { interval: 2 } : {}), ...on, ...until };
}

export function TaskFields({ draft, zone, fixed, onChange }: {
  draft: Draft; zone: Zone; fixed: boolean; onChange: (draft: Draft) => void;
}) {
  const i18n = useI18n();
  const { t } = i18n;
  const id = useId();
  const set = (change: Partial<Draft>) => onChange({ ...draft, ...change });
  const begins = WEEKDAYS[weekdayOf(draft.fromDay)]!;
  const on = draft.repeat?.on ?? [begins];

  /** A task that is put on another day keeps its length. */
  function setFromDay(day: Day) {
    if (day === '') return;
    const shift = draft.toDay < day || draft.toDay === draft.fromDay;
    set({ fromDay: day, ...(shift ? { toDay: day } : {}) });
  }

  const when = (label: string, day: Day, clock: string, onDay: (day: Day) => void, onClock: (clock: string) => void) => (
    <div className="task-when-row">
      <span className="task-when-label">{label}</span>
      <input className="native" type="date" required value={day} disabled={fixed} aria-label={`${label} ${t('task.date')}`} onChange={(event) => onDay(event.target.value)} />
      <input className="native" type="time" required value={clock} disabled={fixed} aria-label={`${label} ${t('task.time')}`} onChange={(event) => { if (event.target.value !== '') onClock(event.target.value); }} />
    </div>
  );

  return (
    <div className="task-fields">
      <label className="field">
        <span>{t('task.name')}</span>
        <Input value={draft.title} maxLength={200} dir="auto" disabled={fixed} onChange={(event) => set({ title: event.target.value })} />
      </label>
      {when(t('task.starts'), draft.fromDay, draft.from, setFromDay, (from) => set({ from }))}
      {when(t('task.ends'), draft.toDay, draft.to, (toDay) => { if (toDay !== '') set({ toDay }); }, (to) => set({ to }))}
      <p className="soft small">{t(zone === 'Asia/Urumqi' ? 'task.zone.urumqi' : 'task.zone')}</p>
      <div className="field">
        <span id={`${id}repeat`}>{t('task.repeat')}</span>
        <Select<Way>
          aria-labelledby={`${id}repeat`}
          value={wayOf(draft.repeat)}
          disabled={fixed}
          onChange={(way) => set({ repeat: repeatOf(way, draft.repeat) })}
          options={(['none', 'day', 'week', 'weeks2', 'month'] as const).map((value) => ({ value, label: t(`task.repeat.${value}`) }))}
        />
      </div>
      {draft.repeat?.every === 'week' && (
        <div className="field" role="group" aria-label={t('task.repeat.on')}>
          <Checkbox.Group
            disabled={fixed}
            value={on}
            onChange={(days) => set({ repeat: { ...draft.repeat!, on: WEEKDAYS.filter((one) => days.includes(one) || one === begins) as Weekday[] } })}
            options={WEEKDAYS.map((value, index) => ({
              value, label: weekdayWords(weekOf(draft.fromDay)[index]!, i18n, 'long'), disabled: value === begins,
            }))}
          />
        </div>
      )}
      {draft.repeat !== undefined && (
        <label className="field">
          <span>{t('task.repeat.until')}</span>
          <input
            className="native"
            type="date"
            disabled={fixed}
            min={draft.fromDay}
            value={draft.repeat.until ?? ''}
            onChange={({ target }) => {
              const { until: _, ...rest } = draft.repeat!;
              set({ repeat: target.value === '' ? rest : { ...rest, until: target.value } });
            }}
          />
        </label>
      )}
      <div className="field">
        <span id={`${id}remind`}>{t('task.remind')}</span>
        <Select<number[]>
          mode="multiple"
          aria-labelledby={`${id}remind`}
          value={draft.remind}
          disabled={fixed}
          maxCount={REMINDERS_MAX}
          placeholder={t('task.remind.none')}
          showSearch={false}
          onChange={(remind) => set({ remind: [...remind].sort((a, b) => a - b) })}
          options={[...new Set([...REMINDERS, ...draft.remind])].map((value) => ({ value, label: remindWords(value, i18n) }))}
        />
      </div>
      <label className="field">
        <span>{t('task.note')}</span>
        <Input.TextArea value={draft.note} dir="auto" maxLength={4000} autoSize={{ minRows: 2, maxRows: 6 }} disabled={fixed} onChange={(event) => set({ note: event.target.value })} />
      </label>
      <div className="setting">
        <span id={`${id}private`}>{t('task.private')}</span>
        <Switch aria-labelledby={`${id}private`} checked={draft.private} disabled={fixed} onChange={(on_) => set({ private: on_ })} />
      </div>
    </div>
  );
}
