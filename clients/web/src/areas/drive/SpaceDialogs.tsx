// Of a whole space: its members and what they may do, and the links that lead into it.

import App from 'antd/es/app';
import Button from 'antd/es/button';
import Modal from 'antd/es/modal';
import Select from 'antd/es/select';
import { useCallback, useEffect, useState } from 'react';
import { useI18n } from '../../i18n';
import { Nothing, PersonLine } from '../../kit/pieces';
import type { RenderPicker } from '../../kit/picker';
import { fullTime } from '../../kit/time';
import { useObservable } from '../../kit/useObservable';
import { useReport } from '../../kit/useReport';
import type { AccountId, DriveLink, SpaceCommand, SpaceMember, SpaceRole, StreamId } from '../../wire/generated';
import { linkAddress } from './ShareDialog';
import type { DriveModel } from './model';

const ROLES: readonly SpaceRole[] = ['reader', 'writer', 'owner'];

export function MembersDialog({ model, space, picker, owner, onClose }: {
  model: DriveModel; space: StreamId; picker: RenderPicker; owner: boolean; onClose: () => void;
}) {
  const { t, name } = useI18n();
  const report = useReport();
  const cards = useObservable(model.cards.all);
  const [members, setMembers] = useState<readonly SpaceMember[]>([]);
  const [adding, setAdding] = useState<AccountId[] | null>(null);

  const load = useCallback(async () => {
    const list = await model.members(space);
    await model.loadCards(list.map((one) => one.account));
    setMembers(list);
  }, [model, space]);
  useEffect(() => { void report(load); }, [load, report]);

  const run = (command: SpaceCommand) => report(async () => {
    await model.run(space, command);
    await load();
  });

  async function add(accounts: readonly AccountId[]) {
    for (const account of accounts) if (!(await run({ type: 'drive.set_member', body: { account, role: 'writer' } }))) return;
    setAdding(null);
  }

  return (
    <Modal open centered title={t('drive.members')} footer={null} onCancel={onClose}>
      <ul className="plain drive-lines">
        {members.map(({ account, role }) => {
          const card = cards.get(account);
          if (card === undefined) return null;
          const who = name(card.names);
          const mayChange = owner && account !== model.me;
          return (
            <li key={account} className="line line-static">
              <PersonLine card={card} extra={mayChange ? null : <span className="soft small">{t(`drive.role.${role}`)}</span>} />
              {mayChange && (
                <span className="member-acts">
                  <Select<SpaceRole>
                    size="small"
                    aria-label={t('drive.roleOf', { name: who })}
                    value={role}
                    popupMatchSelectWidth={false}
                    onChange={(next) => void run({ type: 'drive.set_member', body: { account, role: next } })}
                    options={ROLES.map((value) => ({ value, label: t(`drive.role.${value}`) }))}
                  />
                  <Button size="small" aria-label={t('drive.removeMember', { name: who })} onClick={() => void run({ type: 'drive.remove_member', body: { account } })}>{t('group.remove')}</Button>
                </span>
              )}
            </li>
          );
        })}
      </ul>
      {owner && adding === null && <Button onClick={() => setAdding([])}>{t('drive.addMembers')}</Button>}
      {adding !== null && (
        <div className="adding">
          {picker(adding, members.map((one) => one.account), setAdding)}
          <span className="drive-tools">
            <Button type="primary" disabled={adding.length === 0} onClick={() => void add(adding)}>{t('app.ok')}</Button>
            <Button type="text" onClick={() => setAdding(null)}>{t('app.cancel')}</Button>
          </span>
        </div>
      )}
    </Modal>
  );
}

export function LinksDialog({ model, space, mayWrite, onClose }: {
  model: DriveModel; space: StreamId; mayWrite: boolean; onClose: () => void;
}) {
  const i18n = useI18n();
  const { t } = i18n;
  const { message } = App.useApp();
  const report = useReport();
  const [links, setLinks] = useState<readonly DriveLink[] | null>(null);

  const load = useCallback(async () => setLinks(await model.links(space)), [model, space]);
  useEffect(() => { void report(load); }, [load, report]);

  return (
    <Modal open centered width={620} title={t('drive.links')} footer={null} onCancel={onClose}>
      {links === null && <Nothing>{t('app.loading')}</Nothing>}
      {links?.length === 0 && <Nothing>{t('drive.noLinks')}</Nothing>}
      <ul className="plain drive-lines">
        {links?.map((one) => (
          <li key={one.link} className="line line-static">
            <span className="line-body">
              <bdi className="line-name drive-address" dir="ltr">{linkAddress(one.token)}</bdi>
              <span className="line-sub">
                {[one.protected ? t('drive.linkProtected') : '', one.expires_at === undefined ? t('drive.expires.0') : t('drive.linkUntil', { time: fullTime(one.expires_at, i18n) })].filter(Boolean).join(' · ')}
              </span>
            </span>
            <Button size="small" onClick={() => void navigator.clipboard.writeText(linkAddress(one.token)).then(() => message.success(t('drive.copied')))}>{t('drive.copy')}</Button>
            {mayWrite && (
              <Button
                size="small"
                danger
                onClick={() => void report(async () => {
                  await model.run(space, { type: 'drive.revoke_link', body: { link: one.link } });
                  await load();
                })}
              >
                {t('drive.linkEnds')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Modal>
  );
}
