// Making a group: with people chosen from the directory, for announcements, or face to face.

import Input from 'antd/es/input';
import Modal from 'antd/es/modal';
import { useState } from 'react';
import { useI18n } from '../../../i18n';
import { Choice } from '../../../kit/pieces';
import type { RenderPicker } from '../../../kit/picker';
import { useReport } from '../../../kit/useReport';
import { NAME_CHARS_MAX, type AccountId, type StreamId } from '../../../wire/generated';
import type { RoomModel } from '../model';
import { Meet } from './Meet';

type Kind = 'group' | 'announcement' | 'meet';
const KINDS: readonly Kind[] = ['group', 'announcement', 'meet'];

export function NewGroupDialog({ model, picker, onClose, onCreated }: {
  model: RoomModel; picker: RenderPicker; onClose: () => void; onCreated: (stream: StreamId) => void;
}) {
  const { t } = useI18n();
  const report = useReport();
  const [kind, setKind] = useState<Kind>('group');
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<AccountId[]>([]);
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function create() {
    if (name.trim() === '') return setWrong(t('group.needName'));
    if (chosen.length === 0) return setWrong(t('group.needMembers'));
    setWrong(null);
    setBusy(true);
    await report(async () => onCreated(await model.createGroup(name.trim(), chosen, kind === 'announcement')));
    setBusy(false);
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
      {...(kind === 'meet' ? { footer: null } : {})}
    >
      <p className="group-kind">
        <Choice<Kind>
          label={t('group.kind')}
          value={kind}
          options={KINDS.map((one) => ({ value: one, label: t(`group.kind.${one}`) }))}
          onChange={setKind}
        />
      </p>
      {kind === 'meet' ? <Meet model={model} onMet={onCreated} /> : (
        <>
          {kind === 'announcement' && <p className="soft">{t('group.kind.announcementHint')}</p>}
          <label className="field">
            <span>{t('group.name')}</span>
            <Input value={name} maxLength={NAME_CHARS_MAX} dir="auto" onChange={(event) => setName(event.target.value)} />
          </label>
          <p className="wrong" role="alert">{wrong}</p>
          {picker(chosen, [model.me], setChosen)}
        </>
      )}
    </Modal>
  );
}
