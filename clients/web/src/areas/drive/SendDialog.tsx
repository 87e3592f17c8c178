// A file of the drive into a conversation.

import App from 'antd/es/app';
import Modal from 'antd/es/modal';
import Select from 'antd/es/select';
import { useId, useState } from 'react';
import { useI18n } from '../../i18n';
import { useReport } from '../../kit/useReport';
import type { DriveNode, StreamId } from '../../wire/generated';
import type { DriveModel } from './model';

export type ChatRoom = { stream: StreamId; name: string };

export function SendDialog({ model, node, rooms, onClose }: {
  model: DriveModel; node: DriveNode; rooms: readonly ChatRoom[]; onClose: () => void;
}) {
  const { t } = useI18n();
  const { message } = App.useApp();
  const report = useReport();
  const id = useId();
  const [room, setRoom] = useState<StreamId | null>(null);

  async function send() {
    if (room === null || node.file === undefined) return;
    const file = { ...node.file, name: node.name };
    if (!(await report(() => model.send(room, file)))) return;
    void message.success(t('drive.sent'));
    onClose();
  }

  return (
    <Modal open centered title={t('drive.send')} okText={t('drive.send')} okButtonProps={{ disabled: room === null }} cancelText={t('app.cancel')} onOk={() => void send()} onCancel={onClose}>
      <p><bdi>{node.name}</bdi></p>
      <div className="field">
        <span id={id}>{t('drive.sendTo')}</span>
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
