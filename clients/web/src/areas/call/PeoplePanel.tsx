// Who is in the call, who waits at its door and whom it rings; what a host does with them.

import App from 'antd/es/app';
import AudioMutedOutlined from '@ant-design/icons/es/icons/AudioMutedOutlined';
import AudioOutlined from '@ant-design/icons/es/icons/AudioOutlined';
import MoreOutlined from '@ant-design/icons/es/icons/MoreOutlined';
import Button from 'antd/es/button';
import Dropdown from 'antd/es/dropdown';
import Switch from 'antd/es/switch';
import { type ReactNode, useState } from 'react';
import { type TextKey, useI18n } from '../../i18n';
import { Face } from '../../kit/pieces';
import { useReport } from '../../kit/useReport';
import type { AccountId, CallCommand, CallPerson, LiveCall } from '../../wire/generated';
import { HandSign } from './HandSign';
import { type Member, MemberPicks } from './MemberPicks';
import type { CallModel, Mine } from './model';
import { isHost, standing } from './state';

export function PeoplePanel({ model, mine, live, members, nameOf }: {
  model: CallModel; mine: Mine; live: LiveCall; members: readonly Member[]; nameOf: (account: AccountId) => string;
}) {
  const { t } = useI18n();
  const { modal } = App.useApp();
  const report = useReport();
  const [ringing, setRinging] = useState<AccountId[] | null>(null);
  const { me } = model;
  const host = isHost(live, me);
  const group = live.room_kind !== 'direct';
  const inside = standing(live, 'inside');
  const door = standing(live, 'waiting');
  const away = live.people.filter((one) => one.stand !== 'inside' && one.stand !== 'waiting');
  const run = (command: CallCommand) => void report(() => model.run(mine.room, command));
  const heard = (account: AccountId) => mine.state?.publications.some((one) => one.by === account && one.class === 'audio' && one.on) === true;

  const acts = (person: CallPerson): { key: string; label: string; danger?: boolean; run: () => void }[] => {
    const { account } = person;
    const act = (key: 'mute' | 'lower' | 'host' | 'unhost' | 'remove', command: CallCommand) =>
      ({ key, label: t(`call.do.${key}`), run: () => run(command) });
    return [
      ...(account !== me && heard(account) ? [act('mute', { type: 'call.mute', body: { account } })] : []),
      ...(person.hand ? [act('lower', { type: 'call.raise_hand', body: { account, on: false } })] : []),
      ...(person.host ? [act('unhost', { type: 'call.set_host', body: { account, on: false } })]
        : [act('host', { type: 'call.set_host', body: { account, on: true } })]),
      ...(account === me ? [] : [{
        key: 'remove', label: t('call.do.remove'), danger: true,
        run: () => void modal.confirm({
          title: `${t('call.do.remove')} · ${nameOf(account)}`, okText: t('app.ok'), cancelText: t('app.cancel'),
          onOk: () => report(() => model.run(mine.room, { type: 'call.remove', body: { account } })),
        }),
      }]),
    ];
  };
  const line = (person: CallPerson, extra: ReactNode) => (
    <li key={person.account} className="line line-static" data-account={person.account}>
      <Face id={person.account} name={nameOf(person.account)} />
      <span className="line-body"><bdi className="line-name">{nameOf(person.account)}</bdi></span>
      {extra}
    </li>
  );
  const invited = members.filter((one) => !live.people.some((person) => person.account === one.account
    && ['inside', 'waiting', 'ringing'].includes(person.stand)));
  return (
    <div className="call-people">
      {door.length > 0 && (
        <section aria-label={t('call.atDoor', { n: door.length })}>
          <h3>{t('call.atDoor', { n: door.length })}</h3>
          <ul className="plain">
            {door.map((person) => line(person, host && (
              <span className="member-acts">
                <Button size="small" type="primary" onClick={() => run({ type: 'call.admit', body: { account: person.account, yes: true } })}>{t('call.admit')}</Button>
                <Button size="small" onClick={() => run({ type: 'call.admit', body: { account: person.account, yes: false } })}>{t('call.turnAway')}</Button>
              </span>
            )))}
          </ul>
        </section>
      )}
      <section aria-label={t('call.inside', { n: inside.length })}>
        <h3>{t('call.inside', { n: inside.length })}</h3>
        <ul className="plain">
          {inside.map((person) => line(person, (
            <span className="member-acts">
              {person.host && group && <span className="rooms-kind">{t('call.host')}</span>}
              {person.hand && <span className="call-hand-up"><HandSign /><span className="sr">{t('call.handUp')}</span></span>}
              {heard(person.account) ? <AudioOutlined aria-hidden="true" />
                : <span><AudioMutedOutlined aria-hidden="true" /><span className="sr">{t('call.muted')}</span></span>}
              {host && group && (
                <Dropdown
                  trigger={['click']}
                  autoFocus
                  getPopupContainer={callWindow}
                  menu={{
                    items: acts(person).map(({ key, label, danger }) => ({ key, label, danger: danger === true })),
                    onClick: ({ key }) => acts(person).find((one) => one.key === key)?.run(),
                  }}
                >
                  <Button className="call-do" size="small" type="text" icon={<MoreOutlined />} aria-label={t('call.do.menu', { name: nameOf(person.account) })} />
                </Dropdown>
              )}
            </span>
          )))}
        </ul>
      </section>
      {away.length > 0 && (
        <section aria-label={t('call.notThere')}>
          <h3>{t('call.notThere')}</h3>
          <ul className="plain">
            {away.map((person) => line(person, (
              <span className="member-acts">
                <span className="small soft">{t(`call.stand.${person.stand}` as TextKey)}</span>
                {person.stand !== 'ringing' && (person.stand !== 'removed' || host) && (
                  <Button
                    size="small"
                    aria-label={t('call.ringAgain', { name: nameOf(person.account) })}
                    onClick={() => run({ type: 'call.ring', body: { accounts: [person.account] } })}
                  >
                    {t('call.again')}
                  </Button>
                )}
              </span>
            )))}
          </ul>
        </section>
      )}
      {group && ringing === null && invited.length > 0 && <Button onClick={() => setRinging([])}>{t('call.ring')}</Button>}
      {ringing !== null && (
        <section className="adding" aria-label={t('call.ring')}>
          <MemberPicks members={invited} chosen={ringing} onChange={setRinging} />
          <span className="field-row">
            <Button
              type="primary"
              disabled={ringing.length === 0}
              onClick={() => {
                run({ type: 'call.ring', body: { accounts: ringing } });
                setRinging(null);
              }}
            >
              {t('call.ringThem', { n: ringing.length })}
            </Button>
            <Button onClick={() => setRinging(null)}>{t('app.cancel')}</Button>
          </span>
        </section>
      )}
      {group && host && (
        <section>
          <label className="setting" htmlFor="call-lock">{t('call.lock')}
            <Switch id="call-lock" checked={live.locked} onChange={(on) => run({ type: 'call.lock', body: { on } })} />
          </label>
          <label className="setting" htmlFor="call-waiting">{t('call.waitingRoom')}
            <Switch id="call-waiting" checked={live.waiting_room} onChange={(on) => run({ type: 'call.set_waiting_room', body: { on } })} />
          </label>
        </section>
      )}
    </div>
  );
}

/** Menus hang within the call's own window: what is below it is hidden. */
export function callWindow(): HTMLElement { return document.querySelector<HTMLElement>('.call-window') ?? document.body; }
