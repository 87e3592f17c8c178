// Something into one of the conversations: which one, then sent.

import App from 'antd/es/app';
import Modal from 'antd/es/modal';
import Select from 'antd/es/select';
import { useId, useState } from 'react';
import { useI18n } from '../i18n';
import type { StreamId } from '../wire/generated';
import { useReport } from './useReport';

export type RoomChoice = { stream: StreamId; name: string };

export function SendToRoom({ title, what, label, okText, done, rooms, onSend, onClose }: {
  title: string; what: string; label: string; okText: string; done: string; rooms: readonly RoomChoice[];
  onSend: (room: StreamId) => Promise<unknown>; onClose: () => void;
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
    const sent = await report(() => onSend(room));
    setBusy(false);
    if (!sent) return;
    void message.success(done);
    onClose();
  }

  return (
    <Modal
      open centered title={title} okText={okText} cancelText={t('app.cancel')}
      confirmLoading={busy} okButtonProps={{ disabled: room === null }} onOk={() => void send()} onCancel={onClose}
    >
      <p><bdi>{what}</bdi></p>
      <div className="field">
        <span id={id}>{label}</span>
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
