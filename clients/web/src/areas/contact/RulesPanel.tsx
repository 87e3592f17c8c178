// The rules of who may talk to whom, for those who set them.

import Button from 'antd/es/button';
import InputNumber from 'antd/es/input-number';
import Select from 'antd/es/select';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { type TextKey, useI18n } from '../../i18n';
import { Nothing } from '../../kit/pieces';
import type { ContactLevel, ContactRules, ContactSide, ErrorBody, Role, UnitNode } from '../../wire/generated';
import { errorBodyOf } from '../../wire/http';
import { uuid7 } from '../../wire/uuid7';
import type { ContactModel } from './model';

export const ROLES: readonly Role[] = [
  'counter_staff', 'department_staff', 'department_head', 'hall_manager', 'region_admin',
  'sign_interpreter', 'leader', 'operator', 'auditor',
];
const LEVELS: readonly ContactLevel[] = ['white', 'grey', 'black'];

function sideOf(key: string): ContactSide {
  const [who, id] = key.split('=');
  if (who === 'role') return { who: 'role', role: id as Role };
  if (who === 'unit') return { who: 'unit', unit: id! };
  return { who: 'everyone' };
}

export function RulesPanel({ model }: { model: ContactModel }) {
  const { t, name, error } = useI18n();
  const [rules, setRules] = useState<ContactRules | null>(null);
  const [units, setUnits] = useState<readonly UnitNode[]>([]);
  const [failure, setFailure] = useState<ErrorBody | null>(null);
  const [one, setOne] = useState('everyone');
  const [other, setOther] = useState('everyone');
  const [level, setLevel] = useState<ContactLevel>('grey');
  const [hours, setHours] = useState<number | null>(null);

  const load = useCallback(async () => {
    try {
      setRules(await model.rules());
      setUnits(await model.units());
    } catch (cause) {
      setFailure(errorBodyOf(cause));
    }
  }, [model]);
  useEffect(() => { void load(); }, [load]);

  async function run(work: Promise<unknown>) {
    setFailure(null);
    try {
      await work;
      await load();
    } catch (cause) {
      setFailure(errorBodyOf(cause));
    }
  }

  const sides = useMemo(() => [
    { value: 'everyone', label: t('rules.everyone') },
    ...ROLES.map((role) => ({ value: `role=${role}`, label: t(`role.${role}`) })),
    ...units.map((unit) => ({ value: `unit=${unit.unit}`, label: name(unit.names) })),
  ], [units, t, name]);
  const words = (side: ContactSide): string => {
    if (side.who === 'role') return t(`role.${side.role}`);
    if (side.who === 'unit') return name(units.find((unit) => unit.unit === side.unit)?.names ?? { zh: '—' });
    if (side.who === 'person') return name(rules?.people.find((card) => card.account === side.account)?.names ?? { zh: '—' });
    return t('rules.everyone');
  };
  const pick = (label: TextKey, value: string, set: (value: string) => void) => (
    <label>
      <span>{t(label)}</span>
      <Select showSearch optionFilterProp="label" aria-label={t(label)} value={value} onChange={set} options={sides} />
    </label>
  );
  return (
    <section className="card contact-rules" aria-labelledby="contact-rules">
      <h2 id="contact-rules">{t('rules.title')}</h2>
      <p className="soft">{t('rules.lead')}</p>
      {failure !== null && <Nothing>{error(failure)}</Nothing>}
      <ul className="plain">
        {rules?.rules.map((rule) => (
          <li key={rule.rule} className="line line-static">
            <span className="line-body"><bdi>{words(rule.one)}</bdi> ↔ <bdi>{words(rule.other)}</bdi> · {t(`rules.level.${rule.level}`)}</span>
            <Button
              size="small" danger aria-label={t('rules.remove', { one: words(rule.one), other: words(rule.other) })}
              onClick={() => void run(model.removeRule(rule.rule))}
            >
              ×
            </Button>
          </li>
        ))}
      </ul>
      <div className="contact-rule-new">
        {pick('rules.one', one, setOne)}
        {pick('rules.other', other, setOther)}
        <label>
          <span>{t('rules.level')}</span>
          <Select<ContactLevel>
            aria-label={t('rules.level')} value={level} onChange={setLevel}
            options={LEVELS.map((value) => ({ value, label: t(`rules.level.${value}`) }))}
          />
        </label>
        <Button
          type="primary"
          onClick={() => void run(model.setRule({ rule: uuid7(), one: sideOf(one), other: sideOf(other), level }))}
        >
          {t('rules.add')}
        </Button>
      </div>
      {rules !== null && (
        <div className="contact-rule-new">
          <label>
            <span>{t('rules.hours')}</span>
            <InputNumber
              aria-label={t('rules.hours')} min={1} max={744}
              value={hours ?? rules.grant_seconds / 3600} onChange={(value) => setHours(value)}
            />
          </label>
          <Button disabled={hours === null} onClick={() => void run(model.setGrant(hours!).then(() => setHours(null)))}>{t('rules.save')}</Button>
        </div>
      )}
    </section>
  );
}
