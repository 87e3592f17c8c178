// Opening a service: its name, and who answers for it.

import Input from 'antd/es/input';
import Modal from 'antd/es/modal';
import { useState } from 'react';
import { useI18n } from '../../i18n';
import type { RenderPicker } from '../../kit/picker';
import { useReport } from '../../kit/useReport';
import { NAME_CHARS_MAX, type AccountId, type RoomId } from '../../wire/generated';
import type { ServiceModel } from './model';

export function NewDeskDialog({ model, picker, onClose, onCreated }: {
  model: ServiceModel; picker: RenderPicker; onClose: () => void; onCreated: (service: RoomId) => void;
}) {
  const { t } = useI18n();
  const report = useReport();
  const [name, setName] = useState('');
  const [agents, setAgents] = useState<AccountId[]>([]);
  const [wrong, setWrong] = useState(false);

  async function create() {
    if (name.trim() === '') return setWrong(true);
    setWrong(false);
    await report(async () => onCreated(await model.createDesk(name.trim(), agents)));
  }

  return (
    <Modal open centered title={t('services.new')} okText={t('app.ok')} cancelText={t('app.cancel')} onOk={() => void create()} onCancel={onClose}>
      <label className="field">
        <span>{t('services.name')}</span>
        <Input value={name} maxLength={NAME_CHARS_MAX} dir="auto" onChange={(event) => setName(event.target.value)} />
      </label>
      <p className="wrong" role="alert">{wrong && t('services.needName')}</p>
      <p>{t('services.agents')}</p>
      {picker(agents, [model.me], setAgents)}
    </Modal>
  );
}
