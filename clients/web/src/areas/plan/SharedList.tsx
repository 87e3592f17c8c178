// Plans that colleagues share.

import { useI18n } from '../../i18n';
import { Nothing } from '../../kit/pieces';
import { useObservable } from '../../kit/useObservable';
import { Reading } from './Reading';
import { Rows } from './Rows';
import type { PlanModel } from './model';

export function SharedList({ model }: { model: PlanModel }) {
  const { t } = useI18n();
  const { shared, opened } = useObservable(model.plans);
  return (
    <div className={`plan-cols plan-cols-list${opened === null ? '' : ' plan-chosen'}`}>
      <section className="card plan-list" aria-label={t('plan.tab.shared')}>
        {shared.length === 0 ? <Nothing>{t('plan.noneShared')}</Nothing> : <Rows model={model} rows={shared} part="plan" />}
      </section>
      <Reading model={model} />
    </div>
  );
}
