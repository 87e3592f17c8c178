// Sending a to-do or an announcement: what, and to whom.

import App from 'antd/es/app';
import Input from 'antd/es/input';
import Modal from 'antd/es/modal';
import Select from 'antd/es/select';
import Switch from 'antd/es/switch';
import { useId, useState } from 'react';
import { useI18n } from '../../i18n';
import { Choice } from '../../kit/pieces';
import type { RenderPicker } from '../../kit/picker';
import { useReport } from '../../kit/useReport';
import type { NoticeKind, Role } from '../../wire/generated';
import type { NoticeModel } from './model';
import { type Chosen, type To, type UnitChoice, targetOf } from './targets';

export type TargetRoom = { room: string; name: string };

const ROLES: readonly Role[] = [
  'counter_staff', 'department_staff', 'department_head', 'hall_manager', 'region_admin', 'sign_interpreter', 'leader', 'operator', 'auditor',
];
const WAYS: readonly To[] = ['all', 'units', 'roles', 'rooms', 'people'];

/** To whole units only who answers for some; to all, who answers for the root. */
function waysFor(units: readonly UnitChoice[]): readonly To[] {
  return WAYS.filter((to) => (to === 'all' ? units.some((one) => one.root) : (to !== 'units' && to !== 'roles') || units.length > 0));
}

export function SendDialog({ model, picker, units, rooms, onClose, onSent }: {
  model: NoticeModel; picker: RenderPicker; units: readonly UnitChoice[]; rooms: readonly TargetRoom[];
  onClose: () => void; onSent: () => void;
}) {
  const { t } = useI18n();
  const { message } = App.useApp();
  const report = useReport();
  const id = useId();
  const [kind, setKind] = useState<NoticeKind>('announcement');
  const [title, setTitle] = useState('');
  const [text, setText] = useState('');
  const [due, setDue] = useState('');
  const [link, setLink] = useState('');
  const [confirm, setConfirm] = useState(false);
  const [chosen, setChosen] = useState<Chosen>({
    to: waysFor(units).includes('units') ? 'units' : 'people', units: [], roles: [], unit: (units.find((one) => one.root) ?? units[0])?.unit, rooms: [], accounts: [],
  });
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const choose = (change: Partial<Chosen>) => setChosen((now) => ({ ...now, ...change }));
  const unitOptions = units.map((one) => ({ value: one.unit, label: one.label }));

  async function send() {
    const target = targetOf(chosen);
    if (title.trim() === '') return setWrong(t('notices.needTitle'));
    if (target === null) return setWrong(t('notices.needTarget'));
    setWrong(null);
    setBusy(true);
    const done = await report(() => model.send({
      kind, title: title.trim(), target,
      ...(text.trim() === '' ? {} : { text: text.trim() }),
      ...(link.trim() === '' ? {} : { link: link.trim() }),
      ...(due === '' ? {} : { due_at: new Date(due).getTime() }),
      ...(confirm ? { confirm } : {}),
    }));
    setBusy(false);
    if (!done) return;
    void message.success(t('notices.done'));
    onSent();
  }

  return (
    <Modal open centered width={620} title={t('notices.new.title')} okText={t('notices.new')} cancelText={t('app.cancel')} confirmLoading={busy} onOk={() => void send()} onCancel={onClose}>
      <div className="field">
        <span>{t('notices.kind')}</span>
        <Choice<NoticeKind> label={t('notices.kind')} value={kind} onChange={setKind} options={(['announcement', 'todo'] as const).map((value) => ({ value, label: t(`notices.kind.${value}`) }))} />
      </div>
      <label className="field">
        <span>{t('notices.heading')}</span>
        <Input value={title} maxLength={200} dir="auto" onChange={(event) => setTitle(event.target.value)} />
      </label>
      <label className="field">
        <span>{t('notices.text')}</span>
        <Input.TextArea value={text} dir="auto" maxLength={10000} autoSize={{ minRows: 3, maxRows: 8 }} onChange={(event) => setText(event.target.value)} />
      </label>
      <div className="field">
        <span>{t('notices.to')}</span>
        <Choice<To> label={t('notices.to')} value={chosen.to} onChange={(to) => choose({ to })} options={waysFor(units).map((value) => ({ value, label: t(`notices.to.${value}`) }))} />
      </div>
      {chosen.to === 'roles' && (
        <div className="field">
          <span id={`${id}roles`}>{t('notices.roles')}</span>
          <Select<Role[]> mode="multiple" aria-labelledby={`${id}roles`} value={[...chosen.roles]} onChange={(roles) => choose({ roles })} options={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))} />
        </div>
      )}
      {(chosen.to === 'units' || chosen.to === 'roles') && (
        <div className="field">
          <span id={`${id}units`}>{t('notices.units')}</span>
          {chosen.to === 'units'
            ? <Select<string[]> mode="multiple" optionFilterProp="label" aria-labelledby={`${id}units`} value={[...chosen.units]} onChange={(next) => choose({ units: next })} options={unitOptions} />
            : <Select<string> showSearch optionFilterProp="label" aria-labelledby={`${id}units`} value={chosen.unit ?? ''} onChange={(unit) => choose({ unit })} options={unitOptions} />}
        </div>
      )}
      {chosen.to === 'rooms' && (
        <div className="field">
          <span id={`${id}rooms`}>{t('notices.rooms')}</span>
          <Select<string[]> mode="multiple" optionFilterProp="label" aria-labelledby={`${id}rooms`} value={[...chosen.rooms]} onChange={(next) => choose({ rooms: next })} options={rooms.map((one) => ({ value: one.room, label: one.name }))} />
        </div>
      )}
      {chosen.to === 'people' && picker(chosen.accounts, [], (accounts) => choose({ accounts }))}
      <div className="notice-row">
        <label className="field">
          <span>{t('notices.dueAt')}</span>
          <input className="native" type="datetime-local" value={due} onChange={(event) => setDue(event.target.value)} />
        </label>
        <label className="field">
          <span>{t('notices.linkTo')}</span>
          <Input value={link} dir="ltr" placeholder="https://" onChange={(event) => setLink(event.target.value)} />
        </label>
      </div>
      <div className="setting">
        <span id={`${id}confirm`}>{t('notices.askConfirm')}</span>
        <Switch aria-labelledby={`${id}confirm`} checked={confirm} onChange={setConfirm} />
      </div>
      <p className="wrong" role="alert">{wrong}</p>
    </Modal>
  );
}
