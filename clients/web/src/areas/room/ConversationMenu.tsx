// How this person wants to see one conversation: above the others, quiet, out of the way.

import MoreOutlined from '@ant-design/icons/es/icons/MoreOutlined';
import Button from 'antd/es/button';
import Dropdown from 'antd/es/dropdown';
import { useI18n } from '../../i18n';
import { inMain } from '../../kit/popup';
import { useReport } from '../../kit/useReport';
import type { RowSet } from './list';

export function ConversationMenu({ pinned, muted, name, stop, open, onOpen, onSet }: {
  pinned: boolean; muted: boolean; name: string;
  /** The one of the list that takes the Tab key. */
  stop: boolean; open: boolean; onOpen: (open: boolean) => void; onSet: (set: RowSet) => Promise<void>;
}) {
  const { t } = useI18n();
  const report = useReport();
  const button = (
    <Button
      className="rooms-more"
      type="text"
      size="small"
      tabIndex={stop ? 0 : -1}
      icon={<MoreOutlined />}
      aria-label={t('rooms.menu', { name })}
      aria-haspopup="menu"
      aria-expanded={open}
      onClick={() => onOpen(true)}
    />
  );
  if (!open) return button;
  const sets = {
    pin: { pinned: !pinned },
    mute: { muted: !muted },
    hide: { hidden: true },
  };
  return (
    <Dropdown
      open
      autoFocus
      trigger={['click']}
      getPopupContainer={inMain}
      menu={{
        items: [
          { key: 'pin', label: t(pinned ? 'rooms.unpin' : 'rooms.pin') },
          { key: 'mute', label: t(muted ? 'rooms.unmute' : 'rooms.mute') },
          { key: 'hide', label: t('rooms.hide') },
        ],
        onClick: ({ key }) => {
          onOpen(false);
          void report(() => onSet(sets[key as keyof typeof sets]));
        },
      }}
      onOpenChange={(shown) => { if (!shown) onOpen(false); }}
    >
      {button}
    </Dropdown>
  );
}
