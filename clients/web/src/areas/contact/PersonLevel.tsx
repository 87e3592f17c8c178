// What holds between one person and everybody, for operators: a rule that names this person. It
// goes before every rule about units and roles.

import Select from 'antd/es/select';
import { useEffect, useId, useState } from 'react';
import { useI18n } from '../../i18n';
import { useReport } from '../../kit/useReport';
import type { AccountId, ContactLevel, ContactRule } from '../../wire/generated';
import { uuid7 } from '../../wire/uuid7';
import type { ContactModel } from './model';

const CHOICES = ['none', 'white', 'grey', 'black'] as const;
type Choice = (typeof CHOICES)[number];

function isAbout({ one, other }: ContactRule, account: AccountId): boolean {
  const sides = [one, other];
  return sides.some((side) => side.who === 'everyone')
    && sides.some((side) => side.who === 'person' && side.account === account);
}

export function PersonLevel({ model, account }: { model: ContactModel; account: AccountId }) {
  const { t } = useI18n();
  const report = useReport();
  const id = useId();
  /** `undefined`: not known yet. */
  const [rule, setRule] = useState<ContactRule | null | undefined>(undefined);
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    let gone = false;
    void report(async () => {
      const { rules } = await model.rules();
      if (!gone) setRule(rules.find((one) => isAbout(one, account)) ?? null);
    });
    return () => { gone = true; };
  }, [model, account, report]);

  async function choose(to: Choice) {
    setBusy(true);
    await report(async () => {
      if (to === 'none') {
        if (rule) await model.removeRule(rule.rule);
        setRule(null);
        return;
      }
      const level: ContactLevel = to;
      const next: ContactRule = { rule: rule?.rule ?? uuid7(), one: { who: 'everyone' }, other: { who: 'person', account }, level };
      await model.setRule(next);
      setRule(next);
    });
    setBusy(false);
  }

  return (
    <div className="contact-level">
      <span id={id}>{t('person.level')}</span>
      <Select<Choice>
        aria-labelledby={id}
        disabled={rule === undefined || busy}
        value={rule?.level ?? 'none'}
        onChange={(to) => void choose(to)}
        options={CHOICES.map((value) => ({ value, label: t(value === 'none' ? 'person.level.none' : `rules.level.${value}`) }))}
      />
    </div>
  );
}
