// Small pieces of plans.

import { useI18n } from '../../i18n';
import { useObservable } from '../../kit/useObservable';
import type { AccountId, PlanState } from '../../wire/generated';
import type { PlanModel } from './model';

export function StateTag({ state }: { state: PlanState }) {
  const { t } = useI18n();
  return <span className={`plan-tag plan-tag-${state}`}>{t(`plan.state.${state}`)}</span>;
}

export function Names({ model, accounts, words }: {
  model: PlanModel; accounts: readonly AccountId[]; words: 'plan.to';
}) {
  const { t, name } = useI18n();
  const cards = useObservable(model.cards.all);
  const known = accounts.flatMap((one) => cards.get(one) ?? []);
  return <>{t(words, { names: known.map((card) => name(card.names)).join('、') })}</>;
}
