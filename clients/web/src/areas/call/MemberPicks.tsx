// Some of a room's members, to be rung.

import Checkbox from 'antd/es/checkbox';
import Input from 'antd/es/input';
import { useState } from 'react';
import { useI18n } from '../../i18n';
import { Face } from '../../kit/pieces';
import type { AccountId } from '../../wire/generated';

export type Member = { account: AccountId; name: string };

/** More than this are found by their letters. */
const MANY = 12;

export function MemberPicks({ members, chosen, onChange }: {
  members: readonly Member[]; chosen: readonly AccountId[]; onChange: (chosen: AccountId[]) => void;
}) {
  const { t } = useI18n();
  const [query, setQuery] = useState('');
  const shown = members.filter((one) => one.name.toLowerCase().includes(query.trim().toLowerCase()));
  const all = members.length > 0 && members.every((one) => chosen.includes(one.account));
  return (
    <div className="call-picks">
      {members.length > MANY && (
        <Input type="search" allowClear value={query} placeholder={t('call.lobby.find')} aria-label={t('call.lobby.find')} onChange={(event) => setQuery(event.target.value)} />
      )}
      <Checkbox checked={all} indeterminate={!all && chosen.length > 0} onChange={() => onChange(all ? [] : members.map((one) => one.account))}>
        {t('call.lobby.all')}
      </Checkbox>
      <ul className="plain picker-list">
        {shown.map(({ account, name }) => (
          <li key={account}>
            <Checkbox
              className="line-check"
              checked={chosen.includes(account)}
              onChange={(event) => onChange(event.target.checked ? [...chosen, account] : chosen.filter((one) => one !== account))}
            >
              <span className="line-inner"><Face id={account} name={name} /><bdi>{name}</bdi></span>
            </Checkbox>
          </li>
        ))}
      </ul>
    </div>
  );
}
