// The week's plans: one's own to write, colleagues' to read, and for heads those to review.

import LeftOutlined from '@ant-design/icons/es/icons/LeftOutlined';
import RightOutlined from '@ant-design/icons/es/icons/RightOutlined';
import ScheduleOutlined from '@ant-design/icons/es/icons/ScheduleOutlined';
import Button from 'antd/es/button';
import { type ReactNode, useEffect } from 'react';
import { useI18n } from '../../i18n';
import { Choice, Nothing } from '../../kit/pieces';
import type { RenderPicker } from '../../kit/picker';
import { useObservable } from '../../kit/useObservable';
import type { TaskItem, UnitId } from '../../wire/generated';
import { OwnPlan } from './OwnPlan';
import { ReviewList } from './ReviewList';
import { SharedList } from './SharedList';
import { type PlanModel, type PlanTab, plusWeeks } from './model';
import './plan.css';
import { weekWords } from './words';

export type UnitChoice = { unit: UnitId; label: string };

/** The tasks of the week that is shown, and what can be done with them. */
export type WeekTasks = {
  items: readonly TaskItem[];
  finish: (item: TaskItem, done: boolean) => Promise<void>;
  open: (item: TaskItem) => void;
};

export function PlansView({ model, picker, tasks, mayReview, units, onBack }: {
  model: PlanModel; picker: RenderPicker; tasks: WeekTasks; mayReview: boolean;
  units: readonly UnitChoice[]; onBack: () => void;
}) {
  const i18n = useI18n();
  const { t, error } = i18n;
  const { tab, week, loaded, failure } = useObservable(model.plans);
  const current = useObservable(model.current);
  useEffect(() => model.open(), [model]);
  const tabs: PlanTab[] = ['own', 'shared', ...(mayReview ? ['review' as const] : [])];
  const pages: Record<PlanTab, () => ReactNode> = {
    own: () => <OwnPlan key={week} model={model} picker={picker} tasks={tasks} />,
    shared: () => <SharedList model={model} />,
    review: () => <ReviewList model={model} units={units} />,
  };
  return (
    <main className="page plans" id="main">
      <h1 className="sr">{t('plan.title')}</h1>
      <div className="plan-head">
        <Choice<PlanTab> label={t('plan.tabs')} value={tab} onChange={(next) => model.show({ tab: next })} options={tabs.map((value) => ({ value, label: t(`plan.tab.${value}`) }))} />
        <div className="plan-steps">
          <Button type="text" icon={<LeftOutlined className="flip" aria-hidden="true" />} aria-label={t('plan.earlier')} disabled={week === ''} onClick={() => model.show({ week: plusWeeks(week, -1) })} />
          {week !== '' && <h2 aria-live="polite"><bdi>{weekWords(week, i18n)}</bdi></h2>}
          <Button type="text" icon={<RightOutlined className="flip" aria-hidden="true" />} aria-label={t('plan.later')} disabled={week === ''} onClick={() => model.show({ week: plusWeeks(week, 1) })} />
          <Button disabled={current === ''} onClick={() => model.show({ week: current })}>{t('plan.thisWeek')}</Button>
        </div>
        <Button icon={<ScheduleOutlined aria-hidden="true" />} onClick={onBack}>{t('plan.back')}</Button>
      </div>
      {failure !== null && <p className="wrong" role="alert">{error(failure)}</p>}
      {!loaded && failure === null && <Nothing>{t('app.loading')}</Nothing>}
      {loaded && pages[tab]()}
    </main>
  );
}
