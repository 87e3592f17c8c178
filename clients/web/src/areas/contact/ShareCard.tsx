// Somebody's name card into a conversation.

import { useI18n } from '../../i18n';
import { type RoomChoice, SendToRoom } from '../../kit/SendToRoom';
import type { AccountId } from '../../wire/generated';
import type { ContactModel } from './model';

export function ShareCard({ model, account, name, rooms, onClose }: {
  model: ContactModel; account: AccountId; name: string; rooms: readonly RoomChoice[]; onClose: () => void;
}) {
  const { t } = useI18n();
  return (
    <SendToRoom
      title={t('person.share')}
      what={name}
      label={t('person.shareTo')}
      okText={t('person.shareSend')}
      done={t('person.shared')}
      rooms={rooms}
      onSend={(room) => model.shareCard(room, account)}
      onClose={onClose}
    />
  );
}
