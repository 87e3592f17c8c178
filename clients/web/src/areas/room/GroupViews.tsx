// Making a group, and its members: add, remove, rename, roles, leave.

import App from 'antd/es/app';
import Button from 'antd/es/button';
import Drawer from 'antd/es/drawer';
import Input from 'antd/es/input';
import Modal from 'antd/es/modal';
import Tag from 'antd/es/tag';
import { type ReactNode, useEffect, useState } from 'react';
import { useI18n } from '../../i18n';
import { PersonLine } from '../../kit/pieces';
import { useObservable } from '../../kit/useObservable';
import {
  NAME_CHARS_MAX, type AccountId, type RoomCommand, type RoomMember, type StreamId,
} from '../../wire/generated';
import { errorBodyOf } from '../../wire/http';
import type { RoomModel } from './model';
import { roomName } from './words';

/** How people are chosen is another area's matter: the workbench hands it in. */
export type RenderPicker = (
  chosen: readonly AccountId[], exclude: readonly AccountId[], onChange: (chosen: AccountId[]) => void,
) => ReactNode;

function useReport() {
  const { error } = useI18n();
  const { message } = App.useApp();
  return (cause: unknown) => void message.error(error(errorBodyOf(cause)));
}

export function NewGroupDialog({ model, picker, onClose, onCreated }: {
  model: RoomModel; picker: RenderPicker; onClose: () => void; onCreated: (stream: StreamId) => void;
}) {
  const { t } = useI18n();
  const report = useReport();
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<AccountId[]>([]);
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function create() {
    if (name.trim() === '') return setWrong(t('group.needName'));
    if (chosen.length === 0) return setWrong(t('group.needMembers'));
    setWrong(null);
    setBusy(true);
    try {
      onCreated(await model.createGroup(name.trim(), chosen));
    } catch (error) {
      report(error);
      setBusy(false);
    }
  }

  return (
    <Modal
      open
      centered
      title={t('rooms.new')}
      okText={t('group.create')}
      cancelText={t('app.cancel')}
      confirmLoading={busy}
      onOk={() => void create()}
      onCancel={onClose}
    >
      <label className="field">
        <span>{t('group.name')}</span>
        <Input value={name} maxLength={NAME_CHARS_MAX} dir="auto" onChange={(event) => setName(event.target.value)} />
      </label>
      <p className="wrong" role="alert">{wrong}</p>
      {picker(chosen, [model.me], setChosen)}
    </Modal>
  );
}

export function MembersDrawer({ model, stream, picker, onClose }: {
  model: RoomModel; stream: StreamId; picker: RenderPicker; onClose: () => void;
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
  const may = mine === 'owner' || mine === 'admin';

  useEffect(() => { void model.names.loadMembers(stream); }, [model, stream]);

  async function run(command: RoomCommand) {
    try {
      await model.run(stream, command);
      await model.names.loadMembers(stream);
      return true;
    } catch (error) {
      report(error);
      return false;
    }
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
      <ul className="plain" aria-label={t('group.members')}>
        {members.map((member) => (
          <MemberRow
            key={member.account}
            member={member}
            me={model.me}
            mine={mine}
            onRole={(role) => void run({ type: 'room.set_member_role', body: { account: member.account, role } })}
            onRemove={() => sure(
              t('group.removeSure', { name: i18n.name(member.card.names) }),
              { type: 'room.remove_member', body: { account: member.account } },
            )}
          />
        ))}
      </ul>
      <Button danger onClick={() => sure(t('group.leaveSure'), { type: 'room.leave', body: {} }, onClose)}>
        {t('group.leave')}
      </Button>
      <span className="sr">{conversation && roomName(conversation, i18n)}</span>
    </Drawer>
  );
}

function MemberRow({ member, me, mine, onRole, onRemove }: {
  member: RoomMember; me: AccountId; mine: RoomMember['role'];
  onRole: (role: 'admin' | 'member') => void; onRemove: () => void;
}) {
  const { t, name } = useI18n();
  const removable = member.account !== me
    && (mine === 'owner' || (mine === 'admin' && member.role === 'member'));
  return (
    <li className="line line-static member">
      <PersonLine
        card={member.card}
        extra={member.role !== 'member' && <Tag variant="outlined">{t(`role.${member.role}`)}</Tag>}
      />
      <span className="member-acts">
        {mine === 'owner' && member.account !== me && (
          <Button size="small" onClick={() => onRole(member.role === 'admin' ? 'member' : 'admin')}>
            {t(member.role === 'admin' ? 'group.makeMember' : 'group.makeAdmin')}
          </Button>
        )}
        {removable && (
          <Button size="small" danger aria-label={t('group.removeName', { name: name(member.card.names) })} onClick={onRemove}>
            {t('group.remove')}
          </Button>
        )}
      </span>
    </li>
  );
}
