// Somebody's name card into a conversation.

import App from 'antd/es/app';
import Modal from 'antd/es/modal';
import Select from 'antd/es/select';
import { useId, useState } from 'react';
import { useI18n } from '../../i18n';
import { useReport } from '../../kit/useReport';
import type { AccountId, StreamId } from '../../wire/generated';
import type { ContactModel } from './model';

export type CardRoom = { stream: StreamId; name: string };

export function ShareCard({ model, account, name, rooms, onClose }: {
  model: ContactModel; account: AccountId; name: string; rooms: readonly CardRoom[]; onClose: () => void;
}) {
  const { t } = useI18n();
  const { message } = App.useApp();
  const report = useReport();
  const id = useId();
  const [room, setRoom] = useState<StreamId | null>(null);
  const [busy, setBusy] = useState(false);

  async function send() {
    if (room === null) return;
    setBusy(true);
    const sent = await report(() => model.shareCard(room, account));
    setBusy(false);
    if (!sent) return;
    void message.success(t('person.shared'));
    onClose();
  }

  return (
    <Modal
      open centered title={t('person.share')} okText={t('person.shareSend')} cancelText={t('app.cancel')}
      confirmLoading={busy} okButtonProps={{ disabled: room === null }} onOk={() => void send()} onCancel={onClose}
    >
      <p><bdi>{name}</bdi></p>
      <div className="field">
        <span id={id}>{t('person.shareTo')}</span>
        <Select<StreamId>
          showSearch
          optionFilterProp="label"
          aria-labelledby={id}
          onChange={setRoom}
          options={rooms.map((one) => ({ value: one.stream, label: one.name }))}
        />
      </div>
    </Modal>
  );
}
