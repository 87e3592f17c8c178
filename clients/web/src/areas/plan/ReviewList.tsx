// For heads: how far the people of their units are, and each one's plan to review.

import DownloadOutlined from '@ant-design/icons/es/icons/DownloadOutlined';
import Button from 'antd/es/button';
import Select from 'antd/es/select';
import { useI18n } from '../../i18n';
import { Choice, Nothing } from '../../kit/pieces';
import { useObservable } from '../../kit/useObservable';
import { useReport } from '../../kit/useReport';
import type { PlanCounts, PlanPart, PlanState } from '../../wire/generated';
import { Reading } from './Reading';
import { Rows } from './Rows';
import type { UnitChoice } from './PlansView';
import type { PlanModel } from './model';

const STATES: readonly PlanState[] = ['draft', 'submitted', 'approved', 'returned'];

export function ReviewList({ model, units }: { model: PlanModel; units: readonly UnitChoice[] }) {
  const { t, language } = useI18n();
  const report = useReport();
  const { overview, filter, opened } = useObservable(model.plans);
  if (overview === null) return null;
  return (
    <>
      <div className="plan-tools">
        <Choice<PlanPart> label={t('plan.part')} value={filter.part} onChange={(part) => model.show({ filter: { part } })} options={(['plan', 'summary'] as const).map((value) => ({ value, label: t(`plan.part.${value}`) }))} />
        <Select
          aria-label={t('plan.unit')}
          className="plan-unit"
          value={overview.unit}
          showSearch={{ optionFilterProp: 'label' }}
          popupMatchSelectWidth={false}
          onChange={(unit: string) => model.show({ filter: { unit } })}
          options={units.map(({ unit, label }) => ({ value: unit, label }))}
        />
        <Select
          aria-label={t('plan.state')}
          className="plan-state"
          value={filter.state ?? ''}
          popupMatchSelectWidth={false}
          onChange={(state: PlanState | '') => model.show({ filter: { state: state === '' ? null : state } })}
          options={[{ value: '', label: t('plan.state.any') }, ...STATES.map((value) => ({ value, label: t(`plan.state.${value}`) }))]}
        />
        <Button icon={<DownloadOutlined aria-hidden="true" />} href={model.tableUrl(language)} download>{t('plan.export')}</Button>
      </div>
      <Counts counts={overview.units} part={filter.part} />
      <div className={`plan-cols plan-cols-list${opened === null ? '' : ' plan-chosen'}`}>
        <section className="card plan-list" aria-label={t('plan.tab.review')}>
          {overview.items.length === 0 ? <Nothing>{t('plan.nobody')}</Nothing> : <Rows model={model} rows={overview.items} part={filter.part} />}
          {overview.next !== undefined && <Button block onClick={() => void report(() => model.more())}>{t('plan.more')}</Button>}
        </section>
        <Reading model={model} />
      </div>
    </>
  );
}

function Counts({ counts, part }: { counts: readonly PlanCounts[]; part: PlanPart }) {
  const { t, name } = useI18n();
  const total = (state: PlanState) => counts.reduce((sum, unit) => sum + tally(unit, part, state), 0);
  return (
    <section className="card plan-counts" aria-label={t('plan.counts')} tabIndex={0}>
      <table>
        <caption className="sr">{t('plan.counts')}</caption>
        <thead>
          <tr><th scope="col">{t('plan.unit')}</th><th scope="col">{t('plan.people')}</th>{STATES.map((state) => <th key={state} scope="col">{t(`plan.state.${state}`)}</th>)}</tr>
        </thead>
        <tbody>
          {counts.length > 1 && (
            <tr className="plan-total">
              <th scope="row">{t('plan.state.any')}</th>
              <td>{counts.reduce((sum, unit) => sum + unit.people, 0)}</td>
              {STATES.map((state) => <td key={state}>{total(state)}</td>)}
            </tr>
          )}
          {counts.map((unit) => (
            <tr key={unit.unit}>
              <th scope="row"><bdi>{name(unit.names)}</bdi></th>
              <td>{unit.people}</td>
              {STATES.map((state) => <td key={state}>{tally(unit, part, state)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function tally(unit: PlanCounts, part: PlanPart, state: PlanState): number {
  return unit[part][state === 'draft' ? 'missing' : state];
}
