// A file of the drive into a conversation.

import { useI18n } from '../../i18n';
import { type RoomChoice, SendToRoom } from '../../kit/SendToRoom';
import type { DriveNode, FileRef } from '../../wire/generated';
import type { DriveModel } from './model';

export function SendDialog({ model, node, file, rooms, onClose }: {
  model: DriveModel; node: DriveNode; file: FileRef; rooms: readonly RoomChoice[]; onClose: () => void;
}) {
  const { t } = useI18n();
  return (
    <SendToRoom
      title={t('drive.send')}
      what={node.name}
      label={t('drive.sendTo')}
      okText={t('drive.send')}
      done={t('drive.sent')}
      rooms={rooms}
      onSend={(room) => model.send(room, { ...file, name: node.name })}
      onClose={onClose}
    />
  );
}
