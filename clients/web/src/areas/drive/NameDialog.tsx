// A name for something: a space (with its first people), a folder, a file.

import Input from 'antd/es/input';
import Modal from 'antd/es/modal';
import { useState } from 'react';
import { useI18n } from '../../i18n';
import type { RenderPicker } from '../../kit/picker';
import type { AccountId } from '../../wire/generated';

export function NameDialog({ title, label, initial, picker, me, onName, onClose }: {
  title: string; label: string; initial: string; picker?: RenderPicker; me?: AccountId;
  onName: (name: string, people: readonly AccountId[]) => Promise<boolean>; onClose: () => void;
}) {
  const { t } = useI18n();
  const [name, setName] = useState(initial);
  const [people, setPeople] = useState<AccountId[]>([]);
  const [wrong, setWrong] = useState(false);
  const [busy, setBusy] = useState(false);

  async function done() {
    if (name.trim() === '') return setWrong(true);
    setBusy(true);
    if (await onName(name.trim(), people)) onClose();
    else setBusy(false);
  }

  return (
    <Modal open centered title={title} okText={t('app.ok')} cancelText={t('app.cancel')} confirmLoading={busy} onOk={() => void done()} onCancel={onClose}>
      <label className="field">
        <span>{label}</span>
        <Input value={name} maxLength={200} dir="auto" autoFocus onChange={(event) => setName(event.target.value)} onPressEnter={(event) => { if (!event.nativeEvent.isComposing) void done(); }} />
      </label>
      <p className="wrong" role="alert">{wrong && name.trim() === '' && t('drive.needName')}</p>
      {picker !== undefined && picker(people, me === undefined ? [] : [me], setPeople)}
    </Modal>
  );
}
