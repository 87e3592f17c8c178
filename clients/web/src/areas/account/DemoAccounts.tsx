// Demonstration accounts, grouped by role, one click each.

import Input from 'antd/es/input';
import { useMemo, useState } from 'react';
import { useI18n } from '../../i18n';
import { Nothing, PersonLine } from '../../kit/pieces';
import type { DemoAccount, Role } from '../../wire/generated';

const ORDER: readonly Role[] = [
  'counter_staff', 'hall_manager', 'department_head', 'department_staff', 'sign_interpreter',
  'leader', 'region_admin', 'operator', 'auditor',
];

export function DemoAccounts({ accounts, busy, onPick }: {
  accounts: readonly DemoAccount[]; busy: boolean; onPick: (account: DemoAccount) => void;
}) {
  const { t, name } = useI18n();
  const [query, setQuery] = useState('');

  const groups = useMemo(() => {
    const words = query.trim().toLowerCase().split(/\s+/u).filter(Boolean);
    const byRole = new Map<Role, DemoAccount[]>();
    for (const account of accounts) {
      const role = account.grants[0]?.role ?? 'counter_staff';
      const { names, unit_names: unit, username, post } = account.card;
      const text = [names.zh, names.ug, names.en, unit.zh, unit.ug, unit.en, username, post, t(`role.${role}`)]
        .join(' ').toLowerCase();
      if (!words.every((word) => text.includes(word))) continue;
      byRole.set(role, [...(byRole.get(role) ?? []), account]);
    }
    return ORDER.flatMap((role) => {
      const items = byRole.get(role);
      return items ? [{ role, items }] : [];
    });
  }, [accounts, query, t]);

  return (
    <section className="card demo" aria-labelledby="demo-title">
      <h2 id="demo-title">{t('demo.title')}</h2>
      <p className="soft">{t('demo.lead')}</p>
      <Input
        type="search"
        allowClear
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        placeholder={t('demo.search')}
        aria-label={t('demo.search')}
      />
      <div className="demo-list" tabIndex={0} role="group" aria-labelledby="demo-title">
        {groups.length === 0 && <Nothing>{t('demo.none')}</Nothing>}
        {groups.map(({ role, items }) => (
          <section key={role} aria-label={t(`role.${role}`)}>
            <h3>{t(`role.${role}`)}</h3>
            <ul className="plain demo-grid">
              {items.map((account) => (
                <li key={account.card.account}>
                  <button
                    type="button"
                    className="line"
                    disabled={busy}
                    data-username={account.card.username}
                    title={name(account.card.unit_names)}
                    onClick={() => onPick(account)}
                  >
                    <PersonLine card={account.card} />
                  </button>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </section>
  );
}
