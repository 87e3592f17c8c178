// A group's own page: its name, notice, members, who comes in, and its end.

import App from 'antd/es/app';
import Button from 'antd/es/button';
import Drawer from 'antd/es/drawer';
import Input from 'antd/es/input';
import { type ReactNode, useEffect, useState } from 'react';
import { useI18n } from '../../../i18n';
import type { RenderPicker } from '../../../kit/picker';
import { useReport } from '../../../kit/useReport';
import { useObservable } from '../../../kit/useObservable';
import { NAME_CHARS_MAX, type AccountId, type RoomCommand, type StreamId } from '../../../wire/generated';
import type { RoomModel } from '../model';
import { roomName } from '../words';
import { Doorway } from './Doorway';
import { HooksSection } from './HooksSection';
import { MemberRow } from './MemberRow';
import { NoticeSection } from './NoticeSection';

export function MembersDrawer({ model, stream, picker, past, onClose }: {
  model: RoomModel; stream: StreamId; picker: RenderPicker;
  /** The calls that were. */
  past: ReactNode; onClose: () => void;
}) {
  const i18n = useI18n();
  const { t } = i18n;
  const { modal } = App.useApp();
  const report = useReport();
  const members = useObservable(model.names.members(stream));
  const conversation = useObservable(model.conversations).get(stream);
  const [adding, setAdding] = useState<AccountId[] | null>(null);
  const [name, setName] = useState(conversation?.name ?? '');
  const mine = members.find((one) => one.account === model.me)?.role ?? 'member';
  const live = conversation?.dissolved !== true;
  const may = live && mine !== 'member';

  useEffect(() => { void model.names.loadMembers(stream); }, [model, stream]);

  async function run(command: RoomCommand) {
    const done = await report(() => model.run(stream, command));
    if (done) await model.names.loadMembers(stream);
    return done;
  }

  async function add(accounts: AccountId[]) {
    if (accounts.length > 0 && !(await run({ type: 'room.add_members', body: { accounts } }))) return;
    setAdding(null);
  }

  function sure(content: string, command: RoomCommand, then?: () => void) {
    modal.confirm({
      title: content,
      okText: t('app.ok'),
      cancelText: t('app.cancel'),
      onOk: async () => { if (await run(command)) then?.(); },
    });
  }

  return (
    <Drawer
      open
      title={t('group.members')}
      placement={i18n.dir === 'rtl' ? 'left' : 'right'}
      onClose={onClose}
      className="members"
      size={460}
    >
      {may && (
        <form
          className="field"
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim()) void run({ type: 'room.rename', body: { name: name.trim() } });
          }}
        >
          <label htmlFor="group-name">{t('group.name')}</label>
          <span className="field-row">
            <Input id="group-name" value={name} maxLength={NAME_CHARS_MAX} dir="auto" onChange={(event) => setName(event.target.value)} />
            <Button htmlType="submit" disabled={name.trim() === '' || name === conversation?.name}>{t('group.rename')}</Button>
          </span>
        </form>
      )}
      <NoticeSection model={model} stream={stream} may={may} />
      {may && <Doorway model={model} stream={stream} />}
      {may && conversation?.kind !== 'desk' && <HooksSection model={model} stream={stream} />}
      {may && adding === null && <Button onClick={() => setAdding([])}>{t('group.add')}</Button>}
      {adding !== null && (
        <section className="adding" aria-label={t('group.add')}>
          {picker(adding, members.map((one) => one.account), setAdding)}
          <span className="field-row">
            <Button type="primary" disabled={adding.length === 0} onClick={() => void add(adding)}>{t('group.add')}</Button>
            <Button onClick={() => setAdding(null)}>{t('app.cancel')}</Button>
          </span>
        </section>
      )}
      {past}
      <ul className="plain" aria-label={t('group.members')}>
        {members.map((member) => (
          <MemberRow
            key={member.account}
            member={member}
            number={conversation?.signs?.numbers.find((one) => one.account === member.account)?.number}
            me={model.me}
            mine={live ? mine : 'member'}
            onRun={(command) => void run(command)}
            onSure={sure}
          />
        ))}
      </ul>
      {may && (
        <span className="field-row">
          <Button onClick={() => void run({ type: 'room.set_muted', body: { on: conversation?.silenced !== true } })}>
            {t(conversation?.silenced === true ? 'group.unmuteAll' : 'group.muteAll')}
          </Button>
        </span>
      )}
      {conversation?.kind !== 'task' && <Button danger onClick={() => sure(t('group.leaveSure'), { type: 'room.leave', body: {} }, onClose)}>
        {t('group.leave')}
      </Button>}
      {live && mine === 'owner' && (
        <Button danger onClick={() => sure(t('group.dissolveSure'), { type: 'room.dissolve', body: {} })}>{t('group.dissolve')}</Button>
      )}
      <span className="sr">{conversation && roomName(conversation, i18n)}</span>
    </Drawer>
  );
}
