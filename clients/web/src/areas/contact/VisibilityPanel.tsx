// Who sees which unit, for those who manage it.

import App from 'antd/es/app';
import Button from 'antd/es/button';
import Select from 'antd/es/select';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { type TextKey, useI18n } from '../../i18n';
import { Nothing } from '../../kit/pieces';
import type { ErrorBody, Grant, Role, UnitId, UnitNode, Visibility } from '../../wire/generated';
import { errorBodyOf } from '../../wire/http';
import type { ContactModel } from './model';
import { ROLES } from './RulesPanel';

const WAYS = ['all', 'own_tree', 'named', 'managers'] as const;
const MANAGERS: ReadonlySet<Role> = new Set(['region_admin']);

/** Units that the person manages; the hub has the last word. */
function managed(units: readonly UnitNode[], grants: readonly Grant[]): UnitNode[] {
  const own = new Set(grants.filter((one) => MANAGERS.has(one.role)).map((one) => one.unit));
  const parents = new Map(units.map((one) => [one.unit, one.parent]));
  const within = (unit: UnitId | undefined): boolean => unit !== undefined && (own.has(unit) || within(parents.get(unit)));
  return units.filter((one) => within(one.unit));
}

export function VisibilityPanel({ model, grants }: { model: ContactModel; grants: readonly Grant[] }) {
  const { t, name, error } = useI18n();
  const { message } = App.useApp();
  const [units, setUnits] = useState<readonly UnitNode[]>([]);
  const [unit, setUnit] = useState<UnitId | null>(null);
  const [visible, setVisible] = useState<Visibility>({ to: 'all' });
  const [failure, setFailure] = useState<ErrorBody | null>(null);
  const [busy, setBusy] = useState(false);

  const load = useCallback(() => model.units().then(setUnits, (cause: unknown) => setFailure(errorBodyOf(cause))), [model]);
  useEffect(() => { void load(); }, [load]);

  const options = useMemo(() => units.map((one) => ({ value: one.unit, label: name(one.names) })), [units, name]);
  const mine = useMemo(() => managed(units, grants).map((one) => ({ value: one.unit, label: name(one.names) })), [units, grants, name]);
  const limited = units.filter((one) => one.visible !== undefined);
  const to = (way: (typeof WAYS)[number]) => setVisible(way === 'named' ? { to: 'named', units: [], roles: [] } : { to: way });
  const choose = (id: UnitId) => {
    setUnit(id);
    setVisible(units.find((one) => one.unit === id)?.visible ?? { to: 'all' });
  };

  async function save() {
    if (unit === null) return;
    setBusy(true);
    setFailure(null);
    try {
      await model.setVisibility(unit, visible);
      await load();
      void message.success(t('rules.saved'));
    } catch (cause) {
      setFailure(errorBodyOf(cause));
    } finally {
      setBusy(false);
    }
  }

  const words = (one: Visibility): string => {
    if (one.to !== 'named') return t(`sight.${one.to}`);
    const named = options.filter(({ value }) => one.units.includes(value)).map(({ label }) => label);
    return `${t('sight.named')}: ${[...named, ...one.roles.map((role) => t(`role.${role}`))].join(' · ')}`;
  };
  const label = (key: TextKey) => <span>{t(key)}</span>;
  return (
    <section className="card contact-rules contact-sight" aria-labelledby="contact-sight">
      <h2 id="contact-sight">{t('sight.title')}</h2>
      <p className="soft">{t('sight.lead')}</p>
      {failure !== null && <Nothing>{error(failure)}</Nothing>}
      <ul className="plain">
        {limited.map((one) => (
          <li key={one.unit} className="line line-static">
            <span className="line-body"><bdi>{name(one.names)}</bdi> · <bdi>{words(one.visible!)}</bdi></span>
          </li>
        ))}
      </ul>
      <div className="contact-rule-new">
        <label>
          {label('sight.unit')}
          <Select<UnitId> showSearch optionFilterProp="label" aria-label={t('sight.unit')} value={unit} onChange={choose} options={mine} />
        </label>
        <label>
          {label('sight.who')}
          <Select
            aria-label={t('sight.who')} disabled={unit === null} value={visible.to} onChange={to}
            options={WAYS.map((value) => ({ value, label: t(`sight.${value}`) }))}
          />
        </label>
        {visible.to === 'named' && (
          <>
            <label>
              {label('sight.units')}
              <Select<UnitId[]>
                mode="multiple" optionFilterProp="label" aria-label={t('sight.units')} value={visible.units}
                onChange={(chosen) => setVisible({ ...visible, units: chosen })} options={options}
              />
            </label>
            <label>
              {label('sight.roles')}
              <Select<Role[]>
                mode="multiple" optionFilterProp="label" aria-label={t('sight.roles')} value={visible.roles}
                onChange={(chosen) => setVisible({ ...visible, roles: chosen })}
                options={ROLES.map((role) => ({ value: role, label: t(`role.${role}`) }))}
              />
            </label>
          </>
        )}
        <Button type="primary" disabled={unit === null} loading={busy} onClick={() => void save()}>{t('rules.save')}</Button>
      </div>
    </section>
  );
}
